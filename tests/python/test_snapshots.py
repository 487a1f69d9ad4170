"""Snapshots: saved, restored, branched and exchanged states replay identically; a refused one changes nothing."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers import MATRICES, assert_same
from helpers import snapshot as held_by
from vectors import CASES, MODES, assert_equal, random_networks, states

from gym_invmgmt import CoreEnv, InvMgmtVectorEnv, load_snapshot, save_snapshot

pytestmark = pytest.mark.filterwarnings("ignore:external_series has only")

KEYS = ["period", "step_reward", "total_inventory", "total_backlog", "sentiment"]
GOODWILL = {"use_goodwill": True, "base_mu": 55, "noise_scale": 1.4, "type": "trend+seasonal"}


def single(**arguments: Any) -> CoreEnv:
    """An environment some periods into an episode."""
    env = CoreEnv(**{"scenario": "serial", "demand_config": GOODWILL, **arguments})
    env.reset(seed=11)
    play(env, 4, seed=0)
    return env


def play(env: CoreEnv, periods: int, seed: int = 1) -> list[Any]:
    """What some periods under random orders answer."""
    random = np.random.default_rng(seed)
    return [env.step(random.normal(30.0, 30.0, env.action_space.shape)) for _ in range(periods)]


def play_row(envs: InvMgmtVectorEnv, row: int, periods: int, seed: int = 1) -> list[Any]:
    """The same of one row of a vector environment, as a single environment would answer."""
    random, answers = np.random.default_rng(seed), []
    for _ in range(periods):
        actions = np.full(envs.action_space.shape, 3.0)
        actions[row] = random.normal(30.0, 30.0, envs.single_action_space.shape)
        observations, rewards, terminations, truncations, infos = envs.step(actions)
        told = [key for key in KEYS if key in infos and infos[f"_{key}"][row]]
        info = {key: infos[key][row].item() for key in told}
        answers.append(
            (observations[row], float(rewards[row]), *map(bool, (terminations[row], truncations[row])), info)
        )
    return answers


@pytest.mark.parametrize("case", CASES)
def test_a_restored_episode_replays_identically(case: str) -> None:
    env = CoreEnv(**CASES[case])
    env.reset(seed=3)
    play(env, env.num_periods // 2, seed=0)
    saved = env.snapshot()
    before, observation = held_by(env), env.state.copy()
    first = play(env, env.num_periods)
    env.reset(seed=99)
    play(env, 1)
    np.testing.assert_array_equal(env.restore(saved), observation)
    assert_same(held_by(env), before)
    assert_equal(play(env, env.num_periods), first)


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_a_restored_row_replays_identically_and_leaves_the_others(mode: Any) -> None:
    envs = InvMgmtVectorEnv(3, scenario="serial", num_periods=9, autoreset_mode=mode, demand_config=GOODWILL)
    envs.reset(seed=5)
    play_row(envs, 1, 3, seed=0)
    saved = states(envs)
    first = play_row(envs, 1, 6)
    for row in (0, 1, 2):
        observation = envs.restore(row, saved[row])
        np.testing.assert_array_equal(observation, saved[row]["row"][: len(observation)])
    assert_equal(states(envs), saved)
    play_row(envs, 1, 2, seed=7)
    before = states(envs)
    envs.restore(1, saved[1])
    assert_equal([envs.snapshot(0), envs.snapshot(2)], [before[0], before[2]])
    assert_equal(envs.snapshot(1), saved[1])
    [envs.restore(row, saved[row]) for row in (0, 2)]
    assert_equal(play_row(envs, 1, 6), first)


def test_a_restored_row_keeps_its_own_links_whatever_demand_other_rows_were_given() -> None:
    own = {"links": {(1, 0): {"base_mu": 200.0, "noise_scale": 0.0}}}
    envs = InvMgmtVectorEnv(2, scenario="serial", num_periods=9, demand_config=own)
    envs.reset(seed=0)
    saved, orders = [envs.snapshot(row) for row in range(2)], np.zeros((2, 3))
    envs.reset(options={"demand_config": {"base_mu": 5.0, "noise_scale": 0.0}, "reset_mask": np.array([True, False])})
    envs.restore(1, saved[1])
    np.testing.assert_array_equal(envs.step(orders)[0][:, 0], [5.0, 200.0])
    with pytest.raises(ValueError, match="base_mu is -5"):
        envs.reset(options={"demand_config": [{"base_mu": 7.0}, {"base_mu": -5.0}]})
    envs.restore(1, saved[1])
    np.testing.assert_array_equal(envs.step(orders)[0][:, 0], [5.0, 200.0])


def test_an_episode_branches_as_often_as_one_likes() -> None:
    env = single()
    saved = env.snapshot()
    kept = copy.deepcopy(saved)
    straight = play(env, 3, seed=1)
    env.restore(saved)
    bent = play(env, 3, seed=2)
    assert bent[-1][1] != straight[-1][1]
    env.restore(saved)
    assert_equal(play(env, 3, seed=1), straight)
    assert_equal(saved, kept, "playing on changed the snapshot")


def test_one_state_branches_into_every_row() -> None:
    env = single()
    saved, envs = env.snapshot(), InvMgmtVectorEnv(4, scenario="serial")
    for row in range(4):
        envs.restore(row, saved)
    same = envs.step(np.full((4, 3), 25.0))
    assert (same[0] == same[0][0]).all()
    np.testing.assert_array_equal(same[0][0], env.step(np.full(3, 25.0))[0])


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_single_environments_state_goes_on_in_a_row_and_a_rows_in_a_single_environment(dtype: str) -> None:
    env, envs = single(), InvMgmtVectorEnv(3, scenario="serial", dtype=dtype)
    envs.reset(seed=70)
    observation = envs.restore(2, env.snapshot())
    np.testing.assert_array_equal(observation, env.state.astype(dtype))
    played, expected = play_row(envs, 2, 5), play(env, 5)
    for found, wanted in zip(played, expected, strict=True):
        np.testing.assert_array_equal(found[0], wanted[0].astype(dtype))
        assert found[1:] == wanted[1:]
    # And back: the row's state in an environment that knew nothing of it.
    other = CoreEnv("serial", {"base_mu": 3})
    other.restore(envs.snapshot(2))
    np.testing.assert_array_equal(other.state, env.state)
    assert_equal(play(other, 21, seed=6), play(env, 21, seed=6))
    for key, value in env.snapshot().items():
        if key != "history":
            assert_equal(other.snapshot()[key], value, key)


@pytest.mark.parametrize("seed", range(3))
def test_states_of_random_networks_are_exchanged_both_ways(tmp_path: Path, seed: int) -> None:
    (path,) = random_networks(tmp_path, seed)
    arguments: dict[str, Any] = {"scenario": "custom", "config_path": path, "num_periods": 20, "backlog": seed > 0}
    env, envs = single(**arguments), InvMgmtVectorEnv(2, **arguments)
    play(env, 5)
    envs.restore(1, env.snapshot())
    back = CoreEnv(**arguments)
    back.restore(envs.snapshot(1))
    found, expected = play_row(envs, 1, 7, seed=3), play(env, 7, seed=3)
    returned = play(back, 7, seed=3)
    for step in range(7):
        np.testing.assert_array_equal(found[step][0], expected[step][0])
        np.testing.assert_array_equal(returned[step][0], expected[step][0])
        assert found[step][1] == returned[step][1] == expected[step][1]


def test_the_demand_parameters_and_the_sentiment_come_along() -> None:
    env = single()
    env.demand_engine.gw_floor, env.demand_engine.external_series = 0.4, np.arange(5.0, 25.0)
    env.demand_engine.sentiment = 0.625
    saved = env.snapshot()
    other = CoreEnv("serial", {"gw_cap": 0.3, "gw_floor": 0.1})
    other.restore(saved)
    engine = other.demand_engine
    assert (engine.sentiment, engine.gw_floor, engine.gw_cap, engine.base_mu) == (0.625, 0.4, 2.0, 55.0)
    assert (engine.effects, engine.noise_scale, engine.use_goodwill) == (["trend", "seasonal"], 1.4, True)
    assert_equal(play(other, 9), play(env, 9))
    # They stay for the episodes after, as after a reset with them.
    other.reset(seed=1), env.reset(seed=1)
    assert_equal(play(other, 3), play(env, 3))


def test_the_stream_of_a_restored_episode_is_the_environments() -> None:
    env, other = single(), CoreEnv("serial")
    other.restore(env.snapshot())
    assert other.np_random is other.demand_engine.np_random
    assert other.np_random.random() == env.np_random.random()


def test_history_comes_along_whatever_the_horizon_is() -> None:
    env = single(num_periods=20)
    for periods in (20, 4, 50):
        other = CoreEnv("serial", num_periods=periods)
        other.restore(env.snapshot())
        assert (other.period, len(other.D), len(other.X)) == (4, periods, periods + 1)
        for symbol in MATRICES:
            rows = 5 if symbol in ("X", "Y") else 4
            np.testing.assert_array_equal(getattr(other, symbol)[:rows], getattr(env, symbol)[:rows])
            assert not getattr(other, symbol)[rows:].any()
        np.testing.assert_array_equal(other.ledger().profit, env.ledger().profit)


def test_a_row_has_no_history_and_its_past_reads_as_zero() -> None:
    envs = InvMgmtVectorEnv(1, scenario="serial", demand_config=GOODWILL)
    play_row(envs, 0, 8)
    saved = envs.snapshot(0)
    assert "history" not in saved
    env = CoreEnv("serial")
    env.restore(saved)
    assert env.period == 8
    assert not env.P.any()
    assert not env.D[:7].any()


@pytest.mark.parametrize("at", [0, 30])
def test_the_first_and_the_last_moment_of_an_episode_can_be_saved(at: int) -> None:
    env, other = CoreEnv("serial"), CoreEnv("serial")
    env.reset(seed=4)
    play(env, at)
    other.restore(env.snapshot())
    np.testing.assert_array_equal(other.state, env.state)
    assert other.period == at
    assert_equal(play(other, 2), play(env, 2))


def as_lists(part: Any) -> Any:
    """Arrays as lists, for JSON."""
    if isinstance(part, dict):
        return {name: as_lists(value) for name, value in part.items()}
    return part.tolist() if isinstance(part, np.ndarray) else part


@pytest.mark.parametrize("form", ["json", "file", "pickle", "deepcopy"])
@pytest.mark.parametrize("series", [None, [5.0, 60.0, 7.5, 0.1]])
def test_a_snapshot_is_plain_data(tmp_path: Path, form: str, series: Any) -> None:
    env = single(demand_config={**GOODWILL, "external_series": series})
    envs = InvMgmtVectorEnv(2, scenario="serial")
    envs.restore(1, env.snapshot())
    for saved in (env.snapshot(), envs.snapshot(1)):
        if form == "json":
            read = json.loads(json.dumps(as_lists(saved)))
        elif form == "file":
            save_snapshot(tmp_path / "state.npz", saved)
            read = load_snapshot(str(tmp_path / "state.npz"))
            assert_equal(read, saved)
        else:
            read = pickle.loads(pickle.dumps(saved)) if form == "pickle" else copy.deepcopy(saved)
        other, rows = CoreEnv("serial"), InvMgmtVectorEnv(2, scenario="serial")
        other.restore(read)
        rows.restore(0, read)
        assert_equal(other.snapshot()["row"], saved["row"])
        assert_equal(rows.snapshot(0), {key: value for key, value in saved.items() if key != "history"})
        before = env.snapshot()
        assert_equal(play(other, 5), play(env, 5))
        env.restore(before)


def test_a_file_keeps_its_name_is_replaced_and_needs_no_pickle(tmp_path: Path) -> None:
    path = tmp_path / "state"
    env = single()
    save_snapshot(path, env.snapshot())
    play(env, 2)
    save_snapshot(path, env.snapshot())
    assert [file.name for file in tmp_path.iterdir()] == ["state"]
    with np.load(path, allow_pickle=False) as file:
        assert all(file[name].dtype.kind in "fU" for name in file.files)
    assert_equal(load_snapshot(path), env.snapshot())


@pytest.mark.parametrize("content", ["empty", "text", "array", "other arrays", "a list", "cut off", "pickle", "stray"])
def test_a_file_that_holds_no_snapshot_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "state.npz"
    save_snapshot(path, single().snapshot())
    whole = path.read_bytes()
    with path.open("wb") as file:
        if content == "array":
            np.save(file, np.ones(3))
        elif content == "other arrays":
            np.savez(file, row=np.ones(3))
        elif content == "a list":
            np.savez(file, snapshot=np.array("[1, 2]"), row=np.ones(3))
        elif content == "stray":
            np.savez(file, snapshot=np.array("{}"), **{"history/X": np.ones(3)})
        else:
            parts = {"empty": b"", "text": b"hello", "cut off": whole[: len(whole) // 2]}
            file.write(parts.get(content, pickle.dumps({"format": "gym-invmgmt snapshot"})))
    with pytest.raises(ValueError, match=r"state\.npz holds no snapshot: "):
        load_snapshot(path)
    with pytest.raises(FileNotFoundError):
        load_snapshot(tmp_path / "nothing.npz")


def test_episode_statistics_count_from_where_a_row_was_restored() -> None:
    envs = InvMgmtVectorEnv(1, scenario="serial", num_periods=4, episode_statistics=True)
    envs.reset(seed=1)
    orders = np.full((1, 3), 20.0)
    for _ in range(3):
        envs.step(orders)
    saved = envs.snapshot(0)
    last_reward = envs.step(orders)[1][0]
    envs.restore(0, saved)
    episode = envs.step(orders)[4]["episode"]
    assert (episode["l"][0], episode["r"][0]) == (1, last_reward)
