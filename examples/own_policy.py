"""Writes a policy of one's own and measures it on fifty episodes against a constant order. Takes about two seconds.

A policy is a callable from observation to orders. This one has ``batch``, which decides for all episodes at once, and
``information``, which says what it knows. It lifts each node's stock and what is on its way to it up to a level.
"""

import numpy as np

from gym_invmgmt import CoreEnv, rollout


class OrderUpTo:
    """Orders up to a level at every node of a chain."""

    information = "blind"

    def __init__(self, env: CoreEnv, levels: dict[int, float]) -> None:
        network, markets = env.network, len(env.network.retail_links)
        nodes = network.main_nodes.tolist()
        # An observation holds demand and unmet demand per market, stocks per node, then the orders on their way.
        self.stocks = [2 * markets + nodes.index(buyer) for _, buyer in network.reorder_links]
        first = 2 * markets + len(nodes)
        ends = first + np.cumsum([network.lead_times[link] for link in network.reorder_links])
        self.on_the_way = list(zip([first, *ends[:-1]], ends, strict=True))
        self.levels = [levels[buyer] for _, buyer in network.reorder_links]

    def batch(self, observations: np.ndarray) -> np.ndarray:
        """Orders of shape (episodes, links) for observations of shape (episodes, entries)."""
        orders = np.empty((len(observations), len(self.levels)))
        for link, (stock, (begin, end), level) in enumerate(
            zip(self.stocks, self.on_the_way, self.levels, strict=True)
        ):
            position = observations[:, stock] + observations[:, begin:end].sum(axis=1)
            orders[:, link] = np.maximum(level - position, 0.0)
        return orders


env = CoreEnv("serial", {"base_mu": 20})
policies = {"order 20": "constant:20", "order up to": OrderUpTo(env, {1: 110.0, 2: 120.0, 3: 30.0})}
for name, policy in policies.items():
    figures = rollout(env, policy, seeds=range(1000, 1050))
    profit, stock = figures["total_profit"].mean(), figures["avg_inventory"].mean()
    print(f"{name:12} profit {profit:8.2f}   fill rate {figures['fill_rate'].mean():6.1%}   stock {stock:6.1f}")
