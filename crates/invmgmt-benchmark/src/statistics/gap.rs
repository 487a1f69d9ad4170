//! How far a policy is from the plan of one who knows the demand.

use invmgmt_data::Case;

use super::{Cell, Cube};
use crate::figures::Figures;
use crate::plan::Plan;
use crate::suite::{demand_follows_policy, scores_everything};

/// Spec of the policy that plans with demand known.
pub(super) const ORACLE: &str = "oracle";
/// Profit above an upper bound by more than this share of it is not rounding.
const BEYOND: f64 = 1e-6;

/// Distance from the clairvoyant plan, on the seeds that both played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gap {
    /// Mean profit of the clairvoyant plan [money].
    pub reference: f64,
    /// What it earned more than the policy, on average [money].
    pub money: f64,
    /// The same as a share of the clairvoyant profit's size, in percent; none where that profit is 0.
    pub percent: Option<f64>,
    /// Why the plan is no optimum but only the best plan known, in words; none where no policy can earn more.
    pub no_bound: Option<&'static str>,
}

impl Gap {
    fn new(reference: f64, own: f64, no_bound: Option<&'static str>) -> Self {
        let money = reference - own;
        let percent = (reference != 0.0).then(|| 100.0 * money / reference.abs());
        Self { reference, money, percent, no_bound }
    }

    /// Whether the plan is an optimum, so that no policy can earn more.
    pub fn is_bound(&self) -> bool {
        self.no_bound.is_none()
    }

    /// Whether the policy earned more than an upper bound.
    pub fn is_broken(&self) -> bool {
        self.is_bound() && self.money < -BEYOND * self.reference.abs().max(1.0)
    }
}

/// On one problem; none unless the policy [`ORACLE`] is among the players.
pub(super) fn on_problem(cube: &Cube<'_>, contestant: usize, problem: usize) -> Option<Gap> {
    let oracle = cube.plan.contestants.iter().position(|contestant| contestant.definition() == ORACLE)?;
    let pairs = cube.seeds_of(oracle, problem).iter().zip(cube.seeds_of(contestant, problem));
    let pairs: Vec<(&Figures, &Figures)> = pairs.filter_map(|(oracle, own)| (*oracle).zip(*own)).collect();
    if pairs.is_empty() {
        return None;
    }
    let count = pairs.len() as f64;
    let reference = pairs.iter().map(|(oracle, _)| oracle.profit()).sum::<f64>() / count;
    let own = pairs.iter().map(|(_, own)| own.profit()).sum::<f64>() / count;
    let problem = &cube.plan.suite.problems()[problem];
    Some(Gap::new(reference, own, no_bound(problem)))
}

/// Why the clairvoyant plan of a problem is no upper bound on what a policy can earn.
fn no_bound(problem: &Case) -> Option<&'static str> {
    if demand_follows_policy(problem) {
        Some("under goodwill demand depends on the policy")
    } else if !scores_everything(problem) {
        Some("not all periods are scored")
    } else if problem.network.has_fixed_costs {
        Some("the plan leaves fixed order costs out")
    } else if problem.network.physics.is_some() {
        Some("with mechanisms a plan may promise more than the engine does")
    } else {
        None
    }
}

/// Why there is no gap at all.
pub(crate) fn no_gap(plan: &Plan<'_>) -> &'static str {
    if plan.contestants.iter().any(|contestant| contestant.definition() == ORACLE) {
        "no episode that 'oracle' played too"
    } else {
        "'oracle' is not among the policies"
    }
}

/// Over problems: the gap of mean profits. (The published mean of percentages is ruled by the problems with little to
/// earn.)
pub(super) fn over_problems(cells: &[Cell], problems: &[usize]) -> Option<Gap> {
    let gaps = problems.iter().map(|&problem| cells[problem].gap).collect::<Option<Vec<Gap>>>()?;
    let count = gaps.len() as f64;
    let reference = gaps.iter().map(|gap| gap.reference).sum::<f64>() / count;
    let own = gaps.iter().map(|gap| gap.reference - gap.money).sum::<f64>() / count;
    Some(Gap::new(reference, own, gaps.iter().find_map(|gap| gap.no_bound)))
}
