"""Steps per second of one environment through the public Python API: ours and gym-invmgmt 0.2.1 side by side.

Two workers, one per virtual environment, play the same orders in turns of a fixed time, so that a slow spell of the
machine falls on both. A round plays whole episodes, resets included. The bars are on the ratio of the medians.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from _rounds import DEMAND, NUM_PERIODS, Worker, answer_requests, per_second, reference_python

ACTIONS = {"network": 11, "serial": 3}
BARS = {"network": 40.0, "serial": 25.0}
ROUNDS = 7
SECONDS_PER_ROUND = 0.8


def main() -> int:
    """Runs the rounds, prints the table; exit code 1 if a bar is missed."""
    reference = reference_python()
    with tempfile.TemporaryDirectory() as folder:
        orders = str(write_orders(Path(folder)))
        sides = {"ours": Worker(sys.executable, __file__, orders), "release": Worker(reference, __file__, orders)}
        for name, worker in sides.items():
            print(f"{name}: {worker.described}", flush=True)
        rates = {(network, side): [0.0] * ROUNDS for network in ACTIONS for side in sides}
        for network in ACTIONS:
            for worker in sides.values():  # a first round, not counted: imports, caches
                worker.ask([network, SECONDS_PER_ROUND / 4])
            for turn in range(ROUNDS):
                for side, worker in sides.items():
                    rates[network, side][turn] = worker.ask([network, SECONDS_PER_ROUND])
        for worker in sides.values():
            worker.stop()
    return report(rates)


def write_orders(folder: Path) -> Path:
    """The orders of one episode per network, the same for both workers."""
    file = folder / "orders.npz"
    random = np.random.default_rng(7)
    orders: dict[str, Any] = {name: random.uniform(0.0, 40.0, (NUM_PERIODS, links)) for name, links in ACTIONS.items()}
    np.savez(file, **orders)
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


def work(orders_file: str) -> None:
    """The worker: answers each request with the steps per second of a round."""
    import gym_invmgmt

    orders = {name: list(rows) for name, rows in np.load(orders_file).items()}
    environments = {name: gym_invmgmt.CoreEnv(name, dict(DEMAND), num_periods=NUM_PERIODS) for name in orders}
    for env in environments.values():
        env.reset(seed=42)

    def answer(request: Any) -> float:
        name, seconds = request
        reset, step, rows = environments[name].reset, environments[name].step, orders[name]

        def episode() -> None:
            reset()
            for row in rows:
                step(row)

        return per_second(episode, NUM_PERIODS, seconds)

    answer_requests(answer)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--worker"]:
        work(*sys.argv[2:])
    else:
        sys.exit(main())
