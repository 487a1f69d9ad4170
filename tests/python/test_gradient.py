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
    with pytest.raises(ValueError, match="the gradient climbs levels of basestock, echelon and capped"):
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


MECHANISMS = [
    ("timeline: order-first", "", ""),
    ("timeline: beer", "", ", order_delay: 1"),
    ("", "", ", unmet: wait, b: 0.5"),
    ("", "", ", min: 5"),
    ("", ", allocation: proportional", ""),
    ("", ", storage: {space: 50, overflow: discard}", ""),
    ("life: 3", "", ""),
    ("", "", ", yield: {uniform: [0.5, 1]}"),
    ("", "", ", cap: 4"),
    ("disruptions: [{where: 2, what: ship, up_down: [0.3, 0.5]}]", "", ""),
]


def chain(folder: Path, top: str = "", node: str = "", link: str = "", lead_time: str = "1") -> str:
    file = folder / "network.yaml"
    file.write_text(
        f"{top}\nnodes:\n  - {{id: 3}}\n  - {{id: 2, I0: 10, h: 0.1{node}}}\n"
        "  - {id: 1, I0: 10, h: 0.1}\n  - {id: 0}\n"
        f"edges:\n  - {{from: 3, to: 2, L: {lead_time}, p: 1, g: 0}}\n  - {{from: 2, to: 1, L: 1, p: 2, g: 0{link}}}\n"
        "  - {from: 1, to: 0, p: 5, b: 1, demand_dist: poisson, dist_param: {mu: 5}}\n",
        encoding="utf-8",
    )
    return str(file)


@pytest.mark.parametrize(("top", "node", "link"), MECHANISMS)
def test_orders_on_networks_with_mechanisms_have_the_derivative_of_what_is_played(
    top: str, node: str, link: str, tmp_path: Path
) -> None:
    network = chain(tmp_path, top, node, link)
    orders = np.random.default_rng(3).uniform(1, 9, (30, 2))
    found = rollout_gradient(network, orders, seeds=range(4))
    for period, which in [(0, 0), (5, 1), (12, 0), (20, 1)]:
        moved = np.zeros_like(orders)
        moved[period, which] = 1e-4
        more, less = (rollout_gradient(network, orders + s * moved, seeds=range(4)).profits for s in (1, -1))
        smooth = np.abs(more + less - 2 * found.profits) < 1e-8
        assert smooth.any()
        central = (more - less)[smooth] / 2e-4
        assert found.gradient[smooth, period, which] == pytest.approx(central, rel=1e-5, abs=1e-5)


def test_what_is_rounded_does_not_answer_unless_it_is_said_to(tmp_path: Path) -> None:
    network = chain(tmp_path, "units: whole")
    orders = np.full((30, 2), 4.3)
    flat = rollout_gradient(network, orders, seeds=[1])
    assert np.all(flat.gradient == 0.0)
    smooth = rollout_gradient(network, orders, seeds=[1], rounding=True)
    assert smooth.profits == flat.profits
    # A unit that is bought in the last period costs its price and is on its way when the books are closed.
    assert smooth.gradient[0, 29, 0] == pytest.approx(-1.0)


def test_state_rows_hold_nothing_that_is_hidden(tmp_path: Path) -> None:
    network = chain(tmp_path, lead_time="{uniform: [1, 4]}, draw: order, crossing: free")
    env = gym_invmgmt.CoreEnv(network)
    recorded = Recorded(network, 2)
    rows = recorded.begin([1, 2])
    # The observation, and behind it what is on order on two links.
    assert rows.shape == (2, env.observation_space.shape[0] + 2)
    recorded.step(np.full((2, 2), 3.0))
    before, orders = recorded.reverse(0, np.ones_like(rows), [1.0, 1.0])
    assert (before.shape, orders.shape) == (rows.shape, (2, 2))


def test_pairs_of_levels_have_derivatives_in_both() -> None:
    pairs = np.array([[107.0, 25.0], [118.0, 22.0], [29.0, 24.0]])
    found = level_gradient("serial", pairs, seeds=range(6), policy="capped")
    spec = "capped:" + ",".join(f"{level}/{cap}" for level, cap in pairs)
    assert found.profits == pytest.approx(gym_invmgmt.rollout("serial", spec, seeds=range(6))["total_profit"])
    assert found.gradient.shape == (6, 3, 2)
    for at in [(0, 0), (1, 1), (2, 1)]:
        moved = np.zeros_like(pairs)
        moved[at] = 1e-4
        more, less = (
            level_gradient("serial", pairs + s * moved, seeds=range(6), policy="capped").profits for s in (1, -1)
        )
        smooth = np.abs(more + less - 2 * found.profits) < 1e-8
        central = (more - less)[smooth] / 2e-4
        assert found.gradient[(smooth, *at)] == pytest.approx(central, rel=1e-5, abs=1e-5)


def test_reorder_levels_are_played_as_they_are_and_answer_by_their_stand_in() -> None:
    pairs = [[90.0, 107.0], [100.0, 118.0], [20.0, 29.0]]
    found = level_gradient("serial", pairs, seeds=range(6), policy="ss", reorder=5.0)
    played = gym_invmgmt.rollout("serial", "ss:90/107,100/118,20/29", seeds=range(6))["total_profit"]
    assert found.profits == pytest.approx(played)
    assert found.gradient.shape == (6, 3, 2)
    assert np.all(np.isfinite(found.gradient))
    assert np.any(found.gradient[..., 0] != 0)
    with pytest.raises(ValueError, match="reorder is 0; expected a number of units above 0"):
        level_gradient("serial", pairs, seeds=[1], policy="ss", reorder=0)
    with pytest.raises(ValueError, match="3 levels; expected 6, two per managed node"):
        level_gradient("serial", [1, 2, 3], seeds=[1], policy="ss", reorder=5.0)
