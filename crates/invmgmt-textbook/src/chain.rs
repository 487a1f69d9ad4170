//! A serial chain read off a network: what every solver for one stage after another starts from.

use invmgmt::network::{ManagedNode, Network, NodeIx, SupplyLink, TableIndex};

use super::Demand;
use super::error::ShapeError;
use super::problem::{ProblemView, Reader, Reads};

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
    /// What a customer pays [money / unit].
    pub price: f64,
    /// Penalty for a unit left unmet [money / unit / period].
    pub penalty: f64,
    /// The customers.
    pub demand: Demand,
}

/// Reads a chain, or says for `solver` why there is none. `reads` says what the solver reads of that chain.
pub(crate) fn read<'a>(
    problem: ProblemView<'a>,
    solver: &'static str,
    reads: impl FnOnce(&[ChainStage<'a>]) -> Reads,
) -> Result<Chain<'a>, ShapeError> {
    let stages = stages(problem.network, solver)?;
    let mut reader = Reader::new(problem, solver, reads(&stages));
    let demand = reader.law(TableIndex::from_position(0));
    reader.finish()?;
    let market = &problem.network.market.rows()[0];
    Ok(Chain { stages, price: market.price, penalty: market.unmet_penalty, demand })
}

/// Reads a chain of a single stage.
pub(crate) fn read_single<'a>(
    problem: ProblemView<'a>,
    solver: &'static str,
    reads: impl FnOnce(&[ChainStage<'a>]) -> Reads,
) -> Result<Chain<'a>, ShapeError> {
    let found = problem.network.managed.len();
    if found != 1 {
        return Err(ShapeError::Stages { found, solver });
    }
    read(problem, solver, reads)
}

/// The nodes of a chain, from the retailer upwards.
pub(crate) fn stages<'a>(
    network: &'a Network,
    solver: &'static str,
) -> Result<Vec<ChainStage<'a>>, ShapeError> {
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
    Ok(stages)
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
