//! The keys the project's files may hold: one table per kind of mapping, read by the readers and by the schemas.

use crate::nearest::nearest_of;
use invmgmt::Range;
use invmgmt::network::{KeyForm, KeyOwner, LINK_KEYS, NETWORK_KEYS, NODE_KEYS, NetworkKey};

/// A key and what it stands for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    pub name: &'static str,
    /// The same in words, which also are what an unknown key is compared with.
    pub meaning: &'static str,
    /// What its value may be.
    pub form: Form,
    /// Whether it must be there wherever the mapping is.
    pub required: bool,
    /// The key that, where it is there, makes this one needless.
    pub unless: Option<&'static str>,
}

/// What a value may be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Form {
    /// Anything: kept out and not looked at.
    Free,
    /// A title: any scalar.
    Title,
    /// A text.
    Text,
    /// `true` or `false`.
    Flag,
    /// The name of a node: a whole number or a text.
    Id,
    /// A number.
    Number(Range),
    /// A number, or one per product.
    PerProduct(Range),
    /// A whole number not below this.
    Whole(i64),
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// A mapping of names to finite numbers.
    Parameters,
    /// What this JSON Schema describes.
    Schema(&'static str),
    /// A whole number >= 0, or what this JSON Schema describes.
    WholeOr(&'static str),
    /// A mapping of names of nodes to numbers >= 0.
    PerNode,
    /// A mapping with these keys.
    Map(&'static [Key]),
    /// A list with at least this many items of a form.
    List(usize, &'static Form),
    /// Any of these.
    AnyOf(&'static [Form]),
    /// `FILE.csv:COLUMN`.
    FileColumn,
    /// Seeds in a row: `10..20`.
    SeedRange,
}

/// Any finite number.
pub(crate) const FINITE: Form = Form::Number(Range::Finite);
/// A finite number >= 0.
pub(crate) const NON_NEGATIVE: Form = Form::Number(Range::NonNegative);
/// A number above 0 and at most 1.
pub(crate) const SHARE: Form = Form::Number(Range::Share);

pub(crate) const fn key(name: &'static str, meaning: &'static str, form: Form) -> Key {
    Key { name, meaning, form, required: false, unless: None }
}

impl Key {
    /// This key where it must not be missing.
    pub const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// This key where it must not be missing unless another one is there.
    pub const fn required_unless(self, other: &'static str) -> Self {
        Self { required: true, unless: Some(other), ..self }
    }
}

/// Keys of a network file itself: five of its own, and those of the engine's table.
pub(crate) const FILE: &[Key] = &{
    let nodes = key("nodes", "nodes", Form::List(1, &Form::Map(NODE))).required();
    let mut keys = with_network_keys([nodes; NETWORK_KEYS.len() + 5], NETWORK_KEYS);
    keys[1] = key("edges", "links", Form::List(1, &Form::Map(EDGE))).required();
    keys[2] = key("name", "title", Form::Title);
    keys[3] = key("description", "description", Form::Title);
    keys[4] = key("metadata", "meta data", Form::Free);
    keys
};

/// The key of a node or a link. The schema of a mapping can require only what every owner of it has.
const fn network_key<T>(row: &NetworkKey<T>) -> Key {
    let form = match row.form {
        KeyForm::Number(range) => Form::PerProduct(range),
        KeyForm::Whole(_) => Form::Whole(0),
        KeyForm::Word(words) => Form::OneOf(words),
        KeyForm::Numbers => Form::Parameters,
        KeyForm::Flag => Form::Flag,
        KeyForm::Structure(schema) => Form::Schema(schema),
        KeyForm::WholeOr(_, schema) => Form::WholeOr(schema),
    };
    Key { required: matches!(row.required, Some(KeyOwner::Link)), ..key(row.key, row.name, form) }
}

/// These keys, and behind the first ones those of the engine's table.
const fn with_network_keys<T, const N: usize>(mut keys: [Key; N], table: &[NetworkKey<T>]) -> [Key; N] {
    let (first, mut position) = (N - table.len(), 0);
    while position < table.len() {
        keys[first + position] = network_key(&table[position]);
        position += 1;
    }
    keys
}

/// Keys of a node.
pub(crate) const NODE: &[Key] =
    &with_network_keys([key("id", "name", Form::Id).required(); NODE_KEYS.len() + 1], NODE_KEYS);

/// Keys of an edge.
pub(crate) const EDGE: &[Key] = &{
    let from = key("from", "supplier", Form::Id).required();
    let mut keys = with_network_keys([from; LINK_KEYS.len() + 2], LINK_KEYS);
    keys[1] = key("to", "buyer", Form::Id).required();
    keys
};

/// What a key of a file is.
pub(crate) enum Kind {
    /// One of the known keys.
    Known(&'static str),
    /// Anybody's.
    Free,
    /// A mistake.
    Unknown,
}

/// What this name is among the known keys.
pub(crate) fn kind(name: &str, known: &'static [Key]) -> Kind {
    match known.iter().find(|key| key.name == name) {
        Some(key) if matches!(key.form, Form::Free) => Kind::Free,
        Some(key) => Kind::Known(key.name),
        None if name.starts_with("meta_") => Kind::Free,
        None => Kind::Unknown,
    }
}

/// The known key an unknown one is nearest to, by its name or its meaning, if one is near.
pub(crate) fn nearest(found: &str, known: &'static [Key]) -> Option<Key> {
    let names = known.iter().flat_map(|key| [(key.name, *key), (key.meaning, *key)]);
    nearest_of(found, names)
}

/// What an unknown key is told: the nearest known one if one is near, else that the model has no such thing.
pub(crate) fn advice(found: &str, known: &'static [Key]) -> String {
    let all: Vec<&str> = known.iter().map(|key| key.name).collect();
    let first = nearest(found, known).map_or_else(
        || "not in this model: see docs/decision_process.md for what is".to_owned(),
        |near| format!("nearest known key: '{}' ({})", near.name, near.meaning),
    );
    format!("{first}; known keys: {}, and any that begins with meta_", all.join(", "))
}
