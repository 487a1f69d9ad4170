//! Whole episodes under a policy, one per seed, without leaving Rust.

use std::sync::Arc;

use rayon::prelude::*;

use super::pool::Pool;
use crate::demand::{DemandModel, NativeDemand, Sampler};
use crate::episode::{
    ActionError, EpisodeError, KpiAccumulator, Kpis, MAX_PERIODS, PeriodSample, Policy, check_requests,
};
use crate::network::Network;
use crate::period::{CostParts, Flows, Rules, State, StateView, play_period, settle_horizon};
use crate::random::Pcg64;

/// The figures of one episode.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EpisodeFigures {
    /// Key figures.
    pub kpis: Kpis,
    /// Discounted money of all nodes by part [money].
    pub parts: CostParts,
}

/// Why a rollout stopped. Figures of other episodes are lost with it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RolloutError {
    /// A horizon out of range.
    #[error(transparent)]
    Horizon(#[from] EpisodeError),
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
/// the order of the seeds and do not depend on the threads.
///
/// # Errors
/// [`RolloutError`] for the first seed, in order, that cannot be played to its end.
pub fn rollout<P: Policy>(
    network: &Arc<Network>,
    demand: &DemandModel,
    rules: &Rules,
    num_periods: usize,
    seeds: &[u64],
    threads: usize,
    policy: impl Fn() -> P + Sync,
) -> Result<Vec<EpisodeFigures>, RolloutError> {
    if num_periods == 0 || num_periods > MAX_PERIODS {
        return Err(EpisodeError::Horizon { found: num_periods, max: MAX_PERIODS }.into());
    }
    let share = |seeds: &[u64]| -> Result<Vec<EpisodeFigures>, RolloutError> {
        let mut player = Player::new(network, demand, rules, num_periods);
        let mut policy = policy();
        seeds.iter().map(|&seed| player.play(&mut policy, seed)).collect()
    };
    let threads = threads.clamp(1, seeds.len().max(1));
    let mut pool = Pool::new(threads);
    if pool.threads_for(seeds.len() * num_periods, network) == 1 {
        return share(seeds);
    }
    let chunk = seeds.len().div_ceil(4 * threads).max(1);
    // Gathered before the errors are looked at: rayon would keep whichever came first in time.
    let shares: Vec<Result<Vec<_>, _>> = pool.run(|| seeds.par_chunks(chunk).map(share).collect());
    Ok(shares.into_iter().collect::<Result<Vec<_>, _>>()?.concat())
}

/// One thread's memory for playing episodes in turn.
struct Player<'a> {
    network: &'a Network,
    demand: &'a DemandModel,
    rules: &'a Rules,
    num_periods: usize,
    row: Vec<f64>,
    orders: Vec<f64>,
    flows: Flows,
    sampler: Sampler,
}

impl<'a> Player<'a> {
    fn new(network: &'a Network, demand: &'a DemandModel, rules: &'a Rules, num_periods: usize) -> Self {
        Self {
            network,
            demand,
            rules,
            num_periods,
            row: vec![0.0; network.layout.row()],
            orders: vec![0.0; network.supply.len()],
            flows: Flows::new(network),
            sampler: Sampler::new(network),
        }
    }

    fn play(&mut self, policy: &mut impl Policy, seed: u64) -> Result<EpisodeFigures, RolloutError> {
        let (network, layout) = (self.network, &self.network.layout);
        let mut stream = Pcg64::seeded(seed);
        let mut figures = KpiAccumulator::default();
        let mut parts = CostParts::default();
        State::open(&mut self.row, layout).begin(network, 1.0);
        policy.reset(Some(seed));
        for period in 0..self.num_periods {
            policy
                .decide(&StateView::new(network, self.rules, self.num_periods, &self.row), &mut self.orders);
            check_requests(network, &self.orders).map_err(|error| RolloutError::Action {
                seed,
                period,
                error,
            })?;
            let mut state = State::open(&mut self.row, layout);
            let mut demand =
                NativeDemand { network, model: self.demand, stream: &mut stream, sampler: &mut self.sampler };
            let mut profit =
                play_period(network, self.rules, &mut state, &self.orders, &mut demand, &mut self.flows);
            if network.has_salvage && period + 1 == self.num_periods {
                profit += settle_horizon(network, self.rules, &state, &mut self.flows);
            }
            let weight = self.rules.weight(period);
            self.flows.nodes.rows().iter().for_each(|node| parts.add(&node.parts, weight));
            figures.add(&PeriodSample::of(&state, &self.flows, profit));
        }
        Ok(EpisodeFigures { kpis: figures.finish(network), parts })
    }
}
