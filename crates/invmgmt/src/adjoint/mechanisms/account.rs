//! Account, failures and the end of the horizon, retold: what moved, by what a unit of it earns or costs.

use super::{Retold, lanes_where};
use crate::adjoint::tape::{NOTHING, Quantity};
use crate::network::{Part, TableIndex};
use crate::period::Lanes;
use crate::period::mechanisms::rounded_down;

impl<const W: usize> Retold<'_, W> {
    /// Charges for what lies beyond a room that keeps everything.
    pub(super) fn charge_overflow(&mut self) {
        for row in self.physics.rooms.iter().filter(|row| !row.room.discards) {
            let mut all = NOTHING;
            for &(node, volume) in &row.points {
                let taken = self.m.tape.scaled(volume, self.stock(node));
                all = self.m.tape.sum(all, taken);
            }
            let space = self.m.tape.given(Lanes::splat(row.room.space));
            let beyond = self.m.tape.difference(all, space);
            let beyond = self.m.tape.positive(beyond);
            self.earn(beyond, -row.room.cost);
        }
    }

    /// What moved in the period, and what lies there at its end.
    pub(super) fn close_books(&mut self) {
        let network = self.network;
        let unmet = network.layout.start(Part::Unmet);
        for (link, row) in network.market.iter() {
            let operating =
                network.managed[row.retailer].factory.map_or(0.0, |factory| factory.operating_cost);
            self.earn(self.m.sold[link.position()], row.price - operating);
            self.earn(self.m.row[unmet + link.position()], -row.unmet_penalty);
        }
        for (link, row) in network.supply.iter() {
            let flows = self.m.links[link.position()];
            // What a buyer pays to a node of the network, that node earns.
            if row.supplier.is_none() {
                self.earn(flows.paid, -row.price);
            }
            self.earn(self.m.row[self.order_at(link)], -row.pipeline_holding_cost);
            if let (Some(half), true) = (self.played.fixed_costs, row.fixed_order_cost > 0.0) {
                let smooth = self.smoothly(row.fixed_order_cost, half, flows.filled);
                self.earn(smooth, -1.0);
            }
        }
        for (node, row) in network.managed.iter() {
            self.earn(self.stock(node), -row.holding_cost);
            let operating = row.factory.map_or(0.0, |factory| factory.operating_cost);
            self.earn(self.m.nodes[node.position()].shipped, -operating);
        }
        if let Some(half) = self.played.fixed_costs {
            self.charge_together(half);
        }
    }

    /// What orders cost together, where a stand-in says how that answers their size: for K as for other fixed costs,
    /// for a truck by the share of it that is filled.
    fn charge_together(&mut self, half: f64) {
        for joint in &self.physics.joints {
            let (mut filled, mut volume) = (NOTHING, NOTHING);
            for &(link, each) in &joint.links {
                let units = self.m.links[link.position()].filled;
                filled = self.m.tape.sum(filled, units);
                let taken = self.m.tape.scaled(each, units);
                volume = self.m.tape.sum(volume, taken);
            }
            if let Some(truck) = joint.truck {
                self.earn(volume, -joint.fixed_cost / truck);
            } else {
                let smooth = self.smoothly(joint.fixed_cost, half, filled);
                self.earn(smooth, -1.0);
            }
        }
    }

    /// A quantity that answers as the stand-in for a fixed cost does.
    fn smoothly(&mut self, cost: f64, half: f64, filled: Quantity) -> Quantity {
        let units = self.m.tape.value(filled);
        let slope = Lanes::of(|lane| cost * half / ((units[lane] + half) * (units[lane] + half)));
        self.m.tape.weighed(slope, filled)
    }

    /// What is paid for only when it is received, and what recipes cost.
    pub(super) fn settle(&mut self) {
        for row in self.physics.yields.iter().filter(|row| row.pay_received && row.at_receipt) {
            let link = &self.network.supply[row.link];
            if link.supplier.is_none() {
                self.earn(self.m.links[row.link.position()].paid_on_receipt, -link.price);
            }
        }
        for recipe in &self.network.recipes {
            self.earn(self.m.links[recipe.link.position()].filled, -recipe.operating_cost);
        }
    }

    /// What goes down may lose stock.
    pub(super) fn fail(&mut self) {
        let up = self.part(Part::Up);
        let (before, next) = (&self.played.rows[up.clone()], &self.played.next[up]);
        for ((chain, before), next) in self.physics.chains.iter().zip(before).zip(next) {
            let falls = lanes_where(|lane| before[lane] > 0.0 && next[lane] == 0.0);
            if chain.stocks.is_empty() || !falls.any_left() {
                continue;
            }
            let share = chain.destroy * falls;
            for &node in &chain.stocks {
                let there = self.m.tape.value(self.stock(node)).if_positive(1.0);
                let stock = self.m.tape.positive(self.stock(node));
                let mut lost = self.m.tape.weighed(share, stock);
                let whole = self.physics.whole_units;
                if whole {
                    let value = self.m.tape.value(lost);
                    lost = self.rounded(lost, Lanes::of(|lane| rounded_down(value[lane])));
                }
                self.take(self.stock_at(node), lost);
                let Some(shelf) = &self.physics.shelf else { continue };
                let ages = shelf.on_hand[node].range();
                let ages = self.slots(Part::OnHandByLife, ages.start, ages.len());
                if whole {
                    self.take_ages(ages, lost, true);
                    continue;
                }
                for age in ages {
                    let lost = self.m.tape.weighed(there * share, self.m.row[age]);
                    self.take(age, lost);
                }
            }
        }
    }

    /// What stock is worth in the episodes whose horizon ends.
    pub(super) fn settle_horizon(&mut self) {
        let ends = lanes_where(|lane| self.period(lane) + 1 >= self.played.num_periods);
        if !self.network.has_salvage || !ends.any_left() {
            return;
        }
        for (node, row) in self.network.managed.iter() {
            let left = self.m.tape.weighed(ends, self.stock(node));
            self.earn(left, row.salvage_value);
        }
    }
}
