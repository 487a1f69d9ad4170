//! What moved in a period, goods and money; and the state of the episodes while they play it.

use std::ops::{AddAssign, Mul, Sub};

use super::mechanisms::MechanismFlows;
use super::{ExtraCosts, Lanes, Losses};
use crate::episode::NodePeriod;
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
pub struct CostParts<T = f64> {
    /// Sales to customers and to other nodes.
    pub revenue: T,
    /// Purchases from suppliers, paid when the order is placed.
    pub procurement: T,
    /// Stock on hand and orders on their way at the end of the period.
    pub holding: T,
    /// Production.
    pub operating: T,
    /// Penalty for unmet demand.
    pub unmet_penalty: T,
    /// Fixed cost of orders.
    pub fixed_order: T,
    /// Worth of the stock on hand when the horizon ends; 0 in every period but the last. An income, like revenue.
    pub salvage: T,
    /// What only mechanisms cost, all together: [`EXTRA_COSTS`](super::EXTRA_COSTS). It has no name among
    /// [`COST_PARTS`]; a plain network has none.
    pub extra: T,
}

impl<T: Copy + AddAssign + Mul<Output = T>> CostParts<T> {
    /// Adds another's parts, weighted.
    #[inline(always)]
    pub fn add(&mut self, other: &Self, weight: T) {
        self.revenue += weight * other.revenue;
        self.procurement += weight * other.procurement;
        self.holding += weight * other.holding;
        self.operating += weight * other.operating;
        self.unmet_penalty += weight * other.unmet_penalty;
        self.fixed_order += weight * other.fixed_order;
        self.salvage += weight * other.salvage;
        self.extra += weight * other.extra;
    }
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

    /// Revenue and salvage less all costs [money].
    pub fn profit(&self) -> f64 {
        self.trading_profit() + self.salvage - self.extra
    }
}

impl<T: Copy + Sub<Output = T>> CostParts<T> {
    /// Revenue less all costs, without salvage [money]: what every period but the last comes to.
    #[inline(always)]
    pub(super) fn trading_profit(&self) -> T {
        self.revenue
            - self.procurement
            - self.holding
            - self.operating
            - self.unmet_penalty
            - self.fixed_order
    }
}

impl<const W: usize> CostParts<Lanes<W>> {
    /// One episode's parts.
    pub fn lane(&self, lane: usize) -> CostParts {
        CostParts {
            revenue: self.revenue[lane],
            procurement: self.procurement[lane],
            holding: self.holding[lane],
            operating: self.operating[lane],
            unmet_penalty: self.unmet_penalty[lane],
            fixed_order: self.fixed_order[lane],
            salvage: self.salvage[lane],
            extra: self.extra[lane],
        }
    }
}

/// What moved at one managed node in a period.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct NodeFlows<const W: usize> {
    /// Units.
    pub goods: Goods<W>,
    /// Money before discounting [money].
    pub parts: CostParts<Lanes<W>>,
    /// Discounted profit [money].
    pub profit: Lanes<W>,
}

/// Units that moved at one managed node in a period.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Goods<const W: usize> {
    /// Units shipped on supply links [units].
    pub shipped: Lanes<W>,
    /// Stock promised to earlier links of the period [units of stock].
    pub promised: Lanes<W>,
    /// Units arriving [units].
    pub arriving: Lanes<W>,
}

/// The flows of the last period played by `W` episodes side by side; one set of buffers serves any number of episodes
/// in turn.
#[derive(Clone, Debug)]
pub struct Flows<const W: usize = 1> {
    /// Units filled, per supply link [units].
    pub(super) filled: Table<SupplyLinkIx, Lanes<W>>,
    /// Units sold, per market link [units].
    pub(super) sold: Table<MarketLinkIx, Lanes<W>>,
    /// Goods and money per managed node.
    pub(super) nodes: Table<ManagedIx, NodeFlows<W>>,
    /// What mechanisms move, on networks that have any.
    pub(super) mechanisms: Option<Box<MechanismFlows<W>>>,
}

impl<const W: usize> Flows<W> {
    /// Empty buffers for a network.
    pub fn new(network: &Network) -> Self {
        Self {
            filled: vec![Lanes::ZERO; network.supply.len()].into(),
            sold: vec![Lanes::ZERO; network.market.len()].into(),
            nodes: vec![NodeFlows::default(); network.managed.len()].into(),
            mechanisms: network
                .physics
                .as_deref()
                .map(|physics| Box::new(MechanismFlows::new(network, physics))),
        }
    }

    /// Units filled on every supply link in an episode, in order [units].
    pub fn filled(&self, lane: usize) -> impl Iterator<Item = f64> + '_ {
        self.filled.rows().iter().map(move |filled| filled[lane])
    }

    /// The costs of a node that only mechanisms have, in an episode, before discounting [money].
    pub fn extra_costs(&self, node: ManagedIx, lane: usize) -> ExtraCosts {
        self.mechanisms.as_ref().map_or_else(ExtraCosts::default, |m| m.costs[node].lane(lane))
    }

    /// What left the books of a node in an episode without being sold or shipped [units].
    pub fn losses(&self, node: ManagedIx, lane: usize) -> Losses {
        self.mechanisms.as_ref().map_or_else(Losses::default, |m| m.losses[node].lane(lane))
    }

    /// What went in and out at a node, and what it lost; stock and customers are left open.
    #[inline(always)]
    pub(crate) fn node_period(&self, network: &Network, node: ManagedIx) -> NodePeriod<W> {
        let (row, goods) = (&network.managed[node], &self.nodes[node].goods);
        let sold = row.markets.iter().fold(Lanes::ZERO, |sum, &link| sum + self.sold[link]);
        let mut period = NodePeriod {
            left: row.stock_per_unit * goods.shipped + sold,
            shipped: goods.shipped,
            arrived: goods.arriving,
            sold,
            profit: self.nodes[node].profit,
            ..NodePeriod::default()
        };
        if let Some(m) = &self.mechanisms {
            (period.arrived, period.arrived_last) = (m.arrived[node], m.arrived_last[node]);
            (period.crowded, period.losses, period.costs) = (m.crowded[node], m.losses[node], m.costs[node]);
            if !network.recipes.is_empty() {
                period.used = m.used[node];
                period.left += m.used[node];
            }
        }
        period
    }

    /// Units filled on every supply link, in order, per episode [units].
    pub(crate) fn filled_lanes(&self) -> impl Iterator<Item = Lanes<W>> + '_ {
        self.filled.rows().iter().copied()
    }

    /// Numbers that chance in supply decides by in the next period, uniform on [0, 1), each once per episode; none on
    /// a network without such chance. [`SupplyStreams::draw`](super::SupplyStreams::draw) writes them.
    pub fn draws_mut(&mut self) -> &mut [[f64; W]] {
        self.mechanisms.as_deref_mut().map_or(&mut [], |m| &mut m.draws)
    }

    /// Units that moved on any link in an episode: filled on a supply link, sold on a market link [units].
    pub fn moved(&self, network: &Network, link: LinkIx, lane: usize) -> f64 {
        match network.links[link] {
            Link::Supply(supply) => self.filled[supply][lane],
            Link::Market(market) => self.sold[market][lane],
        }
    }

    /// Units sold on all market links, per episode [units].
    #[inline(always)]
    pub fn total_sold(&self) -> Lanes<W> {
        self.sold.rows().iter().fold(Lanes::ZERO, |sum, &sold| sum + sold)
    }

    /// A node's discounted profit in an episode [money].
    pub fn profit(&self, node: ManagedIx, lane: usize) -> f64 {
        self.nodes[node].profit[lane]
    }

    /// A node's money in an episode, before discounting.
    pub fn parts(&self, node: ManagedIx, lane: usize) -> CostParts {
        self.nodes[node].parts.lane(lane)
    }

    /// The money of all nodes together in an episode, before discounting.
    pub fn total_parts(&self, lane: usize) -> CostParts {
        let mut total = CostParts::default();
        self.nodes.rows().iter().for_each(|node| total.add(&node.parts.lane(lane), 1.0));
        total
    }

    /// Adds the money of every node, weighted per episode, to `totals`.
    #[inline(always)]
    pub fn add_parts(&self, weights: Lanes<W>, totals: &mut CostParts<Lanes<W>>) {
        self.nodes.rows().iter().for_each(|node| totals.add(&node.parts, weights));
    }
}
