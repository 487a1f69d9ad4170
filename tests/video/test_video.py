"""An episode as an MP4 file, by Gymnasium's recorder with the real encoder: in .venv-video, by `make test-video`."""

from __future__ import annotations

from pathlib import Path

import gymnasium as gym
import numpy as np
import pytest
from moviepy import VideoFileClip

import gym_invmgmt


@pytest.mark.parametrize("name", ["GymInvMgmt/Serial-v0", "GymInvMgmt/MultiEchelon-v0"])
def test_the_recorder_writes_a_frame_per_period_as_mp4(name: str, tmp_path: Path) -> None:
    env = gym.make(name, render_mode="rgb_array", num_periods=6)
    recorder = gym.wrappers.RecordVideo(env, str(tmp_path), lambda episode: True, disable_logger=True)
    links = len(env.unwrapped.action_labels)
    gym_invmgmt.run_episode(recorder, lambda observation: [20.0] * links, seed=1)
    last = env.render()
    recorder.close()
    (path,) = tmp_path.glob("*.mp4")
    clip = VideoFileClip(str(path))
    assert (clip.size, clip.fps, clip.n_frames) == ([640, 480], gym_invmgmt.CoreEnv.metadata["render_fps"], 7)
    frames = list(clip.iter_frames())
    assert len(frames) == 7
    # The codec loses a little; the picture is the one that was rendered.
    assert np.abs(frames[-1].astype(float) - last).mean() < 4.0
    assert np.abs(frames[0].astype(float) - last).mean() > np.abs(frames[-1].astype(float) - last).mean()
    clip.close()
