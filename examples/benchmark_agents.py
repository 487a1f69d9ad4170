"""Benchmarks a published rule, one's own function and, with torch, a trained agent. Takes about five seconds.

The suite has two problems and seeds of its own; every agent meets the same customers. The agent is a layer of
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
        """Orders from one layer of rectified neurons, for all episodes at once."""

        information = "blind"

        def __init__(self, teacher: str, seeds: range) -> None:
            """Learns the orders of a policy by name in episodes of steady demand, by least squares."""
            env = gym_invmgmt.CoreEnv("serial", {"base_mu": 20})
            episodes = [gym_invmgmt.run_episode(env, gym_invmgmt.policies.make(teacher, env), seed) for seed in seeds]
            seen = np.concatenate([episode["observations"][:-1] for episode in episodes])
            ordered = np.concatenate([episode["actions"] for episode in episodes])
            self.weights = torch.linalg.lstsq(self.inputs(seen), torch.as_tensor(ordered), driver="gelsd").solution

        def inputs(self, observations: np.ndarray) -> torch.Tensor:
            """Observations with a one at the end, which carries the bias."""
            return torch.nn.functional.pad(torch.as_tensor(observations), (0, 1), value=1.0)

        def batch(self, observations: np.ndarray) -> np.ndarray:
            """Orders of shape (episodes, links) for observations of shape (episodes, entries)."""
            return torch.relu(self.inputs(observations) @ self.weights).numpy()

    agents["neurons"] = Neurons("basestock:120,120,40", seeds=range(50))

Path("two_chains.yaml").write_text(SUITE, encoding="utf-8")
print("wrote two_chains.yaml")
result = gym_invmgmt.benchmark("two_chains.yaml", agents)
for place in result.ranking:
    low, high = place["interval"]
    print(f"{place['rank']}. {place['policy']:15} profit {place['profit']:8.2f} ({low:.2f} to {high:.2f})")
for problem in ("steady", "season"):
    profits = result.profits("my function", problem)
    print(f"my function on {problem}: {profits.mean():.2f} over {len(profits)} seeds")
