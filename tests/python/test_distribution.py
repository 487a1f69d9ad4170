"""The source distribution can be built: it holds every file that is compiled into the crates."""

from __future__ import annotations

import re
import subprocess
import sysconfig
import tarfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
_INCLUDED = re.compile(r'include_(?:str|bytes)!\(\s*"([^"]+)"')


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The paths in the source distribution, without its own folder."""
    folder = tmp_path_factory.mktemp("dist")
    maturin = Path(sysconfig.get_path("scripts")) / "maturin"
    subprocess.run([maturin, "sdist", "--out", folder], cwd=PROJECT, check=True, capture_output=True)
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        return {name.partition("/")[2] for name in opened.getnames()}


def test_the_source_distribution_holds_what_the_crates_compile_in(names: set[str]) -> None:
    sources = list(PROJECT.glob("crates/*/src/**/*.rs"))
    included = {
        (source.parent / path).resolve().relative_to(PROJECT).as_posix()
        for source in sources
        for path in _INCLUDED.findall(source.read_text(encoding="utf-8"))
    }
    assert len(included) > 5
    assert included - names == set()


def test_the_source_distribution_holds_licences_lock_file_and_types(names: set[str]) -> None:
    wanted = {"LICENSE", "LICENSES/numpy.txt", "Cargo.lock", "README.md", "python/gym_invmgmt/_native.pyi"}
    assert wanted - names == set()


def test_the_page_tells_the_wheels_that_were_played_from_those_only_built() -> None:
    workflow = (PROJECT / ".github" / "workflows" / "wheels.yml").read_text(encoding="utf-8")
    built = dict(re.findall(r"- \{name: ([\w-]+), .*play: (true|false)\}", workflow))
    page = (PROJECT / "docs" / "releasing.md").read_text(encoding="utf-8")
    names = {
        "Linux x86_64 (glibc)": "linux-x86_64",
        "Linux aarch64 (glibc)": "linux-aarch64",
        "Linux x86_64 (musl)": "linux-musl-x86_64",
        "macOS arm64": "macos-arm64",
        "macOS x86_64": "macos-x86_64",
        "Windows x86_64": "windows-x86_64",
    }
    told = dict(re.findall(r"^\| ((?:Linux|macOS|Windows) .*?) \|.*\| (yes|only built) \|$", page, re.MULTILINE))
    assert {names[row]: {"yes": "true", "only built": "false"}[said] for row, said in told.items()} == built
