//! Fields read one by one: the key known, the type right, the number in range, or a mistake with its line.

use invmgmt::Range;
use invmgmt::demand::{DISTRIBUTIONS, Law};
use invmgmt::law::LawValue;
use invmgmt::network::{DeclaredDemand, HasSettings, KeyForm, KeyValue, NetworkKey, NodeId, Place, Setting};

use crate::error::Diagnostic;
use crate::keys::Key;
use crate::mapping::{Entries, OddKey, law_value, node_id, plain_number};
use crate::text::shown;
use crate::value::{Content, Value};

/// Most mistakes of fields that are kept.
pub(super) const MAX_MISTAKES: usize = 1000;
/// Most parameters of a law that are looked at.
const MAX_PARAMETERS: usize = 16;

/// The entries of a mapping with its place in the network.
pub(super) struct Fields<'a> {
    place: Place,
    entries: Entries<'a>,
}

impl<'a> Fields<'a> {
    pub fn get(&self, key: &str) -> Option<&'a Value> {
        self.entries.get(key)
    }

    fn place_of(&self, key: &'static str) -> Place {
        match self.place {
            Place::Network | Place::Key(_) => Place::Network,
            Place::Node(position, _) => Place::Node(position, Some(key)),
            Place::Link(position, _) => Place::Link(position, Some(key)),
        }
    }
}

/// The mistakes found so far.
#[derive(Default)]
pub(super) struct Mistakes {
    /// The mistakes, each with its place in the network.
    pub found: Vec<(Place, Diagnostic)>,
    /// Whether there were more than [`MAX_MISTAKES`].
    pub overflow: bool,
    /// Keys of the network that are settled without a mistake of their own: they stand under a wrong name, or inside
    /// something that is no mapping at all.
    pub settled: Vec<Place>,
}

impl Mistakes {
    /// Reports a mistake that stands where `at` does.
    pub fn report(&mut self, place: Place, path: String, at: &Value, message: String) {
        if self.found.len() == MAX_MISTAKES {
            self.overflow = true;
            return;
        }
        self.found.push((place, Diagnostic { path, message, line: at.line, column: at.column }));
    }

    /// Reports a mistake of a key, at its line if it is there, else at its owner's.
    pub fn report_key(&mut self, fields: &Fields<'_>, key: &'static str, message: String) {
        let Fields { entries, .. } = fields;
        self.report(fields.place_of(key), entries.path_of(key), entries.position(key), message);
    }

    /// Reports that a key lacks what it must have, unless it is there under a wrong name.
    fn report_missing(&mut self, fields: &Fields<'_>, key: &'static str, message: String) {
        if fields.entries.get(key).is_some() || fields.entries.misses(key) {
            self.report_key(fields, key, message);
        }
    }

    /// Sorts the entries of a mapping by known key; reports those that are unknown or repeated.
    pub fn fields<'a>(
        &mut self,
        owner: &'a Value,
        entries: &'a [(Value, Value)],
        known: &'static [Key],
        place: Place,
        path: String,
    ) -> Fields<'a> {
        let (entries, odd) = Entries::of(owner, entries, known, path);
        let fields = Fields { place, entries };
        for OddKey { at, message, meant } in odd {
            self.settled.extend(meant.map(|key| fields.place_of(key)));
            self.report(fields.place, fields.entries.path.clone(), at, message);
        }
        fields
    }

    /// A list with at least one item.
    pub fn list<'a>(&mut self, fields: &Fields<'a>, key: &'static str) -> Option<&'a [Value]> {
        let message = match fields.get(key).map(|value| (value, &value.content)) {
            Some((_, Content::List(items))) if !items.is_empty() => return Some(items),
            None | Some((_, Content::Null | Content::List(_))) => {
                format!("no {key} given; a network needs a non-empty '{key}' list")
            }
            Some((value, _)) => format!("found {value}; expected a non-empty list"),
        };
        self.report_missing(fields, key, message);
        None
    }

    /// The name of a node; `key` is required.
    pub fn id(&mut self, fields: &Fields<'_>, key: &'static str) -> Option<NodeId> {
        let expected = "a whole number or a text";
        let message = match fields.get(key) {
            None => format!("missing; expected {expected}"),
            Some(value) => match node_id(value) {
                _ if value.number_of_yaml_1_1().is_some() => {
                    format!("found {value}, and in quotes if it is a name")
                }
                None => format!("found {value}; a node's name is {expected}"),
                readable => return readable,
            },
        };
        self.report_missing(fields, key, message);
        None
    }

    /// Reads the numbers of a table of keys into what declares them. A law of demand is read by
    /// [`demand`](Self::demand): its two keys stand and fall together.
    pub fn values<T: HasSettings>(
        &mut self,
        fields: &Fields<'_>,
        table: &'static [NetworkKey<T>],
        declared: &mut T,
    ) {
        for row in table {
            let Some(value) = fields.get(row.key) else { continue };
            let read = match row.form {
                // A number per product.
                KeyForm::Number(_) if matches!(value.content, Content::Map(_)) => {
                    setting(value).map(KeyValue::Structure)
                }
                KeyForm::Number(range) => number(value, range).map(KeyValue::Number),
                KeyForm::Whole(most) => whole(value, row.name, most).map(KeyValue::Whole),
                KeyForm::Word(_) | KeyForm::Numbers if ["demand_dist", "dist_param"].contains(&row.key) => {
                    continue;
                }
                KeyForm::Word(words) => word(value, words).map(KeyValue::Word),
                KeyForm::Flag => flag(value).map(KeyValue::Flag),
                KeyForm::WholeOr(most, _) if !matches!(value.content, Content::Map(_)) => {
                    let read = whole(value, row.name, most).map(KeyValue::Whole);
                    let is_number = plain_number(value).is_some();
                    read.map_err(|said| if is_number { said } else { said + ", or a law: {uniform: [1, 3]}" })
                }
                KeyForm::Numbers | KeyForm::Structure(_) | KeyForm::WholeOr(..) => {
                    setting(value).map(KeyValue::Structure)
                }
            };
            match read {
                Ok(value) => row.put(declared, value),
                Err(message) => self.report_key(fields, row.key, message),
            }
        }
    }

    /// The law of demand, if there is one.
    pub fn demand(&mut self, fields: &Fields<'_>) -> Option<DeclaredDemand> {
        if fields.get("demand_dist").is_none() && fields.get("dist_param").is_none() {
            return None;
        }
        let distribution = self.distribution(fields);
        let parameters = self.parameters(fields);
        let is_complete = parameters.is_some();
        let demand =
            DeclaredDemand { distribution: distribution?, parameters: parameters.unwrap_or_default() };
        if let Err(error) = Law::from_declared(&demand) {
            self.report_key(fields, error.key, error.message);
        }
        is_complete.then_some(demand)
    }

    fn distribution(&mut self, fields: &Fields<'_>) -> Option<String> {
        let expected = format!("expected the name of a law: {}", DISTRIBUTIONS.join(", "));
        match fields.get("demand_dist") {
            None => self.report_missing(fields, "demand_dist", format!("missing; {expected}")),
            Some(value) => match value.text() {
                None => self.report_key(fields, "demand_dist", format!("found {value}; {expected}")),
                Some(name) => return Some(name.to_owned()),
            },
        }
        None
    }

    fn parameters(&mut self, fields: &Fields<'_>) -> Option<Vec<(String, LawValue)>> {
        let expected = "expected a mapping of the law's parameters to numbers, for example {mu: 20}";
        let Some(value) = fields.get("dist_param") else {
            self.report_missing(fields, "dist_param", format!("missing; {expected}"));
            return None;
        };
        let Content::Map(entries) = &value.content else {
            self.report_key(fields, "dist_param", format!("found {value}; {expected}"));
            return None;
        };
        // A law has two parameters; whoever lists thousands is told of the first few.
        let mut parameters: Vec<(String, LawValue)> = Vec::new();
        let mut sound = true;
        for (key, value) in entries.iter().take(MAX_PARAMETERS) {
            let message = match (key.text(), law_value(value)) {
                (None, _) => format!("found the key {key}; expected the name of a parameter"),
                (Some(name), _) if parameters.iter().any(|(seen, _)| seen == name) => {
                    format!("repeated key '{}'; every parameter may stand once", shown(name))
                }
                (Some(name), Some(number)) => {
                    parameters.push((name.to_owned(), number));
                    continue;
                }
                (Some(name), None) => format!("{} is {value}; expected a finite number", shown(name)),
            };
            sound = false;
            self.report(fields.place_of("dist_param"), fields.entries.path_of("dist_param"), key, message);
        }
        sound.then_some(parameters)
    }
}

/// A number in a range, else what is said of it.
fn number(value: &Value, range: Range) -> Result<f64, String> {
    plain_number(value)
        .filter(|&number| range.holds(number))
        .ok_or_else(|| format!("found {value}; expected {}", range.words()))
}

/// A whole number of periods, else what is said of it.
fn whole(value: &Value, name: &str, most: u32) -> Result<u32, String> {
    match value.content {
        Content::Integer(found) if found > i64::from(most) => {
            Err(format!("found {found}; a {name} is a non-negative integer of at most {most} periods"))
        }
        Content::Integer(found) if found >= 0 => Ok(u32::try_from(found).unwrap_or(most)),
        _ => Err(format!("found {value}; expected a non-negative integer (whole periods)")),
    }
}

/// One of some words, else what is said of it.
fn word(value: &Value, words: &[&str]) -> Result<String, String> {
    let known = value.text().filter(|text| words.contains(text));
    known.map(ToOwned::to_owned).ok_or_else(|| format!("found {value}; expected {}", words.join(", ")))
}

/// `true` or `false`, else what is said of it.
fn flag(value: &Value) -> Result<bool, String> {
    match value.content {
        Content::Bool(flag) => Ok(flag),
        _ => Err(format!("found {value}; expected true or false")),
    }
}

/// A structure as it was written; what it may say is checked when the network is compiled.
fn setting(value: &Value) -> Result<Setting, String> {
    match &value.content {
        Content::Null => Err("found nothing; expected a value".to_owned()),
        Content::Bool(flag) => Ok(Setting::Flag(*flag)),
        Content::Integer(number) => Ok(Setting::Number(*number as f64)),
        Content::Number(number) => Ok(Setting::Number(*number)),
        Content::Text(text) => Ok(Setting::Text(text.clone())),
        Content::List(values) => values.iter().map(setting).collect::<Result<_, _>>().map(Setting::List),
        Content::Map(entries) => {
            let entry = |(key, value): &(Value, Value)| {
                let name = key.text().map_or_else(|| key.to_string(), ToOwned::to_owned);
                Ok((name, setting(value)?))
            };
            entries.iter().map(entry).collect::<Result<_, _>>().map(Setting::Map)
        }
    }
}
