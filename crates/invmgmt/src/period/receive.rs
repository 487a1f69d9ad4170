//! Phase 2: goods move. Deliveries due arrive, shipments leave, new orders enter the pipeline.

use super::{Flows, State};
use crate::network::Network;

/// Moves goods along every supply link and updates stocks.
pub(super) fn move_goods(network: &Network, state: &mut State<'_>, flows: &mut Flows) {
    let links = network.supply.rows();
    let delivered = flows.delivered.rows_mut().iter_mut();
    let columns = flows.filled.rows().iter().zip(delivered).zip(state.on_order.values.iter_mut());
    for (link, ((&filled, delivered), on_order)) in links.iter().zip(columns) {
        *delivered = if link.lead_time == 0 { filled } else { state.in_transit[link.first_slot] };
        *on_order = *on_order - *delivered + filled;
    }
    // One shift moves every pipeline a period on; each link's newest slot is then overwritten with its new order.
    if state.in_transit.len() > 1 {
        state.in_transit.copy_within(1.., 0);
    }
    for (link, &filled) in links.iter().zip(flows.filled.rows()) {
        if link.lead_time > 0 {
            state.in_transit[link.first_slot + link.lead_time - 1] = filled;
        }
    }
    for &link in &network.delivery_order {
        flows.nodes[network.supply[link].buyer].arriving += flows.delivered[link];
    }
    let nodes = network.managed.rows().iter().zip(flows.nodes.rows());
    for ((row, flow), on_hand) in nodes.zip(state.on_hand.values.iter_mut()) {
        *on_hand = (*on_hand + flow.arriving) - row.stock_per_unit * flow.shipped;
    }
}
