//! What a window takes from the state of a network with mechanisms: requests made before, who waits, what is down.

use invmgmt::network::{Network, SupplyLinkIx, TableIndex};
use invmgmt::period::StateView;

use super::Window;
use crate::lp::Solution;
use crate::planning::Paths;
use crate::planning::lots::orders_cost;
use crate::planning::supply::Supply;

/// What limits a link [units].
#[derive(Clone, Copy)]
struct Limits {
    /// Its flow in a period.
    cap: f64,
    /// An order.
    order: f64,
}

impl Limits {
    const NONE: Self = Self { cap: f64::INFINITY, order: f64::INFINITY };
}

impl Window {
    /// What arrives of the goods on their way, period by period and node by node [units].
    pub(super) fn arriving(&self, state: &StateView<'_>, periods: usize) -> Vec<f64> {
        let (network, nodes) = (state.network, state.network.managed.len());
        let supply = Supply::new(network, self.drawn.as_ref());
        let mut arriving = vec![0.0; periods * nodes];
        for (node, row) in network.managed.iter() {
            for &link in &row.incoming {
                supply.in_transit(state, link, |period, _, units| {
                    if period < periods {
                        arriving[period * nodes + node.position()] += units;
                    }
                });
            }
        }
        arriving
    }

    /// What goods cost that are on their way at the start, less what those are worth that arrive as the episode ends
    /// [money].
    pub fn cost_of_opening(&self, state: &StateView<'_>, periods: usize) -> f64 {
        let (network, rules) = (state.network, state.rules);
        let supply = Supply::new(network, self.drawn.as_ref());
        let mut cost = 0.0;
        for (link, row) in network.supply.iter() {
            supply.in_transit(state, link, |period, units, arriving| {
                let way: f64 = (0..period.min(periods)).map(|period| rules.weight(period)).sum();
                cost += way * row.pipeline_holding_cost * units;
                let received = supply.received(period);
                if received < periods && row.supplier.is_none() && supply.pays_on_arrival(link) {
                    cost += rules.weight(received) * row.price * arriving;
                }
                if period == periods && received < periods {
                    let worth = network.managed[row.buyer].salvage_value;
                    cost -= rules.weight(received) * worth * arriving;
                }
            });
        }
        cost
    }

    /// Requests made before, who waits, rooms and resources.
    pub(super) fn set_right_hand_sides_of_mechanisms(
        &mut self,
        state: &StateView<'_>,
        arriving: &[f64],
        periods: usize,
    ) {
        let (network, terms) = (state.network, &self.terms);
        let Some(physics) = network.physics.as_deref() else { return };
        self.owed = terms.ledgers.iter().map(|ledger| ledger.owed(state).sum()).collect();
        for (position, rows) in self.rows.iter().enumerate() {
            let period = position % periods;
            for ((ledger, row), owed) in terms.ledgers.iter().zip(&rows.ledgers).zip(&self.owed) {
                let owed = if period == 0 { *owed } else { 0.0 };
                self.right[row.position()] = ledger.read(state, period) + owed;
            }
            for (columns, ledger) in
                self.columns.ledgers[position * terms.ledgers.len()..].iter().zip(&terms.ledgers)
            {
                self.programme.set_upper(columns.lapsed, ledger.lapsing(state, period));
            }
            for (link, customers) in terms.customers.iter() {
                for (group, row) in rows.waiting[link.position()].iter().enumerate() {
                    let waiting = customers.as_ref().filter(|_| period == 0);
                    self.right[row.position()] = waiting.map_or(0.0, |row| row.waiting(state, group));
                }
            }
            for (resource, row) in physics.resources.iter().zip(&rows.resources) {
                self.right[row.position()] = resource.per_period;
            }
            for (room, row) in physics.rooms.iter().zip(&rows.rooms) {
                let held: f64 = room.points.iter().map(|&(node, volume)| volume * state.on_hand(node)).sum();
                // What is there already stays, however small the room.
                let space = if room.room.discards { room.room.space.max(held) } else { room.room.space };
                self.right[row.position()] = space;
            }
            for (node, rows) in network.managed.indices().zip(rows.fresh.iter().zip(&rows.spoiling)) {
                let (Some(row), spoiling) = rows else { continue };
                // What is here and will not have spoiled by then, and what has arrived by then and will not have
                // either.
                let held: f64 = state.on_hand_by_life(node).skip(period + 1).sum();
                let oldest = (period + 1).checked_sub(terms.lives[node]);
                let arrived = oldest.map_or(0.0, |at| arriving[at * network.managed.len() + node.position()]);
                if let Some(spoiling) = spoiling {
                    let reaches_age = state.on_hand_by_life(node).nth(period).unwrap_or(0.0) + arrived;
                    self.right[spoiling.position()] = reaches_age;
                }
                let soonest = (period + 2).saturating_sub(terms.lives[node]);
                let arrivals =
                    (soonest..=period).map(|at| arriving[at * network.managed.len() + node.position()]);
                self.right[row.position()] = held + arrivals.sum::<f64>();
            }
            for (&(node, _), row) in terms.discarding.iter().zip(&rows.discards) {
                self.right[row.position()] = arriving[period * network.managed.len() + node.position()];
            }
        }
    }

    /// Lets no more flow than links carry, nothing where something is down, and no order where none is to be made.
    pub(super) fn set_limits(&mut self, state: &StateView<'_>, paths: &Paths) {
        let network = state.network;
        let physics = network.physics.as_deref();
        let is_limited = physics.is_some_and(|physics| {
            !(physics.caps.is_empty() && physics.chains.is_empty() && physics.sizes.is_empty())
        });
        if !is_limited && !orders_cost(network) {
            return;
        }
        let (links, periods) = (network.supply.len(), self.rows.len() / self.weights.len());
        let supply = Supply::new(network, self.drawn.as_ref());
        let mut working = Vec::new();
        if physics.is_some_and(|physics| !physics.chains.is_empty()) {
            for period in 0..periods {
                let links = network.supply.indices();
                working.extend(links.map(|link| supply.working(state, period, link)));
            }
        }
        let mut limits = vec![Limits::NONE; links];
        if let Some(physics) = physics {
            physics.caps.iter().for_each(|&(link, most)| limits[link.position()].cap = most);
            physics.sizes.iter().for_each(|size| limits[size.link.position()].order = size.most);
        }
        let largest_order = |period: usize, link: SupplyLinkIx| {
            let is_closed = paths.closed.get(period * links + link.position()).is_some_and(|&closed| closed);
            let takes = !is_closed && working_at(&working, links, period, link).1;
            if takes { limits[link.position()].order } else { 0.0 }
        };
        for &(column, period, link) in &self.columns.limited {
            let ledger = self.terms.ledger_of[link].map(|at| &self.terms.ledgers[at]);
            let (delay, waits) = ledger.map_or((0, false), |ledger| (ledger.delay, ledger.waits));
            let (factor, _) = working_at(&working, links, period, link);
            let mut most = limits[link.position()].cap;
            if let (false, Some(decided)) = (waits, period.checked_sub(delay)) {
                most = most.min(largest_order(decided, link));
            }
            let is_partly_down = factor < 1.0 && period == 0 && self.drawn.is_none();
            if let Some(supplier) = network.supply[link].supplier.filter(|_| is_partly_down) {
                most = most.min(state.on_hand(supplier.node) * supplier.production_yield);
            }
            self.programme.set_upper(column, if factor > 0.0 { factor * most } else { 0.0 });
        }
        let ledgers = self.terms.ledgers.len();
        for (at, columns) in self.columns.ledgers.iter().enumerate() {
            let (ledger, period) = (&self.terms.ledgers[at % ledgers], at / ledgers % periods);
            let decided = period.checked_sub(ledger.delay).filter(|_| ledger.waits);
            if let Some(decided) = decided {
                self.programme.set_upper(columns.requested, largest_order(decided, ledger.link));
            }
        }
        self.working = working;
    }

    /// Lets orders cost what they are charged besides.
    pub(super) fn set_charges(&mut self, network: &Network, paths: &Paths) {
        if !orders_cost(network) {
            return;
        }
        for place in 0..self.columns.limited.len() {
            let (column, cost) = (self.columns.limited[place].0, self.columns.limited_costs[place]);
            self.programme.set_cost(column, cost + self.charge(network, paths, place));
        }
        let ledgers = self.terms.ledgers.len();
        for (at, columns) in self.columns.ledgers.iter().enumerate() {
            let (ledger, period) = (&self.terms.ledgers[at % ledgers], at / ledgers % paths.periods());
            if let Some(decided) = period.checked_sub(ledger.delay).filter(|_| ledger.waits) {
                let charge = paths.charges.get(decided * network.supply.len() + ledger.link.position());
                self.programme.set_cost(columns.requested, charge.copied().unwrap_or(0.0));
            }
        }
    }

    /// What a limited flow is charged besides, where it is what is ordered [money / unit].
    fn charge(&self, network: &Network, paths: &Paths, place: usize) -> f64 {
        let (_, period, link) = self.columns.limited[place];
        let ledger = self.terms.ledger_of[link].map(|at| &self.terms.ledgers[at]);
        let (delay, waits) = ledger.map_or((0, false), |ledger| (ledger.delay, ledger.waits));
        let decided = period.checked_sub(delay).filter(|_| !waits);
        let charge =
            decided.and_then(|period| paths.charges.get(period * network.supply.len() + link.position()));
        charge.copied().unwrap_or(0.0)
    }

    /// What a plan is charged besides [money].
    pub(super) fn charged(&self, network: &Network, paths: &Paths, plan: &Solution) -> f64 {
        if paths.charges.is_empty() {
            return 0.0;
        }
        let flows = (0..self.columns.limited.len()).map(|place| {
            plan.values[self.columns.limited[place].0.position()] * self.charge(network, paths, place)
        });
        let ledgers = self.columns.ledgers.iter().map(|columns| {
            let at = columns.requested.position();
            self.programme.costs()[at] * plan.values[at]
        });
        flows.sum::<f64>() + ledgers.sum::<f64>()
    }
}

/// What is left of the flow on a link in a period, and whether its requests are taken then; all, where nothing fails.
pub(super) fn working_at(
    working: &[(f64, bool)],
    links: usize,
    period: usize,
    link: SupplyLinkIx,
) -> (f64, bool) {
    working.get(period * links + link.position()).copied().unwrap_or((1.0, true))
}
