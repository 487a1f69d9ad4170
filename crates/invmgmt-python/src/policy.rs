//! A policy by name that decides from observations.

use std::sync::{Arc, Mutex, PoisonError};

use invmgmt::demand::DemandModel;
use invmgmt::episode::Policy as Decides;
use invmgmt::network::{Layout, Network as EngineNetwork};
use invmgmt::period::{Rules, StateView};
use invmgmt_policy::{Knowledge, NamedPolicy, PolicyError, parse};
use numpy::{PyArray2, PyArrayMethods, PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::demand::Demand;
use crate::network::Network;

/// Policies of one name for one problem, one per episode in play: a policy may remember what it saw.
#[derive(Debug)]
#[pyclass(frozen, module = "gym_invmgmt._native")]
pub struct Policy {
    network: Arc<EngineNetwork>,
    model: DemandModel,
    rules: Rules,
    num_periods: usize,
    spec: String,
    information: &'static str,
    rows: Mutex<Vec<Row>>,
}

/// One episode's policy and what it was last shown.
#[derive(Debug)]
struct Row {
    policy: NamedPolicy,
    /// The state row: the last observation, and behind it the units on order.
    values: Vec<f64>,
    /// Whether `values` holds an observation.
    seen: bool,
}

impl Row {
    /// Takes in an observation, and works out the units on order as the engine does: what it had, less what was due,
    /// plus what is newest. An observation that does not follow the last one has the sum of its slots.
    fn look(&mut self, network: &EngineNetwork, observation: &[f64]) {
        let layout = &network.layout;
        let before = &self.values[..layout.observation()];
        let follows = self.seen && is_next(network, before, observation);
        let repeats = self.seen
            && before[layout.period()] == observation[layout.period()]
            && before[layout.in_transit()] == observation[layout.in_transit()];
        let slots = layout.in_transit().start;
        for (position, link) in network.supply.rows().iter().enumerate() {
            let (first, end) = (slots + link.first_slot, slots + link.first_slot + link.lead_time);
            let on_order = self.values[layout.on_order().start + position];
            self.values[layout.on_order().start + position] = if link.lead_time == 0 {
                0.0
            } else if follows {
                on_order - self.values[first] + observation[end - 1]
            } else if repeats {
                on_order
            } else {
                observation[first..end].iter().sum()
            };
        }
        self.values[..layout.observation()].copy_from_slice(observation);
        self.seen = true;
    }
}

/// Whether one observation can come a period after another: pipelines have moved by one slot.
fn is_next(network: &EngineNetwork, before: &[f64], after: &[f64]) -> bool {
    let layout: &Layout = &network.layout;
    let (old, new) = (&before[layout.in_transit()], &after[layout.in_transit()]);
    before[layout.period()] + 1.0 == after[layout.period()]
        && network.supply.rows().iter().all(|link| {
            let (first, end) = (link.first_slot, link.first_slot + link.lead_time);
            link.lead_time == 0 || old[first + 1..end] == new[first..end - 1]
        })
}

impl Policy {
    fn make(&self) -> Result<NamedPolicy, PolicyError> {
        let known = Knowledge {
            network: &self.network,
            rules: self.rules,
            num_periods: self.num_periods,
            demand: Some(&self.model),
        };
        parse(&self.spec, &known)
    }

    /// As many rows as there are episodes; new ones begin where they are first shown something.
    fn resize(&self, rows: &mut Vec<Row>, count: usize) -> PyResult<()> {
        rows.truncate(count);
        while rows.len() < count {
            let policy = self.make().map_err(|error| PyValueError::new_err(error.to_string()))?;
            let values = vec![0.0; self.network.layout.row()];
            rows.push(Row { policy, values, seen: false });
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
            network: Arc::clone(&network.get().compiled),
            model: demand.borrow().model.clone(),
            rules: Rules { backlog, discount },
            num_periods,
            spec,
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

    /// Forgets what was seen; one episode per seed begins.
    fn reset(&self, seeds: Vec<Option<u64>>) -> PyResult<()> {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        self.resize(&mut rows, seeds.len())?;
        for (row, seed) in rows.iter_mut().zip(seeds) {
            row.policy.reset(seed);
            row.seen = false;
        }
        Ok(())
    }

    /// Orders (rows, supply links) for observations (rows, observation), one row per episode [units].
    fn act<'py>(
        &self,
        py: Python<'py>,
        observations: PyReadonlyArray2<'py, f64>,
    ) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let (count, length) = (observations.shape()[0], observations.shape()[1]);
        let expected = self.network.layout.observation();
        if length != expected {
            return Err(PyValueError::new_err(format!(
                "an observation has {length} entries; {} was made for a network with {expected}",
                self.spec.escape_debug()
            )));
        }
        let links = self.network.supply.len();
        let seen = observations.to_vec()?;
        let orders = py.detach(|| -> PyResult<Vec<f64>> {
            let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
            self.resize(&mut rows, count)?;
            let mut orders = vec![0.0; count * links];
            // Not by chunks: a network may have no supply links.
            for (position, row) in rows.iter_mut().enumerate() {
                row.look(&self.network, &seen[position * length..(position + 1) * length]);
                let view = StateView::new(&self.network, &self.rules, self.num_periods, &row.values);
                row.policy
                    .decide(&view, &mut orders[position * links..(position + 1) * links])
                    .map_err(|error| PyValueError::new_err(error.to_string()))?;
            }
            Ok(orders)
        })?;
        numpy::PyArray1::from_vec(py, orders).reshape([count, links])
    }
}
