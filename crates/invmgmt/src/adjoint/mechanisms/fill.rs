//! Fill and ship, retold: what suppliers can, they send; what they cannot, they may owe.

use super::{Retold, lanes_where};
use crate::adjoint::tape::{NOTHING, Quantity};
use crate::network::{FillStep, ManagedIx, Part, SupplyLinkIx, TableIndex};
use crate::period::Lanes;
use crate::period::mechanisms::{rounded_down, undivided};

impl<const W: usize> Retold<'_, W> {
    pub(super) fn fill_and_send(&mut self) {
        let physics = self.physics;
        self.find_what_is_down();
        for &node in &physics.customers_first {
            self.m.nodes[node.position()].reserved = self.waiting_at(node);
        }
        for &step in &physics.filling {
            match step {
                FillStep::Share(position) => self.share(&physics.allocations[position]),
                FillStep::Fill(link) => self.fill_link(link),
                FillStep::Make(recipe) => self.make(recipe),
            }
        }
        self.book_debts();
    }

    fn find_what_is_down(&mut self) {
        let up = self.part(Part::Up);
        self.m.factors.fill(Lanes::splat(1.0));
        for (chain, up) in self.physics.chains.iter().zip(&self.played.rows[up]) {
            for link in &chain.ships {
                let factor = &mut self.m.factors[link.position()];
                *factor =
                    Lanes::of(|lane| if up[lane] > 0.0 { factor[lane] } else { factor[lane] * chain.factor });
            }
        }
    }

    /// What customers of a node already wait for.
    pub(super) fn waiting_at(&mut self, node: ManagedIx) -> Quantity {
        let mut waiting = NOTHING;
        for &market in &self.network.managed[node].markets {
            let waits = self.customers_waiting(market);
            waiting = self.m.tape.sum(waiting, waits);
        }
        waiting
    }

    fn fill_link(&mut self, link: SupplyLinkIx) {
        let mut filled = self.m.links[link.position()].allowed;
        let supplier = self.network.supply[link].supplier;
        if let Some(supplier) = &supplier {
            let node = supplier.node;
            let goods = self.m.nodes[node.position()];
            let mut left = self.m.tape.difference(self.stock(node), goods.promised);
            if !self.physics.customers_first.is_empty() {
                left = self.m.tape.difference(left, goods.reserved);
                left = self.m.tape.positive(left);
            }
            let fresh = self.physics.shelf.as_ref().map_or(0, |shelf| shelf.fresh[link]);
            if fresh > 1 {
                let enough = self.fresh_enough(node, fresh);
                left = self.m.tape.smaller(left, enough);
            }
            left = self.m.tape.scaled(supplier.production_yield, left);
            if supplier.capacity < f64::INFINITY {
                let capacity = self.m.tape.given(Lanes::splat(supplier.capacity));
                let capacity = self.m.tape.difference(capacity, goods.shipped);
                left = self.m.tape.smaller(capacity, left);
            }
            filled = self.m.tape.smaller(filled, left);
        }
        let filled = self.as_it_may_be(link, filled);
        self.m.links[link.position()].filled = filled;
        if let Some(supplier) = &supplier {
            let used = self.m.tape.scaled(supplier.stock_per_unit, filled);
            let goods = &mut self.m.nodes[supplier.node.position()];
            goods.promised = self.m.tape.sum(goods.promised, used);
            goods.shipped = self.m.tape.sum(goods.shipped, filled);
            self.take_oldest(link, supplier, used);
        }
        self.send(link, filled);
    }

    /// What may be filled, as lots and failures let it be.
    fn as_it_may_be(&mut self, link: SupplyLinkIx, mut filled: Quantity) -> Quantity {
        if let Some(lot) = self.physics.lot(link) {
            let (units, wanted) =
                (self.m.tape.value(filled), self.m.tape.value(self.m.links[link.position()].wanted));
            let whole = Lanes::of(|lane| undivided(units[lane], wanted[lane], lot));
            filled = if lot > 0.0 {
                self.rounded(filled, whole)
            } else {
                self.m.tape.weighed(lanes_where(|lane| whole[lane] > 0.0), filled)
            };
        }
        let factor = self.m.factors[link.position()];
        if (Lanes::splat(1.0) - factor).any_left() {
            let before = self.m.tape.value(filled);
            filled = self.m.tape.weighed(factor, filled);
            if self.physics.whole_units {
                let limited = self.m.tape.value(filled);
                let whole =
                    Lanes::of(
                        |lane| {
                            if factor[lane] < 1.0 { rounded_down(limited[lane]) } else { before[lane] }
                        },
                    );
                let cut = self.rounded(filled, whole);
                filled = self.m.tape.either(lanes_where(|lane| factor[lane] < 1.0), cut, filled);
            }
        }
        filled
    }

    fn send(&mut self, link: SupplyLinkIx, filled: Quantity) {
        let flows = &mut self.m.links[link.position()];
        (flows.sent, flows.paid) = (filled, filled);
        self.lose_at_shipment(link);
        if self.physics.timeline.hands_over() {
            self.hand_over(link);
        }
    }

    /// Makes what a recipe is to make, as far as every one of its inputs goes.
    fn make(&mut self, recipe: usize) {
        let recipe = &self.network.recipes[recipe];
        let link = recipe.link;
        let mut made = self.m.links[link.position()].allowed;
        for &(input, ratio) in &recipe.inputs {
            let goods = self.m.nodes[input.position()];
            let left = self.m.tape.difference(self.stock(input), goods.promised);
            let left = self.m.tape.difference(left, goods.reserved);
            let left = self.m.tape.positive(left);
            let most = self.m.tape.scaled(1.0 / ratio, left);
            made = self.m.tape.smaller(made, most);
        }
        if self.physics.whole_units {
            let value = self.m.tape.value(made);
            made = self.rounded(made, Lanes::of(|lane| rounded_down(value[lane])));
        }
        let made = self.as_it_may_be(link, made);
        self.m.links[link.position()].filled = made;
        for &(input, ratio) in &recipe.inputs {
            let used = self.m.tape.scaled(ratio, made);
            let used = self.m.tape.smaller(used, self.stock(input));
            let goods = &mut self.m.nodes[input.position()];
            goods.promised = self.m.tape.sum(goods.promised, used);
            goods.used = self.m.tape.sum(goods.used, used);
            if let Some(shelf) = &self.physics.shelf {
                let ages = shelf.on_hand[input].range();
                self.take_ages(self.slots(Part::OnHandByLife, ages.start, ages.len()), used, true);
            }
        }
        self.send(link, made);
    }

    /// What was not filled waits, the oldest served first, or is lost.
    fn book_debts(&mut self) {
        for debt in &self.physics.debts {
            let flows = self.m.links[debt.link.position()];
            let unfilled = self.m.tape.difference(flows.wanted, flows.filled);
            let unfilled = self.m.tape.positive(unfilled);
            self.earn(unfilled, -debt.penalty);
            if let Some(first) = debt.first {
                let slots = self.slots(Part::Owed, first, debt.length());
                let before = self.total(slots.clone());
                let fresh = self.m.tape.difference(flows.wanted, before);
                let fresh = self.m.tape.positive(fresh);
                self.wait_on(slots, flows.filled, fresh, 1.0, debt.at_most.is_some());
            }
        }
    }

    /// Serves what waits, the oldest first, then what is fresh; lets a share of what is then left wait too.
    pub(super) fn wait_on(
        &mut self,
        slots: std::ops::Range<usize>,
        served: Quantity,
        fresh: Quantity,
        share: f64,
        leaves: bool,
    ) {
        let m = &mut *self.m;
        let mut left = served;
        for slot in slots.clone().rev() {
            let now = m.tape.smaller(left, m.row[slot]);
            m.row[slot] = m.tape.difference(m.row[slot], now);
            left = m.tape.difference(left, now);
        }
        let unserved = m.tape.difference(fresh, left);
        let unserved = m.tape.positive(unserved);
        let mut joins = m.tape.scaled(share, unserved);
        if self.physics.whole_units && share < 1.0 {
            let value = self.m.tape.value(joins);
            joins = self.rounded(joins, Lanes::of(|lane| value[lane].round()));
        }
        let row = &mut self.m.row[slots];
        let Some(&newest) = row.first() else { return };
        if leaves {
            row.copy_within(..row.len() - 1, 1);
            row[0] = joins;
        } else {
            row[0] = self.m.tape.sum(newest, joins);
        }
    }
}
