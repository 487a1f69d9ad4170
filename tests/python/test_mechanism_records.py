"""What mechanisms record: live arrays, files, ledger, figures by node, agents' views and pictures all say the same."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_mechanisms import ORDERS, environment, rich

from gym_invmgmt import (
    CoreEnv,
    EpisodeLoggerWrapper,
    InvMgmtVectorEnv,
    _native,
    command_line,
    compute_kpis,
    compute_node_kpis,
    load_snapshot,
    optimize,
    plots,
    rollout,
    run_episode,
    save_snapshot,
)
from gym_invmgmt._cluster import RayCluster
from gym_invmgmt.wrappers import DomainFeatureWrapper

PLAIN = [letter for letter, *_ in _native.Episode.SYMBOLS]
OF_MECHANISMS = {letter: unit for letter, _, _, unit, *_ in _native.Episode.MECHANISM_SYMBOLS}
HELPERS = (command_line._write_video, RayCluster)
#: Much at first, then less than is wanted: the dairy's room overflows, and later it owes.
HUNGRY = np.array([[60, 5, 5]] * 5 + [[10, 22, 24]] * 15, dtype=np.float64)


@pytest.fixture
def played() -> CoreEnv:
    env = environment(alpha=0.97)
    env.reset(seed=5)
    for order in HUNGRY:
        env.step(order)
    return env


def network_file(tmp_path: Path) -> Path:
    path = tmp_path / "rich.yaml"
    path.write_text(json.dumps(rich()), encoding="utf-8")
    return path


def test_a_plain_network_records_what_it_always_did() -> None:
    env = CoreEnv("network", num_periods=3)
    assert list(env.recorded) == PLAIN
    assert all(getattr(env, letter).shape[1] == 0 for letter in OF_MECHANISMS)
    assert set(env.snapshot()["history"]) == {*PLAIN, "ledger"}
    assert "late_penalty" not in env.step(np.zeros(env.action_space.shape))[4]  # type: ignore[arg-type]


def test_what_a_mechanism_records_is_a_documented_property_with_a_column_for_each_thing(played: CoreEnv) -> None:
    recorded = played.recorded
    has_no_keys_for = {"crowded", "destroyed", "used", "joint_cost"}
    assert set(OF_MECHANISMS) - set(recorded) == has_no_keys_for
    for letter, unit in OF_MECHANISMS.items():
        array, doc = getattr(played, letter), getattr(CoreEnv, letter).__doc__
        assert array.shape[1] == len(recorded.get(letter, [])), letter
        assert f"[{unit}]" in doc or unit == "1", letter
    assert recorded["owed"] == ["dairy -> north", "dairy -> south"]
    assert recorded["up"] == ["farm"]
    assert recorded["ages"][:2] == ["dairy, left 1", "dairy, left 2"]
    for letter in ("owed", "waiting", "ages", "up", "wasted", "overflowed", "lost_on_the_way", "waste_cost"):
        assert getattr(played, letter).any(), letter


def test_goods_on_hand_and_on_their_way_are_explained_by_what_came_went_and_was_lost(played: CoreEnv) -> None:
    env = played
    farm = env.network.reorder_links.index(("farm", "dairy"))
    sold = [env.network.network_map[link] for link in env.network.retail_links]
    lost = sum(getattr(env, letter).sum() for letter in ("wasted", "overflowed", "lost_on_the_way"))
    at_end = env.X[0].sum() + env.Y[0].sum() + env.R[:, farm].sum() - env.S[:, sold].sum() - lost
    assert env.X[-1].sum() + env.Y[-1].sum() == pytest.approx(at_end)
    nodes, life = len(env.network.main_nodes), 5
    by_age = env.ages.reshape(len(env.ages), nodes, life).sum(axis=2)
    managed = [env.network.node_map[node] for node in env.network.main_nodes.tolist()]
    np.testing.assert_allclose(by_age, env.X[:, managed])


def test_what_mechanisms_cost_stands_by_name_in_ledger_info_and_figures(played: CoreEnv) -> None:
    ledger, found = played.ledger(), compute_kpis(played)
    managed = [played.network.node_map[node] for node in played.network.main_nodes.tolist()]
    np.testing.assert_allclose(ledger.profit, played.P[:, managed], atol=1e-9)
    env = environment(alpha=0.97)
    env.reset(seed=5)
    infos = [env.step(order)[4] for order in HUNGRY]
    for name in _native.Episode.EXTRA_COSTS:
        money = getattr(ledger, name)
        recorded = getattr(played, name)
        # What nobody pays here is not recorded.
        np.testing.assert_allclose(money, recorded[:, managed] if recorded.size else 0.0)
        np.testing.assert_allclose([info[name] for info in infos], money.sum(axis=1))
        assert found[name] == pytest.approx(money.sum())
        assert money.any() or name == "joint_cost", name


def test_figures_are_those_worked_out_from_the_arrays(played: CoreEnv) -> None:
    env, found = played, compute_kpis(played)
    served = np.maximum(env.D - env.U, 0.0)
    sold = env.S[:, [env.network.network_map[link] for link in env.network.retail_links]]
    assert found["late_share"] == pytest.approx((sold.sum() - served.sum()) / env.D.sum())
    # Both markets have terms of their own: one loses what is not met, the other lets half of it wait.
    assert found["mean_wait"] == pytest.approx(env.waiting[1:].sum() / env.D.sum())
    assert found["wasted"] == pytest.approx(env.wasted.sum())
    assert found["waste_share"] == pytest.approx(env.wasted.sum() / (env.wasted.sum() + sold.sum()))
    assert found["overflow"] == pytest.approx(env.overflowed.sum())
    assert found["days_of_supply"] == pytest.approx(env.X[1:].sum() / env.D.sum())
    nodes = compute_node_kpis(env)
    assert list(nodes) == ["dairy", "north", "south"]
    assert "demand" not in nodes["dairy"]
    assert nodes["south"]["demand"] == env.D[:, 1].sum()
    assert nodes["south"]["immediate_fill_rate"] == pytest.approx(served[:, 1].sum() / env.D[:, 1].sum())
    # Cycles of the node in the south: goods received last begin one in the period after.
    received = env.arrived_last[:, env.network.node_map["south"]] > 0
    begins = np.flatnonzero(np.concatenate([[True], received[:-1]]))
    unserved = [env.U[first:last, 1].any() for first, last in zip(begins, [*begins[1:], 20], strict=True)]
    assert nodes["south"]["cycle_service"] == pytest.approx(1 - np.mean(unserved))
    for name in ("wasted", "overflow", "lost_on_the_way", "late_penalty"):
        assert sum(node[name] for node in nodes.values()) == pytest.approx(found[name]), name


def test_rollouts_of_every_kind_give_the_figures_of_the_episode_node_by_node() -> None:
    scenario = {"config_path": _native.Network.from_dict(rich()), "num_periods": 20}
    by_name = rollout(scenario, "constant:20,9,11", [5, 6], by_node=True)
    by_object = rollout(scenario, lambda _: [20.0, 9.0, 11.0], [5, 6], by_node=True)
    env = CoreEnv(**scenario)
    run_episode(env, lambda _: [20.0, 9.0, 11.0], seed=6)
    for key, value in compute_kpis(env).items():
        assert by_name[key][1] == pytest.approx(value, rel=1e-9, abs=1e-9), key
        assert by_object[key][1] == pytest.approx(value, rel=1e-9, abs=1e-9), key
    for node, figures in compute_node_kpis(env).items():
        for key, value in figures.items():
            assert by_name["nodes"][node][key][1] == pytest.approx(value, rel=1e-9, abs=1e-9), (node, key)
            assert by_object["nodes"][node][key][1] == pytest.approx(value, rel=1e-9, abs=1e-9), (node, key)


def test_files_hold_what_mechanisms_record(played: CoreEnv, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    save_snapshot(tmp_path / "saved.npz", played.snapshot())
    history = load_snapshot(tmp_path / "saved.npz")["history"]
    other = environment(alpha=0.97)
    other.reset(seed=0)
    other.restore(played.snapshot())
    for letter in played.recorded:
        np.testing.assert_array_equal(history[letter], getattr(played, letter), letter)
        np.testing.assert_array_equal(getattr(other, letter), getattr(played, letter), letter)
    logged = EpisodeLoggerWrapper(environment(), log_dir=tmp_path / "logs")
    run_episode(logged, lambda _: [20.0, 9.0, 11.0], seed=42)
    env: Any = logged.unwrapped
    (file,) = (tmp_path / "logs").glob("*.npz")
    record = plots.load_record(file, env.network)
    asked = f"gym-invmgmt simulate --network {network_file(tmp_path)} --periods 20 --seeds 42 --policy constant:20,9,11"
    for form in ("npz", "csv"):
        arguments = [*asked.split(), "--trajectory", str(tmp_path / f"run.{form}")]
        assert _native.run_command_line(arguments, *HELPERS) == 0, capfd.readouterr().err
    with np.load(tmp_path / "run.npz") as saved:
        assert saved.files == list(env.recorded)
        for letter in OF_MECHANISMS:
            if letter in env.recorded:
                np.testing.assert_array_equal(saved[letter], getattr(env, letter), letter)
                np.testing.assert_array_equal(record.mechanisms[letter], getattr(env, letter), letter)
    with (tmp_path / "run.csv").open() as table:
        heads = next(csv.reader(table))
    assert "owed[dairy -> north]" in heads
    assert "ages[south, left 5]" in heads


def test_simulate_shows_figures_where_the_mechanism_is_and_by_node(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path, report = network_file(tmp_path), tmp_path / "run.html"
    asked = f"gym-invmgmt simulate --network {path} --periods 20 --seeds 5..7 --policy constant:20,9,11"
    assert _native.run_command_line([*asked.split(), "--by-node", "--report", str(report)], *HELPERS) == 0
    table = capfd.readouterr().out
    lines = [line.split("  ")[0] for line in table.splitlines()]
    fill = lines.index("fill rate")
    assert lines[fill + 1] == "immediate fill rate", "beside the eventual one"
    for title in ("late share", "mean wait", "cycle service", "waste share", "overflow", "cost of overflow"):
        assert title in lines, title
    assert "nodes under constant:20,9,11" in lines
    page = report.read_text(encoding="utf-8")
    assert "What waits, spoils and fails" in page
    assert "owed between nodes [units]" in page
    assert _native.run_command_line([*asked.split(), "--json"], *HELPERS) == 0
    policy = json.loads(capfd.readouterr().out)["policies"][0]
    scenario = {"config_path": _native.Network.from_dict(rich()), "num_periods": 20}
    found = rollout(scenario, "constant:20,9,11", [5, 6], by_node=True)
    assert policy["kpis"]["waste_cost"]["mean"] == pytest.approx(found["waste_cost"].mean())
    for node, figures in policy["nodes"].items():
        for key, value in figures.items():
            assert value == pytest.approx(found["nodes"][node][key].mean()), (node, key)
    plain = "gym-invmgmt simulate --network network --policy constant:20"
    assert _native.run_command_line(plain.split(), *HELPERS) == 0
    assert "late share" not in capfd.readouterr().out, "a plain network's table is what it was"


def test_pictures_show_what_waits_spoils_and_fails(played: CoreEnv) -> None:
    figure = plots.mechanisms(played)
    titles = [axes.get_title(loc="left") or axes.get_title() for axes in figure.axes if axes.axison]
    assert len(titles) == 9, titles
    plain = CoreEnv("serial", num_periods=2)
    run_episode(plain, lambda _: [1.0, 1.0, 1.0], seed=0)
    with pytest.raises(ValueError, match="nothing waits, spoils or fails"):
        plots.mechanisms(plain)
    waterfall = plots.reward_breakdown(played)
    assert "what\nspoiled" in [tick.get_text() for tick in waterfall.axes[1].get_xticklabels()]


def test_rows_of_a_vector_environment_have_no_matrices_but_the_same_costs() -> None:
    network = _native.Network.from_dict(rich())
    rows = InvMgmtVectorEnv(2, config_path=network, num_periods=20)
    env = CoreEnv(config_path=network, num_periods=20)
    rows.reset(seed=[3, 4])
    env.reset(seed=4)
    for order in ORDERS[:6]:
        rewards = rows.step(np.tile(order, (2, 1)))[1]
        assert rewards[1] == pytest.approx(env.step(order)[1])


def test_every_agent_sees_what_waits_what_it_owes_ages_and_failures() -> None:
    pytest.importorskip("pettingzoo")
    from gym_invmgmt.multi_agent import InvMgmtParallelEnv

    env = InvMgmtParallelEnv(config_path=_native.Network.from_dict(rich()), num_periods=20)
    dairy, north = env.observation_labels("node_dairy"), env.observation_labels("node_north")
    for label in ("owed[dairy -> north]", "owed[dairy -> south]", "on_hand_by_life[dairy, left 5]", "up[farm]"):
        assert label in dairy, label
    for label in ("requested[dairy -> north, read in 1]", "owed[dairy -> north]", "on_hand_by_life[north, left 1]"):
        assert label in north, label
    assert "up[farm]" not in north, "what fails elsewhere it does not see"
    assert "waiting[south -> town, waited 1]" in env.observation_labels("node_south")
    env.reset(seed=3)
    wanted = dairy.index("wanted[dairy -> north]"), dairy.index("wanted[dairy -> south]")
    seen = []
    for order in ([8.0], [5.0], [7.0]):
        actions = {"node_dairy": [20.0], "node_north": order, "node_south": order}
        seen.append(env.step({agent: np.array(action) for agent, action in actions.items()})[0]["node_dairy"])
    # Requests from the north are read a period later.
    assert [one[wanted[0]] for one in seen] == [0.0, 8.0, 5.0]
    assert [one[wanted[1]] for one in seen] == [8.0, 5.0, 7.0]


@pytest.mark.filterwarnings("ignore:observation:UserWarning")
def test_features_reckon_positions_with_what_is_asked_for_owed_and_waited_for(played: CoreEnv) -> None:
    """The one definition of a position, from the arrays: the last period asked for, owes and waits a lot."""
    wrapped = DomainFeatureWrapper(played, enhanced=True, pipeline_feats=True)
    found = dict(zip(wrapped.feature_labels, wrapped.features().tolist(), strict=True))
    stock = {node: played.X[-1, played.network.node_map[node]] for node in ("dairy", "north", "south")}
    on_order = dict(zip(("dairy", "north", "south"), played.Y[-1], strict=True))
    unread, (owed_north, owed_south), waiting = played.unread[-1, 0], played.owed[-1], played.waiting[-1].sum()
    assert min(owed_north, owed_south, waiting, unread) > 0
    expected = {
        "dairy": stock["dairy"] + on_order["dairy"] - owed_north - owed_south,
        "north": stock["north"] + on_order["north"] + unread + owed_north,
        "south": stock["south"] + on_order["south"] + owed_south - waiting,
    }
    for node, position in expected.items():
        assert found[f"inventory_position[{node}]"] == pytest.approx(position), node
        assert found[f"on_hand[{node}]"] + found[f"in_transit[{node}]"] - found[f"backlog[{node}]"] == position


def test_levels_for_a_service_come_with_what_they_reach() -> None:
    network = {"scenario": "serial", "demand_config": {"base_mu": 20}}
    found = optimize(
        network, "basestock", target=["fill-rate=0.95", "cycle-service[1]=0.6"], budget=150, seeds=range(8),
        held_out=range(100, 116),
    )  # fmt: skip
    assert found.reached
    overall, retailer = found.targets
    assert (overall.service, overall.retailer, overall.target) == ("immediate_fill_rate", None, 0.95)
    assert (retailer.service, retailer.retailer) == ("cycle_service", "1")
    for seeds, estimate in ((range(8), overall.training), (range(100, 116), overall.held_out)):
        played = rollout(network, found.policy, list(seeds))
        assert estimate is not None
        assert estimate.mean == pytest.approx(played["immediate_fill_rate"].mean())
    assert found.history[-1].lack == 0.0
    pairs = optimize(network, "rq@2", target="fill-rate=0.9", budget=30, seeds=range(4), held_out=range(9, 12))
    assert pairs.levels.shape == (3, 2)
    assert pairs.policy.endswith("@2")
    with pytest.raises(ValueError, match="expected fill-rate=SHARE"):
        optimize(network, "basestock", target="service=0.9")
