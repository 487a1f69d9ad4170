"""Pictures of networks and of periods. matplotlib is imported when a picture is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gym_invmgmt.network_topology import SupplyChainNetwork

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from gym_invmgmt.core_env import CoreEnv

#: Colour (Okabe and Ito, safe for the colour-blind) and marker per role, in the order of the legend.
ROLE_STYLE: dict[str, tuple[str, str]] = {
    "raw material": ("#999999", "D"),
    "factory": ("#D55E00", "s"),
    "distributor": ("#0072B2", "o"),
    "retailer": ("#009E73", "p"),
    "market": ("#CC79A7", "v"),
}
#: Beyond this many nodes, parameters would cover each other.
_CROWDED = 40
#: Area of a marker over its half width squared, where a full one would look larger than the others.
_AREA = {"D": 2.4}
#: Characters of a name that are shown.
_SHOWN = 16


@dataclass(frozen=True)
class _Canvas:
    """Where everything goes in one drawing."""

    #: (x, y) per node, in the unit square.
    positions: NDArray[np.float64]
    #: Column of each node, counted from the suppliers.
    columns: NDArray[np.intp]
    #: Half the width of a node's marker [points].
    size: float
    #: Room between one row of nodes and the next [points].
    pitch: float

    @classmethod
    def of(cls, axes: Axes, network: SupplyChainNetwork) -> _Canvas:
        positions = np.array(network._native.layout())
        _, columns, counts = np.unique(positions[:, 0].round(6), return_inverse=True, return_counts=True)
        frame = axes.get_window_extent()
        points = 72 / axes.figure.dpi
        pitch = frame.height * points / counts.max()
        size = float(np.clip(min(0.28 * pitch, 0.2 * frame.width * points / len(counts)), 2.5, 13.0))
        return cls(positions, columns, size, pitch)


def _roles(network: SupplyChainNetwork) -> dict[Any, str]:
    """The role a node is drawn as."""
    drawn = dict.fromkeys(network.all_nodes, "distributor")
    for role, nodes in (
        ("retailer", network.retail),
        ("factory", network.factory),
        ("raw material", network.rawmat),
        ("market", network.market),
    ):
        drawn.update(dict.fromkeys(nodes, role))
    return drawn


def _plain(text: Any) -> str:
    """A name as matplotlib shall show it: no math markup, no control characters."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(text))
    return shown.replace("$", r"\$")


def _short(text: Any) -> str:
    """A name, cut where it is long."""
    return _plain(text if len(str(text)) <= _SHOWN else f"{str(text)[: _SHOWN - 1]}…")


def _draw_links(axes: Axes, network: SupplyChainNetwork, canvas: _Canvas) -> None:
    for source, target in network.network_links:
        start, end = network.node_map[source], network.node_map[target]
        # A link that skips a column bends around what stands there.
        skips = abs(int(canvas.columns[end]) - int(canvas.columns[start])) > 1
        axes.annotate(
            "",
            xy=tuple(canvas.positions[end]),
            xytext=tuple(canvas.positions[start]),
            zorder=1,
            arrowprops={
                "arrowstyle": "-|>",
                "color": "#666666",
                "linewidth": float(np.clip(0.1 * canvas.size, 0.5, 1.2)),
                "linestyle": "--" if (source, target) in network.retail_map else "-",
                "mutation_scale": float(np.clip(canvas.size, 5.0, 11.0)),
                "shrinkA": canvas.size,
                "shrinkB": canvas.size,
                "connectionstyle": f"arc3,rad={0.15 if skips else 0}",
            },
        )


def _draw_nodes(axes: Axes, network: SupplyChainNetwork, canvas: _Canvas) -> None:
    roles, size = _roles(network), canvas.size
    for role, (colour, marker) in ROLE_STYLE.items():
        nodes = [network.node_map[node] for node in network.all_nodes if roles[node] == role]
        if nodes:
            points = canvas.positions[nodes]
            axes.scatter(
                points[:, 0], points[:, 1], s=_AREA.get(marker, 4.0) * size**2, c=colour, marker=marker, label=role,
                zorder=6, edgecolors="white", linewidths=0.5,
            )  # fmt: skip
    font = float(np.clip(0.8 * size, 5.0, 10.0))
    for node, position in network.node_map.items():
        name = _short(node)
        if 0.7 * font * len(name) <= 1.5 * size:
            axes.annotate(
                name, canvas.positions[position], ha="center", va="center", color="white", weight="bold",
                fontsize=font, zorder=7,
            )  # fmt: skip
        elif canvas.pitch >= 2 * size + 9:
            axes.annotate(
                name, canvas.positions[position], xytext=(0, size + 1), textcoords="offset points", ha="center",
                va="bottom", color="#222222", fontsize=min(font, 8.0), zorder=5, bbox=_BACKING,
            )  # fmt: skip


_BACKING = {"boxstyle": "square,pad=0.1", "fc": "white", "ec": "none", "alpha": 0.85}


def _label_parameters(axes: Axes, network: SupplyChainNetwork, canvas: _Canvas) -> None:
    graph = network.graph
    for (source, target), data in graph.edges.items():
        start = canvas.positions[network.node_map[source]]
        along = canvas.positions[network.node_map[target]] - start
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
                text, canvas.positions[network.node_map[node]], xytext=(0, -1.2 * canvas.size - 1),
                textcoords="offset points", ha="center", va="top", fontsize=7, color="#333333", zorder=4,
                bbox=_BACKING,
            )  # fmt: skip


def draw_network(axes: Axes, network: SupplyChainNetwork, detailed: bool = False) -> None:
    """Draws a network into axes: suppliers left, markets right, roles by colour and shape."""
    canvas = _Canvas.of(axes, network)
    low, high = canvas.positions.min(axis=0), canvas.positions.max(axis=0)
    # Half a row above and below, and on either side room for a marker.
    rows = max(1, np.unique(canvas.columns, return_counts=True)[1].max() - 1)
    margin = 0.5 * (high[1] - low[1]) / rows or 0.5
    axes.set_xlim(low[0] - 0.1, high[0] + 0.1)
    axes.set_ylim(low[1] - margin, high[1] + margin)
    axes.set_axis_off()
    _draw_links(axes, network, canvas)
    _draw_nodes(axes, network, canvas)
    if detailed and network.num_nodes <= _CROWDED:
        _label_parameters(axes, network, canvas)


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
        detailed: whether to write parameters at nodes and links (up to 40 nodes) and the sizes of the problem below.
        save_path: where to save the picture; the ending says in which format.
        num_periods: told in the detailed picture's footer [periods].
        backlog: told there.
        n_actions: told there.
        n_obs: told there.

    Returns:
        The matplotlib figure; it is not shown.
    """
    from matplotlib.figure import Figure

    busiest = np.unique(np.array(network._native.layout())[:, 0].round(6), return_counts=True)[1].max()
    row = 1.3 if detailed and network.num_nodes <= _CROWDED else 0.9
    figure = Figure(figsize=(10, float(np.clip(row * busiest + 1.2, 3, 16))), layout="constrained")
    axes = figure.add_subplot()
    draw_network(axes, network, detailed)
    axes.set_title("Multi-echelon inventory network")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=5, frameon=False, markerscale=0.6)
    if detailed:
        facts = [f"{num_periods} periods", "backlog" if backlog else "lost sales"]
        facts += [f"{count} {what}" for count, what in ((n_actions, "actions"), (n_obs, "observations")) if count]
        figure.supxlabel(" · ".join(facts), fontsize=9, color="#555555")
    if save_path is not None:
        figure.savefig(save_path, dpi=150)
    return figure


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
    """A picture of the episode so far: the network, stocks now, and demand, sales and profit over time.

    Args:
        env: the environment.
        width: width of the picture [pixels].
        height: height of the picture [pixels].

    Returns:
        uint8 array of shape (height, width, 3).
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width / 100, height / 100), dpi=100, layout="constrained")
    canvas = FigureCanvasAgg(figure)
    figure.suptitle(f"Period {env.period} of {env.num_periods}", fontsize=10)
    grid = figure.subplots(2, 2)
    draw_network(grid[0, 0], env.network)
    _draw_stocks(grid[0, 1], env)
    _draw_sales(grid[1, 0], env)
    _draw_profit(grid[1, 1], env)
    canvas.draw()  # type: ignore[no-untyped-call]
    picture = np.asarray(canvas.buffer_rgba())[:, :, :3]  # type: ignore[no-untyped-call]
    return np.ascontiguousarray(picture)


def _draw_stocks(axes: Axes, env: CoreEnv) -> None:
    network = env.network
    nodes = network.main_nodes.tolist()
    stocks = env.X[env.period][[network.node_map[node] for node in nodes]]
    roles = _roles(network)
    axes.bar(range(len(nodes)), stocks, color=[ROLE_STYLE[roles[node]][0] for node in nodes])
    names = [_short(node) for node in nodes]
    if sum(map(len, names)) + 2 * len(names) <= _TICK_CHARACTERS:
        axes.set_xticks(range(len(nodes)), names)
    else:
        axes.set_xticks([])
        axes.set_xlabel(f"{len(nodes)} nodes, by id", fontsize=7)
    axes.set_title("Units on hand", fontsize=8, loc="left")
    axes.tick_params(labelsize=7)


#: Characters of names that fit under the stocks of a picture.
_TICK_CHARACTERS = 50


def _draw_sales(axes: Axes, env: CoreEnv) -> None:
    played = env.period
    market_columns = [env.network.network_map[link] for link in env.network.retail_links]
    sold = env.S[:played][:, market_columns]
    for label, units, colour, style in (
        ("demand", env.D[:played], "#000000", "-"),
        ("sold", sold, "#009E73", "--"),
        ("unmet", env.U[:played], "#D55E00", ":"),
    ):
        axes.plot(np.arange(1, played + 1), units.sum(axis=1), color=colour, linewidth=1, linestyle=style, label=label)
    _over_time(axes, env, "Units per period")
    axes.legend(
        fontsize=6,
        frameon=False,
        loc="lower right",
        bbox_to_anchor=(1, 1),
        ncols=3,
        borderaxespad=0.1,
        handlelength=1.6,
    )


def _draw_profit(axes: Axes, env: CoreEnv) -> None:
    played = env.period
    profit = env.P[:played].sum(axis=1).cumsum()
    axes.plot(np.arange(1, played + 1), profit, color="#0072B2", linewidth=1.2)
    axes.axhline(0, color="#999999", linewidth=0.6)
    _over_time(axes, env, "Profit so far")


def _over_time(axes: Axes, env: CoreEnv, title: str) -> None:
    axes.set_xlim(1, max(env.num_periods, 2))
    if env.period == 0:
        axes.set_yticks([])
    axes.set_title(title, fontsize=8, loc="left")
    axes.tick_params(labelsize=7)


__all__ = ["ROLE_STYLE", "draw_network", "plot_network", "render_rgb_array", "render_text"]
