"""Market links with demand of their own: what is told of them, and what they inherit, now and later."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers import environment_of, three_markets

from gym_invmgmt import CoreEnv, InvMgmtVectorEnv
from gym_invmgmt.wrappers import DomainFeatureWrapper, DomainRandomizationWrapper, GraphOnlyWrapper

OWN: dict[str, Any] = {"links": {(1, 0): {"base_mu": 9}}}


@pytest.mark.parametrize("wrapper", [DomainFeatureWrapper, GraphOnlyWrapper])
def test_features_know_the_mean_of_the_only_link(wrapper: Any) -> None:
    env, twin = wrapper(CoreEnv("serial", OWN)), wrapper(CoreEnv("serial", {"base_mu": 9}))
    for each in (env, twin):
        each.reset(seed=3)
    for _ in range(3):
        np.testing.assert_array_equal(env.step([9, 9, 9])[0], twin.step([9, 9, 9])[0])


@pytest.mark.parametrize("layout", ["domain-v2", "graph"])
def test_features_of_rows_know_it_too(layout: str) -> None:
    envs, twin = (
        InvMgmtVectorEnv(2, scenario="serial", demand_config=config, observation=layout)
        for config in (OWN, {"base_mu": 9})
    )
    np.testing.assert_array_equal(envs.reset(seed=3)[0], twin.reset(seed=3)[0])
    orders = np.full((2, 3), 9.0)
    np.testing.assert_array_equal(envs.step(orders)[0], twin.step(orders)[0])


def test_the_mean_told_is_that_over_the_links(tmp_path: Path) -> None:
    config = {"base_mu": 6, "links": {(1, 10): {"base_mu": 12}, (1, 12): {"effects": ["shock"], "shock_time": 0}}}
    engine = environment_of(tmp_path, three_markets(), demand_config=config).demand_engine
    # 12, 6, and 6 doubled by a shock.
    assert engine.get_current_mu(0) == pytest.approx((12 + 6 + 12) / 3)
    assert [engine.mean_demand(0, link) for link in range(3)] == [12, 6, 12]


LATER: list[tuple[str, Any]] = [
    ("noise_scale", 0), ("effects", ["shock"]), ("shock_time", 2), ("shock_mag", 4), ("trend_slope", 0.5),
    ("seasonal_amp", 0.9), ("seasonal_freq", 1.0), ("seasonal_phase", 0.5), ("external_series", [3.0] * 12),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), LATER, ids=[name for name, _ in LATER])
def test_parameters_set_later_reach_links_that_have_none_of_their_own(name: str, value: Any, tmp_path: Path) -> None:
    effects = ["trend", "seasonal", "shock"]
    own = {(1, 11): {"gw_decay": 0.9}, (1, 12): {"meta_note": "none"}}
    env, twin = (
        environment_of(tmp_path, three_markets(), demand_config={"effects": effects, **more, "links": own})
        for more in ({}, {name: value})
    )
    setattr(env.demand_engine, name, value)
    for each in (env, twin):
        each.reset(seed=7)
        for _ in range(8):
            each.step([30])
    np.testing.assert_array_equal(env.D, twin.D)


@pytest.mark.parametrize(("name", "value"), LATER, ids=[name for name, _ in LATER])
def test_parameters_of_a_links_own_stay_whatever_is_set_later(name: str, value: Any, tmp_path: Path) -> None:
    # The link's own value is that of all others at first: it is its own all the same.
    config = {"effects": ["trend", "seasonal", "shock"], "shock_time": 3}
    first = getattr(CoreEnv("serial", config).demand_engine, name)
    env = environment_of(tmp_path, three_markets(), demand_config={**config, "links": {(1, 10): {name: first}}})
    before = [env.demand_engine.expected_demand(period, (1, 10)) for period in range(8)]
    others = [env.demand_engine.expected_demand(period, (1, 11)) for period in range(8)]
    setattr(env.demand_engine, name, value)
    assert [env.demand_engine.expected_demand(period, (1, 10)) for period in range(8)] == before
    if name != "noise_scale":
        assert [env.demand_engine.expected_demand(period, (1, 11)) for period in range(8)] != others


def test_a_mean_of_a_links_own_takes_the_place_of_the_common_series(tmp_path: Path) -> None:
    config = {"external_series": [30.0] * 30, "links": {(1, 10): {"base_mu": 5}}}
    engine = environment_of(tmp_path, three_markets(), demand_config=config).demand_engine
    assert [engine.mean_demand(0, link) for link in range(3)] == [5, 30, 30]


def test_rows_that_are_randomised_follow_as_a_single_environment_does() -> None:
    config = {"links": {(1, 0): {"trend_slope": 0.5}}}
    envs = InvMgmtVectorEnv(6, scenario="serial", demand_config=config, randomize=True, num_periods=12)
    envs.reset(seed=20)
    singles = [DomainRandomizationWrapper(CoreEnv("serial", config, num_periods=12)) for _ in range(6)]
    for row, single in enumerate(singles):
        single.reset(seed=20 + row)
    for _ in range(11):
        rows = envs.step(np.full((6, 3), 15.0))[0]
        for row, single in enumerate(singles):
            np.testing.assert_array_equal(single.step([15.0] * 3)[0], rows[row])
