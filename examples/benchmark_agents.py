"""Benchmarks a published rule, one's own function and, with torch, a trained agent. Takes about five seconds.

The suite has two problems and seeds of its own; every agent meets the same customers. The agent is a small network of
neurons, trained on other seeds to order as a base-stock policy does. `gym_invmgmt.benchmark` takes the published suite
as "published-26", keeps its results in a folder with `out`, and goes on where it stopped.
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
                return 20 * self.layers(torch.as_tensor(observations / 50, dtype=torch.float32)).double().numpy()

        def imitate(self, teacher: str, seeds: range) -> None:
            """Learns the orders of a policy by name in episodes of steady demand."""
            env = gym_invmgmt.CoreEnv("serial", {"base_mu": 20})
            episodes = [gym_invmgmt.run_episode(env, gym_invmgmt.policies.make(teacher, env), seed) for seed in seeds]
            seen = np.concatenate([episode["observations"][:-1] for episode in episodes])
            ordered = np.concatenate([episode["actions"] for episode in episodes])
            inputs = torch.as_tensor(seen / 50, dtype=torch.float32)
            targets = torch.as_tensor(ordered / 20, dtype=torch.float32)
            optimizer = torch.optim.Adam(self.layers.parameters(), lr=0.01)
            for _ in range(300):
                optimizer.zero_grad()
                torch.nn.functional.mse_loss(self.layers(inputs), targets).backward()
                optimizer.step()

    neurons = Neurons()
    neurons.imitate("basestock:120,120,40", seeds=range(50))
    agents["neurons"] = neurons

Path("two_chains.yaml").write_text(SUITE, encoding="utf-8")
print("wrote two_chains.yaml")
result = gym_invmgmt.benchmark("two_chains.yaml", agents)
for place in result.ranking:
    low, high = place["interval"]
    print(f"{place['rank']}. {place['policy']:15} profit {place['profit']:8.2f} ({low:.2f} to {high:.2f})")
for problem in ("steady", "season"):
    profits = result.profits("my function", problem)
    print(f"my function on {problem}: {profits.mean():.2f} over {len(profits)} seeds")
