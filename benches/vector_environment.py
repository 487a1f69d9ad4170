"""Steps per second of many environments through the public Python API: ours and gym-invmgmt 0.2.1 side by side.

The release has no vector environment of its own; it is measured under Gymnasium's SyncVectorEnv at the size that
suits it best. Each kind of run gets a turn in every round, so that a slow spell of the machine falls on all. A turn
plays whole episodes on `network` (the step that begins the next one included, and not counted as a step); orders are
drawn beforehand. The bars are on ratios of medians.
"""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from _rounds import DEMAND, NUM_PERIODS, Worker, answer_requests, per_second, reference_python

ROUNDS = 7
SECONDS_PER_TURN = 0.6
RELEASE_SIZES = (1, 16, 64, 256)
LINKS = 11
#: From this much work waiting on the machine per core, before the first turn, it does not count as idle.
LOADED_FROM = 0.25


class Run(NamedTuple):
    """One kind of run: a worker's side, and what it is asked to play."""

    side: str
    kind: str
    rows: int
    dtype: str = "float64"
    threads: int = 1


OURS = {
    "float32": Run("ours", "vector", 1024, "float32"),
    "float64": Run("ours", "vector", 1024),
    "8,192 on one thread": Run("ours", "vector", 8192, "float32"),
    "8,192 on two threads": Run("ours", "vector", 8192, "float32", threads=2),
    "rollout by name": Run("ours", "rollout", 8192),
}


def main() -> int:
    """Runs the rounds, prints the table; exit code 1 if a bar is missed."""
    cores = os.cpu_count() or 1
    load = os.getloadavg()[0] / cores
    workers = {"ours": Worker(sys.executable, __file__), "release": Worker(reference_python(), __file__)}
    for side, worker in workers.items():
        print(f"{side}: {worker.described}", flush=True)

    def turn(run: Run, seconds: float = SECONDS_PER_TURN) -> float:
        return float(workers[run.side].ask([*run[1:], seconds]))

    sizes = {rows: Run("release", "sync", rows) for rows in RELEASE_SIZES}
    tried = {rows: max(turn(run, SECONDS_PER_TURN / 2) for _ in range(3)) for rows, run in sizes.items()}
    best = max(tried, key=lambda rows: tried[rows])
    runs = {**OURS, "release": sizes[best]}
    for run in runs.values():  # a first turn, not counted: imports, caches, threads
        turn(run, SECONDS_PER_TURN / 4)
    rates: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, run in runs.items():
            rates[name].append(turn(run))
    for worker in workers.values():
        worker.stop()
    print("release under SyncVectorEnv: " + ", ".join(f"{rows}: {rate:,.0f}/s" for rows, rate in tried.items()))
    report_rates(runs, rates)
    return report_bars({name: statistics.median(found) for name, found in rates.items()}, cores, load)


def report_rates(runs: dict[str, Run], rates: dict[str, list[float]]) -> None:
    """Prints one line per kind of run."""
    print(f"\nenvironment steps per second, median and best of {ROUNDS} turns of {SECONDS_PER_TURN} s")
    print(f"{'run':24}{'rows':>6}{'dtype':>9}{'threads':>9}{'median':>14}{'best':>14}{'of the release':>16}")
    release = statistics.median(rates["release"])
    for name, run in runs.items():
        median = statistics.median(rates[name])
        numbers = f"{median:14,.0f}{max(rates[name]):14,.0f}{median / release:15,.0f}x"
        print(f"{name:24}{run.rows:6}{run.dtype:>9}{run.threads:9}{numbers}")


def report_bars(medians: dict[str, float], cores: int, load: float) -> int:
    """Prints one line per bar; returns the exit code."""
    idle = cores >= 2 and load < LOADED_FROM
    why = "" if idle else f", not counted: {cores} cores, load {load:.2f} per core at the start"
    bars = [
        ("1,024 environments, float32, one thread / release (aim 1,000x)", "float32", "release", 500.0, True),
        ("rollout by name, one thread / 1,024 environments, float32", "rollout by name", "float32", 1.0, True),
        (f"8,192 environments, two threads / one{why}", "8,192 on two threads", "8,192 on one thread", 1.6, idle),
    ]
    print()
    missed = 0
    for text, above, below, bar, counts in bars:
        ratio = medians[above] / medians[below]
        missed += counts and ratio < bar
        print(f"{ratio:8,.2f}x  bar {bar:5,.1f}x  {'missed' if ratio < bar else 'met':6}  {text}")
    return 1 if missed else 0


def orders(rows: int, dtype: str) -> list[Any]:
    """Orders of one episode and of the step that begins the next."""
    random = np.random.default_rng(7)
    return [random.uniform(0.0, 40.0, (rows, LINKS)).astype(dtype) for _ in range(NUM_PERIODS + 1)]


def arguments() -> dict[str, Any]:
    """The problem every run plays."""
    return {"scenario": "network", "demand_config": dict(DEMAND), "num_periods": NUM_PERIODS}


def work() -> None:
    """The worker: answers each request with the steps per second of a turn."""

    @cache
    def unit_of(kind: str, rows: int, dtype: str, threads: int) -> Callable[[], Any]:
        """Plays an episode in every row; made once."""
        import gym_invmgmt

        if kind == "rollout":
            seeds = list(range(rows))
            return lambda: gym_invmgmt.rollout(arguments(), "constant:20", seeds, num_threads=threads)
        if kind == "sync":
            from gymnasium.vector import SyncVectorEnv

            envs: Any = SyncVectorEnv([lambda: gym_invmgmt.CoreEnv(**arguments())] * rows)
        else:
            envs = gym_invmgmt.InvMgmtVectorEnv(rows, **arguments(), dtype=dtype, num_threads=threads)
        envs.reset(seed=42)
        step, actions = envs.step, orders(rows, dtype)

        def episode() -> None:
            for action in actions:
                step(action)

        return episode

    def answer(request: Any) -> float:
        kind, rows, dtype, threads, seconds = request
        return per_second(unit_of(kind, rows, dtype, threads), NUM_PERIODS * rows, seconds)

    answer_requests(answer)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--worker"]:
        work()
    else:
        sys.exit(main())
