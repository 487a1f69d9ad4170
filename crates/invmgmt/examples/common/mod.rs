//! The nine-node network with mechanisms, for what measures them.

use invmgmt::network::{DeclaredNetwork, KeyValue, Setting};

/// A mechanism's name, and how it is declared wherever it can stand.
pub type Declare = (&'static str, fn(&mut DeclaredNetwork));

/// The mechanisms of one product, one at a time.
pub const MECHANISMS: [Declare; 8] = [
    ("requests that wait", |network| on_links(network, &[("unmet", word("wait"))])),
    ("allocation in proportion", |network| {
        for node in network.nodes.iter_mut().filter(|node| [4, 6].map(Into::into).contains(&node.id)) {
            node.settings.put("allocation", KeyValue::Structure(Setting::Text("proportional".into())));
        }
    }),
    ("random lead times", |network| {
        for link in network.links.iter_mut().filter(|link| link.demand.is_none()) {
            let longest = f64::from(link.lead_time.take().unwrap_or(0));
            link.settings.put("L", KeyValue::Structure(map("uniform", list(&[longest, longest + 2.0]))));
            link.settings.put("draw", word("order"));
            link.settings.put("crossing", word("free"));
        }
    }),
    ("order sizes", |network| on_links(network, &[("multiple", KeyValue::Number(5.0))])),
    ("room", |network| {
        let entries = [
            ("space".to_owned(), Setting::Number(500.0)),
            ("overflow".to_owned(), Setting::Text("discard".into())),
        ];
        for node in network.nodes.iter_mut().filter(|node| node.initial_inventory.is_some()) {
            node.settings.put("storage", KeyValue::Structure(Setting::Map(entries.to_vec())));
        }
    }),
    ("shelf life of 4", |network| network.settings.put("life", KeyValue::Whole(4))),
    ("one failure chain", |network| {
        let entries = vec![
            ("where".to_owned(), Setting::Number(8.0)),
            ("what".to_owned(), Setting::Text("ship".into())),
            ("up_down".to_owned(), list(&[0.05, 0.3])),
        ];
        let list = Setting::List(vec![Setting::Map(entries)]);
        network.settings.put("disruptions", KeyValue::Structure(list));
    }),
    ("goods received last", |network| network.settings.put("timeline", word("order-first"))),
];

fn word(word: &str) -> KeyValue {
    KeyValue::Word(word.to_owned())
}

fn list(numbers: &[f64]) -> Setting {
    Setting::List(numbers.iter().copied().map(Setting::Number).collect())
}

fn map(key: &str, value: Setting) -> Setting {
    Setting::Map(vec![(key.to_owned(), value)])
}

fn on_links(network: &mut DeclaredNetwork, keys: &[(&'static str, KeyValue)]) {
    for link in network.links.iter_mut().filter(|link| link.demand.is_none()) {
        for (key, value) in keys {
            link.settings.put(key, value.clone());
        }
    }
}

/// Declares all of them but the timeline, which another mechanism would hide behind.
pub fn declare_everything(network: &mut DeclaredNetwork) {
    for (_, declare) in MECHANISMS {
        declare(network);
    }
    network.settings.put("timeline", KeyValue::Absent);
}
