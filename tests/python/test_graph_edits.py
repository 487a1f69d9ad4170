"""Edits of a network's graph in play: numbers act from the next step, structure is refused there.

Expected numbers are those of gym-invmgmt 0.2.1, whose environment reads the graph at every step.
"""

from __future__ import annotations

import copy
import pickle
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
from helpers import assert_same, environment_of, snapshot, three_markets

from gym_invmgmt import CoreEnv, DemandEngine, InvMgmtVectorEnv, _native, rollout
from gym_invmgmt.core_env import Array

Edit = Callable[[CoreEnv, int], None]


def profit(scenario: str, orders: float, edit: Edit, *, mean: float, periods: int = 30) -> float:
    """Profit of an episode without noise in which every link is asked for the same; ``edit`` is called before each
    step."""
    env = CoreEnv(scenario, {"base_mu": mean, "noise_scale": 0}, num_periods=periods)
    env.reset(seed=0)
    total = 0.0
    for period in range(periods):
        edit(env, period)
        total += env.step(np.full(len(env.network.reorder_links), orders))[1]
    return total


def capacity_for_a_while(env: CoreEnv, period: int) -> None:
    if period in (10, 25):
        env.graph.nodes[4]["C"] = 30 if period == 10 else 90


def capacity_after_reset(env: CoreEnv, period: int) -> None:
    if period == 0:
        env.network.graph.nodes[3]["C"] = 10


def nothing(env: CoreEnv, period: int) -> None:
    """A graph that is looked at and left alone."""
    assert env.graph.nodes[3]


def test_a_capacity_cut_for_a_while_costs_what_it_costs_in_the_release() -> None:
    assert profit("network", 40, capacity_for_a_while, mean=50) == pytest.approx(793.86, abs=1e-9)
    assert profit("network", 40, nothing, mean=50) == pytest.approx(789.06, abs=1e-9)


def test_a_capacity_cut_after_the_reset_costs_what_it_costs_in_the_release() -> None:
    assert profit("serial", 60, capacity_after_reset, mean=30, periods=12) == pytest.approx(-26.4, abs=1e-9)
    assert profit("serial", 60, nothing, mean=30, periods=12) == pytest.approx(264.5, abs=1e-9)


@pytest.mark.parametrize(
    ("key", "place", "value", "expected"),
    [
        ("h", 1, 0.5, 732.66),
        ("o", 4, 0.3, 499.06),
        ("v", 4, 0.5, 869.92),
        ("C", 5, 12, 780.996),
        ("p", (1, 0), 3.5, 2649.06),
        ("p", (4, 2), 2.0, 789.06),
        ("b", (1, 0), 1.5, -5398.94),
        ("g", (2, 1), 0.2, 67.06),
        ("K", (3, 1), 9.0, 627.06),
        ("I0", 1, 999, 789.06),
    ],
)
def test_a_number_written_in_period_seven_acts_from_there(key: str, place: Any, value: float, expected: float) -> None:
    def edit(env: CoreEnv, period: int) -> None:
        if period == 7:
            (env.graph.edges if isinstance(place, tuple) else env.graph.nodes)[place][key] = value

    assert profit("network", 40, edit, mean=50) == pytest.approx(expected, abs=1e-9)


WRITES: dict[str, Callable[[nx.DiGraph], Any]] = {
    "item": lambda graph: graph.nodes[4].__setitem__("C", 30),
    "update": lambda graph: graph.nodes[4].update(C=30),
    "update with a dict": lambda graph: graph.nodes[4].update({"C": 30}),
    "in-place union": lambda graph: graph.nodes[4].__ior__({"C": 30}),
    "add_node": lambda graph: graph.add_node(4, C=30),
    "add_nodes_from": lambda graph: graph.add_nodes_from([(4, {"C": 30})]),
    "set_node_attributes": lambda graph: nx.set_node_attributes(graph, {4: 30}, "C"),
    "nodes(data=True)": lambda graph: dict(graph.nodes(data=True))[4].__setitem__("C", 30),
    "pop and setdefault": lambda graph: (graph.nodes[4].pop("C"), graph.nodes[4].setdefault("C", 30)),
    "numpy's number": lambda graph: graph.nodes[4].__setitem__("C", np.float32(30)),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_every_way_to_write_a_node_is_noticed(write: Callable[[nx.DiGraph], Any]) -> None:
    def edit(env: CoreEnv, period: int) -> None:
        if period == 10:
            write(env.graph)
        elif period == 25:
            env.graph.nodes[4]["C"] = 90

    assert profit("network", 40, edit, mean=50) == pytest.approx(793.86, abs=1e-9)


LINK_WRITES: dict[str, Callable[[nx.DiGraph], Any]] = {
    "edges": lambda graph: graph.edges[1, 0].__setitem__("p", 3.5),
    "adjacency": lambda graph: graph[1][0].__setitem__("p", 3.5),
    "succ": lambda graph: graph.succ[1][0].__setitem__("p", 3.5),
    "pred": lambda graph: graph.pred[0][1].__setitem__("p", 3.5),
    "add_edge": lambda graph: graph.add_edge(1, 0, p=3.5),
    "set_edge_attributes": lambda graph: nx.set_edge_attributes(graph, {(1, 0): {"p": 3.5}}),
    "edges(data=True)": lambda graph: next(d for u, v, d in graph.edges(data=True) if (u, v) == (1, 0)).update(p=3.5),
}


@pytest.mark.parametrize("write", LINK_WRITES.values(), ids=LINK_WRITES)
def test_every_way_to_write_a_link_is_noticed(write: Callable[[nx.DiGraph], Any]) -> None:
    def edit(env: CoreEnv, period: int) -> None:
        if period == 7:
            write(env.graph)

    assert profit("network", 40, edit, mean=50) == pytest.approx(2649.06, abs=1e-9)


def another_law(graph: nx.DiGraph) -> None:
    scipy_stats = pytest.importorskip("scipy.stats")
    graph.edges[1, 10].update(demand_dist=scipy_stats.norm, dist_param={"loc": 1.0, "scale": 2.5})


#: Demand of periods 3 to 5 per market, recorded from the release, after an edit before period 3.
DEMANDS: dict[str, tuple[Callable[[nx.DiGraph], Any], list[list[float]]]] = {
    "scale in place": (
        lambda graph: graph.edges[1, 11]["dist_param"].update(scale=1.5),
        [[13.0, 10.121112, 12.939273], [9.0, 9.737052, 16.468604], [13.0, 7.21316, 10.935276]],
    ),
    "scale set": (
        lambda graph: graph.edges[1, 12]["dist_param"].__setitem__("scale", 0.25),
        [[13.0, 13.484448, 9.098482], [9.0, 11.94821, 9.186715], [13.0, 1.85264, 9.048382]],
    ),
    "new parameters": (
        lambda graph: graph.edges[1, 11].__setitem__("dist_param", {"loc": 1.0, "scale": 12.0}),
        [[13.0, 17.968896, 12.939273], [9.0, 14.896419, 16.468604], [13.0, 0.0, 10.935276]],
    ),
    "law": (
        another_law,
        [[10.450875, 9.5491, 11.981631], [1.929594, 15.127841, 11.187154], [4.82845, 10.658675, 15.827989]],
    ),
    "series": (
        lambda graph: graph.edges[1, 10].__setitem__("user_D", np.arange(8.0)),
        [[3.0, 12.4821, 15.300902], [4.0, 13.020626, 16.417567], [5.0, 15.127841, 11.187154]],
    ),
    "series as a tuple": (
        lambda graph: graph.edges[1, 12].update(user_D=(1.5,) * 8),
        [[13.0, 13.484448, 1.5], [10.0, 11.94821, 1.5], [13.0, 18.543841, 1.5]],
    ),
    "series as a list": (
        lambda graph: graph.edges[1, 12].update(user_D=[1.5] * 8),
        [[13.0, 13.484448, 1.5], [10.0, 11.94821, 1.5], [13.0, 18.543841, 1.5]],
    ),
}


@pytest.mark.parametrize(("write", "expected"), DEMANDS.values(), ids=DEMANDS)
def test_edited_laws_and_series_draw_what_the_release_draws(
    write: Callable[[nx.DiGraph], Any], expected: list[list[float]], tmp_path: Path
) -> None:
    env = environment_of(tmp_path, three_markets(), num_periods=8, demand_config={"base_mu": 9})
    env.reset(seed=3)
    for period in range(6):
        if period == 3:
            write(env.graph)
        env.step([25.0])
    np.testing.assert_allclose(env.D[3:6], expected, rtol=0, atol=5e-7)


def test_a_series_taken_away_lets_demand_be_drawn_again() -> None:
    env = CoreEnv("serial", {"noise_scale": 0, "base_mu": 20}, user_D={(1, 0): [3.0] * 30})
    env.step([0, 0, 0])
    del env.graph.edges[1, 0]["user_D"]
    env.step([0, 0, 0])
    env.graph.edges[1, 0]["user_D"] = np.full(30, 8.0)
    env.step([0, 0, 0])
    env.reset()
    env.step([0, 0, 0])
    assert env.D[0, 0] == 8
    assert env.network.user_D.keys() == {(1, 0)}


def test_a_series_of_zero_is_none_as_in_the_release() -> None:
    env = CoreEnv("serial", {"noise_scale": 0, "base_mu": 20}, user_D={(1, 0): [3.0] * 30})
    env.graph.edges[1, 0]["user_D"] = 0
    env.step([0, 0, 0])
    assert env.D[0, 0] == 20
    env.graph.edges[1, 0]["user_D"] = 7
    with pytest.raises(ValueError, match=r"user_D for edge \(1 -> 0\) must be a 1-D array"):
        env.step([0, 0, 0])


def test_a_series_with_hidden_entries_is_refused_where_it_is_written() -> None:
    env, twin = CoreEnv("serial"), CoreEnv("serial")
    with pytest.raises(ValueError, match="user_D is a masked array, and its hidden entries have no value here"):
        env.graph.edges[1, 0]["user_D"] = np.ma.masked_array(np.ones(30), mask=np.arange(30) == 4)
    assert env.step([3, 3, 3])[1] == twin.step([3, 3, 3])[1]


TABLE_WRITES: dict[str, Callable[[Any], Any]] = {
    "an item": lambda network: network.lead_times.__setitem__((2, 1), 6),
    "a nested item": lambda network: network.pred_reorder_indices[1].__setitem__(0, (2, 0, 6)),
    "update": lambda network: network.node_map.update({9: 1}),
    "append": lambda network: network.reorder_links.append((3, 1)),
    "in-place sum": lambda network: network.retail.__iadd__([2]),
    "pop": lambda network: network.levels.pop("retailer"),
    "an entry of an array": lambda network: network.main_nodes.__setitem__(0, 7),
    "another table": lambda network: setattr(network, "lead_times", {}),
    "another series": lambda network: setattr(network, "user_D", {(1, 0): [1.0] * 30}),
}


@pytest.mark.parametrize("copied", [lambda env: env, copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))])
@pytest.mark.parametrize("write", TABLE_WRITES.values(), ids=TABLE_WRITES)
def test_tables_of_the_network_refuse_writes_that_nothing_would_read(
    write: Callable[[Any], Any], copied: Callable[[CoreEnv], CoreEnv]
) -> None:
    env, twin = copied(CoreEnv("serial")), CoreEnv("serial")
    with pytest.raises((TypeError, ValueError, AttributeError), match=r"edit (env\.|the )graph instead|read-only"):
        write(env.network)
    assert env.network.lead_times == twin.network.lead_times
    assert env.network.reorder_links == twin.network.reorder_links
    assert env.step([9, 9, 9])[1] == twin.step([9, 9, 9])[1]


def test_a_series_in_the_graph_refuses_writes_that_could_not_be_noticed() -> None:
    env = CoreEnv("serial", user_D={(1, 0): [3.0] * 30})
    with pytest.raises(ValueError, match="read-only"):
        env.graph.edges[1, 0]["user_D"][4] = 9


def test_edited_initial_stock_is_there_at_the_next_reset() -> None:
    env = CoreEnv("serial")
    env.graph.nodes[1]["I0"] = 7
    env.step([0, 0, 0])
    assert env.X[0, 1] == 100
    env.reset()
    assert env.X[0, 1] == 7
    env.graph.nodes[1]["I0"] = 33
    env.reset()
    assert env.X[0, 1] == 33


def test_an_edit_reaches_demand_engines_with_methods_of_their_own() -> None:
    class Same(DemandEngine):
        def sample(self, t: int, dist: Any, dist_params: Any = None) -> float:
            return 20.0

    env = CoreEnv("serial")
    env.demand_engine = Same()
    env.reset()
    first = env.step([0, 0, 0])[1]
    env.graph.edges[1, 0]["p"] = 5.0
    assert env.step([0, 0, 0])[1] > first + 50


def test_settings_of_the_whole_network_are_edited_in_the_graph_too() -> None:
    declared = {**CoreEnv("serial").network._native.to_dict(), "timeline": "beer"}
    rewards = []
    for timeline in ("beer", "release"):
        env = CoreEnv(config_path=_native.Network.from_dict(declared))
        env.reset(seed=0)
        env.step([30, 30, 30])
        env.graph.graph["timeline"] = timeline
        rewards.append(sum(env.step([30, 30, 30])[1] for _ in range(9)))
    assert rewards[0] != rewards[1]
    env = CoreEnv("serial")
    env.graph.graph["timeline"] = "beer"
    with pytest.raises(ValueError, match=r"an episode would record other things .*reload_network"):
        env.step([3, 3, 3])
    env.graph.graph["timeline"] = "tea"
    with pytest.raises(ValueError, match="timeline: found text 'tea'"):
        env.step([3, 3, 3])
    env.graph.graph.pop("timeline")
    env.graph.graph.update(name="mine", colour="red")
    with pytest.warns(UserWarning, match="env.graph: 'colour' of the network: no key of a network"):
        env.step([3, 3, 3])


LIST_WRITES: dict[str, Callable[[Any], Any]] = {
    "item": lambda spans: spans[0].__setitem__(1, 20),
    "append": lambda spans: (spans.append([10, 20]), spans[1].__setitem__(0, 3)),
    "extend": lambda spans: spans.extend([[3, 20]]),
    "clear and insert": lambda spans: (spans.clear(), spans.insert(0, [1, 20])),
}


@pytest.mark.parametrize("copied", [lambda env: env, copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))])
@pytest.mark.parametrize("write", LIST_WRITES.values(), ids=LIST_WRITES)
def test_writes_into_lists_of_the_graph_are_noticed(
    write: Callable[[Any], Any], copied: Callable[[CoreEnv], CoreEnv], tmp_path: Path
) -> None:
    down: dict[str, Any] = {"where": 1, "what": "order", "periods": [[1, 2]]}
    env = copied(environment_of(tmp_path, {**three_markets(), "disruptions": [down]}, num_periods=25))
    env.reset(seed=0)
    env.step([9.0])
    write(env.graph.graph["disruptions"][0]["periods"])
    for _ in range(3):
        env.step([9.0])
    assert env.R[:4, 0].tolist() == [9.0, 0.0, 0.0, 0.0], "nothing is ordered while the node is down"


STRUCTURE: dict[str, tuple[Callable[[nx.DiGraph], Any], str]] = {
    "lead time": (lambda graph: graph.edges[2, 1].update(L=6), r"lead time L of \(2, 1\) is 6, it is played as 4"),
    "lead time gone": (lambda graph: graph.edges[2, 1].pop("L"), r"lead time L of \(2, 1\) is None"),
    "new node": (lambda graph: graph.add_node("depot", I0=5, h=0.1), "node depot is new"),
    "new link": (lambda graph: graph.add_edge(3, 1, L=1, p=1, g=0), r"link \(3, 1\) is new"),
    "link gone": (lambda graph: graph.remove_edge(4, 3), r"link \(4, 3\) is gone"),
    "node gone": (lambda graph: graph.remove_node(4), "node 4 is gone"),
    "cleared": (lambda graph: graph.clear(), "node 0 is gone"),
    "requests that wait": (lambda graph: graph.edges[2, 1].update(unmet="wait"), "another state .owed."),
    "requests on their way": (lambda graph: graph.edges[2, 1].update(order_delay=2), "another state .requested."),
    "customers who give up": (lambda graph: graph.edges[1, 0].update(wait_share=0.5), "another state .waiting."),
    "shelf life": (lambda graph: graph.graph.update(life=4), "another state .in_transit_by_life, on_hand_by_life."),
    "a factory unmade": (lambda graph: [graph.nodes[3].pop(key) for key in "Cov"], "taken from, 3"),
    "a factory made": (lambda graph: graph.nodes[2].update(C=9, o=0.1, v=1), "given to, or taken from, 2"),
}


@pytest.mark.parametrize(("edit", "message"), STRUCTURE.values(), ids=STRUCTURE)
def test_edits_of_structure_are_refused_at_the_next_step_with_what_to_do(
    edit: Callable[[nx.DiGraph], Any], message: str
) -> None:
    env = CoreEnv("serial")
    env.step([3, 3, 3])
    before = snapshot(env)
    edit(env.graph)
    for _ in range(2):
        with pytest.raises(ValueError, match=message) as refused:
            env.step([3, 3, 3])
        assert "call env.reload_network() and then env.reset()" in str(refused.value)
        assert_same(snapshot(env), before)


def test_structure_that_was_put_back_plays_on() -> None:
    env, twin = CoreEnv("serial"), CoreEnv("serial")
    env.graph.edges[2, 1]["L"] = 6
    with pytest.raises(ValueError, match="lead time"):
        env.step([3, 3, 3])
    env.graph.edges[2, 1]["L"] = 4
    assert env.step([3, 3, 3])[1] == twin.step([3, 3, 3])[1]


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda graph: graph.nodes[3].update(C=-1), r"nodes\[3\] \(3\): C: found -1"),
        (lambda graph: graph.nodes[3].update(v=1.5), r"\(3\): v: found 1.5; expected a number above 0 and at most 1"),
        (lambda graph: graph.edges[2, 1].update(p=float("nan")), r"\(2 -> 1\): p: found NaN"),
        (lambda graph: graph.nodes[1].pop("h"), r"nodes\[1\] \(1\): h: missing"),
        (lambda graph: graph.edges[1, 0].update(user_D=[1.0]), r"user_D for edge \(1 -> 0\).*1"),
        (lambda graph: graph.nodes[1].update(h="much"), r"h: found .*much"),
    ],
)
def test_numbers_that_cannot_be_played_are_refused_at_the_next_step(
    edit: Callable[[nx.DiGraph], Any], message: str
) -> None:
    env = CoreEnv("serial")
    env.step([3, 3, 3])
    before = snapshot(env)
    edit(env.graph)
    with pytest.raises(ValueError, match=message):
        env.step([3, 3, 3])
    assert_same(snapshot(env), before)


def test_keys_that_mean_nothing_are_said_once_and_play_on() -> None:
    env, twin = CoreEnv("serial"), CoreEnv("serial")
    env.graph.nodes[1]["pos"] = (0.5, 1)
    with pytest.warns(UserWarning, match=r"env.graph: 'pos' of node 1: no key of a network, without effect"):
        assert env.step([3, 3, 3])[1] == twin.step([3, 3, 3])[1]
    env.graph.nodes[1]["meta_colour"] = "red"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        env.step([3, 3, 3])


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))], ids=["deep", "pickle"])
@pytest.mark.parametrize("read", [False, True], ids=["not yet played", "played"])
def test_copies_keep_edits_and_go_their_own_way(copied: Callable[[CoreEnv], CoreEnv], read: bool) -> None:
    def step(env: CoreEnv) -> Array:
        env.step([9, 9, 9])
        return env.P[: env.period].sum()

    env = CoreEnv("serial")
    step(env)
    env.graph.nodes[1]["h"] = 0.5
    if read:
        step(env)
    other = copied(env)
    assert step(other) == step(env)
    other.graph.nodes[1]["h"] = 5.0
    assert step(other) < step(env) - 50
    assert env.graph.nodes[1]["h"] == 0.5


def test_a_snapshot_goes_on_with_the_numbers_in_force() -> None:
    env = CoreEnv("serial")
    env.step([9, 9, 9])
    env.graph.nodes[1]["h"] = 0.5
    saved = env.snapshot()
    expected = [env.step([9, 9, 9])[1] for _ in range(4)]
    env.restore(saved)
    assert [env.step([9, 9, 9])[1] for _ in range(4)] == expected


def test_a_copy_of_the_graph_is_its_owners() -> None:
    env, twin = CoreEnv("serial"), CoreEnv("serial")
    for copied in (env.graph.copy(), nx.DiGraph(env.graph), copy.deepcopy(env.graph)):
        copied.nodes[1]["h"] = 99.0
        copied.remove_node(4)
    assert env.step([3, 3, 3])[1] == twin.step([3, 3, 3])[1]


def test_another_graph_cannot_take_the_place_of_a_networks() -> None:
    env = CoreEnv("serial")
    with pytest.raises(AttributeError, match=r"graph cannot be replaced.*edit this one in place"):
        env.network.graph = nx.DiGraph()
    with pytest.raises(AttributeError):
        env.graph = nx.DiGraph()  # type: ignore[misc]


def test_rollouts_play_the_edited_numbers() -> None:
    env = CoreEnv("serial", {"noise_scale": 0, "base_mu": 30}, num_periods=12)
    env.graph.nodes[3]["C"] = 10
    assert rollout(env, "constant:60", [0])["total_profit"][0] == pytest.approx(-26.4, abs=1e-9)
    env.graph.edges[2, 1]["L"] = 1
    with pytest.raises(ValueError, match="lead time"):
        rollout(env, "constant:60", [0])


def test_numbers_edited_with_a_reload_act_from_the_next_step_too() -> None:
    env = CoreEnv("serial", {"noise_scale": 0, "base_mu": 30}, num_periods=12)
    env.reset(seed=0)
    env.graph.nodes[3]["C"] = 10
    env.reload_network()
    assert sum(env.step([60, 60, 60])[1] for _ in range(12)) == pytest.approx(-26.4, abs=1e-9)


def test_a_vector_environment_refuses_edits_it_would_not_play() -> None:
    envs = InvMgmtVectorEnv(2, scenario="serial")
    assert envs.network.graph.nodes[3]["C"] == 100
    envs.step(np.zeros((2, 3)))
    envs.network.graph.nodes[3]["C"] = 10
    for call in (lambda: envs.step(np.zeros((2, 3))), envs.reset):
        with pytest.raises(ValueError, match="rows of a vector environment share one network"):
            call()
