//! Every mistake of a declared network, found in one pass.

use std::collections::HashMap;

use super::expand::{Expansion, Point};
use super::shape::Shape;
use super::terms::LeadTimeLaw;
use super::{
    DeclaredLink, DeclaredNetwork, DeclaredNode, KeyForm, KeyOwner, KeyValue, LINK_KEYS, MAX_NODES,
    MAX_TRANSIT_SLOTS, Mistake, NETWORK_KEYS, NODE_KEYS, NetworkError, NetworkKey, NodeId, Place, Roles,
    node_key,
};
use crate::law::Law;
use crate::range::Range;

/// Smallest yield: 1 / yield is multiplied with orders.
const LEAST_YIELD: f64 = 1e-100;

/// A declared network with its names resolved, and the mistakes found so far.
pub(super) struct Checker<'a> {
    pub declared: &'a DeclaredNetwork,
    mistakes: Vec<Mistake>,
    /// What is harmless and does nothing.
    pub notes: Vec<Mistake>,
    /// Ends of each link as positions of nodes, none where an end is unknown.
    pub ends: Vec<Option<(usize, usize)>>,
    pub roles: Vec<Roles>,
    /// What nodes and links were made of, where there are several products.
    pub expansion: Option<&'a Expansion>,
}

/// All mistakes of a declared network, or its resolved names and roles.
pub(super) fn check<'a>(
    declared: &'a DeclaredNetwork,
    expansion: Option<&'a Expansion>,
) -> Result<Checker<'a>, NetworkError> {
    let mut checker = Checker {
        declared,
        mistakes: Vec::new(),
        notes: Vec::new(),
        ends: Vec::new(),
        roles: Vec::new(),
        expansion,
    };
    for (place, message) in expansion.into_iter().flat_map(|expansion| &expansion.mistakes) {
        checker.report_declared(*place, message);
    }
    if declared.nodes.is_empty() || declared.links.is_empty() {
        checker.check_sizes();
        return Err(NetworkError(checker.mistakes));
    }
    let found = checker.mistakes.len();
    checker.check_sizes();
    if checker.mistakes.len() == found {
        checker.resolve_names();
        checker.assign_roles();
        checker.check_shape();
        checker.check_network();
        for (position, node) in declared.nodes.iter().enumerate() {
            checker.check_node(position, node);
        }
        for (position, link) in declared.links.iter().enumerate() {
            checker.check_link(position, link);
        }
        checker.check_transit_slots();
    }
    if checker.mistakes.is_empty() {
        Ok(checker)
    } else {
        // Whoever mends the mistakes may as well hear of what does nothing.
        checker.mistakes.append(&mut checker.notes);
        checker.mistakes.sort_by_key(|a| a.place);
        // What is wrong with every product of a node is wrong once.
        checker.mistakes.dedup();
        Err(NetworkError(checker.mistakes))
    }
}

impl Checker<'_> {
    pub(super) fn report(&mut self, place: Place, message: impl Into<String>) {
        let mistake = self.placed(place, message);
        self.mistakes.push(mistake);
    }

    /// Notes what is harmless and does nothing.
    pub(super) fn note(&mut self, place: Place, message: impl Into<String>) {
        let note = self.placed(place, message);
        self.notes.push(note);
    }

    /// A mistake of the network as it was declared, before it was taken apart by product.
    fn report_declared(&mut self, place: Place, message: &str) {
        let at = |points: &[Point], node: usize| points.iter().position(|point| point.node == node);
        let place = match (place, self.expansion) {
            (Place::Node(node, key), Some(expansion)) => {
                at(&expansion.nodes, node).map_or(Place::Network, |position| Place::Node(position, key))
            }
            (place, _) => place,
        };
        match place {
            Place::Link(position, key) => {
                let path = format!("edges[{position}]");
                let path = key.map_or(path.clone(), |key| format!("{path}: {key}"));
                self.mistakes.push(Mistake { place, path, message: message.to_owned() });
            }
            place => self.report(place, message),
        }
    }

    /// The place of a node or link where it was declared, and how it is called there.
    fn declared_place(&self, place: Place) -> (Place, String) {
        let nodes = |position: usize| self.declared.nodes[position].id.to_string();
        match (place, self.expansion) {
            (Place::Node(position, key), None) => {
                (place, path_of(&format!("nodes[{position}] ({})", nodes(position)), key))
            }
            (Place::Node(position, key), Some(expansion)) => {
                let node = expansion.nodes[position].node;
                let path = path_of(&format!("nodes[{node}] ({})", nodes(position)), key);
                (Place::Node(node, key), path)
            }
            (Place::Link(position, key), None) => {
                let link = &self.declared.links[position];
                let path = path_of(&format!("edges[{position}] ({} -> {})", link.from, link.to), key);
                (place, path)
            }
            (Place::Link(position, key), Some(expansion)) => {
                let carried = &expansion.links[position];
                match carried.place {
                    Place::Link(link, _) => {
                        let path = path_of(&format!("edges[{link}] ({})", carried.name), key);
                        (Place::Link(link, key), path)
                    }
                    other => (other, path_of(&format!("recipe {}", carried.name), key)),
                }
            }
            (Place::Network, _) => (place, String::new()),
            (Place::Key(key), _) => (place, (key).to_owned()),
        }
    }

    fn placed(&self, place: Place, message: impl Into<String>) -> Mistake {
        let (place, path) = self.declared_place(place);
        Mistake { place, path, message: message.into() }
    }

    fn check_sizes(&mut self) {
        for (what, found) in [("nodes", self.declared.nodes.len()), ("edges", self.declared.links.len())] {
            if found == 0 {
                self.report(
                    Place::Network,
                    format!("no {what} given; a network needs a non-empty '{what}' list"),
                );
            } else if found > MAX_NODES {
                self.report(Place::Network, format!("{found} {what}; at most {MAX_NODES} are allowed"));
            }
        }
    }

    fn resolve_names(&mut self) {
        let declared = self.declared;
        let mut positions: HashMap<&NodeId, usize> = HashMap::with_capacity(declared.nodes.len());
        for (position, node) in declared.nodes.iter().enumerate() {
            if let Some(first) = positions.insert(&node.id, position) {
                self.report(
                    Place::Node(position, Some("id")),
                    format!("repeats nodes[{first}]; every id may stand once"),
                );
                positions.insert(&node.id, first);
            }
        }
        let mut links: HashMap<(usize, usize), usize> = HashMap::with_capacity(declared.links.len());
        for (position, link) in declared.links.iter().enumerate() {
            let mut end = |key: &'static str, id: &NodeId| {
                let found = positions.get(id).copied();
                if found.is_none() {
                    let message =
                        format!("references unknown node {id}; every end must be declared under 'nodes'");
                    self.report(Place::Link(position, Some(key)), message);
                }
                found
            };
            let ends = end("from", &link.from).zip(end("to", &link.to));
            if let Some(first) = ends.and_then(|ends| links.insert(ends, position)) {
                self.report(
                    Place::Link(position, None),
                    format!("repeats edges[{first}]; two nodes may be joined once"),
                );
            }
            self.ends.push(ends);
        }
    }

    fn assign_roles(&mut self) {
        let mut has_successor = vec![false; self.declared.nodes.len()];
        let mut has_predecessor = has_successor.clone();
        for &(from, to) in self.ends.iter().flatten() {
            has_successor[from] = true;
            has_predecessor[to] = true;
        }
        for (position, point) in
            self.expansion.iter().flat_map(|expansion| expansion.nodes.iter().enumerate())
        {
            // A node that holds stock holds all its products, also those that nobody brings or takes away.
            has_successor[position] |= point.product.is_some();
            has_predecessor[position] |= point.product.is_some();
        }
        let mut sells = vec![false; self.declared.nodes.len()];
        for &(from, to) in self.ends.iter().flatten() {
            sells[from] |= !has_successor[to];
        }
        self.roles = self
            .declared
            .nodes
            .iter()
            .enumerate()
            .map(|(position, node)| {
                let (market, raw_material) = (!has_successor[position], !has_predecessor[position]);
                let holds_stock = !market && !raw_material;
                let factory = holds_stock && node.capacity.is_some();
                Roles {
                    market,
                    raw_material,
                    factory,
                    distributor: holds_stock && !factory,
                    retailer: holds_stock && sells[position],
                }
            })
            .collect();
    }

    fn check_shape(&mut self) {
        let inputs =
            self.expansion.iter().flat_map(|expansion| expansion.recipes.iter()).flat_map(|recipe| {
                let made = self.ends[recipe.link].map(|(_, made)| made);
                recipe.inputs.iter().skip(1).filter_map(move |&(input, _)| Some((input, made?)))
            });
        let shape = Shape::new(self.declared.nodes.len(), self.ends.iter().flatten().copied().chain(inputs));
        let name = |position: usize| self.declared.nodes[position].id.to_string();
        if let Some(cycle) = shape.cycle() {
            let mut names: Vec<String> = cycle.iter().map(|&position| name(position)).collect();
            names.push(names[0].clone());
            let message = format!(
                "cycle {}; goods must flow one way (a directed acyclic graph, DAG)",
                names.join(" -> ")
            );
            self.report(Place::Network, message);
        }
        // A dangling edge is reported as such; the island it leaves behind would only repeat it.
        if self.ends.iter().all(Option::is_some)
            && let Some((apart, first)) = self.apart(&shape)
        {
            let message =
                format!("node {apart} is not joined to node {first}; a network is one connected component");
            self.report(Place::Network, message);
        }
    }

    /// Two nodes that no way joins; the stock points of a node hang together.
    fn apart(&self, shape: &Shape) -> Option<(NodeId, NodeId)> {
        let Some(expansion) = self.expansion else {
            let id = |position: usize| self.declared.nodes[position].id.clone();
            return shape.apart().map(|apart| (id(apart), id(0)));
        };
        let nodes = expansion.nodes.last().map_or(0, |point| point.node + 1);
        let place = |position: usize| expansion.nodes[position].node;
        let ends = self.ends.iter().flatten().map(|&(from, to)| (place(from), place(to)));
        let shape = Shape::new(nodes, ends.filter(|(from, to)| from != to));
        let id = |node: usize| {
            let first = expansion.nodes.iter().position(|point| point.node == node);
            first.map_or_else(|| NodeId::Number(node as i64), |first| self.declared.nodes[first].id.clone())
        };
        shape.apart().map(|apart| (id(apart), id(0)))
    }

    fn check_node(&mut self, position: usize, node: &DeclaredNode) {
        let roles = self.roles[position];
        for row in NODE_KEYS {
            let (place, value) = (Place::Node(position, Some(row.key)), row.get(node));
            let belongs = row.owner.is_node(roles);
            let required = row.required.is_some() && belongs;
            match Some(&value).filter(|value| !belongs && **value != KeyValue::Absent) {
                None => self.check_value(place, row, &value, required, &roles.to_string()),
                // A limit that does not bind, or a loss that does not happen, would let goods appear.
                // So is a key of a mechanism, which plain files do not have.
                Some(found) if row.is_setting() || row.limits && (roles.managed() || row.needs.is_none()) => {
                    self.report(place, misplaced(row, &found.to_string(), roles));
                }
                Some(found) => {
                    let reason =
                        if roles.managed() { "makes nothing" } else { "holds no stock and makes nothing" };
                    self.note(place, format!("{found} has no effect, because a {roles} {reason}"));
                }
            }
        }
        if roles.managed() {
            self.check_node_company(position, node);
        }
    }

    fn check_link(&mut self, position: usize, link: &DeclaredLink) {
        let Some((from, to)) = self.ends[position] else { return };
        let into_market = self.roles[to].market;
        let kind = if into_market { "market link" } else { "supply link" };
        for row in LINK_KEYS {
            if row.owner == KeyOwner::MarketLink && ["demand_dist", "dist_param"].contains(&row.key) {
                continue;
            }
            let (place, value) = (Place::Link(position, Some(row.key)), row.get(link));
            let belongs = row.owner.is_link(into_market);
            let required = row.required.is_some_and(|owner| owner.is_link(into_market));
            match Some(&value).filter(|value| !belongs && **value != KeyValue::Absent) {
                Some(found) if row.key == "L" => self.report(
                    place,
                    format!(
                        "found {found}; a link into a market must not define {} (customers take goods at once)",
                        row.name
                    ),
                ),
                Some(found) => self.report(
                    place,
                    format!("found {found}, but a {kind} has no '{}'; leave it out", row.key),
                ),
                None => self.check_value(place, row, &value, required, kind),
            }
        }
        self.check_link_company(position, link, into_market);
        self.check_demand(position, link, into_market);
        if into_market && self.roles[from].raw_material {
            let message =
                format!("node {} holds no stock; a market buys from a node with 'I0' and 'h'", link.from);
            self.report(Place::Link(position, Some("from")), message);
        }
    }

    fn check_demand(&mut self, position: usize, link: &DeclaredLink, into_market: bool) {
        let place = Place::Link(position, Some("demand_dist"));
        match (&link.demand, into_market) {
            (Some(_), false) => {
                self.report(
                    place,
                    "found on a supply link; only a link into a market has demand; leave it out",
                );
            }
            (None, true) => self.report(
                place,
                "missing; a link into a market must have 'demand_dist' and 'dist_param', \
                 for example demand_dist: poisson, dist_param: {mu: 20}",
            ),
            (Some(demand), true) => {
                if let Err(error) = Law::from_declared(demand) {
                    self.report(Place::Link(position, Some(error.key)), error.message);
                }
            }
            (None, false) => {}
        }
    }

    /// Checks the keys of the network as a whole.
    fn check_network(&mut self) {
        let declared = self.declared;
        for row in NETWORK_KEYS {
            self.check_value(Place::Key(row.key), row, &row.get(declared), false, "network");
        }
        self.check_network_company();
    }

    /// Checks a value that belongs where it stands, or is missing there.
    fn check_value<T>(
        &mut self,
        place: Place,
        row: &NetworkKey<T>,
        value: &KeyValue,
        required: bool,
        owner: &str,
    ) {
        if *value == KeyValue::Absent && !required {
            return;
        }
        self.check_needed(place, row.needs);
        if *value == KeyValue::Absent || value.number().is_some() {
            self.check_number(place, row, value.number(), required, owner);
        } else {
            self.check_form(place, row.key, row.form, value);
        }
    }

    fn check_number<T>(
        &mut self,
        place: Place,
        row: &NetworkKey<T>,
        found: Option<f64>,
        required: bool,
        owner: &str,
    ) {
        let message = match (row.form, found) {
            (KeyForm::Number(range), None) if required => {
                format!("missing; a {owner} must have it: {}", range.words())
            }
            (KeyForm::Number(range), Some(found)) if !range.holds(found) => {
                format!("found {found}; expected {}", range.words())
            }
            (KeyForm::Number(Range::Share), Some(found)) if found < LEAST_YIELD => format!(
                "found {found:e}; expected at least {LEAST_YIELD:e}: what it takes to make a unit would leave the \
                 range of numbers"
            ),
            (KeyForm::Whole(_) | KeyForm::WholeOr(..), None) if required => {
                format!("missing; a {owner} must have '{}', a non-negative integer", row.key)
            }
            (KeyForm::Whole(most) | KeyForm::WholeOr(most, _), Some(found)) if found > f64::from(most) => {
                format!("found {found}; a {} is a non-negative integer of at most {most} periods", row.name)
            }
            _ => return,
        };
        self.report(place, message);
    }

    fn check_transit_slots(&mut self) {
        let law = |link: &DeclaredLink| {
            let law = link.settings.structure("L").and_then(|law| LeadTimeLaw::read(law).ok())?;
            Some(law.longest().max(link.settings.whole("write_off_after").unwrap_or(0)) as u64)
        };
        let longest = |link: &DeclaredLink| link.lead_time.map(u64::from).or_else(|| law(link));
        let slots: u64 = self.declared.links.iter().filter_map(longest).sum();
        self.check_state_size(slots);
        if slots > MAX_TRANSIT_SLOTS as u64 {
            let message = format!(
                "the lead times add up to {slots} periods; at most {MAX_TRANSIT_SLOTS} fit an observation"
            );
            self.report(Place::Network, message);
        }
    }
}

/// What a key is told that stands on a node which has no use for it.
fn misplaced(row: &NetworkKey<DeclaredNode>, found: &str, roles: Roles) -> String {
    let key = row.key;
    match row.needs.and_then(node_key) {
        Some(needed) if roles.managed() => format!(
            "found {found}, but only a {} (a node with a {} '{}') has '{key}'",
            row.owner.words(),
            needed.name,
            needed.key
        ),
        _ => format!("found {found}, but a {roles} holds no stock and makes nothing; leave '{key}' out"),
    }
}

fn path_of(owner: &str, key: Option<&'static str>) -> String {
    key.map_or_else(|| owner.to_owned(), |key| format!("{owner}: {key}"))
}
