"""Environments by name: Gymnasium's registry, and networks from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gymnasium as gym

from gym_invmgmt.core_env import CoreEnv

_STATIONARY = {"type": "stationary", "base_mu": 20, "use_goodwill": False}
_SCENARIO_OF_ID = {"GymInvMgmt/MultiEchelon-v0": "network", "GymInvMgmt/Serial-v0": "serial"}


def register_environments() -> None:
    """Puts the environment ids into Gymnasium's registry; ids already there are left alone."""
    for env_id, scenario in _SCENARIO_OF_ID.items():
        if env_id not in gym.registry:
            gym.register(
                id=env_id,
                entry_point="gym_invmgmt.core_env:CoreEnv",
                vector_entry_point="gym_invmgmt.vector_env:InvMgmtVectorEnv",
                kwargs={"scenario": scenario, "demand_config": dict(_STATIONARY), "num_periods": 30},
            )


def make_custom_env(config_path: str | Path, **kwargs: Any) -> CoreEnv:
    """An environment on the network of a YAML file.

    Args:
        config_path: the file; see the page on network files.
        **kwargs: further arguments of :class:`~gym_invmgmt.core_env.CoreEnv`.

    Raises:
        ValueError: every mistake of the file, each with line and path. FileNotFoundError: the file is missing.
    """
    return CoreEnv(scenario="custom", config_path=config_path, **kwargs)


register_environments()
