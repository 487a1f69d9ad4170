"""The textbook solvers from Python: published answers to the digits given, and what is refused."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import pytest
from helpers import environment_of

from gym_invmgmt import CoreEnv, textbook
from gym_invmgmt.textbook import Discrete, Normal, Poisson, Stage


def digits(value: float, places: int) -> Any:
    """A published figure: right to its last digit."""
    return pytest.approx(value, rel=0.0, abs=0.5001 * 10.0**-places)


def test_order_quantities_are_the_published_ones() -> None:
    """Known answers, 4.7."""
    plain = textbook.eoq(fixed_cost=8, holding_cost=0.225, demand_rate=1300)
    assert (plain.quantity, plain.backordered_share, plain.cost) == (digits(304.0468, 4), 0.0, digits(68.4105, 4))
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
    with refused("edge 4 -> 3 closes a loop; guaranteed-service placement needs a tree of the nodes that hold stock"):
        textbook.guaranteed_service(CoreEnv("network"), safety_factor=1)
    with refused("holding_cost is 0; expected"):
        textbook.newsvendor(holding_cost=0, penalty=4, demand=Poisson(6))
    with refused("holding_cost is 'x'; expected a finite number"):
        textbook.eoq(fixed_cost=1, holding_cost="x", demand_rate=1)  # type: ignore[arg-type]
    with refused("penalty, demand not given; expected all numbers of the problem, or a network"):
        textbook.newsvendor(holding_cost=1)
    with refused("penalty given beside a network; expected one or the other"):
        textbook.newsvendor(env, penalty=3)
    with refused("demand is 6; expected textbook.Poisson, Normal or Discrete"):
        textbook.newsvendor(holding_cost=1, penalty=4, demand=6)  # type: ignore[arg-type]
    with refused("echelon_holding_costs has 2 entries, lead_times 1; expected one per stage"):
        textbook.clark_scarf(echelon_holding_costs=[1, 1], lead_times=[1], penalty=9, demand=Poisson(5))
    with refused("network is a str; expected an environment or its network", TypeError):
        textbook.clark_scarf("serial")
    with refused("the environment has lost sales (backlog=False) and a discount (0.9)"):
        textbook.clark_scarf(chain(tmp_path, backlog=False, alpha=0.9))
    with refused("the environment has goodwill"):
        textbook.clark_scarf(chain(tmp_path, demand_config={"use_goodwill": True}))
