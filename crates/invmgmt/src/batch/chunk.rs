//! Neighbouring rows and how a worker plays them: in blocks, side by side.

use std::array;
use std::sync::Arc;

use pulp::{Arch, Simd, WithSimd};

use super::{Autoreset, SIDE_BY_SIDE, StepBuffers, narrow, put_lane, randomize};
use crate::Problem;
use crate::action::ActionMap;
use crate::demand::{DemandModel, NativeDemand, Randomization, Sampler};
use crate::episode::{KpiAccumulator, PeriodSample, PlaceAccumulator};
use crate::features::{Features, WINDOW};
use crate::network::{Network, Part};
use crate::number::Number;
use crate::period::{Flows, Rules, StateView, SupplyStreams, play_period};
use crate::random::Pcg64;

/// What all rows share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shared<'a> {
    pub problem: &'a Problem,
    pub rules: [Rules; SIDE_BY_SIDE],
    /// A state row at the start of an episode.
    pub opening: &'a [f64],
    /// Periods after which a row's episode is over.
    pub ends_after: usize,
    pub autoreset: Autoreset,
    pub actions: &'a ActionMap,
    pub features: Option<&'a Features>,
    pub randomization: Option<&'a Randomization>,
}

impl Shared<'_> {
    fn observation_len(&self) -> usize {
        self.features.map_or(self.problem.network.layout.observation(), Features::len)
    }
}

/// Scratch memory of one thread.
#[derive(Clone, Debug)]
pub(super) struct Worker {
    flows: Flows<SIDE_BY_SIDE>,
    sampler: Sampler,
    /// Quantities that actions stand for, per supply link and row.
    requests: Vec<[f64; SIDE_BY_SIDE]>,
    /// The same of one row.
    quantities: Vec<f64>,
    /// An observation of features; grows when first needed.
    observation: Vec<f64>,
    /// Never used: it keeps the next worker's memory off this one's cache lines.
    _apart: Vec<u8>,
}

/// Bytes between the memory of two workers: more than two cache lines, which are fetched in pairs.
const APART: usize = 512;

impl Worker {
    pub fn new(network: &Network) -> Self {
        let links = network.supply.len();
        Self {
            flows: Flows::new(network),
            sampler: Sampler::new(network),
            requests: vec![[0.0; SIDE_BY_SIDE]; links],
            quantities: vec![0.0; links],
            observation: Vec::new(),
            _apart: vec![0; APART],
        }
    }
}

/// Neighbouring blocks of rows with their share of every buffer. The last block of a batch may have fewer rows than
/// places.
#[derive(Debug)]
pub(super) struct Chunk<'a, A, F> {
    /// State rows: per block each number of a row, once per place.
    pub states: &'a mut [[f64; SIDE_BY_SIDE]],
    /// One per place.
    pub streams: &'a mut [Pcg64],
    /// One per place, or empty.
    pub supply: &'a mut [SupplyStreams],
    /// One per place.
    pub demand: &'a mut [Arc<DemandModel>],
    /// Demand of the last periods, or empty.
    pub recent: &'a mut [f64],
    /// One per block where they are drawn, or empty.
    pub rules: &'a mut [[Rules; SIDE_BY_SIDE]],
    /// One per row, or empty.
    pub figures: &'a mut [KpiAccumulator],
    /// One per row, or empty.
    pub places: &'a mut [PlaceAccumulator<1>],
    pub actions: &'a [A],
    pub out: StepBuffers<'a, F>,
}

/// A chunk about to be played. What it calls is compiled once for each kind of vector registers, as far as it is
/// inlined.
struct Play<'a, 'b, A, F> {
    chunk: Chunk<'a, A, F>,
    shared: &'b Shared<'b>,
    worker: &'b mut Worker,
}

impl<A: Number, F: Number> WithSimd for Play<'_, '_, A, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, _registers: S) {
        for first in (0..self.chunk.len()).step_by(SIDE_BY_SIDE) {
            self.chunk.play_block(self.shared, self.worker, first);
        }
    }
}

impl<A: Number, F: Number> Chunk<'_, A, F> {
    /// Plays the rows, block by block, with the widest vector registers this machine has.
    pub fn play(self, shared: &Shared<'_>, worker: &mut Worker) {
        Arch::new().dispatch(Play { chunk: self, shared, worker });
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.out.rewards.len()
    }

    /// The first so many blocks, and the rest.
    pub fn split(self, shared: &Shared<'_>, blocks: usize) -> (Self, Self) {
        let layout = &shared.problem.network.layout;
        let rows = blocks * SIDE_BY_SIDE;
        let (states, states_rest) = self.states.split_at_mut(blocks * layout.row());
        let (streams, streams_rest) = self.streams.split_at_mut(rows);
        let (supply, supply_rest) = self.supply.split_at_mut(rows.min(self.supply.len()));
        let (demand, demand_rest) = self.demand.split_at_mut(rows);
        let recent = (rows * WINDOW * shared.problem.network.market.len()).min(self.recent.len());
        let (recent, recent_rest) = self.recent.split_at_mut(recent);
        let (rules, rules_rest) = self.rules.split_at_mut(blocks.min(self.rules.len()));
        let (figures, figures_rest) = self.figures.split_at_mut(rows.min(self.figures.len()));
        let (places, places_rest) = self.places.split_at_mut(rows.min(self.places.len()));
        let (actions, actions_rest) = self.actions.split_at(rows * shared.actions.len());
        let (out, out_rest) = self.out.split_at(rows, shared.observation_len());
        (
            Self { states, streams, supply, demand, recent, rules, figures, places, actions, out },
            Self {
                states: states_rest,
                streams: streams_rest,
                supply: supply_rest,
                demand: demand_rest,
                recent: recent_rest,
                rules: rules_rest,
                figures: figures_rest,
                places: places_rest,
                actions: actions_rest,
                out: out_rest,
            },
        )
    }

    /// Plays a period in the rows of a block whose episode goes on, and begins the next episode in the others.
    #[inline(always)]
    fn play_block(&mut self, shared: &Shared<'_>, worker: &mut Worker, first: usize) {
        let rows = (self.len() - first).min(SIDE_BY_SIDE);
        let periods = self.states_of(shared, first)[shared.problem.network.layout.start(Part::Period)];
        let mut playing = [false; SIDE_BY_SIDE];
        for (playing, period) in playing.iter_mut().zip(periods).take(rows) {
            *playing = period < shared.ends_after as f64;
        }
        if playing.contains(&true) {
            self.read_actions(shared, worker, first, rows);
            self.play_period(shared, worker, first, playing);
        }
        for (row, playing) in (first..first + rows).zip(playing) {
            if !playing {
                self.begin_row(shared, row);
                self.out.set_unplayed(row);
            } else if self.out.truncations[row] && shared.autoreset == Autoreset::SameStep {
                self.observe_row(shared, worker, row, true);
                self.begin_row(shared, row);
            }
        }
        self.observe_block(shared, worker, first, rows);
    }

    /// Plays the period in the rows of a block that are `playing` and reports what it brought them. The state of the
    /// others is of no use afterwards.
    #[inline(always)]
    fn play_period(
        &mut self,
        shared: &Shared<'_>,
        worker: &mut Worker,
        first: usize,
        playing: [bool; SIDE_BY_SIDE],
    ) {
        let (network, layout) = (&*shared.problem.network, &shared.problem.network.layout);
        let block = first / SIDE_BY_SIDE;
        let rules = self.rules.get(block).unwrap_or(&shared.rules);
        let states = &mut self.states[block * layout.row()..(block + 1) * layout.row()];
        let places = first..first + SIDE_BY_SIDE;
        let Worker { requests, flows, sampler, .. } = worker;
        if let Some(supply) = self.supply.get_mut(places.clone()) {
            for (lane, supply) in supply.iter_mut().enumerate().filter(|(lane, _)| playing[*lane]) {
                supply.draw(network, flows, lane);
            }
        }
        let mut demand = NativeDemand {
            network,
            models: &self.demand[places.clone()],
            streams: &mut self.streams[places.clone()],
            playing: &playing,
            sampler,
            further: self.supply.get_mut(places).unwrap_or_default(),
        };
        let rewards =
            play_period(network, rules, shared.problem.num_periods, states, requests, &mut demand, flows);
        let sample = PeriodSample::of(layout, states, flows);
        if let Some(places) = self.places.get_mut(first..) {
            let period = layout.start(Part::Period);
            for (lane, place) in places.iter_mut().enumerate().take(SIDE_BY_SIDE) {
                // As the other figures they stay until the next episode has begun to be played.
                if playing[lane] && states[period][lane] == 1.0 {
                    place.clear();
                }
            }
            PlaceAccumulator::add_to_rows(places, &playing, network, rules, states, flows);
        }
        for (lane, reward) in rewards.into_iter().enumerate() {
            if playing[lane] {
                self.report_row(shared, first + lane, reward, &sample.lane(lane));
            }
        }
    }

    /// What the actions of a block request, into the worker's requests. What stands there for other places than these
    /// rows does not matter.
    #[inline(always)]
    fn read_actions(&self, shared: &Shared<'_>, worker: &mut Worker, first: usize, rows: usize) {
        let length = shared.actions.len();
        let actions = self.actions[first * length..(first + rows) * length].chunks_exact(length);
        let Worker { requests, quantities, .. } = worker;
        for (lane, action) in actions.enumerate() {
            if shared.actions.are_quantities() {
                for (request, quantity) in requests.iter_mut().zip(action) {
                    request[lane] = quantity.widen();
                }
            } else {
                shared.actions.requests(&self.view(shared, first + lane), action, quantities);
                put_lane(requests, lane, quantities);
            }
        }
    }

    /// The states of a row and those beside it.
    #[inline(always)]
    fn states_of(&self, shared: &Shared<'_>, row: usize) -> &[[f64; SIDE_BY_SIDE]] {
        let (block, stride) = (row / SIDE_BY_SIDE, shared.opening.len());
        &self.states[block * stride..(block + 1) * stride]
    }

    fn view<'s>(&'s self, shared: &'s Shared<'_>, row: usize) -> StateView<'s> {
        let lane = row % SIDE_BY_SIDE;
        let rules = &self.rules.get(row / SIDE_BY_SIDE).unwrap_or(&shared.rules)[lane];
        StateView::of_lane(
            &shared.problem.network,
            rules,
            shared.problem.num_periods,
            self.states_of(shared, row),
            lane,
        )
    }

    /// Puts a row at the start of its next episode.
    fn begin_row(&mut self, shared: &Shared<'_>, row: usize) {
        let (block, lane) = (row / SIDE_BY_SIDE, row % SIDE_BY_SIDE);
        if let (Some(randomization), Some(rules)) = (shared.randomization, self.rules.get_mut(block)) {
            let stream = &mut self.streams[row];
            randomize(
                randomization,
                stream,
                shared.problem.num_periods,
                &mut self.demand[row],
                &mut rules[lane],
            );
        }
        let stride = shared.opening.len();
        let states = &mut self.states[block * stride..(block + 1) * stride];
        put_lane(states, lane, shared.opening);
        if let Some(supply) = self.supply.get_mut(row) {
            supply.open(&shared.problem.network, states, lane);
        }
    }

    /// Reports what the period just played brought a row.
    #[inline(always)]
    fn report_row(&mut self, shared: &Shared<'_>, row: usize, reward: f64, sample: &PeriodSample) {
        let (layout, lane) = (&shared.problem.network.layout, row % SIDE_BY_SIDE);
        let period = self.states_of(shared, row)[layout.start(Part::Period)][lane];
        let ended = period >= shared.ends_after as f64;
        self.out.played[row] = true;
        self.out.truncations[row] = ended;
        self.out.rewards[row] = reward;
        self.out.periods[row] = period as i64 - 1;
        self.out.inventories[row] = sample.stock;
        self.out.backlogs[row] = sample.unmet;
        self.out.sentiments[row] = sample.sentiment;
        if let Some(figures) = self.figures.get_mut(row) {
            // The figures of an episode stay until the next one has begun to be played.
            if period == 1.0 {
                *figures = KpiAccumulator::default();
            }
            figures.add(sample, reward);
        }
        let markets = shared.problem.network.market.len();
        let window = WINDOW * markets;
        if let Some(recent) = self.recent.get_mut(row * window..(row + 1) * window) {
            recent.copy_within(markets.., 0);
            let demand = &self.states[row / SIDE_BY_SIDE * layout.row()..][layout.range(Part::Demand)];
            for (to, demand) in recent[window - markets..].iter_mut().zip(demand) {
                *to = demand[lane];
            }
        }
    }

    /// Writes the observations of a block.
    #[inline(always)]
    fn observe_block(&mut self, shared: &Shared<'_>, worker: &mut Worker, first: usize, rows: usize) {
        if shared.features.is_some() {
            (first..first + rows).for_each(|row| self.observe_row(shared, worker, row, false));
            return;
        }
        let (length, stride) = (shared.observation_len(), shared.opening.len());
        let states = &self.states[first / SIDE_BY_SIDE * stride..][..length];
        let out = &mut self.out.observations[first * length..(first + rows) * length];
        let (squares, rest) = states.as_chunks::<SIDE_BY_SIDE>();
        let mut observations = out.chunks_exact_mut(length);
        if rows == SIDE_BY_SIDE {
            let mut parts: [&mut [[F; SIDE_BY_SIDE]]; SIDE_BY_SIDE] = array::from_fn(|_| {
                let observation = observations.next().expect("a full block");
                &mut observation.as_chunks_mut().0[..squares.len()]
            });
            for (place, square) in squares.iter().enumerate() {
                for (parts, turned) in parts.iter_mut().zip(F::turned(square)) {
                    parts[place] = turned;
                }
            }
        } else {
            for (lane, observation) in observations.enumerate() {
                narrow(states.iter().map(|numbers| numbers[lane]), observation);
            }
        }
        let last = length - rest.len();
        for (lane, observation) in out.chunks_exact_mut(length).enumerate() {
            narrow(rest.iter().map(|numbers| numbers[lane]), &mut observation[last..]);
        }
    }

    /// Writes a row's observation, or its last one of an episode.
    fn observe_row(&mut self, shared: &Shared<'_>, worker: &mut Worker, row: usize, last: bool) {
        let length = shared.observation_len();
        let place = row * length..(row + 1) * length;
        let view = self.view(shared, row);
        worker.observation.resize(length, 0.0);
        if let Some(features) = shared.features {
            let window = WINDOW * shared.problem.network.market.len();
            let recent = &self.recent[row * window..(row + 1) * window];
            let known_mean = features.known_mean(&self.demand[row], &view);
            features.write(&view, recent, known_mean, &mut worker.observation);
        } else {
            narrow(view.observation(), &mut worker.observation);
        }
        let out = if last { &mut self.out.final_observations } else { &mut self.out.observations };
        narrow(worker.observation.iter().copied(), &mut out[place]);
    }
}
