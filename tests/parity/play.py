"""Plays the cases in the package this interpreter has and writes down everything it shows: `play.py CASES OUT`.

Only the public interface is used, so the same file runs beside the release and beside ours. Arrays go into one npz,
"case/episode/array"; what is not an array goes in as JSON text under a key ending in ".json". Returned observations
and matrices are looked at only when a case is over: one that changed after it was returned shows as a difference.
"""

from __future__ import annotations

import importlib.util
import json
import re
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np

import gym_invmgmt
import gym_invmgmt.wrappers
from gym_invmgmt.utils import compute_bullwhip, compute_kpis

# Isolated from the folder it stands in, so that nothing there can stand in for a package.
sys.path.append(str(Path(__file__).resolve().parent))
from wrapping import corrects_a_heuristic, wrapped

Case = dict[str, Any]
Record = dict[str, Any]

MATRICES = ["X", "Y", "R", "S", "D", "U", "P", "GW", "action_log"]
LONG_NAMES = {
    "inventory": "X",
    "pipeline": "Y",
    "orders_filled": "R",
    "shipments": "S",
    "demand": "D",
    "standing_backlog": "U",
    "profit": "P",
    "orders_requested": "action_log",
}
RENDERED_WORDS = ["Period", "Inventory", "Demand", "Backlog", "Profit", "Sentiment"]
#: The release's key figures; ours has more.
FIGURES = ["total_profit", "avg_step_profit", "total_demand", "total_sold", "fill_rate", "total_backlog"]
FIGURES += ["avg_inventory", "inventory_turns", "final_sentiment"]
NETWORK_LISTS = ["all_nodes", "main_nodes", "market", "distrib", "retail", "factory", "rawmat"]
NETWORK_LISTS += ["reorder_links", "retail_links", "network_links"]
NETWORK_TABLES = ["node_map", "idx_to_node", "reorder_map", "retail_map", "network_map", "lead_times"]
NETWORK_TABLES += ["pred_reorder_indices", "succ_network_indices"]
NETWORK_NUMBERS = ["lt_max", "pipeline_length", "init_inv_max", "capacity_max", "num_nodes", "num_periods"]


def build_environment(case: Case, folder: Path) -> Any:
    """The environment of a case, through the constructor the case names."""
    build = case["build"]
    arguments = {**build["arguments"], "demand_config": build["demand_config"]}
    if "user_D" in build:
        arguments["user_D"] = {tuple(link): np.array(series) for link, series in build["user_D"]}
    how = build["how"]
    if how == "registered":
        return gymnasium.make(build["id"], render_mode="ansi", **arguments)
    arguments["render_mode"] = "ansi"
    if how == "core_env":
        return gym_invmgmt.CoreEnv(build["scenario"], **arguments)
    if how == "env_config":
        later = {key: arguments.pop(key) for key in build["arguments"]}
        return gym_invmgmt.CoreEnv(build["scenario"], env_config=later, **arguments)
    if how == "shipped":
        path = Path(str(gym_invmgmt.__file__)).parent / "topologies" / f"{build['file']}.yaml"
        return gym_invmgmt.make_custom_env(str(path), **arguments)
    path = folder / "network.yaml"  # JSON is YAML.
    path.write_text(json.dumps(build["network"]), encoding="utf-8")
    if how == "custom_scenario":
        return gym_invmgmt.CoreEnv(scenario="custom", config_path=str(path), **arguments)
    return gym_invmgmt.make_custom_env(str(path), **arguments)


def play(case: Case, folder: Path) -> Record:
    """Everything a case shows, by "what" or "episode/what"."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        env = build_environment(case, folder)
    if case["integer_wrapper"]:
        env = gym_invmgmt.IntegerActionWrapper(env)
    env = wrapped(env, case.get("wrapper"), gym_invmgmt.wrappers)
    base = env.unwrapped
    record: Record = {
        "warnings": sum("external_series" in str(warning.message) for warning in caught),
        "network": network_tables(base.network),
        "graph": graph_data(base.graph),
        "levels": [levels(base.levels), levels(base.network.levels)],
        "sizes": [base.obs_dim, base.extra_features_dim, base.num_periods, base.period],
        "observation_shape": [*env.observation_space.shape, str(env.observation_space.dtype)],
        "action_shape": [*env.action_space.shape, str(env.action_space.dtype)],
        "action_low": np.array(env.action_space.low),
        "action_high": np.array(env.action_space.high),
    }
    if case["build"]["how"] == "env_config":
        # The release's network is built before it reads `env_config`, and goes on saying 30.
        del record["network"]["num_periods"]
    for number, episode in enumerate(case["episodes"]):
        style = "correcting" if corrects_a_heuristic(case.get("wrapper")) else case["style"]
        shown = play_episode(env, episode, style)
        record.update({f"{number}/{name}": value for name, value in shown.items()})
    record["stream"] = base.np_random.random(3)
    env.close()
    return record


def play_episode(env: Any, episode: dict[str, Any], style: str) -> Record:
    """Begins an episode as it says and plays its orders; past the end it steps once more."""
    base = env.unwrapped
    shown: Record = {"observations": [], "rewards": [], "flags": [], "infos": []}
    if episode["reset"] is None:
        shown["observations"].append(base.state)
    else:
        observation, info = env.reset(**reset_arguments(episode["reset"]))
        shown["observations"].append(observation)
        shown["infos"].append(info)
        shown["np_random_seed"] = base.np_random_seed
    shown["matrices"] = [getattr(base, name) for name in MATRICES]
    for period, orders in enumerate(episode["actions"]):
        for _, what, *arguments in (touch for touch in episode["touches"] if touch[0] == period):
            touch_environment(base, what, arguments)
        step(env, action(orders, style), shown)
    words = str(base.render())
    shown["rendered"] = [word in words for word in RENDERED_WORDS]
    shown["rendered_period"] = [int(number) for number in re.findall(r"Period\D*(\d+)", words)]
    whole = bool(shown["flags"][-1][1])
    kpis = compute_kpis(base, partial=not whole)
    shown["kpis"] = {name: kpis[name] for name in FIGURES}
    bullwhip = compute_bullwhip(base, partial=not whole)
    shown["bullwhip"] = table({key: value for key, value in bullwhip.items() if not isinstance(value, dict)})
    shown["per_link_cv"] = table(bullwhip["per_link_cv"])
    if whole:
        step(env, action(episode["actions"][-1], style), shown)
    shown["ends"] = [base.period, base.num_periods, float(base.demand_engine.sentiment)]
    shown["long_names"] = [getattr(base, long) is getattr(base, short) for long, short in LONG_NAMES.items()]
    return shown


def reset_arguments(reset: dict[str, Any]) -> dict[str, Any]:
    """The keyword arguments of a reset."""
    arguments: dict[str, Any] = {"seed": reset["seed"]}
    if "demand_config" in reset:
        arguments["options"] = {"demand_config": reset["demand_config"]}
    return arguments


def action(orders: list[Any], style: str) -> Any:
    """Orders in the form their style asks for: a dict by link, a plain list, an array, or an array of corrections."""
    if style == "named":
        return {(supplier, buyer): quantity for supplier, buyer, quantity in orders}
    if style == "correcting":
        return np.array(orders) / 20.0 - 1.0
    return orders if style == "listed" else np.array(orders)


def step(env: Any, orders: Any, shown: Record) -> None:
    """One step, with what it returns."""
    observation, reward, terminated, truncated, info = env.step(orders)
    shown["observations"].append(observation)
    shown["rewards"].append(reward)
    shown["flags"].append([terminated, truncated])
    shown["infos"].append(info)


def touch_environment(base: Any, what: str, arguments: list[Any]) -> None:
    """Changes a running environment as a wrapper or user may."""
    period = base.period
    if what == "draw":
        base.np_random.random(arguments[0])
    elif what == "set":
        setattr(base, *arguments)
    elif what == "engine":
        setattr(base.demand_engine, *arguments)
    elif what == "add stock":
        share, quantity = arguments
        managed = list(base.network.main_nodes)
        base.X[period, base.network.node_map[managed[int(share * len(managed))]]] += quantity
    elif what == "set pipeline":
        base.Y[period, arguments[0]] = arguments[1]
    elif what == "set filled":
        base.R[arguments[0], arguments[1]] = arguments[2]
    elif what == "set unmet":
        base.U[max(0, period - 1), arguments[0]] = arguments[1]
    elif what == "edit":
        edit_graph(base, *arguments)
    else:
        raise ValueError(f"a case asks for an unknown touch: {what}")


def edit_graph(base: Any, key: str, share: float, value: Any) -> None:
    """Writes a number, or a series, into one of the nodes or links that have such a key, or may."""
    graph, network = base.graph, base.network
    places = [graph.nodes[node] for node in network.main_nodes if key in graph.nodes[node]]
    places += [graph.edges[link] for link in network.network_links if key in graph.edges[link]]
    if key == "K":
        places = [graph.edges[link] for link in network.reorder_links]
    elif key == "user_D":
        places = [graph.edges[link] for link in network.retail_links]
        value = np.array(value)
    elif key == "scale":
        laws = [graph.edges[link]["dist_param"] for link in network.retail_links]
        places = [law for law in laws if key in law]
    if places:
        places[int(share * len(places))][key] = value


def network_tables(network: Any) -> Record:
    """Every public table of the compiled network."""
    shown: Record = {name: plain(list(getattr(network, name))) for name in NETWORK_LISTS}
    shown.update({name: table(getattr(network, name)) for name in NETWORK_TABLES})
    shown.update({name: plain(getattr(network, name)) for name in NETWORK_NUMBERS})
    return shown


def levels(members: Any) -> Record:
    """The nodes of each level, sorted: the release lists string ids in an order that changes from run to run."""
    return {level: sorted(plain(list(nodes)), key=str) for level, nodes in members.items()}


def graph_data(graph: Any) -> Record:
    """Nodes and links with their data.

    Left out: the law, an object here and perhaps a name there; and the series of `user_D`, which the release keeps a
    second time on its market links.
    """
    edges = [
        [*ends, {key: value for key, value in data.items() if key not in ("demand_dist", "user_D")}]
        for *ends, data in graph.edges(data=True)
    ]
    return {"nodes": plain(list(graph.nodes(data=True))), "edges": plain(edges)}


def table(entries: Any) -> list[Any]:
    """A dict as pairs, in its own order."""
    return [[plain(key), plain(value)] for key, value in entries.items()]


def plain(value: Any) -> Any:
    """A value with numpy's types and tuples turned into what JSON has."""
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, dict):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    return value


def flat(record: Record) -> dict[str, np.ndarray]:
    """A record as arrays: what is not numbers as JSON text."""
    arrays: dict[str, np.ndarray] = {}
    for name, value in record.items():
        episode = name.rpartition("/")[0]
        if name.endswith("matrices"):
            arrays.update({f"{episode}/{short}": kept for short, kept in zip(MATRICES, value, strict=True)})
        elif name.endswith("/observations") or name.endswith("/rewards"):
            arrays[name] = np.array(value, dtype=np.float64)
        elif isinstance(value, np.ndarray):
            arrays[name] = value
        else:
            arrays[f"{name}.json"] = np.array(json.dumps(plain(value)))
    return arrays


def description() -> Record:
    """Which package and which numpy played."""
    return {
        "version": gym_invmgmt.__version__,
        "numpy": np.__version__,
        "python": ".".join(map(str, sys.version_info[:3])),
        "native": importlib.util.find_spec("gym_invmgmt._native") is not None,
    }


def main(cases_file: str, out_file: str) -> None:
    """Plays every case; one that raises is recorded with what it raised."""
    warnings.simplefilter("ignore")
    cases = json.loads(Path(cases_file).read_text(encoding="utf-8"))
    arrays: dict[str, np.ndarray] = {"played_by.json": np.array(json.dumps(description()))}
    with tempfile.TemporaryDirectory() as folder:
        for case in cases:
            try:
                played = flat(play(case, Path(folder)))
            except Exception as error:  # the comparison reports it
                played = {"raised.json": np.array(json.dumps(f"{type(error).__name__}: {error}"))}
            arrays.update({f"{case['name']}|{name}": value for name, value in played.items()})
    np.savez(out_file, allow_pickle=False, **arrays)


if __name__ == "__main__":
    main(*sys.argv[1:3])
