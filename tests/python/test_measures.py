"""Key figures and ledgers equal sums done by hand on three periods of one shop."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from helpers import environment_of, play, played_by_hand, shop_and_source

from gym_invmgmt import CoreEnv, IntegerActionWrapper, compute_bullwhip, compute_kpis, rollout, run_episode

#: revenue 5 a unit sold; purchase 1 a unit; 0.5 a unit held and 0.25 on order; 2 a unit unmet; 3 an order.
REVENUE, PURCHASES, HELD = [20, 60, 0], [6, 0, 5], [0.5 * 6 + 0.25 * 6, 0, 0.25 * 5]
PENALTY, ORDERS = [0, 2 * 3, 2 * 5], [3, 0, 3]
PROFIT = [6.5, 54, -19.25]


def test_the_period_follows_the_hand_computation(tmp_path: Path) -> None:
    env = played_by_hand(tmp_path)
    shop = env.network.node_map["shop"]
    assert env.X[:, shop].tolist() == [10, 6, 0, 0]
    assert env.Y[:, 0].tolist() == [0, 6, 0, 5]
    assert env.S[:, env.network.network_map["shop", "market"]].tolist() == [4, 12, 0]
    assert env.U[:, 0].tolist() == [0, 3, 5]
    assert env.P[:, shop].tolist() == PROFIT


def test_kpis_equal_the_hand_computation(tmp_path: Path) -> None:
    assert compute_kpis(played_by_hand(tmp_path)) == pytest.approx(
        {
            "total_profit": 41.25,
            "avg_step_profit": 13.75,
            "total_demand": 21,
            "total_sold": 16,
            "fill_rate": 16 / 21,
            # 4 at once, then 12 of 15, then nothing of 2.
            "immediate_fill_rate": 16 / 21,
            "service_level": 1 / 3,
            "unmet_sum": 8,
            "total_backlog": 5,
            "avg_inventory": 2,
            "inventory_turns": 8,
            "final_sentiment": 1,
            "late_share": 0,
            # 3 units wait one period, these and 2 more another.
            "mean_wait": 8 / 21,
            # Period 0, then periods 1 and 2 with what was received in 1: there customers go without.
            "cycle_service": 1 / 2,
            "days_of_supply": 6 / 21,
            **dict.fromkeys(["waste_share", "wasted", "overflow", "destroyed", "lost_on_the_way"], 0),
            **dict.fromkeys(["cap_utilisation", "capacity_utilisation"], 0),
            **dict.fromkeys(["late_penalty", "waste_cost", "overflow_cost", "joint_cost"], 0),
        },
        rel=1e-14,
    )


def test_bullwhip_equals_the_hand_computation(tmp_path: Path) -> None:
    # Orders 6, 0, 5: mean 11/3, variance 62/9. Demand 4, 15, 2: mean 7, variance 98/3.
    of_orders, of_demand = math.sqrt(62) / 11, math.sqrt(98 / 3) / 7
    found = compute_bullwhip(played_by_hand(tmp_path))
    assert found["per_link_cv"] == {("source", "shop"): pytest.approx(of_orders)}
    assert [found[key] for key in ["demand_cv", "max_cv", "bullwhip_ratio"]] == pytest.approx(
        [of_demand, of_orders, of_orders / of_demand]
    )


@pytest.mark.parametrize("alpha", [1.0, 0.5])
def test_the_ledger_books_every_part_discounted(alpha: float, tmp_path: Path) -> None:
    env = played_by_hand(tmp_path, alpha=alpha)
    ledger, weights = env.ledger(), np.array([1, alpha, alpha**2])
    assert ledger.node_ids == ["shop"]
    for found, expected in [
        (ledger.revenue, REVENUE),
        (ledger.procurement_cost, PURCHASES),
        (ledger.holding_cost, HELD),
        (ledger.operating_cost, [0, 0, 0]),
        (ledger.unmet_penalty, PENALTY),
        (ledger.fixed_order_cost, ORDERS),
        (ledger.profit, PROFIT),
    ]:
        assert found.shape == (3, 1)
        assert found[:, 0].tolist() == pytest.approx((weights * expected).tolist(), abs=1e-12)


@pytest.mark.parametrize("scenario", ["network", "serial"])
def test_the_ledger_adds_up_to_the_profit_matrix(scenario: str) -> None:
    env = CoreEnv(scenario, alpha=0.95, demand_config={"type": "combined_chaos", "use_goodwill": True})
    env.reset(seed=5)
    rewards = play(env, 23, 17)
    ledger = env.ledger()
    columns = [env.network.node_map[node] for node in ledger.node_ids]
    np.testing.assert_allclose(ledger.profit, env.P[:17, columns], rtol=0, atol=1e-9)
    np.testing.assert_allclose(ledger.profit.sum(axis=1), rewards, rtol=0, atol=1e-9)
    # What one node pays another receives: over all nodes, sales to customers less raw material bought remain.
    weights, network, prices = 0.95 ** np.arange(17), env.network, env.graph.edges
    outside = {link: prices[link]["p"] for link in network.retail_links}
    outside |= {link: -prices[link]["p"] for link in network.reorder_links if link[0] in network.rawmat}
    money = sum(price * env.S[:17, network.network_map[link]] for link, price in outside.items())
    margin = (ledger.revenue - ledger.procurement_cost).sum(axis=1)
    np.testing.assert_allclose(margin, weights * money, rtol=0, atol=1e-9)


def test_a_ledger_is_a_copy() -> None:
    env = CoreEnv("serial")
    play(env, 5, 3)
    kept = env.ledger().revenue
    before = kept.copy()
    kept[:] = 99
    np.testing.assert_array_equal(env.ledger().revenue, before)


@pytest.mark.parametrize("measure", [compute_kpis, compute_bullwhip])
def test_measuring_needs_steps_and_says_how_to_measure_a_part(measure: Any) -> None:
    env = CoreEnv("serial")
    for partial in [False, True]:
        with pytest.raises(ValueError, match="No steps"):
            measure(env, partial=partial)
    play(env, 5, 3)
    with pytest.raises(ValueError, match=r"period 3 of 30; .* partial=True"):
        measure(env)
    assert measure(env, partial=True)


def test_a_partial_measure_averages_over_the_periods_played(tmp_path: Path) -> None:
    series = {("shop", "market"): [4, 15, 2]}
    env = environment_of(tmp_path, shop_and_source(), num_periods=3, user_D=series)
    env.step([6.0])
    env.step([0.0])
    kpis = compute_kpis(env, partial=True)
    assert (kpis["avg_step_profit"], kpis["avg_inventory"], kpis["total_backlog"]) == (30.25, 3, 3)
    assert compute_bullwhip(env, partial=True)["per_link_cv"]["source", "shop"] == 1  # 6 and 0


def test_without_demand_the_fill_rate_is_one_and_empty_shelves_turn_endlessly(tmp_path: Path) -> None:
    declared = shop_and_source()
    declared["nodes"][1]["I0"] = 0
    env = environment_of(tmp_path, declared, num_periods=2, user_D={("shop", "market"): [0, 0]})
    play(env, 0, 2)
    kpis, bullwhip = compute_kpis(env), compute_bullwhip(env)
    assert (kpis["fill_rate"], kpis["immediate_fill_rate"], kpis["inventory_turns"]) == (1, 1, math.inf)
    assert (bullwhip["max_cv"], bullwhip["demand_cv"], bullwhip["bullwhip_ratio"]) == (0, 0, 0)


def test_the_immediate_fill_rate_is_the_textbooks(tmp_path: Path) -> None:
    """Order up to 16 under Poisson demand of 5, lead time 2, backlog: before the demand of a period 16 less the demand
    of two periods is there. 0.7900 of demand is met at once, and all of it some day."""

    def poisson(mean: float, units: int) -> float:
        return math.exp(-mean) * mean**units / math.factorial(units)

    exact = sum(
        poisson(10, before) * poisson(5, wanted) * min(wanted, max(0, 16 - before)) / 5
        for before in range(60)
        for wanted in range(40)
    )
    assert exact == pytest.approx(0.7900, abs=5e-5)
    declared = {
        "nodes": [{"id": 0}, {"id": 1, "I0": 16, "h": 1}, {"id": 2}],
        "edges": [
            {"from": 1, "to": 0, "p": 0, "b": 9, "demand_dist": "poisson", "dist_param": {"mu": 5}},
            {"from": 2, "to": 1, "L": 2, "p": 0, "g": 0},
        ],
    }
    env = environment_of(tmp_path, declared, num_periods=2_000)
    figures = rollout(env, "basestock:16", range(64))
    found = figures["immediate_fill_rate"]
    assert found.mean() == pytest.approx(exact, abs=4 * found.std() / 8)
    assert found.std() < 0.02
    assert figures["fill_rate"].min() > 0.99
    env.reset(seed=0)
    while env.period < env.num_periods:
        env.step([16 - env.X[env.period, 1] - env.Y[env.period, 0] + (env.U[env.period - 1, 0] if env.period else 0)])
    assert compute_kpis(env)["immediate_fill_rate"] == pytest.approx(found[0])


def test_wrapped_environments_are_measured_like_bare_ones(tmp_path: Path) -> None:
    wrapped = IntegerActionWrapper(gym.wrappers.OrderEnforcing(played_by_hand(tmp_path)))
    assert compute_kpis(wrapped)["total_profit"] == 41.25


def test_an_episode_is_played_to_its_end_and_recorded() -> None:
    env = CoreEnv("serial")
    run = run_episode(env, lambda observation: [20, 20, 20], seed=42)
    assert (len(run["observations"]), len(run["actions"]), len(run["rewards"]), len(run["infos"])) == (31, 30, 30, 30)
    assert run["steps"] == 30
    assert run["total_reward"] == pytest.approx(758.030, abs=1e-6)  # published
    assert [info["period"] for info in run["infos"]] == list(range(30))
    assert run["total_reward"] == pytest.approx(compute_kpis(env)["total_profit"], abs=1e-9)


def test_a_random_episode_repeats_with_its_seed() -> None:
    env = CoreEnv("serial")
    first, second = (run_episode(env, seed=7) for _ in range(2))
    np.testing.assert_array_equal(first["actions"], second["actions"])
    assert first["rewards"] == second["rewards"]
    assert not np.array_equal(run_episode(env)["actions"], first["actions"])


def test_a_policy_with_a_reset_is_reset_with_the_seed() -> None:
    class Policy:
        seeds: list[Any] = []  # noqa: RUF012

        def reset(self, seed: int | None) -> None:
            self.seeds.append(seed)

        def __call__(self, observation: Any) -> list[float]:
            return [0, 0, 0]

    run_episode(CoreEnv("serial", num_periods=2), Policy(), seed=3)
    assert Policy.seeds == [3]
