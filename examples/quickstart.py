"""Shows an episode from reset to key figures, and its dashboard as a picture. Takes about two seconds.

A chain of factory, distributor and retailer sells to one market. Every link orders 20 units a period, which is what
customers want on average.
"""

import gymnasium as gym

import gym_invmgmt
from gym_invmgmt import plots

env = gym.make("GymInvMgmt/Serial-v0")
observation, info = env.reset(seed=42)
total, over = 0.0, False
while not over:
    observation, reward, terminated, truncated, info = env.step([20.0, 20.0, 20.0])
    total += reward
    over = terminated or truncated

print(f"profit over {env.unwrapped.num_periods} periods: {total:.2f}")
for name, value in gym_invmgmt.compute_kpis(env).items():
    print(f"  {name:16} {value:10.3f}")

plots.kpi_dashboard(env).savefig("quickstart.png")
print("wrote quickstart.png")
