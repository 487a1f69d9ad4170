"""Wrappers that give learners features of nodes in place of, or beside, the plain observation."""

from __future__ import annotations

from typing import Any, ClassVar

import gymnasium as gym
import numpy as np

from gym_invmgmt.wrappers._core import Array, FeatureWrapper, Step, core_of, needs_raw_actions, orders_of, over


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
            wanted = np.maximum(0.0, self._heuristic_orders + np.asarray(action, dtype=np.float64))
            action = np.clip(wanted, box.low, box.high)
        observation, reward, terminated, truncated, info = self.env.step(action)
        seen = self._observe(observation)
        info = {**info, "raw_reward": reward}
        if self._heuristic_orders is not None:
            info["heuristic_actions"] = self._heuristic_orders.copy()
        return seen, reward, terminated, truncated, info


__all__ = ["DomainFeatureWrapper", "GraphOnlyWrapper", "MultiAgentWrapper", "ResidualGraphWrapper"]
