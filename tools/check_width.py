"""Checks that no comment, and no line of a script, is wider than a page.

`python tools/check_width.py` names every line that is; `--fix` breaks the comments among them, words going over to the
next line of the same paragraph. Code in Rust is left to rustfmt, which cannot break a text; Python is left to ruff.
Exit code 1 if a line is too wide.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

WIDTH = 120
ROOT = Path(__file__).resolve().parents[1]
#: Kinds of files, and how their comments begin.
COMMENTS = {
    ".rs": re.compile(r"^(\s*//[/!]? ?)"),
    ".mjs": re.compile(r"^(\s*(?://|\*) ?)"),
    ".sh": re.compile(r"^(\s*# ?)"),
    ".py": re.compile(r"^(\s*#:? ?)"),
}
#: Files in which every line counts.
SCRIPTS = {".mjs", ".sh"}
#: What begins a paragraph of its own in a comment, or cannot be broken.
APART = re.compile(r"^(?:[-*|#]|\d+\. |```|\[|$)")


def files() -> list[Path]:
    """The sources of the repository."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if Path(name).suffix in COMMENTS and (ROOT / name).is_file()]


def too_wide(path: Path) -> list[int]:
    """The lines that are too wide, the first being 1. A comment of one word cannot be broken and may be."""
    comment = COMMENTS[path.suffix]

    def is_wide(line: str) -> bool:
        begins = comment.match(line)
        if begins is None:
            return path.suffix in SCRIPTS
        said = line[begins.end() :].strip()
        return " " in said and not said.startswith("|")

    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    return [number for number, line in lines if len(line) > WIDTH and is_wide(line)]


def fixed(text: str, comment: re.Pattern[str]) -> str:
    """The text with its wide comments broken."""
    lines = text.split("\n")
    position, in_code = 0, False
    while position < len(lines):
        line = lines[position]
        begins = comment.match(line)
        if begins and line[begins.end() :].startswith("```"):
            in_code = not in_code
        if begins and not in_code and len(line) > WIDTH and not line[begins.end() :].startswith("|"):
            cut = line.rfind(" ", begins.end() + 1, WIDTH + 1)
            if cut > begins.end():
                head, rest = line[:cut], line[cut + 1 :]
                lines[position] = head
                _carry_over(lines, position + 1, begins.group(1), rest, comment)
        position += 1
    return "\n".join(lines)


def _carry_over(lines: list[str], position: int, prefix: str, rest: str, comment: re.Pattern[str]) -> None:
    """Puts words at the beginning of a paragraph's next line, or on a line of their own where it ends."""
    following = lines[position] if position < len(lines) else ""
    begins = comment.match(following)
    if begins and begins.group(1).rstrip() == prefix.rstrip():
        said = following[begins.end() :]
        if said and not APART.match(said):
            indent = said[: len(said) - len(said.lstrip())]
            lines[position] = f"{begins.group(1)}{indent}{rest} {said.lstrip()}"
            return
    lines.insert(position, f"{prefix}{rest}")


def main(arguments: list[str]) -> int:
    """Checks, or mends what can be; returns the exit code."""
    code = 0
    for path in files():
        if too_wide(path) and "--fix" in arguments:
            path.write_text(fixed(path.read_text(encoding="utf-8"), COMMENTS[path.suffix]), encoding="utf-8")
        for number in too_wide(path):
            print(f"{path.relative_to(ROOT)}:{number}: wider than {WIDTH} characters; --fix breaks comments")
            code = 1
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
