"""Arguments and actions that cannot be used are refused by name, and a refusal changes nothing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from helpers import assert_same, environment_of, play, snapshot, three_markets

from gym_invmgmt import CoreEnv, DemandEngine, SupplyChainNetwork, make_custom_env

ARGUMENTS: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"scenario": "netwrok"}, ValueError, r"Unknown scenario: 'netwrok'; known: 'network', 'serial'"),
    ({"scenario": "custom"}, ValueError, r"needs a config_path"),
    ({"num_periods": 0}, ValueError, r"num_periods is 0; expected a whole number >= 1"),
    ({"num_periods": -3}, ValueError, r"num_periods is -3"),
    ({"num_periods": 2.0}, ValueError, r"num_periods is 2.0; expected a whole number"),
    ({"num_periods": True}, ValueError, r"num_periods is True"),
    ({"num_periods": "30"}, ValueError, r"num_periods is '30'"),
    ({"num_periods": 10**7 + 1}, ValueError, r"num_periods is 10000001; expected a whole number from 1 to 10000000"),
    ({"num_periods": 10**7}, ValueError, r"10000000 periods .* more than 250000000 numbers; shorten num_periods"),
    ({"num_periods": 10**30}, ValueError, r"num_periods is 1000000000000000000000000000000; expected"),
    ({"alpha": float("nan")}, ValueError, r"alpha is NaN; expected a finite number"),
    ({"alpha": float("inf")}, ValueError, r"alpha is inf"),
    ({"alpha": "high"}, ValueError, r"alpha is 'high'; expected a finite number"),
    ({"alpha": None}, ValueError, r"alpha is None"),
    ({"backlog": "no"}, ValueError, r"backlog is 'no'; expected True or False"),
    ({"render_mode": "video"}, ValueError, r"render_mode is 'video'; expected None or one of human, ansi, rgb_array"),
    ({"bakclog": True}, TypeError, r"'bakclog'"),
    ({"seed": 3}, TypeError, r"'seed'"),
    ({"env_config": {"bakclog": True}}, TypeError, r"unknown argument 'bakclog'; known: scenario, demand_config"),
    ({"env_config": 3}, TypeError, r"env_config is a int; expected a dict"),
    ({"user_D": 3}, TypeError, r"user_D is a int; expected a dict"),
    ({"sample_path": [1]}, TypeError, r"sample_path is a list; expected a dict"),
    (
        {"user_D": {(1, 0): [1.0] * 29}},
        ValueError,
        r"user_D .*1 -> 0.* has length 29; expected at least num_periods=30",
    ),
    ({"user_D": {(1, 0): []}}, ValueError, r"user_D .*1 -> 0.* has length 0"),
    ({"user_D": {(1, 0): np.ones((30, 1))}}, ValueError, r"user_D .*1 -> 0.*1-D.*shape \(30, 1\)"),
    ({"user_D": {(1, 0): 5.0}}, ValueError, r"user_D .*1 -> 0.*1-D.*shape \(\)"),
    ({"user_D": {(1, 0): ["a"] * 30}}, ValueError, r"user_D .*1 -> 0.* must be a 1-D array of numbers"),
    (
        {"user_D": {(1, 0): [1.0] * 7 + [-2.0] * 23}},
        ValueError,
        r"user_D .*1 -> 0.*7.* is -2; expected a finite .*>= 0",
    ),
    ({"user_D": {(1, 0): [float("nan")] * 30}}, ValueError, r"user_D .*1 -> 0.* is NaN"),
    (
        {"user_D": {(2, 1): [1.0] * 30}},
        ValueError,
        r"user_D for edge \(2, 1\): no such market link; known: \[\(1, 0\)\]",
    ),
    ({"user_D": {0: [1.0] * 30}}, ValueError, r"user_D for edge 0: no such market link"),
    ({"demand_config": [("base_mu", 3)]}, ValueError, r"demand_config is a list; expected a dict"),
]

DEMAND: list[tuple[dict[Any, Any], str]] = [
    ({"effects": ["trendy"]}, r"Unknown demand effect\(s\): \[\"trendy\"\]; known: trend, seasonal, shock"),
    ({"effects": ["trend", "x", "y"]}, r"Unknown demand effect\(s\): \[\"x\", \"y\"\]"),
    ({"effects": "trend"}, r"'trend' is one text; expected a list"),
    ({"effects": 3}, r"effects is 3; expected a list"),
    ({"type": "chaos"}, r"Unknown demand type 'chaos'; known: stationary, trend"),
    ({"type": "trend+seasonal-shock"}, r"Unknown demand type 'trend\+seasonal-shock'"),
    ({"type": None}, r"Unknown demand type None"),
    ({"bse_mu": 3}, r"Unknown demand_config key 'bse_mu'; did you mean 'base_mu'\? Known keys: type, effects"),
    ({3: 1}, r"Unknown demand_config key 3\. Known keys"),
    ({"base_mu": -1}, r"base_mu is -1; expected a finite number >= 0"),
    ({"base_mu": float("nan")}, r"base_mu is NaN"),
    ({"base_mu": "many"}, r"base_mu is 'many'; expected a number"),
    ({"noise_scale": -0.5}, r"noise_scale is -0.5; expected a finite number >= 0"),
    ({"trend_slope": float("inf")}, r"trend_slope is inf; expected a finite number"),
    ({"seasonal_amp": float("nan")}, r"seasonal_amp is NaN"),
    ({"seasonal_freq": "fast"}, r"seasonal_freq is 'fast'"),
    ({"shock_time": float("nan")}, r"shock_time is NaN"),
    ({"shock_mag": [2]}, r"shock_mag is \[2\]"),
    ({"gw_floor": 0}, r"0 < gw_floor <= gw_cap; found gw_floor=0, gw_cap=2"),
    ({"gw_floor": 1.0, "gw_cap": 0.5}, r"found gw_floor=1, gw_cap=0.5"),
    ({"gw_decay": float("nan")}, r"gw_decay is NaN"),
    ({"external_series": []}, r"external_series must not be empty"),
    ({"external_series": [[1.0, 2.0]]}, r"external_series must be a 1-D array of numbers; got shape \(1, 2\)"),
    ({"external_series": [1.0] * 11 + [float("inf")]}, r"external_series.*11.* is inf; expected a finite number"),
    ({"external_series": ["one"]}, r"external_series must be a 1-D array of numbers"),
    ({"use_goodwill": "no"}, r"use_goodwill is 'no'; expected True or False"),
]

ACTIONS: dict[str, tuple[Any, str]] = {
    "too short": ([1.0, 2.0], r"shape \(2,\); expected \(3,\)"),
    "too long": (np.ones(4), r"shape \(4,\); expected \(3,\)"),
    "empty": ([], r"shape \(0,\)"),
    "a number": (5.0, r"shape \(\)"),
    "two-dimensional": (np.ones((1, 3)), r"shape \(1, 3\)"),
    "ragged": ([[1.0], [1.0, 2.0], 3.0], r"action cannot be read"),
    "nothing": (None, r"action"),
    "NaN": ([1.0, float("nan"), 1.0], r"action\[1\] \(3 -> 2\) is NaN; expected a finite order quantity"),
    "infinite": (np.array([1.0, 1.0, -np.inf]), r"action\[2\] \(4 -> 3\) is -inf"),
    "text": ("many", r"action cannot be read.*'many'"),
    "texts": (["a", "b", "c"], r"action cannot be read.*'a'"),
    "an unknown link": (
        {(2, 1): 1.0, (9, 1): 2.0},
        r"\(9, 1\).* no supply link; known: \[\(2, 1\), \(3, 2\), \(4, 3\)\]",
    ),
    "a market link": ({(1, 0): 1.0}, r"\(1, 0\).* no supply link"),
    "a reversed link": ({(1, 2): 1.0}, r"\(1, 2\).* no supply link"),
    "an index for a link": ({0: 1.0}, r"action orders on 0, which is no supply link"),
    "a text in a dict": ({(2, 1): "many"}, r"\(2, 1\).* is '?many'?; expected a number"),
    "nothing in a dict": ({(2, 1): None}, r"\(2, 1\).* is None; expected a number"),
    "NaN in a dict": ({(3, 2): float("nan")}, r"\(3 -> 2\) is NaN"),
    "a control character": ({"a\x1b[31m": 1.0}, r"a\\(x1b|u\{1b\})\[31m.* no supply link"),
    "a control character as quantity": ({(2, 1): "a\x1b[31m"}, r"a\\(x1b|u\{1b\})\[31m"),
    "complex": (np.array([1.0, 2.0, 3j]), r"action"),
}


@pytest.mark.parametrize(("arguments", "error", "message"), ARGUMENTS, ids=lambda value: str(value)[:40])
def test_an_unusable_argument_is_refused_by_name(arguments: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        CoreEnv(**arguments)


def test_an_unusable_argument_is_refused_through_gymnasium_too() -> None:
    with pytest.raises(TypeError, match="'bakclog'"):
        gym.make("GymInvMgmt/Serial-v0", bakclog=True)


@pytest.mark.parametrize(("config", "message"), DEMAND, ids=lambda value: str(value)[:40])
def test_an_unusable_demand_configuration_is_refused_by_name(config: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        DemandEngine(config)
    env = CoreEnv("serial")
    play(env, 5, 2)
    before, engine = snapshot(env), env.demand_engine
    with pytest.raises(ValueError, match=message):
        env.reset(seed=1, options={"demand_config": config})
    assert_same(snapshot(env), before)
    assert env.demand_engine is engine


@pytest.mark.parametrize(("action", "message"), ACTIONS.values(), ids=ACTIONS)
def test_an_unusable_action_is_refused_and_changes_nothing(action: Any, message: str) -> None:
    env, twin = (CoreEnv("serial", demand_config={"use_goodwill": True}) for _ in range(2))
    play(env, 20, 3)
    play(twin, 20, 3)
    before = snapshot(env)
    with pytest.raises((ValueError, TypeError), match=message) as refused:
        env.step(action)
    assert isinstance(refused.value, ValueError)
    assert "Nothing was changed" in str(refused.value)
    assert_same(snapshot(env), before)
    assert play(env, 20, 27) == play(twin, 20, 27)


@pytest.mark.parametrize(
    "action",
    [
        (1, 2, 3),
        np.array([1, 2, 3]),
        np.array([1, 2, 3], dtype=np.float32),
        np.array([1, 2, 3], dtype=">f8"),
        np.arange(1.0, 7.0)[::2] / [1, 1.5, 5 / 3],
        np.frombuffer(b"\0" + np.array([1.0, 2.0, 3.0]).tobytes(), dtype=np.uint8)[1:].view(np.float64),
        {(3, 2): 2, (2, 1): np.float32(1), (4, 3): np.int64(3)},
        {(np.int64(2), np.int64(1)): 1.0, (3, 2): 2.0, (4, 3): 3.0},
    ],
    ids=["tuple", "ints", "float32", "big-endian", "strided", "unaligned", "dict", "dict of numpy ids"],
)
def test_any_form_of_numbers_is_an_action(action: Any) -> None:
    env = CoreEnv("serial")
    env.step(action)
    assert env.action_log[0].tolist() == [1, 2, 3]


@pytest.mark.parametrize("name", ["num_periods", "period", "alpha", "backlog"])
@pytest.mark.parametrize("value", [-1, 1.5, float("nan"), "ten", None, 10**30])
def test_a_setting_refused_stays_as_it_was(name: str, value: Any) -> None:
    env = CoreEnv("serial")
    play(env, 5, 2)
    before = (env.num_periods, env.period, env.alpha, env.backlog)
    if name == "alpha" and value in (-1, 1.5, 10**30):
        return  # numbers all the same
    with pytest.raises(ValueError, match=rf"{name} is {re.escape(str(value))}|{name} is (NaN|nan|'ten')"):
        setattr(env, name, value)
    assert (env.num_periods, env.period, env.alpha, env.backlog) == before


def test_a_network_alone_refuses_the_same_arguments() -> None:
    for arguments, message in [
        ({"scenario": "base2"}, r"Unknown scenario: 'base2'"),
        ({"num_periods": -1}, r"num_periods is -1"),
        ({"user_D": {(1, 0): [1.0]}}, r"user_D .*length 1"),
    ]:
        with pytest.raises(ValueError, match=message):
            SupplyChainNetwork(**arguments)


def test_a_series_for_one_of_several_markets_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"user_D .*1 -> 12.* has length 3"):
        environment_of(tmp_path, three_markets(), user_D={(1, 10): [1.0] * 30, (1, 12): [1.0] * 3})


def test_control_characters_in_arguments_are_escaped() -> None:
    for arguments in [
        {"scenario": "net\x1b[31m"},
        {"render_mode": "\x1b[31m"},
        {"demand_config": {"\x1b[31m": 1}},
        {"demand_config": {"type": "\x1b[31m"}},
        {"demand_config": {"effects": ["\x1b[31m"]}},
        {"demand_config": {"base_mu": "\x1b[31m"}},
        {"user_D": {("\x1b[31m", 0): [1.0] * 30}},
        {"user_D": {(1, 0): ["\x1b[31m"] * 30}},
        {"config_path": "\x1b[31m.yaml"},
        {"env_config": {"\x1b[31m": 1}},
    ]:
        with pytest.raises((ValueError, TypeError, FileNotFoundError), match=r"\\(x1b|u\{1b\})\[31m") as refused:
            CoreEnv(**arguments)
        assert "\x1b" not in str(refused.value)


def test_a_custom_environment_needs_a_file_that_is_there() -> None:
    with pytest.raises(FileNotFoundError, match=r"not found: .*nowhere\.yaml"):
        make_custom_env("nowhere.yaml")
