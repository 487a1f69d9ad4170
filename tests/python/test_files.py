"""Files are written whole or not at all, where a path leads, and never over one another."""

from __future__ import annotations

import re
import stat
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from vectors import assert_equal

from gym_invmgmt import (
    CoreEnv,
    EpisodeLoggerWrapper,
    data_adapters,
    load_snapshot,
    policies,
    rollout,
    save_snapshot,
)
from gym_invmgmt.network_topology import SupplyChainNetwork
from gym_invmgmt.plots import write_video
from gym_invmgmt.visualization import plot_network

#: Limits how large a file this process can write, as a full disk would.
FULL_DISK = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))"


def played(periods: int = 30) -> CoreEnv:
    env = CoreEnv("serial", num_periods=periods)
    env.reset(seed=1)
    for _ in range(periods):
        env.step([20, 20, 20])
    return env


def python(code: str, *arguments: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_full_disk_leaves_the_last_good_snapshot_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "state.npz"
    save_snapshot(path, played().snapshot())
    good = path.read_bytes()
    code = f"""
        import sys
        from gym_invmgmt import CoreEnv, save_snapshot
        {FULL_DISK}
        env = CoreEnv("network", num_periods=100)
        env.reset(seed=2)
        try:
            save_snapshot(sys.argv[1], env.snapshot())
        except OSError as error:
            print(error)
    """
    done = python(code, path)
    assert "state.npz: cannot be written: File too large" in done.stdout, done
    assert path.read_bytes() == good
    assert names(tmp_path) == ["state.npz"]


def test_a_kill_at_any_moment_leaves_a_whole_snapshot(tmp_path: Path) -> None:
    path = tmp_path / "state.npz"
    code = """
        import sys
        from gym_invmgmt import CoreEnv, save_snapshot
        env = CoreEnv("network", num_periods=2000)
        env.reset(seed=2)
        save_snapshot(sys.argv[1], env.snapshot())
        print("ready", flush=True)
        while True:
            save_snapshot(sys.argv[1], env.snapshot())
    """
    command = [sys.executable, "-c", textwrap.dedent(code), str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        time.sleep(0.1)
        writer.kill()
    env = CoreEnv("network", num_periods=2000)
    env.reset(seed=2)
    assert_equal(load_snapshot(path), env.snapshot())


def test_a_missing_folder_and_a_folder_in_the_way_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"state: there is no folder .*none"):
        save_snapshot(tmp_path / "none" / "state", played().snapshot())
    with pytest.raises(IsADirectoryError, match=r"is a directory; expected the name of a file"):
        save_snapshot(tmp_path, played().snapshot())
    with pytest.raises(OSError, match=r"No space left on device"):
        save_snapshot("/dev/full", played().snapshot())


def test_environments_side_by_side_keep_every_episode(tmp_path: Path) -> None:
    envs = [EpisodeLoggerWrapper(CoreEnv("serial", num_periods=4), log_dir=tmp_path) for _ in range(8)]
    rewards = []
    for seed, env in enumerate(envs):
        env.reset(seed=seed)
        rewards.append([float(env.step([20, 20, 20])[1]) for _ in range(4)])
    files = [np.load(path) for path in tmp_path.iterdir()]
    assert sorted(file["episode_rewards"].tolist() for file in files) == sorted(rewards)
    assert len({tuple(of_one) for of_one in rewards}) == 8


WRITERS: dict[str, Callable[[Path], Any]] = {
    "state.npz": lambda path: save_snapshot(path, played().snapshot()),
    "network.png": lambda path: plot_network(SupplyChainNetwork(scenario="serial"), save_path=path),
    "network.svg": lambda path: plot_network(SupplyChainNetwork(scenario="serial"), save_path=path),
    "episode.gif": lambda path: write_video(played(2), path),
    "metadata.json": lambda path: data_adapters.write_metadata({"a": 1}, path),
}


@pytest.mark.parametrize("name", WRITERS)
def test_a_link_is_followed_and_stays_a_link(name: str, tmp_path: Path) -> None:
    target, link = tmp_path / "there" / name, tmp_path / name
    target.parent.mkdir()
    target.write_bytes(b"old")
    link.symlink_to(target)
    WRITERS[name](link)
    assert link.is_symlink()
    assert len(target.read_bytes()) > 3
    assert names(target.parent) == [name]


def test_a_picture_without_an_ending_is_a_png(tmp_path: Path) -> None:
    plot_network(SupplyChainNetwork(scenario="serial"), save_path=tmp_path / "network")
    assert (tmp_path / "network.png").read_bytes().startswith(b"\x89PNG")


def test_a_report_to_standard_output_comes_in_order_and_leaves_the_device(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gym_invmgmt.command_line", "simulate", "--network", "serial"]
    command += ["--policy", "constant:20", "--report", "/dev/stdout"]
    before = Path("/dev/null").stat()
    piped = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    assert "</html>" in piped
    with (tmp_path / "out").open("w") as file:
        subprocess.run(command, stdout=file, check=True, timeout=60)
    assert (tmp_path / "out").read_text() == piped
    command[-1] = "/dev/null"
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True, timeout=60)
    assert Path("/dev/null").stat().st_rdev == before.st_rdev


@pytest.mark.parametrize("output", ["--trajectory=r.npz", "--trajectory=r.csv", "--report=r.html", "--video=r.gif"])
def test_a_full_disk_leaves_nothing_behind_and_is_told_in_our_words(output: str, tmp_path: Path) -> None:
    code = f"""
        import sys
        from gym_invmgmt import command_line
        {FULL_DISK}
        sys.argv = ["gym-invmgmt", "simulate", "--network", "serial", sys.argv[1]]
        sys.exit(command_line.main())
    """
    command = [sys.executable, "-c", textwrap.dedent(code), output]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=tmp_path)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert re.fullmatch(r"error: .*\br\.\w+: cannot be written: .*File too large.*", line), line
    assert names(tmp_path) == []


def planned() -> set[str]:
    """Names of files in the folder for temporary files that planners left there."""
    before = set(names(Path(tempfile.gettempdir())))
    assert np.isfinite(rollout(CoreEnv("serial", num_periods=3), "mpc:informed", seeds=[1])["total_profit"]).all()
    return {name for name in set(names(Path(tempfile.gettempdir()))) - before if name.endswith(".mps")}


# That a programme which fails is saved there, fresh, private and not without end, is tested beside the solvers: none of
# those that networks make is known to fail.
def test_failed_programmes_have_a_private_folder_only_where_asked_for(tmp_path: Path) -> None:
    folder = tmp_path / "parent" / "programmes"
    assert planned() == set()
    policies.save_programmes(folder)
    try:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert planned() == set()
        assert names(folder) == []
    finally:
        policies.save_programmes(None)
    with pytest.raises(FileExistsError):
        policies.save_programmes(__file__)


@pytest.mark.parametrize("command", ["simulate", "benchmark", "optimize"])
def test_every_command_that_plans_can_save_programmes(command: str, tmp_path: Path) -> None:
    arguments = {
        "simulate": ["--network", "serial", "--policy", "mpc:informed", "--periods", "3"],
        "benchmark": ["--suite", "published-26/S01", "--policies", "mpc:informed", "--seeds", "1", "--out", "results"],
        "optimize": ["--network", "serial", "--budget", "2"],
    }[command]
    run = [sys.executable, "-m", "gym_invmgmt.command_line", command, *arguments, "--save-programmes"]
    subprocess.run([*run, "saved"], capture_output=True, check=True, timeout=60, cwd=tmp_path)
    assert names(tmp_path / "saved") == []
    (tmp_path / "file").touch()
    refused = subprocess.run([*run, "file"], capture_output=True, text=True, check=False, timeout=60, cwd=tmp_path)
    assert refused.returncode == 1
    assert "--save-programmes: the folder cannot be made: " in refused.stderr
