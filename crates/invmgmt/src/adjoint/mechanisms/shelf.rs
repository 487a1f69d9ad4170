//! Ages, retold: which units leave first, and which spoil.

use std::ops::Range;

use super::Retold;
use crate::adjoint::tape::{NOTHING, Quantity};
use crate::network::{ManagedIx, Part, Shelf, Supplier, SupplyLinkIx, TableIndex, Timeline};
use crate::period::mechanisms::{moves_with_age, of_sent, place_of_slot};

impl<const W: usize> Retold<'_, W> {
    /// Where the ages of a link's goods in transit begin in the row.
    pub(super) fn ages_of_link(&self, link: SupplyLinkIx) -> Option<usize> {
        let ages = self.physics.shelf.as_ref()?.links[link];
        (ages.sent.life > 0).then(|| self.network.layout.start(Part::InTransitByLife) + ages.in_transit)
    }

    /// Stock of a node that can still be sold for at least so many periods.
    pub(super) fn fresh_enough(&mut self, node: ManagedIx, fresh: usize) -> Quantity {
        let Some(shelf) = &self.physics.shelf else { return self.stock(node) };
        let ages = shelf.on_hand[node].range();
        let ages = self.slots(Part::OnHandByLife, ages.start, ages.len());
        self.total((ages.start + fresh.saturating_sub(1)).min(ages.end)..ages.end)
    }

    /// Takes what a link ships out of its supplier's ages, the oldest that are fresh enough first.
    pub(super) fn take_oldest(&mut self, link: SupplyLinkIx, supplier: &Supplier, used: Quantity) {
        let Some(shelf) = &self.physics.shelf else { return };
        let ages = shelf.on_hand[supplier.node].range();
        let ages = self.slots(Part::OnHandByLife, ages.start, ages.len());
        let sent = of_sent(self.physics, link);
        let m = &mut *self.m;
        m.sent_by_life[sent.clone()].fill(NOTHING);
        let mut left = m.tape.positive(used);
        for (age, sent) in ages.zip(sent).skip(shelf.fresh[link].saturating_sub(1)) {
            let taken = m.tape.smaller(left, m.row[age]);
            m.row[age] = m.tape.difference(m.row[age], taken);
            left = m.tape.difference(left, taken);
            m.sent_by_life[sent] = m.tape.scaled(supplier.production_yield, taken);
        }
    }

    /// Takes units out of ages: the oldest first, or the freshest.
    pub(super) fn take_ages(&mut self, ages: Range<usize>, units: Quantity, oldest_first: bool) {
        let m = &mut *self.m;
        let mut left = m.tape.positive(units);
        let length = ages.len();
        for turn in 0..length {
            if left == NOTHING {
                return;
            }
            let age = ages.start + if oldest_first { turn } else { length - 1 - turn };
            let taken = m.tape.smaller(left, m.row[age]);
            m.row[age] = m.tape.difference(m.row[age], taken);
            left = m.tape.difference(left, taken);
        }
    }

    /// After the sale every unit is a period older; those that can be sold no more are thrown away.
    pub(super) fn grow_older(&mut self) {
        let (network, physics) = (self.network, self.physics);
        let Some(shelf) = &physics.shelf else { return };
        for node in network.managed.indices() {
            let ages = shelf.on_hand[node].range();
            let ages = self.slots(Part::OnHandByLife, ages.start, ages.len());
            if ages.is_empty() {
                continue;
            }
            let spoiled = self.spoiled(self.m.row[ages.start], self.stock(node));
            self.take(self.stock_at(node), spoiled);
            self.earn(spoiled, -shelf.waste[node]);
            let ages = &mut self.m.row[ages];
            ages.rotate_left(1);
            ages.iter_mut().last().into_iter().for_each(|freshest| *freshest = NOTHING);
        }
        for link in network.supply.indices() {
            if let Some(first) = self.ages_of_link(link) {
                self.grow_older_on_the_way(shelf, link, first);
            }
        }
    }

    /// The same of what a link has on its way.
    fn grow_older_on_the_way(&mut self, shelf: &Shelf, link: SupplyLinkIx, first: usize) {
        let (physics, row) = (self.physics, &self.network.supply[link]);
        let (life, waste) = (shelf.links[link].sent.life, shelf.waste[row.buyer]);
        for slot in 0..row.slots {
            let goods = self.network.layout.start(Part::InTransit) + row.first_slot + slot;
            let oldest = self.m.row[first + place_of_slot(physics, row.slots, slot) * life];
            let spoiled = self.spoiled(oldest, self.m.row[goods]);
            self.take(goods, spoiled);
            self.take(self.order_at(link), spoiled);
            self.earn(spoiled, -waste);
        }
        let ages = first..first + row.slots * life;
        if !ages.is_empty() {
            let ages = &mut self.m.row[ages];
            if moves_with_age(physics) {
                // What was sent stood in the place of the oldest slot.
                ages.rotate_left(life);
            }
            ages.rotate_left(1);
            ages.chunks_exact_mut(life).for_each(|slot| slot[life - 1] = NOTHING);
        }
        if physics.timeline == Timeline::OrderFirst {
            let sent = of_sent(physics, link);
            let flows = self.m.links[link.position()];
            let on_its_way = self.m.tape.difference(flows.sent, flows.handed);
            let spoiled = self.spoiled(self.m.sent_by_life[sent.start], on_its_way);
            let ages = &mut self.m.sent_by_life[sent];
            ages.rotate_left(1);
            ages[life - 1] = NOTHING;
            self.m.links[link.position()].sent = self.m.tape.difference(flows.sent, spoiled);
            self.take(self.order_at(link), spoiled);
            self.earn(spoiled, -waste);
        }
    }

    /// Units of an age that spoil out of goods that are still there.
    fn spoiled(&mut self, oldest: Quantity, goods: Quantity) -> Quantity {
        if oldest == NOTHING {
            return NOTHING;
        }
        let goods = self.m.tape.positive(goods);
        let spoiled = self.m.tape.smaller(oldest, goods);
        self.m.tape.positive(spoiled)
    }
}
