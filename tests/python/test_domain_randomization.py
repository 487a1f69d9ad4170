"""Domain randomisation: the release's recordings, and the vector environment beside wrapped single ones."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gymnasium.vector import SyncVectorEnv
from vectors import MANY, MODES, assert_equal, play_side_by_side, stagger

from gym_invmgmt import CoreEnv, InvMgmtVectorEnv
from gym_invmgmt.wrappers import DomainRandomizationWrapper

RECORDED = json.loads(
    (Path(__file__).parents[1] / "golden" / "wrappers" / "domain_randomization.json").read_text(encoding="utf-8")
)["rows"]
OPTIONS: list[dict[str, Any]] = [
    {},
    {"external_series_prob": 1.0, "external_series_length": 5},
    {"effect_prob": 1.0, "goodwill_options": [True], "randomize_backlog": False, "trend_slope": 0.2},
    {"demand_types": ["stationary", "shock"], "shock_time": 2, "shock_mag": 5.0, "base_mu": 60.0},
]


def test_recorded_draws_are_reproduced() -> None:
    env = DomainRandomizationWrapper(CoreEnv("serial", num_periods=8))
    for row in RECORDED:
        if row["seed"] is not None:
            env = DomainRandomizationWrapper(CoreEnv("serial", num_periods=8))
        env.reset(seed=row["seed"])
        core: Any = env.unwrapped
        engine = core.demand_engine
        assert (list(engine.effects), engine.use_goodwill) == (row["effects"], row["use_goodwill"])
        assert core.backlog == row["backlog"]
        assert engine.noise_scale == pytest.approx(row["noise_scale"], rel=1e-15)
        series = None if engine.external_series is None else engine.external_series.tolist()
        assert series == row["external_series"]
        for _ in range(8):
            env.step([20.0, 20.0, 20.0])
        np.testing.assert_allclose(core.D, row["D"], rtol=0, atol=1e-9)


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_every_row_is_the_wrapped_single_environment(options: dict[str, Any], mode: Any) -> None:
    arguments: dict[str, Any] = {"scenario": "serial", "num_periods": 6}
    ours = InvMgmtVectorEnv(MANY, randomize=options or True, autoreset_mode=mode, **arguments)
    theirs = SyncVectorEnv(
        [lambda: DomainRandomizationWrapper(CoreEnv(**arguments), **options)] * MANY, autoreset_mode=mode
    )
    assert_equal(ours.reset(seed=2), theirs.reset(seed=2))
    random = np.random.default_rng(0)
    assert play_side_by_side(ours, theirs, 40, random) > 10
    stagger(ours, theirs, random)
    seeds = [7, None, 8, None] * 4 + [9, None, 10]
    assert_equal(ours.reset(seed=seeds), theirs.reset(seed=seeds))
    play_side_by_side(ours, theirs, 20, random)
    config = {"demand_config": {"base_mu": 90}}
    assert_equal(ours.reset(seed=9, options=config), theirs.reset(seed=9, options=config))
    play_side_by_side(ours, theirs, 20, random)


def test_links_with_demand_of_their_own_follow_the_drawn_goodwill() -> None:
    own = {"links": {(1, 0): {"base_mu": 200.0, "noise_scale": 0.0}}}
    arguments: dict[str, Any] = {"scenario": "serial", "num_periods": 6, "demand_config": own}
    ours = InvMgmtVectorEnv(MANY, randomize=True, **arguments)
    theirs = SyncVectorEnv([lambda: DomainRandomizationWrapper(CoreEnv(**arguments))] * MANY)
    assert_equal(ours.reset(seed=0), theirs.reset(seed=0))
    play_side_by_side(ours, theirs, 20, np.random.default_rng(1))
    shortages = {envs.snapshot(row)["demand"]["use_goodwill"] for envs in [ours] for row in range(MANY)}
    assert shortages == {True, False}


def test_rows_draw_for_themselves_and_the_same_again_from_the_same_seed() -> None:
    def demand(threads: int) -> Any:
        envs = InvMgmtVectorEnv(500, randomize=True, num_periods=3, num_threads=threads)
        envs.reset(seed=4)
        seen = [envs.step(np.full((500, 11), 20.0))[0][:, 0] for _ in range(11)]
        return np.array(seen), [envs.snapshot(row)["demand"]["noise_scale"] for row in range(500)]

    (first, scales), (again, scales_again) = demand(1), demand(4)
    np.testing.assert_array_equal(first, again)
    assert scales == scales_again
    assert len(set(scales)) == 500
    assert all(0.5 <= scale <= 2.0 for scale in scales)


@pytest.mark.parametrize("draws_backlog", [True, False])
def test_a_snapshot_of_a_row_replays_it_and_the_draws_of_its_next_episodes(draws_backlog: bool) -> None:
    options: dict[str, Any] = {"randomize_backlog": draws_backlog}
    arguments: dict[str, Any] = {"scenario": "serial", "num_periods": 4}
    envs = InvMgmtVectorEnv(6, randomize=options, **arguments)
    envs.reset(seed=3)
    orders = np.full((6, 3), 35.0)
    for _ in range(8):
        envs.step(orders)
    saved = [json.loads(json.dumps(envs.snapshot(row), default=np.ndarray.tolist)) for row in range(6)]
    # One choice takes half a word of the stream, two take a whole one.
    assert {row["backlog"] for row in saved} == ({True, False} if draws_backlog else {True})
    assert {len(row["stream"]) for row in saved} == ({2} if draws_backlog else {3})
    twins = InvMgmtVectorEnv(6, randomize=options, **arguments)
    singles = [DomainRandomizationWrapper(CoreEnv(**arguments), **options) for _ in saved]
    for row, snapshot in enumerate(saved):
        twins.restore(5 - row, snapshot)
        singles[row].unwrapped.restore(snapshot)  # type: ignore[attr-defined]
    for _ in range(20):
        expected, found = envs.step(orders), twins.step(orders)
        assert_equal(found[0][::-1].copy(), expected[0])
        for row, env in enumerate(singles):
            over = env.unwrapped.period >= 4  # type: ignore[attr-defined]
            alone = env.reset()[0] if over else env.step(orders[row])[0]
            np.testing.assert_array_equal(alone, expected[0][row])


def test_features_follow_what_was_drawn() -> None:
    envs = InvMgmtVectorEnv(50, scenario="serial", randomize={"external_series_prob": 1.0}, observation="graph")
    observations, _ = envs.reset(seed=1)
    first_means = [envs.snapshot(row)["demand"]["external_series"][0] for row in range(50)]
    np.testing.assert_array_equal(observations[:, 3], 5.0 * np.array(first_means))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"effect_options": ["tide"]}, "effect_options has 'tide'; known: trend, seasonal, shock"),
        ({"goodwill_options": []}, "goodwill_options is empty; expected at least one of True and False"),
        ({"effect_prob": float("nan")}, "effect_prob is NaN; expected a probability"),
        ({"noise_scale_range": (2.0, 1.0)}, "noise_scale_range is (2, 1); expected 0 <= low <= high"),
        ({"noise_scale_range": 1.0}, "noise_scale_range is 1.0; expected a pair of numbers"),
        ({"external_series_length": 0}, "external_series_length is 0; expected a whole number >= 1"),
        ({"base_mu": -1.0}, "base_mu is -1; expected a finite number >= 0"),
        ({"backlog_options": ["no"]}, "backlog_options is 'no'; expected True or False"),
    ],
)
def test_options_that_cannot_be_used_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        DomainRandomizationWrapper(CoreEnv("serial"), **options)
    with pytest.raises(ValueError, match=re.escape(message)):
        InvMgmtVectorEnv(2, randomize=options)


def test_randomize_takes_true_false_or_the_wrappers_arguments() -> None:
    with pytest.raises(ValueError, match="randomize is 3; expected True, False or a dict"):
        InvMgmtVectorEnv(2, randomize=3)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="randomize has an unknown argument 'effect_probability'; known: demand_types"):
        InvMgmtVectorEnv(2, randomize={"effect_probability": 1})
    assert_equal(InvMgmtVectorEnv(2).reset(seed=1), InvMgmtVectorEnv(2, randomize=False).reset(seed=1))


@pytest.mark.parametrize("types", [("stationary",), ["stationary", "stationary"], (), []])
def test_demand_types_without_an_effect_draw_none(types: Any) -> None:
    env = DomainRandomizationWrapper(CoreEnv("serial"), demand_types=types)
    for seed in range(20):
        env.reset(seed=seed)
        assert env.unwrapped.demand_engine.effects == []
    envs = InvMgmtVectorEnv(8, scenario="serial", randomize={"demand_types": types})
    envs.reset(seed=0)
    assert all(envs.snapshot(row)["demand"]["effects"] == [] for row in range(8))


def test_demand_types_that_are_unknown_are_refused_by_their_own_name() -> None:
    with pytest.raises(ValueError, match=r"demand_types has 'chok'; known: stationary, .*did you mean 'shock'\?"):
        DomainRandomizationWrapper(CoreEnv("serial"), demand_types=["chok"])


def test_demand_types_that_are_one_text_are_refused() -> None:
    with pytest.raises(ValueError, match=r"demand_types is 'shock', one text; expected a list, as \['shock'\]"):
        DomainRandomizationWrapper(CoreEnv("serial"), demand_types="shock")
