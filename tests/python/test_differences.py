"""Each point where this package deliberately differs from gym-invmgmt 0.2.1: our behaviour, and what the error says.

Everything else is compared with the release itself by `make parity`.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from gym_invmgmt import CoreEnv, make_custom_env
from gym_invmgmt.demand_engine import DemandEngine

MATRICES = ["X", "Y", "R", "S", "D", "U", "P", "GW", "action_log"]
STATIONARY = {"type": "stationary", "base_mu": 20}


def chain() -> dict[str, Any]:
    """Raw material w, factory f, retailer r, and two markets whose customers differ."""
    return {
        "nodes": [
            {"id": "m1"},
            {"id": "m2"},
            {"id": "r", "I0": 50, "h": 0.03},
            {"id": "f", "I0": 60, "h": 0.01, "C": 30, "o": 0.01, "v": 0.8},
            {"id": "w"},
        ],
        "edges": [
            {"from": "r", "to": "m1", "p": 2.0, "b": 0.1, "demand_dist": "poisson", "dist_param": {"mu": 6}},
            {"from": "r", "to": "m2", "p": 2.0, "b": 0.1, "demand_dist": "normal", "dist_param": {"loc": 14}},
            {"from": "f", "to": "r", "L": 2, "p": 1.0, "g": 0.01},
            {"from": "w", "to": "f", "L": 0, "p": 0.5, "g": 0.0},
        ],
    }


def written(network: dict[str, Any], folder: Path) -> Path:
    """A network as a file; JSON is YAML, and infinity and NaN are spelt as YAML spells them."""
    text = json.dumps(network, indent=1).replace("-Infinity", "-.inf").replace("Infinity", ".inf")
    path = folder / "network.yaml"
    path.write_text(text.replace("NaN", ".nan"), encoding="utf-8")
    return path


def refusal(network: dict[str, Any], folder: Path) -> str:
    """What is said when an environment on this network is asked for."""
    with pytest.raises(ValueError, match=r"network\.yaml") as refused:
        make_custom_env(written(network, folder), demand_config=STATIONARY)
    return str(refused.value)


def snapshot(env: CoreEnv) -> list[Any]:
    """All that a step could change."""
    matrices = [getattr(env, symbol).copy() for symbol in MATRICES]
    ledger = env.ledger()
    parts = [ledger.revenue, ledger.holding_cost, ledger.fixed_order_cost]
    stream = copy.deepcopy(env.np_random.bit_generator.state)
    return [*matrices, *parts, env.state.copy(), env.period, env.demand_engine.sentiment, stream]


def unchanged(env: CoreEnv, before: list[Any]) -> bool:
    """Whether nothing has changed since a snapshot."""
    return all(np.array_equal(now, then) for now, then in zip(snapshot(env), before, strict=True))


def played(env: CoreEnv, steps: int = 4, seed: int | None = 3) -> CoreEnv:
    """The environment after some steps."""
    env.reset(seed=seed)
    for _ in range(steps):
        env.step(np.full(env.action_space.shape or (), 12.5))
    return env


class TestKeywords:
    """The release sets a keyword it does not know as an attribute."""

    @pytest.mark.parametrize("make", [CoreEnv, lambda **kwargs: gym.make("GymInvMgmt/Serial-v0", **kwargs)])
    def test_an_unknown_keyword_is_refused_by_name(self, make: Callable[..., Any]) -> None:
        with pytest.raises(TypeError, match="num_period"):
            make(num_period=10)

    def test_an_unknown_keyword_beside_a_file_is_refused_by_name(self, tmp_path: Path) -> None:
        with pytest.raises(TypeError, match="back_log"):
            make_custom_env(written(chain(), tmp_path), back_log=False)

    def test_an_unknown_entry_of_env_config_is_refused_with_the_known_ones(self) -> None:
        with pytest.raises(TypeError, match=r"env_config.*'horizon'.*num_periods"):
            CoreEnv("serial", env_config={"horizon": 10})

    def test_env_config_takes_every_argument_and_wins(self) -> None:
        later = {"scenario": "serial", "demand_config": {"base_mu": 7}, "num_periods": 4, "backlog": False}
        env = CoreEnv("network", num_periods=9, env_config=later)
        assert (len(env.network.all_nodes), env.demand_engine.base_mu, env.num_periods, env.backlog) == (5, 7, 4, False)

    def test_an_unknown_demand_setting_is_refused_with_the_nearest(self) -> None:
        with pytest.raises(ValueError, match=r"'noise_scal'.*'noise_scale'"):
            CoreEnv("serial", {"base_mu": 20, "noise_scal": 0.0})


class TestFiles:
    """The release keeps unknown keys, merges what is repeated, and stops at the first mistake."""

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            (lambda n: n.update(nodez=[]), ["unknown key 'nodez'", "'nodes'"]),
            (lambda n: n["nodes"][3].update(capcity=3), ["nodes[3] (f)", "unknown key 'capcity'", "'C' (capacity)"]),
            (lambda n: n["edges"][2].update(lead_time=3), ["edges[2] (f -> r)", "unknown key 'lead_time'", "'L'"]),
            (lambda n: n["edges"][0].update(demand_dst="normal"), ["unknown key 'demand_dst'", "'demand_dist'"]),
        ],
    )
    def test_an_unknown_key_is_a_mistake_with_the_nearest_known_one(
        self, change: Callable[[dict[str, Any]], None], words: list[str], tmp_path: Path
    ) -> None:
        network = chain()
        change(network)
        message = refusal(network, tmp_path)
        assert all(word in message for word in words), message

    def test_keys_that_begin_with_meta_stay_free(self, tmp_path: Path) -> None:
        network = {"name": "chain", "description": "d", "metadata": {"any": [1]}, "meta_owner": "me", **chain()}
        network["nodes"][2]["meta_region"] = "north"
        network["edges"][2]["meta_mode"] = "rail"
        assert make_custom_env(written(network, tmp_path)).network.num_nodes == 5

    def test_a_repeated_node_is_a_mistake(self, tmp_path: Path) -> None:
        network = chain()
        network["nodes"].append({"id": "r", "I0": 1, "h": 0.03})
        message = refusal(network, tmp_path)
        assert "nodes[5] (r)" in message
        assert "repeats nodes[2]" in message

    def test_a_repeated_edge_is_a_mistake(self, tmp_path: Path) -> None:
        network = chain()
        network["edges"].append({"from": "f", "to": "r", "L": 4, "p": 1.0, "g": 0.01})
        message = refusal(network, tmp_path)
        assert "edges[4] (f -> r)" in message
        assert "repeats edges[2]" in message

    @pytest.mark.parametrize(("position", "node"), [(4, "w"), (1, "m2")])
    def test_a_raw_material_or_market_with_capacity_is_a_mistake(
        self, position: int, node: str, tmp_path: Path
    ) -> None:
        network = chain()
        network["nodes"][position]["C"] = 5
        message = refusal(network, tmp_path)
        assert f"nodes[{position}] ({node}): C: found 5" in message
        assert "holds no stock" in message

    @pytest.mark.parametrize(("position", "key", "node"), [(4, "I0", "w"), (4, "h", "w"), (0, "I0", "m1")])
    def test_stock_of_a_raw_material_or_market_is_said_to_have_no_effect(
        self, position: int, key: str, node: str, tmp_path: Path
    ) -> None:
        network = chain()
        plain = make_custom_env(written(network, tmp_path), num_periods=6)
        network["nodes"][position][key] = 5
        with pytest.warns(UserWarning, match=rf"nodes\[{position}\] \({node}\): {key}: 5 has no effect"):
            env = make_custom_env(written(network, tmp_path), num_periods=6)
        for each in (env, plain):
            each.reset(seed=3)
        orders = np.full(env.action_space.shape, 4.0)
        assert [env.step(orders)[1] for _ in range(6)] == [plain.step(orders)[1] for _ in range(6)]
        assert env.observation_labels == plain.observation_labels

    @pytest.mark.parametrize(
        ("kind", "position", "key"),
        [
            *[("nodes", 2, key) for key in ["I0", "h"]],
            *[("nodes", 3, key) for key in ["C", "o"]],
            *[("edges", 2, key) for key in ["p", "g", "K"]],
            *[("edges", 0, key) for key in ["p", "b"]],
        ],
    )
    @pytest.mark.parametrize("value", [-0.25, float("nan"), float("inf"), float("-inf")])
    def test_a_negative_or_not_finite_number_is_a_mistake(
        self, kind: str, position: int, key: str, value: float, tmp_path: Path
    ) -> None:
        network = chain()
        network[kind][position][key] = value
        message = refusal(network, tmp_path)
        assert f"{kind}[{position}]" in message
        assert f"{key}: found" in message
        assert "expected a finite number >= 0" in message

    @pytest.mark.parametrize("value", [0, -0.5, 1.5, float("nan")])
    def test_a_yield_outside_its_range_is_a_mistake(self, value: float, tmp_path: Path) -> None:
        network = chain()
        network["nodes"][3]["v"] = value
        message = refusal(network, tmp_path)
        assert "nodes[3] (f): v: found" in message
        assert "above 0 and at most 1" in message

    def test_a_yield_that_leaves_the_range_of_numbers_is_a_mistake(self, tmp_path: Path) -> None:
        """A unit would take 1e320 units of stock; the release plays on with NaN."""
        network = chain()
        network["nodes"][3]["v"] = 1e-320
        assert "nodes[3] (f): v: found 1e-320; expected at least 1e-100" in refusal(network, tmp_path)

    def test_all_mistakes_are_reported_at_once_each_with_its_line(self, tmp_path: Path) -> None:
        network = chain()
        network["nodes"][2]["h"] = -1
        del network["nodes"][3]["o"]
        network["nodes"][4]["I0"] = 9
        network["edges"][0]["L"] = 1
        network["edges"][0]["demand_dist"] = "cauchy"
        network["edges"][2]["L"] = 2.5
        network["edges"][3]["lead"] = 1
        message = refusal(network, tmp_path)
        expected = [
            "nodes[2] (r): h: found -1",
            "nodes[3] (f): o: missing",
            "nodes[4] (w)",
            "edges[0] (r -> m1): L: found 1; a link into a market must not define lead time",
            "Unknown demand distribution 'cauchy'",
            "edges[2] (f -> r): L: found 2.5; expected a non-negative integer",
            "edges[3] (w -> f): unknown key 'lead'",
        ]
        assert [words for words in expected if words not in message] == [], message
        lines = written(network, tmp_path).read_text(encoding="utf-8").splitlines()
        line = 1 + lines.index('   "h": -1')
        assert f"network.yaml:{line}:" in message, message


class TestStructureIsCompiled:
    """The release reads numbers from the graph at every step, as ours does; what it does with an edited lead time
    depends on who asks."""

    def test_an_edited_lead_time_is_refused_until_it_is_reloaded_and_the_next_episode_begins(self) -> None:
        env = played(CoreEnv("serial", STATIONARY, num_periods=8))
        before = snapshot(env)
        env.graph.edges[2, 1]["L"] = 6
        with pytest.raises(ValueError, match=r"lead time L of \(2, 1\) is 6, it is played as 4.*env.reload_network"):
            env.step(np.zeros(3))
        assert unchanged(env, before)

    def test_a_number_that_cannot_be_is_refused_at_the_next_step(self) -> None:
        env = played(CoreEnv("serial", STATIONARY, num_periods=8))
        before = snapshot(env)
        env.graph.edges[2, 1]["p"] = -1.0
        with pytest.raises(ValueError, match=r"2 -> 1\): p: found -1"):
            env.step(np.zeros(3))
        assert unchanged(env, before)

    def test_a_number_edited_within_a_series_is_refused(self) -> None:
        env = CoreEnv("serial", user_D={(1, 0): [5.0] * 30})
        with pytest.raises(ValueError, match="read-only"):
            env.graph.edges[1, 0]["user_D"][3] = 1.0

    def test_a_reloaded_lead_time_resizes_the_observation_at_the_next_reset(self) -> None:
        env = played(CoreEnv("serial", STATIONARY))
        env.graph.edges[2, 1]["L"] = 6
        env.reload_network()
        assert env.step(np.zeros(3))[0].shape == (15,)
        observation, _ = env.reset()
        assert observation.shape == (17,)
        assert env.observation_space.shape == (17,)
        assert env.network.lead_times[2, 1] == 6

    def test_a_mistaken_graph_is_refused_and_the_episode_goes_on(self) -> None:
        env = played(CoreEnv("serial", STATIONARY))
        before = snapshot(env)
        env.graph.edges[2, 1]["p"] = -1.0
        with pytest.raises(ValueError, match=r"2 -> 1\): p: found -1"):
            env.reload_network()
        assert unchanged(env, before)
        env.reset(seed=3)
        assert env.step(np.zeros(3))[1] == played(CoreEnv("serial", STATIONARY), steps=0).step(np.zeros(3))[1]


class TestActions:
    """The release plays on with NaN, broadcasts some wrong shapes and passes over links it does not know."""

    def test_float32_orders_are_added_up_in_float64(self) -> None:
        # Factory 4 holds 40 and two buyers ask for 30.1 and 20.1: in float32 what is left for the second differs.
        env, twin = CoreEnv("network", STATIONARY), CoreEnv("network", STATIONARY)
        orders = np.full(11, 30.1, dtype=np.float32)
        for each in (env, twin):
            each.X[0, 4] = 40.0
        env.step(orders)
        twin.step(orders.astype(np.float64))
        np.testing.assert_array_equal(env.R, twin.R)
        links = env.network.reorder_map
        assert env.R[0, links[4, 2]] + env.R[0, links[4, 3]] == 40.0
        assert env.R[0, links[4, 3]] == 40.0 - np.float64(orders[0])

    def test_a_period_set_back_is_played_from_what_it_began_with(self) -> None:
        env = CoreEnv("serial", {"base_mu": 20, "noise_scale": 0})
        for _ in range(4):
            env.step([10.0, 20.0, 30.0])
        before = env.X[3].copy()
        env.period = 2
        env.step([10.0, 20.0, 30.0])
        # The release subtracts the 20 sold in that period before once more, and leaves 20 of these 40.
        np.testing.assert_array_equal(env.X[3], before)
        assert env.X[3, 1] == 40

    @pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
    @pytest.mark.parametrize("form", [np.array, list, lambda row: {(3, 2): row[1]}])
    def test_a_number_that_is_not_finite_is_refused_and_nothing_changes(
        self, value: float, form: Callable[[list[float]], Any]
    ) -> None:
        env = played(CoreEnv("serial", STATIONARY))
        before = snapshot(env)
        with pytest.raises(ValueError, match=r"action\[1\] \(3 -> 2\) is (NaN|-?inf).*Nothing was changed"):
            env.step(form([1.0, value, 2.0]))
        assert unchanged(env, before)

    @pytest.mark.parametrize(
        "action", [np.zeros(2), np.zeros(4), np.zeros((1, 3)), np.zeros((3, 1)), np.float64(3.0), 3.0, [], [1.0, 2.0]]
    )
    def test_a_wrong_shape_is_refused_with_the_right_one_and_nothing_changes(self, action: Any) -> None:
        env = played(CoreEnv("serial", STATIONARY))
        before = snapshot(env)
        with pytest.raises(ValueError, match=r"action has .*\(?3,?\)?.*supply link.*Nothing was changed"):
            env.step(action)
        assert unchanged(env, before)

    @pytest.mark.parametrize("link", [(1, 0), (2, 3), (9, 9), "2>1", 0])
    def test_an_order_on_an_unknown_link_is_refused_with_the_known_ones_and_nothing_changes(self, link: Any) -> None:
        env = played(CoreEnv("serial", STATIONARY))
        before = snapshot(env)
        with pytest.raises(ValueError, match=r"no supply link.*\(2, 1\).*\(3, 2\).*\(4, 3\).*Nothing was changed"):
            env.step({(2, 1): 5.0, link: 1.0})
        assert unchanged(env, before)

    def test_a_refused_action_does_not_shift_the_run(self) -> None:
        env, untouched = (played(CoreEnv("network", STATIONARY)) for _ in range(2))
        with pytest.raises(ValueError, match="action"):
            env.step(np.full(11, np.nan))
        np.testing.assert_array_equal(env.step(np.full(11, 9.0))[0], untouched.step(np.full(11, 9.0))[0])


class TestDemand:
    """The release puts `base_mu` (20 if absent) in place of every link's own mean, and takes any `user_D`."""

    @pytest.mark.parametrize("config", [None, {}, {"noise_scale": 0.0}, {"type": "trend", "trend_slope": 0.0}])
    def test_without_base_mu_each_link_keeps_its_own_mean(self, config: dict[str, Any] | None, tmp_path: Path) -> None:
        quiet = {**(config or {}), "noise_scale": 0.0}
        env = make_custom_env(written(chain(), tmp_path), demand_config=quiet)
        np.testing.assert_array_equal(played(env).D[:4], [[6.0, 14.0]] * 4)
        asked = make_custom_env(written(chain(), tmp_path), demand_config=config).demand_engine
        assert [asked.get_link_mu(link, 0) for link in [("r", "m1"), ("r", "m2")]] == [6.0, 14.0]
        assert asked.base_mu == asked.get_current_mu(0) == 10.0  # the mean over market links

    def test_base_mu_replaces_every_mean(self, tmp_path: Path) -> None:
        env = make_custom_env(written(chain(), tmp_path), demand_config={"base_mu": 20, "noise_scale": 0.0})
        np.testing.assert_array_equal(played(env).D[:4], [[20.0, 20.0]] * 4)
        engine = env.demand_engine
        assert [engine.get_link_mu(link, 0) for link in [("r", "m1"), ("r", "m2")]] == [20.0, 20.0]

    def test_effects_act_on_each_own_mean(self, tmp_path: Path) -> None:
        config = {"type": "shock", "shock_time": 2, "shock_mag": 3.0, "noise_scale": 0.0}
        env = played(make_custom_env(written(chain(), tmp_path), demand_config=config))
        np.testing.assert_array_equal(env.D[:4], [[6.0, 14.0]] * 2 + [[18.0, 42.0]] * 2)

    def test_a_preset_keeps_twenty_either_way(self) -> None:
        kept, given = played(CoreEnv("network")), played(CoreEnv("network", {"base_mu": 20}))
        np.testing.assert_array_equal(kept.D, given.D)
        assert kept.demand_engine.base_mu == DemandEngine().base_mu == 20.0

    def test_a_poisson_law_with_only_a_shift_can_be_drawn_from(self, tmp_path: Path) -> None:
        network = chain()
        network["edges"][0]["dist_param"] = {"loc": 5}
        shifted = played(make_custom_env(written(network, tmp_path), demand_config={"base_mu": 20}))
        network["edges"][0]["dist_param"] = {"mu": 6}
        plain = played(make_custom_env(written(network, tmp_path), demand_config={"base_mu": 20}))
        np.testing.assert_array_equal(shifted.D[:4, 0], plain.D[:4, 0] + 5)

    @pytest.mark.parametrize("value", [-1.0, -1e-300])
    def test_a_negative_value_of_user_D_is_refused_by_link_and_period(self, value: float) -> None:
        with pytest.raises(ValueError, match=r"user_D for edge .*\[2\] is -.*expected a finite number >= 0"):
            CoreEnv("serial", user_D={(1, 0): [1.0, 2.0, value, *[4.0] * 27]})

    @pytest.mark.parametrize("link", [(2, 1), (0, 1), (9, 9), "retailer"])
    def test_user_D_of_an_unknown_link_is_refused_with_the_known_ones(self, link: Any) -> None:
        with pytest.raises(ValueError, match=r"user_D.*no such market link.*\(1, 0\)"):
            CoreEnv("serial", user_D={link: [1.0] * 30})


class TestObservationBox:
    """The release says +-1e6 and its observations can leave that."""

    @pytest.mark.parametrize("scenario", ["network", "serial"])
    def test_the_box_is_unbounded(self, scenario: str) -> None:
        box = CoreEnv(scenario).observation_space
        assert isinstance(box, gym.spaces.Box)
        assert (box.low == -np.inf).all()
        assert (box.high == np.inf).all()
        assert box.dtype == np.float64

    def test_a_long_run_of_large_orders_stays_inside(self) -> None:
        env = CoreEnv("serial", STATIONARY, num_periods=400)
        assert isinstance(env.action_space, gym.spaces.Box)
        observation, _ = env.reset(seed=1)
        for _ in range(400):
            observation = env.step(env.action_space.high)[0]
        assert observation.max() > 1e6
        assert env.observation_space.contains(observation)
