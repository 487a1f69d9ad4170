//! Whether a policy is better than ordering the same every period.

use invmgmt_policy::estimate::Estimate;

use super::{Cube, compare};

/// A policy against the constant that did best.
#[derive(Clone, Debug)]
pub struct OverConstant {
    /// The best constant; `best of each problem` over several problems.
    pub constant: String,
    /// Profit of the policy less that of the constant, per seed [money].
    pub difference: Estimate,
}

impl OverConstant {
    /// Whether the policy earns more, beyond what chance explains: the interval lies above zero.
    pub fn is_better(&self) -> bool {
        let low = self.difference.interval().map_or(self.difference.mean, |(low, _)| low);
        low > 1e-9
    }
}

/// The constant with the highest mean profit on a problem, chosen in hindsight.
fn best_constant(cube: &Cube<'_>, problem: usize) -> Option<usize> {
    let mean = |contestant: usize| {
        let profits: Option<Vec<f64>> = cube.profits(contestant, problem).into_iter().collect();
        Estimate::over(&profits?).map(|estimate| estimate.mean)
    };
    (cube.plan.contestants.len()..cube.plan.entrants())
        .filter_map(|contestant| Some((contestant, mean(contestant)?)))
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(contestant, _)| contestant)
}

/// Against the best constant of a problem.
pub(super) fn on_problem(cube: &Cube<'_>, contestant: usize, problem: usize) -> Option<OverConstant> {
    let best = best_constant(cube, problem)?;
    let profits = |contestant| cube.profits(contestant, problem);
    let difference = Estimate::over(&compare::differences(&profits(contestant), &profits(best)))?;
    Some(OverConstant { constant: cube.plan.contestant(best).name().to_owned(), difference })
}

/// Against the best constant of each problem, per seed on average.
pub(super) fn over_problems(cube: &Cube<'_>, contestant: usize, problems: &[usize]) -> Option<OverConstant> {
    let mut best = vec![Some(0.0); cube.plan.seeds.len()];
    for &problem in problems {
        let profits = cube.profits(best_constant(cube, problem)?, problem);
        for (sum, profit) in best.iter_mut().zip(profits) {
            *sum = sum.zip(profit).map(|(sum, profit)| sum + profit / problems.len() as f64);
        }
    }
    let own = cube.mean_profits(contestant, problems);
    let difference = Estimate::over(&compare::differences(&own, &best))?;
    Some(OverConstant { constant: "best of each problem".to_owned(), difference })
}
