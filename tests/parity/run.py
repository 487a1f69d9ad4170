"""The differential test, `python -m tests.parity.run`: plays every case in both packages, compares all they show.

The last line is `N passed, M failed`; the exit code is 1 if any case failed. `--only NAME` plays one case.
`--ours PYTHON` plays with another interpreter in our place: with the release's own, the test tests itself.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import textwrap
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from .cases import MINIMUMS, Case, all_cases, coverage
from .compare import TOLERANCE, Differences, Shown, by_case, compare_case
from .reference import reference_python

HERE = Path(__file__).resolve().parent
RELEASE_VERSION = "0.2.1"
MESSAGES_PER_CASE = 6

# What the played episodes must have shown at the least: a test in which nothing runs short proves little.
REACHED_MINIMUMS = {
    "an order cut for lack of stock or capacity": 200,
    "unmet demand": 200,
    "sentiment away from 1": 80,
    "negative orders": 40,
    "a period without demand": 40,
    "demand above 100": 30,
}


def main() -> int:
    """Runs the test; returns the exit code."""
    arguments = read_arguments()
    cases = all_cases()
    if not print_counts("Cases", coverage(cases), MINIMUMS):
        return 1
    if arguments.only:
        cases = [case for case in cases if case["name"] == arguments.only]
    played = play_in_both(cases, [arguments.ours or sys.executable, str(reference_python())])
    ours_by, release_by = (json.loads(str(shown["played_by.json"])) for shown in played)
    print(f"\nOurs: {in_words(ours_by)}. Release: {in_words(release_by)}.")
    if release_by["version"] != RELEASE_VERSION or release_by["native"]:
        print(f"{release_by['version']} is not the release {RELEASE_VERSION}")
        return 1
    if not arguments.ours and not ours_by["native"]:
        print("This interpreter's gym_invmgmt is not ours: it has no engine. Build it first.")
        return 1
    ours, release = (by_case(shown) for shown in played)
    if not arguments.only and not print_counts("Reached", reached(release), REACHED_MINIMUMS):
        return 1
    return report(cases, ours, release)


def read_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", metavar="NAME", help="play this case alone")
    parser.add_argument("--ours", metavar="PYTHON", help="the interpreter that has ours")
    return parser.parse_args()


def print_counts(title: str, counts: dict[str, int], minimums: dict[str, int]) -> bool:
    """Prints how often each feature occurs; says which occur too rarely and returns whether none does."""
    text = f"{title}: " + ", ".join(f"{feature} {count}" for feature, count in counts.items())
    print(textwrap.fill(text, width=110), flush=True)
    rare = {feature: count for feature, count in counts.items() if count < minimums[feature]}
    for feature, count in rare.items():
        print(f"too few with {feature}: {count}, at least {minimums[feature]} are needed")
    return not rare


def play_in_both(cases: list[Case], interpreters: list[str]) -> list[Shown]:
    """What each interpreter's package shows, played side by side in processes of their own."""
    with tempfile.TemporaryDirectory() as folder:
        cases_file = Path(folder) / "cases.json"
        cases_file.write_text(json.dumps(cases), encoding="utf-8")
        files = [Path(folder) / f"played-{side}.npz" for side in range(len(interpreters))]
        processes = [
            subprocess.Popen([python, "-I", str(HERE / "play.py"), str(cases_file), str(file)])
            for python, file in zip(interpreters, files, strict=True)
        ]
        codes = [process.wait() for process in processes]
        if any(codes):
            raise SystemExit(f"play.py ended with exit codes {codes} (ours, release)")
        return [dict(np.load(file, allow_pickle=False)) for file in files]


def in_words(description: dict[str, Any]) -> str:
    """A side in words."""
    return "gym_invmgmt {version}, numpy {numpy}, Python {python}".format(**description)


def reached(played: dict[str, Shown]) -> dict[str, int]:
    """In how many cases each thing of `REACHED_MINIMUMS` happened."""
    counts: Counter[str] = Counter()
    for shown in played.values():
        happened: set[str] = set()
        for episode in {name.partition("/")[0] for name in shown if name.endswith("/D")}:
            requested, filled, unmet, demand, sentiment = (
                shown[f"{episode}/{name}"] for name in ("action_log", "R", "U", "D", "GW")
            )
            periods = len(shown[f"{episode}/rewards"])
            found = {
                "an order cut for lack of stock or capacity": (filled < requested).any(),
                "unmet demand": (unmet > 0).any(),
                "sentiment away from 1": ((sentiment != 1) & (sentiment != 0)).any(),
                "negative orders": (requested < 0).any(),
                "a period without demand": (demand[:periods] == 0).any(),
                "demand above 100": (demand > 100).any(),
            }
            happened |= {feature for feature, present in found.items() if present}
        counts.update(happened)
    return {feature: counts[feature] for feature in REACHED_MINIMUMS}


def report(cases: list[Case], ours: dict[str, Shown], release: dict[str, Shown]) -> int:
    """Prints every difference, the largest per array, and the closing line; returns the exit code."""
    differences = Differences()
    failed = 0
    for case in cases:
        name = case["name"]
        messages = list(compare_case(ours.get(name, {}), release.get(name, {}), differences))
        if not release.get(name):
            messages.append("the release shows nothing")
        failed += bool(messages)
        for message in messages[:MESSAGES_PER_CASE]:
            print(f"{name}: {message}")
        if len(messages) > MESSAGES_PER_CASE:
            print(f"{name}: and {len(messages) - MESSAGES_PER_CASE} more")
    print(f"\nLargest differences (allowed: {TOLERANCE:g}; none in demand, requests and the stream):")
    for array in sorted(differences.largest):
        print(f"  {array:20} {differences.largest[array]:<12.3g} over {differences.compared[array]} values")
    print(f"\n{len(cases)} cases compared.")
    print(f"{len(cases) - failed} passed, {failed} failed")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
