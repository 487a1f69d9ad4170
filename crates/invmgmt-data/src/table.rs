//! Tables: CSV text with a header, read row by row.

use std::cell::Cell;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use csv::{ByteRecord, Reader, ReaderBuilder};
use invmgmt::interruption::{self, Interruption};

use crate::error::FileError;
use crate::series::SeriesError;
use crate::text::{check_plain, open, shown};

/// Bytes read ahead.
const BUFFER: usize = 1 << 18;
/// Longest line of a table, line ends within quotes included, in bytes.
pub const MAX_LINE_BYTES: u64 = 1 << 20;

/// Where a table is read from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A CSV file.
    File(PathBuf),
    /// A CSV file that a document names. The document may come from a stranger: it must be a plain file, and messages
    /// quote it only if it is a table.
    Named(PathBuf),
    /// CSV text in memory, under the name that messages use for it.
    Text {
        /// The name, as `<DataFrame>`.
        name: String,
        /// The text.
        text: String,
    },
}

impl Source {
    /// What messages and metadata call it: the path, or the name of the text.
    pub fn name(&self) -> String {
        self.path().to_string_lossy().into_owned()
    }

    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::File(path) | Self::Named(path) => path,
            Self::Text { name, .. } => Path::new(name),
        }
    }
}

impl From<&Path> for Source {
    fn from(path: &Path) -> Self {
        Self::File(path.to_owned())
    }
}

/// A reader that gives up when the work it is part of is to end, or a line does not.
struct Heeding<R> {
    reader: R,
    interruption: Interruption,
    /// Bytes read since the last line that was whole, shared with the table.
    waiting: Rc<Cell<u64>>,
}

impl<R: Read> Read for Heeding<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.interruption.is_requested() {
            return Err(std::io::Error::other("interrupted"));
        }
        if self.waiting.get() > MAX_LINE_BYTES {
            let words =
                "a line of more than {} MB, the most that is read; is a line end or a closing quote missing?";
            return Err(std::io::Error::other(words.replace("{}", &(MAX_LINE_BYTES >> 20).to_string())));
        }
        let count = self.reader.read(buffer)?;
        self.waiting.set(self.waiting.get() + count as u64);
        Ok(count)
    }
}

/// A table at one of its rows. It holds one row at a time, however long the file.
///
/// A byte order mark, Windows line ends and quoted cells are understood; blank lines are passed over. In a table of one
/// column a blank line is an empty cell, and refused unless nothing follows it.
pub(crate) struct Table<'a> {
    source: &'a Source,
    path: &'a Path,
    reader: Reader<Box<dyn Read + 'a>>,
    waiting: Rc<Cell<u64>>,
    record: ByteRecord,
    /// Names of the columns as the header has them.
    names: Vec<String>,
    /// The first blank line passed over on the way to the current row.
    blank: Option<u64>,
}

impl<'a> Table<'a> {
    /// Opens a table and reads its header.
    pub fn open(source: &'a Source) -> Result<Self, SeriesError> {
        let text: Box<dyn Read + 'a> = match source {
            Source::File(path) => Box::new(open(path, "Data file")?),
            Source::Named(path) => {
                check_plain(path)?;
                Box::new(open(path, "Data file")?)
            }
            Source::Text { text, .. } => Box::new(text.as_bytes()),
        };
        // With a line feed at the very end and at no other sign, lines are counted as an editor counts them; the
        // carriage returns of Windows are taken off the last cells.
        let text = text.chain(&b"\n"[..]);
        let (interruption, waiting) = (interruption::current(), Rc::<Cell<u64>>::default());
        let text: Box<dyn Read + 'a> =
            Box::new(Heeding { reader: text, interruption, waiting: Rc::clone(&waiting) });
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(BUFFER)
            .terminator(csv::Terminator::Any(b'\n'))
            .from_reader(text);
        let mut table = Self {
            source,
            path: source.path(),
            reader,
            waiting,
            record: ByteRecord::new(),
            names: Vec::new(),
            blank: None,
        };
        if !table.read()? {
            return Err(SeriesError::Empty(table.path.to_owned()));
        }
        let names = (0..table.record.len()).map(|position| table.cell(position).map(str::to_owned));
        table.names = names.collect::<Result<_, _>>()?;
        Ok(table)
    }

    /// Names of the columns as the header has them.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// How many bytes have been read.
    pub fn bytes_read(&self) -> u64 {
        self.reader.position().byte()
    }

    /// Goes to the next row that is not blank; false at the end of the table.
    pub fn advance(&mut self) -> Result<bool, SeriesError> {
        if !self.read()? {
            return Ok(false);
        }
        if let ([name], Some(line)) = (self.names.as_slice(), self.blank) {
            let message =
                format!("{}: found an empty cell; expected a value in every row", shown(name.trim()));
            return Err(SeriesError::Line { path: self.path.to_owned(), line, message });
        }
        if self.record.len() != self.names.len() {
            let (found, expected) = (self.record.len(), self.names.len());
            return Err(self.at_fault(format!("{found} cells; the header has {expected}")));
        }
        Ok(true)
    }

    fn read(&mut self) -> Result<bool, SeriesError> {
        self.blank = None;
        loop {
            let begins = self.reader.position().line();
            if !self.reader.read_byte_record(&mut self.record).map_err(|error| self.unreadable(error))? {
                return Ok(false);
            }
            self.waiting.set(0);
            // Most rows are told from blank ones by their number of cells alone.
            if self.record.len() > 1 {
                self.check_text()?;
                return Ok(true);
            }
            let within = self.record.as_slice().split(|&byte| byte == b'\n').count() as u64 - 1;
            let is_blank = self.record.as_slice().trim_ascii().is_empty();
            // The reader itself passes over lines without any sign.
            if is_blank || self.line() > begins + within {
                self.blank.get_or_insert(begins);
            }
            if !is_blank {
                self.check_text()?;
                return Ok(true);
            }
        }
    }

    /// Refuses a row that is not UTF-8, also in cells nobody asks for: the file is not what it seems.
    fn check_text(&self) -> Result<(), SeriesError> {
        if std::str::from_utf8(self.record.as_slice()).is_ok() {
            return Ok(());
        }
        (0..self.record.len()).try_for_each(|position| self.cell(position).map(|_| ()))
    }

    fn unreadable(&self, error: csv::Error) -> SeriesError {
        let source = match error.into_kind() {
            csv::ErrorKind::Io(source) => source,
            other => std::io::Error::other(format!("{other:?}")),
        };
        FileError::Unreadable { path: self.path.to_owned(), source }.into()
    }

    /// The line on which the current row ends, the first being 1.
    pub fn line(&self) -> u64 {
        self.reader.position().line() - 1
    }

    /// An error in the current row.
    pub fn at_fault(&self, message: String) -> SeriesError {
        SeriesError::Line { path: self.path.to_owned(), line: self.line(), message }
    }

    /// The text of a cell of the current row.
    pub fn cell(&self, position: usize) -> Result<&str, SeriesError> {
        let mut bytes = self.record.get(position).unwrap_or_default();
        if position + 1 == self.record.len() {
            bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        }
        std::str::from_utf8(bytes).map_err(|error| {
            let found = bytes[error.valid_up_to()];
            let message =
                format!("column {}: not UTF-8 text (byte 0x{found:02X}); save it as UTF-8", position + 1);
            self.at_fault(message)
        })
    }

    /// Where the header has a column; spaces around a name in the header do not matter.
    pub fn find(&self, column: &str) -> Result<usize, SeriesError> {
        let refused = |message| SeriesError::Column { path: self.path.to_owned(), message };
        let is_it = |name: &String| name == column || name.trim() == column;
        let mut found = self.names.iter().enumerate().filter(|(_, name)| is_it(name));
        match (found.next(), found.next()) {
            (Some((position, _)), None) => Ok(position),
            (Some(_), Some(_)) => {
                Err(refused(format!("column '{}' stands more than once in the header", shown(column))))
            }
            (None, _) if self.may_be_quoted() => Err(refused(no_such_column(column, &self.names))),
            (None, _) => Err(refused(format!("no column '{}'", shown(column)))),
        }
    }

    /// Whether messages may show what is in it: what a document names must have a number in the first row below its
    /// header to count as a table, which keys, passwords and settings have not.
    fn may_be_quoted(&self) -> bool {
        let Source::Named(path) = self.source else { return true };
        let again = Source::File(path.clone());
        let Ok(mut table) = Table::open(&again) else { return false };
        matches!(table.advance(), Ok(true))
            && (0..table.names.len()).any(|position| table.number(position).is_ok())
    }

    /// The number in a cell of the current row; it is finite.
    pub fn number(&self, position: usize) -> Result<f64, SeriesError> {
        let text = self.cell(position)?.trim();
        match crate::cell::number(text) {
            Some(number) if number.is_finite() => Ok(number),
            _ => Err(self.no_number(position, "a finite number")),
        }
    }

    /// The error for a cell that should hold a number.
    pub fn no_number(&self, position: usize, expected: &str) -> SeriesError {
        let text = self.record.get(position).map(String::from_utf8_lossy).unwrap_or_default();
        let found = match text.trim() {
            "" => "an empty cell".to_owned(),
            _ if !self.may_be_quoted() => "a text".to_owned(),
            text => format!("'{}'", shown(text)),
        };
        self.at_fault(format!("{}: found {found}; expected {expected}", shown(self.names[position].trim())))
    }
}

/// Most columns a message lists.
const MAX_LISTED: usize = 40;

fn no_such_column(column: &str, names: &[String]) -> String {
    let nearest = nearest(column, names.iter().map(|name| name.trim()));
    let nearest = nearest.map(|name| format!("; nearest: '{}'", shown(name))).unwrap_or_default();
    let mut listed: Vec<String> = names.iter().take(MAX_LISTED).map(|name| shown(name.trim())).collect();
    if names.len() > MAX_LISTED {
        listed.push(format!("and {} more", names.len() - MAX_LISTED));
    }
    format!("no column '{}'{nearest}; columns: {}", shown(column), listed.join(", "))
}

/// The name most like the one asked for, among the first thousand, if one is like it.
pub(crate) fn nearest<'n>(asked: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    // The cost of a distance grows with the lengths.
    let cut = |text: &str| text.chars().take(64).collect::<String>().to_lowercase();
    let asked = cut(asked);
    let distances = names.take(1000).map(|name| (strsim::osa_distance(&asked, &cut(name)), name));
    let (distance, nearest) = distances.min_by_key(|(distance, _)| *distance)?;
    (2 * distance <= asked.chars().count().max(nearest.chars().count())).then_some(nearest)
}
