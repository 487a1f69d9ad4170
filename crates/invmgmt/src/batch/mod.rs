//! Many episodes at once, over buffers that the caller owns.
//!
//! Row i of a batch seeded `s + i` is the single environment with that seed, draw for draw; threads and chunks
//! change nothing, because every row has its own stream. Nothing is allocated per row and step.

mod buffers;
mod chunk;
mod pieces;
mod pool;
mod rollout;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::Problem;
use crate::action::ActionMap;
use crate::demand::{DemandModel, Randomization};
use crate::episode::{ActionError, EpisodeError, KpiAccumulator, PlaceAccumulator, Policy, check_length};
use crate::features::{Features, WINDOW};
use crate::network::Network;
use crate::number::Number;
use crate::period::{CostParts, Rules, StateView, SupplyStreams, opening_row};
use crate::random::{Pcg64, SeedSequence, seed_words};

pub use buffers::{Outcome, StepBuffers};
pub use rollout::{EpisodeFigures, RolloutError, rollout, rollout_by_place};

use chunk::{Chunk, Shared, Worker};
use pieces::play;
use pool::Pool;

/// Most numbers the state of a batch may hold (8 GB of doubles).
pub const MAX_BATCH_NUMBERS: usize = 1_000_000_000;

/// Episodes that the kernel plays side by side: eight doubles are a line of the cache.
pub(crate) const SIDE_BY_SIDE: usize = 8;

/// What happens to a row whose episode has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Autoreset {
    /// The next step ignores its action, begins the next episode and returns its first observation.
    NextStep,
    /// The same step begins the next episode; the last observation goes to `final_observations`.
    SameStep,
    /// Nothing: stepping it is an error until the caller resets it.
    Disabled,
}

/// A step or a set-up that cannot be done. No row has changed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum BatchError {
    /// A batch without rows, or larger than the limits.
    #[error("{rows} environments of this network; expected 1 to {most}")]
    Size {
        /// Rows asked for.
        rows: usize,
        /// Most rows of this network.
        most: usize,
    },
    /// A horizon out of range.
    #[error(transparent)]
    Horizon(#[from] EpisodeError),
    /// A row's action cannot be played.
    #[error("row {row}: {error}")]
    Action {
        /// The row.
        row: usize,
        /// What is wrong with its action.
        error: ActionError,
    },
    /// Not one action per row.
    #[error("{found} numbers; expected {rows} rows of {expected}, {entries}")]
    Length {
        /// Numbers given.
        found: usize,
        /// Rows of the batch.
        rows: usize,
        /// Numbers of an action.
        expected: usize,
        /// What there is one of.
        entries: &'static str,
    },
    /// A row's episode is over, and nothing resets it by itself.
    #[error("row {row}: its episode is over; reset it with a mask that holds it")]
    Over {
        /// The row.
        row: usize,
    },
}

/// The state of one row, complete with its stream: restoring it replays the row identically.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// The state row; see [`Layout`](crate::network::Layout).
    pub row: Vec<f64>,
    /// Where its stream stands.
    pub stream: Pcg64,
    /// Where its streams of chance in supply stand, on a network that has such chance.
    pub supply: Option<SupplyStreams>,
    /// Its demand.
    pub demand: Arc<DemandModel>,
    /// Whether unmet demand waits, where that is drawn for each row.
    pub backlog: Option<bool>,
}

/// Many episodes in play.
pub struct Batch {
    /// What is played; rows may have demand and rules of their own.
    problem: Problem,
    /// Periods after which a row's episode is over: the horizon, or less where it is cut short.
    ends_after: usize,
    autoreset: Autoreset,
    actions: ActionMap,
    /// What observations are made of; none: the first part of the state row.
    features: Option<Features>,
    /// Demand of the last periods, per row, period (the latest last) and market link; empty without features [units].
    recent: Vec<f64>,
    /// What is drawn anew at every reset, if anything.
    randomization: Option<Randomization>,
    /// Each block's rules where they are drawn, else empty.
    drawn_rules: Vec<[Rules; SIDE_BY_SIDE]>,
    /// Number of rows.
    len: usize,
    /// A state row at the start of an episode.
    opening: Vec<f64>,
    /// The states, in blocks of rows that are played side by side: each number of a state row once per place of the
    /// block. The last block has places beyond the last row, whose states mean nothing.
    states: Vec<[f64; SIDE_BY_SIDE]>,
    /// One per place.
    streams: Vec<Pcg64>,
    /// Streams of chance in supply, one per place; empty where there is none.
    supply: Vec<SupplyStreams>,
    /// One per place.
    demand: Vec<Arc<DemandModel>>,
    /// One per row if key figures are gathered, else empty.
    figures: Vec<KpiAccumulator>,
    /// The sums of places, likewise.
    places: Vec<PlaceAccumulator<1>>,
    /// One per thread that has been of use so far; at most `pool.threads()`.
    workers: Vec<Worker>,
    pool: Pool,
}

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch")
            .field("rows", &self.len())
            .field("num_periods", &self.problem.num_periods)
            .field("autoreset", &self.autoreset)
            .finish_non_exhaustive()
    }
}

impl Batch {
    /// A batch of `rows` episodes at their start, row i with the stream of seed i.
    ///
    /// `threads` is the most to use; a step below the work threshold stays on the caller's thread.
    ///
    /// # Errors
    /// [`BatchError::Size`] or [`BatchError::Horizon`].
    pub fn new(
        problem: &Problem,
        rows: usize,
        threads: usize,
        autoreset: Autoreset,
    ) -> Result<Self, BatchError> {
        let Problem { network, demand, num_periods, .. } = problem;
        check_length(*num_periods)?;
        let stride = network.layout.row();
        let most = MAX_BATCH_NUMBERS / stride;
        if rows == 0 || rows > most {
            return Err(BatchError::Size { rows, most });
        }
        let threads = threads.clamp(1, rows);
        let opening = opening_row(network);
        let blocks = rows.div_ceil(SIDE_BY_SIDE);
        let places = blocks * SIDE_BY_SIDE;
        let supply = (0..if network.draws_supply() { places as u64 } else { 0 })
            .map(|seed| SupplyStreams::seeded(network, seed));
        let mut batch = Self {
            ends_after: *num_periods,
            autoreset,
            len: rows,
            states: opening.iter().map(|&value| [value; SIDE_BY_SIDE]).collect::<Vec<_>>().repeat(blocks),
            opening,
            streams: (0..places as u64).map(Pcg64::seeded).collect(),
            supply: supply.collect(),
            demand: vec![Arc::clone(demand); places],
            figures: Vec::new(),
            places: Vec::new(),
            workers: Vec::new(),
            pool: Pool::new(threads),
            actions: ActionMap::raw(network),
            features: None,
            recent: Vec::new(),
            randomization: None,
            drawn_rules: Vec::new(),
            problem: problem.clone(),
        };
        (0..rows).for_each(|row| batch.open_supply(row));
        Ok(batch)
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no row; never true.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The network all rows share.
    pub fn network(&self) -> &Arc<Network> {
        &self.problem.network
    }

    /// What happens to a row whose episode has ended.
    pub fn autoreset(&self) -> Autoreset {
        self.autoreset
    }

    /// Length of an episode [periods].
    pub fn num_periods(&self) -> usize {
        self.problem.num_periods
    }

    /// Reads actions in another way from now on; the map was made for this batch's network.
    pub fn read_actions(&mut self, actions: ActionMap) {
        self.actions = actions;
    }

    /// How actions are read.
    pub fn actions(&self) -> &ActionMap {
        &self.actions
    }

    /// Makes observations of features from now on; they were made for this batch's network.
    pub fn observe_features(&mut self, features: Features) {
        self.recent = vec![0.0; self.len() * self.recent_len()];
        self.features = Some(features);
        (0..self.len()).for_each(|row| self.recall(row));
    }

    /// Numbers of an observation.
    pub fn observation_len(&self) -> usize {
        self.features.as_ref().map_or(self.problem.network.layout.observation(), Features::len)
    }

    /// Draws demand and rules anew at every reset from now on.
    pub fn randomize_resets(&mut self, randomization: Randomization) {
        self.drawn_rules = vec![[self.problem.rules; SIDE_BY_SIDE]; self.len.div_ceil(SIDE_BY_SIDE)];
        self.randomization = Some(randomization);
    }

    /// Draws a row's demand and rules. `aside`: the draws leave its stream where it stands, as those of a reset with
    /// a seed do.
    pub fn randomize(&mut self, row: usize, aside: bool) {
        let Some(randomization) = &self.randomization else { return };
        let stream = &mut self.streams[row];
        let rules = &mut self.drawn_rules[row / SIDE_BY_SIDE][row % SIDE_BY_SIDE];
        if aside {
            let mut copy = stream.clone();
            randomize(randomization, &mut copy, self.problem.num_periods, &mut self.demand[row], rules);
        } else {
            randomize(randomization, stream, self.problem.num_periods, &mut self.demand[row], rules);
        }
    }

    /// A row's rules of play.
    pub fn rules(&self, row: usize) -> &Rules {
        self.drawn_rules
            .get(row / SIDE_BY_SIDE)
            .map_or(&self.problem.rules, |block| &block[row % SIDE_BY_SIDE])
    }

    fn recent_len(&self) -> usize {
        WINDOW * self.problem.network.market.len()
    }

    /// Puts the last demand of a row's state into what is known of its recent periods; the others read 0.
    fn recall(&mut self, row: usize) {
        let length = self.recent_len();
        let last: Vec<f64> = self.view(row).observation().take(self.problem.network.market.len()).collect();
        if let Some(recent) = self.recent.get_mut(row * length..(row + 1) * length) {
            let (before, latest) = recent.split_at_mut(length - last.len());
            before.fill(0.0);
            latest.copy_from_slice(&last);
        }
    }

    /// Cuts episodes short from now on: they are over after so many periods, at most the horizon. The horizon itself
    /// stays, and with it what follows from it, such as what stock left over is worth.
    pub fn end_after(&mut self, periods: usize) {
        self.ends_after = periods.min(self.problem.num_periods);
    }

    /// What [`Snapshot`]s of the rows leave out, for [`Batch::put_memory`]: recent demand and key figures so far.
    pub fn memory(&self) -> Vec<f64> {
        let figures = self.figures.iter().flat_map(KpiAccumulator::to_numbers);
        let places = self.places.iter().flat_map(PlaceAccumulator::to_numbers);
        self.recent.iter().copied().chain(figures).chain(places).collect()
    }

    /// Puts back what [`Batch::memory`] gave; returns false, changing nothing, for another number of numbers.
    pub fn put_memory(&mut self, memory: &[f64]) -> bool {
        let Some((recent, figures)) = memory.split_at_checked(self.recent.len()) else { return false };
        let Some((figures, places)) = figures.split_at_checked(self.figures.len() * KpiAccumulator::NUMBERS)
        else {
            return false;
        };
        let per_row = self.places.first().map_or(0, |places| places.to_numbers().len());
        if places.len() != self.places.len() * per_row {
            return false;
        }
        self.recent.copy_from_slice(recent);
        for (figure, numbers) in self.figures.iter_mut().zip(figures.as_chunks().0) {
            *figure = KpiAccumulator::of_numbers(numbers);
        }
        for (row, numbers) in self.places.iter_mut().zip(places.chunks_exact(per_row.max(1))) {
            row.put_numbers(numbers);
        }
        true
    }

    /// Gathers key figures from now on.
    pub fn gather_figures(&mut self) {
        self.figures = vec![KpiAccumulator::default(); self.len()];
        self.places = vec![PlaceAccumulator::new(&self.problem.network); self.len()];
    }

    /// The key figures gathered for each row since it was last reset; empty unless asked for.
    pub fn figures(&self) -> &[KpiAccumulator] {
        &self.figures
    }

    /// The figures of each row's episode so far, of every place, too; empty unless asked for. Money by part is not
    /// gathered.
    pub fn figures_so_far(&self) -> Vec<EpisodeFigures> {
        let of_row = |(figures, places): (&KpiAccumulator, &PlaceAccumulator<1>)| EpisodeFigures {
            kpis: figures.finish(&self.problem.network),
            parts: CostParts::default(),
            places: Some(places.lane(0)),
        };
        self.figures.iter().zip(&self.places).map(of_row).collect()
    }

    /// Forgets the figures of a row.
    fn forget(&mut self, row: usize) {
        if let (Some(figures), Some(places)) = (self.figures.get_mut(row), self.places.get_mut(row)) {
            *figures = KpiAccumulator::default();
            places.clear();
        }
    }

    /// Puts a row at the start of an episode; its stream goes on as it stands.
    pub fn begin(&mut self, row: usize) {
        let (block, lane) = (self.block(row), row % SIDE_BY_SIDE);
        put_lane(&mut self.states[block], lane, &self.opening);
        self.open_supply(row);
        self.forget(row);
    }

    /// Draws what chance decides before a row's first period.
    fn open_supply(&mut self, row: usize) {
        let (block, lane) = (self.block(row), row % SIDE_BY_SIDE);
        if let Some(supply) = self.supply.get_mut(row) {
            supply.open(&self.problem.network, &mut self.states[block], lane);
        }
    }

    /// Gives a row the streams of a seed.
    pub fn seed(&mut self, row: usize, seed: u64) {
        self.seed_words(row, &seed_words(seed));
    }

    /// Gives a row the streams of a seed of any size, as little-endian words of 32 bits.
    pub fn seed_words(&mut self, row: usize, seed: &[u32]) {
        self.streams[row] = Pcg64::from_sequence(&SeedSequence::from_words(seed));
        if let Some(supply) = self.supply.get_mut(row) {
            *supply = SupplyStreams::from_words(&self.problem.network, seed);
        }
    }

    /// Gives a row other demand.
    pub fn set_demand(&mut self, row: usize, demand: Arc<DemandModel>) {
        self.demand[row] = demand;
    }

    /// A row's demand.
    pub fn demand(&self, row: usize) -> &Arc<DemandModel> {
        &self.demand[row]
    }

    /// What a row's decision may rest on.
    pub fn view(&self, row: usize) -> StateView<'_> {
        let rows = &self.states[self.block(row)];
        StateView::of_lane(
            &self.problem.network,
            self.rules(row),
            self.problem.num_periods,
            rows,
            row % SIDE_BY_SIDE,
        )
    }

    /// Where the states stand of the rows that are played beside a row.
    fn block(&self, row: usize) -> Range<usize> {
        let (block, stride) = (row / SIDE_BY_SIDE, self.opening.len());
        block * stride..(block + 1) * stride
    }

    /// Whether a row's episode is over.
    pub fn is_over(&self, row: usize) -> bool {
        self.view(row).period() >= self.ends_after
    }

    /// Writes all observations, rounded to the caller's kind of number.
    pub fn observe<F: Number>(&self, observations: &mut [F]) {
        let mut scratch = vec![0.0; self.observation_len()];
        for (row, observation) in observations.chunks_exact_mut(self.observation_len()).enumerate() {
            let view = self.view(row);
            let Some(features) = &self.features else {
                narrow(view.observation(), observation);
                continue;
            };
            let recent = &self.recent[row * self.recent_len()..(row + 1) * self.recent_len()];
            features.write(&view, recent, features.known_mean(&self.demand[row], &view), &mut scratch);
            narrow(scratch.iter().copied(), observation);
        }
    }

    /// Plays one period in every row; `actions` holds one action per row, in the form [`Batch::actions`] reads.
    ///
    /// # Errors
    /// [`BatchError`] naming the first row whose action cannot be played; no row has changed then.
    pub fn step<A: Number, F: Number>(
        &mut self,
        actions: &[A],
        buffers: StepBuffers<'_, F>,
    ) -> Result<(), BatchError> {
        self.check(actions)?;
        let shared = Shared {
            problem: &self.problem,
            rules: [self.problem.rules; SIDE_BY_SIDE],
            opening: &self.opening,
            ends_after: self.ends_after,
            autoreset: self.autoreset,
            actions: &self.actions,
            features: self.features.as_ref(),
            randomization: self.randomization.as_ref(),
        };
        let chunk = Chunk {
            states: &mut self.states,
            streams: &mut self.streams,
            supply: &mut self.supply,
            demand: &mut self.demand,
            recent: &mut self.recent,
            rules: &mut self.drawn_rules,
            figures: &mut self.figures,
            places: &mut self.places,
            actions,
            out: buffers,
        };
        let threads = self.pool.threads_for(self.len, &self.problem.network);
        if self.workers.len() < threads {
            self.workers.resize_with(threads, || Worker::new(&self.problem.network));
        }
        play(chunk, &shared, &mut self.workers[..threads], &mut self.pool);
        Ok(())
    }

    fn check<A: Number>(&self, actions: &[A]) -> Result<(), BatchError> {
        let (found, expected) = (actions.len(), self.actions.len());
        if found != self.len() * expected {
            let entries = self.actions.mode().entries();
            return Err(BatchError::Length { found, rows: self.len(), expected, entries });
        }
        if self.autoreset == Autoreset::Disabled
            && let Some(row) = (0..self.len()).find(|&row| self.is_over(row))
        {
            return Err(BatchError::Over { row });
        }
        self.actions
            .check(&self.problem.network, actions)
            .map_err(|(position, error)| BatchError::Action { row: position / expected, error })
    }

    /// Saves a row, in time proportional to its length.
    pub fn save(&self, row: usize) -> Snapshot {
        let states = &self.states[self.block(row)];
        Snapshot {
            row: states.iter().map(|numbers| numbers[row % SIDE_BY_SIDE]).collect(),
            stream: self.streams[row].clone(),
            supply: self.supply.get(row).cloned(),
            demand: Arc::clone(&self.demand[row]),
            backlog: self.randomization.is_some().then(|| self.rules(row).backlog),
        }
    }

    /// Puts a saved state into a row; returns false, changing nothing, if it belongs to a network of another shape.
    /// Key figures are not part of a snapshot: those of the row count from here.
    pub fn restore(&mut self, row: usize, snapshot: &Snapshot) -> bool {
        if snapshot.row.len() != self.opening.len() {
            return false;
        }
        let (block, lane) = (self.block(row), row % SIDE_BY_SIDE);
        put_lane(&mut self.states[block], lane, &snapshot.row);
        self.streams[row] = snapshot.stream.clone();
        if let (Some(to), Some(from)) = (self.supply.get_mut(row), &snapshot.supply) {
            to.clone_from(from);
        }
        self.demand[row] = Arc::clone(&snapshot.demand);
        self.recall(row);
        if let (Some(backlog), Some(rules)) = (snapshot.backlog, self.drawn_rules.get_mut(row / SIDE_BY_SIDE))
        {
            rules[lane].backlog = backlog;
        }
        self.forget(row);
        true
    }

    /// Asks a policy for every row's orders.
    ///
    /// # Errors
    /// [`BatchError::Action`] for the first row whose policy cannot decide.
    pub fn decide<P: Policy>(&self, policies: &mut [P], orders: &mut [f64]) -> Result<(), BatchError> {
        let links = self.problem.network.supply.len();
        for (row, (policy, orders)) in policies.iter_mut().zip(orders.chunks_exact_mut(links)).enumerate() {
            policy
                .decide(&self.view(row), orders)
                .map_err(|error| BatchError::Action { row, error: error.into() })?;
        }
        Ok(())
    }
}

/// Rounds doubles into the caller's kind of number.
fn narrow<F: Number>(from: impl Iterator<Item = f64>, to: &mut [F]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = F::narrow(from);
    }
}

/// Puts a state row into a lane of its block.
fn put_lane<const W: usize>(states: &mut [[f64; W]], lane: usize, row: &[f64]) {
    for (numbers, &value) in states.iter_mut().zip(row) {
        numbers[lane] = value;
    }
}

/// Draws demand and rules for a row's next episode.
fn randomize(
    randomization: &Randomization,
    stream: &mut Pcg64,
    num_periods: usize,
    demand: &mut Arc<DemandModel>,
    rules: &mut Rules,
) {
    let drawn = randomization.draw(stream, num_periods);
    let model = Arc::make_mut(demand);
    let mut config = model.config.clone();
    randomization.apply(&drawn, &mut config);
    model.put_config(config);
    rules.backlog = drawn.backlog.unwrap_or(rules.backlog);
}
