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
/// its position is the sum of their inventory positions, and where recipes make goods of the node's goods, of as much
/// of these as a unit holds. The order is split over the node's suppliers by [`supplier_shares`].
#[derive(Clone, Debug, PartialEq)]
pub struct EchelonBaseStock {
    /// Order-up-to level S per managed node [units] -- constant.
    levels: Table<ManagedIx, f64>,
    /// Members of each managed node's echelon, itself included, in order of id -- constant.
    echelons: Table<ManagedIx, Echelon>,
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
            let position = self.echelons[node].position(|member| self.positions[member]);
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

/// A node and the managed nodes it supplies, directly or not.
#[derive(Clone, Debug, PartialEq)]
pub struct Echelon {
    /// The nodes, in order of id.
    members: Vec<ManagedIx>,
    /// Units of the node's goods in a unit of each member's; empty where that is 1 everywhere.
    contents: Vec<f64>,
}

impl Echelon {
    /// The nodes, in order of id, with the units of the first one's goods in a unit of theirs.
    pub fn members(&self) -> impl Iterator<Item = (ManagedIx, f64)> {
        let content = |at: usize| self.contents.get(at).copied().unwrap_or(1.0);
        self.members.iter().enumerate().map(move |(at, &member)| (member, content(at)))
    }

    /// What the members have of something, in units of the first one's goods.
    pub fn position(&self, of: impl Fn(ManagedIx) -> f64) -> f64 {
        if self.contents.is_empty() {
            return self.members.iter().map(|&member| of(member)).sum();
        }
        self.members().map(|(member, content)| content * of(member)).sum()
    }

    /// Units of the first one's goods in a unit of a member's; none in others.
    pub fn content(&self, member: ManagedIx) -> f64 {
        self.members().find(|(known, _)| *known == member).map_or(0.0, |(_, content)| content)
    }
}

/// The echelon of every managed node.
///
/// # Errors
/// [`PolicyError::EchelonsTooLarge`] where all of them together have too many members.
pub fn echelons(network: &Network) -> Result<Table<ManagedIx, Echelon>, PolicyError> {
    let too_large = PolicyError::EchelonsTooLarge { max: MAX_ECHELON_ENTRIES };
    let members = network.echelons(MAX_ECHELON_ENTRIES).ok_or(too_large)?;
    let echelons =
        members.rows().iter().map(|members| Echelon { members: members.clone(), contents: Vec::new() });
    let mut echelons: Table<ManagedIx, Echelon> = echelons.collect::<Vec<_>>().into();
    if !network.recipes.is_empty() {
        add_contents(network, &mut echelons);
    }
    Ok(echelons)
}

/// Writes how much of a node's goods there is in those it supplies.
fn add_contents(network: &Network, echelons: &mut Table<ManagedIx, Echelon>) {
    let mut rank: Table<ManagedIx, usize> = vec![0; network.managed.len()].into();
    network.buyers_first().iter().rev().enumerate().for_each(|(at, &node)| rank[node] = at);
    let mut contents: Table<ManagedIx, f64> = vec![0.0; network.managed.len()].into();
    for root in network.managed.indices() {
        let members = &echelons[root].members;
        let mut suppliers_first = members.clone();
        suppliers_first.sort_unstable_by_key(|&member| rank[member]);
        contents[root] = 1.0;
        for &member in suppliers_first.iter().filter(|&&member| member != root) {
            // What is bought is what is sold, however many sell it; what is made holds all that it takes.
            let of_link = |&link: &SupplyLinkIx| -> f64 {
                let is_made = network.supply[link].recipe.is_some();
                let takes =
                    |(input, units): (ManagedIx, f64)| if is_made { units } else { 1.0 } * contents[input];
                network.inputs(link).map(takes).sum()
            };
            contents[member] = network.managed[member].incoming.iter().map(of_link).fold(0.0, f64::max);
        }
        let found: Vec<f64> = members.iter().map(|&member| contents[member]).collect();
        for &member in members {
            contents[member] = 0.0;
        }
        if found.iter().any(|&content| content != 1.0) {
            echelons[root].contents = found;
        }
    }
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
            .map(|echelon| echelon.members().map(|(node, _)| network.managed_id(node).to_string()).collect())
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
