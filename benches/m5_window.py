"""The most volatile window of a full-size M5 file: ours and gym-invmgmt 0.2.1 side by side.

A file of 30,490 rows and 1,947 columns (about 120 MB) is made in a temporary folder. Each package reads it in a fresh
process, in turns; timed is the call alone, imports left out. Both must choose the same window; ours must be at least
20 times as fast and keep below 400 MB.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from _rounds import reference_python

ROWS, DAYS = 30_490, 1_941
ROUNDS = {"ours": 5, "release": 2}
FASTER, MEGABYTES = 20.0, 400.0
#: What both must say alike.
SAME = ["row_index", "window_index", "start_day", "end_day", "series_id", "raw_series", "raw_cv"]


def main() -> int:
    """Makes the file, runs the rounds, prints the table; exit code 1 if a bar is missed."""
    interpreters = {"release": reference_python(), "ours": sys.executable}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sales_train_evaluation.csv"
        write_sales(path)
        print(f"{path.stat().st_size / 1e6:.0f} MB, {ROWS:,} rows, {DAYS + 6:,} columns", flush=True)
        path.read_bytes()  # both find the file in memory
        runs: dict[str, list[dict[str, Any]]] = {side: [] for side in interpreters}
        for turn in range(max(ROUNDS.values())):
            for side, python in interpreters.items():
                if turn < ROUNDS[side]:
                    runs[side].append(measured(python, path))
    return report(runs)


def write_sales(path: Path) -> None:
    """Sales like those of the competition: mostly zeros, a few items that sell much."""
    dice = np.random.default_rng(5)
    levels = dice.lognormal(-0.5, 1.3, ROWS)
    with path.open("w", encoding="ascii") as file:
        days = ",".join(f"d_{day + 1}" for day in range(DAYS))
        file.write(f"id,item_id,dept_id,cat_id,store_id,state_id,{days}\n")
        for row, level in enumerate(levels):
            store, item = divmod(row, ROWS // 10)
            state = ["CA", "TX", "WI"][store % 3]
            name = f"FOODS_{item % 3 + 1}_{item:03d}"
            units = dice.negative_binomial(1.2, 1.2 / (1.2 + level), DAYS)
            cells = ",".join(map(str, units.tolist()))
            file.write(f"{name}_{state}_{store}_evaluation,{name},FOODS_1,FOODS,{state}_{store},{state},{cells}\n")


def measured(python: str, path: Path) -> dict[str, Any]:
    """One run in a process of its own."""
    command = [python, "-E", "-s", str(Path(__file__).resolve()), "--worker", str(path)]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return found


def report(runs: dict[str, list[dict[str, Any]]]) -> int:
    """Prints what was found; returns the exit code."""
    seconds = {side: statistics.median(run["seconds"] for run in rounds) for side, rounds in runs.items()}
    peak = {side: max(run["megabytes"] for run in rounds) for side, rounds in runs.items()}
    for side in runs:
        print(f"{side:8} {seconds[side]:7.2f} s, median of {len(runs[side])}; peak {peak[side]:,.0f} MB")
    ours, release = (runs[side][0]["metadata"] for side in ("ours", "release"))
    same = all(np.isclose(ours[key], release[key]).all() if key == "raw_cv" else ours[key] == release[key]
               for key in SAME)  # fmt: skip
    ratio = seconds["release"] / seconds["ours"]
    print(
        f"window   {ours['series_id']}, {ours['start_day']} to {ours['end_day']}: {'the same' if same else 'ANOTHER'}"
    )
    print(f"ratio    {ratio:.1f}x (bar {FASTER:.0f}x), memory bar {MEGABYTES:.0f} MB")
    return 0 if same and ratio >= FASTER and peak["ours"] <= MEGABYTES else 1


def work(path: str) -> None:
    """The worker: one call, timed."""
    from gym_invmgmt.data_adapters import m5_wide_csv_to_spec

    begin = time.perf_counter()
    metadata = m5_wide_csv_to_spec(path).metadata
    seconds = time.perf_counter() - begin
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "megabytes": megabytes, "metadata": {key: metadata[key] for key in SAME}}))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--worker"]:
        work(*sys.argv[2:])
    else:
        sys.exit(main())
