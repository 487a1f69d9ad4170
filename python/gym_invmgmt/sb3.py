"""The native batch as a vector environment of Stable-Baselines3, and its models as policies (extra ``rl``)."""

from __future__ import annotations

import contextlib
import importlib
import json
import pickle
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gym_invmgmt._extras import extra
from gym_invmgmt._files import replace_file
from gym_invmgmt._models import Model
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
#: Files of a saved policy, and the numbers of its normalisation.
_MODEL, _STATISTICS, _DECLARED = "model.zip", "normalisation.npz", "policy.json"
_NORMALISATION = ("mean", "variance", "epsilon", "limit")


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


class TrainedPolicy(Model):
    """A model with the normalisation it was trained under, as a policy for ``rollout`` and ``benchmark``.

    Made by :func:`policy`, kept by :meth:`save`, read by :func:`load_policy`.
    """

    def __init__(self, model: Any, normalisation: Mapping[str, Any] | None, **declared: Any) -> None:
        super().__init__(model)
        self._normalisation = None if normalisation is None else dict(normalisation)
        self.information = declared["information"]
        self.action_mode = declared["action_mode"]
        self.action_ceilings = declared["action_ceilings"]

    def seen(self, observation: NDArray[np.float64]) -> NDArray[Any]:
        """An observation as the model saw it in training."""
        if self._normalisation is None:
            return observation
        mean, variance, epsilon, limit = (self._normalisation[name] for name in _NORMALISATION)
        seen: NDArray[Any] = np.clip((observation - mean) / np.sqrt(variance + epsilon), -limit, limit)
        return seen.astype(np.float32)

    def save(self, folder: str | Path) -> None:
        """Keeps model, normalisation and what the policy declares, in a folder that is made if it is missing."""
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        replace_file(place / _MODEL, self._model.save)
        if self._normalisation is None:
            (place / _STATISTICS).unlink(missing_ok=True)
        else:
            numbers: dict[str, Any] = {name: np.asarray(value) for name, value in self._normalisation.items()}
            replace_file(place / _STATISTICS, lambda file: np.savez(file, **numbers))
        kind = type(self._model)
        ceilings = None if self.action_ceilings is None else [float(value) for value in self.action_ceilings]
        declared = {
            "algorithm": f"{kind.__module__}:{kind.__qualname__}",
            "is_normalised": self._normalisation is not None,
            "information": self.information,
            "action_mode": self.action_mode,
            "action_ceilings": ceilings,
        }
        replace_file(place / _DECLARED, lambda file: file.write(json.dumps(declared, indent=2).encode()))


def policy(
    model: Any,
    vecnormalize: Any = None,
    *,
    information: str = "undeclared",
    action_mode: str | None = None,
    action_ceilings: Sequence[float] | None = None,
) -> TrainedPolicy:
    """A trained model with its normalisation, as a policy that plays as it was trained.

    Args:
        model: the model.
        vecnormalize: the ``VecNormalize`` it was trained under, or the path of one that was saved (a pickle: only your
            own); by default that of the environment the model holds, if it has one.
        information: what it knows of demand, in words.
        action_mode: how its actions are read; by default as in the environment the model holds.
        action_ceilings: what its largest action stands for [units]; by default as in that environment.

    Raises:
        TypeError: ``vecnormalize`` is of another kind.
    """
    if vecnormalize is None:
        vecnormalize = model.get_vec_normalize_env()
    elif isinstance(vecnormalize, (str, Path)):
        with Path(vecnormalize).open("rb") as file:
            vecnormalize = pickle.load(file)
    normalisation = None
    if vecnormalize is not None:
        statistics = getattr(vecnormalize, "obs_rms", None)
        if not hasattr(vecnormalize, "norm_obs"):
            raise TypeError(f"vecnormalize is a {type(vecnormalize).__name__}; expected a VecNormalize, or its path")
        if vecnormalize.norm_obs and statistics is not None:
            numbers = (statistics.mean, statistics.var, vecnormalize.epsilon, vecnormalize.clip_obs)
            normalisation = {name: np.array(value) for name, value in zip(_NORMALISATION, numbers, strict=True)}
    trained_in = model.get_env()
    if action_mode is None and trained_in is not None:
        with contextlib.suppress(AttributeError):  # an environment that is none of ours
            action_mode = trained_in.get_attr("action_mode")[0]
            if action_ceilings is None:
                action_ceilings = trained_in.get_attr("action_ceilings")[0]
    declared = {"information": information, "action_mode": action_mode, "action_ceilings": action_ceilings}
    return TrainedPolicy(model, normalisation, **declared)


def load_policy(folder: str | Path) -> TrainedPolicy:
    """Reads what :meth:`TrainedPolicy.save` kept. A saved model of Stable-Baselines3 holds code: load only your own.

    Raises:
        ValueError: the folder holds no policy. FileNotFoundError: a file of it is missing.
    """
    place = Path(folder)
    try:
        declared = json.loads((place / _DECLARED).read_text(encoding="utf-8"))
        module, _, name = declared.pop("algorithm").partition(":")
        is_normalised = declared.pop("is_normalised")
    except (ValueError, KeyError, AttributeError) as error:
        raise ValueError(f"{place / _DECLARED} describes no policy: {error}") from None
    kind = getattr(importlib.import_module(module), name)
    if not issubclass(kind, extra("stable_baselines3.common.base_class", "rl").BaseAlgorithm):
        raise ValueError(f"{place / _DECLARED} names {name}, which is no algorithm of Stable-Baselines3")
    normalisation = None
    if is_normalised:
        with np.load(place / _STATISTICS, allow_pickle=False) as saved:
            normalisation = {name: saved[name] for name in _NORMALISATION}
    return TrainedPolicy(kind.load(place / _MODEL), normalisation, **declared)


def make_vec_env(num_envs: int, **arguments: Any) -> InvMgmtVecEnv:
    """A vector environment for Stable-Baselines3; see :class:`InvMgmtVecEnv`."""
    return InvMgmtVecEnv(num_envs, **arguments)


__all__ = ["InvMgmtVecEnv", "TrainedPolicy", "load_policy", "make_vec_env", "policy"]
