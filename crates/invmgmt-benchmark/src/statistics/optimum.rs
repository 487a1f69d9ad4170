//! How far a policy is from the best there can be, where that is known.

use invmgmt_data::{Case, Objective};
use invmgmt_policy::estimate::Estimate;

/// Chance with which a policy may seem better than what nothing can beat, by its seeds alone: of many seeds four
/// standard errors, of twenty five [1].
const BY_CHANCE: f64 = 3.2e-5;
/// Relative error of a published figure.
const ROUNDING: f64 = 1e-4;

/// A policy against the optimum of its problem.
#[derive(Clone, Copy, Debug)]
pub struct Distance {
    /// What the policy costs or earns, by the criterion of the optimum [money].
    pub value: Estimate,
    /// The optimum, or, where none is known, the best that is [money].
    pub optimum: f64,
    /// How much worse the policy is, in percent of the optimum's size; none where that is 0.
    pub percent: Option<Estimate>,
    /// Whether it does better than what no policy can, beyond what sampling and rounding explain.
    pub is_broken: bool,
}

/// The distance of profits over the scored periods of a problem, one per seed; none if no optimum is stated, or nothing
/// was played.
pub fn distance(problem: &Case, profits: &[f64]) -> Option<Distance> {
    let stated = problem.facts.optimum.as_ref()?;
    let optimum = stated.reached().or(stated.unbeatable())?;
    let values: Vec<f64> = profits.iter().filter_map(|&profit| problem.value_of(profit)).collect();
    let value = Estimate::over(&values)?;
    let worse = match stated.objective {
        Objective::Cost => 1.0,
        Objective::Profit => -1.0,
    };
    let percents: Vec<f64> =
        values.iter().map(|value| 100.0 * worse * (value - optimum) / optimum.abs()).collect();
    let percent = if optimum == 0.0 { None } else { Estimate::over(&percents) };
    let is_broken = stated.unbeatable().is_some_and(|bound| {
        let error = value.error(BY_CHANCE) + ROUNDING * bound.abs();
        worse * (value.mean - bound) < -error
    });
    Some(Distance { value, optimum, percent, is_broken })
}
