//! The core of a single environment: live matrices around the engine's one kernel.

mod action;

use std::sync::Arc;

use invmgmt::action::ActionMap;
use invmgmt::demand::{DemandModel, DemandProcess, NativeDemand};
use invmgmt::episode::{History, bullwhip, check_horizon, kpis};
use invmgmt::network as engine;
use invmgmt::network::{MarketLinkIx, Part, TableIndex};
use invmgmt::period::{COST_PARTS, Flows, Rules, State, StateView, opening_row, play_alone};
use numpy::{PyArray1, PyArray3, PyArrayMethods, PyReadonlyArray1, PyUntypedArrayMethods};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};

use crate::actions::Actions;
use crate::demand::{Demand, usable_sentiment};
use crate::features::Features;
use crate::matrices::{Matrices, Symbol};
use crate::network::Network;

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
}

/// A user's demand engine as the kernel's demand process. The first error stops further calls and is kept.
struct CustomDemand<'a, 'py> {
    model: DemandModel,
    engine: &'a Bound<'py, PyAny>,
    laws: &'a Bound<'py, PyList>,
    failed: Option<PyErr>,
}

impl CustomDemand<'_, '_> {
    fn attempt(&mut self, otherwise: f64, call: impl FnOnce(&Self) -> PyResult<f64>) -> f64 {
        if self.failed.is_some() {
            return otherwise;
        }
        call(self).unwrap_or_else(|error| {
            self.failed = Some(error);
            otherwise
        })
    }
}

impl DemandProcess for CustomDemand<'_, '_> {
    fn sentiment_after(&mut self, _lane: usize, unmet: f64, sentiment: f64) -> f64 {
        self.attempt(sentiment, |this| {
            this.engine.call_method1(intern!(this.engine.py(), "update_goodwill"), (unmet,))?;
            usable_sentiment(this.engine.getattr(intern!(this.engine.py(), "sentiment"))?.extract()?)
        })
    }

    fn draw(&mut self, &[period]: &[usize; 1], link: MarketLinkIx, &[sentiment]: &[f64; 1]) -> [f64; 1] {
        if let Some(demand) = self.model.replayed(period, link, sentiment) {
            return [demand];
        }
        let demand = self.attempt(0.0, |this| {
            let law = this.laws.get_item(link.position())?.cast_into::<PyTuple>()?;
            let demand: f64 = this
                .engine
                .call_method1(
                    intern!(this.engine.py(), "sample"),
                    (period, law.get_item(0)?, law.get_item(1)?),
                )?
                .extract()?;
            if demand.is_finite() && demand >= 0.0 {
                Ok(demand)
            } else {
                Err(PyValueError::new_err(format!(
                    "the demand engine's sample returned {demand} in period {period}; \
                     expected a finite number >= 0. Nothing was changed"
                )))
            }
        });
        [demand]
    }
}

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
        }
        let layout = &network.layout;
        Ok(Self {
            matrices: Matrices::zeros(py, &network, num_periods),
            ledger: PyArray3::zeros(py, [num_periods, COST_PARTS.len(), network.managed.len()], false)
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
            network,
        })
    }

    /// Uses a demand engine and its core; `laws` is what an overridden `sample` expects per market link.
    fn attach(&mut self, demand: Py<Demand>, engine: Py<PyAny>, laws: Py<PyList>) {
        self.demand = demand;
        self.engine = engine;
        self.laws = laws;
    }

    /// Reads actions in another way from now on.
    fn read_actions(&mut self, actions: &Bound<'_, Actions>) {
        self.actions = actions.get().map.clone();
        self.action = vec![0.0; self.actions.len()];
    }

    /// Begins an episode in new arrays; returns the first observation.
    fn reset<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        check_horizon(&self.network, self.num_periods)
            .map_err(|error| PyValueError::new_err(error.to_string()))?;
        let network = &self.network;
        let shape = [self.num_periods, COST_PARTS.len(), network.managed.len()];
        self.matrices = Matrices::zeros(py, network, self.num_periods);
        self.ledger = PyArray3::zeros(py, shape, false).unbind();
        self.period = 0;
        self.unload(py, &opening_row(&self.network))?;
        self.observe(py)
    }

    /// The observation of the matrices as they stand now; kept as `state`.
    fn observe<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let sentiment = self.sentiment(py)?;
        self.load(py, sentiment)?;
        Ok(self.publish(py))
    }

    /// Plays one period; returns (observation, reward, terminated, truncated, info).
    fn step<'py>(slf: &Bound<'py, Self>, action: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        let mut this = slf.borrow_mut();
        if this.period >= this.num_periods {
            let (terminated, truncated) = (this.terminates, !this.terminates);
            return (this.state.bind(py), 0.0, terminated, truncated, PyDict::new(py)).into_pyobject(py);
        }
        this.read_action(action)?;
        let sentiment = this.begin_step(py)?;
        let reward = if this.demand.bind(py).borrow().overridden {
            drop(this);
            let reward = Self::play_custom(slf, sentiment)?;
            this = slf.borrow_mut();
            reward
        } else {
            this.play(py)?
        };
        this.store(py)?;
        let info = this.info(py, reward)?;
        this.period += 1;
        let ended = this.period >= this.num_periods;
        let (terminated, truncated) = (ended && this.terminates, ended && !this.terminates);
        let observation = this.publish(py);
        (observation, reward, terminated, truncated, info).into_pyobject(py)
    }

    /// Features of the matrices as they stand now. A custom engine's mean demand is handed in.
    #[pyo3(signature = (features, known_mean=None))]
    fn features<'py>(
        &mut self,
        py: Python<'py>,
        features: &Bound<'_, Features>,
        known_mean: Option<f64>,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let features = &features.get().features;
        let sentiment = self.sentiment(py)?;
        self.load(py, sentiment)?;
        let view = StateView::new(&self.network, &self.rules, self.num_periods, &self.row);
        let core = self.demand.bind(py).borrow();
        let known_mean = known_mean.unwrap_or_else(|| features.known_mean(&core.model.config, &view));
        let recent = &self.matrices.values(py, Symbol::D)?[..self.period * self.network.market.len()];
        let mut values = vec![0.0; features.len()];
        features.write(&view, recent, known_mean, &mut values);
        Ok(PyArray1::from_vec(py, values))
    }

    /// The state row of the matrices as they stand; what a batch keeps per episode.
    fn state_row<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let sentiment = self.sentiment(py)?;
        self.load(py, sentiment)?;
        Ok(PyArray1::from_slice(py, &self.row))
    }

    /// Puts a state row into new matrices, whose earlier periods are zero but for the orders in transit.
    fn restore_row(&mut self, py: Python<'_>, values: PyReadonlyArray1<'_, f64>) -> PyResult<()> {
        let (values, layout) = (values.as_slice()?, &self.network.layout);
        if values.len() != layout.row() {
            return Err(PyValueError::new_err(format!(
                "the snapshot holds {} numbers; a state of this network holds {}. Nothing was changed",
                values.len(),
                layout.row()
            )));
        }
        let t = values[layout.start(Part::Period)] as usize;
        if t as f64 != values[layout.start(Part::Period)] || t > self.num_periods {
            return Err(PyValueError::new_err(format!(
                "the snapshot stands at period {}; this episode has {}. Nothing was changed",
                values[layout.start(Part::Period)],
                self.num_periods
            )));
        }
        let sentiment = values[layout.start(Part::Sentiment)];
        self.reset(py)?;
        self.period = t;
        self.unload(py, values)?;
        self.demand.bind(py).borrow_mut().sentiment = sentiment;
        self.observe(py)?;
        Ok(())
    }

    /// A matrix by its symbol.
    fn matrix<'py>(&self, py: Python<'py>, symbol: &str) -> PyResult<Bound<'py, PyAny>> {
        Ok(self.matrices.array(py, Symbol::named(symbol)?).into_any())
    }

    /// Puts another array in the place of a matrix.
    fn set_matrix(&mut self, symbol: &str, array: &Bound<'_, PyAny>) -> PyResult<()> {
        self.matrices.replace(Symbol::named(symbol)?, array)
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
        let figures = kpis(&self.network, self.history(py)?);
        let dict = PyDict::new(py);
        let entries = [
            ("total_profit", figures.total_profit),
            ("avg_step_profit", figures.avg_step_profit),
            ("total_demand", figures.total_demand),
            ("total_sold", figures.total_sold),
            ("fill_rate", figures.fill_rate),
            ("total_backlog", figures.total_backlog),
            ("avg_inventory", figures.avg_inventory),
            ("inventory_turns", figures.inventory_turns),
            ("final_sentiment", figures.final_sentiment),
        ];
        entries.iter().try_for_each(|(key, value)| dict.set_item(key, value))?;
        Ok(dict)
    }

    /// Variability of requests against demand: (per supply link, demand, largest, ratio).
    fn bullwhip(&self, py: Python<'_>) -> PyResult<(Vec<f64>, f64, f64, f64)> {
        let figures = bullwhip(&self.network, self.history(py)?);
        Ok((figures.per_link_cv, figures.demand_cv, figures.max_cv, figures.bullwhip_ratio))
    }
}

impl Episode {
    fn sentiment(&self, py: Python<'_>) -> PyResult<f64> {
        let core = self.demand.bind(py).borrow();
        if core.overridden {
            drop(core);
            return usable_sentiment(self.engine.bind(py).getattr(intern!(py, "sentiment"))?.extract()?);
        }
        Ok(core.sentiment)
    }

    /// Loads the state row from the matrices as they stand, a user's writes included.
    fn load(&mut self, py: Python<'_>, sentiment: f64) -> PyResult<()> {
        let (t, network) = (self.period, &*self.network);
        // Every part by its name: one that is added cannot be forgotten here.
        let State { demand, unmet, mut on_hand, in_transit, period, sentiment: feeling, on_order } =
            State::open(&mut self.row, &network.layout);
        let stocks = self.matrices.row(py, Symbol::X, t)?;
        for (node, managed) in network.managed.iter() {
            on_hand[node] = stocks[managed.node.position()];
        }
        on_order.values.copy_from_slice(self.matrices.row(py, Symbol::Y, t)?);
        if t == 0 {
            demand.values.fill(0.0);
            unmet.values.fill(0.0);
        } else {
            demand.values.copy_from_slice(self.matrices.row(py, Symbol::D, t - 1)?);
            unmet.values.copy_from_slice(self.matrices.row(py, Symbol::U, t - 1)?);
        }
        let filled = self.matrices.values(py, Symbol::R)?;
        let links = network.supply.len();
        for (link, row) in network.supply.iter() {
            let slots = &mut in_transit[row.first_slot..row.first_slot + row.lead_time];
            for (age, slot) in (1..=row.lead_time).rev().zip(slots) {
                *slot = if t >= age { filled[(t - age) * links + link.position()] } else { 0.0 };
            }
        }
        *period = t as f64;
        *feeling = sentiment;
        Ok(())
    }

    /// The opposite of `load`: writes a state row into the matrices.
    fn unload(&self, py: Python<'_>, values: &[f64]) -> PyResult<()> {
        let (t, network) = (self.period, &*self.network);
        let layout = &network.layout;
        let stocks = self.matrices.row(py, Symbol::X, t)?;
        for (node, managed) in network.managed.iter() {
            stocks[managed.node.position()] = values[layout.start(Part::OnHand) + node.position()];
        }
        self.matrices.row(py, Symbol::Y, t)?.copy_from_slice(&values[layout.range(Part::OnOrder)]);
        if t == 0 {
            return Ok(());
        }
        self.matrices.row(py, Symbol::D, t - 1)?.copy_from_slice(&values[layout.range(Part::Demand)]);
        self.matrices.row(py, Symbol::U, t - 1)?.copy_from_slice(&values[layout.range(Part::Unmet)]);
        self.matrices.row(py, Symbol::Gw, t - 1)?[0] = values[layout.start(Part::Sentiment)];
        let filled = self.matrices.values(py, Symbol::R)?;
        for (link, row) in network.supply.iter() {
            let start = layout.start(Part::InTransit) + row.first_slot;
            for (age, value) in (1..=row.lead_time).rev().zip(&values[start..start + row.lead_time]) {
                if t >= age {
                    filled[(t - age) * network.supply.len() + link.position()] = *value;
                }
            }
        }
        Ok(())
    }

    /// Checks that the period can be recorded, loads the state row and reads the action on it; returns the sentiment in force.
    fn begin_step(&mut self, py: Python<'_>) -> PyResult<f64> {
        if self.period >= self.matrices.periods() {
            return Err(PyValueError::new_err(format!(
                "period {} lies beyond the arrays of this episode, which hold {} periods; \
                 num_periods grew to {}: call reset",
                self.period,
                self.matrices.periods(),
                self.num_periods
            )));
        }
        let sentiment = self.sentiment(py)?;
        self.load(py, sentiment)?;
        let view = StateView::new(&self.network, &self.rules, self.num_periods, &self.row);
        self.actions.requests(&view, &self.action, &mut self.requests);
        Ok(sentiment)
    }

    /// Runs the kernel on the state row.
    fn play(&mut self, py: Python<'_>) -> PyResult<f64> {
        let network = &*self.network;
        let mut demand = self.demand.bind(py).borrow_mut();
        let Demand { model, stream, sampler, sentiment, .. } = &mut *demand;
        let (Some(stream), Some(sampler)) = (stream, sampler) else {
            return Err(PyRuntimeError::new_err(
                "the demand engine has no generator; call env.reset() first",
            ));
        };
        let mut process = NativeDemand::of_one(network, model, stream, sampler);
        let (row, flows) = (&mut self.row, &mut self.flows);
        let (rules, num_periods) = (&self.rules, self.num_periods);
        let reward = play_alone(network, rules, num_periods, row, &self.requests, &mut process, flows);
        *sentiment = self.row[network.layout.start(Part::Sentiment)];
        Ok(reward)
    }

    /// Runs the kernel with a user's demand engine, on copies: its methods may look at this episode meanwhile. If one
    /// of them fails, the matrices are untouched and the engine's sentiment is put back.
    fn play_custom(slf: &Bound<'_, Self>, sentiment: f64) -> PyResult<f64> {
        let py = slf.py();
        let this = slf.borrow();
        let (network, rules, num_periods) = (Arc::clone(&this.network), this.rules, this.num_periods);
        let (mut row, mut flows, requests) = (this.row.clone(), this.flows.clone(), this.requests.clone());
        let model = this.demand.bind(py).borrow().model.clone();
        let (engine, laws) = (this.engine.bind(py).clone(), this.laws.bind(py).clone());
        drop(this);
        let mut process = CustomDemand { model, engine: &engine, laws: &laws, failed: None };
        let (state, requested) = (&mut row, &requests);
        let reward = play_alone(&network, &rules, num_periods, state, requested, &mut process, &mut flows);
        if let Some(error) = process.failed {
            engine.setattr(intern!(py, "sentiment"), sentiment)?;
            return Err(error);
        }
        let mut this = slf.borrow_mut();
        (this.row, this.flows, this.requests) = (row, flows, requests);
        Ok(reward)
    }

    /// Stores the played period's rows.
    fn store(&mut self, py: Python<'_>) -> PyResult<()> {
        let (t, network) = (self.period, &*self.network);
        let layout = &network.layout;
        let stocks = self.matrices.row(py, Symbol::X, t + 1)?;
        let profits = self.matrices.row(py, Symbol::P, t)?;
        for (node, managed) in network.managed.iter() {
            stocks[managed.node.position()] = self.row[layout.start(Part::OnHand) + node.position()];
            profits[managed.node.position()] = self.flows.profit(node, 0);
        }
        self.matrices.row(py, Symbol::Y, t + 1)?.copy_from_slice(&self.row[layout.range(Part::OnOrder)]);
        for (to, filled) in self.matrices.row(py, Symbol::R, t)?.iter_mut().zip(self.flows.filled(0)) {
            *to = filled;
        }
        let moved = self.matrices.row(py, Symbol::S, t)?;
        for link in network.links.indices() {
            moved[link.position()] = self.flows.moved(network, link, 0);
        }
        self.matrices.row(py, Symbol::D, t)?.copy_from_slice(&self.row[layout.range(Part::Demand)]);
        self.matrices.row(py, Symbol::U, t)?.copy_from_slice(&self.row[layout.range(Part::Unmet)]);
        self.matrices.row(py, Symbol::Gw, t)?[0] = self.row[layout.start(Part::Sentiment)];
        self.matrices.row(py, Symbol::ActionLog, t)?.copy_from_slice(&self.requests);
        self.store_ledger(py, t)
    }

    fn store_ledger(&self, py: Python<'_>, t: usize) -> PyResult<()> {
        let nodes = self.network.managed.len();
        let weight = self.rules.weight(t);
        // SAFETY: the array is float64 and contiguous (made here or checked when set), and the slice is dropped
        // before Python runs again.
        let ledger = unsafe { self.ledger.bind(py).as_slice_mut()? };
        let rows = &mut ledger[t * COST_PARTS.len() * nodes..(t + 1) * COST_PARTS.len() * nodes];
        for node in self.network.managed.indices() {
            for (part, value) in self.flows.parts(node, 0).values().into_iter().enumerate() {
                rows[part * nodes + node.position()] = weight * value;
            }
        }
        Ok(())
    }

    fn info<'py>(&self, py: Python<'py>, reward: f64) -> PyResult<Bound<'py, PyDict>> {
        let layout = &self.network.layout;
        // Added up in the order a batch adds it, so that both round alike.
        let stock: f64 = self.row[layout.range(Part::OnHand)].iter().sum();
        let unmet: f64 = self.row[layout.range(Part::Unmet)].iter().sum();
        let info = PyDict::new(py);
        info.set_item(intern!(py, "period"), self.period)?;
        info.set_item(intern!(py, "step_reward"), reward)?;
        info.set_item(intern!(py, "total_inventory"), stock)?;
        info.set_item(intern!(py, "total_backlog"), unmet)?;
        info.set_item(intern!(py, "sentiment"), self.row[layout.start(Part::Sentiment)])?;
        Ok(info)
    }

    fn publish<'py>(&mut self, py: Python<'py>) -> Bound<'py, PyAny> {
        let observation = PyArray1::from_slice(py, &self.row[..self.network.layout.observation()]).into_any();
        self.state = observation.clone().unbind();
        observation
    }

    fn history<'a>(&'a self, py: Python<'a>) -> PyResult<History<'a>> {
        Ok(History {
            periods_played: self.period,
            on_hand: self.matrices.values(py, Symbol::X)?,
            requested: self.matrices.values(py, Symbol::ActionLog)?,
            moved: self.matrices.values(py, Symbol::S)?,
            demand: self.matrices.values(py, Symbol::D)?,
            unmet: self.matrices.values(py, Symbol::U)?,
            profit: self.matrices.values(py, Symbol::P)?,
            sentiment: self.matrices.values(py, Symbol::Gw)?,
        })
    }
}
