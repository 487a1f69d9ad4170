//! What a policy is trained on: problems of one shape, and the demand that each episode meets.

use std::sync::Arc;

use invmgmt::Problem;
use invmgmt::demand::DemandModel;
use invmgmt::random::Pcg64;
use invmgmt_policy::learned::{Knows, World, family_of};

use crate::scatter::Scatter;

/// How many kinds of demand a blind policy meets.
const KINDS: usize = 512;

/// One kind of demand, and what a policy that meets it may know.
#[derive(Clone, Debug)]
pub struct Kind {
    /// What customers want.
    pub demand: Arc<DemandModel>,
    /// Which of the course's knowledge goes with it.
    pub known: usize,
    /// Weight of a unit of money earned from it: inverse to how much is wanted, so that a market of half the size
    /// counts as much [1].
    pub weight: f64,
}

impl Kind {
    fn new(demand: DemandModel, known: usize) -> Self {
        Self { demand: Arc::new(demand), known, weight: 1.0 }
    }
}

/// What a policy is trained on.
#[derive(Clone, Debug)]
pub struct Course {
    /// The problems it is for: one network, one set of rules and one horizon.
    pub problems: Vec<Problem>,
    /// What the policy may know.
    pub knows: Knows,
    /// The kinds of demand that episodes meet, each as often.
    pub kinds: Vec<Kind>,
    /// The worlds that a policy reckons with, as many in each.
    pub known: Vec<Vec<World>>,
}

impl Course {
    /// A course for these problems, of which there is at least one; those that a blind policy is trained on are drawn
    /// from the stream.
    pub fn new(problems: Vec<Problem>, knows: Knows, stream: &mut Pcg64) -> Self {
        let (kinds, known) = match knows {
            Knows::Blind => {
                let around = |which: usize| &problems[which % problems.len()];
                let drawn = (0..KINDS).map(|which| Scatter::drawn(stream).of(around(which)));
                (drawn.map(|demand| Kind::new(demand, 0)).collect(), vec![Vec::new()])
            }
            Knows::Informed | Knows::Family => worlds(&problems, knows),
        };
        let mut course = Self { problems, knows, kinds, known };
        course.weigh();
        course
    }

    /// Gives every kind of demand its weight.
    fn weigh(&mut self) {
        let wanted: Vec<f64> = self.kinds.iter().map(|kind| self.wanted(kind).iter().sum()).collect();
        let usual = wanted.iter().sum::<f64>() / wanted.len() as f64;
        for (kind, wanted) in self.kinds.iter_mut().zip(wanted) {
            kind.weight = if wanted > 0.0 { usual / wanted } else { 1.0 };
        }
    }

    /// Demand expected per market link, the mean over all periods [units / period].
    fn wanted(&self, kind: &Kind) -> Vec<f64> {
        let Problem { network, num_periods, .. } = self.problem();
        let mean = |market| {
            let periods = 0..*num_periods;
            periods.map(|period| kind.demand.expected(network, period, market, 1.0)).sum::<f64>()
                / *num_periods as f64
        };
        network.market.indices().map(mean).collect()
    }

    /// The kind of demand that an episode of a seed meets, one of so many: every kind as often as any other, as far as
    /// the number of episodes allows.
    pub(crate) fn kind_of(&self, episode: usize, seed: u64, episodes: usize) -> usize {
        let kinds = self.kinds.len();
        if kinds > episodes { seed as usize % kinds } else { episode % kinds }
    }

    /// The first problem: all share its network, rules and horizon.
    pub fn problem(&self) -> &Problem {
        &self.problems[0]
    }

    /// Demand usual per market link, the mean over all kinds and periods [units / period].
    pub fn usual_demand(&self) -> Vec<f64> {
        let mut usual = vec![0.0; self.problem().network.market.len()];
        for kind in &self.kinds {
            usual.iter_mut().zip(self.wanted(kind)).for_each(|(usual, wanted)| *usual += wanted);
        }
        usual.iter().map(|usual| usual / self.kinds.len() as f64).collect()
    }

    /// Variance of demand per market link and period, about what is known to be expected, and of what is expected but
    /// not known; the mean over all kinds and periods [units^2].
    pub fn usual_variance(&self) -> [Vec<f64>; 2] {
        let Problem { network, num_periods, .. } = self.problem();
        let states = (self.kinds.len() * num_periods) as f64;
        let mean = |of: &dyn Fn(&DemandModel, usize) -> f64| {
            let kinds = self
                .kinds
                .iter()
                .map(|kind| (0..*num_periods).map(|period| of(&kind.demand, period)).sum::<f64>());
            kinds.sum::<f64>() / states
        };
        let links = || network.market.indices();
        let drawn = links().map(|link| mean(&|demand, period| demand.variance(network, period, link, 1.0)));
        let unknown = links().map(|link| {
            if self.knows == Knows::Informed {
                return 0.0;
            }
            let expected = |demand: &DemandModel, period| demand.expected(network, period, link, 1.0);
            let usual = mean(&expected);
            mean(&|demand, period| (expected(demand, period) - usual).powi(2))
        });
        [drawn.collect(), unknown.collect()]
    }
}

/// The demand of each problem, or the family it is one of; and the worlds that are reckoned with in each, once for all
/// problems that share them.
fn worlds(problems: &[Problem], knows: Knows) -> (Vec<Kind>, Vec<Vec<World>>) {
    let mut families: Vec<Vec<DemandModel>> = Vec::new();
    for problem in problems {
        let family = if knows == Knows::Informed {
            vec![(*problem.demand).clone()]
        } else {
            family_of(&problem.demand)
        };
        if !families.contains(&family) {
            families.push(family);
        }
    }
    let Problem { network, num_periods, .. } = &problems[0];
    let known = families
        .iter()
        .map(|family| family.iter().map(|demand| World::new(network, demand, *num_periods)).collect());
    let known = known.collect();
    let kinds = families.into_iter().enumerate();
    let kinds =
        kinds.flat_map(|(known, family)| family.into_iter().map(move |demand| Kind::new(demand, known)));
    (kinds.collect(), known)
}

/// Whether one policy can be trained on both problems: they share network, rules, horizon and whether sentiment moves.
pub fn alike(one: &Problem, other: &Problem) -> bool {
    let shared = |problem: &Problem| (problem.rules, problem.num_periods, problem.demand.config.use_goodwill);
    shared(one) == shared(other)
        && (Arc::ptr_eq(&one.network, &other.network) || one.network == other.network)
}
