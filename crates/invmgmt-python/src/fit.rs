//! Demand fitted to a history, as Python sees it.

use std::path::PathBuf;

use invmgmt::demand::{DemandConfig, Law};
use invmgmt::network::DeclaredDemand;
use invmgmt::random::Pcg64;
use invmgmt_data::SeriesError;
use invmgmt_fit::{Evidence, Outcome, Settings, declared, entries, fit, from_period, simulate_law};
use numpy::PyArray1;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::demand::{Demand, series, value_to_python};
use crate::interruptible::interruptible;
use crate::network::{file_error, set_law_value};
use crate::turn::{ENGINE, shared};

/// Everything a fit of a one-dimensional series found, as a dict.
#[pyfunction]
#[pyo3(signature = (series, stock, false_alarm))]
pub fn fit_demand<'py>(
    py: Python<'py>,
    series: &Bound<'py, PyAny>,
    stock: Option<&Bound<'py, PyAny>>,
    false_alarm: f64,
) -> PyResult<Bound<'py, PyDict>> {
    let mut history = self::series("series", series)?;
    let mut sold_out = 0;
    if let Some(stock) = stock {
        let stock = self::series("stock", stock)?;
        if stock.len() != history.len() {
            return Err(PyValueError::new_err(format!(
                "stock has {} periods; expected {}, as series",
                stock.len(),
                history.len()
            )));
        }
        let out: Vec<bool> = stock.iter().map(|units| *units <= 0.0).collect();
        let (wanted, periods) = invmgmt_fit::wanted(&history, &out, &mut Pcg64::seeded(0));
        (history, sold_out) = (wanted.into(), periods);
    }
    let (history, found) = interruptible(py, move || {
        let found = fit(&history, Settings { false_alarm });
        (history, found)
    })?;
    let found = found.map_err(|error| PyValueError::new_err(error.to_string()))?;
    let config = demand_config(py, &found.config)?;
    let effects = PyDict::new(py);
    for evidence in &found.effects {
        effects.set_item(evidence.effect, effect(py, evidence)?)?;
    }
    let (scatter, zeros) = (&found.dispersion, &found.intermittency);
    let dispersion = PyDict::new(py);
    dispersion.set_item("found", scatter.found)?;
    dispersion.set_item("ratio", scatter.ratio)?;
    dispersion.set_item("false_alarm", scatter.false_alarm)?;
    let intermittency = PyDict::new(py);
    intermittency.set_item("found", zeros.found)?;
    intermittency.set_item("zeros", zeros.zeros)?;
    intermittency.set_item("expected_zeros", zeros.expected_zeros)?;
    intermittency.set_item("false_alarm", zeros.false_alarm)?;
    intermittency.set_item("average_interval", zeros.average_interval)?;
    intermittency.set_item("size_variation", zeros.size_variation)?;
    intermittency.set_item("pattern", zeros.pattern())?;
    let link = declared(&found.law, found.config.base_mu.unwrap_or_default());
    let (law, parameters) = (PyDict::new(py), PyDict::new(py));
    for (key, value) in link.parameters {
        set_law_value(&parameters, &key, &value)?;
    }
    law.set_item("demand_dist", link.distribution)?;
    law.set_item("dist_param", parameters)?;
    let result = PyDict::new(py);
    result.set_item("demand_config", config)?;
    result.set_item("law", law)?;
    result.set_item("begins", found.begins)?;
    result.set_item("sold_out", sold_out)?;
    result.set_item("history", PyArray1::from_slice(py, &history))?;
    result.set_item("fitted", PyArray1::from_slice(py, &found.fitted))?;
    result.set_item("effects", effects)?;
    result.set_item("dispersion", dispersion)?;
    result.set_item("intermittency", intermittency)?;
    result.set_item("autocorrelation", found.autocorrelation)?;
    result.set_item("notes", &found.notes)?;
    result.set_item("summary", found.summary())?;
    Ok(result)
}

fn demand_config<'py>(py: Python<'py>, config: &DemandConfig) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for (key, value) in entries(config) {
        dict.set_item(key, value_to_python(py, value)?)?;
    }
    Ok(dict)
}

/// The `demand_config` of a demand engine's parameters for episodes that begin in a later period.
#[pyfunction]
pub fn demand_from_period<'py>(
    py: Python<'py>,
    demand: &Bound<'py, Demand>,
    period: usize,
) -> PyResult<Bound<'py, PyDict>> {
    demand_config(py, &from_period(&shared(demand, ENGINE)?.model.config, period))
}

fn effect<'py>(py: Python<'py>, evidence: &Evidence) -> PyResult<Bound<'py, PyDict>> {
    let (estimates, errors) = (PyDict::new(py), PyDict::new(py));
    for one in &evidence.estimates {
        estimates.set_item(one.name, one.value)?;
        errors.set_item(one.name, one.error)?;
    }
    let dict = PyDict::new(py);
    dict.set_item("found", evidence.outcome == Outcome::Found)?;
    dict.set_item("sought", evidence.outcome != Outcome::NotSought)?;
    dict.set_item("needs_periods", evidence.needs)?;
    dict.set_item("statistic", evidence.statistic)?;
    dict.set_item("threshold", evidence.threshold)?;
    dict.set_item("false_alarm", evidence.false_alarm)?;
    dict.set_item("estimates", estimates)?;
    dict.set_item("errors", errors)?;
    Ok(dict)
}

/// A column of a CSV file with units sold: finite numbers >= 0.
#[pyfunction]
pub fn read_demand<'py>(py: Python<'py>, path: PathBuf, column: &str) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let column = column.to_owned();
    let read = interruptible(py, move || invmgmt_data::read_demand(&path.into(), &column))?;
    let values = read.map_err(|error| match error {
        SeriesError::File(error) => file_error(error),
        error => PyValueError::new_err(error.to_string()),
    })?;
    Ok(PyArray1::from_vec(py, values))
}

/// Demand drawn by a law, given by its name and parameters, with the parameters of a demand engine [units], one value
/// per period.
#[pyfunction]
pub fn simulate_demand<'py>(
    py: Python<'py>,
    demand: &Bound<'py, Demand>,
    law: (String, Vec<(String, f64)>),
    num_periods: usize,
    seed: u64,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let config = shared(demand, ENGINE)?.model.config.clone();
    let (distribution, parameters) = law;
    let parameters = parameters.iter().map(|(key, value)| (key.as_str(), *value));
    let (law, _) = Law::from_declared(&DeclaredDemand::new(&distribution, parameters))
        .map_err(|error| PyValueError::new_err(error.message))?;
    Ok(PyArray1::from_vec(py, py.detach(|| simulate_law(&config, &law, num_periods, seed))))
}
