"""Plays the classics: tuned base-stock levels, known policies, constants, and planners and exact tables on small ones.

    python tools/classics_board.py BOARD.json FOLDER [ID...]

Each problem is a run of the benchmark in a folder of its own, which is kept and gone on with; `gym-invmgmt leaderboard`
checks and merges them into the board that the page on the classics shows. Fails where a tuned base-stock level misses
the published one, or anything does better than an optimum.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from gym_invmgmt import Scenario, _native, load_scenario, optimize

SUITE = "classics-1"
#: What the search for levels sees, and how many sets of levels it tries.
TRAINING, HELD_OUT, BUDGET = range(0, 12), range(30_000, 30_012), 60
#: How much worse than the best published level of its kind a tuned one may be, beyond sampling, in percent.
AS_GOOD = 1.5
#: States up to which an optimal policy is found and played as a table.
SMALL = 20_000


def command(*arguments: str) -> str:
    """What the command line prints; its message if it refuses."""
    program = str(Path(sys.executable).with_name("gym-invmgmt"))
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


def policies(problem: str, scenario: Scenario) -> list[str]:
    """Who plays: a constant at mean demand, what is known, and the best levels that a search finds."""
    found = [known.policy for known in scenario.known]
    family = "echelon" if any(policy.startswith("echelon") for policy in found) else "basestock"
    chosen = "ss" if any(policy.startswith("ss") for policy in found) else family
    tuned = optimize(scenario, chosen, budget=BUDGET, seeds=TRAINING, held_out=HELD_OUT, num_threads=1).policy
    print(f"{problem}: {tuned}", flush=True)
    return list(dict.fromkeys([*found, tuned]))


def play(problem: str, folder: Path) -> list[str]:
    """Plays one problem into its folder; who plays."""
    scenario = load_scenario(f"{SUITE}/{problem}")
    chosen = folder / problem / "policies.json"
    if not chosen.is_file():
        chosen.parent.mkdir(parents=True, exist_ok=True)
        chosen.write_text(json.dumps(policies(problem, scenario)))
    names: list[str] = json.loads(chosen.read_text())
    out = str(folder / problem / "results")
    command("benchmark", "--suite", f"{SUITE}/{problem}", "--policies", ",".join(names), "--threads", "1", "--out", out)
    return names


def misses(entries: list[dict[str, Any]], problem: str, tuned: str) -> list[str]:
    """Where a tuned policy is worse than the best published one of its kind."""
    scenario = load_scenario(f"{SUITE}/{problem}")
    kind = tuned.partition(":")[0]
    own = [entry for entry in entries if entry["problem"] == problem]
    rows = {entry["policy"]: entry for entry in own}
    said = []
    for known in scenario.known:
        if known.policy.partition(":")[0] == kind and known.policy in rows and tuned in rows:
            worse = rows[tuned]["percent"] - rows[known.policy]["percent"]
            if worse > AS_GOOD:
                said.append(f"{problem}: {tuned} is {worse:.2f} points worse than {known.policy}")
    return said


def main() -> None:
    """Plays what is missing and writes the board."""
    board, folder = Path(sys.argv[1]), Path(sys.argv[2])
    ids = sys.argv[3:] or next(problems for name, _, problems in _native.suites() if name == SUITE)
    played = {problem: play(problem, folder) for problem in ids}
    folders = [str(folder / problem / "results") for problem in ids]
    command("leaderboard", *folders, "--out", str(board))
    entries = json.loads(board.read_text())["entries"]
    faults = [fault for problem, names in played.items() for fault in misses(entries, problem, names[-1])]
    if faults:
        sys.exit("\n".join(faults))


if __name__ == "__main__":
    main()
