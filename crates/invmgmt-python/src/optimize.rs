//! Levels found by simulation, for Python.

use invmgmt_policy::estimate::Estimate;
use invmgmt_policy::optimize::{Family, Settings, Target, optimize};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::demand::Demand;
use crate::interruptible::interruptible;
use crate::network::Network;
use crate::problem::problem;

/// Finds levels of a family; a dict with the fields of the result.
#[pyfunction]
#[pyo3(signature = (network, demand, family, *, targets, budget, training, held_out, test_from, num_periods, backlog, discount, threads, gradient))]
#[allow(clippy::too_many_arguments, reason = "keyword arguments of a Python function")]
pub fn optimize_levels<'py>(
    py: Python<'py>,
    network: &Bound<'py, Network>,
    demand: &Bound<'py, Demand>,
    family: &str,
    targets: Vec<String>,
    budget: usize,
    training: Vec<u64>,
    held_out: Vec<u64>,
    test_from: Option<usize>,
    num_periods: usize,
    backlog: bool,
    discount: f64,
    threads: usize,
    gradient: bool,
) -> PyResult<Bound<'py, PyDict>> {
    let refused = |error: invmgmt_policy::optimize::OptimizeError| PyValueError::new_err(error.to_string());
    let (family, review) = Family::reviewed(family).map_err(refused)?;
    let targets = targets.iter().map(|target| target.parse()).collect::<Result<Vec<Target>, _>>();
    let targets = targets.map_err(refused)?;
    let problem = problem(network, demand, num_periods, backlog, discount)?;
    let settings =
        Settings { family, review, targets, budget, training, held_out, test_from, threads, gradient };
    let found = interruptible(py, move || optimize(&problem, &settings))?.map_err(refused)?;
    let result = PyDict::new(py);
    result.set_item("policy", found.spec)?;
    result.set_item("levels", found.levels)?;
    result.set_item("numbers", family.numbers())?;
    let targets = found.targets.into_iter().map(|reached| {
        let measured = (figures(reached.training), reached.held_out.map(figures));
        (reached.service.key(), reached.retailer, reached.share, reached.is_reached, measured)
    });
    result.set_item("targets", PyList::new(py, targets.collect::<Vec<_>>())?)?;
    result.set_item("training", figures(found.training))?;
    result.set_item("held_out", found.held_out.map(figures))?;
    result.set_item("gain", found.gain.map(figures))?;
    result.set_item("drawn", found.drawn)?;
    result.set_item("start", found.start)?;
    result.set_item("tried", found.tried)?;
    result.set_item("settled", found.settled)?;
    let history = found.history.into_iter().map(|step| (step.tried, step.levels, step.profit, step.lack));
    result.set_item("history", PyList::new(py, history.collect::<Vec<_>>())?)?;
    Ok(result)
}

/// What a sample says: mean, standard error, and the ends of the interval.
#[pyfunction]
pub fn estimate(values: Vec<f64>) -> PyResult<(f64, f64, f64, f64)> {
    Estimate::over(&values).map(figures).ok_or_else(|| PyValueError::new_err("values is empty"))
}

/// Mean, standard error, and the ends of the interval; of a single episode the mean alone, the others no numbers.
fn figures(of: Estimate) -> (f64, f64, f64, f64) {
    let several = |number: f64| if of.count > 1 { number } else { f64::NAN };
    (of.mean, several(of.standard_error), several(of.low), several(of.high))
}
