"""Chooses order-up-to levels from past sales and checks them on sales they were not chosen on. Takes about a second.

Sales come from a CSV file: the first twenty days choose, the last ten judge. Profit on the days that chose the levels
flatters them; compare policies by the last number of a line.
"""

import csv
import itertools
from pathlib import Path

from gym_invmgmt import CoreEnv, rollout

SALES = Path(__file__).parents[1] / "data" / "m5_foods_3_382_ca_3.csv"
CHOOSING_DAYS = 20

with SALES.open(encoding="utf-8", newline="") as file:
    units = [float(row["units"]) for row in csv.DictReader(file)]


def profit(policy: str, sales: list[float]) -> float:
    """Profit [money] of a policy on a series of sales."""
    env = CoreEnv("serial", user_D={(1, 0): sales}, num_periods=len(sales))
    return float(rollout(env, policy, seeds=[0])["total_profit"][0])


past, later = units[:CHOOSING_DAYS], units[CHOOSING_DAYS:]
levels = itertools.product(range(60, 181, 20), range(0, 181, 30), range(0, 201, 40))
candidates = ["basestock:" + ",".join(map(str, chosen)) for chosen in levels]
best = max(candidates, key=lambda policy: profit(policy, past))
print(f"{len(candidates)} sets of levels tried; the best for retailer, distributor and factory: {best}")
for name, policy in [("chosen levels", best), ("20 every day", "constant:20")]:
    print(f"{name}: profit {profit(policy, past):8.2f} on the days before, {profit(policy, later):8.2f} on those after")
