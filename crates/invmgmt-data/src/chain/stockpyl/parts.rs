//! Who makes what of what: nodes and the products they handle, and the package's network bill of materials.

use std::collections::HashMap;

use serde_json::Value;

use super::{Object, entry};
use crate::chain::ChainLink;
use crate::text::shown;

/// A product with a bill of materials of its own.
#[derive(Debug)]
pub(super) struct Product<'a> {
    pub object: &'a Object,
    pub name: String,
    /// What goes into a unit: product and quantity.
    parts: Vec<(i64, f64)>,
}

/// The products of a network by their index; those that stand for a node's only product are left out.
pub(super) fn products<'a>(data: &'a Value, mistakes: &mut Vec<String>) -> HashMap<i64, Product<'a>> {
    let all = data["_products"].as_array().or_else(|| data["products"].as_array());
    let mut found = HashMap::new();
    for (position, object) in all.into_iter().flatten().filter_map(Value::as_object).enumerate() {
        if entry(object, "is_dummy") == Some(&Value::Bool(true)) {
            continue;
        }
        let Some(index) = entry(object, "index").and_then(Value::as_i64) else {
            mistakes.push(format!("product {}: no index", position + 1));
            continue;
        };
        let name = entry(object, "name").and_then(Value::as_str);
        let name = name.map_or_else(|| format!("product {index}"), str::to_owned);
        let parts = parts(object, &name, mistakes);
        found.insert(index, Product { object, name, parts });
    }
    found
}

fn parts(product: &Object, name: &str, mistakes: &mut Vec<String>) -> Vec<(i64, f64)> {
    let bill = entry(product, "bill_of_materials").and_then(Value::as_object);
    let mut parts = Vec::new();
    for (part, quantity) in bill.into_iter().flatten() {
        match (part.parse::<i64>(), quantity.as_f64()) {
            (Ok(_), Some(0.0)) => {}
            (Ok(part), Some(quantity)) if quantity > 0.0 && quantity.is_finite() => {
                parts.push((part, quantity));
            }
            // The dictionary says of itself what it is.
            (Err(_), None) if part == "dict_type" => {}
            _ => mistakes.push(format!(
                "product {}: bill of materials: found {}: {}; expected the index of a product and a quantity >= 0",
                shown(name),
                shown(part),
                shown(&quantity.to_string())
            )),
        }
    }
    parts
}

/// What a node holds: one product of those it handles, or its only one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Point {
    /// Position of the node.
    pub node: usize,
    /// The product, where it has an index of its own.
    pub product: Option<i64>,
}

/// What every node holds, node by node.
pub(super) fn points(
    nodes: &[Value],
    products: &HashMap<i64, Product<'_>>,
    mistakes: &mut Vec<String>,
) -> Vec<Point> {
    let mut points = Vec::with_capacity(nodes.len());
    for (node, object) in nodes.iter().enumerate() {
        let indices = object.as_object().and_then(|object| entry(object, "product_indices")?.as_array());
        // Products with an index below zero stand for the only one of a node.
        let indices = indices.into_iter().flatten().filter_map(Value::as_i64).filter(|index| *index >= 0);
        let before = points.len();
        for index in indices {
            if products.contains_key(&index) {
                points.push(Point { node, product: Some(index) });
            } else {
                mistakes.push(format!("node {}: there is no product {index} for it to hold", node + 1));
            }
        }
        if points.len() == before {
            points.push(Point { node, product: None });
        }
    }
    points
}

/// What was made of bills of materials.
#[derive(Debug, Default)]
pub(super) struct Bills {
    pub links: Vec<ChainLink>,
    pub assumptions: Vec<String>,
    pub left_out: Vec<String>,
}

/// The links between points, by the package's rule: a product takes of a supplier what its bill of materials says;
/// where no product of a node has a part among what the supplier holds, each takes one unit of each. A part that
/// several suppliers hold is ordered of the first.
pub(super) fn bills(
    points: &[Point],
    before: &[Vec<usize>],
    products: &HashMap<i64, Product<'_>>,
    names: &[String],
) -> Bills {
    let mut bills = Bills::default();
    let mut held: Vec<Vec<usize>> = vec![Vec::new(); before.len()];
    points.iter().enumerate().for_each(|(at, point)| held[point.node].push(at));
    let needed = |of: &Point| -> &[(i64, f64)] {
        of.product.and_then(|index| products.get(&index)).map_or(&[], |product| &product.parts)
    };
    for (node, suppliers) in before.iter().enumerate() {
        for &supplier in suppliers {
            let holds =
                |part: i64| held[supplier].iter().copied().find(|at| points[*at].product == Some(part));
            let is_billed = |to: &usize| needed(&points[*to]).iter().any(|(part, _)| holds(*part).is_some());
            if held[node].iter().any(is_billed) {
                continue;
            }
            let each =
                |to: usize| held[supplier].iter().map(move |&from| ChainLink { from, to, quantity: 1.0 });
            bills.links.extend(held[node].iter().copied().flat_map(each));
            if held[node].len() > 1 || held[supplier].len() > 1 {
                bills.assumptions.push(format!(
                    "no bill of materials joins {} to what feeds it: a unit of each takes one of each ({}), which is \
                     stockpyl's rule",
                    named(&held[node], names),
                    named(&held[supplier], names)
                ));
            }
        }
        for &to in &held[node] {
            for &(part, quantity) in needed(&points[to]) {
                let holds = |supplier: &usize| {
                    held[*supplier].iter().copied().find(|at| points[*at].product == Some(part))
                };
                let sources: Vec<usize> = suppliers.iter().filter_map(holds).collect();
                let part =
                    products.get(&part).map_or_else(|| part.to_string(), |product| product.name.clone());
                match sources[..] {
                    [] => bills.left_out.push(format!(
                        "{} of the bill of materials of {}: nobody who feeds it holds any",
                        shown(&part),
                        shown(&names[to])
                    )),
                    [from, ..] => bills.links.push(ChainLink { from, to, quantity }),
                }
                if let [first, ref others @ ..] = sources[..]
                    && !others.is_empty()
                {
                    bills.left_out.push(format!(
                        "{} as further sources of {}: stockpyl orders all of it from {}",
                        named(others, names),
                        shown(&names[to]),
                        shown(&names[first])
                    ));
                }
            }
        }
    }
    bills
}

fn named(points: &[usize], names: &[String]) -> String {
    points.iter().map(|at| shown(&names[*at])).collect::<Vec<_>>().join(", ")
}
