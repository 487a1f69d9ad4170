//! Order, retold: what an action asks for becomes what suppliers are to fill.

use super::{Retold, lanes_where};
use crate::adjoint::tape::NOTHING;
use crate::network::{Joint, LeadModel, OrderSize, Part, TableIndex};
use crate::period::Lanes;
use crate::period::mechanisms::{NOTHING_ORDERED, drawn, round_within, rounded_down, sized};

impl<const W: usize> Retold<'_, W> {
    pub(super) fn read_requests(&mut self) {
        let physics = self.physics;
        for lead in physics.leads.iter().filter(|lead| lead.model != LeadModel::Unit) {
            self.m.drawn[lead.link.position()] = drawn(&lead.law, &self.played.draws[lead.draw]);
        }
        for position in 0..self.m.requests.len() {
            let mut wanted = self.m.tape.positive(self.m.requests[position]);
            if physics.whole_units {
                let value = self.m.tape.value(wanted);
                wanted = self.rounded(wanted, Lanes::of(|lane| value[lane].round()));
            }
            self.m.links[position].wanted = wanted;
        }
        physics.sizes.iter().for_each(|size| self.size(size));
        physics.joints.iter().filter(|joint| joint.whole_trucks).for_each(|joint| self.load(joint));
        let up = self.part(Part::Up);
        for (chain, up) in physics.chains.iter().zip(&self.played.rows[up]) {
            for link in &chain.orders {
                let wanted = &mut self.m.links[link.position()].wanted;
                *wanted = self.m.tape.weighed(lanes_where(|lane| up[lane] > 0.0), *wanted);
            }
        }
        for delay in &physics.delays {
            let slots = self.slots(Part::Requested, delay.first, delay.periods);
            let wanted = &mut self.m.links[delay.link.position()].wanted;
            let slots = &mut self.m.row[slots];
            let read = slots[0];
            slots.copy_within(1.., 0);
            slots[delay.periods - 1] = *wanted;
            *wanted = read;
        }
        for debt in &physics.debts {
            let Some(first) = debt.first else { continue };
            for slot in self.slots(Part::Owed, first, debt.length()) {
                let wanted = &mut self.m.links[debt.link.position()].wanted;
                *wanted = self.m.tape.sum(*wanted, self.m.row[slot]);
            }
        }
        for link in &mut self.m.links {
            link.sought = link.wanted;
        }
        for &(link, cap) in &physics.caps {
            let sought = &mut self.m.links[link.position()].sought;
            *sought = self.m.tape.at_most(*sought, cap);
        }
        physics.resources.iter().for_each(|resource| self.share_resource(resource));
        for link in &mut self.m.links {
            link.allowed = link.sought;
        }
    }

    /// A request as its link lets it be. Where it is raised, rounded up or cut it does not answer what was asked for;
    /// as if neither raised nor rounded, if a stand-in says so.
    fn size(&mut self, size: &OrderSize) {
        let wanted = self.m.links[size.link.position()].wanted;
        let asked = self.m.tape.value(wanted);
        let order = sized(size, asked);
        let answers = if self.played.rounding {
            lanes_where(|lane| asked[lane] <= size.most)
        } else {
            lanes_where(|lane| {
                order[lane] == asked[lane] && size.multiple == 0.0 && asked[lane] > NOTHING_ORDERED
            })
        };
        let answering = self.m.tape.weighed(answers, wanted);
        self.m.links[size.link.position()].wanted = self.m.tape.in_place_of(answering, order);
    }

    /// Requests cut to full trucks.
    fn load(&mut self, joint: &Joint) {
        let Some(truck) = joint.truck else { return };
        let mut volume = NOTHING;
        for &(link, each) in &joint.links {
            let taken = self.m.tape.scaled(each, self.m.links[link.position()].wanted);
            volume = self.m.tape.sum(volume, taken);
        }
        let wanted = self.m.tape.value(volume);
        let loaded = Lanes::of(|lane| rounded_down(wanted[lane] / truck) * truck);
        let full = self.rounded(volume, loaded);
        let share = self.m.tape.quotient(full, volume);
        let shares: Vec<_> = joint
            .links
            .iter()
            .map(|&(link, _)| self.m.tape.product(share, self.m.links[link.position()].wanted))
            .collect();
        let mut whole = vec![Lanes::<W>::ZERO; shares.len()];
        if self.physics.whole_units {
            let mut order = Vec::new();
            for lane in 0..W {
                let mut units: Vec<f64> =
                    shares.iter().map(|&share| self.m.tape.value(share)[lane]).collect();
                round_within(&mut units, |at| joint.links[at].1, loaded[lane], &mut order);
                whole.iter_mut().zip(units).for_each(|(whole, units)| whole[lane] = units);
            }
        }
        for ((&(link, _), share), whole) in joint.links.iter().zip(shares).zip(whole) {
            let share = if self.physics.whole_units { self.rounded(share, whole) } else { share };
            self.m.links[link.position()].wanted = share;
        }
    }
}
