"""A step of episodes as an operation of JAX."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from running import run_example

from gym_invmgmt.gradient import rollout_gradient
from gym_invmgmt.jax import Episodes

jax = pytest.importorskip("jax")
jnp = jax.numpy
ORDERS = np.random.default_rng(3).uniform(0, 30, (30, 4, 3)).astype(np.float32)
EPISODES = Episodes("serial", 4)


def unrolled(orders: Any, seeds: Any, step: Any = EPISODES.step) -> Any:
    """What the episodes earn, period by period."""
    state, earned = EPISODES.begin(seeds), 0.0
    for period in range(EPISODES.num_periods):
        state, rewards = step(state, orders[period])
        earned += rewards.sum()
    return earned


def scanned(orders: Any, seeds: Any) -> Any:
    """The same as a loop of JAX."""

    def body(state: Any, orders: Any) -> Any:
        state, rewards = EPISODES.step(state, orders)
        return state, rewards.sum()

    return jax.lax.scan(body, EPISODES.begin(seeds), orders)[1].sum()


def checkpointed(orders: Any, seeds: Any) -> Any:
    """The same, every period played again on the way back."""
    return unrolled(orders, seeds, jax.checkpoint(EPISODES.step))


@pytest.mark.parametrize("of", [unrolled, scanned, checkpointed])
@pytest.mark.parametrize("compiled", [False, True])
def test_what_flows_back_through_the_steps_is_the_gradient_of_the_engine(of: Any, compiled: bool) -> None:
    climb = jax.value_and_grad(of)
    climb = jax.jit(climb) if compiled else climb
    for first in (0, 50):
        profit, slope = climb(jnp.asarray(ORDERS), first + jnp.arange(4))
        expected = rollout_gradient("serial", ORDERS.transpose(1, 0, 2), seeds=range(first, first + 4))
        assert float(profit) == pytest.approx(expected.profits.sum(), rel=1e-6)
        assert np.asarray(slope).transpose(1, 0, 2) == pytest.approx(expected.gradient, rel=1e-5, abs=1e-5)


def test_orders_that_follow_from_the_state_are_derived_through_it() -> None:
    def profit(level: Any) -> Any:
        state, earned = EPISODES.begin(range(4)), 0.0
        for _ in range(EPISODES.num_periods):
            state, rewards = EPISODES.step(state, jnp.maximum(level - state.row[:, 2:5], 0.0))
            earned += rewards.mean()
        return earned

    with jax.enable_x64(True):
        level = jnp.asarray(70.37)
        assert jax.grad(profit)(level).dtype == np.float64
        difference = (profit(level + 1e-4) - profit(level - 1e-4)) / 2e-4
        assert float(jax.grad(profit)(level)) == pytest.approx(float(difference), rel=1e-6)


def test_seeds_of_more_than_32_bits_are_those_of_the_engine() -> None:
    seeds = [2**40 + 1, 2**40 + 2, 7, 8]
    expected = rollout_gradient("serial", ORDERS.transpose(1, 0, 2), seeds=seeds).profits.sum()
    assert float(unrolled(jnp.asarray(ORDERS), seeds)) == pytest.approx(expected, rel=1e-6)


def test_what_cannot_be_played_says_why() -> None:
    state = EPISODES.begin(range(4))
    with pytest.raises(ValueError, match=r"orders have shape \(4, 2\); expected \(4, 3\); nothing was played"):
        EPISODES.step(state, jnp.zeros((4, 2)))
    with pytest.raises(ValueError, match="3 seeds; expected 4, one per episode"):
        EPISODES.begin([1, 2, 3])
    EPISODES.step(state, jnp.zeros((4, 3)))
    with pytest.raises(Exception, match="period 0 of these episodes was played with other orders; begin anew"):
        jax.block_until_ready(EPISODES.step(state, jnp.ones((4, 3))))
    EPISODES.begin(range(4))
    with pytest.raises(Exception, match="these episodes have begun anew since"):
        jax.block_until_ready(EPISODES.step(state, jnp.zeros((4, 3))))
    with pytest.raises(Exception, match=r"is NaN; expected a finite number"):
        jax.block_until_ready(EPISODES.step(EPISODES.begin(range(4)), jnp.full((4, 3), jnp.nan)))
    with pytest.raises(ValueError, match=r"the gradient does not model goodwill \(demand\)"):
        Episodes("published-26/S11", 4)


def test_the_example_earns_more_with_every_step(tmp_path: Path) -> None:
    said = run_example(["train_with_jax.py", "--steps", "100", "--episodes", "16"], tmp_path)
    profits = [float(profit) for profit in re.findall(r"profit\s+(-?[\d.]+)", said)]
    assert profits[-1] > max(profits[0], 500)
