//! From checked declarations to plain tables.

use super::expand::Expansion;
use super::physics::Shared;
use super::terms::LeadTimeLaw;
use super::validate::{Checker, check};
use super::{
    DeclaredNetwork, Factory, Layout, Link, LinkIx, ManagedIx, ManagedNode, MarketLink, MarketLinkIx,
    Mistake, Network, NetworkError, Node, NodeIx, Physics, Recipe, Supplier, SupplyLink, SupplyLinkIx,
    TableIndex,
};
use crate::law::Law;

impl DeclaredNetwork {
    /// Checks the network and compiles it.
    ///
    /// # Errors
    /// [`NetworkError`] with every mistake found, each with its place; nothing is made then.
    pub fn compile(self) -> Result<Network, NetworkError> {
        let expansion = Expansion::of(&self);
        let checker =
            check(expansion.as_ref().map_or(&self, |expansion| &expansion.points), expansion.as_ref())?;
        let tables = Tables::build(checker.declared, &checker);
        let shared = Shared::of(checker.declared, expansion.as_ref());
        let notes = checker.notes;
        Ok(tables.finish(self, expansion, &shared, notes))
    }
}

/// The tables while they are filled.
struct Tables {
    nodes: Vec<Node>,
    managed: Vec<ManagedNode>,
    supply: Vec<SupplyLink>,
    market: Vec<MarketLink>,
    links: Vec<Link>,
    /// Position in the declaration of each supply link.
    declared_at: Vec<usize>,
    /// Position in the declaration of each link.
    links_declared_at: Vec<usize>,
}

impl Tables {
    fn build(declared: &DeclaredNetwork, checker: &Checker<'_>) -> Self {
        let mut tables = Self {
            nodes: Vec::new(),
            managed: Vec::new(),
            supply: Vec::new(),
            market: Vec::new(),
            links: Vec::new(),
            declared_at: Vec::new(),
            links_declared_at: Vec::new(),
        };
        tables.add_nodes(declared, checker);
        let mut by_source: Vec<(usize, usize, usize)> = checker
            .ends
            .iter()
            .enumerate()
            .filter_map(|(position, ends)| ends.map(|(from, to)| (from, position, to)))
            .collect();
        by_source.sort_unstable_by_key(|&(from, position, _)| (from, position));
        for (from, position, to) in by_source {
            let product = checker.expansion.map_or(0, |expansion| expansion.links[position].product);
            tables.add_link(declared, position, (from, to), product);
        }
        tables
    }

    fn add_nodes(&mut self, declared: &DeclaredNetwork, checker: &Checker<'_>) {
        let mut by_id: Vec<usize> =
            (0..declared.nodes.len()).filter(|&position| checker.roles[position].managed()).collect();
        let place = |position: usize| {
            let point = checker.expansion.map(|expansion| &expansion.nodes[position]);
            point.map_or((&declared.nodes[position].id, None), |point| (&point.place, point.product))
        };
        by_id.sort_by_key(|&position| place(position));
        let mut row_of = vec![None; declared.nodes.len()];
        for (row, &position) in by_id.iter().enumerate() {
            row_of[position] = Some(ManagedIx::from_position(row));
            let node = &declared.nodes[position];
            let production_yield = node.production_yield.unwrap_or(1.0);
            self.managed.push(ManagedNode {
                node: NodeIx::from_position(position),
                initial_inventory: node.initial_inventory.unwrap_or(0.0),
                holding_cost: node.holding_cost.unwrap_or(0.0),
                salvage_value: node.salvage_value.unwrap_or(0.0),
                stock_per_unit: 1.0 / production_yield,
                factory: node.capacity.map(|capacity| Factory {
                    capacity,
                    operating_cost: node.operating_cost.unwrap_or(0.0) / production_yield,
                    production_yield,
                }),
                incoming: Vec::new(),
                outgoing: Vec::new(),
                markets: Vec::new(),
            });
        }
        self.nodes = declared
            .nodes
            .iter()
            .zip(&checker.roles)
            .zip(row_of)
            .enumerate()
            .map(|(position, ((node, &roles), managed))| {
                let (place, product) = place(position);
                Node { id: node.id.clone(), place: place.clone(), product, roles, managed }
            })
            .collect();
    }

    fn add_link(
        &mut self,
        declared: &DeclaredNetwork,
        position: usize,
        (from, to): (usize, usize),
        product: usize,
    ) {
        let given = &declared.links[position];
        let link = LinkIx::from_position(self.links.len());
        self.links_declared_at.push(position);
        let price = given.price.unwrap_or(0.0);
        let (from_ix, to_ix) = (NodeIx::from_position(from), NodeIx::from_position(to));
        if let (Some(retailer), true) = (self.nodes[from].managed, self.nodes[to].roles.market) {
            let market = MarketLinkIx::from_position(self.market.len());
            let (law, own_mean) = given
                .demand
                .as_ref()
                .and_then(|demand| Law::from_declared(demand).ok())
                .expect("the checker accepted the demand of every market link");
            self.managed[retailer.position()].markets.push(market);
            self.links.push(Link::Market(market));
            self.market.push(MarketLink {
                from: from_ix,
                to: to_ix,
                retailer,
                link,
                product,
                price,
                unmet_penalty: given.unmet_penalty.unwrap_or(0.0),
                law,
                own_mean,
            });
        } else {
            let supply = SupplyLinkIx::from_position(self.supply.len());
            let supplier = self.nodes[from].managed.map(|node| {
                let row = &self.managed[node.position()];
                Supplier {
                    node,
                    capacity: row.factory.map_or(f64::INFINITY, |factory| factory.capacity),
                    production_yield: row.factory.map_or(1.0, |factory| factory.production_yield),
                    stock_per_unit: row.stock_per_unit,
                }
            });
            let buyer = self.nodes[to].managed.expect("the checker lets only stocking nodes buy");
            if let Some(supplier) = supplier {
                self.managed[supplier.node.position()].outgoing.push(supply);
            }
            let law = given.settings.structure("L").and_then(|law| LeadTimeLaw::read(law).ok());
            let fixed =
                law.as_ref().and_then(LeadTimeLaw::fixed).or(given.lead_time.map(|periods| periods as usize));
            let lead_law = law.filter(|_| fixed.is_none());
            let written_off = given.settings.whole("write_off_after").unwrap_or(0);
            let longest = lead_law.as_ref().map_or(0, |law| law.longest().max(written_off));
            let lead_time = fixed.unwrap_or(longest);
            let slots = declared.timeline().slots(lead_time);
            let announced = lead_law.is_none() || given.settings.flag("announced");
            let first_slot = self.supply.last().map_or(0, |last| last.first_slot + last.slots);
            self.links.push(Link::Supply(supply));
            self.declared_at.push(position);
            self.supply.push(SupplyLink {
                from: from_ix,
                to: to_ix,
                supplier,
                buyer,
                link,
                product,
                recipe: None,
                lead_time,
                lead_law,
                announced,
                slots,
                first_slot,
                last_slot: (first_slot + slots).saturating_sub(1),
                price,
                pipeline_holding_cost: given.pipeline_holding_cost.unwrap_or(0.0),
                fixed_order_cost: given.fixed_order_cost.unwrap_or(0.0),
            });
        }
    }

    /// Recipes as tables; they stand among what every one of their inputs sends.
    fn join_inputs(&mut self, expansion: Option<&Expansion>) -> Vec<Recipe> {
        let mut made = Vec::new();
        for (position, recipe) in expansion.into_iter().flat_map(|expansion| &expansion.recipes).enumerate() {
            let found = self.declared_at.iter().position(|&declared| declared == recipe.link);
            let link = found.map(SupplyLinkIx::from_position).expect("every recipe is a link");
            self.supply[link.position()].recipe = Some(position);
            let node = |&(input, ratio): &(usize, f64)| Some((self.nodes[input].managed?, ratio));
            let inputs: Vec<(ManagedIx, f64)> = recipe.inputs.iter().filter_map(node).collect();
            for &(node, _) in inputs.iter().skip(1) {
                self.managed[node.position()].outgoing.push(link);
                self.managed[node.position()].outgoing.sort_unstable();
            }
            made.push(Recipe { link, inputs, operating_cost: recipe.operating_cost });
        }
        made
    }

    fn finish(
        mut self,
        declared: DeclaredNetwork,
        expansion: Option<Expansion>,
        shared: &Shared,
        notes: Vec<Mistake>,
    ) -> Network {
        let recipes = self.join_inputs(expansion.as_ref());
        let mut delivery_order: Vec<SupplyLinkIx> =
            (0..self.supply.len()).map(SupplyLinkIx::from_position).collect();
        delivery_order.sort_by_key(|link| self.declared_at[link.position()]);
        for &link in &delivery_order {
            let buyer = self.supply[link.position()].buyer;
            self.managed[buyer.position()].incoming.push(link);
        }
        let mut network = Network {
            declared,
            notes,
            nodes: self.nodes.into(),
            has_salvage: self.managed.iter().any(|node| node.salvage_value > 0.0),
            managed: self.managed.into(),
            has_fixed_costs: self.supply.iter().any(|link| link.fixed_order_cost > 0.0),
            supply: self.supply.into(),
            market: self.market.into(),
            links: self.links.into(),
            delivery_order,
            physics: None,
            recipes,
            products: Vec::new(),
            points: None,
            declared_at: self.links_declared_at,
            layout: Layout::default(),
        };
        if let Some(expansion) = expansion {
            network.products = expansion.products;
            network.points = Some(Box::new(expansion.points));
        }
        network.physics = Physics::of(&network, shared);
        network.layout = Layout::of(&network);
        network
    }
}
