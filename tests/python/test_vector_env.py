"""Row i is the single environment with seed s + i, bit for bit, in every autoreset mode; threads change nothing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gymnasium.vector import AutoresetMode
from vectors import CASES, MANY, MODES, assert_equal, both, orders, play_side_by_side, random_networks, stagger

from gym_invmgmt import CoreEnv, InvMgmtVectorEnv

pytestmark = pytest.mark.filterwarnings("ignore:external_series has only")


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
@pytest.mark.parametrize("case", CASES)
def test_rows_are_single_environments_to_the_end_of_several_episodes(case: str, mode: AutoresetMode) -> None:
    ours, theirs = both(MANY, mode, **CASES[case])
    assert_equal(ours.reset(seed=40), theirs.reset(seed=40))
    ended = play_side_by_side(ours, theirs, 50, np.random.default_rng(1))
    assert ended >= MANY * 3


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
@pytest.mark.parametrize("case", CASES)
def test_rows_that_end_at_different_times_are_single_environments_too(case: str, mode: AutoresetMode) -> None:
    ours, theirs = both(MANY, mode, **CASES[case])
    random = np.random.default_rng(2)
    assert_equal(ours.reset(seed=7), theirs.reset(seed=7))
    stagger(ours, theirs, random)
    play_side_by_side(ours, theirs, 40, random)


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
@pytest.mark.parametrize("seed", range(4))
def test_rows_are_single_environments_on_random_networks(tmp_path: Path, seed: int, mode: AutoresetMode) -> None:
    for path in random_networks(tmp_path, seed, count=2):
        demand = {"use_goodwill": seed % 2 == 0, "noise_scale": 1.0 + seed / 2, "effects": ["seasonal"]}
        ours, theirs = both(MANY, mode, config_path=path, num_periods=8, backlog=seed > 1, demand_config=demand)
        assert_equal(ours.reset(seed=seed), theirs.reset(seed=seed))
        play_side_by_side(ours, theirs, 30, np.random.default_rng(seed))


def test_a_row_is_the_single_environment_without_gymnasiums_help() -> None:
    envs = InvMgmtVectorEnv(3, scenario="serial", num_periods=6)
    singles = [CoreEnv("serial", num_periods=6) for _ in range(3)]
    random = np.random.default_rng(5)
    observations, _ = envs.reset(seed=100)
    for row, env in enumerate(singles):
        np.testing.assert_array_equal(observations[row], env.reset(seed=100 + row)[0])
    for period in range(6):
        actions = orders(envs, random)
        observations, rewards, terminations, truncations, infos = envs.step(actions)
        for row, env in enumerate(singles):
            observation, reward, terminated, truncated, info = env.step(actions[row])
            np.testing.assert_array_equal(observations[row], observation)
            assert (rewards[row], terminations[row], truncations[row]) == (reward, terminated, truncated)
            assert {key: infos[key][row] for key in info} == info
        assert truncations.all() == (period == 5)


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_single_precision_is_the_double_result_rounded_once(mode: AutoresetMode) -> None:
    arguments: dict[str, Any] = {"num_periods": 7, "alpha": 0.97, "demand_config": {"noise_scale": 1.3}}
    double = InvMgmtVectorEnv(MANY, autoreset_mode=mode, **arguments)
    rounded = InvMgmtVectorEnv(MANY, autoreset_mode=mode, dtype="float32", **arguments)
    assert rounded.observation_space.dtype == rounded.action_space.dtype == np.float32
    random = np.random.default_rng(3)
    assert_equal(rounded.reset(seed=1)[0], double.reset(seed=1)[0].astype(np.float32))
    for _ in range(30):
        actions = orders(double, random)
        found, expected = rounded.step(actions), double.step(actions)
        assert_equal(found[0], expected[0].astype(np.float32))
        for infos in (found[4], expected[4]):
            finals = infos.pop("final_obs", [])
            infos["finals"] = [None if final is None else np.float32(final) for final in finals]
        assert_equal(found[1:], expected[1:])
        if mode == AutoresetMode.DISABLED and found[3].all():
            assert_equal(rounded.reset()[0], double.reset()[0].astype(np.float32))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_orders_of_either_kind_are_taken_at_their_own_value(dtype: str) -> None:
    envs, twin = (InvMgmtVectorEnv(3, dtype=dtype) for _ in range(2))
    narrow = orders(envs, np.random.default_rng(4)).astype(np.float32)
    assert_equal(envs.step(narrow), twin.step(narrow.astype(np.float64)))


@pytest.mark.parametrize("form", ["list", "integers", "Fortran order", "strided", "byte order", "half"])
def test_any_form_of_numbers_is_an_action(form: str) -> None:
    envs, twin = (InvMgmtVectorEnv(3, scenario="serial") for _ in range(2))
    actions = np.arange(9.0).reshape(3, 3)
    given: Any = {
        "list": actions.tolist(),
        "integers": actions.astype(np.int16),
        "Fortran order": np.asfortranarray(actions),
        "strided": np.repeat(actions, 2, axis=1)[:, ::2],
        "byte order": actions.astype(">f8"),
        "half": actions.astype(np.float16),
    }[form]
    assert_equal(envs.step(given), twin.step(actions))


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_threads_change_nothing(mode: AutoresetMode) -> None:
    # 701 rows of this network are above the work from which a step is shared out, and no multiple of anything.
    arguments: dict[str, Any] = {"num_periods": 5, "autoreset_mode": mode, "episode_statistics": True}
    runs = []
    for threads in (1, 2, 3, 5):
        envs, random = InvMgmtVectorEnv(701, num_threads=threads, **arguments), np.random.default_rng(6)
        run: list[Any] = [envs.reset(seed=9)]
        for _ in range(13):
            run.append(envs.step(orders(envs, random)))
            run[-1][4].get("episode", {}).pop("t", None)
            if mode == AutoresetMode.DISABLED and run[-1][3].all():
                run.append(envs.reset())
        runs.append(run)
    for run in runs[1:]:
        assert_equal(run, runs[0])


def test_as_many_threads_as_there_are_cores_unless_told_otherwise() -> None:
    assert InvMgmtVectorEnv(2).num_threads == (os.cpu_count() or 1)
    assert InvMgmtVectorEnv(2, num_threads=3).num_threads == 3


def test_what_happens_to_one_row_does_not_reach_another() -> None:
    envs, alone = InvMgmtVectorEnv(3, scenario="serial"), InvMgmtVectorEnv(3, scenario="serial")
    random = np.random.default_rng(8)
    envs.reset(seed=0)
    alone.reset(seed=[70, 1, 80])
    for _ in range(12):
        actions = orders(envs, random)
        others = orders(envs, random)
        others[1] = actions[1]
        found, expected = envs.step(actions), alone.step(others)
        np.testing.assert_array_equal(found[0][1], expected[0][1])
        assert found[1][1] == expected[1][1]
