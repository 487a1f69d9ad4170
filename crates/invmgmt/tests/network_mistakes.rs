//! Every mistake a declared network can hold, read as its author would read it.

use invmgmt::network::{
    DeclaredDemand, DeclaredLink, DeclaredNetwork, DeclaredNode, MAX_LEAD_TIME, MAX_NODES, MAX_TRANSIT_SLOTS,
    Place,
};

/// Market 0, retailer 1, factory 2, raw material 3; edges 1 -> 0, 2 -> 1, 3 -> 2.
fn chain() -> DeclaredNetwork {
    DeclaredNetwork {
        nodes: vec![
            DeclaredNode::new(0),
            DeclaredNode::stocking(1, 100.0, 0.03),
            DeclaredNode::stocking(2, 200.0, 0.01).factory(90.0, 0.01, 0.9),
            DeclaredNode::new(3),
        ],
        links: vec![
            DeclaredLink::market(1, 0, 2.0, 0.1, DeclaredDemand::poisson(20.0)),
            DeclaredLink::supply(2, 1, 4, 1.5, 0.01),
            DeclaredLink::supply(3, 2, 1, 0.5, 0.0),
        ],
        ..DeclaredNetwork::default()
    }
}

/// The mistakes of the chain after a change, in order.
fn mistakes(change: impl FnOnce(&mut DeclaredNetwork)) -> Vec<String> {
    let mut network = chain();
    change(&mut network);
    let error = network.compile().expect_err("a mistake");
    error.0.iter().map(ToString::to_string).collect()
}

/// The only mistake of the chain after a change.
#[track_caller]
fn only(change: impl FnOnce(&mut DeclaredNetwork)) -> String {
    let found = mistakes(change);
    assert_eq!(found.len(), 1, "{found:#?}");
    found.concat()
}

#[test]
fn the_chain_itself_is_valid() {
    chain().compile().expect("no mistake");
}

#[test]
fn a_network_without_nodes_is_refused() {
    let found = mistakes(|network| network.nodes.clear());
    assert_eq!(found, ["no nodes given; a network needs a non-empty 'nodes' list"]);
}

#[test]
fn a_network_without_edges_is_refused() {
    let found = mistakes(|network| network.links.clear());
    assert_eq!(found, ["no edges given; a network needs a non-empty 'edges' list"]);
}

#[test]
fn more_nodes_than_the_limit_are_refused_before_anything_else() {
    let found = only(|network| network.nodes = vec![DeclaredNode::new(0); MAX_NODES + 1]);
    assert_eq!(found, "1000001 nodes; at most 1000000 are allowed");
}

#[test]
fn more_edges_than_the_limit_are_refused_before_anything_else() {
    let found = only(|network| network.links = vec![DeclaredLink::bare(0, 1, None); MAX_NODES + 1]);
    assert_eq!(found, "1000001 edges; at most 1000000 are allowed");
}

#[test]
fn a_cycle_is_named_node_by_node() {
    let found = only(|network| {
        network.nodes.push(DeclaredNode::stocking(4, 10.0, 0.1));
        network.links.push(DeclaredLink::supply(2, 4, 0, 1.0, 0.0));
        network.links.push(DeclaredLink::supply(4, 2, 0, 1.0, 0.0));
    });
    let ways = ["cycle 2 -> 4 -> 2", "cycle 4 -> 2 -> 4"];
    assert!(ways.iter().any(|way| found.starts_with(way)), "{found}");
    assert!(found.ends_with("; goods must flow one way (a directed acyclic graph, DAG)"), "{found}");
}

#[test]
fn a_node_that_supplies_itself_is_a_cycle() {
    let found = only(|network| network.links.push(DeclaredLink::supply(2, 2, 0, 1.0, 0.0)));
    assert!(found.starts_with("cycle 2 -> 2;"), "{found}");
}

#[test]
fn an_island_is_named() {
    let found = only(|network| network.nodes.push(DeclaredNode::new("lone")));
    assert_eq!(found, "node lone is not joined to node 0; a network is one connected component");
}

#[test]
fn an_edge_to_nowhere_is_named_with_the_unknown_end() {
    let found = only(|network| network.links.push(DeclaredLink::supply(3, 17, 1, 1.0, 0.0)));
    assert_eq!(
        found,
        "edges[3] (3 -> 17): to: references unknown node 17; every end must be declared under 'nodes'"
    );
}

#[test]
fn an_edge_with_two_unknown_ends_names_both() {
    let found = mistakes(|network| network.links.push(DeclaredLink::supply("x", "y", 1, 1.0, 0.0)));
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found[0].contains("edges[3] (x -> y): from: references unknown node x"), "{found:#?}");
    assert!(found[1].contains("edges[3] (x -> y): to: references unknown node y"), "{found:#?}");
}

#[test]
fn a_repeated_node_is_named_with_its_first_place() {
    let found = mistakes(|network| network.nodes.push(DeclaredNode::new(3)));
    assert!(
        found.contains(&"nodes[4] (3): id: repeats nodes[3]; every id may stand once".into()),
        "{found:#?}"
    );
}

#[test]
fn a_number_and_a_text_that_look_alike_are_two_nodes() {
    let network = DeclaredNetwork {
        nodes: [chain().nodes, vec![DeclaredNode::new("3")]].concat(),
        links: [chain().links, vec![DeclaredLink::supply("3", 2, 1, 0.5, 0.0)]].concat(),
        ..DeclaredNetwork::default()
    };
    network.compile().expect("no mistake");
}

#[test]
fn a_repeated_edge_is_named_with_its_first_place() {
    let found = only(|network| network.links.push(DeclaredLink::supply(2, 1, 9, 1.0, 0.0)));
    assert_eq!(found, "edges[3] (2 -> 1): repeats edges[1]; two nodes may be joined once");
}

#[test]
fn a_node_that_holds_stock_must_say_how_much_and_at_what_cost() {
    let found = mistakes(|network| {
        (network.nodes[1].initial_inventory, network.nodes[1].holding_cost) = (None, None);
    });
    let words = "missing; a retailer must have it: a finite number >= 0";
    assert_eq!(found, [format!("nodes[1] (1): I0: {words}"), format!("nodes[1] (1): h: {words}")]);
}

#[test]
fn a_factory_must_have_its_cost_and_yield() {
    let found = mistakes(|network| {
        (network.nodes[2].operating_cost, network.nodes[2].production_yield) = (None, None);
    });
    assert_eq!(
        found,
        [
            "nodes[2] (2): o: missing; a factory must have it: a finite number >= 0",
            "nodes[2] (2): v: missing; a factory must have it: a number above 0 and at most 1",
        ]
    );
}

#[test]
fn a_yield_without_a_capacity_is_not_a_factory() {
    assert_eq!(
        only(|network| network.nodes[1].production_yield = Some(0.9)),
        "nodes[1] (1): v: found 0.9, but only a factory (a node with a capacity 'C') has 'v'"
    );
}

/// What a change of the network that is used throughout leaves to warn of.
fn notes(change: impl FnOnce(&mut DeclaredNetwork)) -> Vec<String> {
    let mut network = chain();
    change(&mut network);
    network.compile().expect("accepted").notes.iter().map(ToString::to_string).collect()
}

#[test]
fn keys_that_can_have_no_effect_on_a_node_are_accepted_and_said() {
    assert!(notes(|_| {}).is_empty());
    assert_eq!(
        notes(|network| {
            network.nodes[0].initial_inventory = Some(5.0);
            network.nodes[1].operating_cost = Some(0.5);
            network.nodes[3].holding_cost = Some(0.25);
            network.nodes[3].production_yield = Some(0.9);
        }),
        [
            "nodes[0] (0): I0: 5 has no effect, because a market holds no stock and makes nothing",
            "nodes[1] (1): o: 0.5 has no effect, because a retailer makes nothing",
            "nodes[3] (3): h: 0.25 has no effect, because a raw material holds no stock and makes nothing",
            "nodes[3] (3): v: 0.9 has no effect, because a raw material holds no stock and makes nothing",
        ]
    );
}

#[test]
fn a_raw_material_has_no_capacity() {
    assert_eq!(
        only(|network| network.nodes[3].capacity = Some(50.0)),
        "nodes[3] (3): C: found 50, but a raw material holds no stock and makes nothing; leave 'C' out"
    );
}

#[test]
fn a_market_link_has_no_lead_time() {
    let found = only(|network| network.links[0].lead_time = Some(2));
    assert!(
        found.starts_with("edges[0] (1 -> 0): L: found 2; a link into a market must not define lead time"),
        "{found}"
    );
}

#[test]
fn a_supply_link_must_have_a_lead_time() {
    let found = only(|network| network.links[1].lead_time = None);
    assert_eq!(found, "edges[1] (2 -> 1): L: missing; a supply link must have 'L', a non-negative integer");
}

#[test]
fn a_lead_time_beyond_the_limit_is_refused() {
    let found = only(|network| network.links[1].lead_time = Some(MAX_LEAD_TIME + 1));
    assert_eq!(
        found,
        "edges[1] (2 -> 1): L: found 100001; a lead time is a non-negative integer of at most 100000 periods"
    );
}

#[test]
fn lead_times_that_make_too_long_an_observation_are_refused() {
    let longest = MAX_TRANSIT_SLOTS / MAX_LEAD_TIME as usize + 1;
    let found = only(|network| {
        for extra in 0..longest as i64 {
            network.nodes.push(DeclaredNode::new(10 + extra));
            network.links.push(DeclaredLink::supply(10 + extra, 2, MAX_LEAD_TIME, 1.0, 0.0));
        }
    });
    assert_eq!(found, "the lead times add up to 10100005 periods; at most 10000000 fit an observation");
}

#[test]
fn every_link_must_have_a_price() {
    for (link, words) in
        [(0, "edges[0] (1 -> 0): p: missing; a market link"), (1, "a supply link must have it")]
    {
        let found = only(|network| network.links[link].price = None);
        assert!(found.contains(words), "{found}");
    }
}

#[test]
fn a_market_link_must_have_a_penalty_and_a_law_of_demand() {
    let found = mistakes(|network| {
        (network.links[0].unmet_penalty, network.links[0].demand) = (None, None);
    });
    assert_eq!(found.len(), 2, "{found:#?}");
    assert_eq!(found[0], "edges[0] (1 -> 0): b: missing; a market link must have it: a finite number >= 0");
    assert!(
        found[1].starts_with("edges[0] (1 -> 0): demand_dist: missing; a link into a market must have"),
        "{found:#?}"
    );
}

#[test]
fn a_supply_link_must_have_a_pipeline_cost() {
    let found = only(|network| network.links[1].pipeline_holding_cost = None);
    assert_eq!(found, "edges[1] (2 -> 1): g: missing; a supply link must have it: a finite number >= 0");
}

#[test]
fn a_link_has_no_keys_of_the_other_kind() {
    let found = mistakes(|network| {
        network.links[0].pipeline_holding_cost = Some(0.5);
        network.links[0].fixed_order_cost = Some(3.0);
        network.links[1].unmet_penalty = Some(0.1);
        network.links[1].demand = Some(DeclaredDemand::poisson(20.0));
    });
    assert_eq!(
        found,
        [
            "edges[0] (1 -> 0): K: found 3, but a market link has no 'K'; leave it out",
            "edges[0] (1 -> 0): g: found 0.5, but a market link has no 'g'; leave it out",
            "edges[1] (2 -> 1): b: what is not filled is forgotten here, and nobody pays for it; add unmet: wait or lost, or leave 'b' out",
            "edges[1] (2 -> 1): demand_dist: found on a supply link; only a link into a market has demand; \
             leave it out",
        ]
    );
}

#[test]
fn negative_and_non_finite_numbers_are_refused_wherever_they_stand() {
    type Field = (&'static str, fn(&mut DeclaredNetwork) -> &mut Option<f64>);
    let fields: [Field; 8] = [
        ("nodes[1] (1): I0", |network| &mut network.nodes[1].initial_inventory),
        ("nodes[1] (1): h", |network| &mut network.nodes[1].holding_cost),
        ("nodes[2] (2): C", |network| &mut network.nodes[2].capacity),
        ("nodes[2] (2): o", |network| &mut network.nodes[2].operating_cost),
        ("edges[1] (2 -> 1): p", |network| &mut network.links[1].price),
        ("edges[1] (2 -> 1): g", |network| &mut network.links[1].pipeline_holding_cost),
        ("edges[1] (2 -> 1): K", |network| &mut network.links[1].fixed_order_cost),
        ("edges[0] (1 -> 0): b", |network| &mut network.links[0].unmet_penalty),
    ];
    for (path, field) in fields {
        for bad in [-0.5, f64::NAN, f64::INFINITY] {
            let found = only(|network| *field(network) = Some(bad));
            assert_eq!(found, format!("{path}: found {bad}; expected a finite number >= 0"));
        }
    }
}

#[test]
fn a_yield_is_a_share_above_zero() {
    for bad in [0.0, -0.5, 1.5, f64::NAN] {
        let found = only(|network| network.nodes[2].production_yield = Some(bad));
        assert_eq!(found, format!("nodes[2] (2): v: found {bad}; expected a number above 0 and at most 1"));
    }
}

#[test]
fn a_raw_material_cannot_sell_to_a_market() {
    let found = only(|network| {
        let demand = DeclaredDemand::poisson(5.0);
        network.links.push(DeclaredLink::market(3, 0, 2.0, 0.1, demand));
    });
    assert_eq!(
        found,
        "edges[3] (3 -> 0): from: node 3 holds no stock; a market buys from a node with 'I0' and 'h'"
    );
}

#[test]
fn an_unknown_law_is_named_with_the_known_ones() {
    let found = only(|network| {
        network.links[0].demand = Some(DeclaredDemand::new("cauchy", []));
    });
    assert_eq!(
        found,
        "edges[0] (1 -> 0): demand_dist: Unknown demand distribution 'cauchy'; known: poisson, normal, uniform, negative_binomial, intermittent, deterministic, discrete, binomial, geometric, gamma, exponential, lognormal"
    );
}

#[test]
fn a_parameter_the_law_does_not_take_is_named() {
    let found = only(|network| {
        network.links[0].demand = Some(DeclaredDemand::new("normal", [("mu", 3.0)]));
    });
    assert_eq!(
        found,
        "edges[0] (1 -> 0): dist_param: a normal law has no parameter 'mu'; it has loc and scale, or cv"
    );
}

#[test]
fn several_mistakes_are_reported_together_in_the_order_of_their_places() {
    let mut network = chain();
    network.links[1].price = Some(f64::NAN);
    network.nodes[2].production_yield = Some(2.0);
    network.nodes[1].initial_inventory = Some(-1.0);
    network.links.push(DeclaredLink::supply(3, 2, 1, 0.5, 0.0));
    let error = network.compile().expect_err("four mistakes");
    let places: Vec<&Place> = error.0.iter().map(|mistake| &mistake.place).collect();
    assert_eq!(
        places,
        [
            &Place::Node(1, Some("I0")),
            &Place::Node(2, Some("v")),
            &Place::Link(1, Some("p")),
            &Place::Link(3, None)
        ]
    );
    let text = error.to_string();
    assert!(text.starts_with("4 mistakes in the network:\n  - nodes[1] (1): I0: found -1;"), "{text}");
    assert_eq!(text.lines().count(), 5, "{text}");
}

#[test]
fn names_are_shown_with_their_control_characters_escaped() {
    let found = only(|network| network.nodes.push(DeclaredNode::new("\u{1b}[31m\n")));
    assert!(found.starts_with("node \\u{1b}[31m\\n is not joined"), "{found}");
}
