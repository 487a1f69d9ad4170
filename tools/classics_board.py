"""Plays the classics: constants, tuned levels, known policies, exact tables, a planner, and learned policies on some.

    python tools/classics_board.py BOARD.json FOLDER [ID...]

Each problem is a run of the benchmark in a folder of its own, which is kept and gone on with; `gym-invmgmt leaderboard`
checks and merges them into the board that the page on the classics shows. Fails where a tuned base-stock level misses
the published one, or anything does better than an optimum.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from gym_invmgmt import CoreEnv, Scenario, _native, exact, load_scenario, optimize, policies, rollout

SUITE = "classics-1"
#: What the search for levels sees, and how many sets of levels it tries.
TRAINING, HELD_OUT, BUDGET = range(0, 12), range(30_000, 30_012), 400
#: How much worse than the best published level of its kind a tuned one may be, beyond sampling, in percent.
AS_GOOD = 1.5
#: States up to which an optimal policy is found and played as a table.
SMALL = 7_000
#: The planner that plans every period anew, and how much work that may be: orders of an episode times numbers seen.
PLANNER, MOST_WORK = "mpc:informed", 200_000
#: The trained policy, where one comes along; the other problems on which one is trained, and how long.
COMES_ALONG = "learned:informed"
LEARNED = ("lost-sales-poisson-L2-p9", "nine-nodes-backlog", "nine-nodes-lost-sales")
TRAINING_STEPS = "150"


def command(*arguments: str) -> str:
    """What the command line prints; its message if it refuses."""
    program = str(Path(sys.executable).with_name("gym-invmgmt"))
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


def tuned(scenario: Scenario) -> str:
    """The best levels that a search finds, of the family of the known policy, or base-stock levels."""
    families = [known.policy.partition(":")[0] for known in scenario.known]
    family = next((family for family in ("ss", "echelon") if family in families), "basestock")
    return optimize(scenario, family, budget=BUDGET, seeds=TRAINING, held_out=HELD_OUT, num_threads=1).policy


def best_constant(scenario: Scenario) -> list[str]:
    """The constant order that is best, where customers are lost; where they wait none lasts."""
    if scenario.kwargs["backlog"] and scenario.num_periods > 100:
        return []
    found = {
        quantity: rollout(scenario, f"constant:{quantity}", TRAINING)["total_profit"].mean() for quantity in range(21)
    }
    return [f"constant:{max(found, key=lambda quantity: found[quantity])}"]


def planners(scenario: Scenario) -> list[str]:
    """The planner, where it models all that a problem has and the episode is not too much for it."""
    env = CoreEnv(scenario)
    try:
        policies.make(PLANNER, env)
    except ValueError:
        return []
    work = len(env.network.reorder_links) * scenario.num_periods * env.obs_dim
    return [PLANNER] if work <= MOST_WORK else []


def table(problem: str, scenario: Scenario, folder: Path) -> list[str]:
    """An optimal policy as a table, where the problem is proven and small."""
    best = scenario.optimum
    states = best and re.search(r"(\d+) states", best.by)
    if best is None or best.kind != "proven" or not states or int(states[1]) > SMALL:
        return []
    found = exact(scenario, best.criterion, num_threads=1)  # type: ignore[arg-type]
    found.policy.save(folder / problem / "exact.npz")
    return [f"table:{folder / problem / 'exact.npz'}"]


def learned(problem: str, scenario: Scenario, folder: Path) -> list[str]:
    """A policy trained by the gradient of what it earns: the one that comes along, or a quick one."""
    try:
        policies.make(COMES_ALONG, CoreEnv(scenario))
    except ValueError:
        pass
    else:
        return [COMES_ALONG]
    if problem not in LEARNED:
        return []
    path = folder / problem / "learned.safetensors"
    command(
        "train", "--scenario", f"{SUITE}/{problem}", "--steps", TRAINING_STEPS, "--episodes", "16", "--out", str(path)
    )
    return [f"learned:{path}"]


def play(problem: str, folder: Path) -> str:
    """Plays one problem into its folder; the tuned policy."""
    scenario = load_scenario(f"{SUITE}/{problem}")
    chosen = folder / problem / "policies.json"
    if not chosen.is_file():
        chosen.parent.mkdir(parents=True, exist_ok=True)
        known = [known.policy for known in scenario.known]
        others = [*best_constant(scenario), *planners(scenario), *learned(problem, scenario, folder)]
        others += table(problem, scenario, folder)
        # The tuned one first.
        names = list(dict.fromkeys([tuned(scenario), *known, *others]))
        print(f"{problem}: {', '.join(names)}", flush=True)
        chosen.write_text(json.dumps(names))
    names = json.loads(chosen.read_text())
    out = str(folder / problem / "results")
    command("benchmark", "--suite", f"{SUITE}/{problem}", "--policies", ",".join(names), "--threads", "1", "--out", out)
    return str(names[0])


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
    faults = [fault for problem, tuned in played.items() for fault in misses(entries, problem, tuned)]
    if faults:
        sys.exit("\n".join(faults))


if __name__ == "__main__":
    main()
