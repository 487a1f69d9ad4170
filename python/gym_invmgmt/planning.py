"""An assortment planned from tables: levels that reach a service target, found by simulation."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gym_invmgmt import _native
from gym_invmgmt._tables import table_of


@dataclass(frozen=True)
class Plan:
    """What :func:`plan` recommends."""

    #: One mapping per item and place, with the columns of ``plan.csv`` in their order.
    rows: list[dict[str, Any]]
    #: What was taken for granted where the tables say nothing, in sentences.
    assumptions: list[str]
    #: What was left out or changed, in sentences.
    notes: list[str]
    #: ``target``, ``avg_stock`` [units] and ``cost_per_year`` [money] for targets from low to high.
    trade_offs: list[dict[str, float]]
    #: How the plan and a rule of thumb would have done on the last periods, or ``None``.
    backtest: dict[str, Any] | None
    #: The files written, if a folder was given.
    files: list[Path]


def plan(
    sales: Any = None,
    items: Any = None,
    *,
    target: str | float = "fill-rate=0.95",
    unmet: str = "lost",
    receipts: Any = None,
    period: str = "day",
    horizon: int | None = None,
    hold_back: int | None = None,
    paths: int = 96,
    date: str = "date",
    item: str = "item",
    place: str = "place",
    units: str = "units",
    stock: str | None = None,
    separator: str | None = None,
    decimal: str | None = None,
    dates: str | None = None,
    sheet: str | None = None,
    range: str | None = None,
    num_threads: int | None = None,
    out: str | os.PathLike[str] | None = None,
) -> Plan:
    """Plans an assortment: what ``gym-invmgmt plan`` does, from files or frames.

    Args:
        sales: a path, a pandas or polars frame, or a mapping of columns: a row per item, place and date, or a row per
            item and place with a column per date. None where every row of ``items`` has a law of demand.
        items: a table with ``item``, ``place`` and any of ``demand`` (a law, as ``{poisson: {mu: 5}}``),
            ``lead_time`` [periods], ``crossing`` (``free`` or ``fifo``), ``life`` [periods], ``cost``, ``price``
            [money / unit], ``holding_rate`` [1 / year], ``order_cost`` [money], ``min``, ``multiple`` [units],
            ``review`` [periods], ``stock``, ``on_order`` [units], ``target``, ``supplier``.
        target: ``fill-rate=SHARE`` (of demand met at once) or ``cycle-service=SHARE``; a number is a fill rate.
        unmet: ``lost`` or ``wait``.
        receipts: a table with ``item``, ``place``, ``ordered``, ``received``.
        period: ``day``, ``week`` or ``month``.
        horizon: periods for which the levels are to hold; a year if nothing is said.
        hold_back: last periods held back for a backtest; 0: none.
        paths: futures simulated per item.
        date: the column of ``sales`` with the date, or the number of a period.
        item: its column of items; a table without it is of one item.
        place: its column of places; a table without it is of one place.
        units: its column of units sold [units].
        stock: its column of units on hand at the end of a period; where it is 0, sales are the least that was wanted.
        separator: what stands between the cells of files, where that cannot be found in them.
        decimal: ``.`` or ``,``, likewise.
        dates: ``day-first``, ``month-first`` or ``year-first``, likewise.
        sheet: sheet of a spreadsheet of sales, by name or number.
        range: its cells, as ``A3:F200``.
        num_threads: most threads; the plan does not depend on them.
        out: folder for ``plan.csv``, ``plan.xlsx``, ``plan.json``, ``report.html``, ``orders.csv``, ``orders.xlsx``.

    Raises:
        ValueError: a table with mistakes (all of them, each with its line), or an argument out of its range.
        FileNotFoundError: a file is not there.
        OSError: the files cannot be written.
    """
    kind, share = _target(target)
    form = [separator, decimal, dates, sheet, range]
    # A sheet and its cells are those of the sales; the other tables are files of their own.
    others = [separator, decimal, dates, None, None]
    document, written = _native.plan(
        None if sales is None else table_of(sales, form),
        None if items is None else table_of(items, others),
        None if receipts is None else table_of(receipts, others),
        columns=(date, item, place, units, stock),
        target=(kind, share),
        unmet=unmet,
        period=period,
        horizon=horizon,
        paths=paths,
        held_back=hold_back,
        threads=num_threads,
        out=None if out is None else Path(out),
    )
    made = json.loads(document)
    return Plan(
        rows=made["rows"],
        assumptions=made["assumptions"],
        notes=made["notes"],
        trade_offs=made["trade_offs"],
        backtest=made["backtest"],
        files=[Path(file) for file in written],
    )


def _target(target: str | float) -> tuple[str, float]:
    if isinstance(target, str):
        kind, sign, share = target.partition("=")
        try:
            return (kind, float(share)) if sign else ("fill-rate", float(kind))
        except ValueError:
            raise ValueError(
                f"target is {target!r}; expected fill-rate=SHARE or cycle-service=SHARE, as in 'fill-rate=0.97'"
            ) from None
    return "fill-rate", float(target)


__all__ = ["Plan", "plan"]
