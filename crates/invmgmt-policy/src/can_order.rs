//! Orders that share a cost are placed together: (s, c, S) with levels of one's own.

use invmgmt::action::split_lacking;
use invmgmt::episode::{DecisionError, Policy};
use invmgmt::network::{ManagedIx, Network, SupplyLinkIx, Table};
use invmgmt::period::StateView;

use crate::base_stock::check_levels;
use crate::{PolicyError, supplier_shares};

/// The can-order rule of joint replenishment (J. L. Balintfy, Management Science 10, 1964).
///
/// A node whose inventory position is at or below s, where it must order, orders up to S; so does every other node of
/// its group whose position is at or below c, where it can. The nodes of a group buy on links that share what an order
/// costs (`joint` of the network). A node of no group has nobody to order with: it orders by s and S alone. With c = s
/// that is so for all, with c = S everybody orders whenever one must.
#[derive(Clone, Debug, PartialEq)]
pub struct CanOrder {
    /// Levels s, c and S per managed node [units] -- constant.
    levels: Table<ManagedIx, [f64; 3]>,
    /// The nodes that buy on the links of each group -- constant.
    groups: Vec<Vec<ManagedIx>>,
    /// Share of its buyer's orders per supply link [1] -- constant.
    shares: Table<SupplyLinkIx, f64>,
    /// Whether each managed node orders in the period being decided -- scratch.
    orders: Table<ManagedIx, bool>,
}

impl CanOrder {
    /// Orders by these levels (s, c, S), one triple per managed node in order of id [units].
    ///
    /// # Errors
    /// [`PolicyError::Count`] for another number of triples; [`PolicyError::Levels`] where s <= c <= S does not hold,
    /// or no orders share a cost.
    pub fn new(network: &Network, levels: &[[f64; 3]]) -> Result<Self, PolicyError> {
        let refused = |message| PolicyError::Levels { form: "joint", message };
        if let Some(at) = levels.iter().position(|[must, can, up_to]| must > can || can > up_to) {
            let [must, can, up_to] = levels[at];
            let message = format!("entry {} is {must}/{can}/{up_to}; expected s <= c <= S", at + 1);
            return Err(refused(message));
        }
        let joints = network.physics.iter().flat_map(|physics| &physics.joints);
        let groups: Vec<Vec<ManagedIx>> = joints
            .map(|joint| {
                let mut nodes: Vec<ManagedIx> =
                    joint.links.iter().map(|&(link, _)| network.supply[link].buyer).collect();
                nodes.sort_unstable();
                nodes.dedup();
                nodes
            })
            .collect();
        if groups.is_empty() {
            let message = "no links of this network share what an order costs ('joint'), so that nobody can order with \
                           another; ss:s/S plays it";
            return Err(refused(message.to_owned()));
        }
        Ok(Self {
            levels: check_levels("joint", network, levels)?,
            groups,
            shares: supplier_shares(network),
            orders: vec![false; network.managed.len()].into(),
        })
    }
}

impl Policy for CanOrder {
    fn decide(&mut self, state: &StateView<'_>, orders: &mut [f64]) -> Result<(), DecisionError> {
        for (node, &[must, ..]) in self.levels.iter() {
            self.orders[node] = state.inventory_position(node) <= must;
        }
        // Who must is known before anybody joins: who only can brings nobody along.
        let called: Vec<bool> =
            self.groups.iter().map(|group| group.iter().any(|&node| self.orders[node])).collect();
        for (group, _) in self.groups.iter().zip(called).filter(|(_, called)| *called) {
            for &node in group {
                let [_, can, _] = self.levels[node];
                self.orders[node] |= state.inventory_position(node) <= can;
            }
        }
        for (node, &[.., up_to]) in self.levels.iter() {
            let lacks = if self.orders[node] { up_to - state.inventory_position(node) } else { 0.0 };
            split_lacking(state.network, &self.shares, node, lacks, orders);
        }
        Ok(())
    }
}
