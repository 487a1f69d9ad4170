"""Arguments and actions that the vector environment refuses: by name and row, and with nothing changed."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode
from vectors import assert_equal, orders, states

from gym_invmgmt import InvMgmtVectorEnv

NAN, INF = float("nan"), float("inf")

ARGUMENTS: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"num_envs": 0}, ValueError, r"num_envs is 0; expected a whole number >= 1"),
    ({"num_envs": -4}, ValueError, r"num_envs is -4; expected a whole number >= 1"),
    ({"num_envs": 2.0}, ValueError, r"num_envs is 2.0"),
    ({"num_envs": "4"}, ValueError, r"num_envs is '4'"),
    ({"num_envs": True}, ValueError, r"num_envs is True"),
    ({"num_envs": None}, ValueError, r"num_envs is None"),
    ({"num_envs": 10**12}, ValueError, r"1000000000000 environments of this network; expected 1 to \d+"),
    ({"num_envs": 10**30}, ValueError, r"num_envs is 1000000000000000000000000000000; expected .* at most"),
    ({"num_threads": 0}, ValueError, r"num_threads is 0; expected a whole number >= 1"),
    ({"num_threads": -1}, ValueError, r"num_threads is -1"),
    ({"num_threads": 1.5}, ValueError, r"num_threads is 1.5"),
    ({"dtype": "int32"}, ValueError, r"dtype is 'int32'; expected 'float64' or 'float32'"),
    ({"dtype": "double precision"}, ValueError, r"dtype is 'double precision'; expected"),
    ({"dtype": np.float16}, ValueError, r"dtype is <class 'numpy.float16'>"),
    ({"dtype": ">f8"}, ValueError, r"dtype is '>f8'"),
    ({"dtype": None}, ValueError, r"dtype is None"),
    ({"autoreset_mode": "never"}, ValueError, r"autoreset_mode is 'never'; expected one of NEXT_STEP, SAME_STEP, DIS"),
    ({"autoreset_mode": 1}, ValueError, r"autoreset_mode is 1"),
    ({"autoreset_mode": None}, ValueError, r"autoreset_mode is None"),
    ({"render_mode": "ansi"}, ValueError, r"render_mode is 'ansi'; a vector environment has none\. Render a CoreEnv"),
    ({"env_config": {"render_mode": "rgb_array"}}, ValueError, r"render_mode is 'rgb_array'"),
    ({"env_config": 3}, TypeError, r"env_config is a int; expected a dict"),
    ({"env_config": {"num_envs": 3}}, TypeError, r"unknown argument 'num_envs'; known: scenario, demand_config"),
    ({"nmu_periods": 3}, TypeError, r"'nmu_periods'"),
    ({"seed": 3}, TypeError, r"'seed'"),
    ({"scenario": "netwrok"}, ValueError, r"Unknown scenario: 'netwrok'"),
    ({"num_periods": 0}, ValueError, r"num_periods is 0"),
    ({"num_periods": 10**7 + 1}, ValueError, r"num_periods is 10000001; expected a whole number from 1 to 10000000"),
    ({"backlog": "no"}, ValueError, r"backlog is 'no'; expected True or False"),
    ({"alpha": NAN}, ValueError, r"alpha is nan; expected a finite number"),
    ({"alpha": "high"}, ValueError, r"alpha is 'high'; expected a finite number"),
    ({"demand_config": {"bse_mu": 3}}, ValueError, r"did you mean 'base_mu'"),
    ({"user_D": {(1, 0): [1.0] * 29}}, ValueError, r"1 -> 0\) has length 29; expected at least num_periods=30"),
    ({"config_path": "no/such/file.yaml"}, FileNotFoundError, r"no/such/file.yaml"),
]


@pytest.mark.parametrize(("arguments", "error", "message"), ARGUMENTS, ids=lambda value: str(value)[:40])
def test_an_unusable_argument_is_refused_by_name(arguments: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        InvMgmtVectorEnv(**{"num_envs": 2, **arguments})


def test_all_but_the_number_of_environments_is_given_by_name() -> None:
    with pytest.raises(TypeError, match="positional argument"):
        InvMgmtVectorEnv(2, "serial")  # type: ignore[misc]
    with pytest.raises(TypeError, match="num_envs"):
        InvMgmtVectorEnv()  # type: ignore[call-arg]


@pytest.mark.parametrize("mode", ["NEXT_STEP", "NextStep", AutoresetMode.NEXT_STEP])
def test_a_mode_is_given_by_name_by_value_or_itself(mode: Any) -> None:
    assert InvMgmtVectorEnv(2, autoreset_mode=mode).autoreset_mode is AutoresetMode.NEXT_STEP


def with_entry(row: int, link: int, value: float, dtype: Any = np.float64) -> np.ndarray[Any, Any]:
    actions = np.ones((4, 3), dtype=dtype)
    actions[row, link] = value
    return actions


ACTIONS: dict[str, tuple[Any, str]] = {
    "NaN": (with_entry(2, 1, NAN), r"row 2: action\[1\] \(3 -> 2\) is NaN; expected a finite order quantity"),
    "infinite": (with_entry(0, 2, INF), r"row 0: action\[2\] \(4 -> 3\) is inf"),
    "infinitely negative": (with_entry(3, 0, -INF), r"row 3: action\[0\] \(2 -> 1\) is -inf"),
    "NaN in single precision": (with_entry(1, 0, NAN, np.float32), r"row 1: action\[0\] \(2 -> 1\) is NaN"),
    "NaN in a list": (with_entry(2, 2, NAN).tolist(), r"row 2: action\[2\]"),
    "the first of several": (with_entry(1, 1, NAN) + with_entry(3, 0, INF), r"row 1: action\[1\]"),
    "one link too few": (np.ones((4, 2)), r"actions have shape \(4, 2\); expected \(4, 3\), one row per environment"),
    "one row too many": (np.ones((5, 3)), r"shape \(5, 3\); expected \(4, 3\)"),
    "a single row": (np.ones(3), r"shape \(3,\); expected \(4, 3\)"),
    "transposed": (np.ones((3, 4)), r"shape \(3, 4\); expected \(4, 3\)"),
    "flat": (np.ones(12), r"shape \(12,\); expected \(4, 3\)"),
    "three dimensions": (np.ones((4, 3, 1)), r"shape \(4, 3, 1\)"),
    "empty": ([], r"shape \(0,\)"),
    "ragged": ([[1.0, 2.0, 3.0], [1.0]], r"actions cannot be read"),
    "a number": (5.0, r"actions have shape"),
    "nothing": (None, r"actions"),
    "text": ("many", r"actions cannot be read: .*'many'"),
    "dicts": ([{(2, 1): 3.0}] * 4, r"actions cannot be read"),
    "complex": (np.full((4, 3), 1j), r"complex"),
}


@pytest.mark.parametrize("copies", [True, False])
@pytest.mark.parametrize("name", ACTIONS)
def test_refused_actions_step_no_row(name: str, copies: bool) -> None:
    envs, undisturbed = (InvMgmtVectorEnv(4, scenario="serial", copy=copies) for _ in range(2))
    random = np.random.default_rng(0)
    for _ in range(3):
        actions = orders(envs, random)
        assert_equal(envs.step(actions), undisturbed.step(actions))
    before = states(envs)
    offered, message = ACTIONS[name]
    with pytest.raises(ValueError, match=message):
        envs.step(offered)
    assert_equal(states(envs), before)
    for _ in range(3):
        actions = orders(envs, random)
        assert_equal(envs.step(actions), undisturbed.step(actions))


def test_refused_actions_step_no_row_when_threads_are_at_work() -> None:
    envs, undisturbed = (InvMgmtVectorEnv(900, num_threads=2) for _ in range(2))
    actions = orders(envs, np.random.default_rng(1))
    wrong = actions.copy()
    wrong[899, 10] = NAN
    with pytest.raises(ValueError, match=r"row 899: action\[10\]"):
        envs.step(wrong)
    assert_equal(envs.step(actions), undisturbed.step(actions))


def test_actions_are_not_changed() -> None:
    envs = InvMgmtVectorEnv(3, scenario="serial", copy=False)
    actions = orders(envs, np.random.default_rng(2))
    given = actions.copy()
    envs.step(actions)
    np.testing.assert_array_equal(actions, given)


def test_orders_below_zero_count_as_zero() -> None:
    envs, twin = (InvMgmtVectorEnv(2, scenario="serial") for _ in range(2))
    actions = orders(envs, np.random.default_rng(3))
    assert (actions < 0).any()
    assert_equal(envs.step(actions), twin.step(np.maximum(actions, 0.0)))


def test_a_finished_row_is_named_where_nothing_resets_it() -> None:
    envs = InvMgmtVectorEnv(3, scenario="serial", num_periods=4, autoreset_mode=AutoresetMode.DISABLED)
    envs.step(np.ones((3, 3)))
    envs.reset(options={"reset_mask": np.array([True, False, True])})
    for _ in range(3):
        truncations = envs.step(np.ones((3, 3)))[3]
    assert truncations.tolist() == [False, True, False]
    before = states(envs)
    for _ in range(2):
        with pytest.raises(ValueError, match=r"row 1: its episode is over; reset it with a mask that holds it"):
            envs.step(np.ones((3, 3)))
    assert_equal(states(envs), before)
    envs.reset(options={"reset_mask": truncations})
    assert envs.step(np.ones((3, 3)))[3].tolist() == [True, False, True]


def test_a_closed_environment_does_nothing_more() -> None:
    envs = InvMgmtVectorEnv(2, scenario="serial")
    saved = envs.snapshot(0)
    envs.close()
    envs.close()
    assert envs.closed
    calls: list[Any] = [
        lambda: envs.step(np.ones((2, 3))),
        envs.reset,
        lambda: envs.snapshot(0),
        lambda: envs.restore(0, saved),
    ]
    for call in calls:
        with pytest.raises(gym.error.ClosedEnvironmentError, match="has been closed"):
            call()
