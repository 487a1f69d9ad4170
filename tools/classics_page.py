"""Writes docs/classics.md from the classics that come along, their suite, and the board of who plays how well.

    python tools/classics_page.py [--check]

With ``--check`` nothing is written: the exit code says whether the page is current.
"""

from __future__ import annotations

import json
import sys
import textwrap
from pathlib import Path
from typing import Any

from gym_invmgmt import Scenario, _native, classics, load_scenario

ROOT = Path(__file__).parent.parent
PAGE, BOARD = ROOT / "docs/classics.md", ROOT / "data/classics_board.json"
SUITE = "classics-1"
#: Policies of the board that a row shows.
SHOWN = 6
HEAD = """\
# The classics

The famous problems of inventory theory, each one of our networks, so that every learner, planner and command plays
it, and each with what is optimal. This page is written by `make classics-page` from the files of the classics, the
suite `classics-1` and the board of what we played.

```python
import gymnasium as gym

import gym_invmgmt

env = gym.make("GymInvMgmt/LostSales-v0", lead_time=2, penalty=9)
print(env.unwrapped.problem.optimum.words)
print(env.unwrapped.problem.known)
```

```text
@OPTIMUM@
@KNOWN@
```

- `gym.make_vec("GymInvMgmt/LostSales-v0", num_envs=256, lead_time=4)` is a batch of it; `observation="position"`
  shows the inventory position of each node in place of the whole state. Actions are order quantities per supply
  link; `action_mode="base-stock"` and the others are on the page of [action modes](actions.md).
- A scenario file names one, with parameters: `classic: {name: LostSales, lead_time: 4, penalty: 9}`. Keys beside it
  win.
- A problem of the suite plays by its name everywhere: `gym-invmgmt simulate --scenario
  classics-1/lost-sales-poisson-L4-p4`, and has an id of its own,
  `GymInvMgmt/classics-1-lost-sales-poisson-L4-p4-v1`.
- `gym-invmgmt exact classics-1/lost-sales-poisson-L2-p9` proves an optimum anew ([how](exact.md)).

**How to read the tables.** A number is a cost per period, unless its problem says otherwise. It is *proven* by
dynamic programming on the engine's own period (where nothing is drawn, by a linear programme that whole orders meet),
*published* in the literature or by its formula, or a *bound*: no optimum is known, and the number is the best that is
known to be reached. Beside what is proven stands what is *published*, to the digits printed. *Ours* are the policies
of our board, the best first, with how much worse they are than the optimum: constants and levels that
[`optimize`](optimize.md) found on seeds of its own, the policies of the literature with their published values,
`exact`, the proven policy as a table, `learned`, trained by [gradients](gradients.md), and planners. A few tenths of
a percent are sampling; the board has intervals. Horizon and warm-up are part of the suite: 100 periods are played
before 1,000 are measured and 100 more behind them, so that no policy gains from knowing the end, unless the
convention of a problem says otherwise.

**A board of one's own.** `benchmark` writes a folder of results; `leaderboard` merges folders that people send each
other. A folder is refused, and nothing merged, if a file does not match its hash, the problems or seeds are not those
of the suite that comes along, an episode failed, something does better than what is optimal by more than sampling
explains, or a policy by name, played again on every seed, knows or earns something else than the folder says.

```console
$ gym-invmgmt benchmark --suite classics-1/lost-sales-poisson-L2-p9 --policies basestock:19,constant:5 --out mine
$ gym-invmgmt leaderboard mine --out board.json
```

`board.json` holds per problem and policy the value with its interval, the distance to the optimum with its own,
whether all episodes were played again, the number of seeds, the command that makes the results, version and commit of
the program, the hash of the run, and, over all entries, a hash.

"""


def number(value: float | None, digits: int = 7) -> str:
    """A number with so many significant digits."""
    return "" if value is None else f"{value:.{digits}g}"


def optimum(scenario: Scenario) -> tuple[str, str, str, str]:
    """The optimum, how it is known, by whom, and what is published of it."""
    best = scenario.optimum
    if best is None:
        return "", "", "", ""
    published = "" if best.published is None else f"{best.published:.12g}"
    if best.value is not None:
        return number(best.value), best.kind, best.by, published
    low, high = number(best.low), number(best.high)
    return (f"{low} to {high}" if low and high else f"≥ {low}" if low else f"≤ {high}"), best.kind, best.by, ""


def ours(rows: list[dict[str, Any]], scenario: Scenario) -> str:
    """The policies of the board on a problem, the best first, with the published value of those that have one."""
    published = {known.policy: known.value for known in scenario.known}
    parts = []
    for row in rows[:SHOWN]:
        kind, _, of = row["policy"].partition(":")
        name = {"table": "exact", "learned": "learned"}.get(kind) if "/" in of else None
        text = f"`{name or row['policy']}` {row['value']:.5g}"
        if row["percent"] is not None:
            text += f" ({row['percent']:+.1f} %)"
        if row["policy"] in published:
            text += f", published {number(published[row['policy']])}"
        parts.append(text)
    return "; ".join(parts)


def names() -> dict[str, list[tuple[str, Scenario]]]:
    """Problems of the suite by classic, in order."""
    problems = next(ids for name, _, ids in _native.suites() if name == SUITE)
    grouped: dict[str, list[tuple[str, Scenario]]] = {name: [] for name in classics.names()}
    titles = {title: name for name, title, *_ in _native.classics()}
    for problem in problems:
        scenario = load_scenario(f"{SUITE}/{problem}")
        title = (scenario.name or "").partition(":")[0]
        grouped[titles[title]].append((problem, scenario))
    return grouped


def wrapped(text: str) -> str:
    """A paragraph in lines of the pages' width."""
    return textwrap.fill(" ".join(text.split()), 120, break_on_hyphens=False, break_long_words=False)


def section(page: tuple[str, str, str, bool, list[tuple[str, str, str, str]]], problems: Any, board: Any) -> str:
    """What the page says of one classic."""
    name, title, text, _, parameters = page
    usual = classics.scenario(name)
    lines = [f"## {title[0].upper()}{title[1:]}", "", wrapped(text), ""]
    made = f'`gym.make("GymInvMgmt/{name}-v0")`' if name in classics.ENVIRONMENTS else f"`classic: {name}`"
    lines += [wrapped(f"{made}. {usual.source}. {usual.convention}"), ""]
    lines += ["| parameter | meaning | default | allowed |", "|---|---|---|---|"]
    lines += [f"| `{own}` | {meaning} | `{default}` | {allowed} |" for own, meaning, default, allowed in parameters]
    lines += ["", "| problem | optimum | known | published | by | ours |", "|---|--:|---|--:|---|---|"]
    for problem, scenario in problems:
        value, kind, by, published = optimum(scenario)
        rows = [row for row in board if row["problem"] == problem]
        lines.append(f"| `{problem}` | {value} | {kind} | {published} | {by} | {ours(rows, scenario)} |")
    return "\n".join(lines)


def text() -> str:
    """The whole page."""
    board = json.loads(BOARD.read_text(encoding="utf-8"))["entries"]
    grouped = names()
    sections = [section(page, grouped[page[0]], board) for page in _native.classics()]
    shown = load_scenario(f"{SUITE}/lost-sales-poisson-L2-p9")
    head = HEAD.replace("@OPTIMUM@", shown.optimum.words if shown.optimum else "").replace("@KNOWN@", repr(shown.known))
    return head.rstrip() + "\n\n" + "\n\n".join(sections) + "\n"


def main() -> None:
    """Writes the page, or says that it is not current."""
    if "--check" in sys.argv[1:]:
        if PAGE.read_text(encoding="utf-8") != text():
            sys.exit("docs/classics.md is not current; run: make classics-page")
    else:
        PAGE.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
