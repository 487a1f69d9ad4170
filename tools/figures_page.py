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

| figure | unit | better | what it is | Python | `simulate --json` | `benchmark` |
|---|---|---|---|---|---|---|
"""

FOOT = """\

- A share is a number from 0 to 1; tables for people show it in percent.
- Money is discounted, and of all nodes together. Revenue and salvage less all costs are the profit.
- In the benchmark, figures are of the scored periods of a problem, and `fill_rate` is 1 at most, as published.
- `rollout` of a policy by name gives the money by part, other rollouts do not.
- Names differ where scripts have long read them. The bullwhip ratio of `compute_bullwhip` is another: coefficients of
  variation, the largest of all supply links over that of demand.

The list is `invmgmt::episode::KEY_FIGURES`; `make figures-page` writes this page from it.
"""


def page() -> str:
    """The page."""
    rows = []
    for key, title, unit, better, meaning, (in_python, command_line, benchmark) in _native.Episode.KEY_FIGURES:
        names = [f"`{name}`" if name else "" for name in (key if in_python else None, command_line, benchmark)]
        rows.append(f"| {' | '.join([title, unit, better, meaning, *names])} |")
    return HEAD + "\n".join(rows) + "\n" + FOOT


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
