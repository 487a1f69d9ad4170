//! Networks as instances: what is read off them, and what is said of those that have the wrong shape.

use invmgmt::network::{DeclaredDemand, DeclaredLink, DeclaredNetwork, DeclaredNode, Network, preset};
use invmgmt_textbook::Demand;
use invmgmt_textbook::clark_scarf::{SerialStage, SerialSystem};
use invmgmt_textbook::guaranteed_service::GuaranteedService;
use invmgmt_textbook::newsvendor::Newsvendor;
use invmgmt_textbook::reorder_level::ReorderLevel;

/// Stocking nodes 1 to `holding.len()`, market 0, and one source above the last; links as given.
fn network(holding: &[f64], source: i64, links: Vec<DeclaredLink>) -> Network {
    let stocking = (1..).zip(holding).map(|(id, &cost)| DeclaredNode::stocking(id, 0.0, cost));
    let ends = [DeclaredNode::new(0), DeclaredNode::new(source)];
    let nodes = ends.into_iter().chain(stocking).collect();
    DeclaredNetwork { nodes, links, ..DeclaredNetwork::default() }.compile().expect("a sound network")
}

fn market(from: i64) -> DeclaredLink {
    DeclaredLink::market(from, 0, 0.0, 37.12, DeclaredDemand::poisson(5.0))
}

fn supply(from: i64, to: i64, lead_time: u32, pipeline: f64) -> DeclaredLink {
    DeclaredLink::supply(from, to, lead_time, 0.0, pipeline)
}

fn chain() -> Vec<DeclaredLink> {
    vec![market(1), supply(2, 1, 1, 4.0), supply(3, 2, 0, 2.0), supply(9, 3, 1, 0.0)]
}

fn message<T: std::fmt::Debug, E: std::fmt::Display>(result: Result<T, E>) -> String {
    result.expect_err("refused").to_string()
}

/// Issue 4: lead times 1, 0, 1 here are the recursion's 2, 1, 2, and the long-run cost is 99.740.
#[test]
fn a_serial_network_is_the_instance_of_example_6_1_ordering_first() {
    let system = SerialSystem::from_problem(&network(&[7.0, 4.0, 2.0], 9, chain())).expect("a chain");
    let stage = |echelon_holding_cost, lead_time| SerialStage { echelon_holding_cost, lead_time };
    assert_eq!(system.stages, [stage(3.0, 2.0), stage(2.0, 1.0), stage(2.0, 2.0)]);
    assert_eq!((system.penalty, system.constant_cost), (37.12, 0.0));
    assert_eq!(system.demand, Demand::Poisson { mean: 5.0 });
    let policy = system.solve().expect("a sound instance");
    assert_eq!(policy.echelon_levels, [15.0, 20.0, 31.0]);
    assert_eq!(format!("{:.3}", policy.cost), "99.740");
}

#[test]
fn pipeline_rates_other_than_the_suppliers_enter_the_constant_cost() {
    let mut links = chain();
    links[1].pipeline_holding_cost = Some(0.0);
    links[3].pipeline_holding_cost = Some(0.5);
    let system = SerialSystem::from_problem(&network(&[7.0, 4.0, 2.0], 9, links)).expect("a chain");
    // One period of five units on each way: 4 less on the first, a half more on the last.
    assert_eq!(system.constant_cost, -20.0 + 2.5);
}

#[test]
fn clark_scarf_says_what_is_not_serial() {
    let refused = |holding: &[f64], links| message(SerialSystem::from_problem(&network(holding, 9, links)));
    let mut two_suppliers = chain();
    two_suppliers.push(supply(9, 2, 1, 0.0));
    assert_eq!(
        refused(&[7.0, 4.0, 2.0], two_suppliers),
        "node 2 has 2 suppliers; Clark-Scarf needs a serial chain"
    );
    let two_customers =
        vec![market(1), market(2), supply(3, 1, 1, 0.0), supply(3, 2, 1, 0.0), supply(9, 3, 1, 0.0)];
    assert_eq!(refused(&[1.0; 3], two_customers), "node 3 has 2 customers; Clark-Scarf needs a serial chain");
    let two_chains = vec![market(1), market(2), supply(9, 1, 1, 0.0), supply(9, 2, 1, 0.0)];
    assert_eq!(refused(&[1.0; 2], two_chains), "node 0 has 2 suppliers; Clark-Scarf needs a serial chain");
    let mut fixed = chain();
    fixed[2].fixed_order_cost = Some(8.0);
    assert_eq!(
        refused(&[7.0, 4.0, 2.0], fixed),
        "edge 3 -> 2 has a fixed order cost of 8; Clark-Scarf needs 0"
    );
    let mut uniform = chain();
    uniform[0].demand = Some(DeclaredDemand::new("uniform", [("loc", 3.0)]));
    assert_eq!(
        refused(&[7.0, 4.0, 2.0], uniform),
        "edge 1 -> 0 has uniform demand; Clark-Scarf needs poisson without a shift, or normal"
    );
    let serial = preset("serial").expect("a preset").compile().expect("sound");
    assert_eq!(
        message(SerialSystem::from_problem(&serial)),
        "node 3 is a factory with capacity 100; Clark-Scarf needs unlimited capacity"
    );
}

/// Costs that do not rise towards the customer have the right shape and the wrong numbers.
#[test]
fn clark_scarf_names_a_stage_cheaper_than_its_supplier() {
    let system = SerialSystem::from_problem(&network(&[7.0, 2.0, 4.0], 9, chain())).expect("a chain");
    assert_eq!(message(system.solve()), "stages[1].echelon_holding_cost is -2; expected a finite number > 0");
}

#[test]
fn single_stage_solvers_read_one_node_and_refuse_more() {
    let mut links = vec![market(1), supply(9, 1, 2, 0.5)];
    let one = network(&[1.0], 9, links.clone());
    let problem = Newsvendor::from_problem(&one).expect("one node");
    assert_eq!((problem.lead_time, problem.constant_cost), (2.0, 0.5 * 2.0 * 5.0));
    links[1].fixed_order_cost = Some(64.0);
    let one = network(&[1.0], 9, links);
    assert_eq!(ReorderLevel::from_problem(&one).expect("one node").fixed_cost, 64.0);
    assert_eq!(
        message(Newsvendor::from_problem(&one)),
        "edge 9 -> 1 has a fixed order cost of 64; the newsvendor needs 0"
    );
    assert_eq!(
        message(ReorderLevel::from_problem(&network(&[7.0, 4.0, 2.0], 9, chain()))),
        "the network has 3 nodes that hold stock; the (s, S) solver needs exactly one"
    );
}

/// Retailers 1 and 2 below node 3: three stages, each exposed to one period more than its lead time.
#[test]
fn guaranteed_service_reads_a_tree_and_refuses_the_rest() {
    let mut links =
        vec![market(1), market(2), supply(3, 1, 1, 0.0), supply(3, 2, 2, 0.0), supply(9, 3, 4, 0.0)];
    let tree =
        GuaranteedService::from_problem(&network(&[3.0, 3.0, 1.0], 9, links.clone()), 2.0).expect("a tree");
    assert_eq!(tree.links, [(2, 0), (2, 1)]);
    assert_eq!(tree.stages.iter().map(|stage| stage.processing_time).collect::<Vec<_>>(), [2, 3, 5]);
    let placement = tree.solve().expect("a sound instance");
    // All stock at every stage: 2 sqrt(5) (3 sqrt(2) + 3 sqrt(3)) + 2 sqrt(10) sqrt(5) is one choice of many.
    assert!(
        placement.cost <= 2.0 * 5.0_f64.sqrt() * 3.0 * (2.0_f64.sqrt() + 3.0_f64.sqrt()) + 200.0_f64.sqrt()
    );
    assert_eq!(placement.stages[0].service_time, 0);

    // A shop that buys from the other one too waits for the slower of its suppliers.
    links.push(supply(2, 1, 1, 0.0));
    let mesh = GuaranteedService::from_problem(&network(&[3.0, 3.0, 1.0], 9, links), 2.0);
    let mesh = mesh.expect("it goes in no circle").solve().expect("a sound instance");
    assert!(mesh.is_proved());
    assert_eq!(
        mesh.stages[0].inbound_service_time,
        mesh.stages[1].service_time.max(mesh.stages[2].service_time)
    );
    let uneven = vec![
        market(1),
        supply(2, 1, 1, 0.0),
        supply(3, 1, 3, 0.0),
        supply(9, 2, 1, 0.0),
        supply(9, 3, 1, 0.0),
    ];
    assert_eq!(
        message(GuaranteedService::from_problem(&network(&[3.0, 2.0, 1.0], 9, uneven), 2.0)),
        "node 1 buys with lead times 1 and 3; guaranteed-service placement needs one per node"
    );
}
