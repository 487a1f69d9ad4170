"""Our vector environment beside Gymnasium's SyncVectorEnv over our single ones, and comparisons bit for bit."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from helpers import write_network
from tests.parity.networks import NetworkDrawer

from gym_invmgmt import CoreEnv, InvMgmtVectorEnv

#: Rows of a comparison: two full blocks of the eight that are played side by side, and a last one that is not full.
MANY = 19
MODES = [AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP, AutoresetMode.DISABLED]
#: Arguments that between them reach every rule of play and every kind of demand.
CASES: dict[str, dict[str, Any]] = {
    "network": {"scenario": "network", "num_periods": 9},
    "goodwill and lost sales": {
        "scenario": "network",
        "num_periods": 9,
        "backlog": False,
        "alpha": 0.93,
        "demand_config": {"use_goodwill": True, "noise_scale": 1.7, "base_mu": 90},
    },
    "serial and effects": {
        "scenario": "serial",
        "num_periods": 12,
        "alpha": 0.99,
        "demand_config": {"type": "trend+seasonal+shock", "shock_time": 4, "use_goodwill": True},
    },
    "external series": {
        "scenario": "serial",
        "num_periods": 11,
        "demand_config": {"external_series": [5.0, 40.0, 0.0, 3.0, 8.5, 12.0, 90.0, 1.0, 2.0, 7.0], "base_mu": 4},
    },
    "user_D": {
        "scenario": "network",
        "num_periods": 8,
        "user_D": {(1, 0): [3.0, 50.0, 700.0, 8.0, 1.0, 0.0, 2.5, 60.0]},
        "demand_config": {"use_goodwill": True},
    },
    "one period": {"scenario": "serial", "num_periods": 1},
}


def random_networks(folder: Path, seed: int, count: int = 1) -> list[Path]:
    """Files of random networks: several markets, factories that lose material, fixed costs, lead times to 12."""
    drawer, files = NetworkDrawer(Random(seed)), []
    for position in range(count):
        place = folder / f"{seed}-{position}"
        place.mkdir()
        ids = "string" if position % 2 else "integer"
        files.append(write_network(place, drawer.draw(ids=ids, fixed_costs=True, lossy=True)))
    return files


def both(count: int, mode: AutoresetMode, **arguments: Any) -> tuple[InvMgmtVectorEnv, SyncVectorEnv[Any, Any]]:
    """Our vector environment, and Gymnasium's over our single environments."""
    ours = InvMgmtVectorEnv(count, autoreset_mode=mode, **arguments)
    return ours, SyncVectorEnv([lambda: CoreEnv(**arguments)] * count, autoreset_mode=mode)


def orders(envs: Any, random: np.random.Generator) -> np.ndarray[Any, Any]:
    """Random orders for all rows, some of them negative."""
    return random.normal(20.0, 25.0, envs.action_space.shape)


def assert_equal(found: Any, expected: Any, where: str = "") -> None:
    """The same keys, the same kinds of arrays, the same bits."""
    if isinstance(expected, dict):
        assert set(found) == set(expected), where
        for key in expected:
            assert_equal(found[key], expected[key], f"{where}[{key!r}]")
    elif isinstance(expected, (tuple, list)):
        assert len(found) == len(expected), where
        for position, (left, right) in enumerate(zip(found, expected, strict=True)):
            assert_equal(left, right, f"{where}[{position}]")
    elif isinstance(expected, np.ndarray) and expected.dtype == object:
        assert found.dtype == object, where
        assert_equal(list(found), list(expected), where)
    elif isinstance(expected, np.ndarray):
        assert isinstance(found, np.ndarray), where
        assert (found.dtype, found.shape) == (expected.dtype, expected.shape), where
        np.testing.assert_array_equal(found, expected, err_msg=where, strict=True)
    else:
        assert found == expected, where


def play_side_by_side(ours: Any, theirs: Any, steps: int, random: np.random.Generator) -> int:
    """The same orders and the same resets on both; every answer must be the same. Returns the episodes ended."""
    ended = 0
    mode = ours.metadata["autoreset_mode"]
    for _ in range(steps):
        actions = orders(ours, random)
        found, expected = ours.step(actions), theirs.step(actions)
        assert_equal(found, expected)
        over = found[3]
        ended += int(over.sum())
        if mode == AutoresetMode.DISABLED and over.any():
            reset = [envs.reset(options={"reset_mask": over.copy()}) for envs in (ours, theirs)]
            assert_equal(*reset)
    return ended


def stagger(ours: Any, theirs: Any, random: np.random.Generator) -> None:
    """Puts the rows of both out of step with each other."""
    for _ in range(3):
        play_side_by_side(ours, theirs, 2, random)
        mask = random.random(ours.num_envs) < 0.5
        mask[0] = True
        seeds = [int(seed) if seed < 50 else None for seed in random.integers(0, 100, ours.num_envs)]
        assert_equal(*[envs.reset(seed=seeds, options={"reset_mask": mask.copy()}) for envs in (ours, theirs)])


def states(envs: InvMgmtVectorEnv) -> list[Any]:
    """The state of every row, streams and demand included."""
    return [envs.snapshot(row) for row in range(envs.num_envs)]
