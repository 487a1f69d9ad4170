"""A supply network with the index tables that agents, wrappers and planners read."""

from __future__ import annotations

import functools
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gym_invmgmt import _native
from gym_invmgmt._checks import whole_number
from gym_invmgmt._edits import Edits, declared_of, edge_of, numbers_of, replays_of, series_of, warn_of
from gym_invmgmt._laws import law_objects
from gym_invmgmt._read_only import read_only
from gym_invmgmt.snapshot import fingerprint_of

if TYPE_CHECKING:
    import networkx as nx

NodeId = Hashable
Edge = tuple[Any, Any]


class SupplyChainNetwork:
    """A checked supply network.

    Args:
        scenario: ``network`` (alias ``base``), ``serial``, or ``custom`` with a ``config_path``.
        user_D: demand series that replace draws, ``{(retailer, market): series}``; kept for the environment.
        sample_path: kept and not used, as in the published environment.
        num_periods: length of an episode [periods].
        config_path: a YAML file; it wins over ``scenario``.

    Attributes:
        all_nodes: ids in order of declaration. node_map, idx_to_node: id to position and back.
        main_nodes: ids of the nodes that hold stock, sorted (numpy array).
        market, rawmat, factory, distrib, retail: ids by role, in order of declaration.
        reorder_links, retail_links, network_links: supply links, market links, all links as (source, target), stock
            points by name where there are several products; reorder_map, retail_map, network_map: link to position,
            with several products also by (source, target, product).
        pred_reorder_indices: per managed node ``[(supplier position, supply-link position, lead time)]``.
        succ_network_indices: per managed node ``[(target position, link position)]``.
        lead_times: periods per supply link. lt_max: the longest. pipeline_length: their sum.
        init_inv_max, capacity_max: largest initial stock [units] and capacity [units / period].
        levels: ids per echelon, for plots.
        graph: the declaration as a networkx ``DiGraph``, made when first read; it notices edits; a ``MultiDiGraph``
            with the product as key where two nodes are joined more than once.

    Raises:
        ValueError: an unknown scenario, or every mistake of a file, each with line and path.
        FileNotFoundError: the file is missing.
    """

    _graph: nx.DiGraph | None
    _edits: Edits
    _edits_read: int

    def __init__(
        self,
        scenario: str = "network",
        user_D: Mapping[Edge, Any] | None = None,
        sample_path: Mapping[Any, Any] | None = None,
        num_periods: int = 30,
        config_path: str | Path | _native.Network | None = None,
    ) -> None:
        self.num_periods = whole_number("num_periods", num_periods)
        self.user_D: dict[Edge, Any] = _mapping("user_D", user_D)
        self.sample_path: dict[Any, Any] = _mapping("sample_path", sample_path)
        self._compile(_load(scenario, config_path))
        self._watch(Edits(), None)
        warn_of(self._native, self._warned)
        self._replays = _replays(self)

    def _compile(self, native: _native.Network) -> None:
        """Reads every table off the compiled network."""
        self._native = native
        self.__dict__.pop("fingerprint", None)
        ids = native.node_ids
        self.all_nodes: list[Any] = ids
        self.num_nodes = len(ids)
        self.node_map: dict[Any, int] = {node: position for position, node in enumerate(ids)}
        self.idx_to_node: dict[int, Any] = dict(enumerate(ids))
        roles = list(zip(ids, native.roles, strict=True))
        self.market = [node for node, role in roles if role[0]]
        self.rawmat = [node for node, role in roles if role[1]]
        self.factory = [node for node, role in roles if role[2]]
        self.distrib = [node for node, role in roles if role[3]]
        self.retail = [node for node, role in roles if role[4]]
        managed = [ids[position] for position in native.managed]
        self.main_nodes: NDArray[Any] = _id_array(managed)
        links = native.links
        edges = [(ids[source], ids[target]) for source, target, _ in links]
        self.network_links: list[Edge] = edges
        self.reorder_links = [edge for edge, link in zip(edges, links, strict=True) if link[2] is not None]
        self.retail_links = [edge for edge, link in zip(edges, links, strict=True) if link[2] is None]
        self.network_map = {edge: position for position, edge in enumerate(self.network_links)}
        self.reorder_map = {edge: position for position, edge in enumerate(self.reorder_links)}
        self.retail_map = {edge: position for position, edge in enumerate(self.retail_links)}
        if len(native.products) > 1:
            # Links may be named by their ends as declared and their product, too.
            names = list(zip(native.link_names, edges, strict=True))
            for known in (self.network_map, self.reorder_map, self.retail_map):
                known.update({name: known[edge] for name, edge in names if edge in known})
        self.lead_times: dict[Edge, int] = {
            edge: lead for edge, (_, _, lead) in zip(edges, links, strict=True) if lead is not None
        }
        self.pred_reorder_indices = {
            node: [
                (self.node_map[self.reorder_links[link][0]], link, self.lead_times[self.reorder_links[link]])
                for link in incoming
            ]
            for node, incoming in zip(managed, native.incoming, strict=True)
        }
        self.succ_network_indices: dict[Any, list[tuple[int, int]]] = {node: [] for node in managed}
        for position, (source, target) in enumerate(edges):
            if source in self.succ_network_indices:
                self.succ_network_indices[source].append((self.node_map[target], position))
        self.lt_max = native.longest_lead_time
        self.pipeline_length = native.transit_slots
        self.init_inv_max = native.largest_initial_inventory
        self.capacity_max = native.largest_capacity
        self.levels: dict[str, NDArray[Any]] = {
            "retailer": _id_array(self.retail),
            "distributor": _id_array([node for node in self.distrib if node not in self.retail]),
            "manufacturer": _id_array(self.factory),
            "raw_materials": _id_array(self.rawmat),
        }
        for name, table in vars(self).items():
            if not name.startswith("_") and name not in ("user_D", "sample_path"):
                self.__dict__[name] = read_only(table)

    def __setattr__(self, name: str, value: Any) -> None:
        if "_edits" in self.__dict__ and name in self.__dict__ and not name.startswith("_"):
            raise AttributeError(
                f"{name} is read off the network, and what is played does not follow it; edit the graph instead "
                "(structure and lead times: then env.reload_network() and env.reset()). Nothing was changed"
            )
        super().__setattr__(name, value)

    def __setstate__(self, state: dict[str, Any]) -> None:
        # Copies of arrays forget that they refuse writes.
        self.__dict__.update(state)
        for table in (self.main_nodes, *self.levels.values()):
            read_only(table)

    @property
    def graph(self) -> nx.DiGraph:
        """The declaration as a networkx ``DiGraph`` with the file's keys as attributes, made when first read.

        ``demand_dist`` is the scipy.stats law where scipy is installed, else its name; a market link that replays a
        series has it as ``user_D``. Edits of numbers, laws and series act from the environment's next step, initial
        stock from its next reset; edits of structure or lead times after ``env.reload_network()`` and a reset.
        """
        if self._graph is None:
            self._graph = self._made_graph()
        return self._graph

    @graph.setter
    def graph(self, graph: Any) -> None:
        raise AttributeError(
            "graph cannot be replaced, because edits of another graph would not be noticed; edit this one in place, "
            "or make an environment of another network"
        )

    def _made_graph(self) -> nx.DiGraph:
        from gym_invmgmt._graph import NoticingGraph, NoticingMultiGraph

        declared, before = self._native.to_dict(), self._edits.count
        laws = law_objects()
        parallel = len({(edge["from"], edge["to"]) for edge in declared["edges"]}) < len(declared["edges"])
        graph = (NoticingMultiGraph if parallel else NoticingGraph)(edits=self._edits)
        graph.graph.update({row.key: declared[row.key] for row in self._native.NETWORK_KEYS if row.key in declared})
        for node in declared["nodes"]:
            graph.add_node(node["id"], **{key: value for key, value in node.items() if key != "id"})
        for edge in declared["edges"]:
            attributes = {key: value for key, value in edge.items() if key not in ("from", "to")}
            if "demand_dist" in attributes:
                attributes["demand_dist"] = laws.get(attributes["demand_dist"], attributes["demand_dist"])
            ends = (edge["from"], edge["to"])
            attributes.update({"user_D": self.user_D[ends]} if ends in self.user_D else {})
            graph.add_edge(*edge_of(edge, graph), **attributes)
        self._edits.count = before
        return graph

    @property
    def has_edits(self) -> bool:
        """Whether the graph was written to since it was last read."""
        return self._edits.count != self._edits_read

    def edited(self) -> tuple[_native.Network, dict[Edge, Any]]:
        """The network with the graph's numbers, and its replayed series.

        Raises:
            ValueError: the graph's structure or lead times are not this network's, or a number cannot be used.
        """
        return numbers_of(self.graph, self._native, self._warned)

    def take_edits(self, native: _native.Network, series: dict[Edge, Any]) -> None:
        """Takes what :meth:`edited` returned into use."""
        self._native, self.__dict__["user_D"] = native, series
        self._replays = replays_of(native, self.retail_map, series, self.num_periods)
        self._edits_read = self._edits.count

    @functools.cached_property
    def fingerprint(self) -> str:
        """A short text that networks share whose nodes, links and lead times are the same."""
        return fingerprint_of(self._native)

    @classmethod
    def of_native(cls, native: _native.Network) -> SupplyChainNetwork:
        """The index tables of a compiled network."""
        network = cls.__new__(cls)
        network.num_periods, network.user_D, network.sample_path = 30, {}, {}
        network._compile(native)
        network._watch(Edits(), None)
        network._replays = []
        return network

    def recompiled(self) -> SupplyChainNetwork:
        """This network with its graph as edited, structure included; raises ValueError for a graph with mistakes."""
        graph = self.graph
        self._edits_read = self._edits.count
        network = SupplyChainNetwork.__new__(SupplyChainNetwork)
        network.num_periods, network.sample_path = self.num_periods, self.sample_path
        network._compile(_native.Network.from_dict(declared_of(graph)))
        gone = [edge for edge in self.user_D if edge in graph.edges and "user_D" not in graph.edges[edge]]
        kept = {edge: series for edge, series in self.user_D.items() if edge not in gone}
        network.user_D = {**kept, **series_of(graph)}
        network._watch(self._edits, graph)
        warn_of(network._native, self._warned)
        network._warned = self._warned
        network._replays = _replays(network)
        return network

    def _watch(self, edits: Edits, graph: nx.DiGraph | None) -> None:
        """Notices writes to a graph from now on."""
        self._graph, self._edits, self._edits_read = graph, edits, edits.count
        self._warned: set[str] = set()


def _load(scenario: str, config_path: str | Path | _native.Network | None) -> _native.Network:
    if isinstance(config_path, _native.Network):
        return config_path
    if config_path is not None:
        return _native.Network.from_file(str(config_path))
    if scenario == "custom":
        raise ValueError("scenario='custom' needs a config_path, the path of a YAML network file")
    return _native.Network.preset(str(scenario))


def _mapping(name: str, value: Any) -> dict[Any, Any]:
    """A dict from a mapping or None."""
    if value is not None and not isinstance(value, Mapping):
        raise TypeError(f"{name} is a {type(value).__name__}; expected a dict")
    return dict(value or {})


def _replays(network: SupplyChainNetwork) -> list[tuple[int, Any]]:
    """The replayed series by market-link position."""
    known = network.retail_map
    for edge in network.user_D:
        if edge not in known:
            raise ValueError(f"user_D for edge {edge}: no such market link; known: {list(known)}")
    return replays_of(network._native, known, network.user_D, network.num_periods)


def _id_array(ids: list[Any]) -> NDArray[Any]:
    """Ids as a numpy array that keeps numbers and texts apart."""
    kinds = {type(node) for node in ids}
    return np.array(ids, dtype=None if len(kinds) == 1 else object if ids else np.int64)


__all__ = ["SupplyChainNetwork"]
