//! Reverse of [`crate::period`]'s receive: stock answers what arrived and what left.

use super::Reverse;
use crate::network::{Network, Part, TableIndex};
use crate::period::Lanes;

/// Turns the worth of stock and pipelines after goods moved into that before, and adds to what units filled and
/// shipped are worth.
#[inline(always)]
pub(super) fn reverse<const W: usize>(network: &Network, memory: &mut Reverse<W>, row: &mut [[f64; W]]) {
    let layout = &network.layout;
    let [on_hand, in_transit, on_order] =
        [Part::OnHand, Part::InTransit, Part::OnOrder].map(|part| layout.start(part));
    let nodes = network.managed.rows().iter().zip(&row[layout.range(Part::OnHand)]);
    for ((node, stock_worth), shipping) in nodes.zip(&mut memory.nodes) {
        shipping.shipped_worth -= node.stock_per_unit * Lanes::from(*stock_worth);
    }
    let links = || network.supply.rows().iter().enumerate();
    for ((position, link), filling) in links().zip(&mut memory.links) {
        filling.worth += Lanes::from(row[on_order + position]);
        if link.lead_time > 0 {
            filling.worth += Lanes::from(row[in_transit + link.last_slot]);
        }
    }
    // One shift moves every pipeline a period back; each link's next slot is then what its delivery was worth.
    let slots = &mut row[layout.range(Part::InTransit)];
    if slots.len() > 1 {
        slots.copy_within(..slots.len() - 1, 1);
    }
    for ((position, link), filling) in links().zip(&mut memory.links) {
        let arriving = Lanes::from(row[on_hand + link.buyer.position()]);
        let due = arriving - Lanes::from(row[on_order + position]);
        if link.lead_time == 0 {
            filling.worth += due;
        } else {
            row[in_transit + link.first_slot] = due.values();
        }
    }
}
