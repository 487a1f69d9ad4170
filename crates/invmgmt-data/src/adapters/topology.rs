//! Networks from a table of nodes and a table of edges, and how documents become network files.

use std::io::Write as _;
use std::path::Path;

use super::AdapterError;
use crate::table::{Source, Table};
use crate::value::{Content, Value};
use crate::{FileError, document_to_yaml, network_from_value, replace_file};

/// Columns of the table of edges that begin so hold parameters of the law of demand.
const PARAMETER: &str = "dist_param_";

/// The network of two tables. Columns are the keys of a network file; `dist_param_mu` and the like gather under
/// `dist_param`; a blank cell is an absent key.
///
/// # Errors
/// [`AdapterError`]: a table cannot be read, lacks `id`, `from` or `to`, or the two make no network; then every
/// mistake is listed with its file and line.
pub fn topology_network(nodes: &Source, edges: &Source, name: &str) -> Result<Value, AdapterError> {
    let document = Value::map([
        ("name", Value::from(name)),
        ("nodes", rows(nodes, &["id"])?),
        ("edges", rows(edges, &["from", "to"])?),
    ]);
    match network_from_value(&document) {
        Ok(_) => Ok(document),
        Err(error) => Err(AdapterError::Network(by_table(&error, nodes, edges))),
    }
}

/// Columns of whole numbers and ids; `2.0` in them is 2.
const WHOLE: [&str; 4] = ["id", "from", "to", "L"];

/// A table as a list of mappings.
fn rows(source: &Source, required: &[&str]) -> Result<Value, AdapterError> {
    let mut table = Table::open(source)?;
    required.iter().try_for_each(|column| table.find(column).map(|_| ()))?;
    let has_parameters = required.contains(&"from");
    let mut rows = Vec::new();
    while table.advance()? {
        let line = table.line();
        let (mut row, mut parameters) = (Vec::new(), Vec::new());
        for (position, name) in table.names().iter().enumerate() {
            let value = if WHOLE.contains(&name.as_str()) {
                crate::cell::value(crate::cell::plain(table.cell(position)?.trim()), line)
            } else {
                table.value(position)?
            };
            if value.content == Content::Null {
                continue;
            }
            let key = |text: &str| Value { line: value.line, ..Value::from(text) };
            match name.strip_prefix(PARAMETER).filter(|_| has_parameters) {
                Some(parameter) => parameters.push((key(parameter), value)),
                None => row.push((key(name), value)),
            }
        }
        let line = u32::try_from(line).ok();
        if !parameters.is_empty() {
            let parameters = Value { line, ..Value::map(parameters) };
            row.push((Value { line, ..Value::from("dist_param") }, parameters));
        }
        rows.push(Value { line, ..Value::map(row) });
    }
    Ok(rows.into())
}

/// All mistakes, each with the table it stands in.
fn by_table(error: &FileError, nodes: &Source, edges: &Source) -> String {
    let diagnostics = error.diagnostics();
    let lines = diagnostics.iter().map(|diagnostic| {
        let file = if diagnostic.path.starts_with("edges") { edges.name() } else { nodes.name() };
        match diagnostic.line {
            Some(line) => format!("{file}:{line}: {diagnostic}"),
            None => format!("{file}: {diagnostic}"),
        }
    });
    let mut lines: Vec<String> = lines.collect();
    match lines.len() {
        0 => error.to_string(),
        1 => lines.remove(0),
        count => format!("{count} mistakes in the tables:\n{}", lines.join("\n")),
    }
}

/// Writes a network's document as YAML; folders that are missing are made.
///
/// # Errors
/// [`AdapterError`]: the document is no network, or the file cannot be written.
pub fn write_document(document: &Value, path: &Path) -> Result<(), AdapterError> {
    network_from_value(document).map_err(|error| AdapterError::Network(error.to_string()))?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        // What cannot be made is reported by the writing below, with its name.
        let _ = std::fs::create_dir_all(folder);
    }
    let text = document_to_yaml(document);
    Ok(replace_file(path, |file| file.write_all(text.as_bytes()))?)
}
