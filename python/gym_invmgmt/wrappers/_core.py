"""What the wrappers share: the environment inside, orders as arrays, features of the engine."""

from __future__ import annotations

from typing import Any, cast

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from gym_invmgmt import _native
from gym_invmgmt._action_modes import warn_of_simplified
from gym_invmgmt._checks import unmasked
from gym_invmgmt.core_env import CoreEnv
from gym_invmgmt.demand_engine import DemandEngine

Array = NDArray[np.float64]
Step = tuple[Array, Any, bool, bool, dict[str, Any]]


def core_of(env: gym.Env[Any, Any], wrapper: str) -> CoreEnv:
    """The :class:`CoreEnv` inside an environment.

    Raises:
        TypeError: there is none.
    """
    core = env.unwrapped
    if not isinstance(core, CoreEnv):
        raise TypeError(f"{wrapper} wraps a CoreEnv, wrapped or not; found a {type(core).__name__}")
    return core


def orders_of(core: CoreEnv, quantities: Any) -> Array:
    """Orders as one quantity per supply link [units]; links absent from a dict get 0.

    Raises:
        ValueError: an unknown link, another number of quantities, or one that is no number.
    """
    links: list[Any] = list(core.network.reorder_links)
    orders = np.zeros(len(links))
    if isinstance(quantities, dict):
        for link, quantity in quantities.items():
            if link not in links:
                raise ValueError(f"the heuristic orders on {link!r}, which is no supply link; known: {links}")
            orders[links.index(link)] = float(quantity)
        return orders
    given = np.asarray(unmasked("the heuristic's orders", quantities), dtype=np.float64)
    if given.shape != orders.shape:
        raise ValueError(
            f"the heuristic's orders have shape {given.shape}; expected {orders.shape}, one per supply link"
        )
    return np.array(given)


def needs_raw_actions(core: CoreEnv, wrapper: str) -> None:
    """Raises ValueError unless actions are order quantities."""
    if core.action_mode != "raw":
        raise ValueError(
            f"{wrapper} adds to order quantities; the environment has action_mode {core.action_mode!r}, expected 'raw'"
        )


def over(core: CoreEnv) -> bool:
    """Whether the last period has been played."""
    return core.period >= core.num_periods


class FeatureWrapper(gym.Wrapper[Array, Any, Any, Any]):
    """A wrapper whose observations are, or end with, features of the engine.

    Args:
        env: the environment.
        layout: name of a layout, as ``InvMgmtVectorEnv`` takes it as ``observation``.
    """

    def __init__(self, env: gym.Env[Any, Any], layout: str) -> None:
        super().__init__(env)
        self._layout = layout
        self._core = core_of(env, type(self).__name__)
        #: Ids of the managed nodes, in order.
        self.main_nodes: list[Any] = list(self._core.network.main_nodes)
        self._native_for: Any = None
        self._features()

    def _features(self) -> _native.Features:
        """The features of the network in use; made anew where it was reloaded."""
        network = self._core.network._native
        if self._native_for is not network:
            self._native_for, self._native = network, _native.Features(network, self._layout, alone=True)
            warn_of_simplified("observation", self._layout, self._native.simplifies)
        return self._native

    @property
    def feature_labels(self) -> list[str]:
        """What each feature is."""
        return self._features().labels

    def features(self) -> Array:
        """The features of the environment as it stands, shape (features,)."""
        features, engine = self._features(), self._core.demand_engine
        known = None
        if not features.blind and not (isinstance(engine, DemandEngine) and not engine._is_overridden):
            known = float(cast(Any, engine).get_current_mu(self._core.period))
        return self._core._episode.features(features, known)

    def __getstate__(self) -> dict[str, Any]:
        # The native features are made again when they are next asked for.
        return {**self.__dict__, "_native": None, "_native_for": None}


__all__ = ["FeatureWrapper", "core_of", "needs_raw_actions", "orders_of", "over"]
