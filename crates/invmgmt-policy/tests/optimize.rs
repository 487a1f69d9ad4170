//! Levels found by simulation against answers the textbook solvers know exactly, and searches that are refused.

use std::sync::Arc;

use invmgmt::Problem;
use invmgmt::demand::{DemandConfig, DemandModel, Effects};
use invmgmt::episode::{Episode, kpis};
use invmgmt::network::{
    DeclaredDemand, DeclaredLink, DeclaredNetwork, DeclaredNode, Network, TableIndex, preset,
};
use invmgmt::period::Rules;
use invmgmt_policy::optimize::{Family, OptimizeError, Optimum, Settings, optimize};
use invmgmt_policy::{Knowledge, parse};
use invmgmt_textbook::clark_scarf::SerialSystem;
use invmgmt_textbook::newsvendor::Newsvendor;
use invmgmt_textbook::reorder_level::ReorderLevel;

/// Nodes 1, 2 ... from the retailer upwards with their holding costs, each with lead time and pipeline rate of the link
/// it buys on; market 0; prices zero; Poisson demand. Stock begins near where it settles.
fn chain(mean: f64, penalty: f64, stages: &[(f64, u32, f64)], stock: &[f64], fixed: f64) -> Arc<Network> {
    let mut nodes = vec![DeclaredNode::new(0)];
    let mut links = vec![DeclaredLink::market(1, 0, 0.0, penalty, DeclaredDemand::poisson(mean))];
    for ((id, &(holding, lead_time, pipeline)), &stock) in (1_i64..).zip(stages).zip(stock) {
        nodes.push(DeclaredNode::stocking(id, stock, holding));
        let mut link = DeclaredLink::supply(id + 1, id, lead_time, 0.0, pipeline);
        link.fixed_order_cost = Some(fixed);
        links.push(link);
    }
    nodes.push(DeclaredNode::new(stages.len() as i64 + 1));
    Arc::new(DeclaredNetwork { nodes, links, ..DeclaredNetwork::default() }.compile().expect("a sound chain"))
}

fn settings(training: Vec<u64>, held_out: Vec<u64>) -> Settings {
    Settings {
        family: Family::BaseStock,
        review: 1,
        targets: Vec::new(),
        budget: 60,
        training,
        held_out,
        test_from: None,
        threads: 1,
        gradient: false,
    }
}

fn find(network: &Arc<Network>, family: Family, num_periods: usize, budget: usize) -> Optimum {
    let demand = DemandModel::new(DemandConfig::default()).expect("sound parameters");
    let problem = Problem::new(Arc::clone(network), demand, Rules::default(), num_periods);
    let settings =
        Settings { family, budget, threads: 2, ..settings((0..8).collect(), (100..108).collect()) };
    let found = optimize(&problem, &settings).expect("a search");
    println!(
        "{} from {}: {} tried, settled {}, cost {:.4} a period +- {:.4}",
        found.spec,
        found.start,
        found.tried,
        found.settled,
        -found.held_out.expect("drawn").mean / num_periods as f64,
        found.held_out.expect("drawn").standard_error / num_periods as f64
    );
    found
}

/// The exact cost of the levels found is within this share of the exact optimum.
const GAP: f64 = 0.005;

/// Section 4.15 of the known answers: h 1, Poisson 5, L 2, p 9 costs 7.12300 with S = 20.
#[test]
fn a_newsvendor_s_level_is_found_within_half_a_percent_of_its_cost() {
    let network = chain(5.0, 9.0, &[(1.0, 2, 0.0)], &[15.0], 0.0);
    let found = find(&network, Family::BaseStock, 2000, 60);
    let [level] = found.levels[..] else { panic!("one node") };
    let exact = |level: f64| -> f64 {
        // E[(S - D)+] + 9 E[(D - S)+] with D Poisson of mean 15, by its sum.
        let (mut probability, mut cost) = ((-15.0_f64).exp(), 0.0);
        for units in 0..200 {
            let left = level - f64::from(units);
            cost += probability * if left > 0.0 { left } else { -9.0 * left };
            probability *= 15.0 / f64::from(units + 1);
        }
        cost
    };
    let best = Newsvendor::from_problem(&*network).expect("one node").solve().expect("sound numbers");
    assert_eq!((best.level, exact(20.0)), (20.0, exact(20.0)));
    assert!((exact(20.0) - 7.123).abs() < 1e-4, "{}", exact(20.0));
    assert!(exact(level) <= 7.123 * (1.0 + GAP), "level {level} costs {}", exact(level));
}

/// Zheng & Federgruen: h 1, p 9, K 64, mean 22: (16, 68) costs 51.632.
#[test]
fn reorder_levels_are_found_within_half_a_percent_of_their_cost() {
    let network = chain(22.0, 9.0, &[(1.0, 0, 0.0)], &[40.0], 64.0);
    let best = ReorderLevel::from_problem(&*network).expect("one node").solve().expect("sound numbers");
    assert_eq!((best.reorder_level, best.order_up_to), (16, 68));
    let found = find(&network, Family::ReorderLevels, 4000, 300);
    let cost = policy_cost(22.0, 64.0, 9.0, found.levels[0] as i64, found.levels[1] as i64);
    assert!((policy_cost(22.0, 64.0, 9.0, 16, 68) - 51.632).abs() < 1e-3);
    assert!(cost <= 51.632 * (1.0 + GAP), "{} costs {cost}", found.spec);
}

/// With requests that wait, levels that count the orders of the same period are the echelon policy: Clark and Scarf's
/// chain costs 99.740 (local levels 15, 5, 11), and no levels cost less.
#[test]
fn levels_of_a_cascade_are_found_within_half_a_percent_of_the_echelon_policy_s_cost() {
    let mut declared =
        chain(5.0, 37.12, &[(7.0, 1, 4.0), (4.0, 0, 2.0), (2.0, 1, 0.0)], &[5.0; 3], 0.0).declared.clone();
    for link in &mut declared.links[1..] {
        link.settings.put("unmet", invmgmt::network::KeyValue::Word("wait".into()));
    }
    let network = Arc::new(declared.compile().expect("sound"));
    let found = find(&network, Family::Cascade, 3000, 300);
    let cost = -found.held_out.expect("drawn").mean / 3000.0;
    let error = found.held_out.expect("drawn").standard_error / 3000.0;
    assert!(cost <= 99.740 * (1.0 + GAP) + 4.0 * error, "{} costs {cost}", found.spec);
}

/// A cap never has to bind, and a lot of one unit is a level one higher: neither family can be worse than base stock on
/// the seeds it was tuned on.
#[test]
fn caps_and_lots_are_at_least_as_good_as_the_levels_they_contain() {
    let network = chain(5.0, 9.0, &[(1.0, 4, 0.0)], &[20.0], 0.0);
    let base = find(&network, Family::BaseStock, 1000, 120).training.mean;
    for family in [Family::Capped, Family::Lots, Family::Ages] {
        let found = find(&network, family, 1000, 400).training.mean;
        assert!(found >= base - 0.01 * base.abs(), "{family}: {found} against {base}");
    }
}

/// Long-run cost of (s, S) with lead time 0 and h = 1: Markov chain of the position after ordering, by iteration.
fn policy_cost(mean: f64, fixed: f64, penalty: f64, low: i64, high: i64) -> f64 {
    let mut law = vec![(-mean).exp()];
    for units in 1..200 {
        law.push(law[units - 1] * mean / units as f64);
    }
    let levels = (high - low) as usize;
    // Position after ordering: high - j, j = 0 .. levels - 1.
    let mut share = vec![1.0 / levels as f64; levels];
    for _ in 0..2000 {
        let mut next = vec![0.0; levels];
        for (below, weight) in share.iter().enumerate() {
            for (units, probability) in law.iter().enumerate() {
                let to = below + units;
                next[if to < levels { to } else { 0 }] += weight * probability;
            }
        }
        share = next;
    }
    let mut cost = 0.0;
    for (below, weight) in share.iter().enumerate() {
        for (units, probability) in law.iter().enumerate() {
            let left = (high - below as i64) as f64 - units as f64;
            let running = if left > 0.0 { left } else { -penalty * left };
            let order = if below + units >= levels { fixed } else { 0.0 };
            cost += weight * probability * (running + order);
        }
    }
    cost
}

/// Snyder & Shen, example 6.1 with Poisson demand on the simulator's events: (15, 20, 31) costs 99.740.
#[test]
fn clark_scarf_levels_are_found_within_half_a_percent_of_their_cost() {
    let stages = [(7.0, 1, 4.0), (4.0, 0, 2.0), (2.0, 1, 0.0)];
    let network = chain(5.0, 37.12, &stages, &[10.0, 5.0, 6.0], 0.0);
    let system = SerialSystem::from_problem(&*network).expect("a chain");
    assert!((system.cost_of(&[15.0, 20.0, 31.0]).expect("whole levels") - 99.740).abs() < 1e-3);
    let echelon = find(&network, Family::Echelon, 4000, 250);
    let cost = system.cost_of(&echelon.levels).expect("whole levels");
    assert!(cost <= 99.740 * (1.0 + GAP), "{} costs {cost}", echelon.spec);
}

/// The lower end of the interval of the gain.
fn low(found: &Optimum) -> f64 {
    found.gain.and_then(|gain| gain.interval()).expect("drawn").0
}

/// Sixty days of sales that double in the second half: levels that fit the first half are measured on the second.
fn growing() -> (Arc<Network>, DemandModel) {
    let network = serial();
    let mut demand = DemandModel::default();
    let day = |day: u32| f64::from(if day < 30 { 10 + day % 7 } else { 20 + 2 * (day % 7) });
    let sales: Vec<f64> = (0..60).map(day).collect();
    let link = TableIndex::from_position(0);
    demand.replays.set("sales", link, sales.into(), 60).expect("sound sales");
    (network, demand)
}

#[test]
fn where_nothing_is_drawn_one_episode_is_played_and_no_interval_is_made_up() {
    let (network, demand) = growing();
    let problem = Problem::new(Arc::clone(&network), demand.clone(), Rules::default(), 60);
    let found = optimize(&problem, &settings(vec![], vec![])).expect("a search");
    assert!(!found.drawn && found.training.interval().is_none());
    assert!(found.held_out.is_none() && found.gain.is_none(), "there is nothing it did not see");
    let played = |demand: &DemandModel, num_periods: usize, spec: &str| {
        let problem = Problem::new(Arc::clone(&network), demand.clone(), Rules::default(), num_periods);
        let mut episode = Episode::begin(&problem, 7).expect("an episode");
        episode.play(&mut parse(spec, &Knowledge::blind(&problem)).expect("a spec")).expect("playable");
        kpis(&network, episode.trajectory()).total_profit
    };
    assert!((found.training.mean - played(&demand, 60, &found.spec)).abs() < 1e-9);

    // Cut, the search sees the first 30 days and the result is measured on the others alone.
    let cut = Settings { test_from: Some(30), ..settings(vec![], vec![]) };
    let found = optimize(&problem, &cut).expect("a search");
    let [mut before, mut after] = [DemandModel::default(), DemandModel::default()];
    let link = TableIndex::from_position(0);
    let sales: Vec<f64> = (0..60).map(|day| demand.replays.value(day, link).expect("sales")).collect();
    before.replays.set("sales", link, sales[..30].into(), 30).expect("sound sales");
    after.replays.set("sales", link, sales[30..].into(), 30).expect("sound sales");
    let alone = Problem { demand: before.into(), num_periods: 30, ..problem };
    let alone = optimize(&alone, &settings(vec![], vec![])).expect("a search");
    assert_eq!((&found.spec, found.training.mean), (&alone.spec, alone.training.mean));
    let (held_out, gain) = (found.held_out.expect("days not seen"), found.gain.expect("days not seen"));
    let (end, start) = (played(&after, 30, &found.spec), played(&after, 30, &found.start));
    assert!((held_out.mean - end).abs() < 1e-9 && (gain.mean - (end - start)).abs() < 1e-9);
    assert!(held_out.interval().is_none() && gain.interval().is_none());
}

#[test]
fn a_cut_needs_a_series_and_nothing_that_depends_on_the_time_before() {
    let (network, replayed) = growing();
    let refused = |demand: &DemandModel, at: usize| {
        let problem = Problem::new(Arc::clone(&network), demand.clone(), Rules::default(), 60);
        let settings = Settings { test_from: Some(at), ..settings(vec![1, 2], vec![3, 4]) };
        optimize(&problem, &settings).expect_err("refused").to_string()
    };
    for at in [0, 60, 61] {
        let expected = format!("test_from is {at}; expected a period from 1 to 59 of the 60 played");
        assert_eq!(refused(&replayed, at), expected);
    }
    let drawn = DemandModel::default();
    assert!(refused(&drawn, 30).starts_with("test_from cuts series, and demand has none"));
    let series: Arc<[f64]> = vec![20.0; 60].into();
    let around = |config: DemandConfig| {
        DemandModel::new(DemandConfig { external_series: Some(series.clone()), ..config }).expect("sound")
    };
    let trend = Effects { trend: true, ..Effects::default() };
    let moving = around(DemandConfig { effects: trend, ..DemandConfig::default() });
    assert!(refused(&moving, 30).contains("effects, which would begin anew"));
    let remembering = around(DemandConfig { use_goodwill: true, ..DemandConfig::default() });
    assert!(refused(&remembering, 30).contains("goodwill, which remembers"));
    // Drawn around a series, both parts have their draws, and so an interval.
    let problem = Problem::new(network, around(DemandConfig::default()), Rules::default(), 60);
    let found = optimize(&problem, &Settings { test_from: Some(40), ..settings(vec![1, 2], vec![3, 4]) });
    let found = found.expect("a search");
    assert!(found.drawn && found.held_out.expect("drawn").interval().is_some());
}

fn serial() -> Arc<Network> {
    Arc::new(preset("serial").expect("a preset").compile().expect("a sound network"))
}

#[test]
fn the_same_settings_find_the_same_on_any_number_of_threads() {
    let (network, demand) = (serial(), DemandModel::new(DemandConfig::default()).expect("sound parameters"));
    let problem = Problem::new(Arc::clone(&network), demand, Rules::default(), 30);
    let run = |threads, budget| {
        let settings = Settings { budget, threads, ..settings((0..64).collect(), (1000..1064).collect()) };
        optimize(&problem, &settings).expect("a search")
    };
    let found = run(1, 200);
    assert_eq!(run(2, 200), found);
    assert!(found.tried <= 200);
    // The history rises from the start to the result, and the gain is measured where the search has not looked.
    assert!(found.history.windows(2).all(|pair| pair[0].profit < pair[1].profit));
    assert_eq!(found.history.last().expect("a start").levels, found.levels);
    assert!(low(&found) > 0.0, "{found:?}");
    let one = run(1, 1);
    assert_eq!(
        (one.tried, &one.spec, one.settled, one.gain.expect("drawn").mean),
        (1, &one.start, false, 0.0)
    );
    // The spec can be played.
    let problem = Problem::new(network.clone(), DemandModel::default(), Rules::default(), 30);
    let known = Knowledge::blind(&problem);
    parse(&found.spec, &known).expect("a spec");
}

#[test]
fn every_family_improves_on_its_start_on_a_network_with_shared_suppliers() {
    let network = Arc::new(preset("network").expect("a preset").compile().expect("a sound network"));
    for family in [Family::BaseStock, Family::Echelon, Family::ReorderLevels] {
        let found = find(&network, family, 30, 400);
        assert!(low(&found) > 0.0, "{found:?}");
        let problem = Problem::new(network.clone(), DemandModel::default(), Rules::default(), 30);
        parse(&found.spec, &Knowledge::blind(&problem)).expect("a spec");
    }
}

#[test]
fn settings_that_cannot_be_used_are_refused_with_their_reason() {
    let (network, demand) = (serial(), DemandModel::new(DemandConfig::default()).expect("sound parameters"));
    let refused = |budget, training: &[u64], held_out: &[u64], num_periods| {
        let problem = Problem::new(Arc::clone(&network), demand.clone(), Rules::default(), num_periods);
        let settings = Settings { budget, ..settings(training.to_vec(), held_out.to_vec()) };
        optimize(&problem, &settings).expect_err("refused").to_string()
    };
    assert_eq!(
        refused(0, &[1, 2], &[3, 4], 30),
        "budget is 0; expected at least 1 set of levels to simulate"
    );
    assert_eq!(
        refused(9, &[], &[3, 4], 30),
        "training seeds: 0 given; expected at least 2, because an interval of confidence needs them"
    );
    assert!(refused(9, &[1, 2], &[3], 30).starts_with("held-out seeds: 1 given; expected at least 2"));
    assert!(refused(9, &[1, 1], &[3, 4], 30).starts_with("training seeds: seed 1 is given twice"));
    assert!(
        refused(9, &[1, 2], &[3, 2], 30).starts_with("seed 2 is among the training seeds and the held-out")
    );
    assert!(
        refused(9, &[1, 2], &[3, 4], 0).contains("num_periods is 0"),
        "{}",
        refused(9, &[1, 2], &[3, 4], 0)
    );
    let error = Family::from_name("constant").expect_err("refused");
    assert_eq!(error, OptimizeError::Family { found: "constant".into() });
    assert_eq!(
        error.to_string(),
        "cannot optimize policy 'constant'; expected one of basestock, echelon, ss, rq, capped, cascade, ages, joint, dual, \
         balanced"
    );
}

#[test]
fn reorder_levels_are_read_and_refused_by_entry() {
    let network = serial();
    let problem = Problem::new(network.clone(), DemandModel::default(), Rules::default(), 30);
    let known = Knowledge::blind(&problem);
    let refused = |spec: &str| parse(spec, &known).expect_err("refused").to_string();
    parse("ss:1/2, -3/4 ,5/5", &known).expect("three pairs");
    assert_eq!(refused("ss:1/2,3"), "ss: entry 2 is '3'; expected two numbers s/S (ss:s1/S1,s2/S2,...)");
    assert_eq!(refused("ss:1/2"), "ss has 1 number; expected 3 levels, one per managed node: 1, 2, 3");
    assert_eq!(refused("ss:1/2,9/4,1/2"), "ss: entry 2 is 9/4; expected s <= S");
    assert!(refused("ss:1/x,9/4,1/2").starts_with("ss: entry 1 is 'x'; expected a finite number"));
    assert_eq!(refused("ss:clever"), "ss has no information level 'clever'; expected ss:blind or :informed");
    assert_eq!(refused("ss"), "policy 'ss' has no information level; expected ss:blind or :informed");
    assert!(
        refused("basestock:1/2,3,4").starts_with("basestock: entry 1 is '1/2'; expected a finite number")
    );
}

/// By hand: the retailer of `serial` begins with 100 units and nothing on order.
#[test]
fn a_node_at_or_below_s_orders_up_to_s_capital() {
    use invmgmt::episode::Policy;
    use invmgmt::period::{StateView, opening_row};

    let (network, rules) = (serial(), Rules::default());
    let problem = Problem::new(network.clone(), DemandModel::default(), rules, 30);
    let known = Knowledge::blind(&problem);
    let row = opening_row(&network);
    let first_order = |spec: &str| {
        let mut orders = vec![0.0; network.supply.len()];
        let view = StateView::new(&problem, &row);
        parse(spec, &known).expect("three pairs").decide(&view, &mut orders).expect("orders");
        orders[0]
    };
    assert_eq!(network.managed.rows()[0].initial_inventory, 100.0);
    assert_eq!(first_order("ss:99/150,0/0,0/0"), 0.0);
    assert_eq!(first_order("ss:100/150,0/0,0/0"), 50.0);
    assert_eq!(first_order("ss:100/100,0/0,0/0"), 0.0);
    assert_eq!(first_order("ss:120/130,0/0,0/0"), 30.0);
}
