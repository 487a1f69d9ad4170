//! Published optima of problems with mechanisms, met to the digits printed, and what is refused of them.

use invmgmt::Problem;
use invmgmt_data::scenario_from_yaml;
use invmgmt_exact::{Criterion, ExactError, Settings, Solution, Window, solve};

fn problem(text: &str) -> Problem {
    scenario_from_yaml(text).unwrap_or_else(|error| panic!("{error:?}\n{text}")).problem
}

fn solved(problem: &Problem, settings: &Settings) -> Solution {
    solve(problem, settings, &mut |_| {}).expect("solved")
}

/// Plays the policy for a million periods: it has to earn what it was promised.
fn assert_earned(problem: &Problem, found: &Solution) {
    let played = found.simulate(problem, 1_000_000, 2).expect("played");
    assert!(played.agrees() && played.standard_error > 0.0, "{played:?}");
}

fn assert_costs(found: &Solution, published: f64, digit: f64) {
    let cost = -found.profit.middle();
    assert!((cost - published).abs() <= 0.55 * digit, "{cost} against {published}");
}

/// One shop, one town, one farm.
struct Shop<'a> {
    whole: bool,
    network: &'a str,
    node: &'a str,
    price: u32,
    supply: &'a str,
    market: &'a str,
    demand: &'a str,
    waits: bool,
    periods: usize,
}

const USUAL: Shop<'static> = Shop {
    whole: true,
    network: "",
    node: "I0: 0, h: 1",
    price: 0,
    supply: "L: 0",
    market: "b: 9",
    demand: "demand_dist: poisson, dist_param: {mu: 5}",
    waits: true,
    periods: 30,
};

impl Shop<'_> {
    fn problem(&self) -> Problem {
        let Self { whole, network, node, price, supply, market, demand, waits, periods } = self;
        let units = if *whole { "whole" } else { "real" };
        problem(&format!(
            "network:\n  units: {units}\n{network}\n  nodes:\n    - {{id: shop, {node}}}\n    - {{id: town}}\n    \
             - {{id: farm}}\n  edges:\n    - {{from: farm, to: shop, g: 0, p: {price}, {supply}}}\n    \
             - {{from: shop, to: town, p: 0, {market}, {demand}}}\nnum_periods: {periods}\nrules: {{backlog: {waits}}}\n"
        ))
    }
}

/// De Moor, Gijsbrechts and Boute (EJOR 2022), numbers of Farrington et al. (2025): empty start, 100 periods under the
/// policy, then 365 discounted ones; orders of 0 to 10.
fn de_moor(issue: &str, waste: u32, lead_time: u32, life: u32) -> (Problem, Settings) {
    let shop = Shop {
        whole: true,
        network: &format!("  timeline: order-first\n  life: {life}"),
        node: &format!("I0: 0, h: 1, waste: {waste}"),
        price: 3,
        supply: &format!("L: {lead_time}"),
        market: &format!("b: 5, issue: {issue}"),
        demand: "demand_dist: gamma, dist_param: {mu: 4, cv: 0.5, rounded: true}",
        waits: false,
        periods: 465,
    };
    let window = Window { warm_up: 100, periods: 365 };
    let settings = Settings {
        actions: Some(0..=10),
        window: Some(window),
        ..Settings::new(Criterion::Discounted(0.99), 2)
    };
    (shop.problem(), settings)
}

#[test]
fn perishables_cost_what_de_moor_found() {
    let published = [
        ("lifo", 7, 1, 2, 1552.99),
        ("fifo", 7, 1, 2, 1457.28),
        ("lifo", 10, 1, 2, 1570.86),
        ("fifo", 10, 1, 2, 1463.51),
        ("lifo", 7, 2, 2, 1551.42),
        ("fifo", 7, 2, 2, 1461.30),
        ("lifo", 7, 1, 3, 1489.97),
        ("fifo", 7, 1, 3, 1424.39),
    ];
    for (issue, waste, lead_time, life, cost) in published {
        let (problem, settings) = de_moor(issue, waste, lead_time, life);
        let found = solved(&problem, &settings);
        assert_costs(&found, cost, 0.01);
        assert_earned(&problem, &found);
    }
}

/// The same with two periods on the way and three of life.
#[test]
#[ignore = "long: make exact-published"]
fn perishables_with_three_periods_of_life_and_two_on_the_way_cost_what_de_moor_found() {
    for (issue, cost) in [("lifo", 1513.37), ("fifo", 1435.75)] {
        let (problem, settings) = de_moor(issue, 7, 2, 3);
        assert_costs(&solved(&problem, &settings), cost, 0.01);
    }
}

/// Without a window, from the empty start on: known to three decimals.
#[test]
fn a_discounted_perishable_costs_the_published_sum_from_its_start_on() {
    for (issue, cost) in [("lifo", 1603.597), ("fifo", 1510.470)] {
        let (problem, settings) = de_moor(issue, 7, 1, 2);
        assert_costs(&solved(&problem, &Settings { window: None, ..settings }), cost, 0.001);
    }
}

/// Haijema and Minner: outdated and lost units 100, no holding cost, Poisson 4, three periods of life.
#[test]
fn blood_costs_what_haijema_and_minner_found() {
    let shop = Shop {
        network: "  life: 3",
        node: "I0: 0, h: 0, waste: 100",
        market: "b: 100",
        demand: "demand_dist: poisson, dist_param: {mu: 4}",
        waits: false,
        ..USUAL
    };
    let problem = shop.problem();
    let found = solved(&problem, &Settings::new(Criterion::Average, 2));
    assert_costs(&found, 13.20953, 1e-5);
    assert_earned(&problem, &found);
}

/// Orders of at least M: known by a program of its own.
#[test]
fn minimum_orders_cost_what_is_known() {
    for (least, lead_time, cost) in [(5, 0, 4.59524), (10, 0, 6.31115), (10, 2, 8.61177)] {
        let shop = Shop { supply: &format!("L: {lead_time}, min: {least}"), ..USUAL };
        let problem = shop.problem();
        let found = solved(&problem, &Settings::new(Criterion::Average, 2));
        assert_costs(&found, cost, 1e-5);
        assert_earned(&problem, &found);
    }
}

/// (r, nQ) is optimal where orders are multiples: (Q, L) -> cost.
#[test]
fn multiples_cost_what_reorder_points_in_lots_do() {
    for (lot, lead_time, cost) in [(4, 0, 4.63448), (10, 0, 6.33730), (20, 1, 11.06454)] {
        let shop = Shop { supply: &format!("L: {lead_time}, multiple: {lot}"), ..USUAL };
        assert_costs(&solved(&shop.problem(), &Settings::new(Criterion::Average, 2)), cost, 1e-5);
    }
}

/// A base-stock level is optimal where a link carries at most C; what it does not carry waits.
#[test]
fn a_capped_supply_costs_what_the_shortfall_says() {
    for (cap, lead_time, cost) in [(6, 0, 7.16336), (8, 0, 4.45458), (7, 1, 6.36177)] {
        // What one may ask for has the limit, or what is carried: the rest waits, or not.
        for keys in [format!("max: {cap}"), format!("cap: {cap}"), format!("cap: {cap}, unmet: wait")] {
            let shop = Shop { supply: &format!("L: {lead_time}, {keys}"), ..USUAL };
            assert_costs(&solved(&shop.problem(), &Settings::new(Criterion::Average, 2)), cost, 1e-5);
        }
    }
}

/// One warehouse, two retailers, lost sales, what the warehouse receives can be shipped on: the best over all policies.
#[test]
fn one_warehouse_with_two_retailers_costs_the_optimum() {
    let problem = problem(
        "network:\n  timeline: beer\n  units: whole\n  nodes:\n    - {id: farm}\n    - {id: depot, I0: 0, h: 0.5}\n    \
         - {id: a, I0: 0, h: 1}\n    - {id: b, I0: 0, h: 1}\n    - {id: town a}\n    - {id: town b}\n  edges:\n    \
         - {from: farm, to: depot, L: 1, p: 0, g: 0}\n    - {from: depot, to: a, L: 1, p: 0, g: 0}\n    \
         - {from: depot, to: b, L: 1, p: 0, g: 0}\n    \
         - {from: a, to: town a, p: 0, b: 9, demand_dist: discrete, dist_param: {values: [0, 1, 2], weights: [1, 2, 1]}}\n    \
         - {from: b, to: town b, p: 0, b: 9, demand_dist: discrete, dist_param: {values: [0, 1, 2], weights: [1, 2, 1]}}\n\
         num_periods: 30\nrules: {backlog: false}\n",
    );
    let found = solved(&problem, &Settings::new(Criterion::Average, 2));
    assert_costs(&found, 3.480_337, 1e-6);
    assert_earned(&problem, &found);
}

/// All-or-nothing yield over a horizon of five periods: realised on arrival, where what is on its way at the start is
/// at risk too, and when shipped.
#[test]
fn an_unreliable_shipment_costs_what_is_known() {
    let at = |at: &str| {
        Shop {
            node: "I0: 4, h: 1",
            price: 1,
            supply: &format!("L: 2, yield: {{all_or_nothing: 0.75}}, at: {at}, in_transit: [3, 2]"),
            demand: "demand_dist: discrete, \
                 dist_param: {values: [0, 1, 2, 3, 4, 5], weights: [0.05, 0.15, 0.3, 0.25, 0.15, 0.1]}",
            periods: 5,
            ..USUAL
        }
        .problem()
    };
    for (when, cost, first) in [("receive", 40.059_897_609_854, 4.0), ("ship", 31.290_717_248_345, 3.0)] {
        let settings = Settings { actions: Some(0..=8), ..Settings::new(Criterion::Finite(0.99), 2) };
        let problem = at(when);
        let found = solved(&problem, &settings);
        assert_costs(&found, cost, 1e-9);
        assert_eq!(found.policy.orders(0), [first], "{when}");
        assert_earned(&problem, &found);
    }
}

/// Of 2000 units half arrive on average, and 1000 are wanted: five times the mean deviation of the binomial law. That
/// none arrive is less likely than any number says.
#[test]
fn thousands_of_units_arrive_by_their_law() {
    let shop = Shop {
        supply: "L: 0, min: 2000, yield: {binomial: 0.5}",
        demand: "demand_dist: discrete, dist_param: {values: [1000], weights: [1]}",
        periods: 1,
        ..USUAL
    };
    let settings = Settings { actions: Some(2000..=2000), ..Settings::new(Criterion::Finite(1.0), 1) };
    assert_costs(&solved(&shop.problem(), &settings), 89.195_055_729_27, 1e-8);
}

/// Supply that fails and recovers by a chain, orders owed while it is down: demand of a geometric number of periods.
#[test]
fn a_supply_that_fails_costs_what_is_known() {
    for (chain, cost) in [("0.1, 0.3", 25.98667), ("0.2, 0.2", 49.47710)] {
        let network = format!("  disruptions: [{{where: farm, what: ship, up_down: [{chain}]}}]");
        let shop = Shop { network: &network, supply: "L: 0, unmet: wait", ..USUAL };
        let problem = shop.problem();
        let found = solved(&problem, &Settings::new(Criterion::Average, 2));
        assert_costs(&found, cost, 1e-5);
        assert_earned(&problem, &found);
    }
}

/// Requests that would only be owed, by a source that is down or beyond a cap, are left out; with requests that were
/// asked for, which are all tried, the same is found, also where orders have sizes, a fixed cost, and a way to go.
#[test]
fn requests_that_would_only_be_owed_are_left_out_without_a_loss() {
    for supply in [
        "L: 0, unmet: wait",
        "L: 1, unmet: wait, min: 2, K: 3",
        "L: 1",
        "L: 0, unmet: wait, b: 0.5, multiple: 2",
        "L: 0, unmet: wait, cap: 2",
        "L: 0, unmet: wait, cap: 3, multiple: 2",
    ] {
        let shop = Shop {
            network: "  disruptions: [{where: farm, what: ship, up_down: [0.4, 0.5]}]",
            supply,
            demand: "demand_dist: discrete, dist_param: {values: [0, 1], weights: [1, 1]}",
            periods: 6,
            ..USUAL
        };
        let problem = shop.problem();
        let free = solved(&problem, &Settings::new(Criterion::Finite(1.0), 2));
        let all = Settings { actions: Some(0..=8), ..Settings::new(Criterion::Finite(1.0), 2) };
        let tried = solved(&problem, &all);
        let (one, other) = (free.profit.middle(), tried.profit.middle());
        assert!((one - other).abs() < 1e-9, "{supply}: {one} {other}");
        let is_smaller = free.states < tried.states || supply == "L: 1";
        assert!(is_smaller, "{supply}: {} {}", free.states, tried.states);
    }
}

/// Dual sourcing: regular and express; the values are proven fractions or known by a program of its own.
#[test]
fn two_sources_cost_what_is_published() {
    let published = [
        (2, 495, 20, "0, 1, 2, 3, 4", 323.0 / 14.0, 1e-6),
        (3, 95, 10, "0, 1, 2, 3, 4", 20.341_051, 1e-6),
        (3, 495, 5, "0, 1, 2, 3, 4", 16.876_720, 1e-6),
        (2, 95, 10, "0, 1, 2, 3, 4, 5, 6, 7, 8", 37.235, 1e-3),
    ];
    for (lead_time, penalty, express, values, cost, digit) in published {
        let text = format!(
            "network:\n  nodes:\n    - {{id: shop, I0: 0, h: 5}}\n    - {{id: town}}\n    - {{id: far}}\n    \
             - {{id: near}}\n  edges:\n    - {{from: far, to: shop, L: {lead_time}, p: 0, g: 0}}\n    \
             - {{from: near, to: shop, L: 0, p: {express}, g: 0}}\n    \
             - {{from: shop, to: town, p: 0, b: {penalty}, demand_dist: discrete, dist_param: {{values: [{values}]}}}}\n\
             num_periods: 30\n"
        );
        let problem = problem(&text);
        assert_costs(&solved(&problem, &Settings::new(Criterion::Average, 2)), cost, digit);
    }
}

/// Neighbouring lead times cannot cross, so that the two models are one; and a law of one value is a fixed lead time.
#[test]
fn lead_times_that_cannot_cross_cost_the_same_whether_they_may() {
    let value = |supply: &str| {
        let shop = Shop { supply, demand: "demand_dist: poisson, dist_param: {mu: 2}", ..USUAL };
        let problem = shop.problem();
        let found = solved(&problem, &Settings::new(Criterion::Average, 2));
        assert_earned(&problem, &found);
        found.profit.middle()
    };
    let free = value("L: {values: [1, 2]}, draw: order, crossing: free");
    let fifo = value("L: {values: [1, 2]}, draw: order, crossing: fifo");
    assert!((free - fifo).abs() < 1e-6, "{free} {fifo}");
    assert!(value("L: 1") > free, "{free}");
}

/// Each unit draws its own lead time. The best level alone costs what that of the mean lead time does if that is whole
/// (Palm); who looks at what is on its way does no worse.
#[test]
fn units_that_draw_their_lead_times_cost_no_more_than_the_best_level() {
    let demand = "demand_dist: poisson, dist_param: {mu: 1}";
    let (fixed, drawn) = (
        Shop { supply: "L: 1", demand, ..USUAL },
        Shop { supply: "L: {values: [0, 2]}, draw: unit", demand, ..USUAL },
    );
    // What is cut off beyond this tail may change costs by less than a thousandth.
    let settings = Settings { tail: 1e-6, ..Settings::new(Criterion::Average, 2) };
    let level = solved(&fixed.problem(), &settings).profit.middle();
    let problem = drawn.problem();
    let found = solved(&problem, &settings);
    assert!(found.profit.low > level && found.profit.high < level + 0.5, "{:?} {level}", found.profit);
    assert_earned(&problem, &found);
}

/// Vanvuchelen, Gijsbrechts and Boute 2020: two products in full trucks of 6, 75 each, minor costs of 10 and k2.
#[test]
fn joint_replenishment_in_full_trucks_costs_the_published_optimum() {
    let wide = ("0, 1, 2, 3, 4, 5", "0, 1, 2, 3");
    let narrow = ("0, 1, 2, 3, 4, 5, 6", "0, 1, 2");
    let settings = [
        (wide, 1, 1, 10, 64.9183),
        (wide, 5, 5, 10, 94.7878),
        (wide, 1, 5, 40, 86.0546),
        (narrow, 1, 1, 10, 64.7752),
        (narrow, 5, 1, 10, 83.0076),
        (narrow, 5, 5, 40, 110.7753),
    ];
    for ((first, second), h1, h2, minor, cost) in settings {
        let text = format!(
            "network:\n  units: whole\n  products: [a, b]\n  nodes:\n    \
             - {{id: shop, I0: 0, h: {{a: {h1}, b: {h2}}}}}\n    - {{id: town}}\n    - {{id: farm}}\n  edges:\n    \
             - {{from: farm, to: shop, product: a, L: 0, p: 0, g: 0, K: {minor}}}\n    \
             - {{from: farm, to: shop, product: b, L: 0, p: 0, g: 0, K: 10}}\n    \
             - {{from: shop, to: town, product: a, p: 0, b: {}, demand_dist: discrete, dist_param: {{values: [{first}]}}}}\n    \
             - {{from: shop, to: town, product: b, p: 0, b: {}, demand_dist: discrete, dist_param: {{values: [{second}]}}}}\n  \
             joint: [{{links: [farm -> shop], K: 75, truck: 6, whole_trucks: true}}]\nnum_periods: 30\n",
            19 * h1,
            19 * h2
        );
        let problem = problem(&text);
        let found = solved(&problem, &Settings::new(Criterion::Average, 2));
        assert_costs(&found, cost, 1e-4);
        assert_earned(&problem, &found);
    }
}

#[test]
fn chance_that_is_not_modelled_is_refused_by_name() {
    let refused = |shop: &Shop<'_>| {
        let settings = Settings::new(Criterion::Average, 1);
        solve(&shop.problem(), &settings, &mut |_| {}).expect_err("refused").to_string()
    };
    let uniform = refused(&Shop { whole: false, supply: "L: 0, yield: {uniform: [0.5, 1]}", ..USUAL });
    assert_eq!(uniform, "exact does not model link farm -> shop: 'yield: uniform': any share may arrive");
    let fifo = refused(&Shop { supply: "L: {uniform: [0, 3]}, draw: order, crossing: fifo", ..USUAL });
    assert!(fifo.contains("farm -> shop: lead times that may not cross ('crossing: fifo')"), "{fifo}");
    let planned = Shop { network: "  disruptions: [{where: farm, what: ship, periods: [[2, 4]]}]", ..USUAL };
    assert!(refused(&planned).contains("changes with time (disruption of farm: periods)"));
    let window = Settings {
        window: Some(Window { warm_up: 0, periods: 4 }),
        ..Settings::new(Criterion::Finite(1.0), 1)
    };
    let found = solve(&USUAL.problem(), &window, &mut |_| {}).expect_err("refused");
    assert_eq!(found, ExactError::NoWindow);
}
