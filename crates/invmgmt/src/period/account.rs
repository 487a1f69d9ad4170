//! Phase 5: every managed node's revenue and costs; and what stock is worth when the horizon ends.

use super::{CostParts, Flows, Lanes, Rules, State};
use crate::network::{Network, TableIndex};

/// Books the period's money per node; returns the discounted profit of all nodes [money].
#[inline(always)]
pub(super) fn close_books<const W: usize>(
    network: &Network,
    rules: &[Rules; W],
    state: &State<'_, [f64; W]>,
    flows: &mut Flows<W>,
) -> Lanes<W> {
    let nodes = flows.nodes.rows_mut();
    for node in nodes.iter_mut() {
        node.parts = CostParts::default();
    }
    for (link, row) in network.market.iter() {
        let sold = flows.sold[link];
        let parts = &mut nodes[row.retailer.position()].parts;
        parts.revenue += row.price * sold;
        parts.unmet_penalty += row.unmet_penalty * Lanes::from(state.unmet[link]);
        if let Some(factory) = &network.managed[row.retailer].factory {
            parts.operating += factory.operating_cost * sold;
        }
    }
    let filled = flows.filled.rows();
    let paid = flows.mechanisms.as_deref().map_or(filled, |m| m.paid.rows());
    let columns = filled.iter().zip(paid).zip(state.on_order.values.iter());
    for (link, ((&filled, &paid), &on_order)) in network.supply.rows().iter().zip(columns) {
        let money = link.price * paid;
        let buyer = &mut nodes[link.buyer.position()].parts;
        buyer.procurement += money;
        buyer.holding += link.pipeline_holding_cost * Lanes::from(on_order);
        if network.has_fixed_costs {
            buyer.fixed_order += filled.if_positive(link.fixed_order_cost);
        }
        if let Some(supplier) = &link.supplier {
            nodes[supplier.node.position()].parts.revenue += money;
        }
    }
    // Episodes side by side mostly share rules and period, and so the weight.
    let mut known = (rules[0], state.period[0], rules[0].weight(state.period[0] as usize));
    let weights = Lanes::of(|lane| {
        if (rules[lane], state.period[lane]) != (known.0, known.1) {
            known = (rules[lane], state.period[lane], rules[lane].weight(state.period[lane] as usize));
        }
        known.2
    });
    let mut reward = Lanes::ZERO;
    let stocks = nodes.iter_mut().zip(state.on_hand.values.iter());
    for (row, (node, &on_hand)) in network.managed.rows().iter().zip(stocks) {
        node.parts.holding += row.holding_cost * Lanes::from(on_hand);
        if let Some(factory) = &row.factory {
            node.parts.operating += factory.operating_cost * node.goods.shipped;
        }
        node.profit = weights * node.parts.trading_profit();
        reward += node.profit;
    }
    reward
}

/// In the episodes whose horizon ends with the period just played, books what the stock on hand is worth into the money
/// of that period
/// and, discounted as the period is, into each episode's reward [money].
///
/// Units still on order are worth nothing, and unmet demand is not settled.
#[inline(always)]
pub(super) fn settle_horizon<const W: usize>(
    network: &Network,
    rules: &[Rules; W],
    num_periods: usize,
    state: &State<'_, [f64; W]>,
    flows: &mut Flows<W>,
    reward: &mut Lanes<W>,
) {
    for lane in 0..W {
        let period = state.period[lane];
        if period + 1.0 < num_periods as f64 {
            continue;
        }
        let weight = rules[lane].weight(period as usize);
        let mut worth = 0.0;
        for ((ix, row), node) in network.managed.iter().zip(flows.nodes.rows_mut()) {
            let salvage = row.salvage_value * state.on_hand[ix][lane];
            node.parts.salvage[lane] = salvage;
            node.profit[lane] += weight * salvage;
            worth += weight * salvage;
        }
        reward[lane] += worth;
    }
}
