"""The optimal policy of a small problem, proven."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from gym_invmgmt import _native
from gym_invmgmt._arguments import Played
from gym_invmgmt._checks import thread_count, whole_number
from gym_invmgmt.policies import NamedPolicy
from gym_invmgmt.rollouts import problem_of

Criterion = Literal["average", "discounted", "finite"]
_CRITERIA = ("average", "discounted", "finite")
_OBJECTIVES = ("profit", "cost")


class TablePolicy(NamedPolicy):
    """A policy that is a table of states and orders: what :func:`exact` finds.

    It plays wherever a policy by name does, in :func:`~gym_invmgmt.rollout` for one. In a state that is not in the
    table it does what is done in the nearest one.
    """

    @property
    def columns(self) -> tuple[str, ...]:
        """What each number of a state is, as labels of the observation; a sum where goods due count as there."""
        return tuple(self._native.columns())

    @property
    def states(self) -> NDArray[np.float64]:
        """The states, (states, columns) [units]."""
        return self._native.states()

    @property
    def orders(self) -> NDArray[np.float64]:
        """What is requested in each, (states, supply links) [units]."""
        return self._native.orders()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes it to an ``.npz`` file, which plays everywhere as ``table:FILE.npz``.

        Raises:
            ValueError: another ending. OSError: it cannot be written; an older file of this name is unchanged then.
        """
        if Path(path).suffix != ".npz":
            raise ValueError(f"path is {os.fspath(path)!r}; the name must end in .npz")
        self._native.save(path)


@dataclass(frozen=True)
class ExactSolution:
    """What :func:`exact` found."""

    #: Cost or profit, as :attr:`objective` says: per period, or discounted, or to the horizon, or within the window
    #: [money].
    value: float
    #: It lies between these: proven, up to :attr:`error` [money].
    low: float
    high: float
    #: States that may come up.
    states: int
    #: What counts: ``"average"``, ``"discounted"`` or ``"finite"``.
    criterion: str
    #: Whether the value is a ``"cost"`` or a ``"profit"``.
    objective: str
    #: The optimal policy.
    policy: TablePolicy = field(repr=False)
    #: What demand above what was reckoned with may change of the value [money], and how likely that is per period.
    error: float
    cut: float
    #: Choices in all states together, and successors a sweep over them looks at.
    choices: int
    transitions: int
    #: Sweeps of value iteration.
    sweeps: int
    #: Least and most units tried on each supply link.
    requests: tuple[tuple[int, int], ...]
    #: What is left out of account, in words; mostly nothing.
    simplifies: tuple[str, ...]


def exact(
    env: gym.Env[Any, Any] | Played | str,
    criterion: Criterion = "average",
    *,
    discount: float | None = None,
    actions: tuple[int, int] | range | None = None,
    objective: Literal["profit", "cost"] | None = None,
    warm_up: int = 0,
    periods: int | None = None,
    tail: float = 1e-12,
    tolerance: float = 1e-8,
    memory: float = 6.0,
    checkpoint: str | os.PathLike[str] | None = None,
    progress: Callable[[int, int, float], object] | None = None,
    num_threads: int | None = None,
) -> ExactSolution:
    """Finds the policy that earns most, by dynamic programming on the engine's own period.

    Args:
        env: an environment, wrapped or not, or what stands for one, such as the path of a scenario; taken as in
            :func:`~gym_invmgmt.rollout`. Its horizon counts under ``"finite"`` only.
        criterion: ``"average"`` (money per period in the long run), ``"discounted"`` or ``"finite"`` (to the horizon).
        discount: weight of a period's money against the period before; by default the environment's own, or 0.99 where
            that is 1 and the criterion is ``"discounted"``.
        actions: least and most units requested on each supply link, both included; or a range. By default whole units
            up to a bound that is raised until it is not in the way.
        objective: what is told; by default costs where customers pay nothing and stock is worth nothing in the end.
        warm_up: periods played before those that count.
        periods: tell what the policy earns in so many periods instead of all it earns.
        tail: demand is reckoned with up to a value above which less than this of the probability lies, per link.
        tolerance: how close the bounds of the value come, in units of the value where that is above 1.
        memory: most memory for the tables [GB].
        checkpoint: a file that keeps how far it came; a run that was stopped goes on from there and finds the same.
        progress: called a few times a second with the states found, the sweeps made, and the gap between the bounds
            (infinite while states are looked for). What it raises ends the work and is raised here.
        num_threads: most threads to use, all cores by default. The result does not depend on it.

    Raises:
        ValueError: a problem that is not modelled (what, and where, is named) or too large (with an estimate of its
            states), settings out of range, or a checkpoint of another problem. KeyboardInterrupt: Ctrl-C, within two
            seconds.

    Source: relative value iteration with the bounds of Odoni (1969) and MacQueen (1966).
    """
    if criterion not in _CRITERIA:
        raise ValueError(f"criterion is {criterion!r}; expected one of {', '.join(_CRITERIA)}")
    if objective is not None and objective not in _OBJECTIVES:
        raise ValueError(f"objective is {objective!r}; expected profit or cost")
    if criterion == "average" and discount is not None:
        raise ValueError("discount does nothing where the average per period counts; leave it out")
    if progress is not None and not callable(progress):
        raise TypeError(f"progress is a {type(progress).__name__}; expected a function of states, sweeps and gap")
    window = None if periods is None else (whole_number("warm_up", warm_up, least=0), whole_number("periods", periods))
    if periods is None and warm_up != 0:
        raise ValueError("warm_up does nothing without periods; leave it out or give both")
    if not (math.isfinite(memory) and memory > 0):
        raise ValueError(f"memory is {memory!r}; expected a number of GB above 0")
    problem, threads = problem_of(env), thread_count(num_threads)
    own = float(problem.rules["discount"])
    usual = 0.99 if criterion == "discounted" and own == 1.0 else own
    found = _native.solve_exactly(
        problem.network,
        problem.demand,
        criterion=criterion,
        weight=usual if discount is None else float(discount),
        actions=None if actions is None else _units(actions),
        tail=float(tail),
        tolerance=float(tolerance),
        memory=float(memory),
        window=window,
        checkpoint=checkpoint,
        watch=progress,
        threads=threads,
        **problem.rules,
    )
    told = objective or ("profit" if found["earns"] else "cost")
    value, low, high = found["profit"]
    if told == "cost":
        value, low, high = -value, -high, -low
    return ExactSolution(
        value=value,
        low=low,
        high=high,
        criterion=criterion,
        objective=told,
        policy=TablePolicy(found["policy"], "table"),
        requests=tuple(found["requests"]),
        simplifies=tuple(found["simplifies"]),
        **{name: found[name] for name in ("states", "error", "cut", "choices", "transitions", "sweeps")},
    )


def _units(actions: tuple[int, int] | range) -> tuple[int, int]:
    """Least and most units; a range ends before its stop, as everywhere in Python."""
    if isinstance(actions, range):
        if actions.step != 1 or len(actions) == 0:
            raise ValueError(f"actions is {actions!r}; expected whole units in steps of 1, at least one")
        return whole_number("actions", actions[0], least=0), whole_number("actions", actions[-1], least=0)
    try:
        least, most = actions
    except (TypeError, ValueError):
        raise ValueError(f"actions is {actions!r}; expected the least and the most units, as in (0, 20)") from None
    chosen = whole_number("actions[0]", least, least=0), whole_number("actions[1]", most, least=0)
    if chosen[0] > chosen[1]:
        raise ValueError(f"actions is {actions!r}; expected the least first")
    return chosen


__all__ = ["ExactSolution", "TablePolicy", "exact"]
