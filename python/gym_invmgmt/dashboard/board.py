"""The game drawn: stages with their stock, goods and slips on their way between them, customers on the right."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from gym_invmgmt import _native
from gym_invmgmt.network_topology import SupplyChainNetwork
from gym_invmgmt.plots.layout import Layout
from gym_invmgmt.plots.style import BLUE, GREEN, GREY, ORANGE, PURPLE, VERMILION, short

#: Beyond so many rows of nodes names and numbers would cover each other; the pointer shows them then.
_MOST_ROWS = 10
#: How far slips lie above the way of the goods, and what is owed and wanted below it [rows].
_APART = 0.22
#: How long goods take from one place to the next on the screen [milliseconds].
_GLIDE = 600


def drawn(game: _native.Game, held: Collection[int], everything: bool) -> go.Figure:
    """The network, customers on the right: boxes are goods on their way, diamonds slips, numbers units.

    Args:
        game: the game.
        held: places of the stages whose manager looks: their stock, what is on its way to them, what they owe and what
            their customers want is shown.
        everything: whether all of it is shown, as when the game is over.
    """
    network = SupplyChainNetwork.of_native(game.network)
    layout = Layout.of(network)
    seen = set(range(len(game.stages))) if everything else set(held)
    figure = go.Figure()
    _add_ways(figure, layout)
    _add_moving(figure, layout, game, seen)
    _add_notes(figure, layout, game, seen)
    _add_nodes(figure, layout, network, game, seen, set(held))
    heights, row = layout.positions[:, 1], 1.0 / layout.rows
    figure.update_xaxes(visible=False, range=[-0.1, 1.1])
    figure.update_yaxes(visible=False, range=[heights.min() - 0.7 * row, heights.max() + 0.5 * row])
    figure.update_layout(
        height=min(130 + 130 * layout.rows, 900), margin={"l": 10, "r": 10, "t": 10, "b": 10}, hovermode="closest",
        template="plotly_white", transition={"duration": _GLIDE, "easing": "cubic-in-out"},
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom"},
    )  # fmt: skip
    return figure


def _add_ways(figure: go.Figure, layout: Layout) -> None:
    """All links as one line with gaps."""
    gap = np.full((1, 2), np.nan)
    line = np.concatenate([part for route in (*layout.routes, *layout.inputs) for part in (route, gap)] or [gap])
    figure.add_scatter(
        x=line[:, 0], y=line[:, 1], mode="lines", line={"color": "#cccccc", "width": 2}, hoverinfo="skip",
        showlegend=False,
    )  # fmt: skip


def _add_moving(figure: go.Figure, layout: Layout, game: _native.Game, seen: Collection[int]) -> None:
    """Goods from left to right, slips above them from right to left."""
    goods: list[tuple[str, Any, float]] = []
    slips: list[tuple[str, Any, float]] = []
    above = np.array([0.0, _APART / layout.rows])
    for link, _, buyer, on_the_way, requested, _ in game.ways():
        if buyer not in seen:
            continue
        route = layout.routes[link]
        goods += _standing(link, game.period, on_the_way, lambda share, route=route: _point(route, 1.0 - share))
        slips += _standing(link, game.period, requested, lambda share, route=route: _point(route, share) + above)
    for name, moving, colour, sign in (("goods", goods, ORANGE, "square"), ("slips", slips, PURPLE, "diamond")):
        figure.add_scatter(
            x=[point[0] for _, point, _ in moving], y=[point[1] for _, point, _ in moving],
            text=[f"{units:.4g}" for _, _, units in moving], ids=[one for one, _, _ in moving], name=name,
            hovertext=[f"{units:g} units" for _, _, units in moving], hoverinfo="text",
            mode="markers+text" if layout.rows <= _MOST_ROWS else "markers", textposition="top center",
            marker={"symbol": sign, "size": 13, "color": colour},
        )  # fmt: skip


def _standing(link: int, period: int, amounts: Sequence[float], where: Any) -> list[tuple[str, Any, float]]:
    """What stands on a way: a name that it keeps as it moves, where, how many; what is next to arrive comes first."""
    count = len(amounts) + 1
    return [
        (f"{link}/{period + place}", where((place + 1) / count), units) for place, units in enumerate(amounts) if units
    ]


def _point(route: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    """The point of a way that has this share of it behind."""
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(route, axis=0).T))])
    return np.array([np.interp(share * lengths[-1], lengths, route[:, axis]) for axis in (0, 1)])


def _add_notes(figure: go.Figure, layout: Layout, game: _native.Game, seen: Collection[int]) -> None:
    """Below the ways: what suppliers owe, which both ends know, and what customers wanted and wait for."""
    notes: list[tuple[NDArray[np.float64], str, str]] = []
    for link, supplier, buyer, _, _, owed in game.ways():
        if owed and (buyer in seen or supplier in seen):
            notes.append((_point(layout.routes[link], 0.5), f"owed {owed:.4g}", VERMILION))
    for link, retailer, wanted, sold, waiting in game.customers():
        if retailer in seen and wanted is not None and sold is not None:
            wait = f"<br>{waiting:.4g} wait" if waiting else ""
            text = f"want {wanted:.4g}<br>got {sold:.4g}{wait}"
            notes.append((_point(layout.routes[link], 0.5), text, VERMILION if waiting else GREEN))
    if layout.rows > _MOST_ROWS:
        return
    for point, text, colour in notes:
        figure.add_annotation(
            x=point[0], y=point[1] - _APART / layout.rows, text=text, showarrow=False, font={"color": colour}
        )


def _add_nodes(
    figure: go.Figure,
    layout: Layout,
    network: SupplyChainNetwork,
    game: _native.Game,
    seen: Collection[int],
    held: Collection[int],
) -> None:
    """Stages with their stock, suppliers and customers without; the own ones dark."""
    stock = game.stock()
    stage_at = {node: stage for stage, node in enumerate(game.nodes)}
    texts, hovers, colours = [], [], []
    for at, node in enumerate(network.all_nodes):
        stage = stage_at.get(at)
        known = f"{stock[stage]:.4g}" if stage is not None and stage in seen else None
        texts.append(short(node) + (f"<br><b>{known}</b>" if known is not None else ""))
        hovers.append(f"{node}" + (f": {known} on hand" if known is not None else ""))
        colours.append(BLUE if stage is not None and stage in held else GREY)
    figure.add_scatter(
        x=layout.positions[:, 0], y=layout.positions[:, 1], text=texts, hovertext=hovers, hoverinfo="text",
        mode="markers+text" if layout.rows <= _MOST_ROWS else "markers", textposition="bottom center",
        showlegend=False, name="nodes", marker={"size": 24 if layout.rows <= _MOST_ROWS else 9, "color": colours},
    )  # fmt: skip


__all__ = ["drawn"]
