"""Trained models with ``predict``, as of Stable-Baselines3, as policies."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Modes in which an action is order quantities; in the others it is shares from -1 to 1.
_QUANTITIES = ("raw", "integer")


class Model:
    """A model as a policy: asked for its deterministic actions, its state carried from period to period."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._state: Any = None
        self.information = getattr(model, "information", "undeclared")
        self.action_mode = getattr(model, "action_mode", None)
        self.action_ceilings = getattr(model, "action_ceilings", None)

    def reset(self, seeds: Any) -> None:
        """Begins episodes: a recurrent model forgets."""
        self._state = None

    def seen(self, observation: NDArray[np.float64]) -> Any:
        """What the model sees of an observation, or of rows of them."""
        return observation

    def __call__(self, observation: NDArray[np.float64]) -> Any:
        """The action for an observation, or the actions for rows of them."""
        seen = self.seen(observation)
        carried = {}
        if self._state is not None:
            rows = len(observation) if np.ndim(observation) > 1 else 1
            carried = {"state": self._state, "episode_start": np.zeros(rows, dtype=np.bool_)}
        action, self._state = self._model.predict(seen, **carried, deterministic=True)
        return action

    batch = __call__


def is_model(policy: Any) -> bool:
    """Whether something is to be asked by ``predict``."""
    return hasattr(policy, "predict") and not callable(policy)


def model_of(what: str, model: Any, mode: str) -> Model:
    """A model as a policy whose actions are read in this mode, unless it names its own.

    Raises:
        TypeError: its actions would be taken for something else than they are, or it saw other observations when it
        was trained.
    """
    policy = Model(model)
    read_as = policy.action_mode or mode
    space = getattr(model, "action_space", None)
    low, high = (np.asarray(getattr(space, name, 0.0)) for name in ("low", "high"))
    if read_as in _QUANTITIES and np.any(low < 0.0):
        raise TypeError(
            f"{what} was trained on actions from {low.min():g} up, which are no order quantities; give the model the "
            "attribute action_mode, such as 'base-stock'"
        )
    if read_as not in _QUANTITIES and np.any(high > 1.0):
        raise TypeError(
            f"{what} was trained on actions up to {high.max():g}, and would be read in action_mode {read_as!r}, whose "
            "actions end at 1; give the model the attribute action_mode, such as 'raw'"
        )
    normalised = getattr(model, "get_vec_normalize_env", lambda: None)()
    if normalised is not None and getattr(normalised, "norm_obs", True):
        raise TypeError(
            f"{what} was trained under VecNormalize, so it does not know the observations it would see here; give "
            "gym_invmgmt.sb3.policy(model), which takes the normalisation along"
        )
    return policy


__all__ = ["Model", "is_model", "model_of"]
