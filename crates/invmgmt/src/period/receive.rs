//! Phase 2: goods move. Deliveries due arrive, shipments leave, new orders enter the pipeline.

use super::{Flows, Lanes, State};
use crate::network::{Network, TableIndex};

/// Moves goods along every supply link and updates stocks.
#[inline(always)]
pub(super) fn move_goods<const W: usize>(
    network: &Network,
    state: &mut State<'_, [f64; W]>,
    flows: &mut Flows<W>,
) {
    let links = network.supply.rows();
    let filled = &flows.filled.rows()[..links.len()];
    let on_order = &mut state.on_order.values[..links.len()];
    let nodes = flows.nodes.rows_mut();
    for &link in &network.delivery_order {
        let position = link.position();
        let (row, filled) = (&links[position], filled[position]);
        let due = if row.slots == 0 { filled } else { state.in_transit[row.first_slot].into() };
        let outstanding = &mut on_order[position];
        *outstanding = (Lanes::from(*outstanding) - due + filled).values();
        nodes[row.buyer.position()].goods.arriving += due;
    }
    // One shift moves every pipeline a period on; each link's newest slot is then overwritten with its new order.
    if state.in_transit.len() > 1 {
        state.in_transit.copy_within(1.., 0);
    }
    for (link, filled) in links.iter().zip(filled) {
        if link.slots > 0 {
            state.in_transit[link.last_slot] = filled.values();
        }
    }
    let nodes = network.managed.rows().iter().zip(nodes);
    for ((row, node), on_hand) in nodes.zip(state.on_hand.values.iter_mut()) {
        let stock = (Lanes::from(*on_hand) + node.goods.arriving) - row.stock_per_unit * node.goods.shipped;
        *on_hand = stock.values();
    }
}
