//! How a node's short stock is shared among the links that want it, retold.

use super::resource::drawn_order;
use super::{Retold, lanes_where};
use crate::adjoint::tape::{NOTHING, Quantity};
use crate::network::{Allocation, ManagedIx, Part, Sharing, TableIndex};
use crate::period::Lanes;
use crate::period::mechanisms::{fill_lowest, round_within};

/// Memory for one node's shares.
#[derive(Clone, Debug, Default)]
pub(super) struct Shares<const W: usize> {
    sought: Vec<Quantity>,
    levels: Vec<Quantity>,
    given: Vec<Lanes<W>>,
    numbers: Vec<f64>,
    order: Vec<usize>,
}

impl<const W: usize> Retold<'_, W> {
    /// Limits what each of a node's links may take to its share of the stock that it can ship.
    pub(super) fn share(&mut self, allocation: &Allocation) {
        let node = allocation.node;
        let row = &self.network.managed[node];
        let free = self.m.tape.difference(self.stock(node), self.m.nodes[node.position()].reserved);
        let mut stock = self.m.tape.positive(free);
        if let Some(factory) = &row.factory {
            stock = self.m.tape.scaled(factory.production_yield, stock);
            stock = self.m.tape.at_most(stock, factory.capacity);
        }
        let mut shares = std::mem::take(&mut self.m.shares);
        shares.sought.clear();
        for (link, &takes) in row.outgoing.iter().zip(&allocation.takes) {
            shares.sought.push(self.m.tape.scaled(takes, self.m.links[link.position()].sought));
        }
        let wanted = self.m.tape.total(shares.sought.iter().copied());
        let (all, there) = (self.m.tape.value(wanted), self.m.tape.value(stock));
        let short = lanes_where(|lane| all[lane] > there[lane]);
        if short.any_left() {
            let stock = self.m.tape.positive(stock);
            self.divide(allocation, stock, wanted, short, &mut shares);
            for ((link, &takes), &share) in row.outgoing.iter().zip(&allocation.takes).zip(&shares.levels) {
                let share = self.m.tape.scaled(1.0 / takes, share);
                let allowed = self.m.links[link.position()].allowed;
                let least = self.m.tape.smaller(share, allowed);
                self.m.links[link.position()].allowed = self.m.tape.either(short, least, allowed);
            }
        }
        self.m.shares = shares;
    }

    /// Fills the shares of a short stock, in the episodes where it is.
    fn divide(
        &mut self,
        allocation: &Allocation,
        stock: Quantity,
        wanted: Quantity,
        short: Lanes<W>,
        shares: &mut Shares<W>,
    ) {
        let links = shares.sought.len();
        shares.levels.clear();
        match &allocation.rule {
            Sharing::Proportional => {
                let share = self.m.tape.quotient(stock, wanted);
                for &sought in &shares.sought {
                    shares.levels.push(self.m.tape.product(share, sought));
                }
                if self.physics.whole_units {
                    self.in_whole_units(allocation, stock, shares);
                }
            }
            Sharing::FairShare(targets) => {
                let row = &self.network.managed[allocation.node];
                for (&link, &target) in row.outgoing.iter().zip(targets) {
                    let position = self.buyers_position(self.network.supply[link].buyer);
                    let target = self.m.tape.given(Lanes::splat(target));
                    shares.levels.push(self.m.tape.difference(position, target));
                }
                self.raise_lowest(stock, short, shares);
            }
            Sharing::Priority(order) => {
                let order: Vec<Lanes<W>> = order.iter().map(|&at| Lanes::splat(at as f64)).collect();
                self.serve_in_turn(stock, &order, shares);
            }
            Sharing::Random(first) => {
                let order = drawn_order(&self.played.draws[*first..first + links]);
                self.serve_in_turn(stock, &order, shares);
            }
        }
    }

    /// Shares in proportion, made whole.
    fn in_whole_units(&mut self, allocation: &Allocation, stock: Quantity, shares: &mut Shares<W>) {
        let there = self.m.tape.value(stock);
        shares.given.clear();
        shares.given.extend(shares.levels.iter().map(|&share| self.m.tape.value(share)));
        for lane in 0..W {
            shares.numbers.clear();
            shares.numbers.extend(shares.given.iter().map(|given| given[lane]));
            let total = if allocation.largest_remainder { there[lane] } else { 0.0 };
            round_within(&mut shares.numbers, |_| 1.0, total, &mut shares.order);
            shares.given.iter_mut().zip(&shares.numbers).for_each(|(given, &units)| given[lane] = units);
        }
        for (share, &given) in shares.levels.iter_mut().zip(&shares.given) {
            *share = self.rounded(*share, given);
        }
    }

    /// Turns what each buyer has into what he gets: those between nothing and all they want are raised to one level, by
    /// what is left of the stock when the others have got theirs.
    fn raise_lowest(&mut self, stock: Quantity, short: Lanes<W>, shares: &mut Shares<W>) {
        let links = shares.sought.len();
        let whole = self.physics.whole_units;
        let there = self.m.tape.value(stock);
        let levels: Vec<Lanes<W>> = shares.levels.iter().map(|&level| self.m.tape.value(level)).collect();
        let limits: Vec<Lanes<W>> = shares.sought.iter().map(|&sought| self.m.tape.value(sought)).collect();
        let mut raised = vec![Lanes::<W>::ZERO; links];
        let mut sated = raised.clone();
        let mut given = raised.clone();
        let mut each = Lanes::<W>::ZERO;
        for lane in (0..W).filter(|&lane| short[lane] > 0.0) {
            let mut fill = |whole: bool| {
                shares.numbers.clear();
                shares.numbers.extend(levels.iter().map(|level| level[lane]));
                fill_lowest(&mut shares.numbers, |at| limits[at][lane], there[lane], whole);
                shares.numbers.clone()
            };
            let continuous = fill(false);
            for at in 0..links {
                let (share, limit) = (continuous[at], limits[at][lane]);
                sated[at][lane] = f64::from(u8::from(share >= limit));
                raised[at][lane] = f64::from(u8::from(share > 0.0 && share < limit));
            }
            let count: f64 = raised.iter().map(|raised| raised[lane]).sum();
            each[lane] = if count > 0.0 { 1.0 / count } else { 0.0 };
            if whole {
                given.iter_mut().zip(fill(true)).for_each(|(given, units)| given[lane] = units);
            }
        }
        let mut left = stock;
        let mut get = Vec::with_capacity(links);
        for at in 0..links {
            let all = self.m.tape.weighed(sated[at], shares.sought[at]);
            let has = self.m.tape.weighed(raised[at], shares.levels[at]);
            left = self.m.tape.difference(left, all);
            left = self.m.tape.sum(left, has);
            get.push(all);
        }
        let level = self.m.tape.weighed(each, left);
        for at in 0..links {
            let rise = self.m.tape.difference(level, shares.levels[at]);
            let rise = self.m.tape.weighed(raised[at], rise);
            let share = self.m.tape.sum(get[at], rise);
            shares.levels[at] = if whole { self.rounded(share, given[at]) } else { share };
        }
    }

    /// To each in turn what he wants, as far as it goes; in an order of its own in every episode.
    fn serve_in_turn(&mut self, stock: Quantity, order: &[Lanes<W>], shares: &mut Shares<W>) {
        let mut left = stock;
        shares.levels.resize(shares.sought.len(), NOTHING);
        for place in order {
            let mut taken = NOTHING;
            for at in 0..shares.sought.len() {
                let now: Lanes<W> = lanes_where(|lane| place[lane] == at as f64);
                if now.any_left() {
                    let given = self.m.tape.smaller(shares.sought[at], left);
                    let given = self.m.tape.weighed(now, given);
                    taken = self.m.tape.sum(taken, given);
                    shares.levels[at] = self.m.tape.sum(shares.levels[at], given);
                }
            }
            left = self.m.tape.difference(left, taken);
        }
    }

    /// Stock on hand and in transit less customers and buyers who wait.
    fn buyers_position(&mut self, buyer: ManagedIx) -> Quantity {
        let row = &self.network.managed[buyer];
        let mut position = self.stock(buyer);
        for &link in &row.incoming {
            position = self.m.tape.sum(position, self.m.row[self.order_at(link)]);
        }
        for &link in &row.outgoing {
            let debt = self.physics.debt_of[link].map(|debt| &self.physics.debts[debt]);
            let Some((debt, first)) = debt.and_then(|debt| Some((debt, debt.first?))) else { continue };
            let owed = self.total(self.slots(Part::Owed, first, debt.length()));
            let owed = self.m.tape.scaled(self.network.taken(link, buyer), owed);
            position = self.m.tape.difference(position, owed);
        }
        let waiting = self.waiting_at(buyer);
        self.m.tape.difference(position, waiting)
    }
}
