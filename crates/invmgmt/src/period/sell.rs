//! Phases 3 and 4: customers feel, come and buy.

use super::{Flows, Rules, State, smaller};
use crate::demand::DemandProcess;
use crate::network::Network;

/// From the second period on, sentiment answers the unmet demand of the period before.
pub(super) fn update_sentiment<D: DemandProcess>(state: &mut State<'_>, demand: &mut D) {
    if *state.period > 0.0 {
        let unmet = state.unmet.values.iter().sum();
        *state.sentiment = demand.sentiment_after(unmet, *state.sentiment);
    }
}

/// Draws each market's demand in turn and serves it, with what waits, from the retailer's stock.
pub(super) fn serve_customers<D: DemandProcess>(
    network: &Network,
    rules: &Rules,
    state: &mut State<'_>,
    period: usize,
    demand: &mut D,
    flows: &mut Flows,
) {
    for (link, row) in network.market.iter() {
        let drawn = demand.draw(period, link, *state.sentiment);
        let wanted = if rules.backlog { drawn + state.unmet[link] } else { drawn };
        let sold = smaller(wanted, state.on_hand[row.retailer]);
        state.on_hand[row.retailer] -= sold;
        state.demand[link] = drawn;
        state.unmet[link] = wanted - sold;
        flows.sold[link] = sold;
    }
}
