//! The core of the vector environment: the engine's batch, writing straight into numpy arrays.

mod arrays;

use std::collections::VecDeque;
use std::sync::Arc;

use invmgmt::Number;
use invmgmt::batch::{
    Autoreset, Batch as EngineBatch, BatchError, EpisodeFigures, Snapshot, StepBuffers, rollout_by_place,
};
use invmgmt::episode::{KEY_FIGURES, Kpis, Measured, NODE_FIGURES};
use invmgmt::random::Pcg64;
use invmgmt_policy::{Knowledge, parse};
use numpy::{
    Element, IntoPyArray, PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray1, PyReadonlyArray2,
    PyUntypedArrayMethods,
};
use pyo3::exceptions::{PyIndexError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyInt, PyTuple};

use self::arrays::{Arrays, is_as_made};
use crate::actions::Actions;
use crate::convert::{id_to_python, refuse_masked};
use crate::demand::Demand;
use crate::episode::supply_of;
use crate::features::Features;
use crate::interruptible::interruptible;
use crate::network::Network;
use crate::problem::problem;
use crate::randomization::Randomization;
use crate::turn::{ENGINE, Turn, exclusive, shared};

/// Many episodes in play.
#[derive(Debug)]
#[pyclass(module = "gym_invmgmt._native")]
pub struct Batch {
    rows: EngineBatch,
    single_precision: bool,
    copies: bool,
    arrays: Option<Arrays>,
    finals: Option<Py<PyAny>>,
    /// Observation arrays given out lately. One that nobody else holds any more is written again, since its memory
    /// is mapped already.
    given_out: VecDeque<Py<PyAny>>,
    /// Taken by a step while it reads actions that run Python code.
    turn: Turn,
}

/// What messages call a batch.
const BATCH: &str = "this vector environment";

/// How many observation arrays are remembered: a caller that keeps only the last holds one while the next is made.
const GIVEN_OUT: usize = 2;

/// The Python error of a refused step or set-up.
fn value_error(error: &BatchError) -> PyErr {
    PyValueError::new_err(format!("{error}. Nothing was changed"))
}

#[pymethods]
impl Batch {
    #[new]
    #[pyo3(signature = (network, demand, *, rows, num_periods, backlog, discount, threads, autoreset,
                        single_precision, copies, figures))]
    #[allow(
        clippy::too_many_arguments,
        clippy::fn_params_excessive_bools,
        reason = "Python's keyword arguments"
    )]
    fn new(
        network: &Bound<'_, Network>,
        demand: &Bound<'_, Demand>,
        rows: usize,
        num_periods: usize,
        backlog: bool,
        discount: f64,
        threads: usize,
        autoreset: &str,
        single_precision: bool,
        copies: bool,
        figures: bool,
    ) -> PyResult<Self> {
        let autoreset = match autoreset {
            "NextStep" => Autoreset::NextStep,
            "SameStep" => Autoreset::SameStep,
            "Disabled" => Autoreset::Disabled,
            other => return Err(PyValueError::new_err(format!("no autoreset mode {other:?}"))),
        };
        let problem = problem(network, demand, num_periods, backlog, discount)?;
        let mut batch =
            EngineBatch::new(&problem, rows, threads, autoreset).map_err(|error| value_error(&error))?;
        if figures {
            batch.gather_figures();
        }
        Ok(Self {
            rows: batch,
            single_precision,
            copies,
            arrays: None,
            finals: None,
            given_out: VecDeque::new(),
            turn: Turn::default(),
        })
    }

    /// Reads actions in another way from now on.
    fn read_actions(&mut self, actions: &Bound<'_, Actions>) {
        self.rows.read_actions(actions.get().map.clone());
    }

    /// Makes observations of features from now on.
    fn observe_features(&mut self, features: &Bound<'_, Features>) {
        self.rows.observe_features(features.get().layout.clone());
        (self.arrays, self.finals) = (None, None);
        self.given_out.clear();
    }

    /// Draws demand and rules anew at every reset from now on.
    fn randomize_resets(&mut self, randomization: &Bound<'_, Randomization>) {
        self.rows.randomize_resets(randomization.get().options.clone());
    }

    /// Episodes are over after so many periods from now on, at most the horizon.
    fn end_after(&mut self, periods: usize) {
        self.rows.end_after(periods);
    }

    /// What saved rows leave out: recent demand and key figures so far.
    fn memory<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.rows.memory().into_pyarray(py)
    }

    /// Puts back what `memory` gave.
    fn put_memory(&mut self, memory: PyReadonlyArray1<'_, f64>) -> PyResult<()> {
        let memory = memory.as_slice()?;
        if self.rows.put_memory(memory) {
            Ok(())
        } else {
            Err(PyValueError::new_err(format!("{} numbers of memory; another batch has them", memory.len())))
        }
    }

    /// Draws a row's demand and rules; `aside` leaves its stream where it stands.
    fn randomize(&mut self, row: usize, aside: bool) -> PyResult<()> {
        self.check_row(row)?;
        self.rows.randomize(row, aside);
        Ok(())
    }

    /// Whether unmet demand waits, per row.
    fn backlogs<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<bool>> {
        (0..self.rows.len()).map(|row| self.rows.rules(row).backlog).collect::<Vec<_>>().into_pyarray(py)
    }

    /// Gives one row the stream of a seed.
    fn seed(&mut self, row: usize, seed: &Bound<'_, PyAny>) -> PyResult<()> {
        self.check_row(row)?;
        self.rows.seed_words(row, &seed_words(seed)?);
        Ok(())
    }

    /// Gives row i the stream of seed `first + i`.
    fn seed_all(&mut self, first: &Bound<'_, PyAny>) -> PyResult<()> {
        if let Ok(small) = first.extract::<u64>()
            && small.checked_add(self.rows.len() as u64).is_some()
        {
            for row in 0..self.rows.len() {
                self.rows.seed(row, small + row as u64);
            }
            return Ok(());
        }
        (0..self.rows.len()).try_for_each(|row| self.seed(row, &first.add(row)?))
    }

    /// Gives rows other demand, from now on; they share it.
    fn set_demand(&mut self, rows: Vec<usize>, demand: &Bound<'_, Demand>) -> PyResult<()> {
        rows.iter().try_for_each(|&row| self.check_row(row))?;
        let model = Arc::new(shared(demand, ENGINE)?.model.clone());
        for row in rows {
            self.rows.set_demand(row, Arc::clone(&model));
        }
        Ok(())
    }

    /// Begins an episode in the rows of the mask, or in all.
    #[pyo3(signature = (mask=None))]
    fn begin(&mut self, mask: Option<PyReadonlyArray1<'_, bool>>) -> PyResult<()> {
        match mask {
            None => (0..self.rows.len()).for_each(|row| self.rows.begin(row)),
            Some(mask) => {
                let mask = mask.as_slice()?;
                if mask.len() != self.rows.len() {
                    return Err(PyValueError::new_err(format!(
                        "the mask has {} entries; expected {}",
                        mask.len(),
                        self.rows.len()
                    )));
                }
                (0..mask.len()).filter(|&row| mask[row]).for_each(|row| self.rows.begin(row));
            }
        }
        Ok(())
    }

    /// All observations, in a new array.
    fn observe<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        if self.single_precision { self.observe_as::<f32>(py) } else { self.observe_as::<f64>(py) }
    }

    /// What policies are told beside the observations, (rows, supply links): units on order [units].
    fn told<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let layout = &self.rows.network().layout;
        let told = (0..self.rows.len()).flat_map(|row| self.rows.view(row).told());
        let shape = [self.rows.len(), layout.told() - layout.observation()];
        PyArray1::from_vec(py, told.collect()).reshape(shape)
    }

    /// Refused while a step reads actions that run Python code.
    fn require_idle(slf: &Bound<'_, Self>) -> PyResult<()> {
        exclusive(slf, BATCH)?.turn.check(BATCH)
    }

    /// Plays one period in every row. Returns observations, rewards, truncations, the mask of rows that played, and
    /// per row period, inventory, backlog and sentiment.
    fn step<'py>(slf: &Bound<'py, Self>, actions: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        let mut this = exclusive(slf, BATCH)?;
        this.turn.check(BATCH)?;
        let shape = [this.rows.len(), this.rows.actions().len()];
        if let Some(actions) = plain_actions::<f32>(actions, shape) {
            return this.step_with(py, actions.as_slice()?);
        }
        if let Some(actions) = plain_actions::<f64>(actions, shape) {
            return this.step_with(py, actions.as_slice()?);
        }
        let _taken = this.turn.take(BATCH)?;
        drop(this);
        let converted = converted_actions(actions, shape)?;
        exclusive(slf, BATCH)?.step_with(py, converted.as_slice()?)
    }

    /// Last observations of the episodes that ended in the last step (mode `SameStep`), (rows, observation); other
    /// rows hold older ones. The next step writes into this array again.
    #[getter]
    fn final_observations(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.finals.as_ref().map(|finals| finals.clone_ref(py))
    }

    /// Whether each row's episode is over.
    fn over<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<bool>> {
        (0..self.rows.len()).map(|row| self.rows.is_over(row)).collect::<Vec<_>>().into_pyarray(py)
    }

    /// Profit and length of each row's episode so far; needs `figures`.
    fn returns<'py>(&self, py: Python<'py>) -> (Bound<'py, PyArray1<f64>>, Bound<'py, PyArray1<i64>>) {
        let kpis: Vec<Kpis> = self.kpis_of_rows();
        let profits: Vec<f64> = kpis.iter().map(|row| row.total_profit).collect();
        let lengths: Vec<i64> = kpis.iter().map(|row| row.periods as i64).collect();
        (profits.into_pyarray(py), lengths.into_pyarray(py))
    }

    /// Key figures of every managed node in each row's episode so far, by id; needs `figures`.
    fn node_kpis<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        node_arrays(py, self.rows.network(), &self.rows.figures_so_far())
    }

    /// Key figures of each row's episode so far, one array per figure; needs `figures`.
    fn kpis<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        kpi_arrays(py, self.rows.network(), &self.rows.figures_so_far(), false)
    }

    /// A row's state: (numbers; state and increment of its stream and the half word that waits there, if any; its
    /// demand's core; whether unmet demand waits, where that is drawn; where its streams of chance in supply stand).
    fn save<'py>(&self, py: Python<'py>, row: usize) -> PyResult<SavedRow<'py>> {
        self.check_row(row)?;
        let Snapshot { row, stream, supply, demand, backlog } = self.rows.save(row);
        let (state, increment) = stream.state();
        let words = [state, increment].into_iter().chain(stream.half().map(u128::from)).collect();
        let mut core = Demand::new();
        core.model = (*demand).clone();
        core.attach(self.rows.network());
        let supply = supply.map(|supply| supply.words());
        Ok((row.into_pyarray(py), words, Bound::new(py, core)?, backlog, supply))
    }

    /// Puts a saved state into a row. Of `demand` only the common parameters count: what single market links have of
    /// their own is the row's.
    fn restore(
        &mut self,
        row: usize,
        values: PyReadonlyArray1<'_, f64>,
        stream: Vec<u128>,
        demand: &Bound<'_, Demand>,
        backlog: Option<bool>,
        supply: Option<Vec<u128>>,
    ) -> PyResult<()> {
        self.check_row(row)?;
        let supply = supply.map(|words| supply_of(self.rows.network(), &words)).transpose()?;
        let [state, increment, half @ ..] = stream.as_slice() else {
            return Err(PyValueError::new_err("a stream has a state and an increment"));
        };
        let half = half.first().map(|&half| half as u32);
        let snapshot = Snapshot {
            row: values.as_slice()?.to_vec(),
            stream: Pcg64::from_state(*state, *increment).with_half(half),
            demand: Arc::new(shared(demand, ENGINE)?.model.clone().with_links_of(self.rows.demand(row))),
            backlog,
            supply,
        };
        let (found, expected) = (snapshot.row.len(), self.rows.network().layout.row());
        if self.rows.restore(row, &snapshot) {
            Ok(())
        } else {
            Err(PyValueError::new_err(format!(
                "the snapshot holds {found} numbers; a row of this network holds {expected}. Nothing was changed"
            )))
        }
    }
}

type SavedRow<'py> =
    (Bound<'py, PyArray1<f64>>, Vec<u128>, Bound<'py, Demand>, Option<bool>, Option<Vec<u128>>);

impl Batch {
    fn check_row(&self, row: usize) -> PyResult<()> {
        let count = self.rows.len();
        if row < count {
            Ok(())
        } else {
            Err(PyIndexError::new_err(format!("row {row} of a batch of {count}")))
        }
    }

    fn kpis_of_rows(&self) -> Vec<Kpis> {
        self.rows.figures().iter().map(|figures| figures.finish(self.rows.network())).collect()
    }

    fn observe_as<'py, F: Number + Element>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let array = self.rows_of::<F>(py);
        // SAFETY: the array was made just now, is contiguous, and nobody else has it.
        self.rows.observe(unsafe { array.as_slice_mut()? });
        Ok(array.into_any())
    }

    /// An array for observations, not zeroed: every caller fills all of it.
    fn rows_of<'py, F: Number + Element>(&self, py: Python<'py>) -> Bound<'py, PyArray2<F>> {
        let shape = [self.rows.len(), self.rows.observation_len()];
        // SAFETY: `Number` is f32 or f64, for which any bits are a value; every caller fills the array before
        // Python sees it.
        unsafe { PyArray2::new(py, shape, false) }
    }

    fn new_arrays(&mut self, py: Python<'_>) -> Arrays {
        let rows = self.rows.len();
        Arrays {
            observations: self.observation_array(py),
            rewards: PyArray1::zeros(py, rows, false).unbind(),
            truncations: PyArray1::zeros(py, rows, false).unbind(),
            played: PyArray1::zeros(py, rows, false).unbind(),
            periods: PyArray1::zeros(py, rows, false).unbind(),
            inventories: PyArray1::zeros(py, rows, false).unbind(),
            backlogs: PyArray1::zeros(py, rows, false).unbind(),
            sentiments: PyArray1::zeros(py, rows, false).unbind(),
        }
    }

    /// An array for observations that nobody else holds.
    fn observation_array(&mut self, py: Python<'_>) -> Py<PyAny> {
        let shape = [self.rows.len(), self.rows.observation_len()];
        let single_precision = self.single_precision;
        let is_free = |array: &&Py<PyAny>| {
            // SAFETY: the pointer is that of a live object, and the lock is held.
            let holders = unsafe { pyo3::ffi::Py_REFCNT(array.as_ptr()) };
            let array = array.bind(py);
            holders == 1
                && if single_precision {
                    is_as_made::<f32>(array, &shape)
                } else {
                    is_as_made::<f64>(array, &shape)
                }
        };
        if let Some(free) = self.given_out.iter().find(is_free) {
            return free.clone_ref(py);
        }
        let array = if self.single_precision {
            self.rows_of::<f32>(py).into_any()
        } else {
            self.rows_of::<f64>(py).into_any()
        };
        if self.given_out.len() == GIVEN_OUT {
            self.given_out.pop_front();
        }
        let array = array.unbind();
        self.given_out.push_back(array.clone_ref(py));
        array
    }

    fn step_with<'py, A: Number>(&mut self, py: Python<'py>, actions: &[A]) -> PyResult<Bound<'py, PyTuple>> {
        if self.single_precision {
            self.step_as::<A, f32>(py, actions)
        } else {
            self.step_as::<A, f64>(py, actions)
        }
    }

    fn step_as<'py, A: Number, F: Number + Element>(
        &mut self,
        py: Python<'py>,
        actions: &[A],
    ) -> PyResult<Bound<'py, PyTuple>> {
        let shape = [self.rows.len(), self.rows.observation_len()];
        if !self.copies
            && let Some(kept) = &self.arrays
            && let Err(changed) = kept.check::<F>(py, shape)
        {
            self.arrays = None;
            return Err(changed);
        }
        // Without copies a caller may hand in a view of the very arrays that the step overwrites.
        let copied: Vec<A>;
        let actions = if self.arrays.as_ref().is_some_and(|kept| !self.copies && kept.hold(py, actions)) {
            copied = actions.to_vec();
            &copied
        } else {
            actions
        };
        let arrays = match self.arrays.take() {
            Some(kept) if !self.copies => kept,
            kept => {
                drop(kept);
                self.new_arrays(py)
            }
        };
        let same_step = self.rows.autoreset() == Autoreset::SameStep;
        let finals = match &self.finals {
            Some(kept) if is_as_made::<F>(kept.bind(py), &shape) => {
                Some(kept.bind(py).cast::<PyArray2<F>>()?.clone())
            }
            // Only the rows that end are ever written, so this one is zeroed; it is kept for the next steps.
            _ if same_step => Some(PyArray2::zeros(py, shape, false)),
            _ => None,
        };
        let observations = arrays.observations.bind(py).cast::<PyArray2<F>>()?.clone();
        // SAFETY: these arrays are ours and contiguous. Without copies the caller holds them too, but the lock is
        // held while they are written, and the documentation says that a step overwrites them.
        let buffers = unsafe {
            StepBuffers {
                observations: observations.as_slice_mut()?,
                final_observations: match &finals {
                    Some(array) => array.as_slice_mut()?,
                    None => &mut [],
                },
                rewards: arrays.rewards.bind(py).as_slice_mut()?,
                truncations: arrays.truncations.bind(py).as_slice_mut()?,
                played: arrays.played.bind(py).as_slice_mut()?,
                periods: arrays.periods.bind(py).as_slice_mut()?,
                inventories: arrays.inventories.bind(py).as_slice_mut()?,
                backlogs: arrays.backlogs.bind(py).as_slice_mut()?,
                sentiments: arrays.sentiments.bind(py).as_slice_mut()?,
            }
        };
        let outcome = self.rows.step(actions, buffers).map_err(|error| value_error(&error));
        self.finals = finals.map(|finals| finals.into_any().unbind());
        let result = (
            &arrays.observations,
            &arrays.rewards,
            &arrays.truncations,
            &arrays.played,
            &arrays.periods,
            &arrays.inventories,
            &arrays.backlogs,
            &arrays.sentiments,
        )
            .into_pyobject(py);
        self.arrays = (!self.copies).then_some(arrays);
        outcome.and(result)
    }
}

/// Actions that are a plain array of this kind and shape, to be read as it stands. No Python code runs.
fn plain_actions<'py, A: Element>(
    actions: &Bound<'py, PyAny>,
    shape: [usize; 2],
) -> Option<PyReadonlyArray2<'py, A>> {
    let array = actions.cast_exact::<PyArray2<A>>().ok()?;
    let usable = array.shape() == shape && array.is_c_contiguous() && array.data().is_aligned();
    usable.then(|| array.try_readonly().ok()).flatten()
}

/// Actions as a contiguous array of doubles, if their shape is right.
fn converted_actions<'py>(
    actions: &Bound<'py, PyAny>,
    shape: [usize; 2],
) -> PyResult<PyReadonlyArray2<'py, f64>> {
    let py = actions.py();
    refuse_masked(actions, "actions")?;
    let array = py
        .import("numpy")?
        .call_method1("require", (actions, "float64", ["C", "A", "E"]))
        .map_err(|error| PyValueError::new_err(format!("actions cannot be read: {}", error.value(py))))?;
    let found: Vec<usize> = array.getattr("shape")?.extract()?;
    if found != shape {
        return Err(PyValueError::new_err(format!(
            "actions have shape {}; expected ({}, {}), one row per environment. Nothing was changed",
            array.getattr("shape")?,
            shape[0],
            shape[1]
        )));
    }
    array.extract()
}

/// A seed's little-endian 32-bit words, as numpy takes them.
pub fn seed_words(seed: &Bound<'_, PyAny>) -> PyResult<Vec<u32>> {
    let refuse = || {
        let shown = seed.repr().map_or_else(|_| "an object".to_owned(), |repr| repr.to_string());
        PyValueError::new_err(format!("seed is {shown}; expected a whole number >= 0"))
    };
    let py = seed.py();
    let number = py
        .import("operator")?
        .call_method1("index", (seed,))
        .map_err(|_| refuse())?
        .cast_into::<PyInt>()
        .map_err(|_| PyTypeError::new_err("a seed must be a whole number"))?;
    let bits: usize = number.call_method0("bit_length")?.extract()?;
    let bytes: Vec<u8> = number
        .call_method1("to_bytes", (4 * bits.div_ceil(32).max(1), "little"))
        .map_err(|_| refuse())?
        .extract()?;
    Ok(bytes.chunks_exact(4).map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]])).collect())
}

/// Key figures of many episodes, one array per figure.
fn kpi_arrays<'py>(
    py: Python<'py>,
    network: &invmgmt::network::Network,
    episodes: &[EpisodeFigures],
    with_parts: bool,
) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for figure in KEY_FIGURES {
        let value = |episode: &EpisodeFigures| {
            let (kpis, places) = (&episode.kpis, episode.places.as_ref());
            let parts = with_parts.then_some(&episode.parts);
            figure.value(&Measured { network, kpis, places, parts, record: None })
        };
        let column: Option<Vec<f64>> = episodes.iter().map(value).collect();
        if let Some(column) = column {
            dict.set_item(figure.key, column.into_pyarray(py))?;
        }
    }
    Ok(dict)
}

/// Key figures of every managed node in many episodes, by id, one array per figure.
fn node_arrays<'py>(
    py: Python<'py>,
    network: &invmgmt::network::Network,
    episodes: &[EpisodeFigures],
) -> PyResult<Bound<'py, PyDict>> {
    let nodes = PyDict::new(py);
    for (node, row) in network.managed.iter() {
        let figures = PyDict::new(py);
        for figure in NODE_FIGURES {
            let value = |episode: &EpisodeFigures| figure.value(network, episode.places.as_ref()?, node);
            if let Some(column) = episodes.iter().map(value).collect::<Option<Vec<f64>>>() {
                figures.set_item(figure.key, column.into_pyarray(py))?;
            }
        }
        nodes.set_item(id_to_python(py, &network.nodes[row.node].id)?, figures)?;
    }
    Ok(nodes)
}

/// Plays one episode per seed under a policy given by name, without leaving Rust; one array per key figure and cost
/// part, and the name of what the policy knows.
#[pyfunction]
#[pyo3(signature = (network, demand, policy, seeds, *, num_periods, backlog, discount, threads, by_node))]
#[allow(clippy::too_many_arguments, reason = "keyword arguments of a Python function")]
pub fn rollout_by_name<'py>(
    py: Python<'py>,
    network: &Bound<'py, Network>,
    demand: &Bound<'py, Demand>,
    policy: &str,
    seeds: Vec<u64>,
    num_periods: usize,
    backlog: bool,
    discount: f64,
    threads: usize,
    by_node: bool,
) -> PyResult<Bound<'py, PyDict>> {
    let problem = problem(network, demand, num_periods, backlog, discount)?;
    // Parsed once to report mistakes; each thread then makes its own ones.
    let policy = policy.to_owned();
    let played = interruptible(py, move || -> Result<_, String> {
        let known = Knowledge::of(&problem);
        let make = || parse(&policy, &known);
        let information = make().map_err(|error| error.to_string())?.information();
        let make = || make().expect("the policy was parsed before");
        let figures = rollout_by_place(&problem, &seeds, threads, make);
        Ok((problem.network, figures.map_err(|error| error.to_string())?, information))
    })?;
    let (network, figures, information) = played.map_err(PyValueError::new_err)?;
    let dict = kpi_arrays(py, &network, &figures, true)?;
    dict.set_item("information", information.name())?;
    if by_node {
        dict.set_item("nodes", node_arrays(py, &network, &figures)?)?;
    }
    Ok(dict)
}
