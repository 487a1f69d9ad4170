"""The environments under names that RLlib knows (extra ``ray``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gym_invmgmt._extras import extra
from gym_invmgmt.core_env import CoreEnv
from gym_invmgmt.multi_agent import InvMgmtParallelEnv

#: The name of the single environment.
SINGLE = "gym_invmgmt"
#: The name of the environment with an agent per managed node.
MULTI = "gym_invmgmt_multi_agent"


def register() -> tuple[str, str]:
    """Registers both environments with Ray; their ``env_config`` holds the arguments.

    Gymnasium's registry does not reach Ray's workers, these names do. ``env_config`` takes the arguments of
    :class:`~gym_invmgmt.core_env.CoreEnv`, and of :class:`~gym_invmgmt.multi_agent.InvMgmtParallelEnv`.

    Returns:
        The two names, :data:`SINGLE` and :data:`MULTI`.

    Raises:
        ModuleNotFoundError: Ray is not installed; the message says what to install.
    """
    registry = extra("ray.tune.registry", "ray")
    registry.register_env(SINGLE, single_agent)
    registry.register_env(MULTI, multi_agent)
    return SINGLE, MULTI


def single_agent(env_config: Mapping[str, Any]) -> CoreEnv:
    """The single environment, made by a worker."""
    return CoreEnv(**env_config)


def multi_agent(env_config: Mapping[str, Any]) -> Any:
    """The environment with an agent per managed node, made by a worker, as an RLlib ``MultiAgentEnv``."""
    wrappers = extra("ray.rllib.env.wrappers.pettingzoo_env", "ray")
    return wrappers.ParallelPettingZooEnv(InvMgmtParallelEnv(**env_config))


__all__ = ["MULTI", "SINGLE", "multi_agent", "register", "single_agent"]
