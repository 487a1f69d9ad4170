"""Compares the published baselines of operations research on one problem. Takes about five seconds.

Heuristics forecast and order up to a level; dlp, mssp and mpc plan ahead by linear programming; the oracle plans for
the very demand to come. Blind ones see only what has happened, informed ones are told the mean of every period: compare
within a group. What the oracle earns on the same customers is the most anybody could (there is no goodwill here).
"""

import numpy as np

from gym_invmgmt import load_scenario, rollout

BASELINES = [
    "newsvendor:blind", "ss:blind", "exp-smoothing:blind", "echelon-basestock:blind", "dlp:blind", "mpc:blind",
    "newsvendor:informed", "ss:informed", "dlp:informed", "mssp:informed", "mpc:informed", "oracle",
]  # fmt: skip
SEEDS = range(42, 44)

env = load_scenario("published-26/S01").make()
figures = {name: rollout(env, name, SEEDS) for name in BASELINES}
best = figures["oracle"]["total_profit"]
print(f"{'baseline':26}{'profit':>10}{'of oracle':>11}{'fill rate':>11}   knows")
for name, found in figures.items():
    share = np.mean(found["total_profit"] / best)
    profit, fill_rate = found["total_profit"].mean(), found["fill_rate"].mean()
    print(f"{name:26}{profit:10.1f}{share:11.1%}{fill_rate:11.1%}   {found['information']}")
