//! Two suppliers, one fast and dear, one slow and cheap: a level for each.

use invmgmt::action::LEAST_REQUEST;
use invmgmt::episode::{DecisionError, Policy};
use invmgmt::network::{ManagedIx, Network, SupplyLinkIx, Table, TableIndex};
use invmgmt::period::StateView;

use crate::PolicyError;
use crate::base_stock::check_levels;

/// The capped dual-index rule (J. Sun and J. A. Van Mieghem, "Robust dual sourcing inventory management: optimality of
/// capped dual index policies and smoothing", 2019; without a cap the dual-index policy of Y. Fukuda, 1964, and
/// others).
///
/// A node with two suppliers orders from the faster one up to a level E of what it will hold, less what it owes, when
/// that order arrives; and from the slower one up to a level S of its whole inventory position, at most c. A node with
/// one supplier orders up to S, at most c, and has no use for E.
#[derive(Clone, Debug, PartialEq)]
pub struct DualIndex {
    /// E, S and c per managed node [units] -- constant.
    numbers: Table<ManagedIx, [f64; 3]>,
    /// The faster supply link of each node that has two, and its last one -- constant.
    links: Table<ManagedIx, (Option<SupplyLinkIx>, SupplyLinkIx)>,
}

impl DualIndex {
    /// Orders by these numbers (E, S, c), one triple per managed node in order of id [units].
    ///
    /// # Errors
    /// [`PolicyError::Count`] for another number of triples; [`PolicyError::Levels`] for a cap below 0, a node with
    /// more than two suppliers, or a network on which no node has two.
    pub fn new(network: &Network, numbers: &[[f64; 3]]) -> Result<Self, PolicyError> {
        let refused = |message| PolicyError::Levels { form: "dual", message };
        if let Some(at) = numbers.iter().position(|&[.., cap]| cap < 0.0) {
            let message = format!("entry {} has a cap of {}; expected 0 or more", at + 1, numbers[at][2]);
            return Err(refused(message));
        }
        let mut links: Vec<(Option<SupplyLinkIx>, SupplyLinkIx)> = Vec::new();
        for (node, row) in network.managed.iter() {
            let mut of_node = row.incoming.clone();
            of_node.sort_by_key(|&link| network.supply[link].lead_time);
            links.push(match of_node[..] {
                [only] => (None, only),
                [fast, slow] => (Some(fast), slow),
                _ => {
                    let id = network.managed_id(node);
                    let message = format!("node {id} has {} suppliers; expected at most two", of_node.len());
                    return Err(refused(message));
                }
            });
        }
        if links.iter().all(|(fast, _)| fast.is_none()) {
            let message = "no node of this network has two suppliers; capped:S/c plays it";
            return Err(refused(message.to_owned()));
        }
        Ok(Self { numbers: check_levels("dual", network, numbers)?, links: links.into() })
    }
}

impl Policy for DualIndex {
    fn decide(&mut self, state: &StateView<'_>, orders: &mut [f64]) -> Result<(), DecisionError> {
        for (node, &[fast_level, level, cap]) in self.numbers.iter() {
            let (fast, slow) = self.links[node];
            let position = state.inventory_position(node);
            let mut ordered = 0.0;
            if let Some(fast) = fast {
                ordered = lacking(fast_level - (position - arriving_later(state, node, fast)));
                orders[fast.position()] = ordered;
            }
            orders[slow.position()] = lacking((level - position - ordered).min(cap));
        }
        Ok(())
    }
}

/// What of a node's goods on their way arrives after what is ordered on a link now [units].
fn arriving_later(state: &StateView<'_>, node: ManagedIx, link: SupplyLinkIx) -> f64 {
    let periods = state.network.supply[link].lead_time + 1;
    let incoming = state.network.managed[node].incoming.iter();
    incoming.map(|&link| state.in_transit(&state.network.supply[link]).skip(periods).sum::<f64>()).sum()
}

/// What is ordered of what lacks to a level: nothing of what rounding left of it [units].
fn lacking(units: f64) -> f64 {
    if units < LEAST_REQUEST { 0.0 } else { units }
}
