"""The classics as environments: Gymnasium's contract, parameters, positions, and the optima that stand beside them."""

from __future__ import annotations

import copy
import json
import pickle
import re
import warnings
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from gym_invmgmt import CoreEnv, classics, load_scenario, rollout

#: Parameters other than the defaults, one set per classic with an id.
OTHERS: dict[str, dict[str, Any]] = {
    "LostSales": {"lead_time": 2, "penalty": 9, "demand": "geometric"},
    "FixedCost": {"fixed_cost": 5, "lead_time": 2, "backlog": False},
    "SerialChain": {"lead_times": [1, 1], "holding": [2, 1], "penalty": 15, "demand": "normal", "deviation": 1},
    "BeerGame": {"demand": "normal", "weeks": 50},
    "DualSourcing": {"lead_time": 3, "dear": 10, "most": 8},
    "RandomLeadTime": {"model": "unit", "lead_time": {"values": [0, 4]}},
    "Perishable": {"life": 3, "issue": "lifo", "lead_time": 2},
    "OneWarehouse": {"retailers": 3, "allocation": "fair-share"},
    "JointReplenishment": {"holding_one": 5, "penalty_one": 95, "most_one": 6, "most_two": 2},
    "Assembly": {"lead_time_b": 1, "holding": 8},
    "AssembleToOrder": {"demand": "uniform", "finished": 20},
    "UnreliableSupply": {"fails": 0.2, "recovers": 0.2},
}


@pytest.mark.parametrize("classic", classics.ENVIRONMENTS)
@pytest.mark.parametrize("observation", ["raw", "position"])
def test_gymnasiums_checker_warns_of_the_boxes_only(classic: str, observation: str) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        env = gym.make(f"GymInvMgmt/{classic}-v0", observation=observation, num_periods=20, **OTHERS[classic])
        check_env(env.unwrapped, skip_render_check=True)
    messages = {str(warning.message) for warning in caught}
    assert all("infinity" in text or "symmetric and normalized space" in text for text in messages), messages


@pytest.mark.filterwarnings("ignore:observation:UserWarning")
@pytest.mark.parametrize("classic", classics.ENVIRONMENTS)
def test_rows_of_a_batch_are_the_single_environment(classic: str) -> None:
    arguments = {"num_periods": 12, **OTHERS[classic]}
    for observation in ("raw", "position"):
        single: Any = gym.make(f"GymInvMgmt/{classic}-v0", observation=observation, **arguments)
        many: Any = gym.make_vec(f"GymInvMgmt/{classic}-v0", num_envs=3, observation=observation, **arguments)
        assert single.observation_space == many.single_observation_space
        assert single.action_space == many.single_action_space
        assert single.unwrapped.observation_labels == many.unwrapped.observation_labels
        alone, together = single.reset(seed=5)[0], many.reset(seed=5)[0]
        orders = np.full(single.action_space.shape, 6.0)
        for _ in range(8):
            np.testing.assert_array_equal(together[0], alone)
            alone, reward, *_ = single.step(orders)
            together, rewards, *_ = many.step(np.tile(orders, (3, 1)))
            assert rewards[0] == reward


@pytest.mark.parametrize("classic", classics.ENVIRONMENTS)
def test_an_id_plays_the_scenario_of_its_parameters(classic: str) -> None:
    env = gym.make(f"GymInvMgmt/{classic}-v0", num_periods=9, **OTHERS[classic])
    expected = CoreEnv(classics.scenario(classic, **OTHERS[classic]), num_periods=9)
    np.testing.assert_array_equal(env.reset(seed=3)[0], expected.reset(seed=3)[0])
    for _ in range(9):
        one, other = env.step(np.full(env.action_space.shape, 5.0)), expected.step(np.full(env.action_space.shape, 5.0))
        np.testing.assert_array_equal(one[0], other[0])
        assert one[1] == other[1]


def test_a_position_is_stock_and_line_less_what_is_owed() -> None:
    env: Any = gym.make("GymInvMgmt/FixedCost-v0", lead_time=3, observation="position")
    assert env.unwrapped.observation_labels == ["inventory_position[store]"]
    position, _ = env.reset(seed=1)
    assert position.tolist() == [10.0]
    demand = 0.0
    for period in range(5):
        position, *_ = env.step([7.0])
        demand += env.unwrapped.D[period, 0]
        assert position.tolist() == [10.0 + 7.0 * (period + 1) - demand]


def test_copies_pickles_and_snapshots_of_positions_go_on_identically() -> None:
    env = classics.BeerGame(observation="position", demand="normal")
    env.reset(seed=2)
    env.step(np.full(4, 9.0))
    saved = env.snapshot()
    twins = [copy.deepcopy(env), pickle.loads(pickle.dumps(env))]
    expected = env.step(np.full(4, 8.0))
    for twin in twins:
        np.testing.assert_array_equal(twin.step(np.full(4, 8.0))[0], expected[0])
    assert env.restore(saved).shape == (4,)
    np.testing.assert_array_equal(env.step(np.full(4, 8.0))[0], expected[0])


def test_what_is_optimal_comes_with_the_parameters() -> None:
    env: Any = gym.make("GymInvMgmt/LostSales-v0", lead_time=2, penalty=9)
    optimum = env.unwrapped.problem.optimum
    # Zipkin, Operations Research 56(5), 2008: 6.09.
    assert round(optimum.value, 2) == 6.09
    assert (optimum.objective, optimum.criterion) == ("cost", "average")
    assert optimum.published == 6.0936
    assert env.unwrapped.problem.known[0].policy == "basestock:19"
    other: Any = gym.make("GymInvMgmt/LostSales-v0", lead_time=2, penalty=9.25)
    assert other.unwrapped.problem.optimum is None


@pytest.mark.parametrize("classic", classics.ENVIRONMENTS)
def test_a_docstring_is_the_page_of_the_problem(classic: str) -> None:
    page = classics.ENVIRONMENTS[classic].__doc__ or ""
    assert all(part in page for part in ("**Source.**", "**Convention.**", "**Optimum.**", "Args:"))
    assert all(f"\n    {parameter}: " in page for parameter in OTHERS[classic])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"lead_time": -1}, "classic: lead_time: found -1; expected a whole number from 0 to 50"),
        ({"lead_time": 2.5}, "classic: lead_time: found 2.5; expected a whole number from 0 to 50"),
        ({"penalty": "high"}, "classic: penalty: found text 'high'; expected a number from 0 to 1000000"),
        ({"penalty": float("nan")}, "classic: penalty: found text 'NaN'; expected a number from 0 to 1000000"),
        ({"demand": "normal"}, "classic: demand: found text 'normal'; expected one of poisson, geometric"),
        ({"observation": "stock"}, "observation is 'stock'; expected 'raw' or 'position'"),
    ],
)
def test_wrong_parameters_are_refused_with_what_is_allowed(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        gym.make("GymInvMgmt/LostSales-v0", **arguments)


def test_unknown_arguments_are_refused_with_those_there_are() -> None:
    with pytest.raises(TypeError, match=r"LostSales has no parameter 'leadtime'; parameters: lead_time, penalty"):
        gym.make("GymInvMgmt/LostSales-v0", leadtime=4)
    for make in (gym.make, gym.make_vec):
        with pytest.raises(TypeError, match="LostSales says itself what is played, and has no argument 'scenario'"):
            make("GymInvMgmt/LostSales-v0", scenario="serial")
    with pytest.raises(ValueError, match=r"'lead_times' has 2 entries and 'holding' 3; expected as many"):
        gym.make("GymInvMgmt/SerialChain-v0", lead_times=[1, 1])


def test_numbers_of_numpy_and_tuples_are_parameters() -> None:
    env = classics.SerialChain(lead_times=(1, np.int64(2)), holding=np.array([2.0, 1.0]))
    assert len(env.network.main_nodes) == 2


def test_every_problem_of_the_suite_has_an_id_and_can_be_listed(capfd: pytest.CaptureFixture[str]) -> None:
    from gym_invmgmt import _native

    (_, version, problems) = next(row for row in _native.suites() if row[0] == "classics-1")
    assert len(problems) == len(set(problems)) > 100
    assert all(f"GymInvMgmt/classics-1-{problem}-v{version}" in gym.registry for problem in problems)
    assert _native.run_command_line(["gym-invmgmt", "list", "scenarios", "--json"]) == 0
    rows = {row["name"]: row for row in json.loads(capfd.readouterr().out)["scenarios"]}
    row = rows["classics-1/lost-sales-poisson-L2-p9"]
    assert row["source"] == "Zipkin, Operations Research 56(5), 2008"
    assert round(row["optimum"]["value"], 2) == 6.09
    assert "optimum" not in rows["standard-1/N01"]


def test_check_says_what_is_known(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    from gym_invmgmt import _native

    path = tmp_path / "mine.yaml"
    path.write_text("classic: {name: DualSourcing, lead_time: 3, dear: 10}\n")
    assert _native.run_command_line(["gym-invmgmt", "check", str(path)]) == 0
    lines = capfd.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["source", "convention", "optimum"]
    assert load_scenario(path).optimum is not None
    assert "cost per period 20.34" in lines[3]


def test_a_policy_that_is_known_costs_what_is_published() -> None:
    problem = load_scenario("classics-1/lost-sales-poisson-L1-p4")
    policy, value, _ = problem.known[0]
    profits = rollout(problem, policy, range(60))["total_profit"] / problem.num_periods
    error = profits.std(ddof=1) / np.sqrt(len(profits))
    assert abs(-profits.mean() - value) < 4 * error + 0.01
    assert problem.optimum is not None
    assert problem.optimum.value is not None
    assert -profits.mean() > problem.optimum.value
