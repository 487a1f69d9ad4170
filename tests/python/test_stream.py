"""There is one stream of randomness, ``env.np_random``, and demand is drawn from it as numpy itself draws."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers import assert_same, environment_of, play, snapshot, three_markets

from gym_invmgmt import CoreEnv

BIT_GENERATORS = [np.random.PCG64, np.random.MT19937, np.random.Philox, np.random.SFC64, np.random.PCG64DXSM]


def poissons(generator: np.random.Generator, count: int, mean: float = 20) -> list[float]:
    return [float(generator.poisson(mean)) for _ in range(count)]


@pytest.mark.parametrize("mean", [0.1, 0.5, 3, 9.999, 10, 20, 437.5, 1e6, 1e12])
def test_poisson_demand_is_numpys(mean: float) -> None:
    env = CoreEnv("serial", demand_config={"base_mu": mean}, num_periods=300)
    env.reset(seed=9)
    play(env, 0, 300)
    assert env.D[:, 0].tolist() == poissons(np.random.default_rng(9), 300, mean)


@pytest.mark.parametrize("bits", BIT_GENERATORS)
def test_three_laws_share_one_stream_in_the_order_of_their_links(bits: Callable[[int], Any], tmp_path: Path) -> None:
    env = environment_of(tmp_path, three_markets(), num_periods=200)
    env.np_random = np.random.Generator(bits(3))
    env.reset()
    play(env, 0, 200)
    numpys = np.random.Generator(bits(3))
    for t in range(200):
        normal_after_poisson = [float(numpys.poisson(6.0)), max(0.0, numpys.standard_normal() * 6.0 + 4.0)]
        assert env.D[t].tolist() == [*normal_after_poisson, numpys.random() * 10.0 + 8.0]


def test_noise_scale_stretches_the_deviation_from_the_mean(tmp_path: Path) -> None:
    env = environment_of(tmp_path, three_markets(), demand_config={"noise_scale": 2.5}, num_periods=50)
    env.reset(seed=4)
    play(env, 0, 50)
    numpys = np.random.default_rng(4)
    for t in range(50):
        raws = [numpys.poisson(6.0), numpys.standard_normal() * 6.0 + 4.0, numpys.random() * 10.0 + 8.0]
        expected = [max(0.0, mean + 2.5 * (raw - mean)) for mean, raw in zip([6.0, 4.0, 8.0], raws, strict=True)]
        assert env.D[t].tolist() == pytest.approx(expected, rel=0, abs=1e-12)


def test_a_noise_scale_of_zero_still_draws() -> None:
    env = CoreEnv("serial", demand_config={"noise_scale": 0.0})
    env.reset(seed=5)
    play(env, 0, 3)
    numpys = np.random.default_rng(5)
    poissons(numpys, 3)
    assert env.D[:3, 0].tolist() == [20, 20, 20]
    assert env.np_random.random() == numpys.random()


def test_a_poisson_mean_of_zero_and_a_width_of_zero_draw_nothing(tmp_path: Path) -> None:
    declared = three_markets()
    declared["edges"][1]["dist_param"]["scale"] = 0
    declared["edges"][2]["dist_param"]["scale"] = 0
    env = environment_of(tmp_path, declared, demand_config={"external_series": [0.0] * 30})
    env.reset(seed=6)
    play(env, 0, 30)
    assert not env.D.any()
    assert env.np_random.random() == np.random.default_rng(6).random()


def test_what_a_user_draws_moves_the_demand_that_follows() -> None:
    env = CoreEnv("serial")
    env.reset(seed=42)
    numpys = np.random.default_rng(42)
    expected = []
    for t in range(30):
        if t % 3 == 1:
            assert env.np_random.normal() == numpys.normal()
        env.step([0, 0, 0])
        expected.append(float(numpys.poisson(20)))
    assert env.D[:, 0].tolist() == expected


def test_one_generator_serves_the_environment_and_its_engine() -> None:
    env = CoreEnv("serial")
    env.reset(seed=1)
    assert env.np_random is env.demand_engine.np_random


def test_the_constructor_starts_from_default_rng_zero() -> None:
    env, numpys = CoreEnv("serial"), np.random.default_rng(0)
    play(env, 0, 4)
    assert env.D[:4, 0].tolist() == poissons(numpys, 4)
    env.reset()
    play(env, 0, 30)
    assert env.D[:, 0].tolist() == poissons(numpys, 30)


def test_a_reset_without_a_seed_goes_on_with_the_stream() -> None:
    env, numpys = CoreEnv("serial"), np.random.default_rng(17)
    env.reset(seed=17)
    for _ in range(3):
        play(env, 0, 30)
        assert env.D[:, 0].tolist() == poissons(numpys, 30)
        env.reset()


@pytest.mark.parametrize("bits", BIT_GENERATORS)
def test_an_assigned_generator_is_used_from_the_next_reset_on(bits: Callable[[int], Any]) -> None:
    env, seeded, assigned = CoreEnv("serial"), np.random.default_rng(2), np.random.Generator(bits(8))
    env.reset(seed=2)
    mine = np.random.Generator(bits(8))
    env.np_random = mine
    play(env, 0, 5)
    assert env.D[:5, 0].tolist() == poissons(seeded, 5)
    env.reset()
    assert env.demand_engine.np_random is mine
    play(env, 0, 30)
    assert env.D[:, 0].tolist() == poissons(assigned, 30)
    assert mine.random() == assigned.random()


def test_half_words_left_in_the_bit_generator_are_left_alone() -> None:
    """Drawing 32 bits leaves numpy's generator half a word, which demand must not use up."""
    env, numpys = CoreEnv("serial"), np.random.default_rng(3)
    env.reset(seed=3)
    assert env.np_random.integers(0, 2**31, dtype=np.int32) == numpys.integers(0, 2**31, dtype=np.int32)
    play(env, 0, 3)
    assert env.D[:3, 0].tolist() == poissons(numpys, 3)
    assert env.np_random.integers(0, 2**31, dtype=np.int32) == numpys.integers(0, 2**31, dtype=np.int32)


def test_a_seed_reaches_numpys_own_seeding() -> None:
    env = CoreEnv("serial")
    for seed in [0, 2**32, 2**63 + 5]:
        env.reset(seed=seed)
        assert env.np_random.bit_generator.state == np.random.PCG64(np.random.SeedSequence(seed)).state
        assert env.np_random_seed == seed


@pytest.mark.parametrize("wrong", [3, "stream", np.random.RandomState(1)])
def test_something_else_than_a_generator_is_refused_by_the_reset(wrong: Any) -> None:
    env = CoreEnv("serial")
    env.np_random = wrong
    with pytest.raises(TypeError, match=r"np_random is a .*; expected a numpy.random.Generator"):
        env.reset()


@pytest.mark.parametrize(
    "options",
    [
        {"demand_config": {"effects": ["trendy"]}},
        {"demand_config": {"base_mu": -1}},
        {"demand_config": {"gw_floor": 5}},
    ],
)
def test_a_refused_reset_leaves_stream_and_episode_alone(options: dict[str, Any]) -> None:
    env = CoreEnv("serial")
    env.reset(seed=4)
    play(env, 10, 3)
    before, engine = snapshot(env), env.demand_engine
    with pytest.raises(ValueError, match=r"trendy|base_mu|gw_floor"):
        env.reset(seed=9, options=options)
    assert_same(snapshot(env), before)
    assert env.demand_engine is engine


def test_a_reset_refused_for_a_series_too_short_for_the_new_horizon_changes_nothing() -> None:
    env = CoreEnv("serial", user_D={(1, 0): [5.0] * 30})
    env.step([0, 0, 0])
    env.num_periods = 31
    before = snapshot(env)
    with pytest.raises(ValueError, match=r"user_D .* has length 30; expected at least num_periods=31"):
        env.reset(seed=9)
    assert_same(snapshot(env), before)


def test_a_reset_refused_for_parameters_set_since_changes_nothing() -> None:
    env = CoreEnv("serial")
    env.step([0, 0, 0])
    env.demand_engine.gw_floor = 3.0
    before = snapshot(env)
    with pytest.raises(ValueError, match="gw_floor=3, gw_cap=2"):
        env.reset(seed=9)
    assert_same(snapshot(env), before)
