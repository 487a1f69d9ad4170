//! Published profits reproduced: whole episodes under constant orders and under stationary order-up-to levels.

mod common;

use common::{profit_under, published_problems};
use invmgmt::demand::DemandConfig;

fn profit(scenario: &str, backlog: bool, policy: &str, seed: u64) -> f64 {
    let config = DemandConfig { base_mu: Some(20.0), ..DemandConfig::default() };
    profit_under(scenario, config, backlog, policy, seed)
}

fn close(found: f64, published: f64, tolerance: f64) {
    assert!((found - published).abs() <= tolerance, "{found}, published {published}");
}

/// Benchmark section 1.8: the same quantity on every link, stationary demand, seed 42.
#[test]
fn constant_orders_earn_the_published_profits() {
    let cases = [
        ("network", "constant:0", -958.910, -363.910),
        ("network", "constant:5", -206.885, 64.315),
        ("network", "constant:20", 22.190, 22.190),
        ("serial", "constant:0", -571.010, 23.990),
        ("serial", "constant:5", -209.810, 223.190),
        ("serial", "constant:20", 758.030, 758.030),
    ];
    for (scenario, policy, backlog, lost_sales) in cases {
        close(profit(scenario, true, policy, 42), backlog, 1e-9);
        close(profit(scenario, false, policy, 42), lost_sales, 1e-9);
    }
}

/// Newsvendor-I orders up to a level that is constant under stationary demand, `20 (L + 1) + z sqrt(20 (L + 1))`
/// with z the normal quantile of the node's critical ratio (benchmark section 2.1): a local base-stock policy.
#[test]
fn local_base_stock_earns_what_the_informed_newsvendor_earned() {
    let network = "basestock:128.06593674794033,270.52693689116836,293.6658469680615,\
                   29.83647321794399,75.97153653781064,29.377413892870806";
    let serial = "basestock:107.36315917376129,117.68825038518705,29.22117091947691";
    let published = [
        (network, "network", true, [770.098_529, 756.442_368, 689.864_731]),
        (network, "network", false, [770.098_529, 738.804_948, 689.864_731]),
        (serial, "serial", true, [845.785_233, 842.785_368, 800.877_943]),
        (serial, "serial", false, [868.009_081, 868.882_592, 819.005_328]),
    ];
    check(&published);
}

/// EchelonApprox-I likewise, with levels over the cumulative lead time (benchmark section 2.5).
#[test]
fn echelon_base_stock_earns_what_the_informed_echelon_heuristic_earned() {
    let network = "echelon:128.06593674794033,381.4178360794044,360.18120304468295,\
                   317.9710756346211,379.94103501506635,379.3616157985074";
    let serial = "echelon:107.36315917376129,207.66351275843073,207.66351275843073";
    let published = [
        (network, "network", true, [779.387_199, 765.533_653, 696.539_93]),
        (network, "network", false, [779.387_199, 746.550_7, 696.539_93]),
        (serial, "serial", true, [887.631_963, 908.929_841, 820.208_369]),
        (serial, "serial", false, [893.480_633, 887.304_228, 833.260_708]),
    ];
    check(&published);
}

/// A policy, the network and rule of fulfilment, and the profits of seeds 42, 456 and 1011.
type Published = (&'static str, &'static str, bool, [f64; 3]);

fn check(published: &[Published]) {
    for (policy, scenario, backlog, profits) in published {
        for (seed, expected) in [42, 456, 1011].into_iter().zip(profits) {
            close(profit(scenario, *backlog, policy, seed), *expected, 1e-6);
        }
    }
}

/// Every heuristic on all 22 problems and the five seeds on file: 880 profits.
#[test]
fn heuristics_earn_the_published_profits() {
    let (mut compared, mut wrong) = (0, Vec::new());
    for rule in ["newsvendor", "ss", "exp-smoothing", "echelon-basestock"] {
        for level in ["blind", "informed"] {
            let policy = format!("{rule}:{level}");
            for problem in published_problems(&policy) {
                for &(seed, published) in &problem.profits {
                    let found = problem.profit(&policy, seed);
                    compared += 1;
                    if (found - published).abs() > 1e-6 {
                        wrong
                            .push(format!("{policy} {} {seed}: {found}, published {published}", problem.key));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {compared} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(compared, 8 * 22 * 5);
}
