"""What was asked of suppliers, and what they filled."""

from __future__ import annotations

from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from gym_invmgmt.plots.layout import Layout
from gym_invmgmt.plots.record import Record, record_of
from gym_invmgmt.plots.style import (
    BLACK,
    BLUE,
    QUANTITIES,
    VERMILION,
    in_one_style,
    label_rows,
    link_name,
    over_periods,
    panel,
    sheet,
)

#: Most supply links with a chart of their own.
MAX_CHARTED_LINKS = 15


@in_one_style
def requested_and_filled(source: Any) -> Figure:
    """Units requested on each supply link and what the supplier filled of them, customers' end first.

    The first chart adds up all links. Up to 15 links have a chart each; of more, a map shows the share that was
    filled, white where nothing was requested.

    Args:
        source: an environment after an episode, or a record.
    """
    record = record_of(source)
    rows = Layout.of(record.network).link_order(record.network, record.network.reorder_links)
    if len(rows) > MAX_CHARTED_LINKS:
        return _mapped(record, rows)
    columns = min(4, len(rows) + 1)
    lines = -(-(len(rows) + 1) // columns)
    figure = sheet(max(2.7 * columns, 5.0), 0.7 + 1.75 * lines, "Orders requested and filled")
    grid = figure.subplots(lines, columns, squeeze=False, sharex=True).ravel()
    _draw_orders(grid[0], record.requested.sum(axis=1), record.filled.sum(axis=1), "all links")
    for axes, row in zip(grid[1:], rows, strict=False):
        _draw_orders(
            axes, record.requested[:, row], record.filled[:, row], link_name(record.network.reorder_links[row])
        )
    for axes in grid[len(rows) + 1 :]:
        axes.set_axis_off()
    # The lowest chart of each column tells the periods.
    for axes in grid[max(len(rows) + 1 - columns, 0) : len(rows) + 1]:
        axes.set_xlabel("period", fontsize=8)
        axes.tick_params(labelbottom=True)
    handles, names = grid[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside upper right", ncols=3)
    return figure


def _draw_orders(axes: Axes, requested: NDArray[np.float64], filled: NDArray[np.float64], title: str) -> None:
    requested = np.maximum(requested, 0.0)
    periods = np.arange(len(requested))
    axes.fill_between(
        periods, filled, requested, step="mid", facecolor=VERMILION, alpha=0.25, hatch="////", edgecolor=VERMILION,
        linewidth=0.0, label="not filled",
    )  # fmt: skip
    axes.step(periods, requested, where="mid", color=BLACK, linestyle="--", linewidth=1.1, label="requested")
    axes.step(periods, filled, where="mid", color=BLUE, label="filled")
    panel(axes, title, ylabel="" if axes.get_subplotspec().colspan.start else "units")  # type: ignore[union-attr]
    over_periods(axes, len(requested))
    axes.set_ylim(0, 1.08 * max(float(requested.max(initial=0.0)), 1.0))


def _mapped(record: Record, rows: list[int]) -> Figure:
    height = float(np.clip(0.11 * len(rows), 3.0, 12.5))
    figure = sheet(9.0, height + 3.0, "Orders requested and filled")
    top, below = figure.subplots(2, 1, height_ratios=[2.0, height])
    _draw_orders(top, record.requested.sum(axis=1), record.filled.sum(axis=1), "all links")
    top.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=3, borderaxespad=0.1)
    requested, filled = np.maximum(record.requested[:, rows].T, 0.0), record.filled[:, rows].T
    share = np.ma.masked_array(filled / np.where(requested > 0.0, requested, 1.0), mask=requested <= 0.0)
    colours = matplotlib.colormaps[QUANTITIES.removesuffix("_r")].with_extremes(bad="white")
    image = below.imshow(share, aspect="auto", interpolation="nearest", cmap=colours, vmin=0.0, vmax=1.0)
    panel(below, "share filled, by link", xlabel="period", grid="")
    label_rows(below, [link_name(record.network.reorder_links[row]) for row in rows], height - 0.5)
    bar = figure.colorbar(image, ax=below, fraction=0.03, pad=0.01)
    bar.set_label("filled / requested", fontsize=8)
    bar.ax.tick_params(labelsize=7.5)
    return figure


__all__ = ["requested_and_filled"]
