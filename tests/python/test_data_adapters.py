"""The data adapters give what gym-invmgmt 0.2.1 gives on the same files, and say what they changed.

The release's results are recorded by `python -m tests.parity.adapters --record`.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.parity.adapter_cases import EDGES, NODES, AdapterCase, all_adapter_cases, text_of
from tests.parity.adapters import RECORD, differing, without_notes
from tests.parity.compare import Differences
from tests.parity.play_adapters import play

import gym_invmgmt
from gym_invmgmt import CoreEnv, data_adapters, make_custom_env

CASES = all_adapter_cases()
RESULTS: dict[str, Any] = json.loads(gzip.decompress(RECORD.read_bytes()))
CALLS = sorted({case["call"] for case in CASES})


@pytest.mark.parametrize("call", CALLS)
def test_every_recorded_result_of_the_release_is_ours(call: str, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    cases = [case for case in CASES if case["call"] == call]
    wrong = {case["name"]: differing(play(case, "ours"), RESULTS[case["name"]], Differences()) for case in cases}
    assert {name: messages for name, messages in wrong.items() if messages} == {}
    assert len(cases) >= 15


def test_a_written_network_is_the_returned_one(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    written = [case for case in CASES if "output_path" in case["arguments"] and "document" in RESULTS[case["name"]]]
    assert len(written) > 50
    for case in written:
        returned = without_notes(play(case, "ours"))["document"]
        declared = make_custom_env("out.yaml").network._native.to_dict()
        for list_name in ["nodes", "edges"]:
            assert declared[list_name] == returned[list_name], case["name"]


def test_all_names_of_the_release_are_there() -> None:
    for name in data_adapters.__all__:
        assert getattr(gym_invmgmt, name) is getattr(data_adapters, name)
    arguments = data_adapters.DatasetScenarioSpec(topology_path="x.yaml", env_kwargs={"num_periods": 3})
    assert arguments.core_env_kwargs() == {
        "num_periods": 3, "scenario": "custom", "demand_config": {}, "config_path": "x.yaml",
    }  # fmt: skip


def test_a_spec_makes_an_environment_that_plays_the_series() -> None:
    spec = data_adapters.external_series_spec(range(10, 40), scenario="serial", scale_to_mean=49)
    env = CoreEnv(**spec.core_env_kwargs())
    env.reset(seed=1)
    env.step([0, 0, 0])
    assert env.D[0, 0] == pytest.approx(20.0)  # 10 of a mean of 24.5


class PandasLike:
    """What a pandas frame offers that is used; pandas itself is no dependency."""

    def __init__(self, text: str) -> None:
        self.text = text

    def to_csv(self, *, index: bool) -> str:
        assert not index
        return self.text


def frames(text: str, columns: dict[str, list[Any]], path: Path) -> list[Any]:
    """One table in every form."""
    path.write_text(text, encoding="utf-8")
    polars = type("DataFrame", (), {"write_csv": lambda self: text})()
    rows = list(zip(*columns.values(), strict=True))
    structured = np.array(rows, dtype=[(name, type(values[0]) if not isinstance(values[0], str) else "U20")
                                       for name, values in columns.items()])  # fmt: skip
    return [path, str(path), PandasLike(text), polars, columns, structured]


def test_a_table_in_any_form_gives_the_same_series(tmp_path: Path) -> None:
    columns = {"day": [2, 1, 3], "shop, big": ["a", "a", "b"], "units": [4.5, 2.0, 7.0]}
    text = 'day,"shop, big",units\n2,a,4.5\n1,a,2.0\n3,b,7.0\n'
    for table in frames(text, columns, tmp_path / "sales.csv"):
        spec = data_adapters.long_demand_csv_to_spec(table, demand_col="units", time_col="day",
                                                     group_filter={"shop, big": "a"})  # fmt: skip
        assert spec.demand_config["external_series"].tolist() == [2.0, 4.5]
        spec = data_adapters.external_series_spec(table, column="units")
        assert spec.demand_config["external_series"].tolist() == [4.5, 2.0, 7.0]


@pytest.mark.parametrize("series", [[1, 2], (1.0, 2.0), np.array([1, 2]), np.array([1.0, 9, 2.0])[::2], ["1", "2"]])
def test_a_series_in_any_form_is_taken(series: Any) -> None:
    assert data_adapters.external_series_spec(series).demand_config["external_series"].tolist() == [1.0, 2.0]


def test_what_was_changed_is_said(tmp_path: Path) -> None:
    def notes(text: str, **arguments: Any) -> list[str]:
        path = tmp_path / "sales.csv"
        path.write_text(text, encoding="utf-8")
        spec = data_adapters.long_demand_csv_to_spec(path, demand_col="u", **arguments)
        found: list[str] = spec.metadata.get("notes", [])
        return found

    assert notes("t,u\n2024-01-01,3\n2024-01-02,5\n", time_col="t") == []
    assert notes("t,u\n1,-3\n2,6\n", scale_to_mean=6) == [
        "u: 1 negative value(s), together -3, became 0",
        "u: scaled by 2 from a mean of 3 to 6",
    ]
    assert notes("t,u\n9,1\n10,2\n", time_col="t") == []
    with pytest.warns(UserWarning, match=r"is that the order of time\?"):
        months = notes("t,u\nJan,1\nFeb,2\n", time_col="t")
    assert "t 'Feb' is no date of the form 2015-07-31 and no number" in months[0]
    assert "1 row(s) share their t" in notes("t,u\n1,1\n1,2\n", time_col="t")[0]
    with pytest.warns(UserWarning, match="'10/1/2024' is no date of the form"):
        notes("t,u\n2/1/2024,1\n10/1/2024,2\n", time_col="t")
    with pytest.warns(UserWarning, match="t 'Feb' is no date of the form"):
        notes("t,g,u\nJan,A,1\nFeb,A,4\n", time_col="t", group_cols=["g"], edge_map={"A": (1, 0)})
    days = "t,u\n2024-02-28,1\n2024-02-29,1\n2024-03-01,1\n2024-03-04,1\n"
    assert notes(days, time_col="t")[0].startswith("2 day(s) have no row, the first after 2024-03-01")
    groups = "t,g,u\n1,A,1\n1,A,4\n1,B,2\n2,A,3\n2,A,3\n"
    edges = {"A": (1, 0), "B": (2, 0)}
    assert notes(groups, time_col="t", group_cols=["g"], edge_map=edges) == [
        "2 row(s) of group 'A' left out: not all groups have their time",
        "2 row(s) were added to another row of the same group and time",
    ]


def write_tables(folder: Path, nodes: list[list[str]] = NODES, edges: list[list[str]] = EDGES) -> tuple[Path, Path]:
    paths = folder / "nodes.csv", folder / "edges.csv"
    for path, rows in zip(paths, (nodes, edges), strict=True):
        path.write_text(text_of(rows), encoding="utf-8")
    return paths


def test_a_network_with_dangling_ids_is_refused_with_file_and_line(tmp_path: Path) -> None:
    dangling = [row.copy() for row in EDGES]
    dangling[2][1] = "9"
    nodes, edges = write_tables(tmp_path, edges=dangling)
    with pytest.raises(ValueError, match=r"edges\.csv:3: edges\[1\] \(2 -> 9\): .*9"):
        data_adapters.topology_csvs_to_yaml(nodes, edges, tmp_path / "out.yaml")
    assert not (tmp_path / "out.yaml").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"day,unit\n1,2\n", r"sales\.csv:1: no column 'units'; nearest: 'unit'; columns: day, unit"),
        (b"day,units\n1,2\n2,two\n", r"sales\.csv:3: units: found 'two'; expected a finite number"),
        (b"day,units\n1,2\n2,\n", r"sales\.csv:3: units: found an empty cell"),
        (b"day,units\n", r"sales\.csv: no rows below the header"),
        (b"", r"sales\.csv: the file is empty"),
        (b"day,units\n1,2\ncaf\xe9,3\n", r"sales\.csv:3: column 1: not UTF-8 text \(byte 0xE9\); save it as UTF-8"),
        (b"day,units\n1,2\n3\n", r"sales\.csv:3: 1 cells; the header has 2"),
        (b"units,units\n1,2\n", r"sales\.csv:1: column 'units' stands more than once"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_by_line(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        data_adapters.long_demand_csv_to_spec(path, demand_col="units")


def test_other_refusals_say_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text("day,shop,units\n1,north,0\n2,north,0\n3,south,5\n", encoding="utf-8")
    long = data_adapters.long_demand_csv_to_spec
    with pytest.raises(ValueError, match=r"no row has shop = 'nort'; nearest in shop: 'north'"):
        long(path, demand_col="units", group_filter={"shop": "nort"})
    with pytest.raises(ValueError, match=r"no column 'shp'; nearest: 'shop'"):
        long(path, demand_col="units", group_filter={"shp": "north"})
    with pytest.raises(ValueError, match=r"units: all values are 0 and cannot be scaled to a mean of 5"):
        long(path, demand_col="units", group_filter={"shop": "north"}, scale_to_mean=5)
    with pytest.raises(ValueError, match=r"no rows for group\(s\) 'sout'; nearest group without an edge: 'south'"):
        long(path, demand_col="units", time_col="day", group_cols="shop", edge_map={"sout": (1, 0)})
    with pytest.raises(ValueError, match=r"groups differ in their number of rows \('north' 2, 'south' 1\)"):
        long(path, demand_col="units", group_cols="shop", edge_map={"north": (1, 0), "south": (2, 0)})
    with pytest.raises(ValueError, match=r"share no time"):
        long(path, demand_col="units", time_col="day", group_cols="shop", edge_map={"north": (1, 0), "south": (2, 0)})
    with pytest.raises(ValueError, match=r"is a directory; expected a file"):
        long(tmp_path, demand_col="units")
    with pytest.raises(FileNotFoundError, match=r"Data file not found: .*none\.csv"):
        long(tmp_path / "none.csv", demand_col="units")
    with pytest.raises(TypeError, match=r"the table is a int; expected a path, a pandas or polars frame"):
        long(5, demand_col="units")
    with pytest.raises(ValueError, match=r"say which column of the table is the series, as column='units'"):
        data_adapters.external_series_spec(str(path))
    with pytest.raises(ValueError, match=r"scale_to_mean is -1; expected a finite number >= 0"):
        data_adapters.external_series_spec([1, 2], scale_to_mean=-1)


def test_metadata_are_written_as_json(tmp_path: Path) -> None:
    path = tmp_path / "new" / "metadata.json"
    data_adapters.write_metadata({"a": np.float64(1.5), "b": np.array([1, 2]), "c": (1, 2), "d": Path("x")}, path)
    assert json.loads(path.read_text(encoding="utf-8")) == {"a": 1.5, "b": [1, 2], "c": [1, 2], "d": "x"}
    with pytest.raises(TypeError, match="metadata holds a object"):
        data_adapters.write_metadata({"a": object()}, path)
    assert json.loads(path.read_text(encoding="utf-8"))["a"] == 1.5


def test_cases_cover_every_call() -> None:
    calls: set[str] = {case["call"] for case in CASES}
    names = set(data_adapters.__all__) - {"DatasetScenarioSpec", "write_metadata"}
    assert calls == names
    refused: list[AdapterCase] = [case for case in CASES if "raised" in RESULTS[case["name"]]]
    assert len(refused) > 20


@pytest.mark.parametrize(
    "times",
    [
        ["1", "2", "9", "10", "11", "100"],
        ["W1", "W2", "W10", "W11"],
        ["2023-12", "2024-2", "2024-10"],
        ["1.5", "2", "10"],
    ],
)
@pytest.mark.parametrize("grouped", [False, True])
@pytest.mark.filterwarnings("ignore:.*is that the order of time")
def test_times_count_by_value(times: list[str], grouped: bool) -> None:
    shuffled = sorted(times)
    table = {"t": shuffled, "g": ["a"] * len(times), "u": [float(times.index(time)) for time in shuffled]}
    more: dict[str, Any] = {"group_cols": ["g"], "edge_map": {"a": (1, 0)}} if grouped else {}
    spec = data_adapters.long_demand_csv_to_spec(table, demand_col="u", time_col="t", **more)
    series = spec.env_kwargs["user_D"][1, 0] if grouped else spec.demand_config["external_series"]
    assert list(series) == list(range(len(times)))


def test_whole_numbers_that_a_blank_cell_made_floats_are_whole(tmp_path: Path) -> None:
    # A library writes a column of whole numbers as floats as soon as one cell of it is blank.
    rows = ["store,item,day,units"]
    rows += [
        f"{store},{item}.0,{day},{10 * item + day}"
        for day in (1, 2)
        for store, item in (("7.0", 1), ("8.0", 2), ("", 3))
    ]
    table = tmp_path / "sales.csv"
    table.write_text("\n".join(rows) + "\n")
    for wanted in (7, 7.0, "7"):
        spec = data_adapters.long_demand_csv_to_spec(table, demand_col="units", group_filter={"store": wanted})
        assert list(spec.demand_config["external_series"]) == [11.0, 12.0]
    links = {7: (1, 0)}
    spec = data_adapters.long_demand_csv_to_spec(
        table, demand_col="units", time_col="day", group_cols=["store"], edge_map=links
    )
    assert [list(series) for series in spec.env_kwargs["user_D"].values()] == [[11.0, 12.0]]


def test_lead_times_and_ids_of_a_table_with_gaps_are_whole(tmp_path: Path) -> None:
    (tmp_path / "nodes.csv").write_text("id,I0,h\n0.0,,\n1.0,50,0.1\n2.0,,\n")
    (tmp_path / "edges.csv").write_text(
        "from,to,L,p,b,g,demand_dist,dist_param_mu\n1.0,0.0,,3,1,,poisson,8\n2.0,1.0,2.0,1,,0,,\n"
    )
    data_adapters.topology_csvs_to_yaml(tmp_path / "nodes.csv", tmp_path / "edges.csv", tmp_path / "net.yaml")
    env = CoreEnv(config_path=tmp_path / "net.yaml")
    assert env.network.main_nodes.tolist() == [1]
    assert env.network.lead_times == {(2, 1): 2}


def test_how_a_file_is_written_can_be_said(tmp_path: Path) -> None:
    """1.234 is a thousand in one country and a fraction in another: refused until somebody says which."""
    from gym_invmgmt.data_adapters import long_demand_csv_to_spec

    file = tmp_path / "till.csv"
    file.write_text("units;x\n1.234;a\n2.468;b\n")
    with pytest.raises(ValueError, match=r"1\.234"):
        long_demand_csv_to_spec(file, demand_col="units")
    thousands = long_demand_csv_to_spec(file, demand_col="units", decimal=",")
    assert list(thousands.demand_config["external_series"]) == [1234.0, 2468.0]
    fractions = long_demand_csv_to_spec(file, demand_col="units", separator=";", decimal=".")
    assert list(fractions.demand_config["external_series"]) == [1.234, 2.468]
    with pytest.raises(ValueError, match=r"decimal: found ';'; expected '\.' or ','"):
        long_demand_csv_to_spec(file, demand_col="units", decimal=";")
