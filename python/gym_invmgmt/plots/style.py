"""How all pictures look: one palette that colour-blind readers can tell apart, and shapes for black-and-white print."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Final, NamedTuple, ParamSpec, TypeVar

import matplotlib
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

_P = ParamSpec("_P")
_R = TypeVar("_R")

INK: Final = "#222222"
MUTED: Final = "#666666"
GRID: Final = "#E3E3E3"

#: The palette of Okabe and Ito.
BLACK: Final = "#000000"
BLUE: Final = "#0072B2"
GREEN: Final = "#009E73"
VERMILION: Final = "#D55E00"
ORANGE: Final = "#E69F00"
SKY: Final = "#56B4E9"
PURPLE: Final = "#CC79A7"
GREY: Final = "#999999"

#: Colour map of quantities: light is little, dark is much, in colour and in grey alike.
QUANTITIES: Final = "cividis_r"


class LineLook(NamedTuple):
    """How one of several lines is drawn; each part alone tells it from the others."""

    color: str
    linestyle: Any
    marker: str


#: Lines side by side, in this order.
LINES: Final = (
    LineLook(BLUE, "-", "o"),
    LineLook(VERMILION, "--", "s"),
    LineLook(GREEN, "-.", "^"),
    LineLook(BLACK, ":", "D"),
    LineLook(PURPLE, (0, (5, 1, 1, 1, 1, 1)), "v"),
    LineLook(ORANGE, (0, (8, 2)), "P"),
    LineLook(SKY, (0, (3, 1)), "X"),
    LineLook(GREY, (0, (1, 1)), "*"),
)

#: Colour and marker per role, in the order goods flow.
ROLE_STYLE: Final[dict[str, tuple[str, str]]] = {
    "raw material": ("#8C8C8C", "D"),
    "factory": (VERMILION, "s"),
    "distributor": (BLUE, "o"),
    "retailer": (GREEN, "p"),
    "market": (PURPLE, "v"),
}

#: What stands behind text that lies on lines.
BACKING: Final[dict[str, Any]] = {"boxstyle": "square,pad=0.1", "fc": "white", "ec": "none", "alpha": 0.85}

_SETTINGS: Final[dict[str, Any]] = {
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "axes.facecolor": "white",
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.prop_cycle": cycler(color=[look.color for look in LINES]),
    "text.color": INK,
    "font.size": 9,
    "font.family": "sans-serif",
    "hatch.linewidth": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "lines.linewidth": 1.4,
    "lines.markersize": 3.5,
    "patch.linewidth": 0.8,
}
#: Characters of a name that are shown.
_SHOWN = 16


def _all_settings() -> dict[Any, Any]:
    """Every setting: matplotlib's own, this module's over them; the backend stays the user's."""
    return {**matplotlib.rcParamsDefault, **_SETTINGS, "backend": matplotlib.rcParams["backend"]}


def in_one_style(draw: Callable[_P, _R]) -> Callable[_P, _R]:
    """Draws with the settings of this module whatever the user's are, and leaves the user's as they were."""

    @functools.wraps(draw)
    def styled(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        with matplotlib.rc_context(_all_settings()):
            return draw(*args, **kwargs)

    return styled


def sheet(width: float, height: float, title: str) -> Figure:
    """An empty figure [inches] that pyplot does not know, so that nothing has to be closed."""
    figure = Figure(figsize=(width, height), layout="constrained")
    figure.suptitle(plain(title), fontsize=11, x=0.01, ha="left", weight="bold")
    return figure


def panel(axes: Axes, title: str = "", xlabel: str = "", ylabel: str = "", grid: str = "y") -> Axes:
    """Title, labels, ticks and grid of one pair of axes."""
    if title:
        axes.set_title(title, fontsize=9, loc="left")
    axes.set_xlabel(xlabel, fontsize=8)
    axes.set_ylabel(ylabel, fontsize=8)
    axes.tick_params(labelsize=7.5, colors=MUTED, labelcolor=INK)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    if grid:
        axes.grid(axis=grid, color=GRID, linewidth=0.7)  # type: ignore[arg-type]
        axes.set_axisbelow(True)
    return axes


def over_periods(axes: Axes, periods: int) -> None:
    """A horizontal axis of whole periods, counted from 0."""
    axes.set_xlim(-0.5, max(periods, 1) - 0.5)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True))


def markers_every(points: int) -> int:
    """Distance between markers on a line of so many points: about a dozen of them."""
    return max(1, -(-points // 12))


def ink_on(colour: str) -> str:
    """Black or white, whichever reads better on a colour given as #RRGGBB."""
    shares = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    # Relative luminance of sRGB; black and white contrast alike at 0.179.
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    return BLACK if float(linear @ [0.2126, 0.7152, 0.0722]) > 0.179 else "white"


def plain(text: Any) -> str:
    """A name as matplotlib shall show it: no math markup, no control characters."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(text))
    return shown.replace("$", r"\$")


def short(text: Any) -> str:
    """A name, cut where it is long."""
    return plain(text if len(str(text)) <= _SHOWN else f"{str(text)[: _SHOWN - 1]}…")


def link_name(link: tuple[Any, Any]) -> str:
    """A link as ``supplier → buyer``."""
    return f"{short(link[0])} → {short(link[1])}"


def label_rows(axes: Axes, names: list[str], height: float) -> None:
    """Names beside the rows of a chart of this height [inches]; where rows are closer than letters, every n-th."""
    step = max(1, -(-len(names) // max(1, int(height / 0.13))))
    places = range(0, len(names), step)
    axes.set_yticks(list(places), [names[place] for place in places])
    axes.tick_params(axis="y", labelsize=7.5 if height / max(len(names), 1) > 0.16 else 6)


__all__ = ["LINES", "QUANTITIES", "ROLE_STYLE", "LineLook", "in_one_style", "panel", "sheet"]
