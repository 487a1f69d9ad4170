"""Environments by name: Gymnasium's registry, and networks from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gymnasium as gym

from gym_invmgmt import _native
from gym_invmgmt._arguments import DemandOfId
from gym_invmgmt.classics import ENVIRONMENTS
from gym_invmgmt.core_env import CoreEnv

_STATIONARY = {"type": "stationary", "base_mu": 20, "use_goodwill": False}
_NETWORK_OF_ID = {"GymInvMgmt/MultiEchelon-v0": "network", "GymInvMgmt/Serial-v0": "serial"}


def register_environments() -> None:
    """Puts the environment ids into Gymnasium's registry; ids already there are left alone."""
    for env_id, network in _NETWORK_OF_ID.items():
        _register(env_id, {"scenario": network, "demand_config": DemandOfId(_STATIONARY), "num_periods": 30})
    _register("GymInvMgmt/Scenario-v0", {})
    for suite, version, problems in _native.suites():
        for problem in problems:
            _register(f"GymInvMgmt/{suite}-{problem}-v{version}", {"scenario": f"{suite}@{version}/{problem}"})
    for classic in ENVIRONMENTS:
        _register(f"GymInvMgmt/{classic}-v0", {"classic": classic}, "classics:make", "classics:make_vec")


def _register(
    env_id: str, kwargs: dict[str, Any], single: str = "core_env:CoreEnv", many: str = "vector_env:InvMgmtVectorEnv"
) -> None:
    """Puts an id into the registry, made by what stands in these modules of the package."""
    if env_id not in gym.registry:
        gym.register(
            id=env_id,
            entry_point=f"gym_invmgmt.{single}",
            vector_entry_point=f"gym_invmgmt.{many}",
            kwargs=kwargs,
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
