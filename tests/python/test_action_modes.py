"""Action modes: what an action of each stands for, in the single environment and, bit for bit, in the vector one."""

from __future__ import annotations

import copy
import pickle
import re
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from gymnasium.vector.utils import batch_space
from helpers import assert_same, environment_of, shop_and_source, snapshot
from vectors import CASES, MANY, MODES, assert_equal, both, random_networks

from gym_invmgmt import CoreEnv, InvMgmtVectorEnv, rollout, run_episode

ACTION_MODES = ["raw", "scaled", "base-stock", "ss", "levels-and-shares", "integer"]
IDS = ["GymInvMgmt/MultiEchelon-v0", "GymInvMgmt/Serial-v0"]


# The observation box is unbounded, and a box of orders not symmetric; Gymnasium remarks on both.
@pytest.mark.filterwarnings("ignore:.*(observation space|symmetric and normalized).*:UserWarning")
@pytest.mark.parametrize("action_mode", ACTION_MODES)
@pytest.mark.parametrize("env_id", IDS)
def test_gymnasiums_check_passes_for_every_id_and_mode(env_id: str, action_mode: str) -> None:
    env = gym.make(env_id, action_mode=action_mode, terminate_at_horizon=True)
    check_env(env.unwrapped, skip_render_check=True)


@pytest.mark.parametrize("reset_mode", MODES, ids=lambda mode: mode.name)
@pytest.mark.parametrize("action_mode", ACTION_MODES)
@pytest.mark.parametrize("case", CASES)
def test_every_row_is_the_single_environment(case: str, action_mode: str, reset_mode: AutoresetMode) -> None:
    arguments = {**CASES[case], "action_mode": action_mode, "terminate_at_horizon": action_mode != "scaled"}
    ours, theirs = both(MANY, reset_mode, **arguments)
    assert ours.action_space == batch_space(ours.single_action_space, MANY)
    assert ours.single_action_space == theirs.single_action_space
    assert ours.action_labels == CoreEnv(**arguments).action_labels
    play_alike(ours, theirs, 14)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("action_mode", ACTION_MODES)
def test_every_row_is_the_single_environment_on_random_networks(tmp_path: Path, action_mode: str, seed: int) -> None:
    [path] = random_networks(tmp_path, 40 + seed)
    ours, theirs = both(MANY, MODES[0], config_path=path, num_periods=5, action_mode=action_mode)
    play_alike(ours, theirs, 8)


def play_alike(ours: InvMgmtVectorEnv, theirs: SyncVectorEnv[Any, Any], steps: int) -> None:
    assert_equal(ours.reset(seed=3), theirs.reset(seed=3))
    ours.action_space.seed(5)
    ended = 0
    for _ in range(steps):
        actions = ours.action_space.sample()
        if actions.dtype != np.int64:
            actions = actions * 1.1  # now and then beyond the box
        found, expected = ours.step(actions), theirs.step(actions)
        assert_equal(found, expected)
        over = found[2] | found[3]
        ended += int(over.sum())
        if ours.autoreset_mode == AutoresetMode.DISABLED and over.any():
            assert_equal(*[envs.reset(options={"reset_mask": over.copy()}) for envs in (ours, theirs)])
    assert ended > 0


def test_threads_change_no_number_in_any_mode() -> None:
    for action_mode in ACTION_MODES:
        one, four = (InvMgmtVectorEnv(600, action_mode=action_mode, num_threads=threads) for threads in (1, 4))
        one.action_space.seed(1)
        one.reset(seed=0)
        four.reset(seed=0)
        for _ in range(3):
            actions = one.action_space.sample()
            assert_equal(one.step(actions), four.step(actions))


def test_actions_of_single_precision_are_read_as_they_are() -> None:
    envs = InvMgmtVectorEnv(2, scenario="serial", action_mode="base-stock", dtype="float32")
    env = CoreEnv("serial", action_mode="base-stock")
    assert envs.single_action_space.dtype == np.float32
    envs.reset(seed=1)
    env.reset(seed=1)
    action = np.array([0.1, 0.3, -0.2], dtype=np.float32)
    observations = envs.step(np.stack([action, action]))[0]
    np.testing.assert_array_equal(observations[0], env.step(action)[0].astype(np.float32))


@pytest.mark.parametrize(("scenario", "levels"), [("serial", [107, 118, 29]), ("network", [150, 200, 300, 60, 80, 60])])
def test_a_constant_base_stock_action_is_the_base_stock_policy(scenario: str, levels: list[float]) -> None:
    env = CoreEnv(scenario, action_mode="base-stock", action_ceilings=[512.0] * len(levels))
    constant = env.to_action(levels)
    seeds = range(10000, 10010)
    learned = rollout(env, lambda _: constant, seeds)
    policy = rollout(CoreEnv(scenario), "basestock:" + ",".join(map(str, levels)), seeds)
    np.testing.assert_allclose(learned["total_profit"], policy["total_profit"], rtol=1e-12)
    assert run_episode(env, lambda _: constant, seed=10003)["total_reward"] == pytest.approx(policy["total_profit"][3])


def test_levels_within_the_derived_ceilings_reach_the_tuned_base_stock_policy() -> None:
    # 107, 118, 29 are levels tuned by simulation on this chain; 843.55 is its profit on seed 10000.
    env = CoreEnv("serial", action_mode="base-stock", demand_config={"base_mu": 20})
    constant = env.to_action([107, 118, 29])
    assert np.all(np.abs(constant) < 0.6)
    assert run_episode(env, lambda _: constant, seed=10000)["total_reward"] == pytest.approx(843.55, abs=0.005)


def test_ceilings_are_the_documented_formula_worked_out_by_hand(tmp_path: Path) -> None:
    # Poisson 7 at lead time 1: 2 periods want 14 + 4 sqrt(14) = 28.97; 3 periods 21 + 4 sqrt(21) = 39.33.
    # Twice the lot of a fixed cost of 3 at a holding cost of 0.5, 2 sqrt(2 * 7 * 3 / 0.5) = 18.33, is less.
    for action_mode, expected in {"scaled": [29], "integer": [29], "base-stock": [40], "ss": [40, 40]}.items():
        env = environment_of(tmp_path, shop_and_source(), action_mode=action_mode)
        assert env.action_ceilings is not None
        assert env.action_ceilings.tolist() == expected
    raw = environment_of(tmp_path, shop_and_source())
    assert raw.action_ceilings is None


def test_each_mode_requests_what_it_says(tmp_path: Path) -> None:
    def requested(action_mode: str, ceilings: list[float], action: Any) -> float:
        env = environment_of(tmp_path, shop_and_source(), action_mode=action_mode, action_ceilings=ceilings)
        env.reset(seed=0)
        env.step(action)
        return float(env.action_log[0, 0])

    # The shop begins with 10 on hand, nothing on order and nothing owed.
    assert requested("scaled", [30.0], [-1.0]) == 0.0
    assert requested("scaled", [30.0], [0.0]) == 15.0
    assert requested("scaled", [30.0], [7.0]) == 30.0, "beyond the box is the box's edge"
    assert requested("base-stock", [40.0], [0.5]) == 20.0, "up to 30"
    assert requested("base-stock", [40.0], [-0.75]) == 0.0, "5 is below the position"
    assert requested("ss", [40.0, 20.0], [0.0, 0.5]) == 25.0, "10 is below 20: up to 20 + 15"
    assert requested("ss", [40.0, 20.0], [-0.5, 1.0]) == 0.0, "10 is not below 10"
    assert requested("integer", [40.0], [23]) == 23.0
    assert requested("integer", [40.0], {("source", "shop"): 7}) == 7.0


def test_a_lot_of_nothing_makes_the_reorder_point_a_base_stock_level() -> None:
    ss, base_stock = CoreEnv("network", action_mode="ss"), CoreEnv("network", action_mode="base-stock")
    ss.reset(seed=4)
    base_stock.reset(seed=4)
    for _ in range(30):
        action = base_stock.action_space.sample()
        assert_equal(ss.step(np.concatenate([action, np.full(6, -1.0)]))[:4], base_stock.step(action)[:4])


def test_shares_split_what_levels_ask_for() -> None:
    # Nine nodes: 1 buys from 2 and 3, 2 from 4, 5 and 6. It begins with 100 units at 1 and 110 at 2.
    env = CoreEnv("network", action_mode="levels-and-shares")
    units = dict.fromkeys(env.action_labels, 0.0) | {"level[1]": 140.0, "level[2]": 170.0}
    units |= {"share[2 -> 1]": 0.25, "share[3 -> 1]": 0.75, "share[4 -> 2]": 0.5, "share[6 -> 2]": 0.1}
    env.reset(seed=0)
    env.step(env.to_action(list(units.values())))
    requested = dict(zip(env.network.reorder_links, env.action_log[0], strict=True))
    assert [requested[link] for link in [(2, 1), (3, 1)]] == pytest.approx([10.0, 30.0], rel=1e-14)
    assert [requested[link] for link in [(4, 2), (5, 2), (6, 2)]] == pytest.approx([50.0, 0.0, 10.0], rel=1e-14)


def test_shares_of_nothing_leave_the_published_split() -> None:
    shares, levels = CoreEnv("network", action_mode="levels-and-shares"), CoreEnv("network", action_mode="base-stock")
    assert shares.action_labels[:6] == levels.action_labels
    assert shares.action_ceilings is not None
    assert levels.action_ceilings is not None
    assert shares.action_ceilings.tolist() == levels.action_ceilings.tolist() + [1.0] * 9
    shares.reset(seed=4)
    levels.reset(seed=4)
    for _ in range(30):
        action = levels.action_space.sample()
        assert_equal(shares.step(np.concatenate([action, np.full(9, -1.0)]))[:4], levels.step(action)[:4])


def test_a_chain_has_nothing_to_share_out() -> None:
    shares, levels = CoreEnv("serial", action_mode="levels-and-shares"), CoreEnv("serial", action_mode="base-stock")
    assert shares.action_labels == levels.action_labels
    action = levels.action_space.sample()
    assert_equal(shares.step(action)[:4], levels.step(action)[:4])


@pytest.mark.parametrize("action_mode", ACTION_MODES)
def test_to_action_is_the_way_back_from_units(action_mode: str) -> None:
    env = CoreEnv("serial", action_mode=action_mode)
    count = len(env.action_labels)
    units = np.arange(1.0, count + 1)
    action = env.to_action(units)
    assert action.shape == (count,)
    if action_mode in ("raw", "integer"):
        assert action.tolist() == units.tolist()
    else:
        assert env.action_ceilings is not None
        np.testing.assert_allclose((action + 1) / 2 * env.action_ceilings, units, rtol=1e-14)
    envs = InvMgmtVectorEnv(2, scenario="serial", action_mode=action_mode)
    assert_equal(envs.to_action(np.stack([units, units])), np.stack([action, action]))


def test_copies_and_pickles_read_actions_alike(tmp_path: Path) -> None:
    env = CoreEnv("serial", action_mode="ss", action_ceilings=[200, 150, 90, 80, 70, 60], terminate_at_horizon=True)
    env.reset(seed=1, options={"demand_config": {"base_mu": 90}})
    for twin in (copy.deepcopy(env), pickle.loads(pickle.dumps(env))):
        assert (twin.action_mode, twin.action_labels) == (env.action_mode, env.action_labels)
        assert_equal(twin.action_ceilings, env.action_ceilings)
        assert twin.terminate_at_horizon
    twin = copy.deepcopy(env)
    action = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    for _ in range(31):
        assert_equal(env.step(action), twin.step(action))


def test_the_end_of_the_horizon_is_termination_where_asked_for() -> None:
    for terminates in (False, True):
        env = CoreEnv("serial", num_periods=2, terminate_at_horizon=terminates)
        ends = [env.step([20, 20, 20])[2:4] for _ in range(3)]
        assert ends == [(False, False), (terminates, not terminates), (terminates, not terminates)]
        for copies in (False, True):
            envs = InvMgmtVectorEnv(
                2, scenario="serial", num_periods=2, terminate_at_horizon=terminates, copy=copies,
                autoreset_mode="SameStep", episode_statistics=True,
            )  # fmt: skip
            envs.step(np.full((2, 3), 20.0))
            _, _, terminations, truncations, infos = envs.step(np.full((2, 3), 20.0))
            assert terminations.tolist() == [terminates] * 2
            assert truncations.tolist() == [not terminates] * 2
            assert infos["_final_obs"].all()
            assert infos["episode"]["l"].tolist() == [2, 2]


def test_env_config_and_make_take_the_new_arguments() -> None:
    env: Any = gym.make(IDS[1], action_mode="integer", action_ceilings=[50, 60, 70]).unwrapped
    assert env.action_space == gym.spaces.MultiDiscrete([51, 61, 71])
    envs: Any = gym.make_vec(IDS[1], num_envs=2, env_config={"action_mode": "ss", "terminate_at_horizon": True})
    assert envs.terminate_at_horizon
    assert envs.single_action_space.shape == (6,)
    assert envs.action_labels[:4] == ["reorder_point[1]", "reorder_point[2]", "reorder_point[3]", "lot[1]"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"action_mode": "scald"},
            "action_mode is 'scald'; expected one of raw, scaled, base-stock, ss, levels-and-shares, integer",
        ),
        ({"action_mode": None}, "action_mode is None; expected one of"),
        ({"action_ceilings": [1, 2, 3]}, "actions of mode raw have none"),
        ({"action_mode": "scaled", "action_ceilings": [1, 2]}, "2 action_ceilings; expected 3, one number per supply"),
        ({"action_mode": "scaled", "action_ceilings": 5}, "action_ceilings is 5; expected a list of numbers"),
        (
            {"action_mode": "base-stock", "action_ceilings": [1, 0, 3]},
            r"action_ceilings[1] (level[2]) is 0; expected a finite number > 0",
        ),
        (
            {"action_mode": "integer", "action_ceilings": [1, 2, 2.5]},
            r"action_ceilings[2] (order[4 -> 3]) is 2.5; expected a whole number from 1 to 1e9",
        ),
        (
            {"scenario": "network", "action_mode": "levels-and-shares", "action_ceilings": [100] * 6},
            "6 action_ceilings; expected 15, one level per managed node, then one share per supplier of every node",
        ),
        (
            {"scenario": "network", "action_mode": "levels-and-shares", "action_ceilings": [100] * 6 + [1] * 8 + [2]},
            "action_ceilings[14] (share[8 -> 5]) is 2; expected 1, the largest share",
        ),
        ({"terminate_at_horizon": "no"}, "terminate_at_horizon is 'no'; expected True or False"),
    ],
)
def test_arguments_that_cannot_be_used_are_refused(arguments: dict[str, Any], message: str) -> None:
    arguments = {"scenario": "serial", **arguments}
    for make in (lambda: CoreEnv(**arguments), lambda: InvMgmtVectorEnv(2, **arguments)):
        with pytest.raises(ValueError, match=re.escape(message)):
            make()


@pytest.mark.parametrize(
    ("action_mode", "action", "message"),
    [
        ("base-stock", [0.1, np.nan, 0.2], "action[1] (level[2]) is NaN; expected a number from -1 to 1"),
        ("scaled", [0.1, 0.2, np.inf], "action[2] (order[4 -> 3]) is inf; expected a number from -1 to 1"),
        ("integer", [1, 2, 2.5], "action[2] (4 -> 3) is 2.5; expected a whole number from 0 to 38"),
        ("integer", [1, 900, 2], "action[1] (3 -> 2) is 900; expected a whole number from 0 to 100"),
        ("ss", [0.0, 0.0, 0.0], "action has shape (3,); expected (6,), one reorder point, then one lot, per managed"),
        ("base-stock", {(2, 1): 3.0}, "action is a dict; in this action_mode expected an array of 3 numbers"),
    ],
)
def test_actions_that_cannot_be_played_are_refused_and_change_nothing(
    action_mode: str, action: Any, message: str
) -> None:
    env = CoreEnv("serial", action_mode=action_mode, demand_config={"base_mu": 20})
    env.reset(seed=1)
    before = snapshot(env)
    with pytest.raises(ValueError, match=re.escape(message)) as refusal:
        env.step(action)
    assert str(refusal.value).endswith("Nothing was changed")
    assert_same(snapshot(env), before)
    if isinstance(action, list) and len(action) == 3 and action_mode != "ss":
        envs = InvMgmtVectorEnv(2, scenario="serial", action_mode=action_mode, demand_config={"base_mu": 20})
        with pytest.raises(ValueError, match=re.escape(f"row 1: {message}")):
            envs.step(np.array([[0, 0, 0], action], dtype=float))


def test_units_beyond_a_ceiling_are_refused_by_name() -> None:
    env = CoreEnv("serial", action_mode="base-stock", demand_config={"base_mu": 20})
    with pytest.raises(ValueError, match=re.escape("units[0] (level[1]) is 1000; expected a number from 0 to its")):
        env.to_action([1000, 1, 1])
    with pytest.raises(ValueError, match=re.escape("units has shape (2,); expected a last axis of 3 entries: level")):
        env.to_action([1, 1])
