//! Statistics against scipy 1.17.1 and textbook examples. The scipy values were printed by
//! `python -c "from scipy import stats; print([float(stats.t.ppf(0.975, f)) for f in (1, 2, 9, 29, 99)])"` and by
//! `stats.ttest_rel(x, y)`, `stats.ttest_1samp(x, 1000)` with their `confidence_interval(0.95)`.

#![allow(clippy::unreadable_literal, reason = "digits as they were printed")]

use super::*;

const X: [f64; 6] = [1141.8, 1288.0, 1546.7, 1073.3, 1101.5, 1238.2];
const Y: [f64; 6] = [1150.0, 1127.0, 1285.4, 1341.5, 1002.0, 1190.0];

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{found}, expected {expected}");
}

#[test]
fn quantiles_of_students_t_are_scipys() {
    let scipys = [
        (1, 12.706204736174694),
        (2, 4.302652729749462),
        (9, 2.262157162798205),
        (29, 2.045229642132703),
        (99, 1.9842169515864174),
    ];
    for (freedom, quantile) in scipys {
        close(t_quantile(freedom), quantile);
    }
}

#[test]
fn means_intervals_and_paired_tests_are_scipys() {
    let estimate = Estimate::over(&X).expect("values");
    close(estimate.mean, 1231.5833333333333);
    close(estimate.deviation.expect("several"), 174.67768508503508);
    let (low, high) = estimate.interval.expect("it varies");
    close(low, 1048.2703451105704);
    close(high, 1414.8963215560962);
    let differences: Vec<f64> = X.iter().zip(Y).map(|(x, y)| x - y).collect();
    let paired = Estimate::over(&differences).expect("values");
    close(paired.p_value().expect("several"), 0.5374252100933901);
    let (low, high) = paired.interval.expect("it varies");
    close(low, -141.1587359808782);
    close(high, 239.0254026475448);
}

#[test]
fn what_does_not_vary_is_exact_and_one_value_says_nothing_of_precision() {
    let same = Estimate::over(&[3.0, 3.0 + 1e-15, 3.0]).expect("values");
    assert_eq!((same.interval, same.p_value()), (None, Some(0.0)));
    let none = Estimate::over(&[0.0, 1e-14]).expect("values");
    assert_eq!(none.p_value(), Some(1.0), "rounding is no difference");
    let one = Estimate::over(&[5.0]).expect("a value");
    assert_eq!((one.deviation, one.interval, one.p_value()), (None, None, None));
    assert!(Estimate::over(&[]).is_none());
}

/// R's `p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")`, by hand: 2 x 0.03 carries over to 0.04.
#[test]
fn p_values_are_adjusted_as_holm_did() {
    for (found, expected) in holm(&[0.01, 0.04, 0.03, 0.005]).iter().zip([0.03, 0.06, 0.06, 0.02]) {
        close(*found, expected);
    }
    assert_eq!(holm(&[]), [0.0; 0]);
    assert_eq!(holm(&[0.9, 0.8]), [1.0, 1.0]);
}

/// Benchmark, section 1.7: population deviation; the mean of the worst max(1, floor(0.05 n)) seeds.
#[test]
fn published_aggregates_follow_their_formulas() {
    close(population_deviation(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]), 2.0);
    assert_eq!(published_cvar(&[5.0, 3.0, 9.0]), 3.0);
    let forty: Vec<f64> = (1..=40).map(f64::from).collect();
    assert_eq!(published_cvar(&forty), 1.5);
}

#[test]
fn profit_at_risk_is_told_of_enough_seeds_only() {
    let hundred: Vec<f64> = (1..=100).rev().map(f64::from).collect();
    assert_eq!(tail(&hundred), Some((5.0, 3.0)));
    assert_eq!(tail(&hundred[1..]), None);
}
