"""The page of a plan: two tables in, a plan out; a target and a budget to move."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from gym_invmgmt.dashboard import UPLOAD_LIMIT
from gym_invmgmt.planning import Plan, plan

#: Kinds of files that tables come in.
KINDS = ["csv", "txt", "tsv", "gz", "zip", "xlsx"]
#: What the folder of a plan has, with the kind of each file.
FILES = {
    "plan.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "plan.csv": "text/csv",
    "orders.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "orders.csv": "text/csv",
    "report.html": "text/html",
    "plan.json": "application/json",
}
#: What of a row is looked at first.
SHOWN = [
    "item", "place", "class_abc", "class_xyz", "reorder_point", "order_up_to", "order_now", "immediate_fill_rate",
    "avg_stock", "cost_per_year", "warnings",
]  # fmt: skip


@dataclass(frozen=True)
class Table:
    """A table as it was uploaded."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Asked:
    """What a plan is made of."""

    sales: Table | None
    items: Table | None
    target: float
    unmet: str
    period: str
    dates: str | None
    decimal: str | None


@dataclass(frozen=True)
class Made:
    """A plan and its files."""

    plan: Plan
    files: dict[str, bytes]


def make(asked: Asked) -> Made:
    """Plans from uploaded tables.

    Raises:
        ValueError: a table that cannot be used; the message names the file as it was uploaded.
    """
    with tempfile.TemporaryDirectory() as folder:

        def path(table: Table | None, place: str) -> Path | None:
            if table is None:
                return None
            file = Path(folder, place, Path(table.name).name)
            file.parent.mkdir()
            file.write_bytes(table.content)
            return file

        out = Path(folder, "plan")
        try:
            made = plan(
                path(asked.sales, "sales"),
                path(asked.items, "items"),
                target=asked.target,
                unmet=asked.unmet,
                period=asked.period,
                dates=asked.dates,
                decimal=asked.decimal,
                out=out,
            )
        except (ValueError, OSError) as error:
            # Where it lay here says nothing to who uploaded it.
            said = str(error)
            for place in ("sales", "items"):
                said = said.replace(f"{Path(folder, place)}/", "")
            raise ValueError(said.replace(folder, "")) from None
        return Made(made, {name: (out / name).read_bytes() for name in FILES})


def page() -> None:
    """Tables and choices on the left; classes, rows, one item and files on the right."""
    with st.sidebar:
        asked = _asked()
    if asked is None:
        st.info("Upload a table of sales on the left, or a table of items with laws of demand.")
        return
    made = _made(asked)
    if made is not None:
        _show(made, asked)


def _upload(label: str, key: str) -> Table | None:
    file = st.file_uploader(f"{label} (at most {UPLOAD_LIMIT} MB)", KINDS, key=key, max_upload_size=UPLOAD_LIMIT)
    return None if file is None else Table(file.name, file.getvalue())


def _asked() -> Asked | None:
    """What the controls say; none before there is a table."""
    st.subheader("Tables")
    sales = _upload("Sales: date, item, place, units", "plan_sales")
    items = _upload("Items: lead_time, cost, multiple, stock, supplier ...", "plan_items")
    st.subheader("Target")
    budget = _budget()
    target = st.slider("Share of demand met at once [%]", 50.0, 99.9, 95.0, 0.1, key="plan_target") / 100
    unmet = st.radio("Demand that is not met at once", ["lost", "wait"], key="plan_unmet", horizontal=True)
    st.subheader("Files")
    period = st.selectbox("Length of a period", ["day", "week", "month"], key="plan_period")
    dates = st.selectbox("Dates", ["as found", "day-first", "month-first", "year-first"], key="plan_dates")
    decimal = st.selectbox("Decimal sign", ["as found", ".", ","], key="plan_decimal")
    if sales is None and items is None:
        return None
    found = [None if choice == "as found" else choice for choice in (dates, decimal)]
    return Asked(sales, items, round(budget or target, 4), unmet, period, *found)


def _budget() -> float | None:
    """The highest target whose stock a budget pays for, if one is set; the curve is that of the last plan."""
    made: Made | None = st.session_state.get("plan_made")
    if made is None or not st.checkbox("A budget for stock instead", key="plan_by_budget"):
        return None
    curve = made.plan.trade_offs
    least, most = curve[0]["stock_value"], curve[-1]["stock_value"]
    if most <= least:
        return None
    now = min(max(st.session_state.get("plan_budget", most), least), most)
    st.session_state["plan_budget"] = now
    budget = st.slider("Budget: mean stock [money]", float(least), float(most), key="plan_budget")
    target = affordable(curve, budget)
    st.caption(f"pays for {100 * target:.1f} % of demand met at once")
    return target


def affordable(curve: list[dict[str, float]], budget: float) -> float:
    """The target whose stock is worth a budget, on the straight lines between points of a trade-off curve."""
    for below, above in pairwise(curve):
        if below["stock_value"] <= budget <= above["stock_value"]:
            span = above["stock_value"] - below["stock_value"]
            share = (budget - below["stock_value"]) / span if span > 0 else 0.0
            return below["target"] + share * (above["target"] - below["target"])
    return curve[0]["target"] if budget < curve[0]["stock_value"] else curve[-1]["target"]


def _made(asked: Asked) -> Made | None:
    """The plan; made again only when something it depends on changed. A bad file leaves the last one standing."""
    if st.session_state.get("plan_asked") != asked:
        try:
            with st.spinner("Planning"):
                made = make(asked)
        except ValueError as error:
            st.error("This cannot be used; everything else is as it was.")
            st.code(str(error), language=None, wrap_lines=True)
            st.caption("Below, the last plan that could be made." if "plan_made" in st.session_state else "")
        else:
            st.session_state["plan_asked"], st.session_state["plan_made"] = asked, made
    kept: Made | None = st.session_state.get("plan_made")
    return kept


def _show(made: Made, asked: Asked) -> None:
    rows = made.plan.rows
    demand = sum(row["mean_demand"] for row in rows)
    met = sum(row["mean_demand"] * row["immediate_fill_rate"] for row in rows)
    facts = st.columns(4)
    facts[0].metric("Items and places", len(rows))
    facts[1].metric("Demand met at once", f"{100 * met / demand:.1f} %" if demand else "100.0 %")
    facts[2].metric("Mean stock", f"{sum(row['avg_stock'] for row in rows):,.0f}")
    facts[3].metric("Cost per year", f"{sum(row['cost_per_year'] for row in rows):,.0f}")
    left, right = st.columns(2)
    left.plotly_chart(curve_figure(made.plan.trade_offs, asked.target), key="plan_curve")
    right.plotly_chart(classes_figure(rows), key="plan_classes")
    chosen = st.multiselect("Classes", sorted({row["class_abc"] + row["class_xyz"] for row in rows}), key="plan_filter")
    kept = [row for row in rows if not chosen or row["class_abc"] + row["class_xyz"] in chosen]
    clicked = st.dataframe(
        [{name: row[name] for name in SHOWN} for row in kept], hide_index=True, key="plan_rows", on_select="rerun",
        selection_mode="single-row",
    )  # fmt: skip
    names = [f"{row['item']} at {row['place']}" if row["place"] else row["item"] for row in kept]
    picked = list(clicked.selection.rows) if clicked else []
    at = st.selectbox(
        "Item", range(len(kept)), index=picked[0] if picked and picked[0] < len(kept) else 0,
        format_func=lambda place: names[place], key=f"plan_item/{picked}",
    )  # fmt: skip
    if at is not None and kept:
        _item(kept[at])
    for column, (name, kind) in zip(st.columns(len(FILES)), FILES.items(), strict=True):
        column.download_button(name, made.files[name], name, kind, key=f"get_{name}", on_click="ignore")
    for title, sentences in (("Taken for granted", made.plan.assumptions), ("Left out or changed", made.plan.notes)):
        with st.expander(f"{title}: {len(sentences)}"):
            # Not as Markdown: names of items stand in them.
            st.code("\n".join(sentences), language=None, wrap_lines=True)


def _item(row: dict[str, Any]) -> None:
    """One item: its levels drawn, and all that is known of it."""
    left, right = st.columns(2)
    left.plotly_chart(levels_figure(row), key="plan_levels")
    right.dataframe([{"": name, "value": str(value)} for name, value in row.items()], hide_index=True, key="plan_one")


def curve_figure(curve: list[dict[str, float]], target: float) -> go.Figure:
    """Stock against service: what each target takes, the one planned for marked."""
    figure = go.Figure()
    targets, value = [100 * one["target"] for one in curve], [one["stock_value"] for one in curve]
    figure.add_scatter(x=targets, y=value, mode="lines+markers", name="stock", line={"color": "#0072b2"})
    figure.add_vline(x=100 * target, line_dash="dash", line_color="#999999")
    figure.update_layout(
        title="What a target takes", xaxis_title="demand met at once [%]", yaxis_title="mean stock [money]",
        height=320, margin={"t": 50, "b": 40, "l": 40, "r": 20}, showlegend=False,
    )  # fmt: skip
    return figure


def classes_figure(rows: list[dict[str, Any]]) -> go.Figure:
    """How many rows are in each class: by turnover A to C, by how much demand varies X to Z."""
    counts = [[sum(row["class_abc"] == a and row["class_xyz"] == x for row in rows) for x in "XYZ"] for a in "ABC"]
    figure = go.Figure(go.Heatmap(z=counts, x=list("XYZ"), y=list("ABC"), text=counts, texttemplate="%{text}",
                                  colorscale="Blues", showscale=False))  # fmt: skip
    figure.update_layout(
        title="Classes", xaxis_title="steady to erratic", yaxis_title="turnover", yaxis_autorange="reversed",
        height=320, margin={"t": 50, "b": 40, "l": 40, "r": 20},
    )  # fmt: skip
    return figure


def levels_figure(row: dict[str, Any]) -> go.Figure:
    """The levels of an item beside the stock expected."""
    names = ["safety_stock", "avg_stock", "reorder_point", "order_up_to"]
    figure = go.Figure(go.Bar(x=[row[name] for name in names], y=names, orientation="h", marker_color="#0072b2"))
    figure.update_layout(
        title="Levels [units]", height=300, margin={"t": 50, "b": 40, "l": 40, "r": 20}, yaxis_autorange="reversed"
    )
    return figure
