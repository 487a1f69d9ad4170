"""The pages are true: their code runs and prints what stands below it, their links lead somewhere.

On a page, the blocks of code run in order in one folder, which holds a copy of `data/`:

* ```python: runs; a ```text block right below it is what it prints;
* ```console: each `$ gym-invmgmt` line runs through the installed command; what is shown below it is what it prints
  (where nothing is shown, it must succeed). `$ echo $?` shows the exit code of the command above it; a command that is
  not followed by one must succeed. Lines with other commands are for the reader;
* a block whose head names a file, as ```yaml network.yaml, is written to that file.
"""

from __future__ import annotations

import contextlib
import doctest
import importlib
import io
import os
import pkgutil
import re
import shlex
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import gym_invmgmt

PROJECT = Path(__file__).resolve().parents[2]
README = PROJECT / "README.md"
PAGES = [README, *sorted((PROJECT / "docs").glob("*.md"))]
LINKED_PAGES = [*PAGES, *(PROJECT / name for name in ["CHANGELOG.md", "CONTRIBUTING.md", "data/README.md"])]
# The compiled module has no docstrings with examples; these of the dashboard import what only its extra brings.
NEED_AN_EXTRA = {"gym_invmgmt.dashboard.app", "gym_invmgmt.dashboard.figures"}
MODULES = [
    "gym_invmgmt",
    *(
        module.name
        for module in pkgutil.walk_packages(gym_invmgmt.__path__, "gym_invmgmt.")
        if "_native" not in module.name and module.name not in NEED_AN_EXTRA
    ),
]

_BLOCK = re.compile(r"^```(\w+)[ ]*([^\n`]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A block of code on a page."""

    language: str
    #: The file it is written to, or nothing.
    file: str
    code: str
    #: Line of the page its code begins on, counted from 1.
    line: int
    #: Whether nothing but blank lines stands between it and the block before.
    follows: bool


@dataclass(frozen=True)
class Command:
    """A command of a console block and what is shown below it."""

    text: str
    shown: str


def blocks_of(text: str) -> list[Block]:
    """The blocks of a page, in order."""
    found, end = [], 0
    for match in _BLOCK.finditer(text):
        line = text.count("\n", 0, match.start(3)) + 1
        follows = bool(found) and not text[end : match.start()].strip()
        found.append(Block(match[1], match[2].strip(), match[3], line, follows))
        end = match.end()
    return found


def commands_of(code: str) -> Iterator[Command]:
    """The commands of a console block; a line that ends in a backslash goes on in the next."""
    for part in re.split(r"^\$ ", code, flags=re.MULTILINE)[1:]:
        lines = part.splitlines(keepends=True)
        last = next((i for i, line in enumerate(lines) if not line.rstrip("\n").endswith("\\")), len(lines) - 1)
        yield Command("".join(lines[: last + 1]).strip(), "".join(lines[last + 1 :]))


def name_of(page: Path) -> str:
    """A page's path in the project."""
    return page.relative_to(PROJECT).as_posix()


def prose_of(text: str) -> str:
    """A page without its blocks of code."""
    return _BLOCK.sub("", text)


def run_python(block: Block, page: Path, namespace: dict[str, object]) -> str:
    """Runs a block; returns what it printed. Tracebacks show the page's own lines."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile("\n" * (block.line - 1) + block.code, str(page), "exec"), namespace)
    return printed.getvalue()


def run_command(command: str) -> tuple[str, int]:
    """What a command line prints on both streams, and its exit code."""
    paths = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-c", command],
        env={**os.environ, "PATH": paths},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return done.stdout, done.returncode


def check_console(block: Block, where: str) -> None:
    """Runs the block's commands and compares what they print."""
    commands = list(commands_of(block.code))
    code = 0
    for position, command in enumerate(commands):
        if command.text == "echo $?":
            assert command.shown.strip() == str(code), f"{where}: exit code"
        elif command.text.startswith("gym-invmgmt"):
            printed, code = run_command(command.text)
            if command.shown:
                assert trimmed(printed) == trimmed(command.shown), f"{where}: {command.text}"
            following = commands[position + 1 : position + 2]
            assert code == 0 or (following and following[0].text == "echo $?"), f"{where}: {command.text}\n{printed}"


def trimmed(text: str) -> list[str]:
    """Lines without spaces at their ends, which editors take away, and without empty ones at the end of the text."""
    return [line.rstrip() for line in text.rstrip().splitlines()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to run a page in, without a screen."""
    matplotlib = importlib.import_module("matplotlib")
    matplotlib.use("Agg")
    shutil.copytree(PROJECT / "data", tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_code_of_a_page_runs_and_prints_what_is_shown(page: Path, folder: Path) -> None:
    namespace: dict[str, object] = {"__name__": "page"}
    printed = None
    for block in blocks_of(page.read_text(encoding="utf-8")):
        where = f"{name_of(page)}:{block.line}"
        if block.file:
            (folder / block.file).write_text(block.code, encoding="utf-8")
        elif block.language == "python":
            printed = run_python(block, page, namespace)
            continue
        elif block.language == "console":
            check_console(block, where)
        elif block.language == "text" and block.follows and printed is not None:
            assert printed == block.code, f"{where}: not what the block above prints"
        printed = None
    # Whoever draws on a page does not leave figures open for the tests after it.
    importlib.import_module("matplotlib.pyplot").close("all")


@pytest.mark.parametrize("page", LINKED_PAGES, ids=name_of)
def test_every_link_into_the_project_leads_somewhere(page: Path) -> None:
    broken = []
    for link in _LINK.findall(prose_of(page.read_text(encoding="utf-8"))):
        path, _, anchor = link.partition("#")
        if "://" in link or link.startswith("mailto:"):
            continue
        target = (page.parent / path).resolve() if path else page
        leads_there = target.exists() and PROJECT in [target, *target.parents]
        if not leads_there or (anchor and anchor not in anchors_of(target)):
            broken.append(link)
    assert broken == []


def anchors_of(page: Path) -> set[str]:
    """The anchors of a page's headings."""
    headings = _HEADING.findall(prose_of(page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_page_stands_in_the_index() -> None:
    links = set(_LINK.findall((PROJECT / "docs" / "README.md").read_text(encoding="utf-8")))
    pages = {page.name for page in PAGES if page.parent.name == "docs" and page.name != "README.md"}
    assert pages - links == set()


def test_every_public_name_stands_in_the_index() -> None:
    index = (PROJECT / "docs" / "README.md").read_text(encoding="utf-8")
    assert [name for name in gym_invmgmt.__all__ if f"`{name}`" not in index] == []


@pytest.mark.parametrize(
    "command",
    [
        "simulate",
        "optimize",
        "benchmark",
        "check",
        "fit",
        "import m5",
        "import csv",
        "list",
        "textbook eoq",
        "textbook newsvendor",
        "textbook reorder-quantity",
        "textbook reorder-level",
        "textbook clark-scarf",
        "textbook guaranteed-service",
        "textbook wagner-whitin",
    ],
)
def test_every_option_of_the_command_line_is_described(command: str) -> None:
    page = (PROJECT / "docs" / "command_line.md").read_text(encoding="utf-8")
    text, code = run_command(f"gym-invmgmt {command} --help")
    options = set(re.findall(r"^ +(?:-\w, )?(--[\w-]+)", text, re.MULTILINE))
    assert code == 0
    assert len(options) > 0
    assert {option for option in options if f"`{option}" not in page} == set()


def test_every_demand_key_is_described() -> None:
    page = (PROJECT / "docs" / "demand.md").read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="Known keys: ") as refused:
        gym_invmgmt.DemandEngine({"no such key": 1})
    keys = str(refused.value).partition("Known keys: ")[2].split(", ")
    assert [key for key in keys if f"`{key}`" not in page] == []


def test_every_target_of_make_that_a_page_names_is_one() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    text = "".join(page.read_text(encoding="utf-8") for page in LINKED_PAGES)
    assert set(re.findall(r"(?:`|\$ )make ([a-z-]+)", text)) - targets == set()


def test_make_demo_plays_what_the_readme_shows() -> None:
    recipe = re.search(r"^demo:.*\n((?:\t.*\n)+)", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert recipe is not None
    shown = [
        command.text
        for block in blocks_of(README.read_text(encoding="utf-8"))
        if block.language == "console"
        for command in commands_of(block.code)
        if command.shown
    ]
    for name in ("simulate", "benchmark"):
        played = options_of(recipe[1].replace("$(BIN)/", ""), name)
        assert played in [options_of(text, name) for text in shown if text.startswith(f"gym-invmgmt {name}")]


def options_of(text: str, name: str) -> list[str]:
    """The options of the first `gym-invmgmt NAME` in a text; which files it writes is left out."""
    command = re.search(rf"gym-invmgmt {name}((?:.*\\\n)*.*)", text)
    assert command is not None
    words = [word for word in shlex.split(command[1].replace("\\\n", " ")) if word != "--force"]
    pairs = [f"{name} {value}" for name, value in zip(words[::2], words[1::2], strict=True)]
    return sorted(pair for pair in pairs if not pair.startswith(("--report", "--trajectory", "--out")))


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_docstrings_print_what_they_show(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0


def test_the_packages_docstring_has_an_example() -> None:
    assert doctest.testmod(gym_invmgmt).attempted > 0
