"""Demand under several settings, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from gym_invmgmt import _native
from gym_invmgmt._checks import whole_number
from gym_invmgmt.demand_engine import DemandEngine
from gym_invmgmt.network_topology import SupplyChainNetwork
from gym_invmgmt.plots.networks import network_of
from gym_invmgmt.plots.style import LINES, in_one_style, markers_every, over_periods, panel, plain, sheet

Array = NDArray[np.float64]


@in_one_style
def demand_scenarios(
    scenarios: Mapping[str, Mapping[str, Any]],
    source: Any = None,
    *,
    num_periods: int = 30,
    seeds: Sequence[int] = range(50),
) -> Figure:
    """Demand of all markets under several settings: the mean over seeds, and the range of eight in ten of them.

    The same seeds are played in every setting. So that goodwill has something to react to, every node orders each
    period what customers last wanted, shared evenly over its suppliers.

    Args:
        scenarios: ``demand_config`` by name.
        source: an environment, a record or a network with the markets; the serial network by default.
        num_periods: periods drawn.
        seeds: seeds of the episodes.

    Raises:
        ValueError: there is no scenario, or an unusable setting, by name.
    """
    if not scenarios:
        raise ValueError("scenarios is empty; expected at least one demand_config by name")
    network = SupplyChainNetwork("serial") if source is None else network_of(source)
    periods = whole_number("num_periods", num_periods)
    drawn = {name: _demand(network, name, config, periods, list(seeds)) for name, config in scenarios.items()}
    columns = 2 if len(drawn) in (2, 4) else min(3, len(drawn))
    lines = -(-len(drawn) // columns)
    figure = sheet(max(3.7 * columns, 6.0), 0.8 + 2.3 * lines, f"Demand over {len(seeds)} seeds: mean and 80 % range")
    grid = figure.subplots(lines, columns, squeeze=False, sharex=True, sharey=True).ravel()
    for place, (axes, (name, demand)) in enumerate(zip(grid, drawn.items(), strict=False)):
        look = LINES[place % len(LINES)]
        low, high = np.quantile(demand, [0.1, 0.9], axis=0)
        axes.fill_between(np.arange(periods), low, high, color=look.color, alpha=0.2, linewidth=0.0)
        axes.plot(
            np.arange(periods), demand.mean(axis=0), color=look.color, linestyle=look.linestyle, marker=look.marker,
            markevery=markers_every(periods), label=plain(name),
        )  # fmt: skip
        panel(axes, plain(name), "period" if place + columns >= len(drawn) else "", "" if place % columns else "units")
        axes.tick_params(labelbottom=place + columns >= len(drawn))
        over_periods(axes, periods)
    grid[0].set_ylim(bottom=0)
    for axes in grid[len(drawn) :]:
        axes.set_axis_off()
    return figure


def _demand(network: SupplyChainNetwork, name: str, config: Mapping[str, Any], periods: int, seeds: list[int]) -> Array:
    """Demand summed over markets, shape (seeds, periods) [units]."""
    try:
        engine = DemandEngine(config)
        engine._core.bind(network._native, [], periods)
        batch = _native.Batch(
            network._native, engine._core, rows=len(seeds), num_periods=periods, backlog=True, discount=1.0, threads=1,
            autoreset="Disabled", single_precision=False, copies=True, figures=False,
        )  # fmt: skip
    except ValueError as error:
        raise ValueError(f"scenario {name!r}: {error}") from None
    for row, seed in enumerate(seeds):
        batch.seed(row, seed)
    suppliers = {buyer: 0 for _, buyer in network.reorder_links}
    for _, buyer in network.reorder_links:
        suppliers[buyer] += 1
    shares = np.array([1.0 / suppliers[buyer] for _, buyer in network.reorder_links])
    markets, found = len(network.retail_links), np.empty((len(seeds), periods))
    wanted = batch.observe()[:, :markets].sum(axis=1)
    for period in range(periods):
        observations = batch.step(wanted[:, None] * shares)[0]
        wanted = found[:, period] = observations[:, :markets].sum(axis=1)
    return found


__all__ = ["demand_scenarios"]
