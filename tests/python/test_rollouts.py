"""Rollouts: whole episodes under a policy by name or a user's own, measured as single episodes are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers import MATRICES, assert_same, snapshot
from vectors import CASES, assert_equal, random_networks

from gym_invmgmt import (
    CoreEnv,
    DemandEngine,
    IntegerActionWrapper,
    InvMgmtVectorEnv,
    compute_kpis,
    rollout,
    run_episode,
)

pytestmark = pytest.mark.filterwarnings("ignore:external_series has only")

SEEDS = [5, 0, 17, 5, 2**40]
COSTS = ["procurement_cost", "holding_cost", "operating_cost", "unmet_penalty", "fixed_order_cost", "salvage"]
FIGURES = [
    "total_profit", "avg_step_profit", "total_demand", "total_sold", "fill_rate", "immediate_fill_rate",
    "service_level", "total_backlog", "unmet_sum", "avg_inventory", "inventory_turns", "final_sentiment",
    "late_share", "mean_wait", "cycle_service", "days_of_supply", "waste_share", "wasted", "overflow", "destroyed",
    "lost_on_the_way", "cap_utilisation", "capacity_utilisation", "late_penalty", "waste_cost", "overflow_cost",
    "joint_cost",
]  # fmt: skip


@pytest.mark.parametrize("count", [1, 3, 4, 7, 8, 9, 17])
@pytest.mark.parametrize("policy", ["constant:20", "newsvendor:blind", "mpc:informed"])
def test_a_rollout_of_many_is_the_rollouts_of_each(policy: str, count: int) -> None:
    arguments: dict[str, Any] = {"num_periods": 5, "alpha": 0.97, "demand_config": {"use_goodwill": True}}
    together = rollout(arguments, policy, list(range(count)), num_threads=2)
    alone = [rollout(arguments, policy, [seed]) for seed in range(count)]
    for key in ["seed", *FIGURES, "revenue", *COSTS]:
        assert together[key].tolist() == [one[key].item() for one in alone], key


class Constant:
    """Orders the same on every link, and notes what is asked of it."""

    information = "none"

    def __init__(self, links: int, quantity: float = 20.0) -> None:
        self.orders = np.full(links, quantity)
        self.calls: list[Any] = []

    def reset(self, seed: Any) -> None:
        self.calls.append(("reset", seed))

    def __call__(self, observation: Any) -> Any:
        self.calls.append(("act", observation.shape))
        return self.orders


class Batched(Constant):
    """The same for all episodes at once."""

    def batch(self, observations: Any) -> Any:
        self.calls.append(("batch", observations.shape))
        return np.tile(self.orders, (len(observations), 1))


def links_of(arguments: dict[str, Any]) -> int:
    return len(CoreEnv(**arguments).network.reorder_links)


def kpis(found: dict[str, Any]) -> dict[str, Any]:
    """What a policy by name and a callable both give."""
    return {key: found[key] for key in ["seed", *FIGURES]}


@pytest.mark.parametrize("case", CASES)
def test_by_name_and_by_callable_the_figures_are_the_same(case: str) -> None:
    arguments = CASES[case]
    by_name = rollout(arguments, "constant:20", SEEDS)
    assert sorted(by_name) == sorted(["seed", "information", *FIGURES, "revenue", *COSTS])
    for policy in (Constant(links_of(arguments)), Batched(links_of(arguments))):
        found = rollout(arguments, policy, SEEDS)
        assert sorted(found) == sorted(["seed", "information", *FIGURES])
        assert_equal(kpis(found), kpis(by_name))
    assert by_name["seed"].tolist() == SEEDS


@pytest.mark.parametrize("case", CASES)
def test_figures_are_those_of_single_episodes(case: str) -> None:
    env = CoreEnv(**CASES[case])
    found = rollout(env, "constant:20", SEEDS)
    for position, seed in enumerate(SEEDS):
        episode = run_episode(env, Constant(len(env.network.reorder_links)), seed=seed)
        expected = compute_kpis(env)
        assert {key: found[key][position] for key in expected} == expected
        assert found["total_profit"][position] == episode["total_reward"]
        unmet = env.U.sum(axis=1)
        np.testing.assert_allclose(found["unmet_sum"][position], unmet.sum(), rtol=1e-12)
        assert found["service_level"][position] == (unmet == 0).mean()
        ledger = env.ledger()
        for part in ["revenue", *COSTS]:
            np.testing.assert_allclose(found[part][position], getattr(ledger, part).sum(), rtol=1e-10, atol=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_on_random_networks_the_parts_of_the_money_sum_to_the_profit(tmp_path: Path, seed: int) -> None:
    (path,) = random_networks(tmp_path, seed)
    arguments: dict[str, Any] = {"config_path": path, "num_periods": 12, "alpha": 0.95, "backlog": seed > 0}
    found = rollout(arguments, "constant:7", range(6))
    np.testing.assert_allclose(found["revenue"] - sum(found[part] for part in COSTS), found["total_profit"], rtol=1e-9)
    assert_equal(kpis(found), kpis(rollout(arguments, Constant(links_of(arguments), 7.0), range(6))))


def test_a_base_stock_policy_by_name_is_the_one_written_in_python() -> None:
    env = CoreEnv("serial", num_periods=15)
    levels = [130.0, 140.0, 110.0]

    def base_stock(observation: Any) -> Any:
        # Every node of the serial network has one supplier, so its link orders what its position lacks. What is seen:
        # demand, unmet demand, stock of three nodes, four, four and no orders in transit, period, sentiment.
        on_order = np.array([observation[5:9].sum(), observation[9:13].sum(), 0.0])
        position = observation[2:5] + on_order - np.array([observation[1], 0.0, 0.0])
        return np.maximum(np.array(levels) - position, 0.0)

    lead_times = [env.network.lead_times[link] for link in env.network.reorder_links]
    assert (env.observation_labels[5:13], sum(lead_times)) == (env.observation_labels[5:-2], 8)
    by_name = rollout(env, "basestock:130,140,110", SEEDS)
    found = rollout(env, base_stock, SEEDS)
    for figure in FIGURES:
        np.testing.assert_allclose(found[figure], by_name[figure], rtol=1e-9)


@pytest.mark.parametrize("policy", ["constant:20", "basestock:300,250,250,300,250,250", "batched"])
def test_threads_change_nothing(policy: str) -> None:
    chosen: Any = Batched(11) if policy == "batched" else policy
    runs = [rollout({"scenario": "network"}, chosen, range(701), num_threads=threads) for threads in (1, 2, 3, None)]
    for run in runs[1:]:
        assert_equal(run, runs[0])


def test_a_policy_of_single_observations_plays_one_episode_after_the_other() -> None:
    policy = Constant(3)
    assert rollout({"scenario": "serial", "num_periods": 2}, policy, [4, 9])["information"] == "none"
    assert policy.calls == [
        (call, value) for seed in (4, 9) for call, value in [("reset", seed), *[("act", (15,))] * 2]
    ]


def test_a_policy_of_all_observations_is_asked_once_a_period() -> None:
    policy = Batched(3)
    assert rollout({"scenario": "serial", "num_periods": 2}, policy, [4, 9, 1])["information"] == "none"
    assert policy.calls == [("reset", [4, 9, 1]), ("batch", (3, 15)), ("batch", (3, 15))]


def test_a_policy_need_be_no_more_than_a_callable() -> None:
    found = rollout({"scenario": "serial"}, lambda observation: [20, 20, 20], [1, 2])
    assert found["information"] == "undeclared"
    assert_equal(kpis(found), kpis(rollout({"scenario": "serial"}, "constant:20", [1, 2])))


def test_run_episode_resets_the_policy_with_the_seed() -> None:
    policy = Constant(3)
    run_episode(CoreEnv("serial", num_periods=1), policy, seed=8)
    assert policy.calls == [("reset", 8), ("act", (15,))]


def test_a_policy_may_keep_the_observations_it_is_shown() -> None:
    seen: list[Any] = []

    def policy(observation: Any) -> Any:
        seen.append(observation)
        return [1.0, 1.0, 1.0]

    rollout({"scenario": "serial", "num_periods": 5}, policy, [3])
    assert [observation[-2] for observation in seen] == [0.0, 1.0, 2.0, 3.0, 4.0]


def test_the_environment_itself_is_not_stepped() -> None:
    env = CoreEnv("serial", num_periods=6)
    env.reset(seed=1)
    env.step([5.0, 5.0, 5.0])
    before = snapshot(env)
    held = [getattr(env, symbol) for symbol in MATRICES]
    for policy in ("constant:20", Constant(3), Batched(3)):
        rollout(env, policy, [1, 2])
        rollout(IntegerActionWrapper(env), policy, [1, 2])
    assert_same(snapshot(env), before)
    assert all(getattr(env, symbol) is array for symbol, array in zip(MATRICES, held, strict=True))


@pytest.mark.parametrize("policy", ["constant:20", Constant(3), Batched(3)], ids=["name", "single", "batch"])
def test_an_environment_is_played_as_it_stands_not_as_it_was_made(policy: Any) -> None:
    env = CoreEnv("serial", num_periods=9, user_D={(1, 0): [4.0, 90.0] * 20})
    env.reset(seed=1, options={"demand_config": {"use_goodwill": True}})
    env.demand_engine.gw_decay = 0.5
    env.num_periods, env.backlog, env.alpha = 7, False, 0.9
    env.graph.edges[1, 0]["p"] = 77.0
    env.reload_network()
    found = rollout(env, policy, [3])
    run_episode(env, Constant(3), seed=3)
    expected = compute_kpis(env)
    assert {key: found[key][0] for key in expected} == expected
    assert expected["final_sentiment"] < 0.6


ENVIRONMENTS: list[tuple[Any, type[Exception], str]] = [
    ({"scenario": "netwrok"}, ValueError, r"Unknown scenario: 'netwrok'"),
    ({"num_perods": 3}, TypeError, r"'num_perods'"),
    (InvMgmtVectorEnv(2), TypeError, r"env is a InvMgmtVectorEnv; expected a CoreEnv, wrapped or not, or a dict"),
    (5, TypeError, r"env is a int; expected a CoreEnv"),
    (None, TypeError, r"env is a NoneType"),
]
SEED_LISTS: list[tuple[Any, str]] = [
    ([], r"seeds is empty; expected at least one whole number >= 0"),
    (5, r"seeds is 5; expected a list of whole numbers >= 0"),
    ("12", r"seeds is '12'; expected a list"),
    ([1, -2], r"seeds\[1\] is -2; expected a whole number >= 0"),
    ([1.0], r"seeds\[0\] is 1.0"),
    ([0, None], r"seeds\[1\] is None"),
    ([True], r"seeds\[0\] is True"),
    ([2**70], r"seeds\[0\] is 1180591620717411303424; expected a whole number of at most"),
]
POLICIES: list[tuple[Any, type[Exception], str]] = [
    ("", ValueError, r"unknown policy ''; known forms: constant:Q"),
    ("constnat:20", ValueError, r"unknown policy 'constnat:20' \(did you mean 'constant'\?\)"),
    ("constant", ValueError, r"policy 'constant' has no numbers"),
    ("constant:many", ValueError, r"constant: entry 1 is 'many'; expected a finite number"),
    ("constant:nan", ValueError, r"constant: entry 1 is 'nan'; expected a finite number"),
    ("constant:1,2", ValueError, r"constant has 2 numbers; expected .*3"),
    ("basestock:1,2", ValueError, r"basestock has 2 numbers; expected 3"),
    (3, TypeError, r"policy is a int; expected a name, a callable or a model"),
    (None, TypeError, r"policy is a NoneType"),
    (Constant(3, float("nan")), ValueError, r"seed 8, period 0: .*action\[0\] \(2 -> 1\) is NaN"),
    (Constant(2), ValueError, r"seed 8, period 0: actions have shape \(1, 2\); expected \(1, 3\)"),
    (lambda observation: None, ValueError, r"seed 8, period 0: actions"),
    (lambda observation: [9.0, 9.0, np.inf if observation[-2] == 4 else 9.0], ValueError, r"seed 8, period 4: .*inf"),
    (Batched(3, float("inf")), ValueError, r"period 0: row 0: action\[0\] \(2 -> 1\) is inf"),
    (Batched(4), ValueError, r"period 0: actions have shape \(2, 4\); expected \(2, 3\)"),
]


@pytest.mark.parametrize(("env", "error", "message"), ENVIRONMENTS, ids=lambda value: str(value)[:30])
def test_what_is_no_environment_is_refused(env: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        rollout(env, "constant:20", [1])


@pytest.mark.parametrize(("seeds", "message"), SEED_LISTS, ids=lambda value: str(value)[:30])
@pytest.mark.parametrize("policy", ["constant:20", Constant(11), Batched(11)], ids=["name", "single", "batch"])
def test_unusable_seeds_are_refused(policy: Any, seeds: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rollout({}, policy, seeds)


@pytest.mark.parametrize(("policy", "error", "message"), POLICIES, ids=lambda value: str(value)[:30])
def test_a_policy_that_cannot_be_played_is_refused(policy: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        rollout({"scenario": "serial"}, policy, [8, 9])


@pytest.mark.parametrize("threads", [0, -1, 1.5, "2"])
def test_an_unusable_number_of_threads_is_refused(threads: Any) -> None:
    with pytest.raises(ValueError, match=f"num_threads is {threads!r}; expected a whole number >= 1"):
        rollout({}, "constant:20", [1], num_threads=threads)


def test_an_error_of_the_policy_itself_comes_through() -> None:
    def policy(observation: Any) -> Any:
        raise ValueError("out of ideas")

    with pytest.raises(ValueError, match=r"^out of ideas$"):
        rollout({}, policy, [1])


class Doubled(DemandEngine):
    """Demand with a method of its own, which only run_episode calls."""

    def get_current_mu(self, t: int) -> float:
        return 2.0 * super().get_current_mu(t)


def test_a_demand_engine_with_python_methods_is_not_passed_over_in_silence() -> None:
    env = CoreEnv("serial")
    env.demand_engine = Doubled()
    with pytest.raises(ValueError, match=r"demand_engine is a Doubled with methods of its own.*run_episode"):
        rollout(env, "constant:20", [1])
