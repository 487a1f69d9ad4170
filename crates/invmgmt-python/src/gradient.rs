//! Episodes that are recorded and played backwards, for Python.

use invmgmt::adjoint::{Block, Recording, SIDE_BY_SIDE, Surrogates};
use invmgmt_policy::optimize::{Family, Slopes};
use numpy::{IntoPyArray, PyArray1, PyArray2, PyReadonlyArray1, PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::demand::Demand;
use crate::interruptible::interruptible;
use crate::network::Network;
use crate::problem::problem;

/// Rows of numbers, one per episode.
type Rows<'py> = Bound<'py, PyArray2<f64>>;
/// One number per episode.
type Numbers<'py> = Bound<'py, PyArray1<f64>>;

/// Episodes side by side that remember how they were played.
#[pyclass(module = "gym_invmgmt._native")]
#[derive(Debug)]
pub struct Recorded {
    recording: Recording,
    episodes: usize,
}

#[pymethods]
impl Recorded {
    #[new]
    #[pyo3(signature = (network, demand, *, episodes, fixed_costs, goodwill, rounding, num_periods, backlog, discount))]
    #[allow(clippy::too_many_arguments, reason = "keyword arguments of a Python function")]
    fn new(
        network: &Bound<'_, Network>,
        demand: &Bound<'_, Demand>,
        episodes: usize,
        fixed_costs: Option<f64>,
        goodwill: Option<f64>,
        rounding: bool,
        num_periods: usize,
        backlog: bool,
        discount: f64,
    ) -> PyResult<Self> {
        let problem = problem(network, demand, num_periods, backlog, discount)?;
        let recording = Recording::new(&problem, episodes, Surrogates { fixed_costs, goodwill, rounding })
            .map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(Self { recording, episodes })
    }

    /// Puts every episode at its start; their state rows.
    fn begin<'py>(&mut self, py: Python<'py>, seeds: Vec<u64>) -> PyResult<Rows<'py>> {
        if seeds.len() != self.episodes {
            return Err(wrong_number("seeds", seeds.len(), self.episodes));
        }
        self.recording.begin(&seeds);
        self.rows(py, |recording, block| recording.rows(block))
    }

    /// Periods played.
    #[getter]
    fn period(&self) -> usize {
        self.recording.period()
    }

    /// Plays a period with these orders; the next state rows, and the rewards.
    fn step<'py>(
        &mut self,
        py: Python<'py>,
        orders: PyReadonlyArray2<'py, f64>,
    ) -> PyResult<(Rows<'py>, Numbers<'py>)> {
        let num_periods = self.recording.problem().num_periods;
        if self.recording.period() >= num_periods {
            return Err(PyValueError::new_err(format!(
                "the episodes are over after {num_periods} periods; begin"
            )));
        }
        let links = self.recording.problem().network.supply.len();
        check_shape("orders", &orders, (self.episodes, links))?;
        let orders = orders.as_array();
        if let Some(((episode, link), found)) = orders.indexed_iter().find(|(_, order)| !order.is_finite()) {
            return Err(PyValueError::new_err(format!(
                "orders[{episode}, {link}] is {found}; expected a finite number; nothing was played"
            )));
        }
        for block in 0..self.recording.blocks() {
            for (link, numbers) in self.recording.requests_mut(block).iter_mut().enumerate() {
                *numbers = lanes(block, self.episodes, |episode| orders[[episode, link]]);
            }
        }
        self.recording.step();
        let period = self.recording.period();
        let rewards = (0..self.episodes).map(|episode| {
            self.recording.rewards(period - 1, episode / SIDE_BY_SIDE)[episode % SIDE_BY_SIDE]
        });
        let rewards: Vec<f64> = rewards.collect();
        let rows = self.rows(py, |recording, block| recording.rows_of(period, block))?;
        Ok((rows, rewards.into_pyarray(py)))
    }

    /// Given how something answers the state rows behind a period played and its rewards: how it answers the rows
    /// before it and the orders.
    fn reverse<'py>(
        &mut self,
        py: Python<'py>,
        period: usize,
        rows: PyReadonlyArray2<'py, f64>,
        rewards: PyReadonlyArray1<'py, f64>,
    ) -> PyResult<(Rows<'py>, Rows<'py>)> {
        let played = self.recording.period();
        if period >= played {
            return Err(PyValueError::new_err(format!("period {period} has not been played; {played} have")));
        }
        let network = std::sync::Arc::clone(&self.recording.problem().network);
        let told = network.layout.told();
        check_shape("rows", &rows, (self.episodes, told))?;
        if rewards.len() != self.episodes {
            return Err(wrong_number("rewards", rewards.len(), self.episodes));
        }
        let (rows, rewards) = (rows.as_array(), rewards.as_array());
        for block in 0..self.recording.blocks() {
            for (position, numbers) in self.recording.row_worth_mut(block).iter_mut().enumerate() {
                // What is hidden answers nothing.
                *numbers = lanes(block, self.episodes, |episode| {
                    if position < told { rows[[episode, position]] } else { 0.0 }
                });
            }
        }
        self.recording.turn_behind(period + 1);
        self.recording.step_back(|block| lanes(block, self.episodes, |episode| rewards[episode]));
        // Others may be reversed after it, and more be played.
        self.recording.turn_behind(played);
        let links = network.supply.len();
        let (episodes, recording) = (self.episodes, &mut self.recording);
        let worth: Vec<Vec<Block>> =
            (0..recording.blocks()).map(|block| recording.row_worth_mut(block)[..told].to_vec()).collect();
        let orders = array(py, episodes, links, |block| recording.request_worth(block))?;
        Ok((array(py, episodes, told, |block| &worth[block])?, orders))
    }
}

impl Recorded {
    fn rows<'py>(&self, py: Python<'py>, of: impl Fn(&Recording, usize) -> &[Block]) -> PyResult<Rows<'py>> {
        let told = self.recording.problem().network.layout.told();
        array(py, self.episodes, told, |block| &of(&self.recording, block)[..told])
    }
}

/// The numbers of a block's episodes; 0 where there is none.
fn lanes(block: usize, episodes: usize, number: impl Fn(usize) -> f64) -> Block {
    std::array::from_fn(|lane| {
        let episode = block * SIDE_BY_SIDE + lane;
        if episode < episodes { number(episode) } else { 0.0 }
    })
}

/// One row per episode of what stands in blocks.
fn array<'py, 'a>(
    py: Python<'py>,
    episodes: usize,
    columns: usize,
    of: impl Fn(usize) -> &'a [Block],
) -> PyResult<Rows<'py>> {
    let numbers = (0..episodes).flat_map(|episode| {
        of(episode / SIDE_BY_SIDE).iter().map(move |numbers| numbers[episode % SIDE_BY_SIDE])
    });
    let numbers: Vec<f64> = numbers.collect();
    let shaped = numpy::ndarray::Array2::from_shape_vec((episodes, columns), numbers);
    Ok(shaped.map_err(|error| PyValueError::new_err(error.to_string()))?.into_pyarray(py))
}

fn check_shape(name: &str, found: &PyReadonlyArray2<'_, f64>, expected: (usize, usize)) -> PyResult<()> {
    let shape = (found.shape()[0], found.shape()[1]);
    if shape == expected {
        return Ok(());
    }
    Err(PyValueError::new_err(format!("{name} have shape {shape:?}; expected {expected:?}")))
}

fn wrong_number(name: &str, found: usize, expected: usize) -> PyErr {
    PyValueError::new_err(format!("{found} {name}; expected {expected}, one per episode"))
}

/// What episodes earn under levels, and per episode how that answers each level.
#[pyfunction]
#[pyo3(signature = (
    network, demand, family, levels, *, seeds, fixed_costs, goodwill, rounding, reorder, num_periods, backlog, discount
))]
#[allow(clippy::too_many_arguments, reason = "keyword arguments of a Python function")]
pub fn level_gradient<'py>(
    py: Python<'py>,
    network: &Bound<'py, Network>,
    demand: &Bound<'py, Demand>,
    family: &str,
    levels: Vec<f64>,
    seeds: Vec<u64>,
    fixed_costs: Option<f64>,
    goodwill: Option<f64>,
    rounding: bool,
    reorder: Option<f64>,
    num_periods: usize,
    backlog: bool,
    discount: f64,
) -> PyResult<(Numbers<'py>, Rows<'py>)> {
    let refused = |error: invmgmt_policy::optimize::OptimizeError| PyValueError::new_err(error.to_string());
    let family = Family::from_name(family).map_err(refused)?;
    let problem = problem(network, demand, num_periods, backlog, discount)?;
    let surrogates = Surrogates { fixed_costs, goodwill, rounding };
    let mut slopes = Slopes::new(&problem, family, &seeds, surrogates, reorder).map_err(refused)?;
    let (found, expected) = (levels.len(), slopes.numbers());
    if found != expected {
        let each = if family.numbers() == 1 { "one" } else { "two" };
        return Err(PyValueError::new_err(format!(
            "{found} levels; expected {expected}, {each} per managed node in order of id"
        )));
    }
    if let Some(node) = levels.iter().position(|level| !level.is_finite()) {
        return Err(PyValueError::new_err(format!(
            "levels[{node}] is {}; expected a finite number",
            levels[node]
        )));
    }
    let slope = interruptible(py, move || slopes.at(&levels))?;
    let shaped =
        numpy::ndarray::Array2::from_shape_vec((slope.gradients.len(), expected), slope.gradients.concat());
    let gradients = shaped.map_err(|error| PyValueError::new_err(error.to_string()))?;
    Ok((slope.profits.into_pyarray(py), gradients.into_pyarray(py)))
}
