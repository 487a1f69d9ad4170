//! Orders a little above or below what levels say, tried in simulation.
//!
//! Whatever a rule orders, an order is at least as good that does better today if the rule decides again from tomorrow
//! on (one step of policy iteration; D. P. Bertsekas, "Rollout Algorithms for Discrete Optimization and Stochastic
//! Control"). Futures are drawn for each decision, and every order meets the same ones, so that few are enough to tell
//! two orders apart.

use invmgmt::Problem;
use invmgmt::demand::{NativeDemand, Sampler};
use invmgmt::episode::{DecisionError, Policy};
use invmgmt::period::{Flows, StateView, SupplyStreams, play_period};
use invmgmt::random::Pcg64;

use crate::NamedPolicy;
use crate::planning::horizon::longest_way;

/// Futures played side by side.
const SIDE_BY_SIDE: usize = 8;
/// How often.
const TIMES: usize = 16;
/// A future is played over so many times the longest way and the period of the order itself, and so many periods more:
/// by then it makes no difference what was ordered today.
const WAYS: usize = 2;
const MORE: usize = 4;
/// Most steps away from what levels say, on all links together.
const MOST_STEPS: usize = 6;
/// What another order must earn more, in standard errors of the difference [1].
const SURE: f64 = 1.0;
/// A step as a part of the standard deviation of a period's demand [1].
const PART_OF_SCATTER: f64 = 0.25;
/// Most links of a network whose orders are tried: each has two a step.
const MOST_LINKS: usize = 3;
/// Futures of a decision have seeds of their own.
const FIRST_SEED: u64 = 0x5EED_6000_0000;

/// Plays levels, and looks whether a unit more or less would have been better.
pub(super) struct Lookahead {
    problem: Problem,
    /// Levels that decide, and those that decide in each future -- no state.
    levels: NamedPolicy,
    periods: usize,
    /// A step on each link [units].
    step: f64,
    opening: Vec<f64>,
    flows: Flows<SIDE_BY_SIDE>,
    sampler: Sampler,
}

/// Where the draws of futures come from that are played side by side.
type Streams = ([Pcg64; SIDE_BY_SIDE], Option<[SupplyStreams; SIDE_BY_SIDE]>);

/// All futures of a decision: every order meets them.
type Futures = Vec<Streams>;

impl Lookahead {
    /// Whether orders of this problem can be tried. What an order costs whatever its size is paid off over more periods
    /// than a future has, and what of lead times was drawn is not to be seen.
    pub fn plays(problem: &Problem) -> bool {
        let network = &problem.network;
        let physics = network.physics.as_deref();
        let is_plain = physics.is_none_or(|physics| {
            physics.leads.is_empty() && physics.joints.is_empty() && physics.sizes.is_empty()
        });
        is_plain && !network.has_fixed_costs && network.supply.len() <= MOST_LINKS
    }

    pub fn new(problem: &Problem, levels: NamedPolicy) -> Self {
        let network = &*problem.network;
        Self {
            periods: WAYS * (longest_way(network) + 1) + MORE,
            step: step(problem),
            opening: vec![0.0; network.layout.row()],
            flows: Flows::new(network),
            sampler: Sampler::new(network),
            levels,
            problem: problem.clone(),
        }
    }

    /// The futures of a period.
    fn futures(&self, period: usize) -> Futures {
        let network = &*self.problem.network;
        let drawn = |time: usize| {
            let first = FIRST_SEED + ((period * TIMES + time) * SIDE_BY_SIDE) as u64;
            let seeds: [u64; SIDE_BY_SIDE] = std::array::from_fn(|lane| first + lane as u64);
            let supply =
                network.draws_supply().then(|| seeds.map(|seed| SupplyStreams::seeded(network, seed)));
            (seeds.map(Pcg64::seeded), supply)
        };
        (0..TIMES).map(drawn).collect()
    }

    /// What is earned in each future if this is ordered now [money].
    fn earned(
        &mut self,
        period: usize,
        orders: &[f64],
        futures: &Futures,
    ) -> Result<Vec<f64>, DecisionError> {
        let mut profits = Vec::with_capacity(futures.len() * SIDE_BY_SIDE);
        for streams in futures {
            profits.extend(self.play(period, orders, streams.clone())?);
        }
        Ok(profits)
    }

    fn play(
        &mut self,
        period: usize,
        orders: &[f64],
        (mut streams, mut supply): Streams,
    ) -> Result<[f64; SIDE_BY_SIDE], DecisionError> {
        let Problem { network, demand, rules, num_periods } = &self.problem;
        let mut states: Vec<[f64; SIDE_BY_SIDE]> =
            self.opening.iter().map(|&value| [value; SIDE_BY_SIDE]).collect();
        let mut requests: Vec<[f64; SIDE_BY_SIDE]> =
            orders.iter().map(|&order| [order; SIDE_BY_SIDE]).collect();
        let mut own = orders.to_vec();
        let mut earned = [0.0; SIDE_BY_SIDE];
        for ahead in 0..self.periods.min(num_periods - period) {
            // What is ordered now is said.
            for lane in (0..SIDE_BY_SIDE).filter(|_| ahead > 0) {
                let view = StateView::of_lane(network, rules, *num_periods, &states, lane);
                self.levels.decide(&view, &mut own)?;
                requests.iter_mut().zip(&own).for_each(|(request, &order)| request[lane] = order);
            }
            for (lane, supply) in supply.iter_mut().flatten().enumerate() {
                supply.draw(network, &mut self.flows, lane);
            }
            let further = supply.as_mut().map_or(&mut [][..], |supply| &mut supply[..]);
            let mut process = NativeDemand {
                network,
                models: &[&**demand; SIDE_BY_SIDE],
                streams: &mut streams,
                playing: &[true; SIDE_BY_SIDE],
                sampler: &mut self.sampler,
                further,
            };
            let rules = &[*rules; SIDE_BY_SIDE];
            let profits = play_period(
                network,
                rules,
                *num_periods,
                &mut states,
                &requests,
                &mut process,
                &mut self.flows,
            );
            earned.iter_mut().zip(profits).for_each(|(earned, profit)| *earned += profit);
        }
        Ok(earned)
    }
}

impl Policy for Lookahead {
    fn reset(&mut self, seed: Option<u64>) {
        self.levels.reset(seed);
    }

    fn decide(&mut self, state: &StateView<'_>, orders: &mut [f64]) -> Result<(), DecisionError> {
        self.levels.decide(state, orders)?;
        for (position, number) in self.opening[..self.problem.network.layout.told()].iter_mut().enumerate() {
            *number = state.number(position);
        }
        let period = state.period();
        let futures = self.futures(period);
        let mut best = self.earned(period, orders, &futures)?;
        let (mut tried, mut steps) = (vec![orders.to_vec()], 0);
        while steps < MOST_STEPS {
            let mut found = false;
            for link in 0..orders.len() {
                for step in [self.step, -self.step] {
                    let mut other = orders.to_vec();
                    other[link] += step;
                    if other[link] < 0.0 || tried.contains(&other) {
                        continue;
                    }
                    let earned = self.earned(period, &other, &futures)?;
                    tried.push(other.clone());
                    if is_surely_more(&earned, &best) {
                        orders.copy_from_slice(&other);
                        (best, found) = (earned, true);
                        steps += 1;
                    }
                }
            }
            if !found {
                break;
            }
        }
        Ok(())
    }
}

/// A step that makes a difference: a unit where customers want whole ones and not many, else a part of what demand
/// scatters [units].
fn step(problem: &Problem) -> f64 {
    let Problem { network, demand, num_periods, .. } = problem;
    let scatter: f64 = network.market.indices().map(|link| demand.variance(network, 0, link, 1.0)).sum();
    let step = PART_OF_SCATTER * scatter.sqrt();
    if demand.is_whole(network, *num_periods) { step.round().max(1.0) } else { step }
}

/// Whether these profits are on average above those of the same futures, by more than chance explains.
fn is_surely_more(these: &[f64], those: &[f64]) -> bool {
    let count = these.len() as f64;
    let differences = || these.iter().zip(those).map(|(this, that)| this - that);
    let mean = differences().sum::<f64>() / count;
    let variance = differences().map(|difference| (difference - mean).powi(2)).sum::<f64>() / (count - 1.0);
    mean > SURE * (variance / count).sqrt() && mean > 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_is_what_is_more_than_chance_explains() {
        let those = [5.0, 9.0, 2.0, 7.0];
        assert!(is_surely_more(&those.map(|profit| profit + 0.1), &those), "always as much more");
        assert!(!is_surely_more(&those, &those));
        assert!(!is_surely_more(&[9.0, 5.0, 7.0, 3.0], &those), "one way and the other");
        assert!(!is_surely_more(&those.map(|profit| profit - 0.1), &those));
    }
}
