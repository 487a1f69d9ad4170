//! A document read into a declared network; what does not fit is reported and left out.

use invmgmt::network::{
    DeclaredLink, DeclaredNetwork, DeclaredNode, LINK_KEYS, NETWORK_KEYS, NODE_KEYS, NodeId, Place,
};

use super::fields::{Fields, Mistakes};
use crate::error::Diagnostic;
use crate::keys::{EDGE, FILE, NODE};
use crate::mapping::{node_id, title};
use crate::text::shown;
use crate::value::{Content, Value};

/// What was read of a document.
#[derive(Default)]
pub(super) struct Reading {
    /// The network. Fields at fault are left out; names that could not be read have stand-ins, so that every
    /// position is the document's.
    pub declared: DeclaredNetwork,
    /// The mistakes, each with its place in the network.
    pub mistakes: Vec<(Place, Diagnostic)>,
    /// Whether there were more than are kept.
    pub overflow: bool,
    /// Keys that are settled without a mistake of their own.
    pub settled: Vec<Place>,
    /// Whether both lists were found, so that looking at the network as a whole makes sense.
    pub has_lists: bool,
    /// Whether the id of any node could not be read.
    pub has_nameless_nodes: bool,
}

/// Reads a whole document.
pub(super) fn read(document: &Value) -> Reading {
    let mut mistakes = Mistakes::default();
    let mut reading = Reading::default();
    if let Content::Map(entries) = &document.content {
        let file = mistakes.fields(document, entries, FILE, Place::Network, String::new());
        read_lists(&file, &mut mistakes, &mut reading);
        mistakes.values(&file, NETWORK_KEYS, &mut reading.declared);
        reading.declared.name = file.get("name").and_then(title);
        reading.declared.description = file.get("description").and_then(title);
    } else {
        let found = match document.content {
            Content::Null => "the file is empty".to_owned(),
            _ => format!("found {document}"),
        };
        let message = format!("{found}; expected a mapping with 'nodes' and 'edges'");
        mistakes.report(Place::Network, String::new(), document, message);
    }
    Reading { mistakes: mistakes.found, overflow: mistakes.overflow, settled: mistakes.settled, ..reading }
}

fn read_lists(file: &Fields<'_>, mistakes: &mut Mistakes, reading: &mut Reading) {
    let nodes = mistakes.list(file, "nodes");
    let edges = mistakes.list(file, "edges");
    reading.has_lists = nodes.is_some() && edges.is_some();
    for (position, value) in nodes.into_iter().flatten().enumerate() {
        let node = read_node(position, value, mistakes);
        reading.has_nameless_nodes |= node.is_none();
        reading.declared.nodes.push(node.unwrap_or_else(|| DeclaredNode::new(stand_in("node", position))));
    }
    for (position, value) in edges.into_iter().flatten().enumerate() {
        let link = read_link(position, value, mistakes);
        reading.declared.links.push(link);
    }
}

/// A node; none if its id cannot be read.
fn read_node(position: usize, value: &Value, mistakes: &mut Mistakes) -> Option<DeclaredNode> {
    let place = Place::Node(position, None);
    let Content::Map(entries) = &value.content else {
        let message = format!(
            "found {value}; expected a mapping with an 'id', for example {{id: 1, I0: 100, h: 0.03}}"
        );
        mistakes.report(place, format!("nodes[{position}]"), value, message);
        return None;
    };
    let path = match name(value, "id") {
        Some(id) => format!("nodes[{position}] ({id})"),
        None => format!("nodes[{position}]"),
    };
    let fields = mistakes.fields(value, entries, NODE, place, path);
    let id = mistakes.id(&fields, "id");
    let is_nameless = id.is_none();
    let mut node = DeclaredNode::new(id.unwrap_or_else(|| stand_in("node", position)));
    mistakes.values(&fields, NODE_KEYS, &mut node);
    (!is_nameless).then_some(node)
}

/// A link; ends that cannot be read name no node.
fn read_link(position: usize, value: &Value, mistakes: &mut Mistakes) -> DeclaredLink {
    let place = Place::Link(position, None);
    let nowhere = || stand_in("end", position);
    let Content::Map(entries) = &value.content else {
        let message = format!(
            "found {value}; expected a mapping with 'from' and 'to', for example {{from: 2, to: 1, L: 3}}"
        );
        mistakes.report(place, format!("edges[{position}]"), value, message);
        mistakes.settled.extend(["from", "to"].map(|key| Place::Link(position, Some(key))));
        return DeclaredLink::bare(nowhere(), nowhere(), None);
    };
    let path = match (name(value, "from"), name(value, "to")) {
        (None, None) => format!("edges[{position}]"),
        (from, to) => {
            let end = |id: Option<String>| id.unwrap_or_else(|| "?".to_owned());
            format!("edges[{position}] ({} -> {})", end(from), end(to))
        }
    };
    let fields = mistakes.fields(value, entries, EDGE, place, path);
    let from = mistakes.id(&fields, "from").unwrap_or_else(nowhere);
    let to = mistakes.id(&fields, "to").unwrap_or_else(nowhere);
    let mut link = DeclaredLink::bare(from, to, None);
    mistakes.values(&fields, LINK_KEYS, &mut link);
    link.demand = mistakes.demand(&fields);
    link
}

/// A name no file can hold (its NUL would have to be spelled out), for what has none.
fn stand_in(what: &str, position: usize) -> NodeId {
    NodeId::Text(format!("\0{what} {position} without a name"))
}

/// The name a mapping gives under this key, for a message.
fn name(value: &Value, key: &str) -> Option<String> {
    let (_, id) = value.entry(key)?;
    node_id(id).map(|id| match id {
        NodeId::Number(number) => number.to_string(),
        NodeId::Text(text) => shown(&text),
    })
}
