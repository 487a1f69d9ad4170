"""Stable-Baselines3: its own check, the vector environment row by row, and a training that runs."""

from __future__ import annotations

from pathlib import Path

import gymnasium as gym
import numpy as np
import pytest
from running import run_example
from stable_baselines3 import PPO
from stable_baselines3.common.env_checker import check_env
from stable_baselines3.common.evaluation import evaluate_policy
from stable_baselines3.common.monitor import Monitor
from stable_baselines3.common.vec_env import DummyVecEnv, VecNormalize

import gym_invmgmt
from gym_invmgmt.sb3 import InvMgmtVecEnv, make_vec_env


@pytest.mark.parametrize("action_mode", ["raw", "scaled", "base-stock", "ss", "levels-and-shares", "integer"])
@pytest.mark.parametrize("env_id", ["GymInvMgmt/MultiEchelon-v0", "GymInvMgmt/Serial-v0"])
def test_stable_baselines3s_check_passes(env_id: str, action_mode: str) -> None:
    check_env(gym.make(env_id, action_mode=action_mode).unwrapped, warn=False)


@pytest.mark.parametrize("terminate", [False, True])
def test_rows_are_those_of_stable_baselines3s_own_vector_environment(terminate: bool) -> None:
    arguments = {"scenario": "serial", "action_mode": "base-stock", "terminate_at_horizon": terminate, "num_periods": 7}
    ours = make_vec_env(3, **arguments, dtype="float64")
    theirs = DummyVecEnv([lambda: Monitor(gym_invmgmt.CoreEnv(**arguments))] * 3)
    for envs in (ours, theirs):
        envs.seed(11)
    np.testing.assert_array_equal(ours.reset(), theirs.reset())
    draws = np.random.default_rng(0)
    for _ in range(20):
        actions = draws.uniform(-1.0, 1.0, (3, 3))
        mine, other = ours.step(actions), theirs.step(actions)
        np.testing.assert_array_equal(mine[0], other[0])
        np.testing.assert_array_equal(mine[1], other[1])
        np.testing.assert_array_equal(mine[2], other[2])
        for here, there in zip(mine[3], other[3], strict=True):
            assert ("terminal_observation" in here) == ("terminal_observation" in there)
            if "terminal_observation" in here:
                np.testing.assert_array_equal(here["terminal_observation"], there["terminal_observation"])
                assert here["TimeLimit.truncated"] == there["TimeLimit.truncated"]
                assert here["episode"]["r"] == pytest.approx(there["episode"]["r"], abs=1e-5)
                assert here["episode"]["l"] == there["episode"]["l"] == 7


def test_ppo_trains_and_is_evaluated_without_a_monitor() -> None:
    envs = VecNormalize(make_vec_env(4, scenario="serial", action_mode="base-stock", terminate_at_horizon=True))
    model = PPO("MlpPolicy", envs, n_steps=30, batch_size=60, n_epochs=1, seed=0, device="cpu").learn(120)
    assert model.num_timesteps == 120
    assert len(model.ep_info_buffer) == 4
    mean, _ = evaluate_policy(model, make_vec_env(2, scenario="serial", action_mode="base-stock"), n_eval_episodes=2)
    assert np.isfinite(mean)


def test_demand_rows_and_refusals() -> None:
    envs = InvMgmtVecEnv(2, scenario="serial")
    envs.seed(3)
    envs.set_options([{"demand_config": {"base_mu": 5, "noise_scale": 0.0}}, {}])
    envs.reset()
    observations, *_ = envs.step(np.zeros((2, 3)))
    assert observations[0, 0] == 5.0
    assert observations.dtype == np.float32
    assert envs.get_attr("num_periods", indices=[0]) == [30]
    assert len(envs.env_method("snapshot")) == 2
    with pytest.raises(NotImplementedError, match="num_periods cannot be set"):
        envs.set_attr("num_periods", 5)
    with pytest.raises(AttributeError, match="a row has no method 'step'"):
        envs.env_method("step")
    with pytest.raises(TypeError, match="copy is set by Stable-Baselines3's conventions"):
        InvMgmtVecEnv(2, copy=False)


@pytest.mark.parametrize("script", ["train_sb3.py", "ppo_single_file.py"])
def test_the_examples_run(script: str, tmp_path: Path) -> None:
    run_example([script, "--steps", "2000", "--num-envs", "8"], tmp_path)
