//! Reverse of [`crate::period`]'s account: money answers what moved with prices and costs.

use super::{Played, Reverse};
use crate::network::{Network, Part};
use crate::period::Lanes;

/// Adds to the row after the period how its reward, discounted and with salvage in the last one, answers it; sets how
/// it answers what was filled and shipped. Returns the weight of a unit of money, undiscounted, in the period.
#[inline(always)]
pub(super) fn reverse<const W: usize>(
    network: &Network,
    played: &Played<'_, W>,
    memory: &mut Reverse<W>,
    reward: [f64; W],
    row: &mut [[f64; W]],
) -> Lanes<W> {
    let layout = &network.layout;
    let periods = played.rows[layout.start(Part::Period)];
    let mut weights = Lanes::ZERO;
    let mut settled = Lanes::ZERO;
    for lane in 0..W {
        weights[lane] = reward[lane] * played.rules[lane].weight(periods[lane] as usize);
        settled[lane] = if periods[lane] + 1.0 < played.num_periods as f64 { 0.0 } else { weights[lane] };
    }
    let on_hand = &mut row[layout.range(Part::OnHand)];
    for ((node, on_hand), shipping) in network.managed.rows().iter().zip(on_hand).zip(&mut memory.nodes) {
        let mut worth = Lanes::from(*on_hand) - node.holding_cost * weights;
        if network.has_salvage {
            worth += node.salvage_value * settled;
        }
        *on_hand = worth.values();
        let operating = node.factory.map_or(0.0, |factory| factory.operating_cost);
        shipping.shipped_worth = -operating * weights;
        shipping.promised_worth = Lanes::ZERO;
    }
    let on_order = &mut row[layout.range(Part::OnOrder)];
    for ((link, on_order), filling) in network.supply.rows().iter().zip(on_order).zip(&mut memory.links) {
        *on_order = (Lanes::from(*on_order) - link.pipeline_holding_cost * weights).values();
        // What a buyer pays to a node of the network, that node earns.
        filling.worth = if link.supplier.is_some() { Lanes::ZERO } else { -link.price * weights };
        if let (Some(half), true) = (played.fixed_costs, link.fixed_order_cost > 0.0) {
            let (filled, cost) = (filling.filled, link.fixed_order_cost);
            let slope = Lanes::of(|lane| cost * half / ((filled[lane] + half) * (filled[lane] + half)));
            filling.worth -= slope * weights;
        }
    }
    let unmet = &mut row[layout.range(Part::Unmet)];
    for (link, unmet) in network.market.rows().iter().zip(unmet) {
        *unmet = (Lanes::from(*unmet) - link.unmet_penalty * weights).values();
    }
    weights
}
