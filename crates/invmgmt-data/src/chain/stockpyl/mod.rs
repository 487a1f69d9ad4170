//! Instances of the Python package stockpyl, as its file of instances holds them: networks whose nodes have policies
//! and sources of demand as nested objects. A node that handles several products is a stage for each of them.

mod demand;
mod parts;

use std::collections::{HashMap, HashSet};
use std::path::Path;

use serde_json::{Map, Value};

use self::parts::{Point, Product, bills, points, products};
use super::{Chain, ChainStage, CostKind, StageTime};
use crate::adapters::AdapterError;
use crate::text::{read_text, shown};

type Object = Map<String, Value>;

/// Keys of a node that are read, and those that say nothing beyond them.
const READ: [&str; 17] = [
    "_index",
    "_product_indices",
    "_bill_of_materials",
    "name",
    "_predecessor_indices",
    "_successor_indices",
    "local_holding_cost",
    "echelon_holding_cost",
    "stockout_cost",
    "shipment_lead_time",
    "demand_source",
    "initial_inventory_level",
    "supply_type",
    "processing_time",
    "external_inbound_cst",
    "external_outbound_cst",
    "demand_bound_constant",
];
const IDLE: [&str; 12] = [
    "network",
    "is_dummy",
    "_dummy_product",
    "_external_supplier_dummy_product",
    "original_label",
    "net_demand_mean",
    "net_demand_standard_deviation",
    "larger_adjacent_node",
    "larger_adjacent_node_is_downstream",
    "max_replenishment_time",
    "state_vars",
    "dict_type",
];

/// The networks among the instances of a file.
///
/// # Errors
/// [`AdapterError`] if the file does not hold instances.
pub fn stockpyl_networks(path: &Path) -> Result<Vec<String>, AdapterError> {
    let document = document(path)?;
    let names = instances(path, &document)?.iter().filter(|instance| nodes(instance).is_some());
    Ok(names.filter_map(|instance| instance["name"].as_str().map(str::to_owned)).collect())
}

/// Reads the network of this name.
///
/// # Errors
/// [`AdapterError`] naming the networks there are, or saying what of the network cannot be read.
pub fn read_stockpyl(path: &Path, name: &str) -> Result<Chain, AdapterError> {
    let source = path.to_string_lossy();
    let document = document(path)?;
    let found = instances(path, &document)?.iter().find(|instance| instance["name"] == name);
    let Some(instance) = found else {
        let known = stockpyl_networks(path)?;
        let message = format!("has no instance '{}'; networks in it: {}", shown(name), known.join(", "));
        return Err(AdapterError::data(&source, message));
    };
    let Some(nodes) = nodes(instance) else {
        let message =
            format!("'{}' is no network but a list of numbers; solve it with 'textbook'", shown(name));
        return Err(AdapterError::data(&source, message));
    };
    let mut reader = Reader::default();
    let products = products(&instance["data"], &mut reader.mistakes);
    let points = points(nodes, &products, &mut reader.mistakes);
    let mut chain = reader.chain(nodes, &points, &products);
    if !reader.mistakes.is_empty() {
        return Err(AdapterError::data(&source, format!("{name}: {}", reader.mistakes.join("\n"))));
    }
    name.clone_into(&mut chain.name);
    let mut chain = chain.checked(&source)?;
    reader.local_costs(&mut chain)?;
    Ok(chain)
}

fn document(path: &Path) -> Result<Value, AdapterError> {
    let text = read_text(path).map_err(|error| AdapterError::Table(error.into()))?;
    serde_json::from_str(&text)
        .map_err(|error| AdapterError::data(&path.to_string_lossy(), format!("is not JSON: {error}")))
}

fn instances<'a>(path: &Path, document: &'a Value) -> Result<&'a [Value], AdapterError> {
    document["instances"].as_array().map(Vec::as_slice).ok_or_else(|| {
        let message = "has no list of instances; expected a file as stockpyl ships it";
        AdapterError::data(&path.to_string_lossy(), message)
    })
}

fn nodes(instance: &Value) -> Option<&[Value]> {
    let data = &instance["data"];
    data["_nodes"].as_array().or_else(|| data["nodes"].as_array()).map(Vec::as_slice)
}

/// The entry of a key, with or without an underscore before it; none where it is null.
fn entry<'a>(object: &'a Object, key: &str) -> Option<&'a Value> {
    let bare = key.trim_start_matches('_');
    let found = object.get(bare).or_else(|| object.get(&format!("_{bare}")))?;
    (!found.is_null()).then_some(found)
}

/// Whether a value says nothing: null, nothing in it, or objects of such.
fn is_idle(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.iter().all(|(key, value)| {
            IDLE.contains(&key.as_str()) || key == "node" || key == "product" || is_idle(value)
        }),
        _ => false,
    }
}

/// A product as its node holds it. An entry that the node has for each product is that of the product; one that the
/// node does not have is the product's own.
#[derive(Clone, Copy)]
struct Held<'a> {
    node: &'a Object,
    product: Option<(i64, &'a Object)>,
}

impl<'a> Held<'a> {
    fn entry(&self, key: &str) -> Option<&'a Value> {
        let own = entry(self.node, key).filter(|value| !says_nothing(key, value));
        let Some((index, product)) = self.product else { return own };
        let of_product = || entry(product, key);
        match own {
            Some(Value::Object(each)) if !each.contains_key("type") => {
                each.get(&index.to_string()).filter(|value| !value.is_null()).or_else(of_product)
            }
            Some(value) => Some(value),
            None => of_product(),
        }
    }
}

#[derive(Default)]
struct Reader {
    mistakes: Vec<String>,
    left_out: Vec<String>,
    /// Positions of stages whose cost is that of their echelon.
    echelon: Vec<usize>,
}

impl Reader {
    /// A stage for each product of each node, and who feeds whom.
    fn chain(&mut self, nodes: &[Value], points: &[Point], products: &HashMap<i64, Product<'_>>) -> Chain {
        let empty = Object::new();
        let objects: Vec<&Object> = nodes.iter().map(|node| node.as_object().unwrap_or(&empty)).collect();
        let nodes = self.names(&objects);
        let names: Vec<String> = points
            .iter()
            .map(|point| {
                let alone = points.iter().filter(|other| other.node == point.node).count() == 1;
                let node = &nodes[point.node];
                let product = point.product.filter(|_| !alone).and_then(|index| products.get(&index));
                product.map_or_else(|| node.clone(), |product| format!("{} at {node}", product.name))
            })
            .collect();
        let mut stages = Vec::with_capacity(points.len());
        for (point, name) in points.iter().zip(&names) {
            let product = point.product.and_then(|index| Some((index, products.get(&index)?.object)));
            let held = Held { node: objects[point.node], product };
            stages.push(self.stage(name, held, stages.len()));
        }
        objects.iter().zip(&nodes).for_each(|(object, name)| self.unread("node", object, name));
        let mut known: Vec<&Product<'_>> = products.values().collect();
        known.sort_by_key(|product| &product.name);
        for product in known {
            self.unread("product", product.object, &product.name);
        }
        let bills = bills(points, &self.suppliers(&objects), products, &names);
        self.left_out.extend(bills.left_out);
        let mut assumptions = vec![
            "costs are those of holding a unit for a period; what a stage's unit costs is not in the file"
                .to_owned(),
            "the lead time of a stage is its shipment_lead_time, or its processing_time".to_owned(),
        ];
        assumptions.extend(bills.assumptions);
        let (links, costs) = (bills.links, CostKind::Holding);
        let mut chain =
            Chain { name: String::new(), stages, links, costs, assumptions, left_out: Vec::new() };
        self.leave_idle(&mut chain, points);
        self.left_out.sort();
        self.left_out.dedup();
        chain.left_out.clone_from(&self.left_out);
        chain
    }

    /// What the nodes are called.
    fn names(&mut self, nodes: &[&Object]) -> Vec<String> {
        let mut names = Vec::with_capacity(nodes.len());
        for (position, node) in nodes.iter().enumerate() {
            let index = entry(node, "index").and_then(Value::as_i64);
            names.push(match (entry(node, "name").and_then(Value::as_str), index) {
                (Some(name), _) => name.to_owned(),
                (None, Some(index)) => index.to_string(),
                (None, None) => {
                    self.mistakes.push(format!("node {}: no index", position + 1));
                    (position + 1).to_string()
                }
            });
        }
        names
    }

    fn stage(&mut self, name: &str, held: Held<'_>, position: usize) -> ChainStage {
        let mut stage = ChainStage::new(name);
        let mut number = |key: &str| self.number(held, name, key);
        let lead_time = number("shipment_lead_time").or_else(|| number("processing_time"));
        stage.time = StageTime::Fixed(lead_time.unwrap_or(0.0));
        let (local, echelon) = (number("local_holding_cost"), number("echelon_holding_cost"));
        stage.cost = local.or(echelon).unwrap_or(0.0);
        stage.penalty = number("stockout_cost").filter(|penalty| *penalty > 0.0);
        stage.initial_stock = number("initial_inventory_level");
        stage.external_inbound_time = number("external_inbound_cst").unwrap_or(0.0);
        stage.max_service_time = number("external_outbound_cst");
        stage.safety_factor = number("demand_bound_constant");
        if local.is_none() && echelon.is_some() {
            self.echelon.push(position);
        }
        match held.entry("demand_source").map(demand::read) {
            Some(Ok(Some(found))) => {
                if found.was_ordered {
                    let message =
                        format!("the order of the demands of {}: their values are drawn", shown(name));
                    self.left_out.push(message);
                }
                stage.demand = Some(found.demand);
            }
            Some(Err(kind)) => self.mistakes.push(format!(
                "node {}: demand of type {} cannot be read; expected N, P, UD, UC, B, CD or D with its numbers",
                shown(name),
                shown(&kind)
            )),
            Some(Ok(None)) | None => {}
        }
        stage
    }

    fn number(&mut self, held: Held<'_>, name: &str, key: &str) -> Option<f64> {
        let found = held.entry(key)?;
        match found.as_f64() {
            Some(number) if number.is_finite() && number >= 0.0 => Some(number),
            _ => {
                let found = shown(&found.to_string());
                self.mistakes
                    .push(format!("node {}: {key}: found {found}; expected a number >= 0", shown(name)));
                None
            }
        }
    }

    /// Lists what an object says and nothing here holds.
    fn unread(&mut self, what: &str, object: &Object, name: &str) {
        for (key, value) in object {
            let bare = key.trim_start_matches('_');
            let is_known = |known: &&str| known.trim_start_matches('_') == bare;
            let is_read = READ.iter().chain(&IDLE).any(is_known);
            if !is_read && !says_nothing(key, value) {
                self.left_out.push(format!("{bare} of {what} {}", shown(name)));
            }
        }
    }

    /// The nodes that feed each node. An outside supplier has no index.
    fn suppliers(&mut self, nodes: &[&Object]) -> Vec<Vec<usize>> {
        let index = |node: &&Object| entry(node, "index").and_then(Value::as_i64);
        let places: HashMap<i64, usize> =
            nodes.iter().enumerate().filter_map(|(at, node)| Some((index(node)?, at))).collect();
        let mut suppliers = vec![Vec::new(); nodes.len()];
        for (to, node) in nodes.iter().enumerate() {
            let before = entry(node, "predecessor_indices").and_then(Value::as_array);
            for index in before.into_iter().flatten().filter_map(Value::as_i64) {
                match places.get(&index) {
                    Some(&from) => suppliers[to].push(from),
                    None => {
                        self.mistakes.push(format!("node {}: there is no node {index} to feed it", to + 1));
                    }
                }
            }
        }
        suppliers
    }

    /// Leaves out products of nodes that nobody takes anything of.
    fn leave_idle(&mut self, chain: &mut Chain, points: &[Point]) {
        let mut kept: Vec<usize> = (0..points.len()).collect();
        loop {
            let sells: HashSet<usize> = chain.links.iter().map(|link| link.from).collect();
            let is_idle = |at: &usize| {
                points[*at].product.is_some() && !sells.contains(at) && chain.stages[*at].demand.is_none()
            };
            let (idle, rest): (Vec<usize>, Vec<usize>) = kept.iter().partition(|at| is_idle(at));
            if idle.is_empty() || rest.is_empty() {
                break;
            }
            let names = idle.iter().map(|at| shown(&chain.stages[*at].name));
            self.left_out.extend(names.map(|name| format!("{name}: nobody takes any of it")));
            chain.links.retain(|link| !idle.contains(&link.to));
            kept = rest;
        }
        let places: HashMap<usize, usize> = kept.iter().enumerate().map(|(new, old)| (*old, new)).collect();
        for link in &mut chain.links {
            (link.from, link.to) = (places[&link.from], places[&link.to]);
        }
        self.echelon = self.echelon.iter().filter_map(|at| places.get(at).copied()).collect();
        chain.stages = kept.iter().map(|&at| chain.stages[at].clone()).collect();
    }

    /// Costs of an echelon become costs of a unit there: what the goods in it cost at those who feed it, and the
    /// echelon's own.
    fn local_costs(&self, chain: &mut Chain) -> Result<(), AdapterError> {
        if self.echelon.is_empty() {
            return Ok(());
        }
        let suppliers = chain.suppliers();
        for at in chain.downstream()? {
            if self.echelon.contains(&at) {
                let before = suppliers[at].iter().map(|&(from, quantity)| quantity * chain.stages[from].cost);
                let before: f64 = before.sum();
                chain.stages[at].cost += before;
            }
        }
        chain.assumptions.push(
            "where a file gives echelon holding costs, holding a unit costs that and what its parts cost to hold"
                .to_owned(),
        );
        Ok(())
    }
}

/// Settings that stand for nothing: no disruptions, a policy or customers without a type, for all products or each.
fn says_nothing(key: &str, value: &Value) -> bool {
    let untyped = |value: &Value, of: &str| value.get(of).is_none_or(Value::is_null);
    if key.ends_with("disruption_process") {
        return untyped(value, "random_process_type");
    }
    if key.ends_with("inventory_policy") || key.ends_with("demand_source") {
        let each = value.as_object().into_iter().flatten();
        return untyped(value, "type") && each.map(|(_, value)| value).all(|value| untyped(value, "type"));
    }
    is_idle(value)
}
