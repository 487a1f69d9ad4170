//! What can be wrong with a file.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::text::shown_path;

/// Most mistakes a message lists; all of them are in [`FileError::Mistakes`].
const MAX_LISTED: usize = 100;

/// One mistake of a document: where, what was found, what is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Where it is, in words: `edges[3] (4 -> 2): L`; empty for the document as a whole.
    pub path: String,
    /// What was found and what is allowed.
    pub message: String,
    /// Its line, the first being 1; none if the document came from no text.
    pub line: Option<u32>,
    /// Its column in characters, the first being 1.
    pub column: Option<u32>,
}

impl Diagnostic {
    /// It with its line, where it has one: `line 7: demand: ...`.
    pub fn with_line(&self) -> String {
        self.line.map_or_else(|| self.to_string(), |line| format!("line {line}: {self}"))
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            write!(f, "{}", self.message)
        } else {
            write!(f, "{}: {}", self.path, self.message)
        }
    }
}

/// A file that cannot be used. Nothing was made of it.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// There is no such file.
    #[error("{what} not found: {}", shown_path(path))]
    NotFound {
        /// The file's role: `Config file`, `Data file`.
        what: &'static str,
        /// The path asked for.
        path: PathBuf,
    },
    /// The file's name ends in something else than `.yaml`, `.yml` or `.json`.
    #[error("{}: a network file must end in .yaml, .yml or .json{}", shown_path(path), other_ways(path))]
    Extension {
        /// The path asked for.
        path: PathBuf,
    },
    /// The path names a folder.
    #[error("{}: is a directory; expected a file", shown_path(path))]
    Directory {
        /// The path asked for.
        path: PathBuf,
    },
    /// The path, which a document names, leads to a pipe or a device.
    #[error("{}: is no plain file; a document may name nothing else", shown_path(path))]
    NotPlain {
        /// The path asked for.
        path: PathBuf,
    },
    /// The system refused to read it.
    #[error("{}: cannot be read: {source}", shown_path(path))]
    Unreadable {
        /// The path asked for.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is larger than allowed.
    #[error("{}: larger than {} MB, the most that is read", shown_path(path), max_bytes >> 20)]
    TooLarge {
        /// The path asked for.
        path: PathBuf,
        /// The limit in bytes.
        max_bytes: u64,
    },
    /// The file is not a text in UTF-8.
    #[error("{}:{line}: not UTF-8 text (byte {byte} of the file); save it as UTF-8", shown_path(path))]
    NotUtf8 {
        /// The path asked for.
        path: PathBuf,
        /// The line of the first byte at fault.
        line: usize,
        /// How many bytes stand before it.
        byte: usize,
    },
    /// The document has mistakes: at least one, sorted by line.
    #[error("{}", list(.file.as_ref(), .diagnostics))]
    Mistakes {
        /// The file, if it came from one.
        file: Option<PathBuf>,
        /// All mistakes.
        diagnostics: Vec<Diagnostic>,
    },
}

impl FileError {
    /// The mistakes of the document; none if it could not be read at all.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        match self {
            Self::Mistakes { diagnostics, .. } => diagnostics,
            _ => &[],
        }
    }
}

/// One mistake a line, `FILE:LINE: ...` as editors and terminals know it.
fn list(file: Option<&PathBuf>, diagnostics: &[Diagnostic]) -> String {
    let file = file.map(|file| shown_path(file));
    let line = |diagnostic: &Diagnostic| match (&file, diagnostic.line) {
        (Some(file), Some(line)) => format!("{file}:{line}: {diagnostic}"),
        (Some(file), None) => format!("{file}: {diagnostic}"),
        (None, _) => diagnostic.with_line(),
    };
    if let [only] = diagnostics {
        return line(only);
    }
    let title = format!("{} mistakes in {}:", diagnostics.len(), file.as_deref().unwrap_or("the network"));
    let mut lines = vec![title];
    lines.extend(diagnostics.iter().take(MAX_LISTED).map(line));
    if diagnostics.len() > MAX_LISTED {
        lines.push(format!("... and {} more", diagnostics.len() - MAX_LISTED));
    }
    lines.join("\n")
}

/// What a file that is no network file is for, if its name tells.
fn other_ways(path: &Path) -> &'static str {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    match ending.as_str() {
        "csv" | "tsv" | "txt" => {
            "; sales and demand in a table go to 'simulate --demand FILE:COLUMN', 'fit' or 'import csv'"
        }
        "xls" | "xlsx" | "ods" => {
            "; a workbook of supply chains goes to 'import willems'; save a sheet of sales as CSV for 'simulate --demand FILE:COLUMN', 'fit' or 'import csv'"
        }
        _ => "",
    }
}
