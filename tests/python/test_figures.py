"""The key figures: one list, by which every face shows them."""

from __future__ import annotations

import csv
import json
import runpy
from pathlib import Path

import pytest

from gym_invmgmt import CoreEnv, _native, benchmark, compute_kpis, rollout, run_episode
from gym_invmgmt._cluster import RayCluster
from gym_invmgmt.command_line import _write_video

ROWS = _native.Episode.KEY_FIGURES
PROJECT = Path(__file__).resolve().parents[2]
MONEY_BY_PART = set(_native.Episode.COST_PARTS)
OF_PYTHON = [key for key, *_, faces, _ in ROWS if faces[0]]
#: Those that tables of every network show.
ALWAYS = {key for key, *_, shown in ROWS if shown == "always"}


def test_the_page_is_what_the_list_makes() -> None:
    made = runpy.run_path(str(PROJECT / "tools" / "figures_page.py"))["page"]()
    assert (PROJECT / "docs" / "figures.md").read_text(encoding="utf-8") == made, "make figures-page"


def test_python_gives_every_figure_that_the_list_names_for_it() -> None:
    env = CoreEnv("serial", num_periods=8)
    run_episode(env, lambda _: [20.0, 20.0, 20.0], seed=42)
    found = compute_kpis(env)
    assert list(found) == [key for key in OF_PYTHON if key not in MONEY_BY_PART]
    by_name = rollout(env, "constant:20", [42])
    by_object = rollout(env, lambda _: [20.0, 20.0, 20.0], [42])
    assert set(OF_PYTHON) <= set(by_name)
    for key, value in found.items():
        assert by_name[key][0] == pytest.approx(value, rel=1e-12), key
        assert by_object[key][0] == pytest.approx(value, rel=1e-12), key


def test_every_face_shows_the_same_numbers_under_the_names_that_the_list_has_for_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    asked = "gym-invmgmt simulate --scenario published-26/S01 --policy constant:20 --seeds 42 --json --report"
    assert _native.run_command_line([*asked.split(), str(tmp_path / "run.html")], _write_video, RayCluster) == 0
    shown = json.loads(capfd.readouterr().out)["policies"][0]["kpis"]
    # Nothing is worth anything at the end of this problem.
    names = {key: faces[1] for key, *_, faces, _ in ROWS if faces[1] and key != "salvage"}
    assert set(shown) == set(names.values())
    report = (tmp_path / "run.html").read_text(encoding="utf-8")
    titles = {key: title for key, title, *_ in ROWS}
    in_table = {key for key in names if f">{titles[key]}<" in report}
    assert in_table == ALWAYS & set(names), "the report's table"

    found = rollout("published-26/S01", "constant:20", [42])
    for key, name in names.items():
        assert shown[name]["mean"] == pytest.approx(found[key][0], rel=1e-9), key

    benchmark("published-26/S01", ["constant:20"], seeds=[42], out=tmp_path / "results")
    with (tmp_path / "results" / "episodes.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    in_files = {key: faces[2] for key, *_, faces, _ in ROWS if faces[2]}
    assert set(in_files.values()) <= set(row)
    for key, name in in_files.items():
        if key in found:
            expected = min(found[key][0], 1.0) if key == "fill_rate" else found[key][0]
            assert float(row[name]) == pytest.approx(expected, rel=1e-9, abs=1e-9), key
