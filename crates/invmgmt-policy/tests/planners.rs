//! Planners: published profits reproduced, plans checked against the engine, gaps kept.
//!
//! The whole matrix of the two planners that take minutes is behind `make planners`.

mod common;

use common::{Published, Tolerance, published_problems};
use invmgmt::Problem;
use invmgmt::demand::{DemandConfig, DemandModel};
use invmgmt::episode::{Episode, Policy, kpis};
use invmgmt::network::{DeclaredDemand, layered, preset};
use invmgmt::period::Rules;
use invmgmt_policy::{Information, Knowledge, PolicyError, parse, profit_bound};

const DLP: Tolerance = Tolerance { share: 0.005, units: 1.0 };
/// Programmes over scenarios have many optimal plans, which earn the same in the plan and not quite in play.
const MSSP: Tolerance = Tolerance { share: 0.01, units: 2.0 };

/// The published means a policy misses on the problems whose keys contain these words.
fn missed(policy: &str, allowed: Tolerance, words: &[&str]) -> Vec<String> {
    published_problems(policy)
        .iter()
        .filter(|problem| words.iter().all(|word| problem.key.contains(word)))
        .flat_map(|problem| problem.missed_means(policy, allowed))
        .collect()
}

/// The published value of an episode's profit, on one seed of every problem.
#[test]
fn the_oracle_earns_the_published_profits() {
    let mut wrong = Vec::new();
    for problem in published_problems("oracle") {
        let (seed, published) = problem.profits[0];
        let found = problem.profit("oracle", seed);
        if (found - published).abs() > 1e-3 {
            wrong.push(format!("{} {seed}: {found:.4}, published {published:.4}", problem.key));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn certainty_equivalent_planning_earns_the_published_means() {
    for policy in ["dlp:blind", "dlp:informed"] {
        assert_eq!(missed(policy, DLP, &["stationary"]), Vec::<String>::new());
    }
}

#[test]
fn planning_over_samples_earns_the_published_means() {
    assert_eq!(missed("mssp:informed", MSSP, &["M5", "serial"]), Vec::<String>::new());
}

/// Every published planner on all problems: profits of the seeds on file, means of all ten; minutes in an optimised
/// build.
#[test]
#[ignore = "minutes: make planners"]
fn all_published_planners_earn_the_published_profits() {
    let mut wrong = Vec::new();
    for problem in published_problems("oracle") {
        for &(seed, published) in &problem.profits {
            let found = problem.profit("oracle", seed);
            if (found - published).abs() > 1e-3 {
                wrong.push(format!("oracle {} {seed}: {found:.4}, published {published:.4}", problem.key));
            }
        }
    }
    for (policy, allowed) in
        [("dlp:blind", DLP), ("dlp:informed", DLP), ("mssp:blind", MSSP), ("mssp:informed", MSSP)]
    {
        wrong.extend(missed(policy, allowed, &[]));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The engine is another implementation of the rules the programme states: a plan for known demand earns in play
/// what the programme says it earns, and nothing earns more.
#[test]
fn a_plan_earns_in_the_engine_what_its_programme_promises_and_nothing_earns_more() {
    for (name, backlog, discount) in
        [("base", true, 1.0), ("base", false, 0.98), ("serial", true, 0.98), ("serial", false, 1.0)]
    {
        let network = preset(name).expect("a preset").compile().expect("valid");
        let demand = DemandModel::new(DemandConfig::default()).expect("usable");
        let rules = Rules { backlog, discount };
        let problem = Problem::new(network.clone(), demand.clone(), rules, 30);
        let known = Knowledge::of(&problem);
        let bound = profit_bound(&known, 7).expect("solved").expect("no goodwill");
        let earned = |policy: &str| {
            let mut policy = parse(policy, &known).expect("a policy");
            policy.reset(Some(7));
            let mut episode = Episode::begin(&problem, 7).expect("an episode");
            episode.play(&mut policy).expect("playable");
            kpis(&network, episode.trajectory()).total_profit
        };
        assert!((earned("oracle") - bound).abs() < 1e-6, "{name}: {} of {bound}", earned("oracle"));
        for policy in [
            "mpc:informed",
            "mpc:family",
            "mpc:blind",
            "dlp:informed",
            "echelon-basestock:informed",
            "constant:20",
        ] {
            assert!(earned(policy) < bound, "{name}: {policy} earns {} of {bound}", earned(policy));
        }
    }
}

/// Networks nobody tuned anything on: several markets, factories with yields, ten to sixty links.
#[test]
fn no_policy_earns_more_than_the_bound_on_networks_of_other_shapes() {
    for (links, seed) in [(12, 1), (25, 2), (60, 3)] {
        let network = layered(links, seed).compile().expect("valid");
        let demand = DemandModel::new(DemandConfig::default()).expect("usable");
        let rules = Rules::default();
        let problem = Problem::new(network.clone(), demand.clone(), rules, 12);
        let known = Knowledge::of(&problem);
        let bound = profit_bound(&known, seed).expect("solved").expect("no goodwill");
        for policy in ["oracle", "mpc:informed", "mpc:blind", "newsvendor:informed", "constant:5"] {
            let mut named = parse(policy, &known).expect("a policy");
            named.reset(Some(seed));
            let mut episode = Episode::begin(&problem, seed).expect("an episode");
            episode.play(&mut named).expect("playable");
            let earned = kpis(&network, episode.trajectory()).total_profit;
            assert!(earned <= bound + 1e-6 * bound.abs(), "{links} links, {policy}: {earned}, bound {bound}");
        }
    }
}

fn mean_gap(policy: &str, keys: &[&str], seeds: std::ops::Range<u64>) -> f64 {
    let chosen = |problem: &Published| keys.iter().all(|key| problem.key.contains(key));
    let gaps: Vec<f64> = published_problems("oracle")
        .into_iter()
        .filter(chosen)
        .map(|problem| {
            let total = |policy: &str| seeds.clone().map(|seed| problem.profit(policy, seed)).sum::<f64>();
            1.0 - total(policy) / total("oracle")
        })
        .collect();
    gaps.iter().sum::<f64>() / gaps.len() as f64
}

/// The published best, MSSP informed, is 2.2 percent short on these two; blind, 6.7 (benchmark, section 4.1).
#[test]
fn planning_ahead_comes_nearer_to_perfect_information_than_any_published_policy() {
    let keys = ["stationary", "serial"];
    let informed = mean_gap("mpc:informed", &keys, 20_000..20_002);
    assert!(informed < 0.02, "informed: {informed}");
    let family = mean_gap("mpc:family", &["trend+seasonal+shock", "base", "GW:False"], 20_000..20_002);
    assert!(family < 0.05, "family: {family}");
    let blind = mean_gap("mpc:blind", &["stationary", "BL:True"], 20_000..20_002);
    assert!(blind < 0.12, "blind: {blind}");
}

/// Stock cannot last until more arrives, what is not served is lost, and customers remember. The published plan knows
/// every draw but serves while stock lasts.
#[test]
fn who_chooses_when_to_run_out_earns_more_than_who_knows_the_draws() {
    let gap = mean_gap("mpc:informed", &["base|trend+seasonal+shock", "GW:True", "BL:False"], 20_000..20_002);
    assert!(gap < -0.03, "{gap}");
}

/// The seeds on which the best known plan is worse than the published one, or than what our planner orders that knows
/// no draw.
fn worse_than_others(problem: &Published, seeds: &[u64]) -> Vec<String> {
    let mut worse = Vec::new();
    for &seed in seeds {
        let found = problem.profit("best-known", seed);
        for other in ["oracle", "mpc:informed"] {
            let profit = problem.profit(other, seed);
            // Played, a profit is added up in another order than in rehearsal.
            if found.is_nan() || found < profit - 1e-9 {
                worse.push(format!("{} {seed}: {found}, {other} earns {profit}", problem.key));
            }
        }
    }
    worse
}

#[test]
fn the_best_known_plan_is_never_worse_than_others() {
    let goodwill = published_problems("oracle").into_iter().filter(|problem| problem.key.contains("GW:True"));
    let worse: Vec<String> = goodwill.flat_map(|problem| worse_than_others(&problem, &[42])).collect();
    assert_eq!(worse, Vec::<String>::new());
}

#[test]
#[ignore = "minutes: make planners"]
fn the_best_known_plan_is_never_worse_on_any_problem_and_seed() {
    let problems = published_problems("oracle");
    let worse: Vec<String> =
        problems.iter().flat_map(|problem| worse_than_others(problem, &common::SEEDS)).collect();
    assert_eq!(worse, Vec::<String>::new());
}

/// Plans better than the published ones are on record (benchmark, section 5.2).
#[test]
fn the_best_known_plan_beats_the_better_plans_on_record() {
    for (label, record) in [("|trend+seasonal|", 793.61), ("|trend+seasonal+shock|", 1378.85)] {
        let words = ["base", label, "GW:True", "BL:False"];
        let problem = published_problems("oracle")
            .into_iter()
            .find(|problem| words.iter().all(|word| problem.key.contains(word)))
            .expect("a problem");
        let found = problem.profit("best-known", 42);
        assert!(found > record, "{label}: {found}, on record {record}");
    }
}

#[test]
fn planners_are_labelled_by_what_they_know() {
    let network = preset("serial").expect("a preset").compile().expect("valid");
    let drawn = DemandModel::new(DemandConfig::default()).expect("usable");
    let fixed =
        DemandModel::new(DemandConfig { noise_scale: 0.0, ..DemandConfig::default() }).expect("usable");
    let label = |spec: &str, demand: &DemandModel| {
        let problem = Problem::new(network.clone(), demand.clone(), Rules::default(), 5);
        let known = Knowledge::of(&problem);
        parse(spec, &known).expect("a policy").information()
    };
    assert_eq!(label("mpc:blind", &drawn), Information::Blind);
    assert_eq!(label("mpc:family", &drawn), Information::Family);
    assert_eq!(label("mpc:informed", &drawn), Information::Informed);
    assert!(Information::Family.is_within(Information::FamilyParameters));
    assert!(!Information::FamilyParameters.is_within(Information::Family), "strengths are known besides");
    assert_eq!(label("mpc:informed", &fixed), Information::Clairvoyant);
    assert_eq!(label("dlp:blind", &drawn), Information::PublishedBlind);
    assert_eq!(label("mssp:informed", &drawn), Information::PublishedInformed);
    assert_eq!(label("oracle", &drawn), Information::Clairvoyant);
}

#[test]
fn a_planner_that_cannot_be_made_or_cannot_plan_says_why() {
    let network = preset("serial").expect("a preset").compile().expect("valid");
    let demand = DemandModel::new(DemandConfig::default()).expect("usable");
    let problem = Problem::new(network.clone(), DemandModel::default(), Rules::default(), 5);
    let known = Knowledge::blind(&problem);
    let refused = |spec: &str| parse(spec, &known).expect_err("refused").to_string();
    assert_eq!(refused("oracle"), "oracle reads the parameters of demand, and none are given");
    assert_eq!(refused("mpc:family"), "mpc:family reads the parameters of demand, and none are given");
    assert_eq!(refused("oracle:blind"), "oracle has no information level 'blind'; expected oracle");
    assert_eq!(
        refused("mpc:clever"),
        "mpc has no information level 'clever'; expected mpc:blind, :family or :informed"
    );
    assert!(matches!(profit_bound(&known, 1), Err(PolicyError::NoDemand { .. })));
    let problem = Problem { demand: demand.clone().into(), ..problem };
    let known = Knowledge::of(&problem);
    let mut oracle = parse("oracle", &known).expect("a policy");
    oracle.reset(None);
    let mut episode = Episode::begin(&problem, 1).expect("an episode");
    let error = episode.play(&mut oracle).expect_err("refused").to_string();
    assert_eq!(
        error,
        "the policy gave no orders: perfect information needs the seed of the episode, and the policy was reset \
         without one"
    );
    assert_eq!(episode.trajectory().periods_played, 0);
}

#[test]
fn a_plan_too_large_to_solve_is_refused_with_its_size() {
    let network = layered(5_000, 1).compile().expect("valid");
    let demand = DemandModel::new(DemandConfig::default()).expect("usable");
    let problem = Problem::new(network.clone(), demand.clone(), Rules::default(), 3_650);
    let known = Knowledge::of(&problem);
    let mut policy = parse("oracle", &known).expect("a policy");
    policy.reset(Some(1));
    let mut episode = Episode::begin(&problem, 1).expect("an episode");
    let error = episode.play(&mut policy).expect_err("refused").to_string();
    assert!(error.contains("expected at most 2000000"), "{error}");
}

/// A serial chain whose quantities and money are counted in other units: stock, capacity and demand times `size`,
/// prices and costs times `price`. Demand is a series, so that nothing is drawn in pieces.
fn profit_in_units(spec: &str, backlog: bool, size: f64, price: f64) -> Result<f64, String> {
    let mut declared = preset("serial").expect("a preset");
    let times = |value: &mut Option<f64>, by: f64| *value = value.map(|value| value * by);
    for node in &mut declared.nodes {
        for value in [&mut node.initial_inventory, &mut node.capacity] {
            times(value, size);
        }
        for value in [&mut node.holding_cost, &mut node.operating_cost] {
            times(value, price);
        }
    }
    for link in &mut declared.links {
        for value in [&mut link.price, &mut link.pipeline_holding_cost, &mut link.unmet_penalty] {
            times(value, price);
        }
    }
    let network = declared.compile().expect("valid");
    let week = [12.0, 31.0, 20.0, 25.0, 8.0, 17.0, 29.0];
    let series: Vec<f64> = (0..30).map(|period| size * week[period % 7]).collect();
    let config =
        DemandConfig { external_series: Some(series.into()), noise_scale: 0.0, ..DemandConfig::default() };
    let demand = DemandModel::new(config).expect("usable");
    let rules = Rules { backlog, ..Rules::default() };
    let problem = Problem::new(network.clone(), demand.clone(), rules, 30);
    let known = Knowledge::of(&problem);
    let mut policy = parse(spec, &known).expect("a policy");
    policy.reset(Some(1));
    let mut episode = Episode::begin(&problem, 1).expect("an episode");
    episode.play(&mut policy).map_err(|error| error.to_string())?;
    Ok(kpis(&network, episode.trajectory()).total_profit / size / price)
}

#[test]
fn a_problem_in_other_units_earns_the_same_in_those_units() {
    let units = [(1e7, 1.0), (1e-6, 1.0), (1e5, 1e-3), (1.0, 1e8)];
    // Means of samples depend on the draws, and what is believed of scatter on the power of two that is the unit.
    for (spec, share) in [
        ("oracle", 1e-5),
        ("dlp:informed", 1e-5),
        ("mpc:informed", 1e-5),
        ("mpc:family", 1e-5),
        ("mpc:blind", 0.02),
        ("mssp:informed", 0.01),
    ] {
        for backlog in [true, false] {
            let plain = profit_in_units(spec, backlog, 1.0, 1.0).expect("played");
            // A planner over samples takes seconds for what others take milliseconds.
            for &(size, price) in if spec == "mssp:informed" { &units[..2] } else { &units[..] } {
                let other = profit_in_units(spec, backlog, size, price).expect("played");
                let off = (other / plain - 1.0).abs();
                assert!(
                    off <= share,
                    "{spec}, backlog {backlog}, units {size:e} {price:e}: {other}, not {plain}"
                );
            }
        }
    }
}

/// A law whose scatter is part of its unit is the same law in any; Poisson draws of a million are no scatter at all.
#[test]
fn a_planner_over_samples_sees_scatter_in_large_units_too() {
    let profit = |spec: &str, size: f64| {
        let times = |value: &mut Option<f64>, by: f64| *value = value.map(|value| value * by);
        let mut declared = preset("serial").expect("a preset");
        for node in &mut declared.nodes {
            times(&mut node.initial_inventory, size);
            times(&mut node.capacity, size);
        }
        let parameters = [("loc", 20.0 * size), ("scale", 9.0 * size)];
        for link in &mut declared.links {
            times(&mut link.unmet_penalty, 20.0);
            link.demand = link.demand.take().map(|_| DeclaredDemand::new("normal", parameters));
        }
        let network = declared.compile().expect("valid");
        let demand = DemandModel::new(DemandConfig { base_mu: Some(20.0 * size), ..DemandConfig::default() });
        let problem = Problem::new(network.clone(), demand.expect("usable"), Rules::default(), 12);
        let profits = (1..=3).map(|seed| {
            let mut policy = parse(spec, &Knowledge::of(&problem)).expect("a policy");
            policy.reset(Some(seed));
            let mut episode = Episode::begin(&problem, seed).expect("an episode");
            episode.play(&mut policy).expect("played");
            kpis(&network, episode.trajectory()).total_profit / size
        });
        profits.sum::<f64>() / 3.0
    };
    let (certain, sampled) = (profit("dlp:informed", 1e6), profit("mssp:informed", 1e6));
    assert!(sampled > certain + 1.0, "{sampled} is no more than {certain} without scatter");
}

/// What rounding adds up to over so many periods once looked like a proof that no plan exists.
#[test]
fn a_plan_in_an_episode_of_three_thousand_periods_is_made_from_any_state() {
    let network = preset("serial").expect("a preset").compile().expect("valid");
    let demand = DemandModel::new(DemandConfig::default()).expect("usable");
    let problem = Problem::new(network.clone(), demand.clone(), Rules::default(), 3_000);
    let known = Knowledge::of(&problem);
    let mut planner = parse("mpc:family", &known).expect("a policy");
    let mut base_stock = parse("basestock:107,118,29", &known).expect("a policy");
    planner.reset(Some(1));
    let mut episode = Episode::begin(&problem, 1).expect("an episode");
    let mut orders = vec![0.0; network.supply.len()];
    for _ in 0..2 {
        base_stock.decide(&episode.view(), &mut orders).expect("orders");
        episode.step(&orders).expect("playable");
    }
    planner.decide(&episode.view(), &mut orders).expect("a plan");
    assert!(orders.iter().all(|order| (0.0..=200.0).contains(order)), "{orders:?}");
}

/// Mean profit on a problem of the suite where replenishment matters.
fn standard_profit(id: &str, policy: &str, seeds: std::ops::Range<u64>) -> f64 {
    let case = invmgmt_data::find_scenario(&format!("standard-1/{id}")).expect("a problem");
    let known = Knowledge::of(&case.problem);
    let count = (seeds.end - seeds.start) as f64;
    let profit = |seed: u64| {
        let mut policy = parse(policy, &known).expect("a policy");
        policy.reset(Some(seed));
        let mut episode = Episode::begin(&case.problem, seed).expect("an episode");
        episode.play(&mut policy).expect("playable");
        kpis(&case.problem.network, episode.trajectory()).total_profit
    };
    seeds.map(profit).sum::<f64>() / count
}

/// A year in which every order costs something: the published rule that sizes its orders by that is the one to beat.
#[test]
fn a_plan_with_fixed_costs_orders_in_lots_and_earns_more_than_the_rule_that_does() {
    let [planned, rule] =
        ["mpc:informed", "ss:informed"].map(|policy| standard_profit("N04", policy, 10_000..10_002));
    assert!(planned > 1.005 * rule, "{planned}, the rule {rule}");
}

/// Real sales replayed three times: the best constant order, found in hindsight, earns 8,605.
#[test]
fn sales_that_repeat_themselves_are_foreseen_blind() {
    let blind = standard_profit("N15", "mpc:blind", 10_000..10_001);
    assert!(blind > 8_700.0, "{blind}");
}
