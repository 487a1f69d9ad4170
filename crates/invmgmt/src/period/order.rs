//! Phase 1: requests are filled, link by link, from what suppliers held at the start of the period.

use super::{Flows, State};
use crate::network::{Network, TableIndex};

/// Fills each request as far as its supplier can, first come first served in link order.
///
/// A source of raw material fills everything. A distributor gives what it has left. A factory gives at most its
/// capacity left, and makes each unit out of `1 / yield` units of stock. What is not filled is forgotten.
pub(super) fn fill_requests(network: &Network, state: &State<'_>, requests: &[f64], flows: &mut Flows) {
    flows.clear();
    for (link, row) in network.supply.iter() {
        let request = requests[link.position()].max(0.0);
        let filled = match row.supplier {
            None => request,
            Some(supplier) => {
                let stock_left = state.on_hand[supplier] - flows.promised[supplier];
                let node = &network.managed[supplier];
                let filled = match &node.factory {
                    None => request.min(stock_left),
                    Some(factory) => request
                        .min(factory.capacity - flows.shipped[supplier])
                        .min(factory.production_yield * stock_left),
                };
                flows.promised[supplier] += filled * node.stock_per_unit;
                flows.shipped[supplier] += filled;
                filled
            }
        };
        flows.filled[link] = filled;
    }
}
