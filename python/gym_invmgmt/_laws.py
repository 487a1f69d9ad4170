"""The laws of demand as objects: scipy's where it is installed, else their names."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from gym_invmgmt import _native

#: Laws that scipy has with the same parameters, by its names; the others are their names.
_OF_SCIPY = {"poisson": "poisson", "normal": "norm", "uniform": "uniform"}


@functools.cache
def law_objects() -> dict[str, Any]:
    """Law by name: the scipy.stats object if scipy is installed, else the name itself."""
    laws: dict[str, Any] = {name: name for name in _native.Demand.LAWS}
    try:
        from scipy import stats
    except ImportError:
        return laws
    return laws | {name: getattr(stats, theirs) for name, theirs in _OF_SCIPY.items()}


class MarketLaws(list[tuple[Any, dict[str, Any]]]):
    """Law and parameters per market link, as an overridden ``sample`` expects them; empty until it is needed.

    The native side holds this very list, so filling it serves an episode that is under way.
    """

    def __init__(self, network: _native.Network, market_links: Sequence[tuple[Any, Any]]) -> None:
        super().__init__()
        self._network = network
        self._market_links = market_links

    def fill(self) -> None:
        """Puts the laws in, once."""
        if not self:
            laws = law_objects()
            edges = {(edge["from"], edge["to"]): edge for edge in self._network.to_dict()["edges"]}
            declared = [edges[link] for link in self._market_links]
            self.extend((laws[edge["demand_dist"]], dict(edge["dist_param"])) for edge in declared)
