"""Many episodes under one policy, measured."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray

from gym_invmgmt import _native
from gym_invmgmt.core_env import CoreEnv
from gym_invmgmt.vector_env import InvMgmtVectorEnv


def rollout(
    env: CoreEnv | Mapping[str, Any],
    policy: str | Callable[[Any], Any],
    seeds: Sequence[int],
    num_threads: int | None = None,
) -> dict[str, Any]:
    """Plays one episode per seed and returns key figures as arrays, one entry per seed.

    Args:
        env: an environment, or the arguments of one. The environment itself is not stepped.
        policy: a policy by name (``"constant:20"``, ``"basestock:100,100,200"``), played without leaving Rust; or a
            callable from observation to action. A callable may have ``reset(seed)``, called once per episode with a
            single row and once with the list of seeds where it has ``batch``; ``batch(observations) -> actions``,
            called once per period for all episodes; and ``information``, what it may know.
        seeds: seeds of the episodes, whole numbers >= 0.
        num_threads: most threads to use, all cores by default. Figures do not depend on it.

    Returns:
        ``seed``, the key figures of :func:`~gym_invmgmt.utils.compute_kpis` and ``service_level`` (share of periods
        that left nothing unmet) and ``unmet_sum`` as arrays; ``information`` as a text. A policy by name also gives
        the discounted cost parts ``revenue``, ``procurement_cost``, ``holding_cost``, ``operating_cost``,
        ``unmet_penalty`` and ``fixed_order_cost``.

    Raises:
        ValueError: an unknown policy, seeds that cannot be used, or orders that cannot be played.
    """
    core: Any = env if isinstance(env, Mapping) else env.unwrapped
    arguments = dict(core if isinstance(core, Mapping) else core.env_kwargs)
    chosen = [int(seed) for seed in seeds]
    if not chosen or min(chosen) < 0:
        raise ValueError(f"seeds are {list(seeds)!r}; expected at least one whole number >= 0")
    threads = num_threads or os.cpu_count() or 1
    if isinstance(policy, str):
        figures = _by_name(arguments, policy, chosen, threads)
        information = "declared by its name"
    else:
        figures = _by_callable(arguments, policy, chosen, threads)
        information = getattr(policy, "information", "undeclared")
    return {"seed": np.array(chosen), **figures, "information": information}


def _by_name(arguments: dict[str, Any], policy: str, seeds: list[int], threads: int) -> dict[str, NDArray[Any]]:
    single = CoreEnv(**arguments)
    return _native.rollout_by_name(
        single.network._native,
        single.demand_engine._core,
        policy,
        seeds,
        num_periods=single.num_periods,
        backlog=single.backlog,
        discount=single.alpha,
        threads=threads,
    )


def _by_callable(arguments: dict[str, Any], policy: Any, seeds: list[int], threads: int) -> dict[str, NDArray[Any]]:
    if hasattr(policy, "batch"):
        return _play(arguments, policy, policy.batch, seeds, threads)
    # A policy of single observations may remember what it saw: one episode after the other.
    rows = [_play(arguments, policy, lambda seen: [policy(seen[0])], [seed], 1) for seed in seeds]
    return {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}


def _play(
    arguments: dict[str, Any], policy: Any, decide: Callable[[Any], Any], seeds: list[int], threads: int
) -> dict[str, NDArray[Any]]:
    """Plays one episode per seed side by side; ``decide`` maps all observations to all actions."""
    envs = InvMgmtVectorEnv(
        len(seeds),
        **{**arguments, "render_mode": None},
        num_threads=threads,
        autoreset_mode=AutoresetMode.DISABLED,
        episode_statistics=True,
    )
    observations, _ = envs.reset(seed=seeds)
    if hasattr(policy, "reset"):
        policy.reset(seeds if hasattr(policy, "batch") else seeds[0])
    for _ in range(envs.num_periods):
        observations = envs.step(np.asarray(decide(observations), dtype=np.float64))[0]
    return envs._batch.kpis()


__all__ = ["rollout"]
