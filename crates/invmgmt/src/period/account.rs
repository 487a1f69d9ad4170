//! Phase 5: every managed node's revenue and costs.

use super::{Flows, Rules, State};
use crate::network::Network;

/// Books the period's money per node; returns the discounted profit of all nodes [money].
pub(super) fn close_books(network: &Network, rules: &Rules, state: &State<'_>, flows: &mut Flows) -> f64 {
    for (link, row) in network.market.iter() {
        let sold = flows.sold[link];
        let parts = &mut flows.parts[row.retailer];
        parts.revenue += row.price * sold;
        parts.unmet_penalty += row.unmet_penalty * state.unmet[link];
        if let Some(factory) = &network.managed[row.retailer].factory {
            parts.operating += factory.operating_cost * sold;
        }
    }
    for (link, row) in network.supply.iter() {
        let filled = flows.filled[link];
        let money = row.price * filled;
        let buyer = &mut flows.parts[row.buyer];
        buyer.procurement += money;
        buyer.holding += row.pipeline_holding_cost * state.on_order[link];
        if network.has_fixed_costs && filled > 0.0 {
            buyer.fixed_order += row.fixed_order_cost;
        }
        if let Some(supplier) = row.supplier {
            flows.parts[supplier].revenue += money;
        }
    }
    let weight = if rules.discount == 1.0 { 1.0 } else { rules.discount.powf(*state.period) };
    let mut reward = 0.0;
    for (node, row) in network.managed.iter() {
        let parts = &mut flows.parts[node];
        parts.holding += row.holding_cost * state.on_hand[node];
        if let Some(factory) = &row.factory {
            parts.operating += factory.operating_cost * flows.shipped[node];
        }
        let profit = weight * parts.profit();
        flows.profit[node] = profit;
        reward += profit;
    }
    reward
}
