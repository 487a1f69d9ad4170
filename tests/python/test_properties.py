"""On any network and under any orders: units are conserved, nothing is negative, profit is the sum of its parts."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from helpers import environment_of
from hypothesis import given, settings
from hypothesis import strategies as st

PERIODS = 9
money = st.sampled_from([0.0, 0.01, 0.3, 2.0])
laws = st.sampled_from(
    [("poisson", {"mu": 7.0}), ("normal", {"loc": 9.0, "scale": 6.0}), ("uniform", {"loc": 2.0, "scale": 8.0})]
)


@st.composite
def networks(draw: st.DrawFn) -> dict[str, Any]:
    """Layers of a source, makers, depots and shops; every node buys from one or more of any layer before it."""
    layers = [["source"]]
    nodes: list[dict[str, Any]] = [{"id": "source"}]
    edges: list[dict[str, Any]] = []
    for layer in range(draw(st.integers(1, 3))):
        members = [f"n{layer}{i}" for i in range(draw(st.integers(1, 2)))]
        for member in members:
            node = {"id": member, "I0": draw(st.sampled_from([0.0, 3.5, 40.0, 150.0])), "h": draw(money)}
            if draw(st.booleans()):
                node |= {"C": draw(st.sampled_from([0.0, 12.5, 60.0])), "o": draw(money)}
                node["v"] = draw(st.sampled_from([1.0, 0.9, 1 / 3]))
            nodes.append(node)
            earlier = [supplier for before in layers for supplier in before]
            for supplier in draw(st.lists(st.sampled_from(earlier), min_size=1, max_size=2, unique=True)):
                link = {
                    "from": supplier,
                    "to": member,
                    "L": draw(st.integers(0, 3)),
                    "p": draw(money),
                    "g": draw(money),
                }
                edges.append(link | ({"K": 5.0} if draw(st.booleans()) else {}))
        layers.append(members)
    sellers = {edge["from"] for edge in edges}
    for position, node in enumerate(nodes[1:]):
        # Whoever supplies nobody must sell; others may.
        if node["id"] not in sellers or draw(st.booleans()):
            law, parameters = draw(laws)
            market = {"from": node["id"], "to": position, "p": draw(money), "b": draw(money)}
            edges.append(market | {"demand_dist": law, "dist_param": parameters})
            nodes.append({"id": position})
    return {"nodes": nodes, "edges": edges}


def close(found: Any, expected: Any) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-9)


class Played:
    """An episode under random orders, and what its rules say in plain sums."""

    def __init__(self, declared: dict[str, Any], backlog: bool, goodwill: bool, seed: int) -> None:
        config = {"use_goodwill": goodwill, "noise_scale": 1.5}
        rules = {"num_periods": PERIODS, "backlog": backlog, "alpha": 0.97}
        with TemporaryDirectory() as folder:
            self.env = environment_of(Path(folder), declared, demand_config=config, **rules)
        self.env.reset(seed=seed)
        self.network = self.env.network
        self.nodes = {node["id"]: node for node in declared["nodes"]}
        self.links = {(edge["from"], edge["to"]): edge for edge in declared["edges"]}
        orders = np.random.default_rng(seed).normal(15, 25, (PERIODS, len(self.network.reorder_links)))
        self.rewards = [self.env.step(order)[1] for order in orders]
        self.orders = orders

    def arrivals(self, link: Any) -> Any:
        """What comes in on a supply link, per period."""
        filled, lead = self.env.R[:, self.network.reorder_map[link]], self.network.lead_times[link]
        return np.concatenate([np.zeros(lead), filled])[:PERIODS]

    def incoming(self, node: Any) -> list[Any]:
        return [link for link in self.network.reorder_links if link[1] == node]

    def outgoing(self, node: Any) -> list[Any]:
        return [link for link in self.network.network_links if link[0] == node]

    def moved(self, link: Any) -> Any:
        return self.env.S[:, self.network.network_map[link]]

    def stock(self, node: Any) -> Any:
        return self.env.X[:, self.network.node_map[node]]


cases = st.tuples(networks(), st.booleans(), st.booleans(), st.integers(0, 10_000))


@settings(max_examples=150, deadline=None)
@given(cases)
def test_units_are_conserved_at_every_node_and_link(case: Any) -> None:
    played = Played(*case)
    for node in played.network.main_nodes.tolist():
        change = sum((played.arrivals(link) for link in played.incoming(node)), np.zeros(PERIODS))
        for link in played.outgoing(node):
            # A sale takes a unit of stock; a unit made takes 1/v.
            to_market = link in played.network.retail_map
            change = change - played.moved(link) / (1.0 if to_market else played.nodes[node].get("v", 1.0))
        close(np.diff(played.stock(node)), change)
    for link, position in played.network.reorder_map.items():
        close(np.diff(played.env.Y[:, position]), played.env.R[:, position] - played.arrivals(link))
        close(played.moved(link), played.env.R[:, position])


@settings(max_examples=150, deadline=None)
@given(cases)
def test_nothing_is_negative_and_nobody_ships_more_than_was_asked_or_can_be_made(case: Any) -> None:
    played = Played(*case)
    env = played.env
    for matrix in [env.X, env.Y, env.R, env.S, env.D, env.U]:
        assert matrix.min() >= -1e-9
    assert (env.R - np.maximum(played.orders, 0)).max() <= 1e-9
    np.testing.assert_array_equal(env.action_log, played.orders)
    for node in played.network.factory:
        made = [played.moved(link) for link in played.outgoing(node) if link in played.network.reorder_map]
        assert np.sum(made, axis=0).max() <= played.nodes[node]["C"] + 1e-9


@settings(max_examples=150, deadline=None)
@given(cases)
def test_what_is_wanted_is_sold_or_left_unmet(case: Any) -> None:
    played = Played(*case)
    for link, position in played.network.retail_map.items():
        unmet = played.env.U[:, position]
        waiting = np.concatenate([[0.0], unmet[:-1]]) if case[1] else 0.0
        close(played.moved(link) + unmet, played.env.D[:, position] + waiting)
        # Only an empty shop leaves anything unmet.
        assert not (unmet * (played.stock(link[0])[1:] > 1e-9)).any()


@settings(max_examples=150, deadline=None)
@given(cases)
def test_profit_is_revenue_less_every_cost(case: Any) -> None:
    played = Played(*case)
    env, total = played.env, np.zeros(PERIODS)
    weights = 0.97 ** np.arange(PERIODS)
    for node in played.network.main_nodes.tolist():
        data, profit = played.nodes[node], np.zeros(PERIODS)
        for link in played.outgoing(node):
            profit = profit + played.links[link]["p"] * played.moved(link)
            if "C" in data:
                profit = profit - data["o"] / data["v"] * played.moved(link)
            if link in played.network.retail_map:
                profit = profit - played.links[link]["b"] * env.U[:, played.network.retail_map[link]]
        for link in played.incoming(node):
            edge, position = played.links[link], played.network.reorder_map[link]
            filled = env.R[:, position]
            profit = profit - edge["p"] * filled - edge["g"] * env.Y[1:, position] - edge.get("K", 0) * (filled > 0)
        profit = profit - data["h"] * played.stock(node)[1:]
        close(env.P[:, played.network.node_map[node]], weights * profit)
        total = total + weights * profit
    close(played.rewards, total)
    close(env.ledger().profit.sum(axis=1), total)


@settings(max_examples=50, deadline=None)
@given(cases)
def test_the_same_seed_gives_the_same_run(case: Any) -> None:
    first, second = Played(*case), Played(*case)
    assert first.rewards == second.rewards
    for symbol in ["X", "Y", "R", "S", "D", "U", "P", "GW"]:
        np.testing.assert_array_equal(getattr(first.env, symbol), getattr(second.env, symbol))
    np.testing.assert_array_equal(first.env.state, second.env.state)


@settings(max_examples=100, deadline=None)
@given(cases)
def test_the_observation_is_the_matrices_read_as_documented(case: Any) -> None:
    played = Played(*case)
    env, network, t = played.env, played.network, PERIODS
    expected = [*env.D[t - 1], *env.U[t - 1], *[played.stock(node)[t] for node in network.main_nodes.tolist()]]
    for link, position in network.reorder_map.items():
        lead = network.lead_times[link]
        expected += [*env.R[t - lead : t, position]] if lead else []
    expected += [t, env.GW[t - 1]]
    assert env.state.tolist() == expected
