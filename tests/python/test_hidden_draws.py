"""What chance will decide in supply cannot be read from anything that can be seen.

Of many episodes, each stopped at one state, two futures are played: the one that was drawn, and one whose hidden
numbers were drawn anew given all that can be seen. Given what is seen, both are drawn alike, so that their difference
has the same chance of either sign, whatever is seen: the sum of its products with any function of it, over the root of
the sum of their squares, is beyond 5.5 with a chance below one in a million. What carried a hidden number would tell
the futures apart.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from gym_invmgmt import CoreEnv, _native
from gym_invmgmt.wrappers import DomainFeatureWrapper, GraphOnlyWrapper, MultiAgentWrapper, ResidualGraphWrapper

# Features say what they leave out of account; here only what they show counts.
pytestmark = pytest.mark.filterwarnings("ignore:observation:UserWarning")

Array = NDArray[np.float64]

EPISODES, PERIODS_BEFORE, PERIODS_AFTER = 400, 9, 4
LIMIT = 5.5
LEADS: dict[str, dict[str, Any]] = {
    "free": {"L": {"uniform": [2, 5]}, "draw": "order", "crossing": "free"},
    "fifo": {"L": {"uniform": [2, 5]}, "draw": "order", "crossing": "fifo"},
    "sweep": {"L": {"uniform": [2, 5]}, "draw": "order", "crossing": "sweep"},
    "unit": {"L": {"uniform": [2, 5]}, "draw": "unit"},
}


def network(model: str) -> _native.Network:
    """Chance of every kind on one network: lead times, yields, failures, shuffles, and what customers take."""
    # Goods with ages draw by order.
    ages = model != "unit"
    return _native.Network.from_dict(
        {
            "units": "whole",
            **({"life": 6} if ages else {}),
            "disruptions": [{"where": "farm", "what": "ship", "up_down": [0.2, 0.5], "factor": 0.5}],
            "nodes": [
                {"id": "farm"},
                {"id": "dairy", "I0": 40, "h": 0.01, "allocation": "random"} | ({"waste": 0.1} if ages else {}),
                {"id": "north", "I0": 25, "h": 0.05},
                {"id": "south", "I0": 25, "h": 0.05},
                {"id": "town"},
            ],
            "edges": [
                {"from": "farm", "to": "dairy", "p": 0.4, "g": 0.01, "yield": {"binomial": 0.8}, "at": "receive"}
                | LEADS[model],
                {"from": "dairy", "to": "north", "L": 2, "p": 1, "g": 0.02, "unmet": "wait", "b": 0.1}
                | {"yield": {"all_or_nothing": 0.7}, "at": "receive"},
                {"from": "dairy", "to": "south", "L": 1, "p": 1, "g": 0.02, "order_delay": 1},
                {"from": "north", "to": "town", "p": 3, "b": 0.4}
                | ({"issue": {"fifo": 0.5}} if ages else {})
                | {"demand_dist": "poisson", "dist_param": {"mu": 9}},
                {"from": "south", "to": "town", "p": 3, "b": 0.4, "unmet": "lost"}
                | {"demand_dist": "poisson", "dist_param": {"mu": 11}},
            ],
        }
    )


def seen_now(env: CoreEnv, wrapped: list[Any], info: dict[str, Any], leaks: bool) -> Array:
    """Every number that can be read without opening a snapshot; with ``leaks`` what is hidden, too."""
    period = env.period
    parts = [env.state, env.on_order, [value for value in info.values() if isinstance(value, (int, float))]]
    parts += [wrapper.features() for wrapper in wrapped]
    standing = {letter: stands for letter, *_, stands in (*env._episode.SYMBOLS, *env._episode.MECHANISM_SYMBOLS)}
    for letter in env.recorded:
        parts.append(np.ravel(getattr(env, letter)[period - 2 + standing[letter] : period + standing[letter]]))
    ledger = env.ledger()
    parts += [ledger.procurement_cost[-1], ledger.revenue[-1], ledger.holding_cost[-1], ledger.late_penalty[-1]]
    if leaks:
        parts.append(env.snapshot()["row"][len(env.state) + len(env.on_order) :])
    return np.concatenate([np.asarray(part, dtype=np.float64).ravel() for part in parts])


def future(env: CoreEnv) -> Array:
    """What comes to pass: goods received and lost, and what works, period by period."""
    begun = env.period
    for _ in range(PERIODS_AFTER):
        env.step([20, 9, 11])
    rows = slice(begun, begun + PERIODS_AFTER)
    return np.concatenate([env.arrived[rows].ravel(), env.lost_on_the_way[rows].ravel(), env.up[begun + 1 :].ravel()])


def strengths(model: str, leaks: bool) -> Array:
    """How far each thing seen, and whether it is above its median, goes along with what the two futures differ by."""
    env = CoreEnv(config_path=network(model), num_periods=PERIODS_BEFORE + PERIODS_AFTER)
    wrapped = [
        DomainFeatureWrapper(env, enhanced=True, pipeline_feats=True), DomainFeatureWrapper(env),
        GraphOnlyWrapper(env), ResidualGraphWrapper(env), MultiAgentWrapper(env),
    ]  # fmt: skip
    seen, differences = [], []
    for seed in range(EPISODES):
        env.reset(seed=seed)
        info: dict[str, Any] = {}
        for _ in range(PERIODS_BEFORE):
            info = env.step([20, 9, 11])[4]
        saved = env.snapshot()
        seen.append(seen_now(env, wrapped, info, leaks))
        drawn = future(env)
        env.restore(saved, resample=100_000 + seed)
        differences.append(drawn - future(env))
    x, d = np.array(seen), np.array(differences)
    x = np.hstack([x, x > np.median(x, axis=0)])
    x = x - x.mean(axis=0)
    sums, squares = x.T @ d, (x**2).T @ (d**2)
    return np.abs(np.divide(sums, np.sqrt(squares), out=np.zeros_like(sums), where=squares > 0))


@pytest.mark.parametrize("model", LEADS)
def test_nothing_that_can_be_seen_tells_what_will_be_drawn(model: str) -> None:
    assert strengths(model, leaks=False).max() < LIMIT


@pytest.mark.parametrize("model", ["free", "fifo"])
def test_the_same_test_finds_a_hidden_number_that_is_shown(model: str) -> None:
    """Where due dates are drawn at shipment; the other models draw only what comes next."""
    assert strengths(model, leaks=True).max() > 1.2 * LIMIT
