//! The published echelon base-stock heuristic.

use invmgmt::network::{ManagedIx, Network, Table};
use invmgmt::period::StateView;

use crate::PolicyError;
use crate::base_stock::{Echelon, echelons};
use crate::forecast::Outlook;
use crate::published::{Published, Rule};
use crate::sizing::{critical_ratio, safety_factor, shortage_cost};

/// Least echelon holding cost [money / unit / period].
const LEAST_ECHELON_COST: f64 = 0.01;

/// The published echelon base stock: each managed node lifts the position of its echelon, the node and all it
/// supplies, to a level for the demand until an order can reach the customers.
///
/// `S = max(0, m + z d)` with m and d mean and deviation of the demand of L + C + 1 periods, L the longest lead time
/// of the node's suppliers and C the longest way from the node to a retailer; z the normal quantile of b / (b + e), e
/// the node's holding cost less those of the nodes it supplies, at least 0.01.
pub type EchelonHeuristic = Published<EchelonLevels>;

/// Lifts the position of each node's echelon to a level by the critical ratio.
#[derive(Clone, Debug)]
pub struct EchelonLevels {
    /// Safety factor z per managed node [1] -- constant.
    safety_factors: Table<ManagedIx, f64>,
    /// Members of each managed node's echelon, itself included, in order of id -- constant.
    echelons: Table<ManagedIx, Echelon>,
    /// Inventory position per managed node in the period being decided [units] -- scratch.
    positions: Table<ManagedIx, f64>,
}

/// A node's holding cost less those of the managed nodes it supplies [money / unit / period].
fn echelon_cost(network: &Network, node: ManagedIx) -> f64 {
    let row = &network.managed[node];
    let downstream =
        row.outgoing.iter().map(|&link| network.managed[network.supply[link].buyer].holding_cost);
    (row.holding_cost - downstream.sum::<f64>()).max(LEAST_ECHELON_COST)
}

/// Periods from a node's order to the customers, plus one.
fn echelon_spans(network: &Network) -> Table<ManagedIx, usize> {
    let ways = network.ways_down();
    let span = |node: ManagedIx| ways[node] + network.longest_lead_time_of(node) + 1;
    network.managed.indices().map(span).collect::<Vec<usize>>().into()
}

impl Rule for EchelonLevels {
    fn new(network: &Network) -> Result<Self, PolicyError> {
        let factor =
            |node| safety_factor(critical_ratio(shortage_cost(network, node), echelon_cost(network, node)));
        let factors: Vec<f64> = network.managed.indices().map(factor).collect();
        Ok(Self {
            safety_factors: factors.into(),
            echelons: echelons(network)?,
            positions: vec![0.0; network.managed.len()].into(),
        })
    }

    fn spans(network: &Network) -> Table<ManagedIx, usize> {
        echelon_spans(network)
    }

    fn look(&mut self, state: &StateView<'_>) {
        for node in self.positions.indices() {
            self.positions[node] = state.inventory_position(node);
        }
    }

    fn quantity(&self, _state: &StateView<'_>, node: ManagedIx, expected: &Outlook) -> f64 {
        let position = self.echelons[node].position(|member| self.positions[member]);
        (expected.level(self.safety_factors[node]) - position).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use invmgmt::network::preset;

    fn network(name: &str) -> Network {
        preset(name).expect("a preset").compile().expect("a sound network")
    }

    /// Ways of 0, 5, 3, 13, 14, 16 and 0, 4, 8 periods (benchmark, section 2.5), plus the longest lead times
    /// 5, 11, 12, 0, 2, 0 and 4, 4, 0, plus one.
    #[test]
    fn spans_reach_from_an_order_to_the_customers() {
        assert_eq!(echelon_spans(&network("network")).rows(), [6, 17, 16, 14, 17, 17]);
        assert_eq!(echelon_spans(&network("serial")).rows(), [5, 9, 9]);
    }

    /// The critical ratios published for echelons (benchmark, section 2.5), managed nodes in order of id.
    #[test]
    fn echelon_ratios_are_the_published_ones() {
        let published: [(&str, &[f64]); 2] = [
            ("network", &[0.76923, 0.98765, 0.98765, 0.98837, 0.98485, 0.98361]),
            ("serial", &[0.76923, 0.98039, 0.98039]),
        ];
        for (name, ratios) in published {
            let network = network(name);
            for (node, expected) in network.managed.indices().zip(ratios) {
                let found = critical_ratio(shortage_cost(&network, node), echelon_cost(&network, node));
                assert!((found - expected).abs() < 5e-6, "{name}: {found} against {expected}");
            }
        }
    }
}
