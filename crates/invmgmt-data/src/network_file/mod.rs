//! Networks from YAML files: every mistake at once, each with its line.
//!
//! The reader reports what is wrong with a field by itself (its key, its type, its range); compiling the network
//! reports what is wrong between fields (roles, the graph, names). Both lists become one, without the mistakes that
//! only follow from others.

mod fields;
mod merge;
mod reader;

use std::path::Path;

use invmgmt::network::{Network, Place};

use crate::error::{Diagnostic, FileError};
use crate::tables::{has_tables, read_tables};
use crate::text::read_document;
use crate::value::{Content, Value};

/// Endings of the names of documents.
const DOCUMENTS: [&str; 3] = ["yaml", "yml", "json"];

/// A network with the document it was read from.
#[derive(Clone, Debug)]
pub struct NetworkFile {
    /// The checked network; what was declared is its field `declared`.
    pub network: Network,
    /// The document, which knows its lines.
    pub document: Value,
}

impl NetworkFile {
    /// Line and column of a node, a link or one of their keys, the first being 1; for the network as a whole those
    /// of its list of links. None for what the document does not hold.
    pub fn position(&self, place: &Place) -> Option<(u32, u32)> {
        let (line, column) = locate(&self.document, place);
        line.zip(column)
    }
}

/// The network a document declares.
///
/// # Errors
/// Every mistake of the document, sorted by line.
pub fn parse_network(document: &Value) -> Result<Network, Vec<Diagnostic>> {
    let reading = reader::read(document);
    merge::check(document, reading)
}

/// The network a document declares; the errors of [`parse_network`] as a [`FileError`] without a file.
///
/// # Errors
/// [`FileError::Mistakes`] with every mistake of the document.
pub fn network_from_value(document: &Value) -> Result<Network, FileError> {
    parse_network(document).map_err(|diagnostics| FileError::Mistakes { file: None, diagnostics })
}

/// The network a YAML text declares.
///
/// # Errors
/// [`FileError::Mistakes`] with every mistake of the text; if it is not YAML, with that alone.
pub fn network_from_yaml(text: &str) -> Result<Network, FileError> {
    let document = Value::from_yaml(text)
        .map_err(|diagnostic| FileError::Mistakes { file: None, diagnostics: vec![diagnostic] })?;
    network_from_value(&document)
}

/// Whether a file's name is that of a document: `.yaml`, `.yml` or `.json`, which is YAML too.
pub(crate) fn is_document(path: &Path) -> bool {
    path.extension().is_some_and(|ending| DOCUMENTS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

/// Reads a network file, whose name must end in `.yaml`, `.yml` or `.json`, or a folder of
/// [tables](crate::read_tables).
///
/// # Errors
/// [`FileError`] if the file cannot be read, or with every mistake in it.
pub fn read_network(path: &Path) -> Result<NetworkFile, FileError> {
    let mistakes = |diagnostics| FileError::Mistakes { file: Some(path.to_owned()), diagnostics };
    let document = if has_tables(path) {
        read_tables(path)?
    } else {
        // A missing file is reported as missing whatever its name.
        if !is_document(path) && path.exists() && !path.is_dir() {
            return Err(FileError::Extension { path: path.to_owned() });
        }
        let text = read_document(path)?;
        Value::from_yaml(&text).map_err(|diagnostic| mistakes(vec![diagnostic]))?
    };
    let network = parse_network(&document).map_err(mistakes)?;
    Ok(NetworkFile { network, document })
}

/// The network of a file: [`read_network`] for those who need no lines.
///
/// # Errors
/// [`FileError`] if the file cannot be read, or with every mistake in it.
pub fn load_network(path: &Path) -> Result<Network, FileError> {
    read_network(path).map(|file| file.network)
}

/// Line and column of a place of the network: of its key, else of its node or link.
pub(crate) fn locate(document: &Value, place: &Place) -> (Option<u32>, Option<u32>) {
    let (list, entry) = match place {
        Place::Network => ("edges", None),
        Place::Key(key) => (*key, None),
        Place::Node(position, key) => ("nodes", Some((*position, *key))),
        Place::Link(position, key) => ("edges", Some((*position, *key))),
    };
    let Some((list_key, list)) = document.entry(list) else { return (document.line, document.column) };
    let (Some((position, key)), Content::List(items)) = (entry, &list.content) else {
        return (list_key.line, list_key.column);
    };
    let Some(item) = items.get(position) else { return (list_key.line, list_key.column) };
    let at = key.and_then(|key| item.entry(key)).map_or(item, |(key, _)| key);
    (at.line, at.column)
}
