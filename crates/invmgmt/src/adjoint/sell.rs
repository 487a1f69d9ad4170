//! Reverse of [`crate::period`]'s sell and feel: sales answer what was wanted or what was on hand.

use super::Played;
use crate::network::{Network, Part, TableIndex};
use crate::period::Lanes;

/// Turns the worth of unmet demand, of stock after sales and of sentiment into that of what customers who waited,
/// stock before sales and sentiment before were worth. Markets of one retailer are served in turn, so they are
/// reversed last to first.
#[inline(always)]
pub(super) fn reverse<const W: usize>(
    network: &Network,
    played: &Played<'_, W>,
    weights: Lanes<W>,
    row: &mut [[f64; W]],
) {
    let layout = &network.layout;
    let [demand, unmet, on_hand] = [Part::Demand, Part::Unmet, Part::OnHand].map(|part| layout.start(part));
    let mut felt = Lanes::ZERO;
    for (ix, link) in network.market.iter().rev() {
        let stock = on_hand + link.retailer.position();
        let (demand, unmet) = (demand + ix.position(), unmet + ix.position());
        let left = Lanes::from(played.next[unmet]);
        let operating = network.managed[link.retailer].factory.map_or(0.0, |factory| factory.operating_cost);
        let unmet_worth = Lanes::from(row[unmet]);
        let stock_worth = Lanes::from(row[stock]);
        // What a unit more of sales is worth; there are as many as are wanted, or as many as there are.
        let sold_worth = (link.price - operating) * weights - stock_worth - unmet_worth;
        let short = Lanes::of(|lane| if left[lane] > 0.0 { sold_worth[lane] } else { 0.0 });
        let wanted_worth = unmet_worth + (sold_worth - short);
        row[stock] = (stock_worth + short).values();
        row[unmet] =
            Lanes::of(|lane| if played.rules[lane].backlog { wanted_worth[lane] } else { 0.0 }).values();
        if played.goodwill.is_some() {
            let drawn = Lanes::from(played.next[demand]);
            felt += (wanted_worth + Lanes::from(row[demand])) * drawn;
        }
        row[demand] = [0.0; W];
    }
    row[layout.start(Part::Period)] = [0.0; W];
    feel(network, played, felt, row);
}

/// Sentiment before, and the unmet demand it answered. `felt` is the sensitivity to the logarithm of sentiment: demand
/// is taken to be in proportion to it.
#[inline(always)]
fn feel<const W: usize>(network: &Network, played: &Played<'_, W>, felt: Lanes<W>, row: &mut [[f64; W]]) {
    let layout = &network.layout;
    let sentiment = layout.start(Part::Sentiment);
    let Some((goodwill, scale)) = played.goodwill else { return };
    let unmet = layout.range(Part::Unmet);
    for lane in 0..W {
        let (before, after) = (played.rows[sentiment][lane], played.next[sentiment][lane]);
        let worth = row[sentiment][lane] + if after > 0.0 { felt[lane] / after } else { 0.0 };
        if played.rows[layout.start(Part::Period)][lane] == 0.0 {
            // Nothing has been felt yet.
            row[sentiment][lane] = worth;
            continue;
        }
        let goodwill = &goodwill[lane];
        let shortage: f64 = played.rows[unmet.clone()].iter().map(|unmet| unmet[lane]).sum();
        let factor = if shortage > 0.0 { goodwill.decay } else { goodwill.growth };
        let free = before * factor > goodwill.floor && before * factor < goodwill.cap;
        row[sentiment][lane] = if free { worth * factor } else { 0.0 };
        let slope = (goodwill.decay - goodwill.growth) / scale * (-shortage / scale).exp();
        for unmet in &mut row[unmet.clone()] {
            unmet[lane] += worth * before * slope;
        }
    }
}
