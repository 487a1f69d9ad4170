"""Stable-Baselines3: its own check, the vector environment row by row, and a training that runs."""

from __future__ import annotations

import re
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
from gym_invmgmt import rollout
from gym_invmgmt.sb3 import InvMgmtVecEnv, load_policy, make_vec_env, policy


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


def test_the_first_hour_shows_the_distance_to_the_optimum_shrink(tmp_path: Path) -> None:
    """From thousands of percent to less than the best constant order misses, which is 71, in seconds."""
    said = run_example(["first_hour.py", "--steps", "49152", "--rounds", "2", "--seeds", "3"], tmp_path)
    looks = [float(percent) for percent in re.findall(r"^ *[\d,]+ .*, +(-?[\d.]+) % above", said, re.MULTILINE)]
    assert len(looks) == 3
    assert looks[0] > 1000.0 > 50.0 > looks[-1], said


def trained_under_normalisation() -> PPO:
    envs = VecNormalize(make_vec_env(4, scenario="serial", action_mode="base-stock", terminate_at_horizon=True))
    return PPO("MlpPolicy", envs, n_steps=30, batch_size=60, n_epochs=1, seed=0, device="cpu").learn(240)


def test_a_model_and_its_normalisation_play_as_they_were_trained(tmp_path: Path) -> None:
    model = trained_under_normalisation()
    normalised = model.get_vec_normalize_env()
    trained = policy(model, information="learned")
    assert trained.action_mode == "base-stock"
    observations = np.random.default_rng(0).uniform(0, 200, (5, 15))
    expected = model.predict(normalised.normalize_obs(observations), deterministic=True)[0]
    np.testing.assert_array_equal(trained.batch(observations), expected)
    played = rollout({"scenario": "serial"}, trained, seeds=range(4))
    trained.save(tmp_path / "kept")
    read = load_policy(tmp_path / "kept")
    assert (read.information, read.action_mode) == ("learned", "base-stock")
    np.testing.assert_array_equal(
        rollout({"scenario": "serial"}, read, range(4))["total_profit"], played["total_profit"]
    )
    normalised.save(str(tmp_path / "statistics.pkl"))
    pair = policy(model, tmp_path / "statistics.pkl")
    np.testing.assert_array_equal(pair.batch(observations), expected)


def test_a_model_without_its_normalisation_is_refused() -> None:
    with pytest.raises(TypeError, match=r"trained under VecNormalize.*gym_invmgmt.sb3.policy"):
        rollout({"scenario": "serial", "action_mode": "base-stock"}, trained_under_normalisation(), [1])


def test_a_folder_without_a_policy_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_policy(tmp_path)
    (tmp_path / "policy.json").write_text('{"algorithm": "collections:OrderedDict", "is_normalised": false}')
    with pytest.raises(ValueError, match="names OrderedDict, which is no algorithm of Stable-Baselines3"):
        load_policy(tmp_path)
    (tmp_path / "policy.json").write_text("{}")
    with pytest.raises(ValueError, match="describes no policy"):
        load_policy(tmp_path)
