//! The published plan with perfect information.

use invmgmt::demand::DemandModel;
use invmgmt::episode::{DecisionError, Policy};
use invmgmt::network::TableIndex;
use invmgmt::period::StateView;

use super::Paths;
use super::rehearsal::{KnownEpisode, distance};
use super::window::Window;
use crate::lp::{Method, SolveError};

/// Rounds of the fixed-point search from each start.
const ROUNDS: usize = 10;
/// Demand that moved no more than this in all counts as found [units].
const SETTLED: f64 = 1.0;

/// Knows every draw of the episode to come, plans all of it at once, and plays the plan whatever happens.
///
/// Where demand does not depend on what was sold, the plan is the best there is. Under goodwill demand answers
/// shortages, and the plan is made against demand that is held fixed: plan, rehearse, plan again against the demand
/// met, at most ten rounds from each of two starts (nobody is served; nobody minds), and the plan that earned most
/// in rehearsal is played. That is a plan that can be had, not a bound (benchmark of gym-invmgmt, Oracle).
#[derive(Debug)]
pub(crate) struct Oracle {
    demand: DemandModel,
    seed: Option<u64>,
    /// Orders of the whole episode, once planned -- state.
    plan: Option<Vec<f64>>,
}

impl Oracle {
    pub fn new(demand: &DemandModel) -> Self {
        Self { demand: demand.clone(), seed: None, plan: None }
    }
}

impl Policy for Oracle {
    fn reset(&mut self, seed: Option<u64>) {
        (self.seed, self.plan) = (seed, None);
    }

    fn decide(&mut self, state: &StateView<'_>, orders: &mut [f64]) -> Result<(), DecisionError> {
        if self.plan.is_none() {
            let seed = self.seed.ok_or_else(no_seed)?;
            let episode = KnownEpisode {
                network: state.network,
                demand: &self.demand,
                rules: state.rules,
                num_periods: state.num_periods,
                seed,
            };
            let found = published_plan(&episode).map_err(|error| DecisionError(error.to_string()))?;
            self.plan = Some(found.orders);
        }
        play_from(self.plan.as_deref().unwrap_or_default(), state.period(), orders);
        Ok(())
    }
}

pub(super) fn no_seed() -> DecisionError {
    DecisionError(
        "perfect information needs the seed of the episode, and the policy was reset without one".to_owned(),
    )
}

/// The orders of a period of a plan; none after its end.
pub(super) fn play_from(plan: &[f64], period: usize, orders: &mut [f64]) {
    match plan.get(period * orders.len()..(period + 1) * orders.len()) {
        Some(planned) => orders.copy_from_slice(planned),
        None => orders.fill(0.0),
    }
}

/// A plan for a whole episode and what it earned in rehearsal.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WholePlan {
    /// Orders, period by period and per supply link [units].
    pub orders: Vec<f64>,
    /// Discounted profit [money].
    pub profit: f64,
}

/// The published plan for a known episode.
///
/// # Errors
/// [`SolveError`] if a programme was not solved.
pub(crate) fn published_plan(episode: &KnownEpisode<'_>) -> Result<WholePlan, SolveError> {
    let nothing = episode.no_orders();
    let mut planner = WholePlanner::new(episode, Method::Simplex);
    let unserved = episode.rehearse(&nothing, false).demand;
    if !episode.demand.config.use_goodwill {
        let orders = planner.plan(&unserved)?;
        let profit = episode.rehearse(&orders, false).profit;
        return Ok(WholePlan { orders, profit });
    }
    let untroubled = episode.rehearse(&nothing, true).demand;
    let from_untroubled = settle(&mut planner, untroubled)?;
    let from_unserved = settle(&mut planner, unserved)?;
    Ok(if from_unserved.profit > from_untroubled.profit { from_unserved } else { from_untroubled })
}

/// Plans and rehearses until demand settles; the plan that earned most.
fn settle(planner: &mut WholePlanner<'_>, mut demand: Vec<f64>) -> Result<WholePlan, SolveError> {
    let mut best: Option<WholePlan> = None;
    for _ in 0..ROUNDS {
        let orders = planner.plan(&demand)?;
        let rehearsed = planner.episode.rehearse(&orders, false);
        if best.as_ref().is_none_or(|best| rehearsed.profit > best.profit) {
            best = Some(WholePlan { orders, profit: rehearsed.profit });
        }
        let settled = distance(&rehearsed.demand, &demand) <= SETTLED;
        demand = rehearsed.demand;
        if settled {
            break;
        }
    }
    Ok(best.unwrap_or(WholePlan { orders: Vec::new(), profit: f64::NEG_INFINITY }))
}

/// Plans whole episodes against known demand.
pub(crate) struct WholePlanner<'a> {
    pub episode: &'a KnownEpisode<'a>,
    opening: Vec<f64>,
    paths: Paths,
    window: Window,
}

impl<'a> WholePlanner<'a> {
    pub fn new(episode: &'a KnownEpisode<'a>, method: Method) -> Self {
        let mut paths = Paths::default();
        paths.reset(1, episode.num_periods, episode.network.market.len());
        let window = Window::new(episode.network, episode.rules, &paths, method);
        Self { episode, opening: episode.opening(), paths, window }
    }

    /// The orders that earn most against this demand, period by period and per market link.
    ///
    /// # Errors
    /// [`SolveError`] if the programme was not solved.
    pub fn plan(&mut self, demand: &[f64]) -> Result<Vec<f64>, SolveError> {
        let markets = self.episode.network.market.len();
        for (position, &demand) in demand.iter().enumerate() {
            let link = invmgmt::network::MarketLinkIx::from_position(position % markets);
            self.paths.set(0, position / markets, link, demand);
        }
        let view = self.episode.view(&self.opening);
        let plan = self.window.solve(&view, &self.paths)?;
        Ok((0..self.episode.num_periods)
            .flat_map(|period| self.window.orders(&plan, period))
            .map(|order| order.max(0.0))
            .collect())
    }
}
