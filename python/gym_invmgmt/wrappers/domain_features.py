"""A wrapper that appends features of nodes and demand to the observation."""

from __future__ import annotations

from typing import Any, ClassVar

import gymnasium as gym
import numpy as np

from gym_invmgmt.wrappers._core import Array, FeatureWrapper, Step


class DomainFeatureWrapper(FeatureWrapper):
    """Appends features of nodes and demand to the observation.

    Args:
        env: the environment.
        is_blind: whether mean demand is estimated from what has been sold, rather than known.
        enhanced: eight features per node and ten shared ones (v2), rather than three and two (v1).
        grouped: all nodes' values of one feature together (v3), rather than node by node; v1 always is.
        pipeline_feats: with ``enhanced``, units on order and backlog per node as well (v4).

    The observation has shape (observation of ``env`` + :attr:`n_augmented`,). ``info["raw_reward"]`` is the reward.
    """

    V1_NODE_FEATS: ClassVar[int] = 3
    V1_GLOBAL_FEATS: ClassVar[int] = 2
    V2_NODE_FEATS: ClassVar[int] = 8
    V4_NODE_FEATS: ClassVar[int] = 10
    V2_GLOBAL_FEATS: ClassVar[int] = 10
    V2_DEMAND_WINDOW: ClassVar[int] = 5

    def __init__(
        self,
        env: gym.Env[Any, Any],
        is_blind: bool = False,
        enhanced: bool = False,
        grouped: bool = False,
        pipeline_feats: bool = False,
    ) -> None:
        layout = "domain-v1"
        if enhanced and pipeline_feats:
            layout = "domain-v4-grouped" if grouped else "domain-v4"
        elif enhanced:
            layout = "domain-v3" if grouped else "domain-v2"
        super().__init__(env, layout + ("-blind" if is_blind else ""))
        self.is_blind, self.enhanced = bool(is_blind), bool(enhanced)
        self.grouped, self.pipeline_feats = bool(grouped), bool(pipeline_feats)
        #: Features per node and shared features; how many numbers are appended.
        self.n_node_feats, self.n_global_feats = self._features().counts
        self.n_augmented = len(self.main_nodes) * self.n_node_feats + self.n_global_feats
        inner = env.observation_space.shape
        if inner is None or len(inner) != 1:
            raise ValueError(
                f"DomainFeatureWrapper appends to a flat observation; found the space {env.observation_space}"
            )
        self.observation_space = gym.spaces.Box(-np.inf, np.inf, (inner[0] + self.n_augmented,), np.float64)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Array, dict[str, Any]]:
        """Begins an episode; see the environment."""
        observation, info = self.env.reset(seed=seed, options=options)
        return np.concatenate([observation, self.features()]), info

    def step(self, action: Any) -> Step:
        """Plays one period; see the environment."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        info = {**info, "raw_reward": reward}
        return np.concatenate([observation, self.features()]), reward, terminated, truncated, info


__all__ = ["DomainFeatureWrapper"]
