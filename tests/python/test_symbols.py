"""The matrices of a record: every face carries each of them, whatever they are."""

from __future__ import annotations

import csv
import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gym_invmgmt import (
    CoreEnv,
    EpisodeLoggerWrapper,
    _native,
    command_line,
    load_snapshot,
    plots,
    run_episode,
    save_snapshot,
)
from gym_invmgmt._cluster import RayCluster

SYMBOLS = _native.Episode.SYMBOLS
LETTERS = [letter for letter, *_ in SYMBOLS]
DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def played() -> CoreEnv:
    """An environment after an episode in which every matrix came to hold something."""
    env = CoreEnv("serial", {"use_goodwill": True, "base_mu": 60}, num_periods=9)
    run_episode(env, lambda _: [20.0, 20.0, 20.0], seed=3)
    return env


def test_every_matrix_is_a_property_of_the_environment_with_its_shape_and_a_docstring(played: CoreEnv) -> None:
    network = played.network
    widths = {
        "nodes": network.num_nodes,
        "links": len(network.network_links),
        "supply links": len(network.reorder_links),
        "market links": len(network.retail_links),
    }
    for letter, _, _, unit, columns, stands in SYMBOLS:
        rows = played.num_periods + stands
        assert getattr(played, letter).shape == ((rows, widths[columns]) if columns else (rows,)), letter
        assert getattr(played, letter).any(), letter
        doc = getattr(CoreEnv, letter).__doc__
        assert f"[{unit}]" in doc or unit == "1", letter


def test_every_matrix_comes_through_every_file(played: CoreEnv, tmp_path: Path) -> None:
    save_snapshot(tmp_path / "saved.npz", played.snapshot())
    history = load_snapshot(tmp_path / "saved.npz")["history"]
    record = plots.record_of(played)
    held = [getattr(record, field.name) for field in dataclasses.fields(record)]
    for letter in LETTERS:
        array = getattr(played, letter)
        np.testing.assert_array_equal(history[letter], array, letter)
        assert any(isinstance(one, np.ndarray) and np.array_equal(one, array) for one in held), letter


def test_the_logger_writes_every_matrix_and_pictures_read_it(tmp_path: Path) -> None:
    env = EpisodeLoggerWrapper(CoreEnv("serial", num_periods=4), log_dir=tmp_path)
    run_episode(env, lambda _: [20.0, 20.0, 20.0], seed=3)
    core: Any = env.unwrapped
    (file,) = tmp_path.glob("*.npz")
    with np.load(file) as saved:
        for letter, logged, *_ in SYMBOLS:
            np.testing.assert_array_equal(saved[logged], getattr(core, letter), letter)
    assert plots.load_record(file, "serial").periods == 4


def test_the_command_line_writes_every_matrix_as_the_environment_holds_it(tmp_path: Path) -> None:
    env = CoreEnv("serial", num_periods=6)
    run_episode(env, lambda _: [20.0, 20.0, 20.0], seed=42)
    asked = "gym-invmgmt simulate --network serial --policy constant:20 --periods 6 --seeds 42 --json --trajectory"
    helpers = (command_line._write_video, RayCluster)
    for form in ("npz", "csv"):
        assert _native.run_command_line([*asked.split(), str(tmp_path / f"run.{form}")], *helpers) == 0
    with np.load(tmp_path / "run.npz") as saved:
        assert saved.files == LETTERS
        for letter in LETTERS:
            np.testing.assert_array_equal(saved[letter], getattr(env, letter), letter)
    with (tmp_path / "run.csv").open() as file:
        heads = next(csv.reader(file))
    assert [head.partition("[")[0] for head in heads if head != "period"] == [
        letter for letter in LETTERS for _ in range(getattr(env, letter)[0].size)
    ]


def test_the_page_on_the_environment_names_every_matrix() -> None:
    page = (DOCS / "environment.md").read_text()
    for letter in LETTERS:
        assert f"| `{letter}` |" in page, letter
