"""A user's own demand: laws as objects, subclasses, patched methods, and what happens when they fail."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest
from helpers import MATRICES, environment_of, play, three_markets

from gym_invmgmt import CoreEnv, DemandEngine


class FakeLaw:
    """A law as scipy.stats has them, of a name that is not known here."""

    name = "lognorm"

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def rvs(self, **arguments: Any) -> float:
        self.calls.append(arguments)
        return 31.5


class Scripted(DemandEngine):
    """Demand is ten times the period, plus the number of the call."""

    def __init__(self, config: Any = None) -> None:
        super().__init__(config)
        self.calls: list[tuple[Any, ...]] = []

    def sample(self, t: int, dist: Any, dist_params: Any = None) -> float:
        self.calls.append((t, dist, dist_params))
        return 10.0 * t + len(self.calls)


class Touchy(DemandEngine):
    def update_goodwill(self, unfulfilled_qty: float) -> None:
        self.sentiment = 0.5 if unfulfilled_qty > 0 else 1.0


class Planned(DemandEngine):
    def get_current_mu(self, t: int) -> float:
        return 3.0 + t


class Failing(DemandEngine):
    """Fails once, in period 2."""

    failures = 0

    def sample(self, t: int, dist: Any, dist_params: Any = None) -> float:
        if t == 2 and not self.failures:
            self.failures += 1
            raise LookupError("no forecast for period 2")
        return super().sample(t, dist, dist_params)


class DuckTyped:
    """Not a DemandEngine at all, only what the environment needs of one."""

    sentiment = 1.0

    def reset(self, np_random: Any = None) -> None:
        self.sentiment = 1.0

    def sample(self, t: int, dist: Any, dist_params: Any = None) -> float:
        return 6.0

    def update_goodwill(self, unfulfilled_qty: float) -> None:
        self.sentiment *= 0.5


def with_engine(engine: Any, scenario: str = "serial") -> CoreEnv:
    env = CoreEnv(scenario)
    env.demand_engine = engine
    env.reset(seed=42)
    return env


def test_a_law_may_be_a_callable_of_the_mean() -> None:
    engine = DemandEngine({"base_mu": 30, "noise_scale": 0.5})
    means = []
    assert engine.sample(0, lambda mean: means.append(mean) or 40.0) == 35
    assert engine.sample(0, lambda mean: -200.0) == 0
    assert means == [30]


def test_a_law_may_be_any_object_that_draws_as_scipys_do() -> None:
    engine, law = DemandEngine({"base_mu": 30}), FakeLaw()
    generator = np.random.default_rng(1)
    engine.reset(generator)
    assert engine.sample(0, law, {"loc": 1.0, "s": 0.25}) == 31.5
    assert engine.sample(0, law, {"mu": 5.0, "loc": 2.0}) == 31.5
    # The mean takes the place of mu, if there is one, else of loc.
    assert law.calls[0] == {"loc": 30, "s": 0.25, "random_state": generator}
    assert law.calls[1] == {"mu": 30, "loc": 2.0, "random_state": generator}


@pytest.mark.parametrize("name", ["poisson", "norm", "normal", "uniform"])
def test_a_law_known_by_the_name_of_its_object_is_drawn_natively(name: str) -> None:
    law, engine, numpys = mock.Mock(spec=["name"]), DemandEngine({"base_mu": 30}), np.random.default_rng(5)
    law.name = name
    engine.reset(np.random.default_rng(5))
    expected = {
        "poisson": lambda: numpys.poisson(30),
        "norm": lambda: numpys.standard_normal() + 30,
        "normal": lambda: numpys.standard_normal() + 30,
        "uniform": lambda: numpys.random() + 30,
    }[name]()
    assert engine.sample(0, law) == pytest.approx(expected, rel=1e-15)


def test_an_object_that_draws_is_asked_even_if_it_is_named_as_a_law_here() -> None:
    """scipy's gamma has parameters of its own."""
    engine, law = DemandEngine({"base_mu": 30}), FakeLaw()
    law.name = "gamma"  # type: ignore[attr-defined]
    engine.reset(np.random.default_rng(1))
    assert engine.sample(0, law, {"loc": 1.0, "s": 0.25}) == 31.5


def test_laws_take_lists_and_flags_and_draw_as_numpy_does() -> None:
    engine, numpys = DemandEngine({"base_mu": 4}), np.random.default_rng(5)
    engine.reset(np.random.default_rng(5))
    choice = {"values": [0, 2, 3, 7], "weights": [4, 3, 2, 1]}
    expected = numpys.choice([0, 2, 3, 7], p=[0.4, 0.3, 0.2, 0.1]) * 4 / 1.9
    assert engine.sample(0, "discrete", choice) == pytest.approx(expected, rel=1e-15)
    assert engine.sample(0, "gamma", {"cv": 0.5, "rounded": True}) == np.round(numpys.gamma(4.0, 1.0))


def test_an_unknown_law_is_refused_by_name() -> None:
    engine = DemandEngine()
    engine.reset(np.random.default_rng(1))
    for law in ["cauchy", 7]:
        with pytest.raises(ValueError, match=rf"Unknown demand distribution {law!r}; expected poisson, normal"):
            engine.sample(0, law)
    with pytest.raises(ValueError, match=r"a normal law has no parameter 'mu'; it has loc and scale"):
        engine.sample(0, "normal", {"mu": 3.0})


def test_sampling_without_a_generator_says_how_to_get_one() -> None:
    with pytest.raises(RuntimeError, match=r"call reset\(np_random=...\) first"):
        DemandEngine().sample(0, "poisson")


def test_an_overridden_sample_is_the_demand_and_is_told_law_and_parameters(tmp_path: Path) -> None:
    env = environment_of(tmp_path, three_markets())
    env.demand_engine = Scripted()
    env.reset(seed=1)
    play(env, 0, 2)
    assert env.D[:2].tolist() == [[1, 2, 3], [14, 15, 16]]
    laws = [getattr(law, "name", law) for _, law, _ in env.demand_engine.calls[:3]]
    assert laws[0] == "poisson"
    assert laws[1] in ("norm", "normal")
    assert laws[2] == "uniform"
    assert [call[2] for call in env.demand_engine.calls[:2]] == [{"mu": 6.0}, {"loc": 4.0, "scale": 6.0}]


def test_an_overridden_update_of_goodwill_decides_the_sentiment() -> None:
    env = with_engine(Touchy({"base_mu": 60, "noise_scale": 0, "use_goodwill": True}))
    shown = [env.step([0, 0, 0])[4]["sentiment"] for _ in range(4)]
    # 100 on hand, 60 wanted: the second period leaves 20 unmet, the third answers to it.
    assert shown == [1, 1, 0.5, 0.5]
    assert env.D[:4, 0].tolist() == [60, 60, 30, 30]


def test_an_overridden_mean_decides_the_draws() -> None:
    env = with_engine(Planned())
    play(env, 0, 20)
    numpys = np.random.default_rng(42)
    assert env.D[:20, 0].tolist() == [float(numpys.poisson(3.0 + t)) for t in range(20)]


def test_any_object_with_the_methods_may_be_the_engine() -> None:
    env = with_engine(DuckTyped())
    assert env.step([0, 0, 0])[4]["sentiment"] == 1.0
    assert env.step([0, 0, 0])[4]["sentiment"] == 0.5
    assert env.D[:2, 0].tolist() == [6, 6]
    env.graph.edges[2, 1]["L"] = 1
    env.reload_network()
    env.reset()
    assert env.step([0, 0, 0])[4]["sentiment"] == 1.0
    restored = pickle.loads(pickle.dumps(env))
    assert restored.step([1, 1, 1])[0].tolist() == env.step([1, 1, 1])[0].tolist()


@pytest.mark.parametrize("method", ["sample", "get_current_mu"])
def test_a_method_patched_on_the_engine_acts_from_the_next_step(method: str) -> None:
    env = CoreEnv("serial", demand_config={"noise_scale": 0})
    env.step([0, 0, 0])
    with mock.patch.object(env.demand_engine, method, side_effect=lambda *arguments: 2.0) as patched:
        env.step([0, 0, 0])
    env.step([0, 0, 0])
    assert env.D[:3, 0].tolist() == [20, 2, 20]
    assert patched.call_count == 1


def test_a_goodwill_patched_on_the_engine_acts_from_the_next_step() -> None:
    env = CoreEnv("serial", demand_config={"noise_scale": 0})
    env.step([0, 0, 0])
    env.demand_engine.update_goodwill = lambda unmet: setattr(env.demand_engine, "sentiment", 0.75)
    assert env.step([0, 0, 0])[4]["sentiment"] == 0.75


def test_a_method_patched_on_the_class_acts_from_the_next_reset() -> None:
    env = CoreEnv("serial")
    with mock.patch.object(DemandEngine, "sample", return_value=4.5):
        env.reset()
        env.step([0, 0, 0])
    assert env.D[0, 0] == 4.5
    env.reset(seed=42)
    env.step([0, 0, 0])
    assert env.D[0, 0] == 24  # the published first demand of seed 42


def test_a_patched_engine_sees_the_laws_of_a_reloaded_network(tmp_path: Path) -> None:
    env = environment_of(tmp_path, three_markets())
    env.graph.edges[1, 10]["dist_param"] = {"mu": 33.0}
    env.reload_network()
    env.reset()
    seen = []
    env.demand_engine.sample = lambda t, dist, params: seen.append(params) or 1.0
    env.step([0])
    assert seen == [{"mu": 33.0}, {"loc": 4.0, "scale": 6.0}, {"loc": 8.0, "scale": 10.0}]


def test_an_error_in_a_users_sample_reaches_the_caller_and_no_matrix_changes() -> None:
    env = with_engine(Failing())
    play(env, 7, 2)
    before = {symbol: getattr(env, symbol).copy() for symbol in MATRICES}
    state = env.state.copy()
    with pytest.raises(LookupError, match="no forecast for period 2"):
        env.step([7, 7, 7])
    assert env.period == 2
    np.testing.assert_array_equal(env.state, state)
    for symbol, held in before.items():
        np.testing.assert_array_equal(getattr(env, symbol), held)
    # The failing call drew nothing, so the published sequence goes on.
    play(env, 7, 1)
    assert env.D[:3, 0].tolist() == [24, 14, 18]


@pytest.mark.parametrize("method", ["update_goodwill", "sample"])
def test_an_error_in_any_user_method_stops_the_step(method: str) -> None:
    env = CoreEnv("serial")
    env.step([0, 0, 0])
    before = {symbol: getattr(env, symbol).copy() for symbol in MATRICES}
    setattr(env.demand_engine, method, mock.Mock(side_effect=ZeroDivisionError("mine")))
    with pytest.raises(ZeroDivisionError, match="mine"):
        env.step([1, 1, 1])
    assert env.period == 1
    for symbol, held in before.items():
        np.testing.assert_array_equal(getattr(env, symbol), held)


def test_a_step_that_failed_leaves_the_sentiment_as_it_was() -> None:
    env = CoreEnv("serial", demand_config={"use_goodwill": True, "base_mu": 150, "noise_scale": 0})
    env.step([0, 0, 0])
    env.demand_engine.sample = mock.Mock(side_effect=ZeroDivisionError("mine"))
    with pytest.raises(ZeroDivisionError):
        env.step([0, 0, 0])
    assert env.demand_engine.sentiment == 1.0


@pytest.mark.parametrize("demand", [float("nan"), float("inf"), "many", None])
def test_a_users_sample_must_return_a_finite_number(demand: Any) -> None:
    env = CoreEnv("serial")
    env.demand_engine.sample = lambda t, dist, params=None: demand
    with pytest.raises((ValueError, TypeError), match=r"sample returned|must be real number"):
        env.step([0, 0, 0])
    assert not env.D.any()


def test_a_users_sample_must_not_return_negative_demand() -> None:
    env = CoreEnv("serial")
    env.demand_engine.sample = lambda t, dist, params=None: -4.0
    with pytest.raises(ValueError, match=r"sample returned -4"):
        env.step([0, 0, 0])


def test_a_user_method_may_read_the_environment_while_a_step_is_under_way() -> None:
    env = CoreEnv("serial")
    seen = []

    def sample(t: int, dist: Any, params: Any = None) -> float:
        seen.append((env.period, float(env.X[t].sum())))
        return 1.0

    env.demand_engine.sample = sample
    env.step([0, 0, 0])
    assert seen == [(0, 400.0)]
