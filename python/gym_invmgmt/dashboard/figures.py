"""The page's pictures: plotly figures with the colours and the layout of :mod:`gym_invmgmt.plots`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from gym_invmgmt import _native
from gym_invmgmt.dashboard.playing import Played
from gym_invmgmt.plots.layout import Layout, roles_of
from gym_invmgmt.plots.record import Record
from gym_invmgmt.plots.style import LINES, ROLE_STYLE, short

_SYMBOLS = {"D": "diamond", "s": "square", "o": "circle", "p": "pentagon", "v": "triangle-down"}
_DASHES = ("solid", "dash", "dashdot", "dot", "longdash", "longdashdot", "solid", "dot")
#: Sizes of the markers of empty and of the fullest nodes, and widths of idle and of the busiest links [pixels].
_SMALL, _LARGE, _THIN, _THICK = 10.0, 32.0, 1.0, 8.0

#: Beyond so many rows of nodes, names would cover each other; beyond so many nodes, so would those of lines. The
#: pointer shows them then.
_MOST_ROWS, _MOST_NAMED = 10, 12
#: What the picture of mechanisms shows, by name of the matrix, and what it is called there.
_SHOWN = (
    ("unread", "requests on their way"), ("owed", "owed between nodes"), ("waiting", "customers wait for"),
    ("lost_requests", "requests lost"), ("wasted", "spoiled"), ("overflowed", "thrown away"),
    ("crowded", "beyond the room"), ("destroyed", "destroyed"), ("lost_on_the_way", "lost on the way"),
    ("up", "down [number]"),
)  # fmt: skip
#: Keeps shares of nothing at nothing.
_EMPTY = 1e-9


def network(record: Record, period: int, beside: Sequence[Record] = ()) -> go.Figure:
    """The network at the end of a period: a larger marker is more stock, a wider line more units moved.

    Args:
        record: the episode.
        period: the period, from 0 to the number played - 1.
        beside: the episodes shown side by side; their pictures have one scale.
    """
    layout = Layout.of(record.network)
    # Room below each marker for a name and a number, up to what a screen holds.
    figure = _figure("", min(110 + 85 * max(layout.rows, 2), 900))
    _add_links(figure, layout, record, period, max(_EMPTY, *(float(one.moved.max()) for one in (record, *beside))))
    _add_nodes(figure, layout, record, period, _most_stock(record, beside))
    heights = layout.positions[:, 1]
    figure.update_xaxes(visible=False, range=[-0.12, 1.12])
    figure.update_yaxes(visible=False, range=[heights.min() - 0.75 / layout.rows, heights.max() + 0.35 / layout.rows])
    return figure


def _add_links(figure: go.Figure, layout: Layout, record: Record, period: int, most: float) -> None:
    """Lines, the widest being that of ``most`` units."""
    moved, links = record.moved[period], record.network.network_links
    for route, units in zip(layout.routes, moved, strict=True):
        width = _THIN + (_THICK - _THIN) * float(units) / most
        figure.add_scatter(
            x=route[:, 0], y=route[:, 1], mode="lines", showlegend=False, hoverinfo="skip",
            line={"color": "#999999", "width": width, "shape": "spline"},
        )  # fmt: skip
    for route in layout.inputs:
        figure.add_scatter(
            x=route[:, 0], y=route[:, 1], mode="lines", showlegend=False, hoverinfo="skip",
            line={"color": "#999999", "width": _THIN, "shape": "spline"},
        )  # fmt: skip
    # The pointer finds points, not lines: one that is not seen, where links seldom cross.
    points = [route[0] + 0.4 * (route[1] - route[0]) for route in layout.routes]
    figure.add_scatter(
        x=[point[0] for point in points], y=[point[1] for point in points], mode="markers", showlegend=False,
        marker={"size": 16, "opacity": 0}, hoverinfo="text",
        hovertext=[f"{link[0]} → {link[1]}: {units:g} units" for link, units in zip(links, moved, strict=True)],
    )  # fmt: skip


def _add_nodes(figure: go.Figure, layout: Layout, record: Record, period: int, most: float) -> None:
    """Markers, the largest being that of ``most`` units; suppliers and markets hold no stock."""
    net = record.network
    roles, managed, stock = roles_of(net), set(net.main_nodes.tolist()), record.on_hand[period + 1]
    for role, (colour, marker) in ROLE_STYLE.items():
        nodes = [node for node in net.all_nodes if roles[node] == role]
        places = [net.node_map[node] for node in nodes]
        # Rounding leaves stocks a hair below zero, where a yield is below 1.
        held = {node: max(float(stock[net.node_map[node]]), 0.0) for node in nodes if node in managed}
        sizes = [_SMALL + (_LARGE - _SMALL) * float(np.sqrt(held.get(node, 0.0) / most)) for node in nodes]
        figure.add_scatter(
            x=layout.positions[places, 0], y=layout.positions[places, 1], name=role,
            mode="markers+text" if layout.rows <= _MOST_ROWS else "markers",
            text=[f"{short(node)}<br>{held[node]:,.0f}" if node in held else short(node) for node in nodes],
            textposition="bottom center", hoverinfo="text",
            hovertext=[f"{role} {node}" + (f": {held[node]:g} units" if node in held else "") for node in nodes],
            marker={
                "color": colour, "symbol": _SYMBOLS.get(marker, "circle"), "opacity": 1, "line": {"width": 0},
                "size": sizes,
            },
        )  # fmt: skip


def stocks(record: Record, period: int, beside: Sequence[Record] = ()) -> go.Figure:
    """Stock on hand of each managed node at the end of each period [units]; arguments as :func:`network`."""
    figure = _figure("stock [units]", 300)
    for number, node in enumerate(record.network.main_nodes.tolist()):
        held = record.on_hand[1:, record.network.node_map[node]]
        _add_line(figure, number, held, f"node {node}")
    figure.update_layout(showlegend=len(record.network.main_nodes) <= _MOST_NAMED)
    figure.update_yaxes(range=[0, 1.05 * _most_stock(record, beside)])
    figure.add_vline(x=period, line={"color": "#666666", "width": 1, "dash": "dot"})
    return figure


def demand(played: Sequence[Played]) -> go.Figure:
    """Demand of all markets, and what each policy sold [units]. Without goodwill all policies meet the same demand."""
    figure = _figure("demand and sales [units]", 300)
    for number, one in enumerate(played):
        _add_line(figure, number, one.record.sold.sum(axis=1), f"sold, {one.policy}")
    for one in played if _demands_differ(played) else played[:1]:
        name = f"demand, {one.policy}" if _demands_differ(played) else "demand"
        figure.add_scatter(
            x=np.arange(one.record.periods), y=one.record.demand.sum(axis=1), mode="markers", name=name,
            marker={"color": "#222222", "size": 5, "symbol": "x"},
        )  # fmt: skip
    return figure


def money(played: Sequence[Played]) -> go.Figure:
    """Profit earned so far under each policy [money]."""
    figure = _figure("profit so far [money]", 300)
    for number, one in enumerate(played):
        _add_line(figure, number, one.record.profit.sum(axis=1).cumsum(), one.policy)
    return figure


def costs(played: Sequence[Played]) -> go.Figure:
    """Where the money of the episode went, part by part [money]."""
    figure = _figure("", 300)
    parts = ["revenue", "procurement_cost", "holding_cost", "operating_cost", "unmet_penalty", "fixed_order_cost"]
    # What only mechanisms cost, where there are any.
    parts += [part for part in _native.Episode.EXTRA_COSTS if part in played[0].record.mechanisms]
    for number, one in enumerate(played):
        ledger = one.record.ledger
        figure.add_bar(
            y=[part.replace("_", " ") for part in parts], x=[float(getattr(ledger, part).sum()) for part in parts],
            orientation="h", name=one.policy, marker_color=LINES[number % len(LINES)].color,
        )  # fmt: skip
    figure.update_xaxes(title="over the episode [money]")
    figure.update_yaxes(autorange="reversed")
    return figure


def mechanisms(record: Record, period: int) -> go.Figure | None:
    """What waits, spoils, finds no room and is lost in each period, all places together [units]; none where nothing
    does. What is down is a line of its own.
    """
    lines = [(letter, name) for letter, name in _SHOWN if letter in record.mechanisms]
    if not lines:
        return None
    figure = _figure("waits, spoils, is lost [units]", 300)
    for number, (letter, name) in enumerate(lines):
        values = record.mechanisms[letter][-record.periods :].sum(axis=1)
        working = len(record.columns[letter])
        _add_line(figure, number, working - values if letter == "up" else values, name)
    figure.add_vline(x=period, line={"color": "#666666", "width": 1, "dash": "dot"})
    return figure


def _most_stock(record: Record, beside: Sequence[Record]) -> float:
    return max(_EMPTY, *(float(one.on_hand[:, _managed(one)].max()) for one in (record, *beside)))


def _managed(record: Record) -> list[int]:
    return [record.network.node_map[node] for node in record.network.main_nodes.tolist()]


def _demands_differ(played: Sequence[Played]) -> bool:
    return any(not np.array_equal(one.record.demand, played[0].record.demand) for one in played)


def _add_line(figure: go.Figure, number: int, values: np.ndarray, name: str) -> None:
    look = {"color": LINES[number % len(LINES)].color, "dash": _DASHES[number % len(_DASHES)], "width": 2}
    figure.add_scatter(x=np.arange(len(values)), y=values, mode="lines", name=name, line=look)


def _figure(title: str, height: int) -> go.Figure:
    figure = go.Figure()
    figure.update_layout(
        height=height, margin={"l": 10, "r": 10, "t": 10, "b": 10}, hovermode="closest", barmode="group",
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom"},
    )  # fmt: skip
    figure.update_yaxes(title=title)
    figure.update_xaxes(title="period")
    return figure


__all__ = ["costs", "demand", "money", "network", "stocks"]
