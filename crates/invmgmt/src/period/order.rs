//! Phase 1: requests are filled, link by link, from what suppliers held at the start of the period.

use super::{Flows, Goods, Lanes, State};
use crate::network::{Network, TableIndex};

/// Fills each request as far as its supplier can, first come first served in link order.
///
/// A source of raw material fills everything. A distributor gives what it has left. A factory gives at most its
/// capacity left, and makes each unit out of `1 / yield` units of stock. What is not filled is forgotten.
#[inline(always)]
pub(super) fn fill_requests<const W: usize>(
    network: &Network,
    state: &State<'_, [f64; W]>,
    requests: &[[f64; W]],
    flows: &mut Flows<W>,
) {
    let nodes = flows.nodes.rows_mut();
    for node in nodes.iter_mut() {
        node.goods = Goods::default();
    }
    let on_hand = &state.on_hand.values[..nodes.len()];
    let links = network.supply.rows().iter().zip(requests).zip(flows.filled.rows_mut());
    for ((link, &request), filled) in links {
        let request = Lanes::from(request).positive();
        *filled = match &link.supplier {
            None => request,
            Some(supplier) => {
                let position = supplier.node.position();
                let node = &mut nodes[position].goods;
                let stock_left = Lanes::from(on_hand[position]) - node.promised;
                let capacity_left = Lanes::splat(supplier.capacity) - node.shipped;
                let filled = request.smaller(capacity_left.smaller(supplier.production_yield * stock_left));
                node.promised += supplier.stock_per_unit * filled;
                node.shipped += filled;
                filled
            }
        };
    }
}
