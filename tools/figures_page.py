"""Writes docs/figures.md from the engine's list of key figures.

`python tools/figures_page.py` rewrites the page; a test compares it with what this makes.
"""

from pathlib import Path

from gym_invmgmt import _native

PAGE = Path(__file__).resolve().parents[1] / "docs" / "figures.md"

HEAD = """\
# Key figures

Every figure that an episode is measured by, once. Python (`compute_kpis`, `rollout`, the vector environment), the
command line (table, report and JSON of `simulate`), the benchmark (its files and its report) and the dashboard show
those that the table names for them, all by the same formula. *Better* says which values are, all else being equal.
*In tables* says on which networks tables for people show a figure; programs are always given all of them.

| figure | unit | better | what it is | Python | `simulate --json` | `benchmark` | in tables |
|---|---|---|---|---|---|---|---|
"""

NODES = """\

## Of single nodes

`compute_node_kpis`, `rollout(..., by_node=True)`, `simulate --by-node` and the `nodes` of `simulate --json` give these
for every managed node: those of customers where it sells to any, the utilisation where it is a factory with a limit.
Under `links` the JSON has the share of its cap that each link with one carried, `cap_utilisation`.

| figure | unit | what it is | name | in tables |
|---|---|---|---|---|
"""

FOOT = """\

- A share is a number from 0 to 1; tables for people show it in percent.
- Money is discounted, and of all nodes together. Revenue and salvage less all costs are the profit.
- In the benchmark, figures are of the scored periods of a problem, and `fill_rate` is 1 at most, as published.
- `rollout` of a policy by name gives the money by part, other rollouts do not; what only mechanisms cost
  (`late_penalty`, `waste_cost`, `overflow_cost`, `joint_cost`) all give.
- A unit that customers wait for when an episode ends is neither late nor lost.
- Names differ where scripts have long read them. The bullwhip ratio of `compute_bullwhip` is another: coefficients of
  variation, the largest of all supply links over that of demand.

The lists are `invmgmt::episode::KEY_FIGURES` and `NODE_FIGURES`; `make figures-page` writes this page from them.
"""


def page() -> str:
    """The page."""
    rows = []
    for key, title, unit, better, meaning, faces, shown in _native.Episode.KEY_FIGURES:
        in_python, command_line, benchmark = faces
        names = [f"`{name}`" if name else "" for name in (key if in_python else None, command_line, benchmark)]
        rows.append(f"| {' | '.join([title, unit, better, meaning, *names, shown])} |")
    nodes = [
        f"| {title} | {unit} | {meaning} | `{key}` | {shown} |"
        for key, title, unit, meaning, shown in _native.Episode.NODE_FIGURES
    ]
    return HEAD + "\n".join(rows) + "\n" + NODES + "\n".join(nodes) + "\n" + FOOT


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
