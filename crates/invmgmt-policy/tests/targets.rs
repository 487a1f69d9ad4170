//! Levels that have to reach a service, against what probability and enumeration say.

use invmgmt::Problem;
use invmgmt::batch::{EpisodeFigures, rollout_by_place};
use invmgmt::demand::DemandModel;
use invmgmt::network::{
    DeclaredDemand, DeclaredLink, DeclaredNetwork, DeclaredNode, KeyValue, ManagedIx, TableIndex,
};
use invmgmt::period::Rules;
use invmgmt_policy::optimize::{FAMILIES, Family, OptimizeError, Optimum, Settings, optimize};
use invmgmt_policy::{Knowledge, parse};

/// One shop, h 1 and nothing else that costs; Poisson demand of this mean, lead time L.
fn shop(mean: f64, lead_time: u32, stock: f64) -> DeclaredNetwork {
    DeclaredNetwork {
        nodes: vec![
            DeclaredNode::new("town"),
            DeclaredNode::stocking("shop", stock, 1.0),
            DeclaredNode::new("mill"),
        ],
        links: vec![
            DeclaredLink::market("shop", "town", 0.0, 0.0, DeclaredDemand::poisson(mean)),
            DeclaredLink::supply("mill", "shop", lead_time, 0.0, 0.0),
        ],
        ..DeclaredNetwork::default()
    }
}

fn problem(declared: DeclaredNetwork, backlog: bool, num_periods: usize) -> Problem {
    let network = declared.compile().expect("sound");
    Problem::new(network, DemandModel::default(), Rules { backlog, discount: 1.0 }, num_periods)
}

fn settings(family: &str, targets: &[&str], budget: usize) -> Settings {
    let (family, review) = Family::reviewed(family).expect("a family");
    Settings {
        family,
        review,
        targets: targets.iter().map(|text| text.parse().expect("a target")).collect(),
        budget,
        training: (0..8).collect(),
        held_out: (100..108).collect(),
        test_from: None,
        threads: 1,
        gradient: false,
    }
}

fn find(problem: &Problem, family: &str, targets: &[&str]) -> Optimum {
    optimize(problem, &settings(family, targets, 400)).expect("a search")
}

/// P(Poisson = k), k = 0, 1, ...
fn poisson(mean: f64) -> Vec<f64> {
    let mut law = vec![(-mean).exp()];
    (1..200).for_each(|units| law.push(law[units - 1] * mean / units as f64));
    law
}

/// Share of a period's Poisson demand met at once by base stock S: demand D of a period meets S less that of the L
/// periods before, by the double sum.
fn fill_rate(mean: f64, lead_time: f64, level: usize) -> f64 {
    let (before, now) = (poisson(mean * lead_time), poisson(mean));
    let mut met = 0.0;
    for (used, share) in before.iter().enumerate() {
        for (wanted, probability) in now.iter().enumerate() {
            met += share * probability * wanted.min(level.saturating_sub(used)) as f64;
        }
    }
    met / mean
}

/// Chance that the demand of L + 1 periods is within S.
fn cycle_service(mean: f64, lead_time: f64, level: usize) -> f64 {
    poisson(mean * (lead_time + 1.0)).iter().take(level + 1).sum()
}

/// The least levels whose exact service reaches the target, in 4,000 periods begun at that level.
#[test]
fn the_cheapest_level_is_the_least_that_reaches_the_service_exactly() {
    let (mean, lead_time) = (5.0, 2.0);
    for target in [0.9, 0.97] {
        let least = (0..60).find(|&level| fill_rate(mean, lead_time, level) >= target).expect("a level");
        let problem = problem(shop(mean, 2, least as f64), true, 4000);
        let found = find(&problem, "basestock", &[&format!("fill-rate={target}")]);
        let reached = &found.targets[0];
        let exact = fill_rate(mean, lead_time, found.levels[0] as usize);
        // A sample of 32,000 periods may see the neighbour of a level whose service is this near.
        assert!(
            (found.levels[0] - least as f64).abs() <= 1.0 && exact > target - 0.003,
            "{found:?}, {least}"
        );
        assert!(
            reached.is_reached && found.settled && (reached.training.mean - exact).abs() < 0.004,
            "{exact}"
        );
        assert!((reached.held_out.expect("drawn").mean - exact).abs() < 0.004);
    }
    let least = (0..60).find(|&level| cycle_service(mean, lead_time, level) >= 0.95).expect("a level");
    let problem = problem(shop(mean, 2, least as f64), true, 4000);
    let found = find(&problem, "basestock", &["cycle-service=0.95"]);
    let exact = cycle_service(mean, lead_time, found.levels[0] as usize);
    // A period without a delivery follows one without demand, once in 150: it belongs to the cycle before.
    assert!((found.levels[0] - least as f64).abs() <= 1.0 && exact > 0.94, "{found:?}, {least}");
    assert!((found.targets[0].training.mean - exact).abs() < 0.01, "{exact}");
}

/// Whatever a target asks for, levels that earn more are not given up where they reach it anyway.
#[test]
fn a_target_that_the_best_levels_reach_anyway_changes_nothing() {
    let mut declared = shop(5.0, 2, 15.0);
    declared.links[0].unmet_penalty = Some(9.0);
    let problem = problem(declared, true, 500);
    let free = find(&problem, "basestock", &[]);
    let bound = find(&problem, "basestock", &["fill-rate=0.5", "cycle-service[shop]=0.5"]);
    assert_eq!((free.levels, free.training), (bound.levels, bound.training));
    assert!(free.targets.is_empty() && bound.targets.iter().all(|target| target.is_reached));
}

/// Two shops behind a depot: among all levels of a box that reach the target on the same seeds, none earn noticeably
/// more than those found.
#[test]
fn among_all_levels_that_reach_it_none_earn_much_more() {
    let problem = problem(two_shops(), true, 60);
    let seeds: Vec<u64> = (0..8).collect();
    let played = |levels: &[f64; 3]| -> Vec<EpisodeFigures> {
        let spec = Family::BaseStock.spec(levels);
        let make = || parse(&spec, &Knowledge::blind(&problem)).expect("a spec");
        rollout_by_place(&problem, &seeds, 1, make).expect("plays")
    };
    let (mut most, mut at) = (f64::NEG_INFINITY, [0.0; 3]);
    for depot in (10..34).step_by(2) {
        for one in 4..14 {
            for other in 6..18 {
                let levels = [f64::from(depot), f64::from(one), f64::from(other)];
                let figures = played(&levels);
                let mean = |of: &dyn Fn(&EpisodeFigures) -> f64| figures.iter().map(of).sum::<f64>() / 8.0;
                let profit = mean(&|episode| episode.kpis.total_profit);
                if mean(&|episode| episode.kpis.immediate_fill_rate) >= 0.95 && profit > most {
                    (most, at) = (profit, levels);
                }
            }
        }
    }
    let found = find(&problem, "basestock", &["fill-rate=0.95"]);
    assert!(found.targets[0].is_reached);
    assert!(found.training.mean >= most - 0.01 * most.abs(), "{found:?} against {most} at {at:?}");
}

fn two_shops() -> DeclaredNetwork {
    let shop = |name: &str, holding: f64| DeclaredNode::stocking(name, 10.0, holding);
    DeclaredNetwork {
        nodes: vec![
            DeclaredNode::new("town"),
            DeclaredNode::stocking("depot", 20.0, 1.0),
            shop("east", 2.0),
            shop("west", 2.0),
            DeclaredNode::new("mill"),
        ],
        links: vec![
            DeclaredLink::market("east", "town", 0.0, 0.0, DeclaredDemand::poisson(2.0)),
            DeclaredLink::market("west", "town", 0.0, 0.0, DeclaredDemand::poisson(4.0)),
            DeclaredLink::supply("depot", "east", 1, 0.0, 0.0),
            DeclaredLink::supply("depot", "west", 1, 0.0, 0.0),
            DeclaredLink::supply("mill", "depot", 1, 0.0, 0.0),
        ],
        ..DeclaredNetwork::default()
    }
}

/// A target of each retailer is one of both, one of a retailer leaves the other to what it costs.
#[test]
fn targets_of_single_retailers_are_of_these_alone() {
    let problem = problem(two_shops(), true, 60);
    let each = find(&problem, "basestock", &["cycle-service[*]=0.9"]);
    let names: Vec<_> = each.targets.iter().map(|target| target.retailer.as_deref()).collect();
    assert_eq!(names, [Some("east"), Some("west")]);
    assert!(each.targets.iter().all(|target| target.is_reached && target.training.mean >= 0.9));
    let west = find(&problem, "basestock", &["fill-rate[west]=0.95"]);
    assert!(west.targets[0].is_reached && west.levels[1] < each.levels[1], "{west:?}");
    assert!(west.training.mean > each.training.mean);
    let seeds: Vec<u64> = (100..108).collect();
    let make = || parse(&west.spec, &Knowledge::blind(&problem)).expect("a spec");
    let played = rollout_by_place(&problem, &seeds, 1, make).expect("plays");
    let of_west = |episode: &EpisodeFigures| {
        episode.places.as_ref().expect("asked for").nodes[ManagedIx::from_position(2)].immediate_fill_rate()
    };
    let mean = played.iter().map(of_west).sum::<f64>() / 8.0;
    assert!((west.targets[0].held_out.expect("drawn").mean - mean).abs() < 1e-12);
}

#[test]
fn every_family_reaches_a_target_and_a_review_period_needs_more_stock() {
    let problem = problem(two_shops(), true, 40);
    // Nothing is ordered together here, nothing assembled, and nobody has two suppliers.
    for family in FAMILIES.into_iter().filter(|family| !["joint", "dual", "balanced"].contains(family)) {
        let found = find(&problem, family, &["fill-rate=0.9"]);
        assert!(found.targets[0].is_reached, "{found:?}");
    }
    let every = |family: &str| find(&problem, family, &["fill-rate=0.9"]);
    let (often, seldom) = (every("basestock"), every("basestock@4"));
    assert!(seldom.targets[0].is_reached && seldom.spec.ends_with("@4"), "{seldom:?}");
    assert!(seldom.training.mean < often.training.mean);
    let known = Knowledge::blind(&problem);
    parse(&seldom.spec, &known).expect("a spec");
}

/// Nothing can arrive before period 6, and half the demand of 12 periods comes before: of the 10 units at the start
/// no level makes more.
#[test]
fn a_target_out_of_reach_is_said_with_the_best_reached() {
    let problem = problem(shop(5.0, 6, 10.0), false, 12);
    let found = find(&problem, "basestock", &["fill-rate=0.9"]);
    let reached = &found.targets[0];
    assert!(!reached.is_reached && found.settled);
    // 10 of the first 30 at once, then all of the other 30: two thirds.
    assert!((reached.training.mean - 2.0 / 3.0).abs() < 0.05, "{reached:?}");
    let lacks: Vec<f64> = found.history.iter().map(|step| step.lack).collect();
    assert!(lacks.is_sorted_by(|before, after| before >= after) && *lacks.last().expect("a start") > 0.2);
}

#[test]
fn levels_reach_a_target_with_mechanisms_and_with_lost_sales() {
    let mut declared = shop(5.0, 2, 15.0);
    declared.settings.put("units", KeyValue::Word("whole".into()));
    declared.links[1].settings.put("cap", KeyValue::Number(8.0));
    declared.links[1].settings.put("unmet", KeyValue::Word("wait".into()));
    for backlog in [true, false] {
        let found = find(&problem(declared.clone(), backlog, 400), "basestock", &["fill-rate=0.95"]);
        assert!(found.targets[0].is_reached, "{found:?}");
    }
}

#[test]
fn targets_that_cannot_be_are_refused_with_what_is_allowed() {
    let problem = problem(two_shops(), true, 20);
    let refused =
        |targets: &[&str]| optimize(&problem, &settings("basestock", targets, 9)).expect_err("refused");
    assert_eq!(
        refused(&["fill-rate[depot]=0.9"]).to_string(),
        "target is of 'depot', which sells to no customers; expected one of east, west"
    );
    assert_eq!(
        refused(&["fill-rate[east]=0.9", "immediate-fill-rate[*]=0.8"]).to_string(),
        "two targets for the immediate fill rate of east; one of them would be without effect"
    );
    let review = |name: &str| Family::reviewed(name).expect_err("refused");
    assert!(review("basestock@0").to_string().contains("behind @ stands a review period, a whole number"));
    assert!(matches!(review("base@7"), OptimizeError::Family { .. }));
    let climb = Settings { gradient: true, ..settings("basestock@7", &[], 9) };
    let error = optimize(&problem, &climb).expect_err("refused").to_string();
    assert!(error.contains("basestock, echelon and capped reviewed every period"), "{error}");
}
