"""The page on the classics is the one that its files make, and states what the board holds."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

from gym_invmgmt import _native

PROJECT = Path(__file__).resolve().parents[2]


def test_the_page_is_what_the_files_make() -> None:
    made = runpy.run_path(str(PROJECT / "tools" / "classics_page.py"))["text"]()
    assert (PROJECT / "docs" / "classics.md").read_text(encoding="utf-8") == made, "make classics-page"


def test_the_board_is_of_the_suite_that_comes_along() -> None:
    board = json.loads((PROJECT / "data" / "classics_board.json").read_text(encoding="utf-8"))
    name, version, problems = next(row for row in _native.suites() if row[0] == board["suite"])
    assert (name, version) == ("classics-1", board["version"])
    assert {entry["problem"] for entry in board["entries"]} <= set(problems)
    assert all(entry["replayed"] for entry in board["entries"])
