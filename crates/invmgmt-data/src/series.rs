//! One column of a table as numbers.

use std::path::PathBuf;

use crate::error::FileError;
use crate::table::{Source, Table};
use crate::text::shown_path;

/// Most rows of a series.
pub const MAX_SERIES_ROWS: usize = 10_000_000;
/// Most bytes of a CSV file that are read.
pub const MAX_CSV_BYTES: u64 = 1 << 30;

/// A table or a column of it that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SeriesError {
    /// The file cannot be opened.
    #[error(transparent)]
    File(#[from] FileError),
    /// The file has no line.
    #[error("{}: the file is empty; expected a header and rows of numbers", shown_path(.0))]
    Empty(PathBuf),
    /// The header names no such column, or names it twice.
    #[error("{}:1: {message}", shown_path(path))]
    Column {
        /// The file.
        path: PathBuf,
        /// What was looked for, what there is.
        message: String,
    },
    /// A line cannot be used.
    #[error("{}:{line}: {message}", shown_path(path))]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, the first being 1.
        line: u64,
        /// What was found and what is allowed.
        message: String,
    },
    /// The header has no rows below it.
    #[error("{}: no rows below the header", shown_path(.0))]
    NoRows(PathBuf),
    /// The file is longer than allowed.
    #[error("{}: more than {MAX_SERIES_ROWS} rows or {} MB, the most that is read", shown_path(.0), MAX_CSV_BYTES >> 20)]
    TooLong(PathBuf),
}

/// The numbers of a named column of a table with a header, in order. Empty lines are passed over.
///
/// # Errors
/// [`SeriesError`] naming the line and the text at fault: a cell that is empty, no number, not finite, or a number in
/// two ways.
pub fn read_column(source: &Source, column: &str) -> Result<Vec<f64>, SeriesError> {
    numbers(source, column, "a finite number", |_| true)
}

/// As [`read_column`], for units sold or asked for.
///
/// # Errors
/// [`SeriesError`] as there, and for a number below 0.
pub fn read_demand(source: &Source, column: &str) -> Result<Vec<f64>, SeriesError> {
    numbers(source, column, "a finite number >= 0", |number| number >= 0.0)
}

fn numbers(
    source: &Source,
    column: &str,
    expected: &str,
    is_allowed: fn(f64) -> bool,
) -> Result<Vec<f64>, SeriesError> {
    let mut table = Table::open(source)?;
    let position = table.find(column)?;
    let mut numbers = Vec::new();
    while table.advance()? {
        if numbers.len() == MAX_SERIES_ROWS || table.bytes_read() > MAX_CSV_BYTES {
            return Err(SeriesError::TooLong(source.path().to_owned()));
        }
        let number = table.any_number(position)?.filter(|number| number.is_finite() && is_allowed(*number));
        numbers.push(number.ok_or_else(|| table.no_number(position, expected))?);
    }
    if numbers.is_empty() {
        return Err(SeriesError::NoRows(source.path().to_owned()));
    }
    Ok(numbers)
}
