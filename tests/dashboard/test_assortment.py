"""The page of a plan, run by Streamlit's own tester."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from gym_invmgmt import dashboard, plan
from gym_invmgmt.dashboard.assortment import affordable

PAGE = Path(dashboard.__file__).with_name("app.py")
SALES = "date,item,place,units\n" + "".join(
    f"2026-{1 + day // 28:02}-{1 + day % 28:02},{item},north,{units(day)}\n"
    for day in range(112)
    for item, units in (("tea", lambda day: 3 + day % 3), ("jam", lambda day: 6 if day % 4 == 0 else 0))
)
ITEMS = "item,lead_time,cost,multiple,stock,supplier\ntea,3,2.5,6,4,Leaf\njam,1,1.2,12,3,Berry\n"


def opened() -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=60).run()
    page.radio(key="view").set_value("Assortment").run()
    assert not page.exception
    return page


def planned(page: AppTest) -> AppTest:
    page.file_uploader(key="plan_sales").upload("sales.csv", SALES.encode()).run()
    page.file_uploader(key="plan_items").upload("items.csv", ITEMS.encode()).run()
    assert not page.exception
    return page


def levels(page: AppTest) -> dict[str, float]:
    table = page.dataframe[0].value
    return dict(zip(table["item"], table["reorder_point"], strict=True))


def test_two_tables_make_the_plan_of_the_library() -> None:
    page = planned(opened())
    rows = plan(
        {name: column for name, *column in zip(*csv.reader(io.StringIO(SALES)), strict=True)},
        {name: column for name, *column in zip(*csv.reader(io.StringIO(ITEMS)), strict=True)},
        target=0.95,
    ).rows
    assert levels(page) == {row["item"]: row["reorder_point"] for row in rows}
    assert page.metric[0].value == "2"


def test_a_higher_target_keeps_more_and_a_smaller_budget_less() -> None:
    page = planned(opened())
    before = levels(page)
    page.slider(key="plan_target").set_value(99.5).run()
    higher = levels(page)
    assert all(higher[item] >= before[item] for item in before)
    assert higher != before
    page.checkbox(key="plan_by_budget").check().run()
    page.slider(key="plan_budget").set_value(page.slider(key="plan_budget").min).run()
    assert not page.exception
    assert all(level <= higher[item] for item, level in levels(page).items())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"date,item,units\n2026-01-01,tea,many\n", "sales.csv:2: units: found 'many'"),
        (b"", "sales.csv"),
        (b"\xff\xfe\x00", "sales.csv"),
        (b"date,item,units\n03/04/2026,tea,1\n05/04/2026,tea,2\n", "dates"),
    ],
)
def test_a_bad_file_is_a_message_and_the_last_plan_stands(content: bytes, words: str) -> None:
    page = planned(opened())
    before = levels(page)
    page.file_uploader(key="plan_sales").set_value(("sales.csv", content, "text/csv")).run()
    assert not page.exception
    said = page.code[0].value
    assert words in said
    assert "/tmp" not in said
    assert levels(page) == before


def test_two_users_at_once_keep_apart() -> None:
    one, other = planned(opened()), opened()
    assert not other.dataframe
    planned(other)
    other.slider(key="plan_target").set_value(80.0).run()
    one.run()
    assert levels(one) != levels(other)


def test_a_budget_between_two_points_pays_for_a_target_between_them() -> None:
    curve = [{"target": 0.8, "stock_value": 100.0}, {"target": 0.9, "stock_value": 200.0}]
    assert affordable(curve, 150.0) == pytest.approx(0.85)
    assert (affordable(curve, 50.0), affordable(curve, 500.0)) == (0.8, 0.9)
