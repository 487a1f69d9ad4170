//! The command line as the Python package runs it: with Python drawing what moves, and reaching clusters.

use std::ffi::OsString;
use std::path::Path;

use invmgmt::episode::{Columns, Symbol, Trajectory};
use invmgmt::network as engine;
use invmgmt_benchmark::{Keep, Plan, RunError};
use invmgmt_cli::Helpers;
use numpy::{PyArray1, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::executor;
use crate::network::Network;

/// Runs the command line with these arguments, the program's name first; returns the exit code.
///
/// `write_video(path, network, matrices)` draws the moving pictures that are asked for: `matrices` are the record's
/// by the names of the environment's (`X`, `Y`, ...). The message of what it raises is shown. Without it moving
/// pictures are refused.
/// `cluster(address)` makes a function that plays units of a benchmark, see `executor`; without it clusters are
/// refused.
#[pyfunction]
#[pyo3(signature = (arguments, write_video = None, cluster = None))]
pub fn run_command_line(
    py: Python<'_>,
    arguments: Vec<OsString>,
    write_video: Option<Py<PyAny>>,
    cluster: Option<Py<PyAny>>,
) -> u8 {
    py.detach(|| {
        let video = |path: &Path, network: &engine::Network, record: &Trajectory| {
            let function = write_video.as_ref().expect("asked only if there is one");
            Python::attach(|py| call(function.bind(py), path, network, record))
                .map_err(|error| error.to_string())
        };
        let on_cluster = |address: Option<&str>, plan: &Plan<'_>, units: &[usize], keep: Keep<'_>| {
            let cluster = cluster.as_ref().expect("asked only if there is one");
            Python::attach(|py| {
                let policies = executor::named_policies(py, plan)?;
                executor::play(&cluster.bind(py).call1((address,))?, plan, &policies, units, keep)
            })
            .map_err(|error: PyErr| {
                Python::attach(|py| RunError::Executor(format!("failed: {}", error.value(py))))
            })
        };
        let helpers = Helpers {
            video: write_video.is_some().then_some(&video),
            cluster: cluster.is_some().then_some(&on_cluster),
        };
        invmgmt_cli::run_with(arguments, helpers)
    })
}

fn call(
    function: &Bound<'_, PyAny>,
    path: &Path,
    network: &engine::Network,
    record: &Trajectory,
) -> PyResult<()> {
    let matrices = PyDict::new(function.py());
    for symbol in Symbol::of(network) {
        matrices.set_item(symbol.facts().letter, array(function.py(), symbol, record)?)?;
    }
    function.call1((path, Network::of(network.clone(), None), matrices))?;
    Ok(())
}

/// A matrix of a record as an array of its shape.
fn array<'py>(py: Python<'py>, symbol: Symbol, record: &Trajectory) -> PyResult<Bound<'py, PyAny>> {
    let numbers = PyArray1::from_slice(py, &record[symbol].values);
    if symbol.facts().columns == Columns::None {
        return Ok(numbers.into_any());
    }
    Ok(numbers.reshape([symbol.rows(record.num_periods), record[symbol].columns])?.into_any())
}
