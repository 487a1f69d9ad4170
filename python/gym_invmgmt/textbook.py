"""Exact solvers from the textbooks of inventory theory; docs/textbook.md gives sources and conventions.

Problems that an environment can stand for take one in place of the numbers, wrapped or not, or what names its problem
(a scenario, a file), or its ``network`` with that network's own demand. What it plays is what is solved: the mean and
the scatter in force on every market link, its rules and its prices. What a solver does not model is refused by name.

>>> from gym_invmgmt import textbook
>>> textbook.newsvendor(holding_cost=1, penalty=4, demand=textbook.Poisson(6)).level
8.0
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from gym_invmgmt import _native
from gym_invmgmt._checks import number
from gym_invmgmt.demand_engine import DemandEngine
from gym_invmgmt.network_topology import SupplyChainNetwork
from gym_invmgmt.rollouts import environment_of, problem_of


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
    #: Not a number where a service level was given without costs.
    cost: float
    ready_rate: float


class ReorderQuantityPolicy(NamedTuple):
    """Answer of :func:`reorder_quantity`: position r to order at [units], units per order Q, cost [money / time].

    Under Poisson demand r and Q are whole.
    """

    reorder_point: float
    quantity: float
    cost: float


class ReorderLevelPolicy(NamedTuple):
    """Answer of :func:`reorder_level`: at or below s order up to S [units], cost [money / period]."""

    reorder_level: int
    order_up_to: int
    cost: float


class SerialPolicy(NamedTuple):
    """Answer of :func:`clark_scarf`, stages from the customer upwards: levels [units], cost [money / period]."""

    #: What ``echelon:...`` plays, one level per managed node in order of id.
    echelon_levels: tuple[float, ...]
    #: They play the same only where a stage owes what it cannot fill; the simulator forgets such requests.
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
    *,
    fixed_cost: float,
    holding_cost: float,
    demand_rate: float,
    backorder_cost: float | None = None,
    failure_rate: float | None = None,
    recovery_rate: float | None = None,
    stockout_cost: float | None = None,
) -> OrderQuantity:
    """Economic order quantity (Harris 1913); with ``backorder_cost`` customers may wait.

    With ``failure_rate``, ``recovery_rate`` and ``stockout_cost`` the supplier is up and down for exponential times,
    fills nothing while it is down, and demand is lost once the stock is gone (Berk and Arreola-Risa 1994; Snyder and
    Shen 2019, example 9.1).

    Args:
        fixed_cost: K [money / order], > 0.
        holding_cost: h [money / unit / time], > 0.
        demand_rate: [units / time], >= 0.
        backorder_cost: p of a unit owed [money / unit / time], > 0.
        failure_rate: failures per time that the supplier is up [1 / time], > 0.
        recovery_rate: recoveries per time that it is down [1 / time], > 0.
        stockout_cost: p of a unit of demand that is lost [money / unit], > 0.

    Raises:
        ValueError: a number out of its range, which the message names; so for every solver here.
    """
    fixed, holding, rate = _numbers(fixed_cost=fixed_cost, holding_cost=holding_cost, demand_rate=demand_rate)
    backorder = None if backorder_cost is None else number("backorder_cost", backorder_cost)
    given = {"failure_rate": failure_rate, "recovery_rate": recovery_rate, "stockout_cost": stockout_cost}
    missing = [name for name, value in given.items() if value is None]
    if missing and len(missing) < len(given):
        raise ValueError(f"{', '.join(missing)} not given; a supplier that fails takes all of {', '.join(given)}")
    failures = None
    if not missing:
        fails, recovers, lost = _numbers(**given)
        failures = (fails, recovers, lost)
    return OrderQuantity(*_native.textbook_eoq(fixed, holding, rate, backorder, failures))


def newsvendor(
    network: Any = None,
    *,
    holding_cost: float | None = None,
    penalty: float | None = None,
    demand: Demand | None = None,
    lead_time: float | None = None,
    service_level: float | None = None,
    price: float | None = None,
    cost: float | None = None,
    salvage: float | None = None,
    level: float | None = None,
) -> BaseStockLevel:
    """Newsvendor; with a lead time L the base-stock level over L + 1 periods (Arrow, Harris & Marschak 1951).

    Give ``holding_cost`` and ``penalty``, or ``price`` and ``cost`` (a single period, in which a unit left over costs
    ``cost - salvage`` and a unit short ``price - cost``; expected profit is ``(price - cost)`` times mean demand less
    the answer's cost), or a ``service_level``, or a network.

    Args:
        network: one node that holds stock, one supplier, one market, no fixed order cost; in place of the numbers.
            Under lost sales with lead time 0 a unit short costs its margin besides; in an environment of one period a
            unit left over costs what it was bought for less its salvage value too.
        holding_cost: of a unit left over [money / unit / period], > 0; beside prices, what is added to them.
        penalty: of a unit short [money / unit / period], > 0; beside prices, what is added to them.
        demand: of one period.
        lead_time: [periods], >= 0; 0 if not given.
        service_level: wanted probability that nothing is short at the end of a period, in (0, 1). Its cost is that of
            ``holding_cost`` and ``penalty``; with ``holding_cost`` h alone, of the penalty this service level a is best
            for, ``h a / (1 - a)``; without costs, not a number.
        price: what a customer pays [money / unit].
        cost: what a unit costs [money / unit].
        salvage: what a unit left over brings [money / unit]; 0 if not given.
        level: a level chosen already, whose cost is wanted in place of the best one's [units].

    Raises:
        ValueError: a number out of its range, numbers of two forms or too few, or an environment that plays something
            else: which, where and why.
    """
    numbers = {
        "holding_cost": holding_cost,
        "penalty": penalty,
        "lead_time": lead_time,
        "service_level": service_level,
        "price": price,
        "cost": cost,
        "salvage": salvage,
    }
    wanted = None if level is None else number("level", level)
    if network is not None:
        played = _played(network, {**numbers, "demand": demand})
        return BaseStockLevel(*_native.textbook_newsvendor_of(played, wanted))
    given = {name: number(name, value) for name, value in numbers.items() if value is not None}
    if wanted is not None:
        given["level"] = wanted
    return BaseStockLevel(*_native.textbook_newsvendor(given, None if demand is None else _law(demand)))


def reorder_quantity(
    *,
    fixed_cost: float,
    holding_cost: float,
    backorder_cost: float,
    lead_time: float,
    demand_rate: float | None = None,
    demand: Demand | None = None,
) -> ReorderQuantityPolicy:
    """(r, Q) under Poisson or normal demand and continuous review (Federgruen & Zheng 1992).

    Exact for Poisson demand; for normal demand the position is taken for uniform between r and r + Q.

    Args:
        fixed_cost: K [money / order], >= 0.
        holding_cost: of a unit in stock [money / unit / time], > 0.
        backorder_cost: of a unit owed [money / unit / time], > 0.
        lead_time: [time], >= 0.
        demand_rate: of Poisson demand [units / time], > 0; in place of ``demand``.
        demand: of a unit of time, Poisson or normal.
    """
    if (demand_rate is None) == (demand is None):
        found = "neither" if demand is None else "both"
        raise ValueError(f"{found} of demand_rate and demand given; expected one of them")
    law, numbers = _law(Poisson(number("demand_rate", demand_rate)) if demand is None else demand)
    fixed, holding, backorder, time = _numbers(
        fixed_cost=fixed_cost, holding_cost=holding_cost, backorder_cost=backorder_cost, lead_time=lead_time
    )
    point, quantity, cost = _native.textbook_reorder_quantity(fixed, holding, backorder, law, numbers, time)
    if law == "poisson":
        return ReorderQuantityPolicy(int(point), int(quantity), cost)
    return ReorderQuantityPolicy(point, quantity, cost)


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
        return ReorderLevelPolicy(*_native.textbook_reorder_level_of(_played(network, given)))
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
        lead_times: per stage [periods], >= 0; the recursion's, under which demand comes first.
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
        answer = _native.textbook_clark_scarf_of(_played(network, given), wanted)
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
        rows, cost = _native.textbook_guaranteed_service_of(_played(network, given), factor)
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


def _played(network: Any, given: dict[str, Any]) -> tuple[_native.Network, _native.Demand, tuple[int, bool, float]]:
    """What an environment, or a network with its own demand, plays."""
    idle = [name for name, value in given.items() if value is not None]
    if idle:
        raise ValueError(f"{', '.join(idle)} given beside a network; expected one or the other")
    if isinstance(network, SupplyChainNetwork):
        demand = _native.Demand()
        # No horizon is meant but the long run; series of links, which are refused, must last one period.
        native = network.edited()[0] if network.has_edits else network._native
        demand.bind(native, network._replays, 1)
        return native, demand, (_LONG_RUN, True, 1.0)
    core = environment_of(network)
    engine = core.demand_engine
    if not isinstance(engine, DemandEngine) or engine._is_overridden:
        raise ValueError(
            f"demand_engine is a {type(engine).__name__} with methods of its own; the textbook solvers need demand "
            "drawn by the network's laws"
        )
    problem = problem_of(core)
    rules = problem.rules
    return problem.network, problem.demand, (rules["num_periods"], rules["backlog"], rules["discount"])


#: Periods of an episode that stands for the long run.
_LONG_RUN = 1_000_000

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
