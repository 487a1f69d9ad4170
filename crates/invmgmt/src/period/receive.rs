//! Phase 2: goods move. Deliveries due arrive, shipments leave, new orders enter the pipeline.

use super::{Flows, State};
use crate::network::{Network, TableIndex};

/// Moves goods along every supply link and updates stocks.
pub(super) fn move_goods(network: &Network, state: &mut State<'_>, flows: &mut Flows) {
    let links = network.supply.rows();
    let filled = &flows.filled.rows()[..links.len()];
    let on_order = &mut state.on_order.values[..links.len()];
    let nodes = flows.nodes.rows_mut();
    for &link in &network.delivery_order {
        let position = link.position();
        let row = &links[position];
        let due = if row.lead_time == 0 { filled[position] } else { state.in_transit[row.first_slot] };
        on_order[position] = on_order[position] - due + filled[position];
        nodes[row.buyer.position()].arriving += due;
    }
    // One shift moves every pipeline a period on; each link's newest slot is then overwritten with its new order.
    if state.in_transit.len() > 1 {
        state.in_transit.copy_within(1.., 0);
    }
    for (link, &filled) in links.iter().zip(filled) {
        if link.lead_time > 0 {
            state.in_transit[link.last_slot] = filled;
        }
    }
    let nodes = network.managed.rows().iter().zip(flows.nodes.rows());
    for ((row, flow), on_hand) in nodes.zip(state.on_hand.values.iter_mut()) {
        *on_hand = (*on_hand + flow.arriving) - row.stock_per_unit * flow.shipped;
    }
}
