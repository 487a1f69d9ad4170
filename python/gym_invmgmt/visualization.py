"""The network drawn, and what ``render`` shows. All other pictures: :mod:`gym_invmgmt.plots`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gym_invmgmt.network_topology import SupplyChainNetwork

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from gym_invmgmt.core_env import CoreEnv


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
    """Draws a network.

    Args:
        network: the network.
        detailed: whether to write parameters at nodes and links, or beside where they find no room, and the sizes of
            the problem below.
        save_path: where to save the picture; the ending says in which format.
        num_periods: told in the detailed picture's footer [periods].
        backlog: told there.
        n_actions: told there.
        n_obs: told there.

    Returns:
        The matplotlib figure; it is not shown.
    """
    # matplotlib is imported when a picture is drawn.
    from gym_invmgmt.plots import networks as drawing

    return drawing.plot_network(
        network, detailed, save_path, num_periods=num_periods, backlog=backlog, n_actions=n_actions, n_obs=n_obs
    )


def render_text(env: CoreEnv) -> str:
    """The last period played in words; all zeros before the first."""
    network = env.network
    played = env.period
    row = max(played - 1, 0)
    columns = [network.node_map[node] for node in network.main_nodes.tolist()]
    numbers = {
        "Inventory": env.X[played][columns],
        "Demand": env.D[row],
        "Backlog": env.U[row],
    }
    lines = [f"═══ Period {played}/{env.num_periods} ═══"]
    lines += [f"  {name:<10}: {np.array2string(values, precision=2)}" for name, values in numbers.items()]
    lines.append(f"  {'Profit':<10}: {env.P[row].sum():.2f}")
    lines.append(f"  {'Sentiment':<10}: {env.demand_engine.sentiment:.3f}")
    return "\n".join(lines)


def render_rgb_array(env: CoreEnv, *, width: int = 640, height: int = 480) -> NDArray[np.uint8]:
    """A picture of the episode so far: the network with goods on their way, stocks now, demand, sales and profit.

    Args:
        env: the environment.
        width: width of the picture [pixels].
        height: height of the picture [pixels].

    Returns:
        uint8 array of shape (height, width, 3).
    """
    from gym_invmgmt.plots.moving import render_rgb_array as drawn

    return drawn(env, width=width, height=height)


__all__ = ["plot_network", "render_rgb_array", "render_text"]
