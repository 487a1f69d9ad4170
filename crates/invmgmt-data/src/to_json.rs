//! Values as JSON: what stands in a YAML file can stand in a JSON file, under the same schema.

use std::fmt::Write as _;

use invmgmt::network::DeclaredNetwork;

use crate::to_yaml::network_value;
use crate::value::{Content, Value};

/// Spaces by which what is inside stands further right.
const STEP: usize = 2;

/// A network file in JSON: reading it gives the same network back.
///
/// ```
/// let preset = invmgmt::network::preset("serial").expect("a preset");
/// let text = invmgmt_data::network_to_json(&preset);
/// assert_eq!(invmgmt_data::network_from_yaml(&text)?.declared, preset);
/// # Ok::<(), invmgmt_data::FileError>(())
/// ```
pub fn network_to_json(network: &DeclaredNetwork) -> String {
    document_to_json(&network_value(network))
}

/// Any document as JSON, its keys in their order.
pub fn document_to_json(document: &Value) -> String {
    let mut text = String::new();
    write(document, 0, &mut text);
    text.push('\n');
    text
}

/// A value as JSON on one line.
pub(crate) fn inline(value: &Value) -> String {
    let mut text = String::new();
    scalar_or(value, &mut text, &mut |value, text| {
        text.push_str(&inline(value));
    });
    text
}

fn write(value: &Value, depth: usize, text: &mut String) {
    let is_flat = |value: &Value| !matches!(value.content, Content::List(_) | Content::Map(_));
    let fits = match &value.content {
        // What holds plain values stands on one line: a node, a link, a list of numbers.
        Content::List(items) => items.iter().all(is_flat),
        Content::Map(entries) => depth > 0 && entries.iter().all(|(_, value)| is_flat(value)),
        _ => true,
    };
    if fits {
        text.push_str(&inline(value));
        return;
    }
    let (open, close) = if matches!(value.content, Content::List(_)) { ('[', ']') } else { ('{', '}') };
    text.push(open);
    let begin = |first: bool, text: &mut String| {
        let _ = write!(text, "{}\n{:width$}", if first { "" } else { "," }, "", width = (depth + 1) * STEP);
    };
    match &value.content {
        Content::List(items) => {
            for (position, item) in items.iter().enumerate() {
                begin(position == 0, text);
                write(item, depth + 1, text);
            }
        }
        Content::Map(entries) => {
            for (position, (key, value)) in entries.iter().enumerate() {
                begin(position == 0, text);
                let _ = write!(text, "{}: ", name(key));
                write(value, depth + 1, text);
            }
        }
        _ => {}
    }
    let _ = write!(text, "\n{:width$}{close}", "", width = depth * STEP);
}

/// A value on one line, what is inside it by `inside`.
fn scalar_or(value: &Value, text: &mut String, inside: &mut dyn FnMut(&Value, &mut String)) {
    match &value.content {
        Content::Null => text.push_str("null"),
        Content::Bool(flag) => text.push_str(if *flag { "true" } else { "false" }),
        Content::Integer(number) => {
            let _ = write!(text, "{number}");
        }
        // JSON has no other numbers; no file that can be read holds one.
        Content::Number(number) if !number.is_finite() => text.push_str("null"),
        Content::Number(number) => {
            let _ = write!(text, "{number:?}");
        }
        Content::Text(words) => text.push_str(&serde_json::Value::from(words.as_str()).to_string()),
        Content::List(items) => {
            text.push('[');
            for (position, item) in items.iter().enumerate() {
                text.push_str(if position == 0 { "" } else { ", " });
                inside(item, text);
            }
            text.push(']');
        }
        Content::Map(entries) => {
            text.push('{');
            for (position, (key, value)) in entries.iter().enumerate() {
                let _ = write!(text, "{}{}: ", if position == 0 { "" } else { ", " }, name(key));
                inside(value, text);
            }
            text.push('}');
        }
    }
}

/// A key as JSON has it, between quotes.
fn name(key: &Value) -> String {
    match &key.content {
        Content::Text(_) => inline(key),
        _ => serde_json::Value::from(inline(key)).to_string(),
    }
}
