//! Pairs of policies on the same seeds, and the ranking that follows from them.

use crate::suite::demand_follows_policy;

use super::{CONFIDENCE, Cell, Cube, Estimate, holm};

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
    /// Two-sided p-value of the paired t-test; none with one seed.
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
    let mut pairs = family(cube.plan.contestants.len(), None, no_goodwill, over_all);
    for (position, problem) in problems.iter().enumerate() {
        let on_problem = |contestant| cube.profits(contestant, position);
        let same_demand = !demand_follows_policy(problem);
        pairs.extend(family(cube.plan.contestants.len(), Some(position), same_demand, on_problem));
    }
    pairs
}

/// All pairs on one problem: their p-values are adjusted together.
fn family(
    contestants: usize,
    problem: Option<usize>,
    same_demand: bool,
    profits: impl Fn(usize) -> Vec<Option<f64>>,
) -> Vec<Comparison> {
    let profits: Vec<_> = (0..contestants).map(profits).collect();
    let mut pairs = Vec::new();
    for a in 0..contestants {
        for b in a + 1..contestants {
            let Some(difference) = Estimate::over(&differences(&profits[a], &profits[b])) else { continue };
            let p_value = difference.p_value();
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

/// Policies by mean profit over distinct problems; those that played them all with no seed are left out.
pub(super) fn rank(overall: &[Cell], comparisons: &[Comparison]) -> Vec<Ranked> {
    let mut order: Vec<(usize, f64)> =
        overall.iter().filter_map(|cell| Some((cell.contestant, cell.profit.as_ref()?.mean))).collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1));
    let place = |contestant: usize| order.iter().position(|&(other, _)| other == contestant).map(|at| at + 1);
    let ranked = |(position, &(contestant, _)): (usize, &(usize, f64))| {
        let like: Vec<usize> = comparisons
            .iter()
            .filter(|pair| pair.problem.is_none() && !pair.is_real())
            .filter_map(|pair| match contestant {
                one if one == pair.a => Some(pair.b),
                one if one == pair.b => Some(pair.a),
                _ => None,
            })
            .collect();
        let rank = position + 1;
        let ranks = || like.iter().filter_map(|&other| place(other)).chain([rank]);
        let between = (ranks().min().unwrap_or(rank), ranks().max().unwrap_or(rank));
        Ranked { contestant, rank, between, like }
    };
    order.iter().enumerate().map(ranked).collect()
}
