"""The matrices are the state itself: what a user writes into them is what the next period starts from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from helpers import MATRICES, assert_same, environment_of, play, shop_and_source, snapshot

from gym_invmgmt import CoreEnv

LONG_NAMES = {
    "inventory": "X",
    "pipeline": "Y",
    "orders_filled": "R",
    "shipments": "S",
    "demand": "D",
    "standing_backlog": "U",
    "profit": "P",
    "orders_requested": "action_log",
}
SHAPES = {"X": (31, 5), "Y": (31, 3), "R": (30, 3), "S": (30, 4), "D": (30, 1), "U": (30, 1), "P": (30, 5)}
SHAPES |= {"GW": (30,), "action_log": (30, 3)}


@pytest.fixture
def env() -> CoreEnv:
    """The chain 4 > 3 > 2 > 1 > 0 (lead times 0, 4, 4), two periods in; every period wants 20."""
    made = CoreEnv("serial", demand_config={"noise_scale": 0, "base_mu": 20})
    play(made, 10, 2)
    return made


def test_matrices_have_the_documented_shapes(env: CoreEnv) -> None:
    assert {symbol: getattr(env, symbol).shape for symbol in MATRICES} == SHAPES
    assert {getattr(env, symbol).dtype for symbol in MATRICES} == {np.dtype(np.float64)}


def test_columns_of_markets_and_sources_and_rows_to_come_are_zero(env: CoreEnv) -> None:
    assert not env.X[:, [0, 4]].any()
    assert not env.P[:, [0, 4]].any()
    assert not any(getattr(env, symbol)[3:].any() for symbol in MATRICES)


def test_units_written_on_hand_are_there_to_sell(env: CoreEnv) -> None:
    env.X[2, 1] = 500
    env.step([0, 0, 0])
    assert env.X[3, 1] == 480


def test_units_written_on_order_are_held_and_paid_for(env: CoreEnv) -> None:
    env.Y[2, 0] += 1000
    reward = env.step([0, 0, 0])[1]
    assert env.Y[3, 0] == 1020
    # 1000 more in the pipeline 2 > 1 at 0.010 each; all else is a period without orders: sales of 20 at 2.0, and
    # what is held: 40, 80, 200 on hand at .03, .02, .01; 20 and 20 on order at .010 and .005.
    assert reward == pytest.approx(40 - (1.2 + 1.6 + 2.0) - (0.2 + 0.1) - 10, abs=1e-12)


def test_an_order_written_into_the_history_arrives(env: CoreEnv) -> None:
    env.R[1, 0] = 77
    play(env, 0, 4)
    # Four periods after period 1: 100 - 6 * 20 would be short, but 10 arrive in period 4 and 77 in period 5.
    assert env.X[5, 1] == 100 - 5 * 20 + 10
    assert env.X[6, 1] == 10 + 77 - 20


def test_the_history_of_a_link_without_lead_time_is_past(env: CoreEnv) -> None:
    twin = CoreEnv("serial", demand_config={"noise_scale": 0, "base_mu": 20})
    play(twin, 10, 2)
    env.R[:2, 2] = 99
    np.testing.assert_array_equal(env.step([1, 2, 3])[0], twin.step([1, 2, 3])[0])


def test_unmet_demand_written_is_wanted_again(env: CoreEnv) -> None:
    env.U[1, 0] = 35
    env.step([0, 0, 0])
    assert env.S[2, env.network.network_map[1, 0]] == 20 + 35


def test_unmet_demand_written_moves_sentiment() -> None:
    env = CoreEnv("serial", demand_config={"use_goodwill": True})
    env.step([0, 0, 0])
    env.U[0, 0] = 1e-300
    assert env.step([0, 0, 0])[4]["sentiment"] == 0.9


def test_demand_written_is_observed(env: CoreEnv) -> None:
    env.D[1, 0] = 12345
    assert env._update_state()[0] == 12345


def test_records_of_the_past_do_not_act(env: CoreEnv) -> None:
    twin = CoreEnv("serial", demand_config={"noise_scale": 0, "base_mu": 20})
    play(twin, 10, 2)
    env.S[:], env.P[:], env.GW[:], env.action_log[:], env.X[:2], env.Y[:2] = 9, 9, 9, 9, 9, 9
    np.testing.assert_array_equal(env.step([1, 2, 3])[0], twin.step([1, 2, 3])[0])


@pytest.mark.parametrize("symbol", MATRICES)
def test_a_matrix_put_in_place_of_another_is_the_one_in_use(env: CoreEnv, symbol: str) -> None:
    twin = CoreEnv("serial", demand_config={"noise_scale": 0, "base_mu": 20})
    play(twin, 10, 2)
    mine = getattr(env, symbol).copy()
    setattr(env, symbol, mine)
    assert getattr(env, symbol) is mine
    np.testing.assert_array_equal(env.step([4, 4, 4])[0], twin.step([4, 4, 4])[0])
    np.testing.assert_array_equal(mine, getattr(twin, symbol))


@pytest.mark.parametrize("symbol", MATRICES)
@pytest.mark.parametrize("fault", ["dtype", "rows", "list", "none", "read-only", "order", "byte order", "unaligned"])
def test_a_matrix_that_does_not_fit_is_refused_by_name(env: CoreEnv, symbol: str, fault: str) -> None:
    before, held = snapshot(env), getattr(env, symbol)
    copy = held.copy()
    if fault == "read-only":
        copy.setflags(write=False)
    doubled = np.zeros((2 * held.shape[0], *held.shape[1:]))
    unaligned = np.zeros(held.nbytes + 1, dtype=np.uint8)[1:].view(np.float64).reshape(held.shape)
    offered: Any = {
        "dtype": copy.astype(np.float32),
        "rows": copy[:-1],
        "list": copy.tolist(),
        "none": None,
        "read-only": copy,
        "order": doubled[::2],
        "byte order": copy.astype(">f8"),
        "unaligned": unaligned,
    }[fault]
    with pytest.raises(ValueError, match=rf"^{symbol} must be"):
        setattr(env, symbol, offered)
    assert getattr(env, symbol) is held
    assert_same(snapshot(env), before)
    env.step([1, 1, 1])


def test_a_matrix_reshaped_in_place_is_refused_by_the_step(env: CoreEnv) -> None:
    env.X.resize((5, 31), refcheck=False)
    with pytest.raises(ValueError, match=r"X has been reshaped to \[5, 31\]; expected \(31, 5\)"):
        env.step([1, 1, 1])
    env.X.resize((31, 5), refcheck=False)
    env.step([1, 1, 1])


@pytest.mark.parametrize(("long_name", "symbol"), LONG_NAMES.items())
def test_a_long_name_is_the_same_object_and_read_only(env: CoreEnv, long_name: str, symbol: str) -> None:
    assert getattr(env, long_name) is getattr(env, symbol)
    with pytest.raises(AttributeError):
        setattr(env, long_name, getattr(env, symbol).copy())


def test_a_matrix_is_one_object_over_an_episode_and_a_new_one_after_a_reset(env: CoreEnv) -> None:
    first = {symbol: getattr(env, symbol) for symbol in MATRICES}
    env.step([1, 1, 1])
    assert all(getattr(env, symbol) is array for symbol, array in first.items())
    kept = {symbol: array.copy() for symbol, array in first.items()}
    env.reset(seed=1)
    play(env, 3, 30)
    assert not any(np.shares_memory(getattr(env, symbol), array) for symbol, array in first.items())
    for symbol, array in kept.items():
        np.testing.assert_array_equal(first[symbol], array)


def test_an_observation_once_returned_never_changes(env: CoreEnv) -> None:
    returned = [env.reset(seed=1)[0]] + [env.step([5, 5, 5])[0] for _ in range(30)]
    kept = [observation.copy() for observation in returned]
    env._update_state()
    env.X[:] = -1
    env.step([5, 5, 5])
    env.reset(seed=2)
    play(env, 8, 30)
    np.testing.assert_array_equal(returned, kept)


def test_a_state_written_does_not_reach_the_episode(env: CoreEnv) -> None:
    twin = CoreEnv("serial", demand_config={"noise_scale": 0, "base_mu": 20})
    play(twin, 10, 2)
    env.state[:] = 1e6
    np.testing.assert_array_equal(env.step([1, 2, 3])[0], twin.step([1, 2, 3])[0])


def test_update_state_rebuilds_the_observation_from_the_matrices(env: CoreEnv) -> None:
    env.X[2, [1, 2, 3]] = [1.5, 2.5, 3.5]
    env.demand_engine.sentiment = 0.7
    state = env._update_state()
    assert state is env.state
    # Demand, unmet demand, three stocks, four orders under way to 1 and four to 2, period, sentiment.
    assert state.tolist() == [20, 0, 1.5, 2.5, 3.5, *[0, 0, 10, 10] * 2, 2, 0.7]


def test_action_log_keeps_what_was_asked_and_filled_orders_what_was_shipped(tmp_path: Any) -> None:
    env = CoreEnv("serial")
    env.step([-5, 150, 2e5])
    assert env.action_log[0].tolist() == [-5, 150, 2e5]
    assert env.R[0].tolist() == [0, 100, 2e5]  # the factory makes 100; raw material never ends
    shop = environment_of(tmp_path, shop_and_source())
    shop.step([3.25])
    assert shop.R[0].tolist() == [3.25]
