"""The rows of a vector environment seen one by one, and all of them as plain data for copies and pickles."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from gym_invmgmt.demand_engine import DemandEngine
from gym_invmgmt.snapshot import core_of, generator_of, parameters_of

if TYPE_CHECKING:
    from gym_invmgmt.vector_env import InvMgmtVectorEnv

#: What all rows share, and where the vector environment has it.
_SHARED = {
    **{
        name: name
        for name in (
            "action_ceilings", "action_labels", "action_mode", "alpha", "network", "num_periods",
            "observation_labels", "render_mode", "spec", "terminate_at_horizon",
        )
    },
    "action_space": "single_action_space",
    "observation_space": "single_observation_space",
}  # fmt: skip
#: What each row has of its own.
_OWN = ("backlog", "demand_engine", "np_random", "period", "state")
_METHODS = ("snapshot", "to_action")


def call_rows(envs: InvMgmtVectorEnv, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
    """An attribute of every row, or what a method of every row returns; AttributeError names what rows have."""
    rows = range(envs.num_envs)
    if name in _SHARED:
        return (getattr(envs, _SHARED[name]),) * envs.num_envs
    if name == "backlog":
        return tuple(envs._batch.backlogs().tolist())
    if name in _OWN:
        return tuple(_own(envs, name, row) for row in rows)
    if name == "snapshot":
        return tuple(envs.snapshot(row, *args, **kwargs) for row in rows)
    if name == "to_action":
        return tuple(envs.to_action(*args, **kwargs) for _ in rows)
    known = ", ".join(sorted([*_SHARED, *_OWN, *_METHODS]))
    raise AttributeError(
        f"rows have no {name!r} of their own; they have {known}. The rest has a CoreEnv restored from snapshot(row)"
    )


def _own(envs: InvMgmtVectorEnv, name: str, row: int) -> Any:
    values, stream, core, _, _ = envs._batch.save(row)
    native = envs.network._native
    end = native.observation_length
    if name == "period":
        return int(values[native.state_position("period")])
    if name == "state":
        return values[:end].copy()
    if name == "np_random":
        return generator_of(stream)
    engine = envs._replaced[row] or envs._engine
    twin = DemandEngine(engine.config)
    for key, value in parameters_of(core).items():
        twin._core.set(key, value)
    twin.sentiment = float(values[native.state_position("sentiment")])
    return twin


def saved(envs: InvMgmtVectorEnv) -> dict[str, Any]:
    """A vector environment as plain data: how it was made, and where each row stands."""
    rows = []
    for row in range(envs.num_envs):
        values, stream, core, backlog, supply = envs._batch.save(row)
        rows.append((values, stream, parameters_of(core), backlog, supply))
    made = {"_batch", "_actions", "_made_with", "_engine", "_replaced", "_started", "_never", "network"}
    return {
        "made_with": {**envs._made_with, **_network_of(envs)},
        "rows": rows,
        "replaced": envs._replaced,
        "memory": envs._batch.memory(),
        "seconds": time.perf_counter() - envs._started,
        "attributes": {name: value for name, value in envs.__dict__.items() if name not in made},
    }


def _network_of(envs: InvMgmtVectorEnv) -> dict[str, Any]:
    """The network itself in place of its file, which may be another one, or gone, by then."""
    return {} if envs._made_with["config_path"] is None else {"config_path": envs.network._native}


def revive(envs: InvMgmtVectorEnv, state: dict[str, Any]) -> None:
    """Makes of a new object what :func:`saved` describes; it goes on identically."""
    envs.__init__(**state["made_with"])  # type: ignore[misc]
    envs.__dict__.update(state["attributes"])
    for row, (engine, (values, stream, parameters, backlog, supply)) in enumerate(
        zip(state["replaced"], state["rows"], strict=True)
    ):
        if engine is not None:
            envs._replace_demand([row], envs._bound(engine))
        envs._batch.restore(row, np.asarray(values), stream, core_of(parameters), backlog, supply)
    envs._batch.put_memory(state["memory"])
    envs._started = time.perf_counter() - state["seconds"]


__all__ = ["call_rows", "revive", "saved"]
