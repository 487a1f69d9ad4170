//! Feel and sell, retold: what customers want, get and wait for.

use super::{Retold, lanes_where};
use crate::adjoint::tape::{NOTHING, Quantity};
use crate::network::{MarketLinkIx, Part, TableIndex};
use crate::period::Lanes;
use crate::period::mechanisms::binomial;

impl<const W: usize> Retold<'_, W> {
    /// Sentiment, where it moves and a stand-in says how it answers unmet demand.
    pub(super) fn feel(&mut self) {
        let sentiment = self.network.layout.start(Part::Sentiment);
        let Some((goodwill, scale)) = self.played.goodwill else {
            self.m.row[sentiment] = NOTHING;
            return;
        };
        let unmet = self.part(Part::Unmet);
        let (rows, next) = (self.played.rows, self.played.next[sentiment]);
        let mut factors = Lanes::splat(1.0);
        let mut slopes = Lanes::ZERO;
        for lane in (0..W).filter(|&lane| self.period(lane) > 0) {
            let (goodwill, before) = (&goodwill[lane], rows[sentiment][lane]);
            let shortage: f64 = rows[unmet.clone()].iter().map(|unmet| unmet[lane]).sum();
            let factor = if shortage > 0.0 { goodwill.decay } else { goodwill.growth };
            let free = before * factor > goodwill.floor && before * factor < goodwill.cap;
            factors[lane] = if free { factor } else { 0.0 };
            slopes[lane] = before * (goodwill.decay - goodwill.growth) / scale * (-shortage / scale).exp();
        }
        let shortage = self.total(unmet);
        let own = self.m.tape.weighed(factors, self.m.row[sentiment]);
        let felt = self.m.tape.weighed(slopes, shortage);
        let answering = self.m.tape.sum(own, felt);
        self.m.row[sentiment] = self.m.tape.in_place_of(answering, next.into());
    }

    /// What a market wanted: as it was drawn; in proportion to sentiment, where that answers anything.
    fn demanded(&mut self, market: MarketLinkIx) -> Quantity {
        let layout = &self.network.layout;
        let drawn = Lanes::from(self.played.next[layout.start(Part::Demand) + market.position()]);
        let sentiment = layout.start(Part::Sentiment);
        if self.played.goodwill.is_none() {
            return self.m.tape.given(drawn);
        }
        let feeling = self.played.next[sentiment];
        let slope = Lanes::of(|lane| if feeling[lane] > 0.0 { drawn[lane] / feeling[lane] } else { 0.0 });
        let answering = self.m.tape.weighed(slope, self.m.row[sentiment]);
        self.m.tape.in_place_of(answering, drawn)
    }

    /// What customers of a market already wait for.
    pub(super) fn customers_waiting(&mut self, market: MarketLinkIx) -> Quantity {
        if let Some(terms) = self.physics.terms_of[market].map(|terms| &self.physics.customers[terms]) {
            return self.total(self.slots(Part::Waiting, terms.first, terms.length()));
        }
        let unmet = self.m.row[self.network.layout.start(Part::Unmet) + market.position()];
        self.m.tape.weighed(lanes_where(|lane| self.played.rules[lane].backlog), unmet)
    }

    /// Serves what was wanted, with what waits, from the retailers' stock.
    pub(super) fn serve_customers(&mut self) {
        let (network, physics) = (self.network, self.physics);
        let unmet = network.layout.start(Part::Unmet);
        let demand = network.layout.start(Part::Demand);
        for (link, row) in network.market.iter() {
            let drawn = self.demanded(link);
            self.m.row[demand + link.position()] = drawn;
            let waits = self.customers_waiting(link);
            let wanted = self.m.tape.sum(drawn, waits);
            let mut stock = self.stock(row.retailer);
            let fresh = physics.shelf.as_ref().map_or(0, |shelf| shelf.fresh_sold[link]);
            if fresh > 1 {
                let enough = self.fresh_enough(row.retailer, fresh);
                stock = self.m.tape.smaller(stock, enough);
            }
            let sold = self.m.tape.smaller(wanted, stock);
            self.take(self.stock_at(row.retailer), sold);
            self.m.row[unmet + link.position()] = self.m.tape.difference(wanted, sold);
            self.m.sold[link.position()] = sold;
            self.take_from_shelf(link, sold, fresh);
            if let Some(terms) = physics.terms_of[link].map(|terms| &physics.customers[terms]) {
                let slots = self.slots(Part::Waiting, terms.first, terms.length());
                self.wait_on(slots, sold, drawn, terms.share, terms.at_most.is_some());
            }
        }
    }

    /// Takes what was sold out of the ages of a retailer's stock.
    fn take_from_shelf(&mut self, link: MarketLinkIx, sold: Quantity, fresh: usize) {
        let Some(shelf) = &self.physics.shelf else { return };
        let ages = shelf.on_hand[self.network.market[link].retailer].range();
        let ages = self.slots(Part::OnHandByLife, ages.start, ages.len());
        let ages = ages.start + fresh.saturating_sub(1)..ages.end;
        if ages.is_empty() {
            return;
        }
        let (share, draw) = shelf.issue[link];
        let oldest = match draw {
            Some(draw) => {
                let (units, draws) = (self.m.tape.value(sold), &self.played.draws[draw]);
                let value =
                    Lanes::of(|lane| binomial(units[lane].round(), share, draws[lane]).min(units[lane]));
                self.thinned(sold, value)
            }
            None => self.m.tape.scaled(share, sold),
        };
        self.take_ages(ages.clone(), oldest, true);
        let freshest = self.m.tape.difference(sold, oldest);
        if share < 1.0 || draw.is_some() {
            self.take_ages(ages, freshest, false);
        }
    }
}
