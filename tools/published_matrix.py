"""Plays the published benchmark in one run and compares it with what was published.

`python tools/published_matrix.py FOLDER`: the thirteen published policies on the 26 rows of `published-26` with the ten
published seeds, results in FOLDER. Compared are

- every mean profit with the published summary, which has one decimal (`tests/golden/published_summary.csv`),
- every profit on file, five of the ten seeds, with the published one (`tests/golden/published_profits.json`):
  heuristics within 1e-6, the oracle within 1e-3,
- the time the run took beyond what its policies took, on all cores: at most 5%.

Then the eight heuristics are played once more, alone, in at most 3 seconds. Exit code 1 if anything is missed.
"""

import csv
import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

GOLDEN = Path(__file__).parents[1] / "tests" / "golden"
HEURISTICS = [
    f"{rule}:{level}"
    for rule in ("newsvendor", "ss", "exp-smoothing", "echelon-basestock")
    for level in ("blind", "informed")
]
PLANNERS = ["dlp:blind", "dlp:informed", "mssp:blind", "mssp:informed"]
#: Half a unit of the last decimal of the published summary.
ROUNDING = 0.05
#: Largest difference of a mean: share of its size, and money if that is more.
MEANS = {"oracle": (0.0, 1e-3), "dlp": (0.005, 1.0), "mssp": (0.01, 2.0)}
#: Largest difference of an episode's profit, of policies whose decisions have no alternative.
EPISODES = {"oracle": 1e-3} | dict.fromkeys(HEURISTICS, 1e-6)
OVERHEAD = 0.05
SECONDS_OF_HEURISTICS = 3.0


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a table."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def play(policies: list[str], folder: Path) -> float:
    """Plays the whole matrix; returns the seconds it took, from start to the report."""
    command = Path(sys.executable).with_name("gym-invmgmt")
    arguments = ["benchmark", "--suite", "published-26", "--seeds", "10", "--policies", ",".join(policies)]
    begun = time.perf_counter()
    subprocess.run([command, *arguments, "--force", "--out", folder], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def compare_means(folder: Path) -> list[str]:
    """Mean profits that are too far from the published summary."""
    published = {row["problem"]: row for row in read(GOLDEN / "published_summary.csv")}
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for row in read(folder / "summary.csv"):
        if row["problem"] in published:
            found[row["policy"]][row["problem"]] = float(row["profit_mean"])
    missed = []
    print(f"{'policy':28}{'problems':>9}{'mean of 26':>12}{'published':>11}{'furthest off':>14}")
    for policy, means in found.items():
        share, units = MEANS.get(policy.partition(":")[0], (0.0, 1e-6))
        off = {problem: mean - float(published[problem][policy]) for problem, mean in means.items()}
        for problem, difference in off.items():
            told = float(published[problem][policy])
            if abs(difference) > max(share * abs(told), units) + ROUNDING:
                missed.append(f"{policy} {problem}: mean {means[problem]:.2f}, published {told}")
        furthest = max(off, key=lambda problem: abs(off[problem]))
        overall = sum(means.values()) / len(means)
        print(
            f"{policy:28}{len(means):9}{overall:12.1f}{float(published['mean26'][policy]):11.1f}"
            f"{off[furthest]:9.2f} {furthest}"
        )
        if len(means) != 26:
            missed.append(f"{policy}: {len(means)} of 26 rows")
    if len(found) != 13:
        missed.append(f"{len(found)} of 13 policies")
    return missed


def compare_episodes(folder: Path) -> list[str]:
    """Profits of single episodes that are not the published ones."""
    published = json.loads((GOLDEN / "published_profits.json").read_text())["profits"]
    missed, compared = [], 0
    for row in read(folder / "episodes.csv"):
        told = published[row["policy"]].get(row["key"], {}).get(row["seed"])
        if told is None or row["policy"] not in EPISODES:
            continue
        compared += 1
        if abs(float(row["profit"]) - told) > EPISODES[row["policy"]]:
            missed.append(f"{row['policy']} {row['problem']} {row['seed']}: {row['profit']}, published {told}")
    # Nine policies, 22 distinct problems, five seeds.
    if compared != 9 * 22 * 5:
        missed.append(f"{compared} of {9 * 22 * 5} profits on file were compared")
    print(f"{compared} profits of single episodes compared")
    return missed


def overhead(folder: Path, seconds: float) -> list[str]:
    """What the run took beyond its policies: simulation, constants, key figures, files, statistics and report."""
    own = sum(float(row["make_seconds"]) + float(row["decide_seconds"]) for row in read(folder / "timings.csv"))
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    share = seconds * cores / own - 1
    print(f"{seconds:.1f} s on {cores} cores; the policies' own time is {own:.1f} s, overhead {100 * share:.1f}%")
    return [f"overhead of {100 * share:.1f}%, at most {100 * OVERHEAD:.0f}%"] if share > OVERHEAD else []


def main(folder: Path) -> int:
    """Plays and compares; returns the exit code."""
    seconds = play(["oracle", *HEURISTICS, *PLANNERS], folder)
    missed = compare_means(folder) + compare_episodes(folder) + overhead(folder, seconds)
    seconds = play(HEURISTICS, folder / "heuristics")
    print(f"the eight heuristics alone: {seconds:.2f} s")
    if seconds > SECONDS_OF_HEURISTICS:
        missed.append(f"the heuristics took {seconds:.2f} s, at most {SECONDS_OF_HEURISTICS}")
    print("\n".join(missed) if missed else "all within the tolerances")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
