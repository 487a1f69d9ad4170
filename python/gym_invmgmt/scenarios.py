"""Scenarios: network, demand, rules and horizon from one file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from gym_invmgmt import _native
from gym_invmgmt._warnings import warn

if TYPE_CHECKING:
    from gym_invmgmt.core_env import CoreEnv
    from gym_invmgmt.vector_env import InvMgmtVectorEnv

_PARAMETERS = _native.Demand.PARAMETERS


class Scenario:
    """A scenario read and checked; made by :func:`load_scenario`.

    Attributes:
        name, description: texts for people, or None. num_periods: length of an episode [periods].
    """

    def __init__(self, native: _native.Scenario) -> None:
        self._native = native
        self.name = native.name
        self.description = native.description
        self.num_periods = native.num_periods

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


__all__ = ["Scenario", "load_scenario"]
