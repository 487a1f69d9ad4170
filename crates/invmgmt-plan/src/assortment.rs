//! All items of an assortment.

use invmgmt::interruption;
use invmgmt_fit::FitError;
use rayon::prelude::*;

use crate::item::{Effort, Item, Recommendation};

/// An item with what is recommended for it, and its classes.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    /// The recommendation.
    pub recommendation: Recommendation,
    /// Its share in turnover: A to 80 %, B to 95 %, C the rest.
    pub abc: Class,
    /// How much its demand varies from period to period: X, Y, Z for a coefficient of variation up to 0.5, up to 1,
    /// above.
    pub xyz: char,
}

/// A class by turnover.
pub type Class = char;

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PlanError {
    /// Somebody asked for its end.
    #[error("interrupted")]
    Interrupted,
    /// A history that cannot be planned from.
    #[error("item '{}' at '{}': {error}", item.escape_debug(), place.escape_debug())]
    History {
        /// The item.
        item: String,
        /// The place.
        place: String,
        /// What is wrong.
        error: FitError,
    },
}

/// Shares of turnover up to which an item is of class A and B.
const CLASSES: [(f64, char); 2] = [(0.80, 'A'), (0.95, 'B')];

/// Plans all items, on the threads of the current pool; results come in the order of the items and do not depend on the
/// threads. `done` is called after each item.
///
/// # Errors
/// [`PlanError`] for the first item, in order, that cannot be planned.
pub fn plan(items: &[Item], effort: &Effort, done: impl Fn() + Sync) -> Result<Vec<Planned>, PlanError> {
    let interruption = interruption::current();
    let recommended: Vec<Result<Recommendation, PlanError>> = items
        .par_iter()
        .map(|item| {
            if interruption.is_requested() {
                return Err(PlanError::Interrupted);
            }
            let recommended = item.recommend(effort).map_err(|error| PlanError::History {
                item: item.item.clone(),
                place: item.place.clone(),
                error,
            });
            done();
            recommended
        })
        .collect();
    let recommended = recommended.into_iter().collect::<Result<Vec<_>, _>>()?;
    let turnover = |(item, recommendation): (&Item, &Recommendation)| {
        recommendation.mean_demand * item.money.price.unwrap_or(item.money.cost)
    };
    let turnovers: Vec<f64> = items.iter().zip(&recommended).map(turnover).collect();
    let classes = by_turnover(&turnovers);
    let planned = recommended.into_iter().zip(classes).map(|(recommendation, abc)| {
        let xyz = by_variation(&recommendation);
        Planned { recommendation, abc, xyz }
    });
    Ok(planned.collect())
}

/// Does work on a pool of so many threads.
pub fn on_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    match rayon::ThreadPoolBuilder::new().num_threads(threads).build() {
        Ok(pool) => pool.install(work),
        // Without threads of its own it goes slower or faster, and comes to the same.
        Err(_) => work(),
    }
}

/// The class of each turnover. Who brings the total over a limit still belongs to the class before it; equals stand in
/// their order.
fn by_turnover(turnovers: &[f64]) -> Vec<Class> {
    let total: f64 = turnovers.iter().sum();
    let mut order: Vec<usize> = (0..turnovers.len()).collect();
    order.sort_by(|&a, &b| turnovers[b].total_cmp(&turnovers[a]));
    let mut classes = vec!['C'; turnovers.len()];
    let mut before = 0.0;
    for place in order {
        if let Some((_, class)) =
            CLASSES.iter().find(|(limit, _)| turnovers[place] > 0.0 && before < limit * total)
        {
            classes[place] = *class;
        }
        before += turnovers[place];
    }
    classes
}

fn by_variation(recommendation: &Recommendation) -> char {
    let variation = recommendation.deviation / recommendation.mean_demand;
    if variation <= 0.5 {
        'X'
    } else if variation <= 1.0 {
        'Y'
    } else {
        'Z'
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shares 50, 25, 15, 6, 4 %: before them stand 0, 50, 75, 90, 96 %.
    #[test]
    fn classes_follow_the_share_that_stands_before() {
        assert_eq!(by_turnover(&[25.0, 50.0, 4.0, 15.0, 6.0]), ['A', 'A', 'C', 'A', 'B']);
        assert_eq!(by_turnover(&[0.0, 1.0]), ['C', 'A']);
        assert_eq!(by_turnover(&[]), [] as [char; 0]);
    }
}
