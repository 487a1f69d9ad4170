//! Whole episodes under a policy, one per seed, without leaving Rust.

use std::array;
use std::time::{Duration, Instant};

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::pool::Pool;
use super::{SIDE_BY_SIDE, put_lane};
use crate::Problem;
use crate::demand::{NativeDemand, Sampler};
use crate::episode::{
    ActionError, EpisodeError, KpiAccumulator, Kpis, PeriodSample, PlaceAccumulator, PlaceSums, Policy,
    check_length, check_requests,
};
use crate::interruption::{self, Interruption};
use crate::period::{CostParts, Flows, Lanes, StateView, SupplyStreams, opening_row, play_period};
use crate::random::Pcg64;

/// The figures of one episode.
#[derive(Clone, Debug, PartialEq)]
pub struct EpisodeFigures {
    /// Key figures.
    pub kpis: Kpis,
    /// Discounted money of all nodes by part [money].
    pub parts: CostParts,
    /// What every place came to, where that was asked for.
    pub places: Option<PlaceSums>,
}

/// Why a rollout stopped. Figures of other episodes are lost with it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RolloutError {
    /// A horizon out of range.
    #[error(transparent)]
    Horizon(#[from] EpisodeError),
    /// Somebody asked for its end; see [`crate::interruption`].
    #[error("interrupted")]
    Interrupted,
    /// A policy's orders cannot be played.
    #[error("seed {seed}, period {period}: {error}")]
    Action {
        /// The episode's seed.
        seed: u64,
        /// The period, 0-based.
        period: usize,
        /// What is wrong with the orders.
        error: ActionError,
    },
}

/// Plays one episode per seed under the policies that `policy` makes, on at most `threads` threads; figures come in
/// the order of the seeds and do not depend on the threads. A thread makes one policy, or, where that is quickly done,
/// some more to play several episodes side by side.
///
/// # Errors
/// [`RolloutError`] for the first seed, in order, that cannot be played to its end.
pub fn rollout<P: Policy>(
    problem: &Problem,
    seeds: &[u64],
    threads: usize,
    policy: impl Fn() -> P + Sync,
) -> Result<Vec<EpisodeFigures>, RolloutError> {
    rollout_of(problem, seeds, threads, policy, false)
}

/// As [`rollout`], the sums of every place included.
///
/// # Errors
/// As [`rollout`].
pub fn rollout_by_place<P: Policy>(
    problem: &Problem,
    seeds: &[u64],
    threads: usize,
    policy: impl Fn() -> P + Sync,
) -> Result<Vec<EpisodeFigures>, RolloutError> {
    rollout_of(problem, seeds, threads, policy, true)
}

fn rollout_of<P: Policy>(
    problem: &Problem,
    seeds: &[u64],
    threads: usize,
    policy: impl Fn() -> P + Sync,
    by_place: bool,
) -> Result<Vec<EpisodeFigures>, RolloutError> {
    check_length(problem.num_periods)?;
    let interruption = interruption::current();
    let played = Played { problem, interruption: &interruption, by_place };
    let threads = threads.clamp(1, seeds.len().max(1));
    let mut pool = Pool::new(threads);
    if pool.threads_for(seeds.len() * problem.num_periods, &problem.network) == 1 {
        return Players::new(played).play(&policy, seeds);
    }
    let mut chunk = seeds.len().div_ceil(4 * threads);
    if chunk >= LEAST_TOGETHER {
        chunk = chunk.next_multiple_of(SIDE_BY_SIDE);
    }
    // Gathered before the errors are looked at: rayon would keep whichever came first in time.
    let shares: Vec<Result<Vec<_>, _>> = pool.run(|| {
        let shares = seeds.par_chunks(chunk);
        // A thread keeps its players from share to share.
        shares.map_init(|| Players::new(played), |players, seeds| players.play(&policy, seeds)).collect()
    });
    Ok(shares.into_iter().collect::<Result<Vec<_>, _>>()?.concat())
}

/// Episodes from which a block pays that is filled up with others nobody looks at.
const LEAST_TOGETHER: usize = 4;

/// Policies that take longer to make are made once for a thread, and episodes then played one after the other: what
/// side by side gains in the simulation, making several would lose.
const QUICKLY_MADE: Duration = Duration::from_micros(200);

/// One thread's players.
struct Players<'a, P> {
    alone: Player<'a, P, 1>,
    together: Player<'a, P, SIDE_BY_SIDE>,
    /// Whether a policy is quickly made; unknown before the first.
    quick: Option<bool>,
}

impl<'a, P: Policy> Players<'a, P> {
    fn new(played: Played<'a>) -> Self {
        Self { alone: Player::new(played), together: Player::new(played), quick: None }
    }

    /// Plays one episode per seed. Whether side by side or not changes no figure.
    fn play(&mut self, policy: &impl Fn() -> P, seeds: &[u64]) -> Result<Vec<EpisodeFigures>, RolloutError> {
        let mut figures = Vec::with_capacity(seeds.len());
        for block in seeds.chunks(SIDE_BY_SIDE) {
            if block.len() >= LEAST_TOGETHER && self.is_quick(policy) {
                let filled = array::from_fn(|lane| block[lane.min(block.len() - 1)]);
                if let Ok(played) = self.together.play(policy, &filled, block.len()) {
                    figures.extend(played.into_iter().take(block.len()));
                    continue;
                }
                // Which of them is the first that fails, only playing them in turn can tell.
            }
            for &seed in block {
                figures.extend(self.alone.play(policy, &[seed], 1)?);
            }
        }
        Ok(figures)
    }

    fn is_quick(&mut self, policy: &impl Fn() -> P) -> bool {
        *self.quick.get_or_insert_with(|| {
            let begun = Instant::now();
            self.alone.policies.push(policy());
            begun.elapsed() < QUICKLY_MADE
        })
    }
}

/// What all episodes of a rollout share.
#[derive(Clone, Copy)]
struct Played<'a> {
    problem: &'a Problem,
    interruption: &'a Interruption,
    /// Whether the sums of every place are kept.
    by_place: bool,
}

/// One thread's memory for playing episodes in turn, `W` at a time.
struct Player<'a, P, const W: usize> {
    played: Played<'a>,
    /// One per episode, made when the first one is played.
    policies: Vec<P>,
    /// Episodes that somebody looks at; the others repeat the last of them.
    looked_at: usize,
    /// A state row at the start of an episode.
    opening: Vec<f64>,
    /// The states: each number of a row, once per episode.
    states: Vec<[f64; W]>,
    /// Orders of one episode.
    orders: Vec<f64>,
    /// Orders per supply link and episode.
    requests: Vec<[f64; W]>,
    flows: Flows<W>,
    sampler: Sampler,
    places: Option<PlaceAccumulator<W>>,
}

/// Episodes about to be played. What this calls is compiled once for each kind of vector registers, as far as it is
/// inlined.
struct Play<'b, 'a, P, const W: usize> {
    player: &'b mut Player<'a, P, W>,
    seeds: &'b [u64; W],
}

impl<P: Policy, const W: usize> WithSimd for Play<'_, '_, P, W> {
    type Output = Result<[EpisodeFigures; W], RolloutError>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _registers: S) -> Self::Output {
        self.player.play_all(self.seeds)
    }
}

impl<'a, P: Policy, const W: usize> Player<'a, P, W> {
    fn new(played: Played<'a>) -> Self {
        let network = &*played.problem.network;
        let opening = opening_row(network);
        Self {
            played,
            policies: Vec::new(),
            looked_at: W,
            opening,
            states: vec![[0.0; W]; network.layout.row()],
            orders: vec![0.0; network.supply.len()],
            requests: vec![[0.0; W]; network.supply.len()],
            flows: Flows::new(network),
            sampler: Sampler::new(network),
            places: played.by_place.then(|| PlaceAccumulator::new(network)),
        }
    }

    /// Plays episodes with the widest vector registers this machine has; somebody looks at so many of them, and the
    /// others repeat the last of those.
    fn play(
        &mut self,
        policy: &impl Fn() -> P,
        seeds: &[u64; W],
        looked_at: usize,
    ) -> Result<[EpisodeFigures; W], RolloutError> {
        self.policies.resize_with(W, policy);
        self.looked_at = looked_at;
        Arch::new().dispatch(Play { player: self, seeds })
    }

    #[inline(always)]
    fn play_all(&mut self, seeds: &[u64; W]) -> Result<[EpisodeFigures; W], RolloutError> {
        let Problem { network, demand, rules, num_periods } = self.played.problem;
        let mut streams = seeds.map(Pcg64::seeded);
        let mut figures = KpiAccumulator::<Lanes<W>>::default();
        let mut parts = CostParts::<Lanes<W>>::default();
        self.places.iter_mut().for_each(PlaceAccumulator::clear);
        for (numbers, &value) in self.states.iter_mut().zip(&self.opening) {
            *numbers = [value; W];
        }
        let mut supply =
            network.draws_supply().then(|| seeds.map(|seed| SupplyStreams::seeded(network, seed)));
        for (lane, supply) in supply.iter_mut().flatten().enumerate() {
            supply.open(network, &mut self.states, lane);
        }
        for (policy, &seed) in self.policies.iter_mut().zip(seeds) {
            policy.reset(Some(seed));
        }
        for period in 0..*num_periods {
            if self.played.interruption.is_requested() {
                return Err(RolloutError::Interrupted);
            }
            self.decide(seeds, period)?;
            let Self { states, requests, flows, sampler, places, .. } = self;
            for (lane, supply) in supply.iter_mut().flatten().enumerate() {
                supply.draw(network, flows, lane);
            }
            let (models, streams, playing) = (&[&**demand; W], &mut streams, &[true; W]);
            let further = supply.as_mut().map_or(&mut [][..], |supply| &mut supply[..]);
            let mut process = NativeDemand { network, models, streams, playing, sampler, further };
            let rules_of_all = &[*rules; W];
            let profits =
                play_period(network, rules_of_all, *num_periods, states, requests, &mut process, flows);
            figures.add(&PeriodSample::of(&network.layout, states, flows), profits.into());
            if let Some(places) = places {
                places.add(network, rules, states, flows);
            }
            flows.add_parts(Lanes::splat(rules.weight(period)), &mut parts);
        }
        Ok(array::from_fn(|lane| EpisodeFigures {
            kpis: figures.lane(lane).finish(network),
            parts: parts.lane(lane),
            places: self.places.as_ref().map(|places| places.lane(lane)),
        }))
    }

    /// Asks the policies for the orders of a period.
    #[inline(always)]
    fn decide(&mut self, seeds: &[u64; W], period: usize) -> Result<(), RolloutError> {
        let Problem { network, rules, num_periods, .. } = self.played.problem;
        let orders = &mut self.orders;
        for (lane, (policy, &seed)) in self.policies.iter_mut().zip(seeds).enumerate() {
            // What repeats the episode before it orders what that does.
            if lane >= self.looked_at {
                put_lane(&mut self.requests, lane, orders);
                continue;
            }
            policy
                .decide(&StateView::of_lane(network, rules, *num_periods, &self.states, lane), orders)
                .map_err(ActionError::from)
                .and_then(|()| check_requests(network, orders))
                .map_err(|error| RolloutError::Action { seed, period, error })?;
            put_lane(&mut self.requests, lane, orders);
        }
        Ok(())
    }
}
