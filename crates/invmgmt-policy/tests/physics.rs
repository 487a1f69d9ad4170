//! Known answers of networks with mechanisms, under stated policies: exact formulas, published figures and figures of
//! programmes that share no code with this one. Units: h 1, p 9, Poisson(5), whole units, cost per period without
//! prices.
//!
//! What is simulated is met within four standard errors of its own; the rows here are those that a few hundred
//! thousand periods settle.

use invmgmt::Problem;
use invmgmt::batch::rollout;
use invmgmt::demand::{DemandConfig, DemandModel};
use invmgmt::episode::{Episode, Symbol};
use invmgmt::network::{
    DeclaredDemand, DeclaredLink, DeclaredNetwork, DeclaredNode, KeyValue, MarketLinkIx, Setting, TableIndex,
    network_key, node_key,
};
use invmgmt::period::Rules;
use invmgmt_policy::{Knowledge, parse};

fn number(value: f64) -> KeyValue {
    KeyValue::Number(value)
}

fn whole(value: u32) -> KeyValue {
    KeyValue::Whole(value)
}

fn word(word: &str) -> KeyValue {
    KeyValue::Word(word.to_owned())
}

fn list(numbers: &[f64]) -> Setting {
    Setting::List(numbers.iter().copied().map(Setting::Number).collect())
}

fn structure(entries: &[(&str, Setting)]) -> KeyValue {
    KeyValue::Structure(Setting::Map(
        entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect(),
    ))
}

fn customers(from: i64, to: i64, penalty: f64, mean: f64) -> DeclaredLink {
    DeclaredLink::market(from, to, 0.0, penalty, DeclaredDemand::poisson(mean))
}

/// Raw material 2, a node 1 and its market 0; what is not filled waits.
fn single(lead_time: u32) -> DeclaredNetwork {
    let mut supply = DeclaredLink::supply(2, 1, lead_time, 0.0, 0.0);
    supply.settings.put("unmet", word("wait"));
    let mut network = DeclaredNetwork {
        nodes: vec![DeclaredNode::new(0), DeclaredNode::stocking(1, 0.0, 1.0), DeclaredNode::new(2)],
        links: vec![customers(1, 0, 9.0, 5.0), supply],
        ..DeclaredNetwork::default()
    };
    network.settings.put("units", word("whole"));
    network
}

/// A node whose lead time is drawn.
fn random(law: KeyValue, keys: &[(&'static str, &str)]) -> DeclaredNetwork {
    let mut network = single(0);
    network.links[1].lead_time = None;
    network.links[1].settings.put("L", law);
    for (key, value) in keys {
        network.links[1].settings.put(key, word(value));
    }
    network
}

/// The chain of three stocking nodes: 4 -> 3 -> 2 -> 1 -> 0, lead times from the customers' side on.
fn chain(timeline: &str, leads: [u32; 3]) -> DeclaredNetwork {
    let supply = |from: i64, to: i64, lead: u32, transit: f64| {
        let mut link = DeclaredLink::supply(from, to, lead, 0.0, transit);
        link.settings.put("unmet", word("wait"));
        link
    };
    let stocking = |id: i64, cost: f64| DeclaredNode::stocking(id, 5.0, cost);
    let mut network = DeclaredNetwork {
        nodes: vec![
            DeclaredNode::new(0),
            stocking(1, 7.0),
            stocking(2, 4.0),
            stocking(3, 2.0),
            DeclaredNode::new(4),
        ],
        links: vec![
            customers(1, 0, 37.12, 5.0),
            supply(2, 1, leads[0], 4.0),
            supply(3, 2, leads[1], 2.0),
            supply(4, 3, leads[2], 0.0),
        ],
        ..DeclaredNetwork::default()
    };
    network.settings.put("timeline", word(timeline));
    network
}

/// Mean cost per period and its standard error over seeds.
fn cost(network: DeclaredNetwork, policy: &str, backlog: bool, periods: usize, seeds: u64) -> (f64, f64) {
    let network = network.compile().unwrap_or_else(|error| panic!("{error}"));
    let demand = DemandModel::new(DemandConfig::default()).expect("usable");
    let problem = Problem::new(network, demand, Rules { backlog, discount: 1.0 }, periods);
    let make = || parse(policy, &Knowledge::of(&problem)).unwrap_or_else(|error| panic!("{error}"));
    let seeds: Vec<u64> = (0..seeds).collect();
    let played = rollout(&problem, &seeds, 2, make).expect("played");
    let costs: Vec<f64> = played.iter().map(|one| -one.kpis.total_profit / periods as f64).collect();
    let mean = costs.iter().sum::<f64>() / costs.len() as f64;
    let variance = costs.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / (costs.len() - 1) as f64;
    (mean, (variance / costs.len() as f64).sqrt())
}

fn meets(network: DeclaredNetwork, policy: &str, backlog: bool, expected: f64) {
    let (found, error) = cost(network, policy, backlog, 12_000, 24);
    // The first periods of an episode are not the long run: at most a few hundred in so many periods.
    let allowed = 4.0 * error + 0.002 * expected;
    assert!((found - expected).abs() <= allowed, "{policy}: {found} +- {error}, expected {expected}");
}

#[test]
fn a_chain_costs_what_its_timeline_says() {
    meets(chain("release", [1, 0, 1]), "echelon:15,20,31", true, 99.740);
    meets(chain("order-first", [1, 1, 2]), "echelon:15,20,31", true, 79.740);
    meets(chain("release", [0, 0, 1]), "echelon:9,15,26", true, 72.0467);
}

#[test]
fn local_levels_are_the_echelon_policy_only_where_a_stage_counts_the_orders_of_the_same_period() {
    meets(chain("release", [1, 0, 1]), "cascade:15,5,11", true, 99.740);
    meets(chain("release", [1, 0, 1]), "basestock:15,5,11", true, 238.3);
}

#[test]
fn order_first_and_release_agree_on_one_node() {
    for lead_time in [1, 2] {
        let release = cost(single(lead_time), "basestock:20", true, 400, 8);
        let mut other = single(lead_time);
        other.settings.put("timeline", word("order-first"));
        assert_eq!(release, cost(other, "basestock:20", true, 400, 8));
    }
}

#[test]
fn one_law_of_lead_times_is_four_models() {
    let uniform = || structure(&[("uniform", list(&[0.0, 2.0]))]);
    meets(single(2), "basestock:20", true, 7.123);
    meets(random(uniform(), &[("draw", "unit")]), "basestock:14", true, 5.86937);
    meets(random(uniform(), &[("draw", "order"), ("crossing", "free")]), "basestock:16", true, 8.75889);
    meets(random(uniform(), &[("draw", "order"), ("crossing", "fifo")]), "basestock:17", true, 9.13006);
    meets(random(uniform(), &[("draw", "order"), ("crossing", "sweep")]), "basestock:16", true, 9.25366);
    let halves = || structure(&[("values", list(&[0.0, 4.0]))]);
    meets(random(halves(), &[("draw", "unit")]), "basestock:20", true, 7.123);
    meets(random(halves(), &[("draw", "order"), ("crossing", "free")]), "basestock:23", true, 11.8643);
    meets(random(halves(), &[("draw", "order"), ("crossing", "fifo")]), "basestock:29", true, 11.99316);
    meets(random(halves(), &[("draw", "order"), ("crossing", "sweep")]), "basestock:20", true, 15.05181);
    // The same under the other timelines: exposure is what counts.
    for timeline in ["order-first", "beer"] {
        for (crossing, level, expected) in
            [("free", "16", 8.75889), ("fifo", "17", 9.13006), ("sweep", "16", 9.25366)]
        {
            let mut network = random(uniform(), &[("draw", "order"), ("crossing", crossing)]);
            network.settings.put("timeline", word(timeline));
            meets(network, &format!("basestock:{level}"), true, expected);
        }
    }
}

#[test]
fn lost_sales_with_lead_times_that_sweep_or_cross() {
    let uniform = || structure(&[("uniform", list(&[1.0, 10.0]))]);
    let mut sweep = random(uniform(), &[("draw", "order"), ("crossing", "sweep")]);
    sweep.nodes[1].initial_inventory = Some(30.0);
    meets(sweep.clone(), "basestock:30", false, 15.391);
    meets(sweep, "capped:30/7", false, 15.363);
    let mut unit = random(uniform(), &[("draw", "unit")]);
    unit.nodes[1].initial_inventory = Some(30.0);
    meets(unit, "basestock:36", false, 7.828);
}

#[test]
fn a_cap_makes_a_shortfall() {
    for (cap, lead_time, level, expected) in
        [(6.0, 0, "11", 7.16336), (8.0, 0, "8", 4.45458), (7.0, 1, "15", 6.36177), (1e9, 0, "8", 4.22109)]
    {
        let mut network = single(lead_time);
        network.links[1].settings.put("cap", number(cap));
        meets(network, &format!("basestock:{level}"), true, expected);
    }
}

#[test]
fn whole_lots_cost_what_the_formula_says() {
    for (lead_time, policy, expected) in
        [(0, "rq:6/4", 4.63448), (0, "rq:4/10", 6.3373), (1, "rq:8/20", 11.06454)]
    {
        meets(single(lead_time), policy, true, expected);
    }
    // With lots of 1 it is base stock one above.
    assert_eq!(cost(single(2), "rq:19/1", true, 300, 8), cost(single(2), "basestock:20", true, 300, 8));
}

#[test]
fn a_dam_overflows_as_the_formula_says() {
    for (space, order, discarded, lost, held) in
        [(6.0, 5.0, 0.672_170, 0.672_170, 1.206_404), (10.0, 6.0, 1.094_637, 0.094_637, 4.211_054)]
    {
        // One cost at a time says how much there is of each.
        for (waste, penalty, holding, expected) in
            [(1.0, 0.0, 0.0, discarded), (0.0, 1.0, 0.0, lost), (0.0, 0.0, 1.0, held)]
        {
            let mut network = single(0);
            network.nodes[1].holding_cost = Some(holding);
            network.links[0].unmet_penalty = Some(penalty);
            let room = [
                ("space", Setting::Number(space)),
                ("overflow", Setting::Text("discard".into())),
                ("cost", Setting::Number(waste)),
            ];
            network.nodes[1].settings.put("storage", structure(&room));
            let (found, error) = cost(network, &format!("constant:{order}"), false, 12_000, 24);
            assert!(
                (found - expected).abs() <= 4.0 * error + 0.001,
                "{found} +- {error}, expected {expected}"
            );
        }
    }
}

#[test]
fn supply_that_fails_and_recovers_costs_what_the_formula_says() {
    for (down, up, level, expected) in [(0.1, 0.3, "21", 25.98667), (0.2, 0.2, "44", 49.4771)] {
        let mut network = single(0);
        network.nodes[1].initial_inventory = Some(20.0);
        let failing = [
            ("where", Setting::Number(2.0)),
            ("what", Setting::Text("ship".into())),
            ("up_down", list(&[down, up])),
            ("start", Setting::Text("stationary".into())),
        ];
        let KeyValue::Structure(entry) = structure(&failing) else { unreachable!("a structure") };
        network.settings.put("disruptions", KeyValue::Structure(Setting::List(vec![entry])));
        meets(network, &format!("basestock:{level}"), true, expected);
    }
}

/// The beer game on its board: weeks of 4, then of 8; costs of retailer, wholesaler, distributor, factory.
fn beer_game(policy: impl Fn(usize, &Episode) -> Vec<f64>) -> Vec<f64> {
    let stage = |id: i64| DeclaredNode::stocking(id, 12.0, 0.5);
    let supply = |from: i64, to: i64, delay: u32| {
        let mut link = DeclaredLink::supply(from, to, 2, 0.0, 0.0);
        link.settings.put("unmet", word("wait"));
        link.unmet_penalty = (to < 4).then_some(1.0);
        link.settings.put("in_transit", KeyValue::Structure(list(&[4.0, 4.0])));
        if delay > 0 {
            link.settings.put("order_delay", whole(delay));
            link.settings.put("requested", KeyValue::Structure(list(&[4.0])));
        }
        link
    };
    let mut network = DeclaredNetwork {
        nodes: vec![DeclaredNode::new(0), stage(1), stage(2), stage(3), stage(4), DeclaredNode::new(5)],
        links: vec![
            customers(1, 0, 1.0, 4.0),
            supply(2, 1, 1),
            supply(3, 2, 1),
            supply(4, 3, 1),
            supply(5, 4, 0),
        ],
        ..DeclaredNetwork::default()
    };
    network_key("timeline").expect("a key").put(&mut network, word("beer"));
    let network = network.compile().unwrap_or_else(|error| panic!("{error}"));
    let weeks: Vec<f64> = (0..36).map(|week| if week < 4 { 4.0 } else { 8.0 }).collect();
    let mut demand = DemandModel::new(DemandConfig::default()).expect("usable");
    demand.replays.set("1 -> 0", MarketLinkIx::from_position(0), weeks.into(), 36).expect("long enough");
    let problem = Problem::new(network, demand, Rules::default(), 36);
    let mut episode = Episode::begin(&problem, 0).expect("an episode");
    for period in 0..36 {
        let orders = policy(period, &episode);
        episode.step(&orders).expect("a step");
    }
    let profits = &episode.trajectory()[Symbol::Profit];
    let nodes = problem.network.nodes.len();
    (1..=4).map(|node| -profits.values.iter().skip(node).step_by(nodes).sum::<f64>()).collect()
}

#[test]
fn the_beer_game_on_its_board_costs_204_under_base_stock_and_528_under_what_is_asked_for() {
    let base_stock = |period: usize, episode: &Episode| {
        let view = episode.view();
        let level = [32.0, 32.0, 32.0, 24.0];
        let position = |node| view.inventory_position(node);
        let nodes = episode.problem().network.managed.indices();
        nodes
            .zip(level)
            .map(|(node, level)| if period < 5 { 4.0 } else { (level - position(node)).max(0.0) })
            .collect()
    };
    assert_eq!(beer_game(base_stock), [46.0, 50.0, 54.0, 54.0]);
    let as_asked = |period: usize, _: &Episode| vec![if period == 0 { 4.0 } else { 8.0 }; 4];
    assert_eq!(beer_game(as_asked), [216.0, 82.0, 82.0, 148.0]);
}

#[test]
fn goods_that_live_longer_than_the_run_do_not_spoil_and_the_oldest_first_wastes_least() {
    let plain = single(1);
    let spoiling = |life: u32, issue: &str| {
        let mut network = single(1);
        network.settings.put("life", whole(life));
        node_key("waste").expect("a key").put(&mut network.nodes[1], number(10.0));
        network.links[0].settings.put("issue", KeyValue::Structure(Setting::Text(issue.into())));
        network
    };
    let levels = "basestock:12";
    assert_eq!(cost(plain, levels, false, 200, 8), cost(spoiling(300, "lifo"), levels, false, 200, 8));
    let (fifo, _) = cost(spoiling(2, "fifo"), levels, false, 2_000, 8);
    let (lifo, _) = cost(spoiling(2, "lifo"), levels, false, 2_000, 8);
    assert!(fifo < lifo, "{fifo} {lifo}");
}
