//! Many episodes, recorded period by period, and played backwards.

use std::sync::Arc;

use pulp::{Arch, Simd, WithSimd};

use super::{Played, Reverse, Surrogates, admit, reverse_period};
use crate::Problem;
use crate::batch::MAX_BATCH_NUMBERS;
use crate::demand::{DemandModel, Goodwill, NativeDemand, Sampler};
use crate::episode::{EpisodeError, check_length};
use crate::mechanism::Refusal;
use crate::period::{Flows, Rules, SupplyStreams, opening_row, play_period};
use crate::random::Pcg64;

/// Episodes of a block.
pub const SIDE_BY_SIDE: usize = crate::batch::SIDE_BY_SIDE;

/// A number of each of the episodes that are played side by side.
pub type Block = [f64; SIDE_BY_SIDE];

/// Why episodes cannot be recorded. Nothing was made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RecordingError {
    /// A horizon out of range.
    #[error(transparent)]
    Horizon(#[from] EpisodeError),
    /// More numbers than are kept.
    #[error(
        "{episodes} episodes of {num_periods} periods are {found} numbers to record; expected at most {MAX_BATCH_NUMBERS}"
    )]
    TooLarge {
        /// Episodes asked for.
        episodes: usize,
        /// Their length [periods].
        num_periods: usize,
        /// Numbers they would need.
        found: usize,
    },
    /// Mechanisms without a derivative.
    #[error("the gradient {0}")]
    Refused(#[from] Refusal),
}

/// Episodes that are recorded as they are played, in blocks of [`SIDE_BY_SIDE`], and can then be played backwards.
///
/// Forwards: [`begin`](Self::begin), then for each period write the [`requests_mut`](Self::requests_mut) of every block
/// and
/// [`step`](Self::step). Backwards: [`begin_back`](Self::begin_back), then for each period, last to first,
/// [`step_back`](Self::step_back), read the [`request_worth`](Self::request_worth), and add to the
/// [`row_worth_mut`](Self::row_worth_mut) what the requests owed to the state they were made from. Memory grows with
/// the number of periods: a state row and the requests of each.
#[derive(Debug)]
pub struct Recording {
    problem: Problem,
    surrogates: Surrogates,
    blocks: usize,
    /// Most periods in a row.
    periods: usize,
    /// Periods played, or not yet played backwards.
    period: usize,
    /// One per episode.
    streams: Vec<Pcg64>,
    /// The same for supply, where chance has a say in it.
    supply: Vec<SupplyStreams>,
    /// One per episode.
    demand: Vec<Arc<DemandModel>>,
    /// One per block and episode.
    rules: Vec<[Rules; SIDE_BY_SIDE]>,
    goodwill: Vec<[Goodwill; SIDE_BY_SIDE]>,
    /// Per period, and once more at the end, and block: a state row [`Layout`](crate::network::Layout).
    rows: Vec<Block>,
    /// Per period and block: one number per supply link [units].
    requests: Vec<Block>,
    /// Per period and block: what chance in supply decided by.
    draws: Vec<Block>,
    /// Per period and block [money].
    rewards: Vec<Block>,
    /// Per block: a state row's sensitivities [money / unit].
    row_worth: Vec<Block>,
    /// Per block: the requests' sensitivities [money / unit].
    request_worth: Vec<Block>,
    opening: Vec<f64>,
    flows: Flows<SIDE_BY_SIDE>,
    sampler: Sampler,
    memory: Reverse<SIDE_BY_SIDE>,
}

impl Recording {
    /// Room for at least so many episodes of a problem; there are as many as fill the last block.
    ///
    /// # Errors
    /// [`RecordingError`] for a problem whose profit has no derivative, or a horizon out of range.
    pub fn new(problem: &Problem, episodes: usize, surrogates: Surrogates) -> Result<Self, RecordingError> {
        Self::of_periods(problem, episodes, problem.num_periods, surrogates)
    }

    /// The same with room for so many periods in a row; [`carry`](Self::carry) goes on from one of them.
    ///
    /// # Errors
    /// As of [`new`](Self::new).
    pub fn of_periods(
        problem: &Problem,
        episodes: usize,
        periods: usize,
        surrogates: Surrogates,
    ) -> Result<Self, RecordingError> {
        check_length(problem.num_periods)?;
        admit(problem, &surrogates)?;
        let network = &*problem.network;
        let blocks = episodes.div_ceil(SIDE_BY_SIDE).max(1);
        let (row, links) = (network.layout.row(), network.supply.len());
        let lanes = blocks.saturating_mul(SIDE_BY_SIDE);
        let draws = network.physics.as_deref().map_or(0, |physics| physics.draws.total());
        let found = lanes.saturating_mul((row + links + draws + 1).saturating_mul(periods + 1));
        if found > MAX_BATCH_NUMBERS {
            return Err(RecordingError::TooLarge { episodes, num_periods: periods, found });
        }
        let zeros = |length: usize| vec![[0.0; SIDE_BY_SIDE]; length];
        Ok(Self {
            surrogates,
            blocks,
            periods,
            period: 0,
            streams: vec![Pcg64::seeded(0); blocks * SIDE_BY_SIDE],
            supply: Vec::new(),
            demand: vec![Arc::clone(&problem.demand); blocks * SIDE_BY_SIDE],
            rules: vec![[problem.rules; SIDE_BY_SIDE]; blocks],
            goodwill: vec![[problem.demand.config.goodwill; SIDE_BY_SIDE]; blocks],
            rows: zeros((periods + 1) * blocks * row),
            requests: zeros(periods * blocks * links),
            draws: zeros(periods * blocks * draws),
            rewards: zeros(periods * blocks),
            row_worth: zeros(blocks * row),
            request_worth: zeros(blocks * links),
            opening: opening_row(network),
            flows: Flows::new(network),
            sampler: Sampler::new(network),
            memory: Reverse::new(network),
            problem: problem.clone(),
        })
    }

    /// What is played.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    /// Number of blocks.
    pub fn blocks(&self) -> usize {
        self.blocks
    }

    /// Number of episodes.
    pub fn episodes(&self) -> usize {
        self.blocks * SIDE_BY_SIDE
    }

    /// Periods played so far; on the way back, those still to be played backwards.
    pub fn period(&self) -> usize {
        self.period
    }

    /// Puts every episode at its start, with the stream of its seed; the last seed serves the episodes that have none.
    /// Demand is the problem's.
    pub fn begin(&mut self, seeds: &[u64]) {
        self.reseed(seeds);
        self.demand.fill(Arc::clone(&self.problem.demand));
        let opening = self.opening.iter().map(|&value| [value; SIDE_BY_SIDE]);
        let opening = opening.cycle().zip(&mut self.rows).take(self.blocks * self.opening.len());
        opening.for_each(|(value, number)| *number = value);
        let network = &*self.problem.network;
        for (episode, supply) in self.supply.iter_mut().enumerate() {
            let (block, lane) = (episode / SIDE_BY_SIDE, episode % SIDE_BY_SIDE);
            let row = &mut self.rows[block * self.opening.len()..][..self.opening.len()];
            supply.open(network, row, lane);
        }
        self.period = 0;
    }

    /// Gives every episode the streams of a seed, as [`begin`](Self::begin) does, and leaves it where it stands.
    pub fn reseed(&mut self, seeds: &[u64]) {
        let seeds = |episode: usize| seeds.get(episode).or(seeds.last()).copied().unwrap_or(0);
        for (episode, stream) in self.streams.iter_mut().enumerate() {
            *stream = Pcg64::seeded(seeds(episode));
        }
        let network = &*self.problem.network;
        self.supply.clear();
        if network.draws_supply() {
            let episodes = 0..self.streams.len();
            self.supply.extend(episodes.map(|episode| SupplyStreams::seeded(network, seeds(episode))));
        }
    }

    /// Forgets all but the state behind so many of the periods played, which becomes the first of those to come.
    pub fn carry(&mut self, periods: usize) {
        let state = self.blocks * self.opening.len();
        self.rows.copy_within(periods * state..(periods + 1) * state, 0);
        self.period = 0;
    }

    /// Gives an episode demand of its own.
    pub fn set_demand(&mut self, episode: usize, demand: Arc<DemandModel>) {
        self.goodwill[episode / SIDE_BY_SIDE][episode % SIDE_BY_SIDE] = demand.config.goodwill;
        self.demand[episode] = demand;
    }

    /// An episode's demand.
    pub fn demand(&self, episode: usize) -> &Arc<DemandModel> {
        &self.demand[episode]
    }

    /// An episode's stream.
    pub fn stream_mut(&mut self, episode: usize) -> &mut Pcg64 {
        &mut self.streams[episode]
    }

    /// A block's state rows in the period that stands next, forwards; on the way back, in the one just reversed.
    pub fn rows(&self, block: usize) -> &[Block] {
        self.rows_of(self.period, block)
    }

    /// A block's state rows at the start of a period, or at the end of the last one.
    pub fn rows_of(&self, period: usize, block: usize) -> &[Block] {
        let row = self.opening.len();
        &self.rows[(period * self.blocks + block) * row..][..row]
    }

    /// A block's state rows before the first period, to begin elsewhere than the network does.
    pub fn opening_rows_mut(&mut self, block: usize) -> &mut [Block] {
        let row = self.opening.len();
        &mut self.rows[block * row..][..row]
    }

    /// What a block requests in the period to be played, one number per supply link and episode [units].
    pub fn requests_mut(&mut self, block: usize) -> &mut [Block] {
        let links = self.problem.network.supply.len();
        &mut self.requests[(self.period * self.blocks + block) * links..][..links]
    }

    /// A block's state rows and what it is to request, in the period to be played.
    pub fn to_decide(&mut self, block: usize) -> (&[Block], &mut [Block]) {
        let (row, links) = (self.opening.len(), self.problem.network.supply.len());
        let at = self.period * self.blocks + block;
        (&self.rows[at * row..][..row], &mut self.requests[at * links..][..links])
    }

    /// Plays a period in every episode.
    ///
    /// # Panics
    /// If every period has been played.
    pub fn step(&mut self) {
        assert!(self.period < self.periods, "there is room for {} periods", self.periods);
        Arch::new().dispatch(Forwards(self));
        self.period += 1;
    }

    /// A block's rewards in a period [money].
    pub fn rewards(&self, period: usize, block: usize) -> &Block {
        &self.rewards[period * self.blocks + block]
    }

    /// What each episode has earned so far, in order [money].
    pub fn profits(&self) -> impl Iterator<Item = f64> + '_ {
        (0..self.episodes()).map(|episode| {
            let (block, lane) = (episode / SIDE_BY_SIDE, episode % SIDE_BY_SIDE);
            (0..self.period).map(|period| self.rewards(period, block)[lane]).sum()
        })
    }

    /// Stands behind so many of the periods played, to play backwards from there.
    ///
    /// # Panics
    /// If there are not as many in an episode.
    pub fn turn_behind(&mut self, periods: usize) {
        assert!(periods <= self.periods, "there is room for {} periods", self.periods);
        self.period = periods;
    }

    /// Turns round: what stands at the end of the periods played is worth nothing.
    pub fn begin_back(&mut self) {
        self.row_worth.fill([0.0; SIDE_BY_SIDE]);
    }

    /// Plays the last period not yet played backwards back, in every episode; `rewards` says, for each block, how the
    /// money in question answers each episode's reward of the period: 1 where it is the profit.
    ///
    /// # Panics
    /// If no period is left.
    pub fn step_back(&mut self, rewards: impl Fn(usize) -> Block) {
        assert!(self.period > 0, "every period has been played backwards");
        self.period -= 1;
        Arch::new().dispatch(Backwards(self, rewards));
    }

    /// How the money answers a block's requests of the period just reversed [money / unit].
    pub fn request_worth(&self, block: usize) -> &[Block] {
        let links = self.problem.network.supply.len();
        &self.request_worth[block * links..][..links]
    }

    /// How the money answers a block's state rows in the period just reversed, the requests given [money / unit]. Who
    /// made the requests from the state adds what they owe to it.
    pub fn row_worth_mut(&mut self, block: usize) -> &mut [Block] {
        let row = self.opening.len();
        &mut self.row_worth[block * row..][..row]
    }

    /// What [`request_worth`](Self::request_worth) and [`row_worth_mut`](Self::row_worth_mut) give, and the state rows.
    pub fn to_decide_back(&mut self, block: usize) -> (&[Block], &[Block], &mut [Block]) {
        let (row, links) = (self.opening.len(), self.problem.network.supply.len());
        let rows = &self.rows[(self.period * self.blocks + block) * row..][..row];
        let requests = &self.request_worth[block * links..][..links];
        (rows, requests, &mut self.row_worth[block * row..][..row])
    }

    #[inline(always)]
    fn play_forwards(&mut self) {
        let Problem { network, num_periods, .. } = &self.problem;
        let (row, links) = (self.opening.len(), network.supply.len());
        let (before, after) = self.rows.split_at_mut((self.period + 1) * self.blocks * row);
        for block in 0..self.blocks {
            let at = self.period * self.blocks + block;
            let next = &mut after[block * row..][..row];
            next.copy_from_slice(&before[at * row..][..row]);
            let episodes = block * SIDE_BY_SIDE..(block + 1) * SIDE_BY_SIDE;
            let supply = self.supply.get_mut(episodes.clone()).unwrap_or_default();
            for (lane, supply) in supply.iter_mut().enumerate() {
                supply.draw(network, &mut self.flows, lane);
            }
            let drawn = self.flows.draws_mut();
            self.draws[at * drawn.len()..][..drawn.len()].copy_from_slice(drawn);
            let mut process = NativeDemand {
                network,
                models: &self.demand[episodes.clone()],
                streams: &mut self.streams[episodes],
                playing: &[true; SIDE_BY_SIDE],
                sampler: &mut self.sampler,
                further: supply,
            };
            let requests = &self.requests[at * links..][..links];
            let rules = &self.rules[block];
            self.rewards[at] =
                play_period(network, rules, *num_periods, next, requests, &mut process, &mut self.flows);
        }
    }

    #[inline(always)]
    fn play_backwards(&mut self, rewards: impl Fn(usize) -> Block) {
        let Problem { network, num_periods, demand, .. } = &self.problem;
        let (row, links) = (self.opening.len(), network.supply.len());
        let moves = demand.config.use_goodwill;
        let draws = network.physics.as_deref().map_or(0, |physics| physics.draws.total());
        for block in 0..self.blocks {
            let at = self.period * self.blocks + block;
            let played = Played {
                rules: &self.rules[block],
                num_periods: *num_periods,
                rows: &self.rows[at * row..][..row],
                requests: &self.requests[at * links..][..links],
                next: &self.rows[(at + self.blocks) * row..][..row],
                goodwill: self
                    .surrogates
                    .goodwill
                    .filter(|_| moves)
                    .map(|scale| (&self.goodwill[block], scale)),
                draws: &self.draws[at * draws..][..draws],
                fixed_costs: self.surrogates.fixed_costs,
                rounding: self.surrogates.rounding,
            };
            let row_worth = &mut self.row_worth[block * row..][..row];
            let request_worth = &mut self.request_worth[block * links..][..links];
            reverse_period(network, &played, &mut self.memory, rewards(block), row_worth, request_worth);
        }
    }
}

/// A period about to be played; what this calls is compiled once for each kind of vector registers.
struct Forwards<'a>(&'a mut Recording);

impl WithSimd for Forwards<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _registers: S) {
        self.0.play_forwards();
    }
}

/// A period about to be played backwards.
struct Backwards<'a, R>(&'a mut Recording, R);

impl<R: Fn(usize) -> Block> WithSimd for Backwards<'_, R> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _registers: S) {
        self.0.play_backwards(self.1);
    }
}
