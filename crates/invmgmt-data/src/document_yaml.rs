//! Documents as YAML: a block per key of the file, a line per node and edge.

use crate::to_yaml::{spelled_number, spelled_text};
use crate::value::{Content, Value};

/// The document as YAML text: reading it gives the same values back, whatever version of YAML the reader follows.
pub fn document_to_yaml(document: &Value) -> String {
    let mut lines = Vec::new();
    match &document.content {
        Content::Map(entries) => block(&mut lines, entries, ""),
        _ => lines.push(inline(document)),
    }
    lines.push(String::new());
    lines.join("\n")
}

/// The entries of a mapping, one below the other; lists and mappings in them indented.
fn block(lines: &mut Vec<String>, entries: &[(Value, Value)], margin: &str) {
    for (key, value) in entries {
        let key = inline(key);
        match &value.content {
            Content::Map(inner) if !inner.is_empty() => {
                lines.push(format!("{margin}{key}:"));
                block(lines, inner, &format!("{margin}  "));
            }
            Content::List(items) if !items.is_empty() => {
                lines.push(format!("{margin}{key}:"));
                lines.extend(items.iter().map(|item| format!("{margin}  - {}", inline(item))));
            }
            _ => lines.push(format!("{margin}{key}: {}", inline(value))),
        }
    }
}

/// A value on one line.
fn inline(value: &Value) -> String {
    match &value.content {
        Content::Null => "null".to_owned(),
        Content::Bool(flag) => flag.to_string(),
        Content::Integer(number) => number.to_string(),
        Content::Number(number) => spelled_number(*number),
        Content::Text(text) => spelled_text(text),
        Content::List(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Content::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| format!("{}: {}", inline(key), inline(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
    }
}
