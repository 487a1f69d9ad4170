//! Tables as Python sees them: series and networks out of CSV files and frames.

use std::path::PathBuf;

use invmgmt_data::adapters::{
    self, AdapterError, Figures, Hierarchy, Limits, LongQuery, Star, ValueColumns, WindowSearch,
};
use invmgmt_data::{Source, TableForm, Value};
use numpy::{PyArray1, PyReadonlyArray1};
use pyo3::exceptions::{PyFileNotFoundError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::convert::{document, document_to_python};
use crate::interruptible::interruptible;

/// A table: `(path, None)`, or `(name, text)` for CSV text in memory; and how a file is written.
pub type Table = (PathBuf, Option<String>, Form);

/// How a table is written, where the file alone does not tell: separator, decimal sign, order of dates, sheet, range.
pub type Form = [Option<String>; 5];

/// Pairs of column and text.
type Pairs = Vec<(String, String)>;

/// A table as the readers take it. A form that cannot be is refused even where the text needs none.
pub fn source((path, text, form): Table) -> PyResult<Source> {
    let form = read_form(form)?;
    Ok(match text {
        Some(text) => Source::Text { name: path.to_string_lossy().into_owned(), text },
        None => Source::File { path, form },
    })
}

fn read_form([separator, decimal, dates, sheet, range]: Form) -> PyResult<TableForm> {
    fn read<T: std::str::FromStr<Err = String>>(name: &str, text: Option<String>) -> PyResult<Option<T>> {
        let read = |text: String| text.parse().map_err(|why| PyValueError::new_err(format!("{name}: {why}")));
        text.map(read).transpose()
    }
    Ok(TableForm {
        separator: read("separator", separator)?,
        decimal: read("decimal", decimal)?,
        dates: read("dates", dates)?,
        sheet,
        range: read("range", range)?,
    })
}

fn adapter_error(error: AdapterError) -> PyErr {
    if error.is_not_found() {
        PyFileNotFoundError::new_err(error.to_string())
    } else {
        PyValueError::new_err(error.to_string())
    }
}

/// Values cut at zero and scaled: (values, (mean, std, cv), notes).
#[pyfunction]
#[pyo3(signature = (what, values, scale_to_mean))]
pub fn prepare_series<'py>(
    py: Python<'py>,
    what: &str,
    values: PyReadonlyArray1<'py, f64>,
    scale_to_mean: Option<f64>,
) -> PyResult<Prepared<'py>> {
    let values = values.as_array().to_vec();
    let prepared = adapters::prepare_series(what, values, scale_to_mean).map_err(adapter_error)?;
    let Figures { mean, std, cv } = prepared.figures;
    Ok((PyArray1::from_vec(py, prepared.values), (mean, std, cv), prepared.notes))
}

type Prepared<'py> = (Bound<'py, PyArray1<f64>>, (f64, f64, f64), Vec<String>);

/// The rows wanted of a long table as one series: (values, notes).
#[pyfunction]
#[pyo3(signature = (table, demand, time, filter))]
pub fn long_series(
    py: Python<'_>,
    table: Table,
    demand: String,
    time: Option<String>,
    filter: Pairs,
) -> PyResult<(Bound<'_, PyArray1<f64>>, Vec<String>)> {
    let source = source(table)?;
    let read = interruptible(py, move || {
        let query = LongQuery { demand: &demand, time: time.as_deref(), filter: &filter };
        adapters::long_series(&source, &query)
    })?
    .map_err(adapter_error)?;
    Ok((PyArray1::from_vec(py, read.values), read.notes))
}

type Grouped<'py> = (Vec<Bound<'py, PyArray1<f64>>>, Option<(usize, usize)>, Vec<String>);

/// A series per group of a long table: (series, (shared times, sums left out) or none, notes).
#[pyfunction]
#[pyo3(signature = (table, demand, time, filter, columns, groups))]
pub fn grouped_series(
    py: Python<'_>,
    table: Table,
    demand: String,
    time: Option<String>,
    filter: Pairs,
    columns: Vec<String>,
    groups: Vec<Vec<String>>,
) -> PyResult<Grouped<'_>> {
    let source = source(table)?;
    let read = interruptible(py, move || {
        let query = LongQuery { demand: &demand, time: time.as_deref(), filter: &filter };
        adapters::grouped_series(&source, &query, &columns, &groups)
    })?
    .map_err(adapter_error)?;
    let series = read.series.into_iter().map(|values| PyArray1::from_vec(py, values)).collect();
    Ok((series, read.alignment.map(|alignment| (alignment.times, alignment.dropped)), read.notes))
}

/// The most volatile window of a wide table, as a dict.
#[pyfunction]
#[pyo3(signature = (table, *, columns, prefix, describing, filter, num_periods, search_periods, limits))]
#[allow(clippy::too_many_arguments, reason = "a search has this many choices")]
pub fn best_window(
    py: Python<'_>,
    table: Table,
    columns: Option<Vec<String>>,
    prefix: Option<String>,
    describing: Vec<String>,
    filter: Pairs,
    num_periods: usize,
    search_periods: Option<usize>,
    limits: (f64, f64, f64),
) -> PyResult<Bound<'_, PyDict>> {
    let source = source(table)?;
    let columns = match columns {
        Some(names) => ValueColumns::Named(names),
        None => ValueColumns::Prefix(prefix.unwrap_or_default()),
    };
    let (min_mean, min_nonzero_frac, max_to_mean) = limits;
    let window = interruptible(py, move || {
        let search = WindowSearch {
            columns: &columns,
            describing: &describing,
            filter: &filter,
            num_periods,
            search_periods,
            limits: Limits { min_mean, min_nonzero_frac, max_to_mean },
        };
        adapters::best_window(&source, &search)
    })?
    .map_err(adapter_error)?;
    let found = PyDict::new(py);
    found.set_item("row_index", window.row_index)?;
    found.set_item("window_index", window.window_index)?;
    found.set_item("search_periods", window.search_periods)?;
    found.set_item("start_period", window.start)?;
    found.set_item("end_period", window.end)?;
    found.set_item("described", window.described.into_iter().collect::<Vec<_>>())?;
    found.set_item("raw_mean", window.figures.mean)?;
    found.set_item("raw_std", window.figures.std)?;
    found.set_item("raw_cv", window.figures.cv)?;
    found.set_item("raw_nonzero_frac", window.nonzero_frac)?;
    found.set_item("raw_max_to_mean", window.max_to_mean)?;
    found.set_item("raw_series", PyArray1::from_vec(py, window.raw))?;
    found.set_item("notes", window.notes)?;
    Ok(found)
}

/// The network of a table of nodes and one of edges, written to a file; returns its document.
#[pyfunction]
pub fn topology_network<'py>(
    py: Python<'py>,
    nodes: Table,
    edges: Table,
    output: PathBuf,
    name: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let document =
        adapters::topology_network(&source(nodes)?, &source(edges)?, name).map_err(adapter_error)?;
    written(py, &document, &output)
}

/// The star of some stores of a table, written to a file; returns its document.
#[pyfunction]
#[pyo3(signature = (table, output, *, name, store_id_col, selected, market_id, supplier_id, source_id, stores,
                    supplier, lead_time, prices, demand_mu))]
#[allow(clippy::too_many_arguments, reason = "a star has this many choices")]
pub fn star_network<'py>(
    py: Python<'py>,
    table: Table,
    output: PathBuf,
    name: String,
    store_id_col: String,
    selected: Vec<String>,
    market_id: Bound<'py, PyAny>,
    supplier_id: Option<Bound<'py, PyAny>>,
    source_id: Option<Bound<'py, PyAny>>,
    stores: (f64, f64),
    supplier: (f64, f64),
    lead_time: i64,
    prices: (f64, f64, f64),
    demand_mu: f64,
) -> PyResult<Bound<'py, PyAny>> {
    let id = |id: Option<Bound<'py, PyAny>>| id.as_ref().map(document).transpose();
    let (retail_price, backlog_cost, purchase_cost) = prices;
    let star = Star {
        name,
        store_id_col,
        selected,
        market_id: document(&market_id)?,
        supplier_id: id(supplier_id)?,
        source_id: id(source_id)?,
        initial_inventory: stores.0,
        retailer_holding_cost: stores.1,
        supplier_inventory: supplier.0,
        supplier_holding_cost: supplier.1,
        lead_time,
        retail_price,
        backlog_cost,
        purchase_cost,
        demand_mu,
    };
    let document = adapters::star_network(&source(table)?, &star).map_err(adapter_error)?;
    written(py, &document, &output)
}

/// The tree of a table's levels, written to a file; returns its document and notes.
#[pyfunction]
#[pyo3(signature = (table, output, *, name, columns, filter, max_rows, market_id, root_id, nodes, lead_time, prices,
                    pipeline_holding_cost, demand_mu))]
#[allow(clippy::too_many_arguments, reason = "a tree has this many choices")]
pub fn hierarchy_network(
    py: Python<'_>,
    table: Table,
    output: PathBuf,
    name: String,
    columns: Vec<String>,
    filter: Pairs,
    max_rows: Option<usize>,
    market_id: String,
    root_id: String,
    nodes: (f64, f64),
    lead_time: i64,
    prices: (f64, f64, f64),
    pipeline_holding_cost: f64,
    demand_mu: f64,
) -> PyResult<(Bound<'_, PyAny>, Vec<String>)> {
    let (retail_price, backlog_cost, purchase_cost) = prices;
    let tree = Hierarchy {
        name,
        columns,
        max_rows,
        market_id,
        root_id,
        initial_inventory: nodes.0,
        holding_cost: nodes.1,
        lead_time,
        retail_price,
        backlog_cost,
        purchase_cost,
        pipeline_holding_cost,
        demand_mu,
    };
    let (document, notes) =
        adapters::hierarchy_network(&source(table)?, &tree, &filter).map_err(adapter_error)?;
    Ok((written(py, &document, &output)?, notes))
}

fn written<'py>(py: Python<'py>, document: &Value, output: &std::path::Path) -> PyResult<Bound<'py, PyAny>> {
    adapters::write_document(document, output).map_err(adapter_error)?;
    document_to_python(py, document)
}
