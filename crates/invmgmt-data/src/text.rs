//! Texts: read whole from files, shown in messages.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use crate::FileError;

/// Largest network file accepted, in bytes.
pub const MAX_FILE_BYTES: u64 = 64 << 20;

/// Most characters of a foreign text shown in a message.
const MAX_SHOWN: usize = 80;

/// A foreign text as a message may show it: control characters escaped, so that it cannot disturb a terminal or a
/// log, and cut when long.
pub(crate) fn shown(text: &str) -> String {
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
