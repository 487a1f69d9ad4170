"""Networks with mechanisms in Python: dicts and graphs, rows and single environments, snapshots, what is hidden."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from gym_invmgmt import CoreEnv, InvMgmtVectorEnv, load_snapshot, save_snapshot
from gym_invmgmt._native import Network
from gym_invmgmt.wrappers import GraphOnlyWrapper


def rich() -> dict[str, Any]:
    """Two stages with much of everything; whole units."""
    return {
        "timeline": "order-first",
        "units": "whole",
        "life": 5,
        "disruptions": [{"where": "farm", "what": "ship", "up_down": [0.2, 0.5], "factor": 0.5}],
        "nodes": [
            {"id": "farm"},
            {
                "id": "dairy",
                "I0": 60,
                "h": 0.01,
                "waste": 0.2,
                "allocation": "fair-share",
                "storage": {"space": 90, "overflow": "discard", "cost": 0.1},
            },
            {"id": "north", "I0": 20, "h": 0.05, "waste": 0.3},
            {"id": "south", "I0": 20, "h": 0.05, "waste": 0.3, "ages": [5, 15]},
            {"id": "town"},
        ],
        "edges": [
            {
                "from": "farm",
                "to": "dairy",
                "L": {"values": [1, 2, 4], "weights": [6, 3, 1]},
                "draw": "order",
                "crossing": "free",
                "p": 0.4,
                "g": 0.01,
                "min": 10,
                "multiple": 5,
                "K": 5,
            },
            {"from": "dairy", "to": "north", "L": 1, "p": 1, "g": 0.02, "unmet": "wait", "b": 0.1, "order_delay": 1}
            | {"requested": [6], "target": 20},
            {"from": "dairy", "to": "south", "L": 2, "p": 1, "g": 0.02, "unmet": "wait", "b": 0.1, "target": 25}
            | {"yield": {"binomial": 0.9}, "in_transit": [4]},
            {"from": "north", "to": "town", "p": 3, "b": 0.4, "unmet": "lost", "issue": {"fifo": 0.5}}
            | {"demand_dist": "poisson", "dist_param": {"mu": 9}},
            {"from": "south", "to": "town", "p": 3, "b": 0.4, "wait_share": 0.5, "wait_at_most": 2}
            | {"demand_dist": "poisson", "dist_param": {"mu": 11}},
        ],
    }


def network() -> Network:
    return Network.from_dict(rich())


def environment(**more: Any) -> CoreEnv:
    return CoreEnv(config_path=network(), num_periods=20, **more)


ORDERS = np.array([[30, 12, 14], [0, 9, 9], [50, 5, 20], [13, 0, 0]] * 5, dtype=np.float64)


def played(env: CoreEnv, orders: np.ndarray[Any, Any] = ORDERS) -> list[tuple[float, list[float]]]:
    steps = [env.step(order) for order in orders]
    return [(float(reward), observation.tolist()) for observation, reward, *_ in steps]


def test_it_is_an_environment_gymnasium_accepts() -> None:
    with pytest.warns(UserWarning, match="Box"):
        check_env(environment(), skip_render_check=True)


def test_a_dict_a_file_and_a_graph_say_the_same(tmp_path: Path) -> None:
    path = tmp_path / "dairy.yaml"
    path.write_text(json.dumps(rich()))
    by_file = CoreEnv("custom", config_path=path, num_periods=20)
    by_graph = environment()
    assert by_graph.graph.graph["timeline"] == "order-first"
    assert by_graph.graph.edges["farm", "dairy"]["L"] == {"values": [1, 2, 4], "weights": [6, 3, 1]}
    by_graph.reload_network()
    runs = []
    for env in (environment(), by_file, by_graph):
        env.reset(seed=5)
        runs.append(played(env))
    assert runs[0] == runs[1] == runs[2]


def test_rows_are_single_environments_and_chance_in_supply_follows_the_seed() -> None:
    vector = InvMgmtVectorEnv(num_envs=5, config_path=network(), num_periods=20)
    vector.reset(seed=40)
    singles = [environment() for _ in range(5)]
    first = [env.reset(seed=40 + row)[0] for row, env in enumerate(singles)]
    assert np.array_equal(np.array(first, dtype=np.float32), vector.reset(seed=40)[0])
    for order in ORDERS:
        observations, rewards, *_ = vector.step(np.tile(order, (5, 1)))
        expected = [env.step(order) for env in singles]
        assert rewards.tolist() == [float(reward) for _, reward, *_ in expected]
        if not expected[0][3]:
            stacked = np.array([observation for observation, *_ in expected], dtype=np.float32)
            assert np.array_equal(observations, stacked)


def test_demand_of_a_seed_does_not_move_with_supply() -> None:
    plain = rich()
    for key in ("disruptions", "timeline", "life"):
        del plain[key]
    for entry in (*plain["nodes"], *plain["edges"]):
        for key in ("waste", "ages", "issue", "yield", "draw", "crossing"):
            entry.pop(key, None)
    plain["edges"][0]["L"] = 1
    runs = []
    for declared in (rich(), plain):
        env = CoreEnv(config_path=Network.from_dict(declared), num_periods=20)
        env.reset(seed=9)
        played(env)
        runs.append(env.D.tolist())
    assert runs[0] == runs[1]


def test_the_same_supply_meets_whatever_is_ordered() -> None:
    ups = []
    for factor in (0, 1, 3):
        env = environment()
        env.reset(seed=3)
        position = env.observation_labels.index("up[farm]")
        ups.append([seen[position] for _, seen in played(env, factor * ORDERS)])
    assert ups[0] == ups[1] == ups[2]
    assert len(set(ups[0])) == 2


@pytest.mark.parametrize("kind", ["memory", "file", "pickle"])
def test_what_is_saved_goes_on_as_it_would_have(kind: str, tmp_path: Path) -> None:
    env = environment()
    env.reset(seed=11)
    played(env, ORDERS[:7])
    saved = env.snapshot()
    rest = played(env, ORDERS[7:])
    if kind == "file":
        save_snapshot(tmp_path / "saved.npz", saved)
        saved = load_snapshot(tmp_path / "saved.npz")
    elif kind == "pickle":
        saved = pickle.loads(pickle.dumps(saved))
    other = environment()
    other.restore(saved)
    assert played(other, ORDERS[7:]) == rest
    vector = InvMgmtVectorEnv(num_envs=2, config_path=network(), num_periods=20)
    vector.reset(seed=0)
    vector.restore(1, saved)
    rewards = [float(vector.step(np.tile(order, (2, 1)))[1][1]) for order in ORDERS[7:]]
    assert rewards == [reward for reward, _ in rest]


def test_a_snapshot_without_its_supply_is_refused() -> None:
    env = environment()
    saved = env.snapshot()
    for broken in ("gone", "short", "even"):
        damaged = copy.deepcopy(saved)
        if broken == "gone":
            del damaged["supply"]
        else:
            damaged["supply"] = damaged["supply"][:3] if broken == "short" else ["2"] * 8
        with pytest.raises(ValueError, match="supply"):
            env.restore(damaged)


def test_what_is_hidden_can_be_drawn_anew_and_what_is_seen_stays() -> None:
    env = environment()
    env.reset(seed=2)
    played(env, ORDERS[:5])
    saved, seen = env.snapshot(), env.state.copy()
    observed = len(env.state)
    futures = set()
    for seed in range(12):
        env.restore(saved, resample=seed)
        assert np.array_equal(env.state, seen)
        assert np.array_equal(env.snapshot()["row"][:observed], saved["row"][:observed])
        demand_of = env.D.copy()
        futures.add(json.dumps(played(env, ORDERS[5:])))
        assert demand_of.shape == env.D.shape
    assert len(futures) > 1


def test_what_was_drawn_is_in_no_observation() -> None:
    """Two futures of one state differ only in hidden numbers; nothing that can be seen tells them apart."""
    env = environment()
    env.reset(seed=2)
    while env.on_order[0] == 0:
        env.step([20, 20, 20])
    saved = env.snapshot()
    hidden = {tuple(env.snapshot()["row"][len(env.state) :])}
    for seed in range(12):
        env.restore(saved, resample=seed)
        hidden.add(tuple(env.snapshot()["row"][len(env.state) :]))
        assert np.array_equal(env.state, saved["row"][: len(env.state)])
        assert np.array_equal(env.on_order, saved["row"][len(env.state) :][: len(env.on_order)])
    assert len(hidden) > 1
    assert not any("drawn" in label for label in env.observation_labels)


def test_labels_say_ages_and_what_was_shipped_when() -> None:
    labels = environment().observation_labels
    assert len(labels) == len(set(labels)) == len(environment().state)
    for label in (
        "in_transit[farm -> dairy, shipped 1 ago]",
        "requested[dairy -> north, read in 1]",
        "owed[dairy -> south]",
        "waiting[south -> town, waited 2]",
        "on_hand_by_life[dairy, left 5]",
        "in_transit_by_life[dairy -> south, due in 1, left 3]",
        "up[farm]",
    ):
        assert label in labels
    plain = CoreEnv("network").observation_labels
    assert labels[: labels.index("sentiment")][:2] == ["demand[north -> town]", "demand[south -> town]"]
    assert plain[-1] == "sentiment"


def test_opening_goods_requests_and_ages_stand_in_the_first_observation() -> None:
    env = environment()
    seen = dict(zip(env.observation_labels, env.reset(seed=0)[0].tolist(), strict=True))
    assert seen["requested[dairy -> north, read in 1]"] == 6
    assert seen["in_transit[dairy -> south, due in 1]"] == 4
    assert seen["on_hand_by_life[south, left 5]"] == 5
    assert seen["on_hand_by_life[south, left 4]"] == 15
    assert seen["on_hand_by_life[north, left 5]"] == 20


def test_a_registered_environment_takes_it_too() -> None:
    env = gym.make("GymInvMgmt/MultiEchelon-v0", config_path=network(), num_periods=20)
    env.reset(seed=1)
    total = sum(float(env.step(order.astype(np.float32))[1]) for order in ORDERS)
    assert np.isfinite(total)


def test_ceilings_and_features_say_what_they_leave_out_of_account() -> None:
    network = Network.from_dict(rich())
    left_out = (
        "action_mode 'base-stock' has ceilings as if nothing spoiled, ceilings as if nothing failed, ceilings as if "
        "all that is shipped arrived; action_ceilings may be given in their place"
    )
    for make in (CoreEnv, lambda **arguments: InvMgmtVectorEnv(2, **arguments)):
        with pytest.warns(UserWarning, match=left_out):
            env = make(config_path=network, action_mode="base-stock")
        CoreEnv(config_path=network, action_mode="base-stock", action_ceilings=env.action_ceilings)
    with pytest.warns(UserWarning, match="observation 'graph' has targets for the longest lead time, positions that "):
        InvMgmtVectorEnv(2, config_path=network, observation="graph")
    with pytest.warns(UserWarning, match="observation 'graph' has targets for the longest lead time, positions that "):
        GraphOnlyWrapper(CoreEnv(config_path=network))
