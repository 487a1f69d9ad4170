"""Plans assortments of full size, and says what that takes.

`python tools/full_size_plan.py COMMAND [FOLDER]` writes sales in long form into a folder (a temporary one unless
given), 1,000 items and places with 730 days and 30,490 with 1,941 (59 million rows, 1.7 GB), and plans both by
COMMAND, the release build of `gym-invmgmt`. The large run is killed half way and begun again. Exit code 1 if anything
is refused or takes more than the bars: 60 seconds; half an hour, both halves together, and 2 GB.
"""

from __future__ import annotations

import datetime
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from full_size_m5 import STORES

# Series, days, most seconds.
SMALL, LARGE = (1_000, 730, 60.0), (30_490, 1_941, 1_800.0)
MOST_MEGABYTES = 2_048.0
# What a plan keeps of its rows until all is written: a header, then a line per row.
LOG = "unfinished-plan.log"


def write(folder: Path, series: int, days: int) -> None:
    """Writes `sales.csv` and `items.csv`: counts as a shop has them, most of them zero, some items new.

    Args:
        folder: Where.
        series: Items and places.
        days: Days of history.
    """
    draw = np.random.default_rng(1)
    first = datetime.date(2011, 1, 29)
    dates = [(first + datetime.timedelta(day)).isoformat() for day in range(days)]
    time_of_year = 2 * np.pi * np.arange(days) / 365
    weekly = 1 + 0.3 * np.isin(np.arange(days) % 7, [0, 1])
    with (folder / "sales.csv").open("w") as sales, (folder / "items.csv").open("w") as items:
        sales.write("date,item,place,units\n")
        items.write("item,place,lead_time,cost,price,order_cost,multiple,stock,supplier\n")
        for number in range(series):
            item, place = f"FOODS_{number // len(STORES):04d}", STORES[number % len(STORES)]
            mean = weekly * np.exp(draw.normal(-0.3, 1.1)) * (1 + 0.3 * draw.random() * np.sin(time_of_year))
            shape = draw.uniform(0.5, 3)
            units = draw.negative_binomial(shape, shape / (shape + mean))
            if number % 5 == 0:
                units[: draw.integers(days // 2)] = 0
            tail = f",{item},{place},"
            sales.writelines(f"{date}{tail}{sold}\n" for date, sold in zip(dates, units.tolist(), strict=True))
            order_cost, multiple = (0, 5)[number % 2], ("", 6, 12)[number % 3]
            lead_time = ("2", "7", '"{values: [3, 4], weights: [8, 2]}"')[number % 3]
            items.write(f"{item},{place},{lead_time},2.5,4,{order_cost},{multiple},10,Leaf\n")


@dataclass
class Taken:
    """What a run took: seconds, seconds of processor time, and the largest memory [MB]."""

    seconds: float = 0.0
    processor: float = 0.0
    megabytes: float = 0.0

    def add(self, command: list[str], rows: Path, most_rows: int | None) -> int:
        """Runs a command to its end, or kills it when `most_rows` rows are kept; returns its exit code."""
        begun = time.perf_counter()
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        while True:
            child_id, status, usage = os.wait4(child.pid, os.WNOHANG)
            if child_id:
                break
            if most_rows is not None and rows.exists() and rows.read_bytes().count(b"\n") > most_rows:
                child.kill()
            time.sleep(0.2)
        child.returncode = os.waitstatus_to_exitcode(status)
        self.seconds += time.perf_counter() - begun
        self.processor += usage.ru_utime + usage.ru_stime
        self.megabytes = max(self.megabytes, usage.ru_maxrss / 1024)
        return child.returncode


def measured(command: str, folder: Path, size: tuple[int, int, float], *, killed: bool) -> bool:
    """Plans an assortment of this size and prints what it took; returns whether that is within the bars."""
    series, days, most_seconds = size
    folder.mkdir(parents=True, exist_ok=True)
    write(folder, series, days)
    out = folder / "plan"
    words = [command, "plan", str(folder / "sales.csv"), "--items", str(folder / "items.csv")]
    words += ["--target", "fill-rate=0.97", "--out", str(out)]
    taken = Taken()
    begun_again = ""
    if killed:
        if taken.add(words, out / LOG, series // 2) != -9:
            print("it ended before it could be killed", file=sys.stderr)
            return False
        begun_again = f", killed after {taken.seconds:.0f} s and begun again"
    if taken.add(words, out / LOG, None) != 0:
        return False
    rows = sum(1 for _ in (out / "plan.csv").open()) - 1
    print(
        f"{series} items and places, {days} days{begun_again}: {taken.seconds:.1f} s, "
        f"{taken.processor:.1f} s of processor time, {taken.megabytes:.0f} MB"
    )
    return rows == series and taken.seconds <= most_seconds and taken.megabytes <= MOST_MEGABYTES


def main() -> int:
    """Measures both sizes; returns the exit code."""
    command = str(Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(sys.argv[2] if len(sys.argv) > 2 else name)
        small = measured(command, folder / "small", SMALL, killed=False)
        large = measured(command, folder / "large", LARGE, killed=True)
    return 0 if small and large else 1


if __name__ == "__main__":
    sys.exit(main())
