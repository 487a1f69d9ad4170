"""The key figures of an episode on one sheet."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from gym_invmgmt.plots.record import Record, record_of
from gym_invmgmt.plots.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    VERMILION,
    in_one_style,
    markers_every,
    over_periods,
    panel,
    sheet,
)

#: Where the axis of fill rates ends at the latest.
_SHOWN_FILL_RATE = 2.0


@in_one_style
def kpi_dashboard(source: Any) -> Figure:
    """Demand and sales, fill rate, unmet demand, stocks, profit per period and so far; markets and nodes added up.

    The fill rate is units sold over units wanted: late sales count where demand waits, so that of a single period may
    exceed 1 (above 2 it is not shown). A period without demand has none.

    Args:
        source: an environment after an episode, or a record.
    """
    record = record_of(source)
    figure = sheet(11.0, 6.0, "Key figures: " + _headline(record))
    grid = figure.subplots(2, 3)
    periods = np.arange(record.periods)
    _draw_sales(grid[0, 0], record, periods)
    _draw_fill_rate(grid[0, 1], record, periods)
    unmet = record.unmet.sum(axis=1)
    grid[0, 2].bar(periods, unmet, color=VERMILION, hatch="///", edgecolor="white", label="unmet demand")
    panel(grid[0, 2], "Unmet demand at the end of a period", ylabel="units")
    _draw_stocks(grid[1, 0], record)
    profit = record.profit.sum(axis=1)
    bars = grid[1, 1].bar(periods, profit, color=[GREEN if money >= 0 else VERMILION for money in profit], width=0.8)
    for bar, money in zip(bars, profit, strict=True):
        bar.set_hatch("" if money >= 0 else "///")
    panel(grid[1, 1], "Profit per period", ylabel="money")
    grid[1, 2].plot(periods, profit.cumsum(), color=BLUE, marker="o", markevery=markers_every(record.periods))
    panel(grid[1, 2], "Profit so far", ylabel="money")
    for axes in grid[1, 1:]:
        axes.axhline(0.0, color=BLACK, linewidth=0.7)
    for axes in grid.flat:
        over_periods(axes, record.periods + (axes is grid[1, 0]))
        axes.set_xlabel("start of period" if axes is grid[1, 0] else "period", fontsize=8)
    return figure


def _headline(record: Record) -> str:
    wanted, sold = record.demand.sum(), record.sold.sum()
    rate = f"{100 * sold / wanted:.1f} %" if wanted > 0 else "none wanted"
    return (
        f"profit {record.profit.sum():,.1f}, fill rate {rate}, {sold:,.0f} of {wanted:,.0f} units sold "
        f"in {record.periods} periods"
    )


def _draw_sales(axes: Any, record: Record, periods: NDArray[np.intp]) -> None:
    every = markers_every(record.periods)
    wanted, sold = record.demand.sum(axis=1), record.sold.sum(axis=1)
    axes.plot(periods, wanted, color=BLACK, linestyle="--", marker="s", markevery=every, label="demand")
    axes.plot(periods, sold, color=GREEN, marker="o", markevery=(every // 2, every), label="sold")
    panel(axes, "Demand and sales", ylabel="units")
    axes.set_ylim(bottom=0)
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, borderaxespad=0.1)


def _draw_fill_rate(axes: Any, record: Record, periods: NDArray[np.intp]) -> None:
    wanted, sold = record.demand.sum(axis=1), record.sold.sum(axis=1)
    axes.plot(periods, _ratio(sold, wanted), color=GREY, marker="x", linestyle="none", label="of the period")
    axes.plot(periods, _ratio(sold.cumsum(), wanted.cumsum()), color=BLUE, label="so far")
    axes.axhline(1.0, color=BLACK, linewidth=0.7, linestyle=":")
    panel(axes, "Fill rate", ylabel="sold / demand")
    axes.set_ylim(0.0, min(axes.get_ylim()[1], _SHOWN_FILL_RATE))
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, borderaxespad=0.1)


def _draw_stocks(axes: Any, record: Record) -> None:
    starts, every = np.arange(record.periods + 1), markers_every(record.periods + 1)
    for label, units, colour, style, marker in (
        ("on hand", record.on_hand, BLUE, "-", "o"),
        ("on order", record.on_order, ORANGE, "--", "^"),
    ):
        axes.plot(starts, units.sum(axis=1), color=colour, linestyle=style, marker=marker, markevery=every, label=label)
    panel(axes, "All stocks", ylabel="units")
    axes.set_ylim(bottom=0)
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, borderaxespad=0.1)


def _ratio(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """Part over whole, NaN where there is no whole."""
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)


__all__ = ["kpi_dashboard"]
