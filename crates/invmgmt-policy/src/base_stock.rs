//! Order-up-to rules: each node orders what its inventory position lacks to its level.

use invmgmt::action::split_lacking;
use invmgmt::episode::{DecisionError, Policy};
use invmgmt::network::{ManagedIx, Network, SupplyLinkIx, Table};
use invmgmt::period::StateView;

use crate::spec::node_names;
use crate::{PolicyError, supplier_shares};

/// Most entries of all echelons together (200 MB): a chain of 10,000 nodes is within it.
pub const MAX_ECHELON_ENTRIES: usize = 50_000_000;

/// Local base stock: every managed node lifts its own inventory position to a level.
///
/// The position is stock on hand plus units on order, minus what the node owes its customers where unmet demand
/// waits. The order is split over the node's suppliers by [`supplier_shares`].
#[derive(Clone, Debug, PartialEq)]
pub struct BaseStock {
    /// Order-up-to level S per managed node [units] -- constant.
    levels: Table<ManagedIx, f64>,
    /// Share of its buyer's orders per supply link [1] -- constant.
    shares: Table<SupplyLinkIx, f64>,
}

impl BaseStock {
    /// Orders up to these levels, one per managed node in order of id [units].
    ///
    /// # Errors
    /// [`PolicyError::Count`] for another number of levels.
    pub fn new(network: &Network, levels: &[f64]) -> Result<Self, PolicyError> {
        Ok(Self { levels: check_levels("basestock", network, levels)?, shares: supplier_shares(network) })
    }
}

impl Policy for BaseStock {
    fn decide(&mut self, state: &StateView<'_>, orders: &mut [f64]) -> Result<(), DecisionError> {
        for (node, level) in self.levels.iter() {
            let lacking = (level - state.inventory_position(node)).max(0.0);
            split_lacking(state.network, &self.shares, node, lacking, orders);
        }
        Ok(())
    }
}

/// Echelon base stock: every managed node lifts the position of its whole echelon to a level.
///
/// A node's echelon is the node and all managed nodes it supplies, directly or through others, each counted once;
/// its position is the sum of their inventory positions. The order is split over the node's suppliers by
/// [`supplier_shares`].
#[derive(Clone, Debug, PartialEq)]
pub struct EchelonBaseStock {
    /// Order-up-to level S per managed node [units] -- constant.
    levels: Table<ManagedIx, f64>,
    /// Members of each managed node's echelon, itself included, in order of id -- constant.
    echelons: Table<ManagedIx, Vec<ManagedIx>>,
    /// Share of its buyer's orders per supply link [1] -- constant.
    shares: Table<SupplyLinkIx, f64>,
    /// Inventory position per managed node in the period being decided [units] -- scratch.
    positions: Table<ManagedIx, f64>,
}

impl EchelonBaseStock {
    /// Orders up to these echelon levels, one per managed node in order of id [units].
    ///
    /// # Errors
    /// [`PolicyError::Count`] for another number of levels, [`PolicyError::EchelonsTooLarge`] if the echelons of
    /// the network have more than [`MAX_ECHELON_ENTRIES`] entries.
    pub fn new(network: &Network, levels: &[f64]) -> Result<Self, PolicyError> {
        Ok(Self {
            levels: check_levels("echelon", network, levels)?,
            echelons: echelons(network)?,
            shares: supplier_shares(network),
            positions: vec![0.0; network.managed.len()].into(),
        })
    }
}

impl Policy for EchelonBaseStock {
    fn decide(&mut self, state: &StateView<'_>, orders: &mut [f64]) -> Result<(), DecisionError> {
        for node in self.positions.indices() {
            // What buyers requested and nobody has read is theirs; an echelon counts it once.
            self.positions[node] = state.inventory_position(node) - state.unread(node);
        }
        for (node, level) in self.levels.iter() {
            let position: f64 = self.echelons[node].iter().map(|&member| self.positions[member]).sum();
            split_lacking(state.network, &self.shares, node, (level - position).max(0.0), orders);
        }
        Ok(())
    }
}

/// One entry per managed node, or an error that names the nodes.
pub(crate) fn check_levels<T: Clone>(
    form: &'static str,
    network: &Network,
    levels: &[T],
) -> Result<Table<ManagedIx, T>, PolicyError> {
    let expected = network.managed.len();
    if levels.len() == expected {
        return Ok(levels.to_vec().into());
    }
    let noun = if expected == 1 { "level" } else { "levels" };
    Err(PolicyError::Count {
        form,
        found: levels.len(),
        expected: format!("{expected} {noun}, one per managed node"),
        names: node_names(network),
    })
}

/// For each managed node the managed nodes it supplies, directly or not, itself included, in order of id.
pub(crate) fn echelons(network: &Network) -> Result<Table<ManagedIx, Vec<ManagedIx>>, PolicyError> {
    network.echelons(MAX_ECHELON_ENTRIES).ok_or(PolicyError::EchelonsTooLarge { max: MAX_ECHELON_ENTRIES })
}

#[cfg(test)]
mod tests {
    use super::*;
    use invmgmt::network::preset;

    /// Echelons published for the nine-node network (benchmark, section 2.5).
    #[test]
    fn an_echelon_counts_each_node_downstream_once() {
        let network = preset("network").expect("a preset").compile().expect("a sound network");
        let found: Vec<Vec<String>> = echelons(&network)
            .expect("a small network")
            .rows()
            .iter()
            .map(|members| members.iter().map(|&node| network.managed_id(node).to_string()).collect())
            .collect();
        let published: [&[&str]; 6] = [
            &["1"],
            &["1", "2"],
            &["1", "3"],
            &["1", "2", "3", "4"],
            &["1", "2", "5"],
            &["1", "2", "3", "6"],
        ];
        assert_eq!(found, published);
    }
}
