"""Reads a data set of the size of the M5 competition's, and says what that takes.

`python tools/full_size_m5.py`: writes 30,490 series of 1,941 days (125 MB), a calendar and 6.9 million prices (200 MB)
into a temporary folder, then imports them by the command line and finds a window in them by the adapter. Exit code 1 if
anything is refused, or takes more than a minute or 200 MB.
"""

from __future__ import annotations

import datetime
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DAYS, ITEMS, WEEKS = 1941, 3049, 225
DEPARTMENTS = ["HOBBIES_1", "HOBBIES_2", "HOUSEHOLD_1", "HOUSEHOLD_2", "FOODS_1", "FOODS_2", "FOODS_3"]
STORES = [f"{state}_{place}" for state, count in [("CA", 4), ("TX", 3), ("WI", 3)] for place in range(1, count + 1)]
MOST_SECONDS, MOST_MEGABYTES = 60.0, 200.0
ADAPTER = """
from gym_invmgmt.data_adapters import m5_wide_csv_to_spec
m5_wide_csv_to_spec({path!r}, min_window_mean=1.0, min_nonzero_frac=0.3, max_to_mean_cap=10)
"""


def write(folder: Path) -> None:
    """Writes the three files; sales are drawn, most of them zero, as the real ones are."""
    draw = random.Random(1)
    series = [",".join(map(str, draw.choices([0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 5, 12], k=DAYS))) for _ in range(200)]
    items = [f"{DEPARTMENTS[item % 7]}_{item // 7 + 1:03d}" for item in range(ITEMS)]
    with (folder / "sales_train_evaluation.csv").open("w") as file:
        days = ",".join(f"d_{day}" for day in range(1, DAYS + 1))
        file.write(f"id,item_id,dept_id,cat_id,store_id,state_id,{days}\n")
        for store in STORES:
            for item in items:
                department = item[:-4]
                of = f"{item},{department},{department[:-2]},{store},{store[:2]}"
                file.write(f"{item}_{store}_evaluation,{of},{draw.choice(series)}\n")
    with (folder / "calendar.csv").open("w") as file:
        file.write("date,wm_yr_wk,weekday,wday,month,year,d\n")
        for day in range(DAYS + 28):
            date = datetime.date(2011, 1, 29) + datetime.timedelta(day)
            file.write(f"{date},{11101 + day // 7},{date:%A},{day % 7 + 1},{date.month},{date.year},d_{day + 1}\n")
    with (folder / "sell_prices.csv").open("w") as file:
        file.write("store_id,item_id,wm_yr_wk,sell_price\n")
        for store in STORES:
            for item in items:
                file.writelines(f"{store},{item},{11101 + week},2.5\n" for week in range(WEEKS))


def main() -> int:
    """Measures every way in; returns the exit code."""
    code = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder)
        sales = str(folder / "sales_train_evaluation.csv")
        imported = [sys.executable, "-m", "gym_invmgmt.command_line", "import", "m5", name, "--output"]
        for what, command in {
            "import m5, all items": [*imported, str(folder / "all")],
            "import m5, one item": [*imported, str(folder / "one"), "--item", "FOODS_3_090"],
            "m5_wide_csv_to_spec": [sys.executable, "-c", ADAPTER.format(path=sales)],
        }.items():
            begun = time.perf_counter()
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            seconds = time.perf_counter() - begun
            # The peak of all commands so far.
            megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            print(f"{what:24} {seconds:6.1f} s, at most {megabytes:.0f} MB so far")
            if done.returncode != 0:
                print(done.stderr, file=sys.stderr)
            if done.returncode != 0 or seconds > MOST_SECONDS or megabytes > MOST_MEGABYTES:
                code = 1
    return code


if __name__ == "__main__":
    sys.exit(main())
