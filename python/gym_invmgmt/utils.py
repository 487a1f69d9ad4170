"""Playing episodes and measuring them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from gym_invmgmt._laws import law_objects

if TYPE_CHECKING:
    import gymnasium as gym

    from gym_invmgmt.core_env import CoreEnv


def __getattr__(name: str) -> Any:
    if name == "DIST_REGISTRY":
        # Made on demand: importing scipy.stats takes longer than everything else here.
        return dict(law_objects())
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def assign_env_config(self: Any, kwargs: Mapping[str, Any]) -> None:
    """Sets attributes of an object that has them already, in Ray's manner.

    Args:
        self: the object.
        kwargs: attribute values; the entries of a dict under ``env_config`` win over the others.

    Raises:
        AttributeError: the object has no such attribute; nothing is set then.
    """
    values = {name: value for name, value in kwargs.items() if name != "env_config"}
    values.update(kwargs.get("env_config") or {})
    for name in values:
        if not hasattr(self, name):
            raise AttributeError(f"{self!r} has no attribute {name!r}")
    for name, value in values.items():
        setattr(self, name, value)


def run_episode(
    env: gym.Env[Any, Any], policy: Callable[[Any], Any] | None = None, seed: int | None = None
) -> dict[str, Any]:
    """Plays one episode to its end.

    Args:
        env: the environment, wrapped or not.
        policy: a callable from observation to action; its ``reset(seed)``, if it has one, is called first, and its
            ``tell(on_order)`` before each decision, with the units on order per supply link.
            Without a policy actions are drawn from the action space, seeded too if a seed is given.
        seed: seed of the episode; none goes on with the environment's stream.

    Returns:
        ``observations`` (one more than steps), ``actions``, ``rewards``, ``infos``, ``total_reward``, ``steps``.
    """
    observation, _ = env.reset(seed=seed)
    if policy is None:
        if seed is not None:
            env.action_space.seed(seed)
    elif hasattr(policy, "reset"):
        policy.reset(seed)
    observations, actions, rewards, infos = [observation], [], [], []
    ended = False
    tell = getattr(policy, "tell", None)
    while not ended:
        if tell is not None:
            core: Any = env.unwrapped
            tell(core.on_order)
        action = env.action_space.sample() if policy is None else policy(observation)
        observation, reward, terminated, truncated, info = env.step(action)
        observations.append(observation)
        actions.append(action)
        rewards.append(float(reward))
        infos.append(info)
        ended = terminated or truncated
    return {
        "observations": observations,
        "actions": actions,
        "rewards": rewards,
        "infos": infos,
        "total_reward": sum(rewards),
        "steps": len(rewards),
    }


def compute_kpis(env: Any, *, partial: bool = False) -> dict[str, float]:
    """Key figures of the episode in an environment, wrapped or not.

    Args:
        env: the environment.
        partial: whether an episode that is not over may be measured; averages are over the periods played.

    Returns:
        The figures listed in ``docs/figures.md``, those that take neither money by part nor a benchmark's record:
        ``total_profit``, ``avg_step_profit`` [money]; ``fill_rate`` (sold over demand, late deliveries included; 1
        without demand), ``immediate_fill_rate`` (demand met in its own period over demand, older debts being served
        first), ``service_level`` (share of periods with nothing unmet); ``avg_inventory`` (per managed node at the
        end of a period) [units], ``inventory_turns`` (sold over average inventory); ``total_demand``, ``total_sold``
        (to customers) [units]; ``unmet_sum`` (unmet units added up over periods), ``total_backlog`` (unmet in the last
        period) [units]; ``final_sentiment``.

    Raises:
        ValueError: no step was played, or the episode is not over and ``partial`` is false.
    """
    core = _measured(env, partial)
    # The engine's attribute may have been set since the last period.
    return {**core._episode.kpis(), "final_sentiment": core.demand_engine.sentiment}


def compute_node_kpis(env: Any, *, partial: bool = False) -> dict[Any, dict[str, float]]:
    """Key figures of every managed node in the episode; arguments and errors as :func:`compute_kpis`.

    Returns:
        By id of the node the figures listed in ``docs/figures.md`` under nodes, as far as they say something of it:
        what customers got at a retailer, ``utilisation`` at a factory with a limit.
    """
    return _measured(env, partial)._episode.node_kpis()


def compute_bullwhip(env: Any, *, partial: bool = False) -> dict[str, Any]:
    """Variability of orders against variability of demand; arguments and errors as :func:`compute_kpis`.

    Returns:
        ``per_link_cv`` (population standard deviation over mean of the requests, per supply link), ``demand_cv``
        (of demand summed over markets), ``max_cv`` and ``bullwhip_ratio`` (``max_cv / demand_cv``).
    """
    core = _measured(env, partial)
    per_link, demand_cv, max_cv, ratio = core._episode.bullwhip()
    links = core.network.reorder_links
    return {
        "per_link_cv": dict(zip(links, per_link, strict=True)),
        "demand_cv": demand_cv,
        "max_cv": max_cv,
        "bullwhip_ratio": ratio,
    }


def _measured(env: Any, partial: bool) -> CoreEnv:
    """The environment under its wrappers, if its episode may be measured."""
    core: CoreEnv = env.unwrapped
    if core.period == 0:
        raise ValueError("No steps have been played; play an episode before measuring it")
    if core.period < core.num_periods and not partial:
        raise ValueError(
            f"the episode is at period {core.period} of {core.num_periods}; play it to its end, "
            "or pass partial=True to measure what was played"
        )
    return core


__all__ = ["assign_env_config", "compute_bullwhip", "compute_kpis", "compute_node_kpis", "run_episode"]
