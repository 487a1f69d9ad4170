//! What several links use and of which there is only so much in a period, retold.

use super::{Retold, lanes_where};
use crate::adjoint::tape::{NOTHING, Quantity};
use crate::network::{Part, Resource, Share, TableIndex, Use};
use crate::period::Lanes;
use crate::period::mechanisms::{hypergeometric, rounded_down};

impl<const W: usize> Retold<'_, W> {
    /// Limits what links may seek to what there is of a resource.
    pub(super) fn share_resource(&mut self, resource: &Resource) {
        let sought: Vec<Quantity> =
            resource.uses.iter().map(|row| self.m.links[row.link.position()].sought).collect();
        let values: Vec<Lanes<W>> = sought.iter().map(|&sought| self.m.tape.value(sought)).collect();
        let taken = |row: &Use, units: f64| if units > 0.0 { row.per_unit * units + row.setup } else { 0.0 };
        let is_short = |lane: usize| {
            let uses = resource.uses.iter().zip(&values);
            uses.map(|(row, sought)| taken(row, sought[lane])).sum::<f64>() > resource.per_period
        };
        let short = lanes_where(is_short);
        if !short.any_left() {
            return;
        }
        let granted = match resource.share {
            Share::InOrder => {
                let order: Vec<Lanes<W>> = (0..sought.len()).map(|at| Lanes::splat(at as f64)).collect();
                let nothing = vec![NOTHING; sought.len()];
                let mut left = self.whole_resource(resource);
                self.in_turn(resource, &sought, &nothing, &order, &mut left)
            }
            Share::Proportional => self.in_proportion(resource, &sought),
            Share::FirstCome => self.first_come(resource, &sought),
        };
        for ((row, &sought), granted) in resource.uses.iter().zip(&sought).zip(granted) {
            let sought = self.m.tape.either(short, granted, sought);
            self.m.links[row.link.position()].sought = sought;
        }
    }

    /// All there is of a resource.
    fn whole_resource(&mut self, resource: &Resource) -> Quantity {
        self.m.tape.given(Lanes::splat(resource.per_period))
    }

    /// What each is granted of what it asks for, beside what it was granted before, in an order of its own in every
    /// episode, as far as what is left goes.
    fn in_turn(
        &mut self,
        resource: &Resource,
        asked: &[Quantity],
        before: &[Quantity],
        order: &[Lanes<W>],
        left: &mut Quantity,
    ) -> Vec<Quantity> {
        let mut granted = vec![NOTHING; asked.len()];
        for place in order {
            let (mut used, at_turn) = (NOTHING, *left);
            for (at, row) in resource.uses.iter().enumerate() {
                let now: Lanes<W> = lanes_where(|lane| place[lane] == at as f64);
                if !now.any_left() {
                    continue;
                }
                let already = self.m.tape.value(before[at]);
                let setup = Lanes::of(|lane| if already[lane] > 0.0 { 0.0 } else { row.setup });
                let setup = self.m.tape.given(setup);
                let room = self.m.tape.difference(at_turn, setup);
                let (space, asks) = (self.m.tape.value(room), self.m.tape.value(asked[at]));
                let mut units = asked[at];
                if row.per_unit > 0.0 {
                    let most = self.m.tape.scaled(1.0 / row.per_unit, room);
                    units = self.m.tape.smaller(units, most);
                }
                let can = lanes_where(|lane| now[lane] > 0.0 && space[lane] >= 0.0 && asks[lane] > 0.0);
                units = self.m.tape.weighed(can, units);
                if self.physics.whole_units {
                    let value = self.m.tape.value(units);
                    units = self.rounded(units, Lanes::of(|lane| rounded_down(value[lane])));
                }
                let value = self.m.tape.value(units);
                let setup = self.m.tape.weighed(lanes_where(|lane| value[lane] > 0.0), setup);
                let taken = self.m.tape.scaled(row.per_unit, units);
                used = self.m.tape.total([used, taken, setup]);
                granted[at] = self.m.tape.sum(granted[at], units);
            }
            *left = self.m.tape.difference(*left, used);
        }
        granted
    }

    /// To each the same share of what it seeks, after what is used for any amount.
    fn in_proportion(&mut self, resource: &Resource, sought: &[Quantity]) -> Vec<Quantity> {
        let mut wanted = NOTHING;
        let mut left = Lanes::splat(resource.per_period);
        for (row, &sought) in resource.uses.iter().zip(sought) {
            left -= self.m.tape.value(sought).if_positive(row.setup);
            let taken = self.m.tape.scaled(row.per_unit, sought);
            wanted = self.m.tape.sum(wanted, taken);
        }
        let there = lanes_where(|lane| left[lane] >= 0.0);
        let left = self.m.tape.given(left.positive());
        let share = self.m.tape.quotient(left, wanted);
        let share = self.m.tape.at_most(share, 1.0);
        let value = self.m.tape.value(wanted);
        let one = self.m.tape.given(there);
        let share = self.m.tape.either(lanes_where(|lane| value[lane] > 0.0), share, one);
        let whole = self.physics.whole_units;
        let mut granted = Vec::with_capacity(sought.len());
        for &sought in sought {
            let units = self.m.tape.product(share, sought);
            let value = self.m.tape.value(units);
            let floor = || Lanes::of(|lane| rounded_down(value[lane]));
            granted.push(if whole { self.rounded(units, floor()) } else { units });
        }
        granted
    }

    /// What waits from earlier periods first, then the rest of this one, each in an order drawn anew.
    fn first_come(&mut self, resource: &Resource, sought: &[Quantity]) -> Vec<Quantity> {
        let mut left = self.whole_resource(resource);
        let mut granted = vec![NOTHING; sought.len()];
        let first = resource.uses[0].per_unit;
        let alike = resource.uses.iter().all(|row| row.setup == 0.0 && row.per_unit == first);
        for turn in 0..2 {
            let draws = &self.played.draws[resource.draw + turn * sought.len()..][..sought.len()];
            let mut asked = Vec::with_capacity(sought.len());
            for (row, &sought) in resource.uses.iter().zip(sought) {
                let waits = self.owed_on(row);
                asked.push(if turn == 0 {
                    self.m.tape.smaller(waits, sought)
                } else {
                    let rest = self.m.tape.difference(sought, waits);
                    self.m.tape.positive(rest)
                });
            }
            let now = if self.physics.whole_units && alike && first > 0.0 {
                self.unit_by_unit(first, &asked, draws, &mut left)
            } else {
                let order = drawn_order(draws);
                self.in_turn(resource, &asked, &granted, &order, &mut left)
            };
            for (granted, now) in granted.iter_mut().zip(now) {
                *granted = self.m.tape.sum(*granted, now);
            }
        }
        granted
    }

    /// What is owed on a link.
    fn owed_on(&mut self, row: &Use) -> Quantity {
        let debt = self.physics.debt_of[row.link].map(|debt| &self.physics.debts[debt]);
        let slots = debt.and_then(|debt| Some(self.slots(Part::Owed, debt.first?, debt.length())));
        slots.map_or(NOTHING, |slots| self.total(slots))
    }

    /// Whole units, each of which any of those asked for may be.
    fn unit_by_unit(
        &mut self,
        per_unit: f64,
        asked: &[Quantity],
        draws: &[[f64; W]],
        left: &mut Quantity,
    ) -> Vec<Quantity> {
        let asks: Vec<Lanes<W>> = asked.iter().map(|&asked| self.m.tape.value(asked)).collect();
        let there = self.m.tape.value(*left);
        let mut granted = vec![Lanes::<W>::ZERO; asked.len()];
        let mut used = Lanes::<W>::ZERO;
        for lane in 0..W {
            let mut others: f64 = asks.iter().map(|asks| asks[lane]).sum();
            let mut units = rounded_down(there[lane] / per_unit).min(others);
            used[lane] = units * per_unit;
            for ((granted, asks), draw) in granted.iter_mut().zip(&asks).zip(draws) {
                others -= asks[lane];
                granted[lane] = hypergeometric(asks[lane], others, units, draw[lane]);
                units -= granted[lane];
            }
        }
        let used = self.m.tape.given(used);
        *left = self.m.tape.difference(*left, used);
        asked.iter().zip(granted).map(|(&asked, granted)| self.thinned(asked, granted)).collect()
    }
}

/// In every episode the places of uniform numbers, the least first.
pub(super) fn drawn_order<const W: usize>(draws: &[[f64; W]]) -> Vec<Lanes<W>> {
    let mut places = vec![Lanes::ZERO; draws.len()];
    let mut order: Vec<usize> = Vec::new();
    for lane in 0..W {
        order.clear();
        order.extend(0..draws.len());
        order.sort_by(|&a, &b| draws[a][lane].total_cmp(&draws[b][lane]));
        places.iter_mut().zip(&order).for_each(|(place, &at)| place[lane] = at as f64);
    }
    places
}
