"""A wrapper whose observations are what each node may see."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np

from gym_invmgmt.wrappers._core import Array, FeatureWrapper, Step


class MultiAgentWrapper(FeatureWrapper):
    """Replaces the observation by what each managed node may see: stock on hand, units on order, backlog, demand
    velocity and time, node by node; shape (5 * nodes,).

    Attributes: ``agent_nodes`` (ids), ``n_agents``, ``agent_links`` (per node its incoming links with their positions
    in an action), ``agent_local_dim`` (per node 5).
    """

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        super().__init__(env, "multi-agent")
        self.agent_nodes = self.main_nodes
        self.n_agents = len(self.agent_nodes)
        links = list(enumerate(self._core.network.reorder_links))
        self.agent_links = {node: [(at, link) for at, link in links if link[1] == node] for node in self.agent_nodes}
        per_node, _ = self._features().counts
        self.agent_local_dim = dict.fromkeys(self.agent_nodes, per_node)
        self.observation_space = gym.spaces.Box(-1e6, 1e6, (self.n_agents * per_node,), np.float64)

    def _build_local_obs(self) -> Array:
        """The observation of the environment as it stands."""
        return self.features()

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Array, dict[str, Any]]:
        """Begins an episode; see the environment."""
        _, info = self.env.reset(seed=seed, options=options)
        return self.features(), info

    def step(self, action: Any) -> Step:
        """Plays one period; see the environment."""
        _, reward, terminated, truncated, info = self.env.step(action)
        return self.features(), reward, terminated, truncated, info


__all__ = ["MultiAgentWrapper"]
