"""Demand fitted to a history: what it gives back, and what it refuses."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest
from helpers import environment_of

from gym_invmgmt import CoreEnv
from gym_invmgmt.data import DemandFit, fit

M5 = Path(__file__).resolve().parents[2] / "data" / "m5_foods_3_382_ca_3.csv"


def seasonal_history() -> tuple[np.ndarray[Any, Any], DemandFit]:
    """Two hundred Poisson draws of numpy's around 40 (1 + 0.5 sin(2 pi t / 7 + 1)), and their fit."""
    mean = 40 * (1 + 0.5 * np.sin(2 * np.pi * np.arange(200) / 7 + 1))
    history = np.random.default_rng(5).poisson(mean).astype(float)
    return history, fit(history)


def test_a_season_is_found_with_its_period_and_phase() -> None:
    history, found = seasonal_history()
    assert [name for name, effect in found.effects.items() if effect["found"]] == ["seasonal"]
    assert found.effects["seasonal"]["estimates"]["period"] == 7
    config = found.demand_config
    # Three standard errors: sqrt(2 / (200 * 40)) = 0.016 for the amplitude, 0.016 / 0.5 for the phase.
    assert config["seasonal_amp"] == pytest.approx(0.5, abs=0.05)
    assert config["seasonal_phase"] == pytest.approx(1.0, abs=0.1)
    assert config["noise_scale"] == 1
    np.testing.assert_array_equal(found.history, history)


def test_the_environment_plays_the_fitted_demand() -> None:
    _, found = seasonal_history()
    env = CoreEnv("serial", demand_config=found.demand_config, num_periods=200)
    engine = env.demand_engine
    np.testing.assert_allclose([engine.mean_demand(t) for t in range(200)], found.fitted)
    env.reset(seed=4)
    for _ in range(200):
        env.step([20.0, 20.0, 20.0])
    np.testing.assert_array_equal(found.simulate(2, seed=3)[1], env.D[:, 0])


def test_the_demand_of_a_later_period_goes_on_where_the_history_ends() -> None:
    found = fit([10.0 + t for t in range(30)])
    later = CoreEnv("serial", demand_config=found.demand_config_from(30), num_periods=5).demand_engine
    assert [later.mean_demand(t) for t in range(5)] == pytest.approx([40, 41, 42, 43, 44], rel=1e-3)


def test_a_file_and_its_numbers_give_the_same_fit() -> None:
    numbers = np.loadtxt(M5, delimiter=",", skiprows=1, usecols=1)
    from_file, from_numbers = fit(M5, "units"), fit(numbers)
    assert from_file.demand_config == from_numbers.demand_config
    assert from_file.demand_config["shock_time"] == 22
    assert str(from_file) == str(from_numbers)
    assert "none found" in str(from_file)


def test_a_lumpy_history_gives_the_law_of_a_link_that_plays_it(tmp_path: Path) -> None:
    """Negative binomial of mean 3 and dispersion 2, numpy's: mean 3, variance 3 + 2 * 9 = 21."""
    history = np.random.default_rng(8).negative_binomial(0.5, 0.5 / 3.5, 400).astype(float)
    found = fit(history)
    assert found.law["demand_dist"] in ("negative_binomial", "intermittent")
    assert found.demand_config["noise_scale"] == 1
    declared = {
        "nodes": [{"id": 0}, {"id": 1, "I0": 5, "h": 1}, {"id": 2}],
        "edges": [{"from": 1, "to": 0, "p": 2, "b": 1, **found.law}, {"from": 2, "to": 1, "L": 0, "p": 1, "g": 0}],
    }
    env = environment_of(tmp_path, declared, demand_config=found.demand_config, num_periods=400)
    env.reset(seed=4)
    for _ in range(400):
        env.step([3.0])
    paths = found.simulate(40, seed=4)
    np.testing.assert_array_equal(paths[0], env.D[:, 0])
    # 16,000 draws: standard errors of 0.04 for the mean; the variance is that of the sample within a third.
    assert paths.mean() == pytest.approx(history.mean(), abs=0.15)
    assert paths.var() == pytest.approx(history.var(), rel=0.33)


def test_periods_before_an_item_existed_are_no_part_of_its_fit() -> None:
    history = np.concatenate([np.zeros(60), np.random.default_rng(3).poisson(6, 40)])
    found = fit(history)
    assert found.begins == 60
    assert not any(effect["found"] for effect in found.effects.values())
    assert found.demand_config["base_mu"] == pytest.approx(history[60:].mean(), rel=1e-4)
    assert (found.fitted[:60] == 0).all()
    assert len(found.fitted) == 100
    assert found.simulate().shape == (1, 40)
    assert found.demand_config_from(100)["base_mu"] == found.demand_config["base_mu"]
    with pytest.raises(ValueError, match="period is 59; expected a whole number >= 60"):
        found.demand_config_from(59)


def test_a_fit_is_drawn() -> None:
    matplotlib.use("Agg")
    from matplotlib import pyplot

    _, found = seasonal_history()
    ax = found.plot(paths=3)
    assert len(ax.lines) == 4
    np.testing.assert_array_equal(ax.lines[-1].get_ydata(), found.fitted)
    pyplot.close("all")


REFUSED: list[tuple[Any, str]] = [
    ([1, 2, 3], "the history has 3 periods; expected at least 4"),
    ([1, 2, float("nan"), 3], "the history has NaN in period 2; expected a finite number >= 0"),
    ([1, 2, -1, 3], "the history has -1 in period 2"),
    ([0, 0, 0, 0, 0], "all 5 values of the history are 0: there is no demand to fit"),
    ([[1, 2], [3, 4]], "series must be a 1-D array of numbers; got shape (2, 2)"),
    (["a", "b"], "series must be a 1-D array of numbers"),
]


@pytest.mark.parametrize(("series", "message"), REFUSED)
def test_a_series_that_cannot_be_fitted_is_refused(series: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        fit(series)


def test_arguments_that_do_not_fit_together_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="say which column"):
        fit(M5)
    with pytest.raises(ValueError, match="no column 'unit'; nearest: 'units'"):
        fit(M5, "unit")
    with pytest.raises(ValueError, match="is not a path"):
        fit([1, 2, 3, 4], "units")
    with pytest.raises(FileNotFoundError, match="Data file not found"):
        fit(tmp_path / "none.csv", "units")
    with pytest.raises(ValueError, match="is a directory"):
        fit(tmp_path, "units")
    with pytest.raises(ValueError, match="false_alarm is 2; expected a probability"):
        fit([1, 2, 3, 4], false_alarm=2)
    with pytest.raises(ValueError, match="paths is 0"):
        fit([1, 2, 3, 4]).simulate(0)
