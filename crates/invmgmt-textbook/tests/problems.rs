//! What is played, as the solvers read it: demand, rules and money in force, and everything they refuse by name.

use invmgmt::demand::{DemandConfig, DemandModel, Effects, Own};
use invmgmt::network::{
    DeclaredDemand, DeclaredLink, DeclaredNetwork, DeclaredNode, KeyValue, MarketLinkIx, Network, Setting,
    TableIndex,
};
use invmgmt::period::Rules;
use invmgmt_textbook::clark_scarf::SerialSystem;
use invmgmt_textbook::guaranteed_service::GuaranteedService;
use invmgmt_textbook::newsvendor::Newsvendor;
use invmgmt_textbook::reorder_level::ReorderLevel;
use invmgmt_textbook::{Demand, ProblemView};

/// One shop that buys at 4 and sells at 10 with a penalty of 3, holding cost 1, and the law given.
fn shop(lead_time: u32, law: DeclaredDemand, salvage: Option<f64>) -> Network {
    let mut node = DeclaredNode::stocking(1, 0.0, 1.0);
    node.salvage_value = salvage;
    let links =
        vec![DeclaredLink::market(1, 0, 10.0, 3.0, law), DeclaredLink::supply(2, 1, lead_time, 4.0, 0.0)];
    let nodes = vec![DeclaredNode::new(0), node, DeclaredNode::new(2)];
    DeclaredNetwork { nodes, links, ..DeclaredNetwork::default() }.compile().expect("a sound network")
}

fn normal(mean: f64, scale: f64) -> DeclaredDemand {
    DeclaredDemand::new("normal", [("loc", mean), ("scale", scale)])
}

fn first() -> MarketLinkIx {
    MarketLinkIx::from_position(0)
}

fn problem<'a>(network: &'a Network, demand: &'a DemandModel) -> ProblemView<'a> {
    ProblemView { network, demand, rules: Rules::default(), num_periods: 30 }
}

fn model(config: DemandConfig) -> DemandModel {
    DemandModel::new(config).expect("sound parameters")
}

fn effects(names: &[&str]) -> DemandConfig {
    let effects = Effects::from_names(names.iter().copied()).expect("effects");
    DemandConfig { effects, ..DemandConfig::default() }
}

fn message<T: std::fmt::Debug, E: std::fmt::Display>(result: Result<T, E>) -> String {
    result.expect_err("refused").to_string()
}

#[test]
fn the_mean_and_the_scatter_in_force_are_the_ones_solved_for() {
    let poisson = shop(2, DeclaredDemand::poisson(5.0), None);
    let of = |demand: &DemandModel| Newsvendor::from_problem(problem(&poisson, demand)).expect("read").demand;
    assert_eq!(of(&DemandModel::default()), Demand::Poisson { mean: 5.0 }, "the link's own mean");
    let mut demand = model(DemandConfig { base_mu: Some(8.0), ..DemandConfig::default() });
    assert_eq!(of(&demand), Demand::Poisson { mean: 8.0 }, "the mean of all links");
    let own = DemandConfig { base_mu: Some(9.0), ..DemandConfig::default() };
    demand.set_own(first(), &own, Own::of(["base_mu"])).expect("sound parameters");
    assert_eq!(of(&demand), Demand::Poisson { mean: 9.0 }, "the mean of this link alone");
    let flat = DemandConfig { external_series: Some(vec![7.0; 12].into()), ..DemandConfig::default() };
    assert_eq!(of(&model(flat)), Demand::Poisson { mean: 7.0 }, "a series that never moves");
    // Effects that move nothing: no growth, no amplitude, a shock that was there from the start.
    let idle = DemandConfig {
        trend_slope: 0.0,
        seasonal_amp: 0.0,
        shock_time: 0.0,
        shock_mag: 3.0,
        ..effects(&["trend", "seasonal", "shock"])
    };
    assert_eq!(of(&model(idle)), Demand::Poisson { mean: 15.0 });
    let late = DemandConfig { shock_time: 30.0, ..effects(&["shock"]) };
    assert_eq!(of(&model(late)), Demand::Poisson { mean: 5.0 }, "a shock behind the horizon");
    let scattered = shop(2, normal(50.0, 8.0), None);
    let widened = model(DemandConfig { noise_scale: 1.5, ..DemandConfig::default() });
    let read = Newsvendor::from_problem(problem(&scattered, &widened)).expect("read").demand;
    assert_eq!(read, Demand::Normal { mean: 50.0, deviation: 12.0 });
}

#[test]
fn demand_that_no_solver_knows_is_refused_by_name_whoever_is_asked() {
    let network = shop(1, DeclaredDemand::poisson(5.0), None);
    let refused = |demand: &DemandModel, said: &str| {
        let problem = problem(&network, demand);
        let all = [
            message(Newsvendor::from_problem(problem)),
            message(ReorderLevel::from_problem(problem)),
            message(SerialSystem::from_problem(problem)),
            message(GuaranteedService::from_problem(problem, 1.0)),
        ];
        for found in all {
            assert!(found.starts_with(said), "{found}: {said}");
        }
    };
    for name in ["trend", "seasonal", "shock"] {
        refused(&model(effects(&[name])), &format!("edge 1 -> 0 has a mean that moves ({name}); "));
    }
    let both = model(effects(&["trend", "shock"]));
    refused(&both, "edge 1 -> 0 has a mean that moves (trend, shock); ");
    let series = DemandConfig { external_series: Some(vec![7.0, 8.0].into()), ..DemandConfig::default() };
    refused(&model(series), "edge 1 -> 0 has a mean that moves (external_series); ");
    let goodwill = DemandConfig { use_goodwill: true, ..DemandConfig::default() };
    refused(&model(goodwill), "the problem has goodwill; ");
    let mut own = DemandModel::default();
    own.set_own(first(), &effects(&["trend"]), Own::of(["effects"])).expect("sound parameters");
    refused(&own, "edge 1 -> 0 has a mean that moves (trend); ");
    let mut replayed = DemandModel::default();
    replayed.replays.set("sales", first(), vec![4.0; 30].into(), 30).expect("a sound series");
    refused(&replayed, "edge 1 -> 0 has demand from a series; ");
}

#[test]
fn widened_scatter_is_refused_where_the_law_is_no_longer_the_solvers() {
    let network = shop(1, DeclaredDemand::poisson(5.0), None);
    let widened = model(DemandConfig { noise_scale: 2.0, ..DemandConfig::default() });
    assert_eq!(
        message(Newsvendor::from_problem(problem(&network, &widened))),
        "edge 1 -> 0 has poisson demand with a noise_scale of 2; the newsvendor needs a noise_scale of 1"
    );
    let still = model(DemandConfig { noise_scale: 0.0, ..DemandConfig::default() });
    let scattered = shop(1, normal(50.0, 8.0), None);
    assert_eq!(
        message(Newsvendor::from_problem(problem(&scattered, &still))),
        "edge 1 -> 0 has demand that does not scatter; the newsvendor needs normal demand with a deviation"
    );
    // Guaranteed service needs the variance only: twice the deviation of sqrt(5).
    let placed = GuaranteedService::from_problem(problem(&network, &widened), 1.0).expect("a tree");
    assert!((placed.stages[0].demand_deviation - 2.0 * 5.0_f64.sqrt()).abs() < 1e-12);
}

/// Prices move a level in a single period, and where lost customers take their margin along; by hand: a unit left over
/// costs 1 + 4 - 2.5, a unit short 3 + 10 - 4.
#[test]
fn prices_and_salvage_are_read_where_they_move_the_level() {
    let costs = |network: &Network, rules: Rules, num_periods: usize| {
        let problem = ProblemView { rules, num_periods, ..ProblemView::from(network) };
        Newsvendor::from_problem(problem).map(|read| (read.holding_cost, read.penalty))
    };
    let (waits, lost) = (Rules::default(), Rules { backlog: false, discount: 1.0 });
    let plain = shop(0, DeclaredDemand::poisson(5.0), None);
    assert_eq!(costs(&plain, waits, 30), Ok((1.0, 3.0)), "in the long run with backlog prices cancel");
    assert_eq!(costs(&plain, lost, 30), Ok((1.0, 9.0)), "a lost unit takes its margin along");
    assert_eq!(costs(&plain, waits, 1), Ok((5.0, 9.0)), "a unit left over is of no use");
    let worth = shop(0, DeclaredDemand::poisson(5.0), Some(2.5));
    for rules in [waits, lost, Rules { backlog: false, discount: 0.9 }] {
        assert_eq!(costs(&worth, rules, 1), Ok((2.5, 9.0)));
    }
    assert_eq!(
        message(costs(&worth, waits, 30)),
        "node 1 has a salvage value of 2.5; the newsvendor needs 0"
    );
    let ahead = shop(1, DeclaredDemand::poisson(5.0), Some(2.5));
    assert_eq!(
        message(costs(&ahead, Rules { backlog: false, discount: 0.9 }, 1)),
        "the problem has a discount of 0.9; the newsvendor needs none (1)\n\
         node 1 has a salvage value of 2.5; the newsvendor needs 0\n\
         the problem has lost sales (backlog is off); the newsvendor needs unmet demand that waits"
    );
    assert!(
        message(SerialSystem::from_problem(&worth)).contains("a salvage value of 2.5; Clark-Scarf needs 0")
    );
    assert!(message(ReorderLevel::from_problem(&worth)).contains("a salvage value of 2.5"));
}

/// Markets of mean 4 and 12 at the same shop: deviation 4 together; with 8 for both it is 4 too, with 9 for one it is
/// the root of 21.
#[test]
fn every_market_of_a_tree_has_its_own_demand() {
    let market = |to: i64, mean: f64| DeclaredLink::market(1, to, 0.0, 1.0, DeclaredDemand::poisson(mean));
    let nodes = vec![
        DeclaredNode::new(0),
        DeclaredNode::new(9),
        DeclaredNode::stocking(1, 0.0, 1.0),
        DeclaredNode::new(2),
    ];
    let links = vec![market(0, 4.0), market(9, 12.0), DeclaredLink::supply(2, 1, 3, 0.0, 0.0)];
    let network = DeclaredNetwork { nodes, links, ..DeclaredNetwork::default() }.compile().expect("sound");
    let deviation = |demand: &DemandModel| {
        let read = GuaranteedService::from_problem(problem(&network, demand), 1.0).expect("a tree");
        read.stages[0].demand_deviation
    };
    let mut demand = DemandModel::default();
    assert_eq!(deviation(&demand), 4.0);
    let own = DemandConfig { base_mu: Some(9.0), ..DemandConfig::default() };
    demand.set_own(first(), &own, Own::of(["base_mu"])).expect("sound parameters");
    assert_eq!(deviation(&demand), 21.0_f64.sqrt());
    assert_eq!(
        message(Newsvendor::from_problem(&network)),
        "node 1 has 2 customers; the newsvendor needs a serial chain"
    );
}

/// A chain of two that holds one more key.
fn with(edit: impl FnOnce(&mut DeclaredNetwork)) -> Network {
    let mut declared = DeclaredNetwork {
        nodes: vec![
            DeclaredNode::new(0),
            DeclaredNode::stocking(1, 0.0, 2.0),
            DeclaredNode::stocking(2, 0.0, 1.0),
            DeclaredNode::new(3),
        ],
        links: vec![
            DeclaredLink::market(1, 0, 0.0, 9.0, DeclaredDemand::poisson(5.0)),
            DeclaredLink::supply(2, 1, 1, 0.0, 0.0),
            DeclaredLink::supply(3, 2, 2, 0.0, 0.0),
        ],
        ..DeclaredNetwork::default()
    };
    edit(&mut declared);
    declared.compile().expect("a sound network")
}

#[test]
fn mechanisms_that_no_solver_knows_are_refused_by_name_and_place() {
    let (number, whole) = (KeyValue::Number, KeyValue::Whole);
    let uniform = Setting::List(vec![Setting::Number(1.0), Setting::Number(3.0)]);
    let law = KeyValue::Structure(Setting::Map(vec![("uniform".to_owned(), uniform)]));
    let cases: [(Network, &str); 6] = [
        (with(|network| network.settings.put("life", whole(3))), "the network has shelf life; "),
        (
            with(|network| network.settings.put("timeline", KeyValue::Word("beer".to_owned()))),
            "the network has timelines; ",
        ),
        (
            with(|network| network.links[1].settings.put("cap", number(8.0))),
            "link 2 -> 1 has caps of links; ",
        ),
        (with(|network| network.links[1].settings.put("min", number(8.0))), "link 2 -> 1 has order sizes; "),
        (
            with(|network| network.links[2].settings.put("order_delay", whole(2))),
            "link 3 -> 2 has order delays; ",
        ),
        (
            with(|network| {
                network.links[2].lead_time = None;
                network.links[2].settings.put("L", law);
                network.links[2].settings.put("draw", KeyValue::Word("order".to_owned()));
                network.links[2].settings.put("crossing", KeyValue::Word("free".to_owned()));
            }),
            "link 3 -> 2 has random lead times; ",
        ),
    ];
    for (network, said) in &cases {
        for found in [
            message(SerialSystem::from_problem(network)),
            message(GuaranteedService::from_problem(network, 1.0)),
        ] {
            assert!(
                found.starts_with(said) && found.ends_with(" needs a network without"),
                "{found}: {said}"
            );
        }
    }
}

/// The textbooks' requests wait for as long as it takes: the system is that of the same chain without a word about it.
#[test]
fn requests_that_wait_at_no_price_are_the_textbooks_own() {
    let waiting = |penalty: Option<f64>| {
        with(|network| {
            for link in &mut network.links[1..] {
                link.settings.put("unmet", KeyValue::Word("wait".to_owned()));
                link.unmet_penalty = penalty;
            }
        })
    };
    let plain = SerialSystem::from_problem(&with(|_| {})).expect("a chain");
    assert_eq!(SerialSystem::from_problem(&waiting(None)).expect("a chain"), plain);
    assert!(
        message(SerialSystem::from_problem(&waiting(Some(1.0))))
            .starts_with("link 2 -> 1 has waiting requests; ")
    );
}
