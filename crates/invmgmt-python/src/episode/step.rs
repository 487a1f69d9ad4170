//! One period of a single environment.
//!
//! Between two calls into Python nobody else's call can come in, because the interpreter's lock is held. A step that
//! runs Python code on its way (an action that is no plain array, a demand engine with methods of its own) takes the
//! episode's turn instead and lets go of the episode meanwhile: other calls may read it, and none may change it.

use std::sync::Arc;

use invmgmt::demand::NativeDemand;
use invmgmt::network::Part;
use invmgmt::period::{EXTRA_COSTS, StateView, play_alone};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use super::custom::CustomDemand;
use super::{ENVIRONMENT, Episode};
use crate::demand::{Demand, usable_sentiment};
use crate::turn::{ENGINE, exclusive, shared};

impl Episode {
    /// Plays one period; returns (observation, reward, terminated, truncated, info).
    pub(super) fn play_step<'py>(
        slf: &Bound<'py, Self>,
        action: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        let mut this = exclusive(slf, ENVIRONMENT)?;
        this.turn.check(ENVIRONMENT)?;
        if this.period >= this.num_periods {
            let (terminated, truncated) = (this.terminates, !this.terminates);
            return (this.state.bind(py), 0.0, terminated, truncated, PyDict::new(py)).into_pyobject(py);
        }
        let mut taken = None;
        if !this.copy_action(action) {
            taken = Some(this.turn.take(ENVIRONMENT)?);
            let reader = this.action_reader(py);
            drop(this);
            let values = reader.read(action)?;
            this = exclusive(slf, ENVIRONMENT)?;
            this.action.copy_from_slice(&values);
        }
        this.check_action()?;
        let overridden = shared(this.demand.bind(py), ENGINE)?.overridden;
        let reward = if overridden {
            let _taken = taken.map_or_else(|| this.turn.take(ENVIRONMENT), Ok)?;
            drop(this);
            let reward = Self::play_custom(slf)?;
            this = exclusive(slf, ENVIRONMENT)?;
            reward
        } else {
            let sentiment = shared(this.demand.bind(py), ENGINE)?.sentiment;
            this.begin(py, sentiment)?;
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

    /// Sentiment in force: the demand engine's own where its methods are. Reading it may run Python code.
    pub(super) fn sentiment(slf: &Bound<'_, Self>) -> PyResult<f64> {
        let py = slf.py();
        let (core, engine) = {
            let this = shared(slf, ENVIRONMENT)?;
            (this.demand.clone_ref(py), this.engine.clone_ref(py))
        };
        let (overridden, sentiment) = {
            let core = shared(core.bind(py), ENGINE)?;
            (core.overridden, core.sentiment)
        };
        if !overridden {
            return Ok(sentiment);
        }
        usable_sentiment(engine.bind(py).getattr(intern!(py, "sentiment"))?.extract()?)
    }

    /// Checks that the period can be recorded, loads the state row and reads the action on it.
    fn begin(&mut self, py: Python<'_>, sentiment: f64) -> PyResult<()> {
        if self.period >= self.matrices.periods() {
            return Err(PyValueError::new_err(format!(
                "period {} lies beyond the arrays of this episode, which hold {} periods; \
                 num_periods grew to {}: call reset",
                self.period,
                self.matrices.periods(),
                self.num_periods
            )));
        }
        self.matrices.check(py)?;
        self.load(py, sentiment)?;
        let row = self.row.as_chunks::<1>().0;
        let view = StateView::of_lane(&self.network, &self.rules, self.num_periods, row, 0);
        self.actions.requests(&view, &self.action, &mut self.requests);
        Ok(())
    }

    /// Runs the kernel on the state row.
    fn play(&mut self, py: Python<'_>) -> PyResult<f64> {
        let network = &*self.network;
        let mut demand = exclusive(self.demand.bind(py), ENGINE)?;
        let Demand { model, stream, sampler, sentiment, .. } = &mut *demand;
        let (Some(stream), Some(sampler)) = (stream, sampler) else {
            return Err(PyRuntimeError::new_err(
                "the demand engine has no generator; call env.reset() first",
            ));
        };
        let (row, flows) = (&mut self.row, &mut self.flows);
        self.supply.draw(network, flows, 0);
        let process = NativeDemand::of_one(network, model, stream, sampler);
        let mut process = process.with_further(&mut self.supply);
        let (rules, num_periods) = (&self.rules, self.num_periods);
        let reward = play_alone(network, rules, num_periods, row, &self.requests, &mut process, flows);
        *sentiment = self.row[network.layout.start(Part::Sentiment)];
        Ok(reward)
    }

    /// Runs the kernel with a user's demand engine, on copies: its methods may look at this episode meanwhile. If one
    /// of them fails, the matrices are untouched and the engine's sentiment is put back.
    fn play_custom(slf: &Bound<'_, Self>) -> PyResult<f64> {
        let py = slf.py();
        let sentiment = Self::sentiment(slf)?;
        let mut this = exclusive(slf, ENVIRONMENT)?;
        this.begin(py, sentiment)?;
        let (network, rules, num_periods) = (Arc::clone(&this.network), this.rules, this.num_periods);
        let (mut row, mut flows, requests) = (this.row.clone(), this.flows.clone(), this.requests.clone());
        let mut supply = this.supply.clone();
        supply.draw(&network, &mut flows, 0);
        let model = shared(this.demand.bind(py), ENGINE)?.model.clone();
        let (engine, laws) = (this.engine.bind(py).clone(), this.laws.bind(py).clone());
        drop(this);
        let mut process = CustomDemand { model, engine: &engine, laws: &laws, failed: None };
        let (state, requested) = (&mut row, &requests);
        let reward = play_alone(&network, &rules, num_periods, state, requested, &mut process, &mut flows);
        let failed = process.failed;
        let take_over = || {
            let mut this = exclusive(slf, ENVIRONMENT)?;
            // The engine's methods may have reshaped what is to be written.
            this.matrices.check(py)?;
            (this.row, this.flows, this.requests, this.supply) = (row, flows, requests, supply);
            Ok(reward)
        };
        failed.map_or_else(take_over, Err).inspect_err(|_| {
            // What failed is reported; an engine that refuses its sentiment back fails again at the next step.
            let _ = engine.setattr(intern!(py, "sentiment"), sentiment);
        })
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
        if self.network.physics.is_some() {
            // What only mechanisms cost, of all nodes together, discounted as the reward is.
            let weight = self.rules.weight(self.period);
            for (position, name) in EXTRA_COSTS.into_iter().enumerate() {
                let of_node = |node| self.flows.extra_costs(node, 0).values()[position];
                let cost: f64 = self.network.managed.indices().map(of_node).sum();
                info.set_item(name, weight * cost)?;
            }
        }
        info.set_item(intern!(py, "sentiment"), self.row[layout.start(Part::Sentiment)])?;
        Ok(info)
    }
}
