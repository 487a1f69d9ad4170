"""Derivatives of what episodes earn, against central differences and by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import gym_invmgmt
from gym_invmgmt.gradient import Recorded, level_gradient, rollout_gradient


@pytest.mark.parametrize("backlog", [True, False])
def test_the_gradient_in_orders_is_the_difference_of_what_is_earned(backlog: bool) -> None:
    env = gym_invmgmt.CoreEnv("network", backlog=backlog, num_periods=12)
    rng = np.random.default_rng(1)
    orders = rng.uniform(0, 40, (12, env.action_space.shape[0]))
    seeds = [7, 8, 9]
    found = rollout_gradient(env, orders, seeds=seeds)
    assert (found.profits.shape, found.gradient.shape) == ((3,), (3, *orders.shape))
    compared = 0
    for period, link in zip(rng.integers(0, 12, 40), rng.integers(0, orders.shape[1], 40), strict=True):
        moved = np.zeros_like(orders)
        moved[period, link] = 1e-3
        more, less = (rollout_gradient(env, orders + side * moved, seeds=seeds).profits for side in (1, -1))
        for episode in range(3):
            if abs(more[episode] + less[episode] - 2 * found.profits[episode]) > 1e-8:
                continue
            difference = (more[episode] - less[episode]) / 2e-3
            assert found.gradient[episode, period, link] == pytest.approx(difference, rel=1e-6, abs=1e-6)
            compared += 1
    assert compared > 100


def test_the_profits_are_those_of_the_environment() -> None:
    env = gym_invmgmt.CoreEnv("serial")
    orders = np.full((30, 3), 20.0)
    run = gym_invmgmt.run_episode(env, lambda observation: [20, 20, 20], seed=42)
    assert rollout_gradient("serial", orders, seeds=[42]).profits[0] == pytest.approx(run["total_reward"], rel=1e-12)
    each = np.stack([orders, 2 * orders])
    both = rollout_gradient(env, each, seeds=[42, 42]).profits
    assert both[0] == pytest.approx(run["total_reward"], rel=1e-12)
    assert both[1] != both[0]


@pytest.mark.parametrize("policy", ["basestock", "echelon"])
def test_the_gradient_in_levels_is_the_difference_of_what_the_policy_earns(policy: str) -> None:
    levels, seeds = np.array([107.3, 118.4, 29.6]), range(8)
    found = level_gradient("serial", levels, seeds=seeds, policy=policy)
    spec = f"{policy}:{','.join(str(level) for level in levels)}"
    assert found.profits == pytest.approx(gym_invmgmt.rollout("serial", spec, seeds=seeds)["total_profit"])
    for node in range(3):
        moved = np.where(np.arange(3) == node, 1e-4, 0.0)
        more, less = (level_gradient("serial", levels + s * moved, seeds=seeds, policy=policy).profits for s in (1, -1))
        smooth = np.abs(more + less - 2 * found.profits) < 1e-8
        assert smooth.any()
        assert found.gradient[smooth, node] == pytest.approx((more - less)[smooth] / 2e-4, rel=1e-5, abs=1e-5)


def test_a_climb_along_the_gradient_finds_levels_that_earn_more() -> None:
    plain = gym_invmgmt.optimize("network", budget=1, seeds=range(8), held_out=range(100, 164))
    climbed = gym_invmgmt.optimize("network", budget=1, seeds=range(8), held_out=range(100, 164), gradient=True)
    assert climbed.held_out is not None
    assert plain.held_out is not None
    assert climbed.held_out.mean > plain.held_out.mean
    with pytest.raises(ValueError, match="the gradient climbs levels of basestock and echelon"):
        gym_invmgmt.optimize("network", "ss", budget=1, gradient=True)


def test_what_has_no_derivative_and_what_does_not_fit_is_refused_by_name() -> None:
    env = gym_invmgmt.CoreEnv("serial", {"use_goodwill": True})
    with pytest.raises(ValueError, match=r"the gradient does not model goodwill \(demand\)"):
        Recorded(env, 4)
    assert Recorded(env, 4, goodwill=2.0).episodes == 4
    with pytest.raises(ValueError, match=r"goodwill is -1; expected a number of units above 0"):
        Recorded(env, 4, goodwill=-1)
    with pytest.raises(ValueError, match=r"orders have shape \(1, 2\); expected \(1, 3\)"):
        rollout_gradient("serial", np.zeros((30, 2)), seeds=[1])
    with pytest.raises(ValueError, match=r"orders have shape \(29, 3\); expected \(30, links\)"):
        rollout_gradient("serial", np.zeros((29, 3)), seeds=[1])
    with pytest.raises(ValueError, match=r"orders\[0, 1\] is NaN; expected a finite number; nothing was played"):
        rollout_gradient("serial", np.full((30, 3), [0, np.nan, 0]), seeds=[1])
    with pytest.raises(ValueError, match="2 levels; expected 3, one per managed node"):
        level_gradient("serial", [1, 2], seeds=[1])
    with pytest.raises(ValueError, match="orders of others jump"):
        level_gradient("serial", [1, 2, 3], seeds=[1], policy="ss")
    recorded = Recorded("serial", 2)
    rows = recorded.begin([1, 2])
    with pytest.raises(ValueError, match="3 seeds; expected 2, one per episode"):
        recorded.begin([1, 2, 3])
    with pytest.raises(ValueError, match="period 0 has not been played; 0 have"):
        recorded.reverse(0, rows, [1, 1])
    for _ in range(30):
        rows, _ = recorded.step(np.zeros((2, 3)))
    with pytest.raises(ValueError, match="the episodes are over after 30 periods; begin"):
        recorded.step(np.zeros((2, 3)))


@pytest.mark.parametrize(
    ("name", "top", "node", "link"),
    [
        ("timelines", "timeline: order-first", "", ""),
        ("order delays", "", "", ", order_delay: 1"),
        ("waiting requests", "", "", ", unmet: wait"),
        ("order sizes", "", "", ", min: 5"),
        ("allocation rules", "", ", allocation: proportional", ""),
        ("limited space", "", ", storage: {space: 50, overflow: discard}", ""),
    ],
)
def test_mechanisms_without_an_adjoint_are_refused_by_name(
    name: str, top: str, node: str, link: str, tmp_path: Path
) -> None:
    file = tmp_path / "network.yaml"
    file.write_text(
        f"{top}\nnodes:\n  - {{id: 3}}\n  - {{id: 2, I0: 10, h: 0.1{node}}}\n"
        "  - {id: 1, I0: 10, h: 0.1}\n  - {id: 0}\n"
        f"edges:\n  - {{from: 3, to: 2, L: 1, p: 1, g: 0}}\n  - {{from: 2, to: 1, L: 1, p: 2, g: 0{link}}}\n"
        "  - {from: 1, to: 0, p: 5, b: 1, demand_dist: poisson, dist_param: {mu: 5}}\n",
        encoding="utf-8",
    )
    with pytest.raises(ValueError, match=f"the gradient does not model .*{name}"):
        Recorded(str(file), 4)
