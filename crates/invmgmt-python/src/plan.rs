//! The plan of an assortment as Python asks for it.

use std::path::PathBuf;

use invmgmt_plan::tables::{Period, SalesColumns, TableError, Tables};
use invmgmt_plan::{PlanError, Request, RequestError, Target, Unmet, on_threads};
use pyo3::exceptions::{PyFileNotFoundError, PyOSError, PyValueError};
use pyo3::prelude::*;

use crate::data::{Table, source};
use crate::interruptible::interruptible;

/// Names of the columns of the sales: date, item, place, units, stock.
type Columns = (String, String, String, String, Option<String>);

/// A plan as one JSON document, and the files written, if a folder is given.
#[pyfunction]
#[pyo3(signature = (sales, items, receipts, *, columns, target, unmet, period, horizon, paths, held_back, threads, out))]
#[expect(clippy::too_many_arguments, reason = "one per keyword of the Python function")]
pub fn plan(
    py: Python<'_>,
    sales: Option<Table>,
    items: Option<Table>,
    receipts: Option<Table>,
    columns: Columns,
    target: (String, f64),
    unmet: &str,
    period: &str,
    horizon: Option<usize>,
    paths: usize,
    held_back: Option<usize>,
    threads: Option<usize>,
    out: Option<PathBuf>,
) -> PyResult<(String, Vec<PathBuf>)> {
    let (date, item, place, units, stock) = columns;
    let tables = Tables {
        sales: sales.map(source).transpose()?,
        columns: SalesColumns { date, item, place, units, stock },
        items: items.map(source).transpose()?,
        receipts: receipts.map(source).transpose()?,
        period: Period::ALL.into_iter().find(|known| known.name() == period).ok_or_else(|| {
            PyValueError::new_err(format!("period is '{period}'; expected 'day', 'week' or 'month'"))
        })?,
        target: read_target(&target)?,
        unmet: match unmet {
            "lost" => Unmet::Lost,
            "wait" => Unmet::Wait,
            _ => return Err(PyValueError::new_err(format!("unmet is '{unmet}'; expected 'lost' or 'wait'"))),
        },
    };
    let request = Request {
        tables,
        horizon,
        paths,
        held_back,
        folder: out.clone(),
        command: "gym_invmgmt.plan(...)".to_owned(),
        generator: concat!("gym-invmgmt ", env!("CARGO_PKG_VERSION")).to_owned(),
    };
    let work = move || {
        let run = || request.run(|_, _| {}, || {});
        match threads {
            Some(threads) => on_threads(threads, run),
            None => run(),
        }
    };
    let mut plan = interruptible(py, work)?.map_err(refused)?;
    let written = match out {
        Some(folder) => plan.write(&folder).map_err(|error| PyOSError::new_err(error.to_string()))?,
        None => Vec::new(),
    };
    let document = plan.json().map_err(|error| PyOSError::new_err(error.to_string()))?;
    Ok((String::from_utf8_lossy(&document).into_owned(), written))
}

fn read_target((kind, share): &(String, f64)) -> PyResult<Target> {
    if !(*share > 0.0 && *share < 1.0) {
        return Err(PyValueError::new_err(format!(
            "target is {share}; expected a share above 0 and below 1"
        )));
    }
    match kind.as_str() {
        "fill-rate" | "immediate-fill-rate" => Ok(Target::FillRate(*share)),
        "cycle-service" => Ok(Target::CycleService(*share)),
        _ => Err(PyValueError::new_err(format!(
            "target is of kind '{kind}'; expected 'fill-rate' or 'cycle-service'"
        ))),
    }
}

fn refused(error: RequestError) -> PyErr {
    match &error {
        RequestError::Table(TableError::Table(invmgmt_data::SeriesError::File(
            invmgmt_data::FileError::NotFound { .. },
        ))) => PyFileNotFoundError::new_err(error.to_string()),
        RequestError::Plan(PlanError::Interrupted) => PyValueError::new_err("interrupted"),
        _ => PyValueError::new_err(error.to_string()),
    }
}
