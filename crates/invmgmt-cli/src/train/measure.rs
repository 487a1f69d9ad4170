//! What a policy is measured against: the most that can be earned, and the optimum that a problem states.

use std::io::Write;
use std::time::Instant;

use invmgmt::Problem;
use invmgmt_benchmark::statistics::{Distance, distance};
use invmgmt_benchmark::{Named, play};
use invmgmt_data::Case;
use invmgmt_policy::{Knowledge, profit_bound};

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
        if problem.network.market.rows().iter().all(|link| link.price == 0.0) {
            return None;
        }
        let known = Knowledge::of(problem);
        let mut sum = 0.0;
        for (done, &seed) in seeds.0.iter().enumerate() {
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

/// How far the policy that was written is from the optimum of each problem that states one, as a benchmark measures it,
/// over the seeds held out.
pub(super) fn distances(lesson: &Lesson, seeds: &Seeds) -> Result<Vec<Option<Distance>>, Failure> {
    let spec = format!("learned:{}", lesson.file.to_string_lossy());
    let policy = Named::new(spec.clone(), spec);
    let of_case = |case: &Option<Case>| {
        let Some(case) = case.as_ref().filter(|case| case.facts.optimum.is_some()) else { return Ok(None) };
        let played = seeds.0.iter().flat_map(|&seed| play(&policy, case, &[seed], seed));
        let profits = played.map(|played| Ok(played.outcome?.profit()));
        let profits = profits.collect::<Result<Vec<f64>, String>>().map_err(Failure::Refused)?;
        Ok(distance(case, &profits))
    };
    lesson.cases.iter().map(of_case).collect()
}

/// How far it is, in words, with the standard error: `0.26 ± 0.21 % worse than the optimum 6.8359`.
pub(super) fn far(distance: &Distance) -> Option<String> {
    let percent = distance.percent?;
    let worse = if percent.mean < 0.0 { "better" } else { "worse" };
    let (far, error) = (percent.mean.abs(), percent.standard_error);
    Some(format!("{far:.2} ± {error:.2} % {worse} than the optimum {:.4}", distance.optimum))
}
