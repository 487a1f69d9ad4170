//! What moved in a period: goods and money.

use crate::network::{Link, LinkIx, ManagedIx, MarketLinkIx, Network, SupplyLinkIx, Table};

/// Names of a node's cost parts, in the order of [`CostParts::values`].
pub const COST_PARTS: [&str; 7] = [
    "revenue",
    "procurement_cost",
    "holding_cost",
    "operating_cost",
    "unmet_penalty",
    "fixed_order_cost",
    "salvage",
];

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
    /// Worth of the stock on hand when the horizon ends; 0 in every period but the last. An income, like revenue.
    pub salvage: f64,
}

impl CostParts {
    /// The parts in the order of [`COST_PARTS`].
    pub fn values(&self) -> [f64; 7] {
        [
            self.revenue,
            self.procurement,
            self.holding,
            self.operating,
            self.unmet_penalty,
            self.fixed_order,
            self.salvage,
        ]
    }

    /// Adds another's parts, weighted.
    pub fn add(&mut self, other: &Self, weight: f64) {
        self.revenue += weight * other.revenue;
        self.procurement += weight * other.procurement;
        self.holding += weight * other.holding;
        self.operating += weight * other.operating;
        self.unmet_penalty += weight * other.unmet_penalty;
        self.fixed_order += weight * other.fixed_order;
        self.salvage += weight * other.salvage;
    }

    /// Revenue and salvage less all costs [money].
    pub fn profit(&self) -> f64 {
        self.trading_profit() + self.salvage
    }

    /// Revenue less all costs, without salvage [money]: what every period but the last comes to.
    #[inline]
    pub(super) fn trading_profit(&self) -> f64 {
        self.revenue
            - self.procurement
            - self.holding
            - self.operating
            - self.unmet_penalty
            - self.fixed_order
    }
}

/// What moved at one managed node in a period.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct NodeFlows {
    /// Money before discounting [money].
    pub parts: CostParts,
    /// Discounted profit [money].
    pub profit: f64,
    /// Units shipped on supply links [units].
    pub(super) shipped: f64,
    /// Stock promised to earlier links of the period [units of stock].
    pub(super) promised: f64,
    /// Units arriving [units].
    pub(super) arriving: f64,
}

/// The flows of the last period played; one set of buffers serves any number of episodes in turn.
#[derive(Clone, Debug)]
pub struct Flows {
    /// Units filled, per supply link [units].
    pub filled: Table<SupplyLinkIx, f64>,
    /// Units sold, per market link [units].
    pub sold: Table<MarketLinkIx, f64>,
    /// Goods and money per managed node.
    pub nodes: Table<ManagedIx, NodeFlows>,
}

impl Flows {
    /// Empty buffers for a network.
    pub fn new(network: &Network) -> Self {
        Self {
            filled: vec![0.0; network.supply.len()].into(),
            sold: vec![0.0; network.market.len()].into(),
            nodes: vec![NodeFlows::default(); network.managed.len()].into(),
        }
    }

    /// Units that moved on any link: filled on a supply link, sold on a market link [units].
    pub fn moved(&self, network: &Network, link: LinkIx) -> f64 {
        match network.links[link] {
            Link::Supply(supply) => self.filled[supply],
            Link::Market(market) => self.sold[market],
        }
    }

    /// The money of all nodes together, before discounting.
    pub fn total_parts(&self) -> CostParts {
        let mut total = CostParts::default();
        self.nodes.rows().iter().for_each(|node| total.add(&node.parts, 1.0));
        total
    }
}
