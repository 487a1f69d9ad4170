//! Why a table could not be adapted.

use crate::text::shown;
use crate::{FileError, SeriesError, WriteError};

/// A table that could not be adapted. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum AdapterError {
    /// The table cannot be read: the file, a column, a line.
    #[error(transparent)]
    Table(#[from] SeriesError),
    /// The result cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The table can be read, but what was asked of it is not there.
    #[error("{}: {message}", shown_source(source_name))]
    Data {
        /// The table.
        source_name: String,
        /// What was found and what is allowed.
        message: String,
    },
    /// An argument cannot be used.
    #[error("{0}")]
    Argument(String),
    /// The tables do not make a network: one mistake a line.
    #[error("{0}")]
    Network(String),
}

impl AdapterError {
    pub(crate) fn data(source: &str, message: impl Into<String>) -> Self {
        Self::Data { source_name: source.to_owned(), message: message.into() }
    }

    /// Whether a file was not found.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Table(SeriesError::File(FileError::NotFound { .. })))
    }
}

fn shown_source(source: &str) -> String {
    // A path is shown whole: a cut one would be of no use.
    if source.len() < 4096 && !source.chars().any(char::is_control) {
        source.to_owned()
    } else {
        shown(source)
    }
}
