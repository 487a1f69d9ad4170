//! Receive, retold: what is due arrives, by lead times that are fixed or were drawn; what does not fit is thrown away.

use std::ops::Range;

use super::{Retold, lanes_where};
use crate::adjoint::tape::{NOTHING, Quantity};
use crate::network::{LeadModel, NodeRoom, Part, RandomLead, SupplyLinkIx, TableIndex, Timeline, YieldLaw};
use crate::period::Lanes;
use crate::period::mechanisms::{ROUNDING, binomial, moves_with_age, of_sent, place_of_slot, round_beyond};

impl<const W: usize> Retold<'_, W> {
    /// Of what is shipped only a share may arrive, where that shows at shipment.
    pub(super) fn lose_at_shipment(&mut self, link: SupplyLinkIx) {
        let Some(row) = self.physics.link_yield(link) else { return };
        let position = link.position();
        if row.at_receipt {
            if row.pay_received {
                self.m.links[position].paid = NOTHING;
            }
            return;
        }
        let ages = of_sent(self.physics, link);
        let mut sent_by_life = std::mem::take(&mut self.m.sent_by_life);
        let draws = &self.played.draws[row.draw..row.draw + row.draws];
        let sent = self.arriving(row.law, self.m.links[position].sent, &mut sent_by_life[ages], draws);
        self.m.sent_by_life = sent_by_life;
        self.m.links[position].sent = sent;
        if row.pay_received {
            self.m.links[position].paid = sent;
        }
    }

    /// The same on arrival.
    fn lose_at_receipt(&mut self, link: SupplyLinkIx) {
        let Some(row) = self.physics.link_yield(link).filter(|row| row.at_receipt) else { return };
        let position = link.position();
        let ages = of_sent(self.physics, link);
        let mut received_by_life = std::mem::take(&mut self.m.received_by_life);
        let draws = &self.played.draws[row.draw..row.draw + row.draws];
        let before = self.m.links[position].received;
        let received = self.arriving(row.law, before, &mut received_by_life[ages], draws);
        self.m.received_by_life = received_by_life;
        let flows = &mut self.m.links[position];
        flows.received = received;
        flows.paid_on_receipt = self.m.tape.sum(flows.paid_on_receipt, received);
    }

    /// What arrives of units of these ages, or of no age, by a law of yield.
    fn arriving(
        &mut self,
        law: YieldLaw,
        units: Quantity,
        ages: &mut [Quantity],
        draws: &[[f64; W]],
    ) -> Quantity {
        let share = match law {
            YieldLaw::AllOrNothing(chance) => lanes_where(|lane| draws[0][lane] < chance),
            YieldLaw::Uniform(low, high) => Lanes::of(|lane| low + (high - low) * draws[0][lane]),
            YieldLaw::Binomial(chance) => {
                if ages.is_empty() {
                    return self.drawn_units(units, chance, &draws[0]);
                }
                for (age, draw) in ages.iter_mut().zip(draws) {
                    *age = self.drawn_units(*age, chance, draw);
                }
                return self.m.tape.total(ages.iter().copied());
            }
        };
        for age in ages.iter_mut() {
            *age = self.m.tape.weighed(share, *age);
        }
        self.m.tape.weighed(share, units)
    }

    /// Units that chance lets through.
    fn drawn_units(&mut self, units: Quantity, chance: f64, draws: &[f64; W]) -> Quantity {
        if units == NOTHING || chance >= 1.0 {
            return units;
        }
        let count = self.m.tape.value(units);
        self.thinned(units, Lanes::of(|lane| binomial(count[lane], chance, draws[lane])))
    }

    /// Hands over what has no lead time while requests are still being filled.
    pub(super) fn hand_over(&mut self, link: SupplyLinkIx) {
        let (row, position) = (&self.network.supply[link], link.position());
        let sent = self.m.links[position].sent;
        let handed = match self.physics.lead_of[link].map(|lead| &self.physics.leads[lead]) {
            None if row.lead_time > 0 => return,
            None => sent,
            Some(lead) => self.due_at_once(lead, row.slots, sent, 0),
        };
        self.m.links[position].handed = handed;
        let is_handed = self.m.tape.value(handed).if_positive(1.0);
        for age in of_sent(self.physics, link) {
            let all = self.m.tape.weighed(is_handed, self.m.sent_by_life[age]);
            self.m.received_by_life[age] = all;
            self.m.sent_by_life[age] = self.m.tape.difference(self.m.sent_by_life[age], all);
        }
        self.m.links[position].received = handed;
        self.lose_at_receipt(link);
        self.discard_handed(link);
        self.put_on_shelf(link);
        self.add(self.stock_at(row.buyer), self.m.links[position].received);
    }

    /// What was sent now and arrives now, as of when what arrives can be used.
    fn due_at_once(&mut self, lead: &RandomLead, slots: usize, sent: Quantity, early: usize) -> Quantity {
        let drawn = self.m.drawn[lead.link.position()];
        let due = match lead.model {
            LeadModel::Unit => {
                let draws = &self.played.draws[lead.draw + early];
                return self.drawn_units(sent, lead.hazards[early], draws);
            }
            // Where goods are handed over before and received after, by the same draw.
            LeadModel::Sweep if early == 0 && lead.is_drawn_ahead(self.physics) => {
                self.m.hidden[lead.hidden].into()
            }
            LeadModel::Fifo => {
                let last = Lanes::from(self.m.hidden[lead.hidden + slots]) - Lanes::splat(1.0);
                Lanes::of(|lane| drawn[lane].max(last[lane]))
            }
            LeadModel::Free | LeadModel::Sweep => drawn,
        };
        self.m.tape.weighed(lanes_where(|lane| due[lane] <= early as f64), sent)
    }

    /// Throws away what was handed over and finds no room; what was used or promised is still there.
    fn discard_handed(&mut self, link: SupplyLinkIx) {
        let buyer = self.network.supply[link].buyer;
        let room = self.physics.room_of[buyer].map(|room| &self.physics.rooms[room]);
        let Some(room) = room.filter(|room| room.room.discards) else { return };
        let volume = room.points.iter().find(|(node, _)| *node == buyer).map_or(1.0, |&(_, volume)| volume);
        if volume <= 0.0 {
            return;
        }
        let mut held = NOTHING;
        for &(node, volume) in &room.points {
            let taken = self.m.tape.scaled(volume, self.stock(node));
            held = self.m.tape.sum(held, taken);
        }
        let received = self.m.links[link.position()].received;
        let taken = self.m.tape.scaled(volume, received);
        let all = self.m.tape.sum(held, taken);
        let space = self.m.tape.given(Lanes::splat(room.room.space));
        let beyond = self.m.tape.difference(all, space);
        let beyond = self.m.tape.positive(beyond);
        let mut units = self.m.tape.scaled(1.0 / volume, beyond);
        if self.physics.whole_units {
            let value = self.m.tape.value(units);
            units = self.rounded(units, Lanes::of(|lane| (value[lane] - ROUNDING).ceil().max(0.0)));
        }
        let units = self.m.tape.smaller(units, received);
        self.discard(link, units);
    }

    /// Goods leave the suppliers and are on their way, where that does not happen as others arrive.
    pub(super) fn depart(&mut self) {
        let network = self.network;
        for link in network.supply.indices() {
            let flows = self.m.links[link.position()];
            let on_its_way = self.m.tape.difference(flows.sent, flows.handed);
            self.add(self.order_at(link), on_its_way);
            if self.physics.timeline == Timeline::Beer {
                self.place(link, on_its_way, 0);
            }
        }
        self.leave();
    }

    /// What was shipped and used leaves the stocks.
    fn leave(&mut self) {
        for (node, row) in self.network.managed.iter() {
            let goods = self.m.nodes[node.position()];
            let shipped = self.m.tape.scaled(row.stock_per_unit, goods.shipped);
            self.take(self.stock_at(node), shipped);
            self.take(self.stock_at(node), goods.used);
        }
    }

    /// Puts what a link sent into its slots; `early` periods of its lead time are over by then.
    fn place(&mut self, link: SupplyLinkIx, units: Quantity, early: usize) {
        let (row, physics) = (&self.network.supply[link], self.physics);
        let lead = physics.lead_of[link].map(|lead| &physics.leads[lead]);
        let due = lead.map(|lead| self.due_in(lead, row.slots, early));
        let Some(newest) = row.slots.checked_sub(1) else { return };
        if let (Some(lead), Some(due), false) = (lead, due, row.announced)
            && matches!(lead.model, LeadModel::Free | LeadModel::Fifo)
        {
            self.m.hidden[lead.hidden + newest] = due.values();
        }
        match due.filter(|_| row.announced) {
            None => self.place_in(link, newest, units, Lanes::splat(1.0)),
            Some(due) => {
                for slot in 0..row.slots {
                    // Where its due date is known it stands by that.
                    let here = lanes_where(|lane| (due[lane] as usize).clamp(1, row.slots) - 1 == slot);
                    if here.any_left() {
                        self.place_in(link, slot, units, here);
                    }
                }
            }
        }
    }

    /// Puts it into one of them, in some of the episodes.
    fn place_in(&mut self, link: SupplyLinkIx, slot: usize, units: Quantity, here: Lanes<W>) {
        let row = &self.network.supply[link];
        let units = self.m.tape.weighed(here, units);
        self.add(self.network.layout.start(Part::InTransit) + row.first_slot + slot, units);
        let Some(first) = self.ages_of_link(link) else { return };
        let sent = of_sent(self.physics, link);
        let ages = first + place_of_slot(self.physics, row.slots, slot) * sent.len();
        for (age, sent) in (ages..).zip(sent) {
            let units = self.m.tape.weighed(here, self.m.sent_by_life[sent]);
            self.add(age, units);
        }
    }

    /// In how many periods what was sent in this one is due, and from now on nothing before it if none may overtake.
    fn due_in(&mut self, lead: &RandomLead, slots: usize, early: usize) -> Lanes<W> {
        let drawn = self.m.drawn[lead.link.position()];
        let mut due = drawn;
        if lead.model == LeadModel::Fifo {
            let last = Lanes::from(self.m.hidden[lead.hidden + slots]) - Lanes::splat(1.0);
            due = Lanes::of(|lane| drawn[lane].max(last[lane]));
            self.m.hidden[lead.hidden + slots] = due.values();
        }
        (due - Lanes::splat(early as f64)).positive()
    }

    /// What is due arrives and everything else comes a period nearer.
    pub(super) fn receive(&mut self) {
        let (network, physics) = (self.network, self.physics);
        let sends_now = physics.timeline != Timeline::Beer;
        for link in network.supply.indices() {
            let flows = self.m.links[link.position()];
            let sent = if sends_now { self.m.tape.difference(flows.sent, flows.handed) } else { NOTHING };
            let (due, placed) = match physics.lead_of[link].map(|lead| &physics.leads[lead]) {
                None => self.fixed_due(link, sent, sends_now),
                Some(lead) => self.drawn_due(lead, sent),
            };
            self.take(self.order_at(link), due);
            if !physics.timeline.hands_over() {
                self.add(self.order_at(link), flows.sent);
            }
            let flows = &mut self.m.links[link.position()];
            (flows.received, flows.placed) = (due, placed);
            self.lose_at_receipt(link);
        }
        self.advance(sends_now);
        self.arrive();
    }

    /// What arrives on a link with a fixed lead time, and what enters its slots.
    fn fixed_due(&mut self, link: SupplyLinkIx, sent: Quantity, sends_now: bool) -> (Quantity, Quantity) {
        let row = &self.network.supply[link];
        let ages = of_sent(self.physics, link);
        let m = &mut *self.m;
        if row.slots == 0 {
            for age in ages {
                m.received_by_life[age] = if sends_now { m.sent_by_life[age] } else { NOTHING };
            }
            return (sent, NOTHING);
        }
        let first_slot = self.network.layout.start(Part::InTransit) + row.first_slot;
        let due = m.row[first_slot];
        if let Some(first) = self.ages_of_link(link) {
            for (place, age) in (first..).zip(ages) {
                self.m.received_by_life[age] = self.m.row[place];
            }
        }
        (due, sent)
    }

    /// The same on a link with a drawn lead time. What arrived is gone from its slots; an order that is given up leaves
    /// the books.
    fn drawn_due(&mut self, lead: &RandomLead, sent: Quantity) -> (Quantity, Quantity) {
        let (network, physics, link) = (self.network, self.physics, lead.link);
        let row = &network.supply[link];
        let by_life = of_sent(physics, link);
        let early = usize::from(physics.timeline == Timeline::OrderFirst);
        let ages = self.ages_of_link(link);
        if ages.is_some() {
            self.m.received_by_life[by_life.clone()].fill(NOTHING);
        }
        if lead.is_drawn_ahead(physics) {
            self.m.hidden[lead.hidden] = self.m.drawn[link.position()].values();
        }
        let mut due = NOTHING;
        let first_left = self.come_nearer(lead);
        let in_transit = network.layout.start(Part::InTransit) + row.first_slot;
        // What was shipped less than the shortest lead time ago is not due; nor is what is known to be due later.
        let ripe = (row.slots + early + 1).saturating_sub(lead.law.shortest());
        let ripe = ripe.min(if row.announced { 1 } else { row.slots }).min(row.slots);
        for slot in 0..ripe {
            let goods = self.m.row[in_transit + slot];
            let arrives = self.arrives(lead, slot, row.slots - slot + early, goods, first_left);
            if arrives == NOTHING {
                continue;
            }
            due = self.m.tape.sum(due, arrives);
            self.take(in_transit + slot, arrives);
            if let Some(first) = ages {
                let share = self.m.tape.value(arrives).if_positive(1.0);
                let life = by_life.len();
                self.receive_ages(first + slot * life..first + (slot + 1) * life, by_life.start, share);
            }
        }
        let now = self.due_at_once(lead, row.slots, sent, early);
        if ages.is_some() {
            let share = self.m.tape.value(now).if_positive(1.0);
            for age in by_life {
                let m = &mut *self.m;
                let taken = m.tape.weighed(share, m.sent_by_life[age]);
                m.received_by_life[age] = m.tape.sum(m.received_by_life[age], taken);
                m.sent_by_life[age] = m.tape.difference(m.sent_by_life[age], taken);
            }
        }
        due = self.m.tape.sum(due, now);
        let placed = self.m.tape.difference(sent, now);
        if row.slots == 0 {
            let never = self.m.tape.positive(placed);
            self.take(self.order_at(link), never);
        } else if lead.law.never > 0.0 {
            // What is still in the oldest slot will not arrive any more.
            let lost = std::mem::take(&mut self.m.row[in_transit]);
            self.take(self.order_at(link), lost);
            if let Some(first) = ages {
                let life = of_sent(physics, link).len();
                self.m.row[first..first + life].fill(NOTHING);
            }
        }
        (due, placed)
    }

    /// What arrives of the goods in a slot, shipped so many periods ago as of when what arrives now can be used.
    fn arrives(
        &mut self,
        lead: &RandomLead,
        slot: usize,
        age: usize,
        goods: Quantity,
        first_left: Lanes<W>,
    ) -> Quantity {
        let drawn = self.m.drawn[lead.link.position()];
        let is_due = match lead.model {
            LeadModel::Unit => {
                return self.drawn_units(goods, lead.hazards[age], &self.played.draws[lead.draw + age]);
            }
            LeadModel::Sweep => lanes_where(|lane| drawn[lane] <= age as f64),
            LeadModel::Free | LeadModel::Fifo if self.network.supply[lead.link].announced => return goods,
            LeadModel::Free | LeadModel::Fifo if slot == 0 => lanes_where(|lane| first_left[lane] <= 0.0),
            LeadModel::Free | LeadModel::Fifo => {
                let left = self.m.hidden[lead.hidden + slot - 1];
                lanes_where(|lane| left[lane] <= 0.0)
            }
        };
        self.m.tape.weighed(is_due, goods)
    }

    /// What arrives of the ages of a slot.
    fn receive_ages(&mut self, slot: Range<usize>, first: usize, share: Lanes<W>) {
        let m = &mut *self.m;
        for (place, age) in slot.zip(first..) {
            let taken = m.tape.weighed(share, m.row[place]);
            m.received_by_life[age] = m.tape.sum(m.received_by_life[age], taken);
            m.row[place] = m.tape.difference(m.row[place], taken);
        }
    }

    /// The hidden due dates of a link, where it has any, come a period nearer; returns that of the first.
    fn come_nearer(&mut self, lead: &RandomLead) -> Lanes<W> {
        let row = &self.network.supply[lead.link];
        let has_dates = matches!(lead.model, LeadModel::Free | LeadModel::Fifo) && !row.announced;
        let Some(newest) = row.slots.checked_sub(1).filter(|_| has_dates) else { return Lanes::ZERO };
        let hidden = &mut self.m.hidden[lead.hidden..][..row.slots];
        for left in hidden.iter_mut() {
            *left = (Lanes::from(*left) - Lanes::splat(1.0)).positive().values();
        }
        let first = hidden[0].into();
        hidden.copy_within(1.., 0);
        hidden[newest] = [0.0; W];
        first
    }

    /// Every pipeline moves a period on, and what was sent enters it.
    fn advance(&mut self, sends_now: bool) {
        let (network, physics) = (self.network, self.physics);
        let in_transit = self.part(Part::InTransit);
        if in_transit.len() > 1 {
            self.m.row[in_transit.clone()].copy_within(1.., 0);
        }
        let early = usize::from(physics.timeline == Timeline::OrderFirst);
        for (link, row) in network.supply.iter() {
            if row.slots > 0 {
                self.m.row[in_transit.start + row.last_slot] = NOTHING;
                if let Some(first) = self.ages_of_link(link) {
                    let life = of_sent(physics, link).len();
                    let slots = &mut self.m.row[first..first + row.slots * life];
                    if moves_with_age(physics) {
                        slots[..life].fill(NOTHING);
                    } else {
                        slots.copy_within(life.., 0);
                        slots[(row.slots - 1) * life..].fill(NOTHING);
                    }
                }
            }
            if sends_now && (row.slots > 0 || physics.lead_of[link].is_some()) {
                self.place(link, self.m.links[link.position()].placed, early);
            }
        }
    }

    /// What is received goes into stock, as far as there is room for it.
    fn arrive(&mut self) {
        let (network, physics) = (self.network, self.physics);
        let ships_now = physics.timeline == Timeline::Release;
        physics.rooms.iter().filter(|row| row.room.discards).for_each(|row| self.throw_away(row, ships_now));
        for &link in &network.delivery_order {
            let goods = &mut self.m.nodes[network.supply[link].buyer.position()];
            goods.arriving = self.m.tape.sum(goods.arriving, self.m.links[link.position()].received);
            self.put_on_shelf(link);
        }
        for node in network.managed.indices() {
            self.add(self.stock_at(node), self.m.nodes[node.position()].arriving);
        }
        if ships_now {
            self.leave();
        }
    }

    /// Throws away what does not fit, shared over what arrives in proportion.
    fn throw_away(&mut self, room: &NodeRoom, ships_now: bool) {
        let mut left = NOTHING;
        for &(node, volume) in &room.points {
            let mut stays = self.stock(node);
            if ships_now {
                let goods = self.m.nodes[node.position()];
                let per_unit = self.network.managed[node].stock_per_unit;
                let shipped = self.m.tape.scaled(per_unit, goods.shipped);
                stays = self.m.tape.difference(stays, shipped);
                stays = self.m.tape.difference(stays, goods.used);
            }
            let taken = self.m.tape.scaled(volume, stays);
            left = self.m.tape.sum(left, taken);
        }
        let mut due = NOTHING;
        for &(link, volume) in &room.incoming {
            let taken = self.m.tape.scaled(volume, self.m.links[link.position()].received);
            due = self.m.tape.sum(due, taken);
        }
        let all = self.m.tape.sum(left, due);
        let space = self.m.tape.given(Lanes::splat(room.room.space));
        let beyond = self.m.tape.difference(all, space);
        let beyond = self.m.tape.smaller(beyond, due);
        let beyond = self.m.tape.positive(beyond);
        let volume = self.m.tape.value(beyond);
        if (0..W).all(|lane| volume[lane] <= 0.0) {
            return;
        }
        let share = self.m.tape.quotient(beyond, due);
        let mut shares = Vec::with_capacity(room.incoming.len());
        for &(link, _) in &room.incoming {
            shares.push(self.m.tape.product(share, self.m.links[link.position()].received));
        }
        if self.physics.whole_units {
            self.in_whole_discards(room, volume, &mut shares);
        }
        for (&(link, _), share) in room.incoming.iter().zip(shares) {
            self.discard(link, share);
        }
    }

    /// What is thrown away, made whole.
    fn in_whole_discards(&mut self, room: &NodeRoom, beyond: Lanes<W>, shares: &mut [Quantity]) {
        let mut whole: Vec<Lanes<W>> = shares.iter().map(|&share| self.m.tape.value(share)).collect();
        let mut order = Vec::new();
        for lane in (0..W).filter(|&lane| beyond[lane] > 0.0) {
            let mut units: Vec<f64> = whole.iter().map(|whole| whole[lane]).collect();
            let has = |at: usize| {
                let (link, _) = room.incoming[at];
                self.m.tape.value(self.m.links[link.position()].received)[lane]
            };
            round_beyond(&mut units, |at| room.incoming[at].1, has, beyond[lane], &mut order);
            whole.iter_mut().zip(units).for_each(|(whole, units)| whole[lane] = units);
        }
        for (share, whole) in shares.iter_mut().zip(whole) {
            *share = self.rounded(*share, whole);
        }
    }

    /// Throws units away that a link brings, the oldest first.
    fn discard(&mut self, link: SupplyLinkIx, units: Quantity) {
        let node = self.network.supply[link].buyer;
        let Some(row) = self.physics.room_of[node].map(|room| &self.physics.rooms[room]) else { return };
        let received = &mut self.m.links[link.position()].received;
        *received = self.m.tape.difference(*received, units);
        self.earn(units, -row.room.cost);
        let m = &mut *self.m;
        let mut left = units;
        for age in of_sent(self.physics, link) {
            let taken = m.tape.smaller(m.received_by_life[age], left);
            m.received_by_life[age] = m.tape.difference(m.received_by_life[age], taken);
            left = m.tape.difference(left, taken);
        }
    }

    /// What is received joins the ages of the buyer's stock; from a source of raw material it is fresh.
    fn put_on_shelf(&mut self, link: SupplyLinkIx) {
        let Some(shelf) = &self.physics.shelf else { return };
        let ages = shelf.on_hand[self.network.supply[link].buyer].range();
        let ages = self.slots(Part::OnHandByLife, ages.start, ages.len());
        let received = of_sent(self.physics, link);
        if received.is_empty() {
            if !ages.is_empty() {
                self.add(ages.end - 1, self.m.links[link.position()].received);
            }
            return;
        }
        for (age, received) in ages.zip(received) {
            self.add(age, self.m.received_by_life[received]);
        }
    }
}
