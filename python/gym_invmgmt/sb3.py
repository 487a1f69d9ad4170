"""The native batch as a vector environment of Stable-Baselines3 (extra ``rl``)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gym_invmgmt._extras import extra
from gym_invmgmt.vector_env import InvMgmtVectorEnv

if TYPE_CHECKING:
    _VecEnv: Any = object
else:
    try:
        from stable_baselines3.common.vec_env import VecEnv as _VecEnv
    except ModuleNotFoundError:
        # The module can be imported without the extra; making an environment says what is missing.
        _VecEnv = object

#: What may be asked of one row.
_ROW_METHODS = ("snapshot", "restore")


class InvMgmtVecEnv(_VecEnv):  # type: ignore[misc]
    """Many environments of one network, stepped by one native call, as Stable-Baselines3 expects them.

    A row that ends begins again in the same step. Its info then holds ``terminal_observation``,
    ``TimeLimit.truncated`` and ``episode`` (return ``r``, length ``l``, seconds ``t``), so neither ``Monitor`` nor
    ``VecMonitor`` is needed. All other infos are empty.

    Args:
        num_envs: number of environments, >= 1.
        **arguments: those of :class:`~gym_invmgmt.vector_env.InvMgmtVectorEnv`, less ``autoreset_mode``, ``copy`` and
            ``episode_statistics``. Observations are float32 unless ``dtype`` says otherwise.

    Raises:
        ModuleNotFoundError: Stable-Baselines3 is not installed; the message says what to install. ValueError,
        TypeError: an argument that cannot be used.
    """

    def __init__(self, num_envs: int, **arguments: Any) -> None:
        extra("stable_baselines3", "rl")
        for name in ("autoreset_mode", "copy", "episode_statistics"):
            if name in arguments:
                raise TypeError(f"{name} is set by Stable-Baselines3's conventions; leave it out")
        arguments.setdefault("dtype", "float32")
        #: The vector environment that is stepped.
        self.envs = InvMgmtVectorEnv(num_envs, **arguments, autoreset_mode="SAME_STEP", episode_statistics=True)
        self.actions: Any = None
        super().__init__(self.envs.num_envs, self.envs.single_observation_space, self.envs.single_action_space)

    def reset(self) -> NDArray[Any]:
        """Begins an episode in every row, with the seeds and options given before."""
        seeds = self._seeds if any(seed is not None for seed in self._seeds) else None
        observations, _ = self.envs.reset(seed=seeds, options=self._reset_arguments())
        self.reset_infos: list[dict[str, Any]] = [{} for _ in range(self.num_envs)]
        self._reset_seeds()
        self._reset_options()
        return observations

    def _reset_arguments(self) -> dict[str, Any]:
        """The rows' options as those of the vector environment."""
        configs = [options.get("demand_config") for options in self._options]
        return {"demand_config": configs} if any(config is not None for config in configs) else {}

    def step_async(self, actions: Any) -> None:
        """Keeps the actions for :meth:`step_wait`."""
        self.actions = actions

    def step_wait(self) -> tuple[NDArray[Any], NDArray[np.float32], NDArray[np.bool_], list[dict[str, Any]]]:
        """Plays one period in every row: observations, rewards, ends and infos."""
        observations, rewards, terminations, truncations, details = self.envs.step(self.actions)
        infos: list[dict[str, Any]] = [{} for _ in range(self.num_envs)]
        ended = terminations | truncations
        for row in np.flatnonzero(ended):
            episode = details["episode"]
            infos[row] = {
                "terminal_observation": details["final_obs"][row],
                "TimeLimit.truncated": bool(truncations[row] and not terminations[row]),
                "episode": {"r": float(episode["r"][row]), "l": int(episode["l"][row]), "t": float(episode["t"][row])},
            }
        return observations, rewards.astype(np.float32), ended, infos

    def close(self) -> None:
        """Closes the vector environment."""
        self.envs.close()

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        """An attribute of the rows asked for, or one of the vector environment, which all rows share."""
        rows = self._rows(indices)
        try:
            values = self.envs.get_attr(attr_name)
        except AttributeError:
            return [getattr(self.envs, attr_name)] * len(rows)
        return [values[row] for row in rows]

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        """Refused: the rows are one native batch."""
        raise NotImplementedError(
            f"{attr_name} cannot be set: the rows are one native batch. Give it when making the environment, or "
            "demand as set_options({'demand_config': {...}})"
        )

    def env_method(self, method_name: str, *arguments: Any, indices: Any = None, **named: Any) -> list[Any]:
        """``snapshot`` or ``restore`` of the rows asked for."""
        if method_name not in _ROW_METHODS:
            raise AttributeError(f"a row has no method {method_name!r}; known: {', '.join(_ROW_METHODS)}")
        method = getattr(self.envs, method_name)
        return [method(row, *arguments, **named) for row in self._rows(indices)]

    def env_is_wrapped(self, wrapper_class: type[Any], indices: Any = None) -> list[bool]:
        """True for ``Monitor``, whose statistics the infos hold; False for all others."""
        monitor = extra("stable_baselines3.common.monitor", "rl").Monitor
        return [issubclass(wrapper_class, monitor)] * len(self._rows(indices))

    def _rows(self, indices: int | Iterable[int] | None) -> Sequence[int]:
        """The rows asked for; all of them where none are named."""
        if indices is None:
            return range(self.num_envs)
        return [indices] if isinstance(indices, int) else list(indices)


def make_vec_env(num_envs: int, **arguments: Any) -> InvMgmtVecEnv:
    """A vector environment for Stable-Baselines3; see :class:`InvMgmtVecEnv`."""
    return InvMgmtVecEnv(num_envs, **arguments)


__all__ = ["InvMgmtVecEnv", "make_vec_env"]
