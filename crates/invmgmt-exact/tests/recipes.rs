//! Goods made of others, and what links share, solved: a chain in disguise, and a system solved apart by the test.

use std::collections::HashMap;

use invmgmt::Problem;
use invmgmt_data::scenario_from_yaml;
use invmgmt_exact::{Criterion, Settings, Solution, solve};
use invmgmt_textbook::Demand;
use invmgmt_textbook::clark_scarf::{SerialStage, SerialSystem};

fn problem(text: &str) -> Problem {
    scenario_from_yaml(text).unwrap_or_else(|error| panic!("{error:?}\n{text}")).problem
}

fn solved(problem: &Problem, settings: &Settings) -> Solution {
    solve(problem, settings, &mut |_| {}).unwrap_or_else(|error| panic!("{error}"))
}

/// Plays the policy: it has to earn what it was promised.
fn assert_earned(problem: &Problem, found: &Solution) {
    let played = found.simulate(problem, 200_000, 2).expect("played");
    assert!(played.agrees() && played.standard_error > 0.0, "{played:?}");
}

/// Rosling 1989: a product of two parts with different lead times costs what a chain does, whose second stage is the
/// part that is there soon and whose third is the other; the chain's goods between them are charged on their way, the
/// assembly's are still the supplier's. `takes` units of the first part, each that much cheaper to hold, make one.
#[test]
fn an_assembly_costs_what_its_chain_does() {
    let stage = |echelon_holding_cost| SerialStage { echelon_holding_cost, lead_time: 1.0 };
    let chain = SerialSystem {
        stages: vec![stage(3.0), stage(2.0), stage(2.0)],
        penalty: 37.12,
        demand: Demand::Poisson { mean: 0.3 },
        constant_cost: 0.0,
    };
    let cost = chain.solve().expect("sound").cost - 2.0 * 0.3;
    for takes in [1, 2] {
        let text = format!(
            "network:\n  units: whole\n  products: [product, soon, late]\n  nodes:\n    - id: works\n      \
             I0: {{product: 2, soon: {}, late: 2}}\n      h: {{product: 7, soon: {}, late: 2}}\n      \
             recipes: [{{make: product, from: {{soon: {takes}, late: 1}}, L: 0}}]\n    - {{id: town}}\n    \
             - {{id: mill}}\n  edges:\n    - {{from: mill, to: works, product: soon, L: 0, p: 0, g: 0}}\n    \
             - {{from: mill, to: works, product: late, L: 1, p: 0, g: 0}}\n    \
             - {{from: works, to: town, product: product, p: 0, b: 37.12, demand_dist: poisson, dist_param: {{mu: 0.3}}}}\n\
             num_periods: 30\nrules: {{backlog: true}}\n",
            2 * takes,
            2.0 / f64::from(takes)
        );
        let problem = problem(&text);
        // What is cut off by tail and by the largest request changes less than is asked for below.
        let settings =
            Settings { tail: 1e-6, actions: Some(0..=4 * takes), ..Settings::new(Criterion::Average, 2) };
        let found = solved(&problem, &settings);
        let ours = -found.profit.middle();
        assert!((ours - cost).abs() < 2e-3, "{takes}: {ours} against {cost} of the chain");
        assert_earned(&problem, &found);
    }
}

/// Two products of one part, of which a unit of the second takes two. Of three periods one asks for a unit of the
/// first, of the second likewise.
struct ToOrder {
    penalty: [i32; 2],
    /// What can be made in a period, where a unit of the first takes 2 and one of the second 1.
    line: Option<i32>,
}

/// Parts there and customers waiting, before orders.
type Place = (i32, [i32; 2]);

/// Nothing is made ahead: a finished unit costs too much.
const FINISHED: i32 = 1000;
/// What may wait at most in the test's own system; nobody lets as many wait.
const DEEPEST: i32 = 8;

impl ToOrder {
    fn problem(&self) -> Problem {
        let line = self.line.map_or_else(String::new, |units| {
            format!(
                "  resources: [{{name: line, per_period: {units}, use: {{'works: one': 2, 'works: two': 1}}}}]\n"
            )
        });
        let sells = |product: &str, at: usize| {
            format!(
                "    - {{from: works, to: town, product: {product}, p: 0, b: {}, demand_dist: discrete, \
                 dist_param: {{values: [0, 1], weights: [2, 1]}}}}\n",
                self.penalty[at]
            )
        };
        problem(&format!(
            "network:\n  timeline: order-first\n  units: whole\n  products: [one, two, part]\n  nodes:\n    \
             - id: works\n      I0: {{one: 0, two: 0, part: 1}}\n      \
             h: {{one: {FINISHED}, two: {FINISHED}, part: 2}}\n      recipes:\n        \
             - {{make: one, from: {{part: 1}}, L: 0}}\n        \
             - {{make: two, from: {{part: 2}}, L: 0}}\n    - {{id: town}}\n    - {{id: mill}}\n{line}  \
             edges:\n    - {{from: mill, to: works, product: part, L: 1, p: 0, g: 0}}\n{}{}\
             num_periods: 30\nrules: {{backlog: true}}\n",
            sells("one", 0),
            sells("two", 1)
        ))
    }

    /// What may be done, what it costs in the period, and who waits and what is there then before customers ask. More
    /// parts than can be used in the next period are in nobody's interest: they can be ordered then.
    fn moves(&self, (parts, waiting): Place) -> Vec<(f64, Place)> {
        let mut moves = Vec::new();
        for one in 0..=waiting[0].min(parts) {
            for two in 0..=waiting[1].min((parts - one) / 2) {
                if self.line.is_some_and(|units| 2 * one + two > units) {
                    continue;
                }
                let left = parts - one - 2 * two;
                let open = [waiting[0] - one, waiting[1] - two];
                let short: i32 = open.iter().zip(self.penalty).map(|(units, cost)| units * cost).sum();
                // Those who ask now wait a period at least.
                let asked = f64::from(self.penalty[0] + self.penalty[1]) / 3.0;
                let cost = f64::from(2 * left + short) + asked;
                let most = (open[0] + 1) + 2 * (open[1] + 1);
                moves.extend((left..=most.max(left)).map(|parts| (cost, (parts, open))));
            }
        }
        moves
    }

    /// The least cost per period, by relative value iteration.
    fn least_cost(&self) -> f64 {
        let start: Place = (1, [0, 0]);
        let (mut number, mut places) = (HashMap::from([(start, 0)]), vec![start]);
        let mut moves: Vec<Vec<(f64, [usize; 4])>> = Vec::new();
        while moves.len() < places.len() {
            let mut numbered = Vec::new();
            for (cost, (parts, open)) in self.moves(places[moves.len()]) {
                let leads = [[0, 0], [0, 1], [1, 0], [1, 1]].map(|asked| {
                    let waiting = [0, 1].map(|at: usize| (open[at] + asked[at]).min(DEEPEST));
                    *number.entry((parts, waiting)).or_insert_with(|| {
                        places.push((parts, waiting));
                        places.len() - 1
                    })
                });
                numbered.push((cost, leads));
            }
            moves.push(numbered);
        }
        let mut values = vec![0.0; places.len()];
        for _ in 0..2000 {
            let worth = |(cost, leads): &(f64, [usize; 4])| {
                let [none, second, first, both] = leads.map(|to| values[to]);
                cost + (4.0 * none + 2.0 * second + 2.0 * first + both) / 9.0
            };
            let best = |moves: &Vec<_>| moves.iter().map(worth).fold(f64::INFINITY, f64::min);
            let next: Vec<f64> = moves.iter().map(best).collect();
            let steps = next.iter().zip(&values).map(|(next, value)| next - value);
            let low = steps.clone().fold(f64::INFINITY, f64::min);
            let high = steps.fold(f64::NEG_INFINITY, f64::max);
            if high - low < 1e-9 {
                return 0.5 * (high + low);
            }
            let first = next[0];
            values = next.into_iter().map(|value| value - first).collect();
        }
        panic!("it settles");
    }
}

/// The common part goes to whom it should, and what a line can do, too.
#[test]
fn products_of_one_part_cost_what_the_test_finds_apart() {
    for (penalty, line) in [([4, 9], None), ([4, 9], Some(2))] {
        let system = ToOrder { penalty, line };
        let problem = system.problem();
        let found = solved(&problem, &Settings::new(Criterion::Average, 2));
        let (ours, apart) = (-found.profit.middle(), system.least_cost());
        assert!((ours - apart).abs() < 1e-5, "{line:?}: {ours} against {apart}, {} states", found.states);
        assert_earned(&problem, &found);
    }
}

/// A line that one link alone uses is a cap on it, and one of endless room is none.
#[test]
fn a_resource_of_one_link_is_its_cap() {
    let value = |supply: &str, resources: &str| {
        let text = format!(
            "network:\n  units: whole\n{resources}  nodes:\n    - {{id: shop, I0: 0, h: 1}}\n    - {{id: town}}\n    \
             - {{id: farm}}\n  edges:\n    - {{from: farm, to: shop, L: 0, p: 0, g: 0, unmet: wait{supply}}}\n    \
             - {{from: shop, to: town, p: 0, b: 9, demand_dist: poisson, dist_param: {{mu: 2}}}}\n\
             num_periods: 30\nrules: {{backlog: true}}\n"
        );
        solved(&problem(&text), &Settings::new(Criterion::Average, 2)).profit.middle()
    };
    let line = |units: &str| {
        format!("  resources: [{{name: line, per_period: {units}, use: {{'farm -> shop': 1}}}}]\n")
    };
    let capped = value(", cap: 3", "");
    assert!((value("", &line("3")) - capped).abs() < 1e-6, "{capped}");
    let free = value("", "");
    assert!(capped < free - 0.1, "{capped} {free}");
    assert!((value("", &line("1e9")) - free).abs() < 1e-6);
}

/// Parts lost on the way to the works, and failures that a recipe has itself, are chance like any other link's.
#[test]
fn a_recipe_may_fail_as_a_link_does() {
    // All or nothing is made, as all or nothing of raw material that is made for nothing would arrive.
    let made = "network:\n  units: whole\n  products: [bread, flour]\n  nodes:\n    - id: shop\n      \
                I0: {bread: 0, flour: 1000}\n      h: {bread: 1, flour: 0}\n      \
                recipes: [{make: bread, from: {flour: 1}, L: 0, yield: {all_or_nothing: 0.75}}]\n    - {id: town}\n    \
                - {id: farm}\n  edges:\n    - {from: farm, to: shop, product: flour, L: 0, p: 0, g: 0}\n    \
                - {from: shop, to: town, product: bread, p: 0, b: 9, demand_dist: discrete, dist_param: {values: [0, 1]}}\n\
                num_periods: 6\nrules: {backlog: true}\n";
    let bought = "network:\n  units: whole\n  nodes:\n    - {id: shop, I0: 0, h: 1}\n    - {id: town}\n    - {id: farm}\n  \
                  edges:\n    - {from: farm, to: shop, L: 0, p: 0, g: 0, yield: {all_or_nothing: 0.75}}\n    \
                  - {from: shop, to: town, p: 0, b: 9, demand_dist: discrete, dist_param: {values: [0, 1]}}\n\
                  num_periods: 6\nrules: {backlog: true}\n";
    let settings = Settings { actions: Some(0..=4), ..Settings::new(Criterion::Finite(1.0), 2) };
    let value = |text: &str| solved(&problem(text), &settings).profit.middle();
    assert!((value(made) - value(bought)).abs() < 1e-9, "{} {}", value(made), value(bought));
}

#[test]
fn what_is_drawn_or_divided_of_a_line_is_refused_by_name() {
    let refused = |units: &str, share: &str| {
        let text = format!(
            "network:\n  units: {units}\n  resources: [{{name: line, per_period: 3, share: {share}, use: {{'farm -> shop': 1}}}}]\n  \
             nodes:\n    - {{id: shop, I0: 0, h: 1}}\n    - {{id: town}}\n    - {{id: farm}}\n  edges:\n    \
             - {{from: farm, to: shop, L: 0, p: 0, g: 0, unmet: wait}}\n    \
             - {{from: shop, to: town, p: 0, b: 9, demand_dist: poisson, dist_param: {{mu: 2}}}}\nnum_periods: 9\n"
        );
        let settings = Settings::new(Criterion::Average, 1);
        solve(&problem(&text), &settings, &mut |_| {}).expect_err("refused").to_string()
    };
    assert_eq!(
        refused("whole", "fcfs"),
        "exact does not model resource line: 'share: fcfs': who comes first is drawn unit by unit"
    );
    assert_eq!(
        refused("real", "proportional"),
        "exact does not model resource line: 'share: proportional' divides units, so that states have no end (units: \
         whole keeps them whole)"
    );
}
