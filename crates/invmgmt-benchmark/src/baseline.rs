//! Constants: what anybody earns who orders the same every period. A policy that is no better has learned nothing.

use invmgmt::network::TableIndex;
use invmgmt_data::Case;

use crate::Contestant;
use crate::contestant::{Entrant, NoEntry, enter_by_spec};

/// How the quantities of a constant are found for a problem.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Rule {
    /// On every link this multiple of the flow that would satisfy mean demand.
    Flow(f64),
    /// On every link the mean demand of all markets together.
    Flat,
}

/// A constant order, sized by a problem's mean demand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Baseline {
    /// Its name in results.
    pub name: &'static str,
    rule: Rule,
}

/// The constants that every benchmark plays beside its policies.
pub(crate) const BASELINES: [Baseline; 7] = [
    Baseline { name: "constant-nothing", rule: Rule::Flow(0.0) },
    Baseline { name: "constant-half", rule: Rule::Flow(0.5) },
    Baseline { name: "constant-less", rule: Rule::Flow(0.9) },
    Baseline { name: "constant-mean", rule: Rule::Flow(1.0) },
    Baseline { name: "constant-more", rule: Rule::Flow(1.1) },
    Baseline { name: "constant-much", rule: Rule::Flow(1.5) },
    Baseline { name: "constant-flat", rule: Rule::Flat },
];

impl Baseline {
    /// Quantity per supply link [units / period].
    fn quantities(self, problem: &Case) -> Vec<f64> {
        let (flows, total) = mean_flows(problem);
        match self.rule {
            Rule::Flow(factor) => flows.iter().map(|flow| factor * flow).collect(),
            Rule::Flat => vec![total; flows.len()],
        }
    }
}

impl Contestant for Baseline {
    fn name(&self) -> &str {
        self.name
    }

    fn definition(&self) -> String {
        format!("{:?}", self.rule)
    }

    fn enter(&self, problem: &Case) -> Result<Entrant<'_>, NoEntry> {
        let quantities: Vec<String> = self.quantities(problem).iter().map(f64::to_string).collect();
        let mut entry = enter_by_spec(&format!("constant:{}", quantities.join(",")), problem)?;
        // It is sized by the true mean of demand.
        "mean-demand".clone_into(&mut entry.information);
        Ok(entry)
    }
}

/// The flow on every supply link if every node passed on mean demand, shared equally by its suppliers, and the mean
/// demand of all markets [units / period]. The mean is over the episode, at a sentiment of 1.
fn mean_flows(problem: &Case) -> (Vec<f64>, f64) {
    let network = &*problem.network;
    let mut wanted = vec![0.0; network.managed.len()];
    for (market, link) in network.market.iter() {
        let sum: f64 = (0..problem.num_periods)
            .map(|period| problem.demand.expected(network, period, market, 1.0))
            .sum();
        wanted[link.retailer.position()] += sum / problem.num_periods as f64;
    }
    let total = wanted.iter().sum();
    let mut flows = vec![0.0; network.supply.len()];
    // From the customers upwards: whoever a node supplies has been counted before it.
    let stages = network.stages();
    let mut nodes: Vec<_> = network.managed.indices().collect();
    nodes.sort_by_key(|&node| stages[node]);
    for node in nodes {
        let row = &network.managed[node];
        for &link in &row.incoming {
            let flow = wanted[node.position()] / row.incoming.len() as f64;
            flows[link.position()] = flow;
            if let Some(supplier) = &network.supply[link].supplier {
                wanted[supplier.node.position()] += flow * supplier.stock_per_unit;
            }
        }
    }
    (flows, total)
}
