"""How orders swell towards suppliers, how customers' goodwill moves, how long deliveries take."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from gym_invmgmt import _native
from gym_invmgmt.network_topology import SupplyChainNetwork
from gym_invmgmt.plots.layout import Layout, roles_of
from gym_invmgmt.plots.networks import network_of
from gym_invmgmt.plots.record import Record, record_of
from gym_invmgmt.plots.style import (
    BLACK,
    BLUE,
    GREY,
    LINES,
    VERMILION,
    in_one_style,
    label_rows,
    link_name,
    markers_every,
    over_periods,
    panel,
    sheet,
    short,
)

Array = NDArray[np.float64]

#: Demand is black, and no echelon is.
(_DEMAND,) = (look for look in LINES if look.color == BLACK)
_ECHELONS = tuple(look for look in LINES if look != _DEMAND)
#: Keeps black crosses visible on dark bars.
_HALO = withStroke(linewidth=1.7, foreground="white")


def _variation(quantities: Array) -> Array:
    """Population standard deviation over mean along the first axis; NaN where the mean is 0."""
    mean = quantities.mean(axis=0)
    found: Array = np.divide(quantities.std(axis=0), mean, out=np.full_like(mean, np.nan), where=mean > 0)
    return found


def _echelons(record: Record) -> list[tuple[str, list[int]]]:
    """Name and supply links of each column that buys, from customers to suppliers."""
    network, layout = record.network, Layout.of(record.network)
    roles, found = roles_of(network), []
    for column in range(layout.column_count - 1, -1, -1):
        links = [
            position
            for position, (_, buyer) in enumerate(network.reorder_links)
            if layout.columns[network.node_map[buyer]] == column
        ]
        if links:
            buyers = list(dict.fromkeys(network.reorder_links[link][1] for link in links))
            kinds = {roles[buyer] for buyer in buyers}
            kind = kinds.pop() if len(kinds) == 1 else "node"
            if len(buyers) == 1:
                name = f"{kind} {short(buyers[0])}"
            else:
                plural = {"factory": "factories"}.get(kind, f"{kind}s")
                name = f"{len(buyers)} {plural}"
            found.append((name, links))
    return found


@in_one_style
def bullwhip(source: Any) -> Figure:
    """How orders vary at each echelon against customers' demand: over time, and as coefficients of variation.

    An echelon's orders are what all its nodes request together; its bar is their population standard deviation over
    their mean, and a cross stands for each of its links alone (the ``per_link_cv`` of ``compute_bullwhip``). A bar
    higher than that of demand is the bullwhip effect.

    Args:
        source: an environment after an episode, or a record.
    """
    record = record_of(source)
    requested, echelons = np.maximum(record.requested, 0.0), _echelons(record)
    series: list[tuple[str, Array, Array]] = [("demand", record.demand.sum(axis=1), record.demand)]
    series += [(name, requested[:, links].sum(axis=1), requested[:, links]) for name, links in echelons]
    figure = sheet(11.0, max(3.8, 0.9 + 0.75 * len(series)), "Bullwhip across echelons")
    left, right = figure.subplots(len(series), 2, sharex="col", width_ratios=[3, 2]).T
    grid = right[0].get_gridspec()
    for axes in right:
        axes.remove()
    bars = figure.add_subplot(grid[:, 1])
    for place, (name, total, each) in enumerate(series):
        look = _ECHELONS[(place - 1) % len(_ECHELONS)] if place else _DEMAND
        left[place].step(np.arange(record.periods), total, where="mid", color=look.color, linestyle="-")
        panel(left[place], f"{'Demand' if place == 0 else 'Ordered by ' + name}", ylabel="units")
        over_periods(left[place], record.periods)
        left[place].set_ylim(0, 1.1 * max(float(total.max(initial=0.0)), 1.0))
        variation = _variation(total[:, None])[0]
        bars.barh(place, np.nan_to_num(variation), color=look.color, height=0.6, hatch="" if place else "///",
                  edgecolor="white", linewidth=0.2)  # fmt: skip
        alone = _variation(each)
        bars.scatter(alone, np.full(len(alone), place), marker="x", color=BLACK, s=18, linewidths=0.9, zorder=3,
                     path_effects=[_HALO], label="a link alone" if place == 1 else None)  # fmt: skip
    left[-1].set_xlabel("period", fontsize=8)
    wanted = _variation(series[0][1][:, None])[0]
    if np.isfinite(wanted):
        bars.axvline(wanted, color=BLACK, linestyle="--", linewidth=0.9, label="demand")
    bars.invert_yaxis()
    panel(bars, "Coefficient of variation", xlabel="standard deviation / mean", grid="x")
    bars.set_yticks(range(len(series)), [name for name, *_ in series])
    bars.set_xlim(left=0)
    bars.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, borderaxespad=0.1)
    return figure


@in_one_style
def goodwill(source: Any) -> Figure:
    """Customers' sentiment over time, and the shortages that lower it: demand is multiplied by the sentiment.

    Args:
        source: an environment after an episode, or a record. Without goodwill the sentiment stays 1.
    """
    record = record_of(source)
    figure = sheet(8.0, 4.6, "Goodwill")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3, 2])
    periods, unmet = np.arange(record.periods), record.unmet.sum(axis=1)
    every = markers_every(record.periods)
    upper.plot(periods, record.sentiment, color=BLUE, marker="o", markevery=every, label="sentiment in force")
    upper.axhline(1.0, color=BLACK, linestyle=":", linewidth=0.8, label="no effect on demand")
    panel(upper, "Sentiment", ylabel="factor of demand")
    upper.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, borderaxespad=0.1)
    lower.bar(periods, unmet, color=VERMILION, hatch="///", edgecolor="white", linewidth=0.2)
    # Without goodwill the sentiment stays 1, whatever is unmet.
    acts = ": it lowers the sentiment of the next" if np.any(record.sentiment != 1.0) else ""
    panel(lower, f"Unmet demand at the end of the period{acts}", ylabel="units")
    lower.set_xlabel("period", fontsize=8)
    over_periods(lower, record.periods)
    return figure


@in_one_style
def lead_time_response(source: Any, quantity: float = 10.0) -> Figure:
    """When an order arrives: one order per supply link in period 0, nothing else, no customers.

    Every link is played by itself from the initial stocks. A row shows how long the units were on order; its end is
    the period at whose start they can be sold. A link without lead time delivers within the period of the order.

    Args:
        source: an environment, a record or a network.
        quantity: the order [units]; a supplier with less on hand or less capacity fills what it can, and the row
            says so.

    Raises:
        ValueError: ``quantity`` is not above 0.
    """
    if not quantity > 0.0:
        raise ValueError(f"quantity is {quantity}; expected a number of units above 0")
    played = network_of(source)
    layout = Layout.of(played)
    links = layout.link_order(played, played.reorder_links)
    height = float(np.clip(0.3 * len(links), 1.8, 14.0))
    figure = sheet(9.0, height + 1.3, f"An order of {quantity:g} units in period 0")
    axes = figure.add_subplot()
    responses = [impulse(played, link, quantity) for link in links]
    filled, arrival = np.array([r[0] for r in responses]), np.array([r[1] for r in responses], dtype=float)
    places = np.arange(len(links))
    axes.hlines(places, 0.0, np.nan_to_num(arrival), colors=BLUE, linewidth=2.0, label="on order")
    axes.scatter(np.zeros(len(links)), places, marker="o", s=24, facecolor="white", edgecolor=BLACK, zorder=3,
                 label="ordered")  # fmt: skip
    axes.scatter(arrival, places, marker=">", s=34, color=VERMILION, zorder=4, label="arrives")
    if len(links) <= 60:
        for place, link in enumerate(links):
            lead = played.lead_times[played.reorder_links[link]]
            text = f"L {lead}" + ("" if filled[place] == quantity else f", {filled[place]:g} filled")
            axes.annotate(text, (np.nan_to_num(arrival[place]), place), xytext=(8, 0), textcoords="offset points",
                          va="center", fontsize=7)  # fmt: skip
    axes.set_xlim(-0.4, float(np.nanmax(arrival, initial=1.0)) + 1.2)
    axes.set_ylim(len(links) - 0.4, -0.6)
    panel(axes, xlabel="period", grid="x")
    axes.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True))
    axes.axvline(0.0, color=GREY, linewidth=0.7)
    label_rows(axes, [link_name(played.reorder_links[link]) for link in links], height)
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=3, borderaxespad=0.2)
    return figure


def impulse(network: SupplyChainNetwork, link: int, quantity: float) -> tuple[float, float]:
    """Units filled of one order in period 0, and the period in which they arrive (NaN if nothing was filled).

    Args:
        network: the network; played from its initial stocks, without demand and other orders.
        link: position of the supply link.
        quantity: the order [units].
    """
    horizon = network.lead_times[network.reorder_links[link]] + 1
    demand = _native.Demand()
    # The kernel asks for a stream; replayed demand draws nothing from it.
    demand.np_random = np.random.default_rng(0)
    demand.bind(network._native, [(market, np.zeros(horizon)) for market in range(len(network.retail_links))], horizon)
    episode = _native.Episode(network._native, demand, horizon, True, 1.0)
    episode.reset()
    order = np.zeros(len(network.reorder_links))
    order[link] = quantity
    for period in range(horizon):
        episode.step(order if period == 0 else np.zeros_like(order))
    filled = float(episode.matrix("R")[0, link])
    if filled == 0.0:
        return 0.0, float("nan")
    stock = episode.matrix("X")[:, network.node_map[network.reorder_links[link][1]]]
    # Stock at the start of a period holds what arrived in the period before.
    return filled, float(np.flatnonzero(np.diff(stock) > 0.0)[0])


__all__ = ["bullwhip", "goodwill", "impulse", "lead_time_response"]
