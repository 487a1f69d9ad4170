//! (s, S) with levels of one's own.

use invmgmt::action::split_lacking;
use invmgmt::episode::{DecisionError, Policy};
use invmgmt::network::{ManagedIx, Network, SupplyLinkIx, Table};
use invmgmt::period::StateView;

use crate::base_stock::check_levels;
use crate::{PolicyError, supplier_shares};

/// The textbook's (s, S) rule: a managed node whose inventory position is at or below s orders up to S.
///
/// Every node has its own pair. The position and the split over suppliers are those of [`crate::BaseStock`]; with
/// s = S the two rules are the same.
#[derive(Clone, Debug, PartialEq)]
pub struct ReorderLevels {
    /// Levels s and S per managed node [units] -- constant.
    levels: Table<ManagedIx, (f64, f64)>,
    /// Share of its buyer's orders per supply link [1] -- constant.
    shares: Table<SupplyLinkIx, f64>,
}

impl ReorderLevels {
    /// Orders by these pairs (s, S), one per managed node in order of id [units].
    ///
    /// # Errors
    /// [`PolicyError::Count`] for another number of pairs, [`PolicyError::LevelsCross`] where s > S.
    pub fn new(network: &Network, levels: &[(f64, f64)]) -> Result<Self, PolicyError> {
        if let Some(position) = levels.iter().position(|(low, high)| low > high) {
            let (low, high) = levels[position];
            return Err(PolicyError::LevelsCross { position, low, high });
        }
        Ok(Self { levels: check_levels("ss", network, levels)?, shares: supplier_shares(network) })
    }
}

impl Policy for ReorderLevels {
    fn decide(&mut self, state: &StateView<'_>, orders: &mut [f64]) -> Result<(), DecisionError> {
        for (node, &(low, high)) in self.levels.iter() {
            let position = state.inventory_position(node);
            let quantity = if position <= low { high - position } else { 0.0 };
            split_lacking(state.network, &self.shares, node, quantity, orders);
        }
        Ok(())
    }
}
