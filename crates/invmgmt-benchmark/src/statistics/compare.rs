//! Pairs of policies on the same seeds, and the ranking that follows from them.

use invmgmt_policy::estimate::{CONFIDENCE, Estimate};

use crate::suite::{demand_follows_policy, demand_is_drawn};

use super::{Cell, Cube, holm};

/// One policy against another on the seeds that both played.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// Position of the first policy.
    pub a: usize,
    /// Position of the second.
    pub b: usize,
    /// Position of the problem; none for the mean over distinct problems.
    pub problem: Option<usize>,
    /// Profit of the first less that of the second, per seed [money].
    pub difference: Estimate,
    /// Two-sided p-value of the paired test; none with one seed.
    pub p_value: Option<f64>,
    /// The same, adjusted by Holm's method for all pairs compared on this problem.
    pub p_adjusted: Option<f64>,
    /// Whether both met the same demand; under goodwill they share only the seed.
    pub same_demand: bool,
}

impl Comparison {
    /// Whether the difference is real, at [`CONFIDENCE`] for all pairs together.
    pub fn is_real(&self) -> bool {
        self.p_adjusted.is_some_and(|p| p < 1.0 - CONFIDENCE)
    }
}

/// A place in the ranking.
#[derive(Clone, Debug)]
pub struct Ranked {
    /// Position of the policy.
    pub contestant: usize,
    /// 1 for the highest mean profit over distinct problems.
    pub rank: usize,
    /// Ranks this could as well be: the best and the worst of the policies it is not told apart from.
    pub between: (usize, usize),
    /// Positions of the policies it is not told apart from.
    pub like: Vec<usize>,
}

/// All pairs, over the distinct problems first and then on each problem.
pub(super) fn all_pairs(cube: &Cube<'_>) -> Vec<Comparison> {
    let distinct = cube.distinct();
    let over_all = |contestant| cube.mean_profits(contestant, &distinct);
    let problems = &cube.plan.suite.problems();
    let no_goodwill = problems.iter().all(|problem| !demand_follows_policy(problem));
    let drawn = problems.iter().any(demand_is_drawn);
    let mut pairs = family(cube.plan.contestants.len(), None, (no_goodwill, drawn), over_all);
    for (position, problem) in problems.iter().enumerate() {
        let on_problem = |contestant| cube.profits(contestant, position);
        let same_demand = !demand_follows_policy(problem);
        let demand = (same_demand, demand_is_drawn(problem));
        pairs.extend(family(cube.plan.contestants.len(), Some(position), demand, on_problem));
    }
    pairs
}

/// All pairs on one problem: their p-values are adjusted together. Of demand is known whether a pair shares it, and
/// whether it is drawn.
fn family(
    contestants: usize,
    problem: Option<usize>,
    (same_demand, drawn): (bool, bool),
    profits: impl Fn(usize) -> Vec<Option<f64>>,
) -> Vec<Comparison> {
    let profits: Vec<_> = (0..contestants).map(profits).collect();
    let mut pairs = Vec::new();
    for a in 0..contestants {
        for b in a + 1..contestants {
            let Some(difference) = Estimate::over(&differences(&profits[a], &profits[b])) else { continue };
            let p_value = if drawn || difference.interval().is_some() {
                difference.p_value()
            } else {
                difference.deviation.map(|_| f64::from(u8::from(difference.is_zero())))
            };
            pairs.push(Comparison { a, b, problem, difference, p_value, p_adjusted: None, same_demand });
        }
    }
    let known: Vec<f64> = pairs.iter().filter_map(|pair| pair.p_value).collect();
    let mut adjusted = holm(&known).into_iter();
    for pair in pairs.iter_mut().filter(|pair| pair.p_value.is_some()) {
        pair.p_adjusted = adjusted.next();
    }
    pairs
}

/// Differences on the seeds that both have.
pub(super) fn differences(a: &[Option<f64>], b: &[Option<f64>]) -> Vec<f64> {
    a.iter().zip(b).filter_map(|(a, b)| Some((*a)? - (*b)?)).collect()
}

/// Policies by mean profit over distinct problems, those that played none of it left out.
///
/// A policy with failed episodes has no mean that compares: the seeds it lacks may be those where everybody earns
/// little. It stands behind all that played more seeds, and among those that played as many by their common seeds.
pub(super) fn rank(overall: &[Cell], cube: &Cube<'_>, comparisons: &[Comparison]) -> Vec<Ranked> {
    let mut order: Vec<(usize, usize)> =
        overall.iter().filter(|cell| cell.seeds > 0).map(|cell| (cell.contestant, cell.seeds)).collect();
    order.sort_by_key(|&(_, seeds)| std::cmp::Reverse(seeds));
    for equals in order.chunk_by_mut(|a, b| a.1 == b.1) {
        let members: Vec<usize> = equals.iter().map(|&(contestant, _)| contestant).collect();
        let means = common_means(cube, &members);
        let mean = |contestant: usize| members.iter().position(|&one| one == contestant).map(|at| means[at]);
        equals.sort_by(|a, b| mean(b.0).partial_cmp(&mean(a.0)).unwrap_or(std::cmp::Ordering::Equal));
    }
    let place = |contestant: usize| order.iter().position(|&(other, _)| other == contestant).map(|at| at + 1);
    let seeds_of = |contestant: usize| overall[contestant].seeds;
    let ranked = |(position, &(contestant, seeds)): (usize, &(usize, usize))| {
        let like: Vec<usize> = comparisons
            .iter()
            .filter(|pair| pair.problem.is_none() && !pair.is_real())
            .filter_map(|pair| match contestant {
                one if one == pair.a => Some(pair.b),
                one if one == pair.b => Some(pair.a),
                _ => None,
            })
            .filter(|&other| seeds_of(other) == seeds)
            .collect();
        let rank = position + 1;
        let ranks = || like.iter().filter_map(|&other| place(other)).chain([rank]);
        let between = (ranks().min().unwrap_or(rank), ranks().max().unwrap_or(rank));
        Ranked { contestant, rank, between, like }
    };
    order.iter().enumerate().map(ranked).collect()
}

/// Mean profits over the seeds with which all of these played everything, or without such seeds over those of each.
fn common_means(cube: &Cube<'_>, contestants: &[usize]) -> Vec<f64> {
    let distinct = cube.distinct();
    let profits: Vec<Vec<Option<f64>>> =
        contestants.iter().map(|&contestant| cube.mean_profits(contestant, &distinct)).collect();
    let seeds = profits.first().map_or(0, Vec::len);
    let common: Vec<bool> = (0..seeds).map(|seed| profits.iter().all(|own| own[seed].is_some())).collect();
    let any = common.contains(&true);
    let mean = |own: &Vec<Option<f64>>| {
        let counted = own.iter().zip(&common).filter(|&(_, &common)| common || !any);
        let counted: Vec<f64> = counted.filter_map(|(profit, _)| *profit).collect();
        counted.iter().sum::<f64>() / counted.len() as f64
    };
    profits.iter().map(mean).collect()
}
