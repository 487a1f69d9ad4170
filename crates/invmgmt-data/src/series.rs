//! One column of a CSV file as numbers.

use std::io::Read;
use std::path::{Path, PathBuf};

use csv::{ByteRecord, Reader, ReaderBuilder};

use crate::error::FileError;
use crate::text::{open, shown, shown_path};

/// Most rows of a series.
pub const MAX_SERIES_ROWS: usize = 10_000_000;
/// Most bytes of a CSV file that are read.
pub const MAX_CSV_BYTES: u64 = 1 << 30;

/// A column that cannot be used.
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

/// The numbers of a named column of a CSV file with a header, in order.
///
/// A byte order mark, Windows line ends and quoted fields are understood; empty lines are passed over; numbers use a
/// decimal point.
///
/// # Errors
/// [`SeriesError`] naming the line and the text at fault: a cell that is empty, no number or not finite.
pub fn read_column(path: &Path, column: &str) -> Result<Vec<f64>, SeriesError> {
    column_of(open(path, "Data file")?, path, column)
}

/// [`read_column`] of a text from anywhere; `path` names it in messages.
pub(crate) fn column_of(file: impl Read, path: &Path, column: &str) -> Result<Vec<f64>, SeriesError> {
    // With a line feed at the very end and at no other sign, lines are counted as an editor counts them; the carriage
    // returns of Windows are trimmed from the cells.
    let text = file.take(MAX_CSV_BYTES + 1).chain(&b"\n"[..]);
    let reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .terminator(csv::Terminator::Any(b'\n'))
        .from_reader(text);
    let mut rows = Rows { path, reader, record: ByteRecord::new() };
    if !rows.advance()? {
        return Err(SeriesError::Empty(path.to_owned()));
    }
    let (columns, position) = (rows.record.len(), rows.find(column)?);
    let mut numbers = Vec::new();
    while rows.advance()? {
        if numbers.len() == MAX_SERIES_ROWS {
            return Err(SeriesError::TooLong(path.to_owned()));
        }
        if rows.record.len() != columns {
            return Err(rows.at_fault(format!("{} cells; the header has {columns}", rows.record.len())));
        }
        numbers.push(rows.number(position, column)?);
    }
    if rows.reader.get_ref().get_ref().0.limit() == 0 {
        return Err(SeriesError::TooLong(path.to_owned()));
    }
    if numbers.is_empty() {
        return Err(SeriesError::NoRows(path.to_owned()));
    }
    Ok(numbers)
}

/// A CSV file read row by row.
struct Rows<'a, R> {
    path: &'a Path,
    reader: Reader<R>,
    record: ByteRecord,
}

impl<R: Read> Rows<'_, R> {
    /// Reads the next row that is not blank; false at the end of the file.
    fn advance(&mut self) -> Result<bool, SeriesError> {
        while self.reader.read_byte_record(&mut self.record).map_err(|error| self.unreadable(error))? {
            if self.record.len() > 1 || self.record.iter().any(|cell| !cell.trim_ascii().is_empty()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn unreadable(&self, error: csv::Error) -> SeriesError {
        let source = match error.into_kind() {
            csv::ErrorKind::Io(source) => source,
            other => std::io::Error::other(format!("{other:?}")),
        };
        FileError::Unreadable { path: self.path.to_owned(), source }.into()
    }

    /// An error in the current row: on the line on which it ends.
    fn at_fault(&self, message: String) -> SeriesError {
        let line = self.reader.position().line() - 1;
        SeriesError::Line { path: self.path.to_owned(), line, message }
    }

    /// The text of a cell of the current row.
    fn cell(&self, position: usize) -> Result<&str, SeriesError> {
        let bytes = self.record.get(position).unwrap_or_default();
        std::str::from_utf8(bytes).map_err(|error| {
            let found = bytes[error.valid_up_to()];
            let message =
                format!("column {}: not UTF-8 text (byte 0x{found:02X}); save it as UTF-8", position + 1);
            self.at_fault(message)
        })
    }

    /// Where the current row, the header, has this name.
    fn find(&self, column: &str) -> Result<usize, SeriesError> {
        let names = (0..self.record.len()).map(|position| self.cell(position).map(str::trim));
        let names = names.collect::<Result<Vec<_>, _>>()?;
        let refused = |message| SeriesError::Column { path: self.path.to_owned(), message };
        let mut found = names.iter().enumerate().filter(|(_, name)| **name == column);
        match (found.next(), found.next()) {
            (Some((position, _)), None) => Ok(position),
            (Some(_), Some(_)) => {
                Err(refused(format!("column '{}' stands more than once in the header", shown(column))))
            }
            (None, _) => Err(refused(no_such_column(column, &names))),
        }
    }

    /// The number in a cell of the current row.
    fn number(&self, position: usize, column: &str) -> Result<f64, SeriesError> {
        let text = self.cell(position)?.trim();
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(number),
            _ => {
                let found =
                    if text.is_empty() { "an empty cell".to_owned() } else { format!("'{}'", shown(text)) };
                Err(self.at_fault(format!("{}: found {found}; expected a finite number", shown(column))))
            }
        }
    }
}

/// Most columns a message lists.
const MAX_LISTED: usize = 40;

fn no_such_column(column: &str, names: &[&str]) -> String {
    let near = |name: &&&str| {
        // The cost of a distance grows with the lengths.
        let cut = |text: &str| text.chars().take(64).collect::<String>().to_lowercase();
        strsim::osa_distance(&cut(column), &cut(name))
    };
    let nearest = names.iter().take(1000).min_by_key(near).map(|name| shown(name)).unwrap_or_default();
    let mut listed: Vec<String> = names.iter().take(MAX_LISTED).map(|name| shown(name)).collect();
    if names.len() > MAX_LISTED {
        listed.push(format!("and {} more", names.len() - MAX_LISTED));
    }
    format!("no column '{}'; nearest: '{nearest}'; columns: {}", shown(column), listed.join(", "))
}
