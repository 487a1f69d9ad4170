//! A network as tables: a folder of `nodes.csv`, `links.csv`, and where there are any `products.csv`, `recipes.csv` and
//! `network.csv`. The columns are the keys of network files; a cell holds what would stand behind the key there.

use std::collections::HashSet;
use std::io::Write as _;
use std::path::Path;

use invmgmt::network::{LINK_KEYS, NODE_KEYS};

use crate::error::FileError;
use crate::text::read_text;
use crate::to_json::inline;
use crate::value::{Content, Value};
use crate::{Diagnostic, WriteError, replace_file, spreadsheet_safe};

/// The tables and what a network file calls their rows.
const NODES: (&str, &str) = ("nodes.csv", "nodes");
const LINKS: (&str, &str) = ("links.csv", "edges");
const PRODUCTS: (&str, &str) = ("products.csv", "products");
const RECIPES: (&str, &str) = ("recipes.csv", "recipes");
/// Everything else of the network: a key and its value a row.
const NETWORK: &str = "network.csv";
/// The column of recipes that names their node.
const NODE: &str = "node";

/// Whether a folder holds a network as tables; with one of the two that it needs, reading says which is missing.
pub fn has_tables(folder: &Path) -> bool {
    [NODES, LINKS].iter().any(|(file, _)| folder.join(file).is_file())
}

/// The document of a network that a folder holds as tables.
///
/// # Errors
/// [`FileError`] for a table that is missing or cannot be read, with its line.
pub fn read_tables(folder: &Path) -> Result<Value, FileError> {
    let mut entries: Vec<(Value, Value)> = Vec::new();
    if folder.join(NETWORK).exists() {
        for row in rows(&folder.join(NETWORK))? {
            match (cell(&row, "key"), cell(&row, "value")) {
                (Some(key), Some(value)) => entries.push((key.clone(), value.clone())),
                _ => {
                    return Err(refused(
                        &folder.join(NETWORK),
                        row.line,
                        "expected the columns key and value",
                    ));
                }
            }
        }
    }
    if folder.join(PRODUCTS.0).exists() {
        let products = rows(&folder.join(PRODUCTS.0))?.into_iter().map(only_named);
        entries.push((PRODUCTS.1.into(), products.collect::<Vec<_>>().into()));
    }
    let mut nodes = rows(&folder.join(NODES.0))?;
    if folder.join(RECIPES.0).exists() {
        for recipe in rows(&folder.join(RECIPES.0))? {
            give(&mut nodes, recipe).map_err(|(line, why)| refused(&folder.join(RECIPES.0), line, &why))?;
        }
    }
    entries.push((NODES.1.into(), nodes.into()));
    entries.push((LINKS.1.into(), rows(&folder.join(LINKS.0))?.into()));
    Ok(Value::new(Content::Map(entries)))
}

/// A product of which nothing but the name is said is its name.
fn only_named(product: Value) -> Value {
    match product.content {
        Content::Map(mut entries) if entries.len() == 1 && entries[0].0.text() == Some("id") => {
            entries.remove(0).1
        }
        content => Value { content, ..product },
    }
}

/// Gives a recipe to the node it names.
fn give(nodes: &mut [Value], recipe: Value) -> Result<(), (Option<u32>, String)> {
    let line = recipe.line;
    let Content::Map(mut entries) = recipe.content else { return Ok(()) };
    let Some(at) = entries.iter().position(|(key, _)| key.text() == Some(NODE)) else {
        return Err((line, format!("a recipe without its {NODE}")));
    };
    let (_, owner) = entries.remove(at);
    let is_owner = |node: &&mut Value| node.entry("id").is_some_and(|(_, id)| id.content == owner.content);
    let Some(node) = nodes.iter_mut().find(is_owner) else {
        return Err((line, format!("{NODE}: {owner} is no node of {}", NODES.0)));
    };
    let Content::Map(keys) = &mut node.content else { return Ok(()) };
    let recipe = Value { line, ..Value::new(Content::Map(entries)) };
    match keys.iter_mut().find(|(key, _)| key.text() == Some(RECIPES.1)) {
        Some((_, Value { content: Content::List(recipes), .. })) => recipes.push(recipe),
        _ => keys.push((RECIPES.1.into(), vec![recipe].into())),
    }
    Ok(())
}

fn cell<'a>(row: &'a Value, column: &str) -> Option<&'a Value> {
    row.entry(column).map(|(_, value)| value)
}

fn refused(path: &Path, line: Option<u32>, message: &str) -> FileError {
    let diagnostic = Diagnostic { path: String::new(), message: message.to_owned(), line, column: None };
    FileError::Mistakes { file: Some(path.to_owned()), diagnostics: vec![diagnostic] }
}

/// The rows of a table, each a mapping of the columns whose cells are not empty.
fn rows(path: &Path) -> Result<Vec<Value>, FileError> {
    let text = read_text(path)?;
    let mut reader =
        csv::ReaderBuilder::new().flexible(false).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let unread = |error: &csv::Error| {
        let line = error.position().and_then(|position| u32::try_from(position.line()).ok());
        let why = match error.kind() {
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                format!("{len} cells; the header has {expected_len}")
            }
            _ => format!("cannot be read: {error}"),
        };
        refused(path, line, &why)
    };
    let names = reader.headers().map_err(|error| unread(&error))?.clone();
    let mut seen = HashSet::new();
    if let Some(twice) = names.iter().map(str::trim).find(|name| !seen.insert(*name)) {
        return Err(refused(path, Some(1), &format!("column '{twice}' stands twice")));
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| unread(&error))?;
        let line = record.position().and_then(|position| u32::try_from(position.line()).ok());
        let mut entries = Vec::new();
        for (name, text) in names.iter().zip(record.iter()) {
            let text = text.trim();
            if text.is_empty() {
                continue;
            }
            let value =
                content(text).map_err(|why| refused(path, line, &format!("{}: {why}", name.trim())))?;
            entries.push((Value { line, ..name.trim().into() }, Value { line, ..value }));
        }
        rows.push(Value { line, ..Value::new(Content::Map(entries)) });
    }
    Ok(rows)
}

/// What a cell says: what it would say behind a key of a network file. A sign that keeps spreadsheets from taking it
/// for a formula does not count.
fn content(text: &str) -> Result<Value, String> {
    let bare = text.strip_prefix('\'').filter(|rest| spreadsheet_safe(rest) != *rest).unwrap_or(text);
    match Value::from_yaml(bare) {
        // Words of a table stand without quotes whatever they are: 062 is a name.
        Ok(value) => Ok(Value { plain: false, ..value }),
        Err(diagnostic) => Err(diagnostic.message),
    }
}

/// Writes the document of a network as tables into a folder, which is made if it is missing; returns the files. Files
/// of these names that it does not need are left as they are, and named.
///
/// # Errors
/// [`WriteError`] for a file that cannot be written.
pub fn write_tables(document: &Value, folder: &Path) -> Result<Vec<std::path::PathBuf>, WriteError> {
    std::fs::create_dir_all(folder)
        .map_err(|source| WriteError::Unwritable { path: folder.to_owned(), source })?;
    let Content::Map(entries) = &document.content else { return Ok(Vec::new()) };
    let list = |name: &str| match document.entry(name) {
        Some((_, Value { content: Content::List(items), .. })) => items.clone(),
        _ => Vec::new(),
    };
    let mut nodes = list(NODES.1);
    let recipes: Vec<Value> = nodes.iter_mut().flat_map(taken).collect();
    // A product that is but a name.
    let named = |product: Value| {
        if matches!(product.content, Content::Map(_)) { product } else { Value::map([("id", product)]) }
    };
    let products: Vec<Value> = list(PRODUCTS.1).into_iter().map(named).collect();
    let of_lists = [NODES.1, LINKS.1, PRODUCTS.1];
    let others: Vec<Value> = entries
        .iter()
        .filter(|(key, _)| key.text().is_none_or(|name| !of_lists.contains(&name)))
        .map(|(key, value)| Value::map([("key", key.clone()), ("value", value.clone())]))
        .collect();
    let keys = |first: &[&'static str], table: Vec<&'static str>| {
        let others = table.into_iter().filter(|key| !first.contains(key));
        first.iter().copied().chain(others).collect::<Vec<_>>()
    };
    let node_keys = keys(&["id"], NODE_KEYS.iter().map(|row| row.key).collect());
    let link_keys =
        keys(&["from", "to", "product", "products"], LINK_KEYS.iter().map(|row| row.key).collect());
    let recipe_keys = keys(&[NODE, "make", "from"], LINK_KEYS.iter().map(|row| row.key).collect());
    let mut written = Vec::new();
    for (name, rows, keys, always) in [
        (NODES.0, nodes, node_keys, true),
        (LINKS.0, list(LINKS.1), link_keys, true),
        (PRODUCTS.0, products, vec!["id"], false),
        (RECIPES.0, recipes, recipe_keys, false),
        (NETWORK, others, vec!["key", "value"], false),
    ] {
        let path = folder.join(name);
        if rows.is_empty() && !always && !path.exists() {
            continue;
        }
        replace_file(&path, |file| file.write_all(table(&rows, &keys).as_bytes()))?;
        written.push(path);
    }
    Ok(written)
}

/// Takes the recipes of a node, each with the node's name.
fn taken(node: &mut Value) -> Vec<Value> {
    let owner = node.entry("id").map_or_else(Value::null, |(_, id)| id.clone());
    let Content::Map(keys) = &mut node.content else { return Vec::new() };
    let Some(at) = keys.iter().position(|(key, _)| key.text() == Some(RECIPES.1)) else { return Vec::new() };
    let Content::List(recipes) = keys.remove(at).1.content else { return Vec::new() };
    let with_owner = |recipe: Value| {
        let mut entries = vec![(Value::from(NODE), owner.clone())];
        if let Content::Map(keys) = recipe.content {
            entries.extend(keys);
        }
        Value::new(Content::Map(entries))
    };
    recipes.into_iter().map(with_owner).collect()
}

/// Rows as CSV, with the columns that any of them has: the known keys in their order, then others as they come.
fn table(rows: &[Value], keys: &[&str]) -> String {
    let mut columns: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
    let mut used: HashSet<String> = HashSet::new();
    for row in rows {
        let Content::Map(entries) = &row.content else { continue };
        for (key, _) in entries {
            let name = written(key);
            if used.insert(name.clone()) && !columns.contains(&name) {
                columns.push(name);
            }
        }
    }
    let first = columns.first().cloned();
    columns.retain(|column| used.contains(column) || Some(column) == first.as_ref());
    let mut sheet = csv::Writer::from_writer(Vec::new());
    sheet.write_record(&columns).expect("memory takes every row");
    for row in rows {
        let cells = columns.iter().map(|column| {
            let Content::Map(entries) = &row.content else { return String::new() };
            let found = entries.iter().find(|(key, _)| written(key) == *column);
            found.map_or_else(String::new, |(_, value)| spreadsheet_safe(&written(value)).into_owned())
        });
        sheet.write_record(cells.collect::<Vec<_>>()).expect("memory takes every row");
    }
    String::from_utf8(sheet.into_inner().expect("memory takes every row")).expect("texts and numbers")
}

/// A value as a cell: a text as it is where it would be read as the same text, everything else as JSON.
fn written(value: &Value) -> String {
    match &value.content {
        Content::Text(text)
            if text.trim() == text
                && !text.is_empty()
                && content(text).is_ok_and(|read| read.content == value.content) =>
        {
            text.clone()
        }
        Content::Number(number) if number.is_finite() => format!("{number:?}"),
        _ => inline(value),
    }
}
