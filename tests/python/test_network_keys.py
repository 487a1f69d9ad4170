"""Every key of nodes and links, as the engine's tables have it, through every face of the program and back.

Nothing is listed by hand here: a row that a face forgets makes its test fail.
"""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest

from gym_invmgmt import CoreEnv, _native, load_scenario
from gym_invmgmt.network_topology import SupplyChainNetwork
from gym_invmgmt.plots.parameters import link_parameters, node_parameters

PROJECT = Path(__file__).parents[2]
NODES = {row.key: row for row in _native.Network.NODE_KEYS}
LINKS = {row.key: row for row in _native.Network.LINK_KEYS}
WHOLE = {row.key: row for row in _native.Network.NETWORK_KEYS}
ROWS = {**NODES, **LINKS, **WHOLE}
#: What the value of a structured key may be; and keys whose values the others' would contradict.
STRUCTURES: dict[str, Any] = {
    "disruptions": [{"where": "mill", "what": "ship", "up_down": [0.1, 0.5]}],
    "allocation": "proportional",
    "storage": {"space": 90, "overflow": "discard", "cost": 0.5},
    "ages": [4, 6],
    "yield": {"all_or_nothing": 0.75},
    "issue": {"fifo": 0.25},
    "in_transit": [3],
    "requested": [2, 5],
    "products": ["goods", "flour"],
    "product": "goods",
    "recipes": [{"make": "goods", "from": {"flour": 2}, "L": 1}],
    "resources": [{"name": "line", "per_period": 9, "use": {"bakery -> shop": 1}}],
    "joint": [{"links": [["bakery", "shop"]], "K": 5}],
}
VALUES: dict[str, Any] = {
    "timeline": "beer",
    "units": "whole",
    "remainder": "largest",
    "customers": "first",
    "draw": "order",
    "crossing": "fifo",
    "unmet": "lost",
    "fill": "lots",
    "at": "receive",
    "pay": "received",
    "write_off_after": 9,
    "max": 40,
}
#: What a key needs beside it: where, and what stands there.
LAW = {"L": {"values": [1, 3]}, "draw": "order", "crossing": "free"}
BESIDE: dict[str, dict[str, Any]] = {
    "draw": LAW,
    "crossing": LAW,
    "announced": LAW,
    "write_off_after": {**LAW, "L": {"values": [1, 3], "never": 0.1}},
    "remainder": {"allocation": "proportional"},
    "b": {"unmet": "wait"},
    "wait_at_most": {"unmet": "wait"},
    "owed": {"unmet": "wait"},
    "fill": {"multiple": 4},
    "at": {"yield": {"all_or_nothing": 0.75}},
    "pay": {"yield": {"all_or_nothing": 0.75}},
    "requested": {"order_delay": 2},
}
#: Where a key stands in the network below, by what has it: list and position.
PLACES = {
    "network": ("", 0),
    "node that holds stock": ("nodes", 1),
    "factory": ("nodes", 2),
    "link": ("edges", 1),
    "supply link": ("edges", 1),
    "market link": ("edges", 0),
}
#: Where it must not stand.
WRONG_PLACES = {
    "network": ("", 0),
    "node that holds stock": ("nodes", 0),
    "factory": ("nodes", 1),
    "supply link": ("edges", 0),
    "market link": ("edges", 1),
}
OWNERS = {
    "network": "network",
    "node that holds stock": "managed",
    "factory": "factories",
    "link": "all",
    "supply link": "supply links",
    "market link": "market links",
}
every = pytest.mark.parametrize("key", ROWS)
every_number = pytest.mark.parametrize("key", [key for key, row in ROWS.items() if row.form in ("number", "whole")])


def declared() -> dict[str, Any]:
    """A market, a shop, a bakery and a mill, with what they must have."""
    return {
        "nodes": [
            {"id": "town"},
            {"id": "shop", "I0": 10, "h": 0.5},
            {"id": "bakery", "I0": 30, "h": 0.25, "C": 40, "o": 0.125, "v": 1.0},
            {"id": "mill"},
        ],
        "edges": [
            {"from": "shop", "to": "town", "p": 5, "b": 2, "demand_dist": "poisson", "dist_param": {"mu": 7}},
            {"from": "bakery", "to": "shop", "L": 1, "p": 1, "g": 0.25},
            {"from": "mill", "to": "bakery", "L": 2, "p": 0.5, "g": 0},
        ],
    }


def another(key: str) -> Any:
    """A value of the key that is allowed and that the network above does not have."""
    row = ROWS[key]
    if key in VALUES:
        return VALUES[key]
    kinds = {"number": 0.375, "whole": 4, "word": "normal", "numbers": {"mu": 9.0}, "flag": True}
    return STRUCTURES[key] if row.form == "structure" else kinds[row.form]


def entry_of(network: dict[str, Any], key: str) -> dict[str, Any]:
    """The mapping that has the key."""
    under, position = place_of(key)
    entry: dict[str, Any] = network[under][position] if under else network
    return entry


def place_of(key: str) -> tuple[str, int]:
    if key in ("allocation", "remainder"):
        return "nodes", 2
    # A capacity alone makes a factory of a shop, which then lacks what a factory must have.
    needed = key in NODES and any(row.needs == key for row in NODES.values())
    return PLACES["factory" if needed else ROWS[key].owner]


def changed(key: str) -> tuple[dict[str, Any], Any]:
    """The network with another value under the key, and the value."""
    network, value = declared(), another(key)
    under, position = place_of(key)
    if ROWS[key].needs == "life":
        network["life"] = 6
    if ROWS[key].needs == "products":
        network["products"] = ["goods", "flour"] if key == "recipes" else ["goods"]
    if key in ("remainder",):
        network["units"] = "whole"
    if key == "target":
        network["nodes"][2]["allocation"] = "fair-share"
    entry_of(network, key).update({**BESIDE.get(key, {}), key: value})
    if key == "demand_dist":
        network[under][position]["dist_param"] = {"loc": 7.0, "scale": 1.0}
    return network, value


def read_back(network: dict[str, Any], key: str) -> Any:
    return entry_of(network, key)[key]


@every
def test_a_dict_gives_it_and_gets_it_back(key: str) -> None:
    network, value = changed(key)
    compiled = _native.Network.from_dict(network)
    assert read_back(compiled.to_dict(), key) == value
    assert _native.Network.from_dict(compiled.to_dict()).to_dict() == compiled.to_dict()


@every
def test_a_file_gives_it_and_is_written_with_it(key: str, tmp_path: Path) -> None:
    network, value = changed(key)
    path = tmp_path / "scenario.yaml"
    path.write_text(json.dumps({"network": network, "num_periods": 3}))
    for _ in range(2):
        scenario = load_scenario(path)
        assert read_back(scenario.kwargs["config_path"].to_dict(), key) == value
        path.write_text(scenario.to_yaml())


@every
def test_the_graph_shows_it_and_is_read_with_it(key: str, tmp_path: Path) -> None:
    network, value = changed(key)
    path = tmp_path / "network.yaml"
    path.write_text(json.dumps(network))
    env = CoreEnv("custom", config_path=path)
    for graph in (env.network.graph, env.network.recompiled().graph):
        under, _ = place_of(key)
        entry = entry_of(network, key)
        edge = (entry.get("from"), entry.get("to"))
        attributes = {"": graph.graph, "nodes": graph.nodes.get(entry.get("id")), "edges": graph.edges.get(edge)}[under]
        shown = attributes[key]
        assert getattr(shown, "name", shown) in (value, "norm")


@every_number
def test_a_picture_shows_it(key: str) -> None:
    network, value = changed(key)
    under, _ = place_of(key)
    entry = entry_of(network, key)
    if not under:
        return
    drawn = SupplyChainNetwork.of_native(_native.Network.from_dict(network))
    text = (
        node_parameters(drawn.graph.nodes[entry["id"]])
        if under == "nodes"
        else link_parameters(drawn, (entry["from"], entry["to"]))
    )
    assert f"{key} {value:g}" in re.split(r"  |\n", text)


@every
def test_the_schemas_know_it(key: str) -> None:
    schema = json.loads((PROJECT / "schemas" / "network.schema.json").read_text())
    under, _ = place_of(key)
    entry = schema["properties"][under]["items"] if under else schema
    assert entry["properties"][key]["description"] == ROWS[key].name
    assert (key in entry["required"]) == (ROWS[key].required == "link")
    kinds = {"number": "number", "whole": "integer", "word": "string", "numbers": "object", "flag": "boolean"}
    if ROWS[key].form in kinds and key != "L":
        schema = entry["properties"][key]
        # A number may be one per product.
        assert schema.get("anyOf", [schema])[0]["type"] == kinds[ROWS[key].form]


@every
def test_its_page_has_its_row(key: str) -> None:
    page = (PROJECT / "docs" / "network_files.md").read_text(encoding="utf-8")
    cells = re.findall(rf"^\| `{key}` \|([^|]*)\|([^|]*)\|([^|]*)\|([^|]*)\|$", page, re.MULTILINE)
    # The network has its products, and a link its own; ROWS holds the network's.
    assert len(cells) == (2 if key == "products" else 1)
    cells = cells[0]
    _, unit, owner, allowed = (cell.strip() for cell in cells)
    row = ROWS[key]
    assert unit == ("" if row.unit == "1" else row.unit)
    assert owner.startswith(OWNERS[row.owner])
    law = key in ("demand_dist", "dist_param")
    assert ("required" in owner) == (row.required is not None or law)
    if row.allowed is not None and row.allowed.endswith(">= 0"):
        assert allowed == ">= 0"


def refusal(network: dict[str, Any]) -> str:
    with pytest.raises(ValueError, match=r"\S") as refused:
        _native.Network.from_dict(network)
    return str(refused.value)


@every_number
def test_a_number_out_of_its_range_is_refused_with_its_place(key: str) -> None:
    for number in (-1, float("nan"), float("inf"), "many", True):
        network, _ = changed(key)
        under, position = place_of(key)
        if key == "target" and number == -1:
            continue  # Any finite number is one.
        entry_of(network, key)[key] = number
        message = refusal(network)
        place = rf"{under}\[{position}\] \([^)]*\): " if under else ""
        assert re.search(rf"{place}{key}: found ", message), message


@every
def test_where_it_means_nothing_it_is_refused_or_named(key: str) -> None:
    row = ROWS[key]
    if key == "recipes":
        return  # A node that makes something holds stock.
    if row.owner == "network" or row.owner not in WRONG_PLACES or key in ("demand_dist", "dist_param"):
        return
    network = declared()
    under, position = WRONG_PLACES[row.owner]
    network[under][position][key] = another(key)
    if row.needs == "life":
        network["life"] = 6
    if row.needs == "products":
        network["products"] = ["goods"]
    place = rf"{under}\[{position}\] \([^)]*\): {key}: "
    # What would be a mechanism is refused; what the release knows and plays without effect is said.
    if key in ("I0", "h", "o", "salvage_value"):
        (note,) = _native.Network.from_dict(network).notes
        assert re.match(rf"{place}.+ has no effect", note)
    else:
        assert re.search(rf"{place}found ", refusal(network))


@every
def test_it_is_missed_where_it_must_be(key: str) -> None:
    row = ROWS[key]
    if row.required is None:
        return
    network = copy.deepcopy(declared())
    under, position = place_of(key)
    if key == "b":
        under, position = "edges", 0
    del network[under][position][key]
    assert re.search(rf"{under}\[{position}\] \([^)]*\): {key}: missing", refusal(network))


@every
def test_an_unknown_key_is_told_of_it(key: str) -> None:
    network = declared()
    entry_of(network, key)["no such key"] = 1
    known = refusal(network).partition("known keys: ")[2].partition(", and any")[0].split(", ")
    assert key in known
