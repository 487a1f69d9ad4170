"""Copies and pickles of the vector environment go on identically, and its rows can be asked one by one."""

from __future__ import annotations

import copy
import pickle
import re
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from vectors import MODES, assert_equal

from gym_invmgmt import CoreEnv, InvMgmtVectorEnv

CASES: dict[str, dict[str, Any]] = {
    "plain": {"scenario": "network"},
    "randomised features": {
        "scenario": "serial",
        "randomize": {"randomize_backlog": True},
        "observation": "domain-v3",
        "dtype": "float32",
    },
    "scenario": {"scenario": "standard-1/N10", "num_periods": 6, "action_mode": "levels-and-shares"},
    "statistics": {"scenario": "serial", "episode_statistics": True, "copy": False, "max_episode_steps": 5},
}


def pickled(envs: InvMgmtVectorEnv) -> InvMgmtVectorEnv:
    return pickle.loads(pickle.dumps(envs))  # type: ignore[no-any-return]


@pytest.mark.parametrize("twin_of", [pickled, copy.deepcopy], ids=["pickle", "deepcopy"])
@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
@pytest.mark.parametrize("case", CASES)
def test_a_copy_goes_on_identically(case: str, mode: AutoresetMode, twin_of: Any) -> None:
    envs = InvMgmtVectorEnv(11, autoreset_mode=mode, **{"num_periods": 6, **CASES[case]})
    demand = [{"base_mu": 5 + row} if row % 2 else None for row in range(11)]
    envs.reset(seed=3, options=None if "randomize" in CASES[case] else {"demand_config": demand})
    envs.action_space.seed(1)
    for _ in range(3):
        envs.step(envs.action_space.sample())
    twin = twin_of(envs)
    assert twin.action_space == envs.action_space
    for _ in range(3, 9):
        actions = envs.action_space.sample()
        np.testing.assert_array_equal(twin.action_space.sample(), actions)
        if mode == AutoresetMode.DISABLED and envs._batch.over().all():
            assert_equal(twin.reset(), envs.reset())
        found, expected = twin.step(actions), envs.step(actions)
        for infos in (found[4], expected[4]):
            infos.get("episode", {}).pop("t", None)
        assert_equal(found, expected)


def test_a_copy_does_not_need_the_file_the_network_came_from(tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(
        "nodes: [{id: town}, {id: shop, I0: 9, h: 1}, {id: farm}]\nedges:\n"
        "  - {from: shop, to: town, p: 3, b: 1, demand_dist: poisson, dist_param: {mu: 4}}\n"
        "  - {from: farm, to: shop, L: 1, p: 1, g: 0}\n"
    )
    envs = InvMgmtVectorEnv(2, scenario=path)
    path.unlink()
    assert_equal(pickled(envs).reset(seed=1), envs.reset(seed=1))


def test_rows_can_be_asked_as_those_of_gymnasiums_vector_environment() -> None:
    ours = InvMgmtVectorEnv(3, scenario="serial", action_mode="base-stock")
    theirs: Any = SyncVectorEnv([lambda: CoreEnv("serial", action_mode="base-stock")] * 3)
    config = {"base_mu": 9, "effects": ["trend"]}
    for envs in (ours, theirs):
        envs.reset(seed=4, options={"demand_config": config})
        envs.step(np.zeros((3, 3)))
    shared = ["num_periods", "alpha", "backlog", "action_mode", "action_labels", "action_space", "observation_space"]
    for name in [*shared, "period", "terminate_at_horizon", "render_mode"]:
        assert ours.get_attr(name) == theirs.get_attr(name), name
    for name in ("state", "action_ceilings"):
        assert_equal(ours.get_attr(name), theirs.get_attr(name))
    engines = ours.get_attr("demand_engine"), theirs.get_attr("demand_engine")
    assert [[engine.base_mu, engine.effects, engine.sentiment] for engine in engines[0]] == [
        [engine.base_mu, engine.effects, engine.sentiment] for engine in engines[1]
    ]
    assert [generator.random() for generator in ours.get_attr("np_random")] == [
        generator.random() for generator in theirs.get_attr("np_random")
    ]
    assert_equal(ours.call("to_action", [1, 2, 3]), theirs.call("to_action", [1, 2, 3]))
    assert [saved["row"].tolist() for saved in ours.call("snapshot")] == [
        saved["row"].tolist() for saved in theirs.call("snapshot")
    ]


def test_what_rows_do_not_have_is_refused_by_name() -> None:
    envs = InvMgmtVectorEnv(2, scenario="serial")
    with pytest.raises(
        AttributeError, match=r"rows have no 'X' of their own; they have action_ceilings, action_labels"
    ):
        envs.get_attr("X")
    with pytest.raises(AttributeError, match=r"'step' .* CoreEnv restored from snapshot\(row\)"):
        envs.call("step", [1, 2, 3])
    message = "alpha cannot be set: the rows are one native batch. Give it when making the environment"
    with pytest.raises(AttributeError, match=re.escape(message)):
        envs.set_attr("alpha", 0.5)


@pytest.mark.parametrize("terminates", [False, True])
@pytest.mark.parametrize("most", [3, 6, 9])
def test_max_episode_steps_truncates_as_gymnasiums_time_limit_does(most: int, terminates: bool) -> None:
    arguments: dict[str, Any] = {"num_periods": 6, "terminate_at_horizon": terminates, "max_episode_steps": most}
    ours: Any = gym.make_vec("GymInvMgmt/Serial-v0", num_envs=2, **arguments)
    theirs = gym.make_vec("GymInvMgmt/Serial-v0", num_envs=2, vectorization_mode="sync", **arguments)
    assert_equal(ours.reset(seed=1)[0], theirs.reset(seed=1)[0])
    actions = np.full((2, 3), 20.0)
    for _ in range(10):
        assert_equal(ours.step(actions)[:4], theirs.step(actions)[:4])


def test_an_episode_cut_short_is_not_paid_for_its_stock() -> None:
    whole, cut = (InvMgmtVectorEnv(1, scenario="standard-1/N01", max_episode_steps=most) for most in (-1, 2))
    for envs in (whole, cut):
        envs.reset(seed=1)
    for _ in range(2):
        paid = [envs.step(np.full((1, 3), 20.0))[1].tolist() for envs in (whole, cut)]
        assert paid[0] == paid[1]
    with pytest.raises(ValueError, match="max_episode_steps is 0; expected a whole number >= 1"):
        InvMgmtVectorEnv(1, max_episode_steps=0)
