//! Hundreds of levels: products that share nothing are sought side by side, those that share something together.

use std::fmt::Write;

use invmgmt::Problem;
use invmgmt::batch::rollout;
use invmgmt::demand::{DemandConfig, DemandModel};
use invmgmt::period::Rules;
use invmgmt_data::network_from_yaml;
use invmgmt_policy::optimize::{Family, Settings, optimize};
use invmgmt_policy::{Knowledge, parse};

fn problem(text: &str, periods: usize) -> Problem {
    let network = network_from_yaml(text).unwrap_or_else(|error| panic!("{text}\n{error}"));
    let demand = DemandModel::new(DemandConfig::default()).expect("usable");
    Problem::new(network, demand, Rules::default(), periods)
}

fn settings(budget: usize) -> Settings {
    Settings {
        family: Family::BaseStock,
        review: 1,
        targets: Vec::new(),
        budget,
        training: (0..8).collect(),
        held_out: (100..108).collect(),
        test_from: None,
        threads: 2,
        gradient: false,
    }
}

/// Mean demand of a product: 4 to 19 units.
fn mean(product: usize) -> f64 {
    4.0 + (product % 16) as f64
}

/// A shop that sells products, each bought at no delay; whole units, holding cost 1, penalty 9. `keys` are the shop's.
fn shop(products: &[usize], keys: &str, further: &str) -> String {
    let names: Vec<String> = (0..200).map(|product| format!("p{product}")).collect();
    let mut text = format!(
        "units: whole\nproducts: [{}]\nnodes:\n  - {{id: works}}\n  - {{id: town}}\n",
        names.join(", ")
    );
    let numbers = |of: fn(usize) -> f64| {
        products.iter().map(|&at| format!("p{at}: {}", of(at))).collect::<Vec<_>>().join(", ")
    };
    let (stock, holding) = (numbers(mean), numbers(|_| 1.0));
    writeln!(text, "  - {{id: shop, I0: {{{stock}}}, h: {{{holding}}}{keys}}}\nedges:").expect("a text");
    for &at in products {
        writeln!(text, "  - {{from: works, to: shop, product: p{at}, L: 0, p: 0, g: 0}}").expect("a text");
        let law = format!("demand_dist: poisson, dist_param: {{mu: {}}}", mean(at));
        writeln!(text, "  - {{from: shop, to: town, product: p{at}, p: 0, b: 9, {law}}}").expect("a text");
    }
    text + further
}

/// E[(S - D)+] + 9 E[(D - S)+] with D Poisson, by its sum.
fn newsvendor(mean: f64, level: f64) -> f64 {
    let (mut probability, mut cost) = ((-mean).exp(), 0.0);
    for units in 0..150 {
        let left = level - f64::from(units);
        cost += probability * if left > 0.0 { left } else { -9.0 * left };
        probability *= mean / f64::from(units + 1);
    }
    cost
}

/// 200 newsvendors by 60 sets of levels: each level costs within two percent of its own best, which is known by a sum.
#[test]
fn two_hundred_levels_of_products_that_share_nothing_take_as_many_sets_as_one() {
    let all: Vec<usize> = (0..200).collect();
    let found = optimize(&problem(&shop(&all, "", ""), 400), &settings(60)).expect("a search");
    assert!(found.tried <= 60, "{}", found.tried);
    let (mut cost, mut best) = (0.0, 0.0);
    for (&product, &level) in all.iter().zip(&found.levels) {
        let least =
            (0..60).map(|level| newsvendor(mean(product), f64::from(level))).fold(f64::INFINITY, f64::min);
        let own = newsvendor(mean(product), level);
        assert!(own <= 1.05 * least, "product {product}: level {level} costs {own}, at best {least}");
        (cost, best) = (cost + own, best + least);
    }
    assert!(cost <= 1.01 * best, "{cost} against {best}");
    let history = &found.history;
    assert!(history.windows(2).all(|two| two[0].tried < two[1].tried && two[0].profit < two[1].profit));
    let last = history.last().expect("a start");
    assert!((last.profit - found.training.mean).abs() < 1e-6 * last.profit.abs());
    assert_eq!(last.levels, found.levels);
}

/// The search of a product beside others is the search of it alone.
#[test]
fn levels_found_beside_others_are_those_found_alone() {
    let together = optimize(&problem(&shop(&[3, 40, 77], "", ""), 60), &settings(40)).expect("a search");
    let alone: Vec<f64> = [3, 40, 77]
        .iter()
        .map(|&product| {
            let found = optimize(&problem(&shop(&[product], "", ""), 60), &settings(40)).expect("a search");
            found.levels[0]
        })
        .collect();
    assert_eq!(together.levels, alone);
}

/// Two products in one room: known are levels 7 and 11, which cost 9.72551 a period where what finds no room is lost.
#[test]
fn two_products_in_one_room_are_sought_together() {
    let text = "
units: whole
products: [red, blue]
nodes: [{id: works}, {id: shop, I0: {red: 7, blue: 11}, h: {red: 1, blue: 1}, storage: {space: 18, overflow: discard}},
        {id: town}]
edges:
  - {from: works, to: shop, products: [red, blue], L: 0, p: 0, g: 0}
  - {from: shop, to: town, product: red, p: 0, b: 9, demand_dist: poisson, dist_param: {mu: 5}}
  - {from: shop, to: town, product: blue, p: 0, b: 4, demand_dist: poisson, dist_param: {mu: 10}}";
    let mut problem = problem(text, 2_000);
    problem.rules.backlog = false;
    let found = optimize(&problem, &settings(80)).expect("a search");
    let held_out = found.held_out.expect("drawn");
    let (cost, error) = (-held_out.mean / 2_000.0, held_out.standard_error / 2_000.0);
    assert!(
        (cost - 9.72551).abs() <= 4.0 * error + 0.005 * 9.72551,
        "{} costs {cost} +- {error}",
        found.spec
    );
}

/// Thirty products in a room that costs what is above it: first as if nothing were shared, then together. What is found
/// costs less than the best levels of products that know of no room, and near the least of any common service.
#[test]
fn thirty_products_in_one_room_are_sought_first_apart_then_together() {
    let all: Vec<usize> = (0..30).collect();
    let room = ", storage: {space: 150, overflow: cost, cost: 4}";
    let problem = problem(&shop(&all, room, ""), 150);
    let found = optimize(&problem, &settings(240)).expect("a search");
    let earned = |levels: &[f64]| {
        let spec = Family::BaseStock.spec(levels);
        let make = || parse(&spec, &Knowledge::of(&problem)).expect("levels");
        let seeds: Vec<u64> = (100..108).collect();
        let figures = rollout(&problem, &seeds, 2, make).expect("played");
        figures.iter().map(|one| one.kpis.total_profit).sum::<f64>() / 8.0
    };
    let best_alone = |product: usize| {
        let cost = |level: i32| newsvendor(mean(product), f64::from(level));
        (0..60).min_by(|&one, &other| cost(one).total_cmp(&cost(other))).map_or(0.0, f64::from)
    };
    let apart: Vec<f64> = all.iter().map(|&product| best_alone(product)).collect();
    let common = (-12..=4)
        .map(|less| {
            all.iter().zip(&apart).map(|(_, level)| (level + f64::from(less)).max(0.0)).collect::<Vec<f64>>()
        })
        .map(|levels| earned(&levels))
        .fold(f64::NEG_INFINITY, f64::max);
    let held_out = found.held_out.expect("drawn").mean;
    assert!(held_out > earned(&apart), "{held_out} {}", earned(&apart));
    assert!(held_out >= common - 0.01 * common.abs(), "{held_out}, at the best common step {common}");
    assert!(found.tried <= 240 && found.gain.expect("drawn").low > 0.0, "{found:?}");
    assert!(found.history.windows(2).all(|two| two[0].tried < two[1].tried));
}
