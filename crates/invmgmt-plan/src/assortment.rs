//! All items of an assortment.

use std::collections::HashSet;

use invmgmt::interruption;
use invmgmt_data::JournalError;
use invmgmt_fit::FitError;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::echelons;
use crate::item::{Effort, Item};
use crate::recommend::Recommendation;

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

/// Items that are planned together: a place by itself, or a warehouse and the stores it supplies, by their positions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// The place, or the warehouse.
    pub head: usize,
    /// The stores; none of a place by itself.
    pub stores: Vec<usize>,
}

impl Chain {
    /// Every item by itself.
    pub fn single(count: usize) -> Vec<Self> {
        (0..count).map(|head| Self { head, stores: Vec::new() }).collect()
    }

    /// Its items alone, the head first, and the chain they make.
    pub(crate) fn cut_out(&self, items: &[Item]) -> (Vec<Item>, Self) {
        let places = std::iter::once(self.head).chain(self.stores.iter().copied());
        (
            places.map(|place| items[place].clone()).collect(),
            Self { head: 0, stores: (1..=self.stores.len()).collect() },
        )
    }

    pub(crate) fn recommend(
        &self,
        items: &[Item],
        effort: &Effort,
    ) -> Result<Vec<(usize, Recommendation)>, PlanError> {
        let refused = |item: &Item, error: FitError| PlanError::History {
            item: item.item.clone(),
            place: item.place.clone(),
            error,
        };
        let head = &items[self.head];
        if self.stores.is_empty() {
            let found = head.recommend(effort).map_err(|error| refused(head, error))?;
            return Ok(vec![(self.head, found)]);
        }
        let stores: Vec<&Item> = self.stores.iter().map(|&store| &items[store]).collect();
        let found = echelons::recommend(head, &stores, effort);
        let found =
            found.map_err(|(place, error)| refused(place.map_or(head, |store| stores[store]), error))?;
        Ok(std::iter::once(self.head).chain(self.stores.iter().copied()).zip(found).collect())
    }
}

/// A class by turnover.
pub type Class = char;

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// Somebody asked for its end.
    #[error("interrupted")]
    Interrupted,
    /// What is done so far cannot be kept.
    #[error(transparent)]
    Journal(#[from] JournalError),
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
pub fn plan(
    items: &[Item],
    chains: &[Chain],
    effort: &Effort,
    done: impl Fn() + Sync,
) -> Result<Vec<Planned>, PlanError> {
    plan_on(items, chains, effort, Vec::new(), |_| Ok(()), done)
}

/// A chain that is planned: its head, and its rows with their positions among the items.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Finished {
    head: usize,
    rows: Vec<(usize, Recommendation)>,
}

/// The same where some of it is `finished` already; `keep` is given each chain that is planned.
pub(crate) fn plan_on(
    items: &[Item],
    chains: &[Chain],
    effort: &Effort,
    finished: Vec<Finished>,
    keep: impl Fn(&Finished) -> Result<(), JournalError> + Sync,
    done: impl Fn() + Sync,
) -> Result<Vec<Planned>, PlanError> {
    let interruption = interruption::current();
    let known: HashSet<usize> = finished.iter().map(|chain| chain.head).collect();
    finished.iter().flat_map(|chain| &chain.rows).for_each(|_| done());
    let left: Vec<&Chain> = chains.iter().filter(|chain| !known.contains(&chain.head)).collect();
    let recommended: Vec<Result<Finished, PlanError>> = left
        .into_par_iter()
        .map(|chain| {
            if interruption.is_requested() {
                return Err(PlanError::Interrupted);
            }
            let planned = Finished { head: chain.head, rows: chain.recommend(items, effort)? };
            keep(&planned)?;
            planned.rows.iter().for_each(|_| done());
            Ok(planned)
        })
        .collect();
    let mut rows: Vec<(usize, Recommendation)> = finished.into_iter().flat_map(|chain| chain.rows).collect();
    for chain in recommended {
        rows.extend(chain?.rows);
    }
    rows.sort_by_key(|(item, _)| *item);
    Ok(classified(items, chains, rows.into_iter().map(|(_, recommendation)| recommendation).collect()))
}

/// Recommendations with the classes of their items.
fn classified(items: &[Item], chains: &[Chain], recommended: Vec<Recommendation>) -> Vec<Planned> {
    let supplies: HashSet<usize> = chains
        .iter()
        .filter(|chain| !chain.stores.is_empty() && !items[chain.head].sells())
        .map(|chain| chain.head)
        .collect();
    // What a warehouse passes on is sold once, by its stores.
    let turnover = |(place, (item, recommendation)): (usize, (&Item, &Recommendation))| {
        let price = item.money.price.unwrap_or(item.money.cost);
        if supplies.contains(&place) { 0.0 } else { recommendation.mean_demand * price }
    };
    let turnovers: Vec<f64> = items.iter().zip(&recommended).enumerate().map(turnover).collect();
    let mut classes = by_turnover(&turnovers);
    for chain in chains.iter().filter(|chain| supplies.contains(&chain.head)) {
        classes[chain.head] = chain.stores.iter().map(|&store| classes[store]).min().unwrap_or('C');
    }
    let planned = recommended.into_iter().zip(classes).map(|(recommendation, abc)| {
        let xyz = by_variation(&recommendation);
        Planned { recommendation, abc, xyz }
    });
    planned.collect()
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
