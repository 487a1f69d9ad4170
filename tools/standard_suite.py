"""What policies earn on the suite `standard-1`, as the Markdown table of docs/benchmark.md.

`python tools/standard_suite.py FOLDER [SEEDS]`: finds base-stock levels for every problem on seeds to train on, then
plays the seeds that count, or the first few of them; results in FOLDER. Exit code 1 if a problem does not do what it is
there for, see :func:`mistakes`.
"""

import csv
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import gym_invmgmt

SUITE = "standard-1"
PROBLEMS = [f"N{number:02}" for number in range(1, 17)]
TUNED = "basestock, tuned"
ORACLE = "oracle"
#: Problems where the clairvoyant plan is no optimum: under goodwill demand answers the policy, and its programme leaves
#: out fixed costs of orders.
NO_BOUND = ("N02", "N04")
#: What nobody who is sensible loses to a constant with.
SENSIBLE = ("newsvendor:informed", "ss:informed", TUNED, "mpc:informed")


class TunedBaseStock:
    """Orders up to levels found by simulation, its own for every problem."""

    information = "tuned"

    def __init__(self, budget: int, seeds: int) -> None:
        self.budget = budget
        self.seeds = seeds
        #: Per problem the levels per managed node in order of id [units].
        self.levels: dict[str, list[float]] = {}

    def prepare(self, problem: Mapping[str, Any]) -> None:
        """Finds the levels of a problem, on the first seeds to train on."""
        name = problem["id"]
        env = gym_invmgmt.load_scenario(f"{SUITE}/{name}").make()
        if name not in self.levels:
            # What is found is measured by the benchmark, not here: two more seeds to train on suffice.
            found = gym_invmgmt.optimize(
                env, "basestock", budget=self.budget, seeds=range(self.seeds), held_out=[998, 999]
            )
            self.levels[name] = [float(level) for level in found.levels]
        levels = ",".join(f"{level:g}" for level in self.levels[name])
        self.policy = gym_invmgmt.policies.make(f"basestock:{levels}", env)

    def reset(self, seeds: Sequence[int]) -> None:
        """Episodes begin."""
        self.policy.reset(seeds)

    def batch(self, observations: Any) -> Any:
        """The orders of all episodes."""
        return self.policy.batch(observations)

    __call__ = batch


def mean_profits(folder: Path) -> dict[str, dict[str, float]]:
    """Mean profit per problem and policy, the seven constants included [money]."""
    profits: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for table in ("episodes.csv", "constants.csv"):
        with (folder / table).open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                profits[row["problem"]][row["policy"]].append(float(row["profit"]))
    return {
        problem: {policy: float(np.mean(values)) for policy, values in policies.items()}
        for problem, policies in profits.items()
    }


def best_constant(profits: Mapping[str, float]) -> float:
    """What the best constant of a problem earned [money]."""
    return max(profit for policy, profit in profits.items() if policy.startswith("constant-"))


def mistakes(profits: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Where the suite is not what it is meant to be.

    A sensible policy loses to a constant, to order nothing does not lose money, or something earns more than the
    clairvoyant plan.
    """
    found = []
    for problem, earned in profits.items():
        constant = best_constant(earned)
        if constant <= 0 or earned["constant-nothing"] >= 0:
            found.append(f"{problem}: nothing earns {earned['constant-nothing']:.0f}, the best constant {constant:.0f}")
        for policy in SENSIBLE:
            if policy in earned and earned[policy] <= constant:
                found.append(f"{problem}: {policy} earns {earned[policy]:.0f}, the best constant {constant:.0f}")
        top = max(earned, key=lambda policy: earned[policy])
        if top != ORACLE:
            found.append(f"{problem}: {top} earns {earned[top]:.0f}, {ORACLE} {earned[ORACLE]:.0f}")
    return found


def main(folder: Path, seeds: int | None) -> int:
    """Plays, prints the table; returns the exit code."""
    names = ["newsvendor:blind", "exp-smoothing:blind", "mpc:blind", "newsvendor:informed", "ss:informed"]
    tuned = TunedBaseStock(budget=400, seeds=16)
    policies = {name: name for name in names} | {TUNED: tuned, "mpc:informed": "mpc:informed", ORACLE: ORACLE}
    gym_invmgmt.benchmark(SUITE, policies, seeds=seeds, out=folder, force=True)
    profits = mean_profits(folder)
    print("| problem | best constant | " + " | ".join(f"`{name}`" for name in policies) + " |")
    print("|---|--:|" + "--:|" * len(policies))
    for problem, earned in profits.items():
        cells = [best_constant(earned), *(earned[name] for name in policies)]
        print(f"| {problem} | " + " | ".join(f"{cell:,.0f}" for cell in cells) + " |")
    for problem, levels in tuned.levels.items():
        print(f"{problem}: basestock:{','.join(f'{level:g}' for level in levels)}")
    found = mistakes(profits)
    print("\n".join(found))
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else None))
