"""What waits, spoils, finds no room, fails and is lost."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from gym_invmgmt import _native
from gym_invmgmt.plots.record import Record, record_of
from gym_invmgmt.plots.style import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    in_one_style,
    markers_every,
    over_periods,
    panel,
    sheet,
    short,
)

#: Colour, dash and marker of a line.
_LINES = (
    (BLUE, "-", "o"), (VERMILION, "--", "s"), (GREEN, "-.", "^"),
    (ORANGE, ":", "D"), (PURPLE, "-", "v"), (SKY, "--", "x"),
)  # fmt: skip
#: Matrices without a panel: received goods say nothing that stocks do not, and money stands among the costs.
_LEFT_OUT = {"arrived", "arrived_last", *_native.Episode.EXTRA_COSTS}
_FACTS = {letter: (name, unit, stands) for letter, _, name, unit, _, stands in _native.Episode.MECHANISM_SYMBOLS}


@in_one_style
def mechanisms(source: Any) -> Figure:
    """A panel for each thing that only networks with mechanisms have: requests on their way, units owed and waiting,
    stock by the periods of selling left, what works, and units spoiled, without room, destroyed and lost.

    Args:
        source: an environment after an episode, or a record.

    Raises:
        ValueError: the network has no mechanisms, or none of which there is anything to see.
    """
    record = record_of(source)
    shown = [letter for letter in record.mechanisms if letter not in _LEFT_OUT]
    if not shown:
        raise ValueError("nothing waits, spoils or fails on this network; draw it by kpi_dashboard instead")
    columns = min(3, len(shown))
    rows = -(-len(shown) // columns)
    title = f"What waits, spoils and fails in {record.periods} periods"
    figure = sheet(3.9 * columns + 0.4, 2.4 * rows + 0.8, title)
    panels = list(figure.subplots(rows, columns, squeeze=False).flat)
    for axes, letter in zip(panels, shown, strict=False):
        _draw(axes, record, letter)
    for axes in panels[len(shown) :]:
        axes.set_axis_off()
    return figure


def _draw(axes: Axes, record: Record, letter: str) -> None:
    name, unit, stands = _FACTS[letter]
    numbers = record.mechanisms[letter]
    if letter == "ages":
        _draw_ages(axes, record)
    else:
        lines = _lines(numbers, record.columns[letter])
        every = markers_every(len(numbers))
        for (label, values), (colour, dash, marker) in zip(lines, _LINES, strict=False):
            axes.plot(values, color=colour, linestyle=dash, marker=marker, markevery=every, label=label)
        axes.legend(loc="best", fontsize=6)
        axes.set_ylim(bottom=0)
    panel(axes, name, xlabel="start of period" if stands else "period", ylabel="works" if unit == "1" else unit)
    over_periods(axes, record.periods + stands)


def _lines(numbers: NDArray[np.float64], columns: list[str]) -> list[tuple[str, NDArray[np.float64]]]:
    """A line per column that has anything, or all together where they are many."""
    busy = [column for column in range(numbers.shape[1]) if numbers[:, column].any()]
    if len(busy) > len(_LINES):
        return [("all together", numbers.sum(axis=1))]
    return [(short(columns[column]), numbers[:, column]) for column in busy] or [("none", numbers.sum(axis=1))]


def _draw_ages(axes: Axes, record: Record) -> None:
    """Stock of all nodes, the part with the fewest periods of selling left at the bottom."""
    numbers = record.network._native.state_numbers()
    lefts = np.array([left for part, _, left in numbers if part == "on_hand_by_life"])
    below: NDArray[np.float64] = np.zeros(record.periods + 1)
    life = int(lefts.max())
    for left in range(life):
        units = record.mechanisms["ages"][:, lefts == left + 1].sum(axis=1)
        shade = 0.35 + 0.6 * left / max(life - 1, 1)
        axes.bar(
            np.arange(record.periods + 1), units, bottom=below, color=str(shade), width=1.0,
            hatch="///" if left == 0 else "", edgecolor=BLACK if left == 0 else "white", linewidth=0.2,
            label=f"{left + 1} left" if left in (0, life - 1) else None,
        )  # fmt: skip
        below = below + units
    axes.legend(loc="best", fontsize=6)


__all__ = ["mechanisms"]
