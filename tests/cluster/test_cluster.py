"""The benchmark on a Ray cluster of two workers gives the rows of a local run, even if a worker is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import ray
from ray.cluster_utils import Cluster

import gym_invmgmt

# What varies from run to run, or names the command.
VARYING = {"timings.csv", "manifest.json", "report.html"}
SAME = ["episodes.csv", "summary.csv", "comparisons.csv", "constants.csv"]


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A head that plays nothing and two workers of one core each."""
    # Ray asks more often than usual whether a machine is still there.
    often = {"health_check_initial_delay_ms": 1000, "health_check_period_ms": 500, "health_check_failure_threshold": 3}
    head = {"num_cpus": 0, "include_dashboard": False, "_system_config": often}
    made = Cluster(initialize_head=True, head_node_args=head)
    try:
        yield made
    finally:
        ray.shutdown()
        made.shutdown()


def slow_policy(folder: Path) -> Any:
    """Takes its time, and leaves a file per episode begun, named after its process in a folder named after its machine.

    It is made here, so that Ray ships its code.
    """

    class Slow:
        information = "blind"

        def reset(self, seed: int) -> None:
            # The parent of a worker process is the daemon of its machine.
            machine = folder / str(os.getppid())
            machine.mkdir(exist_ok=True)
            (machine / f"{os.getpid()}-{seed}-{time.time_ns()}").touch()
            self.period = 0

        def __call__(self, observation: Any) -> list[float]:
            time.sleep(0.001)
            self.period += 1
            return [10.0 + self.period % 3] * self.links

        def prepare(self, problem: dict[str, Any]) -> None:
            self.links = problem["num_links"]

    return Slow()


def tables(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in SAME}


def test_a_worker_killed_in_the_middle_changes_no_row(cluster: Cluster, tmp_path: Path) -> None:
    doomed = cluster.add_node(num_cpus=1)
    cluster.add_node(num_cpus=1)
    cluster.wait_for_nodes()
    played, local = tmp_path / "played", tmp_path / "by-itself"
    played.mkdir()
    local.mkdir()
    killed = threading.Event()

    def kill_in_the_middle() -> None:
        journal = tmp_path / "cluster" / "journal.log"
        machine = played / str(doomed.all_processes["raylet"][0].process.pid)
        known: set[Path] = set()
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            begun = set(machine.glob("*"))
            both_play = len(list(played.iterdir())) == 2
            if both_play and begun - known and len(journal.read_bytes().splitlines()) > 100:
                # In the midst of an episode: it has just begun.
                os.kill(int((begun - known).pop().name.partition("-")[0]), signal.SIGKILL)
                cluster.remove_node(doomed, allow_graceful=False)
                killed.set()
                return
            known = begun
            time.sleep(0.001)

    killer = threading.Thread(target=kill_in_the_middle)
    killer.start()
    chosen = {"mine": slow_policy(played), "ss": "ss:blind", "newsvendor": "newsvendor:informed"}
    result = gym_invmgmt.benchmark(
        "published-26", chosen, out=tmp_path / "cluster", executor="ray", address=cluster.address
    )
    killer.join()
    assert killed.is_set(), "the run was over before both workers had played a part of it"
    starts = [path for folder in played.iterdir() for path in folder.iterdir()]
    assert len(starts) > 260, "what the lost worker was playing was not played again"
    chosen["mine"] = slow_policy(local)
    expected = gym_invmgmt.benchmark("published-26", chosen, out=tmp_path / "local")
    assert tables(tmp_path / "cluster") == tables(tmp_path / "local")
    assert result.ranking == expected.ranking
    assert sorted(path.name for path in (tmp_path / "cluster").iterdir()) == sorted([*SAME, *VARYING])
    assert not ray.is_initialized(), "the connection was left open"


def test_the_command_plays_on_a_cluster_of_its_own_and_reports_no_usage(tmp_path: Path) -> None:
    arguments = ["--policies", "ss:blind,constant:20", "--seeds", "3"]
    for name, more in {"ray": ["--executor", "ray"], "local": []}.items():
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "gym_invmgmt.command_line",
                "benchmark",
                *arguments,
                *more,
                "--out",
                tmp_path / name,
            ],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert tables(tmp_path / "ray") == tables(tmp_path / "local")
    probe = (
        "import gym_invmgmt, ray; from ray._common.usage.usage_lib import usage_stats_enabled\n"
        "gym_invmgmt.benchmark('published-26', ['constant:20'], seeds=1, executor='ray')\n"
        "assert not ray.is_initialized(); print(usage_stats_enabled())"
    )
    environment = {name: value for name, value in os.environ.items() if name != "RAY_USAGE_STATS_ENABLED"}
    said = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, timeout=120, env=environment)
    assert said.stdout.strip() == "False", said.stderr


def test_a_cluster_that_is_not_there_is_told_in_one_line_and_leaves_the_run_to_go_on(tmp_path: Path) -> None:
    arguments = ["--policies", "constant:20", "--seeds", "1", "--executor", "ray", "--address", "127.0.0.1:1"]
    done = subprocess.run(
        [sys.executable, "-m", "gym_invmgmt.command_line", "benchmark", *arguments, "--out", tmp_path / "results"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("error: --executor: the cluster failed: no Ray cluster answers at 127.0.0.1:1: ")
    assert len(done.stderr.splitlines()) == 1
    assert (tmp_path / "results" / "journal.log").exists()


def test_a_policy_that_fails_is_the_same_row_and_a_connection_made_before_stays() -> None:
    def refuses(observation: Any) -> list[float]:
        raise RuntimeError("out of paper")

    ray.init(address="local", num_cpus=1, include_dashboard=False, log_to_driver=False)
    try:
        results = {
            executor: gym_invmgmt.benchmark("published-26", {"mine": refuses}, seeds=1, executor=executor)
            for executor in ("ray", "local")
        }
        assert results["ray"].episodes["error"] == results["local"].episodes["error"]
        assert "out of paper" in results["ray"].episodes["error"][0]
        with pytest.raises(ValueError, match="connected to a Ray cluster already"):
            gym_invmgmt.benchmark("published-26", ["constant:1"], seeds=1, executor="ray", address="head:6379")
        assert ray.is_initialized(), "a connection that was there before was closed"
    finally:
        ray.shutdown()


def test_a_run_begun_on_a_cluster_goes_on_without_one(tmp_path: Path) -> None:
    """The process is killed in the middle; what had come back from the cluster is kept."""
    arguments = ["--policies", "mpc:blind", "--seeds", "2"]
    command = [sys.executable, "-m", "gym_invmgmt.command_line", "benchmark", *arguments]
    begun = subprocess.Popen([*command, "--out", tmp_path / "begun", "--executor", "ray"])
    journal = tmp_path / "begun" / "journal.log"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (journal.exists() and len(journal.read_bytes().splitlines()) > 20):
        time.sleep(0.02)
    begun.kill()
    begun.wait()
    assert 20 < len(journal.read_bytes().splitlines()) < 1 + 26 * 6 * 2, "not in the middle"
    for name in ("begun", "local"):
        subprocess.run([*command, "--out", tmp_path / name], check=True, capture_output=True)
    assert tables(tmp_path / "begun") == tables(tmp_path / "local")
