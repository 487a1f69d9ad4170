//! Statistics against textbook examples.

use super::*;
use crate::Contestant;
use crate::contestant::Named;
use crate::play::{Played, Timing};

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{found}, expected {expected}");
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

/// What each policy earned with each seed, on every problem of the published suite alike; none: it failed.
fn analysis(profits: &[&[Option<f64>]]) -> Analysis {
    let suite = invmgmt_data::suite("published-26").expect("it comes along");
    let names: Vec<Named> =
        (0..profits.len()).map(|position| Named::new(format!("p{position}"), "constant:20")).collect();
    let contestants = names.iter().map(|named| named as &dyn Contestant).collect();
    let plan = Plan::new(&suite, contestants, (0..profits[0].len() as u64).collect()).expect("a plan");
    let rows: Vec<Row> = (0..profits.len())
        .flat_map(|contestant| (0..suite.problems().len()).map(move |problem| (contestant, problem)))
        .flat_map(|(contestant, problem)| {
            profits[contestant].iter().enumerate().map(move |(seed, profit)| {
                let mut values = [0.0; FIGURES.len()];
                values[0] = profit.unwrap_or_default();
                let figures = Figures { values, bullwhip_by_echelon: Vec::new() };
                let outcome = profit.map(|_| figures).ok_or_else(|| "out of ideas".to_owned());
                let (seed, information) = (seed as u64, "blind".to_owned());
                let played = Played { seed, information, outcome, course: None, timing: Timing::default() };
                Row { problem, contestant, played }
            })
        })
        .collect();
    Analysis::of(&plan, &rows)
}

fn order(analysis: &Analysis) -> Vec<usize> {
    analysis.ranking.iter().map(|ranked| ranked.contestant).collect()
}

fn all(profits: &[f64]) -> Vec<Option<f64>> {
    profits.iter().copied().map(Some).collect()
}

/// Everybody earns little with the first two seeds. Who fails there has the higher mean, and loses with every seed that
/// both played.
#[test]
fn who_fails_where_everybody_earns_little_is_ranked_behind() {
    let steady = all(&[10.0, 12.0, 100.0, 104.0, 99.0]);
    let fails = [None, None, Some(98.0), Some(103.0), Some(95.0)];
    let analysis = analysis(&[&fails, &steady]);
    assert!(analysis.overall[0].profit.expect("some").mean > analysis.overall[1].profit.expect("all").mean);
    assert_eq!(order(&analysis), [1, 0]);
    assert_eq!((analysis.ranking[1].rank, analysis.ranking[1].between), (2, (2, 2)));
    let warning = analysis.warnings.iter().find(|text| text.starts_with("p0")).expect("a warning");
    assert!(warning.contains("52 of 130 episodes failed"), "{warning}");
    assert!(warning.ends_with("and it is ranked behind all that played more."), "{warning}");
}

/// Two policies that fail with one seed each are compared on the three they share, whatever they earn elsewhere.
#[test]
fn policies_that_fail_as_often_are_ranked_on_their_common_seeds() {
    let first = [None, Some(90.0), Some(50.0), Some(52.0), Some(51.0)];
    let second = [Some(5.0), None, Some(60.0), Some(62.0), Some(61.0)];
    let nothing = [None; 5];
    let analysis = analysis(&[&first, &second, &nothing]);
    assert_eq!(order(&analysis), [1, 0], "who played nothing has no rank");
}

/// By the sign test five equal differences of ten happen by chance once in sixteen times.
#[test]
fn a_difference_that_no_seed_varies_is_no_proof() {
    let (low, high) = (all(&[0.0; 5]), all(&[10.0; 5]));
    let found = analysis(&[&low, &high]);
    let drawn = found.comparisons.iter().find(|pair| pair.problem == Some(0)).expect("a pair");
    assert_eq!(drawn.p_value, Some(0.0625));
    assert!(!drawn.is_real());
    let warning =
        found.warnings.iter().find(|text| text.starts_with("Too few seeds differ")).expect("a warning");
    assert!(warning.contains("judge p0 less p1 on S01"), "{warning}");
    assert!(warning.contains("only 0 of 5 give another difference than the rest"), "{warning}");
    // Where demand is replayed there is nothing to vary.
    let suite = invmgmt_data::suite("published-26").expect("it comes along");
    let replayed = suite.problems().iter().position(|problem| !demand_is_drawn(problem)).expect("M5");
    let exact = found.comparisons.iter().find(|pair| pair.problem == Some(replayed)).expect("a pair");
    assert_eq!(exact.p_value, Some(0.0));
}

#[test]
fn few_seeds_are_said_to_be_few() {
    let of = |count: usize| few_seeds(count).unwrap_or_default();
    assert!(of(1).starts_with("With one seed there are no intervals"));
    assert!(of(5).starts_with("5 seeds are few") && of(5).contains("95 %"), "{}", of(5));
    assert_eq!(of(10), "");
}
