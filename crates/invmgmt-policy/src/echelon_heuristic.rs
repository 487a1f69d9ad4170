//! The published echelon base-stock heuristic.

use invmgmt::action::split_order;
use invmgmt::demand::DemandModel;
use invmgmt::episode::{DecisionError, Policy};
use invmgmt::network::{ManagedIx, Network, SupplyLinkIx, Table};
use invmgmt::period::StateView;

use crate::base_stock::echelons;
use crate::forecast::{Forecast, Means, Outlook, Reach, Windows};
use crate::sizing::{clip, critical_ratio, safety_factor, shortage_cost};
use crate::{PolicyError, supplier_shares};

/// Least echelon holding cost [money / unit / period].
const LEAST_ECHELON_COST: f64 = 0.01;

/// The published echelon base stock: each managed node lifts the position of its echelon, the node and all it
/// supplies, to a level for the demand until an order can reach the customers.
///
/// `S = max(0, m + z d)` with m and d mean and deviation of the demand of L + C + 1 periods, L the longest lead time
/// of the node's suppliers and C the longest way from the node to a retailer; z the normal quantile of b / (b + e), e
/// the node's holding cost less those of the nodes it supplies, at least 0.01.
#[derive(Clone, Debug)]
pub struct EchelonHeuristic {
    forecast: Forecast,
    reach: Reach,
    /// Safety factor z per managed node [1] -- constant.
    safety_factors: Table<ManagedIx, f64>,
    /// Members of each managed node's echelon, itself included, in order of id -- constant.
    echelons: Table<ManagedIx, Vec<ManagedIx>>,
    /// Share of its buyer's orders per supply link [1] -- constant.
    shares: Table<SupplyLinkIx, f64>,
    /// Largest order played [units] -- constant.
    largest_order: f64,
    outlook: Table<ManagedIx, Outlook>,
    /// Inventory position per managed node in the period being decided [units] -- scratch.
    positions: Table<ManagedIx, f64>,
}

impl EchelonHeuristic {
    /// Forecasts from the demand it has seen.
    ///
    /// # Errors
    /// [`PolicyError::ReachTooLarge`] or [`PolicyError::EchelonsTooLarge`] for a network too large.
    pub fn blind(network: &Network, num_periods: usize) -> Result<Self, PolicyError> {
        Self::with(network, num_periods, Forecast::Blind(Windows::new(network)))
    }

    /// Reads the means of demand to come and the scale of its noise.
    ///
    /// # Errors
    /// As [`EchelonHeuristic::blind`].
    pub fn informed(
        network: &Network,
        num_periods: usize,
        demand: &DemandModel,
    ) -> Result<Self, PolicyError> {
        Self::with(network, num_periods, Forecast::Informed(Means::new(demand)))
    }

    fn with(network: &Network, num_periods: usize, forecast: Forecast) -> Result<Self, PolicyError> {
        let factor =
            |node| safety_factor(critical_ratio(shortage_cost(network, node), echelon_cost(network, node)));
        let factors: Vec<f64> = network.managed.indices().map(factor).collect();
        Ok(Self {
            forecast,
            reach: Reach::new(network, echelon_spans(network))?,
            safety_factors: factors.into(),
            echelons: echelons(network)?,
            shares: supplier_shares(network),
            largest_order: network.largest_order(num_periods),
            outlook: vec![Outlook::default(); network.managed.len()].into(),
            positions: vec![0.0; network.managed.len()].into(),
        })
    }
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

impl Policy for EchelonHeuristic {
    fn reset(&mut self, _seed: Option<u64>) {
        self.forecast.reset();
    }

    fn decide(&mut self, state: &StateView<'_>, orders: &mut [f64]) -> Result<(), DecisionError> {
        self.forecast.outlook(state, &self.reach, &mut self.outlook);
        for node in self.positions.indices() {
            self.positions[node] = state.inventory_position(node);
        }
        for (node, expected) in self.outlook.iter() {
            let level = expected.level(self.safety_factors[node]);
            let position: f64 = self.echelons[node].iter().map(|&member| self.positions[member]).sum();
            split_order(state.network, &self.shares, node, (level - position).max(0.0), orders);
        }
        clip(orders, self.largest_order);
        Ok(())
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
