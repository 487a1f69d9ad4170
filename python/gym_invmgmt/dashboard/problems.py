"""What is played, as plain data: each part chosen on the page, and the scenario they make together."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import networkx as nx

from gym_invmgmt import _native
from gym_invmgmt.network_topology import SupplyChainNetwork
from gym_invmgmt.scenarios import Scenario

#: The networks that come along, by name.
NETWORKS = ("serial", "network", "assembly", "diamond", "distribution_tree", "divergent", "w_network")


@dataclass(frozen=True)
class Sales:
    """A series of past sales that takes the place of drawn demand at one market link."""

    #: Units per period [units].
    units: tuple[float, ...]
    #: The market link: retailer and market.
    link: tuple[Any, Any]
    #: Whether it begins again when it ends before the episode.
    cycle: bool = True


@dataclass(frozen=True)
class Problem:
    """A network, its demand and the rules."""

    #: A network by name, or a network file as JSON text, which :func:`network_file` makes.
    network: str = "serial"
    #: Length of the episode [periods].
    num_periods: int = 30
    #: Whether unmet demand is lost; otherwise it waits.
    lost_sales: bool = False
    #: Mean demand of every market [units per period]; None leaves each its own.
    base_mean: float | None = 20.0
    #: Factor of the deviation of demand from its mean.
    noise: float = 1.0
    #: What moves the mean: trend, seasonal, shock.
    effects: tuple[str, ...] = ()
    #: Whether shortages lower demand.
    goodwill: bool = False
    sales: Sales | None = None

    def scenario(self) -> Scenario:
        """The scenario all parts make together.

        Raises:
            ValueError: they do not fit together; the message says which part and why.
        """
        network = self.network if self.network in NETWORKS else json.loads(self.network)
        demand: dict[str, Any] = {
            "noise_scale": self.noise,
            "effects": list(self.effects),
            "use_goodwill": self.goodwill,
        }
        if self.base_mean is not None:
            demand["base_mu"] = self.base_mean
        if self.sales is not None:
            retailer, market = self.sales.link
            series = {"values": list(self.sales.units), "cycle": self.sales.cycle}
            demand["links"] = [{"from": retailer, "to": market, "series": series}]
        rules = {"backlog": not self.lost_sales}
        # JSON is YAML: the same reader, with the same messages, as for files.
        text = json.dumps({"network": network, "demand": demand, "rules": rules, "num_periods": self.num_periods})
        return Scenario(_native.Scenario.from_yaml(text))


def network_of(network: str) -> SupplyChainNetwork:
    """The network of a :attr:`Problem.network`."""
    return SupplyChainNetwork.of_native(Problem(network, num_periods=1).scenario()._native.network)


def mean_demand(problem: Problem) -> float:
    """Mean demand of a market before effects: the problem's, or the average of the markets' own [units per period]."""
    if problem.base_mean is not None:
        return problem.base_mean
    return problem.scenario().make().demand_engine._core.average_own_mean


def network_file(name: str, content: bytes) -> str:
    """An uploaded network file as the text a problem takes.

    Raises:
        ValueError: every mistake of the file, by line.
    """
    return json.dumps(_read(name, content, lambda path: _native.Network.from_file(str(path))).to_dict())


def columns_of(name: str, content: bytes) -> list[str]:
    """The columns of an uploaded file of sales.

    Raises:
        ValueError: it is no CSV file with a header.
    """
    try:
        header = next(csv.reader(io.StringIO(content.decode("utf-8-sig"))), [])
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{name} is no CSV file in UTF-8: {error}") from None
    columns = [column.strip() for column in header if column.strip()]
    if not columns:
        raise ValueError(f"{name} has no header; expected names of columns in its first line")
    return columns


def sales_file(name: str, content: bytes, column: str) -> tuple[float, ...]:
    """A column of an uploaded file of sales [units per period].

    Raises:
        ValueError: the first value that cannot be used, by line.
    """
    return tuple(map(float, _read(name, content, lambda path: _native.read_demand(path, column))))


def _read(name: str, content: bytes, reader: Any) -> Any:
    """What a reader of files makes of an upload; messages have the user's name of it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"upload{Path(name).suffix}"
        path.write_bytes(content)
        try:
            return reader(path)
        except ValueError as error:
            raise ValueError(str(error).replace(str(path), name)) from None


def first_levels(network: SupplyChainNetwork, base_mean: float) -> dict[Any, float]:
    """Order-up-to levels to begin with, per managed node [units].

    Demand of the markets a node reaches, over its longest lead time, the period of ordering and one to spare.
    """
    levels = {}
    for node in network.main_nodes.tolist():
        markets = len(nx.descendants(network.graph, node) & set(network.market))
        lead_time = max((network.lead_times[link] for link in network.reorder_links if link[1] == node), default=0)
        levels[node] = float(round(base_mean * markets * (lead_time + 2)))
    return levels


__all__ = [
    "NETWORKS",
    "Problem",
    "Sales",
    "columns_of",
    "first_levels",
    "mean_demand",
    "network_file",
    "network_of",
    "sales_file",
]
