//! The benchmark under Python: its policies play in the same runner as the named ones.

use std::ffi::CString;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use invmgmt::action::{ActionMap, ActionMode};
use invmgmt::period::StateView;
use invmgmt_benchmark::{
    Contestant, Entrant, Execution, FIGURES, Keep, Named, NoEntry, Outcome, Plan, Player, Row, RunError,
    Session, UnitExecutor, first_seeds,
};
use invmgmt_data::{Case, Suite, find_suite};
use numpy::{IntoPyArray, PyArray1, PyArrayMethods, PyReadonlyArrayDyn, PyUntypedArrayMethods};
use pyo3::exceptions::{PyException, PyKeyboardInterrupt, PyUserWarning, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::actions::action_map;
use crate::convert::refuse_masked;
use crate::executor;

/// An exception that is no failure of a policy but ends the run: Ctrl-C, `sys.exit`.
pub(crate) type Ending = Arc<Mutex<Option<PyErr>>>;

/// A policy as `benchmarking.py` hands it over: name, spec or object, whether it plays all seeds together, and what it
/// says it knows.
pub(crate) type Given = (String, Py<PyAny>, bool, String);

/// Plays policies on a suite; see `gym_invmgmt.benchmark`.
#[pyfunction]
#[pyo3(signature = (suite, policies, *, only, seeds, seed_count, folder, force, threads, command, play_on_cluster))]
#[allow(clippy::too_many_arguments, reason = "Python's keyword arguments")]
pub fn benchmark<'py>(
    py: Python<'py>,
    suite: &str,
    policies: Bound<'py, PyAny>,
    only: Vec<String>,
    seeds: Option<Vec<u64>>,
    seed_count: Option<usize>,
    folder: Option<PathBuf>,
    force: bool,
    threads: usize,
    command: &str,
    play_on_cluster: Option<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let suite = suite_of(suite, &only)?;
    warn_of_notes(py, &suite)?;
    let seeds = match (seeds, seed_count) {
        (Some(seeds), _) => seeds,
        (None, Some(count)) => first_seeds(&suite, count),
        (None, None) => suite.seeds.clone(),
    };
    let ending = Ending::default();
    let contestants: Vec<Box<dyn Contestant + Send>> =
        policies.extract::<Vec<Given>>()?.into_iter().map(|given| contestant(py, given, &ending)).collect();
    let contestants: Vec<&dyn Contestant> =
        contestants.iter().map(|contestant| &**contestant as &dyn Contestant).collect();
    let plan =
        Plan::new(&suite, contestants, seeds).map_err(|error| PyValueError::new_err(error.to_string()))?;
    let (policies, cluster) = (policies.unbind(), play_on_cluster.map(Bound::unbind));
    let outcome = py.detach(|| {
        // Looks for Ctrl-C, of which only Python's main thread is told.
        let interrupted = || {
            let mut slot = ending.lock().unwrap_or_else(PoisonError::into_inner);
            if slot.is_none() {
                *slot = Python::attach(|py| py.check_signals().err());
            }
            slot.is_some()
        };
        let on_cluster = |plan: &Plan<'_>, units: &[usize], keep: Keep<'_>| {
            let function = cluster.as_ref().expect("asked only if there is one");
            Python::attach(|py| executor::play(function.bind(py), plan, policies.bind(py), units, keep))
                .map_err(|error| {
                    *ending.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                    RunError::Interrupted
                })
        };
        let executor = cluster.is_some().then_some(&on_cluster as UnitExecutor<'_>);
        let execution = Execution { threads, progress: &|_, _| {}, interrupted: &interrupted, executor };
        let session = Session { folder: folder.as_deref(), force, command, execution };
        invmgmt_benchmark::benchmark(&plan, session)
    });
    match outcome {
        Ok(outcome) => results(py, &plan, &outcome),
        Err(RunError::Interrupted) => {
            Err(ended(&ending)
                .unwrap_or_else(|| PyKeyboardInterrupt::new_err(RunError::Interrupted.to_string())))
        }
        Err(error) => Err(PyValueError::new_err(error.to_string())),
    }
}

/// The exception that ended a run, if one did.
pub(crate) fn ended(ending: &Ending) -> Option<PyErr> {
    ending.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// Warns of what the problems say without effect.
fn warn_of_notes(py: Python<'_>, suite: &Suite) -> PyResult<()> {
    let notes: Vec<String> = suite.notes().map(|note| note.with_line()).collect();
    if notes.is_empty() {
        return Ok(());
    }
    // The caller of the Python function that called this.
    let words = CString::new(notes.join("; ")).map_err(PyValueError::new_err)?;
    PyErr::warn(py, &py.get_type::<PyUserWarning>(), &words, 2)
}

/// A suite that comes along or one from a file, or a part of it.
fn suite_of(name: &str, only: &[String]) -> PyResult<Suite> {
    let ids: Vec<&str> = only.iter().map(String::as_str).collect();
    find_suite(name)
        .and_then(|suite| if ids.is_empty() { Ok(suite) } else { suite.only(&ids) })
        .map_err(|error| PyValueError::new_err(error.to_string()))
}

pub(crate) fn contestant(py: Python<'_>, given: Given, ending: &Ending) -> Box<dyn Contestant + Send> {
    let (name, policy, together, information) = given;
    if let Ok(spec) = policy.extract::<String>(py) {
        return Box::new(Named::new(name, spec));
    }
    Box::new(PythonPolicy { name, policy, together, information, ending: Arc::clone(ending) })
}

/// A policy written in Python. It plays on the thread that called, one problem or episode after the other.
struct PythonPolicy {
    name: String,
    policy: Py<PyAny>,
    together: bool,
    information: String,
    ending: Ending,
}

impl PythonPolicy {
    /// What went wrong, in words. Ctrl-C and the like are kept, to end the run.
    fn failed(&self, py: Python<'_>, error: PyErr) -> String {
        let words = error.to_string();
        if !error.is_instance_of::<PyException>(py) {
            *self.ending.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        }
        words
    }
}

impl Contestant for PythonPolicy {
    fn name(&self) -> &str {
        &self.name
    }

    fn definition(&self) -> String {
        format!("Python, {}", self.information)
    }

    fn enter(&self, problem: &Case) -> Result<Entrant<'_>, NoEntry> {
        let actions = Python::attach(|py| {
            let policy = self.policy.bind(py);
            if policy.hasattr("prepare")? {
                policy.call_method1("prepare", (facts(py, problem)?,))?;
            }
            actions_of(policy, problem)
        })
        .map_err(|error: PyErr| NoEntry::Fails(Python::attach(|py| self.failed(py, error))))?;
        let player = Box::new(PythonPlayer { policy: self, actions });
        Ok(Entrant { information: self.information.clone(), simplifies: Vec::new(), player })
    }

    fn plays_seeds_together(&self) -> bool {
        self.together
    }

    fn stays_on_calling_thread(&self) -> bool {
        true
    }
}

/// What a policy is told of a problem before it plays.
fn facts<'py>(py: Python<'py>, problem: &Case) -> PyResult<Bound<'py, PyDict>> {
    let facts = PyDict::new(py);
    facts.set_item("id", &problem.id)?;
    facts.set_item("key", &problem.key)?;
    facts.set_item("num_periods", problem.num_periods)?;
    facts.set_item("backlog", problem.rules.backlog)?;
    facts.set_item("discount", problem.rules.discount)?;
    facts.set_item("observation_length", problem.network.layout.observation())?;
    facts.set_item("num_links", problem.network.supply.len())?;
    facts.set_item("largest_order", problem.network.largest_order(problem.num_periods))?;
    Ok(facts)
}

/// How a policy's actions are read: in the mode it names, if it does, or as order quantities.
fn actions_of(policy: &Bound<'_, PyAny>, problem: &Case) -> PyResult<ActionMap> {
    let named = |name| PyResult::Ok(policy.getattr_opt(name)?.filter(|value| !value.is_none()));
    let Some(mode) = named("action_mode")? else {
        return Ok(ActionMap::raw(&problem.network));
    };
    let mode: String = mode.extract()?;
    let ceilings = named("action_ceilings")?.map(|ceilings| ceilings.extract::<Vec<f64>>()).transpose()?;
    action_map(&problem.problem, &mode, ceilings.as_deref())
}

struct PythonPlayer<'a> {
    policy: &'a PythonPolicy,
    actions: ActionMap,
}

impl Player for PythonPlayer<'_> {
    fn reset(&mut self, seeds: &[u64]) -> Result<(), String> {
        Python::attach(|py| {
            let policy = self.policy.policy.bind(py);
            let reset = || -> PyResult<()> {
                match seeds {
                    _ if !policy.hasattr("reset")? => {}
                    [seed] if !self.policy.together => drop(policy.call_method1("reset", (seed,))?),
                    all => drop(policy.call_method1("reset", (PyList::new(py, all)?,))?),
                }
                Ok(())
            };
            reset().map_err(|error| self.policy.failed(py, error))
        })
    }

    fn decide(&mut self, states: &[StateView<'_>], orders: &mut [f64]) -> Result<(), String> {
        Python::attach(|py| self.ask(py, states, orders).map_err(|error| self.policy.failed(py, error)))
    }
}

impl PythonPlayer<'_> {
    fn ask(&self, py: Python<'_>, states: &[StateView<'_>], orders: &mut [f64]) -> PyResult<()> {
        let policy = self.policy.policy.bind(py);
        if let Some(tell) = policy.getattr_opt("tell")? {
            let told: Vec<f64> = states.iter().flat_map(StateView::told).collect();
            let told = PyArray1::from_vec(py, told);
            if self.policy.together {
                let links = told.len() / states.len();
                tell.call1((told.reshape([states.len(), links])?,))?;
            } else {
                tell.call1((told,))?;
            }
        }
        let actions = if self.policy.together {
            let all: Vec<f64> = states.iter().flat_map(StateView::observation).collect();
            let length = all.len() / states.len();
            let observations = PyArray1::from_vec(py, all).reshape([states.len(), length])?;
            policy.call_method1("batch", (observations,))?
        } else {
            policy.call1((PyArray1::from_iter(py, states[0].observation()),))?
        };
        refuse_masked(&actions, "actions")?;
        let actions = py.import("numpy")?.call_method1("ascontiguousarray", (actions, "float64"))?;
        let actions: PyReadonlyArrayDyn<'_, f64> = actions.extract()?;
        let width = self.actions.len();
        let expected: &[usize] = if self.policy.together { &[states.len(), width] } else { &[width] };
        if actions.shape() != expected {
            return Err(PyValueError::new_err(format!(
                "the actions have shape {:?}; expected {expected:?}, {}",
                actions.shape(),
                self.actions.mode().entries()
            )));
        }
        self.read(states, actions.as_slice()?, orders)
    }

    /// The orders that actions stand for, one row after the other.
    fn read(&self, states: &[StateView<'_>], actions: &[f64], orders: &mut [f64]) -> PyResult<()> {
        // Order quantities are checked where they are played.
        if self.actions.mode() == ActionMode::Raw {
            orders.copy_from_slice(actions);
            return Ok(());
        }
        let (width, links) = (self.actions.len(), orders.len() / states.len());
        self.actions
            .check(states[0].network, actions)
            .map_err(|(_, error)| PyValueError::new_err(error.to_string()))?;
        let rows = actions.chunks_exact(width).zip(orders.chunks_exact_mut(links));
        for (state, (action, requests)) in states.iter().zip(rows) {
            self.actions.requests(state, action, requests);
        }
        Ok(())
    }
}

/// Rows and what they say, as columns and dicts.
fn results<'py>(py: Python<'py>, plan: &Plan<'_>, outcome: &Outcome) -> PyResult<Bound<'py, PyDict>> {
    let asked: Vec<&Row> =
        outcome.rows.iter().filter(|row| row.contestant < plan.contestants.len()).collect();
    let episodes = PyDict::new(py);
    let texts = |of: &dyn Fn(&Row) -> String| asked.iter().map(|row| of(row)).collect::<Vec<_>>();
    episodes.set_item("problem", texts(&|row| plan.suite.problems()[row.problem].id.clone()))?;
    episodes.set_item("key", texts(&|row| plan.suite.problems()[row.problem].key.clone()))?;
    episodes.set_item("policy", texts(&|row| plan.contestants[row.contestant].name().to_owned()))?;
    episodes.set_item("information", texts(&|row| row.played.information.clone()))?;
    episodes
        .set_item("seed", asked.iter().map(|row| row.played.seed).collect::<Vec<_>>().into_pyarray(py))?;
    for (position, name) in FIGURES.iter().enumerate() {
        let value =
            |row: &&Row| row.played.outcome.as_ref().map_or(f64::NAN, |figures| figures.values[position]);
        episodes.set_item(name, asked.iter().map(value).collect::<Vec<f64>>().into_pyarray(py))?;
    }
    episodes.set_item("error", texts(&|row| row.played.outcome.clone().err().unwrap_or_default()))?;
    let analysis = &outcome.analysis;
    let ranking = PyList::empty(py);
    for ranked in &analysis.ranking {
        let cell = &analysis.overall[ranked.contestant];
        let place = PyDict::new(py);
        place.set_item("rank", ranked.rank)?;
        place.set_item("policy", plan.contestants[ranked.contestant].name())?;
        place.set_item("information", &cell.information)?;
        place.set_item("profit", cell.profit.map(|profit| profit.mean))?;
        place.set_item("interval", cell.profit.and_then(|profit| profit.interval()))?;
        place.set_item("gap_percent", cell.gap.and_then(|gap| gap.percent))?;
        place.set_item("over_constant", cell.over_constant.as_ref().map(|over| over.difference.mean))?;
        let like = ranked.like.iter().map(|&other| plan.contestants[other].name());
        place.set_item("like", like.collect::<Vec<_>>())?;
        ranking.append(place)?;
    }
    let distances = PyList::empty(py);
    for cell in &analysis.cells {
        let (Some(far), Some(problem)) = (cell.distance, cell.problem) else { continue };
        let row = PyDict::new(py);
        row.set_item("problem", &plan.suite.problems()[problem].id)?;
        row.set_item("policy", plan.contestants[cell.contestant].name())?;
        row.set_item("value", far.value.mean)?;
        row.set_item("interval", far.value.interval())?;
        row.set_item("optimum", far.optimum)?;
        row.set_item("percent", far.percent.map(|percent| percent.mean))?;
        row.set_item("percent_interval", far.percent.and_then(|percent| percent.interval()))?;
        distances.append(row)?;
    }
    let all = PyDict::new(py);
    all.set_item("episodes", episodes)?;
    all.set_item("distances", distances)?;
    all.set_item("ranking", ranking)?;
    all.set_item("warnings", &analysis.warnings)?;
    all.set_item("was_complete", outcome.was_complete)?;
    Ok(all)
}
