"""The PettingZoo environment: PettingZoo's own tests, and that its agents together play the single environment."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pettingzoo.test import parallel_api_test, parallel_seed_test, performance_benchmark
from pettingzoo.test.state_test import test_parallel_env as check_state
from pettingzoo.utils.conversions import parallel_to_aec

from gym_invmgmt import CoreEnv, _native
from gym_invmgmt.multi_agent import InvMgmtParallelEnv

MODES = ["raw", "scaled", "base-stock", "ss", "levels-and-shares", "integer"]
SHOP_FLOOR = {"scenario": "network", "demand_config": {"base_mu": 20}}


@pytest.mark.parametrize("action_mode", MODES)
@pytest.mark.parametrize("reward", ["own", "shared"])
def test_pettingzoos_tests_pass(action_mode: str, reward: str) -> None:
    def made() -> InvMgmtParallelEnv:
        return InvMgmtParallelEnv(reward=reward, action_mode=action_mode, **SHOP_FLOOR)

    parallel_api_test(made(), num_cycles=100)
    parallel_seed_test(made, num_cycles=40)
    check_state(made(), 20)


def test_options_without_effect_are_said_and_the_others_act() -> None:
    agents = InvMgmtParallelEnv(scenario="serial")
    with pytest.warns(UserWarning, match=r"options of reset without effect: \['options'\]; known: demand_config"):
        agents.reset(seed=1, options={"options": 1, "demand_config": {"base_mu": 3}})
    assert agents.env.unwrapped.demand_engine.base_mu == 3


def test_pettingzoos_performance_test_passes() -> None:
    performance_benchmark(parallel_to_aec(InvMgmtParallelEnv(scenario="serial")))


@pytest.mark.parametrize("terminate", [False, True])
@pytest.mark.parametrize("action_mode", MODES)
def test_the_agents_together_play_the_single_environment(action_mode: str, terminate: bool) -> None:
    arguments = {**SHOP_FLOOR, "action_mode": action_mode, "terminate_at_horizon": terminate}
    agents, single = InvMgmtParallelEnv(**arguments), CoreEnv(**arguments)
    agents.reset(seed=4)
    single.reset(seed=4)
    for place, agent in enumerate(agents.possible_agents):
        agents.action_space(agent).seed(place)
    labels = single.action_labels
    while agents.agents:
        actions = {agent: agents.action_space(agent).sample() for agent in agents.agents}
        action = np.zeros(len(labels))
        for agent, own in actions.items():
            for label, number in zip(agents.action_labels(agent), own, strict=True):
                action[labels.index(label)] = number
        if action_mode == "integer":
            action = action.astype(np.int64)
        _, rewards, terminations, truncations, infos = agents.step(actions)
        observation, profit, terminated, truncated, _ = single.step(action)
        np.testing.assert_array_equal(agents.state(), observation)
        assert sum(rewards.values()) == pytest.approx(profit, abs=1e-9)
        assert set(terminations.values()) == {terminated}
        assert set(truncations.values()) == {truncated}
        assert {info["network_profit"] for info in infos.values()} == {profit}


def test_a_shared_reward_is_the_profit_of_the_network() -> None:
    agents, single = InvMgmtParallelEnv(reward="shared", **SHOP_FLOOR), CoreEnv(**SHOP_FLOOR)
    agents.reset(seed=1)
    single.reset(seed=1)
    orders = {agent: np.full(agents.action_space(agent).shape, 15.0) for agent in agents.agents}
    profit = single.step(np.full(11, 15.0))[1]
    assert set(agents.step(orders)[1].values()) == {profit}


def test_an_agent_sees_its_own_books() -> None:
    # The chain of docs/environment.md: the retailer begins with 100 units, sells 24 at seed 42 and is 4 periods away.
    env = InvMgmtParallelEnv(scenario="serial", demand_config={"base_mu": 20})
    env.reset(seed=42)
    seen, *_ = env.step({"node_1": [20.0], "node_2": [30.0], "node_3": [500.0]})
    retailer = dict(zip(env.observation_labels("node_1"), seen["node_1"], strict=True))
    distributor = dict(zip(env.observation_labels("node_2"), seen["node_2"], strict=True))
    assert retailer["on_hand[1]"] == 76.0
    assert retailer["in_transit[2 -> 1, due in 4]"] == 20.0
    assert retailer["demand[1 -> 0]"] == retailer["delivered[1 -> 0]"] == 24.0
    assert retailer["unmet_demand[1 -> 0]"] == 0.0
    assert distributor["on_hand[2]"] == 80.0
    assert distributor["wanted[2 -> 1]"] == distributor["delivered[2 -> 1]"] == 20.0
    assert not any("[1 -> 0]" in label for label in distributor)


@pytest.mark.parametrize(
    ("actions", "message"),
    [
        ({"node_1": [1.0], "node_2": [1.0]}, "'node_3' has no action"),
        ({"node_1": [1.0], "node_2": [1.0], "node_3": [1.0], "node_9": [1.0]}, "'node_9' is no agent"),
        ({"node_1": [1.0], "node_2": [1.0, 2.0], "node_3": [1.0]}, r"actions\['node_2'\] has shape \(2,\)"),
        ({"node_1": [1.0], "node_2": [np.nan], "node_3": [1.0]}, "NaN"),
    ],
)
def test_refused_actions_are_named_and_change_nothing(actions: dict[str, Any], message: str) -> None:
    env = InvMgmtParallelEnv(scenario="serial")
    env.reset(seed=1)
    with pytest.raises(ValueError, match=message):
        env.step(actions)
    assert env.env.period == 0
    assert env.agents == ["node_1", "node_2", "node_3"]


def test_nobody_plays_before_a_reset_or_after_the_end() -> None:
    env = InvMgmtParallelEnv(scenario="serial", num_periods=1)
    actions = {agent: [1.0] for agent in env.possible_agents}
    with pytest.raises(RuntimeError, match="call reset first"):
        env.step(actions)
    env.reset()
    env.step(actions)
    with pytest.raises(RuntimeError, match="call reset first"):
        env.step(actions)


def test_an_unknown_reward_is_refused() -> None:
    with pytest.raises(ValueError, match="reward is 'mean'; expected one of own, shared"):
        InvMgmtParallelEnv(reward="mean")


BAKERY: dict[str, Any] = {
    "products": ["flour", {"id": "bread", "life": 4}],
    "nodes": [
        {"id": "mill"},
        {
            "id": "bakery",
            "I0": {"flour": 60, "bread": 20},
            "h": {"flour": 0.01, "bread": 0.05},
            "recipes": [{"make": "bread", "from": {"flour": 0.6}, "L": 1, "unmet": "wait"}],
        },
        {"id": "shop", "I0": {"bread": 30}, "h": {"bread": 0.08}},
        {"id": "town"},
    ],
    "edges": [
        {"from": "mill", "to": "bakery", "product": "flour", "L": 2, "p": 0.4, "g": 0.01},
        {"from": "bakery", "to": "shop", "product": "bread", "L": 1, "unmet": "wait", "b": 0.1, "p": 1.2, "g": 0.02},
        {"from": "shop", "to": "town", "product": "bread", "p": 3.0, "b": 0.4}
        | {"demand_dist": "poisson", "dist_param": {"mu": 22}},
    ],
    "resources": [{"name": "oven", "per_period": 40, "use": {"bakery: bread": 1}}],
}


def bakery(**arguments: Any) -> InvMgmtParallelEnv:
    return InvMgmtParallelEnv(config_path=_native.Network.from_dict(BAKERY), num_periods=12, **arguments)


@pytest.mark.parametrize("action_mode", ["raw", "base-stock", "ss"])
def test_pettingzoos_tests_pass_with_several_products(action_mode: str) -> None:
    parallel_api_test(bakery(action_mode=action_mode), num_cycles=40)
    parallel_seed_test(lambda: bakery(action_mode=action_mode), num_cycles=20)
    check_state(bakery(action_mode=action_mode), 20)


def test_a_node_is_one_agent_and_its_products_are_its_columns() -> None:
    agents = bakery()
    assert agents.possible_agents == ["node_bakery", "node_shop"]
    assert agents.action_labels("node_bakery") == ["order[mill -> bakery, flour]", "order[bakery: bread]"]
    assert agents.action_labels("node_shop") == ["order[bakery -> shop, bread]"]
    labels = agents.observation_labels("node_bakery")
    for label in [
        "on_hand[bakery, flour]",
        "on_hand[bakery, bread]",
        "in_transit[mill -> bakery, flour, due in 1]",
        "owed[bakery: bread]",
        "owed[bakery -> shop, bread]",
        "wanted[bakery -> shop, bread]",
        "delivered[bakery -> shop, bread]",
    ]:
        assert labels.count(label) == 1, (label, labels)
    assert not any("shop -> town" in label or "on_hand[shop" in label for label in labels)
    assert "delivered[shop -> town, bread]" in agents.observation_labels("node_shop")
    assert bakery(action_mode="base-stock").action_labels("node_bakery") == [
        "level[bakery, flour]",
        "level[bakery, bread]",
    ]


def test_the_agents_of_several_products_together_play_the_single_environment() -> None:
    agents, single = bakery(), CoreEnv(config_path=_native.Network.from_dict(BAKERY), num_periods=12)
    agents.reset(seed=4)
    single.reset(seed=4)
    while agents.agents:
        observations, rewards, *_ = agents.step({"node_bakery": [30.0, 25.0], "node_shop": [24.0]})
        profit = single.step(np.array([30.0, 25.0, 24.0]))[1]
        assert sum(rewards.values()) == pytest.approx(profit, abs=1e-9)
        of_bakery = [column for column, node in enumerate(single.ledger().places) if node == "bakery"]
        assert rewards["node_bakery"] == pytest.approx(single.ledger().profit[-1, of_bakery].sum(), abs=1e-9)
        seen = dict(zip(agents.observation_labels("node_bakery"), observations["node_bakery"], strict=True))
        assert seen["wanted[bakery -> shop, bread]"] == 24.0
        assert seen["on_hand[bakery, flour]"] == single.state[single.observation_labels.index("on_hand[bakery, flour]")]
