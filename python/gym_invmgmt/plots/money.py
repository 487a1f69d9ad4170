"""Where the profit comes from: by node, and by its parts."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from gym_invmgmt.core_env import Ledger
from gym_invmgmt.plots.layout import Layout, roles_of
from gym_invmgmt.plots.record import record_of
from gym_invmgmt.plots.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    ROLE_STYLE,
    SKY,
    VERMILION,
    in_one_style,
    label_rows,
    over_periods,
    panel,
    sheet,
    short,
)

#: Costs in the order they are stacked, with colour and hatch.
_COSTS = (
    ("procurement_cost", "procurement", BLUE, ""),
    ("holding_cost", "holding", ORANGE, "///"),
    ("operating_cost", "operating", SKY, "..."),
    ("unmet_penalty", "unmet demand", VERMILION, "xxx"),
    ("fixed_order_cost", "fixed order cost", PURPLE, "\\\\\\"),
    ("late_penalty", "requests not filled", GREY, "xxx"),
    ("waste_cost", "what spoiled", GREY, "///"),
    ("overflow_cost", "overflow", GREY, "..."),
    ("joint_cost", "orders together", GREY, "\\\\"),
)
#: Hatch per role, in the order of the legend.
_HATCHES = {"factory": "///", "distributor": "", "retailer": "...", "raw material": "xxx", "market": "+++"}
#: Parts beyond which their names are written small.
_MANY_PARTS = 6
#: Most nodes whose profit is written beside their bar.
_MANY_NODES = 60


@in_one_style
def profit_by_node(source: Any) -> Figure:
    """Discounted profit of every managed node over the periods played, customers' end on top.

    Internal deliveries are revenue to the supplier and a cost to the buyer, so the bars add up to the reward.

    Args:
        source: an environment after an episode, or a record.
    """
    record = record_of(source)
    network, roles = record.network, roles_of(record.network)
    rows = Layout.of(network).reading_order([network.node_map[node] for node in network.main_nodes.tolist()])
    nodes = [network.idx_to_node[row] for row in rows]
    profit = record.profit.sum(axis=0)[rows]
    height = float(np.clip(0.3 * len(rows), 1.8, 14.5))
    figure = sheet(8.0, height + 1.2, f"Profit by node: {profit.sum():,.1f} in {record.periods} periods")
    axes = figure.add_subplot()
    for role, (colour, _) in ROLE_STYLE.items():
        places = [place for place, node in enumerate(nodes) if roles[node] == role]
        if places:
            axes.barh(
                places, profit[places], color=colour, hatch=_HATCHES[role], edgecolor="white", linewidth=0.3,
                label=role,
            )  # fmt: skip
    if len(rows) <= _MANY_NODES:
        for place, money in enumerate(profit):
            axes.annotate(
                f"{money:,.1f}", (max(money, 0.0), place), xytext=(3, 0), textcoords="offset points", va="center",
                fontsize=7,
            )  # fmt: skip
    axes.axvline(0.0, color=BLACK, linewidth=0.8)
    axes.margins(x=0.12, y=0.01)
    axes.invert_yaxis()
    panel(axes, xlabel="money", grid="x")
    label_rows(axes, [short(node) for node in nodes], height)
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=4, borderaxespad=0.2)
    return figure


@in_one_style
def reward_breakdown(source: Any) -> Figure:
    """The parts of the reward: revenue less all costs, per period and in total; all nodes added up.

    Revenue and procurement cost hold internal deliveries as well: what one node pays another earns.

    Args:
        source: an environment after an episode; a record from a file has no ledger.

    Raises:
        ValueError: the record has no ledger.
    """
    record = record_of(source)
    ledger = record.ledger
    if ledger is None:
        raise ValueError("the record is from a file without a ledger; draw the environment after its episode instead")
    figure = sheet(11.0, 4.2, f"Reward and its parts: {ledger.profit.sum():,.1f} in {record.periods} periods")
    left, right = figure.subplots(1, 2, width_ratios=[3, 2])
    _draw_stack(left, ledger)
    _draw_waterfall(right, ledger)
    handles, names = left.get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=7)
    return figure


def _draw_stack(axes: Axes, ledger: Ledger) -> None:
    revenue = ledger.revenue.sum(axis=1)
    periods = np.arange(len(revenue))
    axes.bar(periods, revenue, color=GREEN, label="revenue", width=0.85)
    below: NDArray[np.float64] = np.zeros(len(revenue))
    for name, label, colour, hatch in _COSTS:
        cost = getattr(ledger, name).sum(axis=1)
        if cost.any():
            axes.bar(
                periods, -cost, bottom=below, color=colour, hatch=hatch, edgecolor="white", linewidth=0.2, width=0.85,
                label=label,
            )  # fmt: skip
            below = below - cost
    axes.plot(periods, ledger.profit.sum(axis=1), color=BLACK, marker="o", markersize=3, linewidth=1.0, label="reward")
    axes.axhline(0.0, color=BLACK, linewidth=0.8)
    panel(axes, "Per period", xlabel="period", ylabel="money")
    over_periods(axes, len(revenue))


def _draw_waterfall(axes: Axes, ledger: Ledger) -> None:
    steps = [("revenue", float(ledger.revenue.sum()), GREEN, "")]
    steps += [
        (label, -float(total), colour, hatch)
        for name, label, colour, hatch in _COSTS
        if (total := getattr(ledger, name).sum())
    ]
    level, reach = 0.0, max(abs(steps[0][1]), 1.0)
    for place, (_, change, colour, hatch) in enumerate(steps):
        axes.bar(place, change, bottom=level, color=colour, hatch=hatch, edgecolor="white", linewidth=0.2, width=0.7)
        level += change
        axes.annotate(f"{change:,.0f}", (place, max(level, level - change) + 0.01 * reach), ha="center", fontsize=7)
        axes.plot([place - 0.35, place + 1.35], [level, level], color=BLACK, linewidth=0.6)
    axes.bar(len(steps), level, color="white", edgecolor=BLACK, width=0.7)
    axes.annotate(f"{level:,.0f}", (len(steps), max(level, 0.0) + 0.01 * reach), ha="center", fontsize=7)
    axes.axhline(0.0, color=BLACK, linewidth=0.8)
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.07 * (high - low))
    panel(axes, "In total", ylabel="money")
    axes.set_xticks(range(len(steps) + 1), [name.replace(" ", "\n") for name, *_ in steps] + ["reward"])
    if len(steps) > _MANY_PARTS:
        axes.tick_params(axis="x", labelsize=6)


__all__ = ["profit_by_node", "reward_breakdown"]
