"""Where an iteration of PPO spends its time: on our vector environment, and on gym-invmgmt 0.2.1 in its place.

An iteration of `examples/ppo_single_file.py` plays 30 periods in each of 256 environments of the serial chain, and
learns from them. Seconds are those of the processor, so that a busy machine tells the same shares. The release plays
the same steps under Gymnasium's SyncVectorEnv; decisions and learning do not depend on who plays. The interpreter needs
torch; `make bench-learning` has one.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from _rounds import DEMAND, NUM_PERIODS, Worker, answer_requests, reference_python

ROWS = 256
ITERATIONS = 40
RELEASE_ITERATIONS = 5
#: Largest share of an iteration that may pass in the environment.
BAR = 0.15
ENV: dict[str, Any] = {"scenario": "serial", "demand_config": dict(DEMAND), "num_periods": NUM_PERIODS}


def main() -> int:
    """Measures both and prints the table; exit code 1 if the bar is missed."""
    release = Worker(reference_python(), __file__)
    parts = ours()
    theirs = {**parts, "environment": float(release.ask([ROWS, RELEASE_ITERATIONS]))}
    release.stop()
    print(f"CPU milliseconds per iteration of {ROWS} environments and {NUM_PERIODS} periods\n")
    print(f"| | {' | '.join(parts)} | share of the environment |\n|---|--:|--:|--:|--:|")
    shares = []
    for name, found in [("`InvMgmtVectorEnv`", parts), (release.described.partition(",")[0], theirs)]:
        shares.append(found["environment"] / sum(found.values()))
        columns = " | ".join(f"{1e3 * seconds:,.0f}" for seconds in found.values())
        print(f"| {name} | {columns} | {shares[-1]:.1%} |")
    print(f"\nbar {BAR:.0%}: {'met' if shares[0] < BAR else 'missed'}")
    return 0 if shares[0] < BAR else 1


def ours() -> dict[str, float]:
    """CPU seconds of an iteration's parts, each a mean over the iterations after the first."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "examples"))
    import torch
    from ppo_single_file import Settings, make_envs, train

    torch.set_num_threads(1)
    envs = make_envs(ROWS, {**ENV, "action_mode": "base-stock"})

    def play(iterations: int) -> Any:
        steps = iterations * ROWS * Settings.periods
        quiet = {"share": lambda *_: 0.0, "log": lambda _: None}
        return train(envs, Settings(), 0, stop=lambda done, _: done >= steps, **quiet)[2]

    play(1)  # imports and caches
    clock = play(ITERATIONS)
    return {part: getattr(clock, part) / ITERATIONS for part in ("environment", "decisions", "learning")}


def work() -> None:
    """The release's side: median CPU seconds of an iteration's steps."""
    from gymnasium.vector import SyncVectorEnv

    import gym_invmgmt

    def answer(request: Any) -> float:
        rows, iterations = request
        envs = SyncVectorEnv([lambda: gym_invmgmt.CoreEnv(**ENV)] * rows)
        envs.reset(seed=42)
        actions = np.random.default_rng(7).uniform(0.0, 40.0, (NUM_PERIODS, rows, *envs.single_action_space.shape))
        found = []
        for _ in range(iterations):
            begun = time.process_time()
            for action in actions:
                envs.step(action)
            found.append(time.process_time() - begun)
        return statistics.median(found)

    answer_requests(answer)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--worker"]:
        work()
    else:
        sys.exit(main())
