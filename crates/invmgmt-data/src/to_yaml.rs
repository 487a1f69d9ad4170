//! Values as YAML: networks, scenarios and suites are written by one writer.

use std::fmt::Write as _;

use invmgmt::network::{
    DeclaredDemand, DeclaredLink, DeclaredNetwork, DeclaredNode, HasSettings, KeyValue, LINK_KEYS,
    NETWORK_KEYS, NODE_KEYS, NetworkKey, NodeId, Setting,
};

use crate::value::{Content, Value};
use invmgmt::law::LawValue;

/// A network file of a declared network: reading it gives the same network back.
///
/// Names that any version of YAML could take for something else than a text are quoted, and numbers are spelled so
/// that every version reads them as numbers.
///
/// ```
/// let preset = invmgmt::network::preset("serial").expect("a preset");
/// let text = invmgmt_data::to_yaml(&preset);
/// assert_eq!(invmgmt_data::network_from_yaml(&text)?.declared, preset);
/// # Ok::<(), invmgmt_data::FileError>(())
/// ```
pub fn to_yaml(network: &DeclaredNetwork) -> String {
    write_document(&network_value(network))
}

/// The document of a declared network.
pub(crate) fn network_value(network: &DeclaredNetwork) -> Value {
    let titles = [("name", &network.name), ("description", &network.description)];
    let mut entries: Vec<(&str, Value)> = Vec::new();
    entries.extend(
        titles.iter().filter_map(|(key, text)| text.as_ref().map(|text| (*key, text.clone().into()))),
    );
    entries.extend(values(NETWORK_KEYS, network));
    entries.push(("nodes", network.nodes.iter().map(node).collect::<Vec<_>>().into()));
    entries.push(("edges", network.links.iter().map(link).collect::<Vec<_>>().into()));
    Value::map(entries)
}

fn node(node: &DeclaredNode) -> Value {
    let id = ("id", id_value(&node.id));
    Value::map(std::iter::once(id).chain(values(NODE_KEYS, node)))
}

fn link(link: &DeclaredLink) -> Value {
    let ends = [("from", id_value(&link.from)), ("to", id_value(&link.to))];
    Value::map(ends.into_iter().chain(values(LINK_KEYS, link)))
}

/// The keys of a table that are there, with their values.
fn values<T: HasSettings>(
    table: &'static [NetworkKey<T>],
    declared: &T,
) -> impl Iterator<Item = (&'static str, Value)> {
    table.iter().filter_map(move |row| {
        let value = match row.get(declared) {
            KeyValue::Absent => return None,
            KeyValue::Number(number) => number.into(),
            KeyValue::Whole(number) => i64::from(number).into(),
            KeyValue::Word(word) => word.into(),
            KeyValue::Numbers(values) => {
                Value::map(values.iter().map(|(name, value)| (name.as_str(), law_value(value))))
            }
            KeyValue::Flag(flag) => flag.into(),
            KeyValue::Structure(setting) => setting_value(&setting),
        };
        Some((row.key, value))
    })
}

/// A structure as a document has it; whole numbers without a decimal point.
pub fn setting_value(setting: &Setting) -> Value {
    match setting {
        Setting::Flag(flag) => (*flag).into(),
        Setting::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => (*number as i64).into(),
        Setting::Number(number) => (*number).into(),
        Setting::Text(text) => text.clone().into(),
        Setting::List(values) => values.iter().map(setting_value).collect::<Vec<_>>().into(),
        Setting::Map(entries) => {
            Value::map(entries.iter().map(|(key, value)| (key.as_str(), setting_value(value))))
        }
    }
}

/// The parameters of a law.
pub(crate) fn parameters_value(demand: &DeclaredDemand) -> Value {
    Value::map(demand.parameters.iter().map(|(name, value)| (name.as_str(), law_value(value))))
}

fn law_value(value: &LawValue) -> Value {
    match value {
        LawValue::Number(number) => (*number).into(),
        LawValue::Flag(flag) => (*flag).into(),
        LawValue::List(numbers) => numbers.iter().map(|&number| number.into()).collect::<Vec<Value>>().into(),
    }
}

/// A mapping of what is there.
pub(crate) fn given<'a>(fields: impl IntoIterator<Item = Option<(&'a str, Value)>>) -> Value {
    Value::map(fields.into_iter().flatten())
}

/// The name of a node.
pub(crate) fn id_value(id: &NodeId) -> Value {
    match id {
        NodeId::Number(number) => (*number).into(),
        NodeId::Text(text) => text.clone().into(),
    }
}

/// A mapping as a YAML document.
pub(crate) fn write_document(value: &Value) -> String {
    let mut text = String::new();
    if let Content::Map(entries) = &value.content {
        block_map(entries, 0, &mut text);
    } else {
        text.push_str(&flow(value));
        text.push('\n');
    }
    text
}

/// One entry a line; `indent` stands before every line but the first.
fn block_map(entries: &[(Value, Value)], indent: usize, text: &mut String) {
    for (position, (key, value)) in entries.iter().enumerate() {
        if position > 0 {
            text.push_str(&" ".repeat(indent));
        }
        text.push_str(&flow(key));
        text.push(':');
        match &value.content {
            Content::Map(entries) if !is_short(value) => {
                text.push('\n');
                text.push_str(&" ".repeat(indent + 2));
                block_map(entries, indent + 2, text);
            }
            Content::List(items) if !is_short(value) => {
                text.push('\n');
                for item in items {
                    block_item(item, indent + 2, text);
                }
            }
            _ => {
                text.push(' ');
                text.push_str(&flow(value));
                text.push('\n');
            }
        }
    }
}

fn block_item(item: &Value, indent: usize, text: &mut String) {
    text.push_str(&" ".repeat(indent));
    text.push_str("- ");
    match &item.content {
        Content::Map(entries) if !is_short(item) => block_map(entries, indent + 2, text),
        _ => {
            text.push_str(&flow(item));
            text.push('\n');
        }
    }
}

/// A document as YAML text: a block per key of the file, an item of a list a line. Reading it gives the same values
/// back, whatever version of YAML the reader follows.
pub fn document_to_yaml(document: &Value) -> String {
    let mut text = String::new();
    match &document.content {
        Content::Map(entries) => open_map(entries, "", &mut text),
        _ => text = flow(document) + "\n",
    }
    text
}

/// The entries of a mapping, one below the other; lists and mappings in them indented.
fn open_map(entries: &[(Value, Value)], margin: &str, text: &mut String) {
    for (key, value) in entries {
        text.extend([margin, &flow(key), ":"]);
        match &value.content {
            Content::Map(inner) if !inner.is_empty() => {
                text.push('\n');
                open_map(inner, &format!("{margin}  "), text);
            }
            Content::List(items) if !items.is_empty() => {
                text.push('\n');
                for item in items {
                    text.extend([margin, "  - ", &flow(item), "\n"]);
                }
            }
            _ => text.extend([" ", &flow(value), "\n"]),
        }
    }
}

/// Whether a value stands on one line: scalars, lists of them, and mappings nested no deeper than once.
fn is_short(value: &Value) -> bool {
    depth(value).is_some_and(|depth| depth <= 2)
}

/// How deep a value is nested; none for what holds a list of more than scalars.
fn depth(value: &Value) -> Option<usize> {
    match &value.content {
        Content::List(items) => {
            items.iter().all(|item| depth(item) == Some(0)).then_some(usize::from(!items.is_empty()))
        }
        Content::Map(entries) => {
            entries.iter().try_fold(0, |most: usize, (_, value)| Some(most.max(depth(value)? + 1)))
        }
        _ => Some(0),
    }
}

/// A value on one line.
fn flow(value: &Value) -> String {
    match &value.content {
        Content::Null => "null".to_owned(),
        Content::Bool(value) => value.to_string(),
        Content::Integer(number) => number.to_string(),
        Content::Number(number) => spelled_number(*number),
        Content::Text(text) => spelled_text(text),
        Content::List(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Content::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| format!("{}: {}", flow(key), flow(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
    }
}

/// The shortest spelling that reads back as the same double. YAML 1.1 knows no exponent without a point and a sign.
fn spelled_number(value: f64) -> String {
    if value.is_nan() {
        return ".nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    let shortest = format!("{value:?}");
    let Some((digits, exponent)) = shortest.split_once('e') else {
        return shortest;
    };
    let digits = if digits.contains('.') { digits.to_owned() } else { format!("{digits}.0") };
    let sign = if exponent.starts_with('-') { "" } else { "+" };
    format!("{digits}e{sign}{exponent}")
}

/// A text, quoted unless it is one plain word that means nothing else.
fn spelled_text(text: &str) -> String {
    let begins_as_word = text.starts_with(|first: char| first.is_ascii_alphabetic());
    let is_word = text.chars().all(|character| character.is_ascii_alphanumeric() || "_-".contains(character));
    if begins_as_word && is_word && !means_something_else(text) {
        return text.to_owned();
    }
    let mut quoted = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            // Control characters, line separators and the byte order mark do not survive in a text as they are.
            character
                if character.is_control() || matches!(character, '\u{2028}' | '\u{2029}' | '\u{feff}') =>
            {
                write!(quoted, "\\u{:04X}", u32::from(character))
                    .expect("a string takes all that is written");
            }
            character => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

/// Whether some version of YAML reads this word as a truth value or as nothing.
fn means_something_else(word: &str) -> bool {
    const TAKEN: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    TAKEN.contains(&word.to_ascii_lowercase().as_str())
}
