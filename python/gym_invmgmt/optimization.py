"""Levels of a policy found by simulation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from gym_invmgmt import _native
from gym_invmgmt._arguments import Played
from gym_invmgmt._checks import thread_count, whole_number
from gym_invmgmt.estimates import Estimate
from gym_invmgmt.rollouts import problem_of, seeds_of

#: Seeds the search looks at, and seeds its result is measured on, where none are given.
TRAINING_SEEDS = range(20000, 20064)
HELD_OUT_SEEDS = range(30000, 30256)


class Improvement(NamedTuple):
    """A set of levels that was better than all before it."""

    #: Sets of levels simulated so far, this one included.
    tried: int
    #: The levels, as in :attr:`OptimizationResult.levels` [units].
    levels: tuple[float, ...]
    #: Mean discounted profit over the training seeds [money].
    profit: float
    #: What the services over the training seeds lack to their targets, added up; 0 where all are reached [1].
    lack: float = 0.0


class Reached(NamedTuple):
    """How far levels came towards a target."""

    #: The service, by its name as a key figure: ``"immediate_fill_rate"`` or ``"cycle_service"``.
    service: str
    #: The retailer whose customers it is of; none for all customers together.
    retailer: str | None
    #: The target [1].
    target: float
    #: Whether the mean over the training seeds reaches it.
    reached: bool
    #: The service over the training seeds [1].
    training: Estimate
    #: The service on what the search did not see [1].
    held_out: Estimate | None


@dataclass(frozen=True)
class OptimizationResult:
    """What :func:`optimize` found."""

    #: The levels as a policy by name, for :func:`~gym_invmgmt.rollout`, ``policies.make`` and ``simulate --policy``.
    policy: str
    #: The levels [units]: one per managed node in order of id, (nodes,); for "ss", "rq" and "capped" pairs,
    #: (nodes, 2), for "joint" and "dual" triples, (nodes, 3).
    levels: NDArray[np.float64]
    #: Profit over the training seeds: what the search maximised, and therefore flattering.
    training: Estimate
    #: Profit on what the search did not see: held-out seeds, periods from ``test_from`` on, or both; none where it saw
    #: all there is, because nothing is drawn.
    held_out: Estimate | None
    #: Held-out profit above that of the start, seed by seed.
    gain: Estimate | None
    #: Whether anything is drawn; if not, there is one episode.
    drawn: bool
    #: The policy the search began with.
    start: str
    #: Sets of levels simulated.
    tried: int
    #: Whether the search stopped because restarts found nothing better, not because the budget was used up.
    settled: bool
    #: Every improvement, the start first.
    history: tuple[Improvement, ...]
    #: What was reached of every target.
    targets: tuple[Reached, ...] = ()

    @property
    def reached(self) -> bool:
        """Whether every target is reached over the training seeds; true where there is none."""
        return all(target.reached for target in self.targets)


def optimize(
    env: gym.Env[Any, Any] | Played,
    policy: str = "basestock",
    *,
    target: str | Iterable[str] = (),
    budget: int = 500,
    seeds: Sequence[int] = TRAINING_SEEDS,
    held_out: Sequence[int] = HELD_OUT_SEEDS,
    test_from: int | None = None,
    num_threads: int | None = None,
    gradient: bool = False,
) -> OptimizationResult:
    """Searches the levels of a policy that earn most, by simulation with common random numbers.

    Args:
        env: an environment, wrapped or not, or what stands for one; taken and played as in
            :func:`~gym_invmgmt.rollout`.
        policy: what is sought: ``"basestock"``, ``"echelon"``, ``"ss"``, ``"rq"``, ``"capped"``, ``"cascade"``,
            ``"ages"``, ``"joint"``, ``"dual"`` or ``"balanced"``; with a review period behind it, as in
            ``"basestock@7"``.
        target: a service that the levels have to reach, whatever they cost, or several:
            ``"fill-rate=0.97"`` (the immediate one: share of demand met at once) or ``"cycle-service=0.95"`` (share of
            cycles, from delivery to delivery, in which nobody goes without), of one retailer as in
            ``"fill-rate[shop]=0.97"``, of each as in ``"fill-rate[*]=0.97"``.
        budget: most sets of levels simulated, each on all of ``seeds``.
        seeds: seeds the search looks at, at least two.
        held_out: seeds the result is measured on, at least two, none of them among ``seeds``. Where nothing is drawn,
            as under ``user_D`` alone, neither list has a meaning.
        test_from: cuts series at this period, counted from 0: the search sees those before it, the result is measured
            on the rest. Both parts begin with the network's stock.
        num_threads: most threads to use, all cores by default. The result does not depend on it.
        gradient: begin with a climb along the derivative of the profit in the levels, of ``"basestock"`` and
            ``"echelon"``; what lets hundreds of levels be found.

    Raises:
        ValueError: an unknown policy or target, a budget below 1, seeds that cannot be used or that overlap, a
            ``test_from`` that cuts nothing, or a demand engine with Python methods of its own. TypeError: ``env`` is of
            another kind.
    """
    problem, threads = problem_of(env), thread_count(num_threads)
    found = _native.optimize_levels(
        problem.network,
        problem.demand,
        str(policy),
        targets=[target] if isinstance(target, str) else [str(one) for one in target],
        budget=whole_number("budget", budget),
        training=seeds_of(seeds),
        held_out=seeds_of(held_out, "held_out"),
        test_from=None if test_from is None else whole_number("test_from", test_from, least=0),
        threads=threads,
        gradient=bool(gradient),
        **problem.rules,
    )
    held_out_profit, gain = (None if found[name] is None else Estimate(*found[name]) for name in ("held_out", "gain"))
    levels = np.array(found["levels"])
    history = tuple(Improvement(tried, tuple(levels), profit, lack) for tried, levels, profit, lack in found["history"])
    return OptimizationResult(
        policy=found["policy"],
        levels=levels if found["numbers"] == 1 else levels.reshape(-1, found["numbers"]),
        training=Estimate(*found["training"]),
        held_out=held_out_profit,
        gain=gain,
        drawn=found["drawn"],
        start=found["start"],
        tried=found["tried"],
        settled=found["settled"],
        history=history,
        targets=tuple(_reached(*target) for target in found["targets"]),
    )


def _reached(service: str, retailer: str | None, target: float, reached: bool, measured: Any) -> Reached:
    training, held_out = (None if figures is None else Estimate(*figures) for figures in measured)
    assert training is not None
    return Reached(service, retailer, target, reached, training, held_out)


__all__ = ["Estimate", "Improvement", "OptimizationResult", "Reached", "optimize"]
