//! A run of neighbouring rows, played by one worker.

use std::sync::Arc;

use super::{Autoreset, Number, StepBuffers, randomize};
use crate::action::ActionMap;
use crate::demand::{DemandModel, NativeDemand, Randomization, Sampler};
use crate::episode::{KpiAccumulator, PeriodSample};
use crate::features::{Features, WINDOW};
use crate::network::Network;
use crate::period::{Flows, Rules, State, StateView, play_period};
use crate::random::Pcg64;

/// What all rows share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shared<'a> {
    pub network: &'a Network,
    pub rules: &'a Rules,
    pub num_periods: usize,
    pub autoreset: Autoreset,
    pub actions: &'a ActionMap,
    pub features: Option<&'a Features>,
    pub randomization: Option<&'a Randomization>,
}

impl Shared<'_> {
    fn observation_len(&self) -> usize {
        self.features.map_or(self.network.layout.observation(), Features::len)
    }
}

/// Scratch memory of one thread.
#[derive(Clone, Debug)]
pub(super) struct Worker {
    flows: Flows,
    sampler: Sampler,
    requests: Vec<f64>,
    /// An observation of features; grows when first needed.
    observation: Vec<f64>,
    /// Never used: it keeps the next worker's memory off this one's cache lines.
    _apart: Vec<u8>,
}

/// Bytes between the memory of two workers: more than two cache lines, which are fetched in pairs.
const APART: usize = 512;

impl Worker {
    pub fn new(network: &Network) -> Self {
        Self {
            _apart: vec![0; APART],
            flows: Flows::new(network),
            sampler: Sampler::new(network),
            requests: vec![0.0; network.supply.len()],
            observation: Vec::new(),
        }
    }
}

/// Neighbouring rows with their share of every buffer.
#[derive(Debug)]
pub(super) struct Chunk<'a, A, F> {
    pub rows: &'a mut [f64],
    pub streams: &'a mut [Pcg64],
    pub demand: &'a mut [Arc<DemandModel>],
    /// Demand of the last periods, or empty.
    pub recent: &'a mut [f64],
    /// One per row where they are drawn, or empty.
    pub rules: &'a mut [Rules],
    /// One per row, or empty.
    pub figures: &'a mut [KpiAccumulator],
    pub actions: &'a [A],
    pub out: StepBuffers<'a, F>,
}

impl<A: Number, F: Number> Chunk<'_, A, F> {
    /// Plays the rows one after the other.
    pub fn play(mut self, shared: &Shared<'_>, worker: &mut Worker) {
        for row in 0..self.streams.len() {
            self.play_row(shared, worker, row);
        }
    }

    /// Halves the rows among the workers and plays the halves side by side.
    pub fn play_in_parallel(self, shared: &Shared<'_>, workers: &mut [Worker]) {
        match workers {
            [] => {}
            [worker] => self.play(shared, worker),
            _ => {
                let half = workers.len() / 2;
                let (first, second) = self.split(shared, half, workers.len());
                let (first_workers, second_workers) = workers.split_at_mut(half);
                rayon::join(
                    || first.play_in_parallel(shared, first_workers),
                    || second.play_in_parallel(shared, second_workers),
                );
            }
        }
    }

    fn split(self, shared: &Shared<'_>, part: usize, parts: usize) -> (Self, Self) {
        let layout = &shared.network.layout;
        let rows = self.streams.len() * part / parts;
        let (values, values_rest) = self.rows.split_at_mut(rows * layout.row());
        let (streams, streams_rest) = self.streams.split_at_mut(rows);
        let (demand, demand_rest) = self.demand.split_at_mut(rows);
        let recent = (rows * WINDOW * layout.market_links).min(self.recent.len());
        let (recent, recent_rest) = self.recent.split_at_mut(recent);
        let (rules, rules_rest) = self.rules.split_at_mut(rows.min(self.rules.len()));
        let (figures, figures_rest) = self.figures.split_at_mut(rows.min(self.figures.len()));
        let (actions, actions_rest) = self.actions.split_at(rows * shared.actions.len());
        let (out, out_rest) = self.out.split_at(rows, shared.observation_len());
        (
            Self { rows: values, streams, demand, recent, rules, figures, actions, out },
            Self {
                rows: values_rest,
                streams: streams_rest,
                demand: demand_rest,
                recent: recent_rest,
                rules: rules_rest,
                figures: figures_rest,
                actions: actions_rest,
                out: out_rest,
            },
        )
    }

    fn play_row(&mut self, shared: &Shared<'_>, worker: &mut Worker, row: usize) {
        let layout = &shared.network.layout;
        let over = self.rows[row * layout.row() + layout.period()] >= shared.num_periods as f64;
        self.out.played[row] = !over;
        if over {
            self.begin_row(shared, row);
            self.out.set_unplayed(row);
        } else {
            self.play_period(shared, worker, row);
            let ended = self.rows[row * layout.row() + layout.period()] >= shared.num_periods as f64;
            self.out.truncations[row] = ended;
            if ended && shared.autoreset == Autoreset::SameStep {
                self.observe_row(shared, worker, row, true);
                self.begin_row(shared, row);
            }
        }
        self.observe_row(shared, worker, row, false);
    }

    /// Puts a row at the start of its next episode.
    fn begin_row(&mut self, shared: &Shared<'_>, row: usize) {
        if let (Some(randomization), Some(rules)) = (shared.randomization, self.rules.get_mut(row)) {
            let stream = &mut self.streams[row];
            randomize(randomization, stream, shared.num_periods, &mut self.demand[row], rules);
        }
        let layout = &shared.network.layout;
        let values = &mut self.rows[row * layout.row()..(row + 1) * layout.row()];
        State::open(values, layout).begin(shared.network, 1.0);
    }

    fn play_period(&mut self, shared: &Shared<'_>, worker: &mut Worker, row: usize) {
        let (network, layout) = (shared.network, &shared.network.layout);
        let rules = self.rules.get(row).unwrap_or(shared.rules);
        let values = &mut self.rows[row * layout.row()..(row + 1) * layout.row()];
        let length = shared.actions.len();
        let action = &self.actions[row * length..(row + 1) * length];
        let view = StateView::new(network, rules, shared.num_periods, values);
        shared.actions.requests(&view, action, &mut worker.requests);
        let mut state = State::open(values, layout);
        let mut demand = NativeDemand {
            network,
            model: &self.demand[row],
            stream: &mut self.streams[row],
            sampler: &mut worker.sampler,
        };
        let requests = &worker.requests;
        let reward = play_period(network, rules, &mut state, requests, &mut demand, &mut worker.flows);
        if let Some(figures) = self.figures.get_mut(row) {
            // The figures of an episode stay until the next one has begun to be played.
            if *state.period == 1.0 {
                *figures = KpiAccumulator::default();
            }
            figures.add(&PeriodSample::of(&state, &worker.flows, reward));
        }
        let window = WINDOW * layout.market_links;
        if let Some(recent) = self.recent.get_mut(row * window..(row + 1) * window) {
            recent.copy_within(layout.market_links.., 0);
            recent[window - layout.market_links..].copy_from_slice(state.demand.values);
        }
        self.out.rewards[row] = reward;
        self.out.periods[row] = *state.period as i64 - 1;
        self.out.inventories[row] = state.on_hand.values.iter().sum();
        self.out.backlogs[row] = state.unmet.values.iter().sum();
        self.out.sentiments[row] = *state.sentiment;
    }

    /// Writes a row's observation, or its last one of an episode.
    fn observe_row(&mut self, shared: &Shared<'_>, worker: &mut Worker, row: usize, last: bool) {
        let layout = &shared.network.layout;
        let values = &self.rows[row * layout.row()..(row + 1) * layout.row()];
        let length = shared.observation_len();
        let place = row * length..(row + 1) * length;
        let out = if last { &mut self.out.final_observations } else { &mut self.out.observations };
        let Some(features) = shared.features else {
            return F::copy(&values[..length], &mut out[place]);
        };
        let rules = self.rules.get(row).unwrap_or(shared.rules);
        let view = StateView::new(shared.network, rules, shared.num_periods, values);
        let window = WINDOW * layout.market_links;
        let recent = &self.recent[row * window..(row + 1) * window];
        worker.observation.resize(length, 0.0);
        let known_mean = features.known_mean(&self.demand[row].config, &view);
        features.write(&view, recent, known_mean, &mut worker.observation);
        F::copy(&worker.observation, &mut out[place]);
    }
}
