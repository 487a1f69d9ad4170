//! What surrounds a plan: what other targets take, and how it would have done on the last periods.

use invmgmt::interruption;
use rayon::prelude::*;

use crate::item::{Effort, Item};
use crate::levels::Target;
use crate::normal::quantile;
use crate::physics::Levels;
use crate::play::{Figures, Player};

/// Targets looked at.
const TARGETS: [f64; 8] = [0.80, 0.90, 0.93, 0.95, 0.97, 0.98, 0.99, 0.995];
/// Items that stand for all where there are more.
const SAMPLE: usize = 60;
/// Paths for each of them.
const PATHS: usize = 32;

/// What a target takes for the whole assortment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Taken {
    /// The share asked for [1].
    pub target: f64,
    /// Mean stock [units].
    pub stock: f64,
    /// Holding and ordering [money / year].
    pub cost: f64,
}

/// What other targets would take, the one planned for among them; and from how many items it was reckoned.
pub fn trade_offs(items: &[Item], target: Target, effort: &Effort) -> (Vec<Taken>, usize) {
    let sample = spread(items, SAMPLE);
    let mut shares = TARGETS.to_vec();
    shares.push(target.share());
    shares.sort_by(f64::total_cmp);
    shares.dedup();
    let effort = Effort { paths: PATHS.min(effort.paths), ..*effort };
    let factor = items.len() as f64 / sample.len().max(1) as f64;
    let interruption = interruption::current();
    let taken = |share: f64| {
        let each = sample.par_iter().filter_map(|item| {
            let target = match target {
                Target::FillRate(_) => Target::FillRate(share),
                Target::CycleService(_) => Target::CycleService(share),
            };
            let asked = Item { target, ..(*item).clone() };
            let found = if interruption.is_requested() { None } else { asked.recommend(&effort).ok() };
            found.map(|found| (found.mean_stock, found.cost_per_year))
        });
        // Gathered first: sums must not depend on the threads.
        let each: Vec<(f64, f64)> = each.collect();
        let sum = |part: fn(&(f64, f64)) -> f64| each.iter().map(part).sum::<f64>() * factor;
        Taken { target: share, stock: sum(|one| one.0), cost: sum(|one| one.1) }
    };
    (shares.into_iter().map(taken).collect(), sample.len())
}

/// At most so many items, evenly spread.
fn spread(items: &[Item], most: usize) -> Vec<&Item> {
    let count = items.len().min(most);
    (0..count).map(|place| &items[place * items.len() / count]).collect()
}

/// How levels would have done on periods they were not made from.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Backtest {
    /// Periods held back.
    pub periods: usize,
    /// Items played.
    pub items: usize,
    /// Under the plan made from the periods before.
    pub plan: Figures,
    /// Under the mean and z standard deviations of the same periods.
    pub rule_of_thumb: Figures,
    /// Holding and ordering under both [money / year].
    pub cost: (f64, f64),
    /// Share of items that reached their target less one point, under both [1].
    pub reached: (f64, f64),
}

/// Items of a backtest where there are more.
const BACKTESTED: usize = 2000;

/// Plans from all but the last `held_back` periods and plays those as they were. Nothing of them is seen before.
pub fn backtest(items: &[Item], held_back: usize, effort: &Effort) -> Option<Backtest> {
    let sample = spread(items, BACKTESTED);
    let interruption = interruption::current();
    let each: Vec<Option<[(Figures, f64, bool); 2]>> = sample
        .par_iter()
        .map(|item| if interruption.is_requested() { None } else { backtested(item, held_back, effort) })
        .collect();
    let each: Vec<[(Figures, f64, bool); 2]> = each.into_iter().flatten().collect();
    if each.is_empty() {
        return None;
    }
    let sum = |which: usize| Figures::total(each.iter().map(|both| &both[which].0));
    let cost = |which: usize| each.iter().map(|both| both[which].1).sum();
    let reached = |which: usize| each.iter().filter(|both| both[which].2).count() as f64 / each.len() as f64;
    Some(Backtest {
        periods: held_back,
        items: each.len(),
        plan: sum(0),
        rule_of_thumb: sum(1),
        cost: (cost(0), cost(1)),
        reached: (reached(0), reached(1)),
    })
}

fn backtested(item: &Item, held_back: usize, effort: &Effort) -> Option<[(Figures, f64, bool); 2]> {
    let before =
        item.history.len().checked_sub(held_back).filter(|before| *before >= invmgmt_fit::FEWEST_PERIODS)?;
    let known = Item {
        history: item.history[..before].to_vec(),
        sold_out: item.sold_out.get(..before).unwrap_or_default().to_vec(),
        stock: None,
        ..item.clone()
    };
    let plan = known.recommend(effort).ok()?.levels;
    let warm = (item.physics.lead_time.longest() as usize + 2 * item.physics.review).min(before);
    let paths = item.supplied(vec![item.history[before - warm..].to_vec()]);
    let mut player = Player::new(&item.physics);
    let mut measure = |levels: &Levels| {
        let figures = player.play(levels, &paths, warm)[0];
        let reached = item.target.reached(&figures) >= item.target.share() - 0.01;
        (figures, item.cost(&figures, effort), reached)
    };
    Some([measure(&plan), measure(&rule_of_thumb(&known))])
}

/// Mean demand over lead time and review, and z of its standard deviations.
fn rule_of_thumb(item: &Item) -> Levels {
    let covered = item.physics.protection();
    let mean = item.history.iter().sum::<f64>() / item.history.len().max(1) as f64;
    let deviation = crate::demand::variance(&item.history).sqrt();
    let level = (covered * mean + quantile(item.target.share()) * deviation * covered.sqrt()).ceil();
    Levels { reorder_point: level - 1.0, order_up_to: level }
}
