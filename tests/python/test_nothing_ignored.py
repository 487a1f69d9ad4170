"""What would do nothing, or something else than it says, is refused: options, attributes, hidden entries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from helpers import assert_same, snapshot

import gym_invmgmt
from gym_invmgmt import CoreEnv, InvMgmtVectorEnv, data, rollout
from gym_invmgmt.data_adapters import external_series_spec, long_demand_csv_to_spec
from gym_invmgmt.wrappers import IntegerActionWrapper, ResidualActionWrapper

# --- Options of a reset


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"demand_confg": {"base_mu": 5}},
            r"unknown key 'demand_confg'; did you mean 'demand_config'\? known: ",
        ),
        ({"seed": 3}, r"options has an unknown key 'seed'; .*known: demand_config"),
        ({"demand_config": {"base_mu": 5}, "reset_maks": None}, r"unknown key 'reset_maks'"),
    ],
)
def test_an_unknown_option_is_refused_and_nothing_is_reset(options: dict[str, Any], message: str) -> None:
    env, envs = CoreEnv("serial"), InvMgmtVectorEnv(2, scenario="serial")
    env.step([1, 2, 3])
    before = snapshot(env)
    rows = envs.step(np.ones((2, 3)))[0]
    for call in (env.reset, envs.reset):
        with pytest.raises(ValueError, match=message):
            call(seed=1, options=options)
    assert_same(snapshot(env), before)
    np.testing.assert_array_equal(envs._batch.observe(), rows)


def test_options_that_are_no_dict_are_refused() -> None:
    for env in (CoreEnv("serial"), InvMgmtVectorEnv(2, scenario="serial")):
        with pytest.raises(TypeError, match="options is a list; expected a dict"):
            env.reset(options=["demand_config"])


# --- Attributes that are set


FIXED_OF_ROWS = {
    "alpha": 0.9, "backlog": False, "num_periods": 5, "num_envs": 7, "action_mode": "base-stock", "copy": False,
    "terminate_at_horizon": True, "num_threads": 1, "autoreset_mode": "DISABLED", "dtype": np.float32,
    "episode_statistics": True, "observation_layout": "graph", "network": None,
}  # fmt: skip


@pytest.mark.parametrize(("name", "value"), FIXED_OF_ROWS.items())
def test_attributes_of_a_vector_environment_that_would_do_nothing_are_refused(name: str, value: Any) -> None:
    envs = InvMgmtVectorEnv(2, scenario="serial")
    before = getattr(envs, name)
    with pytest.raises(AttributeError, match=rf"{name} is fixed when a vector environment is made; make another one"):
        setattr(envs, name, value)
    assert getattr(envs, name) is before


@pytest.mark.parametrize("name", ["scenario", "demand_config", "user_D", "config_path", "observation", "randomize"])
def test_arguments_that_are_no_attributes_of_a_vector_environment_cannot_be_set(name: str) -> None:
    envs = InvMgmtVectorEnv(2, scenario="serial")
    with pytest.raises(AttributeError, match=rf"{name} is fixed when a vector environment is made; make another one"):
        setattr(envs, name, {})
    assert not hasattr(envs, name)


@pytest.mark.parametrize(
    "name", ["base_mu", "noise_scale", "use_goodwill", "sentiment", "demand_engine", "period", "state", "X", "demand"]
)
def test_what_each_row_has_for_itself_cannot_be_set_for_all(name: str) -> None:
    envs = InvMgmtVectorEnv(2, scenario="serial")
    with pytest.raises(AttributeError, match=rf"{name} is each row's own, and setting it here would do nothing"):
        setattr(envs, name, 3)
    envs.my_note = "free"  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["base_mu", "effects", "noise_scale", "gw_decay", "use_goodwill", "sentiment"])
def test_parameters_of_demand_set_on_the_environment_are_told_where_they_belong(name: str) -> None:
    env, twin = CoreEnv("serial"), CoreEnv("serial")
    with pytest.warns(UserWarning, match=f"{name} of an environment was set, .*: assign demand_engine.{name}"):
        setattr(env, name, 3)
    assert env.step([9, 9, 9])[1] == twin.step([9, 9, 9])[1]


@pytest.mark.parametrize("name", ["scenario", "demand_config", "user_D", "config_path", "sample_path", "env_config"])
def test_arguments_that_are_no_attributes_of_an_environment_are_said_to_do_nothing(name: str) -> None:
    env, twin = CoreEnv("serial"), CoreEnv("serial")
    with pytest.warns(UserWarning, match=f"{name} of an environment was set, which has no effect on what is played: "):
        setattr(env, name, {})
    assert env.step([9, 9, 9])[1] == twin.step([9, 9, 9])[1]


@pytest.mark.parametrize("name", ["network", "action_mode", "obs_dim", "extra_features_dim"])
def test_attributes_of_an_environment_that_would_do_nothing_are_refused(name: str) -> None:
    env = CoreEnv("serial")
    before = getattr(env, name)
    with pytest.raises(AttributeError, match=f"{name} is fixed when an environment is made: "):
        setattr(env, name, CoreEnv("network").network if name == "network" else 3)
    assert getattr(env, name) is before


@pytest.mark.parametrize("name", ["graph", "levels", "action_ceilings", "observation_labels", "action_labels"])
def test_attributes_that_are_read_off_the_network_cannot_be_set(name: str) -> None:
    with pytest.raises(AttributeError):
        setattr(CoreEnv("serial"), name, None)


# --- Masked arrays


HIDDEN = np.ma.masked_array([10.0, 20.0, 30.0], mask=[False, True, False])
LONG = np.ma.masked_array(np.arange(30.0), mask=np.arange(30) == 4)

USES: dict[str, Callable[[], Any]] = {
    "action": lambda: CoreEnv("serial").step(HIDDEN),
    "actions": lambda: InvMgmtVectorEnv(1, scenario="serial").step(HIDDEN[None]),
    "a replayed series": lambda: CoreEnv("serial", user_D={(1, 0): LONG}),
    "external_series": lambda: CoreEnv("serial", {"external_series": LONG}),
    "a later external_series": lambda: setattr(CoreEnv("serial").demand_engine, "external_series", LONG),
    "demand of a reset": lambda: CoreEnv("serial").reset(options={"demand_config": {"external_series": LONG}}),
    "reset_mask": lambda: InvMgmtVectorEnv(3, scenario="serial").reset(options={"reset_mask": HIDDEN > 15}),
    "action_ceilings": lambda: CoreEnv("serial", action_mode="scaled", action_ceilings=HIDDEN),
    "units": lambda: CoreEnv("serial").to_action(HIDDEN),
    "a matrix": lambda: setattr(CoreEnv("serial"), "R", np.ma.masked_array(np.zeros((30, 3)), mask=np.eye(30, 3))),
    "fit": lambda: data.fit(LONG),
    "an adapter's series": lambda: external_series_spec(LONG),
    "an adapter's column": lambda: long_demand_csv_to_spec({"u": LONG}, demand_col="u"),
    "a sample": lambda: gym_invmgmt.estimate(HIDDEN),
    "a wrapped action": lambda: IntegerActionWrapper(CoreEnv("serial")).step(HIDDEN),
    "a correction": lambda: ResidualActionWrapper(CoreEnv("serial"), lambda *_: [1, 2, 3]).step(HIDDEN),
    "a policy's orders": lambda: rollout(CoreEnv("serial"), lambda _: HIDDEN, [1]),
    "a snapshot's row": lambda: CoreEnv("serial").restore(
        {**CoreEnv("serial").snapshot(), "row": np.ma.masked_array(CoreEnv("serial").snapshot()["row"], mask=True)}
    ),
    "an observation": lambda: gym_invmgmt.policies.make("constant:3", CoreEnv("serial"))(
        np.ma.masked_array(CoreEnv("serial").state, mask=True)
    ),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_a_masked_array_that_hides_entries_is_refused(use: Callable[[], Any]) -> None:
    with pytest.raises(ValueError, match=r"is a masked array, and its hidden entries have no value here"):
        use()


def test_a_masked_array_that_hides_nothing_is_an_array() -> None:
    env, twin = CoreEnv("serial"), CoreEnv("serial")
    plain = np.ma.masked_array([10.0, 20.0, 30.0], mask=[False] * 3)
    assert env.step(plain)[1] == twin.step([10, 20, 30])[1]
    assert env.step(np.ma.masked_array([10.0, 20.0, 30.0]))[1] == twin.step([10, 20, 30])[1]
