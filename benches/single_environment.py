"""Steps per second of one environment through the public Python API: ours and gym-invmgmt 0.2.1 side by side.

Two workers, one per virtual environment, play the same orders in turns of a fixed time, so that a slow spell of the
machine falls on both. A round plays whole episodes, resets included. The bars are on the ratio of the medians.
The file is its own worker: with `--worker` it needs only numpy and a `gym_invmgmt`.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

PROJECT = Path(__file__).resolve().parents[1]
NUM_PERIODS = 30
ACTIONS = {"network": 11, "serial": 3}
BARS = {"network": 40.0, "serial": 25.0}
ROUNDS = 7
SECONDS_PER_ROUND = 0.8
DEMAND = {"type": "stationary", "base_mu": 20, "use_goodwill": False}


def main() -> int:
    """Runs the rounds, prints the table; exit code 1 if a bar is missed."""
    command = [sys.executable, str(PROJECT / "tests" / "parity" / "reference.py")]
    reference = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    with tempfile.TemporaryDirectory() as folder:
        orders = write_orders(Path(folder))
        sides = {"ours": Worker(sys.executable, orders), "release": Worker(reference, orders)}
        for name, worker in sides.items():
            print(f"{name}: {worker.described()}", flush=True)
        rates = {(network, side): [0.0] * ROUNDS for network in ACTIONS for side in sides}
        for network in ACTIONS:
            for worker in sides.values():  # a first round, not counted: imports, caches
                worker.steps_per_second(network, SECONDS_PER_ROUND / 4)
            for turn in range(ROUNDS):
                for side, worker in sides.items():
                    rates[network, side][turn] = worker.steps_per_second(network, SECONDS_PER_ROUND)
        for worker in sides.values():
            worker.stop()
    return report(rates)


def write_orders(folder: Path) -> Path:
    """The orders of one episode per network, the same for both workers."""
    file = folder / "orders.npz"
    random = np.random.default_rng(7)
    orders = {name: random.uniform(0.0, 40.0, (NUM_PERIODS, actions)) for name, actions in ACTIONS.items()}
    np.savez(file, allow_pickle=False, **orders)
    return file


def report(rates: dict[tuple[str, str], list[float]]) -> int:
    """Prints one line per network; returns the exit code."""
    print(f"\nsteps per second, median and best of {ROUNDS} rounds of {SECONDS_PER_ROUND} s")
    print(f"{'network':10}{'ours':>12}{'best':>12}{'release':>12}{'best':>12}{'ratio':>8}{'bar':>6}")
    missed = 0
    for network, bar in BARS.items():
        ours, release = rates[network, "ours"], rates[network, "release"]
        ratio = statistics.median(ours) / statistics.median(release)
        missed += ratio < bar
        cells = [statistics.median(ours), max(ours), statistics.median(release), max(release)]
        numbers = "".join(f"{cell:12,.0f}" for cell in cells)
        print(f"{network:10}{numbers}{ratio:7.1f}x{bar:5.0f}x  {'missed' if ratio < bar else 'met'}")
    return 1 if missed else 0


@dataclass
class Worker:
    """A process that plays rounds when told to."""

    process: subprocess.Popen[str]

    def __init__(self, python: str, orders: Path) -> None:
        """Starts the interpreter on this file."""
        command = [python, "-I", str(Path(__file__).resolve()), "--worker", str(orders)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def described(self) -> str:
        """Which package and numpy it has: the first thing it says."""
        return str(self._answer())

    def steps_per_second(self, network: str, seconds: float) -> float:
        """One round."""
        self._say({"network": network, "seconds": seconds})
        return float(self._answer())

    def stop(self) -> None:
        """Ends the process."""
        self._say(None)
        self.process.wait()

    def _say(self, message: dict[str, Any] | None) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()

    def _answer(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"a worker ended with exit code {self.process.wait()}")
        return json.loads(line)


def work(orders_file: str) -> None:
    """The worker: says what it is, then answers each request with the steps per second of a round."""
    import gym_invmgmt

    orders = {name: list(rows) for name, rows in np.load(orders_file).items()}
    environments = {name: gym_invmgmt.CoreEnv(name, dict(DEMAND), num_periods=NUM_PERIODS) for name in orders}
    for env in environments.values():
        env.reset(seed=42)
    say(f"gym_invmgmt {gym_invmgmt.__version__}, numpy {np.__version__}, Python {sys.version.split()[0]}")
    for line in sys.stdin:
        request = json.loads(line)
        if request is None:
            return
        name = request["network"]
        say(timed_round(environments[name], orders[name], request["seconds"]))


def say(answer: Any) -> None:
    """Sends an answer to the parent."""
    print(json.dumps(answer), flush=True)


def timed_round(env: Any, rows: list[Any], seconds: float) -> float:
    """Plays whole episodes until the time is up; steps per second, resets included."""
    step, reset, clock = env.step, env.reset, time.perf_counter
    episodes = 0
    begin = now = clock()
    while now - begin < seconds:
        reset()
        for row in rows:
            step(row)
        episodes += 1
        now = clock()
    return episodes * len(rows) / (now - begin)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--worker"]:
        work(sys.argv[2])
    else:
        sys.exit(main())
