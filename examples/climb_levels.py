"""Climbs a calendar of orders, then levels, by the derivative of what episodes earn. Takes about two seconds.

The derivative is the engine's: one number per order and episode, or one per level and episode. The steps are those of
gradient ascent with a step length per number (Adam); nothing but numpy is needed.
"""

from collections.abc import Callable

import numpy as np

from gym_invmgmt.gradient import Gradient, level_gradient, rollout_gradient

NETWORK, STEPS, EPISODES = "network", 150, 64


def climb(
    start: np.ndarray, rate: float, of: Callable[[np.ndarray, range], Gradient]
) -> tuple[np.ndarray, float, float]:
    """What earns most after some steps, and what was earned before and after on seeds that no step saw."""
    held_out, here = range(10_000, 10_000 + EPISODES), start
    mean, square = np.zeros_like(here), np.zeros_like(here)
    for step in range(1, STEPS + 1):
        slope = of(here, range(step * EPISODES, (step + 1) * EPISODES)).gradient.mean(axis=0)
        mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * slope**2
        size = np.sqrt(square / (1 - 0.99**step)) + 1e-9
        here = np.maximum(here + rate / step**0.5 * mean / (1 - 0.9**step) / size, 0.0)
    return here, of(start, held_out).profits.mean(), of(here, held_out).profits.mean()


links = rollout_gradient(NETWORK, np.zeros((30, 11)), seeds=[0]).gradient.shape[2]
orders, before, after = climb(
    np.full((30, links), 20.0), 4.0, lambda orders, seeds: rollout_gradient(NETWORK, orders, seeds=seeds)
)
print(f"orders  profit {before:8.1f} -> {after:8.1f}")
print(f"        ordered in all {orders.sum():.0f} units instead of {30 * links * 20}")
levels, before, after = climb(
    np.full(6, 100.0), 20.0, lambda levels, seeds: level_gradient(NETWORK, levels, seeds=seeds)
)
print(f"levels  profit {before:8.1f} -> {after:8.1f}")
print(f"        {levels.round(1)}")
