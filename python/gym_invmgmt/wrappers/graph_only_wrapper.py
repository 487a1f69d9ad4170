"""A wrapper whose observations are features of nodes alone."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np

from gym_invmgmt.wrappers._core import Array, FeatureWrapper, Step


class GraphOnlyWrapper(FeatureWrapper):
    """Replaces the observation by three features per node and two shared ones.

    Args:
        env: the environment.
        is_blind: whether mean demand is estimated from what has been sold, rather than known.

    ``info["raw_reward"]`` is the reward.
    """

    def __init__(self, env: gym.Env[Any, Any], is_blind: bool = False) -> None:
        super().__init__(env, "graph-blind" if is_blind else "graph")
        self.is_blind = bool(is_blind)
        self.n_main = len(self.main_nodes)
        self.observation_space = gym.spaces.Box(-np.inf, np.inf, (len(self.feature_labels),), np.float64)

    def _compute_graph_obs(self) -> Array:
        """The observation of the environment as it stands."""
        return self.features()

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Array, dict[str, Any]]:
        """Begins an episode; see the environment."""
        _, info = self.env.reset(seed=seed, options=options)
        return self.features(), info

    def step(self, action: Any) -> Step:
        """Plays one period; see the environment."""
        _, reward, terminated, truncated, info = self.env.step(action)
        return self.features(), reward, terminated, truncated, {**info, "raw_reward": reward}


__all__ = ["GraphOnlyWrapper"]
