//! Tables as people have them, read row by row: CSV text with a header, packed or not, and spreadsheets.
//!
//! How a table is written is found in it, or said by a [`TableForm`]. Where two readings are possible, both are said,
//! and none is chosen.

mod dates;
mod form;
mod look;
mod numbers;
mod opened;
mod separator;

use std::cell::{Cell, OnceCell};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use csv::{ByteRecord, Reader, ReaderBuilder};
use invmgmt::interruption::{self, Interruption};
use jiff::civil::Date;

use crate::error::FileError;
use crate::nearest::nearest;
use crate::series::SeriesError;
use crate::text::{check_plain, shown};
use crate::value::{Content, Value};

pub use dates::{DateOrder, DateSpan};
pub use form::{CellRange, Separator, TableForm};
pub use look::{ColumnKind, ColumnLook, Looked, look};
pub use numbers::DecimalSign;

use dates::Orders;
use numbers::{Spelled, spelled};
use opened::opened;

/// Most rows above a table in which its header is looked for.
const MOST_ABOVE: usize = 30;
/// What to say where the header seems to be none.
const A_TITLE: &str = "; a title? Take out what stands above the table, or say --separator";
/// Bytes read ahead.
const BUFFER: usize = 1 << 18;
/// Longest line of a table, line ends within quotes included, in bytes.
pub const MAX_LINE_BYTES: u64 = 1 << 20;

/// Where a table is read from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A file.
    File {
        /// Where it is.
        path: PathBuf,
        /// How it is written, as far as somebody says so.
        form: TableForm,
    },
    /// A file that a document names. The document may come from a stranger: it must be a plain file, and messages
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
            Self::File { path, .. } | Self::Named(path) => path,
            Self::Text { name, .. } => Path::new(name),
        }
    }
}

impl From<&Path> for Source {
    fn from(path: &Path) -> Self {
        Self::from(path.to_owned())
    }
}

impl From<PathBuf> for Source {
    fn from(path: PathBuf) -> Self {
        Self::File { path, form: TableForm::default() }
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
pub struct Table<'a> {
    source: &'a Source,
    path: &'a Path,
    reader: Reader<Box<dyn Read + 'a>>,
    waiting: Rc<Cell<u64>>,
    record: ByteRecord,
    /// Names of the columns as the header has them.
    names: Vec<String>,
    /// The first blank line passed over on the way to the current row.
    blank: Option<u64>,
    /// What stands between cells.
    separator: Separator,
    /// Lines of the file before the header that are no part of the table.
    skipped: u64,
    /// How the file was packed and encoded.
    wrapping: Vec<String>,
    form: TableForm,
    /// Whether its numbers were written by a program: a data frame.
    is_written: bool,
    /// Whether it is the sheet of a spreadsheet: numbers of its own have points here, its texts what people gave them.
    is_spreadsheet: bool,
    /// The decimal sign of the file, once a cell asked for it, or why there is none.
    decimal: OnceCell<Result<DecimalSign, String>>,
    /// The order of dates in columns that asked for it, or why there is none.
    orders: OnceCell<Vec<OnceCell<Result<DateOrder, String>>>>,
}

impl std::fmt::Debug for Table<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Table").field("source", self.source).finish_non_exhaustive()
    }
}

impl<'a> Table<'a> {
    /// Opens a table and reads its header.
    pub fn open(source: &'a Source) -> Result<Self, SeriesError> {
        let form = match source {
            Source::File { form, .. } => form.clone(),
            _ => TableForm::default(),
        };
        let mut is_spreadsheet = false;
        let (begin, text, is_written, wrapping) = match source {
            Source::Text { text, .. } => {
                (separator::Begin::WRITTEN, Box::new(text.as_bytes()) as Box<dyn Read + 'a>, true, Vec::new())
            }
            Source::File { path, .. } | Source::Named(path) => {
                if matches!(source, Source::Named(_)) {
                    check_plain(path)?;
                }
                let file = opened(path, &form)?;
                is_spreadsheet = file.is_spreadsheet;
                let begin = if is_spreadsheet {
                    separator::Begin::WRITTEN
                } else {
                    separator::begin(&file.sample, form.separator)
                        .map_err(|message| SeriesError::Column { path: path.clone(), message })?
                };
                (begin, file.text as Box<dyn Read + 'a>, false, file.wrapping)
            }
        };
        // With a line feed at the very end and at no other sign, lines are counted as an editor counts them; the
        // carriage returns of Windows are taken off the last cells.
        let end: &'static [u8] = if begin.ends_lines_with == b'\n' { b"\n" } else { b"\r" };
        let text = text.chain(end);
        let (interruption, waiting) = (interruption::current(), Rc::<Cell<u64>>::default());
        let text: Box<dyn Read + 'a> =
            Box::new(Heeding { reader: text, interruption, waiting: Rc::clone(&waiting) });
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(BUFFER)
            .delimiter(begin.separator.0)
            .terminator(csv::Terminator::Any(begin.ends_lines_with))
            .from_reader(text);
        let mut table = Self {
            source,
            path: source.path(),
            reader,
            waiting,
            record: ByteRecord::new(),
            names: Vec::new(),
            blank: None,
            separator: begin.separator,
            skipped: begin.skipped,
            wrapping,
            decimal: form.decimal.map(|sign| Ok(sign).into()).unwrap_or_default(),
            form,
            is_written,
            is_spreadsheet,
            orders: OnceCell::new(),
        };
        for _ in 0..=table.skipped {
            if !table.read()? {
                return Err(SeriesError::Empty(table.path.to_owned()));
            }
        }
        let names = (0..table.record.len()).map(|position| table.cell(position).map(str::to_owned));
        table.names = names.collect::<Result<_, _>>()?;
        Ok(table)
    }

    /// Where it is read from.
    pub fn source(&self) -> &'a Source {
        self.source
    }

    /// The date that the name of a column is; none if it is none, or several.
    pub fn date_in_header(&self, position: usize) -> Option<Date> {
        let readings = dates::readings(&self.names[position])?;
        match self.form.dates {
            Some(given) => readings[given as usize],
            None => readings[0].filter(|first| readings.iter().all(|reading| *reading == Some(*first))),
        }
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
        if self.record.len() != self.names.len() {
            let (found, expected) = (self.record.len(), self.names.len());
            let begins = |position: usize, sign| {
                self.cell(position).is_ok_and(|cell| cell.trim_start().starts_with(sign))
            };
            let hint = if expected == 1 {
                A_TITLE
            } else if found > expected && (0..found).any(|position| begins(position, '{')) {
                "; what has the separator in it, as a law, stands in quotes: \"{...}\""
            } else {
                ""
            };
            return Err(self.at_fault(format!("{found} cells; the header has {expected}{hint}")));
        }
        if let ([name], Some(line)) = (self.names.as_slice(), self.blank) {
            let has_more = self.cell(0)?.contains([',', ';', '\t', '|']);
            let hint = if has_more { A_TITLE } else { "" };
            let name = shown(name.trim());
            let message = format!("{name}: found an empty cell; expected a value in every row{hint}");
            return Err(SeriesError::Line { path: self.path.to_owned(), line, message });
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
            // Spreadsheets end in rows of nothing but separators.
            if self.record.len() > 1 && !self.is_written && self.record.as_slice().trim_ascii().is_empty() {
                continue;
            }
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
            (None, _) if self.may_be_quoted() => {
                let hint = self
                    .header_below(column)
                    .map(|line| format!("; line {line} has it: take out what stands above the table"));
                Err(refused(no_such_column(column, &self.names) + &hint.unwrap_or_default()))
            }
            (None, _) => Err(refused(format!("no column '{}'", shown(column)))),
        }
    }

    /// The line near the beginning in which a column's name stands, below the line taken for the header.
    fn header_below(&self, column: &str) -> Option<u64> {
        let mut table = self.again()?;
        // The separator may have been found in a title.
        let has = |cell: &str| {
            cell.split([',', ';', '\t', '|']).any(|name| name.trim().trim_matches('"') == column)
        };
        (0..MOST_ABOVE).find_map(|_| {
            let is_there = table.read().ok()?
                && (0..table.record.len()).any(|position| table.cell(position).is_ok_and(has));
            is_there.then(|| table.line())
        })
    }

    /// Whether messages may show what is in it: what a document names must have a number in the first row below its
    /// header to count as a table, which keys, passwords and settings have not.
    fn may_be_quoted(&self) -> bool {
        let Source::Named(path) = self.source else { return true };
        let again = Source::from(path.clone());
        let Ok(mut table) = Table::open(&again) else { return false };
        matches!(table.advance(), Ok(true))
            && (0..table.names.len()).any(|position| table.number(position).is_ok())
    }

    /// The number in a cell of the current row; it is finite.
    pub fn number(&self, position: usize) -> Result<f64, SeriesError> {
        match self.any_number(position)? {
            Some(number) if number.is_finite() => Ok(number),
            _ => Err(self.no_number(position, "a finite number")),
        }
    }

    /// The number in a cell of the current row, finite or not; none if it holds none.
    ///
    /// # Errors
    /// [`SeriesError`] for a text that is a number in two ways.
    pub fn any_number(&self, position: usize) -> Result<Option<f64>, SeriesError> {
        let text = self.cell(position)?;
        if self.is_written {
            return Ok(crate::cell::number(text));
        }
        let known = self.decimal.get().and_then(|known| known.as_ref().ok()).copied();
        let read = match spelled(text, known) {
            // A number of the sheet itself has its point whatever sign its texts have.
            Spelled::Nothing if self.is_spreadsheet => spelled(text, None),
            read => read,
        };
        match read {
            Spelled::Number(number, _) => Ok(Some(number)),
            Spelled::Nothing => Ok(None),
            Spelled::Either { sign, thousands, fraction } => {
                match self.decimal.get_or_init(|| self.decimal_sign(sign)) {
                    Ok(found) if *found == sign => Ok(Some(fraction)),
                    Ok(_) => Ok(Some(thousands)),
                    Err(why) => {
                        let column = shown(self.names[position].trim());
                        let text = shown(text.trim());
                        Err(self.at_fault(format!(
                            "{column}: found '{text}', which is {thousands} or {fraction}; {why}; say --decimal . or \
                             --decimal ,"
                        )))
                    }
                }
            }
        }
    }

    /// The content of a cell of the current row, numbers as people write them included.
    pub fn content(&self, position: usize) -> Result<Content, SeriesError> {
        let text = self.cell(position)?;
        let plain = crate::cell::content(text);
        let begins_as_number = |text: &str| {
            text.trim_start_matches(['-', '+', '(']).starts_with(|sign: char| !sign.is_alphabetic())
        };
        Ok(match plain {
            Content::Text(_) | Content::Number(_) if !self.is_written && begins_as_number(text.trim()) => {
                self.any_number(position)?.map_or(plain, Content::Number)
            }
            plain => plain,
        })
    }

    /// [`content`](Self::content) with its line.
    pub fn value(&self, position: usize) -> Result<Value, SeriesError> {
        Ok(Value { line: u32::try_from(self.line()).ok(), ..Value::new(self.content(position)?) })
    }

    /// The date in a cell of the current row; none if it holds none.
    ///
    /// # Errors
    /// [`SeriesError`] if its column can be read in two ways, or is no date in the order said.
    pub fn date(&self, position: usize) -> Result<Option<Date>, SeriesError> {
        let text = self.cell(position)?;
        let Some(readings) = dates::readings(text) else { return Ok(None) };
        let [first, ..] = readings;
        if first.is_some() && readings.iter().all(|reading| *reading == first) {
            return Ok(first);
        }
        let column = || shown(self.names[position].trim());
        let order = if let Some(given) = self.form.dates {
            given
        } else {
            let orders = self.orders.get_or_init(|| vec![OnceCell::new(); self.names.len()]);
            let order = orders[position].get_or_init(|| self.date_order(position));
            order.clone().map_err(|why| self.at_fault(format!("{}: {why}", column())))?
        };
        readings[order as usize].map(Some).ok_or_else(|| {
            self.at_fault(format!("{}: '{}' is no date read {}", column(), shown(text.trim()), order.name()))
        })
    }

    /// The table once more from its beginning; none if it cannot be read twice.
    fn again(&self) -> Option<Self> {
        let may = match self.source {
            Source::File { path, .. } | Source::Named(path) => path.is_file(),
            Source::Text { .. } => true,
        };
        may.then(|| Self::open(self.source).ok())?
    }

    /// The decimal sign that numbers of the file show it to have; `asked` stands in the cell that asks. In a sheet a
    /// point shows nothing: its own numbers have it whatever the person wrote who wrote the text that asks.
    fn decimal_sign(&self, asked: DecimalSign) -> Result<DecimalSign, String> {
        let mut shown_by: [Option<(u64, String)>; 2] = [None, None];
        if let Some(mut table) = self.again() {
            while shown_by.iter().any(Option::is_none) && table.advance().unwrap_or(false) {
                for position in 0..table.record.len() {
                    let Ok(text) = table.cell(position) else { continue };
                    if let Spelled::Number(_, Some(sign)) = spelled(text, None)
                        && !(self.is_spreadsheet && sign == DecimalSign::Point)
                    {
                        shown_by[sign as usize].get_or_insert_with(|| (table.line(), shown(text.trim())));
                    }
                }
            }
        }
        match shown_by {
            [Some(_), None] => Ok(DecimalSign::Point),
            [None, Some(_)] => Ok(DecimalSign::Comma),
            [Some((line, point)), Some((other, comma))] => Err(format!(
                "the file has fractions with a point ('{point}', line {line}) and with a comma ('{comma}', line {other})"
            )),
            // Where commas part cells, programs write points; a comma in a quoted cell is a person's.
            [None, None]
                if self.separator.0 == b',' && asked == DecimalSign::Point && !self.is_spreadsheet =>
            {
                Ok(DecimalSign::Point)
            }
            [None, None] if self.is_spreadsheet => Err("no other text of the sheet tells which".to_owned()),
            [None, None] => Err("no number in the file tells which".to_owned()),
        }
    }

    fn date_order(&self, position: usize) -> Result<DateOrder, String> {
        let mut orders = Orders::default();
        let mut last = String::new();
        let Some(mut table) = self.again() else {
            return Err(
                "its dates can be read in two ways; say --dates day-first, month-first or year-first".into(),
            );
        };
        while table.advance().unwrap_or(false) {
            let Ok(text) = table.cell(position) else { continue };
            if text == last {
                continue;
            }
            if let Some(readings) = dates::readings(text) {
                orders.add(text.trim(), table.line(), &readings);
            }
            text.clone_into(&mut last);
        }
        orders.decide()
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
