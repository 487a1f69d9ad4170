//! Published optima, met to the digits printed.

use invmgmt::law::DeclaredDemand;
use invmgmt_exact::{Criterion, Settings, Solution, solve};

mod common;

use common::Shop;

fn solved(shop: &Shop) -> Solution {
    solve(&shop.problem(), &Settings::new(Criterion::Average, 2), &mut |_| {}).expect("solved")
}

fn assert_costs(found: &Solution, published: f64, digit: f64) {
    let cost = -found.profit.middle();
    assert!((cost - published).abs() <= 0.55 * digit, "{cost} against {published}");
}

/// Zipkin, Operations Research 56(5), 2008: lost sales with a lead time, Poisson demand of mean 5.
#[test]
fn lost_sales_cost_what_zipkin_found() {
    let table = [
        (1, [4.0407, 5.4382, 6.6757, 7.8360]),
        (2, [4.3953, 6.0936, 7.6644, 9.1064]),
        (3, [4.5987, 6.5314, 8.3625, 10.0385]),
    ];
    for (lead_time, costs) in table {
        for (penalty, cost) in [4.0, 9.0, 19.0, 39.0].into_iter().zip(costs) {
            assert_costs(&solved(&Shop::of_lost_sales(lead_time, penalty)), cost, 1e-4);
        }
    }
}

/// Bijvank, Bhulai and Huh, EJOR 2015, table 1: lost sales with a fixed cost of orders.
#[test]
fn lost_sales_with_a_fixed_cost_cost_what_bijvank_found() {
    let shop = Shop { farms: vec![(2, 0.0, 5.0)], ..Shop::of_lost_sales(2, 14.0) };
    assert_costs(&solved(&shop), 11.4631, 1e-4);
}

/// Zheng and Federgruen 1991: h 1, p 9, K 64, Poisson.
#[test]
fn reorder_levels_cost_what_zheng_and_federgruen_found() {
    for (mean, cost) in [(10.0, 35.022), (22.0, 51.632), (23.0, 52.757), (64.0, 78.402)] {
        let shop = Shop {
            holding: 1.0,
            penalty: 9.0,
            demand: DeclaredDemand::poisson(mean),
            farms: vec![(0, 0.0, 64.0)],
            waits: true,
        };
        assert_costs(&solved(&shop), cost, 1e-3);
    }
}

/// Order up to the newsvendor's level: Poisson 5, h 1, p 9, no lead time, 4.22109 (closed form); discounted it is the
/// same cost in every period from the opening on, which here is the level.
#[test]
fn a_newsvendor_costs_the_closed_form_on_average_and_discounted() {
    let shop = Shop { waits: true, farms: vec![(0, 0.0, 0.0)], ..Shop::of_lost_sales(0, 9.0) };
    assert_costs(&solved(&shop), 4.221_09, 1e-5);
    let mut settings = Settings::new(Criterion::Discounted(0.95), 1);
    settings.tolerance = 1e-9;
    let found = solve(&shop.problem(), &settings, &mut |_| {}).expect("solved");
    assert_costs(&found, 4.221_09 / 0.05, 2e-4);
}
