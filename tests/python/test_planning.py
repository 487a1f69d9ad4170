"""An assortment planned from Python: from files and from frames, with the same rows."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from gym_invmgmt import plan

SALES = {
    "date": [f"2026-01-{day:02}" for day in range(1, 31)] * 2,
    "item": ["tea"] * 30 + ["jam"] * 30,
    "units": [3 + day % 3 for day in range(30)] + [6 if day % 3 == 0 else 0 for day in range(30)],
}
ITEMS = {"item": ["tea", "jam"], "lead_time": [2, 1], "stock": [4, 40], "supplier": ["Leaf", "Berry"]}


def test_columns_and_files_give_the_same_plan(tmp_path: Path) -> None:
    made = plan(SALES, ITEMS, target=0.97, out=tmp_path / "plan")
    assert [(row["item"], row["supplier"]) for row in made.rows] == [("tea", "Leaf"), ("jam", "Berry")]
    assert {file.name for file in made.files} == {
        "plan.csv",
        "plan.xlsx",
        "plan.json",
        "report.html",
        "orders.csv",
        "orders.xlsx",
    }
    sales = tmp_path / "sales.csv"
    with sales.open("w", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerows([SALES.keys(), *zip(*SALES.values(), strict=True)])
    assert plan(sales, ITEMS, target="fill-rate=0.97", num_threads=1).rows == made.rows
    assert made.backtest is not None
    assert made.backtest["periods"] == 7
    with (tmp_path / "plan" / "plan.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["reorder_point"]) for row in rows] == [row["reorder_point"] for row in made.rows]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"target": "fill=0.9"}, "target is of kind 'fill'; expected 'fill-rate' or 'cycle-service'"),
        ({"target": "much"}, "target is 'much'; expected fill-rate=SHARE or cycle-service=SHARE"),
        ({"target": 1.0}, "target is 1; expected a share above 0 and below 1"),
        ({"unmet": "gone"}, "unmet is 'gone'; expected 'lost' or 'wait'"),
        ({"period": "hour"}, "period is 'hour'; expected 'day', 'week' or 'month'"),
        ({"paths": 1}, "paths is 1; expected 8 to 10000"),
        ({"units": "sold"}, "no column 'sold'"),
        ({"decimal": ";"}, "decimal: found ';'; expected '.' or ','"),
    ],
)
def test_what_cannot_be_planned_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=r".*") as refused:
        plan(SALES, ITEMS, **change)  # type: ignore[arg-type]
    assert message in str(refused.value)


def test_a_missing_file_is_told_from_a_bad_one() -> None:
    with pytest.raises(FileNotFoundError, match="no_such_sales"):
        plan("no_such_sales.csv")


def test_laws_of_demand_need_no_sales() -> None:
    """The newsvendor's quantile: 36 is the least that covers 95 percent of a Poisson law with mean 27 (scipy's ppf)."""
    items = {"item": ["paper"], "demand": ["{poisson: {mu: 27}}"], "lead_time": [0], "life": [1]}
    made = plan(None, items, target="cycle-service=0.95")
    (row,) = made.rows
    assert (row["order_up_to"], row["warnings"]) == (36, "")
    assert made.backtest is None
    assert "demand by the laws of the table of items" in made.assumptions


def test_a_warehouse_and_its_stores_are_planned_together() -> None:
    items = {"item": ["tea", "tea"], "place": ["", "hub"], "lead_time": [1, 6], "supplier": ["hub", "Leaf"]}
    sales = {**SALES, "item": ["tea"] * 60, "place": ["north"] * 30 + ["south"] * 30}
    rows = {row["place"]: row for row in plan(sales, items, target=0.9).rows}
    assert set(rows) == {"north", "south", "hub"}
    assert rows["hub"]["drivers"].startswith("supplies 2 places")
    assert rows["hub"]["mean_demand"] == pytest.approx(rows["north"]["mean_demand"] + rows["south"]["mean_demand"])
    assert min(rows["north"]["immediate_fill_rate"], rows["south"]["immediate_fill_rate"]) >= 0.9


def test_what_spoils_costs() -> None:
    fresh = plan(SALES, {**ITEMS, "life": [2, 2]}, target=0.9).rows
    lasting = plan(SALES, ITEMS, target=0.9).rows
    assert all(one["avg_stock"] <= other["avg_stock"] for one, other in zip(fresh, lasting, strict=True))
    assert sum(row["cost_per_year"] for row in fresh) > sum(row["cost_per_year"] for row in lasting)
