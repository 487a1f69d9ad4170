"""Policies by name, as callables from observation to action."""

from __future__ import annotations

import os
import weakref
from collections.abc import Mapping, Sequence
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from gym_invmgmt import _native
from gym_invmgmt._checks import unmasked, whole_number
from gym_invmgmt.core_env import CoreEnv
from gym_invmgmt.rollouts import problem_of


def save_programmes(folder: str | os.PathLike[str] | None) -> None:
    """Has linear programmes that no plan solves saved from now on, for a solver of your own; by default none is.

    Args:
        folder: where, as MPS files under fresh names that only their owner can read; made if missing. At most 20 are
            saved, and the error of the planner names each. None: no longer. It holds for this process and its threads.

    Raises:
        OSError: the folder cannot be made.
    """
    _native.save_programmes(folder)


class NamedPolicy:
    """A policy made by :func:`make`: it decides in Rust, from what an environment shows.

    Call it with an observation of shape (observation,) for an action of shape (supply links,) [units], or its
    :meth:`batch` with many. It keeps to the protocol of :func:`~gym_invmgmt.run_episode` and
    :func:`~gym_invmgmt.rollout`, and plays with them exactly as the name does in a rollout. A rule that forecasts
    remembers what it saw: show it every period of an episode, in order, and call :meth:`reset` before the next. One
    object follows one run of episodes at a time.

    Units on order are what it is told by :meth:`tell` or, shown what the environment it was made for shows at that
    moment, what this one has on order; else the orders in transit of the observation, added up.
    """

    def __init__(self, native: _native.Policy, name: str, env: CoreEnv | None = None) -> None:
        self._native = native
        self._name = name
        self._env = None if env is None else weakref.ref(env)
        self._told: NDArray[np.float64] | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_env": None}

    @property
    def name(self) -> str:
        """The name it was made from."""
        return self._name

    @property
    def information(self) -> str:
        """The level of what it knows of demand, such as ``"published-blind"``."""
        return self._native.information

    def reset(self, seed: int | Sequence[int] | None = None) -> None:
        """An episode begins; with a list of seeds, one per row of :meth:`batch`."""
        seeds = [seed] if seed is None or isinstance(seed, (int, np.integer)) else list(seed)
        chosen = [None if one is None else whole_number("seed", one, least=0) for one in seeds]
        self._native.reset(chosen)
        self._told = None

    def tell(self, on_order: Any) -> None:
        """Tells the units on order for the next decision: (supply links,), or (rows, supply links) for :meth:`batch`.

        ``run_episode``, ``rollout`` and ``benchmark`` do; in a loop of your own it is ``policy.tell(env.on_order)``.
        """
        self._told = np.array(on_order, dtype=np.float64)

    def __call__(self, observation: Any) -> NDArray[np.float64]:
        """The orders of one episode's period, (supply links,) [units].

        Raises:
            ValueError: the observation is not one of the environment the policy was made for.
        """
        orders: NDArray[np.float64] = self._act(observation, 1)[0]
        return orders

    def batch(self, observations: Any) -> NDArray[np.float64]:
        """The orders of many episodes' period: (rows, observation) in, (rows, supply links) out [units].

        Raises:
            ValueError: the observations are not those of the environment the policy was made for.
        """
        return self._act(observations, 2)

    def _act(self, observations: Any, dimensions: int) -> NDArray[np.float64]:
        seen = np.ascontiguousarray(unmasked("observations", observations), dtype=np.float64)
        if seen.ndim != dimensions:
            expected = "(observation,)" if dimensions == 1 else "(rows, observation)"
            raise ValueError(f"{self._name}: observations have shape {seen.shape}; expected {expected}")
        told, self._told = self._told, None
        if told is None and dimensions == 1:
            told = self._on_order(seen)
        if dimensions == 1:
            return self._native.act(seen[None], None if told is None else told[None])
        return self._native.act(seen, told)

    def _on_order(self, observation: NDArray[np.float64]) -> NDArray[np.float64] | None:
        """What the environment has on order that shows this observation, if it is the one the policy was made for."""
        env = None if self._env is None else self._env()
        shown = env is not None and np.array_equal(env.state, observation)
        return env.on_order if env is not None and shown else None

    def __repr__(self) -> str:
        return f"<policy {self._name!r}, {self.information}>"


def make(name: str, env: gym.Env[Any, Any] | Mapping[str, Any]) -> NamedPolicy:
    """Makes a policy by name for an environment.

    >>> from gym_invmgmt import CoreEnv, policies, run_episode
    >>> env = CoreEnv("serial", {"base_mu": 20})
    >>> policy = policies.make("newsvendor:informed", env)
    >>> policy
    <policy 'newsvendor:informed', published-informed>
    >>> round(run_episode(env, policy, seed=42)["total_reward"], 6)
    845.785233

    Args:
        name: any name ``gym-invmgmt list policies`` shows, such as ``"basestock:107,118,29"``.
        env: the environment it is for, wrapped or not, or a dict of the arguments of one. Its network, rules, horizon
            and (for informed policies) demand parameters are read once, as the next reset would find them.

    Raises:
        ValueError: an unknown name or level, a wrong number of levels, or a demand engine with Python methods of its
            own. TypeError: ``env`` or ``name`` is of another kind.
    """
    if not isinstance(name, str):
        raise TypeError(f"name is a {type(name).__name__}; expected a policy by name, such as 'newsvendor:blind'")
    problem = problem_of(env)
    core = getattr(env, "unwrapped", None)
    native = _native.Policy(problem.network, problem.demand, name, **problem.rules)
    return NamedPolicy(native, name, core if isinstance(core, CoreEnv) else None)


__all__ = ["NamedPolicy", "make", "save_programmes"]
