//! How a node's order is split over its suppliers.

use crate::network::{ManagedIx, Network, SupplyLink, SupplyLinkIx, Table, TableIndex};

/// Weight of a period of lead time against a unit of price in the choice of a supplier [money / unit / period].
const LEAD_TIME_WEIGHT: f64 = 0.1;

/// The share of its buyer's orders that each supply link gets [1]; a node's shares add up to 1.
///
/// Cheap and near suppliers get more: the weight of a link is `1 / (1 + p + 0.1 L)` with price p and lead time L. A
/// single supplier gets all. Weights are divided by their sum before they meet a quantity, as in the published
/// heuristics, whose last digits depend on it.
pub fn supplier_shares(network: &Network) -> Table<SupplyLinkIx, f64> {
    let mut shares: Table<SupplyLinkIx, f64> = vec![1.0; network.supply.len()].into();
    for node in network.managed.rows().iter().filter(|node| node.incoming.len() > 1) {
        // In link order, which need not be the order of declaration that `incoming` keeps.
        let mut links = node.incoming.clone();
        links.sort_unstable_by_key(|link| link.position());
        let total: f64 = links.iter().map(|&link| weight(&network.supply[link])).sum();
        for link in links {
            shares[link] = weight(&network.supply[link]) / total;
        }
    }
    shares
}

/// Writes a node's order of `quantity` units on its incoming links.
pub fn split_order(
    network: &Network,
    shares: &Table<SupplyLinkIx, f64>,
    node: ManagedIx,
    quantity: f64,
    orders: &mut [f64],
) {
    for &link in &network.managed[node].incoming {
        orders[link.position()] = shares[link] * quantity;
    }
}

/// Requests below this are what rounding left of a level, not orders: they would each pay a fixed cost [units].
pub const LEAST_REQUEST: f64 = 1e-9;

/// Writes what a node lacks to a level on its incoming links, nothing where a request is below [`LEAST_REQUEST`].
pub fn split_lacking(
    network: &Network,
    shares: &Table<SupplyLinkIx, f64>,
    node: ManagedIx,
    quantity: f64,
    orders: &mut [f64],
) {
    split_order(network, shares, node, quantity, orders);
    for &link in &network.managed[node].incoming {
        drop_remnant(&mut orders[link.position()]);
    }
}

/// A request below [`LEAST_REQUEST`] becomes none.
#[inline]
pub(crate) fn drop_remnant(request: &mut f64) {
    if *request < LEAST_REQUEST {
        *request = 0.0;
    }
}

fn weight(link: &SupplyLink) -> f64 {
    1.0 / (1.0 + link.price + LEAD_TIME_WEIGHT * link.lead_time as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::preset;

    /// The shares published for the nine-node network, in link order (benchmark, section 2.1).
    #[test]
    fn shares_on_the_nine_node_network_are_the_published_ones() {
        let network = preset("network").expect("a preset").compile().expect("a sound network");
        let published = [
            0.4915, 0.5085, // 2 and 3 supply 1
            0.3269, 0.5172, // 4 supplies 2 and 3
            0.3520, // 5 supplies 2
            0.3211, 0.4828, // 6 supplies 2 and 3
            1.0, 0.5248, // 7 supplies 4 and 5
            0.4752, 1.0, // 8 supplies 5 and 6
        ];
        for (share, expected) in supplier_shares(&network).rows().iter().zip(published) {
            assert!((share - expected).abs() < 5e-5, "{share} against {expected}");
        }
    }

    /// By hand: weights 1/3 and 1/2.9, so node 1 buys 2.9/5.9 from 2 and 3/5.9 from 3.
    #[test]
    fn a_share_is_the_weight_over_the_sum_of_weights() {
        let network = preset("network").expect("a preset").compile().expect("a sound network");
        let shares = supplier_shares(&network);
        assert!((shares.rows()[0] - 2.9 / 5.9).abs() < 1e-15);
        assert!((shares.rows()[1] - 3.0 / 5.9).abs() < 1e-15);
    }
}
