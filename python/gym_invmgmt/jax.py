"""Episodes as a differentiable step of JAX (the extra ``jax`` installs it).

```python
episodes = gym_invmgmt.jax.Episodes("serial", 128)


@jax.jit
def profit(weights, seeds):
    state, earned = episodes.begin(seeds), 0.0
    for _ in range(episodes.num_periods):
        state, rewards = episodes.step(state, policy(weights, state.row))
        earned += rewards.mean()
    return earned


slope = jax.grad(profit)(weights, seeds)
```
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from gym_invmgmt._arguments import Played
from gym_invmgmt._extras import extra
from gym_invmgmt.gradient import Recorded
from gym_invmgmt.rollouts import seeds_of


class State(NamedTuple):
    """Where episodes stand."""

    #: The observation, and behind it the units on order per supply link, (episodes, row).
    row: Any
    #: Which begin it goes back to, and how many periods were played since, (2,); :meth:`Episodes.step` hands it on.
    moment: Any


class Episodes:
    """Episodes side by side whose profit can be derived: a step has a vector-Jacobian product of its own.

    The engine plays outside of JAX, in float64; arrays are of JAX's own precision: float32, or float64 under
    ``jax_enable_x64``. Works under ``jax.jit``, ``jax.grad``, ``jax.lax.scan`` and ``jax.checkpoint``; not under
    ``jax.vmap`` (the episodes stand side by side already) and not for second derivatives.

    Args:
        env: an environment, wrapped or not, or what stands for one, as in :func:`~gym_invmgmt.rollout`.
        episodes: number of episodes, >= 1.
        fixed_costs: as for :class:`~gym_invmgmt.gradient.Recorded`.
        goodwill: as for :class:`~gym_invmgmt.gradient.Recorded`.

    Raises:
        ModuleNotFoundError: jax is not installed; the message says what to install. ValueError: the profit has no
        derivative: the mechanism and its place are named.
    """

    def __init__(
        self,
        env: gym.Env[Any, Any] | Played,
        episodes: int,
        *,
        fixed_costs: float | None = None,
        goodwill: float | None = None,
    ) -> None:
        self._jax = extra("jax", "jax")
        self._played = _PlayedOnce(Recorded(env, episodes, fixed_costs=fixed_costs, goodwill=goodwill))
        self._step = self._step_function()
        #: Number of episodes.
        self.episodes = self._played.recorded.episodes
        #: Length of an episode [periods].
        self.num_periods = self._played.recorded.num_periods

    def begin(self, seeds: Sequence[int] | Any) -> State:
        """Puts every episode at its start; their state.

        Args:
            seeds: one per episode; under ``jax.jit`` an array of whole numbers, (episodes,).
        """
        jnp = self._jax.numpy
        if not isinstance(seeds, self._jax.Array):
            # Two halves of 32 bits each: JAX's whole numbers have no more.
            seeds = np.array(seeds_of(seeds), dtype=np.uint64).view(np.uint32).reshape(-1, 2)
        if seeds.shape[0] != self.episodes:
            raise ValueError(f"{seeds.shape[0]} seeds; expected {self.episodes}, one per episode")
        row, moment = self._call(self._played.begin, (self._played.width,), jnp.asarray(seeds))
        return State(row, moment)

    def step(self, state: State, orders: Any) -> tuple[State, Any]:
        """Plays a period: orders (episodes, links) [units] in a state.

        Returns:
            The next state, and the rewards, (episodes,) [money].
        """
        orders = self._jax.numpy.asarray(orders, dtype=float)
        expected = (self.episodes, self._played.recorded.links)
        if orders.shape != expected:
            raise ValueError(f"orders have shape {orders.shape}; expected {expected}; nothing was played")
        row, moment, rewards = self._step(state.row, state.moment, orders)
        return State(row, moment), rewards

    def _call(self, of: Any, widths: tuple[int, ...], *arguments: Any, moment: bool = True) -> tuple[Any, ...]:
        """Calls into the engine; what comes back has one row per episode, of these widths, and then the moment."""
        jax = self._jax
        dtype = jax.numpy.result_type(float)
        shapes = [
            jax.ShapeDtypeStruct((self.episodes, width) if width else (self.episodes,), dtype) for width in widths
        ]
        if moment:
            shapes.insert(1, jax.ShapeDtypeStruct((2,), np.int32))

        def called(*given: Any) -> tuple[Any, ...]:
            found = of(*map(np.asarray, given))
            return tuple(np.asarray(array, shape.dtype) for array, shape in zip(found, shapes, strict=True))

        found: tuple[Any, ...] = jax.pure_callback(called, tuple(shapes), *arguments)
        return found

    def _step_function(self) -> Any:
        played = self._played

        def play(row: Any, moment: Any, orders: Any) -> Any:
            return self._call(played.step, (played.width, 0), moment, row, orders)

        step = self._jax.custom_vjp(play)

        def forwards(row: Any, moment: Any, orders: Any) -> Any:
            found = step(row, moment, orders)
            # The moment behind the period: nothing is derived before it was played.
            return found, (found[1], orders)

        def backwards(kept: Any, answers: Any) -> Any:
            (moment, orders), (row, _, rewards) = kept, answers
            widths = (played.width, orders.shape[1])
            before, of_orders = self._call(played.reverse, widths, moment, row, rewards, moment=False)
            return before, None, of_orders

        step.defvjp(forwards, backwards)
        return step


class _PlayedOnce:
    """Episodes as pure functions: what was played is given again to who asks for it again."""

    def __init__(self, recorded: Recorded) -> None:
        self.recorded = recorded
        #: Numbers of a state row.
        self.width = recorded.begin(range(recorded.episodes)).shape[1]
        self._runs = 0
        self._steps: list[tuple[NDArray[Any], tuple[NDArray[Any], NDArray[Any]]]] = []

    def begin(self, seeds: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """The first rows of new episodes, and their moment."""
        if seeds.ndim == 2:
            seeds = np.ascontiguousarray(seeds, dtype=np.uint32).view(np.uint64)[:, 0]
        rows = self.recorded.begin(seeds.tolist())
        self._runs += 1
        self._steps.clear()
        return rows, np.array([self._runs, 0])

    def step(
        self, moment: NDArray[Any], row: NDArray[Any], orders: NDArray[Any]
    ) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """The rows behind a period, the moment there, and the rewards; `row` only says what has to be there first."""
        period = self._period(moment)
        if period == len(self._steps):
            self._steps.append((orders.copy(), self.recorded.step(orders)))
        known, (rows, rewards) = self._steps[period]
        if not np.array_equal(known, orders):
            raise RuntimeError(f"period {period} of these episodes was played with other orders; begin anew")
        return rows, moment + np.array([0, 1]), rewards

    def reverse(
        self, moment: NDArray[Any], rows: NDArray[Any], rewards: NDArray[Any]
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        """How something answers the rows before a period and its orders; the moment is that behind the period."""
        return self.recorded.reverse(self._period(moment) - 1, rows, rewards)

    def _period(self, moment: NDArray[Any]) -> int:
        run, period = moment.tolist()
        if run != self._runs:
            raise RuntimeError("these episodes have begun anew since; one begin is played and derived before the next")
        return int(period)


__all__ = ["Episodes", "State"]
