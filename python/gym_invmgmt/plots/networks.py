"""The network: who supplies whom, with or without its parameters."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import ConnectionStyle, FancyArrowPatch
from matplotlib.path import Path as Curve
from numpy.typing import NDArray

from gym_invmgmt._files import replace_file
from gym_invmgmt.network_topology import SupplyChainNetwork
from gym_invmgmt.plots.canvas import Canvas
from gym_invmgmt.plots.layout import Layout
from gym_invmgmt.plots.parameters import list_width, listed, write_list, write_parameters
from gym_invmgmt.plots.style import BACKING, ROLE_STYLE, in_one_style, ink_on, short

#: Most nodes whose parameters are written at nodes and links; of more they stand in a list.
MAX_LABELLED_NODES = 40
#: Least height of the drawing itself [inches].
_LEAST_HEIGHT = 2.2
#: More links than this are drawn faintly.
_MANY_LINKS = 60
#: Area of a marker over its half width squared, where a full one would look larger than the others.
_AREA = {"D": 2.4}


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


def _draw_links(canvas: Canvas) -> None:
    axes, network, layout = canvas.axes, canvas.network, canvas.layout
    many = len(network.network_links) > _MANY_LINKS
    dashes = ["--" if link in network.retail_map else "-" for link in network.network_links]
    ways = zip([*layout.routes, *layout.inputs], [*dashes, *("-" for _ in layout.inputs)], strict=True)
    for route, dash in ways:
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
                linestyle=dash,
                mutation_scale=float(np.clip(canvas.size, 4.0, 11.0)),
                shrinkA=canvas.size,
                shrinkB=canvas.size,
                zorder=1,
            )
        )


def _draw_nodes(canvas: Canvas) -> None:
    network = canvas.network
    for role, (colour, marker) in ROLE_STYLE.items():
        nodes = [network.node_map[node] for node in network.all_nodes if canvas.roles[node] == role]
        if nodes:
            points = canvas.layout.positions[nodes]
            canvas.axes.scatter(
                points[:, 0], points[:, 1], s=_AREA.get(marker, 4.0) * canvas.size**2, c=colour, marker=marker,
                label=role, zorder=6, edgecolors="white", linewidths=0.5,
            )  # fmt: skip


def _name_nodes(canvas: Canvas, outer: bool) -> None:
    """Names on the markers where they fit, else above them, else beside them; nowhere if rows are too close."""
    size, font = canvas.size, canvas.name_size
    for node, position in canvas.network.node_map.items():
        name, place = short(node), tuple(canvas.layout.positions[position])
        if canvas.holds_name(node):
            canvas.axes.annotate(
                name, place, ha="center", va="center", color=ink_on(ROLE_STYLE[canvas.roles[node]][0]), weight="bold",
                fontsize=font, zorder=7,
            )  # fmt: skip
        elif not outer:
            continue
        elif canvas.pitch >= 2 * size + 9:
            canvas.axes.annotate(
                name, place, xytext=(0, size + 1), textcoords="offset points", ha="center", va="bottom",
                fontsize=min(font, 8.0), zorder=5, bbox=BACKING,
            )  # fmt: skip
        elif canvas.pitch >= 4.5 and 0.6 * 5 * len(name) <= canvas.stride - 3 * size:
            canvas.axes.annotate(
                name, place, xytext=(size + 1, 0), textcoords="offset points", ha="left", va="center",
                fontsize=float(np.clip(canvas.pitch - 1, 4.0, 6.0)), zorder=5, bbox=BACKING,
            )  # fmt: skip


def draw_network(axes: Axes, network: SupplyChainNetwork, detailed: bool = False, outer_names: bool = True) -> float:
    """Draws a network into axes: suppliers left, markets right, roles by colour and shape.

    Args:
        axes: where to draw; their place on the figure should be settled, for sizes follow it.
        network: the network.
        detailed: whether to write parameters at nodes and links; left out where they would cover each other.
        outer_names: whether names that do not fit on their markers stand beside them.

    Returns:
        Half the width of a node's marker [points].
    """
    canvas = Canvas.of(axes, network)
    _draw(canvas, outer_names)
    if detailed:
        write_parameters(canvas)
    return canvas.size


def _draw(canvas: Canvas, outer_names: bool = True) -> None:
    canvas.axes.set_axis_off()
    _draw_links(canvas)
    _draw_nodes(canvas)
    _name_nodes(canvas, outer_names)


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
        parameters: whether to write parameters, by the keys of network files: at nodes and links where all find room,
            else in a list beside the network.
    """
    return _figure(network_of(source), parameters)


def _figure(network: SupplyChainNetwork, detailed: bool, footer: str = "") -> Figure:
    layout = Layout.of(network)
    width = float(np.clip(2.0 * layout.column_count, 10, 18))
    if detailed and network.num_nodes <= MAX_LABELLED_NODES:
        figure, axes = _paper(width, 1.3 * layout.rows, footer)
        canvas = Canvas.of(axes, network)
        if write_parameters(canvas):
            _draw(canvas)
            return _with_levels(figure, canvas)
    height = float(np.clip(0.9 * layout.rows, _LEAST_HEIGHT, 15.0))
    rows = listed(network, layout) if detailed else []
    figure, axes = _paper(width, height, footer, list_width(rows, height))
    write_list(figure, rows, width, height)
    canvas = Canvas.of(axes, network)
    _draw(canvas)
    return _with_levels(figure, canvas)


def _paper(width: float, height: float, footer: str, beside: float = 0.0) -> tuple[Figure, Axes]:
    """A figure with axes of this size [inches], a title above, a legend and a footer below, and room beside."""
    height = float(np.clip(height, _LEAST_HEIGHT, 52.0))
    below = 0.45 + 0.25 * bool(footer)
    across, tall = width + beside, height + below + 0.6
    figure = Figure(figsize=(across, tall))
    axes = figure.add_axes((0.0, below / tall, width / across, height / tall))
    axes.set_title("Multi-echelon inventory network", fontsize=11)
    if footer:
        figure.supxlabel(footer, fontsize=9, color="#555555", y=0.08 / tall, va="bottom")
    return figure, axes


def _with_levels(figure: Figure, canvas: Canvas) -> Figure:
    """The figure with the name of each column's roles above it, and a legend below."""
    axes, layout = canvas.axes, canvas.layout
    names = []
    for column in range(layout.column_count):
        held = {canvas.roles[canvas.network.all_nodes[node]] for node in np.flatnonzero(layout.columns == column)}
        names.append(" / ".join(role.title() for role in ROLE_STYLE if role in held))
    axes.set_axis_on()
    axes.set(frame_on=False, yticks=[])
    axes.set_xticks(np.linspace(0.0, 1.0, layout.column_count) if layout.column_count > 1 else [0.5], names)
    axes.tick_params(axis="x", length=0, labeltop=True, labelbottom=False, labelsize=7.5, labelcolor="#555555")
    legend = axes.legend(loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=5, frameon=False)
    for handle in legend.legend_handles:
        handle.set_sizes([40])  # type: ignore[union-attr]
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
    figure = _figure(network, detailed, footer)
    if save_path is not None:
        path = Path(save_path)
        # A name without an ending gets one, as matplotlib has it.
        ending = path.suffix.lstrip(".").lower() or figure.canvas.get_default_filetype()
        path = path if path.suffix else path.with_name(f"{path.name}.{ending}")
        replace_file(path, lambda file: figure.savefig(file, dpi=150, format=ending))
    return figure


__all__ = ["draw_network", "network", "network_of", "plot_network"]
