//! A run of neighbouring rows, played by one worker.

use std::sync::Arc;

use super::{Autoreset, Number, StepBuffers};
use crate::action::ActionMap;
use crate::demand::{DemandModel, NativeDemand, Sampler};
use crate::episode::{KpiAccumulator, PeriodSample};
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
}

/// Scratch memory of one thread.
#[derive(Clone, Debug)]
pub(super) struct Worker {
    flows: Flows,
    sampler: Sampler,
    requests: Vec<f64>,
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
        }
    }
}

/// Neighbouring rows with their share of every buffer.
#[derive(Debug)]
pub(super) struct Chunk<'a, A, F> {
    pub rows: &'a mut [f64],
    pub streams: &'a mut [Pcg64],
    pub demand: &'a [Arc<DemandModel>],
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
        let (demand, demand_rest) = self.demand.split_at(rows);
        let (figures, figures_rest) = self.figures.split_at_mut(rows.min(self.figures.len()));
        let (actions, actions_rest) = self.actions.split_at(rows * shared.actions.len());
        let (out, out_rest) = self.out.split_at(rows, layout.observation());
        (
            Self { rows: values, streams, demand, figures, actions, out },
            Self {
                rows: values_rest,
                streams: streams_rest,
                demand: demand_rest,
                figures: figures_rest,
                actions: actions_rest,
                out: out_rest,
            },
        )
    }

    fn play_row(&mut self, shared: &Shared<'_>, worker: &mut Worker, row: usize) {
        let (network, layout) = (shared.network, &shared.network.layout);
        let values = &mut self.rows[row * layout.row()..(row + 1) * layout.row()];
        let observation = row * layout.observation()..(row + 1) * layout.observation();
        let over = values[layout.period()] >= shared.num_periods as f64;
        self.out.played[row] = !over;
        if over {
            State::open(values, layout).begin(network, 1.0);
            self.out.set_unplayed(row);
        } else {
            let length = shared.actions.len();
            let action = &self.actions[row * length..(row + 1) * length];
            let view = StateView::new(network, shared.rules, shared.num_periods, values);
            shared.actions.requests(&view, action, &mut worker.requests);
            let mut state = State::open(values, layout);
            let mut demand = NativeDemand {
                network,
                model: &self.demand[row],
                stream: &mut self.streams[row],
                sampler: &mut worker.sampler,
            };
            let requests = &worker.requests;
            let reward =
                play_period(network, shared.rules, &mut state, requests, &mut demand, &mut worker.flows);
            if let Some(figures) = self.figures.get_mut(row) {
                // The figures of an episode stay until the next one has begun to be played.
                if *state.period == 1.0 {
                    *figures = KpiAccumulator::default();
                }
                figures.add(&PeriodSample::of(&state, &worker.flows, reward));
            }
            self.out.rewards[row] = reward;
            self.out.periods[row] = *state.period as i64 - 1;
            self.out.inventories[row] = state.on_hand.values.iter().sum();
            self.out.backlogs[row] = state.unmet.values.iter().sum();
            self.out.sentiments[row] = *state.sentiment;
            let ended = *state.period >= shared.num_periods as f64;
            self.out.truncations[row] = ended;
            if ended && shared.autoreset == Autoreset::SameStep {
                let seen = &values[..layout.observation()];
                F::copy(seen, &mut self.out.final_observations[observation.clone()]);
                State::open(values, layout).begin(network, 1.0);
            }
        }
        F::copy(&values[..layout.observation()], &mut self.out.observations[observation]);
    }
}
