"""Scenario files in Python: the same episode as by hand, single and many, and what is said of mistakes."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gym_invmgmt import CoreEnv, InvMgmtVectorEnv, benchmark, load_scenario, rollout

SHOPS = """
network:
  nodes: [{id: east}, {id: west}, {id: shop, I0: 60, h: 0.05}, {id: farm}]
  edges:
    - {from: shop, to: east, p: 3, b: 1, demand_dist: poisson, dist_param: {mu: 12}}
    - {from: shop, to: west, p: 3, b: 1, demand_dist: poisson, dist_param: {mu: 8}}
    - {from: farm, to: shop, L: 2, p: 1, g: 0}
demand:
  links:
    - {from: shop, to: east, demand_dist: negative_binomial, dist_param: {mu: 12, dispersion: 0.5}}
    - {from: shop, to: west, demand_dist: intermittent, dist_param: {mu: 8, probability: 0.25}, effects: [shock],
       shock_time: 3}
rules: {salvage_value: 0.5, discount: 0.9}
num_periods: 6
"""


@pytest.fixture
def shops(tmp_path: Path) -> Path:
    path = tmp_path / "shops.yaml"
    path.write_text(SHOPS)
    return path


def test_the_new_laws_draw_as_numpy_does_link_by_link(shops: Path) -> None:
    env = load_scenario(shops).make()
    env.reset(seed=7)
    for _ in range(6):
        env.step([20.0])
    numpys = np.random.default_rng(7)
    expected = []
    for period in range(6):
        east = numpys.negative_binomial(2.0, 2.0 / 14.0)
        mean = 16.0 if period >= 3 else 8.0
        west = numpys.poisson(mean / 0.25) if numpys.random() < 0.25 else 0
        expected.append([east, west])
    assert env.D.tolist() == expected


def test_stock_left_at_the_end_is_worth_its_salvage_value_once(shops: Path) -> None:
    env = load_scenario(shops).make()
    env.reset(seed=7)
    rewards = [env.step([40.0])[1] for _ in range(6)]
    ledger = env.ledger()
    left = env.X[-1].sum()
    assert left > 0
    assert ledger.salvage[:5].sum() == 0
    assert ledger.salvage[5].sum() == pytest.approx(0.5 * 0.9**5 * left)
    assert ledger.profit.sum(axis=1) == pytest.approx(rewards)
    assert env.P.sum() == pytest.approx(sum(rewards))
    figures = rollout(load_scenario(shops).make(), lambda observation: [40.0], seeds=[7])
    assert figures["total_profit"][0] == pytest.approx(sum(rewards))


def test_a_vector_environment_plays_the_same_scenario(shops: Path) -> None:
    scenario = load_scenario(shops)
    rows = scenario.make_vec(3)
    rows.reset(seed=5)
    singles = [scenario.make() for _ in range(3)]
    for row, env in enumerate(singles):
        env.reset(seed=5 + row)
    for _ in range(6):
        _, rewards, *_ = rows.step(np.full((3, 1), 21.0))
        assert rewards.tolist() == [env.step([21.0])[1] for env in singles]


def test_a_problem_of_the_published_suite_is_the_published_environment() -> None:
    env = load_scenario("published-26/S04").make()
    config = {"type": "combined_chaos", "effects": ["trend", "seasonal"], "base_mu": 20, "use_goodwill": True}
    other = CoreEnv("network", demand_config=config, backlog=False)
    for each in (env, other):
        each.reset(seed=42)
        for _ in range(30):
            each.step([20.0] * 11)
    assert (env.D == other.D).all()
    assert (env.P == other.P).all()


def test_a_scenario_comes_back_from_its_own_file_and_from_a_pickle(shops: Path, tmp_path: Path) -> None:
    scenario = load_scenario(shops)
    (tmp_path / "again.yaml").write_text(scenario.to_yaml())
    assert load_scenario(tmp_path / "again.yaml").to_yaml() == scenario.to_yaml()
    assert pickle.loads(pickle.dumps(scenario._native)).to_yaml() == scenario.to_yaml()


def test_mistakes_name_file_line_and_place(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("network: serial\nnum_periods: 30\nrules: {salvage_value: {0: 1}}\n")
    with pytest.raises(ValueError, match=r"bad.yaml:3: rules: salvage_value: 0: a market holds no stock"):
        load_scenario(path)
    with pytest.raises(FileNotFoundError):
        load_scenario(tmp_path / "none.yaml")
    with pytest.raises(ValueError, match="has no problem 'S99'"):
        load_scenario("published-26/S99")
    with pytest.raises(ValueError, match="has version 1"):
        load_scenario("published-26@7/S01")
    with pytest.raises(ValueError, match="no market link"):
        CoreEnv("serial", demand_config={"links": {(1, 9): {"base_mu": 3}}})


@pytest.mark.parametrize(
    "use",
    [
        load_scenario,
        CoreEnv,
        lambda path: InvMgmtVectorEnv(2, scenario=path),
        lambda path: rollout(path, "constant:5", seeds=[1]),
        lambda path: benchmark(path.with_name("suite.yaml"), ["constant:5"]),
    ],
)
def test_keys_without_effect_are_said_once_and_the_scenario_is_taken(
    use: Callable[[Path], Any], shops: Path, tmp_path: Path
) -> None:
    (tmp_path / "suite.yaml").write_text(
        "{name: ours, version: 1, seeds: [1], scenarios: [{id: a, scenario: shops.yaml}]}"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        use(shops)
    text = SHOPS.replace("demand:\n", "demand:\n  shock_mag: 2\n").replace("{id: west}", "{id: west, h: 0.5}")
    shops.write_text(text.replace("shock_time: 3", "shock_time: 3, trend_slope: 1"))
    with pytest.warns(UserWarning, match="has no effect") as caught:
        use(shops)
    (warning,) = caught
    words = str(warning.message)
    for said in (
        "network: nodes[1] (west): h: 0.5 has no effect, because a market holds no stock",
        "demand: links[1]: trend_slope: has no effect without 'trend' among the effects",
    ):
        assert said in words
    # The second link has the shock, and follows.
    assert "shock_mag" not in words
    assert warning.filename == __file__
