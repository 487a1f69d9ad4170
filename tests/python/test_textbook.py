"""The textbook solvers from Python: published answers to the digits given, and what is refused."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import pytest
from helpers import environment_of

import gym_invmgmt
from gym_invmgmt import CoreEnv, textbook
from gym_invmgmt.textbook import Discrete, Normal, Poisson, Stage


def digits(value: float, places: int) -> Any:
    """A published figure: right to its last digit."""
    return pytest.approx(value, rel=0.0, abs=0.5001 * 10.0**-places)


def test_order_quantities_are_the_published_ones() -> None:
    """Known answers, 4.7."""
    plain = textbook.eoq(fixed_cost=8, holding_cost=0.225, demand_rate=1300)
    assert (plain.quantity, plain.backordered_share, plain.cost) == (digits(304.0468, 4), 0.0, digits(68.4105, 4))
    fails = {"failure_rate": 1.5, "recovery_rate": 14, "stockout_cost": 5}
    unreliable = textbook.eoq(fixed_cost=8, holding_cost=0.225, demand_rate=1300, **fails)
    assert unreliable == pytest.approx((772.8111, 0.0, 173.9500), abs=5e-5)
    with pytest.raises(ValueError, match="stockout_cost not given; a supplier that fails takes all of"):
        textbook.eoq(fixed_cost=8, holding_cost=0.225, demand_rate=1300, failure_rate=1.5, recovery_rate=14)
    owed = textbook.eoq(fixed_cost=8, holding_cost=0.225, demand_rate=1300, backorder_cost=5)
    assert owed == (digits(310.8126, 4), digits(0.0430622, 7), digits(66.92136, 5))
    plan = textbook.wagner_whitin(demand=[90, 120, 80, 70], fixed_cost=500, holding_cost=2)
    assert plan == ((210.0, 0.0, 150.0, 0.0), 1380.0)


def test_newsvendors_are_the_published_ones() -> None:
    """Known answers, 4.6; the last with its demand spelled out, unit by unit."""
    solved = textbook.newsvendor(holding_cost=0.18, penalty=0.70, demand=Normal(50, 8))
    assert (solved.level, solved.cost) == (digits(56.60396, 5), digits(1.9976052, 7))
    ahead = textbook.newsvendor(holding_cost=0.18, penalty=0.70, demand=Normal(50, 8), lead_time=4)
    assert (ahead.level, ahead.cost) == (digits(264.7669, 4), digits(4.466781, 6))
    solved = textbook.newsvendor(holding_cost=1, penalty=4, demand=Poisson(6))
    assert (solved.level, solved.cost) == (8.0, digits(3.570107, 6))
    spelled = [math.exp(-6) * 6**units / math.factorial(units) for units in range(60)]
    spelled[-1] += 1.0 - sum(spelled)
    assert textbook.newsvendor(holding_cost=1, penalty=4, demand=Discrete(spelled)) == pytest.approx(tuple(solved))


def test_reorder_policies_are_the_published_ones() -> None:
    """Known answers, 4.4 and 4.5."""
    found = textbook.reorder_quantity(fixed_cost=100, holding_cost=20, backorder_cost=150, demand_rate=1.5, lead_time=2)
    assert found == (3, 5, digits(107.92358, 5))
    found = textbook.reorder_level(fixed_cost=64, holding_cost=1, penalty=9, demand=Poisson(22))
    assert found == (16, 68, digits(51.632, 3))


def test_serial_systems_are_the_published_ones() -> None:
    """Known answers, 4.3: Example 6.1, Poisson and normal; a policy's own cost."""
    example: dict[str, Any] = {"echelon_holding_costs": [3, 2, 2], "lead_times": [1, 1, 2], "penalty": 37.12}
    found = textbook.clark_scarf(**example, demand=Poisson(5))
    assert found == ((9.0, 15.0, 26.0), (9.0, 6.0, 11.0), digits(72.0467, 4))
    assert textbook.clark_scarf(**example, demand=Normal(5, 1)).cost == digits(47.660, 3)
    assert textbook.clark_scarf(**example, demand=Poisson(5), levels=[9, 15, 26]).cost == digits(72.0467, 4)
    assert textbook.clark_scarf(**example, demand=Poisson(5), levels=[9, 15, 27]).cost > 72.0468


def test_guaranteed_service_places_stock_as_published() -> None:
    """Known answers, 4.9: Example 6.5, nodes 1 to 4 at positions 0 to 3."""
    stages = [
        Stage(2, 1.0, external_inbound_time=1),
        Stage(1, 3.0, promised_service_time=0, demand_deviation=1.0),
        Stage(1, 2.0),
        Stage(1, 3.0, promised_service_time=1, demand_deviation=1.0),
    ]
    found = textbook.guaranteed_service(stages=stages, links=[(0, 2), (2, 1), (2, 3)], safety_factor=1)
    assert found.cost == digits(8.277917, 6)
    assert [stage.service_time for stage in found.stages] == [0, 0, 0, 1]


def chain(tmp_path: Path, **arguments: Any) -> CoreEnv:
    """Example 6.1 as the simulator plays it: lead times 1, 0, 1 from the retailer upwards."""
    declared = {
        "nodes": [{"id": 0}, *({"id": i, "I0": 0, "h": h} for i, h in [(1, 7), (2, 4), (3, 2)]), {"id": 4}],
        "edges": [
            {"from": 1, "to": 0, "p": 0, "b": 37.12, "demand_dist": "poisson", "dist_param": {"mu": 5}},
            *(
                {"from": i + 1, "to": i, "L": lead_time, "p": 0, "g": g}
                for i, lead_time, g in [(1, 1, 4), (2, 0, 2), (3, 1, 0)]
            ),
        ],
    }
    return environment_of(tmp_path, declared, **arguments)


def test_an_environment_of_the_right_shape_stands_for_its_numbers(tmp_path: Path) -> None:
    """Known answers, 4.0 case 4: levels 15, 20, 31 cost 99.740."""
    env = chain(tmp_path)
    for network in (env, env.network):
        found = textbook.clark_scarf(network)
        assert (found.echelon_levels, found.cost) == ((15.0, 20.0, 31.0), digits(99.740, 3))
    assert textbook.clark_scarf(env, levels=[15, 20, 31]).cost == digits(99.740, 3)
    # The mean an environment plays is the one solved for: twice the demand needs higher levels.
    doubled = textbook.clark_scarf(chain(tmp_path, demand_config={"base_mu": 10}))
    assert doubled.echelon_levels > found.echelon_levels
    # Three stages in a row with net replenishment times; z 0 costs nothing.
    assert textbook.guaranteed_service(env, safety_factor=0).cost == 0.0
    assert len(textbook.guaranteed_service(env, safety_factor=1.645).stages) == 3


def test_what_cannot_be_solved_is_refused_with_the_shape_that_is_needed(tmp_path: Path) -> None:
    env = chain(tmp_path)

    def refused(message: str, error: type[Exception] = ValueError) -> Any:
        return pytest.raises(error, match=re.escape(message))

    with refused("the network has 3 nodes that hold stock; the newsvendor needs exactly one"):
        textbook.newsvendor(env)
    with refused("the network has 3 nodes that hold stock; the (s, S) solver needs exactly one"):
        textbook.reorder_level(env)
    with refused("node 3 is a factory with capacity 100; Clark-Scarf needs unlimited capacity"):
        textbook.clark_scarf(CoreEnv("serial"))
    with refused("guaranteed-service placement needs"):
        textbook.guaranteed_service(CoreEnv("network"), safety_factor=1)
    with refused("holding_cost is 0; expected"):
        textbook.newsvendor(holding_cost=0, penalty=4, demand=Poisson(6))
    with refused("holding_cost is 'x'; expected a finite number"):
        textbook.eoq(fixed_cost=1, holding_cost="x", demand_rate=1)  # type: ignore[arg-type]
    with refused("penalty, demand not given; expected all numbers of the problem, or a network"):
        textbook.newsvendor(holding_cost=1)
    with refused("penalty, demand not given; expected all numbers of the problem, or a network"):
        textbook.reorder_level(holding_cost=1, fixed_cost=1)
    with refused("price is 5; expected more than the cost, or no unit is worth stocking"):
        textbook.newsvendor(price=5, cost=6, demand=Poisson(6))
    with refused("penalty given beside a network; expected one or the other"):
        textbook.newsvendor(env, penalty=3)
    with refused("demand is 6; expected textbook.Poisson, Normal or Discrete"):
        textbook.newsvendor(holding_cost=1, penalty=4, demand=6)  # type: ignore[arg-type]
    with refused("echelon_holding_costs has 2 entries, lead_times 1; expected one per stage"):
        textbook.clark_scarf(echelon_holding_costs=[1, 1], lead_times=[1], penalty=9, demand=Poisson(5))
    with refused("env is a float; expected a CoreEnv, wrapped or not", TypeError):
        textbook.clark_scarf(3.5)
    with refused("node 3 is a factory with capacity 100; Clark-Scarf needs unlimited capacity"):
        textbook.clark_scarf("serial")
    with refused("neither of demand_rate and demand given; expected one of them"):
        textbook.reorder_quantity(fixed_cost=8, holding_cost=1, backorder_cost=5, lead_time=1)
    with refused("demand is discrete; expected poisson or normal"):
        textbook.reorder_quantity(
            fixed_cost=8, holding_cost=1, backorder_cost=5, lead_time=1, demand=Discrete([0.5, 0.5])
        )
    with refused("level is given beside service_level; expected one or the other"):
        textbook.newsvendor(service_level=0.9, level=3, demand=Poisson(6))


def test_the_forms_people_have_their_numbers_in(tmp_path: Path) -> None:
    """Known answers, 4.2, 4.3, 4.5 and 4.15."""
    demand = Normal(50, 8)
    priced = textbook.newsvendor(price=1, cost=0.3, salvage=0.12, demand=demand)
    assert (1 - 0.3) * 50 - priced.cost == digits(33.002395, 6)
    served = textbook.newsvendor(service_level=0.70 / 0.88, demand=demand)
    assert (served.level, served.ready_rate) == (digits(56.60396, 5), pytest.approx(0.70 / 0.88))
    assert math.isnan(served.cost)
    costed = textbook.newsvendor(service_level=0.70 / 0.88, holding_cost=0.18, demand=demand, lead_time=4)
    assert (costed.level, costed.cost) == (digits(264.7669, 4), digits(4.466781, 6))
    given: dict[str, Any] = {"holding_cost": 1, "penalty": 9, "lead_time": 2, "demand": Poisson(5)}
    best = textbook.newsvendor(**given)
    assert textbook.newsvendor(**given, level=20) == best
    assert textbook.newsvendor(**given, level=21).cost > best.cost
    found = textbook.reorder_quantity(
        fixed_cost=8, holding_cost=0.225, backorder_cost=7.5, demand=Normal(1300, 150), lead_time=1 / 12
    )
    assert found == (pytest.approx(126.8, abs=0.1), pytest.approx(328.5, abs=0.1), pytest.approx(78.0712, abs=1e-4))
    whole = textbook.reorder_quantity(
        fixed_cost=100, holding_cost=20, backorder_cost=150, demand=Poisson(1.5), lead_time=2
    )
    assert whole == (3, 5, digits(107.92358, 5))
    assert isinstance(whole.quantity, int)
    # A first stage that waits for nothing is as if it were not there: the second alone is Example 6.1 without it.
    rest: dict[str, Any] = {"penalty": 37.12, "demand": Poisson(5)}
    with_it = textbook.clark_scarf(echelon_holding_costs=[3, 2, 2], lead_times=[0, 1, 2], **rest)
    without = textbook.clark_scarf(echelon_holding_costs=[2, 2], lead_times=[1, 2], **rest)
    assert with_it.echelon_levels == (0.0, *without.echelon_levels)
    assert with_it.cost == pytest.approx(without.cost)


def shop(tmp_path: Path, salvage: float = 0.0, lead_time: int = 0, **arguments: Any) -> CoreEnv:
    """One shop that buys at 4 and sells Poisson 20 at 10, with a penalty of 3 and holding cost 1."""
    declared = {
        "nodes": [{"id": 0}, {"id": 1, "I0": 0, "h": 1, "salvage_value": salvage}, {"id": 2}],
        "edges": [
            {"from": 1, "to": 0, "p": 10, "b": 3, "demand_dist": "poisson", "dist_param": {"mu": 20}},
            {"from": 2, "to": 1, "L": lead_time, "p": 4, "g": 0},
        ],
    }
    return environment_of(tmp_path, declared, **arguments)


def plain(mean: float, holding_cost: float = 1, penalty: float = 3) -> textbook.BaseStockLevel:
    return textbook.newsvendor(holding_cost=holding_cost, penalty=penalty, demand=Poisson(mean))


def test_the_demand_an_environment_plays_is_the_one_solved_for(tmp_path: Path) -> None:
    assert textbook.newsvendor(shop(tmp_path)) == plain(20)
    assert textbook.newsvendor(shop(tmp_path, demand_config={"base_mu": 9})) == plain(9)
    own = {"links": {(1, 0): {"base_mu": 34}}}
    for config in (own, {**own, "base_mu": 9}):
        env = shop(tmp_path, demand_config=config)
        assert textbook.newsvendor(env) == plain(34)
        assert textbook.newsvendor(env.network) == plain(20), "a network has its own demand"
    env = shop(tmp_path)
    env.demand_engine.base_mu = 12
    assert textbook.newsvendor(env) == plain(12)
    assert textbook.newsvendor(env, level=15).cost > plain(12).cost
    # Known by hand: the deviations of means 4 and 12, 2 and the root of 12, cover four periods at z 1.645.
    markets = {
        "nodes": [{"id": 0}, {"id": 9}, *({"id": i, "I0": 0, "h": 1} for i in (1, 2)), {"id": 3}],
        "edges": [
            *(
                {"from": i, "to": to, "p": 0, "b": 1, "demand_dist": "poisson", "dist_param": {"mu": mean}}
                for i, to, mean in [(1, 0, 4), (2, 9, 12)]
            ),
            {"from": 3, "to": 1, "L": 3, "p": 0, "g": 0},
            {"from": 3, "to": 2, "L": 3, "p": 0, "g": 0},
        ],
    }
    env = environment_of(tmp_path, markets)
    for played in (env, env.network):
        cost = textbook.guaranteed_service(played, safety_factor=1.645).cost
        assert cost == pytest.approx(1.645 * 2 * (2 + math.sqrt(12)))


def test_prices_and_salvage_are_read_where_they_move_the_level(tmp_path: Path) -> None:
    """By hand: a unit left over costs 1 + 4 - 2.5 in a single period, a unit short 3 + 10 - 4."""
    assert textbook.newsvendor(shop(tmp_path, backlog=False)) == plain(20, penalty=9)
    single = textbook.newsvendor(shop(tmp_path, salvage=2.5, num_periods=1))
    assert single == plain(20, holding_cost=2.5, penalty=9)
    assert single == textbook.newsvendor(price=10, cost=4, salvage=2.5, holding_cost=1, penalty=3, demand=Poisson(20))


class Own(gym_invmgmt.DemandEngine):
    """Demand of one's own."""

    def get_current_mu(self, t: int) -> float:
        return 5.0


def test_what_an_environment_plays_beyond_a_solver_is_refused_by_name(tmp_path: Path) -> None:
    config = {
        "a mean that moves (trend)": {"effects": ["trend"]},
        "a mean that moves (seasonal, shock)": {"type": "seasonal+shock"},
        "a mean that moves (external_series)": {"external_series": list(range(20, 50))},
        "poisson demand with a noise_scale of 2": {"noise_scale": 2},
        "goodwill": {"use_goodwill": True},
    }
    cases: dict[str, CoreEnv] = {said: shop(tmp_path, demand_config=given) for said, given in config.items()}
    cases["lost sales"] = shop(tmp_path, lead_time=1, backlog=False)
    cases["a discount of 0.9"] = shop(tmp_path, alpha=0.9)
    cases["a salvage value of 2"] = shop(tmp_path, salvage=2)
    cases["demand from a series"] = shop(tmp_path, user_D={(1, 0): [5] * 30})
    cases["methods of its own"] = shop(tmp_path)
    cases["methods of its own"].demand_engine = Own()
    for said, env in cases.items():
        with pytest.raises(ValueError, match=re.escape(said)):
            textbook.newsvendor(env)
    with pytest.raises(ValueError, match="demand from a series"):
        textbook.clark_scarf(cases["demand from a series"].network)
    with pytest.raises(ValueError, match="Clark-Scarf needs") as both:
        textbook.clark_scarf(chain(tmp_path, backlog=False, alpha=0.9, demand_config={"use_goodwill": True}))
    assert str(both.value).count("Clark-Scarf needs") == 3, "all of it at once"
