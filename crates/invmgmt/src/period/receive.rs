//! Phase 2: goods move. Deliveries due arrive, shipments leave, new orders enter the pipeline.

use super::{Flows, State};
use crate::network::Network;

/// Moves goods along every supply link and updates stocks.
pub(super) fn move_goods(network: &Network, state: &mut State<'_>, flows: &mut Flows) {
    for &link in &network.delivery_order {
        let row = &network.supply[link];
        let filled = flows.filled[link];
        let due = if row.lead_time == 0 { filled } else { state.in_transit[row.first_slot] };
        flows.arriving[row.buyer] += due;
        state.on_order[link] = state.on_order[link] - due + filled;
    }
    // One shift moves every pipeline a period on; each link's newest slot is then overwritten with its new order.
    if state.in_transit.len() > 1 {
        state.in_transit.copy_within(1.., 0);
    }
    for (link, row) in network.supply.iter() {
        if row.lead_time > 0 {
            state.in_transit[row.first_slot + row.lead_time - 1] = flows.filled[link];
        }
    }
    for (node, row) in network.managed.iter() {
        state.on_hand[node] =
            (state.on_hand[node] + flows.arriving[node]) - row.stock_per_unit * flows.shipped[node];
    }
}
