//! The published heuristics: first decisions, what they may know, what they remember, several markets.

use invmgmt::Problem;
use invmgmt::demand::{DemandConfig, DemandModel, Effects};
use invmgmt::episode::{Episode, Matrix, Policy, Symbol};
use invmgmt::network::{DeclaredDemand, DeclaredLink, DeclaredNetwork, DeclaredNode, Network, preset};
use invmgmt::period::Rules;
use invmgmt_policy::{Information, Knowledge, NamedPolicy, parse};

const HEURISTICS: [&str; 4] = ["newsvendor", "ss", "exp-smoothing", "echelon-basestock"];

fn network(name: &str) -> Network {
    preset(name).expect("a preset").compile().expect("a sound network")
}

fn demand(config: DemandConfig) -> DemandModel {
    DemandModel::new(config).expect("usable demand")
}

/// Trend and seasonality around 20 units a period, the first block of the benchmark.
fn trend_and_seasonal() -> DemandModel {
    let effects = Effects { trend: true, seasonal: true, shock: false };
    demand(DemandConfig { base_mu: Some(20.0), effects, ..DemandConfig::default() })
}

fn thirty_periods(network: &Network, demand: &DemandModel) -> Problem {
    Problem::new(network.clone(), demand.clone(), Rules::default(), 30)
}

fn make(spec: &str, network: &Network, demand: Option<&DemandModel>) -> NamedPolicy {
    let problem = thirty_periods(network, &demand.cloned().unwrap_or_default());
    let known = if demand.is_some() { Knowledge::of(&problem) } else { Knowledge::blind(&problem) };
    parse(spec, &known).expect("a policy")
}

/// The orders of a whole episode, one row per period.
fn orders(network: &Network, demand: &DemandModel, policy: &mut NamedPolicy, seed: u64) -> Matrix {
    let mut episode = Episode::begin(&thirty_periods(network, demand), seed).expect("an episode");
    episode.play(policy).expect("playable orders");
    episode.trajectory()[Symbol::Requested].clone()
}

fn first_orders(network: &Network, demand: &DemandModel, spec: &str) -> Vec<f64> {
    let mut policy = make(spec, network, Some(demand));
    let mut orders = vec![f64::NAN; network.supply.len()];
    let episode = Episode::begin(&thirty_periods(network, demand), 1).expect("an episode");
    policy.decide(&episode.view(), &mut orders).expect("orders");
    orders
}

fn assert_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= tolerance, "{found} against {expected}");
    }
}

/// Benchmark, section 2.2.
#[test]
fn the_newsvendors_first_orders_are_the_published_ones() {
    let (base, serial, demand) = (network("network"), network("serial"), trend_and_seasonal());
    let blind = [0.0, 0.0, 0.4052, 21.1441, 0.4364, 0.3981, 19.7345, 0.0, 0.0, 0.0, 0.0];
    assert_close(&first_orders(&base, &demand, "newsvendor:blind"), &blind, 5.1e-5);
    assert_close(&first_orders(&serial, &demand, "newsvendor:blind"), &[7.3632, 17.6883, 0.0], 5.1e-5);
    let informed = [38.1955, 39.5126, 113.5588, 218.9417, 122.2941, 111.5666, 204.3456, 0.0, 0.0, 0.0, 0.0];
    assert_close(&first_orders(&base, &demand, "newsvendor:informed"), &informed, 5.1e-5);
    assert_close(&first_orders(&serial, &demand, "newsvendor:informed"), &[40.8048, 52.6824, 0.0], 5.1e-5);
}

/// By hand on the chain, whose blind mean is 100 / 5 = 20 a period and deviation sqrt 20: the retailer's reorder point
/// is 100 + 1.644854 sqrt(20 * 5) = 116.44854, it holds 100 and orders up to 20 = sqrt(2 * 20 * 10) above that point;
/// the distributor likewise; the factory's point, 20 + 1.644854 sqrt 20, lies below the 200 it holds.
#[test]
fn below_its_reorder_point_a_node_orders_the_economic_quantity_above_it() {
    let found = first_orders(&network("serial"), &trend_and_seasonal(), "ss:blind");
    assert_close(&found, &[36.448_536, 36.448_536, 0.0], 1e-6);
}

/// A policy made with other parameters of demand, playing on the same: only an informed one can tell.
#[test]
fn blind_orders_do_not_depend_on_hidden_parameters() {
    let (network, played) = (network("network"), trend_and_seasonal());
    let other = demand(DemandConfig {
        base_mu: Some(35.0),
        noise_scale: 2.0,
        effects: Effects { trend: false, seasonal: true, shock: true },
        ..DemandConfig::default()
    });
    for rule in HEURISTICS {
        let play = |level: &str, known: Option<&DemandModel>| {
            orders(&network, &played, &mut make(&format!("{rule}:{level}"), &network, known), 7)
        };
        assert_eq!(play("blind", Some(&played)), play("blind", Some(&other)), "{rule}");
        assert_eq!(play("blind", Some(&played)), play("blind", None), "{rule}");
        assert_ne!(play("informed", Some(&played)), play("informed", Some(&other)), "{rule}");
    }
}

/// Seed by seed the same, whether the policy is made anew, reset, or just begins again at period 0.
#[test]
fn nothing_is_remembered_from_the_episode_before() {
    let (network, demand) = (network("serial"), trend_and_seasonal());
    for spec in HEURISTICS.iter().flat_map(|rule| [format!("{rule}:blind"), format!("{rule}:informed")]) {
        let fresh = orders(&network, &demand, &mut make(&spec, &network, Some(&demand)), 8);
        let mut used = make(&spec, &network, Some(&demand));
        orders(&network, &demand, &mut used, 7);
        assert_eq!(orders(&network, &demand, &mut used, 8), fresh, "{spec}, begun again");
        used.reset(Some(8));
        assert_eq!(orders(&network, &demand, &mut used, 8), fresh, "{spec}, reset");
    }
}

/// Deciding twice in a period must not count its demand twice.
#[test]
fn a_second_look_at_a_period_changes_nothing() {
    let (network, demand) = (network("serial"), trend_and_seasonal());
    for rule in HEURISTICS {
        let spec = format!("{rule}:blind");
        let expected = orders(&network, &demand, &mut make(&spec, &network, None), 7);
        let mut policy = make(&spec, &network, None);
        let mut episode = Episode::begin(&thirty_periods(&network, &demand), 7).expect("an episode");
        let mut orders = vec![0.0; network.supply.len()];
        while !episode.is_over() {
            policy.decide(&episode.view(), &mut orders).expect("orders");
            policy.decide(&episode.view(), &mut orders).expect("orders");
            episode.step(&orders).expect("playable orders");
        }
        assert_eq!(episode.trajectory()[Symbol::Requested], expected, "{rule}");
    }
}

/// A depot supplies two shops, which sell 5 and 7 units a period without noise; a mill supplies the depot.
fn two_shops() -> Network {
    let stocking = DeclaredNode::stocking;
    let declared = DeclaredNetwork {
        nodes: vec![
            DeclaredNode::new("mill"),
            stocking("depot", 10.0, 0.1).factory(100.0, 0.0, 1.0),
            stocking("shop a", 6.0, 0.1),
            stocking("shop b", 9.0, 0.1),
            DeclaredNode::new("street"),
        ],
        links: vec![
            DeclaredLink::supply("mill", "depot", 2, 1.0, 0.0),
            DeclaredLink::supply("depot", "shop a", 1, 2.0, 0.0),
            DeclaredLink::supply("depot", "shop b", 1, 2.0, 0.0),
            DeclaredLink::market("shop a", "street", 3.0, 0.1, DeclaredDemand::poisson(5.0)),
            DeclaredLink::market("shop b", "street", 3.0, 0.1, DeclaredDemand::poisson(7.0)),
        ],
        ..DeclaredNetwork::default()
    };
    declared.compile().expect("a sound network")
}

/// Without noise the levels are the means alone: 2 periods of 5 and of 7 at the shops, 3 periods of 12 at the depot;
/// by echelon 4 periods of 12 at the depot, less the 25 units of the whole echelon.
#[test]
fn a_node_is_sized_for_the_markets_it_can_reach() {
    let network = two_shops();
    let model = demand(DemandConfig { noise_scale: 0.0, ..DemandConfig::default() });
    assert_eq!(
        network.action_labels(),
        ["order[mill -> depot]", "order[depot -> shop a]", "order[depot -> shop b]"]
    );
    assert_close(&first_orders(&network, &model, "newsvendor:informed"), &[26.0, 4.0, 5.0], 1e-12);
    assert_close(&first_orders(&network, &model, "echelon-basestock:informed"), &[23.0, 4.0, 5.0], 1e-12);
}

/// Shops begin with 6 and 9 units and the longest lead time is 2: blind means of 2 and 3 a period, deviations
/// sqrt 2 and sqrt 3, which together are sqrt 5 at the depot. Its ratio is 1 / 1.1 and z 1.335178.
#[test]
fn blind_means_of_several_markets_add_up_and_so_do_variances() {
    let found = first_orders(&two_shops(), &trend_and_seasonal(), "newsvendor:blind");
    let depot = 5.0 * 3.0 + 1.335_177_736_118_937 * (5.0_f64 * 3.0).sqrt() - 10.0;
    assert_close(&found, &[depot, 0.0, 0.0], 1e-9);
}

#[test]
fn no_order_leaves_the_action_box() {
    let network = network("serial");
    let many = demand(DemandConfig { base_mu: Some(1e6), ..DemandConfig::default() });
    for rule in HEURISTICS {
        let found = first_orders(&network, &many, &format!("{rule}:informed"));
        assert_eq!(found, [3200.0; 3], "{rule}");
    }
}

#[test]
fn every_policy_says_what_it_knows() {
    let network = network("serial");
    let level = |spec: &str, demand: &DemandModel| make(spec, &network, Some(demand)).information();
    let noisy = trend_and_seasonal();
    assert_eq!(level("constant:20", &noisy), Information::Blind);
    assert_eq!(level("newsvendor:blind", &noisy).name(), "published-blind");
    assert_eq!(level("newsvendor:informed", &noisy).name(), "published-informed");
    let silent = demand(DemandConfig { noise_scale: 0.0, ..DemandConfig::default() });
    assert_eq!(level("ss:informed", &silent), Information::Clairvoyant);
    assert_eq!(level("ss:blind", &silent), Information::PublishedBlind);
    let mut replayed = trend_and_seasonal();
    let link = network.market.indices().next().expect("a market link");
    replayed.replays.set("sales", link, vec![20.0; 30].into(), 30).expect("a usable series");
    assert_eq!(level("ss:informed", &replayed), Information::Clairvoyant);
}

#[test]
fn an_unknown_level_is_refused_with_those_that_exist() {
    let network = network("serial");
    let refused = |spec: &str| {
        let problem = Problem::new(network.clone(), DemandModel::default(), Rules::default(), 30);
        let known = Knowledge::blind(&problem);
        parse(spec, &known).expect_err("refused").to_string()
    };
    assert_eq!(
        refused("newsvendor:clever"),
        "newsvendor has no information level 'clever'; expected newsvendor:blind or :informed"
    );
    assert_eq!(refused("ss"), "policy 'ss' has no information level; expected ss:blind or :informed");
    assert_eq!(refused("ss:informed"), "ss:informed reads the parameters of demand, and none are given");
    assert!(refused("newsvendr:blind").contains("(did you mean 'newsvendor'?)"));
}
