"""The index tables of a network mean what the documentation says, and an edited graph is checked before use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers import assert_same, environment_of, play, shop_and_source, snapshot, three_markets, write_network

import gym_invmgmt
from gym_invmgmt import CoreEnv, SupplyChainNetwork

TOPOLOGIES = sorted((Path(gym_invmgmt.__file__).parent / "topologies").glob("*.yaml"))
#: node: (I0, h, C, o), of the preset `network`; all yields are 1.
NODES = {
    1: (100, 0.030),
    2: (110, 0.020),
    3: (80, 0.015),
    4: (400, 0.012, 90, 0.010),
    5: (350, 0.013, 90, 0.015),
    6: (380, 0.011, 80, 0.012),
}
#: (supplier, buyer): (L, p, g), in the order of actions.
LINKS = {
    (2, 1): (5, 1.5, 0.010),
    (3, 1): (3, 1.6, 0.015),
    (4, 2): (8, 1.0, 0.008),
    (4, 3): (10, 0.8, 0.006),
    (5, 2): (9, 0.7, 0.005),
    (6, 2): (11, 0.75, 0.007),
    (6, 3): (12, 0.8, 0.004),
    (7, 4): (0, 0.15, 0),
    (7, 5): (1, 0.05, 0.005),
    (8, 5): (2, 0.07, 0.002),
    (8, 6): (0, 0.2, 0),
}


def law(attributes: dict[str, Any]) -> str:
    """The name of a law, whether scipy is installed or not."""
    dist = attributes["demand_dist"]
    return str(getattr(dist, "name", dist))


def test_the_nine_node_network_is_the_published_one() -> None:
    network = SupplyChainNetwork("network")
    assert network.all_nodes == list(range(9))
    assert network.main_nodes.tolist() == [1, 2, 3, 4, 5, 6]
    assert (network.market, network.rawmat, network.retail) == ([0], [7, 8], [1])
    assert (network.factory, network.distrib) == ([4, 5, 6], [1, 2, 3])
    assert network.reorder_links == list(LINKS)
    assert network.retail_links == [(1, 0)]
    assert network.network_links == [(1, 0), *LINKS]
    assert network.lead_times == {link: row[0] for link, row in LINKS.items()}
    assert (network.lt_max, network.pipeline_length, network.num_nodes) == (12, 61, 9)
    assert (network.init_inv_max, network.capacity_max, network.num_periods) == (400, 90, 30)


def test_the_graph_carries_the_published_parameters() -> None:
    graph = CoreEnv("network").graph
    for node in graph:
        keys = ("I0", "h", "C", "o")[: len(NODES.get(node, ()))]
        expected = dict(zip(keys, NODES.get(node, ()), strict=True)) | ({"v": 1} if node in (4, 5, 6) else {})
        assert dict(graph.nodes[node]) == expected
    for link, (lead_time, price, holding) in LINKS.items():
        assert dict(graph.edges[link]) == {"L": lead_time, "p": price, "g": holding}
    market = graph.edges[1, 0]
    assert (market["p"], market["b"], market["dist_param"], law(market)) == (2, 0.1, {"mu": 20}, "poisson")


def test_the_serial_network_is_the_published_one() -> None:
    network = SupplyChainNetwork("serial")
    assert network.reorder_links == [(2, 1), (3, 2), (4, 3)]
    assert list(network.lead_times.values()) == [4, 4, 0]
    stocks = {node: dict(network.graph.nodes[node]) for node in [1, 2, 3]}
    assert stocks[1] == {"I0": 100, "h": 0.03}
    assert stocks[2] == {"I0": 100, "h": 0.02}
    assert stocks[3] == {"I0": 200, "h": 0.01, "C": 100, "o": 0.01, "v": 1}
    assert [network.graph.edges[link]["p"] for link in network.reorder_links] == [1.5, 1, 0.5]
    assert [network.graph.edges[link]["g"] for link in network.reorder_links] == [0.01, 0.005, 0]


@pytest.mark.parametrize("scenario", ["network", "serial", *[str(path) for path in TOPOLOGIES]])
def test_the_index_tables_agree_with_the_lists_they_index(scenario: str) -> None:
    path = scenario if scenario.endswith(".yaml") else None
    network = SupplyChainNetwork("custom" if path else scenario, config_path=path)
    assert [network.idx_to_node[network.node_map[node]] for node in network.all_nodes] == network.all_nodes
    for links, positions in [
        (network.network_links, network.network_map),
        (network.reorder_links, network.reorder_map),
        (network.retail_links, network.retail_map),
    ]:
        assert [positions[link] for link in links] == list(range(len(links)))
        assert links == [link for link in network.network_links if link in positions]
    for node in network.main_nodes.tolist():
        suppliers = [(network.idx_to_node[i], network.reorder_links[k], lead) for i, k, lead in incoming(network, node)]
        assert suppliers == [(k[0], k, network.lead_times[k]) for k in network.reorder_links if k[1] == node]
        buyers = [(network.idx_to_node[i], network.network_links[k]) for i, k in network.succ_network_indices[node]]
        assert buyers == [(k[1], k) for k in network.network_links if k[0] == node]


def incoming(network: SupplyChainNetwork, node: Any) -> list[tuple[int, int, int]]:
    return sorted(network.pred_reorder_indices[node], key=lambda row: row[1])


def test_incoming_links_keep_the_order_of_declaration(tmp_path: Path) -> None:
    declared = {
        "nodes": [{"id": 0}, {"id": 1, "I0": 5, "h": 0}, {"id": 2}, {"id": 3}],
        "edges": [
            {"from": 3, "to": 1, "L": 1, "p": 1, "g": 0},
            {"from": 2, "to": 1, "L": 2, "p": 1, "g": 0},
            {"from": 1, "to": 0, "p": 1, "b": 0, "demand_dist": "poisson", "dist_param": {"mu": 2}},
        ],
    }
    network = environment_of(tmp_path, declared).network
    assert network.reorder_links == [(2, 1), (3, 1)]  # by source node, in node order
    assert network.pred_reorder_indices[1] == [(3, 1, 1), (2, 0, 2)]  # as the file declares them


def test_levels_group_the_managed_nodes_for_plots() -> None:
    levels = {name: ids.tolist() for name, ids in CoreEnv("network").levels.items()}
    assert levels == {"retailer": [1], "distributor": [2, 3], "manufacturer": [4, 5, 6], "raw_materials": [7, 8]}


def test_text_ids_keep_their_names_and_sort_as_text(tmp_path: Path) -> None:
    declared = shop_and_source()
    declared["nodes"] += [{"id": "10", "I0": 1, "h": 0}, {"id": "9", "I0": 1, "h": 0}]
    for supplier in ["10", "9"]:
        declared["edges"].append({"from": supplier, "to": "shop", "L": 0, "p": 1, "g": 0})
        declared["edges"].append({"from": "source", "to": supplier, "L": 0, "p": 1, "g": 0})
    env = environment_of(tmp_path, declared)
    assert env.network.main_nodes.tolist() == ["10", "9", "shop"]
    assert env.network.node_map["shop"] == 1
    env.step({("9", "shop"): 1})
    assert env.action_log[0, env.network.reorder_map["9", "shop"]] == 1


def test_numbers_sort_as_numbers(tmp_path: Path) -> None:
    declared = three_markets()
    declared["nodes"].insert(0, {"id": 100, "I0": 5, "h": 0})
    declared["edges"] += [
        {"from": 100, "to": 1, "L": 1, "p": 1, "g": 0},
        {"from": 2, "to": 100, "L": 1, "p": 1, "g": 0},
    ]
    assert environment_of(tmp_path, declared).network.main_nodes.tolist() == [1, 100]


@pytest.mark.parametrize("path", TOPOLOGIES, ids=lambda path: path.stem)
def test_a_shipped_topology_loads_and_plays(path: Path) -> None:
    env = gym_invmgmt.make_custom_env(path)
    env.reset(seed=42)
    play(env, 10, 30)
    assert env.S[:, [env.network.network_map[link] for link in env.network.retail_links]].sum() > 0


def test_six_topologies_are_shipped() -> None:
    names = ["assembly", "diamond", "distribution_tree", "divergent", "serial", "w_network"]
    assert [path.stem for path in TOPOLOGIES] == names


@pytest.mark.parametrize("preset", ["serial", "network"])
def test_the_files_of_the_presets_give_the_presets(preset: str) -> None:
    name = {"network": "divergent"}.get(preset, preset)
    file = next(path for path in TOPOLOGIES if path.stem == name)
    env, twin = gym_invmgmt.make_custom_env(file), CoreEnv(preset)
    assert env.reset(seed=4)[0].tolist() == twin.reset(seed=4)[0].tolist()
    assert play(env, 17.5, 30) == play(twin, 17.5, 30)


def test_an_edited_graph_acts_from_the_next_reset_after_a_reload() -> None:
    env = CoreEnv("serial", demand_config={"noise_scale": 0})
    env.graph.nodes[1]["I0"] = 7
    env.graph.edges[3, 2]["L"] = 1
    env.reset()
    assert env.X[0, 1] == 100  # not reloaded yet
    env.reload_network()
    env.step([0, 0, 0])
    assert env.X.shape == (31, 5)
    assert env.X[0, 1] == 100
    assert env.X[1, 1] == 80  # the running episode goes on as it was
    observation, _ = env.reset()
    assert env.X[0, 1] == 7
    assert observation.shape == env.observation_space.shape == (12,)
    assert env.network.lead_times[3, 2] == 1


def test_a_reload_may_add_nodes_and_links() -> None:
    env = CoreEnv("serial")
    env.graph.add_node("depot", I0=50, h=0.01)
    env.graph.add_edge("depot", 1, L=2, p=1.0, g=0.0)
    env.graph.add_edge(4, "depot", L=np.int64(1), p=np.float64(0.5), g=0.0)
    env.reload_network()
    env.reset()
    assert env.action_space.shape == (5,)
    assert env.network.main_nodes.tolist() == [1, 2, 3, "depot"]
    env.step({("depot", 1): 5})
    assert env.X[1, env.network.node_map["depot"]] == 45


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda graph: graph.edges[2, 1].update(L=-1), r"edges\[1\] \(2 -> 1\): L: found -1; .*non-negative integer"),
        (lambda graph: graph.edges[1, 0].update(L=1), r"\(1 -> 0\): L: found 1; .* must not define lead time"),
        (lambda graph: graph.add_edge(2, 3, L=1, p=1, g=0), r"cycle 3 -> 2 -> 3|cycle 2 -> 3 -> 2"),
        (lambda graph: graph.nodes[1].update(h=float("nan")), r"nodes\[1\] \(1\): h: found NaN"),
        (lambda graph: graph.nodes[1].update(hh=1), r"unknown key 'hh'"),
        (lambda graph: graph.add_node(9, I0=1, h=1), r"node 9 is not joined"),
        (lambda graph: graph.edges[1, 0].update(demand_dist="cauchy"), r"Unknown demand distribution 'cauchy'"),
        (lambda graph: graph.nodes[1].update(I0=object()), r"found a .*object"),
    ],
)
def test_an_edited_graph_with_a_mistake_is_refused_and_nothing_changes(edit: Any, message: str) -> None:
    env = CoreEnv("serial")
    env.step([3, 3, 3])
    before, network = snapshot(env), env.network
    edit(env.graph)
    with pytest.raises(ValueError, match=message):
        env.reload_network()
    assert_same(snapshot(env), before)
    assert env.network is network
    env.reset()
    assert env.network is network


def test_a_reload_that_drops_a_replayed_link_is_refused() -> None:
    env = CoreEnv("serial", user_D={(1, 0): [5.0] * 30})
    env.graph.add_node("town")
    env.graph.add_edge(1, "town", **env.graph.edges[1, 0])
    env.graph.remove_node(0)
    with pytest.raises(ValueError, match=r"user_D for edge \(1, 0\): no such market link; known: \[\(1, 'town'\)\]"):
        env.reload_network()


def test_a_network_can_be_made_alone(tmp_path: Path) -> None:
    path = write_network(tmp_path, shop_and_source())
    network = SupplyChainNetwork("custom", None, None, 12, path)
    assert (network.num_periods, network.user_D, network.sample_path) == (12, {}, {})
    assert network.retail == ["shop"]
    assert law(network.graph.edges["shop", "market"]) == "poisson"
