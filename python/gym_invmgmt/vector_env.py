"""The native vector environment: many episodes stepped by one call."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import gymnasium as gym
import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from gym_invmgmt import _native
from gym_invmgmt._action_modes import space_of, to_action, warn_of_simplified
from gym_invmgmt._arguments import ALPHA, ARGUMENTS, BACKLOG, NUM_PERIODS, EnvironmentArguments, Played
from gym_invmgmt._batch_state import call_rows, revive, saved
from gym_invmgmt._checks import reset_options, thread_count, told_if_busy, unmasked, whole_number
from gym_invmgmt.core_env import CoreEnv
from gym_invmgmt.demand_engine import DemandEngine
from gym_invmgmt.network_topology import Edge
from gym_invmgmt.snapshot import Snapshot, opened, snapshot_of
from gym_invmgmt.wrappers.domain_randomization import randomization_of

_MODES = {
    AutoresetMode.NEXT_STEP: "NextStep",
    AutoresetMode.SAME_STEP: "SameStep",
    AutoresetMode.DISABLED: "Disabled",
}
_INFO_KEYS = ("period", "step_reward", "total_inventory", "total_backlog", "sentiment")

#: What would do nothing, or half of what it says, if it were set later.
_FIXED = (
    *ARGUMENTS, "num_envs", "network", "num_threads", "autoreset_mode", "dtype", "copy", "episode_statistics",
    "observation", "observation_layout", "randomize", "max_episode_steps",
)  # fmt: skip

#: What single environments and demand engines have, and rows have for themselves.
_OF_ROWS = (
    *(name for name in dir(CoreEnv) if not name.startswith("_") and not hasattr(VectorEnv, name)), "np_random",
    *(row.key for row in _native.Demand.PARAMETERS), "sentiment",
)  # fmt: skip

Floats = NDArray[np.floating[Any]]


class InvMgmtVectorEnv(VectorEnv[Any, Any, Any]):
    """Many environments of one network, each with its own stream and demand, stepped natively.

    Row i seeded ``s + i`` equals :class:`~gym_invmgmt.core_env.CoreEnv` with that seed, number for number
    (``dtype="float64"``), whatever the number of threads. Before any seeding row i has the stream of seed i.

    Args:
        num_envs: number of environments, >= 1.
        scenario: as all arguments up to ``env_config``: see ``CoreEnv``.
        demand_config: see ``CoreEnv``.
        render_mode: only ``None``; render a single environment restored from a row's snapshot instead.
        num_periods: length of an episode [periods].
        backlog: whether unmet demand waits.
        alpha: discount factor per period.
        config_path: a YAML network file, or a network already read.
        user_D: ``{(retailer, market): series}``, demand that replaces draws.
        sample_path: kept and not used.
        action_mode: how actions are read, see ``CoreEnv``.
        action_ceilings: what the largest action stands for, see ``CoreEnv``.
        terminate_at_horizon: whether the end of an episode is announced in ``terminations``, not ``truncations``.
        env_config: a dict of these arguments; its entries win.
        num_threads: most threads to use, all cores by default; a small step stays on the caller's thread.
        autoreset_mode: ``NEXT_STEP``, ``SAME_STEP`` or ``DISABLED``, as Gymnasium defines them.
        dtype: of observations, ``"float64"`` or ``"float32"`` (the double rounded once). Actions of both kinds are
            taken in either case; rewards are float64.
        copy: whether each call returns new arrays. Without copies the arrays of the last step are overwritten by the
            next one.
        observation: what a row's observation is made of: ``"raw"``, or a layout of features with the name that
            ``docs/wrappers.md`` gives it, such as ``"domain-v2"`` or ``"graph-blind"``.
        randomize: ``True``, or a dict of arguments of :class:`~gym_invmgmt.wrappers.DomainRandomizationWrapper`: each
            row draws its own demand and backlog rule at each reset.
        episode_statistics: whether infos hold ``episode`` with return ``r``, length ``l`` and seconds ``t`` where an
            episode ended.
        max_episode_steps: episodes are truncated after so many periods, as by Gymnasium's ``TimeLimit``; their horizon
            stays ``num_periods``, so that nothing is paid for stock that is left. ``None`` and -1 cut nothing.

    Raises:
        ValueError: an argument that cannot be used. TypeError: an unknown argument.
    """

    metadata: ClassVar[dict[str, Any]] = {"render_modes": [], "autoreset_mode": AutoresetMode.NEXT_STEP}  # type: ignore[misc]

    def __init__(
        self,
        num_envs: int,
        *,
        scenario: Played = "network",
        demand_config: Mapping[str, Any] | None = None,
        render_mode: str | None = None,
        num_periods: int = NUM_PERIODS,
        backlog: bool = BACKLOG,
        alpha: float = ALPHA,
        config_path: str | Path | _native.Network | None = None,
        user_D: Mapping[Edge, Any] | None = None,
        sample_path: Mapping[Any, Any] | None = None,
        action_mode: str = "raw",
        action_ceilings: Sequence[float] | NDArray[Any] | None = None,
        terminate_at_horizon: bool = False,
        env_config: Mapping[str, Any] | None = None,
        num_threads: int | None = None,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        dtype: Any = "float64",
        copy: bool = True,
        episode_statistics: bool = False,
        observation: str = "raw",
        randomize: bool | Mapping[str, Any] = False,
        max_episode_steps: int | None = None,
    ) -> None:
        arguments = EnvironmentArguments.of(locals())
        #: What a copy or a pickle is made from.
        self._made_with = {
            **arguments.as_dict(),
            "num_envs": num_envs,
            "num_threads": num_threads,
            "autoreset_mode": autoreset_mode,
            "dtype": dtype,
            "copy": copy,
            "episode_statistics": episode_statistics,
            "observation": observation,
            "randomize": randomize,
            "max_episode_steps": max_episode_steps,
        }
        self.num_envs = whole_number("num_envs", num_envs)
        self.num_threads = thread_count(num_threads)
        self.autoreset_mode = _mode(autoreset_mode)
        self.metadata = {**type(self).metadata, "autoreset_mode": self.autoreset_mode}  # type: ignore[misc]
        self.dtype = _dtype(dtype)
        self.copy = bool(copy)
        self.episode_statistics = bool(episode_statistics)
        self._closed = False
        randomization = randomization_of(randomize)
        self._build(arguments, observation)
        if randomization is not None:
            self._batch.randomize_resets(randomization)
        self._is_randomized = randomization is not None
        self._cut = self.num_periods + 1
        if max_episode_steps is not None and max_episode_steps != -1:
            self._cut = whole_number("max_episode_steps", max_episode_steps)
            self._batch.end_after(self._cut)
        #: The demand engine that replaced a row's demand, if one did.
        self._replaced: list[DemandEngine | None] = [None] * self.num_envs
        self._is_built = True

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _FIXED and "_is_built" in self.__dict__:
            raise AttributeError(
                f"{name} is fixed when a vector environment is made; make another one. Demand alone can be replaced: "
                "reset(options={'demand_config': {...}}). Nothing was changed"
            )
        if name in _OF_ROWS and "_is_built" in self.__dict__:
            raise AttributeError(
                f"{name} is each row's own, and setting it here would do nothing. Demand is replaced by "
                "reset(options={'demand_config': {...}}), a row's state by restore(row, snapshot). Nothing was changed"
            )
        super().__setattr__(name, value)

    def _build(self, arguments: EnvironmentArguments, observation: str) -> None:
        if arguments.render_mode is not None:
            raise ValueError(
                f"render_mode is {arguments.render_mode!r}; a vector environment has none. "
                "Render a CoreEnv restored from snapshot(row)"
            )
        self.render_mode = None
        self.num_periods, self.network = arguments.num_periods, arguments.network()
        self.backlog, self.alpha = arguments.backlog, arguments.alpha
        if not math.isfinite(self.alpha):
            raise ValueError(f"alpha is {self.alpha}; expected a finite number")
        self.action_mode, self.terminate_at_horizon = arguments.action_mode, arguments.terminate_at_horizon
        #: Demand as it was when the environment was made.
        self._engine = self._bound(DemandEngine(arguments.demand_config))
        core = self._engine._core
        self._batch = _native.Batch(
            self.network._native,
            core,
            rows=self.num_envs,
            num_periods=self.num_periods,
            backlog=self.backlog,
            discount=self.alpha,
            threads=self.num_threads,
            autoreset=_MODES[self.autoreset_mode],
            single_precision=self.dtype == np.float32,
            copies=self.copy,
            figures=self.episode_statistics,
        )
        ceilings = arguments.action_ceilings
        self._actions = _native.Actions(self.network._native, core, self.action_mode, self.num_periods, ceilings)
        self._batch.read_actions(self._actions)
        warn_of_simplified("action_mode", self.action_mode, self._actions.simplifies)
        high = float(self.network.init_inv_max) + float(self.network.capacity_max) * self.num_periods
        kind = self.dtype.type
        self.single_action_space = space_of(self.action_mode, self._actions, high, kind)
        self._observation_labels = self.network._native.observation_labels()
        if observation != "raw":
            features = _native.Features(self.network._native, str(observation))
            self._batch.observe_features(features)
            warn_of_simplified("observation", str(observation), features.simplifies)
            self._observation_labels = features.labels
        self.observation_layout = str(observation)
        length = len(self._observation_labels)
        self.single_observation_space = gym.spaces.Box(-np.inf, np.inf, (length,), kind)
        self.action_space = batch_space(self.single_action_space, self.num_envs)
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)
        self._never = np.zeros(self.num_envs, dtype=np.bool_)
        self._started = np.full(self.num_envs, time.perf_counter())

    def _bound(self, engine: DemandEngine) -> DemandEngine:
        """A demand engine, bound to the network and its replays."""
        links = engine._link_cores(self.network.retail_map)
        engine._core.bind(self.network._native, self.network._replays, self.num_periods, links)
        return engine

    @property
    def observation_labels(self) -> list[str]:
        """What each entry of an observation is."""
        return list(self._observation_labels)

    @property
    def action_labels(self) -> list[str]:
        """What each entry of an action is."""
        return self._actions.labels

    @property
    def action_ceilings(self) -> NDArray[np.float64] | None:
        """What the largest action stands for, per entry [units]; none for raw quantities."""
        return None if self.action_mode == "raw" else self._actions.ceilings

    def to_action(self, units: Sequence[float] | NDArray[Any]) -> NDArray[Any]:
        """The action that stands for these quantities, for one row or many; see ``CoreEnv.to_action``."""
        return to_action(self.action_mode, self._actions, units)

    @told_if_busy()
    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: Mapping[str, Any] | None = None
    ) -> tuple[Floats, dict[str, Any]]:
        """Begins episodes in all rows, or in those of a mask.

        Args:
            seed: ``s`` gives row i the stream of seed ``s + i``; a list gives each row its own, ``None`` in it (and in
                place of it) lets a stream go on.
            options: ``demand_config`` (a dict for all rows, or a list with a dict or ``None`` per row) replaces demand
                until it is replaced again; ``reset_mask`` (bool array of shape (num_envs,)) chooses rows.

        Returns:
            Observations of all rows and an empty info.

        Raises:
            ValueError, TypeError: seeds, mask or configuration that cannot be used; nothing is changed then.
        """
        self._check_open()
        self._batch.require_idle()
        options = reset_options(options, ("demand_config", "reset_mask"))
        mask = _mask(options.get("reset_mask"), self.num_envs)
        rows = range(self.num_envs) if mask is None else np.flatnonzero(mask).tolist()
        seeds = self._seeds(seed)
        demand = self._demand(options.get("demand_config"))
        if isinstance(seeds, int) and mask is None:
            self._batch.seed_all(seeds)
        elif seeds is not None:
            for row in rows:
                row_seed = seeds + row if isinstance(seeds, int) else seeds[row]
                if row_seed is not None:
                    self._batch.seed(row, row_seed)
        if self._is_randomized:
            for row in rows:
                given = seeds if seeds is None or isinstance(seeds, int) else seeds[row]
                self._batch.randomize(row, aside=given is not None)
        if isinstance(demand, list):
            for row in rows:
                if demand[row] is not None:
                    self._replace_demand([row], demand[row])
        elif demand is not None:
            self._replace_demand(list(rows), demand)
        self._batch.begin(mask)
        self._started[list(rows)] = time.perf_counter()
        return self._batch.observe(), {}

    def _seeds(self, seed: Any) -> Any:
        """The seeds as one int, a list per row, or none; checked."""
        if seed is None:
            return None
        if isinstance(seed, (int, np.integer)) and not isinstance(seed, bool):
            seed = int(seed)
            if seed < 0:
                raise ValueError(f"seed is {seed}; expected a whole number >= 0")
            return seed
        seeds = list(seed) if isinstance(seed, (Sequence, np.ndarray)) and not isinstance(seed, str) else None
        if seeds is None or len(seeds) != self.num_envs:
            raise ValueError(
                f"seed is {seed!r}; expected an int, or a list with one entry for each of {self.num_envs} environments"
            )
        for row, value in enumerate(seeds):
            whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
            if value is not None and not (whole and value >= 0):
                raise ValueError(f"seed[{row}] is {value!r}; expected a whole number >= 0 or None")
        return [None if value is None else int(value) for value in seeds]

    def _replace_demand(self, rows: list[int], engine: DemandEngine) -> None:
        """Gives rows other demand, from now on."""
        self._batch.set_demand(rows, engine._core)
        for row in rows:
            self._replaced[row] = engine

    def _demand(self, config: Any) -> Any:
        """Demand engines for a demand configuration: one for all rows, a list per row, or none; bound and checked."""
        if config is None or isinstance(config, Mapping):
            return None if config is None else self._bound(DemandEngine(config))
        if not isinstance(config, Sequence) or len(config) != self.num_envs:
            raise ValueError(
                f"options['demand_config'] is a {type(config).__name__}; expected a dict, or a list with "
                f"a dict or None for each of {self.num_envs} environments"
            )
        return [None if row is None else self._bound(DemandEngine(row)) for row in config]

    def step(
        self, actions: Any
    ) -> tuple[Floats, NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]:
        """Plays one period in every row.

        Args:
            actions: quantities requested, shape (num_envs, supply links), float32 or float64 [units]; in another
                ``action_mode`` one action of that mode per row.

        Returns:
            Observations, rewards (float64), terminations (all False, unless ``terminate_at_horizon``), truncations
            (all False with it), and infos: the single environment's
            keys as arrays, each with a mask ``_key`` of the rows it holds for.

        Raises:
            ValueError: actions of the wrong shape, a quantity that is not finite (its row is named), a row whose
            episode is over while resets are disabled, or, with ``copy=False``, an array of the last step that was
            resized or made another type. RuntimeError: another thread, or the actions themselves, are in the middle
            of a step of this environment. Nothing is changed then.
        """
        self._check_open()
        stepped = self._batch.step(actions)
        observations, rewards, over, played, *measures = stepped
        values = (measures[0], rewards, *measures[1:])
        if self.copy:
            never = np.zeros(self.num_envs, dtype=np.bool_)
        else:
            # The caller has held this array since the last step and may have written to it, or changed it in place.
            if self._never.dtype != np.bool_ or self._never.shape != (self.num_envs,):
                self._never = np.zeros(self.num_envs, dtype=np.bool_)
            never = self._never
            never.fill(False)
        infos: dict[str, Any] = {}
        ended = bool(over.any())
        if ended and self.autoreset_mode == AutoresetMode.SAME_STEP:
            self._add_final(infos, values, over)
            played = played & ~over
            values = tuple(np.where(played, value, 0) for value in values)
        if played.any():
            for key, value in zip(_INFO_KEYS, values, strict=True):
                # The reward is returned beside the infos; two names must not share one writable array.
                infos[key] = value.copy() if value is rewards else value
                infos[f"_{key}"] = played
        if self.episode_statistics and ended:
            self._add_statistics(infos, over)
        terminations, truncations = (over, never) if self.terminate_at_horizon else (never, over)
        if self._cut < self.num_periods:
            terminations, truncations = never, over
        elif self._cut == self.num_periods:
            truncations = over.copy()
        return observations, rewards, terminations, truncations, infos

    def _add_final(self, infos: dict[str, Any], values: tuple[Any, ...], ended: NDArray[np.bool_]) -> None:
        """Last observations and infos of the rows that ended and have begun again."""
        finals = self._batch.final_observations.copy()
        observations = np.full(self.num_envs, None, dtype=object)
        for row in np.flatnonzero(ended):
            observations[row] = finals[row]
        final_info: dict[str, Any] = {}
        for key, value in zip(_INFO_KEYS, values, strict=True):
            final_info[key] = np.where(ended, value, 0)
            final_info[f"_{key}"] = ended.copy()
        infos.update(final_obs=observations, _final_obs=ended.copy(), final_info=final_info, _final_info=ended.copy())

    def _add_statistics(self, infos: dict[str, Any], ended: NDArray[np.bool_]) -> None:
        """Return, length and seconds of the episodes that ended."""
        profits, lengths = self._batch.returns()
        now = time.perf_counter()
        seconds = np.round(now - self._started, 6)
        infos["episode"] = {
            name: np.where(ended, values, 0) for name, values in (("r", profits), ("l", lengths), ("t", seconds))
        }
        infos["_episode"] = ended.copy()
        self._started[ended] = now

    def snapshot(self, row: int) -> Snapshot:
        """The state of a row, its stream included; see :mod:`gym_invmgmt.snapshot`.

        Raises:
            IndexError: no such row.
        """
        self._check_open()
        values, stream, demand, backlog, supply = self._batch.save(self._row(row))
        saved = snapshot_of(self.network, values, stream, demand, supply)
        return saved if backlog is None else {**saved, "backlog": backlog}

    def restore(self, row: int, snapshot: Snapshot) -> Floats:
        """Puts a saved state into a row: it replays identically.

        Returns:
            The row's observation.

        Raises:
            ValueError: the snapshot is of another version or network, is damaged, or lies beyond the horizon.
            IndexError: no such row. Nothing is changed then.
        """
        self._check_open()
        self._batch.require_idle()
        row, saved = self._row(row), opened(snapshot, self.network, self.num_periods)
        if saved.backlog not in (None, self.backlog) and not self._is_randomized:
            raise ValueError(
                f"the snapshot was taken with backlog={saved.backlog}; the rows of this vector environment play "
                f"backlog={self.backlog}. Nothing was changed"
            )
        # What single market links have of their own is the row's, not the snapshot's.
        self._batch.restore(row, saved.row, saved.stream, saved.demand, saved.backlog, saved.supply)
        observation: Floats = self._batch.observe()[row].copy()
        return observation

    def get_attr(self, name: str) -> tuple[Any, ...]:
        """An attribute of every row; see :meth:`call`."""
        return self.call(name)

    def call(self, name: str, *args: Any, **kwargs: Any) -> tuple[Any, ...]:
        """What an attribute of every row is, or what a method of every row returns, as ``SyncVectorEnv`` gives it.

        Rows have what they share (such as ``num_periods``, ``network``, ``action_labels``), ``period``, ``state``,
        ``backlog``, ``demand_engine`` and ``np_random`` as they stand (copies), and the methods ``snapshot`` and
        ``to_action``. They keep no history: play a ``CoreEnv`` restored from ``snapshot(row)`` for the rest.

        Raises:
            AttributeError: a row has no such thing; those it has are named.
        """
        self._check_open()
        return call_rows(self, name, args, kwargs)

    def set_attr(self, name: str, values: Any) -> None:
        """Refused with an AttributeError: the rows are one native batch."""
        raise AttributeError(
            f"{name} cannot be set: the rows are one native batch. Give it when making the environment, demand as "
            "reset(options={'demand_config': {...}}), and a row's state as restore(row, snapshot). Nothing was changed"
        )

    def __getstate__(self) -> dict[str, Any]:
        return saved(self)

    def __setstate__(self, state: dict[str, Any]) -> None:
        revive(self, state)

    def _row(self, row: int) -> int:
        """The number of a row, checked."""
        whole = isinstance(row, (int, np.integer)) and not isinstance(row, bool)
        if not whole or not 0 <= row < self.num_envs:
            raise IndexError(f"row is {row!r}; expected a whole number from 0 to {self.num_envs - 1}")
        return int(row)

    def close_extras(self, **kwargs: Any) -> None:
        """Marks the environment closed; its memory goes with the object."""
        self._closed = True

    def _check_open(self) -> None:
        if self._closed:
            raise gym.error.ClosedEnvironmentError("this vector environment has been closed; make another one")
        if self.network.has_edits:
            raise ValueError(
                "network.graph was edited; the rows of a vector environment share one network, compiled when it was "
                "made. Make another one of the changed network (config_path), "
                "or edit the graph of a CoreEnv. Nothing was played"
            )


def _mode(mode: AutoresetMode | str) -> AutoresetMode:
    if isinstance(mode, AutoresetMode):
        return mode
    for known in AutoresetMode:
        if mode in (known.value, known.name):
            return known
    raise ValueError(f"autoreset_mode is {mode!r}; expected one of {', '.join(mode.name for mode in AutoresetMode)}")


def _dtype(dtype: Any) -> np.dtype[Any]:
    """The kind of number of observations, checked."""
    known = (np.dtype(np.float64), np.dtype(np.float32))
    try:
        return known[known.index(np.dtype(dtype if dtype is not None else object))]
    except (TypeError, ValueError):
        raise ValueError(f"dtype is {dtype!r}; expected 'float64' or 'float32'") from None


def _mask(mask: Any, count: int) -> NDArray[np.bool_] | None:
    """The reset mask, checked."""
    if mask is None:
        return None
    if not isinstance(mask, np.ndarray) or mask.dtype != np.bool_:
        kind = f"an array of {mask.dtype}" if isinstance(mask, np.ndarray) else f"a {type(mask).__name__}"
        raise TypeError(f"options['reset_mask'] is {kind}; expected a numpy array of bool")
    if mask.shape != (count,):
        raise ValueError(f"options['reset_mask'] has shape {mask.shape}; expected ({count},)")
    if not mask.any():
        raise ValueError("options['reset_mask'] chooses no row; expected at least one True")
    return np.ascontiguousarray(unmasked("options['reset_mask']", mask))


__all__ = ["InvMgmtVectorEnv"]
