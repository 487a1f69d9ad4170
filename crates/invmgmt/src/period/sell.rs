//! Phases 3 and 4: customers feel, come and buy.

use super::{Flows, Lanes, Rules, State};
use crate::demand::DemandProcess;
use crate::network::Network;

/// From the second period on, sentiment answers the unmet demand of the period before.
#[inline(always)]
pub(super) fn update_sentiment<const W: usize, D: DemandProcess<W>>(
    state: &mut State<'_, [f64; W]>,
    demand: &mut D,
) {
    for lane in 0..W {
        if state.period[lane] > 0.0 {
            let unmet = state.unmet.values.iter().map(|unmet| unmet[lane]).sum();
            state.sentiment[lane] = demand.sentiment_after(lane, unmet, state.sentiment[lane]);
        }
    }
}

/// Draws each market's demand in turn: what it wants before anybody is served.
#[inline(always)]
pub(super) fn draw_demand<const W: usize, D: DemandProcess<W>>(
    network: &Network,
    state: &mut State<'_, [f64; W]>,
    demand: &mut D,
) {
    let periods = state.period.map(|period| period as usize);
    for link in network.market.indices() {
        state.demand[link] = demand.draw(&periods, link, state.sentiment);
    }
}

/// Draws each market's demand in turn and serves it, with what waits, from the retailer's stock.
#[inline(always)]
pub(super) fn serve_customers<const W: usize, D: DemandProcess<W>>(
    network: &Network,
    rules: &[Rules; W],
    state: &mut State<'_, [f64; W]>,
    demand: &mut D,
    flows: &mut Flows<W>,
) {
    let periods = state.period.map(|period| period as usize);
    for (link, row) in network.market.iter() {
        let drawn = Lanes::from(demand.draw(&periods, link, state.sentiment));
        let waiting = state.unmet[link];
        let wanted = drawn + Lanes::of(|lane| if rules[lane].backlog { waiting[lane] } else { 0.0 });
        let on_hand = &mut state.on_hand[row.retailer];
        let sold = wanted.smaller((*on_hand).into());
        *on_hand = (Lanes::from(*on_hand) - sold).values();
        state.demand[link] = drawn.values();
        state.unmet[link] = (wanted - sold).values();
        flows.sold[link] = sold;
    }
}
