//! The two networks that come with the environment.

use super::{DeclaredDemand, DeclaredLink, DeclaredNetwork, DeclaredNode};

/// Names of the presets; `base` is another name of `network`.
pub const PRESETS: [&str; 2] = ["network", "serial"];

/// The preset of this name, or none.
pub fn preset(name: &str) -> Option<DeclaredNetwork> {
    match name {
        "network" | "base" => Some(nine_nodes()),
        "serial" => Some(serial()),
        _ => None,
    }
}

/// The nine-node network of Perez et al. (2021): a retailer, two distributors, three factories, two raw materials.
fn nine_nodes() -> DeclaredNetwork {
    let supply = DeclaredLink::supply;
    DeclaredNetwork {
        name: Some("network".into()),
        description: Some("Nine nodes: one retailer, two distributors, three factories".into()),
        nodes: vec![
            DeclaredNode::new(0),
            DeclaredNode::stocking(1, 100.0, 0.030),
            DeclaredNode::stocking(2, 110.0, 0.020),
            DeclaredNode::stocking(3, 80.0, 0.015),
            DeclaredNode::stocking(4, 400.0, 0.012).factory(90.0, 0.010, 1.0),
            DeclaredNode::stocking(5, 350.0, 0.013).factory(90.0, 0.015, 1.0),
            DeclaredNode::stocking(6, 380.0, 0.011).factory(80.0, 0.012, 1.0),
            DeclaredNode::new(7),
            DeclaredNode::new(8),
        ],
        links: vec![
            DeclaredLink::market(1, 0, 2.0, 0.1, DeclaredDemand::poisson(20.0)),
            supply(2, 1, 5, 1.5, 0.010),
            supply(3, 1, 3, 1.6, 0.015),
            supply(4, 2, 8, 1.0, 0.008),
            supply(4, 3, 10, 0.8, 0.006),
            supply(5, 2, 9, 0.7, 0.005),
            supply(6, 2, 11, 0.75, 0.007),
            supply(6, 3, 12, 0.8, 0.004),
            supply(7, 4, 0, 0.15, 0.0),
            supply(7, 5, 1, 0.05, 0.005),
            supply(8, 5, 2, 0.07, 0.002),
            supply(8, 6, 0, 0.2, 0.0),
        ],
        ..DeclaredNetwork::default()
    }
}

/// A chain: raw material, factory, distributor, retailer, market.
fn serial() -> DeclaredNetwork {
    DeclaredNetwork {
        name: Some("serial".into()),
        description: Some("A chain of a factory, a distributor and a retailer".into()),
        nodes: vec![
            DeclaredNode::new(0),
            DeclaredNode::stocking(1, 100.0, 0.030),
            DeclaredNode::stocking(2, 100.0, 0.020),
            DeclaredNode::stocking(3, 200.0, 0.010).factory(100.0, 0.010, 1.0),
            DeclaredNode::new(4),
        ],
        links: vec![
            DeclaredLink::market(1, 0, 2.0, 0.1, DeclaredDemand::poisson(20.0)),
            DeclaredLink::supply(2, 1, 4, 1.5, 0.010),
            DeclaredLink::supply(3, 2, 4, 1.0, 0.005),
            DeclaredLink::supply(4, 3, 0, 0.5, 0.0),
        ],
        ..DeclaredNetwork::default()
    }
}
