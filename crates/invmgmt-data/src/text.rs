//! Texts: read whole from files, shown in messages.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use crate::FileError;

/// Longest YAML text accepted, in bytes: a network of 25,000 links is less than half as long.
pub const MAX_FILE_BYTES: u64 = 8 << 20;

/// Most characters of a foreign text shown in a message.
const MAX_SHOWN: usize = 80;

/// A foreign text as a message may show it: control characters escaped, so that it cannot disturb a terminal or a
/// log, and cut when long.
pub fn shown(text: &str) -> String {
    let mut shown = String::new();
    for (count, character) in text.chars().enumerate() {
        if count == MAX_SHOWN {
            shown.push_str("...");
            break;
        }
        if character.is_control() {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// A path as a message may show it; whole, for a cut one would be of no use.
pub(crate) fn shown_path(path: &Path) -> String {
    let mut shown = String::new();
    for character in path.to_string_lossy().chars() {
        if character.is_control() {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// The text of a YAML or JSON file. JSON as others write it may be indented by tabs, which YAML does not take; a tab
/// stands nowhere else in it.
pub(crate) fn read_document(path: &Path) -> Result<String, FileError> {
    let text = read_text(path)?;
    let is_json = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    Ok(if is_json { text.replace('\t', " ") } else { text })
}

/// Opens a file for reading; `what` names its role in the message when it is missing.
pub(crate) fn open(path: &Path, what: &'static str) -> Result<File, FileError> {
    let unreadable = |source: std::io::Error| match source.kind() {
        ErrorKind::NotFound => FileError::NotFound { what, path: path.to_owned() },
        _ => FileError::Unreadable { path: path.to_owned(), source },
    };
    // Opening a folder succeeds on some systems and only reading it fails, with an error that names no cause.
    if std::fs::metadata(path).map_err(unreadable)?.is_dir() {
        return Err(FileError::Directory { path: path.to_owned() });
    }
    File::open(path).map_err(unreadable)
}

/// Refuses what is no plain file: what a document names may come from a stranger, and opening a pipe waits for ever.
pub(crate) fn check_plain(path: &Path) -> Result<(), FileError> {
    match std::fs::metadata(path) {
        Ok(found) if !(found.is_file() || found.is_dir()) => {
            Err(FileError::NotPlain { path: path.to_owned() })
        }
        // Whatever else is wrong, opening it says.
        _ => Ok(()),
    }
}

/// What is wrong with a YAML file that a document names. Its content is quoted only if it has the keys of such a file:
/// the document may come from a stranger, who would learn what else is on this machine.
pub(crate) fn fault_of_named(path: &Path, error: &FileError, keys: &[&str]) -> String {
    let is_such = || read_text(path).is_ok_and(|text| keys.iter().all(|key| text.contains(key)));
    if error.diagnostics().is_empty() || is_such() {
        return error.to_string();
    }
    format!("{}: is no such file; expected a mapping with {}", shown_path(path), keys.join(" and "))
}

/// The whole text of a network file, for example to show lines of it beside its [`Diagnostic`](crate::Diagnostic)s.
///
/// # Errors
/// [`FileError`] if the file is missing, a folder, unreadable, larger than [`MAX_FILE_BYTES`] or not UTF-8.
pub fn read_text(path: &Path) -> Result<String, FileError> {
    let file = open(path, "Config file")?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|source| FileError::Unreadable { path: path.to_owned(), source })?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(FileError::TooLarge { path: path.to_owned(), max_bytes: MAX_FILE_BYTES });
    }
    String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = good.split(|&byte| byte == b'\n').count();
        FileError::NotUtf8 { path: path.to_owned(), line, byte: good.len() }
    })
}
