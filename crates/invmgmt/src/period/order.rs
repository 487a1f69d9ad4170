//! Phase 1: requests are filled, link by link, from what suppliers held at the start of the period.

use super::{Flows, NodeFlows, State, smaller};
use crate::network::{Network, TableIndex};

/// Fills each request as far as its supplier can, first come first served in link order.
///
/// A source of raw material fills everything. A distributor gives what it has left. A factory gives at most its
/// capacity left, and makes each unit out of `1 / yield` units of stock. What is not filled is forgotten.
pub(super) fn fill_requests(network: &Network, state: &State<'_>, requests: &[f64], flows: &mut Flows) {
    let nodes = flows.nodes.rows_mut();
    nodes.fill(NodeFlows::default());
    let on_hand = &state.on_hand.values[..nodes.len()];
    let links = network.supply.rows().iter().zip(requests).zip(flows.filled.rows_mut());
    for ((link, &request), filled) in links {
        let request = if request > 0.0 { request } else { 0.0 };
        *filled = match &link.supplier {
            None => request,
            Some(supplier) => {
                let node = &mut nodes[supplier.node.position()];
                let stock_left = on_hand[supplier.node.position()] - node.promised;
                let possible =
                    smaller(supplier.capacity - node.shipped, supplier.production_yield * stock_left);
                let filled = smaller(request, possible);
                node.promised += filled * supplier.stock_per_unit;
                node.shipped += filled;
                filled
            }
        };
    }
}
