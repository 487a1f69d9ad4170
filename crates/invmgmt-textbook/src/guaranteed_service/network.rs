//! The instance a network stands for.

use invmgmt::demand::DEFAULT_BASE_MEAN;
use invmgmt::network::{ManagedIx, MarketLink, Network, TableIndex};

use super::super::chain::refuse_factory;
use super::super::error::ShapeError;
use super::{GuaranteedService, TreeStage, closing_link};

/// What errors call this solver.
const NAME: &str = "guaranteed-service placement";

impl GuaranteedService {
    /// The instance of a network whose stocking nodes form a tree; its stages are the network's managed nodes in order.
    ///
    /// The simulator ships only what was there at the start of a period and orders before demand, so a stage's
    /// processing time is the lead time of the links it buys on plus one. Markets accept no service time. The
    /// simulator itself plays no service times: the answer places stock, it does not predict the simulator's cost.
    ///
    /// # Errors
    /// [`ShapeError`] if the links close a loop, a node has suppliers at different distances, or is a factory.
    pub fn from_network(network: &Network, safety_factor: f64) -> Result<Self, ShapeError> {
        let inner = |&link: &invmgmt::network::SupplyLinkIx| {
            let row = &network.supply[link];
            row.supplier.map(|supplier| (supplier.node.position(), row.buyer.position()))
        };
        let between: Vec<_> = network.supply.indices().filter(|link| inner(link).is_some()).collect();
        let links: Vec<(usize, usize)> = between.iter().filter_map(inner).collect();
        if let Some(position) = closing_link(network.managed.len(), links.iter().copied()) {
            let link = network.link_name(network.supply[between[position]].link);
            return Err(ShapeError::Loop { link, solver: NAME });
        }
        let stages = network.managed.indices().map(|node| stage(network, node));
        Ok(Self { stages: stages.collect::<Result<_, _>>()?, links, safety_factor })
    }
}

/// One node as a stage.
fn stage(network: &Network, node: ManagedIx) -> Result<TreeStage, ShapeError> {
    let row = &network.managed[node];
    refuse_factory(network, row, NAME)?;
    let lead_times = row.incoming.iter().map(|&link| network.supply[link].lead_time);
    let first = lead_times.clone().next().unwrap_or(0);
    if let Some(other) = lead_times.into_iter().find(|&lead_time| lead_time != first) {
        return Err(ShapeError::LeadTimes {
            node: network.managed_id(node).clone(),
            first,
            other,
            solver: NAME,
        });
    }
    let variance: f64 = row.markets.iter().map(|&link| variance(&network.market[link])).sum();
    Ok(TreeStage {
        processing_time: first as u32 + 1,
        holding_cost: row.holding_cost,
        external_inbound_time: 0,
        promised_service_time: (!row.markets.is_empty()).then_some(0),
        demand_deviation: variance.sqrt(),
    })
}

/// Variance of a market link's demand in a period, the cut at zero aside [units^2].
fn variance(link: &MarketLink) -> f64 {
    link.law.variance(link.own_mean.unwrap_or(DEFAULT_BASE_MEAN))
}
