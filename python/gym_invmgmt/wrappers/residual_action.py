"""Wrappers in which a learner corrects the orders of a heuristic."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gymnasium as gym
import numpy as np

from gym_invmgmt._checks import unmasked
from gym_invmgmt.wrappers._core import Array, Step, core_of, needs_raw_actions, orders_of, over


class _ResidualWrapper(gym.Wrapper[Array, Any, Any, Any]):
    """Remembers the last observation, on which the heuristic decides."""

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        super().__init__(env)
        name = type(self).__name__
        self._core = core_of(env, name)
        needs_raw_actions(self._core, name)
        self._links = len(self._core.network.reorder_links)
        self._last_observation: Any = None

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Array, dict[str, Any]]:
        """Begins an episode; see the environment."""
        self._last_observation, info = self.env.reset(seed=seed, options=options)
        return self._last_observation, info

    def _checked(self, action: Any) -> Array:
        """The correction as numbers.

        Raises:
            ValueError: another shape, or a number that is not finite; nothing is changed then.
        """
        correction = np.asarray(unmasked("action", action), dtype=np.float64)
        if correction.shape != (self._links,) or not np.isfinite(correction).all():
            raise ValueError(
                f"action is {action!r}; expected {self._links} finite numbers, one per supply link. Nothing was changed"
            )
        return correction

    def _play(self, orders: Array) -> Step:
        """One period with these orders."""
        result: Step = self.env.step(orders)
        self._last_observation = result[0]
        return result

    def _over(self) -> Step:
        """A step after the last period: nothing happens."""
        result: Step = self.env.step(np.zeros(self._links))
        return result


class ResidualActionWrapper(_ResidualWrapper):
    """Plays a heuristic's orders plus a correction of at most ``max_residual`` units per link.

    Args:
        env: the environment; its actions must be order quantities.
        heuristic_fn: called with the last observation, the period and the environment inside all wrappers; returns
            orders as an array or a dict by link [units].
        max_residual: the correction that an action of 1 stands for [units].

    The action space is ``Box(-1, 1)``; what is played is ``clip(heuristic + clip(action) * max_residual, 0, high)``.
    ``info`` holds ``base_action`` (the heuristic's orders) and ``residual`` (the correction) [units].
    """

    def __init__(
        self, env: gym.Env[Any, Any], heuristic_fn: Callable[[Any, int, Any], Any], max_residual: float = 50.0
    ) -> None:
        super().__init__(env)
        self.heuristic_fn, self.max_residual = heuristic_fn, float(max_residual)
        self.action_space = gym.spaces.Box(-1.0, 1.0, (self._links,), np.float64)

    def step(self, action: Any) -> Step:
        """Plays one period with the corrected orders."""
        if over(self._core):
            return self._over()
        residual = np.clip(self._checked(action), -1.0, 1.0) * self.max_residual
        core = self._core
        base = orders_of(core, self.heuristic_fn(self._last_observation, core.period, core))
        box: Any = self.env.action_space
        observation, reward, terminated, truncated, info = self._play(np.clip(base + residual, 0.0, box.high))
        return observation, reward, terminated, truncated, {**info, "base_action": base, "residual": residual}


class ProportionalResidualWrapper(_ResidualWrapper):
    """Plays a heuristic's orders, each changed by a share of at most ``max_pct``; the reward is less a small penalty
    for changes.

    Args:
        env: the environment; its actions must be order quantities.
        heuristic_agent: an object with ``get_action(observation, period)`` that returns orders, as an array or a dict
            by link [units].
        max_pct: largest change of an order as a share of it.
        reward_lambda: penalty per squared share [money].

    The action space is ``Box(-max_pct, max_pct)``; what is played is ``clip(heuristic * (1 + clip(action)), low,
    high)``. ``info`` holds ``base_action`` [units] and ``residual`` (the shares).
    """

    def __init__(
        self, env: gym.Env[Any, Any], heuristic_agent: Any, max_pct: float = 0.5, reward_lambda: float = 0.001
    ) -> None:
        super().__init__(env)
        self.heuristic_agent, self.max_pct, self.reward_lambda = heuristic_agent, float(max_pct), float(reward_lambda)
        self.action_space = gym.spaces.Box(-self.max_pct, self.max_pct, (self._links,), np.float64)

    def step(self, action: Any) -> Step:
        """Plays one period with the changed orders."""
        if over(self._core):
            return self._over()
        residual = np.clip(self._checked(action), -self.max_pct, self.max_pct)
        core = self._core
        base = orders_of(core, self.heuristic_agent.get_action(self._last_observation, core.period))
        box: Any = self.env.action_space
        result = self._play(np.clip(base * (1.0 + residual), box.low, box.high))
        reward = result[1] - self.reward_lambda * float(np.sum(residual**2))
        return result[0], reward, result[2], result[3], {**result[4], "base_action": base, "residual": residual}


__all__ = ["ProportionalResidualWrapper", "ResidualActionWrapper"]
