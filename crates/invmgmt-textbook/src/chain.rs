//! A serial chain read off a network: what every solver for one stage after another starts from.

use invmgmt::demand::{DEFAULT_BASE_MEAN, Law};
use invmgmt::network::{ManagedNode, Network, NodeIx, SupplyLink};

use super::Demand;
use super::error::ShapeError;

/// A node of the chain with the link it buys on.
#[derive(Debug)]
pub(crate) struct ChainStage<'a> {
    /// The node.
    pub node: &'a ManagedNode,
    /// The link it buys on.
    pub supply: &'a SupplyLink,
}

/// A network that is a serial chain of nodes with unlimited capacity.
#[derive(Debug)]
pub(crate) struct Chain<'a> {
    /// From the retailer upwards.
    pub stages: Vec<ChainStage<'a>>,
    /// Penalty for a unit left unmet [money / unit / period].
    pub penalty: f64,
    /// The customers.
    pub demand: Demand,
}

/// Reads a chain, or says for `solver` why there is none.
pub(crate) fn read<'a>(network: &'a Network, solver: &'static str) -> Result<Chain<'a>, ShapeError> {
    for (row, node) in network.managed.iter() {
        let id = || network.managed_id(row).clone();
        if node.incoming.len() != 1 {
            return Err(ShapeError::Suppliers { node: id(), found: node.incoming.len(), solver });
        }
        let customers = node.outgoing.len() + node.markets.len();
        if customers != 1 {
            return Err(ShapeError::Customers { node: id(), found: customers, solver });
        }
        refuse_factory(network, node, solver)?;
    }
    // One supplier and one customer each, in one piece and without a cycle: there is one market link, unless
    // several chains meet at their market or at their source.
    let [market] = network.market.rows() else {
        return Err(meeting_point(network, solver));
    };
    let mut stages = Vec::with_capacity(network.managed.len());
    let mut next = Some(market.retailer);
    while let Some(row) = next {
        let node = &network.managed[row];
        let supply = &network.supply[node.incoming[0]];
        stages.push(ChainStage { node, supply });
        next = supply.supplier.map(|supplier| supplier.node);
    }
    let mean = market.own_mean.unwrap_or(DEFAULT_BASE_MEAN);
    let refuse = |found| {
        let link = network.link_name(market.link);
        ShapeError::Law { link, found, solver, allowed: "poisson without a shift, or normal" }
    };
    let demand = match market.law {
        Law::Poisson { shift: 0.0 } => Demand::Poisson { mean },
        Law::Poisson { .. } => return Err(refuse("shifted poisson")),
        Law::Normal { scale } => Demand::Normal { mean, deviation: scale },
        Law::Uniform { .. } => return Err(refuse("uniform")),
        Law::NegativeBinomial { .. } => return Err(refuse("negative binomial")),
        Law::Intermittent { .. } => return Err(refuse("intermittent")),
    };
    Ok(Chain { stages, penalty: market.unmet_penalty, demand })
}

/// Reads a chain of a single stage.
pub(crate) fn read_single<'a>(network: &'a Network, solver: &'static str) -> Result<Chain<'a>, ShapeError> {
    if network.managed.len() != 1 {
        return Err(ShapeError::Stages { found: network.managed.len(), solver });
    }
    read(network, solver)
}

/// Refuses a factory.
pub(crate) fn refuse_factory(
    network: &Network,
    node: &ManagedNode,
    solver: &'static str,
) -> Result<(), ShapeError> {
    match &node.factory {
        None => Ok(()),
        Some(factory) => Err(ShapeError::Capacity {
            node: network.nodes[node.node].id.clone(),
            capacity: factory.capacity,
            solver,
        }),
    }
}

/// Refuses fixed order costs on the chain's links.
pub(crate) fn refuse_fixed_costs(
    network: &Network,
    chain: &Chain<'_>,
    solver: &'static str,
) -> Result<(), ShapeError> {
    match chain.stages.iter().find(|stage| stage.supply.fixed_order_cost > 0.0) {
        None => Ok(()),
        Some(stage) => Err(ShapeError::FixedCost {
            link: network.link_name(stage.supply.link),
            found: stage.supply.fixed_order_cost,
            solver,
        }),
    }
}

/// Where chains meet: a market with several retailers or a source with several buyers.
fn meeting_point(network: &Network, solver: &'static str) -> ShapeError {
    let retailers = |node: NodeIx| network.market.rows().iter().filter(|link| link.to == node).count();
    let buyers = |node: NodeIx| network.supply.rows().iter().filter(|link| link.from == node).count();
    let met = network.nodes.indices().find(|&node| retailers(node) > 1 || buyers(node) > 1);
    let node = met.expect("chains in one piece meet somewhere");
    let id = network.nodes[node].id.clone();
    match retailers(node) {
        0 => ShapeError::Customers { node: id, found: buyers(node), solver },
        found => ShapeError::Suppliers { node: id, found, solver },
    }
}
