//! Stock beyond all use, which is planned apart.
//!
//! A programme whose numbers span many sizes cannot be solved exactly: beside a stock of billions a demand of twenty is
//! less than a solver's noise. Of a node's stock no more can be of use than the demand of all markets it reaches, with
//! what is lost in making on the way. What is beyond that can only lie or be moved to where it lies more cheaply, and
//! as no two units of it are in each other's way, each takes the cheapest way through time and network that there is
//! for one. It is cut off before the programme is solved and its way is added to the answer.

use invmgmt::network::{ManagedIx, MarketLinkIx, Network, SupplyLinkIx, Table, TableIndex};
use invmgmt::period::{Rules, StateView};

use super::Paths;

/// What shipping surplus must save to be done, relative to what keeping it costs: more than rounding.
const WORTH_IT: f64 = 1e-9;

/// Where surplus goes: planned for a network, rules and a window.
#[derive(Debug)]
pub(super) struct Surplus {
    periods: usize,
    /// Per managed node, the market links it reaches and the units of its stock that a unit sold there takes at most.
    reached: Table<ManagedIx, Vec<(MarketLinkIx, f64)>>,
    /// Per managed node and period, what a unit there at its start costs from then on, at best [money / unit].
    costs: Table<ManagedIx, Vec<f64>>,
    /// Likewise, the link on which it is best shipped then, if it is.
    ways: Table<ManagedIx, Vec<Option<SupplyLinkIx>>>,
    /// Cost of a unit kept in a period [money / unit], per managed node.
    keeping: Table<ManagedIx, Vec<f64>>,
    /// Whether its surplus may be planned apart: not where shipping it pays, and capacity is short.
    is_apart: Table<ManagedIx, bool>,
}

impl Surplus {
    pub fn new(network: &Network, rules: &Rules, paths: &Paths) -> Self {
        let periods = paths.periods();
        let nodes = network.managed.len();
        let empty: Table<ManagedIx, Vec<f64>> = vec![Vec::new(); nodes].into();
        let mut surplus = Self {
            periods,
            reached: vec![Vec::new(); nodes].into(),
            costs: empty.clone(),
            ways: vec![Vec::new(); nodes].into(),
            keeping: empty,
            is_apart: vec![true; nodes].into(),
        };
        for node in network.buyers_first() {
            surplus.reach(network, node);
            surplus.weigh(network, rules, paths, node);
        }
        surplus
    }

    fn reach(&mut self, network: &Network, node: ManagedIx) {
        let row = &network.managed[node];
        let mut reached: Vec<(MarketLinkIx, f64)> =
            row.markets.iter().map(|&link| (link, row.stock_per_unit)).collect();
        for &link in &row.outgoing {
            let further = &self.reached[network.supply[link].buyer];
            reached.extend(further.iter().map(|&(market, units)| (market, units * row.stock_per_unit)));
        }
        // The way that takes most stands first.
        reached.sort_by(|a, b| a.0.position().cmp(&b.0.position()).then(b.1.total_cmp(&a.1)));
        reached.dedup_by_key(|(market, _)| *market);
        self.reached[node] = reached;
    }

    /// The cheapest way of a unit from this node, period by period from the last; its buyers have been weighed.
    fn weigh(&mut self, network: &Network, rules: &Rules, paths: &Paths, node: ManagedIx) {
        let (row, periods) = (&network.managed[node], self.periods);
        let worth = if paths.ends_episode { row.salvage_value * rules.weight(periods - 1) } else { 0.0 };
        let limited = row.factory.is_some_and(|factory| factory.capacity.is_finite());
        let (mut costs, mut ways) = (vec![-worth; periods + 1], vec![None; periods]);
        self.keeping[node] = (0..periods).map(|period| rules.weight(period) * row.holding_cost).collect();
        for period in (0..periods).rev() {
            let mut best = self.keeping[node][period] + costs[period + 1];
            for &link in &row.outgoing {
                let cost = self.cost_of_way(network, rules, link, period) / row.stock_per_unit;
                if cost < best - WORTH_IT * best.abs() {
                    if limited {
                        self.is_apart[node] = false;
                        continue;
                    }
                    (best, ways[period]) = (cost, Some(link));
                }
            }
            costs[period] = best;
        }
        (self.costs[node], self.ways[node]) = (costs, ways);
    }

    /// What a unit shipped on a link in a period costs from then on [money / unit].
    fn cost_of_way(&self, network: &Network, rules: &Rules, link: SupplyLinkIx, period: usize) -> f64 {
        let row = &network.supply[link];
        let made = row.supplier.and_then(|supplier| network.managed[supplier.node].factory);
        let making = made.map_or(0.0, |factory| factory.operating_cost) * rules.weight(period);
        let arrival = period + row.lead_time;
        let way: f64 = (period..arrival.min(self.periods)).map(|period| rules.weight(period)).sum();
        let there = if arrival < self.periods {
            self.keeping[row.buyer][arrival] + self.costs[row.buyer][arrival + 1]
        } else {
            0.0
        };
        making + way * row.pipeline_holding_cost + there
    }

    /// Units of stock that can be of use at each node: for customers, and for safety stocks of these levels at most.
    pub fn useful(&self, state: &StateView<'_>, paths: &Paths) -> Table<ManagedIx, f64> {
        let network = state.network;
        let level = paths.buffers.iter().map(|buffer| buffer.level).fold(0.0, f64::max);
        let wanted = |link: MarketLinkIx| {
            let of = |scenario| (0..paths.periods()).map(|period| paths.demand(scenario, period, link)).sum();
            let most = (0..paths.scenarios()).map(of).fold(0.0, f64::max);
            most + level + if state.rules.backlog { state.unmet(link) } else { 0.0 }
        };
        let wanted: Vec<f64> = network.market.indices().map(wanted).collect();
        let of_node = |node: ManagedIx| {
            let reached = &self.reached[node];
            let units = reached.iter().map(|&(link, units)| units * wanted[link.position()]).sum();
            if self.is_apart[node] { units } else { f64::INFINITY }
        };
        network.managed.indices().map(of_node).collect::<Vec<f64>>().into()
    }

    /// What surplus costs that is at a node at the start of a period, and its way: `ship` is told period, link and
    /// units shipped. Periods from 0; a node may hold some at its end, too.
    pub fn send(
        &self,
        network: &Network,
        node: ManagedIx,
        period: usize,
        units: f64,
        ship: &mut impl FnMut(usize, SupplyLinkIx, f64),
    ) -> f64 {
        let cost = units * self.costs[node][period];
        let (mut node, mut period, mut units) = (node, period, units);
        while period < self.periods {
            let Some(link) = self.ways[node][period] else {
                period += 1;
                continue;
            };
            let row = &network.supply[link];
            units /= network.managed[node].stock_per_unit;
            ship(period, link, units);
            (node, period) = (row.buyer, period + row.lead_time + 1);
        }
        cost
    }

    /// Cost of a unit kept at a node in a period [money / unit].
    pub fn keeping(&self, node: ManagedIx, period: usize) -> f64 {
        self.keeping[node][period]
    }
}
