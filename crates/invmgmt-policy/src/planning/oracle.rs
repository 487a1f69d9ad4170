//! Plans with perfect information: the published one, a better one, and a bound.

#[cfg(test)]
mod mixed;

use invmgmt::demand::DemandModel;
use invmgmt::episode::{DecisionError, Policy};
use invmgmt::network::{MarketLinkIx, TableIndex};
use invmgmt::period::StateView;

use super::Paths;
use super::best_known::best_known_plan;
use super::rehearsal::{KnownEpisode, distance};
use super::rolling::{check_size, playable};
use super::window::Window;
use crate::lp::{Method, Scale, Solution, SolveError};

/// Rounds of the fixed-point search from each start.
const ROUNDS: usize = 10;
/// Demand that moved no more than this in all counts as found, in units of the programme's scale.
const SETTLED: f64 = 1.0;

/// Makes the plan for an episode whose draws are known.
type Planner = fn(&KnownEpisode<'_>) -> Result<WholePlan, DecisionError>;

/// Knows every draw of the episode to come, plans all of it at once, and plays the plan whatever happens.
#[derive(Debug)]
pub(crate) struct Clairvoyant {
    demand: DemandModel,
    planner: Planner,
    seed: Option<u64>,
    /// Orders of the whole episode, once planned -- state.
    plan: Option<Vec<f64>>,
}

impl Clairvoyant {
    /// Plays [`published_plan`].
    pub fn published(demand: &DemandModel) -> Self {
        let planner: Planner = |episode| Ok(published_plan(episode)?);
        Self { demand: demand.clone(), planner, seed: None, plan: None }
    }

    /// Plays [`best_known_plan`].
    pub fn best_known(demand: &DemandModel) -> Self {
        Self { demand: demand.clone(), planner: best_known_plan, seed: None, plan: None }
    }
}

impl Policy for Clairvoyant {
    fn reset(&mut self, seed: Option<u64>) {
        (self.seed, self.plan) = (seed, None);
    }

    fn decide(&mut self, state: &StateView<'_>, orders: &mut [f64]) -> Result<(), DecisionError> {
        if self.plan.is_none() {
            check_size(state.network, state.num_periods, 1, Method::Simplex)?;
            let episode = KnownEpisode {
                network: state.network,
                demand: &self.demand,
                rules: state.rules,
                num_periods: state.num_periods,
                seed: self.seed.ok_or_else(no_seed)?,
            };
            self.plan = Some((self.planner)(&episode)?.orders);
        }
        play_from(self.plan.as_deref().unwrap_or_default(), state.period(), orders);
        Ok(())
    }
}

fn no_seed() -> DecisionError {
    DecisionError(
        "perfect information needs the seed of the episode, and the policy was reset without one".to_owned(),
    )
}

/// The orders of a period of a plan; none after its end.
fn play_from(plan: &[f64], period: usize, orders: &mut [f64]) {
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

impl WholePlan {
    fn or_better(self, other: Self) -> Self {
        if other.profit > self.profit { other } else { self }
    }
}

/// The published plan for a known episode.
///
/// Where demand does not depend on what was sold, it is the best there is. Under goodwill demand answers shortages,
/// and the plan is made against demand that is held fixed: plan, rehearse, plan again against the demand met, at
/// most ten rounds from each of two starts (nobody is served; nobody minds), and the plan that earned most in
/// rehearsal is taken. That is a plan that can be had, not a bound (benchmark of gym-invmgmt, Oracle).
///
/// # Errors
/// [`SolveError`] if a programme was not solved.
pub(crate) fn published_plan(episode: &KnownEpisode<'_>) -> Result<WholePlan, SolveError> {
    let unserved = episode.rehearse(&episode.no_orders()).demand;
    let mut planner = WholePlanner::new(episode, Method::Simplex);
    if !episode.demand.config.use_goodwill {
        let orders = planner.plan(&unserved)?;
        let profit = episode.rehearse(&orders).profit;
        return Ok(WholePlan { orders, profit });
    }
    let untroubled = episode.demand_if(&vec![false; episode.num_periods]);
    let from_untroubled = settle(&mut planner, untroubled)?;
    let from_unserved = settle(&mut planner, unserved)?;
    Ok(from_untroubled.or_better(from_unserved))
}

/// The most that any policy can earn in a known episode: the optimum of the programme, which leaves out fixed and joint
/// order costs, divides units, lets orders have any size, and may refuse sales and hold back what it owes. Nothing
/// under goodwill, where demand depends on what is played.
///
/// # Errors
/// [`SolveError`] if the programme was not solved.
pub(crate) fn profit_bound(episode: &KnownEpisode<'_>) -> Result<Option<f64>, SolveError> {
    if episode.demand.config.use_goodwill {
        return Ok(None);
    }
    let demand = episode.rehearse(&episode.no_orders()).demand;
    let mut planner = WholePlanner::new(episode, Method::Simplex);
    Ok(Some(-planner.solve(&demand)?.objective - planner.cost_of_opening()))
}

/// Plans and rehearses until demand settles; the plan that earned most.
fn settle(planner: &mut WholePlanner<'_>, mut demand: Vec<f64>) -> Result<WholePlan, SolveError> {
    let mut best: Option<WholePlan> = None;
    for _ in 0..ROUNDS {
        let orders = planner.plan(&demand)?;
        let rehearsed = planner.episode.rehearse(&orders);
        if best.as_ref().is_none_or(|best| rehearsed.profit > best.profit) {
            best = Some(WholePlan { orders, profit: rehearsed.profit });
        }
        let settled = distance(&rehearsed.demand, &demand) <= SETTLED * planner.scale.quantity;
        demand = rehearsed.demand;
        if settled {
            break;
        }
    }
    Ok(best.unwrap_or(WholePlan { orders: Vec::new(), profit: f64::NEG_INFINITY }))
}

/// Plans whole episodes against known demand.
pub(super) struct WholePlanner<'a> {
    episode: &'a KnownEpisode<'a>,
    opening: Vec<f64>,
    /// Of the programme solved last.
    pub scale: Scale,
    paths: Paths,
    window: Window,
}

impl<'a> WholePlanner<'a> {
    pub fn new(episode: &'a KnownEpisode<'a>, method: Method) -> Self {
        let network = episode.network;
        let mut paths = Paths::default();
        paths.reset(1, episode.num_periods, network.market.len());
        (paths.ends_episode, paths.binding) = (true, false);
        let window = Window::knowing(network, episode.rules, &paths, method, episode.drawn_supply());
        let scale = Scale { quantity: 1.0, value: 1.0 };
        Self { episode, opening: episode.opening(), scale, paths, window }
    }

    /// Makes a unit short cost so much on top of its penalty, period by period [money / unit].
    pub fn charge_shortages(&mut self, charge: impl Fn(usize) -> f64) {
        self.window.charge_shortages(charge);
    }

    fn solve(&mut self, demand: &[f64]) -> Result<Solution, SolveError> {
        let markets = self.episode.network.market.len().max(1);
        for (position, &demand) in demand.iter().enumerate() {
            let link = MarketLinkIx::from_position(position % markets);
            self.paths.set(0, position / markets, link, demand);
        }
        self.window.solve(&self.episode.view(&self.opening), &self.paths)
    }

    /// What the goods cost that are on their way at the start, and less what they are worth at the end: no plan has a
    /// say in it [money].
    fn cost_of_opening(&self) -> f64 {
        let view = self.episode.view(&self.opening);
        self.window.cost_of_opening(&view, self.episode.num_periods)
    }

    /// The orders that earn most against this demand, period by period and per supply link.
    pub fn plan(&mut self, demand: &[f64]) -> Result<Vec<f64>, SolveError> {
        let plan = self.solve(demand)?;
        self.scale = plan.scale;
        let periods = 0..self.episode.num_periods;
        let orders = periods.flat_map(|period| self.window.orders(&plan, period));
        Ok(orders.map(|order| playable(order, plan.method, plan.scale)).collect())
    }
}
