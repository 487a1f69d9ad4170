"""Where things stand in a picture of a network; computed by the engine, as for the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gym_invmgmt.network_topology import SupplyChainNetwork


@dataclass(frozen=True)
class Layout:
    """Suppliers left, markets right, an echelon per column, few links crossing. Heights grow upwards."""

    #: (x, y) per node in the unit square, shape (nodes, 2).
    positions: NDArray[np.float64]
    #: The way of each link from supplier to buyer, shape (points, 2) each; one that passes columns bends in each.
    routes: list[NDArray[np.float64]]
    #: Column of each node, 0 being the suppliers', shape (nodes,).
    columns: NDArray[np.intp]
    #: Number of columns.
    column_count: int
    #: Most nodes and passing links in a column; neighbours in a column are at least 1 / rows apart.
    rows: int
    #: The ways of what recipes take beside their first input, whose way is that of the link, shape (points, 2) each.
    inputs: list[NDArray[np.float64]]

    @classmethod
    def of(cls, network: SupplyChainNetwork) -> Layout:
        """The layout of a network; the same network always gets the same."""
        nodes, ways, column_count, rows, inputs = network._native.layout()
        positions = _upwards(nodes)
        columns = np.rint(positions[:, 0] * max(column_count - 1, 1)).astype(np.intp)
        return cls(
            positions, [_upwards(way) for way in ways], columns, column_count, rows, [_upwards(way) for way in inputs]
        )

    def reading_order(self, nodes: list[int]) -> list[int]:
        """Positions of nodes from customers to suppliers, from top to bottom within an echelon."""
        return sorted(nodes, key=lambda node: (-self.columns[node], -self.positions[node, 1]))

    def link_order(self, network: SupplyChainNetwork, links: Sequence[tuple[Any, Any]]) -> list[int]:
        """Positions of links in the reading order of their buyers, those of one buyer in that of their suppliers."""
        rank = {node: place for place, node in enumerate(self.reading_order(list(range(network.num_nodes))))}
        return sorted(
            range(len(links)), key=lambda link: [rank[network.node_map[node]] for node in reversed(links[link])]
        )


def _upwards(points: list[tuple[float, float]]) -> NDArray[np.float64]:
    """Points measured from the bottom edge, where the engine measures from the top."""
    array = np.array(points, dtype=np.float64).reshape(-1, 2)
    array[:, 1] = 1.0 - array[:, 1]
    return array


def roles_of(network: SupplyChainNetwork) -> dict[Any, str]:
    """The role each node is drawn as. A factory that sells to customers is drawn as a factory."""
    drawn = dict.fromkeys(network.all_nodes, "distributor")
    for role, nodes in (
        ("retailer", network.retail),
        ("factory", network.factory),
        ("raw material", network.rawmat),
        ("market", network.market),
    ):
        drawn.update(dict.fromkeys(nodes, role))
    return drawn


__all__ = ["Layout", "roles_of"]
