"""Levels found by simulation: what comes back can be played, earns what is said, and is the same every time."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers import environment_of

import gym_invmgmt
from gym_invmgmt import CoreEnv, optimize, policies, rollout, run_episode

SERIAL = {"scenario": "serial", "demand_config": {"base_mu": 20}}
SEARCH: dict[str, Any] = {"budget": 60, "seeds": range(20000, 20016), "held_out": range(30000, 30016)}


def interval(values: Any) -> tuple[float, float]:
    """Of 16 values: as far as Student's interval and as Hall's (1992), whose formula stands here once more."""
    count, mean, spread = len(values), values.mean(), values.std()
    skewness = ((values - mean) ** 3).mean() / spread**3
    # Student's t with 15 degrees of freedom at 97.5% is 2.131450 in tables.
    reach = 2.131450 / np.sqrt(count - 1)
    bend = skewness / 3

    def straightened(y: float) -> float:
        return float((np.cbrt(1 + 3 * bend * (y - skewness / (6 * count))) - 1) / bend)

    low = mean - spread * max(reach, straightened(reach))
    return low, mean - spread * min(-reach, straightened(-reach))


@pytest.mark.parametrize("policy", ["basestock", "echelon", "ss"])
def test_the_result_is_a_policy_that_earns_what_is_said(policy: str) -> None:
    found = optimize(SERIAL, policy, **SEARCH)
    profits = rollout(SERIAL, found.policy, list(SEARCH["held_out"]))["total_profit"]
    started = rollout(SERIAL, found.start, list(SEARCH["held_out"]))["total_profit"]
    assert found.held_out is not None
    assert found.gain is not None
    for estimate, values in [(found.held_out, profits), (found.gain, profits - started)]:
        error = values.std(ddof=1) / 4
        assert estimate.mean == pytest.approx(values.mean())
        assert estimate.standard_error == pytest.approx(error)
        assert (estimate.low, estimate.high) == pytest.approx(interval(values), rel=1e-6)
        assert estimate == gym_invmgmt.estimate(values)
    trained = rollout(SERIAL, found.policy, list(SEARCH["seeds"]))["total_profit"].mean()
    assert found.training.mean == pytest.approx(trained)
    assert found.history[-1].profit == pytest.approx(trained)
    assert found.gain.low > 0.0
    assert found.tried <= 60
    assert found.levels.shape == ((3, 2) if policy == "ss" else (3,))
    assert found.history[0].tried == 1
    assert np.array(found.history[-1].levels).reshape(found.levels.shape).tolist() == found.levels.tolist()
    env = CoreEnv(**SERIAL)
    assert run_episode(env, policies.make(found.policy, env), seed=30000)["total_reward"] == pytest.approx(profits[0])


def test_an_estimate_is_of_a_row_of_finite_numbers() -> None:
    # Equal values leave no doubt; both checked by hand.
    assert gym_invmgmt.estimate([7.0, 7.0]) == (7.0, 0.0, 7.0, 7.0)
    assert gym_invmgmt.estimate(np.array([1.0, 3.0, 5.0])).high == pytest.approx(3 + 4.302653 * np.sqrt(4 / 3))
    refused = {
        "values has 1 numbers; expected at least 2": [3.0],
        "values[1] is nan; expected a finite number": [1.0, float("nan")],
        "values has shape (1, 2); expected (episodes,)": [[1.0, 2.0]],
        "expected numbers, one per episode": ["a", "b"],
    }
    for message, values in refused.items():
        with pytest.raises(ValueError, match=re.escape(message)):
            gym_invmgmt.estimate(values)


def test_the_same_seeds_find_the_same_levels_on_any_number_of_threads() -> None:
    env = CoreEnv(**SERIAL)
    one, two = (optimize(env, **SEARCH, num_threads=threads) for threads in (1, 2))
    assert (one.policy, one.held_out, one.history) == (two.policy, two.held_out, two.history)


def test_a_newsvendors_level_is_found(tmp_path: Path) -> None:
    """Known answers, 4.6: Poisson 6, h 1, p 4: S = 8."""
    declared = {
        "nodes": [{"id": 0}, {"id": 1, "I0": 0, "h": 1}, {"id": 2}],
        "edges": [
            {"from": 1, "to": 0, "p": 0, "b": 4, "demand_dist": "poisson", "dist_param": {"mu": 6}},
            {"from": 2, "to": 1, "L": 0, "p": 0, "g": 0},
        ],
    }
    env = environment_of(tmp_path, declared, num_periods=2000)
    found = optimize(env, budget=40, seeds=range(8), held_out=range(10, 18))
    assert found.policy == "basestock:8"
    # 3.570107 a period in the long run.
    assert found.held_out is not None
    assert found.held_out.low / 2000 - 0.05 < -3.570107 < found.held_out.high / 2000 + 0.05


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"policy": "constant"}, "cannot optimize policy 'constant'; expected one of basestock, echelon, ss"),
    ({"budget": 0}, "budget is 0; expected a whole number >= 1"),
    ({"budget": 2.5}, "budget is 2.5; expected a whole number >= 1"),
    ({"seeds": []}, "seeds is empty; expected at least one whole number >= 0"),
    ({"seeds": [1]}, "training seeds: 1 given; expected at least 2, because an interval of confidence needs them"),
    ({"held_out": []}, "held_out is empty"),
    ({"held_out": [3, -1]}, "held_out[1] is -1; expected a whole number >= 0"),
    ({"held_out": [3, 3]}, "held-out seeds: seed 3 is given twice"),
    (
        {"held_out": [3, 20001]},
        "seed 20001 is among the training seeds and the held-out seeds; the result would flatter itself",
    ),
    ({"num_threads": 0}, "num_threads is 0; expected a whole number >= 1"),
]


@pytest.mark.parametrize(("change", "message"), REFUSED, ids=lambda value: str(value)[:40])
def test_a_search_that_cannot_be_made_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        optimize(SERIAL, **{**SEARCH, **change})


SALES = [float(10 + day % 7 if day < 30 else 20 + 2 * (day % 7)) for day in range(60)]


def test_sales_are_one_episode_and_only_days_not_seen_measure_the_levels() -> None:
    replayed = {"scenario": "serial", "user_D": {(1, 0): SALES}, "num_periods": 60}
    found = optimize(replayed, budget=40)
    assert (found.drawn, found.held_out, found.gain) == (False, None, None)
    assert np.isnan([found.training.standard_error, found.training.low, found.training.high]).all()
    assert found.training.mean == pytest.approx(rollout(replayed, found.policy, [0])["total_profit"][0])
    cut = optimize(replayed, budget=40, test_from=30)
    rest = {**replayed, "user_D": {(1, 0): SALES[30:]}, "num_periods": 30}
    before = {**replayed, "user_D": {(1, 0): SALES[:30]}, "num_periods": 30}
    assert cut.policy == optimize(before, budget=40).policy
    end, start = (rollout(rest, policy, [0])["total_profit"][0] for policy in (cut.policy, cut.start))
    assert cut.held_out is not None
    assert cut.gain is not None
    assert (cut.held_out.mean, cut.gain.mean) == pytest.approx((end, end - start))
    assert np.isnan(cut.held_out.low)
    with pytest.raises(ValueError, match="test_from is 60; expected a period from 1 to 59 of the 60 played"):
        optimize(replayed, test_from=60)
    with pytest.raises(ValueError, match="test_from cuts series, and demand has none"):
        optimize(SERIAL, test_from=10)


def test_a_network_without_customers_is_refused_where_it_is_read(tmp_path: Path) -> None:
    """Demand comes over links into markets; a network without one never becomes an environment."""
    declared = {"nodes": [{"id": 1, "I0": 5, "h": 1}], "edges": []}
    with pytest.raises(ValueError, match=r"no edges given; a network needs a non-empty 'edges' list"):
        environment_of(tmp_path, declared)


def test_what_is_no_environment_is_refused() -> None:
    with pytest.raises(TypeError, match=r"env is a int; expected a CoreEnv"):
        optimize(3)  # type: ignore[arg-type]
    with pytest.raises(
        ValueError, match=r"Unknown scenario: 'seria'; known: 'network', 'serial' .*did you mean 'serial'"
    ):
        optimize("seria")
