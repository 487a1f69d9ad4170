"""Scenarios: network, demand, rules and horizon from one file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from gym_invmgmt import _native
from gym_invmgmt._warnings import warn

if TYPE_CHECKING:
    from gym_invmgmt.core_env import CoreEnv
    from gym_invmgmt.vector_env import InvMgmtVectorEnv

_PARAMETERS = _native.Demand.PARAMETERS


class Optimum(NamedTuple):
    """The best there can be on a problem, by the criterion it is known for."""

    #: The value of an optimal policy; None where only bounds are known [money].
    value: float | None
    #: It is at least this [money].
    low: float | None
    #: It is at most this [money].
    high: float | None
    #: ``"cost"`` or ``"profit"``.
    objective: str
    #: ``"average"`` per period, ``"discounted"`` or ``"finite"``, up to the horizon.
    criterion: str
    #: ``"proven"`` by dynamic programming here, ``"published"``, or a ``"bound"``.
    kind: str
    #: Who computed it.
    by: str
    #: All of it in words.
    words: str
    #: The figure of others beside a proven one, to the digits printed; None where there is none [money].
    published: float | None = None


class KnownPolicy(NamedTuple):
    """A policy with a published value."""

    #: As it is played here: ``"basestock:12"``.
    policy: str
    #: By the criterion of the problem's optimum [money].
    value: float
    #: Who computed it.
    by: str


class Scenario:
    """A scenario read and checked; made by :func:`load_scenario`.

    Attributes:
        name, description: texts for people, or None. num_periods: length of an episode [periods].
        source, convention: where the problem stands in the literature, and what is charged when; or None.
        optimum: an :class:`Optimum`, or None. known: policies with a published value, as :class:`KnownPolicy`.
    """

    def __init__(self, native: _native.Scenario) -> None:
        self._native = native
        self.name = native.name
        self.description = native.description
        self.num_periods = native.num_periods
        self.source, self.convention = native.source, native.convention
        optimum = native.optimum
        self.optimum = None if optimum is None else Optimum(*optimum[0], *optimum[1], *optimum[2])
        self.known = tuple(KnownPolicy(*row) for row in native.known)

    @property
    def kwargs(self) -> dict[str, Any]:
        """Arguments of :class:`CoreEnv` and :class:`InvMgmtVectorEnv` that make this scenario; a new dict each time."""
        native = self._native
        core = native.demand()
        demand: dict[str, Any] = {row.key: core.get(row.key) for row in _PARAMETERS}
        own_keys = [row.key for row in _PARAMETERS if row.is_of_links]
        links = {edge: {name: own.get(name) for name in own_keys} for edge, own in native.link_demand()}
        if links:
            demand["links"] = links
        return {
            "config_path": native.network,
            "demand_config": demand,
            "num_periods": native.num_periods,
            "backlog": native.backlog,
            "alpha": native.discount,
            "user_D": dict(native.series()) or None,
        }

    def make(self, **kwargs: Any) -> CoreEnv:
        """A single environment; further arguments (``render_mode``) go to :class:`CoreEnv`."""
        from gym_invmgmt.core_env import CoreEnv

        return CoreEnv(**{**self.kwargs, **kwargs})

    def make_vec(self, num_envs: int, **kwargs: Any) -> InvMgmtVectorEnv:
        """A vector environment; further arguments (``dtype``, ``num_threads``) go to :class:`InvMgmtVectorEnv`."""
        from gym_invmgmt.vector_env import InvMgmtVectorEnv

        return InvMgmtVectorEnv(num_envs, **{**self.kwargs, **kwargs})

    def to_yaml(self) -> str:
        """A scenario file that stands alone: networks and series of other files are written out in it."""
        return self._native.to_yaml()

    def __repr__(self) -> str:
        return f"Scenario({self.name or 'unnamed'!r}, num_periods={self.num_periods})"


def load_scenario(path: str | Path) -> Scenario:
    """Reads a scenario.

    Args:
        path: a YAML scenario file; or ``SUITE/ID``, a problem of a suite that comes along (``"published-26/S01"``) or
            of a suite file (``"my_suite.yaml/towns"``).

    Keys without effect (``shock_mag`` where no shock acts, stock at a market) are accepted with one warning that names
    them.

    Raises:
        ValueError: every mistake of the file, each with line and place. FileNotFoundError: the file is missing.
    """
    found = _native.Scenario.find(str(path))
    if found.notes:
        warn(f"{path}: {'; '.join(found.notes)}")
    return Scenario(found)


__all__ = ["KnownPolicy", "Optimum", "Scenario", "load_scenario"]
