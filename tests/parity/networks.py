"""Networks for the differential test: random layered ones, the two presets and the six shipped files."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

Identifier = int | str
Link = tuple[Identifier, Identifier]
Network = dict[str, Any]

PRESET_SUPPLY_LINKS: dict[str, list[Link]] = {
    "network": [(2, 1), (3, 1), (4, 2), (4, 3), (5, 2), (6, 2), (6, 3), (7, 4), (7, 5), (8, 5), (8, 6)],
    "serial": [(2, 1), (3, 2), (4, 3)],
}
PRESET_SUPPLY_LINKS["base"] = PRESET_SUPPLY_LINKS["network"]
PRESET_RAW_MATERIALS: dict[str, list[Identifier]] = {"network": [7, 8], "base": [7, 8], "serial": [4]}
PRESET_MARKET_LINK: Link = (1, 0)

NAMES = [
    *[f"n{number:02d}" for number in range(1, 15)],
    *["9", "10", "100", "-1", "Plant B", "plant a", "Zürich", "東京", "warehouse_2", "DC-North", "é", "x.y"],
]
YIELDS = [0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.999, 1 / 3]
LAWS = ["poisson", "normal", "uniform"]


def shipped_networks() -> dict[str, Network]:
    """The parameters of the six shipped topology files, by file name."""
    text = (Path(__file__).parent / "topologies.json").read_text(encoding="utf-8")
    networks: dict[str, Network] = json.loads(text)
    return networks


def supply_links(network: Network) -> list[Link]:
    """The supply links in the order of an action's entries: by source in node order, then as declared."""
    links = [(edge["from"], edge["to"]) for edge in network["edges"]]
    sources = {source for source, _ in links}
    position = {node["id"]: index for index, node in enumerate(network["nodes"])}
    kept = [link for link in links if link[1] in sources]
    return sorted(kept, key=lambda link: position[link[0]])


def market_links(network: Network) -> list[Link]:
    """The links into markets, as declared."""
    return [(edge["from"], edge["to"]) for edge in network["edges"] if "demand_dist" in edge]


def raw_materials(network: Network) -> list[Identifier]:
    """The nodes nothing is delivered to."""
    targets = {edge["to"] for edge in network["edges"]}
    return [node["id"] for node in network["nodes"] if node["id"] not in targets]


class NetworkDrawer:
    """Draws one random valid network after another.

    Nodes are drawn in the order in which goods may flow (raw materials, then factories and distributors mixed, then
    retailers, then markets) and links only ever lead forward in it, so there is no cycle. Nodes and links are
    declared in shuffled order.
    """

    def __init__(self, random: Random) -> None:
        """Keep the source of randomness."""
        self.random = random

    def draw(self, *, ids: str, fixed_costs: bool, lossy: bool) -> Network:
        """A network with `ids` "integer" or "string"; with fixed order costs; with factory yields below 1."""
        random = self.random
        raws, markets = random.randint(1, 3), random.randint(1, 3)
        factories, retailers = random.randint(1, 3), random.randint(1, 4)
        inner = factories + random.randint(0, 3)
        managed = inner + retailers
        names = self._identifiers(raws + managed + markets, ids)
        raw_ids, managed_ids = names[:raws], names[raws : raws + managed]
        retailer_ids, market_ids = managed_ids[inner:], names[raws + managed :]
        factory_ids = set(random.sample(managed_ids[:inner], factories))
        if random.random() < 0.35:
            factory_ids.add(random.choice(retailer_ids))

        links = self._supply(raw_ids, managed_ids, retailer_ids)
        sales = self._sales(retailer_ids, market_ids)
        self._join(links, sales, raw_ids, managed_ids)
        edges = [self._supply_edge(link, fixed_costs) for link in sorted(links, key=repr)]
        edges += [self._market_edge(link) for link in sales]
        nodes: list[dict[str, Any]] = [{"id": name} for name in raw_ids + market_ids]
        nodes += [self._stock_node(name) for name in managed_ids if name not in factory_ids]
        nodes += [self._factory(name, lossy) for name in managed_ids if name in factory_ids]
        random.shuffle(nodes)
        random.shuffle(edges)
        return self._described({"nodes": nodes, "edges": edges})

    def _identifiers(self, count: int, kind: str) -> list[Identifier]:
        """Distinct identifiers, in an order that has nothing to do with their values."""
        if kind == "string":
            return list(self.random.sample(NAMES, count))
        span = range(count) if self.random.random() < 0.5 else range(-20, 300)
        return list(self.random.sample(span, count))

    def _supply(self, raws: list[Identifier], managed: list[Identifier], retailers: list[Identifier]) -> set[Link]:
        """Supply links: every managed node has suppliers before it, everything but a retailer a buyer after it."""
        random = self.random
        links: set[Link] = set()
        for position, buyer in enumerate(managed):
            suppliers = raws + managed[:position]
            wanted = min(len(suppliers), random.choice([1, 1, 2, 2, 3]))
            links.update((supplier, buyer) for supplier in random.sample(suppliers, wanted))
        for raw in raws:
            if not any(supplier == raw for supplier, _ in links):
                links.add((raw, random.choice(managed)))
        for position, supplier in enumerate(managed):
            if supplier not in retailers and not any(source == supplier for source, _ in links):
                links.add((supplier, random.choice(managed[position + 1 :])))
        return links

    def _sales(self, retailers: list[Identifier], markets: list[Identifier]) -> list[Link]:
        """Market links: every retailer sells somewhere, every market buys somewhere, some of both several times."""
        random = self.random
        sales = {(retailer, random.choice(markets)): None for retailer in retailers}
        for market in markets:
            if not any(target == market for _, target in sales):
                sales[(random.choice(retailers), market)] = None
        if random.random() < 0.5:
            sales[(random.choice(retailers), random.choice(markets))] = None
        return list(sales)

    def _join(self, links: set[Link], sales: list[Link], raws: list[Identifier], managed: list[Identifier]) -> None:
        """Adds raw material links until the network is one piece."""
        while True:
            piece = {managed[0]}
            grown = True
            while grown:
                reached = {end for link in [*links, *sales] if set(link) & piece for end in link}
                grown = not reached <= piece
                piece |= reached
            apart = [node for node in managed if node not in piece]
            if not apart:
                return
            links.add((self.random.choice([raw for raw in raws if raw in piece]), self.random.choice(apart)))

    def _number(self, low: float, high: float, digits: int = 3) -> float:
        return round(self.random.uniform(low, high), digits)

    def _stock_node(self, name: Identifier) -> dict[str, Any]:
        random = self.random
        stock = random.choice([0, random.randint(1, 250), random.randint(1, 250), self._number(0, 200)])
        return {"id": name, "I0": stock, "h": self._number(0, 0.06)}

    def _factory(self, name: Identifier, lossy: bool) -> dict[str, Any]:
        random = self.random
        capacity = random.choice([random.randint(10, 120), random.randint(10, 120), self._number(5, 100)])
        production_yield = random.choice(YIELDS) if lossy else random.choice([1, 1.0])
        costs = {"C": capacity, "o": self._number(0, 0.05), "v": production_yield}
        return {**self._stock_node(name), "I0": random.choice([0, random.randint(20, 400)]), **costs}

    def _supply_edge(self, link: Link, fixed_costs: bool) -> dict[str, Any]:
        random = self.random
        lead_time = random.choice([0, 0, 1, 2, 3, 4, random.randint(5, 12)])
        edge = {"from": link[0], "to": link[1], "L": lead_time, "p": self._number(0, 2)}
        edge["g"] = random.choice([0, self._number(0, 0.02)])
        if fixed_costs and random.random() < 0.6:
            edge["K"] = random.choice([0, random.randint(1, 10), self._number(0.1, 5, 2)])
        return edge

    def _market_edge(self, link: Link) -> dict[str, Any]:
        random = self.random
        law = random.choice(LAWS)
        mean, spread = ("mu", "loc") if law == "poisson" else ("loc", "scale")
        parameters: dict[str, float] = {}
        if random.random() < 0.85:
            parameters[mean] = random.choice([random.randint(1, 40), self._number(0.5, 40, 2)])
        if law == "poisson":
            if parameters and random.random() < 0.15:  # the release wants mu beside loc
                parameters[spread] = random.randint(1, 4)
        elif random.random() < 0.8:
            parameters[spread] = random.choice([0, 0.5, 1, 4, self._number(0.1, 15, 2)])
        edge: dict[str, Any] = {"from": link[0], "to": link[1], "p": self._number(1, 4), "b": self._number(0, 0.5)}
        return {**edge, "demand_dist": law, "dist_param": parameters}

    def _described(self, network: Network) -> Network:
        """Some networks carry the free keys a file may have."""
        if self.random.random() < 0.3:
            network = {"name": "drawn", "description": "A random network.", "metadata": {"n": 1}, **network}
            network["nodes"][0]["meta_region"] = "north"
            network["edges"][0]["meta_mode"] = "rail"
        return network
