"""Compares published ordering rules on the same twenty demand streams. Takes about a second.

Policies are named as on the command line and are played without leaving Rust. Rules marked blind see only what has
happened; informed ones are told the mean demand of every period. Compare within a group, not across.
"""

import numpy as np

import gym_invmgmt

POLICIES = ["constant:20", "newsvendor:blind", "ss:blind", "newsvendor:informed", "ss:informed"]
SEEDS = range(20)

env = gym_invmgmt.CoreEnv("network", {"effects": ["seasonal"], "base_mu": 20})
print(f"{'policy':22}{'profit':>10}{'± error':>10}{'fill rate':>11}   knows")
for policy in POLICIES:
    figures = gym_invmgmt.rollout(env, policy, SEEDS)
    profit = figures["total_profit"]
    error = profit.std(ddof=1) / np.sqrt(len(profit))
    print(
        f"{policy:22}{profit.mean():10.1f}{error:10.1f}{figures['fill_rate'].mean():10.1%}   {figures['information']}"
    )
