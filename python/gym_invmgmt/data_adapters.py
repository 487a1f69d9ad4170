"""From tables to scenarios: demand series and networks out of CSV files and frames, as in gym-invmgmt 0.2.1.

Wherever a table is asked for, the path of a CSV file, a pandas or polars frame, a mapping of columns or a structured
array will do. What an adapter changed on the way stands in ``metadata["notes"]``, a list of sentences; where nothing
was changed the key is absent.

>>> spec = external_series_spec([3, 5, -1, 4], scale_to_mean=20)
>>> spec.demand_config["external_series"]
array([20.        , 33.33333333,  0.        , 26.66666667])
>>> spec.metadata["notes"]
['series: 1 negative value(s), together -1, became 0', 'series: scaled by 6.666666666666667 from a mean of 3 to 20']
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gym_invmgmt import _native
from gym_invmgmt._checks import flag, number, whole_number
from gym_invmgmt._files import replace_file
from gym_invmgmt._tables import names_of, pairs_of, series_of, table_of
from gym_invmgmt._warnings import warn

#: Where the rows of the M5 competition's file are published.
_M5_URL = "https://huggingface.co/datasets/kashif/M5/blob/main/sales_train_evaluation.csv"
_M5_COLUMNS = ["id", "item_id", "dept_id", "cat_id", "store_id", "state_id"]


@dataclass
class DatasetScenarioSpec:
    """A scenario made from data: what an environment is to be made with, and where it came from.

    Attributes:
        scenario: name of the network.
        demand_config: parameters of demand.
        env_kwargs: other arguments of the environment, as ``user_D``.
        metadata: where the numbers are from and what was done to them.
        topology_config: the network as a dict, if one was made.
        topology_path: its file, if it was written; it takes the place of ``scenario``.
    """

    scenario: str = "network"
    demand_config: dict[str, Any] = field(default_factory=dict)
    env_kwargs: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    topology_config: dict[str, Any] | None = None
    topology_path: str | None = None

    def core_env_kwargs(self) -> dict[str, Any]:
        """The arguments of :class:`~gym_invmgmt.CoreEnv`."""
        arguments = {**self.env_kwargs, "scenario": self.scenario, "demand_config": self.demand_config}
        if self.topology_path is not None:
            arguments |= {"scenario": "custom", "config_path": self.topology_path}
        return arguments


def external_series_spec(
    series: Any,
    *,
    scenario: str = "network",
    scale_to_mean: float | None = None,
    use_goodwill: bool = False,
    deterministic: bool = True,
    metadata: Mapping[str, Any] | None = None,
    column: str | None = None,
) -> DatasetScenarioSpec:
    """Demand around a series of means.

    Args:
        series: units per period: a sequence, an array, a pandas or polars series; with ``column`` any table.
        scenario: name of the network.
        scale_to_mean: multiply the values so that their mean is this [units / period].
        use_goodwill: whether shortages lower demand.
        deterministic: demand is the series itself; else it scatters around it by the network's laws.
        metadata: entries to add to the metadata.
        column: column of the table ``series``.

    Returns:
        A spec whose ``demand_config`` has the series as ``external_series``. Values below 0 became 0.

    Raises:
        ValueError: no values, values that are not finite, zeros to be scaled, or a table that cannot be read.
    """
    what, values = series_of(series, column)
    return _around(what, values, scenario, scale_to_mean, use_goodwill, deterministic, metadata or {})


def _around(
    what: str,
    values: NDArray[np.float64],
    scenario: str,
    scale_to_mean: float | None,
    use_goodwill: bool,
    deterministic: bool,
    metadata: Mapping[str, Any],
    notes: Sequence[str] = (),
) -> DatasetScenarioSpec:
    target = None if scale_to_mean is None else number("scale_to_mean", scale_to_mean)
    prepared, (mean, std, cv), changes = _native.prepare_series(what, values, target)
    config = {
        "type": "stationary",
        "base_mu": mean,
        "use_goodwill": flag("use_goodwill", use_goodwill),
        "external_series": prepared,
        "noise_scale": 0.0 if flag("deterministic", deterministic) else 1.0,
    }
    figures = {"num_periods": len(prepared), "scaled_mean": mean, "scaled_std": std, "scaled_cv": cv}
    described = _noted({"adapter": "external_series", **figures, **metadata}, [*notes, *changes])
    return DatasetScenarioSpec(scenario=scenario, demand_config=config, metadata=described)


def _warn_of_order(notes: Sequence[str]) -> None:
    """Warns of texts that may stand in another order than that of time: every number would be in the wrong place."""
    for note in notes:
        if note.endswith("is that the order of time?"):
            warn(note)


def _noted(metadata: dict[str, Any], notes: Sequence[str]) -> dict[str, Any]:
    return {**metadata, "notes": list(notes)} if notes else metadata


def long_demand_csv_to_spec(
    csv_path: Any,
    *,
    demand_col: str,
    time_col: str | None = None,
    group_cols: Sequence[str] | None = None,
    group_filter: Mapping[str, Any] | None = None,
    edge_map: Mapping[Any, Any] | None = None,
    scenario: str = "network",
    scale_to_mean: float | None = None,
    use_goodwill: bool = False,
    separator: str | None = None,
    decimal: str | None = None,
    dates: str | None = None,
) -> DatasetScenarioSpec:
    """Demand from a table with a row per period, or per group and period.

    Args:
        csv_path: the table.
        demand_col: column of units.
        time_col: column of times. Rows are sorted by it: numbers by value, dates of the form 2015-07-31, other texts
            by their letters, with a warning. With an ``edge_map`` rows of a group at the same time are added up
            and only times that all groups share are kept. Without a time column rows keep their order.
        group_cols: columns that name a row's group.
        group_filter: column and text that rows must have.
        edge_map: group and the market link (retailer, market) its sales are the demand of; a group of several columns
            is a tuple of texts.
        scenario: name of the network.
        scale_to_mean: multiply each series so that its mean is this [units / period].
        use_goodwill: whether shortages lower demand.
        separator: what stands between the cells of a file, where that cannot be found in it.
        decimal: ``.`` or ``,``, likewise.
        dates: ``day-first``, ``month-first`` or ``year-first``, likewise.

    Returns:
        Without ``edge_map`` a spec with an ``external_series``; with one, a spec with ``env_kwargs["user_D"]``.

    Raises:
        ValueError: a column is not there, a cell is no number, no row is left, a group has no rows, groups share no
            time or differ in length. FileNotFoundError: there is no such file.
    """
    table, wanted = table_of(csv_path, [separator, decimal, dates, None, None]), pairs_of("group_filter", group_filter)
    if not edge_map:
        values, notes = _native.long_series(table, demand_col, time_col, wanted)
        _warn_of_order(notes)
        metadata = {
            "adapter": "long_csv_external_series",
            "source": _shown(table[0]),
            "row_count": len(values),
            "group_filter": dict(group_filter or {}),
        }
        return _around(demand_col, values, scenario, scale_to_mean, use_goodwill, True, metadata, notes)
    columns = names_of("group_cols", group_cols or [])
    if not columns:
        raise ValueError("edge_map is given without group_cols; name the column(s) its keys are taken from")
    groups = [_group(key, columns) for key in edge_map]
    series, alignment, notes = _native.grouped_series(table, demand_col, time_col, wanted, columns, groups)
    _warn_of_order(notes)
    demand = {}
    for group, edge, values in zip(groups, edge_map.values(), series, strict=True):
        target = None if scale_to_mean is None else number("scale_to_mean", scale_to_mean)
        demand[edge], _, changes = _native.prepare_series(", ".join(group), values, target)
        notes = [*notes, *changes]
    metadata = {
        "adapter": "long_csv_edge_map",
        "source": _shown(table[0]),
        "edge_count": len(edge_map),
        "group_cols": columns,
    }
    if alignment is not None:
        metadata |= {
            "alignment_time_col": time_col,
            "alignment_policy": "intersection",
            "aligned_time_count": alignment[0],
            "dropped_unaligned_rows": alignment[1],
        }
    config = {"type": "stationary", "base_mu": 20, "use_goodwill": flag("use_goodwill", use_goodwill)}
    return DatasetScenarioSpec(
        scenario=scenario, demand_config=config, env_kwargs={"user_D": demand}, metadata=_noted(metadata, notes)
    )


def _group(key: Any, columns: list[str]) -> list[str]:
    parts = [str(part) for part in key] if isinstance(key, tuple) else [str(key)]
    if len(parts) != len(columns):
        raise ValueError(f"edge_map has the group {key!r}; expected one text for each of {', '.join(columns)}")
    return parts


def _shown(path: str) -> str:
    """A path as pathlib spells it."""
    return path if path.startswith("<") else str(Path(path))


def wide_demand_csv_to_spec(
    csv_path: Any,
    *,
    scenario: str = "network",
    value_cols: Sequence[str] | None = None,
    value_col_prefix: str | None = None,
    metadata_cols: Sequence[str] | None = None,
    group_filter: Mapping[str, Any] | None = None,
    num_periods: int = 30,
    scale_to_mean: float | None = 20.0,
    search_periods: int | None = None,
    min_window_mean: float = 8.0,
    min_nonzero_frac: float = 0.80,
    max_to_mean_cap: float = 4.0,
    use_goodwill: bool = False,
    source_name: str | None = None,
    source_url: str | None = None,
    separator: str | None = None,
    decimal: str | None = None,
    dates: str | None = None,
) -> DatasetScenarioSpec:
    """Demand from a table with a row per item and a column per period: its most volatile window that still sells.

    Of all windows of ``num_periods`` columns that keep the three limits, the one with the largest coefficient of
    variation; the first of equals, row by row.

    Args:
        csv_path: the table; a file is streamed, so its size does not matter.
        scenario: name of the network.
        value_cols: columns of units, in order of their periods.
        value_col_prefix: instead, all columns whose names begin so.
        metadata_cols: columns whose texts describe the chosen row in the metadata.
        group_filter: column and text that rows must have.
        num_periods: length of the window.
        scale_to_mean: multiply the window so that its mean is this [units / period]; None: leave it.
        search_periods: look at the last so many value columns only.
        min_window_mean: least mean of a window [units / period].
        min_nonzero_frac: least share of periods with sales.
        max_to_mean_cap: largest maximum / mean.
        use_goodwill: whether shortages lower demand.
        source_name: what the metadata call the source; the path by default.
        source_url: where it is published.
        separator: what stands between the cells of a file, where that cannot be found in it.
        decimal: ``.`` or ``,``, likewise.
        dates: ``day-first``, ``month-first`` or ``year-first``, likewise.

    Returns:
        A spec with the window as ``external_series``; the metadata say which window it is.

    Raises:
        ValueError: a column is not there, a cell is no number, too few columns, no row or no window is left.
            FileNotFoundError: there is no such file.
    """
    if value_cols is None and value_col_prefix is None:
        raise ValueError("neither value_cols nor value_col_prefix is given; say which columns hold the values")
    table = table_of(csv_path, [separator, decimal, dates, None, None])
    periods = whole_number("num_periods", num_periods)
    window = _native.best_window(
        table,
        columns=None if value_cols is None else names_of("value_cols", value_cols),
        prefix=value_col_prefix,
        describing=names_of("metadata_cols", metadata_cols or []),
        filter=pairs_of("group_filter", group_filter),
        num_periods=periods,
        search_periods=None if search_periods is None else whole_number("search_periods", search_periods, least=0),
        limits=(float(min_window_mean), float(min_nonzero_frac), float(max_to_mean_cap)),
    )
    rule = (
        f"highest rolling coefficient of variation among {num_periods}-period row windows in the last "
        f"{window['search_periods']} available periods, subject to mean >= {min_window_mean}, nonzero fraction >= "
        f"{min_nonzero_frac}, and max/mean <= {max_to_mean_cap}"
    )
    raw = window.pop("raw_series")
    metadata = {
        "adapter": "wide_csv_window",
        "source": source_name or _shown(table[0]),
        "source_path": _shown(table[0]),
        "source_url": source_url,
        "selection_rule": rule,
        "base_mu": window["raw_mean"] if scale_to_mean is None else float(scale_to_mean),
        "min_window_mean": float(min_window_mean),
        "min_nonzero_frac": float(min_nonzero_frac),
        "max_to_mean_cap": float(max_to_mean_cap),
        **dict(window.pop("described")),
        "raw_series": raw.tolist(),
    }
    notes = window.pop("notes")
    spec = _around("window", raw, scenario, scale_to_mean, use_goodwill, True, metadata | window, notes)
    spec.metadata["scaled_series"] = spec.demand_config["external_series"].tolist()
    spec.demand_config["base_mu"] = metadata["base_mu"]
    return spec


def m5_wide_csv_to_spec(
    csv_path: Any,
    *,
    scenario: str = "network",
    num_periods: int = 30,
    base_mu: float = 20.0,
    search_days: int = 365,
    min_window_mean: float = 8.0,
    min_nonzero_frac: float = 0.80,
    max_to_mean_cap: float = 4.0,
) -> DatasetScenarioSpec:
    """The most volatile window of the M5 competition's sales: :func:`wide_demand_csv_to_spec` on its columns.

    Args:
        csv_path: ``sales_train_evaluation.csv``, or a table of its form.
        scenario: name of the network.
        num_periods: length of the window [days].
        base_mu: mean the window is scaled to [units / day].
        search_days: look at the last so many days only.
        min_window_mean: least mean of a window [units / day].
        min_nonzero_frac: least share of days with sales.
        max_to_mean_cap: largest maximum / mean.

    Returns:
        A spec with the window as ``external_series``.

    Raises:
        ValueError and FileNotFoundError: as for :func:`wide_demand_csv_to_spec`.
    """
    spec = wide_demand_csv_to_spec(
        csv_path,
        scenario=scenario,
        value_col_prefix="d_",
        metadata_cols=_M5_COLUMNS,
        num_periods=num_periods,
        scale_to_mean=base_mu,
        search_periods=search_days,
        min_window_mean=min_window_mean,
        min_nonzero_frac=min_nonzero_frac,
        max_to_mean_cap=max_to_mean_cap,
        source_name="M5 sales_train_evaluation.csv",
        source_url=_M5_URL,
    )
    found = spec.metadata
    found |= {
        "adapter": "m5_wide_csv",
        "search_days": search_days,
        "start_day": found["start_period"],
        "end_day": found["end_period"],
        "series_id": found.get("id"),
    }
    return spec


def topology_csvs_to_yaml(
    nodes_csv: Any, edges_csv: Any, output_path: str | os.PathLike[str], *, name: str = "dataset_topology"
) -> dict[str, Any]:
    """A network file from a table of nodes and a table of edges.

    The columns are the keys of a network file; ``dist_param_mu`` and the like gather under ``dist_param``. A blank
    cell is an absent key; other cells become true or false, a whole number, a number or a text.

    Returns:
        The mapping that was written.

    Raises:
        ValueError: a column is missing, or the tables make no network: every mistake with its table and line. Nothing
            was written then. FileNotFoundError: there is no such file.
    """
    return _native.topology_network(table_of(nodes_csv), table_of(edges_csv), os.fspath(output_path), name)


def retail_store_csv_to_star_topology_yaml(
    stores_csv: Any,
    output_path: str | os.PathLike[str],
    *,
    store_id_col: str,
    selected_store_ids: Sequence[Any],
    name: str = "retail_star_topology",
    market_id: int | str = 0,
    supplier_id: int | str | None = None,
    source_id: int | str | None = None,
    initial_inventory: float = 80.0,
    retailer_holding_cost: float = 0.02,
    supplier_inventory: float = 500.0,
    supplier_holding_cost: float = 0.005,
    lead_time: int = 1,
    retail_price: float = 3.0,
    backlog_cost: float = 0.2,
    purchase_cost: float = 1.0,
    demand_mu: float = 20.0,
    separator: str | None = None,
    decimal: str | None = None,
    dates: str | None = None,
) -> dict[str, Any]:
    """A network file of some stores of a table: source, supplier, stores, one market.

    Args:
        stores_csv: the table; columns besides the id become ``meta_NAME`` of the stores.
        output_path: the file to write.
        store_id_col: column of ids.
        selected_store_ids: ids of the stores wanted.
        name: name of the network.
        market_id: id of the market.
        supplier_id: id of the supplier; by default one past the largest number among the stores.
        source_id: id of the source; by default one past the largest number in use.
        initial_inventory: stock of a store at the start [units].
        retailer_holding_cost: holding cost of a store [money / unit / period].
        supplier_inventory: stock of the supplier at the start [units].
        supplier_holding_cost: holding cost of the supplier [money / unit / period].
        lead_time: lead time of every supply link [periods].
        retail_price: price in the stores [money / unit].
        backlog_cost: penalty for unmet demand [money / unit / period].
        purchase_cost: price at the supplier [money / unit].
        demand_mu: mean demand of a store [units / period].
        separator: what stands between the cells of a file, where that cannot be found in it.
        decimal: ``.`` or ``,``, likewise.
        dates: ``day-first``, ``month-first`` or ``year-first``, likewise.

    Returns:
        The mapping that was written.

    Raises:
        ValueError: a column or a store is not there, or the result is no network. Nothing was written then.
            FileNotFoundError: there is no such file.
    """
    return _native.star_network(
        table_of(stores_csv, [separator, decimal, dates, None, None]),
        os.fspath(output_path),
        name=name,
        store_id_col=store_id_col,
        selected=[str(store) for store in selected_store_ids],
        market_id=market_id,
        supplier_id=supplier_id,
        source_id=source_id,
        stores=(number("initial_inventory", initial_inventory), number("holding cost", retailer_holding_cost)),
        supplier=(number("supplier_inventory", supplier_inventory), number("holding cost", supplier_holding_cost)),
        lead_time=_periods(lead_time),
        prices=_prices(retail_price, backlog_cost, purchase_cost),
        demand_mu=number("demand_mu", demand_mu),
    )


def hierarchy_csv_to_tree_topology_yaml(
    csv_path: Any,
    output_path: str | os.PathLike[str],
    *,
    hierarchy_cols: Sequence[str],
    group_filter: Mapping[str, Any] | None = None,
    max_rows: int | None = None,
    name: str = "hierarchy_topology",
    market_id: str = "MARKET",
    initial_inventory: float = 80.0,
    holding_cost: float = 0.02,
    lead_time: int = 1,
    retail_price: float = 3.0,
    backlog_cost: float = 0.2,
    purchase_cost: float = 1.0,
    pipeline_holding_cost: float = 0.0,
    demand_mu: float = 20.0,
    root_id: str = "SOURCE",
    separator: str | None = None,
    decimal: str | None = None,
    dates: str | None = None,
) -> dict[str, Any]:
    """A network file of the levels of a table: source, first level, ..., last level, one market.

    Args:
        csv_path: the table; rows with a blank level are passed over.
        output_path: the file to write.
        hierarchy_cols: columns from the top level down; a node's id is ``column=value``.
        group_filter: column and text that rows must have.
        max_rows: look at the first so many of these rows only.
        name: name of the network.
        market_id: id of the market.
        initial_inventory: stock of every node at the start [units].
        holding_cost: holding cost of every node [money / unit / period].
        lead_time: lead time of every supply link [periods].
        retail_price: price on the last level [money / unit].
        backlog_cost: penalty for unmet demand [money / unit / period].
        purchase_cost: price on every supply link [money / unit].
        pipeline_holding_cost: cost of a unit on its way [money / unit / period].
        demand_mu: mean demand of a leaf [units / period].
        root_id: id of the source; ``_UPSTREAM`` is added while it is taken.
        separator: what stands between the cells of a file, where that cannot be found in it.
        decimal: ``.`` or ``,``, likewise.
        dates: ``day-first``, ``month-first`` or ``year-first``, likewise.

    Returns:
        The mapping that was written.

    Raises:
        ValueError: a column is not there, no row is left, or the result is no network. Nothing was written then.
            FileNotFoundError: there is no such file.
    """
    document, notes = _native.hierarchy_network(
        table_of(csv_path, [separator, decimal, dates, None, None]),
        os.fspath(output_path),
        name=name,
        columns=names_of("hierarchy_cols", hierarchy_cols),
        filter=pairs_of("group_filter", group_filter),
        max_rows=None if max_rows is None else whole_number("max_rows", max_rows),
        market_id=str(market_id),
        root_id=str(root_id),
        nodes=(number("initial_inventory", initial_inventory), number("holding_cost", holding_cost)),
        lead_time=_periods(lead_time),
        prices=_prices(retail_price, backlog_cost, purchase_cost),
        pipeline_holding_cost=number("pipeline_holding_cost", pipeline_holding_cost),
        demand_mu=number("demand_mu", demand_mu),
    )
    document["metadata"] = _noted(document["metadata"] | {"group_filter": dict(group_filter or {})}, notes)
    return document


def _periods(lead_time: Any) -> int:
    whole = isinstance(lead_time, float) and lead_time.is_integer()
    return whole_number("lead_time", int(lead_time) if whole else lead_time, least=0)


def _prices(retail: Any, backlog: Any, purchase: Any) -> tuple[float, float, float]:
    return number("retail_price", retail), number("backlog_cost", backlog), number("purchase_cost", purchase)


def write_metadata(metadata: Mapping[str, Any], output_path: str | os.PathLike[str]) -> None:
    """Metadata as a JSON file; arrays become lists, paths texts, and folders that are missing are made.

    Raises:
        TypeError: an entry has no form in JSON. ValueError: the file cannot be written. Nothing was written then.
    """
    text = json.dumps(dict(metadata), indent=2, default=_plain)
    try:
        Path(output_path).parent.mkdir(parents=True, exist_ok=True)
        replace_file(output_path, lambda file: file.write(text.encode()))
    except OSError as error:
        raise ValueError(f"{output_path}: cannot be written: {error}") from None


def _plain(value: Any) -> Any:
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    raise TypeError(f"metadata holds a {type(value).__name__}; expected numbers, texts, lists, dicts, arrays or paths")


__all__ = [
    "DatasetScenarioSpec",
    "external_series_spec",
    "hierarchy_csv_to_tree_topology_yaml",
    "long_demand_csv_to_spec",
    "m5_wide_csv_to_spec",
    "retail_store_csv_to_star_topology_yaml",
    "topology_csvs_to_yaml",
    "wide_demand_csv_to_spec",
    "write_metadata",
]
