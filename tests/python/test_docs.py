"""The pages are true: their code runs and prints what stands below it, their links lead somewhere.

On a page, the blocks of code run in order in one folder, which holds a copy of `data/`:

* ```python: runs; a ```text block right below it is what it prints;
* ```console: each `$ gym-invmgmt` line runs through the installed command; what is shown below it is what it prints
  (where nothing is shown, it must succeed). `$ echo $?` shows the exit code of the command above it; a command that is
  not followed by one must succeed. Other commands are run by targets of make; what they name must exist;
* a block whose head names a file of the project, as ```rust crates/invmgmt/src/lib.rs, is an excerpt of it: between
  lines of dots, its lines stand there, one below the other;
* a block whose head names another file, as ```yaml network.yaml, is written to that file;
* ```python needs sb3: runs where that framework is installed, by tests/rl/test_pages.py.

No code is hidden from this: blocks of other kinds are refused.
"""

from __future__ import annotations

import ast
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
NEED_AN_EXTRA = {f"gym_invmgmt.dashboard.{module}" for module in ("app", "assortment", "board", "figures", "play")}
MODULES = [
    "gym_invmgmt",
    *(
        module.name
        for module in pkgutil.walk_packages(gym_invmgmt.__path__, "gym_invmgmt.")
        if "_native" not in module.name and module.name not in NEED_AN_EXTRA
    ),
]

# How a reader comes to a Python that has the package.
OWN_SHELL = {"python -m venv .venv", "source .venv/bin/activate", "python"}

_BLOCK = re.compile(r"^```(\w+)[ ]*([^\n`]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A block of code on a page."""

    language: str
    #: The file it is written to or is an excerpt of, or nothing.
    file: str
    code: str
    #: Line of the page its code begins on, counted from 1.
    line: int
    #: Whether nothing but blank lines stands between it and the block before.
    follows: bool

    @property
    def needs(self) -> str:
        """The framework it needs, or nothing."""
        return self.file.removeprefix("needs ") if self.file.startswith("needs ") else ""


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


def missing_from(source: Path, excerpt: str) -> list[str]:
    """The parts of an excerpt, between lines of dots, that do not stand in a file; comment marks of its docs aside."""
    text = source.read_text(encoding="utf-8")
    text = "\n".join(re.sub(r"^ *//[/!] ?", "", line).strip() for line in text.splitlines())
    parts = re.split(r"^\.\.\.$", excerpt, flags=re.MULTILINE)
    lines = ("\n".join(re.sub(r"^ *//[/!] ?", "", line).strip() for line in part.splitlines()) for part in parts)
    return [part for part in lines if f"\n{part.strip()}\n" not in f"\n{text}\n"]


def is_run_elsewhere(command: str) -> bool:
    """Whether a command that no page runs is run by a target of make, and everything it names exists."""
    words = command.split("#")[0].split()
    if command.startswith("gym-invmgmt"):
        # By `make test-browser` and `make test-ray`.
        return words[1] == "dashboard" or "--executor ray" in command
    if words[:2] == ["pip", "install"]:
        extra = re.search(r"\[(\w+)\]", command)
        project = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
        # By `make dist`; the extras by the targets of their frameworks.
        return extra is None or re.search(rf"^{extra[1]} = ", project, re.MULTILINE) is not None
    if words[:2] == ["cargo", "install"]:
        return (PROJECT / words[-1] / "Cargo.toml").is_file()
    if words[:2] == ["cargo", "test"]:
        crate = PROJECT / "crates" / words[words.index("-p") + 1]
        named = [words[at + 1] for at, word in enumerate(words) if word == "--test"]
        return bool(named) and all((crate / "tests" / f"{name}.rs").is_file() for name in named)
    if words[:2] == ["cargo", "run"]:
        crate = PROJECT / "crates" / words[words.index("-p") + 1]
        return (crate / "examples" / f"{words[words.index('--example') + 1]}.rs").is_file()
    if words[0] == "make":
        return re.search(rf"^{words[1]}:", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE) is not None
    if scripts := re.findall(r"python (examples/\w+\.py)", command):
        options = re.findall(r" (--[\w-]+)", command)
        texts = [(PROJECT / script).read_text(encoding="utf-8") for script in scripts]
        return all(f'"{option}"' in text for text in texts for option in options)
    # By `make test-ray` in Python's terms, and by `make dist` for every distribution.
    return words[:2] == ["ray", "start"] or command in OWN_SHELL


def check_console(block: Block, where: str) -> None:
    """Runs the block's commands and compares what they print."""
    commands = list(commands_of(block.code))
    code = 0
    for position, command in enumerate(commands):
        if command.text == "echo $?":
            assert command.shown.strip() == str(code), f"{where}: exit code"
        elif is_run_elsewhere(command.text):
            continue
        else:
            assert command.text.startswith("gym-invmgmt"), f"{where}: neither run here nor known: {command.text}"
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
        if block.needs:
            continue
        if block.file and (PROJECT / block.file).is_file():
            assert missing_from(PROJECT / block.file, block.code) == [], f"{where}: not in {block.file}"
        elif block.file:
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
def test_no_code_on_a_page_escapes_the_tests(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    # Fences that the pattern of blocks does not find, and code that is only indented.
    assert re.findall(r"^(?: +(?:```|~~~)|~~~).*$", text, re.MULTILINE) == []
    assert (
        re.findall(r"^    (?:\$ |gym-invmgmt |pip |cargo |make |python |ray |import |from ).*$", prose_of(text), re.M)
        == []
    )
    for block in blocks_of(text):
        where = f"{name_of(page)}:{block.line}"
        run = block.language in ("python", "console") and page in PAGES
        known = run or bool(block.file) or block.language in ("text", "console", "toml")
        assert known, f"{where}: nothing runs a block of {block.language}"
        if block.language == "text" and not block.follows:
            assert not is_code(block.code), f"{where}: code, but no test runs it"


def is_code(text: str) -> bool:
    """Whether a text is Python that calls or imports something, or a command."""
    if re.search(r"^\$ ", text, re.MULTILINE):
        return True
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return False
    return any(isinstance(node, ast.Call | ast.Import | ast.ImportFrom) for node in ast.walk(tree))


def test_what_the_page_on_rust_depends_on_is_there() -> None:
    page = (PROJECT / "docs" / "rust_api.md").read_text(encoding="utf-8")
    (block,) = [block for block in blocks_of(page) if block.language == "toml"]
    (path,) = re.findall(r'path = "gym-invmgmt/([^"]+)"', block.code)
    assert 'name = "invmgmt"' in (PROJECT / path / "Cargo.toml").read_text(encoding="utf-8")


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


def test_no_page_leads_to_another_package_of_this_name() -> None:
    # In a fresh environment pip would take 0.2.1 from its index, without a word.
    commands = [
        (page.name, line)
        for page in LINKED_PAGES
        for line in page.read_text(encoding="utf-8").splitlines()
        if re.search(r"pip install [^`]*\bgym-invmgmt\b(?!\.)", line) and "install it with" not in line
    ]
    assert commands
    for page, line in commands:
        assert "gym-invmgmt" not in re.sub(r"gym-invmgmt(\[\w+\])?>=1|\.\./gym-invmgmt", "", line), (page, line)


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
        "train",
        "benchmark",
        "check",
        "fit",
        "import m5",
        "import csv",
        "plan",
        "look",
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
