//! The network of a scenario and the rules it is played by.

use std::path::Path;

use invmgmt::network::{DeclaredNetwork, Network, NodeId, PRESETS, TableIndex, preset};
use invmgmt::period::Rules;

use super::keys::RULES;
use super::report::{Entries, Report, node_id, plain_number};
use super::series::Files;
use crate::network_file::{parse_network, read_network};
use crate::text::{check_plain, fault_of_named, shown};
use crate::topologies::{TOPOLOGIES, topology};
use crate::value::{Content, Value};

/// A network by name, presets first.
pub(super) fn by_name(name: &str) -> Option<DeclaredNetwork> {
    preset(name).or_else(|| topology(name).map(|network| network.declared))
}

/// The declared network of a scenario; none, with the mistakes reported, if it is not sound.
pub(super) fn declared(report: &mut Report, file: &Entries<'_>, files: &Files) -> Option<DeclaredNetwork> {
    let value = file.get("network")?;
    match &value.content {
        Content::Map(_) => match parse_network(value) {
            Ok(network) => Some(network.declared),
            Err(diagnostics) => {
                for diagnostic in diagnostics {
                    report.adopt("network", diagnostic);
                }
                None
            }
        },
        Content::Text(name) => by_name(name).or_else(|| from_file(report, file, files, name)),
        _ => {
            let message =
                format!("found {value}; expected the name of a network, the path of a file, or a network");
            report.at_key(file, "network", message);
            None
        }
    }
}

fn from_file(report: &mut Report, file: &Entries<'_>, files: &Files, name: &str) -> Option<DeclaredNetwork> {
    let ending = Path::new(name).extension().unwrap_or_default();
    if !["yaml", "yml"].iter().any(|known| ending.eq_ignore_ascii_case(known)) {
        let topologies = TOPOLOGIES.iter().map(|(name, _)| *name).filter(|name| !PRESETS.contains(name));
        let known: Vec<&str> = PRESETS.into_iter().chain(topologies).collect();
        let message = format!(
            "unknown network '{}'; known: {} (or base), or the path of a .yaml file",
            shown(name),
            known.join(", ")
        );
        report.at_key(file, "network", message);
        return None;
    }
    let path = files.path(name);
    match check_plain(&path).and_then(|()| read_network(&path)) {
        Ok(read) => Some(read.network.declared),
        Err(error) => {
            report.at_key(file, "network", fault_of_named(&path, &error, &["nodes", "edges"]));
            None
        }
    }
}

/// What stock is worth when the horizon ends, as a file says it.
pub(super) enum Salvage<'a> {
    /// As the network says.
    AsDeclared,
    /// The same everywhere.
    Everywhere(f64),
    /// By node, each with its place.
    PerNode(Vec<(&'a Value, NodeId, f64)>),
}

/// The rules of a scenario, and its salvage values.
pub(super) fn rules<'a>(report: &mut Report, file: &Entries<'a>) -> (Rules, Salvage<'a>) {
    let mut rules = Rules::default();
    let Some(value) = file.get("rules") else { return (rules, Salvage::AsDeclared) };
    let expected = "a mapping with 'backlog', 'discount' and 'salvage_value'";
    let Some(entries) = report.entries(value, RULES, "rules".into(), expected) else {
        return (rules, Salvage::AsDeclared);
    };
    rules.backlog = report.flag(&entries, "backlog").unwrap_or(rules.backlog);
    if let Some(discount) = report.number(&entries, "discount") {
        if discount > 0.0 && discount <= 1.0 {
            rules.discount = discount;
        } else {
            let message = format!("found {discount}; expected a number above 0 and at most 1");
            report.at_key(&entries, "discount", message);
        }
    }
    let salvage = salvage(report, &entries);
    (rules, salvage)
}

fn salvage<'a>(report: &mut Report, entries: &Entries<'a>) -> Salvage<'a> {
    let expected = "a finite number >= 0, or a mapping of nodes to such numbers";
    let worth = |value: &Value| plain_number(value).filter(|number| number.is_finite() && *number >= 0.0);
    let Some(value) = entries.get("salvage_value") else { return Salvage::AsDeclared };
    if let Some(number) = worth(value) {
        return Salvage::Everywhere(number);
    }
    let Content::Map(map) = &value.content else {
        report.at_key(entries, "salvage_value", format!("found {value}; expected {expected}"));
        return Salvage::AsDeclared;
    };
    let mut nodes = Vec::new();
    for (key, value) in map {
        match (node_id(key), worth(value)) {
            (Some(id), Some(number)) if nodes.iter().all(|(_, seen, _)| *seen != id) => {
                nodes.push((key, id, number));
            }
            (Some(id), Some(_)) => {
                report.add(
                    "rules: salvage_value",
                    key,
                    format!("node {id} stands twice; every node may stand once"),
                );
            }
            (id, _) => {
                let node = id.map_or_else(|| key.to_string(), |id| id.to_string());
                report.add(
                    format!("rules: salvage_value: {node}"),
                    key,
                    format!("found {value}; expected a finite number >= 0"),
                );
            }
        }
    }
    Salvage::PerNode(nodes)
}

/// Writes salvage values into the declaration of a network.
pub(super) fn use_salvage(report: &mut Report, network: &mut Network, salvage: Salvage<'_>) {
    let managed: Vec<usize> = network.managed.rows().iter().map(|row| row.node.position()).collect();
    match salvage {
        Salvage::AsDeclared => {}
        Salvage::Everywhere(worth) => {
            for &position in &managed {
                network.declared.nodes[position].salvage_value = Some(worth);
            }
        }
        Salvage::PerNode(nodes) => {
            for (at, id, worth) in nodes {
                let path = format!("rules: salvage_value: {id}");
                match network.declared.nodes.iter().position(|node| node.id == id) {
                    Some(position) if managed.contains(&position) => {
                        network.declared.nodes[position].salvage_value = Some(worth);
                    }
                    Some(position) => {
                        let roles = network.nodes.rows()[position].roles;
                        let message = format!(
                            "a {roles} holds no stock, so nothing is left there; {}",
                            holders(network)
                        );
                        report.add(path, at, message);
                    }
                    None => report.add(path, at, format!("no such node; {}", holders(network))),
                }
            }
        }
    }
}

/// The nodes that hold stock, for a message.
fn holders(network: &Network) -> String {
    let ids: Vec<String> =
        network.managed.indices().map(|node| network.managed_id(node).to_string()).collect();
    format!("nodes that hold stock: {}", shown(&ids.join(", ")))
}
