//! The instance that what is played stands for.

use invmgmt::network::{ManagedIx, Network, TableIndex};

use super::super::chain::refuse_factory;
use super::super::error::ShapeError;
use super::super::problem::{PLAIN, ProblemView, Reader, Reads};
use super::{GuaranteedService, TreeStage};

/// What errors call this solver.
const NAME: &str = "guaranteed-service placement";

impl GuaranteedService {
    /// The instance of a network, each market link with demand of its own; its stages are the network's managed nodes
    /// in order. A node with several suppliers waits for the slowest of them.
    ///
    /// The simulator ships only what was there at the start of a period and orders before demand, so a stage's
    /// processing time is the lead time of the links it buys on plus one. Markets accept no service time. The
    /// simulator itself plays no service times: the answer places stock, it does not predict the simulator's cost.
    ///
    /// # Errors
    /// [`ShapeError`] if a node has suppliers at different distances, or is a factory; if
    /// demand changes with time, or anything else is played that the model does not know.
    pub fn from_problem<'a>(
        problem: impl Into<ProblemView<'a>>,
        safety_factor: f64,
    ) -> Result<Self, ShapeError> {
        let problem = problem.into();
        let network = problem.network;
        let inner = |&link: &invmgmt::network::SupplyLinkIx| {
            let row = &network.supply[link];
            row.supplier.map(|supplier| (supplier.node.position(), row.buyer.position()))
        };
        let links: Vec<(usize, usize)> = network.supply.indices().filter_map(|link| inner(&link)).collect();
        let stages = network.managed.indices().map(|node| stage(&problem, node));
        let stages = stages.collect::<Result<_, _>>()?;
        let mut reader = Reader::new(problem, NAME, Reads::of(PLAIN));
        for link in network.market.indices() {
            reader.steady_mean(link);
        }
        reader.finish()?;
        Ok(Self { stages, links, quantities: Vec::new(), safety_factor })
    }
}

/// One node as a stage.
fn stage(problem: &ProblemView<'_>, node: ManagedIx) -> Result<TreeStage, ShapeError> {
    let network: &Network = problem.network;
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
    // The cut at zero aside.
    let variance: f64 = row.markets.iter().map(|&link| problem.demand.variance(network, 0, link, 1.0)).sum();
    Ok(TreeStage {
        processing_time: first as u32 + 1,
        holding_cost: row.holding_cost,
        external_inbound_time: 0,
        promised_service_time: (!row.markets.is_empty()).then_some(0),
        demand_deviation: variance.sqrt(),
    })
}
