//! What rounding leaves of a level is no order: it would pay a fixed cost each time.

use invmgmt::Problem;
use invmgmt::action::{ActionMap, ActionMode};
use invmgmt::demand::DemandModel;
use invmgmt::episode::Episode;
use invmgmt::network::{DeclaredDemand, DeclaredLink, DeclaredNetwork, DeclaredNode, Network, TableIndex};
use invmgmt::period::Rules;
use invmgmt_policy::{Knowledge, parse};

const DAYS: usize = 365;

/// A shop that buys at a fixed cost of 50 an order, and sales of tenths of a unit on every third day.
fn shop() -> (Network, DemandModel, usize) {
    let mut supply = DeclaredLink::supply(2, 1, 1, 1.0, 0.0);
    supply.fixed_order_cost = Some(50.0);
    let links = vec![DeclaredLink::market(1, 0, 200.0, 1.0, DeclaredDemand::poisson(5.0)), supply];
    let nodes = vec![DeclaredNode::new(0), DeclaredNode::stocking(1, 16.0, 0.1), DeclaredNode::new(2)];
    let network =
        DeclaredNetwork { nodes, links, ..DeclaredNetwork::default() }.compile().expect("a sound network");
    let sales: Vec<f64> =
        (0..DAYS).map(|day| if day % 3 == 0 { 0.1 * (1 + day % 7) as f64 } else { 0.0 }).collect();
    // The last day's sales are ordered on the day after it.
    let orders = sales[..DAYS - 1].iter().filter(|&&sold| sold > 0.0).count();
    let mut demand = DemandModel::default();
    demand.replays.set("sales", TableIndex::from_position(0), sales.into(), DAYS).expect("sound sales");
    (network, demand, orders)
}

#[test]
fn an_order_up_to_rule_orders_once_for_each_day_of_sales() {
    let (network, demand, orders) = shop();
    let rules = Rules::default();
    let problem = Problem::new(network, demand, rules, DAYS);
    let known = Knowledge::blind(&problem);
    for spec in ["basestock:16", "echelon:16", "ss:16/16"] {
        let mut episode = Episode::begin(&problem, 0).expect("an episode");
        episode.play(&mut parse(spec, &known).expect("a spec")).expect("playable");
        assert_eq!(episode.cost_parts().fixed_order, 50.0 * orders as f64, "{spec}");
    }
}

#[test]
fn actions_that_stand_for_levels_do_too() {
    let (network, demand, orders) = shop();
    let problem = Problem::new(network.clone(), demand, Rules::default(), DAYS);
    for (mode, ceilings, action) in [
        (ActionMode::BaseStock, &[32.0][..], &[0.0][..]),
        // Below 16, up to 16: a lot of nothing.
        (ActionMode::ReorderPoint, &[32.0, 1.0], &[0.0, -1.0]),
    ] {
        let map = ActionMap::with_ceilings(&network, mode, ceilings).expect("sound ceilings");
        let mut episode = Episode::begin(&problem, 0).expect("an episode");
        let mut requests = [0.0];
        while !episode.is_over() {
            map.requests(&episode.view(), action, &mut requests);
            assert!(requests[0] == 0.0 || requests[0] > 0.05, "{mode:?}: {requests:?}");
            episode.step(&requests).expect("playable");
        }
        assert_eq!(episode.cost_parts().fixed_order, 50.0 * orders as f64, "{mode:?}");
    }
    // A scaled action a hair above nothing is nothing.
    let map = ActionMap::with_ceilings(&network, ActionMode::Scaled, &[32.0]).expect("sound ceilings");
    let episode = Episode::begin(&problem, 0).expect("an episode");
    let mut requests = [7.0];
    map.requests(&episode.view(), &[-1.0 + 1e-12], &mut requests);
    assert_eq!(requests, [0.0]);
}
