//! The best plan for a known episode under goodwill that we can find.

use std::collections::BTreeSet;

use invmgmt::Problem;
use invmgmt::episode::{DecisionError, Episode, Symbol};

use super::informed::KnownParameters;
use super::mpc::PlanAhead;
use super::oracle::{WholePlan, WholePlanner, published_plan};
use super::rehearsal::KnownEpisode;
use crate::lp::{Method, SolveError};

/// What a unit short costs in a period that is to have no shortage, in multiples of the highest price [1].
const FORBIDDEN: f64 = 50.0;
/// Longest run of periods that is made short, or served, at once.
const LONGEST_RUN: usize = 4;
/// Most programmes solved for one episode.
const MOST_PROGRAMMES: usize = 500;
/// Plans in a row that may follow the shortages the plan before turned out to have.
const ROUNDS: usize = 3;
/// Less than this is not worth another look, in money of the programme's scale.
const GAIN: f64 = 1e-6;

/// The most profitable plan known to us for a known episode, at least as good as [`published_plan`] and as what
/// [`PlanAhead`] orders, who knows no draw.
///
/// Without goodwill that is the published plan. Under goodwill all demand follows from the seed and from which periods
/// leave customers unserved. So the search goes over sets of such periods: for each, demand is known, and a programme
/// in which a shortage in any other period costs more than it can earn finds the plan. From the best of four sets on
/// (those of the published plan and of [`PlanAhead`], all periods, none), runs of periods are put into the set or taken
/// out of it and moved by a period, and whatever earns more in rehearsal is kept, until nothing does.
///
/// # Errors
/// [`DecisionError`] if a programme was not solved.
pub(crate) fn best_known_plan(episode: &KnownEpisode<'_>) -> Result<WholePlan, DecisionError> {
    let published = published_plan(episode)?;
    if !episode.demand.config.use_goodwill {
        return Ok(published);
    }
    let mut search = Search::new(episode, published);
    search.climb(planned_ahead(episode)?)?;
    Ok(search.best)
}

/// The orders in this episode of the planner who knows demand but for its draws.
fn planned_ahead(known: &KnownEpisode<'_>) -> Result<Vec<f64>, DecisionError> {
    let KnownEpisode { network, demand, rules, num_periods, seed } = *known;
    let problem = Problem::new(network.clone(), demand.clone(), *rules, num_periods);
    let mut episode = Episode::begin(&problem, seed).map_err(|error| DecisionError(error.to_string()))?;
    episode
        .play(&mut PlanAhead::new(KnownParameters::new(demand)))
        .map_err(|error| DecisionError(error.to_string()))?;
    Ok(episode.trajectory()[Symbol::Requested].values.clone())
}

struct Search<'a> {
    episode: &'a KnownEpisode<'a>,
    planner: WholePlanner<'a>,
    /// Highest price of a market link [money / unit].
    price: f64,
    best: WholePlan,
    /// Whether the best plan leaves customers unserved, period by period.
    short: Vec<bool>,
    /// Sets of periods planned with.
    tried: BTreeSet<Vec<bool>>,
}

impl<'a> Search<'a> {
    fn new(episode: &'a KnownEpisode<'a>, best: WholePlan) -> Self {
        Self {
            episode,
            planner: WholePlanner::new(episode, Method::InteriorPoint),
            price: episode.network.market.rows().iter().map(|link| link.price).fold(0.0, f64::max),
            short: episode.rehearse(&best.orders).short,
            best,
            tried: BTreeSet::new(),
        }
    }

    /// Searches from what is best so far and from these orders.
    fn climb(&mut self, orders: Vec<f64>) -> Result<(), SolveError> {
        let periods = self.episode.num_periods;
        let published = self.short.clone();
        let other = self.episode.rehearse(&orders);
        if other.profit > self.best.profit {
            self.best = WholePlan { orders, profit: other.profit };
            self.short.clone_from(&other.short);
        }
        for start in [published, other.short, vec![false; periods], vec![true; periods]] {
            self.look(start)?;
        }
        loop {
            let before = self.best.profit;
            for length in 1..=LONGEST_RUN.min(periods) {
                for value in [false, true] {
                    let fill = |short: &mut [bool], first: usize| short[first..first + length].fill(value);
                    self.sweep(periods + 1 - length, fill)?;
                }
            }
            self.sweep(periods.saturating_sub(1), |short, first| short.swap(first, first + 1))?;
            if self.best.profit <= before {
                return Ok(());
            }
        }
    }

    /// Changes the best set here, then there, for as long as something is gained.
    fn sweep(&mut self, places: usize, change: impl Fn(&mut [bool], usize)) -> Result<(), SolveError> {
        let (mut place, mut in_vain) = (0, 0);
        while in_vain < places {
            let mut changed = self.short.clone();
            change(&mut changed, place);
            in_vain = if self.look(changed)? { 0 } else { in_vain + 1 };
            place = (place + 1) % places;
        }
        Ok(())
    }

    /// Plans with shortages in these periods only, then in those in which the plan turned out to have some; whether
    /// a better plan was among them.
    fn look(&mut self, mut short: Vec<bool>) -> Result<bool, SolveError> {
        let before = self.best.profit;
        for _ in 0..ROUNDS {
            if self.tried.len() >= MOST_PROGRAMMES || !self.tried.insert(short.clone()) {
                break;
            }
            let forbidden = FORBIDDEN * self.price;
            self.planner.charge_shortages(|period| if short[period] { 0.0 } else { forbidden });
            let orders = self.planner.plan(&self.episode.demand_if(&short))?;
            let rehearsed = self.episode.rehearse(&orders);
            short = rehearsed.short;
            if rehearsed.profit > self.best.profit + GAIN * self.planner.scale.money() {
                self.best = WholePlan { orders, profit: rehearsed.profit };
                self.short.clone_from(&short);
            }
        }
        Ok(self.best.profit > before)
    }
}
