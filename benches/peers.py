"""Stocks simulated per second: this engine on one core beside stockpyl and SupplyNetPy, in turns of one run.

    make bench-peers

Runs under the interpreter that has both (`requirements/peers.txt`); ours is the example `peer_systems`. Two systems:
stockpyl's own instance of three stages whose requests wait, and SupplyNetPy's kind of pharmacy, a stock that spoils
with random lead times. Rates are stock-periods per second; the seconds of the peers are of the processor.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import numpy as np
from stockpyl.instances import load_instance
from stockpyl.sim import simulation
from SupplyNetPy import Components

PROJECT = Path(__file__).resolve().parents[1]
ROUNDS = 3
#: How many times as fast ours is to be.
BARS = {"stockpyl": 1_000.0, "SupplyNetPy": 300.0}


def ours() -> dict[str, dict[str, float]]:
    """What this engine makes of both systems, by name."""
    command = ["cargo", "run", "--release", "--locked", "--quiet", "-p", "invmgmt-policy", "--example", "peer_systems"]
    run = subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True)
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    return {line["system"]: line for line in lines}


def serial(seed: int, periods: int = 2_000) -> tuple[float, float]:
    """stockpyl's example 6.1: stock-periods per second, and cost per period."""
    network = load_instance("example_6_1")
    begun = time.process_time()
    cost = simulation(network, periods, rand_seed=seed, progress_bar=False)
    return 3 * periods / (time.process_time() - begun), cost / periods


def pharmacy(seed: int, days: int = 2_000) -> float:
    """SupplyNetPy's stock that spoils after 90 days, filled by orders of 4 to 8 days: stock-periods per second."""
    random.seed(seed)
    rng = np.random.default_rng(seed)
    nodes: list[dict[str, Any]] = [
        {"ID": "S1", "name": "supplier", "node_type": "infinite_supplier"},
        {
            "ID": "D1",
            "name": "pharmacy",
            "node_type": "distributor",
            "capacity": 2_000,
            "initial_level": 2_000,
            "inventory_holding_cost": 0.001,
            "inventory_type": "perishable",
            "shelf_life": 90,
            "manufacture_date": lambda now: now,
            "replenishment_policy": Components.SSReplenishment,
            "policy_param": {"s": 1_500, "S": 2_000},
            "product_buy_price": 0,
            "product_sell_price": 1,
        },
    ]
    links = [{"ID": "L1", "source": "S1", "sink": "D1", "cost": 0.5, "lead_time": lambda: random.randint(4, 8)}]
    demands = [
        {
            "ID": "d1",
            "name": "patients",
            "order_arrival_model": lambda: 1,
            "order_quantity_model": lambda: int(rng.poisson(25)),
            "demand_node": "D1",
        }
    ]
    network = Components.create_sc_net(nodes=nodes, links=links, demands=demands)
    begun = time.process_time()
    Components.simulate_sc_net(network, sim_time=days, logging=False)
    return days / (time.process_time() - begun)


def main() -> int:
    """Prints the table; the exit code says whether ours is as much faster as it is to be."""
    own = ours()
    runs = [serial(seed) for seed in range(ROUNDS)]
    costs = [cost for _, cost in runs]
    rates = {"stockpyl": max(rate for rate, _ in runs), "SupplyNetPy": max(pharmacy(seed) for seed in range(ROUNDS))}
    print("| system | peer | its stock-periods per second | ours | times | bar |\n|---|---|--:|--:|--:|--:|")
    slow = False
    for peer, system in (("stockpyl", "serial"), ("SupplyNetPy", "pharmacy")):
        times = own[system]["rate"] / rates[peer]
        slow |= times < BARS[peer]
        rate = own[system]["rate"]
        print(f"| {system} | {peer} | {rates[peer]:,.0f} | {rate:,.0f} | {times:,.0f} | {BARS[peer]:,.0f} |")
    error = stdev(costs) / len(costs) ** 0.5
    print(
        f"\nCost of a period of the serial system: stockpyl {mean(costs):.3f} +- {error:.3f}, "
        f"ours {own['serial']['cost']:.3f} +- {own['serial']['error']:.3f}"
    )
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
