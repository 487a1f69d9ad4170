"""The derivative of what episodes earn: in every order, and in the levels of a policy.

A period is sums, minima and comparisons, so profit has a derivative in every order. The engine plays a period backwards
at about the cost of playing it. What has a derivative, and what is refused or smoothed, is on the page of gradients in
the documentation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from numpy.typing import ArrayLike, NDArray

from gym_invmgmt import _native
from gym_invmgmt._arguments import Played
from gym_invmgmt._checks import whole_number
from gym_invmgmt.rollouts import problem_of, seeds_of


class Gradient(NamedTuple):
    """What episodes earned, and how that answers what was chosen."""

    #: Discounted profit of each episode [money], (episodes,).
    profits: NDArray[np.float64]
    #: Derivative of each episode's profit [money / unit]: in the orders, (episodes, periods, links), or in the levels,
    #: (episodes, nodes) or (episodes, nodes, 2).
    gradient: NDArray[np.float64]


class Recorded:
    """Episodes side by side that remember how they were played, to be played backwards.

    Args:
        env: an environment, wrapped or not, or what stands for one, as in :func:`~gym_invmgmt.rollout`.
        episodes: number of episodes, >= 1.
        fixed_costs: units s over which a fixed order cost K is smoothed to K q / (q + s) in derivatives; by default its
            derivative is 0.
        goodwill: units over which goodwill's switch is smoothed; needed where demand has goodwill.
        rounding: whether what is rounded to whole units or lots, or raised to a least order, answers in derivatives as
            if it were neither, and whole units that chance lets through by the share that it let through; by default
            these derivatives are 0.

    Raises:
        ValueError: the profit has no derivative: the mechanism and its place are named.
    """

    def __init__(
        self,
        env: gym.Env[Any, Any] | Played,
        episodes: int,
        *,
        fixed_costs: float | None = None,
        goodwill: float | None = None,
        rounding: bool = False,
    ) -> None:
        problem = problem_of(env)
        smoothing = _smoothing(fixed_costs, goodwill, rounding)
        self._native = _native.Recorded(
            problem.network, problem.demand, episodes=whole_number("episodes", episodes), **smoothing, **problem.rules
        )
        #: Number of episodes.
        self.episodes = int(episodes)
        #: Length of an episode [periods].
        self.num_periods = int(problem.rules["num_periods"])
        #: Number of supply links, each of which is ordered on.
        self.links = sum(lead_time is not None for *_, lead_time in problem.network.links)

    @property
    def period(self) -> int:
        """Periods played."""
        return self._native.period

    def begin(self, seeds: Sequence[int]) -> NDArray[np.float64]:
        """Puts every episode at its start, with the stream of its seed; the state rows, (episodes, row).

        A state row holds the observation, and behind it the units on order per supply link; nothing that is hidden.
        """
        return self._native.begin(seeds_of(seeds))

    def step(self, orders: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Plays a period with these orders [units], (episodes, links); the next state rows, and the rewards [money]."""
        return self._native.step(np.ascontiguousarray(orders, dtype=np.float64))

    def reverse(
        self, period: int, rows: ArrayLike, rewards: ArrayLike
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Plays a period backwards: a vector-Jacobian product.

        Args:
            period: which of the periods played, from 0.
            rows: how something answers each number of the state rows behind the period, (episodes, row).
            rewards: how it answers the period's rewards, (episodes,).

        Returns:
            How it answers the state rows before the period, (episodes, row), and the orders, (episodes, links).
        """
        rows, rewards = (np.ascontiguousarray(given, dtype=np.float64) for given in (rows, rewards))
        return self._native.reverse(int(period), rows, rewards)


def rollout_gradient(
    env: gym.Env[Any, Any] | Played,
    orders: ArrayLike,
    *,
    seeds: Sequence[int],
    fixed_costs: float | None = None,
    goodwill: float | None = None,
    rounding: bool = False,
) -> Gradient:
    """What episodes earn under given orders, and the derivative in each of them.

    Args:
        env: an environment, wrapped or not, or what stands for one, as in :func:`~gym_invmgmt.rollout`.
        orders: quantity per period and supply link [units], (periods, links), or one such table per seed.
        seeds: one episode each.
        fixed_costs: as for :class:`Recorded`.
        goodwill: as for :class:`Recorded`.
        rounding: as for :class:`Recorded`.

    Raises:
        ValueError: orders of another shape or not finite, or a profit without a derivative.
    """
    seeds = seeds_of(seeds)
    recorded = Recorded(env, len(seeds), fixed_costs=fixed_costs, goodwill=goodwill, rounding=rounding)
    given = np.asarray(orders, dtype=np.float64)
    if (
        given.ndim not in (2, 3)
        or given.shape[-2] != recorded.num_periods
        or given.shape[:-2] not in ((), (len(seeds),))
    ):
        raise ValueError(
            f"orders have shape {given.shape}; expected ({recorded.num_periods}, links), or one such table for each of"
            f" the {len(seeds)} seeds"
        )
    tables = np.broadcast_to(given, (len(seeds), *given.shape[-2:]))
    rows = recorded.begin(seeds)
    profits = np.zeros(len(seeds))
    for period in range(recorded.num_periods):
        rows, rewards = recorded.step(tables[:, period])
        profits += rewards
    gradient = np.empty(tables.shape)
    worth, one = np.zeros_like(rows), np.ones(len(seeds))
    for period in reversed(range(recorded.num_periods)):
        worth, gradient[:, period] = recorded.reverse(period, worth, one)
    return Gradient(profits, gradient)


def level_gradient(
    env: gym.Env[Any, Any] | Played,
    levels: ArrayLike,
    *,
    seeds: Sequence[int],
    policy: str = "basestock",
    fixed_costs: float | None = None,
    goodwill: float | None = None,
    rounding: bool = False,
    reorder: float | None = None,
) -> Gradient:
    """What episodes earn under levels, and the derivative in each of them.

    Args:
        env: an environment, wrapped or not, or what stands for one, as in :func:`~gym_invmgmt.rollout`.
        levels: of each managed node in order of id [units]: one, (nodes,), of ``"basestock"`` and ``"echelon"``; two,
            (nodes, 2), of ``"capped"``, S and c, and of ``"ss"``, s and S.
        seeds: one episode each.
        policy: ``"basestock"``, ``"echelon"``, ``"capped"``, or ``"ss"`` with ``reorder``.
        fixed_costs: as for :class:`Recorded`.
        goodwill: as for :class:`Recorded`.
        rounding: as for :class:`Recorded`.
        reorder: units w over which an order of (s, S) is taken to set in: in derivatives it is what the position x
            lacks to S times 1 / (1 + exp((x - s) / w)). What is played stays what it is.

    Returns:
        The gradient has the shape of the levels behind that of the episodes.

    Raises:
        ValueError: another policy, levels of another number or not finite, or a profit without a derivative.
    """
    problem = problem_of(env)
    _check_units("reorder", reorder)
    given = np.asarray(levels, dtype=np.float64)
    profits, gradient = _native.level_gradient(
        problem.network,
        problem.demand,
        str(policy),
        [float(level) for level in given.ravel()],
        seeds=seeds_of(seeds),
        reorder=reorder,
        **_smoothing(fixed_costs, goodwill, rounding),
        **problem.rules,
    )
    return Gradient(profits, gradient.reshape(-1, *given.shape))


def _smoothing(fixed_costs: float | None, goodwill: float | None, rounding: bool) -> dict[str, Any]:
    _check_units("fixed_costs", fixed_costs)
    _check_units("goodwill", goodwill)
    return {"fixed_costs": fixed_costs, "goodwill": goodwill, "rounding": bool(rounding)}


def _check_units(name: str, units: float | None) -> None:
    if units is not None and not (units > 0 and np.isfinite(units)):
        raise ValueError(f"{name} is {units}; expected a number of units above 0, or None")


__all__ = ["Gradient", "Recorded", "level_gradient", "rollout_gradient"]
