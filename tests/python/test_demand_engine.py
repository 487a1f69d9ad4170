"""Mean demand is ``base * trend * seasonal * shock * sentiment``, and every parameter of it can be set."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers import environment_of, play, shop_and_source, three_markets

from gym_invmgmt import CoreEnv, DemandEngine
from gym_invmgmt.demand_engine import TYPE_EFFECT_ALIASES, VALID_EFFECTS

ALL = ["trend", "seasonal", "shock"]


def test_defaults_are_the_published_ones() -> None:
    engine = DemandEngine()
    found = [engine.base_mu, engine.noise_scale, engine.trend_slope, engine.seasonal_amp, engine.shock_time]
    assert found == [20, 1, 0.05, 0.5, 15]
    assert (engine.shock_mag, engine.gw_growth, engine.gw_decay) == (2, 1.01, 0.9)
    assert (engine.gw_cap, engine.gw_floor, engine.use_goodwill, engine.sentiment) == (2, 0.2, False, 1)
    assert engine.seasonal_freq == pytest.approx(2 * math.pi / 30, rel=1e-15)
    assert (engine.type, engine.effects, engine.external_series) == ("stationary", [], None)


@pytest.mark.parametrize("t", [0, 1, 7, 14, 15, 29, 400])
def test_the_mean_is_the_product_of_the_effects(t: int) -> None:
    trend, seasonal, shock = 1 + 0.02 * t, 1 + 0.3 * math.sin(0.7 * t), 3.0 if t >= 12 else 1.0
    parameters = {"base_mu": 50, "trend_slope": 0.02, "seasonal_amp": 0.3, "seasonal_freq": 0.7}
    parameters |= {"shock_time": 12, "shock_mag": 3}
    for effects, factor in [
        ([], 1.0),
        (["trend"], trend),
        (["seasonal"], seasonal),
        (["shock"], shock),
        (["shock", "trend"], trend * shock),
        (ALL, trend * seasonal * shock),
    ]:
        engine = DemandEngine({"effects": effects, **parameters})
        assert engine.get_current_mu(t) == pytest.approx(50 * factor, rel=1e-14)


def test_every_parameter_can_be_set_later() -> None:
    engine = DemandEngine()
    engine.effects = ALL
    engine.base_mu, engine.trend_slope, engine.seasonal_amp, engine.seasonal_freq = 10, 1.0, 2.0, math.pi / 2
    engine.shock_time, engine.shock_mag = 1, 5.0
    engine.use_goodwill, engine.sentiment = True, 0.5
    # 10 * (1 + 1) * (1 + 2 sin(pi / 2)) * 5 * 0.5
    assert engine.get_current_mu(1) == pytest.approx(150, rel=1e-14)
    engine.external_series = [1, 4]
    assert engine.get_current_mu(1) == pytest.approx(60, rel=1e-14)
    engine.external_series, engine.effects = None, []
    assert engine.get_current_mu(1) == 5


def test_parameters_set_between_steps_act_on_the_next() -> None:
    env = CoreEnv("serial", demand_config={"noise_scale": 0})
    env.step([0, 0, 0])
    env.demand_engine.base_mu = 3.5
    env.step([0, 0, 0])
    env.demand_engine.effects = ["trend"]
    env.step([0, 0, 0])
    assert env.D[:3, 0].tolist() == pytest.approx([20, 3.5, 3.5 * 1.1])


def test_short_names_stand_for_their_effects_with_any_one_joint() -> None:
    assert set(ALL) == VALID_EFFECTS
    expected: dict[str, list[str]] = {"stationary": [], "combined_chaos": ALL} | {name: [name] for name in ALL}
    for effects in [["trend", "seasonal"], ["trend", "shock"], ["seasonal", "shock"], ALL]:
        expected |= {joint.join(effects): effects for joint in "+_-"}
    assert expected == TYPE_EFFECT_ALIASES
    for name, effects in expected.items():
        engine = DemandEngine({"type": name})
        assert (engine.effects, engine.type) == (effects, name)


def test_effects_win_over_the_type_even_when_empty() -> None:
    assert DemandEngine({"type": "combined_chaos", "effects": []}).effects == []
    assert DemandEngine({"type": "shock", "effects": ["trend", "trend"]}).effects == ["trend"]
    assert DemandEngine({"type": "shock", "effects": None}).effects == ["shock"]


def test_the_mean_is_kept_above_a_tenth_or_above_zero_with_a_series() -> None:
    falling = {"effects": ["trend"], "trend_slope": -1.0}
    assert DemandEngine({"base_mu": 5, **falling}).get_current_mu(3) == 0.1
    assert DemandEngine({"base_mu": 0}).get_current_mu(0) == 0.1
    assert DemandEngine({"external_series": [5.0] * 10, **falling}).get_current_mu(3) == 0.0


def test_an_external_series_replaces_the_base_and_its_last_value_stays() -> None:
    engine = DemandEngine({"base_mu": 99, "external_series": np.arange(1, 11), "effects": ["shock"], "shock_time": 8})
    assert [engine.get_current_mu(t) for t in [0, 7, 8, 9, 10, 500]] == [1, 8, 18, 20, 20, 20]


def test_a_short_external_series_warns() -> None:
    with pytest.warns(UserWarning, match=r"external_series has only 9 values"):
        DemandEngine({"external_series": [1.0] * 9})


def test_a_series_read_back_is_a_copy_that_refuses_writes() -> None:
    engine = DemandEngine({"external_series": [1.0] * 10})
    series = engine.external_series
    assert series is not None
    with pytest.raises(ValueError, match="read-only"):
        series[0] = 5


def test_sentiment_falls_with_shortages_and_grows_back_between_its_bounds() -> None:
    engine = DemandEngine({"use_goodwill": True, "gw_decay": 0.5, "gw_growth": 1.5, "gw_floor": 0.3, "gw_cap": 1.2})
    seen = []
    for unmet in [1e-12, 3, 3, 0, 0, 0, 0]:
        engine.update_goodwill(unmet)
        seen.append(engine.sentiment)
    assert seen == pytest.approx([0.5, 0.3, 0.3, 0.45, 0.675, 1.0125, 1.2])
    engine.reset()
    assert engine.sentiment == 1


def test_sentiment_acts_with_goodwill_only() -> None:
    engine = DemandEngine({"base_mu": 40})
    engine.sentiment = 0.25
    assert engine.get_current_mu(0) == 40
    engine.update_goodwill(5)
    assert engine.sentiment == 0.25
    engine.use_goodwill = True
    assert engine.get_current_mu(0) == 10
    assert engine.get_observation(7).tolist() == [7, 0.25]


def test_the_observation_shows_the_sentiment_of_the_period_just_played() -> None:
    env = CoreEnv("serial", demand_config={"use_goodwill": True, "noise_scale": 0, "base_mu": 150})
    shown = [env.step([0, 0, 0])[0][-1] for _ in range(3)]
    assert shown == pytest.approx([1, 0.9, 0.81])
    assert env.GW[:3].tolist() == shown
    assert env.D[:3, 0].tolist() == pytest.approx([150, 135, 121.5])


def test_links_keep_their_own_means_unless_base_mu_is_given(tmp_path: Path) -> None:
    env = environment_of(tmp_path, three_markets())
    engine = env.demand_engine
    assert [engine.get_link_mu((1, market), 0) for market in [10, 11, 12]] == [6, 4, 8]
    assert engine.base_mu == engine.get_current_mu(0) == 6  # the mean over market links
    given = environment_of(tmp_path, three_markets(), demand_config={"base_mu": 9}).demand_engine
    assert [given.get_link_mu(link, 5) for link in range(3)] == [9, 9, 9]
    engine.base_mu = 11
    assert [engine.mean_demand(2, (1, market)) for market in [10, 11, 12]] == [11, 11, 11]
    engine.base_mu = None
    assert [engine.mean_demand(2, link) for link in range(3)] == [6, 4, 8]


def test_effects_multiply_each_links_own_mean(tmp_path: Path) -> None:
    engine = environment_of(tmp_path, three_markets(), demand_config={"type": "trend"}).demand_engine
    assert [engine.mean_demand(10, link) for link in range(3)] == pytest.approx([9, 6, 12])
    assert engine.get_current_mu(10) == pytest.approx(9)


@pytest.mark.parametrize("noise_scale", [0.0, 0.5, 1.0, 3.0])
def test_expected_demand_is_the_average_of_many_draws(noise_scale: float, tmp_path: Path) -> None:
    periods = 20_000
    config = {"noise_scale": noise_scale}
    env = environment_of(tmp_path, three_markets(), demand_config=config, num_periods=periods)
    env.reset(seed=11)
    play(env, 0, periods)
    errors = env.D.std(axis=0) / math.sqrt(periods)
    for link in range(3):
        expected = env.demand_engine.expected_demand(0, link)
        assert abs(env.D[:, link].mean() - expected) <= 4 * errors[link] + 1e-9


def test_expected_demand_of_a_uniform_law_lies_half_a_width_above_its_mean(tmp_path: Path) -> None:
    engine = environment_of(tmp_path, three_markets()).demand_engine
    assert engine.expected_demand(0, (1, 12)) == pytest.approx(8 + 10 / 2)
    # A normal mean 4, deviation 6, cut at zero: 4 * Phi(2/3) + 6 * phi(2/3).
    below = 0.5 * (1 + math.erf(2 / 3 / math.sqrt(2)))
    density = math.exp(-((2 / 3) ** 2) / 2) / math.sqrt(2 * math.pi)
    assert engine.expected_demand(0, (1, 11)) == pytest.approx(4 * below + 6 * density, rel=1e-12)


def test_a_replayed_series_is_the_links_demand_and_draws_nothing() -> None:
    series = np.linspace(1, 30, 30) + 0.5
    env = CoreEnv("serial", user_D={(1, 0): series})
    env.reset(seed=3)
    play(env, 0, 30)
    np.testing.assert_array_equal(env.D[:, 0], series)
    assert env.np_random.random() == np.random.default_rng(3).random()
    assert [env.demand_engine.mean_demand(t) for t in [0, 29]] == [1.5, 30.5]
    assert env.demand_engine.expected_demand(4) == 5.5


def test_sentiment_scales_a_replayed_series() -> None:
    env = CoreEnv("serial", user_D={(1, 0): [150.0] * 30}, demand_config={"use_goodwill": True})
    play(env, 0, 3)
    assert env.D[:3, 0].tolist() == pytest.approx([150, 135, 121.5])


def test_one_link_may_be_replayed_while_the_others_are_drawn(tmp_path: Path) -> None:
    env = environment_of(tmp_path, three_markets(), user_D={(1, 11): [2.0] * 30})
    env.reset(seed=8)
    env.step([0])
    numpys = np.random.default_rng(8)
    assert env.D[0].tolist() == [numpys.poisson(6.0), 2.0, numpys.random() * 10 + 8]


def test_a_sample_path_changes_nothing() -> None:
    env, twin = CoreEnv("serial", sample_path={(1, 0): [9] * 30}), CoreEnv("serial")
    assert play(env, 5, 30) == play(twin, 5, 30)


def test_asking_for_an_unknown_link_names_those_there_are() -> None:
    engine = CoreEnv("serial").demand_engine
    with pytest.raises(KeyError, match=r"no market link \(2, 1\); the network has 1 -> 0"):
        engine.mean_demand(0, (2, 1))
    with pytest.raises(IndexError, match=r"market link 1 of a network that has 1"):
        engine.expected_demand(0, 1)
    with pytest.raises(IndexError, match=r"market link -1; positions begin at 0"):
        engine.mean_demand(0, -1)
    with pytest.raises(ValueError, match=r"period is -1; expected a whole number >= 0"):
        engine.get_current_mu(-1)
    with pytest.raises(RuntimeError, match=r"belongs to no environment"):
        DemandEngine().mean_demand(0)


@pytest.mark.parametrize(("name", "value"), [("noise_scale", -1), ("trend_slope", math.nan), ("base_mu", "many")])
def test_a_refused_value_leaves_the_parameter_as_it_was(name: str, value: Any) -> None:
    engine = DemandEngine({"base_mu": 7, "noise_scale": 0.5, "trend_slope": 0.1})
    before = getattr(engine, name)
    with pytest.raises(ValueError, match=f"{name} is"):
        setattr(engine, name, value)
    assert getattr(engine, name) == before


def test_the_shop_network_uses_its_own_mean_in_presets_and_files_alike(tmp_path: Path) -> None:
    assert environment_of(tmp_path, shop_and_source()).demand_engine.base_mu == 7
    assert CoreEnv("network").demand_engine.base_mu == 20
