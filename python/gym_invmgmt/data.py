"""Demand fitted to a history of sales.

>>> from gym_invmgmt.data import fit
>>> found = fit([10.0] * 20 + [30.0] * 20)
>>> found.effects["shock"]["found"], found.demand_config["shock_time"]
(True, 20.0)
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gym_invmgmt import _native
from gym_invmgmt._checks import number, whole_number
from gym_invmgmt.demand_engine import DemandEngine

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["DemandFit", "fit"]


@dataclass(frozen=True)
class DemandFit:
    """A demand fitted to a history; ``print`` shows it in words."""

    #: For ``CoreEnv`` or ``DemandEngine``; period 0 is period ``begins`` of the history, mostly its first.
    demand_config: dict[str, Any]
    #: The law around the mean as the keys ``demand_dist`` and ``dist_param`` of a market's link in a network file.
    law: dict[str, Any]
    #: The period in which the item began to sell: zeros before it are no part of the fit.
    begins: int
    #: Periods that ended without stock, whose demand was estimated.
    sold_out: int
    #: Units per period, those estimated included, shape (periods,).
    history: NDArray[np.float64]
    #: Fitted mean per period, 0 before ``begins`` [units / period], shape (periods,).
    fitted: NDArray[np.float64]
    #: Per effect (``trend``, ``seasonal``, ``shock``): ``found``, ``sought``, ``needs_periods``, ``statistic``
    #: (likelihood ratio), ``threshold``, ``false_alarm`` (probability), ``estimates`` and their standard ``errors``.
    effects: dict[str, dict[str, Any]]
    #: ``ratio`` (variance over mean around the fit; 1 for a Poisson law), ``found``, ``false_alarm``.
    dispersion: dict[str, Any]
    #: ``zeros``, ``expected_zeros``, ``found``, ``false_alarm``, ``average_interval`` [periods],
    #: ``size_variation`` (squared coefficient of variation), ``pattern``.
    intermittency: dict[str, Any]
    #: Correlation of neighbouring residuals the evidence allows for; 0 if chance could make it.
    autocorrelation: float
    #: What the demand cannot say of this history.
    notes: list[str]
    #: The fit in words.
    summary: str

    def __str__(self) -> str:
        return self.summary.rstrip("\n")

    def demand_config_from(self, period: int) -> dict[str, Any]:
        """The same demand for episodes that begin in ``period`` of the history; its length gives the future.

        Raises:
            ValueError: ``period`` is not a whole number >= 0, or before the item began to sell.
        """
        core = DemandEngine(self.demand_config)._core
        return _native.demand_from_period(core, whole_number("period", period, least=self.begins) - self.begins)

    def simulate(self, paths: int = 1, num_periods: int | None = None, seed: int = 0) -> NDArray[np.float64]:
        """Demand drawn from the fit by its law [units], shape (paths, num_periods), from period ``begins`` on.

        Path ``i`` is the demand of an episode with seed ``seed + i`` on a network with one market of this ``law``.

        Args:
            paths: how many, >= 1.
            num_periods: length of each; default: the history's from ``begins`` on.
            seed: of the first path, >= 0.

        Raises:
            ValueError: an argument that is not such a whole number.
        """
        existed = len(self.history) - self.begins
        length = existed if num_periods is None else whole_number("num_periods", num_periods)
        first, count = whole_number("seed", seed, least=0), whole_number("paths", paths)
        core = DemandEngine(self.demand_config)._core
        law = (self.law["demand_dist"], list(self.law["dist_param"].items()))
        return np.array([_native.simulate_demand(core, law, length, first + path) for path in range(count)])

    def plot(self, ax: Axes | None = None, paths: int = 5) -> Axes:
        """Draws history, fitted mean and simulated demand; returns the axes drawn on.

        Args:
            ax: matplotlib axes; default: those of a new figure.
            paths: simulated paths drawn, seeds 0 to ``paths`` - 1.
        """
        if ax is None:
            from matplotlib import pyplot

            ax = pyplot.subplots(figsize=(10, 4), layout="constrained")[1]
        for position, path in enumerate(self.simulate(paths)):
            periods = range(self.begins, len(self.history))
            ax.plot(periods, path, color="#5b6570", alpha=0.3, linewidth=0.8, label=None if position else "simulated")
        ax.bar(range(len(self.history)), self.history, color="#c9d1da", width=0.8, zorder=0, label="history")
        ax.plot(self.fitted, color="#0072b2", linewidth=2, label="fitted mean")
        ax.set(xlabel="period", ylabel="units per period", ylim=(0, None))
        ax.legend()
        return ax


def fit(
    series: ArrayLike | str | os.PathLike[str],
    column: str | None = None,
    *,
    stock: ArrayLike | str | None = None,
    false_alarm: float = 0.01,
) -> DemandFit:
    """Fits demand to a history of sales: level, trend, season, level shift, dispersion, zeros.

    Args:
        series: units sold per period, in order, one-dimensional; or the path of a CSV file.
        column: with a path, the column of the file; else none.
        stock: units on hand at the end of each period [units], as long as the series; with a path, their column of
            the file. Where it is 0, what was sold is the least that was wanted, and what was wanted is estimated.
        false_alarm: how likely chance alone may make an effect that is not there count as found, per effect.

    Returns:
        The fit, with a ``demand_config`` and the evidence for each effect.

    Raises:
        ValueError: a value that is no demand, fewer than 4 or more than 10,000 periods, nothing but zeros, a file
            or column that cannot be used. FileNotFoundError: no such file.

    Source: maximum likelihood over all sets of effects; false-alarm probabilities by Student's law (trend), Baluev
    2008 (season) and Csörgő and Horváth 1997 (shift). See ``docs/fitting.md``.
    """
    values: Any = series
    if isinstance(series, (str, os.PathLike)):
        if column is None:
            raise ValueError("series is a path; say which column of the file, as in column='units'")
        values = _native.read_demand(series, column)
        if isinstance(stock, str):
            stock = _native.read_demand(series, stock)
    elif column is not None:
        raise ValueError("column goes with the path of a CSV file; series is not a path")
    return DemandFit(**_native.fit_demand(values, stock, number("false_alarm", false_alarm)))
