//! EOQ, newsvendor, (r, Q), (s, S) and Wagner-Whitin against published instances; section numbers are those of the
//! project's collection of known answers, S&S is Snyder & Shen, "Fundamentals of Supply Chain Theory" (2019).

use invmgmt_textbook::Demand;
use invmgmt_textbook::eoq::{OrderQuantity, SupplyFailures};
use invmgmt_textbook::newsvendor::{Newsvendor, NewsvendorForm, NewsvendorSolution, Prices};
use invmgmt_textbook::reorder_level::ReorderLevel;
use invmgmt_textbook::reorder_quantity::ReorderQuantity;
use invmgmt_textbook::wagner_whitin::LotSizing;

/// Whether a number, rounded to as many decimals as the published one has, is the published one.
#[track_caller]
fn assert_published(ours: f64, published: &str) {
    let decimals = published.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    println!("{published} {ours:.9}");
    assert_eq!(format!("{ours:.decimals$}"), published, "unrounded {ours}");
}

fn plain(h: f64, p: f64, demand: Demand) -> Newsvendor {
    Newsvendor { holding_cost: h, penalty: p, lead_time: 0.0, demand, constant_cost: 0.0 }
}

fn newsvendor(h: f64, p: f64, lead_time: f64, demand: Demand) -> NewsvendorSolution {
    Newsvendor { lead_time, ..plain(h, p, demand) }.solve().expect("a sound instance")
}

fn normal(mean: f64, deviation: f64) -> Demand {
    Demand::Normal { mean, deviation }
}

fn poisson(mean: f64) -> Demand {
    Demand::Poisson { mean }
}

/// S&S, example 3.1 (section 4.7).
#[test]
fn eoq_of_example_3_1() {
    let problem = OrderQuantity {
        fixed_cost: 8.0,
        holding_cost: 0.225,
        backorder_cost: None,
        demand_rate: 1300.0,
        failures: None,
    };
    let solution = problem.solve().expect("a sound instance");
    assert_published(solution.quantity, "304.0468");
    assert_published(solution.cost, "68.4105");
    assert_eq!(solution.backordered_share, 0.0);
}

/// S&S, example 9.1.
#[test]
fn eoq_of_example_9_1_whose_supplier_fails() {
    let failures = SupplyFailures { failure_rate: 1.5, recovery_rate: 14.0, stockout_cost: 5.0 };
    let problem = OrderQuantity {
        fixed_cost: 8.0,
        holding_cost: 0.225,
        backorder_cost: None,
        demand_rate: 1300.0,
        failures: Some(failures),
    };
    let solved = problem.solve().expect("a sound instance");
    assert_published(solved.quantity, "772.8111");
    assert_published(solved.cost, "173.9500");
    // A supplier that hardly ever fails is one that never does.
    let rare = SupplyFailures { failure_rate: 1e-9, ..failures };
    let plain = OrderQuantity { failures: None, ..problem }.solve().expect("a sound instance");
    let solved = OrderQuantity { failures: Some(rare), ..problem }.solve().expect("a sound instance");
    assert!((solved.quantity - plain.quantity).abs() < 1e-3 && (solved.cost - plain.cost).abs() < 1e-3);
}

/// S&S, the same store with backorders at 5 (section 4.7).
#[test]
fn eoq_with_backorders_of_section_4_7() {
    let problem = OrderQuantity {
        fixed_cost: 8.0,
        holding_cost: 0.225,
        backorder_cost: Some(5.0),
        demand_rate: 1300.0,
        failures: None,
    };
    let solution = problem.solve().expect("a sound instance");
    assert_published(solution.quantity, "310.8126");
    assert_published(solution.backordered_share, "0.0430622");
    assert_published(solution.cost, "66.92136");
}

/// S&S, example 4.3 and the same with a lead time of 4; stockpyl's page; Pirhooshyaran's single nodes (section 4.6).
#[test]
fn newsvendor_normal_of_section_4_6() {
    let instances = [
        (0.18, 0.70, 0.0, normal(50.0, 8.0), "56.60396", "1.9976052"),
        (0.18, 0.70, 4.0, normal(50.0, 8.0), "264.7669", "4.466781"),
        (2.0, 18.0, 0.0, normal(120.0, 10.0), "132.8155", "35.09967"),
        (10.0, 30.0, 0.0, normal(10.0, 1.0), "10.67", "12.71"),
        (10.0, 30.0, 0.0, normal(10.0, 2.0), "11.35", "25.42"),
        (10.0, 30.0, 0.0, normal(50.0, 5.0), "53.37", "63.56"),
        (10.0, 30.0, 0.0, normal(100.0, 10.0), "106.74", "127.11"),
    ];
    for (h, p, lead_time, demand, level, cost) in instances {
        let solution = newsvendor(h, p, lead_time, demand);
        assert_published(solution.level, level);
        assert_published(solution.cost, cost);
        assert!((solution.ready_rate - p / (h + p)).abs() < 1e-12);
    }
}

/// Poisson 6 and Poisson 18 (section 4.6).
#[test]
fn newsvendor_poisson_of_section_4_6() {
    for (h, p, mean, level, cost) in [(1.0, 4.0, 6.0, 8.0, "3.570107"), (200.0, 270.0, 18.0, 19.0, "786.088")]
    {
        let solution = newsvendor(h, p, 0.0, poisson(mean));
        assert_eq!(solution.level, level);
        assert_published(solution.cost, cost);
    }
}

/// S&S, example 4.2: profit from the prices behind example 4.3 (section 4.6).
#[test]
fn newsvendor_explicit_formulation_of_example_4_2() {
    let prices = Prices { selling: 1.0, buying: 0.3, salvage: 0.12 };
    let solution = prices.newsvendor(normal(50.0, 8.0)).solve().expect("a sound instance");
    assert_published(0.7 * 50.0 - solution.cost, "33.002395");
}

/// Prices, a service level or a level of one's own lead to the same published instances (sections 4.2, 4.3 and 4.15).
#[test]
fn a_newsvendor_is_solved_in_every_form_people_have_its_numbers_in() {
    let solve = |form: NewsvendorForm| form.solve().expect("a sound form");
    let demand = Some(normal(50.0, 8.0));
    let base = NewsvendorForm { demand: demand.clone(), ..NewsvendorForm::default() };
    let prices = NewsvendorForm { price: Some(1.0), cost: Some(0.3), salvage: Some(0.12), ..base.clone() };
    assert_published(0.7 * 50.0 - solve(prices.clone()).cost, "33.002395");
    // .70 / .88 is the service that example 4.3's costs are best for.
    let service = NewsvendorForm { service_level: Some(0.70 / 0.88), ..base.clone() };
    let solved = solve(service.clone());
    assert_published(solved.level, "56.60396");
    assert!(solved.cost.is_nan() && (solved.ready_rate - 0.70 / 0.88).abs() < 1e-12);
    let costed = solve(NewsvendorForm { holding_cost: Some(0.18), ..service.clone() });
    assert_published(costed.cost, "1.9976052");
    let other = NewsvendorForm { holding_cost: Some(2.0), penalty: Some(1.0), ..service.clone() };
    let both = plain(2.0, 1.0, normal(50.0, 8.0)).at_level(solved.level).expect("sound numbers");
    assert_eq!(solve(other).cost, both.cost);
    // What the best level of section 4.15 costs, and its neighbours, by the sum over the law.
    let form = NewsvendorForm {
        holding_cost: Some(1.0),
        penalty: Some(9.0),
        lead_time: Some(0.0),
        demand: Some(poisson(5.0)),
        ..NewsvendorForm::default()
    };
    for level in [0.0, 7.0, 8.0, 8.25, 20.0, -3.0] {
        let mut probability = (-5.0_f64).exp();
        let (mut cost, mut ready) = (0.0, 0.0);
        for drawn in (0..80).map(f64::from) {
            cost += probability * ((level - drawn).max(0.0) + 9.0 * (drawn - level).max(0.0));
            ready += if drawn <= level { probability } else { 0.0 };
            probability *= 5.0 / (drawn + 1.0);
        }
        let found = solve(NewsvendorForm { level: Some(level), ..form.clone() });
        assert!((found.cost - cost).abs() < 1e-10 && (found.ready_rate - ready).abs() < 1e-12, "{level}");
    }
    let refused = |form: NewsvendorForm| form.solve().expect_err("refused").to_string();
    assert_eq!(
        refused(base.clone()),
        "holding_cost, penalty not given; expected all numbers of the problem, or a network"
    );
    assert_eq!(
        refused(NewsvendorForm { price: Some(2.0), ..base.clone() }),
        "cost not given; expected all numbers of the problem, or a network"
    );
    assert_eq!(
        refused(NewsvendorForm { penalty: Some(2.0), ..service.clone() }),
        "holding_cost not given; expected all numbers of the problem, or a network"
    );
    assert_eq!(
        refused(NewsvendorForm { service_level: Some(1.0), ..base }),
        "service_level is 1; expected a number above 0 and below 1"
    );
    assert_eq!(
        refused(NewsvendorForm { level: Some(5.0), ..service }),
        "level is given beside service_level; expected one or the other"
    );
    assert_eq!(
        refused(NewsvendorForm { lead_time: Some(1.0), ..prices }),
        "lead_time is given beside prices, which are for a single period; expected one or the other"
    );
}

/// A Poisson law written out as probabilities is the same problem.
#[test]
fn newsvendor_discrete_is_poisson_when_its_law_is() {
    let mut probabilities = vec![(-5.0_f64).exp()];
    for value in 1..80 {
        probabilities.push(probabilities[value - 1] * 5.0 / value as f64);
    }
    for lead_time in [0.0, 2.0] {
        let ours = newsvendor(1.0, 9.0, lead_time, Demand::Discrete { probabilities: probabilities.clone() });
        let poisson = newsvendor(1.0, 9.0, lead_time, poisson(5.0));
        assert_eq!(ours.level, poisson.level);
        assert!((ours.cost - poisson.cost).abs() < 1e-10);
        assert!((ours.ready_rate - poisson.ready_rate).abs() < 1e-12);
    }
}

/// Backorder base-stock with Poisson demand: level, cost and ready rate (section 4.15).
#[test]
fn base_stock_poisson_of_section_4_15() {
    let instances = [
        (0.0, 9.0, 8.0, "4.22109", "0.93191"),
        (1.0, 9.0, 14.0, "5.86937", "0.91654"),
        (2.0, 9.0, 20.0, "7.12300", "0.91703"),
        (4.0, 9.0, 32.0, "9.15105", "0.92854"),
        (4.0, 4.0, 29.0, "7.16984", "0.81790"),
    ];
    for (lead_time, p, level, cost, ready_rate) in instances {
        let solution = newsvendor(1.0, p, lead_time, poisson(5.0));
        assert_eq!(solution.level, level);
        assert_published(solution.cost, cost);
        assert_published(solution.ready_rate, ready_rate);
    }
}

/// One store of HDPO, normal(5, 1.6) not truncated (section 4.15).
#[test]
fn base_stock_normal_of_section_4_15() {
    let instances = [
        (1.0, 4.0, "11.904", "3.1674"),
        (1.0, 9.0, "12.900", "3.9711"),
        (4.0, 9.0, "29.585", "6.2788"),
        (4.0, 39.0, "32.012", "8.3640"),
        (10.0, 9.0, "61.801", "9.3130"),
        (20.0, 39.0, "119.371", "17.1411"),
    ];
    for (lead_time, p, level, cost) in instances {
        let solution = newsvendor(1.0, p, lead_time, normal(5.0, 1.6));
        assert_published(solution.level, level);
        assert_published(solution.cost, cost);
    }
}

/// S&S, example 5.8 and problem 5.2, and a larger instance (section 4.5).
#[test]
fn reorder_quantity_of_section_4_5() {
    let instances = [
        (100.0, 20.0, 150.0, 1.5, 2.0, (3.0, 5.0), "107.92358"),
        (4.0, 4.0, 28.0, 12.0, 0.5, (6.0, 7.0), "28.241313"),
        (100.0, 10.0, 25.0, 50.0, 1.0, (38.0, 40.0), "289.3745"),
    ];
    for (fixed_cost, holding_cost, backorder_cost, demand_rate, lead_time, policy, cost) in instances {
        let demand = poisson(demand_rate);
        let problem = ReorderQuantity { fixed_cost, holding_cost, backorder_cost, demand, lead_time };
        let solution = problem.solve().expect("a sound instance");
        assert_eq!((solution.reorder_point, solution.quantity), policy);
        assert_published(solution.cost, cost);
    }
}

/// S&S, example 5.1 (section 4.5): published 126.8, 328.5 and 78.0712 for that pair, rounded on the way. And the
/// balance that holds at the optimum only: the cost rate at both ends of the window is the long-run cost.
#[test]
fn reorder_quantity_under_normal_demand_of_example_5_1() {
    let (h, p) = (0.225, 7.5);
    let problem = ReorderQuantity {
        fixed_cost: 8.0,
        holding_cost: h,
        backorder_cost: p,
        demand: normal(1300.0, 150.0),
        lead_time: 1.0 / 12.0,
    };
    let solution = problem.solve().expect("a sound instance");
    println!("126.8, 328.5, 78.0712 {solution:?}");
    assert!((solution.reorder_point - 126.8).abs() < 0.1 && (solution.quantity - 328.5).abs() < 0.1);
    assert!(solution.cost <= 78.0712 && solution.cost > 78.0710);
    let over_lead_time = normal(1300.0 / 12.0, 150.0 / 12.0_f64.sqrt());
    for end in [solution.reorder_point, solution.reorder_point + solution.quantity] {
        let rate = Newsvendor { lead_time: 0.0, ..plain(h, p, over_lead_time.clone()) }.at_level(end);
        assert!((rate.expect("sound numbers").cost - solution.cost).abs() < 1e-9);
    }
}

/// Without a lead time demand is certain as far as costs go, and the answer is the economic order quantity with
/// backorders: Q 310.8126 and cost 66.92136 of section 4.7, ordered when .0430622 of Q is owed.
#[test]
fn reorder_quantity_without_lead_time_is_the_economic_order_quantity() {
    let problem = ReorderQuantity {
        fixed_cost: 8.0,
        holding_cost: 0.225,
        backorder_cost: 5.0,
        demand: normal(1300.0, 150.0),
        lead_time: 0.0,
    };
    let solution = problem.solve().expect("a sound instance");
    assert_published(solution.quantity, "310.8126");
    assert_published(solution.cost, "66.92136");
    assert_published(-solution.reorder_point / solution.quantity, "0.0430622");
}

fn reorder_level(k: f64, h: f64, p: f64, mean: f64) -> (i64, i64, f64) {
    let problem = ReorderLevel {
        fixed_cost: k,
        holding_cost: h,
        penalty: p,
        lead_time: 0.0,
        demand: poisson(mean),
        constant_cost: 0.0,
    };
    let policy = problem.solve().expect("a sound instance");
    (policy.reorder_level, policy.order_up_to, policy.cost)
}

/// Zheng & Federgruen (1991), their table: h 1, p 9, K 64 (section 4.4). S jumps between means 22 and 23.
#[test]
fn reorder_level_of_zheng_and_federgruen() {
    let instances = [
        (10.0, 6, 40, "35.022"),
        (15.0, 10, 49, "42.698"),
        (20.0, 14, 62, "49.173"),
        (22.0, 16, 68, "51.632"),
        (23.0, 17, 52, "52.757"),
        (24.0, 18, 54, "53.518"),
        (25.0, 19, 56, "54.262"),
        (30.0, 23, 66, "57.819"),
        (40.0, 33, 87, "64.512"),
        (45.0, 37, 97, "67.776"),
        (50.0, 42, 108, "70.975"),
        (51.0, 43, 110, "71.611"),
        (52.0, 44, 112, "72.246"),
        (59.0, 51, 126, "76.679"),
        (60.0, 52, 129, "77.306"),
        (61.0, 52, 131, "77.929"),
        (63.0, 54, 73, "78.287"),
        (64.0, 55, 74, "78.402"),
        (70.0, 62, 81, "79.037"),
        (75.0, 67, 86, "79.554"),
    ];
    for (mean, s, order_up_to, cost) in instances {
        let ours = reorder_level(64.0, 1.0, 9.0, mean);
        assert_eq!((ours.0, ours.1), (s, order_up_to), "mean {mean}");
        assert_published(ours.2, cost);
    }
}

/// S&S, example 4.7 and problem 4.31 (section 4.4).
#[test]
fn reorder_level_of_example_4_7_and_problem_4_31() {
    let example = reorder_level(5.0, 1.0, 4.0, 6.0);
    assert_eq!((example.0, example.1), (4, 10));
    assert_published(example.2, "8.034112");
    let problem = reorder_level(150.0, 40.0, 125.0, 4.0);
    assert_eq!((problem.0, problem.1), (2, 7));
    assert_published(problem.2, "223.5748");
}

/// Without a fixed cost an (s, S) policy is a base-stock policy, and costs as much (section 4.15).
#[test]
fn reorder_level_without_fixed_cost_is_the_base_stock_of_section_4_15() {
    let problem = ReorderLevel {
        fixed_cost: 0.0,
        holding_cost: 1.0,
        penalty: 9.0,
        lead_time: 2.0,
        demand: poisson(5.0),
        constant_cost: 0.0,
    };
    let policy = problem.solve().expect("a sound instance");
    assert_eq!((policy.reorder_level, policy.order_up_to), (19, 20));
    assert_published(policy.cost, "7.12300");
}

/// S&S, example 3.9 and problem 3.27 (section 4.7).
#[test]
fn lot_sizing_of_example_3_9_and_problem_3_27() {
    let plan = |demand: &[f64], fixed_cost, holding_cost| {
        let problem = LotSizing { demand: demand.to_vec(), fixed_cost, holding_cost };
        problem.solve().expect("a sound instance")
    };
    let example = plan(&[90.0, 120.0, 80.0, 70.0], 500.0, 2.0);
    assert_eq!((example.orders.as_slice(), example.cost), (&[210.0, 0.0, 150.0, 0.0][..], 1380.0));
    let problem = plan(&[150.0, 100.0, 80.0, 200.0], 120.0, 0.8);
    assert_eq!(problem.orders, [150.0, 180.0, 0.0, 200.0]);
    assert_published(problem.cost, "424");
}

/// All ways to cut eight periods into orders, tried one by one.
#[test]
fn lot_sizing_is_no_worse_than_any_plan_tried_by_hand() {
    let demand = [12.0, 0.0, 7.0, 30.0, 0.0, 0.0, 3.0, 18.0];
    let (fixed_cost, holding_cost) = (14.0, 0.9);
    let mut best = f64::INFINITY;
    for plan in 0_u32..1 << demand.len() {
        let (mut cost, mut last) = (0.0, None);
        for (period, &wanted) in demand.iter().enumerate() {
            if plan >> period & 1 == 1 {
                cost += fixed_cost;
                last = Some(period);
            }
            if wanted > 0.0 {
                cost += last.map_or(f64::INFINITY, |from| holding_cost * (period - from) as f64 * wanted);
            }
        }
        best = best.min(cost);
    }
    let problem = LotSizing { demand: demand.to_vec(), fixed_cost, holding_cost };
    assert!((problem.solve().expect("a sound instance").cost - best).abs() < 1e-9);
}
