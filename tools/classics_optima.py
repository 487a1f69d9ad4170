"""Proves the optima of the classics anew: every problem of kind ``proven`` is solved by ``exact``, and met.

    python tools/classics_optima.py [STATES] [ID...]

Every policy is played for a million periods and has to earn what it was promised. Problems with more than STATES states
(20,000 by default) are said and left out; ids name those to solve in any case.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from gym_invmgmt import _native, load_scenario

SUITE = "classics-1"
#: Relative difference of two solutions that are the same.
SAME = 1e-6
#: Discounted problems are those of De Moor et al.: a year behind a hundred periods.
WINDOW = ("--warm-up", "100", "--periods", "365")


def main() -> None:
    """Solves them; the exit code says whether all are met."""
    given = sys.argv[1:]
    most = int(given.pop(0)) if given and given[0].isdigit() else 20_000
    program = str(Path(sys.executable).with_name("gym-invmgmt"))
    faults = []
    for problem in given or next(ids for name, _, ids in _native.suites() if name == SUITE):
        optimum = load_scenario(f"{SUITE}/{problem}").optimum
        if optimum is None or optimum.kind != "proven" or optimum.value is None:
            continue
        states = re.search(r"(\d+) states", optimum.by)
        if not given and (states is None or int(states[1]) > most):
            print(f"{problem}: {optimum.by}: left out")
            continue
        command = [program, "exact", f"{SUITE}/{problem}", "--criterion", optimum.criterion, "--json"]
        command += WINDOW if optimum.criterion == "discounted" else ()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            faults.append(f"{problem}: {done.stderr.strip()}")
            continue
        found = json.loads(done.stdout)
        value = found["value"]
        print(f"{problem}: {value}", flush=True)
        if abs(value - optimum.value) > SAME * abs(optimum.value):
            faults.append(f"{problem}: exact finds {value}, the suite says {optimum.value}")
        if not found["simulated"]["agrees"]:
            faults.append(f"{problem}: played, the policy earned other than promised: {found['simulated']}")
    if faults:
        sys.exit("\n".join(faults))


if __name__ == "__main__":
    main()
