//! Units of a benchmark played by Python's means, as on a cluster.
//!
//! `play(suite, policies, seeds, identity, units)` is a Python function that yields texts: `suite` is a suite
//! file that stands alone, `policies` a list as [`crate::benchmark`] takes it, `identity` the plan's, and `units` the
//! numbers of what is to be played. In another process [`play_units`] takes the same and makes the texts.

use invmgmt_benchmark::{Contestant, Keep, Plan, RunError, play_unit};
use invmgmt_data::suite_from_yaml;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::benchmark::{Ending, Given, contestant, ended};

/// Has units played by a Python function; hands over what it yields.
pub(crate) fn play(
    function: &Bound<'_, PyAny>,
    plan: &Plan<'_>,
    policies: &Bound<'_, PyAny>,
    units: &[usize],
    keep: Keep<'_>,
) -> PyResult<()> {
    let suite = plan.suite.to_yaml();
    let texts = function.call1((suite, policies, plan.seeds.clone(), plan.identity(), units.to_vec()))?;
    for text in texts.try_iter()? {
        keep(&text?.extract::<String>()?).map_err(refused)?;
    }
    Ok(())
}

/// The policies of a plan that has policies by name only.
pub(crate) fn named_policies<'py>(py: Python<'py>, plan: &Plan<'_>) -> PyResult<Bound<'py, PyAny>> {
    let given = plan.contestants.iter().map(|named| (named.name(), named.definition(), false, ""));
    Ok(PyList::new(py, given.collect::<Vec<_>>())?.into_any())
}

/// Plays units of a benchmark that another process runs; the texts of what came of them.
#[pyfunction]
pub fn play_units(
    py: Python<'_>,
    suite: &str,
    policies: Vec<Given>,
    seeds: Vec<u64>,
    identity: &str,
    units: Vec<usize>,
) -> PyResult<Vec<String>> {
    let suite = suite_from_yaml(suite).map_err(|error| PyValueError::new_err(error.to_string()))?;
    let ending = Ending::default();
    let contestants: Vec<Box<dyn Contestant + Send>> =
        policies.into_iter().map(|given| contestant(py, given, &ending)).collect();
    let contestants: Vec<&dyn Contestant> =
        contestants.iter().map(|contestant| &**contestant as &dyn Contestant).collect();
    let plan = Plan::new(&suite, contestants, seeds).map_err(refused)?;
    if plan.identity() != identity {
        return Err(PyValueError::new_err(
            "a worker has another version of gym-invmgmt than the process that asks it to play; install the same \
             version on all machines",
        ));
    }
    let mut texts = Vec::new();
    for unit in units {
        let text = py.detach(|| play_unit(&plan, unit)).map_err(refused)?;
        if let Some(error) = ended(&ending) {
            return Err(error);
        }
        texts.push(text);
    }
    Ok(texts)
}

fn refused(error: RunError) -> PyErr {
    PyValueError::new_err(match error {
        RunError::Executor(reason) => format!("the cluster {reason}"),
        other => other.to_string(),
    })
}
