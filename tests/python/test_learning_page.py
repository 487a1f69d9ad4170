"""The rankings on the page about learning: whoever plays without torch earns there what the page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gym_invmgmt import benchmark

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "learning.md").read_text(encoding="utf-8")
RANKINGS = re.findall(r"^```text\n(\S+-\d+/\w+)\n((?:\d+\. .*\n)+)", PAGE, re.MULTILINE)
#: Planners of the larger network take longer than a test may.
SLOW = {"published-26/S17": {"mssp:informed", "mpc:informed"}}


def test_the_page_has_its_rankings() -> None:
    assert [problem for problem, _ in RANKINGS] == ["published-26/S19", "published-26/S17"]


@pytest.mark.parametrize(("problem", "lines"), RANKINGS, ids=[problem for problem, _ in RANKINGS])
def test_a_ranking_is_in_order_and_its_figures_are_what_is_earned(problem: str, lines: str) -> None:
    rows = re.findall(r"^(\d+)\. (\S+) +(-?[\d.]+)", lines, re.MULTILINE)
    profits = [float(profit) for _, _, profit in rows]
    assert [int(rank) for rank, _, _ in rows] == list(range(1, len(rows) + 1))
    assert profits == sorted(profits, reverse=True)
    shown = {name: float(profit) for _, name, profit in rows if not re.match(r"[SN]\d\d-", name)}
    names = [name for name in shown if name not in SLOW.get(problem, set())]
    assert len(names) >= 3
    found = {row["policy"]: row["profit"] for row in benchmark(problem, names).ranking}
    assert {name: round(found[name], 1) for name in names} == {name: shown[name] for name in names}


@pytest.mark.parametrize("problem", ["N01", "N10"])
def test_planners_beside_the_agents_earn_what_the_page_says(problem: str) -> None:
    header, row = re.findall(
        rf"^\| problem (\|.*`mpc:informed` \|)\n(?:.*\n)*?\| {problem} (\|.*)", PAGE, re.MULTILINE
    )[0]
    columns = [column.strip(" `") for column in header.strip("|").split("|")]
    cells = dict(zip(columns, row.strip("|").split("|"), strict=True))
    result = benchmark(f"standard-1/{problem}", ["newsvendor:informed", "mpc:informed"])
    for policy in ("newsvendor:informed", "mpc:informed"):
        profits = result.profits(policy, problem)
        assert len(profits) == 20
        assert f"{profits.mean():.1f}" == cells[policy].split()[0]
