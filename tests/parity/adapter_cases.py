"""Calls of the data adapters on generated tables: what is called, on which files, with which arguments.

A case is plain JSON: `files` by name, `call` and its `arguments`, in which file names stand for paths and an
`edge_map` is a list of pairs. Both packages play the same case; `release_files`, where given, are what the release
gets instead, because it cannot read what ours is given (a byte order mark).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

AdapterCase = dict[str, Any]
Rows = list[list[str]]


def all_adapter_cases() -> list[AdapterCase]:
    """Every case; the same ones each time."""
    random_source = random.Random(20240611)
    makers = [series_cases, long_cases, grouped_cases, wide_cases, topology_cases, star_cases, hierarchy_cases]
    cases = [case for maker in makers for case in maker(random_source)]
    return [{**case, "name": f"{number:03d} {case['call']}: {case['about']}"} for number, case in enumerate(cases)]


def case_of(call: str, about: str, files: dict[str, str] | None = None, **arguments: Any) -> AdapterCase:
    """A case; `release_files` among the arguments stands for itself."""
    case: AdapterCase = {"call": call, "about": about, "files": files or {}, "arguments": arguments}
    if "release_files" in arguments:
        case["release_files"] = arguments.pop("release_files")
    return case


def text_of(rows: Rows, end: str = "\n") -> str:
    """Rows as CSV, cells quoted where they must be."""

    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in '",\n') else text

    return "".join(",".join(cell(text) for text in row) + end for row in rows)


def spelled_oddly(rows: Rows) -> Iterator[tuple[str, dict[str, str], dict[str, str]]]:
    """The same table in the spellings that files come in: what it is, the file, the release's file."""
    plain = {"table.csv": text_of(rows)}
    yield "plain", plain, plain
    windows = {"table.csv": text_of(rows, "\r\n")}
    yield "Windows line ends", windows, windows
    yield "byte order mark", {"table.csv": "\ufeff" + text_of(rows)}, plain
    blank = {"table.csv": text_of(rows).replace("\n", "\n\n")}
    yield "blank lines", blank, blank
    unended = {"table.csv": text_of(rows).rstrip("\n")}
    yield "no line end at the end", unended, unended


def series_cases(dice: random.Random) -> Iterator[AdapterCase]:
    """Series with negative values, scaled or not, of lengths around the blocks in which sums are formed."""
    for length in [1, 2, 7, 8, 9, 30, 127, 128, 129, 300, 1000]:
        values = [round(dice.uniform(-3, 60), dice.choice([0, 2])) for _ in range(length)] + [4.0]
        yield case_of("external_series_spec", f"{length + 1} values", series=values)
        yield case_of(
            "external_series_spec",
            f"{length + 1} values, scaled",
            series=values,
            scale_to_mean=dice.choice([0, 7.5, 20]),
            use_goodwill=dice.random() < 0.5,
            deterministic=dice.random() < 0.5,
            metadata={"source": "a till"},
        )
    for about, values in [("empty", []), ("zeros to be scaled", [0, -1]), ("not finite", [1, float("nan")])]:
        yield case_of("external_series_spec", about, series=values, scale_to_mean=5)


def sales(dice: random.Random, days: int, stores: list[str], *, gaps: float = 0.0, repeats: float = 0.0) -> Rows:
    """Sales per day and store, days left out and repeated at random, in no order."""
    rows = []
    for store in stores:
        for day in range(1, days + 1):
            if dice.random() < gaps:
                continue
            for _ in range(2 if dice.random() < repeats else 1):
                units = dice.choice([str(dice.randint(-3, 40)), f"{dice.uniform(0, 9):.2f}", " 7 ", "1e1", "1_0"])
                rows.append([f"2024-02-{day:02d}" if day < 30 else f"2024-03-{day - 29:02d}", store, "x", units])
    dice.shuffle(rows)
    return [["date", "store", "an,item", "units"], *rows]


def long_cases(dice: random.Random) -> Iterator[AdapterCase]:
    """Long tables as one series."""
    call = "long_demand_csv_to_spec"
    stores = ["A", 'B "x", y', "C\nD"]
    for number in range(4):
        rows = sales(dice, 25, stores, gaps=0.2 * number / 3, repeats=0.1)
        for about, files, release in spelled_oddly(rows):
            for time, wanted in [(None, None), ("date", None), ("date", {"store": dice.choice(stores)})]:
                extra: dict[str, Any] = {"group_filter": wanted} if wanted else {}
                if dice.random() < 0.5:
                    extra["scale_to_mean"] = 20
                yield case_of(
                    call, about, files, release_files=release, csv_path="table.csv", demand_col="units",
                    time_col=time, **extra,
                )  # fmt: skip
    # Of the same width: the release orders them as texts.
    numbers = [["t", "u"], ["10", "1"], ["30", "2"], ["20", "3"], ["10", "4"]]
    yield case_of(call, "numbered times", {"table.csv": text_of(numbers)}, csv_path="table.csv", demand_col="u",
                  time_col="t")  # fmt: skip
    for about, content, column in [
        ("no such column", "t,u\n1,2\n", "units"),
        ("text among numbers", "t,u\n1,2\n2,two\n", "u"),
        ("blank cell", "t,u\n1,2\n2,\n", "u"),
        ("no rows", "t,u\n", "u"),
        ("empty file", "", "u"),
        ("nan", "t,u\n1,nan\n", "u"),
    ]:
        yield case_of(call, about, {"table.csv": content}, csv_path="table.csv", demand_col=column)
    yield case_of(call, "nothing wanted", {"table.csv": "t,u\n1,2\n"}, csv_path="table.csv", demand_col="u",
                  group_filter={"t": "9"})  # fmt: skip
    yield case_of(call, "a number in the filter", {"table.csv": "t,u\n1,2\n2,5\n1,7\n"}, csv_path="table.csv",
                  demand_col="u", group_filter={"t": 1})  # fmt: skip
    yield case_of(call, "no such file", csv_path="table.csv", demand_col="u")


def grouped_cases(dice: random.Random) -> Iterator[AdapterCase]:
    """Long tables as one series per market link."""
    call = "long_demand_csv_to_spec"
    stores = ["A", "B, b", "C"]
    one = [[store, [number + 1, 0]] for number, store in enumerate(stores[:2])]
    two = [[[store, "x"], ["shop", store]] for store in stores]
    for number in range(4):
        rows = sales(dice, 28, stores, gaps=0.1 * number, repeats=0.1 * number)
        for about, files, release in spelled_oddly(rows):
            for columns, edges in [(["store"], one), (["store", "an,item"], two)]:
                yield case_of(
                    call, about, files, release_files=release, csv_path="table.csv", demand_col="units",
                    time_col="date", group_cols=columns, edge_map=edges,
                    scale_to_mean=dice.choice([None, 20]), use_goodwill=dice.random() < 0.5,
                )  # fmt: skip
    numbered = [["t", "g", "u"]]
    numbered += [[str(t), g, str(dice.randint(0, 9))] for t in [10, 9, 100, "x", 8.5, "a"] for g in "AB"]
    numbered += [["7", "A", "1"], ["10", "B", "5"], ["9", "C", "no number, and nobody asks"]]
    table = {"table.csv": text_of(numbered)}
    common = {"csv_path": "table.csv", "demand_col": "u", "group_cols": ["g"]}
    both = [["A", [1, 0]], ["B", [2, 0]]]
    yield case_of(call, "numbers before texts", table, time_col="t", edge_map=both, **common)
    yield case_of(call, "unequal lengths", table, edge_map=both, **common)
    yield case_of(call, "file order", table, edge_map=both[:1], **common)
    yield case_of(call, "a group without rows", table, time_col="t", edge_map=[*both, ["Z", [3, 0]]], **common)
    yield case_of(call, "text for a number", table, time_col="t", edge_map=[["C", [1, 0]]], **common)
    apart = {"table.csv": "t,g,u\n1,A,5\n2,B,6\n"}
    yield case_of(call, "no shared time", apart, time_col="t", edge_map=both, **common)
    zeros = {"table.csv": "t,g,u\n1,A,0\n1,B,6\n"}
    yield case_of(call, "zeros to be scaled", zeros, time_col="t", edge_map=both, scale_to_mean=3, **common)


def wide_table(dice: random.Random, items: int, days: int, kind: str) -> Rows:
    """Items by days; quiet ones, negative sales and equal windows among them."""
    header = ["id", "item_id", "dept_id", "cat_id", "store_id", "state_id", *(f"d_{day + 1}" for day in range(days))]
    rows = [[*header, "note"]]
    for item in range(items):
        level = dice.choice([0.5, 6, 12, 30])
        if kind == "whole":
            values = [str(max(0, round(dice.gauss(level, level / 2)))) for _ in range(days)]
        elif kind == "negative":
            values = [str(round(dice.gauss(level, level))) for _ in range(days)]
        elif kind == "periodic":
            values = [["10", "20", "5", "9"][(day + item) % 4] for day in range(days)]
        else:
            values = [f"{dice.expovariate(1 / level):.3f}" for _ in range(days)]
        rows.append([f"I{item}, big", f"I{item}", "D", "C", f"S{item % 3}", "CA", *values, "5"])
    return rows


def wide_cases(dice: random.Random) -> Iterator[AdapterCase]:
    """Wide tables: the window chosen, and everything said about it."""
    call = "wide_demand_csv_to_spec"
    for kind in ["whole", "decimal", "negative", "periodic"]:
        rows = wide_table(dice, 25, 60, kind)
        for about, files, release in spelled_oddly(rows):
            for periods, search in [(7, None), (30, 40), (12, 5)]:
                yield case_of(
                    call, f"{kind}, {about}", files, release_files=release, csv_path="table.csv",
                    value_col_prefix="d_", metadata_cols=["id", "store_id", "nope"], num_periods=periods,
                    search_periods=search, min_window_mean=dice.choice([0.1, 5]),
                    min_nonzero_frac=dice.choice([0.0, 0.8]), max_to_mean_cap=dice.choice([1.8, 4.0]),
                    group_filter=dice.choice([None, {"store_id": "S1"}]), scale_to_mean=dice.choice([20.0, 7]),
                )  # fmt: skip
            yield case_of("m5_wide_csv_to_spec", f"{kind}, {about}", files, release_files=release,
                          csv_path="table.csv", num_periods=14, search_days=50)  # fmt: skip
    files = {"table.csv": text_of(wide_table(dice, 6, 12, "whole"))}
    common = {"csv_path": "table.csv", "num_periods": 3}
    yield case_of(call, "columns by name", files, value_cols=["d_9", "d_2", "d_3", "d_7", "d_1"], min_window_mean=1,
                  **common)  # fmt: skip
    yield case_of(call, "unknown column", files, value_cols=["d_9", "d_x", "d_1"], **common)
    yield case_of(call, "no columns given", files, **common)
    yield case_of(call, "too few columns", files, value_col_prefix="note", **common)
    yield case_of(call, "no window fits", files, value_col_prefix="d_", min_window_mean=1e6, **common)
    yield case_of(call, "no row wanted", files, value_col_prefix="d_", group_filter={"store_id": "S9"}, **common)
    yield case_of(call, "searches nothing, that is, all", files, value_col_prefix="d_", search_periods=0,
                  min_window_mean=1, **common)  # fmt: skip
    odd = "id,d_1,d_2,d_3,d_4\na,{},9,20,30\nb,9,8,nan,9\nc,12,15,9,inf\n"
    yield case_of(call, "cells that are not finite", {"table.csv": odd.format(9)}, csv_path="table.csv",
                  value_col_prefix="d_", num_periods=2)  # fmt: skip
    for about, cell in [("text", "x"), ("blank", "")]:
        yield case_of(call, f"{about} before the days searched", {"table.csv": odd.format(cell)}, csv_path="table.csv",
                      value_col_prefix="d_", num_periods=2, search_periods=3)  # fmt: skip
        yield case_of(call, f"{about} in the days searched", {"table.csv": odd.format(cell)}, csv_path="table.csv",
                      value_col_prefix="d_", num_periods=2)  # fmt: skip


NODES = [
    ["id", "I0", "h", "C", "o", "v", "meta_where", "meta_open"],
    ["0", "", "", "", "", "", "", ""],
    ["1", "100", "0.03", "", "", "", "High Street, 5", "TRUE"],
    ["2", "200", "1e-2", "50", ".1", "1.0", " x ", "false"],
    ["S", "", "", "", "", "", "007", " "],
]
EDGES = [
    ["from", "to", "L", "p", "g", "K", "b", "demand_dist", "dist_param_mu", "dist_param_loc"],
    ["1", "0", "", "2.0", "", "", "0.1", "poisson", "20", "0"],
    ["2", "1", "3", "1", "0.01", "5", "", "", "", ""],
    ["S", "2", "+0", "0.5", "0", "", "", "", "", ""],
]


def topology_cases(dice: random.Random) -> Iterator[AdapterCase]:
    """Networks from two tables."""
    call, common = "topology_csvs_to_yaml", {"nodes_csv": "table.csv", "edges_csv": "edges.csv"}
    for about, files, release in spelled_oddly(NODES):
        for other, edges, release_edges in spelled_oddly(EDGES):
            extra = {"name": dice.choice(["yes", "a: b", "0x1", "plain"])} if dice.random() < 0.7 else {}
            yield case_of(
                call, f"{about}, {other}", files | {"edges.csv": edges["table.csv"]},
                release_files=release | {"edges.csv": release_edges["table.csv"]}, output_path="out.yaml",
                **common, **extra,
            )  # fmt: skip
    good = {"table.csv": text_of(NODES), "edges.csv": text_of(EDGES)}
    yield case_of(call, "no column id", good | {"table.csv": "name,I0\na,1\n"}, output_path="out.yaml", **common)
    yield case_of(call, "no column to", good | {"edges.csv": "from,tp\n1,0\n"}, output_path="out.yaml", **common)


def star_cases(dice: random.Random) -> Iterator[AdapterCase]:
    """Stars of stores."""
    call = "retail_store_csv_to_star_topology_yaml"
    stores = [["Store", "StoreType", "Competition, km", "Blank"]]
    stores += [[str(n), dice.choice("abc"), dice.choice(["", "1270", "570.5"]), ""] for n in [3, 1, 12, 7]]
    named = [["sid", "city"], ["A", "x"], ["B, b", "y"], ["5", "z"], ["A", "last one counts"]]
    for about, files, release in spelled_oddly(stores):
        for ids in [[1, 3], ["12"], [7, 3, 1]]:
            yield case_of(call, about, files, release_files=release, stores_csv="table.csv", output_path="out.yaml",
                          store_id_col="Store", selected_store_ids=ids)  # fmt: skip
    for about, files, release in spelled_oddly(named):
        for ids, extra in [
            (["A", "B, b"], {}),
            (["A", 5], {"market_id": 50, "lead_time": 2, "initial_inventory": 10, "demand_mu": 3}),
            (["A"], {"market_id": "M", "supplier_id": 7, "source_id": "X", "name": "null", "retail_price": 4.5}),
        ]:
            yield case_of(call, about, files, release_files=release, stores_csv="table.csv", output_path="out.yaml",
                          store_id_col="sid", selected_store_ids=ids, **extra)  # fmt: skip
    files = {"table.csv": text_of(stores)}
    common = {"stores_csv": "table.csv", "output_path": "out.yaml"}
    yield case_of(call, "no such store", files, store_id_col="Store", selected_store_ids=[1, 99], **common)
    yield case_of(call, "no such column", files, store_id_col="Shop", selected_store_ids=[1], **common)


def hierarchy_cases(dice: random.Random) -> Iterator[AdapterCase]:
    """Trees of levels."""
    call = "hierarchy_csv_to_tree_topology_yaml"
    rows = [["state", "store", "item", "units"]]
    rows += [[s, f"{s}_{n}", dice.choice(["a", "b,c", ""]), "1"] for s in ["TX", "CA", ""] for n in [2, 1, 1]]
    dice.shuffle(rows[1:])
    for about, files, release in spelled_oddly(rows):
        for columns, extra in [
            (["state", "store"], {}),
            (["state"], {"root_id": "state=CA", "market_id": "buyers", "lead_time": 3, "holding_cost": 0}),
            (["state", "item"], {"group_filter": {"state": "CA"}, "name": "on", "pipeline_holding_cost": 0.5}),
            (["store"], {"max_rows": 2, "market_id": "SOURCE", "demand_mu": 2.5, "retail_price": 4}),
        ]:
            yield case_of(call, about, files, release_files=release, csv_path="table.csv", output_path="out.yaml",
                          hierarchy_cols=columns, **extra)  # fmt: skip
    files = {"table.csv": text_of(rows)}
    common = {"csv_path": "table.csv", "output_path": "out.yaml"}
    yield case_of(call, "no such column", files, hierarchy_cols=["stat"], **common)
    yield case_of(call, "no columns", files, hierarchy_cols=[], **common)
    yield case_of(call, "no rows", files, hierarchy_cols=["state"], group_filter={"state": "Q"}, **common)
