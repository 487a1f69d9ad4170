//! Instances of the Python package stockpyl, as its file of instances holds them: networks whose nodes have policies
//! and sources of demand as nested objects.

use std::collections::HashMap;
use std::path::Path;

use invmgmt::law::LawValue;
use invmgmt::network::DeclaredDemand;
use serde_json::{Map, Value};

use super::{Chain, ChainDemand, ChainLink, ChainStage, CostKind, StageTime};
use crate::adapters::AdapterError;
use crate::text::{read_text, shown};

type Object = Map<String, Value>;

/// Keys of a node that are read, and those that say nothing beyond them.
const READ: [&str; 15] = [
    "_index",
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
    "_product_indices",
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
    let mut reader = Nodes::default();
    let stages: Vec<ChainStage> = nodes.iter().map(|node| reader.stage(node)).collect();
    let links = reader.links(nodes);
    reader.note_products(&instance["data"]);
    if !reader.mistakes.is_empty() {
        return Err(AdapterError::data(&source, format!("{name}: {}", reader.mistakes.join("\n"))));
    }
    let assumptions = vec![
        "costs are those of holding a unit for a period; what a stage's unit costs is not in the file"
            .to_owned(),
        "the lead time of a stage is its shipment_lead_time, or its processing_time".to_owned(),
    ];
    reader.left_out.sort();
    reader.left_out.dedup();
    let (name, left_out) = (name.to_owned(), reader.left_out);
    Chain { name, stages, links, costs: CostKind::Holding, assumptions, left_out }.checked(&source)
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

#[derive(Default)]
struct Nodes {
    mistakes: Vec<String>,
    left_out: Vec<String>,
    places: HashMap<i64, usize>,
}

impl Nodes {
    fn stage(&mut self, node: &Value) -> ChainStage {
        let empty = Object::new();
        let node = node.as_object().unwrap_or(&empty);
        let position = self.places.len();
        let index = entry(node, "index").and_then(Value::as_i64);
        let name = match (entry(node, "name").and_then(Value::as_str), index) {
            (Some(name), _) => name.to_owned(),
            (None, Some(index)) => index.to_string(),
            (None, None) => {
                self.mistakes.push(format!("node {}: no index", position + 1));
                (position + 1).to_string()
            }
        };
        self.places.insert(index.unwrap_or(i64::MIN + position as i64), position);
        let mut stage = ChainStage::new(name.clone());
        let mut number = |key: &str| self.number(node, &name, key);
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
            let message = format!("echelon_holding_cost of {}: taken for the local one", shown(&name));
            self.left_out.push(message);
        }
        stage.demand = entry(node, "demand_source").and_then(|source| self.demand(&name, source));
        for (key, value) in node {
            let known = |key: &str| READ.contains(&key) || IDLE.contains(&key);
            let is_known = known(key) || known(key.trim_start_matches('_')) || known(&format!("_{key}"));
            if !is_known && !says_nothing(key, value) {
                self.left_out.push(format!("{} of node {}", key.trim_start_matches('_'), shown(&name)));
            }
        }
        stage
    }

    fn number(&mut self, node: &Object, name: &str, key: &str) -> Option<f64> {
        let found = entry(node, key)?;
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

    /// What customers want, by the kinds of demand that the package has.
    fn demand(&mut self, name: &str, source: &Value) -> Option<ChainDemand> {
        let source = source.as_object()?;
        let kind = entry(source, "type")?.as_str()?.to_owned();
        let number = |key: &str| entry(source, key).and_then(Value::as_f64);
        let list = |key: &str| -> Option<Vec<f64>> {
            entry(source, key)?.as_array().map(|items| items.iter().filter_map(Value::as_f64).collect())
        };
        let parameters = |name: &str, parameters: Vec<(&str, LawValue)>| DeclaredDemand {
            distribution: name.to_owned(),
            parameters: parameters.into_iter().map(|(key, value)| (key.to_owned(), value)).collect(),
        };
        let discrete = |values: Vec<f64>, weights: Vec<f64>| {
            let total: f64 = weights.iter().sum();
            let mean = values.iter().zip(&weights).map(|(value, weight)| value * weight).sum::<f64>() / total;
            let square =
                values.iter().zip(&weights).map(|(v, w)| (v - mean).powi(2) * w).sum::<f64>() / total;
            let law = [("values", LawValue::List(values)), ("weights", LawValue::List(weights))];
            ChainDemand { mean, deviation: square.sqrt(), law: Some(parameters("discrete", law.into())) }
        };
        let of =
            |mean: f64, deviation: f64, law: Option<DeclaredDemand>| ChainDemand { mean, deviation, law };
        let mu = |mean: f64| ("mu", LawValue::Number(mean));
        let found = match kind.as_str() {
            "N" => number("mean").map(|mean| of(mean, number("standard_deviation").unwrap_or(0.0), None)),
            "P" => {
                number("mean").map(|mean| of(mean, mean.sqrt(), Some(parameters("poisson", vec![mu(mean)]))))
            }
            "UD" => {
                number("lo").zip(number("hi")).filter(|(lo, hi)| lo <= hi && hi - lo < 1e5).map(|(lo, hi)| {
                    let values: Vec<f64> = (lo as i64..=hi as i64).map(|value| value as f64).collect();
                    let weights = vec![1.0; values.len()];
                    discrete(values, weights)
                })
            }
            "UC" => number("lo").zip(number("hi")).map(|(lo, hi)| {
                let law = [("loc", LawValue::Number(lo)), ("scale", LawValue::Number(hi - lo))];
                of(
                    f64::midpoint(lo, hi),
                    (hi - lo) / 12.0_f64.sqrt(),
                    Some(parameters("uniform", law.into())),
                )
            }),
            "B" => number("n").zip(number("p")).map(|(n, p)| {
                let law = vec![mu(n * p), ("n", LawValue::Number(n))];
                of(n * p, (n * p * (1.0 - p)).sqrt(), Some(parameters("binomial", law)))
            }),
            "CD" => list("demand_list")
                .zip(list("probabilities"))
                .map(|(values, weights)| discrete(values, weights)),
            "D" => {
                let all = list("demand_list")
                    .or_else(|| entry(source, "demand_list")?.as_f64().map(|one| vec![one]));
                all.filter(|all| !all.is_empty()).map(|all| {
                    if all.iter().any(|one| *one != all[0]) {
                        self.left_out.push(format!(
                            "the order of the demands of node {}: their values are drawn",
                            shown(name)
                        ));
                        let weights = vec![1.0; all.len()];
                        return discrete(all, weights);
                    }
                    of(all[0], 0.0, Some(parameters("deterministic", vec![mu(all[0])])))
                })
            }
            _ => None,
        };
        if found.is_none() {
            let message = format!(
                "node {}: demand of type {} cannot be read; expected N, P, UD, UC, B, CD or D with its numbers",
                shown(name),
                shown(&kind)
            );
            self.mistakes.push(message);
        }
        found
    }

    fn links(&mut self, nodes: &[Value]) -> Vec<ChainLink> {
        let mut links = Vec::new();
        for (to, node) in nodes.iter().enumerate() {
            let Some(node) = node.as_object() else { continue };
            let before = entry(node, "predecessor_indices").and_then(Value::as_array);
            // An outside supplier has no index.
            for index in before.into_iter().flatten().filter_map(Value::as_i64) {
                match self.places.get(&index) {
                    Some(&from) => links.push(ChainLink { from, to, quantity: 1.0 }),
                    None => {
                        self.mistakes.push(format!("node {}: there is no node {index} to feed it", to + 1));
                    }
                }
            }
        }
        links
    }

    /// Products with bills of material of their own are more than a chain holds.
    fn note_products(&mut self, data: &Value) {
        let products = data["_products"].as_array().or_else(|| data["products"].as_array());
        let own = |product: &&Value| product["is_dummy"] != Value::Bool(true);
        let count = products.into_iter().flatten().filter(own).count();
        if count > 0 {
            self.left_out
                .push(format!("{count} products with bills of material of their own: one product a node"));
        }
    }
}

/// Settings that stand for nothing: no disruptions, a policy without numbers.
fn says_nothing(key: &str, value: &Value) -> bool {
    if key.ends_with("disruption_process") {
        return value["random_process_type"].is_null();
    }
    if key.ends_with("inventory_policy") {
        return value["type"].is_null();
    }
    is_idle(value)
}
