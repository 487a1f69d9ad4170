"""The episodes the differential test plays: deterministic, JSON-serialisable, and counted for what they cover.

A case says how to build an environment, what to do before some periods ("touches"), which orders to place, and how
each of its episodes begins. `play.py` carries it out in either package. A mean is always given (`base_mu`): without
one the two packages differ on purpose.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

from .actions import STYLES, OrderDrawer
from .networks import (
    PRESET_MARKET_LINK,
    PRESET_RAW_MATERIALS,
    PRESET_SUPPLY_LINKS,
    Identifier,
    Link,
    Network,
    NetworkDrawer,
    market_links,
    raw_materials,
    shipped_networks,
    supply_links,
)
from .wrapping import WRAPPERS

Case = dict[str, Any]

RANDOM_NETWORKS = 320
ROUNDS_PER_PRESET = 10
ROUNDS_PER_SHIPPED_FILE = 5
ROUNDS_PER_WRAPPER = 4
REGISTERED_IDS = {"GymInvMgmt/MultiEchelon-v0": "network", "GymInvMgmt/Serial-v0": "serial"}

NAMED_TYPES = ["stationary", "trend", "seasonal", "shock", "combined_chaos"]
JOINED_TYPES = [
    separator.join(effects)
    for separator in "+_-"
    for effects in [
        ("trend", "seasonal"),
        ("trend", "shock"),
        ("seasonal", "shock"),
        ("trend", "seasonal", "shock"),
    ]
]
EFFECTS = ["trend", "seasonal", "shock"]

# What the drawn cases must reach at the least; `run.py` prints the counts and refuses to go on below them.
MINIMUMS = {
    "cases": 240,
    "random networks": 200,
    "yield below 1": 80,
    "fixed order costs": 80,
    "string ids": 80,
    "integer ids": 80,
    "several markets": 80,
    "several retailers": 80,
    "several links into one market": 40,
    "a factory that sells to a market": 30,
    "several raw materials": 80,
    "lead time 0": 80,
    "lead time above 5": 80,
    "law poisson": 80,
    "law normal": 80,
    "law uniform": 80,
    "scale 0": 30,
    "scale missing": 30,
    "trend": 50,
    "seasonal": 50,
    "shock": 50,
    "goodwill": 80,
    "goodwill parameters": 40,
    "external series": 30,
    "noise scale 0": 20,
    "noise scale 0.5": 20,
    "noise scale 2": 20,
    "mean below 10": 60,
    "mean above 100": 20,
    "replayed demand": 40,
    "lost sales": 80,
    "discounted": 80,
    "one period": 5,
    "more than 40 periods": 30,
    **{f"orders {style}": 25 for style in STYLES},
    "second reset without a seed": 80,
    "first step without a reset": 20,
    "demand settings at a reset": 20,
    "episode left early": 30,
    "state touched between steps": 40,
    "graph edited in play": 40,
    "integer wrapper": 15,
    "shipped file": 18,
    "preset": 24,
    "registered id": 4,
    "wrapped": 70,
}


class CaseDrawer:
    """Draws cases from one seed."""

    def __init__(self, seed: int) -> None:
        """Seed the one source of randomness."""
        self.random = Random(seed)

    def on_random_network(self, index: int) -> Case:
        """A case on a drawn network; the index deals out the features that must not be left to luck."""
        drawer = NetworkDrawer(self.random)
        ids = "string" if index % 2 else "integer"
        network = drawer.draw(ids=ids, fixed_costs=index % 3 == 0, lossy=index % 5 < 3)
        how = "custom_scenario" if index % 7 == 0 else "make_custom_env"
        case = self._case(f"random-{index:03d}", {"how": how, "network": network}, STYLES[index % len(STYLES)])
        return {**case, "family": "random", "ids": ids}

    def on_preset(self, scenario: str, index: int) -> Case:
        """A case on a preset network."""
        how = "env_config" if index % 5 == 4 else "core_env"
        build = {"how": how, "scenario": scenario}
        case = self._case(f"{scenario}-{index}", build, STYLES[index % len(STYLES)])
        return {**case, "family": "preset"}

    def on_shipped_file(self, name: str, index: int) -> Case:
        """A case on a topology file as each package ships it."""
        build = {"how": "shipped", "file": name, "network": shipped_networks()[name]}
        case = self._case(f"shipped-{name}-{index}", build, STYLES[(index * 3) % len(STYLES)])
        return {**case, "family": "shipped"}

    def on_registered_id(self, environment_id: str, index: int) -> Case:
        """A case on an environment made by `gymnasium.make`; its checkers want arrays and a reset first."""
        build = {"how": "registered", "id": environment_id, "scenario": REGISTERED_IDS[environment_id]}
        case = self._case(f"{environment_id}-{index}", build, ["fractional", "constant"][index % 2])
        case["integer_wrapper"] = False
        case["episodes"] = [episode for episode in case["episodes"] if episode["reset"] is not None]
        return {**case, "family": "registered"}

    def on_wrapped_environment(self, index: int) -> Case:
        """A case through one of the wrappers, on a drawn network or a preset; each episode begins with a reset."""
        name, arguments = WRAPPERS[index % len(WRAPPERS)]
        network = NetworkDrawer(self.random).draw(ids="integer", fixed_costs=index % 2 == 0, lossy=index % 3 == 0)
        build: dict[str, Any] = {"how": "make_custom_env", "network": network}
        if index % 4 == 3:
            build = {"how": "core_env", "scenario": self.random.choice(["network", "serial"])}
        case = self._case(f"wrapped-{index:02d}-{name}", build, ["fractional", "constant"][index % 2])
        case["integer_wrapper"] = False
        case["episodes"] = [episode for episode in case["episodes"] if episode["reset"] is not None]
        for episode in case["episodes"]:
            # The release's wrappers and ours read the horizon at different times when it changes in an episode.
            episode["touches"] = [touch for touch in episode["touches"] if touch[1:3] != ["set", "num_periods"]]
            # The release's features keep the capacities and costs they were made with.
            episode["touches"] = [touch for touch in episode["touches"] if touch[1] != "edit"]
        return {**case, "family": "wrapped", "wrapper": [name, arguments]}

    def _case(self, name: str, build: dict[str, Any], style: str) -> Case:
        """Arguments, demand, orders and episodes for an environment built this way."""
        random = self.random
        links, raws, markets = _links_of(build)
        num_periods = random.choice([1, 2, random.randint(3, 12), *[random.randint(10, 45)] * 5, 60])
        demand_config = self._demand_config(num_periods)
        arguments: dict[str, Any] = {"num_periods": num_periods}
        if random.random() < 0.5:
            arguments["backlog"] = random.random() < 0.3
        if random.random() < 0.4:
            arguments["alpha"] = 0.97
        build = {**build, "arguments": arguments, "demand_config": demand_config}
        if random.random() < 0.22:
            # The release checks the length before it reads `env_config`: against the default of 30 periods.
            shortest = max(30, num_periods) if build["how"] == "env_config" else num_periods
            build["user_D"] = self._replays(markets, shortest)
        mean = demand_config["base_mu"]
        orders = OrderDrawer(random, links, [source in raws for source, _ in links], max(1.0, min(mean, 200)))
        episodes = self._episodes(style, orders, num_periods, len(markets))
        rounds = style in ("fractional", "spiky", "named", "listed") and random.random() < 0.15
        return {"name": name, "build": build, "integer_wrapper": rounds, "style": style, "episodes": episodes}

    def _demand_config(self, num_periods: int) -> dict[str, Any]:
        """Demand settings; the mean is always given."""
        random = self.random
        low, middle, large = random.uniform(0.3, 9.9), random.uniform(10, 45), random.randint(120, 600)
        mean = random.choice([low, round(low) + 1, middle, round(middle), 20, 10, large, 0.05])
        config: dict[str, Any] = {"base_mu": mean, **self._effects()}
        noise = random.choice([None, 0, 0.5, 1, 1.0, 2])
        if noise is not None:
            config["noise_scale"] = noise
        config.update(self._magnitudes(num_periods))
        if random.random() < 0.12:
            config["external_series"] = self._external_series(num_periods)
        if random.random() < 0.45:
            config["use_goodwill"] = True
            if random.random() < 0.6:
                config.update(self._goodwill())
        return config

    def _effects(self) -> dict[str, Any]:
        """A type, a list of effects, or both; the list wins, even an empty one, and may repeat itself."""
        random = self.random
        chosen = random.sample(EFFECTS, random.randint(0, 3))
        joined = random.choice(JOINED_TYPES)
        choices: list[dict[str, Any]] = [
            {},
            {"type": random.choice(NAMED_TYPES)},
            {"type": joined},
            {"effects": chosen},
            {"effects": chosen + chosen[:1]},
            {"type": joined, "effects": chosen},
        ]
        return random.choice(choices)

    def _magnitudes(self, num_periods: int) -> dict[str, Any]:
        """Sizes of the effects, some left at their defaults."""
        random = self.random
        drawn = {
            "trend_slope": random.choice([0.1, -0.05, 0, random.uniform(-0.1, 0.2)]),
            "seasonal_amp": random.choice([0.2, 1.5, random.uniform(0, 1)]),
            "seasonal_freq": random.choice([2 * math.pi / 7, random.uniform(0.05, 3)]),
            "shock_time": random.choice([0, random.randint(1, num_periods + 5), 7.5]),
            "shock_mag": random.choice([0, 0.4, 3, random.uniform(0.5, 4)]),
        }
        return {key: value for key, value in drawn.items() if random.random() < 0.4}

    def _goodwill(self) -> dict[str, float]:
        """How fast sentiment moves and how far; a cap below 1 pulls it down at its first rise."""
        random = self.random
        floor, cap = random.choice([(0.2, 2.0), (0.5, 1.1), (0.05, 1.5), (0.3, 0.8), (1.0, 1.0), (0.9, 5)])
        return {
            "gw_growth": random.choice([1.01, 1.1, random.uniform(1, 1.2)]),
            "gw_decay": random.choice([0.9, 0.5, random.uniform(0.4, 1)]),
            "gw_floor": floor,
            "gw_cap": cap,
        }

    def _external_series(self, num_periods: int) -> list[float]:
        """A series of means, sometimes with zeros or values below, sometimes shorter than the episode."""
        random = self.random
        length = random.choice([num_periods, num_periods + 4, max(1, num_periods // 2), 3])
        kinds: list[Callable[[], float]] = [
            lambda: random.uniform(0, 40),
            lambda: random.randint(0, 4),
            lambda: random.uniform(-5, 15),
        ]
        draw = random.choice(kinds)
        return [draw() for _ in range(length)]

    def _replays(self, markets: list[Link], shortest: int) -> list[Any]:
        """Series that are the demand of some market links, at least as long as asked."""
        random = self.random
        chosen = random.sample(markets, random.randint(1, len(markets)))
        length = shortest + random.choice([0, 0, 5])
        whole = random.random() < 0.5
        return [
            [link, [random.randint(0, 50) if whole else random.uniform(0, 50) for _ in range(length)]]
            for link in chosen
        ]

    def _episodes(self, style: str, orders: OrderDrawer, num_periods: int, markets: int) -> list[dict[str, Any]]:
        """One to three episodes with their resets, orders and touches."""
        random = self.random
        seed = random.choice([0, 1, 42, random.randint(2, 10**6), 2**40 + 17, 2**70 + 3])
        seeded: dict[str, Any] = {"seed": seed}
        onward: dict[str, Any] = {"seed": None}
        replaced = {**onward, "demand_config": self._demand_config(num_periods)}
        replaced_first = {**seeded, "demand_config": replaced["demand_config"]}
        beginnings: list[dict[str, Any] | None] = random.choice(
            [
                [seeded],
                [seeded, onward],
                [seeded, onward],
                [seeded, seeded],
                [seeded, replaced, onward],
                [replaced_first, onward],
                [None, onward],  # None: no reset at all, the constructor has made one
                [onward, seeded],
            ]
        )
        episodes = []
        for reset in beginnings:
            early = len(beginnings) > 1 and num_periods > 2 and random.random() < 0.2
            periods = random.randint(1, num_periods - 1) if early else num_periods
            touches: list[list[Any]] = []
            if random.random() < 0.12:
                touches = self._touches(periods, num_periods, len(orders.links), markets)
            elif random.random() < 0.15:
                touches = self._edits(periods)
            episodes.append({"reset": reset, "actions": orders.draw(style, periods), "touches": touches})
        return episodes

    def _touches(self, periods: int, num_periods: int, supply: int, markets: int) -> list[list[Any]]:
        """What a wrapper or user may do to a running episode, each as [period, what, arguments...]."""
        random = self.random
        touches: list[list[Any]] = []
        for _ in range(random.randint(1, 4)):
            period, column = random.randrange(periods), random.randrange(supply)
            touches.append(
                random.choice(
                    [
                        [period, "draw", random.randint(1, 5)],
                        [period, "set", "backlog", random.random() < 0.5],
                        [period, "set", "alpha", random.choice([1.0, 0.9])],
                        [period, "set", "num_periods", random.randint(period + 1, num_periods)],
                        [period, "add stock", random.random(), random.randint(1, 30)],
                        [period, "set pipeline", column, random.randint(0, 30)],
                        [period, "set filled", max(0, period - 1), column, random.randint(0, 30)],
                        [period, "set unmet", random.randrange(markets), random.randint(0, 12)],
                        [period, "engine", "noise_scale", random.choice([0, 1.5])],
                        [period, "engine", "base_mu", random.randint(1, 40)],
                        [period, "engine", "use_goodwill", random.random() < 0.5],
                        [period, "engine", "sentiment", random.choice([0.5, 1.2])],
                        [period, "engine", "effects", random.sample(EFFECTS, random.randint(0, 3))],
                        [period, "engine", "shock_mag", 2.5],
                    ]
                )
            )
        ends = [touch[3] for touch in touches if touch[1:3] == ["set", "num_periods"]]
        last = min([num_periods, *ends])
        return sorted((touch for touch in touches if touch[0] < last), key=lambda touch: int(touch[0]))

    def _edits(self, periods: int) -> list[list[Any]]:
        """Numbers written into the graph: [period, "edit", key, which of the nodes or links that have it, value]."""
        random = self.random
        values: dict[str, Callable[[], Any]] = {
            "I0": lambda: random.randint(0, 300),
            "C": lambda: random.choice([0, random.randint(1, 60), random.uniform(1, 200)]),
            "h": lambda: random.uniform(0, 0.5),
            "o": lambda: random.uniform(0, 0.5),
            "v": lambda: random.choice([1.0, random.uniform(0.3, 1.0)]),
            "p": lambda: random.uniform(0, 5),
            "g": lambda: random.uniform(0, 0.2),
            "K": lambda: random.choice([0, random.uniform(0, 20)]),
            "b": lambda: random.uniform(0, 3),
            "scale": lambda: random.choice([0, random.uniform(0.1, 15)]),
            "user_D": lambda: [random.uniform(0, 50) for _ in range(60)],
        }
        keys = random.choices(list(values), k=random.randint(1, 5))
        edits = [[random.randrange(periods), "edit", key, random.random(), values[key]()] for key in keys]
        return sorted(edits, key=lambda edit: int(edit[0]))


def _links_of(build: dict[str, Any]) -> tuple[list[Link], list[Identifier], list[Link]]:
    """Supply links in action order, raw materials and market links of the network a case is built on."""
    if "network" in build:
        network: Network = build["network"]
        return supply_links(network), raw_materials(network), market_links(network)
    scenario = build["scenario"]
    return PRESET_SUPPLY_LINKS[scenario], PRESET_RAW_MATERIALS[scenario], [PRESET_MARKET_LINK]


def all_cases() -> list[Case]:
    """Every case, the same on every run."""
    drawer = CaseDrawer(seed=20_021)
    cases = [drawer.on_random_network(index) for index in range(RANDOM_NETWORKS)]
    for scenario in PRESET_SUPPLY_LINKS:
        cases += [drawer.on_preset(scenario, index) for index in range(ROUNDS_PER_PRESET)]
    for name in shipped_networks():
        cases += [drawer.on_shipped_file(name, index) for index in range(ROUNDS_PER_SHIPPED_FILE)]
    for environment_id in REGISTERED_IDS:
        cases += [drawer.on_registered_id(environment_id, index) for index in range(4)]
    # From a seed of their own: the cases above stay what they are.
    drawer = CaseDrawer(seed=20_022)
    cases += [drawer.on_wrapped_environment(index) for index in range(ROUNDS_PER_WRAPPER * len(WRAPPERS))]
    return cases


def coverage(cases: list[Case]) -> dict[str, int]:
    """How many cases have each feature of `MINIMUMS`."""
    counts = Counter(feature for case in cases for feature in _features(case))
    return {feature: counts[feature] for feature in MINIMUMS}


def _features(case: Case) -> set[str]:
    """The features of `MINIMUMS` one case has."""
    build, episodes = case["build"], case["episodes"]
    configs = [build["demand_config"]]
    configs += [e["reset"]["demand_config"] for e in episodes if e["reset"] and "demand_config" in e["reset"]]
    resets = [episode["reset"] for episode in episodes]
    horizon = build["arguments"]["num_periods"]
    found = {
        "cases": True,
        "random networks": case["family"] == "random",
        "string ids": case.get("ids") == "string",
        "integer ids": case.get("ids") == "integer",
        "replayed demand": "user_D" in build,
        "lost sales": not build["arguments"].get("backlog", True),
        "discounted": "alpha" in build["arguments"],
        "one period": horizon == 1,
        "more than 40 periods": horizon > 40,
        f"orders {case['style']}": True,
        "second reset without a seed": any(reset and reset["seed"] is None for reset in resets[1:]),
        "first step without a reset": resets[0] is None,
        "demand settings at a reset": len(configs) > 1,
        "episode left early": any(len(episode["actions"]) < horizon for episode in episodes),
        "state touched between steps": any(episode["touches"] for episode in episodes),
        "graph edited in play": any(touch[1] == "edit" for episode in episodes for touch in episode["touches"]),
        "integer wrapper": case["integer_wrapper"],
        "shipped file": case["family"] == "shipped",
        "preset": case["family"] == "preset",
        "registered id": case["family"] == "registered",
        "wrapped": case["family"] == "wrapped",
    }
    features = {feature for feature, present in found.items() if present}
    features.update(*(_demand_features(config) for config in configs))
    return features | (_network_features(build["network"]) if "network" in build else set())


def _demand_features(config: dict[str, Any]) -> set[str]:
    """The features of one set of demand settings."""
    named = config.get("effects", config.get("type", ""))
    found = {effect: effect in named or named == "combined_chaos" for effect in EFFECTS}
    found.update(
        {
            "goodwill": config.get("use_goodwill", False),
            "goodwill parameters": "gw_decay" in config,
            "external series": "external_series" in config,
            "mean below 10": config["base_mu"] < 10,
            "mean above 100": config["base_mu"] > 100,
            f"noise scale {config.get('noise_scale')}": True,
        }
    )
    return {feature for feature, present in found.items() if present}


def _network_features(network: Network) -> set[str]:
    """The features of one network."""
    edges, sales = network["edges"], market_links(network)
    capacities = {node["id"] for node in network["nodes"] if "C" in node}
    laws = [edge for edge in edges if "demand_dist" in edge]
    scales = [edge["dist_param"].get("scale") for edge in laws if edge["demand_dist"] != "poisson"]
    lead_times = [edge["L"] for edge in edges if "L" in edge]
    found = {
        "yield below 1": any(node.get("v", 1) < 1 for node in network["nodes"]),
        "fixed order costs": any(edge.get("K", 0) > 0 for edge in edges),
        "several markets": len({market for _, market in sales}) > 1,
        "several retailers": len({retailer for retailer, _ in sales}) > 1,
        "several links into one market": len({market for _, market in sales}) < len(sales),
        "a factory that sells to a market": any(retailer in capacities for retailer, _ in sales),
        "several raw materials": len(raw_materials(network)) > 1,
        "lead time 0": 0 in lead_times,
        "lead time above 5": max(lead_times) > 5,
        "scale 0": 0 in scales,
        "scale missing": None in scales,
        **{f"law {edge['demand_dist']}": True for edge in laws},
    }
    return {feature for feature, present in found.items() if present}
