//! Sales: a row per item, place and time, or a row per item and place with a column per time.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use invmgmt_data::{DateSpan, SeriesError, Source, Table, shown};
use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::{Period, TableError};

/// Names of the columns of a table of sales.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SalesColumns {
    /// The date, or the number of a period.
    pub date: String,
    /// The item; a table without it is of one item, which is called after the file.
    pub item: String,
    /// The place; a table without it is of one place.
    pub place: String,
    /// Units sold.
    pub units: String,
    /// Units on hand at the end of a period, if a column says so: where it is 0, sales are the least that was wanted.
    pub stock: Option<String>,
}

impl Default for SalesColumns {
    fn default() -> Self {
        Self {
            date: "date".into(),
            item: "item".into(),
            place: "place".into(),
            units: "units".into(),
            stock: None,
        }
    }
}

/// What one item sold at one place.
#[derive(Clone, Debug, Default)]
pub(super) struct Series {
    pub item: String,
    pub place: String,
    pub history: Vec<f64>,
    pub sold_out: Vec<bool>,
}

impl Series {
    /// Of which nothing is known.
    pub fn empty(item: &str, place: &str) -> Self {
        Self { item: item.to_owned(), place: place.to_owned(), ..Self::default() }
    }
}

/// Sales of all items.
#[derive(Clone, Debug, Default)]
pub(super) struct Sales {
    pub series: Vec<Series>,
    /// The number of the period after the last.
    pub next: i64,
    pub dated: bool,
    pub periods: usize,
    /// Whether all quantities are whole.
    pub whole: bool,
    pub notes: Vec<String>,
}

/// Longest history; one with a date mistyped would fill the memory [periods].
const MOST_PERIODS: i64 = 10_000;

/// Reads a table of sales, long or wide.
pub(super) fn read(source: &Source, columns: &SalesColumns, period: Period) -> Result<Sales, TableError> {
    let table = Table::open(source)?;
    let has = |name: &str| table.names().iter().any(|found| found.trim() == name);
    if !has(&columns.date) && !has(&columns.units) {
        let times = times_in_header(&table, period);
        let spans = times.iter().filter_map(|&(position, _)| too_coarse(&table.names()[position], period));
        if let Some(message) = spans.into_iter().next() {
            return Err(TableError::Unfit(format!("{}:1: {message}", source.name())));
        }
        if times.len() >= 2 {
            return wide(table, columns, period, &times);
        }
    }
    long(table, columns, period)
}

/// An item and its place.
type Name = (String, String);

/// Units sold of one item at one place, period after period from the first row of it on: half of what pairs of period
/// and units would take.
#[derive(Debug, Default)]
struct Sold {
    first: i64,
    units: Vec<f64>,
}

impl Sold {
    /// Adds what a row says, and tells whether another row of the period sold something.
    fn add(&mut self, at: i64, units: f64) -> bool {
        if self.units.is_empty() {
            self.first = at;
        }
        if at < self.first {
            // Room for as much again: rows may come from the last day to the first.
            let before = ((self.first - at) as usize).max(self.units.len());
            self.units.splice(0..0, std::iter::repeat_n(0.0, before));
            self.first -= before as i64;
        }
        let place = (at - self.first) as usize;
        if place >= self.units.len() {
            self.units.resize(place + 1, 0.0);
        }
        let known = self.units[place] != 0.0;
        self.units[place] += units;
        known
    }

    /// Periods and units.
    fn periods(&self) -> impl Iterator<Item = (i64, f64)> {
        self.units.iter().enumerate().map(|(place, units)| (self.first + place as i64, *units))
    }
}

/// Rows of the same item and place while they are read.
#[derive(Debug, Default)]
struct Ledger {
    places: HashMap<Name, usize>,
    names: Vec<Name>,
    sold: Vec<Sold>,
    /// Periods that ended without stock.
    out: Vec<Vec<i64>>,
    first: Option<(i64, i64)>,
    below_zero: usize,
    /// Rows of a period of which another row sold something.
    again: usize,
    whole: bool,
}

impl Ledger {
    fn place(&mut self, item: &str, place: &str) -> usize {
        let key = (item.trim().to_owned(), place.trim().to_owned());
        if let Some(&known) = self.places.get(&key) {
            return known;
        }
        self.names.push(key.clone());
        self.sold.push(Sold::default());
        self.out.push(Vec::new());
        self.places.insert(key, self.sold.len() - 1);
        self.sold.len() - 1
    }

    fn add(&mut self, place: usize, at: i64, units: f64) {
        let (first, last) = self.first.unwrap_or((at, at));
        self.first = Some((first.min(at), last.max(at)));
        self.whole &= units.fract() == 0.0;
        // Nothing sold is what is taken for a period without a row. A history too long is refused at the end.
        if units != 0.0 && last.max(at) - first.min(at) < MOST_PERIODS {
            self.again += usize::from(self.sold[place].add(at, units));
        }
    }

    /// What was read; `days` says whether its times are dates and one period is a day.
    fn close(
        self,
        source: &Source,
        dated: bool,
        days: bool,
        mut notes: Vec<String>,
    ) -> Result<Sales, TableError> {
        let Some((first, last)) = self.first else {
            return Err(TableError::Unfit(format!("{}: no rows below the header", source.name())));
        };
        if last - first >= MOST_PERIODS {
            let message = format!(
                "{}: the history spans {} periods; expected at most {MOST_PERIODS}: is a date mistyped?",
                source.name(),
                last - first + 1
            );
            return Err(TableError::Unfit(message));
        }
        let periods = (last - first + 1) as usize;
        let mut below_zero = self.below_zero;
        let Self { names, sold, out, whole, again, .. } = self;
        let mut selling = vec![false; periods];
        let fill = |(((item, place), sold), out): ((Name, Sold), Vec<i64>)| {
            let mut history = vec![0.0; periods];
            for (at, units) in sold.periods().filter(|(_, units)| *units != 0.0) {
                history[(at - first) as usize] += units;
                selling[(at - first) as usize] = true;
            }
            for units in history.iter_mut().filter(|units| **units < 0.0) {
                (*units, below_zero) = (0.0, below_zero + 1);
            }
            let mut sold_out = if out.is_empty() { Vec::new() } else { vec![false; periods] };
            for at in out {
                sold_out[(at - first) as usize] = true;
            }
            Series { item, place, history, sold_out }
        };
        let series: Vec<Series> = names.into_iter().zip(sold).zip(out).map(fill).collect();
        if below_zero > 0 {
            notes.push(format!(
                "{below_zero} periods with sales below zero (more returned than sold) count as 0"
            ));
        }
        // Periods longer than a day are meant to take several rows.
        if days && again > 0 {
            notes.push(format!(
                "{again} rows are of an item, place and day of which a row before sold something: they are added up"
            ));
        }
        notes.extend(longer_period(&selling).filter(|_| days));
        if let (false, Some((begin, end))) = (dated, as_days(first).zip(as_days(last))) {
            notes.push(format!(
                "its times are taken for numbers of periods, {first} to {last}; if they are days as spreadsheets count \
                 them ({begin} to {end}), give their cells the format of a date"
            ));
        }
        notes.push("a period without a row is a period without sales".to_owned());
        Ok(Sales { series, next: last + 1, dated, periods, whole, notes })
    }
}

/// Fewest days with sales from which a rhythm is told.
const FEWEST_SALES: usize = 8;

/// What to say where days with sales anywhere follow each other as weeks or months do: a row may hold as much, and read
/// as a day's it makes demand look rare and large.
fn longer_period(selling: &[bool]) -> Option<String> {
    let days: Vec<usize> = (0..selling.len()).filter(|day| selling[*day]).collect();
    let gaps = || days.windows(2).map(|pair| pair[1] - pair[0]);
    if days.len() < FEWEST_SALES {
        return None;
    }
    let period = if gaps().all(|gap| gap >= 28) {
        "month"
    } else if gaps().all(|gap| gap % 7 == 0) {
        "week"
    } else {
        return None;
    };
    Some(format!(
        "all sales lie whole {period}s apart and are taken for sales of single days; if a row holds what a {period} \
         sold, say --period {period}"
    ))
}

fn long(mut table: Table<'_>, columns: &SalesColumns, period: Period) -> Result<Sales, TableError> {
    let source = table.source().clone();
    let (date, units) = (table.find(&columns.date)?, table.find(&columns.units)?);
    let item = optional(&table, &columns.item, SalesColumns::default().item == columns.item)?;
    // A table of one item is called after its file.
    let only =
        std::path::Path::new(&source.name()).file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let only = only.unwrap_or_default();
    let place = optional(&table, &columns.place, SalesColumns::default().place == columns.place)?;
    let stock = columns.stock.as_deref().map(|name| table.find(name)).transpose()?;
    let mut ledger = Ledger { whole: true, ..Ledger::default() };
    let mut mistakes = Mistakes::default();
    let (mut clock, mut last) = (Clock::default(), (String::new(), String::new(), 0));
    while table.advance()? {
        let at = match clock.read(&table, date, period) {
            Ok(at) => at,
            Err(error) => {
                mistakes.add(error)?;
                continue;
            }
        };
        let (name, shop) = (
            item.map_or(Ok(only.as_str()), |position| table.cell(position))?,
            place.map_or(Ok(""), |position| table.cell(position))?,
        );
        if (last.0.as_str(), last.1.as_str()) != (name, shop) || ledger.names.is_empty() {
            if name.trim().is_empty() {
                mistakes.add(
                    table.at_fault(format!("{}: found an empty cell; expected an item", columns.item)),
                )?;
                continue;
            }
            last = (name.to_owned(), shop.to_owned(), ledger.place(name, shop));
        }
        match units_in(&table, units) {
            Ok(sold) => ledger.add(last.2, at, sold),
            Err(error) => mistakes.add(error)?,
        }
        if let Some(position) = stock {
            match table.number(position) {
                Ok(left) if left <= 0.0 => ledger.out[last.2].push(at),
                Ok(_) => {}
                Err(error) => mistakes.add(error)?,
            }
        }
    }
    mistakes.none()?;
    let dated = clock.dated == Some(true);
    ledger.close(&source, dated, dated && period == Period::Day, Vec::new())
}

/// What people write where they know no number.
const UNKNOWN: [&str; 12] =
    ["", "na", "n/a", "n.a.", "null", "none", "nan", "nil", "-", "\u{2013}", "?", "missing"];

/// The units in a cell.
fn units_in(table: &Table<'_>, position: usize) -> Result<f64, SeriesError> {
    table.number(position).or_else(|error| {
        let text = table.cell(position)?.trim();
        if !UNKNOWN.contains(&text.to_lowercase().as_str()) && !text.starts_with('#') {
            return Err(error);
        }
        let found = if text.is_empty() { "an empty cell".to_owned() } else { format!("'{}'", shown(text)) };
        let column = shown(table.names()[position].trim());
        Err(table.at_fault(format!(
            "{column}: found {found}; expected a number: write 0 where nothing was sold, leave the row out where \
             nothing is known"
        )))
    })
}

/// Numbers that are days of this century as spreadsheets count them.
const DAYS_OF_SHEETS: RangeInclusive<i64> = 36_526..=73_050;

/// The day that a spreadsheet shows for a number; none if it is hardly meant.
fn as_days(number: i64) -> Option<Date> {
    let days = DAYS_OF_SHEETS.contains(&number).then_some(number)?;
    date(1899, 12, 30).checked_add(days.days()).ok()
}

/// Where a column is that a table may lack.
fn optional(table: &Table<'_>, name: &str, is_default: bool) -> Result<Option<usize>, SeriesError> {
    let absent = !table.names().iter().any(|found| found.trim() == name);
    if absent && is_default { Ok(None) } else { table.find(name).map(Some) }
}

/// What to say of a date that names a week or a month where periods are shorter than that.
fn too_coarse(text: &str, period: Period) -> Option<String> {
    let (words, longer) = match (DateSpan::of(text)?, period) {
        (DateSpan::Week, Period::Day) => ("a week", Period::Week),
        (DateSpan::Month, Period::Day | Period::Week) => ("a month", Period::Month),
        _ => return None,
    };
    let (text, period) = (shown(text.trim()), period.name());
    Some(format!("'{text}' is {words}, and one period is a {period}; say --period {}", longer.name()))
}

/// A row of totals below a table, which people add up by eye.
fn totals(table: &Table<'_>) -> &'static str {
    let is_total = |position: usize| {
        let cell = table.cell(position).unwrap_or_default().trim().to_lowercase();
        ["total", "grand total", "sum", "summe", "gesamt"].contains(&cell.trim_end_matches(':'))
    };
    if (0..table.names().len()).any(is_total) { "; a row of totals? Take it out" } else { "" }
}

/// The columns whose names are times, with the numbers of their periods: dates, or a word that all share and a number.
fn times_in_header(table: &Table<'_>, period: Period) -> Vec<(usize, i64)> {
    let dates: Vec<(usize, i64)> = (0..table.names().len())
        .filter_map(|position| Some((position, period.number(table.date_in_header(position)?))))
        .collect();
    if dates.len() >= 2 {
        return dates;
    }
    let numbered = |position: usize| {
        let name = table.names()[position].trim();
        let digits = name.bytes().rev().take_while(u8::is_ascii_digit).count();
        let (word, number) = name.split_at(name.len() - digits);
        Some((word.to_owned(), position, number.parse::<i64>().ok()?))
    };
    let mut by_word: HashMap<String, Vec<(usize, i64)>> = HashMap::new();
    for (word, position, number) in (0..table.names().len()).filter_map(numbered) {
        by_word.entry(word).or_default().push((position, number));
    }
    by_word.into_values().max_by_key(Vec::len).unwrap_or_default()
}

fn wide(
    mut table: Table<'_>,
    columns: &SalesColumns,
    period: Period,
    times: &[(usize, i64)],
) -> Result<Sales, TableError> {
    let source = table.source().clone();
    let item = table.find(&columns.item)?;
    let place = optional(&table, &columns.place, SalesColumns::default().place == columns.place)?;
    if let Some(stock) = &columns.stock {
        let message = format!(
            "{}: column '{}' of stock needs a row per time; this table has a column per time",
            source.name(),
            shown(stock)
        );
        return Err(TableError::Unfit(message));
    }
    let dated = table.date_in_header(times[0].0).is_some();
    if !dated && period != Period::Day {
        let message = format!(
            "{}: its columns are numbered, not dated; --period {} needs dates",
            source.name(),
            period.name()
        );
        return Err(TableError::Unfit(message));
    }
    let others: Vec<String> = (0..table.names().len())
        .filter(|position| {
            *position != item && Some(*position) != place && times.iter().all(|(time, _)| time != position)
        })
        .map(|position| shown(table.names()[position].trim()))
        .collect();
    let mut ledger = Ledger { whole: true, ..Ledger::default() };
    let mut mistakes = Mistakes::default();
    while table.advance()? {
        let series = ledger.place(table.cell(item)?, place.map_or(Ok(""), |position| table.cell(position))?);
        for &(position, at) in times {
            if table.cell(position)?.trim().is_empty() {
                ledger.add(series, at, 0.0);
                continue;
            }
            match units_in(&table, position) {
                Ok(units) => ledger.add(series, at, units),
                Err(error) => mistakes.add(error)?,
            }
        }
    }
    mistakes.none()?;
    let mut notes = vec![format!("a wide table: {} columns of times", times.len())];
    if !others.is_empty() {
        notes.push(format!("columns of the table of sales that are not used: {}", others.join(", ")));
    }
    ledger.close(&source, dated, dated && period == Period::Day, notes)
}

/// Mistakes of rows while reading goes on.
#[derive(Debug, Default)]
pub(super) struct Mistakes(Vec<String>);

/// Most mistakes that are listed.
const MOST_MISTAKES: usize = 20;

impl Mistakes {
    /// Takes note of one; ends the reading when there are many, or if it is none of a row.
    pub fn add(&mut self, error: SeriesError) -> Result<(), TableError> {
        if !matches!(error, SeriesError::Line { .. }) {
            return Err(error.into());
        }
        self.0.push(error.to_string());
        if self.0.len() < MOST_MISTAKES {
            return Ok(());
        }
        self.0.push("more mistakes may follow".to_owned());
        Err(TableError::Mistakes(std::mem::take(&mut self.0)))
    }

    /// An error if there is any.
    pub fn none(self) -> Result<(), TableError> {
        if self.0.is_empty() { Ok(()) } else { Err(TableError::Mistakes(self.0)) }
    }
}

/// Times as numbers of periods.
#[derive(Debug, Default)]
pub(super) struct Clock {
    pub dated: Option<bool>,
    last: Option<(String, i64)>,
}

impl Clock {
    /// The period of a cell: that of its date, or the whole number it holds.
    pub fn read(&mut self, table: &Table<'_>, position: usize, period: Period) -> Result<i64, SeriesError> {
        let text = table.cell(position)?;
        if let Some((last, at)) = &self.last
            && last == text
        {
            return Ok(*at);
        }
        let digits = text.trim().trim_start_matches(|sign: char| sign.is_ascii_alphabetic());
        // `d_1841` is period 1841.
        let number = digits
            .strip_prefix('_')
            .unwrap_or(text.trim())
            .parse::<i64>()
            .ok()
            .filter(|number| number.abs() < 1_000_000);
        let date = if self.dated == Some(false) { None } else { table.date(position)? };
        let at = match (self.dated, date, number) {
            (Some(true) | None, Some(date), _) => {
                if let Some(message) = too_coarse(text, period) {
                    return Err(
                        table.at_fault(format!("{}: {message}", shown(table.names()[position].trim())))
                    );
                }
                self.dated = Some(true);
                period.number(date)
            }
            (Some(false) | None, _, Some(number)) if period == Period::Day => {
                self.dated = Some(false);
                number
            }
            _ => {
                let expected = match (self.dated, period) {
                    (Some(true), _) | (_, Period::Week | Period::Month) => "a date as 2026-01-31",
                    (Some(false), _) => "a whole number, as in the rows before",
                    (None, _) => "a date as 2026-01-31, or the whole number of a period",
                };
                let column = shown(table.names()[position].trim());
                let (found, totals) = (shown(text.trim()), totals(table));
                return Err(table.at_fault(format!("{column}: found '{found}'; expected {expected}{totals}")));
            }
        };
        self.last = Some((text.to_owned(), at));
        Ok(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_kept_by_period_in_whatever_order_rows_come() {
        let mut sold = Sold::default();
        for (at, units) in [(5, 1.0), (5, 2.0), (4, 1.0), (1, 7.0), (9, 4.0)] {
            sold.add(at, units);
        }
        let found: Vec<(i64, f64)> = sold.periods().filter(|(_, units)| *units != 0.0).collect();
        assert_eq!(found, [(1, 7.0), (4, 1.0), (5, 3.0), (9, 4.0)]);
    }
}
