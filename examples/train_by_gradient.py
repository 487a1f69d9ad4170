"""Trains a net by the gradient of what episodes earn, in PyTorch (extra ``rl``). Takes about half a minute.

The net says how much every link orders; the derivative of the profit in its orders is the engine's.
"""

import argparse

import torch

import gym_invmgmt
from gym_invmgmt.torch import Episodes

arguments = argparse.ArgumentParser(description=__doc__)
arguments.add_argument("--steps", type=int, default=300)
arguments.add_argument("--episodes", type=int, default=64)
given = arguments.parse_args()

torch.manual_seed(0)
torch.set_num_threads(1)
episodes = Episodes("published-26/S19", given.episodes)
links = gym_invmgmt.CoreEnv("serial").action_space.shape[0]
first = episodes.begin(range(given.episodes))
net = torch.nn.Sequential(torch.nn.Linear(first.shape[1], 64), torch.nn.ReLU(), torch.nn.Linear(64, links)).double()
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)


def profits(seeds: range) -> torch.Tensor:
    """What the episodes of these seeds earn under the net."""
    state, total = episodes.begin(seeds), 0.0
    while episodes.period < episodes.num_periods:
        orders = 20 * torch.nn.functional.softplus(net(state / 20) + 0.5)
        state, rewards = episodes.step(state, orders)
        total = total + rewards
    return total


for step in range(given.steps + 1):
    profit = profits(range(1_000_000 + step * given.episodes, 1_000_000 + (step + 1) * given.episodes)).mean()
    if step % 50 == 0:
        print(f"step {step:4}  profit {profit.item():8.1f}")
    optimizer.zero_grad()
    (-profit).backward()
    optimizer.step()
print(f"held out   profit {profits(range(10_000, 10_000 + given.episodes)).mean().item():8.1f}")
