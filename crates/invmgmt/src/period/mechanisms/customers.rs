//! Sell: customers who wait on terms of their own, and who take the oldest units or the freshest.

use crate::network::{Network, Part, Physics};
use crate::period::{Flows, Lanes, Rules, State};

use super::{binomial, fill, shelf};

/// Serves what was wanted, with what waits, from the retailers' stock. Demand has been drawn.
#[inline(always)]
pub(in crate::period) fn serve_waiting_customers<const W: usize>(
    network: &Network,
    physics: &Physics,
    rules: &[Rules; W],
    state: &mut State<'_, [f64; W]>,
    flows: &mut Flows<W>,
) {
    let Some(m) = flows.mechanisms.as_deref_mut() else { return };
    let waiting = network.layout.extra(Part::Waiting);
    let mut next = 0;
    for (link, row) in network.market.iter() {
        let drawn = Lanes::from(state.demand[link]);
        let terms = physics.customers.get(next).filter(|terms| terms.link == link);
        next += usize::from(terms.is_some());
        let waits = match terms {
            Some(terms) => {
                let slots = &state.extra[waiting.clone()][terms.first..terms.first + terms.length()];
                slots.iter().fold(Lanes::ZERO, |sum, &slot| sum + slot.into())
            }
            None => Lanes::of(|lane| if rules[lane].backlog { state.unmet[link][lane] } else { 0.0 }),
        };
        let wanted = drawn + waits;
        let mut stock = Lanes::from(state.on_hand[row.retailer]);
        let fresh = physics.shelf.as_ref().map_or(0, |shelf| shelf.fresh_sold[link]);
        if fresh > 1 {
            stock = stock.smaller(shelf::fresh_enough(network, physics, state, row.retailer, fresh));
        }
        let sold = wanted.smaller(stock);
        let on_hand = &mut state.on_hand[row.retailer];
        *on_hand = (Lanes::from(*on_hand) - sold).values();
        state.unmet[link] = (wanted - sold).values();
        flows.sold[link] = sold;
        if let Some(shelf) = &physics.shelf {
            let (share, draw) = shelf.issue[link];
            let ages = &mut state.extra[shelf::of_node(network, shelf, row.retailer)];
            let ages = &mut ages[fresh.saturating_sub(1)..];
            if !ages.is_empty() {
                let oldest = match draw {
                    Some(draw) => Lanes::of(|lane| {
                        binomial(sold[lane].round(), share, m.draws[draw][lane]).min(sold[lane])
                    }),
                    None => share * sold,
                };
                shelf::take(ages, oldest, true);
                shelf::take(ages, sold - oldest, false);
            }
        }
        let lost = match terms {
            Some(terms) => {
                let slots = &mut state.extra[waiting.clone()][terms.first..terms.first + terms.length()];
                let (share, at_most, whole) = (terms.share, terms.at_most, physics.whole_units);
                fill::wait_on(slots, sold, drawn, share, at_most, whole)
            }
            // What the rules of play lose is what was left unmet.
            None => Lanes::ZERO,
        };
        m.losses[row.retailer].lost_requests += lost;
    }
}
