"""Stocks and pipelines over time, a row each."""

from __future__ import annotations

from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from gym_invmgmt.plots.layout import Layout
from gym_invmgmt.plots.record import Record, record_of
from gym_invmgmt.plots.style import QUANTITIES, VERMILION, in_one_style, label_rows, link_name, panel, sheet, short

#: Most empty cells that are marked one by one.
_MANY_CELLS = 2500


@in_one_style
def inventory_heatmap(source: Any) -> Figure:
    """Units on hand of every managed node at the start of each period and at the end, customers' end on top.

    A node with nothing on hand is marked with a cross. Colours grow with the square root of the stock, so that small
    stocks differ visibly beside large ones.

    Args:
        source: an environment after an episode, or a record.
    """
    record = record_of(source)
    network, layout = record.network, Layout.of(record.network)
    rows = layout.reading_order([network.node_map[node] for node in network.main_nodes.tolist()])
    names = [short(network.idx_to_node[row]) for row in rows]
    figure, axes = _figure("Units on hand", len(rows), record)
    _draw_cells(figure, axes, record.on_hand[:, rows].T, names, "units on hand")
    empty = np.argwhere(record.on_hand[:, rows].T <= 0.0)
    if len(empty):
        size = 12 if record.on_hand[:, rows].size <= _MANY_CELLS else 2
        axes.scatter(empty[:, 1], empty[:, 0], marker="x", s=size, c=VERMILION, linewidths=0.9, label="nothing on hand")
        axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), borderaxespad=0.1)
    return figure


@in_one_style
def pipeline_heatmap(source: Any) -> Figure:
    """Units on order on every supply link at the start of each period and at the end, customers' end on top.

    Args:
        source: an environment after an episode, or a record.
    """
    record = record_of(source)
    rows = Layout.of(record.network).link_order(record.network, record.network.reorder_links)
    links = [record.network.reorder_links[row] for row in rows]
    names = [f"{link_name(link)}  (L {record.network.lead_times[link]})" for link in links]
    figure, axes = _figure("Units on order", len(rows), record)
    _draw_cells(figure, axes, record.on_order[:, rows].T, names, "units on order")
    return figure


def _figure(title: str, rows: int, record: Record) -> tuple[Figure, Axes]:
    width = float(np.clip(3.0 + 0.18 * record.periods, 7.0, 13.0))
    figure = sheet(width, float(np.clip(1.3 + 0.28 * rows, 2.6, 16.0)), title)
    return figure, figure.add_subplot()


def _draw_cells(figure: Figure, axes: Axes, cells: NDArray[np.float64], names: list[str], what: str) -> None:
    """One row per name, one column per period; white where there is nothing."""
    colours = matplotlib.colormaps[QUANTITIES].with_extremes(bad="white")
    most = float(cells.max(initial=0.0)) or 1.0
    image = axes.imshow(
        np.ma.masked_less_equal(cells, 0.0), aspect="auto", interpolation="nearest", cmap=colours,
        norm=PowerNorm(0.5, vmin=0.0, vmax=most),
    )  # fmt: skip
    panel(axes, xlabel="start of period", grid="")
    axes.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True))
    label_rows(axes, names, figure.get_size_inches()[1] - 1.0)
    bar = figure.colorbar(image, ax=axes, fraction=0.03, pad=0.01)
    bar.set_label(what, fontsize=8)
    bar.ax.tick_params(labelsize=7.5)


__all__ = ["inventory_heatmap", "pipeline_heatmap"]
