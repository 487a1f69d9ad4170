"""The moving picture of an episode: what ``render_mode="rgb_array"`` shows, and videos of records."""

from __future__ import annotations

import weakref
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from gym_invmgmt._files import replace_file
from gym_invmgmt.core_env import CoreEnv
from gym_invmgmt.network_topology import SupplyChainNetwork
from gym_invmgmt.plots.layout import Layout, roles_of
from gym_invmgmt.plots.networks import draw_network
from gym_invmgmt.plots.record import Record, _of_environment, record_of
from gym_invmgmt.plots.style import BLACK, BLUE, GREEN, GREY, ORANGE, ROLE_STYLE, VERMILION, in_one_style, short

Frame = NDArray[np.uint8]
Array = NDArray[np.float64]

#: Characters of names that fit under the stocks.
_TICK_CHARACTERS = 50
#: Area of the dot of the largest shipment [square points].
_LARGEST_DOT = 60.0
#: More nodes than this have no names in so small a picture, where their markers do not hold them.
_MANY_NODES = 20
_DPI = 100


class EpisodePicture:
    """A picture that follows one episode: goods on their way, stocks now, demand and profit so far.

    What does not change is drawn once; a frame draws only what moved, and everything anew when a scale must grow.

    Args:
        network: the network played on.
        num_periods: length of the episode [periods].
        width: width of the picture [pixels].
        height: height of the picture [pixels].
    """

    @in_one_style
    def __init__(self, network: SupplyChainNetwork, num_periods: int, width: int = 640, height: int = 480) -> None:
        self.network, self.num_periods = network, num_periods
        self.figure = Figure(figsize=(width / _DPI, height / _DPI), dpi=_DPI, layout="constrained")
        self.canvas = FigureCanvasAgg(self.figure)
        grid = self.figure.subplots(2, 2)
        self.title = self.figure.suptitle("Period", fontsize=10)
        self._managed = [network.node_map[node] for node in network.main_nodes.tolist()]
        self._roads = _Roads(network)
        self.stocks = self._draw_stocks(grid[0, 1])
        self.lines = _lines(grid[1, 0], [("demand", BLACK, "-"), ("sold", GREEN, "--"), ("unmet", VERMILION, ":")])
        grid[1, 0].legend(
            fontsize=6.5, loc="lower right", bbox_to_anchor=(1, 1), ncols=3, borderaxespad=0.1, handlelength=1.6,
        )  # fmt: skip
        self.profit = _lines(grid[1, 1], [("profit", BLUE, "-")])[0]
        grid[1, 1].axhline(0, color=GREY, linewidth=0.6)
        self._place_panels(grid)
        marker = draw_network(grid[0, 0], network, outer_names=network.num_nodes <= _MANY_NODES)
        self._largest_dot = min(marker**2, _LARGEST_DOT)
        self.goods = grid[0, 0].scatter([], [], c=ORANGE, edgecolors=BLACK, linewidths=0.4, zorder=8)
        self.empty = grid[0, 0].scatter([], [], marker="x", c=BLACK, s=2 * marker, linewidths=1.2, zorder=9)
        self._artists = [self.title, self.goods, self.empty, *self.stocks, *self.lines, self.profit]
        for artist in self._artists:
            artist.set_animated(True)
        self._background: Any = None
        self._largest_order = 0.0

    def _place_panels(self, grid: NDArray[Any]) -> None:
        """Gives every panel its place for good, with room for large numbers; the network measures its own then."""
        for axes, title in zip(
            grid.flat, ("Goods on their way (× nothing on hand)", "Units on hand", "Units", "Profit so far"),
            strict=True,
        ):  # fmt: skip
            axes.set_title(title, fontsize=8, loc="left")
            axes.tick_params(labelsize=7.5)
            axes.spines[["top", "right"]].set_visible(False)
        for axes in grid[1]:
            axes.set_xlim(1, max(self.num_periods, 2))
        scaled = grid.ravel()[1:]
        for axes in scaled:
            axes.set_ylim(0, 10_000)
        self.figure.draw_without_rendering()
        self.figure.set_layout_engine("none")
        for axes in scaled:
            axes.set_ylim(0, 1)

    def _draw_stocks(self, axes: Axes) -> Any:
        nodes, roles = self.network.main_nodes.tolist(), roles_of(self.network)
        bars = axes.bar(range(len(nodes)), np.zeros(len(nodes)), color=[ROLE_STYLE[roles[node]][0] for node in nodes])
        names = [short(node) for node in nodes]
        if sum(map(len, names)) + 2 * len(names) <= _TICK_CHARACTERS:
            axes.set_xticks(range(len(nodes)), names)
        else:
            axes.set_xticks([])
            axes.set_xlabel(f"{len(nodes)} nodes, by id", fontsize=7)
        return bars

    def frame(self, record: Record, period: int | None = None) -> Frame:
        """The picture after ``period`` periods of a record, all by default; shape (height, width, 3)."""
        played = record.periods if period is None else period
        self._show(record, played)
        if self._scales_grow():
            self._background = None
        if self._background is None:
            self.canvas.draw()  # type: ignore[no-untyped-call]
            self._background = self.canvas.copy_from_bbox(self.figure.bbox)  # type: ignore[no-untyped-call]
        self.canvas.restore_region(self._background)  # type: ignore[no-untyped-call]
        for artist in self._artists:
            self.figure.draw_artist(artist)
        pixels = np.asarray(self.canvas.buffer_rgba())  # type: ignore[no-untyped-call]
        picture: Frame = pixels[:, :, :3].copy()
        return picture

    def _show(self, record: Record, played: int) -> None:
        self.title.set_text(f"Period {played} of {self.num_periods}")
        places, quantities = self._roads.goods(record, played)
        self._largest_order = max(self._largest_order, float(record.filled[:played].max(initial=0.0)))
        self.goods.set_offsets(places)
        self.goods.set_sizes(self._largest_dot * quantities / (self._largest_order or 1.0))
        on_hand = record.on_hand[played][self._managed]
        self.empty.set_offsets(self._roads.layout.positions[self._managed][on_hand <= 0.0])
        for bar, units in zip(self.stocks, on_hand, strict=True):
            bar.set_height(units)
        periods = np.arange(1, played + 1)
        for line, units in zip(self.lines, (record.demand, record.sold, record.unmet), strict=True):
            line.set_data(periods, units[:played].sum(axis=1))
        self.profit.set_data(periods, record.profit[:played].sum(axis=1).cumsum())

    def _scales_grow(self) -> bool:
        """Widens what has become too narrow; whether anything was."""
        grew = _make_room(self.stocks[0].axes, np.array([bar.get_height() for bar in self.stocks]))
        for line in (*self.lines, self.profit):
            grew = _make_room(line.axes, np.asarray(line.get_ydata(), dtype=np.float64)) or grew
        return grew


class _Roads:
    """Where goods in transit are."""

    def __init__(self, network: SupplyChainNetwork) -> None:
        self.layout = Layout.of(network)
        self.ways = [self.layout.routes[network.network_map[link]] for link in network.reorder_links]
        self.leads = [network.lead_times[link] for link in network.reorder_links]

    def goods(self, record: Record, played: int) -> tuple[Array, Array]:
        """Points and units of all deliveries on their way after ``played`` periods."""
        places, quantities = [], []
        for link, (way, lead) in enumerate(zip(self.ways, self.leads, strict=True)):
            for age in range(1, min(lead, played) + 1):
                units = record.filled[played - age, link]
                if units > 0.0:
                    # Between the markers of both ends, not on them.
                    share = 0.15 + 0.7 * age / (lead + 1)
                    across = way[0, 0] + (way[-1, 0] - way[0, 0]) * share
                    places.append((across, np.interp(across, way[:, 0], way[:, 1])))
                    quantities.append(units)
        return np.array(places, dtype=np.float64).reshape(-1, 2), np.array(quantities, dtype=np.float64)


def _lines(axes: Axes, looks: list[tuple[str, str, str]]) -> list[Line2D]:
    return [
        axes.plot([], [], color=colour, linewidth=1.3, linestyle=style, label=name)[0] for name, colour, style in looks
    ]


def _make_room(axes: Any, values: Array) -> bool:
    """Widens the vertical axis so that values fit, with room to grow; whether it had to."""
    low, high = axes.get_ylim()
    least, most = float(values.min(initial=0.0)), float(values.max(initial=0.0))
    new = (1.4 * least if least < low else low, 1.4 * most if most > high else high)
    axes.set_ylim(*new)
    return new != (low, high)


#: The picture of each environment that is being rendered.
_pictures: weakref.WeakKeyDictionary[CoreEnv, EpisodePicture] = weakref.WeakKeyDictionary()


def render_rgb_array(env: Any, *, width: int = 640, height: int = 480) -> Frame:
    """A picture of the episode so far: the network with goods on their way, stocks now, demand, sales and profit.

    Args:
        env: the environment.
        width: width of the picture [pixels].
        height: height of the picture [pixels].

    Returns:
        uint8 array of shape (height, width, 3).
    """
    core = env.unwrapped
    shown = (core.network, core.num_periods, width, height)
    picture = _pictures.get(core)
    if picture is None or core.period == 0 or (picture.network, picture.num_periods, *_size(picture)) != shown:
        picture = _pictures[core] = EpisodePicture(*shown)
    return picture.frame(_of_environment(core))


def _size(picture: EpisodePicture) -> tuple[int, int]:
    width, height = picture.canvas.get_width_height()
    return width, height


def frames(source: Any, *, width: int = 640, height: int = 480) -> list[Frame]:
    """The pictures of an episode, before its first period and after each.

    Args:
        source: an environment after an episode, or a record.
        width: width of a picture [pixels].
        height: height of a picture [pixels].

    Returns:
        One uint8 array of shape (height, width, 3) more than periods were played.
    """
    record = record_of(source)
    picture = EpisodePicture(record.network, record.num_periods, width, height)
    # Scales fit the whole episode from the first frame on.
    picture.frame(record)
    for period in range(record.periods):
        picture._show(record, period)
        picture._scales_grow()
    picture._background = None
    return [picture.frame(record, period) for period in range(record.periods + 1)]


def write_video(
    source: Any, path: str | Path, *, frames_per_second: float = 4.0, width: int = 640, height: int = 480
) -> None:
    """Writes an episode as a GIF that plays for ever.

    Args:
        source: an environment after an episode, or a record.
        path: the file; its name ends in ``.gif``.
        frames_per_second: speed [periods per second], above 0 and at most 50.
        width: width of the picture [pixels].
        height: height of the picture [pixels].

    Raises:
        ValueError: another ending, or a speed out of range; nothing is written. OSError: the file cannot be written.
    """
    from PIL import Image

    path = Path(path)
    if path.suffix.lower() != ".gif":
        raise ValueError(f"the file is {path.name!r}; expected a name that ends in .gif")
    if not 0.0 < frames_per_second <= 50.0:
        raise ValueError(f"frames_per_second is {frames_per_second}; expected a number above 0 and at most 50")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"cannot write {path}: there is no folder {path.parent}")
    pictures = [Image.fromarray(frame).quantize(128) for frame in frames(source, width=width, height=height)]
    # The last picture stays for two seconds.
    pause = round(1000 / frames_per_second)
    durations = [pause] * (len(pictures) - 1) + [max(2000, pause)]
    replace_file(
        path,
        lambda file: pictures[0].save(
            file, save_all=True, append_images=pictures[1:], duration=durations, loop=0, format="GIF"
        ),
    )


__all__ = ["EpisodePicture", "frames", "render_rgb_array", "write_video"]
