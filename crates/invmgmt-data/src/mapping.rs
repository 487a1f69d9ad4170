//! Mappings of a document by known key, and what scalars stand for: what every reader of files does alike.

use invmgmt::law::LawValue;
use invmgmt::network::NodeId;

use crate::keys::{self, Key, Kind};
use crate::text::shown;
use crate::value::{Content, Value};

/// The entries of a mapping by known key.
pub(crate) struct Entries<'a> {
    /// Where the mapping stands, in words; empty for the file.
    pub path: String,
    owner: &'a Value,
    /// Known key, key as found, value.
    known: Vec<(&'static str, &'a Value, &'a Value)>,
    /// Keys that an unknown key was probably meant to be; they need not be called missing as well.
    misspelt: Vec<&'static str>,
}

/// A key that is unknown or repeated.
pub(crate) struct OddKey<'a> {
    /// Where it stands.
    pub at: &'a Value,
    /// What is said of it.
    pub message: String,
    /// The known key it was probably meant to be.
    pub meant: Option<&'static str>,
}

impl<'a> Entries<'a> {
    /// Sorts the entries of a mapping by known key; and those that are unknown or repeated.
    pub fn of(
        owner: &'a Value,
        map: &'a [(Value, Value)],
        known: &'static [Key],
        path: String,
    ) -> (Self, Vec<OddKey<'a>>) {
        let (mut entries, mut odd) =
            (Self { path, owner, known: Vec::new(), misspelt: Vec::new() }, Vec::new());
        for (key, value) in map {
            let (message, meant) = match key.text().map(|name| keys::kind(name, known)) {
                Some(Kind::Free) => continue,
                Some(Kind::Known(name)) if entries.get(name).is_none() => {
                    entries.known.push((name, key, value));
                    continue;
                }
                Some(Kind::Known(name)) => {
                    let first = entries.position(name).line;
                    let on = first.map(|line| format!(" on line {line}")).unwrap_or_default();
                    let message =
                        format!("repeated key '{name}'; it already stands{on}, and every key may stand once");
                    (message, None)
                }
                Some(Kind::Unknown) | None => {
                    let name = key.text().map_or_else(|| key.to_string(), shown);
                    let meant = keys::nearest(&name, known).map(|near| near.name);
                    (format!("unknown key '{name}'; {}", keys::advice(&name, known)), meant)
                }
            };
            entries.misspelt.extend(meant);
            odd.push(OddKey { at: key, message, meant });
        }
        (entries, odd)
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&'a Value> {
        self.known.iter().find(|(name, ..)| *name == key).map(|&(_, _, value)| value)
    }

    /// The keys that are there, in order.
    pub fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.known.iter().map(|(name, ..)| *name)
    }

    /// The mapping itself.
    pub fn owner(&self) -> &'a Value {
        self.owner
    }

    /// Whether a key is neither there nor under a wrong name.
    pub fn misses(&self, key: &str) -> bool {
        self.get(key).is_none() && !self.misspelt.contains(&key)
    }

    /// The key as it was found, or the mapping where it is not.
    pub fn position(&self, key: &str) -> &'a Value {
        self.known.iter().find(|(name, ..)| *name == key).map_or(self.owner, |&(_, at, _)| at)
    }

    /// The place of a key, in words.
    pub fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}: {key}", self.path) }
    }
}

/// A number as a value holds it.
pub(crate) fn plain_number(value: &Value) -> Option<f64> {
    match value.content {
        Content::Integer(number) => Some(number as f64),
        Content::Number(number) => Some(number),
        _ => None,
    }
}

/// The value of a parameter of a law: a number, `true` or `false`, or a list of numbers.
pub(crate) fn law_value(value: &Value) -> Option<LawValue> {
    match &value.content {
        Content::Bool(flag) => Some(LawValue::Flag(*flag)),
        Content::List(items) => items.iter().map(plain_number).collect::<Option<_>>().map(LawValue::List),
        _ => plain_number(value).map(LawValue::Number),
    }
}

/// The name of a node as a value holds it.
pub(crate) fn node_id(value: &Value) -> Option<NodeId> {
    match &value.content {
        Content::Integer(number) => Some(NodeId::Number(*number)),
        Content::Text(text) => Some(NodeId::Text(text.clone())),
        _ => None,
    }
}

/// A title as text, whatever scalar it was written as.
pub(crate) fn title(value: &Value) -> Option<String> {
    match &value.content {
        Content::Text(text) => Some(text.clone()),
        Content::Bool(_) | Content::Integer(_) | Content::Number(_) => Some(value.to_string()),
        Content::Null | Content::List(_) | Content::Map(_) => None,
    }
}
