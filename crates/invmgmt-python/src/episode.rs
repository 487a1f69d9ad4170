//! The core of a single environment: live matrices around the engine's one kernel.

mod action;
mod custom;
mod rows;
mod step;

use std::sync::Arc;

use invmgmt::action::ActionMap;
use invmgmt::episode::{
    History, KEY_FIGURES, KeyFigure, Measured, NODE_FIGURES, NodeFigure, Symbol, bullwhip, check_horizon,
    kpis, places,
};
use invmgmt::network as engine;
use invmgmt::network::{Part, TableIndex};
use invmgmt::period::{COST_PARTS, EXTRA_COSTS, Flows, Rules, StateView, SupplyStreams, opening_row};
use numpy::{PyArray1, PyArray3, PyReadonlyArray1, PyUntypedArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};

use crate::actions::Actions;
use crate::convert::id_to_python;
use crate::demand::Demand;
use crate::features::Features;
use crate::matrices::{Matrices, symbol_named};
use crate::network::{Network, link_key};
use crate::turn::{ENGINE, Turn, exclusive, shared};
use crate::vector::seed_words;

/// What messages call an episode.
const ENVIRONMENT: &str = "this environment";

/// One episode in play, its state kept in numpy arrays that the user may write to.
#[derive(Debug)]
#[pyclass(module = "gym_invmgmt._native")]
pub struct Episode {
    network: Arc<engine::Network>,
    matrices: Matrices,
    /// Discounted cost parts, (T, parts, managed nodes).
    ledger: Py<PyArray3<f64>>,
    demand: Py<Demand>,
    /// The demand engine the core belongs to; its methods are called if the core says they are overridden.
    engine: Py<PyAny>,
    /// What a market link's law is to a custom engine: (law, parameters) each.
    laws: Py<PyList>,
    /// Position of each supply link by (supplier, buyer).
    supply_links: Py<PyDict>,
    state: Py<PyAny>,
    /// Periods played.
    #[pyo3(get)]
    period: usize,
    #[pyo3(get)]
    num_periods: usize,
    rules: Rules,
    /// Whether the end of the horizon is a termination, not a truncation.
    #[pyo3(get, set)]
    terminates: bool,
    row: Vec<f64>,
    /// How actions are read.
    actions: ActionMap,
    /// The action of the present step.
    action: Vec<f64>,
    /// The quantities it requests, one per supply link [units].
    requests: Vec<f64>,
    flows: Flows,
    /// Where chance in supply comes from.
    supply: SupplyStreams,
    /// Taken by a step for as long as it runs Python code.
    turn: Turn,
}

/// Whether Python shows a figure, and its names on the command line and in the benchmark.
type Faces = (bool, Option<&'static str>, Option<&'static str>);
/// A key figure as Python is told of it.
type FigureRow = (&'static str, &'static str, &'static str, &'static str, &'static str, Faces, &'static str);

#[pymethods]
impl Episode {
    #[new]
    fn new(
        py: Python<'_>,
        network: &Bound<'_, Network>,
        demand: Py<Demand>,
        num_periods: usize,
        backlog: bool,
        discount: f64,
    ) -> PyResult<Self> {
        let network = Arc::clone(&network.get().compiled);
        check_horizon(&network, num_periods).map_err(|error| PyValueError::new_err(error.to_string()))?;
        let supply_links = PyDict::new(py);
        for (link, row) in network.supply.iter() {
            let end = |node: engine::NodeIx| crate::convert::id_to_python(py, &network.nodes[node].id);
            supply_links.set_item((end(row.from)?, end(row.to)?), link.position())?;
            supply_links.set_item(link_key(py, &network, row.link)?, link.position())?;
        }
        let layout = &network.layout;
        Ok(Self {
            matrices: Matrices::zeros(py, &network, num_periods),
            ledger: PyArray3::zeros(py, [num_periods, parts_of(&network), network.managed.len()], false)
                .unbind(),
            demand,
            engine: py.None(),
            laws: PyList::empty(py).unbind(),
            supply_links: supply_links.unbind(),
            state: py.None(),
            period: 0,
            num_periods,
            rules: Rules { backlog, discount },
            terminates: false,
            actions: ActionMap::raw(&network),
            action: vec![0.0; network.supply.len()],
            row: vec![0.0; layout.row()],
            requests: vec![0.0; network.supply.len()],
            flows: Flows::new(&network),
            supply: SupplyStreams::seeded(&network, 0),
            turn: Turn::default(),
            network,
        })
    }

    /// Uses a demand engine and its core; `laws` is what an overridden `sample` expects per market link.
    fn attach(
        slf: &Bound<'_, Self>,
        demand: Py<Demand>,
        engine: Py<PyAny>,
        laws: Py<PyList>,
    ) -> PyResult<()> {
        let mut this = exclusive(slf, ENVIRONMENT)?;
        (this.demand, this.engine, this.laws) = (demand, engine, laws);
        Ok(())
    }

    /// Plays on with a network that differs in numbers alone; initial stock counts from the next reset.
    fn use_numbers(&mut self, network: &Bound<'_, Network>) -> PyResult<()> {
        self.turn.check(ENVIRONMENT)?;
        let network = &network.get().compiled;
        if network.layout != self.network.layout {
            return Err(PyValueError::new_err("the network has another structure. Nothing was changed"));
        }
        let letters = |network| crate::matrices::recorded(network).into_iter().map(|(letter, _)| letter);
        let news: Vec<&str> =
            letters(network).filter(|new| letters(&self.network).all(|old| old != *new)).collect();
        if !news.is_empty() || letters(network).count() != letters(&self.network).count() {
            return Err(PyValueError::new_err(format!(
                "env.graph was edited: an episode would record other things ({}). Call env.reload_network() and then \
                 env.reset() to play it, or put it back. Nothing was played",
                if news.is_empty() { "fewer than now".to_owned() } else { news.join(", ") }
            )));
        }
        self.flows = Flows::new(network);
        self.network = Arc::clone(network);
        Ok(())
    }

    /// Reads actions in another way from now on.
    fn read_actions(&mut self, actions: &Bound<'_, Actions>) -> PyResult<()> {
        self.turn.check(ENVIRONMENT)?;
        self.actions = actions.get().map.clone();
        self.action = vec![0.0; self.actions.len()];
        Ok(())
    }

    /// Begins an episode in new arrays; returns the first observation.
    fn reset<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let mut this = exclusive(slf, ENVIRONMENT)?;
        this.turn.check(ENVIRONMENT)?;
        check_horizon(&this.network, this.num_periods)
            .map_err(|error| PyValueError::new_err(error.to_string()))?;
        this.begin_episode(py)?;
        drop(this);
        Self::observe(slf)
    }

    /// The observation of the matrices as they stand now; kept as `state`.
    fn observe<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let sentiment = Self::sentiment(slf)?;
        let mut this = exclusive(slf, ENVIRONMENT)?;
        this.load(slf.py(), sentiment)?;
        Ok(this.publish(slf.py()))
    }

    /// Plays one period; returns (observation, reward, terminated, truncated, info).
    fn step<'py>(slf: &Bound<'py, Self>, action: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyTuple>> {
        Self::play_step(slf, action)
    }

    /// Refused while a call is under way that runs Python code in between.
    fn require_idle(slf: &Bound<'_, Self>) -> PyResult<()> {
        exclusive(slf, ENVIRONMENT)?.turn.check(ENVIRONMENT)
    }

    /// Starts the streams of chance in supply at a seed.
    fn seed_supply(&mut self, seed: &Bound<'_, PyAny>) -> PyResult<()> {
        self.turn.check(ENVIRONMENT)?;
        self.supply = SupplyStreams::from_words(&self.network, &seed_words(seed)?);
        Ok(())
    }

    /// Where the streams of chance in supply stand, by kind: state and increment; none on a network without such
    /// chance.
    #[getter]
    fn supply(&self) -> Option<Vec<u128>> {
        self.network.draws_supply().then(|| self.supply.words())
    }

    #[setter]
    fn set_supply(&mut self, words: Vec<u128>) -> PyResult<()> {
        self.supply = supply_of(&self.network, &words)?;
        Ok(())
    }

    /// Draws what is hidden anew, from the streams of this seed, given what can be seen.
    fn redraw_supply(&mut self, seed: &Bound<'_, PyAny>) -> PyResult<()> {
        self.turn.check(ENVIRONMENT)?;
        self.supply = SupplyStreams::from_words(&self.network, &seed_words(seed)?);
        let network = Arc::clone(&self.network);
        self.supply.redraw(&network, self.row.as_chunks_mut::<1>().0, 0);
        Ok(())
    }

    /// Features of the matrices as they stand now. A custom engine's mean demand is handed in.
    #[pyo3(signature = (features, known_mean=None))]
    fn features<'py>(
        slf: &Bound<'py, Self>,
        features: &Bound<'_, Features>,
        known_mean: Option<f64>,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let (py, features) = (slf.py(), &features.get().layout);
        let sentiment = Self::sentiment(slf)?;
        let mut this = exclusive(slf, ENVIRONMENT)?;
        this.load(py, sentiment)?;
        let row = this.row.as_chunks::<1>().0;
        let view = StateView::of_lane(&this.network, &this.rules, this.num_periods, row, 0);
        let core = shared(this.demand.bind(py), ENGINE)?;
        let known_mean = known_mean.unwrap_or_else(|| features.known_mean(&core.model, &view));
        let recent = &this.matrices.values(py, Symbol::Demand)?[..this.period * this.network.market.len()];
        let mut values = vec![0.0; features.len()];
        features.write(&view, recent, known_mean, &mut values);
        Ok(PyArray1::from_vec(py, values))
    }

    /// The state row of the matrices as they stand; what a batch keeps per episode.
    fn state_row<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let sentiment = Self::sentiment(slf)?;
        let mut this = exclusive(slf, ENVIRONMENT)?;
        this.load(slf.py(), sentiment)?;
        Ok(PyArray1::from_slice(slf.py(), &this.row))
    }

    /// Puts a state row into new matrices, whose earlier periods are zero but for the orders in transit.
    fn restore_row(slf: &Bound<'_, Self>, values: PyReadonlyArray1<'_, f64>) -> PyResult<()> {
        let py = slf.py();
        let mut this = exclusive(slf, ENVIRONMENT)?;
        this.turn.check(ENVIRONMENT)?;
        let (values, layout) = (values.as_slice()?, &this.network.layout);
        if values.len() != layout.row() {
            return Err(PyValueError::new_err(format!(
                "the snapshot holds {} numbers; a state of this network holds {}. Nothing was changed",
                values.len(),
                layout.row()
            )));
        }
        let t = values[layout.start(Part::Period)] as usize;
        if t as f64 != values[layout.start(Part::Period)] || t > this.num_periods {
            return Err(PyValueError::new_err(format!(
                "the snapshot stands at period {}; this episode has {}. Nothing was changed",
                values[layout.start(Part::Period)],
                this.num_periods
            )));
        }
        let sentiment = values[layout.start(Part::Sentiment)];
        exclusive(this.demand.bind(py), ENGINE)?.sentiment = sentiment;
        this.begin_episode(py)?;
        this.period = t;
        this.unload(py, values)?;
        this.row.copy_from_slice(values);
        drop(this);
        Self::observe(slf)?;
        Ok(())
    }

    /// A matrix by its symbol.
    fn matrix<'py>(&self, py: Python<'py>, symbol: &str) -> PyResult<Bound<'py, PyAny>> {
        Ok(self.matrices.array(py, symbol_named(symbol)?).into_any())
    }

    /// Puts another array in the place of a matrix.
    fn set_matrix(&mut self, symbol: &str, array: &Bound<'_, PyAny>) -> PyResult<()> {
        self.matrices.replace(symbol_named(symbol)?, array)
    }

    /// Discounted cost parts, shape (T, parts, managed nodes) [money].
    #[getter]
    fn ledger<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray3<f64>> {
        self.ledger.bind(py).clone()
    }

    #[setter]
    fn set_ledger(&mut self, py: Python<'_>, array: Py<PyArray3<f64>>) -> PyResult<()> {
        let (found, expected) = (array.bind(py).shape(), self.ledger.bind(py).shape());
        if found != expected {
            return Err(PyValueError::new_err(format!(
                "the ledger has shape {found:?}; expected {expected:?}"
            )));
        }
        self.ledger = array;
        Ok(())
    }

    /// The matrices of a record: letter, name in files of the episode logger, name in words, unit, what its columns are
    /// and whether it has a row for the end.
    #[classattr]
    #[pyo3(name = "SYMBOLS")]
    fn symbols() -> Vec<SymbolRow> {
        Symbol::plain().map(symbol_row).collect()
    }

    /// The matrices that only networks with mechanisms have, likewise.
    #[classattr]
    #[pyo3(name = "MECHANISM_SYMBOLS")]
    fn mechanism_symbols() -> Vec<SymbolRow> {
        Symbol::ALL.into_iter().filter(|symbol| symbol.is_of_mechanisms()).map(symbol_row).collect()
    }

    /// The letters of the matrices that this network has, and what the columns of each belong to.
    fn recorded(&self) -> Vec<(&'static str, Vec<String>)> {
        crate::matrices::recorded(&self.network)
    }

    /// The key figures, a row each: key, title, unit, better values, meaning, whether it is one of Python's, its names
    /// on the command line and in the benchmark, and on which networks tables show it.
    #[classattr]
    #[pyo3(name = "KEY_FIGURES")]
    fn key_figures() -> Vec<FigureRow> {
        let row = |figure: &'static KeyFigure| {
            let KeyFigure { key, title, unit, better, meaning, names, shown, .. } = *figure;
            let faces = (names.python, names.command_line, names.benchmark);
            (key, title, unit.words(), better.words(), meaning, faces, shown.words())
        };
        KEY_FIGURES.iter().map(row).collect()
    }

    /// Names of the costs that only networks with mechanisms have: they follow the cost parts in their ledger.
    #[classattr]
    #[pyo3(name = "EXTRA_COSTS")]
    fn extra_costs() -> Vec<&'static str> {
        EXTRA_COSTS.to_vec()
    }

    /// Names of the cost parts.
    #[classattr]
    #[pyo3(name = "COST_PARTS")]
    fn cost_parts() -> Vec<&'static str> {
        COST_PARTS.to_vec()
    }

    /// The last observation.
    #[getter]
    fn state(&self, py: Python<'_>) -> Py<PyAny> {
        self.state.clone_ref(py)
    }

    #[setter]
    fn set_state(&mut self, state: Py<PyAny>) {
        self.state = state;
    }

    #[setter]
    fn set_period(&mut self, period: usize) -> PyResult<()> {
        self.turn.check(ENVIRONMENT)?;
        let last = self.matrices.periods();
        if period > last {
            return Err(PyValueError::new_err(format!(
                "period is {period}; this episode has periods 0 to {last}"
            )));
        }
        self.period = period;
        Ok(())
    }

    #[setter]
    fn set_num_periods(&mut self, num_periods: usize) -> PyResult<()> {
        check_horizon(&self.network, num_periods)
            .map_err(|error| PyValueError::new_err(error.to_string()))?;
        self.num_periods = num_periods;
        Ok(())
    }

    /// Periods the arrays of this episode hold.
    #[getter]
    fn recorded_periods(&self) -> usize {
        self.matrices.periods()
    }

    #[getter]
    fn backlog(&self) -> bool {
        self.rules.backlog
    }

    #[setter]
    fn set_backlog(&mut self, backlog: bool) {
        self.rules.backlog = backlog;
    }

    #[getter]
    fn discount(&self) -> f64 {
        self.rules.discount
    }

    #[setter]
    fn set_discount(&mut self, discount: f64) -> PyResult<()> {
        if !discount.is_finite() {
            return Err(PyValueError::new_err(format!("alpha is {discount}; expected a finite number")));
        }
        self.rules.discount = discount;
        Ok(())
    }

    /// Key figures of the periods played.
    fn kpis<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let (network, history) = (&*self.network, self.history(py)?);
        let (kpis, places) = (kpis(network, history), places(network, history));
        let places = Some(&places);
        let measured = Measured { network, kpis: &kpis, places, parts: None, record: None };
        let dict = PyDict::new(py);
        for figure in KEY_FIGURES {
            if let Some(value) = figure.value(&measured) {
                dict.set_item(figure.key, value)?;
            }
        }
        Ok(dict)
    }

    /// Key figures of every managed node in the periods played, by id.
    fn node_kpis<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let places = places(&self.network, self.history(py)?);
        let nodes = PyDict::new(py);
        for (node, row) in self.network.managed.iter() {
            let figures = PyDict::new(py);
            for figure in NODE_FIGURES {
                if let Some(value) = figure.value(&self.network, &places, node) {
                    figures.set_item(figure.key, value)?;
                }
            }
            nodes.set_item(id_to_python(py, &self.network.nodes[row.node].id)?, figures)?;
        }
        Ok(nodes)
    }

    /// The key figures of nodes, a row each: key, title, unit, meaning, and on which networks tables show it.
    #[classattr]
    #[pyo3(name = "NODE_FIGURES")]
    fn node_figures() -> Vec<(&'static str, &'static str, &'static str, &'static str, &'static str)> {
        let row = |figure: &NodeFigure| {
            (figure.key, figure.title, figure.unit.words(), figure.meaning, figure.shown.words())
        };
        NODE_FIGURES.iter().map(row).collect()
    }

    /// Variability of requests against demand: (per supply link, demand, largest, ratio).
    fn bullwhip(&self, py: Python<'_>) -> PyResult<(Vec<f64>, f64, f64, f64)> {
        let figures = bullwhip(&self.network, self.history(py)?);
        Ok((figures.per_link_cv, figures.demand_cv, figures.max_cv, figures.bullwhip_ratio))
    }
}

/// Letter, name in files of the episode logger, name in words, unit, what its columns are, and whether it has a row for
/// the end.
type SymbolRow = (&'static str, &'static str, &'static str, &'static str, &'static str, bool);

fn symbol_row(symbol: Symbol) -> SymbolRow {
    let facts = symbol.facts();
    (facts.letter, facts.logged, facts.name, facts.unit, facts.columns.name(), facts.stands)
}

/// Parts of a node's money on a network.
fn parts_of(network: &invmgmt::network::Network) -> usize {
    COST_PARTS.len() + if network.physics.is_some() { EXTRA_COSTS.len() } else { 0 }
}

/// The streams of chance in supply that words stand for.
pub fn supply_of(network: &invmgmt::network::Network, words: &[u128]) -> PyResult<SupplyStreams> {
    SupplyStreams::of_words(network, words).ok_or_else(|| {
        PyValueError::new_err("the streams of supply have four states and increments, these odd")
    })
}

impl Episode {
    /// New matrices, with the stock an episode begins with.
    fn begin_episode(&mut self, py: Python<'_>) -> PyResult<()> {
        let shape = [self.num_periods, parts_of(&self.network), self.network.managed.len()];
        self.matrices = Matrices::zeros(py, &self.network, self.num_periods);
        self.ledger = PyArray3::zeros(py, shape, false).unbind();
        self.period = 0;
        let mut row = opening_row(&self.network);
        self.supply.open(&self.network, row.as_chunks_mut::<1>().0, 0);
        self.unload(py, &row)?;
        self.row = row;
        Ok(())
    }

    fn publish<'py>(&mut self, py: Python<'py>) -> Bound<'py, PyAny> {
        let observation = PyArray1::from_slice(py, &self.row[..self.network.layout.observation()]).into_any();
        self.state = observation.clone().unbind();
        observation
    }

    fn history<'a>(&'a self, py: Python<'a>) -> PyResult<History<'a>> {
        let mut matrices: [&[f64]; Symbol::COUNT] = [&[]; Symbol::COUNT];
        for symbol in Symbol::ALL {
            matrices[symbol as usize] = self.matrices.values(py, symbol)?;
        }
        Ok(History { periods_played: self.period, backlog: self.rules.backlog, matrices })
    }
}
