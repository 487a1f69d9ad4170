//! A warehouse and the stores it supplies, planned together.
//!
//! What the warehouse keeps is chosen so that all of it costs least: for each reorder point looked at, the least levels
//! of the stores are sought at which every store reaches its target while the warehouse runs out as it does.

use std::collections::BTreeMap;

use invmgmt::law::Law;
use invmgmt_fit::FitError;

use crate::bracket::Bracket;
use crate::demand::Demand;
use crate::item::{Effort, Item};
use crate::physics::Levels;
use crate::play::{Figures, Path, Player};
use crate::recommend::{Prospect, Recommendation};
use crate::warning::Warning;

/// Reorder points of the warehouse looked at first, from nothing up to plenty.
const FIRST_LOOKS: i64 = 6;
/// Plenty: so many deviations above expected demand.
const PLENTY: f64 = 3.0;
/// How often single stores are raised in the end, where they took goods from each other.
const CORRECTIONS: usize = 20;

/// Levels of all places with what they come to.
#[derive(Clone, Debug)]
struct Tried {
    levels: Vec<Levels>,
    /// Per place and path.
    figures: Vec<Vec<Figures>>,
    reached: Vec<bool>,
    cost: f64,
}

/// Places planned together, the warehouse first.
struct Echelons<'a> {
    items: Vec<&'a Item>,
    prospects: Vec<Prospect>,
    paths: Vec<Vec<Path>>,
    player: Player<'a>,
    warm: usize,
    effort: &'a Effort,
    /// How far each order-up-to level lies above its reorder point, and levels between which each is looked for
    /// [grains].
    gaps: Vec<i64>,
    starts: Vec<i64>,
    most: Vec<i64>,
}

/// Levels of the warehouse, then of the stores; an error says which store's history it is, or the warehouse's.
pub(crate) fn recommend(
    head: &Item,
    stores: &[&Item],
    effort: &Effort,
) -> Result<Vec<Recommendation>, (Option<usize>, FitError)> {
    let mut prospects = Vec::with_capacity(stores.len() + 1);
    for (place, store) in stores.iter().enumerate() {
        prospects.push(store.prospect(effort).map_err(|error| (Some(place), error))?);
    }
    let own = if head.sells() { Some(head.prospect(effort).map_err(|error| (None, error))?) } else { None };
    prospects.insert(0, supplying(head, own.as_ref(), &prospects));
    if prospects[0].mean <= 0.0 {
        let all = std::iter::once(head).chain(stores.iter().copied());
        return Ok(all.zip(prospects).map(|(item, prospect)| item.nothing(prospect.warnings)).collect());
    }
    let mut echelons = Echelons::new(head, stores, prospects, own.as_ref(), effort);
    let best = echelons.cheapest();
    let Echelons { items, prospects, .. } = echelons;
    let mut rows = Vec::with_capacity(items.len());
    for (place, (item, mut prospect)) in items.into_iter().zip(prospects).enumerate() {
        if !best.reached[place] {
            prospect.warnings.push(Warning::Unreachable);
        }
        rows.push(item.recommendation(prospect, best.levels[place], &best.figures[place], effort));
    }
    rows[0].drivers = format!("supplies {} places; {}", stores.len(), rows[0].drivers);
    Ok(rows)
}

/// The warehouse's prospect: what all places it supplies will want, and its own customers.
fn supplying(head: &Item, own: Option<&Prospect>, stores: &[Prospect]) -> Prospect {
    let all = || own.into_iter().chain(stores);
    let mean: f64 = all().map(|prospect| prospect.mean).sum();
    let deviation = all().map(|prospect| prospect.deviation.powi(2)).sum::<f64>().sqrt();
    let covered = head.physics.protection();
    let spread = (covered * deviation.powi(2) + mean.powi(2) * head.physics.lead_time.variance()).sqrt();
    Prospect {
        demand: Demand::given(Law::Normal { scale: deviation }, mean),
        warnings: own.map_or_else(Vec::new, |own| own.warnings.clone()),
        mean,
        deviation,
        expected: covered * mean,
        spread,
        grain: all().map(|prospect| prospect.grain).fold(f64::INFINITY, f64::min),
    }
}

impl<'a> Echelons<'a> {
    fn new(
        head: &'a Item,
        stores: &[&'a Item],
        prospects: Vec<Prospect>,
        own: Option<&Prospect>,
        effort: &'a Effort,
    ) -> Self {
        let items: Vec<&Item> = std::iter::once(head).chain(stores.iter().copied()).collect();
        let longest = stores.iter().map(|store| store.physics.warm_up()).max().unwrap_or(0);
        let warm = head.physics.warm_up() + longest;
        let mut paths: Vec<Vec<Path>> = items
            .iter()
            .zip(&prospects)
            .skip(1)
            .map(|(item, its)| item.paths(&its.demand, effort, warm))
            .collect();
        let count = paths[0].len();
        paths.insert(
            0,
            match own {
                Some(own) => head.paths(&own.demand, effort, warm),
                None => head.supplied(vec![vec![0.0; warm + effort.horizon]; count]),
            },
        );
        let physics: Vec<_> = items.iter().map(|item| &item.physics).collect();
        let mut sells = vec![true; items.len()];
        sells[0] = own.is_some();
        let (mut gaps, mut starts, mut most) = (Vec::new(), Vec::new(), Vec::new());
        for ((item, its), paths) in items.iter().zip(&prospects).zip(&paths) {
            let grains = |units: f64| (units / its.grain).round() as i64;
            // As if its supplier never ran out: what the stores need at least.
            let found =
                (its.mean > 0.0 && !gaps.is_empty()).then(|| item.cheapest(paths, its, effort).levels);
            let levels = found.unwrap_or_else(|| {
                let gap = item.economic_quantity(its.mean, effort).max(its.grain);
                Levels { reorder_point: its.expected, order_up_to: its.expected + gap }
            });
            gaps.push(grains(levels.order_up_to - levels.reorder_point).max(1));
            starts.push(grains(levels.reorder_point));
            most.push(grains(Item::most(its)));
        }
        let player = Player::chain(&physics, &sells);
        Self { items, prospects, paths, player, warm, effort, gaps, starts, most }
    }

    /// The reorder point of the warehouse at which all of it costs least: a few from nothing to plenty, then closer
    /// about the best.
    fn cheapest(&mut self) -> Tried {
        let Prospect { expected, spread, grain, .. } = self.prospects[0];
        let plenty = ((expected + PLENTY * spread) / grain).ceil() as i64;
        let mut step = (plenty / (FIRST_LOOKS - 1)).max(1);
        let mut tried: BTreeMap<i64, Tried> = BTreeMap::new();
        let mut looks: Vec<i64> = (0..FIRST_LOOKS).rev().map(|look| look * step).collect();
        loop {
            for at in looks {
                if at >= 0 && !tried.contains_key(&at) {
                    let found = self.stores_at(at);
                    tried.insert(at, found);
                }
            }
            let least = |a: &(&i64, &Tried), b: &(&i64, &Tried)| {
                let misses = |tried: &Tried| tried.reached.iter().filter(|reached| !**reached).count();
                misses(a.1).cmp(&misses(b.1)).then(a.1.cost.total_cmp(&b.1.cost))
            };
            let (&best, _) = tried.iter().min_by(least).expect("one was tried");
            if step == 1 || step as f64 * grain <= spread / 16.0 {
                return tried.remove(&best).expect("it was tried");
            }
            step = (step / 2).max(1);
            looks = vec![best - step, best + step];
        }
    }

    /// The least levels of the stores at which each reaches its target, with this reorder point of the warehouse.
    fn stores_at(&mut self, head: i64) -> Tried {
        let count = self.items.len();
        let mut brackets: Vec<Bracket> =
            (1..count).map(|place| Bracket::new(self.starts[place], 1, self.most[place])).collect();
        let mut at = vec![head];
        at.extend(brackets.iter().map(|bracket| bracket.next().unwrap_or(0)));
        loop {
            let tried = self.try_levels(&at);
            let mut goes_on = false;
            for (place, bracket) in brackets.iter_mut().enumerate() {
                if bracket.next().is_some() {
                    bracket.tell(tried.reached[place + 1]);
                    at[place + 1] = bracket.next().unwrap_or_else(|| bracket.found().0);
                    goes_on = true;
                }
            }
            if !goes_on {
                break;
            }
        }
        let mut tried = self.try_levels(&at);
        for _ in 0..CORRECTIONS {
            let short = |place: &usize| !tried.reached[*place] && at[*place] < self.most[*place];
            let raised: Vec<usize> = (1..count).filter(short).collect();
            if raised.is_empty() {
                break;
            }
            for place in raised {
                at[place] += 1;
            }
            tried = self.try_levels(&at);
        }
        self.starts[1..].copy_from_slice(&at[1..]);
        tried
    }

    fn try_levels(&mut self, at: &[i64]) -> Tried {
        let levels: Vec<Levels> = at
            .iter()
            .zip(&self.gaps)
            .zip(&self.prospects)
            .map(|((at, gap), its)| Levels {
                reorder_point: *at as f64 * its.grain,
                order_up_to: (at + gap) as f64 * its.grain,
            })
            .collect();
        let paths: Vec<&[Path]> = self.paths.iter().map(Vec::as_slice).collect();
        let figures = self.player.play_chain(&levels, &paths, self.warm);
        // A warehouse serves its stores: only where it sells itself has it a target of its own.
        let reached =
            |(item, figures): (&&Item, &Vec<Figures>)| item.target.sure(figures) >= item.target.share();
        let mut reached: Vec<bool> = self.items.iter().zip(&figures).map(reached).collect();
        reached[0] = true;
        let cost = self
            .items
            .iter()
            .zip(&figures)
            .map(|(item, figures)| item.cost(&Figures::total(figures), self.effort))
            .sum();
        Tried { levels, figures, reached, cost }
    }
}
