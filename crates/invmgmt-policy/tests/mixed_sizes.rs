//! Planners where one network holds quantities of very different sizes.

use invmgmt::Problem;
use invmgmt::demand::{DemandConfig, DemandModel};
use invmgmt::episode::{Episode, Policy, Symbol, kpis};
use invmgmt::network::{DeclaredDemand, DeclaredLink, DeclaredNetwork, DeclaredNode, NodeId, preset};
use invmgmt::period::Rules;
use invmgmt_policy::{Knowledge, parse};

const PERIODS: usize = 20;

fn known_demand() -> DemandModel {
    let config = DemandConfig { noise_scale: 0.0, ..DemandConfig::default() };
    DemandModel::new(config).expect("usable")
}

/// An episode in which a policy plays.
fn play(declared: &DeclaredNetwork, spec: &str, rules: Rules) -> (Problem, Episode) {
    let network = declared.clone().compile().expect("valid");
    let problem = Problem::new(network, known_demand(), rules, PERIODS);
    let known = Knowledge::of(&problem);
    let mut policy = parse(spec, &known).expect("a policy");
    policy.reset(Some(1));
    let mut episode = Episode::begin(&problem, 1).expect("an episode");
    episode.play(&mut policy).expect("playable");
    (problem, episode)
}

/// What a policy earns if a node begins with so much stock.
fn profit(mut declared: DeclaredNetwork, node: i64, stock: f64, spec: &str, rules: Rules) -> f64 {
    for of in declared.nodes.iter_mut().filter(|of| of.id == NodeId::from(node)) {
        of.initial_inventory = Some(stock);
    }
    let (problem, episode) = play(&declared, spec, rules);
    kpis(&problem.network, episode.trajectory()).total_profit
}

/// Beyond what can ever be sold, each unit costs the same: two well-scaled stocks foretell what any other earns.
#[test]
fn stock_beyond_all_demand_earns_what_well_scaled_stock_foretells() {
    let plain = |name: &str| preset(name).expect("a preset");
    // Where it is cheaper to hold goods near the customers, or on their way, surplus is shipped.
    let cheap_shop = |name: &str| {
        let mut declared = plain(name);
        declared.nodes.iter_mut().filter(|node| node.id == NodeId::from(1)).for_each(|node| {
            node.holding_cost = Some(0.001);
            node.salvage_value = Some(0.0001);
        });
        declared
    };
    for (declared, nodes) in [
        (plain("serial"), &[1, 2, 3][..]),
        (cheap_shop("serial"), &[2]),
        (plain("network"), &[1, 2, 4]),
        (cheap_shop("network"), &[3]),
    ] {
        for &node in nodes {
            for rules in [Rules::default(), Rules { backlog: false, discount: 0.98 }] {
                let of = |stock: f64, spec: &str| profit(declared.clone(), node, stock, spec, rules);
                let (few, more) = (of(2e4, "oracle"), of(4e4, "oracle"));
                let foretold = few + (more - few) / 2e4 * (2e9 - 2e4);
                // 20 units a period sold at 2; rounding of a loss of billions.
                let allowed = 0.02 * 20.0 * 2.0 * PERIODS as f64 + 1e-12 * foretold.abs();
                for spec in ["oracle", "dlp:informed", "mpc:informed", "mpc:family"] {
                    let found = of(2e9, spec);
                    let least = of(2e4, spec) - few;
                    assert!(
                        (found - foretold - least).abs() <= allowed,
                        "{:?}, node {node}, {rules:?}, {spec}: {found}, not {foretold}",
                        declared.name
                    );
                    // Others guess the mean of demand, or look a few periods ahead.
                    let sees_all = ["oracle", "mpc:informed"].contains(&spec);
                    assert!(
                        !sees_all || least.abs() <= allowed,
                        "{spec}, node {node}: {least} off the oracle"
                    );
                }
            }
        }
    }
}

/// A planner over samples takes seconds for what others take milliseconds.
#[test]
fn a_planner_over_samples_sees_past_stock_beyond_all_demand() {
    let serial = preset("serial").expect("a preset");
    let of = |stock: f64, spec: &str| profit(serial.clone(), 2, stock, spec, Rules::default());
    let (few, more) = (of(2e4, "oracle"), of(4e4, "oracle"));
    let foretold = few + (more - few) / 2e4 * (2e9 - 2e4);
    let found = of(2e9, "mssp:informed");
    assert!((found - foretold).abs() < 10.0, "{found}, not {foretold}");
}

/// Two shops that share a source only, one a hundred million times as large as the other.
fn shops(sizes: &[f64]) -> DeclaredNetwork {
    let (mut nodes, mut links) = (vec![DeclaredNode::new("source")], Vec::new());
    for (position, &size) in sizes.iter().enumerate() {
        let [town, shop, depot] = ["town", "shop", "depot"].map(|what| format!("{what}{position}"));
        let [town, shop, depot] = [town.as_str(), shop.as_str(), depot.as_str()];
        nodes.extend([
            DeclaredNode::new(town),
            DeclaredNode::stocking(shop, 30.0 * size, 0.05),
            DeclaredNode::stocking(depot, 10.0 * size, 0.02),
        ]);
        links.extend([
            DeclaredLink::market(shop, town, 3.0, 0.5, DeclaredDemand::poisson(12.0 * size)),
            DeclaredLink::supply(depot, shop, 2, 2.0, 0.01),
            DeclaredLink::supply("source", depot, 1, 1.0, 0.01),
        ]);
    }
    DeclaredNetwork { nodes, links, ..DeclaredNetwork::default() }
}

#[test]
fn a_small_market_beside_a_huge_one_is_served_as_it_is_alone() {
    let earned = |declared: &DeclaredNetwork, spec: &str| {
        let (problem, episode) = play(declared, spec, Rules::default());
        let profit = &episode.trajectory()[Symbol::Profit];
        let of_first = |id: &NodeId| [NodeId::from("shop0"), NodeId::from("depot0")].contains(id);
        let mut sum = 0.0;
        for (position, node) in problem.network.nodes.rows().iter().enumerate() {
            if of_first(&node.id) {
                sum += (0..PERIODS).map(|period| profit.row(period)[position]).sum::<f64>();
            }
        }
        sum
    };
    for spec in ["oracle", "dlp:informed", "mpc:informed", "mpc:family"] {
        let alone = earned(&shops(&[1.0]), spec);
        assert!(alone > 100.0, "{spec}: {alone}");
        for huge in [1e4, 1e8] {
            let beside = earned(&shops(&[1.0, huge]), spec);
            assert!((beside / alone - 1.0).abs() < 0.01, "{spec} beside {huge:e}: {beside}, not {alone}");
        }
    }
}
