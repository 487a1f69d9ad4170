//! Optimal policies of small problems, for Python.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use invmgmt::interruption;
use invmgmt_exact::{Criterion, ExactError, Progress, Settings, Window, solve};
use pyo3::exceptions::{PyKeyboardInterrupt, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::demand::Demand;
use crate::interruptible::interruptible;
use crate::network::Network;
use crate::policy::Policy;
use crate::problem::problem;

/// How long after one call of a watcher the next may come.
const PAUSE: Duration = Duration::from_millis(200);

/// Solves a problem; a dict with the fields of the result. `watch` is called with states, sweeps and the gap between
/// the bounds of the value (infinite while states are looked for), a few times a second.
#[pyfunction]
#[pyo3(signature = (network, demand, *, criterion, weight, actions, tail, tolerance, memory, window, checkpoint, watch, num_periods, backlog, discount, threads))]
#[allow(clippy::too_many_arguments, reason = "keyword arguments of a Python function")]
pub fn solve_exactly<'py>(
    py: Python<'py>,
    network: &Bound<'py, Network>,
    demand: &Bound<'py, Demand>,
    criterion: &str,
    weight: f64,
    actions: Option<(u32, u32)>,
    tail: f64,
    tolerance: f64,
    memory: f64,
    window: Option<(usize, usize)>,
    checkpoint: Option<PathBuf>,
    watch: Option<Py<PyAny>>,
    num_periods: usize,
    backlog: bool,
    discount: f64,
    threads: usize,
) -> PyResult<Bound<'py, PyDict>> {
    let problem = problem(network, demand, num_periods, backlog, discount)?;
    let criterion = match criterion {
        "average" => Criterion::Average,
        "discounted" => Criterion::Discounted(weight),
        _ => Criterion::Finite(weight),
    };
    let settings = Settings {
        actions: actions.map(|(least, most)| least..=most),
        tail,
        tolerance,
        memory: (memory * 1e9) as usize,
        window: window.map(|(warm_up, periods)| Window { warm_up, periods }),
        checkpoint,
        ..Settings::new(criterion, threads)
    };
    let raised = Arc::new(Mutex::new(None));
    let (theirs, played) = (Arc::clone(&raised), problem.clone());
    let found = interruptible(py, move || {
        let mut watcher = Watcher { watch, raised: theirs, last: None };
        solve(&played, &settings, &mut |progress| watcher.tell(progress))
    })?;
    if let Some(error) = raised.lock().unwrap_or_else(PoisonError::into_inner).take() {
        return Err(error);
    }
    let found = found.map_err(|error| match error {
        ExactError::Interrupted => PyKeyboardInterrupt::new_err(()),
        other => PyValueError::new_err(other.to_string()),
    })?;
    let result = PyDict::new(py);
    result.set_item("profit", (found.profit.middle(), found.profit.low, found.profit.high))?;
    result.set_item("error", found.error)?;
    result.set_item("cut", found.cut)?;
    result.set_item("states", found.states)?;
    result.set_item("choices", found.choices)?;
    result.set_item("transitions", found.transitions)?;
    result.set_item("sweeps", found.sweeps)?;
    result.set_item("requests", found.requests)?;
    result.set_item("simplifies", found.simplifies)?;
    result.set_item("earns", found.earns)?;
    result.set_item("policy", Policy::of_table(problem, found.policy))?;
    Ok(result)
}

/// Calls a Python function now and then; what that raises ends the work.
struct Watcher {
    watch: Option<Py<PyAny>>,
    raised: Arc<Mutex<Option<PyErr>>>,
    last: Option<Instant>,
}

impl Watcher {
    fn tell(&mut self, progress: Progress) {
        let Some(watch) = &self.watch else { return };
        if self.last.is_some_and(|last| last.elapsed() < PAUSE) {
            return;
        }
        self.last = Some(Instant::now());
        let told = match progress {
            Progress::Exploring { states, .. } => (states, 0, f64::INFINITY),
            Progress::Improving { states, sweeps, bracket } => (states, sweeps, bracket.gap()),
        };
        if let Err(error) = Python::attach(|py| watch.call1(py, told).map(|_| ())) {
            *self.raised.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            interruption::current().request();
        }
    }
}
