//! What moved in a period: goods and money.

use crate::network::{LinkIx, ManagedIx, MarketLinkIx, Network, SupplyLinkIx, Table};

/// Names of a node's cost parts, in the order of [`CostParts::values`].
pub const COST_PARTS: [&str; 6] =
    ["revenue", "procurement_cost", "holding_cost", "operating_cost", "unmet_penalty", "fixed_order_cost"];

/// A managed node's money in one period, before discounting [money]. All parts are >= 0 as long as stocks are.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CostParts {
    /// Sales to customers and to other nodes.
    pub revenue: f64,
    /// Purchases from suppliers, paid when the order is placed.
    pub procurement: f64,
    /// Stock on hand and orders on their way at the end of the period.
    pub holding: f64,
    /// Production.
    pub operating: f64,
    /// Penalty for unmet demand.
    pub unmet_penalty: f64,
    /// Fixed cost of orders.
    pub fixed_order: f64,
}

impl CostParts {
    /// The parts in the order of [`COST_PARTS`].
    pub fn values(&self) -> [f64; 6] {
        [self.revenue, self.procurement, self.holding, self.operating, self.unmet_penalty, self.fixed_order]
    }

    /// Adds another's parts, weighted.
    pub fn add(&mut self, other: &Self, weight: f64) {
        self.revenue += weight * other.revenue;
        self.procurement += weight * other.procurement;
        self.holding += weight * other.holding;
        self.operating += weight * other.operating;
        self.unmet_penalty += weight * other.unmet_penalty;
        self.fixed_order += weight * other.fixed_order;
    }

    /// Revenue less all costs [money].
    #[inline]
    pub fn profit(&self) -> f64 {
        self.revenue
            - self.procurement
            - self.holding
            - self.operating
            - self.unmet_penalty
            - self.fixed_order
    }
}

/// The flows of the last period played; one set of buffers serves any number of episodes in turn.
#[derive(Clone, Debug)]
pub struct Flows {
    /// Units filled, per supply link [units].
    pub filled: Table<SupplyLinkIx, f64>,
    /// Units sold, per market link [units].
    pub sold: Table<MarketLinkIx, f64>,
    /// Money before discounting, per managed node [money].
    pub parts: Table<ManagedIx, CostParts>,
    /// Discounted profit, per managed node [money].
    pub profit: Table<ManagedIx, f64>,
    /// Units shipped on supply links, per managed node [units].
    pub(super) shipped: Table<ManagedIx, f64>,
    /// Units arriving, per managed node [units].
    pub(super) arriving: Table<ManagedIx, f64>,
    /// Stock promised to earlier links of the period, per managed node [units of stock].
    pub(super) promised: Table<ManagedIx, f64>,
}

impl Flows {
    /// Empty buffers for a network.
    pub fn new(network: &Network) -> Self {
        let nodes = network.managed.len();
        Self {
            filled: vec![0.0; network.supply.len()].into(),
            sold: vec![0.0; network.market.len()].into(),
            parts: vec![CostParts::default(); nodes].into(),
            profit: vec![0.0; nodes].into(),
            shipped: vec![0.0; nodes].into(),
            arriving: vec![0.0; nodes].into(),
            promised: vec![0.0; nodes].into(),
        }
    }

    /// Units that moved on any link: filled on a supply link, sold on a market link [units].
    pub fn moved(&self, network: &Network, link: LinkIx) -> f64 {
        match network.links[link] {
            crate::network::Link::Supply(supply) => self.filled[supply],
            crate::network::Link::Market(market) => self.sold[market],
        }
    }

    /// The money of all nodes together, before discounting.
    pub fn total_parts(&self) -> CostParts {
        let mut total = CostParts::default();
        self.parts.rows().iter().for_each(|node| total.add(node, 1.0));
        total
    }

    pub(super) fn clear(&mut self) {
        for node in self.shipped.indices() {
            self.shipped[node] = 0.0;
            self.arriving[node] = 0.0;
            self.promised[node] = 0.0;
            self.parts[node] = CostParts::default();
        }
    }
}
