//! Single decisions against values worked out by hand, and the messages of specs that are refused.

use invmgmt::Problem;
use invmgmt::demand::{DemandConfig, DemandModel};
use invmgmt::episode::{Episode, Policy};
use invmgmt::network::{DeclaredLink, DeclaredNetwork, DeclaredNode, Network, preset};
use invmgmt::period::Rules;
use invmgmt_policy::{Knowledge, parse};

fn network(name: &str) -> Network {
    preset(name).expect("a preset").compile().expect("a sound network")
}

/// What the policy orders after these constant orders were played; demand is exactly `demand` in every period.
fn orders_after(network: &Network, backlog: bool, demand: f64, played: &[&[f64]], policy: &str) -> Vec<f64> {
    let config = DemandConfig { base_mu: Some(demand), noise_scale: 0.0, ..DemandConfig::default() };
    let demand = DemandModel::new(config).expect("usable demand");
    let rules = Rules { backlog, ..Rules::default() };
    let problem = Problem::new(network.clone(), demand, rules, 30);
    let mut episode = Episode::begin(&problem, 1).expect("an episode");
    for orders in played {
        episode.step(orders).expect("playable orders");
    }
    let known = Knowledge::of(&problem);
    let mut policy = parse(policy, &known).expect("a policy");
    let mut orders = vec![f64::NAN; network.supply.len()];
    policy.decide(&episode.view(), &mut orders).expect("orders");
    orders
}

fn assert_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= tolerance, "{found} against {expected}");
    }
}

/// The published first action of the blind newsvendor on the nine-node network: levels 111.2397 at node 2 and
/// 120.8786 at node 3, other levels below the initial stocks (benchmark, section 2.2).
#[test]
fn the_first_order_fills_up_to_the_level_and_splits_by_the_published_shares() {
    let found = orders_after(&network("network"), true, 20.0, &[], "basestock:51,111.2397,120.8786,0,0,0");
    let published = [0.0, 0.0, 0.4052, 21.1441, 0.4364, 0.3981, 19.7345, 0.0, 0.0, 0.0, 0.0];
    assert_close(&found, &published, 1e-4);
}

/// Serial, 130 units wanted, 10 ordered by each node: the retailer sells its 100, owes 30 and has 10 on order
/// (position -20, or 10 where unmet demand is lost); the distributor shipped 10 and has 10 on order (100); the
/// factory shipped 10 and received 10 at once (200).
#[test]
fn what_is_owed_lowers_the_position_only_where_it_waits() {
    let network = network("serial");
    let played: [&[f64]; 1] = [&[10.0, 10.0, 10.0]];
    let orders = |backlog| orders_after(&network, backlog, 130.0, &played, "basestock:100,150,250");
    assert_close(&orders(true), &[120.0, 50.0, 50.0], 1e-12);
    assert_close(&orders(false), &[90.0, 50.0, 50.0], 1e-12);
}

/// The same state by echelons: positions -20, then -20 + 100, then -20 + 100 + 200.
#[test]
fn an_echelon_position_adds_the_nodes_downstream() {
    let played: [&[f64]; 1] = [&[10.0, 10.0, 10.0]];
    let found = orders_after(&network("serial"), true, 130.0, &played, "echelon:100,150,250");
    assert_close(&found, &[120.0, 70.0, 0.0], 1e-12);
}

#[test]
fn one_constant_serves_all_links_and_several_serve_one_each() {
    let network = network("serial");
    assert_eq!(orders_after(&network, true, 20.0, &[], "constant:7.5"), [7.5, 7.5, 7.5]);
    assert_eq!(orders_after(&network, true, 20.0, &[], " constant: 1, 2 ,3 "), [1.0, 2.0, 3.0]);
}

#[test]
fn one_level_is_enough_for_one_managed_node() {
    let shop = DeclaredNetwork {
        nodes: vec![
            DeclaredNode::new("mill"),
            DeclaredNode::stocking("shop", 10.0, 0.1),
            DeclaredNode::new("street"),
        ],
        links: vec![
            DeclaredLink::supply("mill", "shop", 1, 1.0, 0.0),
            DeclaredLink::market("shop", "street", 2.0, 0.1, invmgmt::network::DeclaredDemand::poisson(5.0)),
        ],
        ..DeclaredNetwork::default()
    };
    let shop = shop.compile().expect("a sound network");
    assert_eq!(orders_after(&shop, true, 5.0, &[], "basestock:25"), [15.0]);
}

#[test]
fn a_refused_spec_says_what_was_found_and_what_is_allowed() {
    let serial = network("serial");
    let problem = Problem::new(serial.clone(), DemandModel::default(), Rules::default(), 30);
    let known = Knowledge::blind(&problem);
    let refused = |spec: &str| parse(spec, &known).expect_err("refused").to_string();
    assert_eq!(
        refused("base-stock:1,2,3"),
        "unknown policy 'base-stock:1,2,3' (did you mean 'basestock'?); known forms: \
         constant:Q or constant:Q1,Q2,...; basestock:S1,S2,...; echelon:S1,S2,...; \
         ss:s1/S1,s2/S2,...; rq:r1/Q1,r2/Q2,...; capped:S1/c1,S2/c2,...; cascade:S1,S2,...; ages:S1,S2,...; \
         joint:s1/c1/S1,s2/c2/S2,...; dual:E1/S1/c1,E2/S2/c2,...; balanced:S1,S2,...; \
         table:FILE.npz; newsvendor:blind or :informed; ss:blind or :informed; \
         exp-smoothing:blind or :informed; \
         echelon-basestock:blind or :informed; dlp:blind or :informed; mssp:blind or :informed; \
         mpc:blind, :family or :informed; learned:FILE or :LEVEL; oracle; best-known"
    );
    assert!(refused("zzz").starts_with("unknown policy 'zzz'; known forms"));
    assert!(refused("\u{1b}[31m").starts_with("unknown policy '\\u{1b}[31m'"));
    assert_eq!(
        refused("constant"),
        "policy 'constant' has no numbers; expected constant:Q or constant:Q1,Q2,..."
    );
    assert_eq!(
        refused("basestock:1,x,3"),
        "basestock: entry 2 is 'x'; expected a finite number (basestock:S1,S2,...)"
    );
    assert!(refused("constant:nan").contains("entry 1 is 'nan'; expected a finite number"));
    assert_eq!(refused("constant:-3"), "constant: entry 1 is -3; expected an order quantity >= 0");
    assert_eq!(
        refused("basestock:100"),
        "basestock has 1 number; expected 3 levels, one per managed node: 1, 2, 3"
    );
    assert_eq!(
        refused("constant:1,2"),
        "constant has 2 numbers; expected 1 quantity for all supply links, or 3, one per supply link: \
         2 -> 1, 3 -> 2, 4 -> 3"
    );
}
