"""Solves linear programmes written by the planners with HiGHS and compares the costs.

`python tools/check_programmes.py FOLDER`: the folder holds `objectives.csv` (instance, cost by each of our methods) and
an MPS file per instance. Exit code 1 if any cost differs from HiGHS's by more than 1e-6, relative to its size plus one.
"""

import csv
import sys
from pathlib import Path

import highspy

TOLERANCE = 1e-6


def main(folder: Path) -> int:
    """Compares every instance; returns the exit code."""
    with (folder / "objectives.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    worst = dict.fromkeys(("simplex", "revised_simplex", "interior_point"), 0.0)
    for row in rows:
        solver = highspy.Highs()
        solver.silent()
        solver.readModel(str(folder / f"{row['instance']}.mps"))
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            print(f"{row['instance']}: HiGHS ended with {solver.getModelStatus()}")
            return 1
        truth = solver.getObjectiveValue()
        for method in worst:
            worst[method] = max(worst[method], abs(float(row[method]) - truth) / (1 + abs(truth)))
    for method, difference in worst.items():
        print(f"{len(rows)} programmes, {method}: largest relative difference from HiGHS {difference:.1e}")
    return int(max(worst.values()) > TOLERANCE)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
