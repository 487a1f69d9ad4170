"""Benchmarks a published rule, a function of one's own and, where torch is installed, an agent. Takes about a second.

The suite has two problems and seeds of its own; every agent meets the same customers. The agent is a network of neurons
nobody trained: put yours in its place. `gym_invmgmt.benchmark` takes the published suite as "published-26", keeps its
results in a folder with `out`, and goes on where it stopped.
"""

from pathlib import Path

import numpy as np

import gym_invmgmt

SUITE = """
name: two chains
version: 1
seeds: [100..110]
scenarios:
  - {id: steady, scenario: {network: serial, demand: {base_mu: 20}, num_periods: 30}}
  - {id: season, scenario: {network: serial, demand: {base_mu: 20, effects: [seasonal]}, num_periods: 30}}
"""


def order_what_was_sold(observation: np.ndarray) -> list[float]:
    """Orders last period's demand, the first entry of an observation, on each of the three links."""
    return [float(observation[0])] * 3


agents = {"published rule": "newsvendor:blind", "my function": order_what_was_sold}
try:
    import torch
except ModuleNotFoundError:
    print("torch is not installed: no agent of neurons takes part")
else:

    class Neurons:
        """Orders from a small network of neurons, for all episodes at once."""

        information = "blind"

        def __init__(self) -> None:
            torch.manual_seed(0)
            layers = (torch.nn.Linear(15, 32), torch.nn.Tanh(), torch.nn.Linear(32, 3), torch.nn.Softplus())
            self.layers = torch.nn.Sequential(*layers)

        def batch(self, observations: np.ndarray) -> np.ndarray:
            """Orders of shape (episodes, links) for observations of shape (episodes, entries)."""
            with torch.no_grad():
                return self.layers(torch.as_tensor(observations, dtype=torch.float32)).double().numpy()

    agents["neurons"] = Neurons()

Path("two_chains.yaml").write_text(SUITE, encoding="utf-8")
print("wrote two_chains.yaml")
result = gym_invmgmt.benchmark("two_chains.yaml", agents)
for place in result.ranking:
    low, high = place["interval"]
    print(f"{place['rank']}. {place['policy']:15} profit {place['profit']:8.2f} ({low:.2f} to {high:.2f})")
for problem in ("steady", "season"):
    profits = result.profits("my function", problem)
    print(f"my function on {problem}: {profits.mean():.2f} over {len(profits)} seeds")
