"""CPU seconds to the same profit: PPO of `examples/train_ppo.py`, and `gym-invmgmt train` by the gradient.

`python benches/train_beside_ppo.py PROGRAM [PROBLEM] [SEEDS]`: for each seed, PPO is trained as the example trains it
and measured on seeds 10000 to 10009; then `PROGRAM train` is asked how many steps it takes to earn as much on the same
seeds, looking every hundred steps, and timed over that many. Seconds are those of the processor, of whole processes,
imports included. Exit code 1 if the gradient takes more than a fifth. The interpreter needs torch; `make
bench-training` has one.
"""

from __future__ import annotations

import re
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "train_ppo.py"
#: Most steps of the gradient to look for the profit in.
MOST_STEPS = 3000
#: Largest share of PPO's CPU seconds that the gradient may take.
BAR = 0.2


def run(command: list[str]) -> tuple[str, str, float]:
    """What a command writes to stdout and stderr, and the CPU seconds it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done.stdout, done.stderr, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ppo(problem: str, seed: int, folder: str) -> tuple[float, float]:
    """The profit of a trained agent on seeds 10000 to 10009 [money], and CPU seconds of its training."""
    command = [sys.executable, str(EXAMPLE), "--problem", problem, "--seed", str(seed), "--save", folder]
    said, _, seconds = run(command)
    found = re.search(r"profit on seeds 10000 to 10009: (-?[\d.]+)", said)
    if found is None:
        raise RuntimeError(f"the example says nothing of seeds 10000 to 10009:\n{said}")
    return float(found[1]), seconds


def gradient(program: str, problem: str, seed: int, profit: float, folder: str) -> tuple[int, float, float]:
    """Steps after which the gradient earns that much, what it earns then [money], and CPU seconds of so many."""
    command = [program, "train", "--scenario", f"published-26/{problem}", "--seeds", str(seed)]
    command += ["--held-out", "10000..10010", "--out", f"{folder}/policy.safetensors", "--steps"]
    _, said, _ = run([*command, str(MOST_STEPS)])
    looks = [(int(steps), float(earned)) for steps, earned in re.findall(r"step +(\d+) .* held out (-?[\d.]+)", said)]
    steps = next((steps for steps, earned in looks if earned >= profit), None)
    if steps is None:
        raise RuntimeError(f"{problem}, seed {seed}: {MOST_STEPS} steps do not earn {profit}; most is {max(looks)[1]}")
    _, _, seconds = run([*command, str(steps)])
    return steps, dict(looks)[steps], seconds


def main(program: str, problem: str, seeds: list[int]) -> int:
    """Prints the table; 1 if the bar is missed."""
    print(f"| {problem}, seed | PPO earns | CPU seconds | the gradient, steps | earns | CPU seconds | PPO / gradient |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for seed in seeds:
            profit, of_ppo = ppo(problem, seed, folder)
            steps, earned, seconds = gradient(program, problem, seed, profit, folder)
            worst = max(worst, seconds / of_ppo)
            row = f"| {seed} | {profit:.1f} | {of_ppo:.1f} | {steps} | {earned:.1f} | {seconds:.1f} |"
            print(row, f"{of_ppo / seconds:.1f} |", flush=True)
    print(f"\nat most {BAR:.0%} of PPO's CPU seconds: {'met' if worst <= BAR else 'missed'}")
    return 0 if worst <= BAR else 1


if __name__ == "__main__":
    program, problem, seeds = (*sys.argv[1:], *("S19", "0,1,2")[len(sys.argv) - 2 :])
    sys.exit(main(program, problem, [int(seed) for seed in seeds.split(",")]))
