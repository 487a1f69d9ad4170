//! The mistakes of single fields and those of the network as a whole, made one list.

use std::collections::{BTreeSet, HashMap};

use invmgmt::network::{DeclaredLink, DeclaredNetwork, Mistake, Network, NodeId, Place, node_key};

use super::fields::MAX_MISTAKES;
use super::locate;
use super::reader::Reading;
use crate::error::Diagnostic;
use crate::value::Value;

/// The network, if nothing at all is wrong with it.
pub(super) fn check(document: &Value, mut reading: Reading) -> Result<Network, Vec<Diagnostic>> {
    // With mistakes left out, what follows from them could not be told from news.
    if reading.has_lists && !reading.overflow {
        let known = Known::new(&reading);
        let mut declared = std::mem::take(&mut reading.declared);
        if known.has_lost_nodes {
            // No link can name such a node. One that leads nowhere keeps the engine from calling it an island.
            declared.links.push(DeclaredLink::bare("\0", "\0", None));
        }
        match declared.compile() {
            Ok(network) if reading.mistakes.is_empty() => return Ok(network),
            Ok(_) => {}
            Err(error) => {
                let news = error.0.into_iter().filter(|mistake| !known.explains(mistake));
                reading.mistakes.extend(news.map(|mistake| located(document, mistake)));
            }
        }
    }
    let mut mistakes = reading.mistakes;
    mistakes
        .sort_by(|(place_a, a), (place_b, b)| (a.line, a.column, place_a).cmp(&(b.line, b.column, place_b)));
    let mut diagnostics: Vec<Diagnostic> = mistakes.into_iter().map(|(_, diagnostic)| diagnostic).collect();
    if reading.overflow {
        let message = format!("more than {MAX_MISTAKES} mistakes; the others are left out");
        diagnostics.push(Diagnostic { path: String::new(), message, line: None, column: None });
    }
    Err(diagnostics)
}

fn located(document: &Value, mistake: Mistake) -> (Place, Diagnostic) {
    let Mistake { place, path, message } = mistake;
    let (line, column) = locate(document, &place);
    (place, Diagnostic { path, message, line, column })
}

/// What is known to be wrong before the network as a whole is looked at.
struct Known {
    /// Keys already reported.
    reported: BTreeSet<Place>,
    /// Whether there are nodes that no link can name.
    has_lost_nodes: bool,
    has_nameless_nodes: bool,
    /// Per node, whether its role is certain.
    certain_nodes: Vec<bool>,
    /// Per link, whether its kind (into a market or not) is certain; none where an end names no node.
    certain_links: Vec<Option<bool>>,
}

impl Known {
    fn new(reading: &Reading) -> Self {
        let DeclaredNetwork { nodes, links, .. } = &reading.declared;
        let mut positions: HashMap<&NodeId, usize> = HashMap::with_capacity(nodes.len());
        for (position, node) in nodes.iter().enumerate() {
            positions.entry(&node.id).or_insert(position);
        }
        let position_of = |id: &NodeId| positions.get(id).copied();
        let ends: Vec<Option<(usize, usize)>> =
            links.iter().map(|link| position_of(&link.from).zip(position_of(&link.to))).collect();
        // A link whose end names no node may turn out to join any node. It changes the role only of one that has no
        // buyer or no supplier so far.
        let all_join = ends.iter().all(Option::is_some);
        let (mut supplies, mut buys) = (vec![all_join; nodes.len()], vec![all_join; nodes.len()]);
        for &(from, to) in ends.iter().flatten() {
            supplies[from] = true;
            buys[to] = true;
        }
        // A node that repeats an id gets no link at all.
        let is_first = |position: usize| positions[&nodes[position].id] == position;
        let certain = |position| is_first(position) && supplies[position] && buys[position];
        Self {
            reported: reported(reading),
            has_lost_nodes: reading.has_nameless_nodes || positions.len() < nodes.len(),
            has_nameless_nodes: reading.has_nameless_nodes,
            certain_nodes: (0..nodes.len()).map(certain).collect(),
            certain_links: ends.iter().map(|ends| ends.map(|(_, to)| supplies[to])).collect(),
        }
    }

    /// Whether a mistake of the whole network only follows from what is already known.
    fn explains(&self, mistake: &Mistake) -> bool {
        if self.reported.contains(&mistake.place) {
            return true;
        }
        match mistake.place {
            Place::Network | Place::Key(_) | Place::Node(_, None | Some("id")) => false,
            // Without the key that another one needs (its capacity), a node passes for something else.
            Place::Node(position, Some(key))
                if needed_by(key)
                    .is_some_and(|needed| self.reported.contains(&Place::Node(position, Some(needed)))) =>
            {
                true
            }
            Place::Node(position, Some(_)) => !self.certain_nodes[position],
            Place::Link(position, key) => match (self.certain_links.get(position), key) {
                // The link that was added.
                (None, _) => true,
                // It may name a node whose own name could not be read.
                (Some(None), _) => self.has_nameless_nodes,
                (Some(Some(_)), None) => false,
                (Some(Some(certain)), Some(_)) => !certain,
            },
        }
    }
}

fn needed_by(key: &str) -> Option<&'static str> {
    node_key(key)?.needs
}

/// Keys that need no second mistake.
fn reported(reading: &Reading) -> BTreeSet<Place> {
    let places = reading.mistakes.iter().map(|(place, _)| place).chain(&reading.settled);
    let keys = places.filter(|place| matches!(place, Place::Node(_, Some(_)) | Place::Link(_, Some(_))));
    let mut reported: BTreeSet<Place> = keys.copied().collect();
    // The two keys of a law stand and fall together.
    let laws: Vec<Place> = reported
        .iter()
        .filter_map(|place| match place {
            Place::Link(position, Some("dist_param")) => Some(Place::Link(*position, Some("demand_dist"))),
            _ => None,
        })
        .collect();
    reported.extend(laws);
    reported
}
