"""The parameters in a picture of a network: at their nodes and links where all find room, else in a list beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from numbers import Real
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.textpath import TextPath
from numpy.typing import NDArray

from gym_invmgmt import _native
from gym_invmgmt.network_topology import SupplyChainNetwork
from gym_invmgmt.plots.canvas import Canvas
from gym_invmgmt.plots.layout import Layout
from gym_invmgmt.plots.style import BACKING, link_name, short

Array = NDArray[np.float64]

#: Size of the letters at nodes and links, and in the list [points].
LABEL_SIZE, LIST_SIZE = 7.0, 6.5
#: Height of a line and width of a letter of the list, in sizes of its letters.
_LINE, _LETTER = 1.2, 0.61
#: Where on its link a label goes if nothing is in the way: before the middle, where links cross.
_BEST_SHARE = 0.42
#: Where on its link a label may go.
_SHARES = np.linspace(0.15, 0.85, 57)
#: Room between a label and what is beside it [points].
_GAP = 1.0


#: Keys of nodes in two lines: those of every node that holds stock, and those that make a factory.
_NEEDED = {row.needs for row in _native.Network.NODE_KEYS}
_MAKES = [row.key for row in _native.Network.NODE_KEYS if row.needs or row.key in _NEEDED]
_HOLDS = [row.key for row in _native.Network.NODE_KEYS if row.key not in _MAKES]
_LINKS = [row.key for row in _native.Network.LINK_KEYS]


def node_parameters(data: dict[str, Any]) -> str:
    """The parameters of a node, by the keys of network files; nothing for one that holds no stock."""
    return "\n".join(row for row in (_numbers(data, _HOLDS), _numbers(data, _MAKES)) if row)


def link_parameters(network: SupplyChainNetwork, link: tuple[Any, Any]) -> str:
    """The parameters of a link that are numbers, by the keys of network files."""
    return _numbers(network.graph.edges[link], _LINKS)


def _numbers(data: dict[str, Any], keys: list[str]) -> str:
    return "  ".join(f"{key} {data[key]:g}" for key in keys if isinstance(data.get(key), Real))


def way_of(route: Array) -> Array:
    """Points of a link as it is drawn [pixels or points, as given]: straight, or level where it passes a column.

    Args:
        route: ends and bends, shape (points, 2).
    """
    share = np.linspace(0.0, 1.0, 41)[:, None]
    if len(route) == 2:
        return np.asarray(route[0] + share * (route[1] - route[0]))
    parts = []
    for start, end in pairwise(route):
        middle = 0.5 * (start[0] + end[0])
        across = start[0] * (1 - share) ** 3 + 3 * middle * share * (1 - share) + end[0] * share**3
        parts.append(np.hstack([across, start[1] + (end[1] - start[1]) * (3 * share**2 - 2 * share**3)]))
    return np.vstack(parts)


@dataclass(frozen=True)
class Label:
    """What is written on a link: its middle in data coordinates, and the direction of the link there."""

    text: str
    place: tuple[float, float]
    #: Slope in data coordinates [degrees].
    rotation: float

    def write(self, axes: Axes) -> None:
        """Along its link, so that labels of neighbours keep apart."""
        axes.annotate(
            self.text, self.place, ha="center", va="center", fontsize=LABEL_SIZE, color="#333333", zorder=3,
            rotation=self.rotation, rotation_mode="anchor", transform_rotates_text=True, bbox=BACKING,
        )  # fmt: skip


def write_parameters(canvas: Canvas) -> bool:
    """Writes the parameters under the nodes and along the links of a drawing; whether all found room, else nothing."""
    labels = labels_of_links(canvas)
    if labels is None:
        return False
    for label in labels:
        label.write(canvas.axes)
    for node, data in canvas.network.graph.nodes(data=True):
        if text := node_parameters(data):
            canvas.axes.annotate(
                text, tuple(canvas.layout.positions[canvas.network.node_map[node]]), xytext=(0, _below(canvas.size)),
                textcoords="offset points", ha="center", va="top", fontsize=LABEL_SIZE, color="#333333", zorder=4,
                bbox=BACKING,
            )  # fmt: skip
    return True


def labels_of_links(canvas: Canvas) -> list[Label] | None:
    """A label per link, none on another, on a node or on what stands at it; None where one finds no such place.

    Everything is a row of discs, so that two things overlap where two of their discs do.
    """
    network, routes = canvas.network, canvas.layout.routes
    taken = [_around_node(canvas, node) for node in network.all_nodes]
    ways = [way_of(canvas.points(route)) for route in routes]
    labels: dict[int, Label] = {}
    # Short links first: they have the fewest places to choose from.
    for link in sorted(range(len(ways)), key=lambda link: _length(ways[link])):
        text = link_parameters(network, network.network_links[link])
        others = np.vstack([np.empty((0, 2)), *(way for place, way in enumerate(ways) if place != link)])
        share = _free_share(ways[link], _width(text), np.vstack(taken), others)
        if share is None:
            return None
        taken.append(_discs(*_at(ways[link], share), _width(text)))
        place, along = _at(way_of(routes[link]), share)
        labels[link] = Label(text, (float(place[0]), float(place[1])), float(np.degrees(np.arctan2(*along[::-1]))))
    return [labels[link] for link in range(len(ways))]


def _free_share(way: Array, width: float, taken: Array, others: Array) -> float | None:
    """Where on its way a label of this width covers nothing that is taken, and the fewest points of other links."""
    best: tuple[int, float, float] | None = None
    for share in _SHARES:
        discs = _discs(*_at(way, share), width)
        if _overlaps(discs, taken[:, :2], taken[:, 2] + _GAP).any():
            continue
        found = (int(_overlaps(discs, others, 0.0).sum()), abs(float(share) - _BEST_SHARE), float(share))
        best = min(best or found, found)
    return best[2] if best else None


def _overlaps(discs: Array, centres: Array, radii: Any) -> NDArray[np.bool_]:
    """Whether each of the others has a disc upon it."""
    distances = np.hypot(*(discs[:, None, :2] - centres[None]).transpose(2, 0, 1))
    found: NDArray[np.bool_] = (distances < discs[:, None, 2] + radii).any(axis=0)
    return found


def _around_node(canvas: Canvas, node: Any) -> Array:
    """The discs of a marker, of the lines under it and of a name above it [points]."""
    centre = canvas.points(canvas.layout.positions[canvas.network.node_map[node]])
    level, found = np.array([1.0, 0.0]), [np.array([[*centre, 1.2 * canvas.size]])]
    if not canvas.holds_name(node):
        found.append(_discs(centre + np.array([0.0, canvas.size + LABEL_SIZE]), level, 1.2 * _width(short(node))))
    for row, text in enumerate(filter(None, node_parameters(canvas.network.graph.nodes[node]).split("\n"))):
        below = np.array([0.0, _below(canvas.size) - (row + 0.6) * 1.2 * LABEL_SIZE])
        found.append(_discs(centre + below, level, _width(text)))
    return np.vstack(found)


def _discs(middle: Array, along: Array, width: float) -> Array:
    """A line of text as discs (x, y, radius) [points]."""
    radius = 0.6 * LABEL_SIZE
    steps = np.linspace(-0.5, 0.5, max(2, int(np.ceil(width / radius))))[:, None] * max(width - radius, radius)
    centres = middle + steps * along / np.hypot(*along)
    return np.hstack([centres, np.full((len(centres), 1), radius)])


def _at(way: Array, share: float) -> tuple[Array, Array]:
    """The point at a share of the points of a way, and the way's direction there."""
    reached = share * (len(way) - 1)
    low = min(int(reached), len(way) - 2)
    along = way[low + 1] - way[low]
    # Bends double a point.
    return way[low] + (reached - low) * along, along if along.any() else way[low + 2] - way[low + 1]


def _length(way: Array) -> float:
    return float(np.hypot(*np.diff(way, axis=0).T).sum())


def _width(text: str) -> float:
    """Width of a line of text [points]."""
    return float(TextPath((0, 0), text, size=LABEL_SIZE).get_extents().width)


def _below(size: float) -> float:
    """Where the text under a node begins, from its middle [points]."""
    return -1.2 * size - 1.0


def listed(network: SupplyChainNetwork, layout: Layout) -> list[str]:
    """All parameters, a line per node and link, from customers to suppliers."""
    nodes = [network.idx_to_node[place] for place in layout.reading_order(list(range(network.num_nodes)))]
    rows = [(short(node), node_parameters(network.graph.nodes[node]).replace("\n", "  ")) for node in nodes]
    links = network.network_links
    rows += [
        (link_name(links[link]), link_parameters(network, links[link])) for link in layout.link_order(network, links)
    ]
    wide = max(len(name) for name, _ in rows)
    return [f"{name:{wide}}  {text}" for name, text in rows if text]


def list_width(rows: Sequence[str], height: float) -> float:
    """Width of the list [inches] in so much height [inches]."""
    return len(_starts(rows, height)) * _column(rows)


def write_list(figure: Figure, rows: Sequence[str], left: float, height: float) -> None:
    """Writes the list in columns from ``left`` on, in so much height below the title [inches]."""
    across, tall = figure.get_size_inches()
    starts = _starts(rows, height)
    for column, start in enumerate(starts):
        figure.text(
            (left + column * _column(rows)) / across, 1 - 0.4 / tall, "\n".join(rows[start : start + starts.step]),
            family="monospace", fontsize=LIST_SIZE, linespacing=_LINE, va="top", ha="left", color="#333333",
        )  # fmt: skip


def _starts(rows: Sequence[str], height: float) -> range:
    """The first line of each column."""
    return range(0, len(rows), int(height * 72 / (_LINE * LIST_SIZE)))


def _column(rows: Sequence[str]) -> float:
    """Width of a column [inches]."""
    return _LETTER * LIST_SIZE * max(map(len, rows), default=0) / 72 + 0.25


__all__ = [
    "Label",
    "labels_of_links",
    "link_parameters",
    "list_width",
    "listed",
    "node_parameters",
    "way_of",
    "write_list",
    "write_parameters",
]
