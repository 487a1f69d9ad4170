//! Features that learners are given in place of, or beside, the plain state: positions, targets, forecasts, costs.
//!
//! Single environments and batches compute them here. They rest on the state, on the demand of the last five periods
//! and, unless they are blind, on the mean of demand that the parameters say.

use std::f64::consts::PI;

use crate::demand::DemandModel;
use crate::mechanism::{Mechanism, Scope};
use crate::network::{ManagedIx, Network, SupplyLinkIx, Table, TableIndex};
use crate::period::StateView;

/// Periods of demand that features look back on.
pub const WINDOW: usize = 5;
/// Periods whose average is the rate at which goods have lately been sold.
const VELOCITY_WINDOW: usize = 3;
/// Blind estimate of mean demand before the first period [units / period].
const BLIND_START: f64 = 20.0;
/// Least divisor of costs and capacities.
const LEAST_DIVISOR: f64 = 1e-8;

/// Which features a node has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeFeatures {
    /// Inventory position as order-up-to policies look at it, requests on their way and what is owed included.
    PositionAlone,
    /// Inventory position, lead-time target, and the gap between them.
    Position,
    /// These, stock on hand, relative holding cost and capacity, whether it is a factory, whether it sells.
    Detailed,
    /// These, units on order and backlog.
    Pipeline,
    /// Stock on hand, units on order, backlog, demand velocity and time: what an agent at the node may see.
    Local,
}

/// Which features an observation is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeatureLayout {
    /// Whether the plain observation comes first.
    pub with_state: bool,
    /// What is said of each managed node.
    pub nodes: NodeFeatures,
    /// Whether all nodes' values of one feature stand together, rather than all features of one node.
    pub grouped: bool,
    /// Whether mean demand is estimated from what has been sold, rather than known.
    pub blind: bool,
}

impl FeatureLayout {
    /// What features of this layout reckon with.
    pub fn scope(self) -> Scope {
        const POSITIONS: Scope =
            Scope::EVERYTHING.simplifying(&[(Mechanism::ShelfLife, "positions that count what will spoil")]);
        if self.nodes == NodeFeatures::PositionAlone && !self.with_state {
            POSITIONS
        } else {
            Features::SCOPE
        }
    }

    /// Layouts by name; behind each, `-blind` may follow.
    pub const NAMES: [(&str, Self); 9] = [
        ("domain-v1", Self::of(true, NodeFeatures::Position, true)),
        ("domain-v2", Self::of(true, NodeFeatures::Detailed, false)),
        ("domain-v3", Self::of(true, NodeFeatures::Detailed, true)),
        ("domain-v4", Self::of(true, NodeFeatures::Pipeline, false)),
        ("domain-v4-grouped", Self::of(true, NodeFeatures::Pipeline, true)),
        ("graph", Self::of(false, NodeFeatures::Position, true)),
        ("residual-graph", Self::of(false, NodeFeatures::Detailed, true)),
        ("multi-agent", Self::of(false, NodeFeatures::Local, false)),
        ("position", Self::of(false, NodeFeatures::PositionAlone, true)),
    ];

    const fn of(with_state: bool, nodes: NodeFeatures, grouped: bool) -> Self {
        Self { with_state, nodes, grouped, blind: false }
    }

    /// The layout of a name, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        let plain = name.strip_suffix("-blind");
        let (_, layout) = Self::NAMES.iter().find(|(known, _)| *known == plain.unwrap_or(name))?;
        Some(Self { blind: plain.is_some(), ..*layout })
    }
}

/// What does not change about a node.
#[derive(Clone, Copy, Debug)]
struct NodeFacts {
    /// Longest time from an order to its arrival, plus one [periods].
    span: f64,
    /// Holding cost over the largest of the network [1].
    holding: f64,
    /// Capacity over the largest of the network, 0 for a distributor [1].
    capacity: f64,
    is_factory: f64,
    is_retail: f64,
}

/// Writes observations of one layout on one network.
#[derive(Clone, Debug)]
pub struct Features {
    layout: FeatureLayout,
    nodes: Table<ManagedIx, NodeFacts>,
    /// Average over market links of their own means [units / period] -- constant.
    own_mean: f64,
    /// Length of the plain observation.
    state_len: usize,
    market_links: usize,
}

/// What all nodes share in a period.
#[derive(Clone, Copy, Debug)]
struct Outlook {
    /// Mean demand [units / period].
    mean: f64,
    /// Average demand of the last three periods, the mean before the first [units / period].
    velocity: f64,
    /// Share of the horizon that has been played [1].
    time: f64,
    /// Whether the episode is over.
    over: bool,
}

impl Features {
    /// What features reckon with.
    pub const SCOPE: Scope = Scope::EVERYTHING.simplifying(&[
        (Mechanism::RandomLeadTimes, "targets for the longest lead time"),
        (Mechanism::ShelfLife, "positions that count what will spoil"),
        (Mechanism::Disruptions, "targets as if nothing failed"),
        (Mechanism::RandomYield, "targets as if all that is shipped arrived"),
        (Mechanism::Products, "a mean demand over all products"),
    ]);

    /// Features of this layout.
    pub fn new(network: &Network, layout: FeatureLayout) -> Self {
        let managed = network.managed.rows();
        let capacity = |node: &crate::network::ManagedNode| node.factory.map_or(0.0, |f| f.capacity);
        let most_holding = managed.iter().map(|node| node.holding_cost).fold(LEAST_DIVISOR, f64::max);
        let most_capacity = managed.iter().map(capacity).fold(LEAST_DIVISOR, f64::max);
        let facts = managed.iter().map(|node| {
            let time = |&link: &SupplyLinkIx| network.supply[link].lead_time + network.order_delay(link);
            let lead_times = node.incoming.iter().map(time);
            let roles = network.nodes[node.node].roles;
            NodeFacts {
                span: (lead_times.max().unwrap_or(0) + 1) as f64,
                holding: node.holding_cost / most_holding,
                capacity: capacity(node) / most_capacity,
                is_factory: f64::from(u8::from(roles.factory)),
                is_retail: f64::from(u8::from(roles.retailer)),
            }
        });
        Self {
            layout,
            nodes: facts.collect::<Vec<NodeFacts>>().into(),
            own_mean: DemandModel::average_own_mean(network),
            state_len: network.layout.observation(),
            market_links: network.market.len(),
        }
    }

    /// Which features these are.
    pub fn layout(&self) -> FeatureLayout {
        self.layout
    }

    /// Features per node.
    pub fn per_node(&self) -> usize {
        node_names(self.layout.nodes).len()
    }

    /// Features that all nodes share.
    pub fn shared(&self) -> usize {
        shared_names(self.layout.nodes).len()
    }

    /// Numbers of an observation.
    pub fn len(&self) -> usize {
        let state = if self.layout.with_state { self.state_len } else { 0 };
        state + self.nodes.len() * self.per_node() + self.shared()
    }

    /// Whether an observation holds no number; never true.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What each number of an observation is, in words.
    pub fn labels(&self, network: &Network) -> Vec<String> {
        let names = node_names(self.layout.nodes);
        let nodes: Vec<String> =
            network.managed.indices().map(|node| network.managed_id(node).to_string()).collect();
        let label = |name: &str, node: &String| format!("{name}[{node}]");
        let mut labels = if self.layout.with_state { network.observation_labels() } else { Vec::new() };
        if self.layout.grouped {
            labels.extend(names.iter().flat_map(|name| nodes.iter().map(move |node| label(name, node))));
        } else {
            labels.extend(nodes.iter().flat_map(|node| names.iter().map(move |name| label(name, node))));
        }
        labels.extend(shared_names(self.layout.nodes).iter().map(|name| (*name).to_owned()));
        labels
    }

    /// Mean demand that the parameters say, one number for all markets [units / period].
    pub fn known_mean(&self, demand: &DemandModel, state: &StateView<'_>) -> f64 {
        demand.average_mean(state.network, self.own_mean, state.period(), state.sentiment())
    }

    /// Writes an observation. `recent` holds the demand of the last periods per market link, the latest period last
    /// (at least five periods, or all that were played) [units]; `known_mean` is unused where the layout is blind.
    pub fn write(&self, state: &StateView<'_>, recent: &[f64], known_mean: f64, out: &mut [f64]) {
        let (plain, rest) = out.split_at_mut(if self.layout.with_state { self.state_len } else { 0 });
        for (plain, value) in plain.iter_mut().zip(state.observation()) {
            *plain = value;
        }
        let played = state.period();
        let mean = if !self.layout.blind {
            known_mean
        } else if played == 0 {
            BLIND_START
        } else {
            self.average(recent, played.min(WINDOW))
        };
        let outlook = Outlook {
            mean,
            velocity: if played == 0 { mean } else { self.average(recent, played.min(VELOCITY_WINDOW)) },
            time: played as f64 / state.num_periods.max(1) as f64,
            over: played >= state.num_periods,
        };
        let (nodes, shared) = rest.split_at_mut(self.nodes.len() * self.per_node());
        self.write_nodes(state, &outlook, nodes);
        self.write_shared(state, recent, &outlook, shared);
    }

    /// Average over all market links of the last `periods` periods' demand [units / period].
    fn average(&self, recent: &[f64], periods: usize) -> f64 {
        let last = &recent[recent.len() - periods * self.market_links..];
        last.iter().sum::<f64>() / last.len() as f64
    }

    fn write_nodes(&self, state: &StateView<'_>, outlook: &Outlook, out: &mut [f64]) {
        let (count, per_node) = (self.nodes.len(), self.per_node());
        let mut values = [0.0; 10];
        for (node, facts) in self.nodes.iter() {
            self.write_node(state, node, *facts, outlook, &mut values);
            for (feature, &value) in values[..per_node].iter().enumerate() {
                let place = if self.layout.grouped {
                    feature * count + node.position()
                } else {
                    node.position() * per_node + feature
                };
                out[place] = value;
            }
        }
    }

    fn write_node(
        &self,
        state: &StateView<'_>,
        node: ManagedIx,
        facts: NodeFacts,
        outlook: &Outlook,
        out: &mut [f64; 10],
    ) {
        if self.layout.nodes == NodeFeatures::PositionAlone {
            out[0] = state.inventory_position(node);
            return;
        }
        let on_hand = state.on_hand(node);
        let (mut in_transit, backlog) = Self::outstanding(state, node, outlook);
        if self.layout.nodes == NodeFeatures::Local {
            out[..5].copy_from_slice(&[on_hand, in_transit, backlog, outlook.velocity, outlook.time]);
            return;
        }
        if outlook.over && state.network.physics.is_none() {
            in_transit = 0.0;
        }
        let position = on_hand + in_transit - backlog;
        let target = outlook.mean * facts.span;
        *out = [
            position,
            target,
            target - position,
            on_hand,
            facts.holding,
            facts.capacity,
            facts.is_factory,
            facts.is_retail,
            in_transit,
            backlog,
        ];
    }

    /// What is on its way to a node, or asked for and owed to it, and what it owes [units]: stock on hand and the
    /// first, less the second, is its inventory position.
    fn outstanding(state: &StateView<'_>, node: ManagedIx, outlook: &Outlook) -> (f64, f64) {
        let row = &state.network.managed[node];
        let on_order: f64 = row.incoming.iter().map(|&link| state.on_order(link)).sum();
        if state.network.physics.is_some() {
            let asked: f64 = row.incoming.iter().map(|&link| state.requested(link) + state.owed(link)).sum();
            let waiting: f64 = row.markets.iter().map(|&link| state.waiting(link)).sum();
            let taken = |&link: &SupplyLinkIx| state.network.taken(link, node) * state.owed(link);
            let owed: f64 = row.outgoing.iter().map(taken).sum();
            return (on_order + asked, waiting + owed);
        }
        let owes = state.rules.backlog && outlook.time > 0.0;
        let backlog = if owes { row.markets.iter().map(|&link| state.unmet(link)).sum() } else { 0.0 };
        (on_order, backlog)
    }

    fn write_shared(&self, state: &StateView<'_>, recent: &[f64], outlook: &Outlook, out: &mut [f64]) {
        let [velocity, time, seasons @ ..] = out else { return };
        (*velocity, *time) = (outlook.velocity, outlook.time);
        let [sin, cos, history @ .., sentiment] = seasons else { return };
        let played = state.period();
        let angle = 2.0 * PI * played as f64 / state.num_periods as f64;
        (*sin, *cos) = (angle.sin(), angle.cos());
        for (ago, mean) in (1..).zip(history) {
            *mean = if ago <= played {
                let end = recent.len() - (ago - 1) * self.market_links;
                self.average(&recent[..end], 1)
            } else {
                0.0
            };
        }
        *sentiment = state.sentiment();
    }
}

fn node_names(nodes: NodeFeatures) -> &'static [&'static str] {
    const NAMES: [&str; 10] = [
        "inventory_position",
        "lead_time_target",
        "gap",
        "on_hand",
        "holding_cost",
        "capacity",
        "is_factory",
        "is_retail",
        "in_transit",
        "backlog",
    ];
    match nodes {
        NodeFeatures::PositionAlone => &NAMES[..1],
        NodeFeatures::Position => &NAMES[..3],
        NodeFeatures::Detailed => &NAMES[..8],
        NodeFeatures::Pipeline => &NAMES,
        NodeFeatures::Local => &["on_hand", "in_transit", "backlog", "demand_velocity", "time"],
    }
}

fn shared_names(nodes: NodeFeatures) -> &'static [&'static str] {
    const NAMES: [&str; 10] = [
        "demand_velocity",
        "time",
        "sin_time",
        "cos_time",
        "mean_demand[1 ago]",
        "mean_demand[2 ago]",
        "mean_demand[3 ago]",
        "mean_demand[4 ago]",
        "mean_demand[5 ago]",
        "sentiment",
    ];
    match nodes {
        NodeFeatures::Position => &NAMES[..2],
        NodeFeatures::Detailed | NodeFeatures::Pipeline => &NAMES,
        NodeFeatures::Local | NodeFeatures::PositionAlone => &[],
    }
}
