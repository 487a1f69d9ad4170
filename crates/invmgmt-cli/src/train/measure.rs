//! What a policy is measured against: the most that can be earned, and the optimum that a problem states.

use std::io::Write;
use std::time::Instant;

use invmgmt::Problem;
use invmgmt::episode::{Episode, Policy};
use invmgmt::period::CostParts;
use invmgmt_benchmark::statistics::{Distance, distance};
use invmgmt_data::Case;
use invmgmt_policy::{Knowledge, profit_bound};
use invmgmt_train::Trainer;

use super::Lesson;
use crate::args::seeds::Seeds;
use crate::failure::Failure;

/// Time after which no more bounds are looked for: of long episodes each takes seconds [seconds].
const BOUND_SECONDS: f64 = 20.0;

/// The most that can be earned per problem, the mean over the seeds; none where nothing is proven, where nothing can be
/// earned, or where it takes too long to find, which is said.
pub(super) fn bounds(lesson: &Lesson, seeds: &Seeds) -> Vec<Option<f64>> {
    let begun = Instant::now();
    let bound = |problem: &Problem| {
        let sells = problem.network.market.rows().iter().any(|link| link.price > 0.0);
        let known = Knowledge::of(problem);
        let mut sum = 0.0;
        for (done, &seed) in seeds.0.iter().enumerate() {
            if !sells {
                return None;
            }
            let seconds = begun.elapsed().as_secs_f64();
            if seconds > BOUND_SECONDS {
                let count = seeds.0.len();
                let _ = writeln!(
                    std::io::stderr(),
                    "note: the most that can be earned is not shown: {done} of {count} seeds took {seconds:.0} s; fewer \
                     --held-out take less"
                );
                return None;
            }
            sum += profit_bound(&known, seed).ok().flatten().filter(|bound| *bound > 0.0)?;
        }
        Some(sum / seeds.0.len() as f64)
    };
    lesson.problems.iter().map(bound).collect()
}

/// The mean share of the bound that is not earned, where all bounds are known [1].
pub(super) fn gap(profits: &[f64], bounds: &[Option<f64>]) -> Option<f64> {
    let gaps: Option<Vec<f64>> =
        profits.iter().zip(bounds).map(|(profit, bound)| bound.map(|bound| 1.0 - profit / bound)).collect();
    gaps.map(|gaps| gaps.iter().sum::<f64>() / gaps.len() as f64)
}

/// How far what was trained is from the optimum of each problem that states one, over its scored periods and the seeds
/// held out.
pub(super) fn distances(
    lesson: &Lesson,
    trainer: &Trainer,
    seeds: &Seeds,
) -> Result<Vec<Option<Distance>>, Failure> {
    let of_case = |case: &Option<Case>| {
        let Some(case) = case.as_ref().filter(|case| case.facts.optimum.is_some()) else { return Ok(None) };
        let profits: Vec<f64> =
            seeds.0.iter().map(|&seed| scored(case, trainer, seed)).collect::<Result<_, Failure>>()?;
        Ok(distance(case, &profits))
    };
    lesson.cases.iter().map(of_case).collect()
}

/// What an episode earns in the periods of the problem that count [money].
fn scored(case: &Case, trainer: &Trainer, seed: u64) -> Result<f64, Failure> {
    let mut policy = trainer.policy(&case.problem);
    let mut episode = Episode::begin(&case.problem, seed).map_err(Failure::refused)?;
    let mut orders = vec![0.0; case.network.supply.len()];
    let (window, mut before) = (case.window(), CostParts::default());
    policy.reset(Some(seed));
    for period in 0..window.end {
        if period == window.start {
            before = episode.cost_parts();
        }
        policy.decide(&episode.view(), &mut orders).map_err(Failure::refused)?;
        episode.step(&orders).map_err(Failure::refused)?;
    }
    let mut parts = episode.cost_parts();
    parts.add(&before, -1.0);
    Ok(parts.profit())
}

/// How far it is, in words, with the standard error: `0.26 ± 0.21 % worse than the optimum 6.8359`.
pub(super) fn far(distance: &Distance) -> Option<String> {
    let percent = distance.percent?;
    let worse = if percent.mean < 0.0 { "better" } else { "worse" };
    let (far, error) = (percent.mean.abs(), percent.standard_error);
    Some(format!("{far:.2} ± {error:.2} % {worse} than the optimum {:.4}", distance.optimum))
}
