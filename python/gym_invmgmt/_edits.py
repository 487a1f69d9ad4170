"""What somebody wrote into a network's graph, as a network to play."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gym_invmgmt import _native
from gym_invmgmt._warnings import warn

if TYPE_CHECKING:
    import networkx as nx

#: Keys a graph's market link may have that a network file has not: they are the environment's.
_SERIES, _OWN_KEYS = "user_D", ("user_D", "sample_path")
_NETWORK_KEYS = tuple(row.key for row in _native.Network.NETWORK_KEYS)
_NODE_KEYS = tuple(row.key for row in _native.Network.NODE_KEYS)
_LINK_KEYS = tuple(row.key for row in _native.Network.LINK_KEYS)
_WHAT_TO_DO = (
    "Structure and lead times stay while an episode is played: call env.reload_network() and then env.reset() to play "
    "them, or put them back. Nothing was played"
)


class Edits:
    """Counts writes into a graph."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0


def declared_of(graph: nx.DiGraph) -> dict[str, Any]:
    """A graph as a network file has it, every key kept that a file may have or that may be a mistake."""
    return {
        **{key: graph.graph[key] for key in _NETWORK_KEYS if key in graph.graph},
        "nodes": [{"id": node, **attributes} for node, attributes in graph.nodes(data=True)],
        "edges": [
            {"from": source, "to": target, **{key: attributes[key] for key in attributes if key not in _OWN_KEYS}}
            for source, target, attributes in graph.edges(data=True)
        ],
    }


def edge_of(declared: Mapping[str, Any], graph: nx.DiGraph) -> tuple[Any, ...]:
    """A declared link as its graph names it: by its ends, and by its product where that tells links apart."""
    ends = (declared["from"], declared["to"])
    if not graph.is_multigraph():
        return ends
    products = declared.get("product", declared.get("products"))
    return (*ends, ", ".join(map(str, products)) if isinstance(products, list) else str(products))


def series_of(graph: nx.DiGraph) -> dict[Any, Any]:
    """The series that replace draws, per link that has one; 0 stands for none, as in the release."""
    found = {(source, target): series for source, target, series in graph.edges(data=_SERIES)}
    return {edge: series for edge, series in found.items() if series is not None and (series.ndim or series != 0)}


def replays_of(
    native: _native.Network, positions: Mapping[Any, int], series: Mapping[Any, Any], num_periods: int
) -> list[tuple[int, Any]]:
    """Replayed series by market-link position, each checked against the horizon."""
    replays = [(positions[edge], values) for edge, values in series.items()]
    # Binding a throw-away engine checks every series now, not at the first reset.
    _native.Demand().bind(native, replays, num_periods)
    return replays


def numbers_of(graph: nx.DiGraph, native: _native.Network, warned: set[str]) -> tuple[_native.Network, dict[Any, Any]]:
    """A network with a graph's numbers, and the series it replays. ``warned`` remembers keys that were reported.

    Raises:
        ValueError: the graph's structure or lead times are not the network's, or a number cannot be used.
    """
    declared = native.to_dict()
    changes = _structural_changes(graph, declared)
    if changes:
        raise ValueError(f"env.graph was edited: {'; '.join(changes)}. {_WHAT_TO_DO}")
    titled = {key: value for key, value in graph.graph.items() if key != "name"}  # networkx's own
    idle = _take_over(declared, ("nodes", "edges"), titled, _NETWORK_KEYS, "the network")
    for node in declared["nodes"]:
        idle += _take_over(node, ("id",), graph.nodes[node["id"]], _NODE_KEYS, f"node {node['id']}")
    for edge in declared["edges"]:
        ends = (edge["from"], edge["to"])
        idle += _take_over(edge, ("from", "to"), graph.edges[edge_of(edge, graph)], _LINK_KEYS, f"link {ends}")
    news = [place for place in idle if place not in warned]
    warned.update(news)
    if news:
        free = "(keys that begin with meta_ are free)"
        warn(f"env.graph: {', '.join(news)}: no key of a network, without effect {free}")
    try:
        edited = _native.Network.from_dict(declared)
    except ValueError as error:
        raise ValueError(f"env.graph was edited to what cannot be played: {error}. Nothing was played") from None
    if edited.roles != native.roles:
        changed = [
            str(node) for node, new, old in zip(native.node_ids, edited.roles, native.roles, strict=True) if new != old
        ]
        raise ValueError(
            f"env.graph was edited: a capacity 'C' was given to, or taken from, {', '.join(changed)}, which makes "
            f"factories or unmakes them. {_WHAT_TO_DO}"
        )
    parts = sorted({part for part, _ in _parts(edited).items() ^ _parts(native).items()})
    if parts:
        raise ValueError(
            f"env.graph was edited: an episode would have another state ({', '.join(parts)}). {_WHAT_TO_DO}"
        )
    warn_of(edited, warned)
    return edited, series_of(graph)


def warn_of(native: _native.Network, warned: set[str]) -> None:
    """Warns of what a network declares without effect, once per key."""
    news = [note for note in native.notes if note not in warned]
    warned.update(news)
    if news:
        warn("; ".join(news))


def _take_over(
    entry: dict[str, Any], names: tuple[str, ...], attributes: Mapping[str, Any], keys: tuple[str, ...], place: str
) -> list[str]:
    """Gives a declared entry the attributes it has in the graph; returns those that mean nothing, in words."""
    kept = {key: value for key, value in attributes.items() if key in keys or str(key).startswith("meta_")}
    named = {name: entry[name] for name in names}
    entry.clear()
    entry.update(named, **kept)
    return [f"{key!r} of {place}" for key in attributes if key not in kept and key not in _OWN_KEYS]


def _parts(native: _native.Network) -> Counter[str]:
    """How many numbers of a state belong to each of its parts."""
    return Counter(part for part, _, _ in native.state_numbers())


def _structural_changes(graph: nx.DiGraph, declared: Mapping[str, Any]) -> list[str]:
    """What makes a graph another network, in words."""
    nodes = [node["id"] for node in declared["nodes"]]
    leads = {edge_of(edge, graph): edge.get("L") for edge in declared["edges"]}
    changes = [f"node {node} is new" for node in graph.nodes if node not in nodes]
    changes += [f"node {node} is gone" for node in nodes if node not in graph.nodes]
    changes += [f"link {edge} is new" for edge in graph.edges if edge not in leads]
    for edge, lead in leads.items():
        if edge not in graph.edges:
            changes.append(f"link {edge} is gone")
        elif (found := graph.edges[edge].get("L")) != lead:
            changes.append(f"the lead time L of {edge} is {found}, it is played as {lead}")
    return changes


__all__ = ["Edits", "declared_of", "edge_of", "numbers_of", "replays_of", "series_of"]
