"""Resets of the vector environment: seeds, masks, demand; and what a refused one leaves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from gymnasium.vector import AutoresetMode
from vectors import MODES, assert_equal, both, orders, play_side_by_side, states

from gym_invmgmt import CoreEnv, InvMgmtVectorEnv

HIGH = {"base_mu": 95, "use_goodwill": True}
LOW = {"base_mu": 3, "type": "seasonal"}


def played(envs: InvMgmtVectorEnv, periods: int = 4) -> list[Any]:
    """What some further periods answer."""
    random = np.random.default_rng(0)
    return [envs.step(orders(envs, random)) for _ in range(periods)]


@pytest.mark.parametrize(
    "seed",
    [0, 12, np.int64(5), 2**70, [3, 1, 2], (4, 4, 4), [9, None, 11], [None, None, None], np.array([7, 8, 9]), None],
    ids=str,
)
def test_seeds_are_what_gymnasium_makes_of_them(seed: Any) -> None:
    ours, theirs = both(3, AutoresetMode.NEXT_STEP, scenario="serial", num_periods=5)
    random = np.random.default_rng(0)
    assert_equal(ours.reset(seed=50), theirs.reset(seed=50))
    play_side_by_side(ours, theirs, 3, random)
    plain = int(seed) if isinstance(seed, np.integer) else seed.tolist() if isinstance(seed, np.ndarray) else seed
    assert_equal(ours.reset(seed=seed), theirs.reset(seed=plain))
    play_side_by_side(ours, theirs, 8, random)


def test_before_any_seeding_row_i_has_the_stream_of_seed_i() -> None:
    fresh, seeded, reset = (InvMgmtVectorEnv(3, scenario="serial") for _ in range(3))
    seeded.reset(seed=0)
    reset.reset()
    assert_equal(played(fresh), played(seeded))
    seeded.reset(seed=0)
    assert_equal(played(reset), played(seeded))


def test_without_a_seed_the_streams_go_on() -> None:
    envs = InvMgmtVectorEnv(2, scenario="serial", num_periods=4)
    envs.reset(seed=1)
    first = played(envs)
    envs.reset()
    second = played(envs)
    envs.reset(seed=1)
    assert_equal(played(envs), first)
    assert (second[-1][0] != first[-1][0]).any()


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_a_mask_resets_the_rows_it_holds_and_no_other(mode: AutoresetMode) -> None:
    ours, theirs = both(4, mode, scenario="serial", num_periods=6)
    random = np.random.default_rng(3)
    assert_equal(ours.reset(seed=8), theirs.reset(seed=8))
    for mask, seed in [([1, 0, 0, 1], None), ([0, 1, 0, 0], 30), ([1, 1, 1, 1], [1, None, 2, None])]:
        play_side_by_side(ours, theirs, 4, random)
        before = states(ours)
        chosen = np.array(mask, dtype=bool)
        options = {"reset_mask": chosen}
        assert_equal(ours.reset(seed=seed, options=options), theirs.reset(seed=seed, options=dict(options)))
        assert options["reset_mask"] is chosen, "the caller's options were changed"
        for row in np.flatnonzero(~chosen):
            assert_equal(ours.snapshot(int(row)), before[row])
    play_side_by_side(ours, theirs, 9, random)


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_one_demand_for_all_rows_stays_until_it_is_replaced(mode: AutoresetMode) -> None:
    ours, theirs = both(3, mode, scenario="serial", num_periods=5)
    random = np.random.default_rng(4)
    ours.reset(seed=1), theirs.reset(seed=1)
    for config in (HIGH, LOW):
        options = {"demand_config": config}
        assert_equal(ours.reset(options=options), theirs.reset(options=dict(options)))
        assert_equal(ours.snapshot(2)["demand"], theirs.envs[2].snapshot()["demand"])
        play_side_by_side(ours, theirs, 13, random)
        assert_equal(ours.reset(seed=6), theirs.reset(seed=6))
        play_side_by_side(ours, theirs, 3, random)


def test_a_list_gives_each_row_its_demand_and_none_keeps_it() -> None:
    envs = InvMgmtVectorEnv(3, scenario="serial", num_periods=5)
    singles = [CoreEnv("serial", num_periods=5) for _ in range(3)]
    random = np.random.default_rng(5)
    for configs in ([HIGH, None, LOW], (None, {**LOW, "base_mu": 40}, None)):
        envs.reset(seed=20, options={"demand_config": configs})
        for row, (env, config) in enumerate(zip(singles, configs, strict=True)):
            env.reset(seed=20 + row, options={"demand_config": config})
        for _ in range(5):
            actions = orders(envs, random)
            observations, rewards, *_ = envs.step(actions)
            for row, env in enumerate(singles):
                observation, reward, *_ = env.step(actions[row])
                np.testing.assert_array_equal(observations[row], observation)
                assert rewards[row] == reward


def test_a_mask_gives_its_rows_alone_the_new_demand() -> None:
    envs = InvMgmtVectorEnv(3, scenario="serial")
    mask = np.array([False, True, False])
    envs.reset(seed=1, options={"reset_mask": mask, "demand_config": HIGH})
    assert [envs.snapshot(row)["demand"]["base_mu"] for row in range(3)] == [None, 95.0, None]
    envs.reset(seed=1, options={"reset_mask": ~mask, "demand_config": [LOW, HIGH, None]})
    assert [envs.snapshot(row)["demand"]["base_mu"] for row in range(3)] == [3.0, 95.0, None]


def test_replays_stay_when_demand_is_replaced() -> None:
    series = {(1, 0): [7.0, 11.0, 13.0]}
    ours, theirs = both(2, AutoresetMode.NEXT_STEP, scenario="serial", num_periods=3, user_D=series)
    options = {"demand_config": {"use_goodwill": True}}
    assert_equal(ours.reset(seed=1, options=options), theirs.reset(seed=1, options=dict(options)))
    play_side_by_side(ours, theirs, 8, np.random.default_rng(0))


REFUSED: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"seed": -1}, ValueError, r"seed is -1; expected a whole number >= 0"),
    ({"seed": 1.5}, ValueError, r"seed is 1.5; expected an int, or a list with one entry for each of 3"),
    ({"seed": "7"}, ValueError, r"seed is '7'"),
    ({"seed": True}, ValueError, r"seed is True"),
    ({"seed": [1, 2]}, ValueError, r"seed is \[1, 2\]; expected an int, or a list with one entry for each of 3"),
    ({"seed": [1, -2, 3]}, ValueError, r"seed\[1\] is -2; expected a whole number >= 0 or None"),
    ({"seed": [1, 2, 3.0]}, ValueError, r"seed\[2\] is 3.0"),
    ({"seed": [1, False, 3]}, ValueError, r"seed\[1\] is False"),
    ({"options": [1]}, TypeError, r"options is a list; expected a dict"),
    ({"options": {"reset_mask": [True, False, True]}}, TypeError, r"reset_mask'\] is a list; expected a numpy array"),
    ({"options": {"reset_mask": True}}, TypeError, r"reset_mask'\] is a bool"),
    ({"options": {"reset_mask": np.array([1, 0, 1])}}, TypeError, r"is an array of int64; expected a numpy array of b"),
    ({"options": {"reset_mask": np.ones(2, dtype=bool)}}, ValueError, r"has shape \(2,\); expected \(3,\)"),
    ({"options": {"reset_mask": np.ones((3, 1), dtype=bool)}}, ValueError, r"has shape \(3, 1\); expected \(3,\)"),
    ({"options": {"reset_mask": np.zeros(3, dtype=bool)}}, ValueError, r"chooses no row; expected at least one True"),
    ({"options": {"demand_config": {"bse_mu": 3}}}, ValueError, r"bse_mu'; did you mean 'base_mu'"),
    ({"options": {"demand_config": [{}, {"base_mu": -1}, None]}}, ValueError, r"base_mu is -1"),
    (
        {"options": {"demand_config": [{}, {}]}},
        ValueError,
        r"is a list; expected a dict, or a list with a dict or None",
    ),
    ({"options": {"demand_config": 3}}, ValueError, r"demand_config'\] is a int; expected a dict"),
    ({"options": {"demand_config": [{}, 3, None]}}, ValueError, r"demand_config is a int; expected a dict"),
]


@pytest.mark.parametrize(("arguments", "error", "message"), REFUSED, ids=lambda value: str(value)[:50])
def test_a_refused_reset_changes_nothing(arguments: Any, error: type[Exception], message: str) -> None:
    envs = InvMgmtVectorEnv(3, scenario="serial", autoreset_mode="Disabled")
    envs.reset(seed=4)
    played(envs)
    before = states(envs)
    with pytest.raises(error, match=message):
        envs.reset(**{"seed": 99, **arguments})
    assert_equal(states(envs), before)


def test_a_mask_need_not_be_contiguous() -> None:
    envs = InvMgmtVectorEnv(3, scenario="serial")
    played(envs)
    observations, _ = envs.reset(options={"reset_mask": np.array([True, False, False, True, False, True])[::2]})
    assert observations[:, -2].tolist() == [0.0, 4.0, 4.0]
