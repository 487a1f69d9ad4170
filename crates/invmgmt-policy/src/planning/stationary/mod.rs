//! Where demand is stationary and episodes are long: levels found by simulation, beside plans.
//!
//! A plan against mean demand knows of chance only what its safety stock says. That costs little where demand moves,
//! prices are margins above costs, or today's orders stand in the shadow of how an episode begins; and much in the long
//! run of a single shop whose customers are lost, or of an order that shares a truck. There levels are known to be near
//! the best there is, once they are the right ones: capped base stock where sales are lost (L. Xin, "Understanding the
//! performance of capped base-stock policies in lost-sales inventory models", 2021), echelon levels in series (A. Clark
//! and H. Scarf, 1960), (s, S) where orders cost something (H. Scarf, 1960), can-order levels where they share that
//! cost. So levels of every such family are sought as `optimize` does, by one who knows the law of demand, on episodes
//! of its own; and what earns most in others of these, levels or plans, is played.

mod lookahead;

use std::sync::{Arc, Mutex, PoisonError};

use invmgmt::Problem;
use invmgmt::batch::rollout;
use invmgmt::episode::{DecisionError, Policy};
use invmgmt::interruption;
use invmgmt::network::Network;
use invmgmt::period::StateView;

use super::{KnownParameters, PlanAhead};
use crate::optimize::{Family, Settings, is_drawn, optimize};
use crate::{Knowledge, parse};
use lookahead::Lookahead;

/// Episodes of fewer periods are planned: what a search takes would be much beside their plans [periods].
const LEAST_PERIODS: usize = 400;
/// Length of the episodes that levels are sought on: so that what they begin with counts for little [periods].
const PERIODS: usize = 400;
/// Most numbers of a family that are sought: where there are more, a search does not come far in its budget.
const MOST_NUMBERS: usize = 24;
/// Most sets of levels of a family that are played.
const BUDGET: usize = 160;
/// Episodes that levels are sought on, others that families are compared on, and how many of those are planned, too.
/// Their seeds are far from any that anybody would count up to.
const SOUGHT_ON: std::ops::Range<u64> = FIRST_SEED..FIRST_SEED + 8;
const COMPARED_ON: std::ops::Range<u64> = FIRST_SEED + 8..FIRST_SEED + 40;
const PLANNED: usize = 4;
const FIRST_SEED: u64 = 0x5EED_5000_0000;
/// Problems whose levels are remembered.
const MOST_REMEMBERED: usize = 16;

/// Plans ahead knowing the parameters of demand, or plays the levels that earn more than such plans.
pub(crate) struct PlansOrLevels {
    problem: Problem,
    plans: PlanAhead<KnownParameters>,
    /// The levels, if they are to be played, and whether that is known: it is from the first decision on.
    levels: Option<Box<dyn Policy + Send>>,
    is_known: bool,
}

impl PlansOrLevels {
    pub fn new(problem: &Problem) -> Self {
        let plans = PlanAhead::new(KnownParameters::new(&problem.demand));
        Self { problem: problem.clone(), plans, levels: None, is_known: false }
    }
}

impl Policy for PlansOrLevels {
    fn reset(&mut self, seed: Option<u64>) {
        self.plans.reset(seed);
    }

    fn decide(&mut self, state: &StateView<'_>, orders: &mut [f64]) -> Result<(), DecisionError> {
        if !self.is_known {
            self.levels = spec_of(&self.problem).map(|spec| by_levels(&self.problem, &spec));
            self.is_known = true;
        }
        match &mut self.levels {
            Some(levels) => levels.decide(state, orders),
            None => self.plans.decide(state, orders),
        }
    }

    fn plan_gap(&mut self, state: &StateView<'_>) -> Option<f64> {
        if self.levels.is_some() { None } else { self.plans.plan_gap(state) }
    }
}

/// What is best on a problem: levels, as a spec, or plans.
#[derive(Clone)]
enum Best {
    Levels(String),
    Plans,
}

impl Best {
    fn spec(&self) -> Option<String> {
        match self {
            Self::Levels(spec) => Some(spec.clone()),
            Self::Plans => None,
        }
    }
}

/// What was found for a problem; nothing yet, while it is sought.
type Found = Arc<Mutex<Option<Best>>>;

/// The levels to be played on a problem, as a spec; none where plans are made. All who play it in this process have
/// them sought once.
fn spec_of(problem: &Problem) -> Option<String> {
    static REMEMBERED: Mutex<Vec<(Problem, Found)>> = Mutex::new(Vec::new());
    if problem.num_periods < LEAST_PERIODS || !is_stationary(problem) {
        return None;
    }
    let mut remembered = REMEMBERED.lock().unwrap_or_else(PoisonError::into_inner);
    let known = remembered.iter().find(|(known, _)| known == problem);
    let known = known.map(|(_, found)| Arc::clone(found));
    let found = known.unwrap_or_else(|| {
        let found = Found::default();
        remembered.truncate(MOST_REMEMBERED - 1);
        remembered.insert(0, (problem.clone(), Arc::clone(&found)));
        found
    });
    drop(remembered);
    let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(best) = &*found {
        return best.spec();
    }
    let best = search(problem).map_or(Best::Plans, Best::Levels);
    let spec = best.spec();
    // A search that was broken off says nothing of the next time.
    if !interruption::current().is_requested() {
        *found = Some(best);
    }
    spec
}

/// Plays levels that were found, and tries orders beside theirs where that is possible.
fn by_levels(problem: &Problem, spec: &str) -> Box<dyn Policy + Send> {
    let levels = parse(spec, &Knowledge::of(problem)).expect("it was played");
    if Lookahead::plays(problem) { Box::new(Lookahead::new(problem, levels)) } else { Box::new(levels) }
}

/// Whether only chance tells one period from another.
fn is_stationary(problem: &Problem) -> bool {
    let Problem { network, demand, num_periods, .. } = problem;
    let is_constant = |link| {
        let of =
            |period| [demand.mean(network, period, link, 1.0), demand.variance(network, period, link, 1.0)];
        let first = of(0);
        (1..*num_periods).all(|period| of(period) == first)
    };
    is_drawn(problem) && !demand.config.use_goodwill && network.market.indices().all(is_constant)
}

/// The levels that earn more than plans, if there are such.
fn search(problem: &Problem) -> Option<String> {
    let problem = Problem { num_periods: PERIODS, ..problem.clone() };
    let compared: Vec<u64> = COMPARED_ON.collect();
    let nodes = problem.network.managed.len();
    let fitting = families(&problem.network).filter(|family| family.numbers() * nodes <= MOST_NUMBERS);
    let found = fitting.filter_map(|family| best_of(&problem, family, &compared));
    let (spec, _) = found.reduce(|best, other| if other.1 > best.1 { other } else { best })?;
    let compared = &compared[..PLANNED];
    let levels = earned(&problem, compared, || by_levels(&problem, &spec))?;
    let plans = earned(&problem, compared, || PlanAhead::new(KnownParameters::new(&problem.demand)));
    plans.is_none_or(|plans| levels > plans).then_some(spec)
}

/// The families that may hold what is best on this network; the others come to the same as one of these.
fn families(network: &Network) -> impl Iterator<Item = Family> {
    let physics = network.physics.as_deref();
    let spoils = physics.is_some_and(|physics| physics.shelf.is_some());
    let shares_costs = physics.is_some_and(|physics| !physics.joints.is_empty());
    let has_recipes = network.supply.rows().iter().any(|link| link.recipe.is_some());
    let has_two_sources = network.managed.rows().iter().any(|node| node.incoming.len() > 1);
    let has_stages = network.supply.rows().iter().any(|link| link.supplier.is_some());
    let is_for = [
        (Family::BaseStock, !network.has_fixed_costs),
        (Family::Echelon, has_stages),
        (Family::Balanced, has_recipes),
        (Family::Capped, !network.has_fixed_costs),
        (Family::Dual, has_two_sources),
        (Family::ReorderLevels, true),
        (Family::Lots, network.has_fixed_costs),
        (Family::Joint, shares_costs),
        (Family::Ages, spoils),
    ];
    is_for.into_iter().filter_map(|(family, is_for)| is_for.then_some(family))
}

/// The best levels of a family, as a spec, and what they earn on episodes that they were not sought on; none where the
/// family does not play this network [money].
fn best_of(problem: &Problem, family: Family, compared: &[u64]) -> Option<(String, f64)> {
    let settings = Settings {
        family,
        review: 1,
        targets: Vec::new(),
        budget: BUDGET,
        training: SOUGHT_ON.collect(),
        held_out: compared.to_vec(),
        test_from: None,
        threads: 1,
        gradient: false,
    };
    let found = optimize(problem, &settings).ok()?;
    Some((found.spec, found.held_out?.mean))
}

/// Mean profit over these episodes; none where one cannot be played [money].
fn earned<P: Policy>(problem: &Problem, seeds: &[u64], policy: impl Fn() -> P + Sync) -> Option<f64> {
    let figures = rollout(problem, seeds, 1, policy).ok()?;
    Some(figures.iter().map(|episode| episode.kpis.total_profit).sum::<f64>() / seeds.len() as f64)
}

#[cfg(test)]
mod tests {
    use invmgmt::demand::{DemandConfig, DemandModel, Effects};
    use invmgmt::period::Rules;

    use super::*;

    fn shop(config: DemandConfig) -> Problem {
        let text = "nodes: [{id: farm}, {id: shop, I0: 9, h: 1}, {id: town}]\nedges:\n  \
                    - {from: farm, to: shop, L: 1, p: 0, g: 0}\n  \
                    - {from: shop, to: town, p: 0, b: 4, demand_dist: poisson, dist_param: {mu: 5}}";
        let network = invmgmt_data::network_from_yaml(text).expect("valid");
        Problem::new(network, DemandModel::new(config).expect("usable"), Rules::default(), LEAST_PERIODS)
    }

    #[test]
    fn demand_is_stationary_where_only_chance_tells_one_period_from_another() {
        let plain = DemandConfig::default;
        assert!(is_stationary(&shop(plain())));
        let trend = Effects::from_names(["trend"]).expect("an effect");
        for moved in [
            DemandConfig { effects: trend, ..plain() },
            DemandConfig { noise_scale: 0.0, ..plain() },
            DemandConfig { use_goodwill: true, ..plain() },
        ] {
            assert!(!is_stationary(&shop(moved)));
        }
    }

    /// The critical ratio is 4 / 5, and lead time and review take two periods of Poisson demand of 5 each: 13.
    #[test]
    fn levels_of_a_single_shop_are_those_of_the_textbook_and_sought_once() {
        let problem = shop(DemandConfig::default());
        let found = spec_of(&problem).expect("levels earn more than plans");
        let level =
            |spec: &str| spec.split([':', '/', ',']).nth(1).and_then(|level| level.parse::<f64>().ok());
        let is_near = |spec: &str| match spec.split(':').next() {
            // Orders are placed at or below s, one unit below the level.
            Some("ss") => level(spec).is_some_and(|level| (11.0..=13.0).contains(&level)),
            _ => level(spec).is_some_and(|level| (12.0..=14.0).contains(&level)),
        };
        assert!(is_near(&found), "{found}");
        let begun = std::time::Instant::now();
        assert_eq!(spec_of(&problem.clone()), Some(found));
        assert!(begun.elapsed().as_millis() < 50, "it was sought again");
        assert_eq!(spec_of(&Problem { num_periods: LEAST_PERIODS - 1, ..problem }), None, "too short");
    }
}
