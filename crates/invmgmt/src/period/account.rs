//! Phase 5: every managed node's revenue and costs; and what stock is worth when the horizon ends.

use super::{Flows, Rules, State};
use crate::network::{Network, TableIndex};

/// Books the period's money per node; returns the discounted profit of all nodes [money].
pub(super) fn close_books(
    network: &Network,
    rules: &Rules,
    state: &State<'_>,
    period: usize,
    flows: &mut Flows,
) -> f64 {
    let nodes = flows.nodes.rows_mut();
    for (link, row) in network.market.iter() {
        let sold = flows.sold[link];
        let parts = &mut nodes[row.retailer.position()].parts;
        parts.revenue += row.price * sold;
        parts.unmet_penalty += row.unmet_penalty * state.unmet[link];
        if let Some(factory) = &network.managed[row.retailer].factory {
            parts.operating += factory.operating_cost * sold;
        }
    }
    let columns = flows.filled.rows().iter().zip(state.on_order.values.iter());
    for (link, (&filled, &on_order)) in network.supply.rows().iter().zip(columns) {
        let money = link.price * filled;
        let buyer = &mut nodes[link.buyer.position()].parts;
        buyer.procurement += money;
        buyer.holding += link.pipeline_holding_cost * on_order;
        if network.has_fixed_costs && filled > 0.0 {
            buyer.fixed_order += link.fixed_order_cost;
        }
        if let Some(supplier) = &link.supplier {
            nodes[supplier.node.position()].parts.revenue += money;
        }
    }
    let weight = rules.weight(period);
    let mut reward = 0.0;
    let stocks = nodes.iter_mut().zip(state.on_hand.values.iter());
    for (row, (node, &on_hand)) in network.managed.rows().iter().zip(stocks) {
        node.parts.holding += row.holding_cost * on_hand;
        if let Some(factory) = &row.factory {
            node.parts.operating += factory.operating_cost * node.shipped;
        }
        node.profit = weight * node.parts.trading_profit();
        reward += node.profit;
    }
    reward
}

/// Books what the stock on hand is worth when the horizon ends, into the money of the period just played; returns what
/// that adds to its reward [money], discounted as the period is.
///
/// Called once, after the last period. Units still on order are worth nothing, and unmet demand is not settled.
pub fn settle_horizon(network: &Network, rules: &Rules, state: &State<'_>, flows: &mut Flows) -> f64 {
    let weight = rules.weight(state.periods_played().saturating_sub(1));
    let mut reward = 0.0;
    let stocks = flows.nodes.rows_mut().iter_mut().zip(state.on_hand.values.iter());
    for (row, (node, &on_hand)) in network.managed.rows().iter().zip(stocks) {
        node.parts.salvage = row.salvage_value * on_hand;
        node.profit += weight * node.parts.salvage;
        reward += weight * node.parts.salvage;
    }
    reward
}
