//! The network of a scenario and the rules it is played by.

use std::path::Path;

use invmgmt::Range;
use invmgmt::network::{
    DeclaredNetwork, DeclaredNode, KeyForm, KeyValue, NODE_KEYS, Network, NetworkKey, NodeId, PRESETS,
    TableIndex, preset,
};
use invmgmt::period::Rules;

use super::keys::RULES;
use super::report::Report;
use super::series::Files;
use crate::error::Diagnostic;
use crate::mapping::{Entries, node_id, plain_number};
use crate::network_file::{is_document, locate, parse_network, read_network};
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
    if !is_document(Path::new(name)) {
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

/// Notes what the network declares without effect, at its line where it stands in this file.
pub(super) fn note_idle(report: &mut Report, file: &Entries<'_>, network: &Network) {
    let Some(value) = file.get("network") else { return };
    let origin = value.text().map_or("network".to_owned(), |name| format!("network ({})", shown(name)));
    for note in &network.notes {
        let (line, column) = locate(value, &note.place);
        let path = format!("{origin}: {}", note.path);
        report.notes.push(Diagnostic { path, message: note.message.clone(), line, column });
    }
}

/// Keys of nodes that the rules of a scenario give, in place of what the network declares.
pub(super) type NodeRules<'a> = Vec<(&'static NodeKey, Given<'a>)>;

type NodeKey = NetworkKey<DeclaredNode>;

/// A key as the rules give it.
pub(super) enum Given<'a> {
    /// The same to every node that holds stock.
    Everywhere(f64),
    /// By node, each with its place.
    PerNode(Vec<(&'a Value, NodeId, f64)>),
}

/// The keys of nodes that rules may give.
pub(super) fn node_rules() -> impl Iterator<Item = &'static NodeKey> {
    NODE_KEYS.iter().filter(|row| row.in_rules)
}

/// The rules of a scenario, and what they give to nodes.
pub(super) fn rules<'a>(report: &mut Report, file: &Entries<'a>) -> (Rules, NodeRules<'a>) {
    let mut rules = Rules::default();
    let Some(value) = file.get("rules") else { return (rules, Vec::new()) };
    let known: Vec<String> = RULES.iter().map(|key| format!("'{}'", key.name)).collect();
    let (last, others) = known.split_last().expect("rules have keys");
    let expected = format!("a mapping with {} and {last}", others.join(", "));
    let Some(entries) = report.entries(value, RULES, "rules".into(), &expected) else {
        return (rules, Vec::new());
    };
    rules.backlog = report.flag(&entries, "backlog").unwrap_or(rules.backlog);
    if let Some(discount) = report.number(&entries, "discount") {
        if Range::Share.holds(discount) {
            rules.discount = discount;
        } else {
            let message = format!("found {discount}; expected {}", Range::Share.words());
            report.at_key(&entries, "discount", message);
        }
    }
    let given = node_rules().filter_map(|row| Some((row, node_rule(report, &entries, row)?))).collect();
    (rules, given)
}

fn node_rule<'a>(report: &mut Report, entries: &Entries<'a>, row: &NodeKey) -> Option<Given<'a>> {
    let KeyForm::Number(range) = row.form else { return None };
    let usable = |value: &Value| plain_number(value).filter(|&number| range.holds(number));
    let value = entries.get(row.key)?;
    if let Some(number) = usable(value) {
        return Some(Given::Everywhere(number));
    }
    let Content::Map(map) = &value.content else {
        let expected = format!("{}, or a mapping of nodes to such numbers", range.words());
        report.at_key(entries, row.key, format!("found {value}; expected {expected}"));
        return None;
    };
    let path = format!("rules: {}", row.key);
    let mut nodes = Vec::new();
    for (key, value) in map {
        match (node_id(key), usable(value)) {
            (Some(id), Some(number)) if nodes.iter().all(|(_, seen, _)| *seen != id) => {
                nodes.push((key, id, number));
            }
            (Some(id), Some(_)) => {
                report.add(path.clone(), key, format!("node {id} stands twice; every node may stand once"));
            }
            (id, _) => {
                let node = id.map_or_else(|| key.to_string(), |id| id.to_string());
                let message = format!("found {value}; expected {}", range.words());
                report.add(format!("{path}: {node}"), key, message);
            }
        }
    }
    Some(Given::PerNode(nodes))
}

/// Writes what rules give to nodes into the declaration of a network.
pub(super) fn use_node_rules(report: &mut Report, network: &mut Network, given: NodeRules<'_>) {
    let managed: Vec<usize> = network.managed.rows().iter().map(|row| row.node.position()).collect();
    for (row, given) in given {
        let values = match given {
            Given::Everywhere(number) => managed.iter().map(|&position| (position, number)).collect(),
            Given::PerNode(nodes) => named_nodes(report, network, &managed, row, nodes),
        };
        for (position, number) in values {
            row.put(&mut network.declared.nodes[position], KeyValue::Number(number));
        }
    }
}

/// The positions of the nodes named; those that hold no stock are reported.
fn named_nodes(
    report: &mut Report,
    network: &Network,
    managed: &[usize],
    row: &NodeKey,
    nodes: Vec<(&Value, NodeId, f64)>,
) -> Vec<(usize, f64)> {
    let mut values = Vec::new();
    for (at, id, number) in nodes {
        let wrong = match network.declared.nodes.iter().position(|node| node.id == id) {
            Some(position) if managed.contains(&position) => {
                values.push((position, number));
                continue;
            }
            Some(position) => {
                let roles = network.nodes.rows()[position].roles;
                format!("a {roles} holds no stock, so nothing is left there")
            }
            None => "no such node".to_owned(),
        };
        report.add(format!("rules: {}: {id}", row.key), at, format!("{wrong}; {}", holders(network)));
    }
    values
}

/// The nodes that hold stock, for a message.
fn holders(network: &Network) -> String {
    let ids: Vec<String> =
        network.managed.indices().map(|node| network.managed_id(node).to_string()).collect();
    format!("nodes that hold stock: {}", shown(&ids.join(", ")))
}
