"""Exact solvers from the textbooks of inventory theory; docs/textbook.md gives sources and conventions.

Problems that a network can stand for take one in place of the numbers: an environment, wrapped or not, or its
``network``. The simulator's play with backlog and no discount is meant; an environment with other rules, effects,
goodwill or replayed demand is refused.

>>> from gym_invmgmt import textbook
>>> textbook.newsvendor(holding_cost=1, penalty=4, demand=textbook.Poisson(6)).level
8.0
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from gym_invmgmt import _native
from gym_invmgmt._checks import number
from gym_invmgmt.core_env import CoreEnv
from gym_invmgmt.network_topology import SupplyChainNetwork


class Poisson(NamedTuple):
    """Poisson demand with this mean [units / period]."""

    mean: float


class Normal(NamedTuple):
    """Normal demand, not cut at zero, with mean [units / period] and standard deviation [units]."""

    mean: float
    deviation: float


class Discrete(NamedTuple):
    """Demand in whole units: probability of 0, 1, 2 ... units in a period."""

    probabilities: Sequence[float]


Demand = Poisson | Normal | Discrete


class OrderQuantity(NamedTuple):
    """Answer of :func:`eoq`: units per order, share of demand that waits, cost [money / time]."""

    quantity: float
    backordered_share: float
    cost: float


class BaseStockLevel(NamedTuple):
    """Answer of :func:`newsvendor`: level S [units], cost [money / period], probability that nothing is short."""

    level: float
    cost: float
    ready_rate: float


class ReorderQuantityPolicy(NamedTuple):
    """Answer of :func:`reorder_quantity`: position r to order at [units], units per order Q, cost [money / time]."""

    reorder_point: int
    quantity: int
    cost: float


class ReorderLevelPolicy(NamedTuple):
    """Answer of :func:`reorder_level`: at or below s order up to S [units], cost [money / period]."""

    reorder_level: int
    order_up_to: int
    cost: float


class SerialPolicy(NamedTuple):
    """Answer of :func:`clark_scarf`, stages from the customer upwards: levels [units], cost [money / period]."""

    echelon_levels: tuple[float, ...]
    local_levels: tuple[float, ...]
    cost: float


class Stage(NamedTuple):
    """A stage of :func:`guaranteed_service`; times in whole periods."""

    processing_time: int
    #: Of a unit of safety stock [money / unit / period].
    holding_cost: float
    #: Service time of an outside supplier.
    external_inbound_time: int = 0
    #: Longest service time its outside customers accept; needed where no other stage is a customer.
    promised_service_time: int | None = None
    #: Standard deviation of its outside customers' demand in a period [units].
    demand_deviation: float = 0.0


class StagePlacement(NamedTuple):
    """What a stage does: service times and the time its stock covers [periods], safety stock [units]."""

    service_time: int
    inbound_service_time: int
    net_replenishment_time: int
    safety_stock: float


class Placement(NamedTuple):
    """Answer of :func:`guaranteed_service`: the stages in their order, cost of all safety stock [money / period]."""

    stages: tuple[StagePlacement, ...]
    cost: float


class LotSizingPlan(NamedTuple):
    """Answer of :func:`wagner_whitin`: order of each period [units], cost over all periods [money]."""

    orders: tuple[float, ...]
    cost: float


def eoq(
    *, fixed_cost: float, holding_cost: float, demand_rate: float, backorder_cost: float | None = None
) -> OrderQuantity:
    """Economic order quantity (Harris 1913); with ``backorder_cost`` customers may wait.

    Args:
        fixed_cost: K [money / order], > 0.
        holding_cost: h [money / unit / time], > 0.
        demand_rate: [units / time], >= 0.
        backorder_cost: p of a unit owed [money / unit / time], > 0.

    Raises:
        ValueError: a number out of its range, which the message names; so for every solver here.
    """
    fixed, holding, rate = _numbers(fixed_cost=fixed_cost, holding_cost=holding_cost, demand_rate=demand_rate)
    backorder = None if backorder_cost is None else number("backorder_cost", backorder_cost)
    return OrderQuantity(*_native.textbook_eoq(fixed, holding, rate, backorder))


def newsvendor(
    network: Any = None,
    *,
    holding_cost: float | None = None,
    penalty: float | None = None,
    demand: Demand | None = None,
    lead_time: float | None = None,
) -> BaseStockLevel:
    """Newsvendor; with a lead time L the base-stock level over L + 1 periods (Arrow, Harris & Marschak 1951).

    Args:
        network: one node that holds stock, one supplier, one market, no fixed order cost; in place of the numbers.
        holding_cost: of a unit left over [money / unit / period], > 0.
        penalty: of a unit short [money / unit / period], > 0.
        demand: of one period.
        lead_time: [periods], >= 0; 0 if not given.

    Raises:
        ValueError: a number out of its range, or a network of another shape: which, where and why.
    """
    given = {"holding_cost": holding_cost, "penalty": penalty, "demand": demand, "lead_time": lead_time}
    if network is not None:
        return BaseStockLevel(*_native.textbook_newsvendor_of(_network(network, given)))
    _require(given, optional=["lead_time"])
    holding, short, time = _numbers(holding_cost=holding_cost, penalty=penalty, lead_time=lead_time or 0.0)
    return BaseStockLevel(*_native.textbook_newsvendor(holding, short, time, *_law(demand)))


def reorder_quantity(
    *, fixed_cost: float, holding_cost: float, backorder_cost: float, demand_rate: float, lead_time: float
) -> ReorderQuantityPolicy:
    """(r, Q) under Poisson demand and continuous review, exact (Federgruen & Zheng 1992).

    Args:
        fixed_cost: K [money / order], >= 0.
        holding_cost: of a unit in stock [money / unit / time], > 0.
        backorder_cost: of a unit owed [money / unit / time], > 0.
        demand_rate: [units / time], > 0.
        lead_time: [time], >= 0.
    """
    numbers = _numbers(
        fixed_cost=fixed_cost,
        holding_cost=holding_cost,
        backorder_cost=backorder_cost,
        demand_rate=demand_rate,
        lead_time=lead_time,
    )
    return ReorderQuantityPolicy(*_native.textbook_reorder_quantity(*numbers))


def reorder_level(
    network: Any = None,
    *,
    fixed_cost: float | None = None,
    holding_cost: float | None = None,
    penalty: float | None = None,
    demand: Demand | None = None,
    lead_time: float | None = None,
) -> ReorderLevelPolicy:
    """(s, S) under whole-unit demand and periodic review, exact (Zheng & Federgruen 1991).

    Args:
        network: one node that holds stock, one supplier, one market with Poisson demand; in place of the numbers.
        fixed_cost: K [money / order], >= 0.
        holding_cost: of a unit in stock at a period's end [money / unit / period], > 0.
        penalty: of a unit owed at a period's end [money / unit / period], > 0.
        demand: of one period, Poisson or discrete.
        lead_time: [periods], >= 0; 0 if not given.

    Raises:
        ValueError: a number out of its range, or a network of another shape: which, where and why.
    """
    given = {
        "fixed_cost": fixed_cost,
        "holding_cost": holding_cost,
        "penalty": penalty,
        "demand": demand,
        "lead_time": lead_time,
    }
    if network is not None:
        return ReorderLevelPolicy(*_native.textbook_reorder_level_of(_network(network, given)))
    _require(given, optional=["lead_time"])
    fixed, holding, short, time = _numbers(
        fixed_cost=fixed_cost, holding_cost=holding_cost, penalty=penalty, lead_time=lead_time or 0.0
    )
    return ReorderLevelPolicy(*_native.textbook_reorder_level(fixed, holding, short, time, *_law(demand)))


def clark_scarf(
    network: Any = None,
    *,
    echelon_holding_costs: Sequence[float] | None = None,
    lead_times: Sequence[float] | None = None,
    penalty: float | None = None,
    demand: Demand | None = None,
    levels: Sequence[float] | None = None,
) -> SerialPolicy:
    """Echelon base-stock levels of a serial system (Clark & Scarf 1960; Chen & Zheng 1994).

    Args:
        network: a chain without factories and fixed order costs; in place of the numbers.
        echelon_holding_costs: per stage, from the customer upwards [money / unit / period], > 0.
        lead_times: per stage [periods], >= 0, the first > 0; the recursion's, under which demand comes first.
        penalty: of a unit owed [money / unit / period], > 0.
        demand: of one period.
        levels: whole echelon levels, from the customer upwards, whose cost is wanted in place of the best ones.

    Raises:
        ValueError: a number out of its range, or a network of another shape: which, where and why.
    """
    given = {
        "echelon_holding_costs": echelon_holding_costs,
        "lead_times": lead_times,
        "penalty": penalty,
        "demand": demand,
    }
    wanted = None if levels is None else _list("levels", levels)
    if network is not None:
        answer = _native.textbook_clark_scarf_of(_network(network, given), wanted)
    else:
        _require(given)
        holding = _list("echelon_holding_costs", echelon_holding_costs)
        times = _list("lead_times", lead_times)
        if len(holding) != len(times):
            raise ValueError(
                f"echelon_holding_costs has {len(holding)} entries, lead_times {len(times)}; expected one per stage"
            )
        stages = list(zip(holding, times, strict=True))
        (cost,) = _numbers(penalty=penalty)
        answer = _native.textbook_clark_scarf(stages, cost, *_law(demand), wanted)
    return SerialPolicy(tuple(answer[0]), tuple(answer[1]), answer[2])


def guaranteed_service(
    network: Any = None,
    *,
    safety_factor: float,
    stages: Iterable[Stage] | None = None,
    links: Iterable[tuple[int, int]] | None = None,
) -> Placement:
    """Safety stock placement under guaranteed service on trees (Graves & Willems 2000).

    Args:
        network: nodes that hold stock and form a tree, without factories; in place of stages and links. The answer's
            stages are its managed nodes in order of id.
        safety_factor: deviations of demand a stage covers, >= 0.
        stages: the stages.
        links: (supplier, customer) by position among the stages.

    Raises:
        ValueError: a number out of its range, or a network of another shape: which, where and why.
    """
    given = {"stages": stages, "links": links}
    factor = number("safety_factor", safety_factor)
    if network is not None:
        rows, cost = _native.textbook_guaranteed_service_of(_network(network, given), factor)
    else:
        _require(given)
        listed = [tuple(Stage(*stage)) for stage in stages or ()]
        rows, cost = _native.textbook_guaranteed_service(listed, [(a, b) for a, b in links or ()], factor)
    return Placement(tuple(StagePlacement(*row) for row in rows), cost)


def wagner_whitin(*, demand: Sequence[float], fixed_cost: float, holding_cost: float) -> LotSizingPlan:
    """Dynamic lot sizing (Wagner & Whitin 1958).

    Args:
        demand: of each period [units], >= 0.
        fixed_cost: K [money / order], >= 0.
        holding_cost: of a unit in stock at a period's end [money / unit / period], >= 0.
    """
    costs = _numbers(fixed_cost=fixed_cost, holding_cost=holding_cost)
    orders, cost = _native.textbook_wagner_whitin(_list("demand", demand), *costs)
    return LotSizingPlan(tuple(orders), cost)


def _numbers(**values: Any) -> list[float]:
    return [number(name, value) for name, value in values.items()]


def _list(name: str, values: Any) -> list[float]:
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise ValueError(f"{name} is {values!r}; expected a list of numbers")
    return [number(f"{name}[{position}]", value) for position, value in enumerate(values)]


def _require(given: dict[str, Any], optional: Sequence[str] = ()) -> None:
    missing = [name for name, value in given.items() if value is None and name not in optional]
    if missing:
        raise ValueError(f"{', '.join(missing)} not given; expected all numbers of the problem, or a network")


def _law(demand: Any) -> tuple[str, list[float]]:
    match demand:
        case Poisson(mean):
            return "poisson", _numbers(mean=mean)
        case Normal(mean, deviation):
            return "normal", _numbers(mean=mean, deviation=deviation)
        case Discrete(probabilities):
            return "discrete", _list("probabilities", probabilities)
    raise ValueError(f"demand is {demand!r}; expected textbook.Poisson, Normal or Discrete")


def _network(network: Any, given: dict[str, Any]) -> _native.Network:
    """The network to solve, with the mean demand its environment plays."""
    idle = [name for name, value in given.items() if value is not None]
    if idle:
        raise ValueError(f"{', '.join(idle)} given beside a network; expected one or the other")
    if isinstance(network, SupplyChainNetwork):
        return network.edited()[0] if network.has_edits else network._native
    core = getattr(network, "unwrapped", None)
    if not isinstance(core, CoreEnv):
        raise TypeError(f"network is a {type(network).__name__}; expected an environment or its network")
    chosen = core.network_in_play()
    _refuse_other_play(core, chosen)
    mean = core.demand_engine.base_mu
    return chosen._native if mean is None else _with_mean(chosen._native, mean)


def _refuse_other_play(core: CoreEnv, network: SupplyChainNetwork) -> None:
    engine = core.demand_engine
    others = {
        "lost sales (backlog=False)": not core.backlog,
        f"a discount ({core.alpha})": core.alpha != 1.0,
        "effects on demand": bool(engine.effects),
        "goodwill": engine.use_goodwill,
        f"a noise_scale of {engine.noise_scale}": engine.noise_scale != 1.0,
        "demand from a series": engine.external_series is not None or bool(network._replays),
    }
    found = [name for name, there in others.items() if there]
    if found:
        raise ValueError(
            f"the environment has {' and '.join(found)}; the textbook solvers need backlog, no discount and "
            "stationary demand drawn by the network's laws"
        )


def _with_mean(network: _native.Network, mean: float) -> _native.Network:
    declared = network.to_dict()
    for edge in declared["edges"]:
        if "demand_dist" in edge:
            key = "mu" if edge["demand_dist"] == "poisson" else "loc"
            edge["dist_param"] = {**edge["dist_param"], key: mean}
    return _native.Network.from_dict(declared)


__all__ = [
    "BaseStockLevel",
    "Discrete",
    "LotSizingPlan",
    "Normal",
    "OrderQuantity",
    "Placement",
    "Poisson",
    "ReorderLevelPolicy",
    "ReorderQuantityPolicy",
    "SerialPolicy",
    "Stage",
    "StagePlacement",
    "clark_scarf",
    "eoq",
    "guaranteed_service",
    "newsvendor",
    "reorder_level",
    "reorder_quantity",
    "wagner_whitin",
]
