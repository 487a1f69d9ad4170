"""Whose the returned arrays are, with and without copies; what infos hold; statistics of episodes."""

from __future__ import annotations

import copy
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode
from gymnasium.wrappers.vector import RecordEpisodeStatistics
from vectors import MODES, assert_equal, orders

from gym_invmgmt import InvMgmtVectorEnv

KEYS = ["period", "step_reward", "total_inventory", "total_backlog", "sentiment"]

#: Version of gymnasium, major and minor.
GYMNASIUM = tuple(int(part) for part in gym.__version__.split(".")[:2])


def arrays(answer: Any) -> list[np.ndarray[Any, Any]]:
    """Every array in an answer, final observations included."""
    if isinstance(answer, np.ndarray):
        return (
            [answer, *[found for part in answer if part is not None for found in arrays(part)]]
            if (answer.dtype == object)
            else [answer]
        )
    if isinstance(answer, dict):
        return [found for part in answer.values() for found in arrays(part)]
    return [found for part in answer for found in arrays(part)]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("mode", MODES[:2], ids=lambda mode: mode.name)
def test_copies_are_never_changed_later(mode: AutoresetMode, dtype: str) -> None:
    envs = InvMgmtVectorEnv(4, scenario="serial", num_periods=3, autoreset_mode=mode, dtype=dtype)
    random = np.random.default_rng(0)
    given: list[Any] = [envs.reset(seed=0)]
    kept = [copy.deepcopy(given[0])]
    for step in range(12):
        given.append(envs.step(orders(envs, random)))
        kept.append(copy.deepcopy(given[-1]))
        if step == 7:
            given.append(envs.reset(seed=9))
            kept.append(copy.deepcopy(given[-1]))
    envs.reset(seed=1)
    assert_equal(given, kept)


@pytest.mark.parametrize("copies", [True, False])
@pytest.mark.parametrize("mode", MODES[:2], ids=lambda mode: mode.name)
def test_writing_into_what_was_returned_changes_no_later_answer(mode: AutoresetMode, copies: bool) -> None:
    arguments: dict[str, Any] = {"scenario": "serial", "num_periods": 3, "autoreset_mode": mode}
    envs, twin = InvMgmtVectorEnv(3, copy=copies, **arguments), InvMgmtVectorEnv(3, **arguments)
    random = np.random.default_rng(1)
    assert_equal(envs.reset(seed=5), twin.reset(seed=5))
    for _ in range(9):
        actions = orders(envs, random)
        answer = envs.step(actions)
        assert_equal(answer, twin.step(actions))
        for array in arrays(answer):
            if array.dtype != object:
                array.fill(77)


def test_without_copies_the_arrays_of_the_last_step_are_used_again() -> None:
    envs = InvMgmtVectorEnv(3, scenario="serial", copy=False)
    first = envs.step(np.ones((3, 3)))
    held = [array for array in arrays(first) if array is not first[4]["step_reward"]]
    second = envs.step(np.full((3, 3), 40.0))
    assert all(any(array is other for other in arrays(second)) for array in held)
    assert first[0][:, -2].tolist() == [2.0, 2.0, 2.0]
    # An observation of a reset is the caller's own.
    begun, _ = envs.reset(seed=3)
    envs.step(np.ones((3, 3)))
    assert begun[:, -2].tolist() == [0.0, 0.0, 0.0]


def test_with_copies_no_array_is_given_twice() -> None:
    envs = InvMgmtVectorEnv(3, scenario="serial")
    first, second = arrays(envs.step(np.ones((3, 3)))), arrays(envs.step(np.ones((3, 3))))
    assert not any(np.shares_memory(left, right) for left in first for right in second)


def test_a_reward_and_its_info_are_two_arrays() -> None:
    for copies in (True, False):
        answer = InvMgmtVectorEnv(3, scenario="serial", copy=copies).step(np.ones((3, 3)))
        assert not np.shares_memory(answer[1], answer[4]["step_reward"])
        answer[1].fill(0.0)
        assert (answer[4]["step_reward"] != 0.0).all()


def test_infos_are_arrays_with_a_mask_each() -> None:
    envs = InvMgmtVectorEnv(3, scenario="serial", num_periods=2)
    envs.reset(seed=1)
    infos = envs.step(np.ones((3, 3)))[4]
    assert sorted(infos) == sorted([*KEYS, *[f"_{key}" for key in KEYS]])
    assert all(infos[f"_{key}"].all() and infos[f"_{key}"].dtype == bool for key in KEYS)
    assert infos["period"].dtype == np.int64
    envs.step(np.ones((3, 3)))
    assert envs.step(np.ones((3, 3)))[4] == {}, "a step that only begins episodes has nothing to tell"


def test_the_step_that_ends_an_episode_tells_how_it_ended() -> None:
    envs = InvMgmtVectorEnv(2, scenario="serial", num_periods=2, autoreset_mode="SAME_STEP")
    begun, _ = envs.reset(seed=1)
    envs.step(np.ones((2, 3)))
    observations, rewards, _, truncations, infos = envs.step(np.ones((2, 3)))
    assert truncations.all()
    np.testing.assert_array_equal(observations, begun)
    assert sorted(infos) == ["_final_info", "_final_obs", "final_info", "final_obs"]
    assert [final[-2] for final in infos["final_obs"]] == [2.0, 2.0]
    np.testing.assert_array_equal(infos["final_info"]["step_reward"], rewards)


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_own_statistics_are_those_of_gymnasiums_wrapper(mode: AutoresetMode) -> None:
    if mode == AutoresetMode.SAME_STEP and GYMNASIUM < (1, 4):
        pytest.skip("older wrappers of gymnasium count too little after an episode that began in the same step")
    arguments: dict[str, Any] = {"scenario": "serial", "num_periods": 5, "autoreset_mode": mode, "alpha": 0.9}
    ours = InvMgmtVectorEnv(4, episode_statistics=True, **arguments)
    theirs = RecordEpisodeStatistics(InvMgmtVectorEnv(4, **arguments))
    random, ended = np.random.default_rng(2), 0
    ours.reset(seed=3), theirs.reset(seed=3)
    for step in range(40):
        actions = orders(ours, random)
        found, expected = ours.step(actions), theirs.step(actions)
        for infos in (found[4], expected[4]):
            seconds = infos.get("episode", {}).pop("t", np.zeros(4))
            assert (seconds >= 0.0).all()
        assert_equal(found, expected)
        ended += int(found[3].sum())
        mask = found[3] if mode == AutoresetMode.DISABLED else random.random(4) < 0.1
        if mask.any():
            [envs.reset(options={"reset_mask": mask.copy()}) for envs in (ours, theirs)]
        if step == 20:
            [envs.reset(seed=8) for envs in (ours, theirs)]
    assert ended >= 12


def test_statistics_of_episodes_are_the_sums_of_their_rewards() -> None:
    envs = InvMgmtVectorEnv(3, scenario="serial", num_periods=4, episode_statistics=True)
    random = np.random.default_rng(4)
    envs.reset(seed=2)
    envs.step(orders(envs, random))
    envs.reset(seed=1)
    steps = [envs.step(orders(envs, random)) for _ in range(4)]
    assert all("episode" not in step[4] for step in steps[:-1])
    episode = steps[-1][4]["episode"]
    np.testing.assert_array_equal(episode["r"], sum(step[1] for step in steps))
    assert episode["l"].tolist() == [4, 4, 4]
    assert steps[-1][4]["_episode"].all()
    assert (episode["t"] > 0.0).all()


@pytest.mark.parametrize("rows", [1, 2])
def test_actions_may_be_a_view_of_the_arrays_that_the_step_overwrites(rows: int) -> None:
    envs = InvMgmtVectorEnv(rows, scenario="serial", copy=False)
    twin = InvMgmtVectorEnv(rows, scenario="serial", copy=True)
    for env in (envs, twin):
        env.reset(seed=4)
    kept = envs.step(np.full((rows, 3), 9.0))[0]
    twin.step(np.full((rows, 3), 9.0))
    view = kept.reshape(-1)[: 3 * rows].reshape(rows, 3)
    copied = view.copy()
    np.testing.assert_array_equal(envs.step(view)[0], twin.step(copied)[0])


def test_an_observation_that_is_still_held_is_never_written_again() -> None:
    envs = InvMgmtVectorEnv(3, scenario="serial")
    envs.reset(seed=1)
    held, copies = [], []
    for _ in range(12):
        observations = envs.step(orders(envs, np.random.default_rng(5)))[0]
        held.append(observations[1:])
        copies.append(observations[1:].copy())
    for kept, copied in zip(held, copies, strict=True):
        np.testing.assert_array_equal(kept, copied)


def test_an_array_changed_in_place_and_dropped_does_not_come_back_changed() -> None:
    envs = InvMgmtVectorEnv(2, scenario="serial")
    envs.reset(seed=1)
    for change in ("setflags", "reshape"):
        observations = envs.step(orders(envs, np.random.default_rng(5)))[0]
        if change == "setflags":
            observations.setflags(write=False)
        else:
            observations.resize((observations.size,), refcheck=False)
        del observations
        for _ in range(3):
            again = envs.step(orders(envs, np.random.default_rng(5)))[0]
            assert (again.shape, again.flags.writeable) == ((2, 15), True)
            del again
