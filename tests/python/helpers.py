"""Small networks whose numbers can be worked out by hand, and what an environment holds at a moment."""

from __future__ import annotations

import copy
import json
import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gym_invmgmt import CoreEnv, make_custom_env

MATRICES = ["X", "Y", "R", "S", "D", "U", "P", "GW", "action_log"]


def shop_and_source() -> dict[str, Any]:
    """One shop that buys from an unlimited source a period ahead, at 3 an order, and sells to one market."""
    return {
        "nodes": [{"id": "market"}, {"id": "shop", "I0": 10, "h": 0.5}, {"id": "source"}],
        "edges": [
            {"from": "shop", "to": "market", "p": 5, "b": 2, "demand_dist": "poisson", "dist_param": {"mu": 7}},
            {"from": "source", "to": "shop", "L": 1, "p": 1, "g": 0.25, "K": 3},
        ],
    }


def three_markets() -> dict[str, Any]:
    """One shop, three markets: a Poisson, a normal and a uniform law, each with a mean of its own."""
    laws = [
        ("poisson", {"mu": 6.0}),
        ("normal", {"loc": 4.0, "scale": 6.0}),
        ("uniform", {"loc": 8.0, "scale": 10.0}),
    ]
    markets = [
        {"from": 1, "to": 10 + i, "p": 2, "b": 0.5, "demand_dist": law, "dist_param": parameters}
        for i, (law, parameters) in enumerate(laws)
    ]
    return {
        "nodes": [{"id": 10}, {"id": 11}, {"id": 12}, {"id": 1, "I0": 50, "h": 0.1}, {"id": 2}],
        "edges": [*markets, {"from": 2, "to": 1, "L": 2, "p": 1, "g": 0}],
    }


def write_network(folder: Path, declared: dict[str, Any] | str) -> Path:
    """A network file; a dict is written as JSON, which is YAML."""
    path = folder / "network.yaml"
    path.write_text(declared if isinstance(declared, str) else json.dumps(declared), encoding="utf-8")
    return path


def environment_of(folder: Path, declared: dict[str, Any], **arguments: Any) -> CoreEnv:
    return make_custom_env(write_network(folder, declared), **arguments)


def played_by_hand(folder: Path, **arguments: Any) -> CoreEnv:
    """Three periods of the shop: demand 4, 15, 2; orders 6, 0, 5. The tests that use it carry the sums.

    t=0: nothing arrives; 10 on hand, 4 sold, 6 left; 6 on order.
    t=1: 6 arrive; 12 on hand, 12 sold, 3 unmet, 0 left; 0 on order.
    t=2: nothing arrives; 2 + 3 wanted, 0 sold, 5 unmet; 5 on order.
    """
    series = {("shop", "market"): [4, 15, 2]}
    env = environment_of(folder, shop_and_source(), num_periods=3, user_D=series, **arguments)
    env.reset(seed=0)
    for quantity in [6.0, 0.0, 5.0]:
        env.step([quantity])
    return env


def begin(command: Sequence[str], **options: Any) -> subprocess.Popen[Any]:
    """A process that Ctrl-C reaches: what runs in a shell's background passes on that it ignores it."""
    heed = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)} if os.name == "posix" else {}
    return subprocess.Popen(command, **heed, **options)


def snapshot(env: CoreEnv) -> dict[str, Any]:
    """Everything a refused call must leave as it was."""
    held: dict[str, Any] = {symbol: getattr(env, symbol).copy() for symbol in MATRICES}
    held |= {"period": env.period, "num_periods": env.num_periods, "state": env.state.copy()}
    held |= {"sentiment": env.demand_engine.sentiment, "stream": copy.deepcopy(env.np_random.bit_generator.state)}
    return held


def assert_same(found: dict[str, Any], expected: dict[str, Any]) -> None:
    for name, value in expected.items():
        np.testing.assert_equal(found[name], value, err_msg=name)


def play(env: CoreEnv, quantity: float, periods: int) -> list[float]:
    """Rewards of ordering one quantity on every link."""
    action = np.full(len(env.network.reorder_links), float(quantity))
    return [env.step(action)[1] for _ in range(periods)]
