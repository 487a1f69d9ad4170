//! Rows and columns of a window: the rules of a period, written once for every period and scenario.

use invmgmt::network::{ManagedIx, MarketLinkIx, Network, SupplyLinkIx, TableIndex};
use invmgmt::period::Rules;

use super::Paths;
use crate::lp::{Column, Programme, Row, RowKind, value_unit};

/// What tips the scales between plans that earn the same, in units of the dearest price: too little to outweigh any
/// cost, enough to stand out from a solver's noise.
const PROMPTNESS: f64 = 1e-5;

/// Rows of one scenario and period, each group in the order of its table.
pub(super) struct PeriodRows {
    pub balance: Vec<Row>,
    /// What a node ships against what it held; for nodes that ship to others.
    pub shipping: Vec<Option<Row>>,
    pub capacity: Vec<Option<Row>>,
    pub demand: Vec<Row>,
}

impl PeriodRows {
    pub fn add(programme: &mut Programme, network: &Network) -> Self {
        let nodes = network.managed.rows();
        Self {
            balance: nodes.iter().map(|_| programme.add_row(RowKind::Equal)).collect(),
            shipping: nodes
                .iter()
                .map(|node| (!node.outgoing.is_empty()).then(|| programme.add_row(RowKind::AtMost)))
                .collect(),
            capacity: nodes
                .iter()
                .map(|node| {
                    let limited = node.factory.is_some_and(|factory| factory.capacity.is_finite());
                    (limited && !node.outgoing.is_empty()).then(|| programme.add_row(RowKind::AtMost))
                })
                .collect(),
            demand: network.market.rows().iter().map(|_| programme.add_row(RowKind::Equal)).collect(),
        }
    }
}

/// Writes the columns of a window.
pub(super) struct Builder<'a> {
    pub network: &'a Network,
    pub rules: &'a Rules,
    pub paths: &'a Paths,
    pub rows: &'a [PeriodRows],
    /// Safety stocks per retailer.
    pub levels: usize,
}

impl Builder<'_> {
    fn rows(&self, scenario: usize, period: usize) -> Option<&PeriodRows> {
        (period < self.paths.periods()).then(|| &self.rows[scenario * self.paths.periods() + period])
    }

    /// A column per supply link, period and scenario that leads; returns those of scenario 0.
    pub fn add_flows(&self, programme: &mut Programme) -> Vec<Column> {
        let mut first = Vec::with_capacity(self.paths.periods() * self.network.supply.len());
        for period in 0..self.paths.periods() {
            for leader in (0..self.paths.scenarios()).filter(|&s| self.paths.leader(s, period) == s) {
                for link in self.network.supply.indices() {
                    let (mut entries, mut weight) = (Vec::new(), 0.0);
                    for scenario in 0..self.paths.scenarios() {
                        if self.paths.leader(scenario, period) == leader {
                            self.add_flow_entries(scenario, period, link, &mut entries);
                            weight += self.paths.weights[scenario];
                        }
                    }
                    let cost = weight * self.flow_cost(period, link) - self.promptness(period, link);
                    let column = programme.add_column(cost, &entries);
                    if leader == 0 {
                        first.push(column);
                    }
                }
            }
        }
        first
    }

    fn add_flow_entries(
        &self,
        scenario: usize,
        period: usize,
        link: SupplyLinkIx,
        entries: &mut Vec<(Row, f64)>,
    ) {
        let row = &self.network.supply[link];
        if let Some(arrival) = self.rows(scenario, period + row.lead_time) {
            entries.push((arrival.balance[row.buyer.position()], -1.0));
        }
        let (Some(supplier), Some(now)) = (&row.supplier, self.rows(scenario, period)) else { return };
        let node = supplier.node.position();
        entries.push((now.balance[node], supplier.stock_per_unit));
        entries.extend(now.shipping[node].map(|row| (row, supplier.stock_per_unit)));
        entries.extend(now.capacity[node].map(|row| (row, 1.0)));
    }

    /// What shipping a unit between nodes at once is worth besides, where paths ask for prompt plans [money / unit].
    fn promptness(&self, period: usize, link: SupplyLinkIx) -> f64 {
        let ships_now = period == 0 && self.network.supply[link].supplier.is_some();
        if self.paths.prompt && ships_now { PROMPTNESS * value_unit(dearest(self.network)) } else { 0.0 }
    }

    /// Cost of a unit ordered in a period: its price where money leaves the company, what making it costs, and its way.
    fn flow_cost(&self, period: usize, link: SupplyLinkIx) -> f64 {
        let row = &self.network.supply[link];
        let making = match row.supplier {
            // What the buyer pays, the supplier earns.
            Some(supplier) => {
                self.network.managed[supplier.node].factory.map_or(0.0, |made| made.operating_cost)
            }
            None => row.price,
        };
        let on_its_way = period..(period + row.lead_time).min(self.paths.periods());
        let way: f64 = on_its_way.map(|period| self.rules.weight(period)).sum();
        self.rules.weight(period) * making + way * row.pipeline_holding_cost
    }

    pub fn add_sales(
        &self,
        programme: &mut Programme,
        scenario: usize,
        period: usize,
        shortages: &mut Vec<(Column, f64)>,
    ) {
        let weight = self.paths.weights[scenario] * self.rules.weight(period);
        let Some(now) = self.rows(scenario, period) else { return };
        for (link, row) in self.network.market.iter() {
            let demand = now.demand[link.position()];
            let made = self.network.managed[row.retailer].factory.map_or(0.0, |made| made.operating_cost);
            let stock = now.balance[row.retailer.position()];
            programme.add_column(weight * (made - row.price), &[(stock, 1.0), (demand, 1.0)]);
            let mut short = vec![(demand, 1.0)];
            if self.rules.backlog {
                short.extend(self.next_demand(scenario, period, link).map(|row| (row, -1.0)));
            }
            let cost = weight * row.unmet_penalty;
            shortages.push((programme.add_column(cost, &short), cost));
        }
    }

    fn next_demand(&self, scenario: usize, period: usize, link: MarketLinkIx) -> Option<Row> {
        self.rows(scenario, period + 1).map(|next| next.demand[link.position()])
    }

    pub fn add_stocks(
        &self,
        programme: &mut Programme,
        scenario: usize,
        period: usize,
        stocks: &mut Vec<(Column, f64)>,
    ) {
        let weight = self.paths.weights[scenario] * self.rules.weight(period);
        let Some(now) = self.rows(scenario, period) else { return };
        for (node, row) in self.network.managed.iter() {
            let mut entries = vec![(now.balance[node.position()], 1.0)];
            entries.extend(self.carried_over(scenario, period, node));
            let last = self.paths.ends_episode && period + 1 == self.paths.periods();
            let salvage = if last { row.salvage_value } else { 0.0 };
            let cost = weight * (row.holding_cost - salvage);
            if row.markets.is_empty() {
                programme.add_column(cost, &entries);
                continue;
            }
            for level in 0..=self.levels {
                let column = programme.add_column(cost, &entries);
                if level < self.levels {
                    // Whether there is a bound is part of the structure; how large it is comes with each solve.
                    programme.set_upper(column, 0.0);
                }
                stocks.push((column, cost));
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
        let rows = next.map(|next| [Some(next.balance[node.position()]), next.shipping[node.position()]]);
        rows.into_iter().flatten().flatten().map(|row| (row, -1.0))
    }
}

/// Highest price of a market link [money / unit].
pub(super) fn dearest(network: &Network) -> f64 {
    network.market.rows().iter().map(|link| link.price).fold(0.0, f64::max)
}
