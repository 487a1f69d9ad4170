"""Trains the policies that come along as `learned:informed`, `learned:family` and `learned:blind`.

`python tools/train_learned.py PROGRAM FOLDER FILES`: PROGRAM is `gym-invmgmt`; what training leaves goes to FOLDER, the
policies and what they earn (`figures.json`) to FILES. Prints a Markdown table of profits held out, and how far below
the bound they are. Exit code 1 if a profit is outside the interval that `figures.json` held before.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple


class Course(NamedTuple):
    """What is trained together: problems of a suite, at some levels of knowledge, for so many steps."""

    suite: str
    levels: tuple[str, ...]
    steps: int
    #: Episodes a step.
    episodes: int


COURSES = (
    Course("published-26/S01,S02,S05,S06,S09,S10,S13,S14,S17,S18,S19,S20", ("informed", "family", "blind"), 5000, 128),
    # Where a net earns more than all else that comes along: no optimal policy is known, or its table is large.
    Course("standard-1/N01", ("informed",), 1500, 128),
    Course("standard-1/N06", ("informed",), 800, 128),
    Course(
        "classics-1/lost-sales-poisson-L4-p9,lost-sales-poisson-L4-p19,lost-sales-poisson-L4-p39,"
        "random-lead-time-lost-sales-unit",
        ("informed",),
        2500,
        64,
    ),
    # Two prices and lead times are learnt slowly, by many small steps.
    Course("classics-1/dual-sourcing-U4-L4-b495-c10", ("informed",), 6000, 16),
)
#: Standard errors of a difference within which two trainings earn the same.
WITHIN = 2.0


def train(program: str, course: Course, knows: str, folder: Path) -> list[dict[str, Any]]:
    """Trains the policies of a level; what each earns, problem by problem."""
    command = [program, "train", "--suite", course.suite, "--knows", knows, "--steps", str(course.steps)]
    command += ["--episodes", str(course.episodes), "--json"]
    done = subprocess.run([*command, "--out", str(folder)], stdout=subprocess.PIPE, text=True, check=True)
    policies: list[dict[str, Any]] = json.loads(done.stdout)["policies"]
    return policies


def main(program: str, folder: Path, files: Path) -> int:
    """Trains all, copies the policies and says what they earn."""
    folder.mkdir(parents=True, exist_ok=True)
    files.mkdir(parents=True, exist_ok=True)
    recorded = files / "figures.json"
    before = json.loads(recorded.read_text(encoding="utf-8")) if recorded.exists() else {}
    figures: dict[str, dict[str, float]] = {}
    changed = []
    print("| policy | problem | steps | profit held out | below the bound |\n|---|---|--:|--:|--:|")
    lessons = [(course, knows) for course in COURSES for knows in course.levels]
    for course, knows in lessons:
        for policy in train(program, course, knows, folder):
            shutil.copy(policy["file"], files)
            for row in policy["problems"]:
                name, mean, error = f"{knows} {row['problem']}", row["mean"], row["standard_error"]
                figures[name] = {"mean": mean, "standard_error": error}
                # A machine in company may take too long to find the bound; then none is told.
                below = f"{100 * (1 - mean / row['bound']):.2f} %" if row["bound"] else ""
                print(f"| {knows} | {row['problem']} | {policy['steps']} | {mean:.1f} ± {error:.1f} | {below} |")
                known = before.get(name, figures[name])
                if abs(mean - known["mean"]) > WITHIN * (error**2 + known["standard_error"] ** 2) ** 0.5:
                    changed.append(f"{name} earns {mean:.1f}; recorded were {known['mean']:.1f}")
    recorded.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print("\n".join(changed))
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])))
