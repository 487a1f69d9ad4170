"""The network: who supplies whom, with or without its parameters."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import ConnectionStyle, FancyArrowPatch
from matplotlib.path import Path as Curve
from numpy.typing import NDArray

from gym_invmgmt.network_topology import SupplyChainNetwork
from gym_invmgmt.plots.layout import Layout, roles_of
from gym_invmgmt.plots.style import ROLE_STYLE, in_one_style, short

#: Most nodes whose parameters are written; beyond, they would cover each other.
MAX_DETAILED_NODES = 40
#: More links than this are drawn faintly.
_MANY_LINKS = 60
#: Area of a marker over its half width squared, where a full one would look larger than the others.
_AREA = {"D": 2.4}
_BACKING = {"boxstyle": "square,pad=0.1", "fc": "white", "ec": "none", "alpha": 0.85}


@dataclass(frozen=True)
class _Canvas:
    """Where everything goes in one drawing."""

    layout: Layout
    #: Half the width of a node's marker [points].
    size: float
    #: Room between one row of nodes and the next, and between columns [points].
    pitch: float
    stride: float

    @classmethod
    def of(cls, axes: Axes, network: SupplyChainNetwork) -> _Canvas:
        layout = Layout.of(network)
        frame = axes.get_window_extent()
        points = 72 / axes.get_figure(root=True).dpi  # type: ignore[union-attr]
        pitch, stride = frame.height * points / layout.rows, frame.width * points / layout.column_count
        return cls(layout, float(np.clip(min(0.28 * pitch, 0.2 * stride), 2.0, 13.0)), pitch, stride)


class _Route(ConnectionStyle.Arc3):
    """A line through the points at which a link passes other columns; level where it bends."""

    def __init__(self, axes: Axes, between: NDArray[np.float64]) -> None:
        super().__init__()
        self.axes, self.between = axes, between

    def connect(self, posA: Any, posB: Any) -> Curve:
        """The curve in pixels."""
        points = np.vstack([posA, self.axes.transData.transform(self.between), posB])
        vertices, codes = [points[0]], [Curve.MOVETO]
        for start, end in pairwise(points):
            middle = 0.5 * (start[0] + end[0])
            vertices += [np.array([middle, start[1]]), np.array([middle, end[1]]), end]
            codes += [Curve.CURVE4] * 3
        return Curve(np.array(vertices), codes)


def _draw_links(axes: Axes, network: SupplyChainNetwork, canvas: _Canvas) -> None:
    many = len(network.network_links) > _MANY_LINKS
    for link, route in zip(network.network_links, canvas.layout.routes, strict=True):
        bends = route[1:-1]
        axes.add_patch(
            FancyArrowPatch(
                tuple(route[0]),
                tuple(route[-1]),
                connectionstyle=_Route(axes, bends) if len(bends) else "arc3",
                arrowstyle="-|>",
                color="#666666",
                alpha=0.6 if many else 1.0,
                linewidth=float(np.clip(0.1 * canvas.size, 0.5, 1.2)),
                linestyle="--" if link in network.retail_map else "-",
                mutation_scale=float(np.clip(canvas.size, 4.0, 11.0)),
                shrinkA=canvas.size,
                shrinkB=canvas.size,
                zorder=1,
            )
        )


def _draw_nodes(axes: Axes, network: SupplyChainNetwork, canvas: _Canvas) -> None:
    roles, size = roles_of(network), canvas.size
    for role, (colour, marker) in ROLE_STYLE.items():
        nodes = [network.node_map[node] for node in network.all_nodes if roles[node] == role]
        if nodes:
            points = canvas.layout.positions[nodes]
            axes.scatter(
                points[:, 0], points[:, 1], s=_AREA.get(marker, 4.0) * size**2, c=colour, marker=marker, label=role,
                zorder=6, edgecolors="white", linewidths=0.5,
            )  # fmt: skip


def _name_nodes(axes: Axes, network: SupplyChainNetwork, canvas: _Canvas, outer: bool) -> None:
    """Names on the markers where they fit, else above them, else beside them; nowhere if rows are too close."""
    size = canvas.size
    font = float(np.clip(0.8 * size, 5.0, 10.0))
    for node, position in network.node_map.items():
        name, place = short(node), tuple(canvas.layout.positions[position])
        if 0.7 * font * len(name) <= 1.5 * size:
            axes.annotate(name, place, ha="center", va="center", color="white", weight="bold", fontsize=font, zorder=7)
        elif not outer:
            continue
        elif canvas.pitch >= 2 * size + 9:
            axes.annotate(
                name, place, xytext=(0, size + 1), textcoords="offset points", ha="center", va="bottom",
                fontsize=min(font, 8.0), zorder=5, bbox=_BACKING,
            )  # fmt: skip
        elif canvas.pitch >= 4.5 and 0.6 * 5 * len(name) <= canvas.stride - 3 * size:
            axes.annotate(
                name, place, xytext=(size + 1, 0), textcoords="offset points", ha="left", va="center",
                fontsize=float(np.clip(canvas.pitch - 1, 4.0, 6.0)), zorder=5, bbox=_BACKING,
            )  # fmt: skip


def _label_parameters(axes: Axes, network: SupplyChainNetwork, canvas: _Canvas) -> None:
    graph, positions = network.graph, canvas.layout.positions
    for (source, target), data in graph.edges.items():
        route = canvas.layout.routes[network.network_map[source, target]]
        start, along = route[0], route[1] - route[0]
        keys = ("p", "b") if (source, target) in network.retail_map else ("L", "p", "g", "K")
        text = "  ".join(f"{key} {data[key]:g}" for key in keys if key in data)
        # Along its link, so that labels of neighbours keep apart, and before the middle, where links cross; those
        # that rise steeply sooner still (those that fall would run into what is written under their supplier).
        place = 0.31 if along[1] > 0.3 else 0.42
        axes.annotate(
            text, tuple(start + place * along), ha="center", va="center", fontsize=7, color="#333333", zorder=3,
            rotation=float(np.degrees(np.arctan2(along[1], along[0]))), rotation_mode="anchor",
            transform_rotates_text=True, bbox=_BACKING,
        )  # fmt: skip
    for node, data in graph.nodes(data=True):
        rows = [
            "  ".join(f"{key} {data[key]:g}" for key in keys if key in data) for keys in (("I0", "h"), ("C", "o", "v"))
        ]
        text = "\n".join(row for row in rows if row)
        if text:
            axes.annotate(
                text, tuple(positions[network.node_map[node]]), xytext=(0, -1.2 * canvas.size - 1),
                textcoords="offset points", ha="center", va="top", fontsize=7, color="#333333", zorder=4,
                bbox=_BACKING,
            )  # fmt: skip


def draw_network(axes: Axes, network: SupplyChainNetwork, detailed: bool = False, outer_names: bool = True) -> float:
    """Draws a network into axes: suppliers left, markets right, roles by colour and shape.

    Args:
        axes: where to draw; their place on the figure should be settled, for sizes follow it.
        network: the network.
        detailed: whether to write parameters, up to 40 nodes.
        outer_names: whether names that do not fit on their markers stand beside them.

    Returns:
        Half the width of a node's marker [points].
    """
    canvas = _Canvas.of(axes, network)
    low, high = canvas.layout.positions.min(axis=0), canvas.layout.positions.max(axis=0)
    # Half a row above and below, and on either side room for a marker.
    margin = 0.5 / canvas.layout.rows
    axes.set_xlim(low[0] - 0.1, high[0] + 0.1)
    axes.set_ylim(low[1] - margin, high[1] + margin)
    axes.set_axis_off()
    _draw_links(axes, network, canvas)
    _draw_nodes(axes, network, canvas)
    _name_nodes(axes, network, canvas, outer_names)
    if detailed and network.num_nodes <= MAX_DETAILED_NODES:
        _label_parameters(axes, network, canvas)
    return canvas.size


def network_of(source: Any) -> SupplyChainNetwork:
    """The network of an environment or a record, or the network itself."""
    if isinstance(source, SupplyChainNetwork):
        return source
    network = getattr(getattr(source, "unwrapped", source), "network", None)
    if not isinstance(network, SupplyChainNetwork):
        raise TypeError(f"a {type(source).__name__} was given; expected an environment, a record or a network")
    return network


@in_one_style
def network(source: Any, parameters: bool = False) -> Figure:
    """Who supplies whom: suppliers left, markets right, one echelon per column; dashed lines sell to customers.

    Args:
        source: an environment, a record or a network.
        parameters: whether to write parameters at nodes and links (up to 40 nodes), by the keys of network files.
    """
    drawn = network_of(source)
    return _draw(drawn, parameters, "Multi-echelon inventory network", "")


def _draw(network: SupplyChainNetwork, detailed: bool, title: str, footer: str) -> Figure:
    layout = Layout.of(network)
    row = 1.3 if detailed and network.num_nodes <= MAX_DETAILED_NODES else 0.9
    width = float(np.clip(2.0 * layout.column_count, 10, 18))
    figure = Figure(figsize=(width, float(np.clip(row * layout.rows + 1.2, 3, 16))), layout="constrained")
    axes = figure.add_subplot()
    draw_network(axes, network, detailed)
    axes.set_title(title, fontsize=11)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=5, frameon=False)
    for handle in axes.get_legend().legend_handles:  # type: ignore[union-attr]
        handle.set_sizes([40])  # type: ignore[union-attr]
    if footer:
        figure.supxlabel(footer, fontsize=9, color="#555555")
    return figure


@in_one_style
def plot_network(
    network: SupplyChainNetwork,
    detailed: bool = False,
    save_path: str | Path | None = None,
    *,
    num_periods: int = 30,
    backlog: bool = True,
    n_actions: int | None = None,
    n_obs: int | None = None,
) -> Figure:
    """Draws a network; see :func:`gym_invmgmt.visualization.plot_network`."""
    facts = [f"{num_periods} periods", "backlog" if backlog else "lost sales"]
    facts += [f"{count} {what}" for count, what in ((n_actions, "actions"), (n_obs, "observations")) if count]
    footer = " · ".join(facts) if detailed else ""
    figure = _draw(network, detailed, "Multi-echelon inventory network", footer)
    if save_path is not None:
        figure.savefig(save_path, dpi=150)
    return figure


__all__ = ["draw_network", "network", "network_of", "plot_network"]
