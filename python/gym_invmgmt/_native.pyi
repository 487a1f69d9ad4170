"""The native engine's Python face; users reach it through the package's own classes."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, final

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Actions",
    "Batch",
    "Demand",
    "Episode",
    "Features",
    "Network",
    "NetworkKey",
    "Parameter",
    "Policy",
    "Randomization",
    "Recorded",
    "Scenario",
    "benchmark",
    "best_window",
    "demand_from_period",
    "estimate",
    "fit_demand",
    "grouped_series",
    "hierarchy_network",
    "level_gradient",
    "long_series",
    "nearest",
    "new_file",
    "optimize_levels",
    "plan",
    "play_units",
    "prepare_series",
    "read_demand",
    "replace_file",
    "rollout_by_name",
    "run_command_line",
    "save_programmes",
    "simulate_demand",
    "solve_exactly",
    "star_network",
    "textbook_clark_scarf",
    "textbook_clark_scarf_of",
    "textbook_eoq",
    "textbook_guaranteed_service",
    "textbook_guaranteed_service_of",
    "textbook_newsvendor",
    "textbook_newsvendor_of",
    "textbook_reorder_level",
    "textbook_reorder_level_of",
    "textbook_reorder_quantity",
    "textbook_wagner_whitin",
    "topology_network",
]

_Table = tuple[str, str | None]
_Pairs = Sequence[tuple[str, str]]
_Series = NDArray[np.float64]

def run_command_line(
    arguments: Sequence[str],
    write_video: Callable[[Path, Network, dict[str, NDArray[np.float64]]], None] | None = None,
    cluster: Callable[[str | None], Callable[..., Iterable[str]]] | None = None,
) -> int: ...
def demand_from_period(demand: Demand, period: int) -> dict[str, Any]: ...
def fit_demand(series: Any, false_alarm: float) -> dict[str, Any]: ...
def read_demand(path: str | os.PathLike[str], column: str) -> NDArray[np.float64]: ...
def simulate_demand(
    demand: Demand, law: tuple[str, Sequence[tuple[str, float]]], num_periods: int, seed: int
) -> NDArray[np.float64]: ...
def benchmark(
    suite: str,
    policies: Sequence[tuple[str, Any, bool, str]],
    *,
    only: Sequence[str],
    seeds: Sequence[int] | None,
    seed_count: int | None,
    folder: str | None,
    force: bool,
    threads: int,
    command: str,
    play_on_cluster: Callable[..., Iterable[str]] | None,
) -> dict[str, Any]: ...
def play_units(
    suite: str,
    policies: Sequence[tuple[str, Any, bool, str]],
    seeds: Sequence[int],
    identity: str,
    units: Sequence[int],
) -> list[str]: ...
def rollout_by_name(
    network: Network,
    demand: Demand,
    policy: str,
    seeds: Sequence[int],
    *,
    num_periods: int,
    backlog: bool,
    discount: float,
    threads: int,
    by_node: bool,
) -> dict[str, Any]: ...
def nearest(found: str, names: Sequence[str]) -> str | None: ...
def estimate(values: Sequence[float]) -> tuple[float, float, float, float]: ...
def level_gradient(
    network: Network,
    demand: Demand,
    family: str,
    levels: Sequence[float],
    *,
    seeds: Sequence[int],
    fixed_costs: float | None,
    goodwill: float | None,
    num_periods: int,
    backlog: bool,
    discount: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
def solve_exactly(
    network: Network,
    demand: Demand,
    *,
    criterion: str,
    weight: float,
    actions: tuple[int, int] | None,
    tail: float,
    tolerance: float,
    memory: float,
    window: tuple[int, int] | None,
    checkpoint: str | os.PathLike[str] | None,
    watch: Callable[[int, int, float], object] | None,
    num_periods: int,
    backlog: bool,
    discount: float,
    threads: int,
) -> dict[str, Any]: ...
def optimize_levels(
    network: Network,
    demand: Demand,
    family: str,
    *,
    targets: Sequence[str],
    budget: int,
    training: Sequence[int],
    held_out: Sequence[int],
    test_from: int | None,
    num_periods: int,
    backlog: bool,
    discount: float,
    threads: int,
    gradient: bool,
) -> dict[str, Any]: ...
def textbook_eoq(
    fixed_cost: float, holding_cost: float, demand_rate: float, backorder_cost: float | None
) -> tuple[float, float, float]: ...

_Played = tuple[Network, Demand, tuple[int, bool, float]]

def textbook_newsvendor(
    numbers: Mapping[str, float], demand_law: tuple[str, Sequence[float]] | None
) -> tuple[float, float, float]: ...
def textbook_newsvendor_of(played: _Played, level: float | None = None) -> tuple[float, float, float]: ...
def textbook_reorder_quantity(
    fixed_cost: float,
    holding_cost: float,
    backorder_cost: float,
    law: str,
    numbers: Sequence[float],
    lead_time: float,
) -> tuple[float, float, float]: ...
def textbook_reorder_level(
    fixed_cost: float, holding_cost: float, penalty: float, lead_time: float, law: str, numbers: Sequence[float]
) -> tuple[int, int, float]: ...
def textbook_reorder_level_of(played: _Played) -> tuple[int, int, float]: ...
def textbook_clark_scarf(
    stages: Sequence[tuple[float, float]],
    penalty: float,
    law: str,
    numbers: Sequence[float],
    levels: Sequence[float] | None = None,
) -> tuple[list[float], list[float], float]: ...
def textbook_clark_scarf_of(
    played: _Played, levels: Sequence[float] | None = None
) -> tuple[list[float], list[float], float]: ...
def textbook_guaranteed_service(
    stages: Sequence[Any], links: Sequence[tuple[int, int]], safety_factor: float
) -> tuple[list[tuple[int, int, int, float]], float]: ...
def textbook_guaranteed_service_of(
    played: _Played, safety_factor: float
) -> tuple[list[tuple[int, int, int, float]], float]: ...
def textbook_wagner_whitin(
    demand: Sequence[float], fixed_cost: float, holding_cost: float
) -> tuple[list[float], float]: ...

@final
class Policy:
    def __new__(
        cls, network: Network, demand: Demand, spec: str, *, num_periods: int, backlog: bool, discount: float
    ) -> Policy: ...
    @property
    def information(self) -> str: ...
    def columns(self) -> list[str]: ...
    def states(self) -> NDArray[np.float64]: ...
    def orders(self) -> NDArray[np.float64]: ...
    def save(self, path: str | os.PathLike[str]) -> None: ...
    def reset(self, seeds: Sequence[int | None]) -> None: ...
    def act(
        self, observations: NDArray[np.float64], told: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64]: ...

def plan(
    sales: _Table,
    items: _Table | None,
    receipts: _Table | None,
    *,
    columns: tuple[str, str, str, str, str | None],
    form: Sequence[str | None],
    target: tuple[str, float],
    unmet: str,
    period: str,
    horizon: int | None,
    paths: int,
    held_back: int | None,
    threads: int | None,
    out: Path | None,
) -> tuple[str, list[Path]]: ...
def prepare_series(
    what: str, values: _Series, scale_to_mean: float | None
) -> tuple[_Series, tuple[float, float, float], list[str]]: ...
def long_series(table: _Table, demand: str, time: str | None, filter: _Pairs) -> tuple[_Series, list[str]]: ...
def grouped_series(
    table: _Table,
    demand: str,
    time: str | None,
    filter: _Pairs,
    columns: Sequence[str],
    groups: Sequence[Sequence[str]],
) -> tuple[list[_Series], tuple[int, int] | None, list[str]]: ...
def best_window(
    table: _Table,
    *,
    columns: Sequence[str] | None,
    prefix: str | None,
    describing: Sequence[str],
    filter: _Pairs,
    num_periods: int,
    search_periods: int | None,
    limits: tuple[float, float, float],
) -> dict[str, Any]: ...
def topology_network(nodes: _Table, edges: _Table, output: str, name: str) -> dict[str, Any]: ...
def star_network(
    table: _Table,
    output: str,
    *,
    name: str,
    store_id_col: str,
    selected: Sequence[str],
    market_id: Any,
    supplier_id: Any,
    source_id: Any,
    stores: tuple[float, float],
    supplier: tuple[float, float],
    lead_time: int,
    prices: tuple[float, float, float],
    demand_mu: float,
) -> dict[str, Any]: ...
def hierarchy_network(
    table: _Table,
    output: str,
    *,
    name: str,
    columns: Sequence[str],
    filter: _Pairs,
    max_rows: int | None,
    market_id: str,
    root_id: str,
    nodes: tuple[float, float],
    lead_time: int,
    prices: tuple[float, float, float],
    pipeline_holding_cost: float,
    demand_mu: float,
) -> tuple[dict[str, Any], list[str]]: ...
def new_file(path: str | os.PathLike[str], content: bytes) -> Path: ...
def save_programmes(folder: str | os.PathLike[str] | None) -> None: ...
def replace_file(path: str | os.PathLike[str], content: bytes) -> None: ...

@final
class Actions:
    MODES: ClassVar[list[str]]
    def __new__(
        cls, network: Network, demand: Demand, mode: str, num_periods: int, ceilings: Sequence[float] | None = None
    ) -> Actions: ...
    @property
    def ceilings(self) -> NDArray[np.float64]: ...
    @property
    def simplifies(self) -> list[str]: ...
    @property
    def labels(self) -> list[str]: ...

@final
class Recorded:
    def __new__(
        cls,
        network: Network,
        demand: Demand,
        *,
        episodes: int,
        fixed_costs: float | None,
        goodwill: float | None,
        num_periods: int,
        backlog: bool,
        discount: float,
    ) -> Recorded: ...
    @property
    def period(self) -> int: ...
    def begin(self, seeds: Sequence[int]) -> NDArray[np.float64]: ...
    def step(self, orders: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    def reverse(
        self, period: int, rows: NDArray[np.float64], rewards: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...

@final
class Batch:
    def __new__(
        cls,
        network: Network,
        demand: Demand,
        *,
        rows: int,
        num_periods: int,
        backlog: bool,
        discount: float,
        threads: int,
        autoreset: str,
        single_precision: bool,
        copies: bool,
        figures: bool,
    ) -> Batch: ...
    def read_actions(self, actions: Actions) -> None: ...
    def observe_features(self, features: Features) -> None: ...
    def randomize_resets(self, randomization: Randomization) -> None: ...
    def end_after(self, periods: int) -> None: ...
    def memory(self) -> NDArray[np.float64]: ...
    def put_memory(self, memory: NDArray[np.float64]) -> None: ...
    def randomize(self, row: int, aside: bool) -> None: ...
    def backlogs(self) -> NDArray[np.bool_]: ...
    def seed(self, row: int, seed: int) -> None: ...
    def seed_all(self, first: int) -> None: ...
    def set_demand(self, rows: list[int], demand: Demand) -> None: ...
    def begin(self, mask: NDArray[np.bool_] | None = None) -> None: ...
    def observe(self) -> NDArray[Any]: ...
    def told(self) -> NDArray[np.float64]: ...
    def step(self, actions: Any) -> tuple[Any, ...]: ...
    def require_idle(self) -> None: ...
    @property
    def final_observations(self) -> Any: ...
    def over(self) -> NDArray[np.bool_]: ...
    def returns(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]: ...
    def node_kpis(self) -> dict[Any, dict[str, NDArray[np.float64]]]: ...
    def kpis(self) -> dict[str, NDArray[np.float64]]: ...
    def save(self, row: int) -> tuple[NDArray[np.float64], list[int], Demand, bool | None, list[int] | None]: ...
    def restore(
        self,
        row: int,
        values: NDArray[np.float64],
        stream: Sequence[int],
        demand: Demand,
        backlog: bool | None,
        supply: Sequence[int] | None,
    ) -> None: ...

@final
class Features:
    def __new__(cls, network: Network, name: str, alone: bool = False) -> Features: ...
    @property
    def labels(self) -> list[str]: ...
    @property
    def counts(self) -> tuple[int, int]: ...
    @property
    def simplifies(self) -> list[str]: ...
    @property
    def blind(self) -> bool: ...

@final
class Randomization:
    def __new__(
        cls,
        *,
        effect_options: Sequence[str],
        effect_prob: float,
        goodwill_options: Sequence[bool],
        backlog_options: Sequence[bool] | None,
        noise_scale_range: tuple[float, float],
        external_series_prob: float,
        external_series_length: int | None,
        base_mu: float,
        given: Sequence[tuple[str, float]],
    ) -> Randomization: ...
    def draw(
        self, generator: np.random.Generator, num_periods: int
    ) -> tuple[list[str], bool, float, NDArray[np.float64] | None, bool | None]: ...

@final
class NetworkKey:
    @property
    def key(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def owner(self) -> str: ...
    @property
    def form(self) -> str: ...
    @property
    def allowed(self) -> str | None: ...
    @property
    def required(self) -> str | None: ...
    @property
    def needs(self) -> str | None: ...
    @property
    def mechanism(self) -> str | None: ...
    @property
    def limits(self) -> bool: ...

@final
class Network:
    NETWORK_KEYS: ClassVar[list[NetworkKey]]
    NODE_KEYS: ClassVar[list[NetworkKey]]
    LINK_KEYS: ClassVar[list[NetworkKey]]
    @staticmethod
    def preset(name: str) -> Network: ...
    @staticmethod
    def from_file(path: str) -> Network: ...
    @staticmethod
    def from_dict(declared: dict[str, Any]) -> Network: ...
    def to_dict(self) -> dict[str, Any]: ...
    def __reduce__(self) -> tuple[Any, tuple[dict[str, Any]]]: ...
    @property
    def notes(self) -> list[str]: ...
    @property
    def node_ids(self) -> list[Any]: ...
    @property
    def roles(self) -> list[tuple[bool, bool, bool, bool, bool]]: ...
    @property
    def managed(self) -> list[int]: ...
    @property
    def links(self) -> list[tuple[int, int, int | None]]: ...
    @property
    def link_names(self) -> list[tuple[Any, ...]]: ...
    @property
    def products(self) -> list[str]: ...
    @property
    def incoming(self) -> list[list[int]]: ...
    @property
    def observation_length(self) -> int: ...
    @property
    def transit_slots(self) -> int: ...
    @property
    def draws_supply(self) -> bool: ...
    @property
    def longest_lead_time(self) -> int: ...
    @property
    def largest_initial_inventory(self) -> float: ...
    @property
    def largest_capacity(self) -> float: ...
    @property
    def state_length(self) -> int: ...
    def state_numbers(self) -> list[tuple[str, tuple[Any, ...], int | None]]: ...
    def failing_links(self) -> list[list[tuple[Any, Any]]]: ...
    def shown_figures(self) -> list[str]: ...
    def recorded(self) -> list[tuple[str, list[str]]]: ...
    def state_parts(self) -> list[tuple[str, str, str, int, int]]: ...
    def state_position(self, part: str) -> int: ...
    def observation_labels(self) -> list[str]: ...
    def action_labels(self) -> list[str]: ...
    def layout(self) -> tuple[list[tuple[float, float]], list[list[tuple[float, float]]], int, int]: ...

@final
class Scenario:
    @staticmethod
    def find(text: str) -> Scenario: ...
    @staticmethod
    def is_named(text: str) -> bool: ...
    @staticmethod
    def from_yaml(text: str) -> Scenario: ...
    @property
    def name(self) -> str | None: ...
    @property
    def description(self) -> str | None: ...
    @property
    def notes(self) -> list[str]: ...
    @property
    def network(self) -> Network: ...
    @property
    def num_periods(self) -> int: ...
    @property
    def backlog(self) -> bool: ...
    @property
    def discount(self) -> float: ...
    def series(self) -> list[tuple[tuple[Any, Any], NDArray[np.float64]]]: ...
    def demand(self) -> Demand: ...
    def link_demand(self) -> list[tuple[tuple[Any, Any], Demand]]: ...
    def to_yaml(self) -> str: ...

@final
class Parameter:
    @property
    def key(self) -> str: ...
    @property
    def meaning(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def form(self) -> str: ...
    @property
    def is_of_links(self) -> bool: ...
    @property
    def in_release(self) -> bool: ...

@final
class Demand:
    PARAMETERS: ClassVar[list[Parameter]]
    LAWS: ClassVar[list[str]]
    EFFECTS: ClassVar[list[str]]
    TYPES: ClassVar[list[tuple[str, list[str]]]]
    sentiment: float
    overridden: bool
    np_random: np.random.Generator | None
    def __new__(cls) -> Demand: ...
    def get(self, name: str) -> Any: ...
    def set(self, name: str, value: Any) -> None: ...
    def check(self) -> None: ...
    def bind(
        self,
        network: Network,
        replays: Sequence[tuple[int, Any]],
        num_periods: int,
        links: Sequence[tuple[int, Demand, list[str]]] = ...,
    ) -> None: ...
    @property
    def average_own_mean(self) -> float: ...
    def mean(self, t: int, own_mean: float | None = None) -> float: ...
    def link_position(self, edge: tuple[Any, Any]) -> int: ...
    def link_mean(self, t: int, link: int) -> float: ...
    def link_expected(self, t: int, link: int) -> float: ...
    def scatter(self, mean: float, raw: float) -> float: ...
    def draw_law(self, distribution: str, parameters: Mapping[str, float], mean: float) -> float: ...
    @staticmethod
    def declared_mean(distribution: str, parameters: Mapping[str, float]) -> float | None: ...
    def update_goodwill(self, unmet: float) -> None: ...

@final
class Episode:
    SYMBOLS: ClassVar[list[tuple[str, str, str, str, str, bool]]]
    MECHANISM_SYMBOLS: ClassVar[list[tuple[str, str, str, str, str, bool]]]
    EXTRA_COSTS: ClassVar[list[str]]
    NODE_FIGURES: ClassVar[list[tuple[str, str, str, str, str]]]
    KEY_FIGURES: ClassVar[list[tuple[str, str, str, str, str, tuple[bool, str | None, str | None], str]]]
    COST_PARTS: ClassVar[list[str]]
    state: NDArray[np.float64]
    ledger: NDArray[np.float64]
    period: int
    num_periods: int
    backlog: bool
    discount: float
    terminates: bool
    def __new__(cls, network: Network, demand: Demand, num_periods: int, backlog: bool, discount: float) -> Episode: ...
    def attach(self, demand: Demand, engine: Any, laws: list[tuple[Any, Any]]) -> None: ...
    def read_actions(self, actions: Actions) -> None: ...
    def use_numbers(self, network: Network) -> None: ...
    def reset(self) -> NDArray[np.float64]: ...
    def observe(self) -> NDArray[np.float64]: ...
    def features(self, features: Features, known_mean: float | None = None) -> NDArray[np.float64]: ...
    def step(self, action: Any) -> tuple[NDArray[np.float64], float, bool, bool, dict[str, Any]]: ...
    def require_idle(self) -> None: ...
    def state_row(self) -> NDArray[np.float64]: ...
    def restore_row(self, values: NDArray[np.float64]) -> None: ...
    def seed_supply(self, seed: int) -> None: ...
    def redraw_supply(self, seed: int) -> None: ...
    @property
    def supply(self) -> list[int] | None: ...
    @supply.setter
    def supply(self, words: Sequence[int]) -> None: ...
    def matrix(self, symbol: str) -> NDArray[np.float64]: ...
    def set_matrix(self, symbol: str, array: NDArray[np.float64]) -> None: ...
    @property
    def recorded_periods(self) -> int: ...
    def node_kpis(self) -> dict[Any, dict[str, float]]: ...
    def kpis(self) -> dict[str, float]: ...
    def recorded(self) -> list[tuple[str, list[str]]]: ...
    def bullwhip(self) -> tuple[list[float], float, float, float]: ...
