"""Ways in: whatever names a problem plays that problem, in every place where environments are made."""

from __future__ import annotations

import inspect
import pickle
import re
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from vectors import assert_equal

from gym_invmgmt import (
    Benchmark,
    CoreEnv,
    InvMgmtVectorEnv,
    benchmark,
    load_scenario,
    make_custom_env,
    optimize,
    rollout,
)
from gym_invmgmt._arguments import EnvironmentArguments

BAKERY = """
nodes: [{id: town}, {id: bakery, I0: 40, h: 0.1}, {id: mill}]
edges:
  - {from: bakery, to: town, p: 3, b: 0.5, demand_dist: poisson, dist_param: {mu: 9}}
  - {from: mill, to: bakery, L: 1, p: 1, g: 0}
"""
WEEK = "network: bakery.yaml\ndemand: {base_mu: 12}\nrules: {backlog: false, discount: 0.9}\nnum_periods: 7\n"
SUITE = """
name: two
version: 3
seeds: [0..4]
scenarios: [{id: week, scenario: week.yaml}, {id: again, scenario: week.yaml}]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in {"bakery.yaml": BAKERY, "week.yaml": WEEK, "two.yaml": SUITE}.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def profit(env: CoreEnv, order: float = 10.0) -> float:
    env.reset(seed=3)
    size = env.action_space.shape
    return sum(float(env.step(np.full(size, order))[1]) for _ in range(env.num_periods))


@pytest.mark.parametrize("as_path", [str, Path])
def test_a_file_of_a_network_is_a_network_in_every_place(as_path: Any, folder: Path) -> None:
    file = as_path("bakery.yaml")
    expected = profit(make_custom_env("bakery.yaml"))
    assert profit(CoreEnv(file)) == expected
    assert profit(gym.make("GymInvMgmt/Scenario-v0", scenario=file).unwrapped) == expected  # type: ignore[arg-type]
    assert rollout(file, "constant:10", [3])["total_profit"][0] == pytest.approx(expected)
    assert InvMgmtVectorEnv(2, scenario=file).network.main_nodes.tolist() == ["bakery"]


@pytest.mark.parametrize("named", ["week.yaml", Path("week.yaml"), "two.yaml/week", load_scenario])
def test_a_scenario_brings_its_demand_rules_and_horizon(named: Any, folder: Path) -> None:
    named = named("week.yaml") if callable(named) else named
    expected = profit(load_scenario("week.yaml").make())
    env = CoreEnv(named)
    assert (env.num_periods, env.backlog, env.alpha, env.demand_engine.base_mu) == (7, False, 0.9, 12.0)
    assert profit(env) == expected
    assert profit(pickle.loads(pickle.dumps(env))) == expected
    assert rollout(named, "constant:10", [3])["total_profit"][0] == pytest.approx(expected)
    envs: Any = gym.make_vec("GymInvMgmt/Scenario-v0", num_envs=2, scenario=named)
    assert (envs.num_periods, envs.backlog, envs.alpha) == (7, False, 0.9)
    assert optimize(named, budget=2, seeds=[1, 2], held_out=[3, 4]).policy.startswith("basestock:")


def test_what_is_given_beside_a_scenario_wins(folder: Path) -> None:
    given: dict[str, Any] = {"num_periods": 30, "backlog": True, "alpha": 1.0, "demand_config": {"base_mu": 5}}
    env, envs = CoreEnv("week.yaml", **given), InvMgmtVectorEnv(2, scenario="week.yaml", **given)
    for made in (env, envs):
        assert (made.num_periods, made.backlog, made.alpha) == (30, True, 1.0)
    assert env.demand_engine.base_mu == 5
    assert CoreEnv(env_config={"scenario": "week.yaml", "num_periods": 9}).num_periods == 9


def test_a_dict_in_first_place_is_the_configuration_that_rllib_hands_over() -> None:
    class EnvContext(dict[str, Any]):
        """As RLlib's: a dict with attributes of its own."""

        worker_index = 1

    config = EnvContext(scenario="serial", num_periods=4, action_mode="base-stock")
    env = CoreEnv(config)
    assert (env.num_periods, env.obs_dim, env.action_mode) == (4, 15, "base-stock")
    with pytest.raises(
        TypeError,
        match=r"env_config has an unknown argument 'periods'; known: scenario, demand_conf.*mean 'num_periods'",
    ):
        CoreEnv({"periods": 3})


@pytest.mark.parametrize(("suite", "letter", "count"), [("published-26", "S", 26), ("standard-1", "N", 16)])
def test_every_problem_that_comes_along_has_an_id(suite: str, letter: str, count: int) -> None:
    ids = sorted(name for name in gym.registry if name.startswith(f"GymInvMgmt/{suite}-"))
    assert ids == [f"GymInvMgmt/{suite}-{letter}{number:02}-v1" for number in range(1, count + 1)]
    with pytest.raises(ValueError, match=f"has no problem '{letter}{count + 1}'"):
        load_scenario(f"{suite}/{letter}{count + 1}")
    made: Any = gym.make(ids[1]).unwrapped
    expected = load_scenario(f"{suite}/{letter}02").make()
    assert (made.num_periods, made.backlog) == (expected.num_periods, expected.backlog)
    assert_equal(made.reset(seed=1), expected.reset(seed=1))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"scenario": "standard-1"}, "standard-1 is a suite; name one of its problems, as in standard-1/N01"),
        ({"scenario": "two.yaml"}, "two.yaml is a suite; name one of its problems, as in two.yaml/week"),
        ({"scenario": "two.yaml/month"}, "suite two has no problem 'month'; it has: week, again"),
        ({"scenario": "bakery"}, "Unknown scenario: 'bakery'; known: 'network', 'serial'"),
        ({"scenario": "bakery"}, "the path of a .yaml file, or SUITE/ID such as 'standard-1/N01'"),
        ({"scenario": "standard-1/N01", "config_path": "bakery.yaml"}, "expected one of them, both say which network"),
    ],
)
def test_what_names_no_problem_is_refused_with_what_would(
    arguments: dict[str, Any], message: str, folder: Path
) -> None:
    for make in (lambda: CoreEnv(**arguments), lambda: InvMgmtVectorEnv(2, **arguments)):
        with pytest.raises(ValueError, match=re.escape(message)):
            make()


def test_an_id_with_demand_of_its_own_does_not_play_a_scenario_with_it(folder: Path) -> None:
    with pytest.raises(ValueError, match=r"this id has demand of its own; .* 'GymInvMgmt/Scenario-v0'"):
        gym.make("GymInvMgmt/Serial-v0", scenario="week.yaml")


def test_both_environments_take_the_same_arguments_with_the_same_defaults() -> None:
    single, many = (inspect.signature(made).parameters for made in (CoreEnv, InvMgmtVectorEnv))
    names = [*EnvironmentArguments.__dataclass_fields__, "env_config"]
    assert sorted(single) == sorted(names)
    assert {name: str(many[name]) for name in names} == {name: str(single[name]) for name in names}
    assert str(single["num_periods"]) == "num_periods: 'int' = 30"


def test_one_problem_of_a_suite_gives_a_ranking_row() -> None:
    part = benchmark("standard-1/N01", ["constant:20", "newsvendor:informed"], seeds=2)
    assert [row["policy"] for row in part.ranking] == ["newsvendor:informed", "constant:20"]
    both = benchmark("standard-1", ["constant:20"], seeds=2, only=["N01", "N03"])
    assert list(dict.fromkeys(both.episodes["problem"])) == ["N01", "N03"]
    np.testing.assert_array_equal(both.profits("constant:20", "N01"), part.profits("constant:20", "N01"))
    with pytest.raises(ValueError, match="suite standard-1 has no problem 'S01'; it has: N01"):
        benchmark("standard-1", ["constant:20"], only=["S01"])
    with pytest.raises(TypeError, match="only is 'N01'; expected a list of problems' ids"):
        benchmark("standard-1", ["constant:20"], only="N01")


def test_results_show_their_ranking(tmp_path: Path) -> None:
    named = {name: name for name in ("constant:20", "newsvendor:informed")}
    found = benchmark("standard-1/N01", {**named, "late": lambda observation: [1.0]}, seeds=2, out=tmp_path)
    lines = repr(found).splitlines()
    assert isinstance(found, Benchmark)
    assert lines[0] == "Benchmark(3 policies on 1 problem, 6 episodes of which 2 failed)"
    profits = {name: found.profits(name, "N01").mean() for name in ("newsvendor:informed", "constant:20")}
    for rank, (name, profit) in enumerate(profits.items(), start=1):
        assert re.fullmatch(rf"  {rank}\. {name} +{profit:,.1f}  \(.* to .*\)", lines[rank])
    assert "not ranked: late" in lines[3]
    assert lines[-1].strip() == f"files: {tmp_path}"
