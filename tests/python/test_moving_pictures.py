"""Frames follow the episode, videos hold them all, and Gymnasium's recorder can use them."""

from __future__ import annotations

import subprocess
import sys
import types
from itertools import pairwise
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from helpers import played_by_hand
from PIL import Image
from test_command_line import run

from gym_invmgmt import CoreEnv, plots, run_episode
from gym_invmgmt.plots.layout import Layout
from gym_invmgmt.plots.moving import EpisodePicture


def test_a_frame_draws_the_numbers_of_its_period(tmp_path: Path) -> None:
    record = plots.record_of(played_by_hand(tmp_path))
    picture = EpisodePicture(record.network, record.num_periods)
    picture.frame(record, 2)
    assert picture.title.get_text() == "Period 2 of 3"
    # Sums in played_by_hand.
    assert [bar.get_height() for bar in picture.stocks] == [0.0]
    assert len(picture.empty.get_offsets()) == 1
    assert [line.get_ydata().tolist() for line in picture.lines] == [[4.0, 15.0], [4.0, 12.0], [0.0, 3.0]]
    assert picture.profit.get_ydata().tolist() == pytest.approx([6.5, 60.5])
    picture.frame(record, 1)
    assert [bar.get_height() for bar in picture.stocks] == [6.0]
    assert len(picture.empty.get_offsets()) == 0


def test_goods_move_along_their_link_and_arrive() -> None:
    env = CoreEnv("serial", {"noise_scale": 0.0}, num_periods=8)
    env.reset(seed=0)
    for period in range(8):
        env.step([0.0, 10.0 if period == 1 else 0.0, 0.0])
    record = plots.record_of(env)
    picture = EpisodePicture(env.network, 8)
    supplier, buyer = Layout.of(env.network).positions[[3, 2], 0]
    places = []
    for period in range(9):
        picture.frame(record, period)
        places.append([float(x) for x, _ in picture.goods.get_offsets()])
    # Ordered in period 1 with a lead time of 4: on its way at the ends of periods 1 to 4.
    assert [len(dots) for dots in places] == [0, 0, 1, 1, 1, 1, 0, 0, 0]
    along = [dots[0] for dots in places if dots]
    assert along == sorted(along)
    assert supplier < along[0] < along[-1] < buyer


def test_a_redrawn_frame_is_the_frame_drawn_anew(tmp_path: Path) -> None:
    record = plots.record_of(played_by_hand(tmp_path))
    used, fresh = (EpisodePicture(record.network, record.num_periods) for _ in range(2))
    for picture in (used, fresh):
        # Scales have grown to their last size.
        for period in range(4):
            picture.frame(record, period)
    for period in (0, 1, 3, 2):
        found = used.frame(record, period)
    fresh._background = None
    assert np.array_equal(found, fresh.frame(record, 2))


def test_a_video_holds_every_period_and_lingers_at_the_end(tmp_path: Path) -> None:
    env = played_by_hand(tmp_path)
    assert [frame.shape for frame in plots.frames(env, width=320, height=240)] == [(240, 320, 3)] * 4
    plots.write_video(env, tmp_path / "shop.gif", frames_per_second=5, width=320, height=240)
    with Image.open(tmp_path / "shop.gif") as video:
        assert (video.format, video.size, video.n_frames) == ("GIF", (320, 240), 4)
        durations = []
        for frame in range(4):
            video.seek(frame)
            durations.append(video.info["duration"])
    assert durations == [200, 200, 200, 2000]


@pytest.mark.parametrize(
    ("name", "arguments", "error", "words"),
    [
        ("shop.mp4", {}, ValueError, r"'shop.mp4'; expected a name that ends in .gif"),
        ("shop.gif", {"frames_per_second": 0}, ValueError, "frames_per_second is 0; expected a number above 0"),
        ("absent/shop.gif", {}, FileNotFoundError, "there is no folder"),
    ],
)
def test_an_unusable_video_is_refused(
    tmp_path: Path, name: str, arguments: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        plots.write_video(played_by_hand(tmp_path), tmp_path / name, **arguments)
    assert not list(tmp_path.rglob("shop.*"))


def test_gymnasiums_recorder_gets_a_frame_per_period(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The recorder runs as it is; only the encoder it would load is replaced."""
    clips: list[tuple[list[Any], float, str]] = []

    class Clip:
        def __init__(self, frames: list[Any], fps: float) -> None:
            self.frames, self.fps = list(frames), fps

        def write_videofile(self, path: str, logger: Any) -> None:
            clips.append((self.frames, self.fps, path))

    for name in ("moviepy", "moviepy.video", "moviepy.video.io", "moviepy.video.io.ImageSequenceClip"):
        module = types.ModuleType(name)
        module.ImageSequenceClip = Clip  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, name, module)
    env = gym.make("GymInvMgmt/Serial-v0", render_mode="rgb_array", num_periods=3)
    recorder = gym.wrappers.RecordVideo(env, str(tmp_path / "videos"), lambda episode: True, disable_logger=True)
    run_episode(recorder, lambda observation: [20.0] * 3, seed=1)
    recorder.close()
    ((frames, fps, path),) = clips
    assert fps == CoreEnv.metadata["render_fps"]
    assert [frame.shape for frame in frames] == [(480, 640, 3)] * 4
    assert all(not np.array_equal(one, two) for one, two in pairwise(frames))
    assert path.endswith(".mp4")


def test_an_environment_that_renders_can_be_copied_and_pickled() -> None:
    import copy
    import pickle

    env = CoreEnv("serial", render_mode="rgb_array")
    env.step([20.0] * 3)
    shown = env.render()
    for other in (copy.deepcopy(env), pickle.loads(pickle.dumps(env))):
        assert np.array_equal(other.render(), shown)


def test_the_command_writes_the_first_episode_as_a_video(tmp_path: Path) -> None:
    path = tmp_path / "run.gif"
    result = run("simulate", "--network", "serial", "--periods", "3", "--seeds", "1,2", "--video", str(path))
    assert (result.returncode, result.stderr) == (0, "")
    assert f"wrote {path}" in result.stdout
    env = CoreEnv("serial", num_periods=3)
    run_episode(env, lambda observation: [20.0] * 3, seed=1)
    plots.write_video(env, tmp_path / "same.gif")
    assert path.read_bytes() == (tmp_path / "same.gif").read_bytes()


def test_a_video_that_cannot_be_written_fails_the_command(tmp_path: Path) -> None:
    result = run("simulate", "--network", "serial", "--video", str(tmp_path / "absent" / "run.gif"))
    assert result.returncode == 1
    assert "--video: " in result.stderr
    assert "there is no folder" in result.stderr
    assert "Traceback" not in result.stderr


def test_the_extension_alone_draws_no_video() -> None:
    code = "from gym_invmgmt import _native; _native.run_command_line(['gym-invmgmt', 'simulate', '--video', 'a.gif'])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "--video: this program draws no moving pictures" in result.stderr
