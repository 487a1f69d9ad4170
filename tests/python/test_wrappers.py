"""Wrappers change or record what passes through them, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from helpers import play

from gym_invmgmt import CoreEnv, EpisodeLoggerWrapper, IntegerActionWrapper

ENTRIES = {
    "inventory_X": (5, 5),
    "pipeline_Y": (5, 3),
    "orders_R": (4, 3),
    "sales_S": (4, 4),
    "demand_D": (4, 1),
    "unfulfilled_U": (4, 1),
    "profit_P": (4, 5),
    "actions": (4, 3),
    "goodwill_GW": (4,),
    "episode_rewards": (4,),
}


@pytest.mark.parametrize(
    "action",
    [
        np.array([0.5, 1.5, 2.51]),
        np.array([0.5, 1.5, 2.51], dtype=np.float32),
        [0.5, 1.5, 2.51],
        (0.5, 1.5, 2.51),
        {(2, 1): 0.5, (3, 2): 1.5, (4, 3): 2.51},
    ],
)
def test_quantities_are_rounded_with_halves_to_the_even(action: Any) -> None:
    env = IntegerActionWrapper(CoreEnv("serial"))
    env.step(action)
    assert env.unwrapped.action_log[0].tolist() == [0, 2, 3]


def test_rounding_knows_negative_and_absent_quantities() -> None:
    env = IntegerActionWrapper(CoreEnv("serial"))
    env.step({(3, 2): 3.5})
    env.step([-1.5, 2.5, -0.4])
    assert env.unwrapped.action_log[:2].tolist() == [[0, 4, 0], [-2, 2, 0]]


def test_rounding_keeps_the_action_space_and_the_action_given() -> None:
    bare = CoreEnv("serial")
    env, action = IntegerActionWrapper(bare), np.array([0.6, 0.6, 0.6])
    assert env.action_space is bare.action_space
    env.step(action)
    assert action.tolist() == [0.6, 0.6, 0.6]


@pytest.mark.parametrize(("action", "message"), [([np.nan, 1, 1], "NaN"), ([1.2, 1], "shape"), ({(9, 9): 1}, "9, 9")])
def test_rounding_leaves_refusals_to_the_environment(action: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        IntegerActionWrapper(CoreEnv("serial")).step(action)


def logged(folder: Path, **arguments: Any) -> tuple[EpisodeLoggerWrapper, CoreEnv]:
    bare = CoreEnv("serial", num_periods=4)
    return EpisodeLoggerWrapper(bare, log_dir=folder / "logs", **arguments), bare


def test_an_episode_is_written_at_its_end_with_every_entry(tmp_path: Path) -> None:
    env, bare = logged(tmp_path, run_name="night")
    env.reset(seed=42)
    rewards = [env.step([20, 20, 20])[1] for _ in range(3)]
    assert list((tmp_path / "logs").iterdir()) == []
    rewards.append(env.step([20, 20, 20])[1])
    (path,) = (tmp_path / "logs").iterdir()
    name, episode, seconds = path.stem.rsplit("_", 2)
    assert (name, episode, path.suffix) == ("night", "ep1", ".npz")
    assert seconds.isdigit()
    with np.load(path, allow_pickle=False) as file:
        assert {entry: file[entry].shape for entry in file.files} == ENTRIES
        assert file["episode_rewards"].tolist() == rewards
        assert file["demand_D"][:, 0].tolist() == [24, 14, 18, 22]  # published
        for entry, symbol in [("inventory_X", "X"), ("pipeline_Y", "Y"), ("profit_P", "P"), ("actions", "action_log")]:
            np.testing.assert_array_equal(file[entry], getattr(bare, symbol))


def test_only_every_save_freq_th_episode_is_written(tmp_path: Path) -> None:
    env, _ = logged(tmp_path, save_freq=2)
    for _ in range(5):
        env.reset()
        for _ in range(4):
            env.step([1, 1, 1])
    names = sorted(path.name.split("_")[1] for path in (tmp_path / "logs").iterdir())
    assert names == ["ep2", "ep4"]


def test_steps_after_the_end_write_nothing_more(tmp_path: Path) -> None:
    env, _ = logged(tmp_path)
    env.reset()
    for _ in range(7):
        env.step([1, 1, 1])
    assert len(list((tmp_path / "logs").iterdir())) == 1
    assert len(env.episode_rewards) == 4


def test_an_unfinished_episode_is_forgotten_at_the_reset(tmp_path: Path) -> None:
    env, _ = logged(tmp_path)
    env.step([1, 1, 1])
    env.reset()
    assert env.episode_rewards == []
    assert list((tmp_path / "logs").iterdir()) == []


def test_wrappers_pass_everything_else_through(tmp_path: Path) -> None:
    env, bare = logged(tmp_path)
    twin = CoreEnv("serial", num_periods=4)
    outer = IntegerActionWrapper(env)
    assert outer.reset(seed=3, options={"demand_config": {"base_mu": 5}})[0].tolist() == bare.state.tolist()
    twin.reset(seed=3, options={"demand_config": {"base_mu": 5}})
    assert [outer.step(np.full(3, 4.0))[1] for _ in range(4)] == play(twin, 4, 4)
    assert outer.unwrapped is bare


@pytest.mark.parametrize("save_freq", [0, -1])
def test_a_save_freq_below_one_is_refused(save_freq: int, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=rf"save_freq is {save_freq}; expected a whole number of episodes >= 1"):
        logged(tmp_path, save_freq=save_freq)
    assert not (tmp_path / "logs").exists()


def test_gymnasiums_own_wrappers_fit() -> None:
    env = gym.wrappers.RecordEpisodeStatistics(gym.make("GymInvMgmt/Serial-v0"))
    env.reset(seed=42)
    for _ in range(30):
        info = env.step(np.full(3, 20.0))[4]
    assert info["episode"]["r"] == pytest.approx(758.030, abs=1e-6)  # published
