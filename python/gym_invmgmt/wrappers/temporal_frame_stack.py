"""A wrapper that lets learners without memory look back."""

from __future__ import annotations

from collections import deque
from typing import Any

import gymnasium as gym
import numpy as np

from gym_invmgmt._checks import whole_number
from gym_invmgmt.wrappers._core import Array, Step


class TemporalFrameStack(gym.Wrapper[Array, Any, Any, Any]):
    """Replaces the observation by the last ones, the oldest first; at a reset by copies of the first.

    Args:
        env: an environment with flat observations.
        n_history: how many observations, >= 1.

    Attributes: ``single_obs_dim``, the length of one observation. The observation has shape
    (n_history * single_obs_dim,).
    """

    def __init__(self, env: gym.Env[Any, Any], n_history: int = 4) -> None:
        super().__init__(env)
        self.n_history = whole_number("n_history", n_history)
        inner: Any = env.observation_space
        if not isinstance(inner, gym.spaces.Box) or len(inner.shape) != 1:
            raise ValueError(f"TemporalFrameStack stacks flat observations; found the space {inner}")
        self.single_obs_dim = inner.shape[0]
        low, high = (np.tile(bound, self.n_history) for bound in (inner.low, inner.high))
        kind: Any = inner.dtype
        self.observation_space = gym.spaces.Box(low, high, dtype=kind.type)
        self._frames: deque[Array] = deque(maxlen=self.n_history)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Array, dict[str, Any]]:
        """Begins an episode; see the environment."""
        observation, info = self.env.reset(seed=seed, options=options)
        self._frames.extend([observation] * self.n_history)
        return np.concatenate(self._frames), info

    def step(self, action: Any) -> Step:
        """Plays one period; see the environment."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        if not self._frames:
            self._frames.extend([observation] * self.n_history)
        self._frames.append(observation)
        return np.concatenate(self._frames), float(reward), terminated, truncated, info


__all__ = ["TemporalFrameStack"]
