//! What surrounds a plan: what other targets take, and how it would have done on the last periods.

use invmgmt::interruption;
use rayon::prelude::*;

use crate::assortment::Chain;
use crate::item::{Effort, Item};
use crate::levels::Target;
use crate::normal::quantile;
use crate::physics::{Levels, Physics};
use crate::play::{Figures, Path, Player};

/// Targets looked at.
const TARGETS: [f64; 8] = [0.80, 0.90, 0.93, 0.95, 0.97, 0.98, 0.99, 0.995];
/// Items that stand for all where there are more.
const SAMPLE: usize = 60;
/// Paths for each of them.
const PATHS: usize = 32;
/// What trade-offs take, as so many items planned.
pub(crate) const TRADED: usize = SAMPLE * TARGETS.len();

/// What a target takes for the whole assortment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Taken {
    /// The share asked for [1].
    pub target: f64,
    /// Mean stock [units].
    pub stock: f64,
    /// What that stock is worth [money].
    pub value: f64,
    /// Holding and ordering [money / year].
    pub cost: f64,
}

/// What other targets would take, the one planned for among them; and from how many items it was reckoned.
pub fn trade_offs(items: &[Item], chains: &[Chain], target: Target, effort: &Effort) -> (Vec<Taken>, usize) {
    let sample = spread(chains, SAMPLE);
    let sampled: usize = sample.iter().map(|chain| 1 + chain.stores.len()).sum();
    let mut shares = TARGETS.to_vec();
    shares.push(target.share());
    shares.sort_by(f64::total_cmp);
    shares.dedup();
    let effort = Effort { paths: PATHS.min(effort.paths), ..*effort };
    let factor = items.len() as f64 / sampled.max(1) as f64;
    let interruption = interruption::current();
    // Per chain and target its stock, what that is worth, and its cost; gathered first, as sums must not depend on the
    // threads.
    let each: Vec<Vec<[f64; 3]>> = sample
        .par_iter()
        .map(|chain| {
            let (mut asked, alone) = chain.cut_out(items);
            // What the history of a place by itself says is the same for all targets.
            let prospect = if asked.len() == 1 { asked[0].prospect(&effort).ok() } else { None };
            let mut taken = |share: f64| {
                for item in &mut asked {
                    item.target = target.with(share);
                }
                let rows = match &prospect {
                    _ if interruption.is_requested() => Vec::new(),
                    Some(prospect) => vec![(0, asked[0].recommend_from(prospect.clone(), &effort))],
                    None => alone.recommend(&asked, &effort).unwrap_or_default(),
                };
                rows.iter().fold([0.0; 3], |sum, (place, found)| {
                    let value = found.mean_stock * asked[*place].money.cost;
                    [sum[0] + found.mean_stock, sum[1] + value, sum[2] + found.cost_per_year]
                })
            };
            shares.iter().map(|share| taken(*share)).collect()
        })
        .collect();
    let taken = |(place, &share): (usize, &f64)| {
        let sum = |part: usize| each.iter().map(|one| one[place][part]).sum::<f64>() * factor;
        Taken { target: share, stock: sum(0), value: sum(1), cost: sum(2) }
    };
    (shares.iter().enumerate().map(taken).collect(), sampled)
}

/// At most so many, evenly spread.
fn spread<T>(all: &[T], most: usize) -> Vec<&T> {
    let count = all.len().min(most);
    (0..count).map(|place| &all[place * all.len() / count]).collect()
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
pub(crate) const BACKTESTED: usize = 2000;

/// What an item came to under the plan and under the rule of thumb.
#[derive(Clone, Copy, Debug)]
struct Judged {
    figures: [Figures; 2],
    cost: [f64; 2],
    /// Whether it reached its target less one point; none where nobody buys.
    reached: Option<[bool; 2]>,
}

/// Plans from all but the last `held_back` periods and plays those as they were. Nothing of them is seen before.
pub fn backtest(items: &[Item], chains: &[Chain], held_back: usize, effort: &Effort) -> Option<Backtest> {
    let sample = spread(chains, BACKTESTED);
    let interruption = interruption::current();
    let judged = |chain: &&Chain| {
        if interruption.is_requested() { None } else { backtested(items, chain, held_back, effort) }
    };
    let each: Vec<Option<Vec<Judged>>> = sample.par_iter().map(judged).collect();
    let each: Vec<Judged> = each.into_iter().flatten().flatten().collect();
    let selling: Vec<&Judged> = each.iter().filter(|one| one.reached.is_some()).collect();
    if selling.is_empty() {
        return None;
    }
    // A warehouse's stock is stock; who it serves are no customers.
    let served = |which: usize| {
        let mut total = Figures::total(selling.iter().map(|one| &one.figures[which]));
        total.stock = each.iter().map(|one| one.figures[which].stock).sum();
        // The mean over all, so that times their number it is all stock.
        total.periods = each.iter().map(|one| one.figures[which].periods).sum();
        total
    };
    let cost = |which: usize| each.iter().map(|one| one.cost[which]).sum();
    let reached = |which: usize| {
        let reached = selling.iter().filter(|one| one.reached.is_some_and(|both| both[which]));
        reached.count() as f64 / selling.len() as f64
    };
    Some(Backtest {
        periods: held_back,
        items: each.len(),
        plan: served(0),
        rule_of_thumb: served(1),
        cost: (cost(0), cost(1)),
        reached: (reached(0), reached(1)),
    })
}

fn backtested(items: &[Item], chain: &Chain, held_back: usize, effort: &Effort) -> Option<Vec<Judged>> {
    let (whole, alone) = chain.cut_out(items);
    let length = whole.iter().map(|item| item.history.len()).max()?;
    let before = length.checked_sub(held_back).filter(|before| *before >= invmgmt_fit::FEWEST_PERIODS)?;
    if whole.iter().any(|item| item.law.is_some()) {
        return None;
    }
    let known: Vec<Item> = whole
        .iter()
        .map(|item| Item {
            history: item.history.iter().take(before).copied().collect(),
            sold_out: item.sold_out.iter().take(before).copied().collect(),
            stock: None,
            ..item.clone()
        })
        .collect();
    let mut plan: Vec<_> = alone.recommend(&known, effort).ok()?;
    plan.sort_by_key(|(place, _)| *place);
    let plan: Vec<Levels> = plan.into_iter().map(|(_, found)| found.levels).collect();
    let thumb: Vec<Levels> = (0..known.len()).map(|place| rule_of_thumb(&known, place)).collect();
    let warm = whole.iter().map(|item| item.physics.warm_up()).sum::<usize>().min(before);
    let sells: Vec<bool> = whole.iter().map(Item::sells).collect();
    let paths: Vec<Vec<Path>> = whole
        .iter()
        .map(|item| {
            let played = item.history.get(before - warm..).map(<[f64]>::to_vec);
            item.supplied(vec![played.unwrap_or_else(|| vec![0.0; warm + held_back])])
        })
        .collect();
    let physics: Vec<&Physics> = whole.iter().map(|item| &item.physics).collect();
    // One place always has customers, whether they came or not.
    let mut player = Player::chain(&physics, &if whole.len() == 1 { vec![true] } else { sells.clone() });
    let paths: Vec<&[Path]> = paths.iter().map(Vec::as_slice).collect();
    let played = [plan, thumb].map(|levels| player.play_chain(&levels, &paths, warm));
    let judged = |(place, item): (usize, &Item)| {
        let figures = [0, 1].map(|which| played[which][place][0]);
        let reached = |figures| item.target.reached(figures) >= item.target.share() - 0.01;
        Judged {
            figures,
            cost: figures.map(|figures| item.cost(&figures, effort)),
            reached: sells[place].then(|| [reached(&figures[0]), reached(&figures[1])]),
        }
    };
    Some(whole.iter().enumerate().map(judged).collect())
}

/// Mean demand over lead time and review, and z of its standard deviations; at a warehouse of what its stores sold.
fn rule_of_thumb(items: &[Item], place: usize) -> Levels {
    let item = &items[place];
    let covered = item.physics.protection();
    let of = |history: &[f64]| {
        let mean = history.iter().sum::<f64>() / history.len().max(1) as f64;
        (mean, crate::demand::variance(history))
    };
    let all = if item.sells() || items.len() == 1 { &items[place..=place] } else { &items[1..] };
    let (mean, variance) =
        all.iter().map(|item| of(&item.history)).fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    let level = (covered * mean + quantile(item.target.share()) * (variance * covered).sqrt()).ceil();
    Levels { reorder_point: level - 1.0, order_up_to: level }
}
