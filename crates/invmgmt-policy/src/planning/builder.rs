//! Rows and columns of a window: the rules of a period, written once for every period and scenario.

use invmgmt::network::{ManagedIx, Network, NodeRoom, SupplyLinkIx, TableIndex};
use invmgmt::period::Rules;

use super::Paths;
use super::supply::{Shipment, Supply};
use super::terms::{Customers, Terms};
use crate::lp::{Column, Programme, Row, RowKind, value_unit};

/// What tips the scales between plans that earn the same, in units of the dearest price: too little to outweigh any
/// cost, enough to stand out from a solver's noise.
const PROMPTNESS: f64 = 1e-5;

/// Rows of one scenario and period, each group in the order of its table.
pub(super) struct PeriodRows {
    pub balance: Vec<Row>,
    /// What a node ships against what it held; for nodes that ship to others, where what arrives cannot be shipped on.
    pub shipping: Vec<Option<Row>>,
    pub capacity: Vec<Option<Row>>,
    pub demand: Vec<Row>,
    /// Customers who have waited, per market link on which some leave, by how long.
    pub waiting: Vec<Vec<Row>>,
    /// What is filled against what was requested, per ledger.
    pub ledgers: Vec<Row>,
    pub resources: Vec<Row>,
    /// What stands in each room.
    pub rooms: Vec<Row>,
    /// What is thrown away against what arrives, per node whose room does not keep everything.
    pub discards: Vec<Row>,
    /// Stock at the end against what came so lately that it has not spoiled, per node whose goods do.
    pub fresh: Vec<Option<Row>>,
    /// What spoils against what has reached its age, likewise: nothing is thrown away that could still be sold.
    pub spoiling: Vec<Option<Row>>,
}

impl PeriodRows {
    pub fn add(programme: &mut Programme, network: &Network, terms: &Terms) -> Self {
        let nodes = network.managed.rows();
        let ships_on = network.timeline().hands_over();
        let (resources, rooms) = network
            .physics
            .as_deref()
            .map_or((0, 0), |physics| (physics.resources.len(), physics.rooms.len()));
        let rows = |programme: &mut Programme, count: usize, kind: RowKind| {
            (0..count).map(|_| programme.add_row(kind)).collect::<Vec<Row>>()
        };
        let ages = |programme: &mut Programme, is_kept: &dyn Fn(ManagedIx) -> bool| {
            let spoils = terms.lives.iter().map(|(node, &life)| life > 0 && is_kept(node));
            spoils.map(|spoils| spoils.then(|| programme.add_row(RowKind::AtMost))).collect::<Vec<_>>()
        };
        Self {
            balance: nodes.iter().map(|_| programme.add_row(RowKind::Equal)).collect(),
            shipping: nodes
                .iter()
                .map(|node| {
                    (!node.outgoing.is_empty() && !ships_on).then(|| programme.add_row(RowKind::AtMost))
                })
                .collect(),
            capacity: nodes
                .iter()
                .map(|node| {
                    let limited = node.factory.is_some_and(|factory| factory.capacity.is_finite());
                    (limited && !node.outgoing.is_empty()).then(|| programme.add_row(RowKind::AtMost))
                })
                .collect(),
            demand: network.market.rows().iter().map(|_| programme.add_row(RowKind::Equal)).collect(),
            waiting: terms
                .customers
                .rows()
                .iter()
                .map(|row| rows(programme, row.as_ref().map_or(0, Customers::groups), RowKind::Equal))
                .collect(),
            ledgers: rows(programme, terms.ledgers.len(), RowKind::Equal),
            resources: rows(programme, resources, RowKind::AtMost),
            rooms: rows(programme, rooms, RowKind::AtMost),
            discards: rows(programme, terms.discarding.len(), RowKind::AtMost),
            fresh: ages(programme, &|_| true),
            // What comes with an age may spoil before the plan has it do so.
            spoiling: ages(programme, &|node| Terms::is_supplied_fresh(network, node)),
        }
    }
}

/// Columns of a ledger in a period: what is not filled, what is requested besides, what has waited too long.
#[derive(Clone, Copy, Debug)]
pub(super) struct LedgerColumns {
    pub unfilled: Column,
    pub requested: Column,
    pub lapsed: Column,
}

/// Columns of one kind, in the order in which they were added.
#[derive(Default)]
pub(super) struct Columns {
    /// Flows of scenario 0, period by period.
    pub flows: Vec<Column>,
    /// Flows of every scenario that leads, with period and link, where something may limit them.
    pub limited: Vec<(Column, usize, SupplyLinkIx)>,
    /// Their own costs per unit.
    pub limited_costs: Vec<f64>,
    /// Shortages with their own cost per unit, scenario by scenario, period by period and link by link.
    pub shortages: Vec<(Column, f64)>,
    /// Stock of the retailers with its own cost per unit, likewise, retailer by retailer: the stock up to each safety
    /// stock, and what is above them all.
    pub stocks: Vec<(Column, f64)>,
    /// Ledgers, likewise.
    pub ledgers: Vec<LedgerColumns>,
}

/// Writes the columns of a window.
pub(super) struct Builder<'a> {
    pub network: &'a Network,
    pub rules: &'a Rules,
    pub paths: &'a Paths,
    pub supply: Supply<'a>,
    pub terms: &'a Terms,
    pub rows: &'a [PeriodRows],
    /// Safety stocks per retailer.
    pub levels: usize,
}

impl Builder<'_> {
    fn rows(&self, scenario: usize, period: usize) -> Option<&PeriodRows> {
        (period < self.paths.periods()).then(|| &self.rows[scenario * self.paths.periods() + period])
    }

    /// What a unit of stock at a node takes of the room it stands in, and that room by position [volume / unit].
    fn volume(&self, node: ManagedIx) -> Option<(usize, &NodeRoom, f64)> {
        let physics = self.network.physics.as_deref()?;
        let at = physics.room_of[node]?;
        let room = &physics.rooms[at];
        let volume = room.points.iter().find(|(point, _)| *point == node)?.1;
        Some((at, room, volume))
    }

    /// A column per supply link, period and scenario that leads.
    pub fn add_flows(&self, programme: &mut Programme, columns: &mut Columns) {
        for period in 0..self.paths.periods() {
            for leader in (0..self.paths.scenarios()).filter(|&s| self.paths.leader(s, period) == s) {
                for link in self.network.supply.indices() {
                    let shipment = self.supply.shipment(period, link);
                    let (mut entries, mut weight) = (Vec::new(), 0.0);
                    for scenario in 0..self.paths.scenarios() {
                        if self.paths.leader(scenario, period) == leader {
                            self.add_flow_entries(scenario, period, link, &shipment, &mut entries);
                            weight += self.paths.weights[scenario];
                        }
                    }
                    let cost =
                        weight * self.flow_cost(period, link, &shipment) - self.promptness(period, link);
                    let column = programme.add_column(cost, &entries);
                    if leader == 0 {
                        columns.flows.push(column);
                    }
                    if self.network.physics.is_some() || self.network.has_fixed_costs {
                        columns.limited.push((column, period, link));
                        columns.limited_costs.push(cost);
                    }
                }
            }
        }
    }

    fn add_flow_entries(
        &self,
        scenario: usize,
        period: usize,
        link: SupplyLinkIx,
        shipment: &Shipment,
        entries: &mut Vec<(Row, f64)>,
    ) {
        let row = &self.network.supply[link];
        let thrown_away = self.terms.discarding.iter().position(|(node, _)| *node == row.buyer);
        for arrival in &shipment.arrivals {
            let Some(then) = self.rows(scenario, arrival.period) else { continue };
            let surviving = self.surviving(period, arrival.period, row.buyer);
            entries.push((then.balance[row.buyer.position()], -arrival.arrives * surviving));
            entries.extend(thrown_away.map(|at| (then.discards[at], -arrival.arrives)));
            // The oldest goods are used first, so that stock is what came last; of that nothing has spoiled yet which
            // can still be sold in the next period.
            let alive = arrival.period..(arrival.period + self.terms.lives[row.buyer]).saturating_sub(1);
            let later = alive.filter_map(|period| self.rows(scenario, period)?.fresh[row.buyer.position()]);
            entries.extend(later.map(|row| (row, -arrival.arrives * surviving)));
            let last = (arrival.period + self.terms.lives[row.buyer]).checked_sub(1);
            let last = last.and_then(|period| self.rows(scenario, period)?.spoiling[row.buyer.position()]);
            entries.extend(last.map(|row| (row, -arrival.arrives * surviving)));
        }
        let Some(now) = self.rows(scenario, period) else { return };
        for (node, units) in self.network.inputs(link) {
            entries.push((now.balance[node.position()], units));
            entries.extend(now.shipping[node.position()].map(|row| (row, units)));
            // Where goods are shipped on at once, they made no room when others came in.
            let room = self
                .volume(node)
                .filter(|(_, room, _)| room.room.discards && self.network.timeline().hands_over());
            entries.extend(room.map(|(at, _, volume)| (now.rooms[at], volume * units)));
        }
        if let Some(supplier) = row.supplier.filter(|_| row.recipe.is_none()) {
            entries.extend(now.capacity[supplier.node.position()].map(|row| (row, 1.0)));
        }
        entries.extend(self.terms.ledger_of[link].map(|at| (now.ledgers[at], 1.0)));
        if let Some(physics) = self.network.physics.as_deref() {
            for (at, resource) in physics.resources.iter().enumerate() {
                let used = resource.uses.iter().find(|row| row.link == link);
                entries.extend(used.map(|row| (now.resources[at], row.per_unit)));
            }
        }
    }

    /// What is left of goods that are received last in a period, once what fails then has done its damage [1].
    fn surviving(&self, shipped: usize, arrival: usize, node: ManagedIx) -> f64 {
        let received_last = arrival > shipped && self.supply.received(arrival) < arrival;
        if received_last { self.supply.kept(arrival - 1, node) } else { 1.0 }
    }

    /// What shipping a unit between nodes at once is worth besides, where paths ask for prompt plans [money / unit].
    fn promptness(&self, period: usize, link: SupplyLinkIx) -> f64 {
        let ships_now = period == 0 && self.network.supply[link].supplier.is_some();
        if self.paths.prompt && ships_now { PROMPTNESS * value_unit(dearest(self.network)) } else { 0.0 }
    }

    /// Cost of a unit ordered in a period: its price where money leaves the company, what making it costs, and its way;
    /// less what it is worth if the episode ends as it arrives.
    fn flow_cost(&self, period: usize, link: SupplyLinkIx, shipment: &Shipment) -> f64 {
        let (row, periods) = (&self.network.supply[link], self.paths.periods());
        let made = row.recipe.map(|recipe| self.network.recipes[recipe].operating_cost);
        let making = match row.supplier {
            // What the buyer pays, the supplier earns.
            Some(supplier) => made.unwrap_or_else(|| {
                self.network.managed[supplier.node].factory.map_or(0.0, |made| made.operating_cost)
            }),
            None => row.price * shipment.paid,
        };
        let mut cost = self.rules.weight(period) * making;
        let mut from = period;
        let mut on_its_way = shipment.sent;
        for arrival in &shipment.arrivals {
            let way: f64 = (from..arrival.period.min(periods)).map(|period| self.rules.weight(period)).sum();
            cost += on_its_way * way * row.pipeline_holding_cost;
            (from, on_its_way) = (arrival.period.max(from), on_its_way - arrival.leaves);
            let received =
                if arrival.period == period { period } else { self.supply.received(arrival.period) };
            if received >= periods {
                continue;
            }
            if shipment.pays_on_arrival && row.supplier.is_none() {
                cost += self.rules.weight(received) * row.price * arrival.arrives;
            }
            if arrival.period == periods && self.paths.ends_episode {
                let worth = self.network.managed[row.buyer].salvage_value;
                let surviving = self.surviving(period, periods, row.buyer);
                cost -= self.rules.weight(received) * worth * arrival.arrives * surviving;
            }
        }
        cost
    }

    pub fn add_sales(
        &self,
        programme: &mut Programme,
        scenario: usize,
        period: usize,
        columns: &mut Columns,
    ) {
        let weight = self.paths.weights[scenario] * self.rules.weight(period);
        let Some(now) = self.rows(scenario, period) else { return };
        let next = self.rows(scenario, period + 1);
        for (link, row) in self.network.market.iter() {
            let at = link.position();
            let made = self.network.managed[row.retailer].factory.map_or(0.0, |made| made.operating_cost);
            let mut sale = vec![(now.balance[row.retailer.position()], 1.0)];
            let room = self.volume(row.retailer).filter(|(_, room, _)| room.room.discards);
            sale.extend(room.map(|(at, _, volume)| (now.rooms[at], volume)));
            let mut add = |served: Row, later: Vec<(Row, f64)>| {
                let mut sold = sale.clone();
                sold.push((served, 1.0));
                programme.add_column(weight * (made - row.price), &sold);
                let mut short = vec![(served, 1.0)];
                short.extend(later);
                let cost = weight * row.unmet_penalty;
                columns.shortages.push((programme.add_column(cost, &short), cost));
            };
            let later = |row: Option<&Row>, share: f64| row.map(|&row| (row, -share)).into_iter().collect();
            let Some(customers) = &self.terms.customers[link] else {
                let waits = next.filter(|_| self.terms.waits[link]).map(|next| &next.demand[at]);
                add(now.demand[at], later(waits, 1.0));
                continue;
            };
            let group = |group: usize| next.and_then(|next| next.waiting[at].get(group));
            add(now.demand[at], later(group(0), customers.share));
            for (waited, &served) in now.waiting[at].iter().enumerate() {
                // Who waits for ever stays in one group.
                let then = if customers.at_most.is_some() { waited + 1 } else { 0 };
                add(served, later(group(then), 1.0));
            }
        }
    }

    /// What is requested against what is filled.
    pub fn add_ledgers(
        &self,
        programme: &mut Programme,
        scenario: usize,
        period: usize,
        columns: &mut Columns,
    ) {
        let weight = self.paths.weights[scenario] * self.rules.weight(period);
        let Some(now) = self.rows(scenario, period) else { return };
        let next = self.rows(scenario, period + 1);
        let refused = if self.paths.binding { dearest(self.network) } else { 0.0 };
        for (at, ledger) in self.terms.ledgers.iter().enumerate() {
            let row = now.ledgers[at];
            let mut unfilled = vec![(row, 1.0)];
            unfilled.extend(next.filter(|_| ledger.waits).map(|next| (next.ledgers[at], -1.0)));
            let added = LedgerColumns {
                unfilled: programme.add_column(weight * (ledger.penalty + refused), &unfilled),
                requested: programme.add_column(0.0, &[(row, -1.0)]),
                lapsed: programme.add_column(0.0, &[(row, 1.0)]),
            };
            // Whether there is a bound is part of the structure; how large it is comes with each solve.
            programme.set_upper(added.lapsed, 0.0);
            if ledger.is_sure || !ledger.waits && period >= ledger.delay {
                programme.set_upper(added.unfilled, 0.0);
            }
            if period < ledger.delay {
                programme.set_upper(added.requested, 0.0);
            }
            columns.ledgers.push(added);
        }
    }

    /// What stands beyond its room, or is thrown away.
    pub fn add_rooms(&self, programme: &mut Programme, scenario: usize, period: usize) {
        let Some(physics) = self.network.physics.as_deref() else { return };
        let weight = self.paths.weights[scenario] * self.rules.weight(period);
        let Some(now) = self.rows(scenario, period) else { return };
        for (at, room) in physics.rooms.iter().enumerate().filter(|(_, room)| !room.room.discards) {
            programme.add_column(weight * room.room.cost, &[(now.rooms[at], -1.0)]);
        }
        for (at, &(node, room)) in self.terms.discarding.iter().enumerate() {
            let entries = [(now.balance[node.position()], 1.0), (now.discards[at], 1.0)];
            programme.add_column(weight * physics.rooms[room].room.cost, &entries);
        }
    }

    /// What spoils.
    pub fn add_waste(&self, programme: &mut Programme, scenario: usize, period: usize) {
        let physics = self.network.physics.as_deref();
        let Some(shelf) = physics.and_then(|physics| physics.shelf.as_ref()) else { return };
        let weight = self.paths.weights[scenario] * self.rules.weight(period);
        let Some(now) = self.rows(scenario, period) else { return };
        for (node, _) in self.terms.lives.iter().filter(|&(_, &life)| life > 0) {
            let mut entries = vec![(now.balance[node.position()], 1.0)];
            entries.extend(now.spoiling[node.position()].map(|row| (row, 1.0)));
            programme.add_column(weight * shelf.waste[node], &entries);
        }
    }

    pub fn add_stocks(
        &self,
        programme: &mut Programme,
        scenario: usize,
        period: usize,
        columns: &mut Columns,
    ) {
        let weight = self.paths.weights[scenario] * self.rules.weight(period);
        let Some(now) = self.rows(scenario, period) else { return };
        for (node, row) in self.network.managed.iter() {
            let mut entries = vec![(now.balance[node.position()], 1.0)];
            entries.extend(self.volume(node).map(|(at, _, volume)| (now.rooms[at], volume)));
            entries.extend(self.carried_over(scenario, period, node));
            entries.extend(now.fresh[node.position()].map(|row| (row, 1.0)));
            let last = self.paths.ends_episode && period + 1 == self.paths.periods();
            let salvage = if last { row.salvage_value * self.supply.kept(period, node) } else { 0.0 };
            let cost = weight * (row.holding_cost - salvage);
            if row.markets.is_empty() {
                programme.add_column(cost, &entries);
                continue;
            }
            for level in 0..=self.levels {
                let column = programme.add_column(cost, &entries);
                if level < self.levels {
                    programme.set_upper(column, 0.0);
                }
                columns.stocks.push((column, cost));
            }
        }
    }

    /// Entries of a stock at the end of a period in the rows of the next.
    fn carried_over(
        &self,
        scenario: usize,
        period: usize,
        node: ManagedIx,
    ) -> impl Iterator<Item = (Row, f64)> {
        let next = self.rows(scenario, period + 1);
        let kept = self.supply.kept(period, node);
        let rows = next.map(|next| [Some(next.balance[node.position()]), next.shipping[node.position()]]);
        rows.into_iter().flatten().flatten().map(move |row| (row, -kept))
    }
}

/// Highest price of a market link [money / unit].
pub(super) fn dearest(network: &Network) -> f64 {
    network.market.rows().iter().map(|link| link.price).fold(0.0, f64::max)
}
