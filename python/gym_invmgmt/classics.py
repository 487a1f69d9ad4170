"""The famous problems of inventory theory as environments with parameters, and what is optimal on them.

Each class is an environment and its docstring the page of its problem. ``gym.make("GymInvMgmt/LostSales-v0",
lead_time=4, penalty=9)`` makes it, ``gym.make_vec`` many of it in one batch.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, ClassVar

import gymnasium as gym
import numpy as np
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from gym_invmgmt import _native
from gym_invmgmt._arguments import EnvironmentArguments
from gym_invmgmt.core_env import CoreEnv
from gym_invmgmt.network_topology import SupplyChainNetwork
from gym_invmgmt.scenarios import Scenario
from gym_invmgmt.snapshot import Snapshot
from gym_invmgmt.vector_env import InvMgmtVectorEnv

Array = NDArray[np.float64]

#: Arguments of an environment that say what is played, which a classic says itself.
_SAID = ("scenario", "config_path", "demand_config", "user_D", "sample_path", "backlog", "alpha")
_PAGES = {name: (title, page, position, parameters) for name, title, page, position, parameters in _native.classics()}


def scenario(name: str, **parameters: Any) -> Scenario:
    """A classic with these parameters, as a scenario.

    Args:
        name: of the classic, as ``"LostSales"``; :func:`names` lists them.
        **parameters: what is not given has its default.

    Raises:
        ValueError: an unknown classic or parameter, or a value that is not allowed; all of them at once.
    """
    text = json.dumps({"classic": {"name": name, **parameters}}, default=_plain)
    return Scenario(_native.Scenario.from_yaml(text))


def names() -> list[str]:
    """The classics that come along."""
    return list(_PAGES)


def _plain(value: Any) -> Any:
    """A number or an array of numpy, a tuple or another mapping as JSON has it."""
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    if isinstance(value, Mapping):
        return dict(value)
    raise ValueError(f"found a {type(value).__name__}; expected a number, a text, a list or a mapping")


def _parted(name: str, arguments: Mapping[str, Any]) -> tuple[Scenario, dict[str, Any]]:
    """The scenario of a classic, and the arguments that are the environment's."""
    _, _, _, own = _PAGES[name]
    parameters = [parameter for parameter, *_ in own]
    free = [field.name for field in fields(EnvironmentArguments) if field.name not in _SAID]
    given = {key: value for key, value in arguments.items() if key in parameters}
    rest = {key: value for key, value in arguments.items() if key not in parameters}
    for key in rest:
        if key in _SAID:
            raise TypeError(f"{name} says itself what is played, and has no argument {key!r}; parameters: {parameters}")
        if key not in free:
            raise TypeError(
                f"{name} has no parameter {key!r}; parameters: {', '.join(parameters)}; "
                f"arguments of every environment: {', '.join(free)}, observation"
            )
    return scenario(name, **given), rest


class ClassicEnv(CoreEnv):
    """A classic as a single environment; see the classes below, one for each.

    Args:
        observation: ``"raw"``, the whole state, or ``"position"``, the inventory position of each node.
        **arguments: the parameters of the classic, and ``num_periods``, ``render_mode``, ``action_mode``,
            ``action_ceilings`` and ``terminate_at_horizon`` as in :class:`CoreEnv`.

    Raises:
        ValueError: a parameter that is not allowed, with what is. TypeError: an unknown argument.
    """

    #: The name of the classic.
    classic: ClassVar[str] = ""

    def __init__(self, *, observation: str = "raw", **arguments: Any) -> None:
        if observation not in ("raw", "position"):
            raise ValueError(f"observation is {observation!r}; expected 'raw' or 'position'")
        #: What is played, with source, convention and optimum.
        self.problem, rest = _parted(self.classic, arguments)
        self.observation_layout = observation
        super().__init__(**{**self.problem.kwargs, **rest})
        if self.action_mode == "raw":
            self.action_space = _orders(self.network, self._attach_demand(), self.num_periods, np.float64)
        if observation == "position":
            self.__dict__["obs_dim"] = len(self.network.main_nodes)
            self.observation_space = gym.spaces.Box(-np.inf, np.inf, (self.obs_dim,), np.float64)

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.__doc__ = _docstring(cls.classic)

    @property
    def observation_labels(self) -> list[str]:
        """What each entry of an observation is."""
        if self.observation_layout == "raw":
            return super().observation_labels
        return self._positions().labels

    def _positions(self) -> _native.Features:
        return _native.Features(self.network._native, "position")

    def _seen(self, observation: Array) -> Array:
        if self.observation_layout == "raw":
            return observation
        return self._episode.features(self._positions(), 0.0)

    def reset(
        self, *, seed: int | None = None, options: Mapping[str, Any] | None = None
    ) -> tuple[Array, dict[str, Any]]:
        """Begins an episode; see :meth:`CoreEnv.reset`."""
        observation, info = super().reset(seed=seed, options=options)
        return self._seen(observation), info

    def step(self, action: Any) -> tuple[Array, float, bool, bool, dict[str, Any]]:
        """Plays one period; see :meth:`CoreEnv.step`."""
        observation, reward, terminated, truncated, info = super().step(action)
        return self._seen(observation), reward, terminated, truncated, info

    def restore(self, snapshot: Snapshot, *, resample: int | None = None) -> Array:
        """Continues from a saved state; see :meth:`CoreEnv.restore`."""
        return self._seen(super().restore(snapshot, resample=resample))


def _docstring(name: str) -> str:
    """The page of a problem: what it is, its convention, parameters and optimum."""
    title, page, position, parameters = _PAGES[name]
    usual = scenario(name)
    rows = [
        f"    {parameter}: {meaning}; {allowed}. Default: {default}."
        for parameter, meaning, default, allowed in parameters
    ]
    seen = ' or ``observation="position"``, the inventory position of each node,' if position else ""
    optimum = usual.optimum
    best = (
        f"With its default parameters: {optimum.words}."
        if optimum is not None
        else "For its default parameters no optimum comes along."
    )
    return "\n".join(
        [
            f"{title[0].upper()}{title[1:]}.",
            "",
            page,
            "",
            f"**Source.** {usual.source}.",
            "",
            f"**Convention.** {usual.convention}",
            "",
            f"**Optimum.** {best} ``env.unwrapped.problem.optimum`` is that of the parameters in use, if it is known.",
            "",
            f"**Observation.** The whole state{seen} and float64; an action is a quantity per supply link, see",
            ":class:`~gym_invmgmt.core_env.CoreEnv`. The reward is the profit, a cost being a loss.",
            "",
            "Args:",
            *rows,
        ]
    )


class LostSales(ClassicEnv):  # noqa: D101 - their docstrings are the pages of the problems
    classic = "LostSales"


class FixedCost(ClassicEnv):  # noqa: D101
    classic = "FixedCost"


class SerialChain(ClassicEnv):  # noqa: D101
    classic = "SerialChain"


class BeerGame(ClassicEnv):  # noqa: D101
    classic = "BeerGame"


class DualSourcing(ClassicEnv):  # noqa: D101
    classic = "DualSourcing"


class RandomLeadTime(ClassicEnv):  # noqa: D101
    classic = "RandomLeadTime"


class Perishable(ClassicEnv):  # noqa: D101
    classic = "Perishable"


class OneWarehouse(ClassicEnv):  # noqa: D101
    classic = "OneWarehouse"


class JointReplenishment(ClassicEnv):  # noqa: D101
    classic = "JointReplenishment"


class Assembly(ClassicEnv):  # noqa: D101
    classic = "Assembly"


class AssembleToOrder(ClassicEnv):  # noqa: D101
    classic = "AssembleToOrder"


class UnreliableSupply(ClassicEnv):  # noqa: D101
    classic = "UnreliableSupply"


#: The classics that have an id, ``GymInvMgmt/NAME-v0``.
ENVIRONMENTS: dict[str, type[ClassicEnv]] = {
    kind.classic: kind
    for kind in (
        LostSales, FixedCost, SerialChain, BeerGame, DualSourcing, RandomLeadTime, Perishable, OneWarehouse,
        JointReplenishment, Assembly, AssembleToOrder, UnreliableSupply,
    )
}  # fmt: skip


def make(classic: str, **arguments: Any) -> ClassicEnv:
    """A single environment of a classic with an id; the arguments are those of its class."""
    return ENVIRONMENTS[classic](**arguments)


def make_vec(classic: str, num_envs: int = 1, **arguments: Any) -> InvMgmtVectorEnv:
    """Many environments of a classic in one batch.

    Args:
        classic: its name.
        num_envs: how many.
        **arguments: the classic's parameters, and the arguments of :class:`InvMgmtVectorEnv` that do not say what is
            played.

    Raises:
        ValueError: a parameter that is not allowed, with what is. TypeError: an unknown argument.
    """
    of_batch = {key: arguments.pop(key) for key in _OF_BATCH if key in arguments}
    problem, rest = _parted(classic, arguments)
    envs = InvMgmtVectorEnv(num_envs, **{**problem.kwargs, **rest, **of_batch})
    if envs.action_mode == "raw":
        core = envs._engine._core
        envs.single_action_space = _orders(envs.network, core, envs.num_periods, envs.dtype.type)
        envs.action_space = batch_space(envs.single_action_space, envs.num_envs)
    return envs


def _orders(network: SupplyChainNetwork, demand: _native.Demand, periods: int, kind: Any) -> gym.spaces.Box:
    """Orders up to what demand at its highest could ask for. The release's bound is the stock at the start, which a
    classic that begins empty, or with a period's demand, cannot live on.
    """
    ceilings = _native.Actions(network._native, demand, "scaled", periods, None).ceilings
    return gym.spaces.Box(np.zeros(len(ceilings), kind), ceilings.astype(kind), dtype=kind)


#: Arguments that only batches have.
_OF_BATCH = (
    "num_threads", "autoreset_mode", "dtype", "copy", "episode_statistics", "observation", "randomize",
    "max_episode_steps",
)  # fmt: skip

__all__ = [
    "ENVIRONMENTS",
    "AssembleToOrder",
    "Assembly",
    "BeerGame",
    "ClassicEnv",
    "DualSourcing",
    "FixedCost",
    "JointReplenishment",
    "LostSales",
    "OneWarehouse",
    "Perishable",
    "RandomLeadTime",
    "SerialChain",
    "UnreliableSupply",
    "make",
    "make_vec",
    "names",
    "scenario",
]
