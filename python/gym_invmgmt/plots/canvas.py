"""Where a network is drawn: its layout, and how large its markers and names may be there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from gym_invmgmt.network_topology import SupplyChainNetwork
from gym_invmgmt.plots.layout import Layout, roles_of
from gym_invmgmt.plots.style import short


@dataclass(frozen=True)
class Canvas:
    """Where everything goes in one drawing."""

    axes: Axes
    network: SupplyChainNetwork
    layout: Layout
    #: The role each node is drawn as.
    roles: dict[Any, str]
    #: Half the width of a node's marker [points].
    size: float
    #: Room between one row of nodes and the next, and between columns [points].
    pitch: float
    stride: float

    @classmethod
    def of(cls, axes: Axes, network: SupplyChainNetwork) -> Canvas:
        """Sets the limits of axes whose place on the figure is settled: half a row above and below, a marker beside."""
        layout = Layout.of(network)
        low, high = layout.positions.min(axis=0), layout.positions.max(axis=0)
        axes.set_xlim(low[0] - 0.1, high[0] + 0.1)
        axes.set_ylim(low[1] - 0.5 / layout.rows, high[1] + 0.5 / layout.rows)
        frame = axes.get_window_extent()
        points = 72 / axes.get_figure(root=True).dpi  # type: ignore[union-attr]
        pitch, stride = frame.height * points / layout.rows, frame.width * points / layout.column_count
        size = float(np.clip(min(0.28 * pitch, 0.2 * stride), 2.0, 13.0))
        return cls(axes, network, layout, roles_of(network), size, pitch, stride)

    @property
    def name_size(self) -> float:
        """Size of the letters of names [points]."""
        return float(np.clip(0.8 * self.size, 5.0, 10.0))

    def holds_name(self, node: Any) -> bool:
        """Whether a node's name fits on its marker; the triangle of a market is narrow."""
        room = 1.0 if self.roles[node] == "market" else 1.5
        return 0.7 * self.name_size * len(short(node)) <= room * self.size

    def points(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """Places of the layout in points from the figure's lower left corner."""
        scale = 72 / self.axes.get_figure(root=True).dpi  # type: ignore[union-attr]
        moved: NDArray[np.float64] = self.axes.transData.transform(places) * scale
        return moved


__all__ = ["Canvas"]
