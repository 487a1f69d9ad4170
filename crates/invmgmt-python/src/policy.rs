//! A policy by name that decides from observations.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use invmgmt::Problem;
use invmgmt::episode::Policy as Decides;
use invmgmt::network::{Network as EngineNetwork, Part, TableIndex};
use invmgmt::period::StateView;
use invmgmt_policy::{Knowledge, NamedPolicy, PolicyError, PolicyTable, parse};
use numpy::{PyArray2, PyArrayMethods, PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;

use crate::demand::Demand;
use crate::network::Network;
use crate::problem::problem;

/// Policies of one name for one problem, one per episode in play: a policy may remember what it saw.
#[derive(Debug)]
#[pyclass(frozen, module = "gym_invmgmt._native")]
pub struct Policy {
    problem: Problem,
    spec: String,
    /// The table it is, if it is one that was found here; else it is made from its spec.
    table: Option<PolicyTable>,
    information: &'static str,
    rows: Mutex<Vec<Row>>,
}

/// One episode's policy and what it was last shown.
#[derive(Debug)]
struct Row {
    policy: NamedPolicy,
    /// The state row as far as policies are told of it: the last observation, and what stands behind it.
    values: Vec<f64>,
}

impl Row {
    /// Takes in an observation and what is told besides. Where nothing is told, a link's units on order are those on
    /// their way, added up.
    fn look(&mut self, network: &EngineNetwork, observation: &[f64], told: Option<&[f64]>) {
        let layout = &network.layout;
        let (seen, behind) = self.values.split_at_mut(layout.observation());
        seen.copy_from_slice(observation);
        if let Some(told) = told {
            behind.copy_from_slice(told);
            return;
        }
        let slots = layout.start(Part::InTransit);
        let on_order = layout.start(Part::OnOrder) - layout.observation();
        for (link, row) in network.supply.iter() {
            let first = slots + row.first_slot;
            behind[on_order + link.position()] = seen[first..first + row.slots].iter().sum();
        }
    }
}

impl Policy {
    /// The policy that a table is.
    pub fn of_table(problem: Problem, table: PolicyTable) -> Self {
        let information = NamedPolicy::from(table.clone()).information().name();
        let (spec, rows) = ("table".to_owned(), Mutex::new(Vec::new()));
        Self { problem, spec, table: Some(table), information, rows }
    }

    fn table(&self) -> PyResult<&PolicyTable> {
        self.table
            .as_ref()
            .ok_or_else(|| PyValueError::new_err(format!("{} is no table", self.spec.escape_debug())))
    }

    fn make(&self) -> Result<NamedPolicy, PolicyError> {
        if let Some(table) = &self.table {
            return Ok(table.clone().into());
        }
        parse(&self.spec, &Knowledge::of(&self.problem))
    }

    /// As many rows as there are episodes; new ones begin where they are first shown something.
    fn resize(&self, rows: &mut Vec<Row>, count: usize) -> PyResult<()> {
        rows.truncate(count);
        while rows.len() < count {
            let policy = self.make().map_err(|error| PyValueError::new_err(error.to_string()))?;
            let values = vec![0.0; self.problem.network.layout.told()];
            rows.push(Row { policy, values });
        }
        Ok(())
    }
}

#[pymethods]
impl Policy {
    /// The policy a spec names.
    #[new]
    #[pyo3(signature = (network, demand, spec, *, num_periods, backlog, discount))]
    fn new(
        network: &Bound<'_, Network>,
        demand: &Bound<'_, Demand>,
        spec: String,
        num_periods: usize,
        backlog: bool,
        discount: f64,
    ) -> PyResult<Self> {
        let mut policy = Self {
            problem: problem(network, demand, num_periods, backlog, discount)?,
            spec,
            table: None,
            information: "",
            rows: Mutex::new(Vec::new()),
        };
        let made = policy.make().map_err(|error| PyValueError::new_err(error.to_string()))?;
        policy.information = made.information().name();
        Ok(policy)
    }

    /// What the policy knows.
    #[getter]
    fn information(&self) -> &'static str {
        self.information
    }

    /// Of a table what each number of its states is.
    fn columns(&self) -> PyResult<Vec<String>> {
        Ok(self.table()?.labels())
    }

    /// Of a table its states, (states, columns) [units].
    fn states<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let states = self.table()?.states();
        numpy::PyArray1::from_slice(py, states.numbers()).reshape([states.len(), states.width()])
    }

    /// Of a table what it requests in each state, (states, supply links) [units].
    fn orders<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let table = self.table()?;
        numpy::PyArray1::from_slice(py, table.all_orders()).reshape([table.len(), table.order_labels().len()])
    }

    /// Writes a table to a file.
    fn save(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        let table = self.table()?.clone();
        py.detach(move || table.write(&path)).map_err(|error| PyOSError::new_err(error.to_string()))
    }

    /// Forgets what was seen; one episode per seed begins.
    fn reset(&self, seeds: Vec<Option<u64>>) -> PyResult<()> {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        self.resize(&mut rows, seeds.len())?;
        for (row, seed) in rows.iter_mut().zip(seeds) {
            row.policy.reset(seed);
        }
        Ok(())
    }

    /// Orders (rows, supply links) for observations (rows, observation), one row per episode [units]. `told` is what
    /// policies are told besides, (rows, supply links): units on order [units].
    #[pyo3(signature = (observations, told=None))]
    fn act<'py>(
        &self,
        py: Python<'py>,
        observations: PyReadonlyArray2<'py, f64>,
        told: Option<PyReadonlyArray2<'py, f64>>,
    ) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let (count, length) = (observations.shape()[0], observations.shape()[1]);
        let expected = self.problem.network.layout.observation();
        if length != expected {
            return Err(PyValueError::new_err(format!(
                "an observation has {length} entries; {} was made for a network with {expected}",
                self.spec.escape_debug()
            )));
        }
        let links = self.problem.network.supply.len();
        if let Some(told) = told.as_ref().filter(|told| told.shape() != [count, links]) {
            return Err(PyValueError::new_err(format!(
                "{} is told {:?} numbers on order; expected [{count}, {links}], one row per observation",
                self.spec.escape_debug(),
                told.shape()
            )));
        }
        let seen = observations.to_vec()?;
        let told = told.map(|told| told.to_vec()).transpose()?;
        let orders = py.detach(|| -> PyResult<Vec<f64>> {
            let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
            self.resize(&mut rows, count)?;
            let mut orders = vec![0.0; count * links];
            // Not by chunks: a network may have no supply links.
            for (position, row) in rows.iter_mut().enumerate() {
                let told = told.as_ref().map(|told| &told[position * links..(position + 1) * links]);
                row.look(&self.problem.network, &seen[position * length..(position + 1) * length], told);
                let view = StateView::new(&self.problem, &row.values);
                row.policy
                    .decide(&view, &mut orders[position * links..(position + 1) * links])
                    .map_err(|error| PyValueError::new_err(error.to_string()))?;
            }
            Ok(orders)
        })?;
        numpy::PyArray1::from_vec(py, orders).reshape([count, links])
    }
}

/// Has linear programmes that are not solved saved in a folder, for the whole process; none: no longer.
#[pyfunction]
#[pyo3(signature = (folder))]
pub fn save_programmes(folder: Option<PathBuf>) -> PyResult<()> {
    invmgmt_policy::lp::save_programmes(folder.as_deref())?;
    Ok(())
}
