"""Demand behind empty shelves: what a fit makes of periods that ended without stock."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gym_invmgmt.data import fit


def shop(mean: float, level: int, periods: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Demand, sales and stock left of a shelf that is filled up to a level every morning."""
    wanted = np.random.default_rng(seed).poisson(mean, periods)
    sold = np.minimum(wanted, level)
    return wanted, sold, level - sold


@pytest.mark.parametrize(("mean", "level"), [(6.0, 6), (3.0, 5), (20.0, 18)])
def test_the_mean_that_was_wanted_is_found_where_shelves_were_empty(mean: float, level: int) -> None:
    wanted, sold, left = shop(mean, level, 730, seed=5)
    plain, found = fit(sold), fit(sold, stock=left)
    assert plain.sold_out == 0
    assert found.sold_out == int((left == 0).sum())
    assert found.history.mean() == pytest.approx(wanted.mean(), rel=0.04)
    assert abs(found.history.mean() - wanted.mean()) < abs(sold.mean() - wanted.mean())
    assert (found.history >= sold).all()
    # What was sold with stock left was wanted.
    assert (found.history[left > 0] == sold[left > 0]).all()


def test_stock_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match=r"stock has 3 periods; expected 5, as series"):
        fit([1, 2, 3, 4, 5], stock=[1, 2, 3])


def test_a_column_of_stock_is_read_from_the_file(tmp_path: Path) -> None:
    _, sold, left = shop(6.0, 6, 300, seed=2)
    file = tmp_path / "shelf.csv"
    file.write_text("sold,left\n" + "".join(f"{a},{b}\n" for a, b in zip(sold, left, strict=True)))
    assert fit(file, "sold", stock="left").sold_out == fit(sold, stock=left).sold_out
    command = [
        sys.executable,
        "-m",
        "gym_invmgmt.command_line",
        "fit",
        str(file),
        "--column",
        "sold",
        "--stock",
        "left",
    ]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert f"sold out       {int((left == 0).sum())} periods ended without stock" in said
    assert "mean 6.00 sold in them" in said
