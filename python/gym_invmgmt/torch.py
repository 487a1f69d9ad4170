"""Episodes as a differentiable step of PyTorch (torch is installed by the extra ``rl``).

```python
episodes = gym_invmgmt.torch.Episodes("serial", 128)
state = episodes.begin(seeds)
while episodes.period < episodes.num_periods:
    state, rewards = episodes.step(state, policy(state))
    profit = profit + rewards.mean()
profit.backward()
```
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gymnasium as gym

from gym_invmgmt._arguments import Played
from gym_invmgmt._extras import extra
from gym_invmgmt.gradient import Recorded


class Episodes:
    """Episodes side by side whose profit can be derived: a step is an operation of autograd.

    Tensors are float64 on the CPU and share their memory with the engine's arrays. A step is played as it is called;
    what flows back through it is the derivative of the engine, until :meth:`begin` is called again.

    Args:
        env: an environment, wrapped or not, or what stands for one, as in :func:`~gym_invmgmt.rollout`.
        episodes: number of episodes, >= 1.
        fixed_costs: as for :class:`~gym_invmgmt.gradient.Recorded`.
        goodwill: as for :class:`~gym_invmgmt.gradient.Recorded`.
        rounding: as for :class:`~gym_invmgmt.gradient.Recorded`.

    Raises:
        ModuleNotFoundError: torch is not installed; the message says what to install. ValueError: the profit has no
        derivative: the mechanism and its place are named.
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
        self._torch = extra("torch", "rl")
        self._recorded = Recorded(env, episodes, fixed_costs=fixed_costs, goodwill=goodwill, rounding=rounding)
        self._runs = 0
        self._step = _step_function(self._torch)
        #: Number of episodes.
        self.episodes = self._recorded.episodes
        #: Length of an episode [periods].
        self.num_periods = self._recorded.num_periods

    @property
    def period(self) -> int:
        """Periods played."""
        return self._recorded.period

    def begin(self, seeds: Sequence[int]) -> Any:
        """Puts every episode at its start; the state, a tensor (episodes, row).

        A state row holds the observation, and behind it the units on order per supply link; nothing that is hidden.
        """
        self._runs += 1
        return self._torch.from_numpy(self._recorded.begin(seeds))

    def step(self, state: Any, orders: Any) -> tuple[Any, Any]:
        """Plays a period: orders (episodes, links) [units] in the state that was given last.

        Returns:
            The next state, (episodes, row), and the rewards, (episodes,) [money].
        """
        state, rewards = self._step.apply(state, orders.to(self._torch.float64), self)
        return state, rewards


def _step_function(torch: Any) -> Any:
    class Step(torch.autograd.Function):  # type: ignore[misc]
        """A period forwards and backwards."""

        @staticmethod
        def forward(ctx: Any, state: Any, orders: Any, episodes: Episodes) -> tuple[Any, Any]:
            ctx.played = (episodes, episodes._runs, episodes.period)
            rows, rewards = episodes._recorded.step(orders.detach().numpy())
            return torch.from_numpy(rows), torch.from_numpy(rewards)

        @staticmethod
        def backward(ctx: Any, rows: Any, rewards: Any) -> tuple[Any, Any, None]:
            episodes, run, period = ctx.played
            if run != episodes._runs:
                raise RuntimeError("these episodes have begun anew since; call backward before begin")
            before, orders = episodes._recorded.reverse(period, rows.numpy(), rewards.numpy())
            return torch.from_numpy(before), torch.from_numpy(orders), None

    return Step


__all__ = ["Episodes"]
