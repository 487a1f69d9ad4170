//! Phase 5: every managed node's revenue and costs; and what stock is worth when the horizon ends.

use super::{CostParts, Flows, Lanes, Rules, State, StateView};
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
    let columns = flows.filled.rows().iter().zip(state.on_order.values.iter());
    for (link, (&filled, &on_order)) in network.supply.rows().iter().zip(columns) {
        let money = link.price * filled;
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

/// Books what the stock on hand is worth when the horizon ends, into the money of the period just played, for the
/// episode seen in `state`; returns what that adds to its reward [money], discounted as the period is.
///
/// Called once, after the last period. Units still on order are worth nothing, and unmet demand is not settled.
pub fn settle_horizon<const W: usize>(state: &StateView<'_>, flows: &mut Flows<W>) -> f64 {
    let lane = state.lane();
    let weight = state.rules.weight(state.period().saturating_sub(1));
    let mut reward = 0.0;
    for ((ix, row), node) in state.network.managed.iter().zip(flows.nodes.rows_mut()) {
        let salvage = row.salvage_value * state.on_hand(ix);
        node.parts.salvage[lane] = salvage;
        node.profit[lane] += weight * salvage;
        reward += weight * salvage;
    }
    reward
}
