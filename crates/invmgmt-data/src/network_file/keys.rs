//! The keys a network file may hold.

/// A key and what it stands for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    pub name: &'static str,
    /// The same in words, which also are what an unknown key is compared with.
    pub meaning: &'static str,
    /// Whether its value is free: kept out of the network and not looked at.
    free: bool,
}

const fn key(name: &'static str, meaning: &'static str) -> Key {
    Key { name, meaning, free: false }
}

const fn free(name: &'static str, meaning: &'static str) -> Key {
    Key { name, meaning, free: true }
}

/// Keys of the file itself.
pub(super) const FILE: &[Key] = &[
    key("nodes", "nodes"),
    key("edges", "links"),
    key("name", "title"),
    key("description", "description"),
    free("metadata", "meta data"),
];

/// Keys of a node.
pub(super) const NODE: &[Key] = &[
    key("id", "name"),
    key("I0", "initial inventory"),
    key("h", "holding cost"),
    key("C", "capacity"),
    key("o", "operating cost"),
    key("v", "yield"),
];

/// Keys of an edge.
pub(super) const EDGE: &[Key] = &[
    key("from", "supplier"),
    key("to", "buyer"),
    key("L", "lead time"),
    key("p", "price"),
    key("g", "pipeline holding cost"),
    key("K", "fixed order cost"),
    key("b", "backlog penalty"),
    key("demand_dist", "demand distribution"),
    key("dist_param", "distribution parameters"),
];

/// What a key of a file is.
pub(super) enum Kind {
    /// One of the known keys.
    Known(&'static str),
    /// Anybody's.
    Free,
    /// A mistake.
    Unknown,
}

/// What this name is among the known keys.
pub(super) fn kind(name: &str, known: &'static [Key]) -> Kind {
    match known.iter().find(|key| key.name == name) {
        Some(key) if key.free => Kind::Free,
        Some(key) => Kind::Known(key.name),
        None if name.starts_with("meta_") => Kind::Free,
        None => Kind::Unknown,
    }
}

/// The known key an unknown one is nearest to, and whether it is near enough to be meant.
pub(super) fn nearest(found: &str, known: &'static [Key]) -> (Key, bool) {
    // The cost of a distance grows with the length, and nothing near is that long.
    let exact: String = found.chars().take(64).collect();
    let found = exact.to_lowercase();
    let words = found.replace(['_', '-'], " ");
    let distance = |key: &Key| {
        let by_name = strsim::osa_distance(&found, &key.name.to_lowercase());
        by_name.min(strsim::osa_distance(&words, key.meaning))
    };
    // Of two as near, the one of the same spelling: IO is I0, not id.
    let spelling = |key: &Key| strsim::osa_distance(&exact, key.name);
    let key =
        *known.iter().min_by_key(|key| (distance(key), spelling(key))).expect("every table of keys has some");
    (key, 2 * distance(&key) < found.chars().count())
}

/// What an unknown key is told.
pub(super) fn advice(near: Key, known: &'static [Key]) -> String {
    let all: Vec<&str> = known.iter().map(|key| key.name).collect();
    format!(
        "nearest known key: '{}' ({}); known keys: {}, and any that begins with meta_",
        near.name,
        near.meaning,
        all.join(", ")
    )
}
