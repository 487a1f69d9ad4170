//! Laws of demand given instead of a history: levels are those of the closed forms, computed here on their own.

use invmgmt::law::Law;
use invmgmt::random::{Pcg64, PoissonLaw, Stream, negative_binomial};
use invmgmt_plan::{Effort, Figures, Item, LeadTime, Levels, Money, Path, Physics, Player, Target, Unmet};

const EFFORT: Effort = Effort { horizon: 365, paths: 96, year: 365.0 };
const POISSON: Law = Law::Poisson { shift: 0.0 };

fn item(law: Law, mean: f64, physics: Physics, target: Target, order_cost: f64) -> Item {
    Item {
        item: "tea".to_owned(),
        place: "shop".to_owned(),
        law: Some((law, mean)),
        history: Vec::new(),
        sold_out: Vec::new(),
        physics,
        money: Money { cost: 2.0, price: None, holding_rate: 0.25, order_cost },
        target,
        stock: None,
        on_order: 0.0,
        supplier: None,
    }
}

fn waiting(lead: u32, multiple: f64) -> Physics {
    Physics { lead_time: LeadTime::fixed(lead), multiple, unmet: Unmet::Wait, ..Physics::default() }
}

/// Probabilities of a Poisson law.
fn poisson(mean: f64) -> Vec<f64> {
    let mut chance = (-mean).exp();
    let mut all = Vec::new();
    for k in 0..(mean + 12.0 * mean.sqrt() + 30.0) as u32 {
        all.push(chance);
        chance *= mean / f64::from(k + 1);
    }
    all
}

/// Expected demand above a level, and what it leaves of the level.
fn beyond(chances: &[f64], level: f64) -> (f64, f64) {
    chances.iter().enumerate().fold((0.0, 0.0), |(short, left), (k, chance)| {
        let over = k as f64 - level;
        (short + chance * over.max(0.0), left + chance * (-over).max(0.0))
    })
}

/// Positions after ordering with their chances: share of demand met at once, mean stock at the ends of periods.
/// Demand over L + 1 periods is met from a position, what was short over L periods was short before.
fn served(positions: &[(f64, f64)], mean: f64, lead: u32) -> (f64, f64) {
    let (long, short) = (poisson(mean * f64::from(lead + 1)), poisson(mean * f64::from(lead)));
    let mut missed = 0.0;
    let mut stock = 0.0;
    for (position, chance) in positions {
        let (now, left) = beyond(&long, *position);
        missed += chance * (now - beyond(&short, *position).0);
        stock += chance * left;
    }
    (1.0 - missed / mean, stock)
}

/// The base-stock level of Poisson demand with waiting: S. Axsater, Inventory Control (2015), section 5.
#[test]
fn poisson_base_stock_levels_are_those_of_the_closed_form() {
    for (mean, lead, target) in [(0.4, 2, 0.9), (3.0, 4, 0.97), (20.0, 1, 0.95), (8.0, 10, 0.99)] {
        let least = (0..10_000).find(|level| served(&[(f64::from(*level), 1.0)], mean, lead).0 >= target);
        let least = f64::from(least.expect("a level"));
        let found = item(POISSON, mean, waiting(lead, 1.0), Target::FillRate(target), 0.0);
        let levels = found.recommend(&EFFORT).expect("a row").levels;
        assert_eq!(
            levels,
            Levels { reorder_point: least - 1.0, order_up_to: least },
            "{mean} {lead} {target}"
        );
    }
}

/// Normal demand: expected shortage of a normal law, by its density and tail. The level by bisection, the cost by the
/// stock that is left.
#[test]
fn normal_base_stock_levels_cost_what_the_closed_form_costs() {
    let (mean, deviation, lead, target) = (50.0, 12.0, 3_u32, 0.95);
    let over = |level: f64, periods: f64| {
        let (centre, spread) = (mean * periods, deviation * periods.sqrt());
        let z = (level - centre) / spread;
        let density = (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
        // Upper tail by Simpson's rule: no library of the code under test.
        let steps = 4000;
        let width = 10.0 / f64::from(steps);
        let tail: f64 = (0..=steps)
            .map(|k| {
                let x = z + f64::from(k) * width;
                let weight = if k == 0 || k == steps {
                    1.0
                } else if k % 2 == 1 {
                    4.0
                } else {
                    2.0
                };
                weight * (-0.5 * x * x).exp()
            })
            .sum::<f64>()
            * width
            / 3.0
            / (2.0 * std::f64::consts::PI).sqrt();
        spread * (density - z * tail)
    };
    let periods = f64::from(lead);
    let fill = |level: f64| 1.0 - (over(level, periods + 1.0) - over(level, periods)) / mean;
    let stock = |level: f64| level - mean * (periods + 1.0) + over(level, periods + 1.0);
    let (mut low, mut high) = (0.0, 1000.0);
    while high - low > 1e-6 {
        let middle = f64::midpoint(low, high);
        if fill(middle) >= target { high = middle } else { low = middle }
    }
    let found =
        item(Law::Normal { scale: deviation }, mean, waiting(lead, 0.0), Target::FillRate(target), 0.0);
    let level = found.recommend(&EFFORT).expect("a row").levels.order_up_to;
    assert!((stock(level) / stock(high) - 1.0).abs() < 0.005, "{level} {high}");
    assert!(fill(level) >= target - 0.001);
}

/// Newspapers: what is left at the end of the day is waste, so the level is the quantile of a day's demand (F. Y.
/// Edgeworth, Journal of the Royal Statistical Society 51 (1888)).
#[test]
fn the_newsvendor_stocks_the_quantile() {
    for (mean, ratio) in [(30.0, 0.75), (30.0, 0.95), (8.0, 0.6)] {
        let mut below = 0.0;
        let quantile = poisson(mean).iter().position(|chance| {
            below += chance;
            below >= ratio
        });
        let quantile = quantile.expect("a quantile") as f64;
        let physics =
            Physics { lead_time: LeadTime::fixed(0), multiple: 1.0, life: Some(1), ..Physics::default() };
        let row =
            item(POISSON, mean, physics, Target::CycleService(ratio), 0.0).recommend(&EFFORT).expect("a row");
        assert_eq!(row.levels.order_up_to, quantile, "{mean} {ratio}");
        // Everything left is thrown away: it costs its price and holds nothing.
        let (_, left) = beyond(&poisson(mean), quantile);
        assert!(row.mean_stock < 1e-9);
        assert!((row.cost_per_year / (365.0 * 2.0 * left) - 1.0).abs() < 0.01, "{}", row.cost_per_year);
    }
}

/// Positions just after ordering are uniform on r + 1 to r + Q (G. Hadley and T. M. Whitin, 1963).
#[test]
fn reorder_points_of_lots_are_those_of_the_closed_form() {
    for (mean, lead, lot, target) in [(3.0, 4, 24.0, 0.97), (0.7, 6, 6.0, 0.95)] {
        let at = |point: i64| {
            let positions: Vec<(f64, f64)> =
                (1..=lot as i64).map(|units| ((point + units) as f64, 1.0 / lot)).collect();
            served(&positions, mean, lead)
        };
        let least = (0..10_000).find(|point| at(*point).0 >= target).expect("a reorder point") as f64;
        let found = item(POISSON, mean, waiting(lead, lot), Target::FillRate(target), 0.0);
        assert_eq!(
            found.recommend(&EFFORT).expect("a row").levels.reorder_point,
            least,
            "{mean} {lead} {lot}"
        );
    }
}

/// Chances of the positions after ordering, and orders per period: the chain y -> y - D, or S from s down.
fn chain(point: i64, up_to: i64, mean: f64) -> (Vec<(f64, f64)>, f64) {
    let chances = poisson(mean);
    let states = (up_to - point) as usize;
    let mut now = vec![1.0 / states as f64; states];
    let mut orders = 0.0;
    for _ in 0..400 {
        let mut next = vec![0.0; states];
        orders = 0.0;
        for (below, chance) in now.iter().enumerate() {
            for (demand, likely) in chances.iter().enumerate() {
                let to = below + demand;
                if to < states {
                    next[to] += chance * likely;
                } else {
                    next[0] += chance * likely;
                    orders += chance * likely;
                }
            }
        }
        now = next;
    }
    let positions =
        now.into_iter().enumerate().map(|(below, chance)| ((up_to - below as i64) as f64, chance));
    (positions.collect(), orders)
}

/// Of all pairs (s, S) that reach the target, by the chain of positions, the cheapest costs hardly less.
#[test]
fn levels_with_a_cost_of_ordering_cost_little_more_than_the_best_pair() {
    let (mean, lead, target, order_cost) = (4.0, 2, 0.95, 1.5);
    let holding = 2.0 * 0.25 / 365.0;
    let cost = |point: i64, up_to: i64| {
        let (positions, orders) = chain(point, up_to, mean);
        let (fill, stock) = served(&positions, mean, lead);
        (fill, holding * stock + order_cost * orders)
    };
    let mut best = f64::INFINITY;
    for gap in (10..200).step_by(5) {
        let (mut low, mut high) = (-1, 40);
        while high - low > 1 {
            let middle = i64::midpoint(low, high);
            if cost(middle, middle + gap).0 >= target { high = middle } else { low = middle }
        }
        best = best.min(cost(high, high + gap).1);
    }
    let found = item(POISSON, mean, waiting(lead, 1.0), Target::FillRate(target), order_cost);
    let Levels { reorder_point, order_up_to } = found.recommend(&EFFORT).expect("a row").levels;
    let (fill, own) = cost(reorder_point as i64, order_up_to as i64);
    assert!(own <= 1.005 * best, "{own} {best}");
    assert!(fill >= target - 0.002, "{fill}");
}

/// On new draws of the law, drawn here: the level reaches the target, and one unit (or one lot) less does not.
#[test]
fn every_item_is_at_its_target_within_what_one_unit_or_lot_changes() {
    let random = LeadTime::weighted([(2, 8.0), (5, 1.0), (9, 1.0)]).unwrap();
    let laws = [
        (POISSON, 6.0),
        (Law::NegativeBinomial { dispersion: 0.8 }, 5.0),
        (Law::Intermittent { probability: 0.2, dispersion: 0.3 }, 1.0),
    ];
    let mut number = 0;
    for (law, mean) in laws {
        for unmet in [Unmet::Lost, Unmet::Wait] {
            number += 1;
            let (lead_time, multiple) =
                if number % 2 == 0 { (random.clone(), 1.0) } else { (LeadTime::fixed(3), 6.0) };
            let physics = Physics { lead_time, multiple, unmet, ..Physics::default() };
            let target = [0.9, 0.97, 0.99][number % 3];
            let item = item(law.clone(), mean, physics.clone(), Target::FillRate(target), 0.0);
            let levels = item.recommend(&EFFORT).expect("a row").levels;
            let mut stream = Pcg64::seeded(40 + number as u64);
            let mut chance = Pcg64::seeded(90 + number as u64);
            let poisson = PoissonLaw::new(mean);
            let draw = |stream: &mut Pcg64| match law {
                Law::NegativeBinomial { dispersion } => negative_binomial(mean, dispersion, stream),
                Law::Intermittent { probability, dispersion } if stream.next_f64() < probability => {
                    negative_binomial(mean / probability, dispersion, stream)
                }
                Law::Intermittent { .. } => 0.0,
                _ => poisson.sample(stream),
            };
            let path = |_| Path {
                demand: (0..20_000).map(|_| draw(&mut stream)).collect(),
                leads: (0..20_000).map(|_| chance.next_f64()).collect(),
                start: 0.5,
            };
            let paths: Vec<Path> = (0..16).map(path).collect();
            let mut player = Player::new(&physics);
            let mut fill = |less: f64| {
                let moved = Levels {
                    reorder_point: levels.reorder_point - less,
                    order_up_to: levels.order_up_to - less,
                };
                Figures::total(&player.play(&moved, &paths, 100)).immediate_fill_rate()
            };
            let (at, below) = (fill(0.0), fill(1.0));
            assert!(at >= target - 0.003, "{law:?} {unmet:?}: {at} of {target}");
            assert!(below < target + 0.003, "{law:?} {unmet:?}: {below} of {target}");
        }
    }
}

/// Lost demand, long lead times and a review every third period: a shelf that was full at first comes and goes in
/// waves.
#[test]
fn figures_of_a_given_law_keep_no_trace_of_how_a_path_began() {
    let physics =
        Physics { lead_time: LeadTime::fixed(12), review: 3, unmet: Unmet::Lost, ..Physics::default() };
    let row =
        item(POISSON, 30.0, physics.clone(), Target::FillRate(0.8), 0.0).recommend(&EFFORT).expect("a row");
    let (mut stream, poisson) = (Pcg64::seeded(7), PoissonLaw::new(30.0));
    let demand: Vec<f64> = (0..200_000).map(|_| poisson.sample(&mut stream)).collect();
    let path = Path { leads: vec![0.5; demand.len()], demand, start: 0.5 };
    let found = Figures::total(&Player::new(&physics).play(&row.levels, &[path], 5_000));
    let (fill, stock) = (found.immediate_fill_rate(), found.mean_stock());
    assert!((row.immediate_fill_rate - fill).abs() < 0.002, "{} played on {fill}", row.immediate_fill_rate);
    assert!((row.mean_stock / stock - 1.0).abs() < 0.03, "{} played on {stock}", row.mean_stock);
}
