"""Policies written in Python play in the runner of the benchmark: same numbers, same files, failures as rows."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

import gym_invmgmt


class Twenty:
    """Orders twenty units on every link and writes down what it is told."""

    information = "blind"

    def __init__(self) -> None:
        self.problems: list[dict[str, Any]] = []
        self.seeds: list[Any] = []

    def prepare(self, problem: dict[str, Any]) -> None:
        self.problems.append(problem)

    def reset(self, seed: Any) -> None:
        self.seeds.append(seed)

    def __call__(self, observation: np.ndarray[Any, Any]) -> list[float]:
        assert observation.shape == (self.problems[-1]["observation_length"],)
        return [20.0] * self.problems[-1]["num_links"]


class Told(Twenty):
    """Checks what is on order as it is told against what it ordered: `serial`, lead times 4, 4 and 0."""

    told = 0

    def reset(self, seed: Any) -> None:
        self.period = 0

    def tell(self, on_order: np.ndarray[Any, Any]) -> None:
        on_the_way = 20.0 * min(self.period, 4)
        np.testing.assert_array_equal(on_order, np.broadcast_to([on_the_way, on_the_way, 0.0], on_order.shape))
        self.period, self.told = self.period + 1, self.told + on_order.size


class ToldTogether(Told):
    """The same for all seeds at once."""

    def batch(self, observations: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return np.full((len(observations), 3), 20.0)


class TwentyTogether(Twenty):
    """The same for all seeds at once."""

    def batch(self, observations: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        assert observations.shape[1] == self.problems[-1]["observation_length"]
        return np.full((len(observations), self.problems[-1]["num_links"]), 20.0)


class Model:
    """A model as of Stable-Baselines3."""

    def predict(self, observation: np.ndarray[Any, Any], deterministic: bool = False) -> tuple[Any, None]:
        assert deterministic
        links = {71: 11, 15: 3}[observation.shape[-1]]
        return np.full((*observation.shape[:-1], links), 20.0, dtype=np.float32), None


def test_policies_are_told_what_is_on_order(tmp_path: Path) -> None:
    suite = tmp_path / "suite.yaml"
    lines = ["version: 1", "name: plain", "seeds: [1, 2, 3]", "scenarios:"]
    lines.append("- {id: A, scenario: {network: serial, num_periods: 10}}")
    suite.write_text("\n".join(lines))
    policies = {"alone": Told(), "together": ToldTogether()}
    found = gym_invmgmt.benchmark(str(suite), policies)
    assert found.profits("alone", "A").shape == (3,)
    assert [policy.told for policy in policies.values()] == [3 * 10 * 3, 3 * 10 * 3]


def test_a_callable_a_batch_a_model_and_a_name_earn_the_same(tmp_path: Path) -> None:
    policies = {"mine": Twenty(), "together": TwentyTogether(), "model": Model(), "named": "constant:20"}
    found = gym_invmgmt.benchmark("published-26", policies, seeds=[42, 123], out=tmp_path)
    for problem in ["S01", "S09", "S15", "S26"]:
        named = found.profits("named", problem)
        for policy in ["mine", "together", "model"]:
            np.testing.assert_array_equal(found.profits(policy, problem), named)
    # Benchmark, section 1.8: twenty units on every link, seed 42.
    assert found.profits("mine", "S01")[0] == pytest.approx(541.0)
    assert policies["mine"].seeds[:4] == [42, 123, 42, 123]
    assert policies["together"].seeds[:2] == [[42, 123], [42, 123]]
    assert policies["together"].problems[0]["key"] == "A_Core|base|trend+seasonal|GW:False|BL:True|MARL:False"
    with (tmp_path / "episodes.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 26 * 4 * 2
    assert {(row["policy"], row["information"]) for row in rows} == {
        ("mine", "blind"), ("together", "blind"), ("model", "undeclared"), ("named", "blind"),
    }  # fmt: skip
    assert (tmp_path / "report.html").read_text().count("&lt;Twenty&gt;") > 0
    again = gym_invmgmt.benchmark("published-26", policies, seeds=[42, 123], out=tmp_path)
    assert again.was_complete
    np.testing.assert_array_equal(again.episodes["profit"], found.episodes["profit"])


class Levels:
    """Order-up-to levels as actions from -1 to 1, as a learner has them."""

    action_mode = "base-stock"

    def __init__(self, levels: list[float]) -> None:
        env = gym_invmgmt.CoreEnv("serial", {"base_mu": 20}, action_mode=self.action_mode)
        self.action = env.to_action(levels)
        self.action_ceilings = env.action_ceilings

    def prepare(self, problem: dict[str, Any]) -> None:
        if problem["num_links"] != 3:
            raise ValueError("made for the serial chain")

    def __call__(self, observation: np.ndarray[Any, Any]) -> Any:
        return self.action


class LevelsTogether(Levels):
    """The same for all seeds at once."""

    def batch(self, observations: np.ndarray[Any, Any]) -> Any:
        return np.tile(self.action, (len(observations), 1))


class LevelsModel:
    """The same as a model of Stable-Baselines3, which does not know how its actions are read."""

    action_space = gym.spaces.Box(-1.0, 1.0, (3,))

    def __init__(self, levels: list[float]) -> None:
        self.levels = LevelsTogether(levels)

    def predict(self, observation: np.ndarray[Any, Any], deterministic: bool = False) -> tuple[Any, None]:
        return self.levels.batch(observation), None


def test_actions_are_read_in_the_mode_a_policy_names() -> None:
    levels = [107.0, 118.0, 29.0]
    alone, together, model = Levels(levels), LevelsTogether(levels), LevelsModel(levels)
    with pytest.raises(TypeError, match=r"policies\['model'\] was trained on actions from -1 up, .* action_mode"):
        gym_invmgmt.benchmark("published-26", {"model": model})
    model.action_mode, model.action_ceilings = alone.action_mode, alone.action_ceilings  # type: ignore[attr-defined]
    policies = {"alone": alone, "together": together, "model": model, "named": "basestock:107,118,29"}
    found = gym_invmgmt.benchmark("published-26", policies, seeds=[42, 123])
    for problem in ["S13", "S16", "S19", "S20"]:
        named = found.profits("named", problem)
        for policy in ["alone", "together", "model"]:
            # A level is a share of its ceiling and back, which costs a rounding.
            np.testing.assert_allclose(found.profits(policy, problem), named, rtol=1e-12)
    raw = {"scenario": "serial", "demand_config": {"base_mu": 20}}
    for policy in [alone, together, model]:
        profits = gym_invmgmt.rollout(raw, policy, seeds=[42, 123])["total_profit"]
        np.testing.assert_allclose(profits, found.profits("named", "S19"), rtol=1e-12)


def test_a_mode_that_does_not_exist_or_fit_is_a_row_that_says_so() -> None:
    def refused(policy: Any) -> str:
        found = gym_invmgmt.benchmark("published-26", {"mine": policy}, seeds=1)
        return dict(zip(found.episodes["problem"], found.episodes["error"], strict=True))["S19"]

    policy = Levels([107.0, 118.0, 29.0])
    policy.action[1] = np.nan
    assert refused(policy).startswith("period 0: ValueError: action[1] (level[2]) is NaN")
    policy.action_ceilings = policy.action_ceilings[:2]
    assert "2 action_ceilings; expected 3" in refused(policy)
    policy.action_mode = "levels"
    assert "action_mode is 'levels'; expected one of raw, scaled, base-stock" in refused(policy)


def test_an_exception_is_a_row_that_says_so() -> None:
    def fails(observation: np.ndarray[Any, Any]) -> list[float]:
        if observation[-2] >= 2:
            raise RuntimeError("out of ideas")
        return [1.0] * (11 if len(observation) == 71 else 3)

    found = gym_invmgmt.benchmark("published-26", {"fails": fails, "short": lambda _: [1.0]}, seeds=1)
    errors = dict(zip(found.episodes["policy"], found.episodes["error"], strict=True))
    assert errors == {
        "fails": "period 2: RuntimeError: out of ideas",
        "short": "period 0: ValueError: the actions have shape [1]; expected [3], one quantity per supply link",
    }
    assert np.isnan(found.episodes["profit"]).all()
    assert found.ranking == []
    assert any("26 of 26 episodes failed" in warning for warning in found.warnings)


def test_ctrl_c_in_a_policy_ends_the_run_and_what_was_played_is_kept(tmp_path: Path) -> None:
    class Stops(Twenty):
        stops = True

        def __call__(self, observation: np.ndarray[Any, Any]) -> list[float]:
            if self.stops and len(self.problems) == 5 and observation[-2] == 7:
                raise KeyboardInterrupt
            return super().__call__(observation)

    policy = Stops()
    with pytest.raises(KeyboardInterrupt):
        gym_invmgmt.benchmark("published-26", {"mine": policy}, seeds=1, out=tmp_path)
    assert len(policy.problems) == 5
    policy.stops = False
    resumed = gym_invmgmt.benchmark("published-26", {"mine": policy}, seeds=1, out=tmp_path)
    assert len(policy.problems) == 5 + 22, "four problems were not played again"
    whole = gym_invmgmt.benchmark("published-26", {"mine": "constant:20"}, seeds=1)
    np.testing.assert_array_equal(resumed.episodes["profit"], whole.episodes["profit"])


def test_unusable_arguments_are_refused_by_name(tmp_path: Path) -> None:
    def refused(error: type[Exception], match: str, *arguments: Any, **options: Any) -> None:
        with pytest.raises(error, match=match):
            gym_invmgmt.benchmark(*arguments, **options)

    refused(ValueError, "unknown suite 'nope'; known: published-26", "nope", ["constant:1"])
    refused(ValueError, "did you mean 'newsvendor'", "published-26", ["newsvender:blind"])
    refused(TypeError, "policies is a str", "published-26", "constant:1")
    refused(TypeError, r"policies\['mine'\] is a int", "published-26", {"mine": 5})
    refused(ValueError, "seeds is 0; expected a whole number >= 1", "published-26", ["constant:1"], seeds=0)
    refused(ValueError, r"seeds\[1\] is -1", "published-26", ["constant:1"], seeds=[1, -1])
    refused(ValueError, "there are no policies", "published-26", [])
    (tmp_path / "episodes.csv").write_text("mine")
    refused(ValueError, "is there already, without a manifest", "published-26", ["constant:1"], out=tmp_path)
    assert (tmp_path / "episodes.csv").read_text() == "mine"


def test_a_missing_episode_is_asked_for_by_name() -> None:
    found = gym_invmgmt.benchmark("published-26", ["constant:1"], seeds=1)
    with pytest.raises(KeyError, match="no episodes of policy 'constant:1' on problem 'S99'"):
        found.profits("constant:1", "S99")
