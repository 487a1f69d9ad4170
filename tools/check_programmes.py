"""Solves linear programmes written by the planners with HiGHS and compares the costs.

`python tools/check_programmes.py FOLDER`: the folder holds an MPS file per instance and two tables. `objectives.csv`
(instance, cost by each of our methods): exit code 1 if any cost differs from HiGHS's by more than 1e-6, relative to its
size plus one. `mixed.csv` (instance, kind, opening, mpc): whole episodes of certain demand with integers and what
`mpc:informed` earned in the engine; exit code 1 if that is more than HiGHS proves possible, or if its mean gap is
larger than it was when this was written.
"""

import csv
import sys
from collections import defaultdict
from pathlib import Path

import highspy

TOLERANCE = 1e-6
#: Seconds for a programme with integers, and the relative gap at which its answer counts as proven.
SECONDS = 60.0
PROVEN = 1e-4
#: Largest mean gap of `mpc:informed` per kind of instance, as a share of the best profit.
LARGEST_MEAN_GAP = {"fixed costs": 0.05, "sizes": 0.02}


def solved(path: Path) -> highspy.Highs:
    """HiGHS after it has solved the programme of a file, or given up."""
    solver = highspy.Highs()
    solver.silent()
    solver.setOptionValue("time_limit", SECONDS)
    solver.setOptionValue("mip_rel_gap", PROVEN)
    solver.setOptionValue("threads", 1)
    solver.readModel(str(path))
    solver.run()
    return solver


def check_linear(folder: Path) -> bool:
    """Compares every programme without integers; whether all agree."""
    with (folder / "objectives.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    worst = dict.fromkeys(("simplex", "revised_simplex", "interior_point"), 0.0)
    for row in rows:
        solver = solved(folder / f"{row['instance']}.mps")
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            print(f"{row['instance']}: HiGHS ended with {solver.getModelStatus()}")
            return False
        truth = solver.getObjectiveValue()
        for method in worst:
            worst[method] = max(worst[method], abs(float(row[method]) - truth) / (1 + abs(truth)))
    for method, difference in worst.items():
        print(f"{len(rows)} programmes, {method}: largest relative difference from HiGHS {difference:.1e}")
    return max(worst.values()) <= TOLERANCE


def check_mixed(folder: Path) -> bool:
    """Compares every programme with integers; whether nobody earned too much, or too little."""
    gaps: dict[str, list[float]] = defaultdict(list)
    is_sound = True
    with (folder / "mixed.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            solver = solved(folder / f"{row['instance']}.mps")
            # What is proven, even where the time was not enough for an answer as good.
            bound = -solver.getInfo().mip_dual_bound - float(row["opening"])
            earned = float(row["mpc"])
            if earned > bound + TOLERANCE * (1 + abs(bound)):
                print(f"{row['instance']}: mpc:informed earned {earned}, HiGHS proves {bound} the most")
                is_sound = False
            gaps[row["kind"]].append((bound - earned) / abs(bound))
    for kind, found in gaps.items():
        mean = sum(found) / len(found)
        print(
            f"{len(found)} episodes with {kind}, mpc:informed: gap to the bound HiGHS proves {mean:.2%} on average, "
            f"{max(found):.2%} at most"
        )
        is_sound &= mean <= LARGEST_MEAN_GAP[kind]
    return is_sound


def main(folder: Path) -> int:
    """Compares every instance; returns the exit code."""
    linear, mixed = check_linear(folder), check_mixed(folder)
    return int(not (linear and mixed))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
