//! What was understood of a table, column by column.

use super::numbers::Spelled;
use super::{DecimalSign, Source, Table, dates, spelled};
use crate::series::SeriesError;
use crate::text::shown;

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Whole numbers.
    WholeNumbers,
    /// Numbers.
    Numbers,
    /// Dates.
    Dates,
    /// Texts, or cells of several kinds.
    Texts,
    /// No cell is filled.
    Empty,
}

impl ColumnKind {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::WholeNumbers => "whole numbers",
            Self::Numbers => "numbers",
            Self::Dates => "dates",
            Self::Texts => "texts",
            Self::Empty => "empty",
        }
    }
}

/// What was understood of a column.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnLook {
    /// Its name in the header.
    pub name: String,
    /// What its cells are.
    pub kind: ColumnKind,
    /// Cells without a sign in them.
    pub empty: usize,
    /// The first filled cell as it stands, and as it was read.
    pub example: Option<(String, String)>,
    /// Least and greatest number or date, as read.
    pub range: Option<(String, String)>,
    /// How its cells can be read in two ways, and what to say.
    pub question: Option<String>,
    /// Of a column of which most cells are numbers or dates, the first that is none.
    pub exception: Option<String>,
}

/// What was understood of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Looked {
    /// How it is packed and encoded, in words; empty for a plain text in UTF-8.
    pub wrapping: Vec<String>,
    /// What parts its cells; none for a spreadsheet.
    pub separator: Option<String>,
    /// The decimal sign its numbers show, if one does.
    pub decimal: Option<DecimalSign>,
    /// Rows below the header, blank ones left out.
    pub rows: usize,
    /// The columns in their order.
    pub columns: Vec<ColumnLook>,
}

/// Reads a table to its end and says what it understood.
///
/// # Errors
/// [`SeriesError`] if it cannot be opened, or a row cannot be parted into cells.
pub fn look(source: &Source) -> Result<Looked, SeriesError> {
    let mut table = Table::open(source)?;
    let mut columns: Vec<Tally> = table.names().iter().map(|name| Tally::new(name)).collect();
    let (mut rows, mut decimal) = (0, table.form.decimal);
    while table.advance()? {
        rows += 1;
        for (position, column) in columns.iter_mut().enumerate() {
            column.add(&table, position, &mut decimal)?;
        }
    }
    let separator =
        (!table.wrapping.iter().any(|word| word.starts_with("sheet "))).then(|| table.separator.name());
    let columns = columns.into_iter().map(Tally::close).collect();
    Ok(Looked { wrapping: table.wrapping.clone(), separator, decimal, rows, columns })
}

/// A column while it is read.
struct Tally {
    look: ColumnLook,
    filled: usize,
    numbers: usize,
    whole: usize,
    dates: usize,
    number_range: Option<(f64, f64)>,
    date_range: Option<(jiff::civil::Date, jiff::civil::Date)>,
    /// The first cell that is no number, and the first that is no date, each with its line.
    no_number: Option<(String, u64)>,
    no_date: Option<(String, u64)>,
}

impl Tally {
    fn new(name: &str) -> Self {
        let look = ColumnLook {
            name: shown(name.trim()),
            kind: ColumnKind::Empty,
            empty: 0,
            example: None,
            range: None,
            question: None,
            exception: None,
        };
        let (number_range, date_range, no_number, no_date) = Default::default();
        let (filled, numbers, whole, dates) = Default::default();
        Self { look, filled, numbers, whole, dates, number_range, date_range, no_number, no_date }
    }

    fn add(
        &mut self,
        table: &Table<'_>,
        position: usize,
        decimal: &mut Option<DecimalSign>,
    ) -> Result<(), SeriesError> {
        let text = table.cell(position)?.trim();
        if text.is_empty() {
            self.look.empty += 1;
            return Ok(());
        }
        self.filled += 1;
        let spelled = spelled(text, table.form.decimal);
        if let Spelled::Number(_, Some(sign)) = spelled {
            decimal.get_or_insert(sign);
        }
        let mut read = None;
        let (numbers, dates) = (self.numbers, self.dates);
        if spelled != Spelled::Nothing {
            self.numbers += 1;
            match table.any_number(position) {
                Ok(Some(number)) => {
                    self.whole += usize::from(number.fract() == 0.0);
                    let (least, most) = self.number_range.unwrap_or((number, number));
                    self.number_range = Some((least.min(number), most.max(number)));
                    read = Some(number.to_string());
                }
                Ok(None) => self.numbers -= 1,
                Err(error) => self.ask(&error),
            }
        }
        if dates::readings(text).is_some() {
            self.dates += 1;
            match table.date(position) {
                Ok(Some(date)) => {
                    let (first, last) = self.date_range.unwrap_or((date, date));
                    self.date_range = Some((first.min(date), last.max(date)));
                    read = read.or_else(|| Some(date.to_string()));
                }
                Ok(None) => self.dates -= 1,
                Err(error) => self.ask(&error),
            }
        }
        if self.numbers == numbers {
            self.no_number.get_or_insert_with(|| (shown(text), table.line()));
        }
        if self.dates == dates {
            self.no_date.get_or_insert_with(|| (shown(text), table.line()));
        }
        if self.look.example.is_none() {
            self.look.example = Some((shown(text), read.unwrap_or_else(|| shown(text))));
        }
        Ok(())
    }

    fn ask(&mut self, error: &SeriesError) {
        if self.look.question.is_none()
            && let SeriesError::Line { line, message, .. } = error
        {
            self.look.question = Some(format!("line {line}: {message}"));
        }
    }

    /// What keeps a column from being one of numbers or dates, where most of its cells are.
    fn exception(&self) -> Option<String> {
        let (count, what, found) = if self.dates >= self.numbers {
            (self.dates, "date", &self.no_date)
        } else {
            (self.numbers, "number", &self.no_number)
        };
        let (text, line) = found.as_ref().filter(|_| 2 * count >= self.filled)?;
        Some(format!("{count} of {} cells are {what}s, but '{text}' (line {line}) is none", self.filled))
    }

    fn close(mut self) -> ColumnLook {
        let range = |range: Option<(String, String)>| range;
        self.look.kind = if self.filled == 0 {
            ColumnKind::Empty
        } else if self.dates == self.filled && self.dates > 0 {
            self.look.range =
                range(self.date_range.map(|(first, last)| (first.to_string(), last.to_string())));
            ColumnKind::Dates
        } else if self.numbers == self.filled {
            self.look.range =
                range(self.number_range.map(|(least, most)| (least.to_string(), most.to_string())));
            if self.whole == self.filled { ColumnKind::WholeNumbers } else { ColumnKind::Numbers }
        } else {
            self.look.question =
                self.look.question.take().filter(|_| self.numbers + self.dates >= self.filled);
            self.look.exception = self.exception();
            ColumnKind::Texts
        };
        self.look
    }
}
