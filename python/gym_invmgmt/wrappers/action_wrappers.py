"""Wrappers that change actions on their way in."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np

from gym_invmgmt._checks import unmasked


class IntegerActionWrapper(gym.ActionWrapper[Any, Any, Any]):
    """Rounds every quantity requested to a whole number, halves to the even one.

    Arrays, lists and dicts by link are accepted. The action space stays as it is.
    """

    def action(self, action: Any) -> Any:
        """The action with whole quantities."""
        if isinstance(action, dict):
            return {link: float(np.rint(quantity)) for link, quantity in action.items()}
        return np.rint(np.asarray(unmasked("action", action), dtype=np.float64))
