//! Supply networks: declared by people, checked once, compiled to plain tables.
//!
//! Strings stop here. A [`DeclaredNetwork`] carries names and optional fields;
//! [`DeclaredNetwork::compile`] reports every mistake at once or yields a [`Network`], whose tables are read by
//! index and need no further checks.

mod company;
mod compile;
mod declared;
mod expand;
mod index;
mod keys;
mod layered;
mod layout;
mod mechanisms;
mod mistake;
mod orders;
mod part;
mod physics;
mod presets;
mod products;
mod setting;
mod shape;
mod terms;
mod validate;

use std::fmt;

use crate::law::Law;

pub use crate::law::DeclaredDemand;
pub use declared::{DeclaredLink, DeclaredNetwork, DeclaredNode, NodeId};
pub use index::{Column, LinkIx, ManagedIx, MarketLinkIx, NodeIx, SupplyLinkIx, Table, TableIndex};
pub use keys::{
    HasSettings, KeyForm, KeyOwner, KeyValue, LINK_KEYS, NETWORK_KEYS, NODE_KEYS, NetworkKey, Neutral,
    link_key, network_key, node_key,
};
pub use layered::{FEWEST_LAYERED_LINKS, layered};
pub use layout::Layout;
pub use mistake::{Mistake, NetworkError, Place};
pub use part::{Owner, Part, PartFacts, Sight, StateNumber};
pub use physics::{
    Ages, Allocation, Chain, CustomerTerms, Debt, Draws, FillStep, Joint, LeadModel, LinkAges, LinkYield,
    NodeRoom, Opening, OrderDelay, OrderSize, Physics, RandomLead, Recipe, Resource, Sharing, Shelf,
    Timeline, Use,
};
pub use presets::{PRESETS, preset};
pub use products::{Product, Share};
pub use setting::{Setting, Settings};
pub use terms::{Cause, LeadTimeLaw, Room, YieldLaw};

/// Longest lead time accepted [periods].
pub const MAX_LEAD_TIME: u32 = 100_000;
/// Most nodes, and most links, of a network.
pub const MAX_NODES: usize = 1_000_000;
/// Most transit slots (the sum of all lead times): the length of an observation stays below 80 MB.
pub const MAX_TRANSIT_SLOTS: usize = 10_000_000;

/// What a node is. Roles follow from the graph and are not exclusive: a factory may be a retailer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Roles {
    /// No successors: customers buy here.
    pub market: bool,
    /// No predecessors: an unlimited source that holds no stock.
    pub raw_material: bool,
    /// Has a capacity: makes units out of stock.
    pub factory: bool,
    /// Holds stock and has no capacity (a retailer is one of these too).
    pub distributor: bool,
    /// Sells to at least one market.
    pub retailer: bool,
}

impl Roles {
    /// Whether the node holds stock and buys.
    pub fn managed(self) -> bool {
        self.factory || self.distributor
    }
}

impl fmt::Display for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [
            (self.market, "market"),
            (self.raw_material, "raw material"),
            (self.factory, "factory"),
            (self.retailer, "retailer"),
            (self.distributor && !self.retailer, "distributor"),
        ];
        let held: Vec<&str> = names.iter().filter(|(held, _)| *held).map(|(_, name)| *name).collect();
        write!(f, "{}", held.join(", "))
    }
}

/// A node of a compiled network.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Its name; of a stock point among several products, with the product: `shop, milk`.
    pub id: NodeId,
    /// The name of the node as declared.
    pub place: NodeId,
    /// Its product, by position; none where nothing is held, or there is only one.
    pub product: Option<usize>,
    /// What it is.
    pub roles: Roles,
    /// Its row among the managed nodes, if it holds stock.
    pub managed: Option<ManagedIx>,
}

/// What a factory is able to do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Factory {
    /// Units it can ship to buyers in a period [units / period] -- constant.
    pub capacity: f64,
    /// Cost per unit of stock used, over the yield: o / v [money / unit out] -- constant.
    pub operating_cost: f64,
    /// Units out per unit of stock used, v [1] -- constant.
    pub production_yield: f64,
}

/// A node that holds stock and buys.
#[derive(Clone, Debug, PartialEq)]
pub struct ManagedNode {
    /// The node -- constant.
    pub node: NodeIx,
    /// Stock at the start [units] -- constant.
    pub initial_inventory: f64,
    /// Cost of a unit on hand at the end of a period [money / unit / period] -- constant.
    pub holding_cost: f64,
    /// Worth of a unit on hand when the horizon ends [money / unit] -- constant.
    pub salvage_value: f64,
    /// Stock used per unit shipped to a buyer, 1 / v; 1 where nothing is made [1] -- constant.
    pub stock_per_unit: f64,
    /// Present for factories.
    pub factory: Option<Factory>,
    /// Links it buys on, in order of declaration.
    pub incoming: Vec<SupplyLinkIx>,
    /// Supply links it ships on, in order.
    pub outgoing: Vec<SupplyLinkIx>,
    /// Market links it sells on, in order.
    pub markets: Vec<MarketLinkIx>,
}

/// A managed node as the supplier on one link.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Supplier {
    /// Its row -- constant.
    pub node: ManagedIx,
    /// Units it can ship in a period, infinite for a distributor [units / period] -- constant.
    pub capacity: f64,
    /// Units out per unit of stock used, 1 for a distributor [1] -- constant.
    pub production_yield: f64,
    /// Stock used per unit shipped [1] -- constant.
    pub stock_per_unit: f64,
}

/// A link on which a managed node buys.
#[derive(Clone, Debug, PartialEq)]
pub struct SupplyLink {
    /// Supplier -- constant.
    pub from: NodeIx,
    /// Buyer -- constant.
    pub to: NodeIx,
    /// What the supplier can give, none for a source of raw material, which gives everything -- constant.
    pub supplier: Option<Supplier>,
    /// Buyer's row -- constant.
    pub buyer: ManagedIx,
    /// Position among all links -- constant.
    pub link: LinkIx,
    /// Its product, by position -- constant.
    pub product: usize,
    /// The recipe it stands for, by position in [`Network::recipes`] -- constant.
    pub recipe: Option<usize>,
    /// Periods from shipment to receipt; the longest where they are drawn [periods] -- constant.
    pub lead_time: usize,
    /// Its law, where it is drawn.
    pub lead_law: Option<LeadTimeLaw>,
    /// Whether its goods in transit are known by the period in which they are due; else by that in which they left.
    pub announced: bool,
    /// Slots of goods in transit between two periods -- constant.
    pub slots: usize,
    /// Where the link's slots begin among the orders in transit -- constant.
    pub first_slot: usize,
    /// Its newest slot, where an order placed now goes; only if it has slots -- constant.
    pub last_slot: usize,
    /// Price of a unit, paid when it is ordered [money / unit] -- constant.
    pub price: f64,
    /// Cost of a unit on its way at the end of a period [money / unit / period] -- constant.
    pub pipeline_holding_cost: f64,
    /// Cost of an order that is filled at all [money / order] -- constant.
    pub fixed_order_cost: f64,
}

impl SupplyLink {
    /// Whether what it brings is fresh on arrival: raw material, and what is made.
    pub fn brings_fresh(&self) -> bool {
        self.supplier.is_none() || self.recipe.is_some()
    }
}

/// A link on which customers buy.
#[derive(Clone, Debug, PartialEq)]
pub struct MarketLink {
    /// Retailer -- constant.
    pub from: NodeIx,
    /// Market -- constant.
    pub to: NodeIx,
    /// Retailer's row -- constant.
    pub retailer: ManagedIx,
    /// Position among all links -- constant.
    pub link: LinkIx,
    /// Its product, by position -- constant.
    pub product: usize,
    /// Price customers pay [money / unit] -- constant.
    pub price: f64,
    /// Penalty for a unit left unmet [money / unit / period] -- constant.
    pub unmet_penalty: f64,
    /// How demand varies around its mean -- constant.
    pub law: Law,
    /// The link's own mean demand, if declared [units / period] -- constant.
    pub own_mean: Option<f64>,
}

/// Any link, in enumeration order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// A link between nodes.
    Supply(SupplyLinkIx),
    /// A link into a market.
    Market(MarketLinkIx),
}

/// A checked network as plain tables. Made by [`DeclaredNetwork::compile`].
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// What was declared.
    pub declared: DeclaredNetwork,
    /// What was declared and has no effect: harmless, and worth a warning.
    pub notes: Vec<Mistake>,
    /// All nodes, in order of declaration.
    pub nodes: Table<NodeIx, Node>,
    /// Nodes that hold stock, in order of id.
    pub managed: Table<ManagedIx, ManagedNode>,
    /// Supply links: grouped by supplier in node order and, within one, in order of declaration.
    pub supply: Table<SupplyLinkIx, SupplyLink>,
    /// Market links, in the same order.
    pub market: Table<MarketLinkIx, MarketLink>,
    /// All links, in the same order.
    pub links: Table<LinkIx, Link>,
    /// Supply links in order of declaration: the order in which deliveries are added to a node's stock.
    pub delivery_order: Vec<SupplyLinkIx>,
    /// Whether any order has a fixed cost.
    pub has_fixed_costs: bool,
    /// Whether stock is worth anything anywhere when the horizon ends.
    pub has_salvage: bool,
    /// Mechanisms beyond goods that move and customers who wait; none if it uses none.
    pub physics: Option<Box<Physics>>,
    /// Goods made of others, in order of declaration.
    pub recipes: Vec<Recipe>,
    /// The products, in order of declaration; none where goods of one kind have no name.
    pub products: Vec<Product>,
    /// Stock points and links of one product each, where there are products.
    points: Option<Box<DeclaredNetwork>>,
    /// Position of every link in the declaration, or among the links of one product each.
    declared_at: Vec<usize>,
    /// Where each number of a state row stands.
    pub layout: Layout,
}

impl Network {
    /// Longest lead time [periods].
    pub fn longest_lead_time(&self) -> usize {
        self.supply.rows().iter().map(|link| link.lead_time).max().unwrap_or(0)
    }

    /// The ends of a link.
    pub fn ends(&self, link: LinkIx) -> (NodeIx, NodeIx) {
        match self.links[link] {
            Link::Supply(supply) => (self.supply[supply].from, self.supply[supply].to),
            Link::Market(market) => (self.market[market].from, self.market[market].to),
        }
    }

    /// A link in words: `4 -> 2`; with its product where there are several: `4 -> 2, milk`; a recipe: `2: cheese`.
    pub fn link_name(&self, link: LinkIx) -> String {
        let (from, to) = self.ends(link);
        let (from, to) = (&self.nodes[from].place, &self.nodes[to].place);
        if self.products.len() < 2 {
            return format!("{from} -> {to}");
        }
        let product = self.product_name(link);
        let is_made =
            matches!(self.links[link], Link::Supply(supply) if self.supply[supply].recipe.is_some());
        if is_made { format!("{to}: {product}") } else { format!("{from} -> {to}, {product}") }
    }

    /// Where a link that carries one product was declared; none for recipes, and for links of several.
    pub fn declared_position(&self, link: LinkIx) -> Option<usize> {
        if self.points.is_none() {
            return Some(self.declared_at[link.position()]);
        }
        let (from, to) = self.ends(link);
        let joins =
            |declared: &DeclaredLink| self.is_at(from, &declared.from) && self.is_at(to, &declared.to);
        let product = self.product_name(link);
        let carries = |declared: &DeclaredLink| {
            declared.settings.structure("product").and_then(Setting::text) == Some(product)
        };
        self.declared.links.iter().position(|declared| joins(declared) && carries(declared))
    }

    /// The declaration with the link that carries this one's product, and others', written as one link for each, in the
    /// same order; none where it is written so already.
    pub fn written_apart(&self, link: LinkIx) -> Option<DeclaredNetwork> {
        if self.declared_position(link).is_some() {
            return None;
        }
        let ends = self.ends(link);
        let names = |declared: &DeclaredLink, key: &str| {
            declared.settings.structure(key).and_then(|names| products::carried(names).ok())
        };
        let carries = |declared: &DeclaredLink, product: &str| {
            let named = names(declared, "product").or_else(|| names(declared, "products"));
            named.is_none_or(|named| named.iter().any(|name| name == product))
        };
        let joins =
            |declared: &&DeclaredLink| self.is_at(ends.0, &declared.from) && self.is_at(ends.1, &declared.to);
        let position = self
            .declared
            .links
            .iter()
            .position(|declared| joins(&declared) && carries(declared, self.product_name(link)))?;
        let mut declared = self.declared.clone();
        let together = declared.links.remove(position);
        let place = |node: NodeIx| &self.nodes[node].place;
        let beside = |other: &LinkIx| {
            let (from, to) = self.ends(*other);
            (place(from), place(to)) == (place(ends.0), place(ends.1))
                && carries(&together, self.product_name(*other))
        };
        for (at, other) in self.links.indices().filter(beside).enumerate() {
            let mut alone = together.clone();
            alone.settings.put("products", KeyValue::Absent);
            let product = Setting::Text(self.product_name(other).to_owned());
            alone.settings.put("product", KeyValue::Structure(product));
            declared.links.insert(position + at, alone);
        }
        Some(declared)
    }

    /// The name of a link's product; empty where goods of one kind have none.
    fn product_name(&self, link: LinkIx) -> &str {
        let product = match self.links[link] {
            Link::Supply(supply) => self.supply[supply].product,
            Link::Market(market) => self.market[market].product,
        };
        self.products.get(product).map_or("", |product| &product.name)
    }

    /// Its nodes and links, each of one product, as they were declared or would have been.
    pub(crate) fn points(&self) -> &DeclaredNetwork {
        self.points.as_deref().unwrap_or(&self.declared)
    }

    /// The name of a managed node.
    pub fn managed_id(&self, node: ManagedIx) -> &NodeId {
        &self.nodes[self.managed[node].node].id
    }

    /// The market link between two named nodes, of a product where several are sold there; none where it is not said
    /// which.
    pub fn market_link(&self, from: &NodeId, to: &NodeId, product: Option<&str>) -> Option<MarketLinkIx> {
        let is_meant = |link: &MarketLink| {
            let name = self.products.get(link.product).map(|product| product.name.as_str());
            self.is_at(link.from, from) && self.is_at(link.to, to) && (product.is_none() || product == name)
        };
        let mut meant = self.market.iter().filter(|(_, link)| is_meant(link)).map(|(ix, _)| ix);
        meant.next().filter(|_| meant.next().is_none())
    }

    /// Whether a node has this name: its own, or that of the node whose stock point it is.
    pub(crate) fn is_at(&self, node: NodeIx, id: &NodeId) -> bool {
        self.nodes[node].id == *id || self.nodes[node].place == *id
    }

    /// The supply link between two named nodes.
    pub fn supply_link(&self, from: &NodeId, to: &NodeId) -> Option<SupplyLinkIx> {
        let named = |node: NodeIx, id: &NodeId| self.nodes[node].id == *id;
        self.supply.iter().find(|(_, link)| named(link.from, from) && named(link.to, to)).map(|(ix, _)| ix)
    }

    /// What each entry of an action is, in words.
    pub fn action_labels(&self) -> Vec<String> {
        self.supply.rows().iter().map(|link| format!("order[{}]", self.link_name(link.link))).collect()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Market 0, a factory 1 that is a retailer, a distributor "b", raw material 3; declared in this order.
    pub(crate) fn network() -> Network {
        let declared = DeclaredNetwork {
            nodes: vec![
                DeclaredNode::new(0),
                DeclaredNode::stocking(1, 30.0, 0.1).factory(12.0, 0.1, 0.5),
                DeclaredNode::stocking("b", 40.0, 0.1),
                DeclaredNode::new(3),
            ],
            links: vec![
                DeclaredLink::supply("b", 1, 2, 1.0, 0.0),
                DeclaredLink::market(1, 0, 2.0, 0.1, DeclaredDemand::poisson(20.0)),
                DeclaredLink::supply(3, "b", 0, 0.5, 0.0),
                DeclaredLink::supply(3, 1, 1, 0.5, 0.0),
            ],
            ..DeclaredNetwork::default()
        };
        declared.compile().expect("a valid network")
    }

    #[test]
    fn every_entry_of_observation_and_action_has_a_name() {
        let labels = network().observation_labels();
        assert_eq!(
            labels,
            [
                "demand[1 -> 0]",
                "unmet_demand[1 -> 0]",
                "on_hand[1]",
                "on_hand[b]",
                "in_transit[b -> 1, due in 1]",
                "in_transit[b -> 1, due in 2]",
                "in_transit[3 -> 1, due in 1]",
                "period",
                "sentiment",
            ]
        );
        assert_eq!(labels.len(), network().layout.observation());
        assert_eq!(network().action_labels(), ["order[b -> 1]", "order[3 -> b]", "order[3 -> 1]"]);
    }

    #[test]
    fn the_longest_lead_time_is_that_of_all_links() {
        assert_eq!(network().longest_lead_time(), 2);
    }

    #[test]
    fn links_are_found_by_the_names_of_their_ends() {
        let network = network();
        let market = network.market_link(&1.into(), &0.into(), None).expect("a market link");
        assert_eq!(network.link_name(network.market[market].link), "1 -> 0");
        let supply = network.supply_link(&"b".into(), &1.into()).expect("a supply link");
        assert_eq!(network.link_name(network.supply[supply].link), "b -> 1");
        assert_eq!(network.supply_link(&1.into(), &0.into()), None, "it is a market link");
        assert_eq!(network.market_link(&0.into(), &1.into(), None), None, "goods flow the other way");
    }

    #[test]
    fn roles_are_told_in_the_words_of_the_field() {
        let roles: Vec<String> = network().nodes.rows().iter().map(|node| node.roles.to_string()).collect();
        assert_eq!(roles, ["market", "factory, retailer", "distributor", "raw material"]);
        assert_eq!(preset("base"), preset("network"));
        assert_eq!(preset("unheard of"), None);
    }
}
