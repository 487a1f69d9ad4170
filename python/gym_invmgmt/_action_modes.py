"""How both environments read actions: the modes, their spaces, and quantities as actions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from gym_invmgmt import _native
from gym_invmgmt._checks import unmasked
from gym_invmgmt._warnings import warn

#: Names of the action modes.
ACTION_MODES = tuple(_native.Actions.MODES)


def mode_name(mode: Any) -> str:
    """The name of an action mode, checked."""
    if mode not in ACTION_MODES:
        raise ValueError(f"action_mode is {mode!r}; expected one of {', '.join(ACTION_MODES)}")
    return str(mode)


def warn_of_simplified(argument: str, value: str, simplifies: Sequence[str]) -> None:
    """Warns of what is left out of account of the network's mechanisms, if anything is."""
    if simplifies:
        advice = "; action_ceilings may be given in their place" if argument == "action_mode" else ""
        warn(f"{argument} {value!r} has {', '.join(simplifies)}{advice}")


def ceilings_given(ceilings: Any) -> list[float] | None:
    """The ceilings asked for as a list of numbers; their range is checked where they are used."""
    if ceilings is None:
        return None
    unmasked("action_ceilings", ceilings)
    try:
        array = np.asarray(ceilings, dtype=np.float64)
    except (TypeError, ValueError):
        array = np.empty((0, 0))
    if array.ndim != 1:
        raise ValueError(f"action_ceilings is {ceilings!r}; expected a list of numbers, one per number of an action")
    return [float(value) for value in array]


def space_of(mode: str, actions: _native.Actions, raw_high: float, dtype: Any) -> gym.Space[Any]:
    """The space of one action: ``raw_high`` bounds raw quantities [units], ``dtype`` is that of a box."""
    shape = (len(actions.labels),)
    if mode == "raw":
        return gym.spaces.Box(0.0, raw_high, shape, dtype)
    if mode == "integer":
        return gym.spaces.MultiDiscrete(actions.ceilings.astype(np.int64) + 1)
    return gym.spaces.Box(-1.0, 1.0, shape, dtype)


def to_action(mode: str, actions: _native.Actions, units: Sequence[float] | NDArray[Any]) -> NDArray[Any]:
    """The action that stands for these quantities, levels or lots [units]; see ``CoreEnv.to_action``."""
    wanted = np.asarray(unmasked("units", units), dtype=np.float64)
    length = len(actions.labels)
    if wanted.shape[-1:] != (length,):
        names = ", ".join(actions.labels)
        raise ValueError(f"units has shape {wanted.shape}; expected a last axis of {length} entries: {names}")
    if mode == "raw":
        return np.array(wanted)
    ceilings = actions.ceilings
    outside = np.argwhere(~((wanted >= 0.0) & (wanted <= ceilings)))
    if outside.size:
        entry = int(outside[0][-1])
        raise ValueError(
            f"units[{entry}] ({actions.labels[entry]}) is {wanted[tuple(outside[0])]:g}; "
            f"expected a number from 0 to its ceiling, {ceilings[entry]:g} (a higher one can be given as "
            "action_ceilings)"
        )
    if mode == "integer":
        return np.rint(wanted).astype(np.int64)
    scaled: NDArray[Any] = 2.0 * wanted / ceilings - 1.0
    return scaled


__all__ = ["ACTION_MODES", "ceilings_given", "mode_name", "space_of", "to_action", "warn_of_simplified"]
