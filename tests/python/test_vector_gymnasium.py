"""Gymnasium's own tools on the vector environment: make_vec, spaces, checks, and every vector wrapper that applies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.spaces import Box
from gymnasium.utils.env_checker import data_equivalence
from gymnasium.utils.passive_env_checker import check_obs, check_space
from gymnasium.vector import AutoresetMode, SyncVectorEnv, VectorEnv
from gymnasium.vector.utils import batch_space
from gymnasium.wrappers import vector as wrappers
from vectors import CASES, MODES, assert_equal, both, orders, play_side_by_side

from gym_invmgmt import CoreEnv, InvMgmtVectorEnv

IDS = {"GymInvMgmt/MultiEchelon-v0": "network", "GymInvMgmt/Serial-v0": "serial"}
Wrap = Callable[[Any], Any]


@pytest.mark.parametrize("env_id", IDS)
def test_make_vec_returns_the_native_vector_environment(env_id: str) -> None:
    envs = gym.make_vec(env_id, num_envs=5)
    assert type(envs) is InvMgmtVectorEnv
    assert (envs.num_envs, envs.num_periods, envs.autoreset_mode) == (5, 30, AutoresetMode.NEXT_STEP)
    assert envs.spec is not None
    assert (envs.spec.id, envs.spec.kwargs["num_envs"]) == (env_id, 5)
    assert repr(envs) == f"InvMgmtVectorEnv({env_id}, num_envs=5)"
    theirs = gym.make_vec(env_id, num_envs=5, vectorization_mode="sync")
    assert isinstance(theirs, SyncVectorEnv)
    assert_equal(envs.reset(seed=2), theirs.reset(seed=2))
    play_side_by_side(envs, theirs, 35, np.random.default_rng(0))


def test_make_vec_takes_every_argument_and_the_spec_makes_the_same_again() -> None:
    envs = gym.make_vec(
        "GymInvMgmt/Serial-v0",
        num_envs=3,
        num_periods=4,
        backlog=False,
        autoreset_mode="SameStep",
        dtype="float32",
        num_threads=1,
        copy=False,
        episode_statistics=True,
        demand_config={"base_mu": 60},
    )
    again: Any = gym.make_vec(envs.spec)
    assert (again.num_envs, again.num_periods, again.backlog) == (3, 4, False)
    assert (again.autoreset_mode, again.dtype, again.copy) == (AutoresetMode.SAME_STEP, np.float32, False)
    assert_equal(envs.reset(seed=1), again.reset(seed=1))
    assert_equal(envs.step(np.ones((3, 3))), again.step(np.ones((3, 3))))


def test_the_single_environment_of_an_id_is_still_the_core_environment() -> None:
    assert type(gym.make("GymInvMgmt/Serial-v0").unwrapped) is CoreEnv


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_spaces_are_those_of_the_single_environment_in_the_kind_of_number(dtype: Any) -> None:
    env, envs = CoreEnv("network"), InvMgmtVectorEnv(3, scenario="network", dtype=dtype)
    for single, expected in (
        (envs.single_action_space, env.action_space),
        (envs.single_observation_space, env.observation_space),
    ):
        assert isinstance(single, Box)
        assert single == Box(expected.low.astype(dtype), expected.high.astype(dtype), expected.shape, dtype)
        check_space(single, "observation", lambda _: None)
    assert envs.action_space == batch_space(envs.single_action_space, 3)
    assert envs.observation_space == batch_space(envs.single_observation_space, 3)
    assert (envs.observation_labels, envs.action_labels) == (env.observation_labels, env.action_labels)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_every_answer_keeps_the_contract_of_a_vector_environment(mode: AutoresetMode, dtype: str) -> None:
    envs = InvMgmtVectorEnv(3, scenario="serial", num_periods=3, autoreset_mode=mode, dtype=dtype)
    assert isinstance(envs, VectorEnv)
    assert envs.metadata["autoreset_mode"] is mode
    assert InvMgmtVectorEnv.metadata["autoreset_mode"] is AutoresetMode.NEXT_STEP
    assert envs.unwrapped is envs
    observations, infos = envs.reset(seed=1)
    check_obs(observations, envs.observation_space, "reset")
    assert infos == {}
    envs.action_space.seed(1)
    for _ in range(9):
        observations, rewards, terminations, truncations, infos = envs.step(envs.action_space.sample())
        check_obs(observations, envs.observation_space, "step")
        assert (rewards.shape, rewards.dtype) == ((3,), np.float64)
        assert (terminations.shape, terminations.dtype) == (truncations.shape, truncations.dtype) == ((3,), np.bool_)
        assert isinstance(infos, dict)
        assert not terminations.any()
        if mode == AutoresetMode.DISABLED and truncations.any():
            envs.reset(options={"reset_mask": truncations})


@pytest.mark.parametrize("action_mode", ["scaled", "base-stock", "ss", "levels-and-shares", "integer"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_contract_holds_in_every_action_mode_with_features_and_randomisation(action_mode: str, dtype: str) -> None:
    arguments: dict[str, Any] = {"action_mode": action_mode, "observation": "domain-v4", "randomize": True}
    envs: Any = gym.make_vec(
        "GymInvMgmt/Serial-v0", num_envs=3, num_periods=3, dtype=dtype, terminate_at_horizon=True, **arguments
    )
    again: Any = gym.make_vec(envs.spec)
    for space in (envs.single_observation_space, envs.single_action_space):
        check_space(space, "observation", lambda _: None)
    assert envs.action_space == batch_space(envs.single_action_space, 3)
    assert envs.observation_space == batch_space(envs.single_observation_space, 3)
    assert_equal(envs.reset(seed=1), again.reset(seed=1))
    envs.action_space.seed(1)
    ended = 0
    for _ in range(9):
        actions = envs.action_space.sample()
        found = envs.step(actions)
        assert_equal(found, again.step(actions))
        check_obs(found[0], envs.observation_space, "step")
        assert not found[3].any()
        ended += int(found[2].sum())
    assert ended == 6


def test_the_same_seed_and_actions_give_the_same_answers() -> None:
    answers = []
    for _ in range(2):
        envs, random = InvMgmtVectorEnv(3, scenario="serial", num_periods=4), np.random.default_rng(1)
        answers.append([envs.reset(seed=123), *[envs.step(orders(envs, random)) for _ in range(10)]])
    assert data_equivalence(answers[0], answers[1], exact=True)


EVERY_MODE: dict[str, Wrap] = {
    "RecordEpisodeStatistics": wrappers.RecordEpisodeStatistics,
    "NormalizeReward": wrappers.NormalizeReward,
    "TransformAction": lambda envs: wrappers.TransformAction(envs, lambda actions: actions * 0.5),
    "ClipAction": wrappers.ClipAction,
    "RescaleAction": lambda envs: wrappers.RescaleAction(envs, -100.0, 100.0),
    "TransformReward": lambda envs: wrappers.TransformReward(envs, lambda rewards: rewards - 3.0),
    "ClipReward": lambda envs: wrappers.ClipReward(envs, -5.0, 20.0),
    "statistics of clipped rewards": lambda envs: wrappers.RecordEpisodeStatistics(
        wrappers.ClipReward(envs, -5.0, 20.0)
    ),
}
#: Gymnasium refuses these where an episode begins in the step that ends one.
NOT_SAME_STEP: dict[str, Wrap] = {
    "TransformObservation": lambda envs: wrappers.TransformObservation(envs, lambda seen: seen / 7.0),
    "TransformObservation of a row": lambda envs: wrappers.VectorizeTransformObservation(
        envs, gym.wrappers.TransformObservation, func=lambda seen: seen[:3] * 2.0, observation_space=Box(-9, 9, (3,))
    ),
    "the same space": lambda envs: wrappers.VectorizeTransformObservation(
        envs, gym.wrappers.TransformObservation, func=lambda seen: seen + 1.0, observation_space=None
    ),
    "FlattenObservation": wrappers.FlattenObservation,
    "ReshapeObservation": lambda envs: wrappers.ReshapeObservation(envs, (3, 5)),
    "DtypeObservation": lambda envs: wrappers.DtypeObservation(envs, np.float32),
    "several": lambda envs: wrappers.ClipReward(
        wrappers.DtypeObservation(wrappers.RecordEpisodeStatistics(envs), np.float32), -5.0, 20.0
    ),
}
NEXT_STEP_ONLY: dict[str, Wrap] = {
    "NormalizeObservation": wrappers.NormalizeObservation,
    "both normalised": lambda envs: wrappers.NormalizeReward(wrappers.NormalizeObservation(envs)),
}
WRAPPED = [(wrap, mode) for wrap in EVERY_MODE for mode in MODES]
WRAPPED += [(wrap, mode) for wrap in NOT_SAME_STEP for mode in (AutoresetMode.NEXT_STEP, AutoresetMode.DISABLED)]
WRAPPED += [(wrap, AutoresetMode.NEXT_STEP) for wrap in NEXT_STEP_ONLY]


def without_seconds(answer: Any) -> Any:
    answer[4].get("episode", {}).pop("t", None)
    return answer


@pytest.mark.filterwarnings("ignore:.*Box (low|high)'s precision lowered")  # DtypeObservation's own
@pytest.mark.parametrize(("name", "mode"), WRAPPED, ids=lambda value: getattr(value, "name", value))
def test_a_vector_wrapper_makes_of_ours_what_it_makes_of_gymnasiums(name: str, mode: AutoresetMode) -> None:
    wrap = {**EVERY_MODE, **NOT_SAME_STEP, **NEXT_STEP_ONLY}[name]
    ours, theirs = (wrap(envs) for envs in both(3, mode, **{**CASES["goodwill and lost sales"], "scenario": "serial"}))
    assert ours.observation_space == theirs.observation_space
    assert ours.action_space == theirs.action_space
    random = np.random.default_rng(3)
    assert_equal(ours.reset(seed=6), theirs.reset(seed=6))
    ended = 0
    for _ in range(40):
        actions = random.uniform(0.0, 40.0, ours.action_space.shape)
        found, expected = ours.step(actions), theirs.step(actions)
        assert_equal(without_seconds(found), without_seconds(expected))
        ended += int(found[3].sum())
        if mode == AutoresetMode.DISABLED and found[3].all():
            assert_equal(ours.reset(), theirs.reset())
    assert ended >= 9


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_infos_can_be_had_as_a_list_of_dicts(mode: AutoresetMode) -> None:
    ours, theirs = (wrappers.DictInfoToList(envs) for envs in both(3, mode, scenario="serial", num_periods=4))
    ours.reset(seed=1), theirs.reset(seed=1)
    for _ in range(4):
        found, expected = ours.step(np.ones((3, 3))), theirs.step(np.ones((3, 3)))
        assert data_equivalence(found[4], expected[4], exact=True)
        assert len(found[4]) == 3


def test_statistics_of_our_own_and_the_wrapper_exclude_each_other() -> None:
    envs = wrappers.RecordEpisodeStatistics(InvMgmtVectorEnv(2, num_periods=1, episode_statistics=True))
    envs.reset(seed=0)
    with pytest.raises(ValueError, match="'episode' but this key already exists"):
        envs.step(np.ones((2, 11)))


def test_a_vector_environment_is_no_picture() -> None:
    envs = InvMgmtVectorEnv(2)
    assert envs.render_mode is None
    with pytest.raises(NotImplementedError):
        envs.render()
