//! Reverse of [`crate::period`]'s order: what was filled answers the least of request, capacity and stock.

use super::{Filling, Played, Reverse, Shipping};
use crate::network::{Network, Part, TableIndex};
use crate::period::Lanes;

/// Fills the requests again as the period did, and notes which of request, capacity and stock was the least.
#[inline(always)]
pub(super) fn recall<const W: usize>(network: &Network, played: &Played<'_, W>, memory: &mut Reverse<W>) {
    let Reverse { links, nodes, .. } = memory;
    nodes.fill(Shipping::default());
    let on_hand = &played.rows[network.layout.range(Part::OnHand)];
    for ((link, request), filling) in network.supply.rows().iter().zip(played.requests).zip(links) {
        let wanted = Lanes::from(*request).positive();
        let Some(supplier) = &link.supplier else {
            *filling =
                Filling { filled: wanted, as_requested: wanted.if_positive(1.0), ..Filling::default() };
            continue;
        };
        let position = supplier.node.position();
        let node = &mut nodes[position];
        let stock_left = supplier.production_yield * (Lanes::from(on_hand[position]) - node.promised);
        let capacity_left = Lanes::splat(supplier.capacity) - node.shipped;
        let most = capacity_left.smaller(stock_left);
        let filled = wanted.smaller(most);
        *filling = Filling {
            filled,
            as_requested: Lanes::of(
                |lane| {
                    if most[lane] < wanted[lane] || wanted[lane] <= 0.0 { 0.0 } else { 1.0 }
                },
            ),
            as_stocked: Lanes::of(|lane| {
                if most[lane] < wanted[lane] && stock_left[lane] < capacity_left[lane] { 1.0 } else { 0.0 }
            }),
            as_capable: Lanes::of(|lane| {
                if most[lane] < wanted[lane] && capacity_left[lane] <= stock_left[lane] { 1.0 } else { 0.0 }
            }),
            worth: Lanes::ZERO,
        };
        node.promised += supplier.stock_per_unit * filled;
        node.shipped += filled;
    }
}

/// Sets how the money answers each request, and adds how it answers the stock from which they were filled. Links were
/// filled in turn, so they are reversed last to first.
#[inline(always)]
pub(super) fn reverse<const W: usize>(
    network: &Network,
    memory: &mut Reverse<W>,
    row: &mut [[f64; W]],
    requests: &mut [[f64; W]],
) {
    let Reverse { links, nodes, .. } = memory;
    let on_hand = &mut row[network.layout.range(Part::OnHand)];
    for ((link, request), filling) in network.supply.rows().iter().zip(requests).zip(links).rev() {
        let Some(supplier) = &link.supplier else {
            *request = (filling.as_requested * filling.worth).values();
            continue;
        };
        let position = supplier.node.position();
        let node = &mut nodes[position];
        let worth = filling.worth + supplier.stock_per_unit * node.promised_worth + node.shipped_worth;
        let from_request = filling.as_requested * worth;
        let from_stock = supplier.production_yield * (filling.as_stocked * worth);
        *request = from_request.values();
        node.shipped_worth -= filling.as_capable * worth;
        node.promised_worth -= from_stock;
        on_hand[position] = (Lanes::from(on_hand[position]) + from_stock).values();
    }
}
