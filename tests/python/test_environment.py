"""The environment keeps Gymnasium's contract, and says what its numbers are."""

from __future__ import annotations

import subprocess
import sys
import warnings

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from helpers import assert_same, play, snapshot

import gym_invmgmt
from gym_invmgmt import CoreEnv

IDS = {"GymInvMgmt/MultiEchelon-v0": (71, 11), "GymInvMgmt/Serial-v0": (15, 3)}


@pytest.mark.parametrize("render_mode", [None, "ansi", "human", "rgb_array"])
@pytest.mark.parametrize("env_id", IDS)
def test_gymnasiums_checker_warns_of_the_boxes_only(env_id: str, render_mode: str | None) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        check_env(gym.make(env_id, render_mode=render_mode).unwrapped)
    messages = sorted(str(warning.message) for warning in caught)
    expected = ["observation space maximum value is infinity", "observation space minimum value is -infinity"]
    expected.append("symmetric and normalized space")
    assert len(messages) == 3
    assert all(words in message for words, message in zip(expected, messages, strict=True))


@pytest.mark.parametrize(("env_id", "sizes"), IDS.items())
def test_ids_make_environments_of_the_published_sizes(env_id: str, sizes: tuple[int, int]) -> None:
    env = gym.make(env_id)
    observation, info = env.reset(seed=42)
    assert (observation.shape, observation.dtype) == ((sizes[0],), np.float64)
    assert (env.action_space.shape, env.action_space.dtype) == ((sizes[1],), np.float64)
    assert info == {}
    assert env.unwrapped.obs_dim == sizes[0]
    assert env.spec.max_episode_steps is None


def test_importing_and_registering_again_does_not_warn() -> None:
    code = (
        "import sys, importlib, gym_invmgmt as first\n"
        "first.environments.register_environments()\n"
        "importlib.reload(first.environments); importlib.reload(first)\n"
        "for name in [n for n in sys.modules if n.split('.')[0] == 'gym_invmgmt']: del sys.modules[name]\n"
        "import gym_invmgmt, gymnasium\n"
        "gymnasium.make('GymInvMgmt/Serial-v0').reset(seed=1)\n"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_package_is_imported_without_heavy_libraries() -> None:
    code = (
        "import sys, gym_invmgmt\n"
        "gym_invmgmt.CoreEnv().step([0] * 11)\n"
        "print([m for m in ('matplotlib', 'networkx', 'scipy', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_exists() -> None:
    assert all(hasattr(gym_invmgmt, name) for name in gym_invmgmt.__all__)
    assert gym_invmgmt.__version__.count(".") == 2


def test_a_seed_decides_the_episode() -> None:
    env = CoreEnv("network")
    runs = []
    for seed in [7, 7, 8]:
        env.reset(seed=seed)
        play(env, 10, 30)
        runs.append(env.D.copy())
    np.testing.assert_array_equal(runs[0], runs[1])
    assert not np.array_equal(runs[0], runs[2])


def test_an_environment_can_be_stepped_without_a_reset() -> None:
    assert CoreEnv("serial").step([0, 0, 0])[4]["period"] == 0


def test_the_episode_is_truncated_at_the_horizon_and_never_terminates() -> None:
    env = CoreEnv("serial", num_periods=4)
    endings = [env.step([1, 1, 1])[2:4] for _ in range(4)]
    assert endings == [(False, False)] * 3 + [(False, True)]


def test_a_step_after_the_end_changes_nothing() -> None:
    env = CoreEnv("serial", num_periods=2)
    play(env, 20, 2)
    last = env.state.copy()
    before = snapshot(env)
    observation, reward, terminated, truncated, info = env.step([5, 5, 5])
    assert (reward, terminated, truncated, info) == (0.0, False, True, {})
    np.testing.assert_array_equal(observation, last)
    assert_same(snapshot(env), before)


def test_info_says_what_happened_in_the_period() -> None:
    env = CoreEnv("serial", demand_config={"noise_scale": 0, "base_mu": 130})
    _, reward, _, _, info = env.step([0, 0, 0])
    # 100 on hand at the shop, 130 wanted; 100 and 200 lie at the other two.
    assert info == {
        "period": 0,
        "step_reward": reward,
        "total_inventory": 300.0,
        "total_backlog": 30.0,
        "sentiment": 1.0,
    }
    assert env.step([0, 0, 0])[4]["period"] == 1


@pytest.mark.parametrize("scenario", ["network", "serial"])
def test_every_entry_has_a_label_that_names_its_node_or_link(scenario: str) -> None:
    env = CoreEnv(scenario)
    assert len(env.observation_labels) == env.obs_dim
    assert len(set(env.observation_labels)) == env.obs_dim
    links = [f"{supplier} -> {buyer}" for supplier, buyer in env.network.reorder_links]
    assert env.action_labels == [f"order[{link}]" for link in links]
    markets = [f"{shop} -> {market}" for shop, market in env.network.retail_links]
    expected = [f"demand[{link}]" for link in markets] + [f"unmet_demand[{link}]" for link in markets]
    expected += [f"on_hand[{node}]" for node in env.network.main_nodes]
    for link, name in zip(env.network.reorder_links, links, strict=True):
        expected += [f"in_transit[{name}, due in {k + 1}]" for k in range(env.network.lead_times[link])]
    assert env.observation_labels == [*expected, "period", "sentiment"]


def test_a_label_stands_at_the_number_it_names() -> None:
    env = CoreEnv("serial")
    env.reset(seed=42)
    entries = dict(zip(env.observation_labels, env.step([7.0, 0, 0])[0], strict=True))
    # The first demand of seed 42 is 24 (published); the order of 7 arrives in four periods, the newest slot.
    assert (entries["demand[1 -> 0]"], entries["on_hand[1]"], entries["period"]) == (24, 76, 1)
    assert entries["in_transit[2 -> 1, due in 4]"] == 7


def test_the_action_box_ends_at_the_largest_stock_and_capacity() -> None:
    assert CoreEnv("network").action_space.high.tolist() == [400 + 90 * 30] * 11
    assert CoreEnv("serial", num_periods=10).action_space.high.tolist() == [200 + 100 * 10] * 3


@pytest.mark.parametrize("num_periods", [1, 30, 3000])
def test_the_observation_box_holds_every_observation_at_any_horizon(num_periods: int) -> None:
    env = CoreEnv("serial", num_periods=num_periods, demand_config={"type": "trend"})
    env.reset(seed=1)
    for _ in range(num_periods):
        observation = env.step(env.action_space.high * 1000)[0]
        assert env.observation_space.contains(observation)


def test_setting_the_period_moves_to_it() -> None:
    env = CoreEnv("serial")
    env.reset(seed=42)
    play(env, 20, 3)
    env.period = 0
    assert env.X[0].tolist() == [0, 100, 100, 200, 0]
    # The orders of the rows not yet played again count as they stand; demand goes on with the stream: 22, 19, 21.
    assert env.step([20, 20, 20])[4]["period"] == 0
    assert env.D[:3, 0].tolist() == [22, 14, 18]
    with pytest.raises(ValueError, match=r"period is 31; this episode has periods 0 to 30"):
        env.period = 31


def test_backlog_and_discount_act_from_the_next_step() -> None:
    env = CoreEnv("serial", demand_config={"noise_scale": 0, "base_mu": 130})
    env.step([0, 0, 0])
    env.backlog, env.alpha = False, 0.5
    _, reward, *_ = env.step([0, 0, 0])
    assert env.U[:2, 0].tolist() == [30, 130]  # without backlog the 30 are gone
    # 130 unmet at 0.1; 100 and 200 units held at 0.02 and 0.01; discounted once.
    assert reward == pytest.approx(-0.5 * (13 + 2 + 2), abs=1e-12)


def test_a_shorter_horizon_ends_the_running_episode() -> None:
    env = CoreEnv("serial")
    play(env, 20, 5)
    env.num_periods = 6
    assert env.step([0, 0, 0])[3] is True
    assert env.X.shape == (31, 5)
    env.reset()
    assert env.X.shape == (7, 5)


def test_a_longer_horizon_needs_a_reset_to_be_played() -> None:
    env = CoreEnv("serial", num_periods=2)
    env.num_periods = 4
    assert [env.step([0, 0, 0])[3] for _ in range(2)] == [False, False]
    before = snapshot(env)
    with pytest.raises(ValueError, match=r"hold 2 periods; num_periods grew to 4: call reset"):
        env.step([0, 0, 0])
    assert_same(snapshot(env), before)
    env.reset(seed=1)
    assert [env.step([0, 0, 0])[3] for _ in range(4)] == [False, False, False, True]


def test_env_config_wins_over_arguments() -> None:
    env = CoreEnv("network", num_periods=5, env_config={"scenario": "serial", "alpha": 0.9, "num_periods": 7})
    assert (env.obs_dim, env.alpha, env.num_periods) == (15, 0.9, 7)
    assert env.env_kwargs["scenario"] == "serial"
    assert gym.make("GymInvMgmt/Serial-v0", env_config={"num_periods": 9}).unwrapped.num_periods == 9


def test_reset_options_replace_the_demand_engine_for_good() -> None:
    env = CoreEnv("serial")
    env.reset(seed=1, options={"demand_config": {"base_mu": 3, "noise_scale": 0}})
    env.step([0, 0, 0])
    env.reset(seed=2)
    env.step([0, 0, 0])
    assert env.D[0, 0] == 3


def test_base_is_another_name_of_network() -> None:
    assert CoreEnv("base").network.network_links == CoreEnv("network").network.network_links
