"""The suite `standard-1` stays one where replenishment matters: `make standard` shows the same with all policies."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tools.standard_suite import NO_BOUND, ORACLE, PROBLEMS, SUITE, TUNED, TunedBaseStock, mean_profits, mistakes

import gym_invmgmt

#: Problems short enough to plan anew in every period of a test.
SHORT = ("N12", "N15")


@pytest.fixture(scope="module")
def tuned() -> TunedBaseStock:
    return TunedBaseStock(budget=150, seeds=6)


def test_sensible_policies_beat_every_constant_and_nothing_beats_the_clairvoyant_plan(
    tuned: TunedBaseStock, tmp_path: Path
) -> None:
    policies = {name: name for name in ("newsvendor:informed", "ss:informed", ORACLE)} | {TUNED: tuned}
    found = gym_invmgmt.benchmark(SUITE, policies, seeds=3, out=tmp_path)
    assert mistakes(mean_profits(tmp_path)) == []
    # Where the plan is an optimum it is so seed by seed.
    for problem in set(PROBLEMS) - set(NO_BOUND):
        bound = found.profits(ORACLE, problem)
        for policy in policies:
            assert (found.profits(policy, problem) <= bound + 1e-6 * np.abs(bound)).all(), (problem, policy)


@pytest.mark.parametrize("problem", SHORT)
def test_planning_ahead_comes_closest_to_the_clairvoyant_plan(problem: str) -> None:
    env = gym_invmgmt.load_scenario(f"{SUITE}/{problem}").make()
    earned = {
        name: gym_invmgmt.rollout(env, name, seeds=[10000])["total_profit"][0]
        for name in ("ss:informed", "newsvendor:informed", "mpc:informed", ORACLE)
    }
    assert sorted(earned, key=lambda name: earned[name])[2:] == ["mpc:informed", ORACLE]


@pytest.mark.parametrize("problem", PROBLEMS)
def test_the_stock_to_begin_with_is_about_what_a_tuned_policy_would_hold_and_have_on_order(
    problem: str, tuned: TunedBaseStock
) -> None:
    """Nothing is on order when an episode begins, so the stock is compared with order-up-to levels."""
    tuned.prepare({"id": problem})
    env = gym_invmgmt.load_scenario(f"{SUITE}/{problem}").make()
    env.reset(seed=1)
    share = env.X[0].sum() / sum(tuned.levels[problem])
    assert 0.5 <= share <= 1.25


@pytest.mark.parametrize("problem", PROBLEMS)
def test_stock_left_at_the_end_is_worth_less_than_it_cost(problem: str) -> None:
    """Who floods every link loses money, and the more the more he orders."""
    env = gym_invmgmt.load_scenario(f"{SUITE}/{problem}").make()
    assert 90 <= env.num_periods <= 365
    links = np.ones(env.action_space.shape)

    def profit_of(orders: float) -> float:
        env.reset(seed=10000)
        return float(sum(env.step(orders * links)[1] for _ in range(env.num_periods)))

    assert profit_of(300.0) < profit_of(150.0) < profit_of(75.0)
