"""The width of comments: what the tool finds and how it breaks it."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

TOOL: dict[str, Any] = runpy.run_path(str(Path(__file__).resolve().parents[2] / "tools" / "check_width.py"))
WORDS = "word " * 23


def broken(text: str) -> str:
    found: str = TOOL["fixed"](text, TOOL["COMMENTS"][".rs"])
    return found


@pytest.mark.parametrize("mark", ["///", "//!", "//", "    ///"])
def test_words_go_over_to_the_next_line_of_the_paragraph(mark: str) -> None:
    text = f"{mark} {WORDS}first second\n{mark} third.\n{mark}\n{mark} Another.\n"
    lines = broken(text).split("\n")
    assert all(len(line) <= 120 for line in lines)
    assert (
        " ".join(line.strip().removeprefix(mark.strip()).strip() for line in lines[:2]) == f"{WORDS}first second third."
    )
    assert lines[2:] == [mark, f"{mark} Another.", ""]


@pytest.mark.parametrize("following", ["/// - an item", "/// | a | table |", "///", "/// ```", "fn code() {}", ""])
def test_words_do_not_join_what_is_no_part_of_the_paragraph(following: str) -> None:
    lines = broken(f"/// {WORDS}first second\n{following}").split("\n")
    assert lines[1].startswith("/// ")
    assert lines[2] == following


def test_code_in_a_comment_and_what_has_no_space_stay(tmp_path: Path) -> None:
    code = f"/// ```\n/// {WORDS}more words than fit\n/// ```\n/// {'x' * 130}\n"
    assert broken(code) == code
    path = tmp_path / "wide.rs"
    path.write_text(f'/// {"x" * 130}\nlet text = "{WORDS}{WORDS}";\n/// {WORDS}{WORDS}\n')
    assert TOOL["too_wide"](path) == [3]
    path = tmp_path / "wide.sh"
    path.write_text(f"# short\necho {WORDS}{WORDS}\n")
    assert TOOL["too_wide"](path) == [2]
