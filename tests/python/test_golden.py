"""Every recorded run of gym-invmgmt 0.2.1 replayed through the public API: demand bit for bit, the rest within 1e-9."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from gym_invmgmt import CoreEnv, make_custom_env

FOLDER = Path(__file__).parents[1] / "golden" / "trajectories"
NAMES = [
    "network_all_effects_goodwill",
    "network_goodwill_starved",
    "network_m5",
    "network_stationary",
    "network_stationary_lost_sales",
    "random_1",
    "random_2",
    "random_3",
    "serial_low_mean",
    "serial_shock_noise2",
    "serial_stationary",
    "serial_trend_discounted",
    "serial_user_series",
    "yaml_diamond",
    "yaml_distribution_tree",
    "yaml_w_network",
]
TOLERANCE = 1e-9


def recorded(name: str) -> dict[str, Any]:
    """The record of one run."""
    run: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return run


def environment(run: dict[str, Any], folder: Path) -> CoreEnv:
    """The environment a run was recorded in; a network of its own is written to a file first (JSON is YAML)."""
    arguments = dict(run["env"])
    if "user_D" in arguments:
        arguments["user_D"] = {tuple(link): series for link, series in arguments["user_D"]}
    if run["topology"] is None:
        return CoreEnv(**arguments)
    path = folder / "network.yaml"
    path.write_text(json.dumps(run["topology"]), encoding="utf-8")
    return make_custom_env(path, **arguments)


def test_all_sixteen_records_are_here() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.json")) == NAMES
    assert len(NAMES) == 16


@pytest.mark.parametrize("name", NAMES)
def test_a_recorded_run_is_reproduced(name: str, tmp_path: Path) -> None:
    run = recorded(name)
    env = environment(run, tmp_path)
    played = [env.reset(seed=run["seed"])[0]]
    rewards, truncated, sentiments = [], [], []
    for action in run["actions"]:
        observation, reward, terminated, over, info = env.step(np.array(action))
        assert not terminated
        played.append(observation)
        rewards.append(reward)
        truncated.append(over)
        sentiments.append(info["sentiment"])

    np.testing.assert_array_equal(env.D, run["D"])
    np.testing.assert_array_equal(env.action_log, run["action_log"])
    for symbol in ["X", "Y", "R", "S", "U", "P", "GW"]:
        np.testing.assert_allclose(getattr(env, symbol), run[symbol], rtol=0, atol=TOLERANCE, err_msg=symbol)
    np.testing.assert_allclose(played, run["observations"], rtol=0, atol=TOLERANCE)
    np.testing.assert_allclose(rewards, run["rewards"], rtol=0, atol=TOLERANCE)
    np.testing.assert_allclose(sentiments, run["sentiment"], rtol=0, atol=TOLERANCE)
    assert sum(rewards) == pytest.approx(run["total_reward"], rel=0, abs=TOLERANCE)
    assert truncated == [False] * (len(truncated) - 1) + [True]


@pytest.mark.parametrize("name", NAMES)
def test_nodes_links_and_action_bounds_stand_in_the_recorded_order(name: str, tmp_path: Path) -> None:
    run = recorded(name)
    env = environment(run, tmp_path)
    assert env.network.all_nodes == run["all_nodes"]
    assert env.network.main_nodes.tolist() == run["main_nodes"]
    for links in ["reorder_links", "retail_links", "network_links"]:
        assert [list(link) for link in getattr(env.network, links)] == run[links], links
    assert isinstance(env.action_space, gym.spaces.Box)
    assert env.action_space.high.tolist() == run["action_high"]
