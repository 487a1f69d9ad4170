//! Problems to solve.

use invmgmt::Problem;
use invmgmt::demand::{DemandConfig, DemandModel};
use invmgmt::law::DeclaredDemand;
use invmgmt::network::{DeclaredLink, DeclaredNetwork, DeclaredNode};
use invmgmt::period::Rules;

/// A shop that buys from farms that lack nothing, and sells to a town for nothing.
pub struct Shop {
    pub holding: f64,
    pub penalty: f64,
    pub demand: DeclaredDemand,
    /// Lead time, price and fixed cost of each farm.
    pub farms: Vec<(u32, f64, f64)>,
    pub waits: bool,
}

impl Shop {
    pub fn of_lost_sales(lead_time: u32, penalty: f64) -> Self {
        let farms = vec![(lead_time, 0.0, 0.0)];
        Self { holding: 1.0, penalty, demand: DeclaredDemand::poisson(5.0), farms, waits: false }
    }

    pub fn problem(&self) -> Problem {
        let mut network = DeclaredNetwork {
            nodes: vec![DeclaredNode::new("town"), DeclaredNode::stocking("shop", 0.0, self.holding)],
            links: vec![DeclaredLink::market("shop", "town", 0.0, self.penalty, self.demand.clone())],
            ..DeclaredNetwork::default()
        };
        for (at, &(lead_time, price, fixed)) in self.farms.iter().enumerate() {
            let farm = format!("farm {at}");
            network.nodes.push(DeclaredNode::new(farm.as_str()));
            let mut link = DeclaredLink::supply(farm.as_str(), "shop", lead_time, price, 0.0);
            link.fixed_order_cost = Some(fixed);
            network.links.push(link);
        }
        let demand = DemandModel::new(DemandConfig::default()).expect("usable");
        let rules = Rules { backlog: self.waits, discount: 1.0 };
        Problem::new(network.compile().expect("sound"), demand, rules, 30)
    }
}
