//! How actions are read, as Python holds it.

use invmgmt::Problem;
use invmgmt::action::{ActionMap, ActionMode};
use invmgmt::mechanism::Scope;
use invmgmt::network as engine;
use invmgmt::period::Rules;
use numpy::{IntoPyArray, PyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::demand::Demand;
use crate::network::Network;
use crate::problem::problem;

/// What the numbers of an action mean on one network.
#[derive(Debug)]
#[pyclass(frozen, module = "gym_invmgmt._native")]
pub struct Actions {
    pub map: ActionMap,
    labels: Vec<String>,
    simplifies: Vec<&'static str>,
}

#[pymethods]
impl Actions {
    /// Names of the modes.
    #[classattr]
    #[pyo3(name = "MODES")]
    fn modes() -> Vec<&'static str> {
        ActionMode::NAMES.iter().map(|(name, _)| *name).collect()
    }

    /// Ceilings follow from the network and its demand over the horizon, unless they are given.
    #[new]
    #[pyo3(signature = (network, demand, mode, num_periods, ceilings=None))]
    fn new(
        network: &Bound<'_, Network>,
        demand: &Bound<'_, Demand>,
        mode: &str,
        num_periods: usize,
        ceilings: Option<Vec<f64>>,
    ) -> PyResult<Self> {
        // The rules of play have no say in what an action may be.
        let Rules { backlog, discount } = Rules::default();
        let problem = problem(network, demand, num_periods, backlog, discount)?;
        let map = action_map(&problem, mode, ceilings.as_deref())?;
        let has_derived = ceilings.is_none() && !map.ceilings().is_empty();
        let simplifies = if has_derived { said(&ActionMap::SCOPE, &problem.network) } else { Vec::new() };
        Ok(Self { labels: map.labels(&problem.network), map, simplifies })
    }

    /// What the largest action stands for, per number of an action [units]; empty for raw quantities.
    #[getter]
    fn ceilings<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.map.ceilings().to_vec().into_pyarray(py)
    }

    /// What the ceilings leave out of account, in words; nothing where they were given.
    #[getter]
    fn simplifies(&self) -> Vec<&'static str> {
        self.simplifies.clone()
    }

    /// What each number of an action is.
    #[getter]
    fn labels(&self) -> Vec<String> {
        self.labels.clone()
    }
}

/// What a scope that refuses nothing simplifies of a network, in words.
pub(crate) fn said(scope: &Scope, network: &engine::Network) -> Vec<&'static str> {
    scope.admit(&network.mechanisms()).unwrap_or_default()
}

/// How actions of a mode are read. Ceilings follow from the network and its demand over the horizon, unless they are
/// given.
pub(crate) fn action_map(problem: &Problem, mode: &str, ceilings: Option<&[f64]>) -> PyResult<ActionMap> {
    let mode = ActionMode::named(mode).ok_or_else(|| {
        let known = Actions::modes();
        PyValueError::new_err(format!(
            "action_mode is '{}'; expected one of {}",
            mode.escape_debug(),
            known.join(", ")
        ))
    })?;
    match ceilings {
        Some(ceilings) => ActionMap::with_ceilings(&problem.network, mode, ceilings)
            .map_err(|error| PyValueError::new_err(error.to_string())),
        None => Ok(ActionMap::derived(problem, mode)),
    }
}
