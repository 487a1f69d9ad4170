"""A wrapper whose observations are features of nodes and, if there is one, a heuristic's orders."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np

from gym_invmgmt._checks import unmasked
from gym_invmgmt.wrappers._core import Array, FeatureWrapper, Step, core_of, needs_raw_actions, orders_of, over


class ResidualGraphWrapper(FeatureWrapper):
    """Replaces the observation by eight features per node and ten shared ones; with a heuristic, the learner corrects
    its orders.

    Args:
        env: the environment; with a heuristic its actions must be order quantities.
        heuristic_agent: an object with ``get_action(observation, period)`` that returns orders, as an array or a dict
            by link. Its orders for the coming decision are appended to the observation (zeros after the last period),
            an action is added to them, and the sum is kept within the environment's action box.
        max_residual: largest correction per supply link, up or down [units].
        is_blind: whether mean demand is estimated from what has been sold, rather than known.

    ``info`` holds ``raw_reward`` and, with a heuristic, ``heuristic_actions``: its orders for the next decision.
    """

    def __init__(
        self,
        env: gym.Env[Any, Any],
        heuristic_agent: Any = None,
        max_residual: float = 50.0,
        is_blind: bool = False,
    ) -> None:
        super().__init__(env, "residual-graph-blind" if is_blind else "residual-graph")
        self.heuristic_agent, self.max_residual, self.is_blind = heuristic_agent, float(max_residual), bool(is_blind)
        self.n_main = len(self.main_nodes)
        length = len(self.feature_labels)
        if heuristic_agent is not None:
            needs_raw_actions(self._core, "ResidualGraphWrapper")
            links = len(self._core.network.reorder_links)
            length += links
            self.action_space = gym.spaces.Box(-self.max_residual, self.max_residual, (links,), np.float64)
        self.observation_space = gym.spaces.Box(-np.inf, np.inf, (length,), np.float64)
        self._heuristic_orders: Array | None = None

    @property
    def last_heuristic_actions(self) -> Array | None:
        """The heuristic's orders for the coming decision [units]; none without a heuristic or before a reset."""
        return None if self._heuristic_orders is None else self._heuristic_orders.copy()

    def _observe(self, observation: Array) -> Array:
        """The features, with the heuristic's orders for the decision to come."""
        if self.heuristic_agent is None:
            return self.features()
        core = self._core
        if over(core):
            self._heuristic_orders = np.zeros(len(core.network.reorder_links))
        else:
            self._heuristic_orders = orders_of(core, self.heuristic_agent.get_action(observation, core.period))
        return np.concatenate([self.features(), self._heuristic_orders])

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Array, dict[str, Any]]:
        """Begins an episode; see the environment."""
        observation, info = self.env.reset(seed=seed, options=options)
        return self._observe(observation), info

    def step(self, action: Any) -> Step:
        """Plays one period; see the environment."""
        if self._heuristic_orders is not None:
            box: Any = core_of(self.env, "ResidualGraphWrapper").action_space
            wanted = np.maximum(0.0, self._heuristic_orders + np.asarray(unmasked("action", action), dtype=np.float64))
            action = np.clip(wanted, box.low, box.high)
        observation, reward, terminated, truncated, info = self.env.step(action)
        seen = self._observe(observation)
        info = {**info, "raw_reward": reward}
        if self._heuristic_orders is not None:
            info["heuristic_actions"] = self._heuristic_orders.copy()
        return seen, reward, terminated, truncated, info


__all__ = ["ResidualGraphWrapper"]
