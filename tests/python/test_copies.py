"""A copied or pickled environment goes on exactly as the original, and the two do not touch each other."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from helpers import MATRICES, assert_same, environment_of, shop_and_source, snapshot

import gym_invmgmt
from gym_invmgmt import CoreEnv, DemandEngine, make_custom_env

TOPOLOGIES = Path(gym_invmgmt.__file__).parent / "topologies"


class WeekdayDemand(DemandEngine):
    """A user's engine: three times the mean on every seventh day, and sentiment that falls by a tenth a period."""

    def sample(self, t: int, dist: Any, dist_params: Any = None) -> float:
        return super().sample(t, dist, dist_params) * (3 if t % 7 == 6 else 1)

    def update_goodwill(self, unfulfilled_qty: float) -> None:
        self.sentiment *= 0.9


def plain() -> CoreEnv:
    return CoreEnv("network", demand_config={"type": "trend"})


def with_goodwill() -> CoreEnv:
    return CoreEnv("serial", demand_config={"use_goodwill": True, "base_mu": 60}, alpha=0.97, backlog=False)


def with_series() -> CoreEnv:
    return CoreEnv("serial", user_D={(1, 0): np.linspace(3, 40, 30)})


def with_a_custom_engine() -> CoreEnv:
    env = CoreEnv("serial")
    env.demand_engine = WeekdayDemand({"base_mu": 9, "use_goodwill": True})
    return env


def with_the_end_moved_closer() -> CoreEnv:
    env = CoreEnv("serial")
    env.reset(seed=3)
    env.num_periods = 12
    return env


def with_another_generator() -> CoreEnv:
    env = CoreEnv("serial")
    env.np_random = np.random.Generator(np.random.MT19937(5))
    return env


def with_an_external_series() -> CoreEnv:
    return CoreEnv("serial", demand_config={"external_series": list(range(5, 35)), "effects": ["shock"]})


MAKERS = [
    plain,
    with_goodwill,
    with_series,
    with_a_custom_engine,
    with_the_end_moved_closer,
    with_another_generator,
    with_an_external_series,
]


def deep(env: CoreEnv) -> CoreEnv:
    return copy.deepcopy(env)


def pickled(env: CoreEnv) -> CoreEnv:
    restored: CoreEnv = pickle.loads(pickle.dumps(env))
    return restored


def rest_of_episode(env: CoreEnv) -> list[Any]:
    actions = np.random.default_rng(99).uniform(0, 40, (40, len(env.network.reorder_links)))
    steps = []
    for action in actions:
        observation, *rest = env.step(action)
        steps.append((observation.tolist(), *rest))
    observation, _ = env.reset()
    return [*steps, observation.tolist(), env.step(actions[0])[0].tolist(), env.np_random.random()]


@pytest.mark.parametrize("copied", [deep, pickled])
@pytest.mark.parametrize("maker", MAKERS)
def test_a_copy_made_in_mid_episode_goes_on_identically(
    maker: Callable[[], CoreEnv], copied: Callable[[CoreEnv], CoreEnv]
) -> None:
    env = maker()
    if maker is not with_the_end_moved_closer:
        env.reset()
    for _ in range(7):
        env.step(np.full(len(env.network.reorder_links), 12.0))
    other = copied(env)
    assert_same(snapshot(other), snapshot(env))
    assert rest_of_episode(other) == rest_of_episode(env)


@pytest.mark.parametrize("copied", [deep, pickled])
def test_in_a_copy_too_one_generator_serves_environment_and_engine(copied: Callable[[CoreEnv], CoreEnv]) -> None:
    other = copied(plain())
    assert other.np_random is other.demand_engine.np_random
    drawn = copy.deepcopy(other.np_random)
    drawn.random()
    other.np_random.random()
    other.step(np.zeros(11))
    assert other.D[0, 0] == drawn.poisson(20)


@pytest.mark.parametrize("copied", [deep, pickled])
def test_a_generator_assigned_and_not_yet_in_use_is_kept_apart(copied: Callable[[CoreEnv], CoreEnv]) -> None:
    env = plain()
    env.np_random = np.random.default_rng(77)
    other = copied(env)
    assert other.np_random is not other.demand_engine.np_random
    other.reset()
    other.step(np.zeros(11))
    assert other.D[0, 0] == np.random.default_rng(77).poisson(20)


@pytest.mark.parametrize("copied", [deep, pickled])
def test_copies_are_independent(copied: Callable[[CoreEnv], CoreEnv]) -> None:
    env = with_goodwill()
    env.step([1, 2, 3])
    before, other = snapshot(env), copied(env)
    other.step([9, 9, 9])
    other.X[:] = -1
    other.demand_engine.base_mu = 1
    other.num_periods, other.backlog, other.alpha = 9, True, 0.1
    other.graph.nodes[1]["h"] = 99
    other.reset(seed=5)
    assert_same(snapshot(env), before)
    assert (env.demand_engine.base_mu, env.backlog, env.alpha, env.graph.nodes[1]["h"]) == (60, False, 0.97, 0.03)
    assert not any(np.shares_memory(getattr(env, symbol), getattr(other, symbol)) for symbol in MATRICES)


@pytest.mark.parametrize("copied", [deep, pickled])
def test_a_copy_keeps_its_network_and_spaces(copied: Callable[[CoreEnv], CoreEnv], tmp_path: Path) -> None:
    env = environment_of(tmp_path, shop_and_source(), num_periods=4)
    (tmp_path / "network.yaml").unlink()
    other = copied(env)
    assert other.network.network_links == [("shop", "market"), ("source", "shop")]
    assert (other.action_space, other.observation_space) == (env.action_space, env.observation_space)
    assert other.ledger().node_ids == ["shop"]
    np.testing.assert_array_equal(other.network.main_nodes, env.network.main_nodes)


@pytest.mark.parametrize("copied", [deep, pickled])
def test_an_edited_network_waiting_for_the_next_reset_is_copied_too(copied: Callable[[CoreEnv], CoreEnv]) -> None:
    env = CoreEnv("serial")
    env.graph.edges[2, 1]["L"] = 1
    env.reload_network()
    other = copied(env)
    assert other.obs_dim == 15
    assert other.reset()[0].shape == (12,)


@pytest.mark.parametrize("copied", [deep, pickled])
def test_a_ledger_is_carried(copied: Callable[[CoreEnv], CoreEnv]) -> None:
    env = plain()
    for _ in range(4):
        env.step(np.full(11, 15.0))
    other = copied(env)
    np.testing.assert_array_equal(other.ledger().holding_cost, env.ledger().holding_cost)
    np.testing.assert_allclose(other.ledger().profit.sum(), other.P.sum(), rtol=0, atol=1e-9)


def test_an_environment_made_by_id_can_be_copied() -> None:
    env = gym.make("GymInvMgmt/Serial-v0")
    env.reset(seed=42)
    env.step(np.zeros(3))
    other = copy.deepcopy(env)
    assert other.step(np.zeros(3))[1] == env.step(np.zeros(3))[1]


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda engine: pickle.loads(pickle.dumps(engine))])
def test_a_demand_engine_can_be_copied_by_itself(copied: Callable[[DemandEngine], DemandEngine]) -> None:
    engine = DemandEngine({"type": "seasonal", "base_mu": 30, "gw_cap": 5, "use_goodwill": True})
    engine.reset(np.random.default_rng(4))
    engine.sentiment = 0.5
    other = copied(engine)
    assert other.get_current_mu(9) == engine.get_current_mu(9)
    assert other.sample(0, "poisson") == np.random.default_rng(4).poisson(15)
    assert (other.effects, other.gw_cap, other.type, other.config) == (["seasonal"], 5, "seasonal", engine.config)


def test_a_network_from_a_file_is_pickled_with_its_tables() -> None:
    network = make_custom_env(TOPOLOGIES / "diamond.yaml").network
    other = pickle.loads(pickle.dumps(network))
    assert (other.network_links, other.lead_times) == (network.network_links, network.lead_times)
