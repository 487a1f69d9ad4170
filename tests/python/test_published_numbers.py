"""The published benchmark's fixtures: demand, profits, unmet demand and sentiment, for seed 42 and the ten seeds."""

from __future__ import annotations

from typing import Any

import pytest
from helpers import play

from gym_invmgmt import CoreEnv

SEEDS = [42, 123, 456, 789, 1011, 2022, 3033, 4044, 5055, 6066]
EFFECTS: dict[str, list[str]] = {
    "stationary": [],
    "trend+seasonal": ["trend", "seasonal"],
    "trend+seasonal+shock": ["trend", "seasonal", "shock"],
}
DEMAND_OF_SEED_42 = {
    "stationary": "24 14 18 22 19 21 25 24 24 19 15 18 20 14 16 19 23 18 22 16 24 23 19 14 22 21 22 21 16 25",
    "trend+seasonal": "24 29 20 28 35 35 39 47 47 49 42 35 38 39 29 30 31 33 25 27 18 26 24 21 17 28 30 35 39 38",
    "trend+seasonal+shock": (
        "24 29 20 28 35 35 39 47 47 49 42 35 38 39 29 63 63 64 51 53 39 49 46 42 38 55 59 70 78 79"
    ),
}
TOTALS = {
    "stationary": [598, 605, 592, 567, 565, 589, 570, 625, 618, 597],
    "trend+seasonal": [958, 974, 943, 923, 916, 958, 927, 1018, 987, 969],
    "trend+seasonal+shock": [1385, 1401, 1375, 1361, 1346, 1388, 1368, 1466, 1422, 1396],
}
#: Thirty days of unit sales of a Walmart item, as published with the benchmark.
M5 = [
    *(2, 3, 4, 0, 0, 1, 0, 2, 1, 1, 5, 3, 1, 0, 0, 2, 7, 2, 2, 13),
    *(8, 11, 50, 60, 54, 51, 39, 50, 48, 61),
]  # fmt: skip


def configuration(label: str, goodwill: bool = False) -> dict[str, Any]:
    if label == "M5":
        scaled = [units * 20 / (sum(M5) / 30) for units in M5]
        return {"base_mu": sum(scaled) / 30, "external_series": scaled, "noise_scale": 0.0}
    return {"type": "combined_chaos", "effects": EFFECTS[label], "base_mu": 20, "use_goodwill": goodwill}


@pytest.mark.parametrize("backlog", [True, False])
@pytest.mark.parametrize("scenario", ["network", "serial"])
@pytest.mark.parametrize("label", EFFECTS)
def test_demand_of_seed_42_is_the_published_sequence(label: str, scenario: str, backlog: bool) -> None:
    env = CoreEnv(scenario, demand_config=configuration(label), backlog=backlog)
    env.reset(seed=42)
    play(env, 0, 30)
    assert env.D[:, 0].tolist() == [float(number) for number in DEMAND_OF_SEED_42[label].split()]


@pytest.mark.parametrize("label", EFFECTS)
def test_demand_of_the_ten_seeds_adds_up_to_the_published_totals(label: str) -> None:
    env = CoreEnv("serial", demand_config=configuration(label))
    totals = []
    for seed in SEEDS:
        env.reset(seed=seed)
        play(env, 0, 30)
        totals.append(env.D.sum())
    assert totals == TOTALS[label]


@pytest.mark.parametrize(
    ("scenario", "quantity", "backlog", "profit"),
    [
        ("network", 0, True, -958.910),
        ("network", 0, False, -363.910),
        ("network", 5, True, -206.885),
        ("network", 5, False, 64.315),
        ("network", 20, True, 22.190),
        ("network", 20, False, 22.190),
        ("serial", 0, True, -571.010),
        ("serial", 0, False, 23.990),
        ("serial", 5, True, -209.810),
        ("serial", 5, False, 223.190),
        ("serial", 20, True, 758.030),
        ("serial", 20, False, 758.030),
    ],
)
def test_a_constant_order_earns_the_published_profit(
    scenario: str, quantity: float, backlog: bool, profit: float
) -> None:
    env = CoreEnv(scenario, demand_config=configuration("stationary"), backlog=backlog)
    env.reset(seed=42)
    assert sum(play(env, quantity, 30)) == pytest.approx(profit, rel=0, abs=1e-6)


@pytest.mark.parametrize(
    ("scenario", "label", "goodwill", "backlog", "profit", "demand", "unmet", "sentiment"),
    [
        pytest.param("network", "trend+seasonal", False, True, 541.000, 958, 2516, 1, id="S01"),
        pytest.param("network", "trend+seasonal", False, False, 341.000, 958, 217, 1, id="S02"),
        pytest.param("network", "trend+seasonal", True, True, -1.620, 617, 1144, 0.334483, id="S03"),
        pytest.param("network", "trend+seasonal", True, False, -103.510, 712, 170, 0.595344, id="S04"),
        pytest.param("network", "trend+seasonal+shock", False, True, 212.500, 1385, 5801, 1, id="S05"),
        pytest.param("network", "trend+seasonal+shock", True, True, 211.940, 722, 1346, 0.265592, id="S07"),
        pytest.param("serial", "trend+seasonal", False, True, 277.500, 958, 5434, 1, id="S09"),
        pytest.param("serial", "trend+seasonal", False, False, 786.950, 958, 338, 1, id="S10"),
        pytest.param("serial", "trend+seasonal", True, True, 408.510, 458, 559, 0.265592, id="S11"),
        pytest.param("serial", "trend+seasonal", True, False, 550.300, 572, 66, 0.530504, id="S12"),
        pytest.param("serial", "trend+seasonal+shock", False, True, -51.000, 1385, 8719, 1, id="S13"),
        pytest.param("serial", "trend+seasonal+shock", True, True, 567.670, 532, 610, 0.220924, id="S15"),
        pytest.param("network", "M5", False, True, -142.141871, 600, 0, 1, id="S25"),
        pytest.param("serial", "M5", False, True, 593.698129, 600, 0, 1, id="S26"),
    ],
)
def test_ordering_twenty_everywhere_gives_the_published_row(
    scenario: str,
    label: str,
    goodwill: bool,
    backlog: bool,
    profit: float,
    demand: float,
    unmet: float,
    sentiment: float,
) -> None:
    env = CoreEnv(scenario, demand_config=configuration(label, goodwill), backlog=backlog)
    env.reset(seed=42)
    found = [sum(play(env, 20, 30)), env.D.sum(), env.U.sum(), env.demand_engine.sentiment]
    assert found == pytest.approx([profit, demand, unmet, sentiment], rel=0, abs=1e-6)


def test_mean_demand_adds_up_to_the_published_sums() -> None:
    for label, total in [("stationary", 600), ("trend+seasonal", 963.64), ("trend+seasonal+shock", 1391.46)]:
        engine = CoreEnv("serial", demand_config=configuration(label)).demand_engine
        assert sum(engine.get_current_mu(t) for t in range(30)) == pytest.approx(total, abs=0.005)
