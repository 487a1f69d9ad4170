"""The doors for readers: each path is followed in an empty folder, as a newcomer would; and the notebooks run."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from test_docs import PROJECT, blocks_of, check_console, name_of, run_python

DOORS = ["door_plan.md", "door_train.md", "door_teach.md", "door_build.md"]
NOTEBOOKS = sorted((PROJECT / "examples" / "notebooks").glob("*.ipynb"))
#: What a door promises [seconds].
TEN_MINUTES = 600


@pytest.mark.parametrize("door", DOORS)
def test_a_newcomer_gets_from_an_empty_folder_to_a_result(
    door: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = PROJECT / "docs" / door
    namespace: dict[str, object] = {"__name__": "page"}
    began = time.monotonic()
    printed = None
    for block in blocks_of(page.read_text(encoding="utf-8")):
        if block.file:
            (tmp_path / block.file).write_text(block.code, encoding="utf-8")
        elif block.language == "python":
            printed = run_python(block, page, namespace)
            continue
        elif block.language == "console":
            check_console(block, f"{name_of(page)}:{block.line}")
        elif block.follows and printed is not None:
            assert printed == block.code
        printed = None
    assert time.monotonic() - began < TEN_MINUTES
    assert {path.name for path in tmp_path.iterdir()}, "the path leaves a result behind"


def test_every_door_stands_in_the_overview_and_leads_on() -> None:
    overview = (PROJECT / "docs" / "README.md").read_text(encoding="utf-8")
    for door in DOORS:
        assert f"({door})" in overview
        assert "Where to go on:" in (PROJECT / "docs" / door).read_text(encoding="utf-8")


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_cell_of_a_notebook_runs(notebook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    document = json.loads(notebook.read_text(encoding="utf-8"))
    assert document["nbformat"] == 4
    namespace: dict[str, object] = {"__name__": "__main__"}
    cells = [cell for cell in document["cells"] if cell["cell_type"] == "code"]
    assert cells, "there is something to run"
    for cell in cells:
        assert cell["outputs"] == [], "outputs are made by whoever runs it"
        exec(compile("".join(cell["source"]), str(notebook), "exec"), namespace)


def test_the_notebooks_are_those_the_page_names() -> None:
    page = (PROJECT / "docs" / "teaching.md").read_text(encoding="utf-8")
    assert [path.name for path in NOTEBOOKS] == ["beer_game.ipynb", "newsvendor.ipynb", "risk_pooling.ipynb"]
    assert all(path.name in page for path in NOTEBOOKS)
