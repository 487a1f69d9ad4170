"""The arguments of one environment: written once for the single and the vector one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from os import PathLike
from pathlib import Path
from typing import Any

from gym_invmgmt import _native
from gym_invmgmt._action_modes import ceilings_given, mode_name
from gym_invmgmt._checks import flag, number, whole_number
from gym_invmgmt.network_topology import Edge, SupplyChainNetwork
from gym_invmgmt.scenarios import Scenario, load_scenario


class Default:
    """The value of an argument that is not given, unless a scenario has another; it shows as that value."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __repr__(self) -> str:
        return repr(self.value)


#: As annotated ``Any``, they stand where a value of the argument's own type is expected.
NUM_PERIODS: Any = Default(30)
BACKLOG: Any = Default(True)
ALPHA: Any = Default(1.0)


class DemandOfId(dict[str, Any]):
    """The demand that comes with an id of Gymnasium's registry."""


#: What names the thing that is played: a network by name, a file, ``SUITE/ID``, a scenario, or all arguments in a dict.
Played = str | PathLike[str] | Scenario | Mapping[str, Any]


@dataclass(frozen=True)
class EnvironmentArguments:
    """The arguments of one environment, each checked as far as it can be on its own; see ``CoreEnv``."""

    scenario: str
    demand_config: Mapping[str, Any] | None
    render_mode: str | None
    num_periods: int
    backlog: bool
    alpha: float
    config_path: str | Path | _native.Network | None
    user_D: Mapping[Edge, Any] | None  # noqa: N815 - the published name
    sample_path: Mapping[Any, Any] | None
    action_mode: str
    action_ceilings: list[float] | None
    terminate_at_horizon: bool

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> EnvironmentArguments:
        """Arguments as they were given.

        Args:
            given: by name; others than an environment's are left alone. Those of ``env_config`` win, and so do those
                of a ``scenario`` that is a dict, as RLlib hands them over. What a scenario says counts where nothing
                else is given.

        Raises:
            ValueError: an argument that cannot be used, by name. TypeError: an unknown argument.
        """
        named = {field.name: given[field.name] for field in fields(cls)}
        if isinstance(named["scenario"], Mapping):
            named = _merged({**named, "scenario": "network"}, "env_config", named["scenario"])
        named = _merged(named, "env_config", given["env_config"])
        named = _with_scenario(named)
        named = {name: value.value if isinstance(value, Default) else value for name, value in named.items()}
        if named["config_path"] is not None:
            named["scenario"] = "custom"
        named["action_mode"] = mode_name(named["action_mode"])
        named["action_ceilings"] = ceilings_given(named["action_ceilings"])
        named["terminate_at_horizon"] = flag("terminate_at_horizon", named["terminate_at_horizon"])
        named["num_periods"] = whole_number("num_periods", named["num_periods"])
        named["backlog"], named["alpha"] = flag("backlog", named["backlog"]), number("alpha", named["alpha"])
        return cls(**named)

    def network(self) -> SupplyChainNetwork:
        """The network that is played."""
        return SupplyChainNetwork(self.scenario, self.user_D, self.sample_path, self.num_periods, self.config_path)

    def as_dict(self) -> dict[str, Any]:
        """The arguments by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def _merged(named: dict[str, Any], source: str, entries: Any) -> dict[str, Any]:
    """Arguments with the entries of a dict in place of theirs; TypeError names what is unknown."""
    if entries is None:
        return named
    if not isinstance(entries, Mapping):
        raise TypeError(f"{source} is a {type(entries).__name__}; expected a dict")
    known = [field.name for field in fields(EnvironmentArguments)]
    for name in entries:
        if name not in known:
            near = _native.nearest(str(name), known)
            hint = f" (did you mean {near!r}?)" if near else ""
            raise TypeError(f"{source} has an unknown argument {name!r}; known: {', '.join(known)}{hint}")
    return {**named, **entries}


def _with_scenario(named: dict[str, Any]) -> dict[str, Any]:
    """Arguments with what a scenario says where nothing is given; a network by name says nothing."""
    found = _said_by(named["scenario"])
    if found is None:
        return named
    if named["config_path"] is not None:
        raise ValueError(
            f"scenario is {named['scenario']!r} and config_path is {named['config_path']!r}; "
            "expected one of them, both say which network is played"
        )
    if isinstance(named["demand_config"], DemandOfId):
        raise ValueError(
            f"scenario is {named['scenario']!r}, and this id has demand of its own; "
            "make a scenario under the id 'GymInvMgmt/Scenario-v0'"
        )
    is_open = {name: value is None or isinstance(value, Default) for name, value in named.items()}
    return {**named, "scenario": "custom", **{name: value for name, value in found.items() if is_open[name]}}


def _said_by(played: Any) -> dict[str, Any] | None:
    """The arguments that a scenario, or a file, stands for; None for a network by name."""
    if isinstance(played, Scenario):
        return played.kwargs
    if not isinstance(played, (str, PathLike)):
        return None
    text = str(played)
    if _native.Scenario.is_named(text):
        return load_scenario(text).kwargs
    return {"config_path": text} if text.lower().endswith((".yaml", ".yml", ".json")) else None


#: The names of an environment's arguments.
ARGUMENTS = (*(field.name for field in fields(EnvironmentArguments)), "env_config")

__all__ = ["ALPHA", "ARGUMENTS", "BACKLOG", "NUM_PERIODS", "Default", "EnvironmentArguments", "Played"]
