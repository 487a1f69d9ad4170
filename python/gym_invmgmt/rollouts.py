"""Many episodes under one policy, measured."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from os import PathLike
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from gym_invmgmt import _native
from gym_invmgmt._arguments import Played
from gym_invmgmt._checks import thread_count, unmasked, whole_number
from gym_invmgmt._models import is_model, model_of
from gym_invmgmt.core_env import CoreEnv
from gym_invmgmt.demand_engine import DemandEngine
from gym_invmgmt.scenarios import Scenario
from gym_invmgmt.snapshot import core_of, parameters_of

Figures = dict[str, NDArray[Any]]


class Problem(NamedTuple):
    """What is played: a network, its demand, how actions are read, and num_periods, backlog and discount."""

    network: _native.Network
    demand: _native.Demand
    actions: _native.Actions
    rules: dict[str, Any]


def rollout(
    env: gym.Env[Any, Any] | Played,
    policy: Any,
    seeds: Sequence[int],
    num_threads: int | None = None,
    *,
    by_node: bool = False,
) -> dict[str, Any]:
    """Plays one episode per seed and returns key figures as arrays, one entry per seed.

    Args:
        env: an environment; what :class:`~gym_invmgmt.core_env.CoreEnv` takes as its ``scenario`` (``"serial"``,
            ``"standard-1/N01"``, the path of a file, a scenario); or a dict of the arguments of one. It is played as a
            reset would find it, demand, horizon and rules included; the environment itself is not stepped, and wrappers
            around it are not applied.
        policy: a policy by name (``"constant:20"``, ``"basestock:100,100,200"``), played without leaving Rust; a model
            with ``predict``, as of Stable-Baselines3, asked for its deterministic actions, its state carried (one
            trained under ``VecNormalize`` as :func:`gym_invmgmt.sb3.policy`); or a callable from
            observation to action. Actions are read in the environment's action mode. A callable may have
            ``reset(seed)``, called once per episode with a single row and once with the list of seeds where it has
            ``batch``; ``tell(on_order)``, called before each decision with the units on order per supply link, or rows
            of them; ``batch(observations) -> actions``, called once per period for all episodes; ``information``, what
            it may know; and ``action_mode`` (with ``action_ceilings``), how its actions are read in place of the
            environment's.
        seeds: seeds of the episodes, whole numbers >= 0.
        num_threads: most threads to use, all cores by default. Figures do not depend on it.
        by_node: whether the figures of every managed node come, too, under ``nodes``: by id a dict of arrays, those of
            ``docs/figures.md`` that say something of the node.

    Returns:
        ``seed``, the key figures of :func:`~gym_invmgmt.utils.compute_kpis` and ``service_level`` (share of periods
        that left nothing unmet) and ``unmet_sum`` as arrays; ``information``, the level of what the policy knows, as
        a text. A policy by name also gives the discounted cost parts ``revenue``, ``procurement_cost``,
        ``holding_cost``, ``operating_cost``, ``unmet_penalty`` and ``fixed_order_cost``.

    Raises:
        ValueError: an unknown policy, seeds that cannot be used, orders that cannot be played (seed or row, and
        period, are named), or a demand engine with Python methods of its own. TypeError: ``env`` or ``policy`` is of
        another kind, or a model that was trained on other actions or observations than it would meet.
    """
    core = environment_of(env)
    policy = model_of("policy", policy, core.action_mode) if is_model(policy) else policy
    reading = (getattr(policy, "action_mode", None), getattr(policy, "action_ceilings", None))
    problem, chosen, threads = problem_of(core, *reading), seeds_of(seeds), thread_count(num_threads)
    if isinstance(policy, str):
        return {"seed": np.array(chosen), **_by_name(problem, policy, chosen, threads, by_node)}
    if hasattr(policy, "batch"):
        figures = _play(problem, policy, policy.batch, chosen, threads, by_node)
    elif callable(policy):
        figures = _one_by_one(problem, policy, chosen, by_node)
    else:
        raise TypeError(f"policy is a {type(policy).__name__}; expected a name, a callable or a model")
    information = getattr(policy, "information", "undeclared")
    return {"seed": np.array(chosen), **figures, "information": information}


def environment_of(env: Any) -> CoreEnv:
    """The environment, unwrapped, or one of these arguments."""
    is_named = isinstance(env, (str, PathLike, Scenario, Mapping))
    core = CoreEnv(env) if is_named else getattr(env, "unwrapped", None)
    if not isinstance(core, CoreEnv):
        raise TypeError(
            f"env is a {type(env).__name__}; expected a CoreEnv, wrapped or not, or a dict of its arguments, or its "
            "scenario alone"
        )
    return core


def problem_of(env: Any, action_mode: str | None = None, action_ceilings: Iterable[float] | None = None) -> Problem:
    """What a reset of an environment, wrapped or not or given by its arguments, would play.

    Actions are read in the environment's mode, or in the one given.
    """
    core = environment_of(env)
    engine = core.demand_engine
    if not isinstance(engine, DemandEngine) or engine._is_overridden:
        raise ValueError(
            f"demand_engine is a {type(engine).__name__} with methods of its own, which the engine would not "
            "call; play its episodes with run_episode and a callable"
        )
    # An edited network takes effect at the next reset, that is, here.
    network = core.network_in_play()
    demand = core_of(parameters_of(engine._core))
    demand.bind(network._native, network._replays, core.num_periods, engine._link_cores(network.retail_map))
    rules = {"num_periods": core.num_periods, "backlog": core.backlog, "discount": core.alpha}
    ceilings = action_ceilings
    if action_mode is None:
        # The spaces and ceilings of the environment as it is; an edited network has ceilings of its own.
        ceilings = core._ceilings_given if network is not core.network else core.action_ceilings
    actions = _native.Actions(
        network._native,
        demand,
        core.action_mode if action_mode is None else action_mode,
        core.num_periods,
        None if ceilings is None else [float(ceiling) for ceiling in ceilings],
    )
    return Problem(network._native, demand, actions, rules)


def seeds_of(seeds: Any, name: str = "seeds") -> list[int]:
    """Seeds as a list; ValueError names the argument and what is wrong with it."""
    if isinstance(seeds, (str, bytes)) or not isinstance(seeds, Iterable):
        raise ValueError(f"{name} is {seeds!r}; expected a list of whole numbers >= 0")
    # The check in full, with its words, is left to what is not plainly a seed: there may be very many of them.
    chosen = [
        seed if type(seed) is int and 0 <= seed < 2**32 else whole_number(f"{name}[{position}]", seed, least=0)
        for position, seed in enumerate(seeds)
    ]
    if not chosen:
        raise ValueError(f"{name} is empty; expected at least one whole number >= 0")
    return chosen


def _by_name(problem: Problem, policy: str, seeds: list[int], threads: int, by_node: bool) -> Figures:
    network, demand, _, rules = problem
    return _native.rollout_by_name(network, demand, policy, seeds, **rules, threads=threads, by_node=by_node)


def _one_by_one(problem: Problem, policy: Callable[[Any], Any], seeds: list[int], by_node: bool) -> dict[str, Any]:
    """Episodes one after the other: a policy of single observations may remember what it saw."""
    rows = []
    for seed in seeds:
        try:
            rows.append(_play(problem, policy, lambda seen: [unmasked("action", policy(seen[0]))], [seed], 1, by_node))
        except _OrdersError as error:
            raise _OrdersError(f"seed {seed}, {error}") from None
    joined: dict[str, Any] = _joined(rows)
    return joined


def _joined(rows: list[Any]) -> Any:
    """Dicts of arrays, or of such dicts, put one behind the other."""
    if isinstance(rows[0], dict):
        return {name: _joined([row[name] for row in rows]) for name in rows[0]}
    return np.concatenate(rows)


class _OrdersError(ValueError):
    """Orders of a policy that cannot be played."""


def _play(
    problem: Problem, policy: Any, decide: Callable[[Any], Any], seeds: list[int], threads: int, by_node: bool
) -> dict[str, Any]:
    """Plays one episode per seed side by side; ``decide`` maps all observations to all actions."""
    network, demand, actions, rules = problem
    options: dict[str, Any] = {"autoreset": "Disabled", "single_precision": False, "copies": True, "figures": True}
    batch = _native.Batch(network, demand, rows=len(seeds), **rules, threads=threads, **options)
    batch.read_actions(actions)
    for row, seed in enumerate(seeds):
        batch.seed(row, seed)
    # Chance may have its say in supply before the first period.
    batch.begin(None)
    observations = batch.observe()
    tell, together = getattr(policy, "tell", None), hasattr(policy, "batch")
    if hasattr(policy, "reset"):
        policy.reset(list(seeds) if together else seeds[0])
    for period in range(rules["num_periods"]):
        if tell is not None:
            tell(batch.told() if together else batch.told()[0])
        orders = decide(observations)
        try:
            observations = batch.step(orders)[0]
        except ValueError as error:
            raise _OrdersError(f"period {period}: {error}") from None
    return {**batch.kpis(), "nodes": batch.node_kpis()} if by_node else batch.kpis()


__all__ = ["rollout"]
