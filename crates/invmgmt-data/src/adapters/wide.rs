//! Wide tables: a row per item, a column per period. The most volatile window that still sells.

use super::series::SMALLEST_MEAN;
use super::{AdapterError, Filter, Sieve, figures};
use crate::table::{Source, Table};

/// Columns that hold values, in the order of their periods.
#[derive(Clone, Debug)]
pub enum ValueColumns {
    /// These, in this order.
    Named(Vec<String>),
    /// All whose names begin so, in the order of the file.
    Prefix(String),
}

/// What a window must be like.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Least mean [units / period].
    pub min_mean: f64,
    /// Least share of periods with sales.
    pub min_nonzero_frac: f64,
    /// Largest maximum / mean.
    pub max_to_mean: f64,
}

/// Which window is looked for.
#[derive(Clone, Debug)]
pub struct WindowSearch<'a> {
    /// Columns that hold values.
    pub columns: &'a ValueColumns,
    /// Columns whose texts identify the row chosen; those the table lacks are passed over and noted.
    pub describing: &'a [String],
    /// Rows wanted.
    pub filter: &'a Filter,
    /// Length of the window [periods].
    pub num_periods: usize,
    /// Only the last so many value columns are looked at; none: all.
    pub search_periods: Option<usize>,
    /// What the window must be like.
    pub limits: Limits,
}

/// The window found.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// Position of its row among the rows wanted.
    pub row_index: usize,
    /// Its first column among those looked at.
    pub window_index: usize,
    /// How many columns were looked at.
    pub search_periods: usize,
    /// Name of its first column.
    pub start: String,
    /// Name of its last column.
    pub end: String,
    /// The row's texts, with the names of their columns.
    pub described: Vec<(String, String)>,
    /// The values as the file has them [units / period].
    pub raw: Vec<f64>,
    /// Their figures: mean, standard deviation, coefficient of variation.
    pub figures: super::Figures,
    /// Share of periods with sales.
    pub nonzero_frac: f64,
    /// Maximum / mean.
    pub max_to_mean: f64,
    /// What is odd, in sentences.
    pub notes: Vec<String>,
}

/// Among all windows of the rows wanted that keep the limits, the one with the largest coefficient of variation; the
/// first of equals, row by row.
///
/// # Errors
/// [`AdapterError`]: the table or a column is not there, there are too few columns, a cell that is looked at is no
/// number, no row is wanted, no window keeps the limits.
pub fn best_window(source: &Source, search: &WindowSearch<'_>) -> Result<Window, AdapterError> {
    if search.num_periods == 0 {
        return Err(AdapterError::Argument("num_periods is 0; expected a whole number >= 1".into()));
    }
    let mut table = Table::open(source)?;
    let columns = value_columns(source, &table, search)?;
    let named = |name: &String| table.names().iter().any(|found| found.trim() == name);
    let (present, lacking): (Vec<&String>, Vec<&String>) =
        search.describing.iter().partition(|name| named(name));
    let describing = present.into_iter().map(|name| Ok((table.find(name)?, name.clone())));
    let describing = describing.collect::<Result<Vec<_>, AdapterError>>()?;
    let mut sieve = Sieve::new(&table, search.filter)?;
    let mut row = Row::new(columns.len());
    let (mut best, mut rows, mut unknown): (Option<Best>, usize, usize) = (None, 0, 0);
    while table.advance()? {
        if !sieve.passes(&table)? {
            continue;
        }
        unknown += row.read(&table, &columns)?;
        let score = best.as_ref().map_or(f64::NEG_INFINITY, |best| best.score);
        if let Some((first, score)) = row.better_than(score, search) {
            let raw = row.values[first..first + search.num_periods].to_vec();
            let texts = describing
                .iter()
                .map(|(position, name)| Ok((name.clone(), table.cell(*position)?.to_owned())));
            let described = texts.collect::<Result<_, AdapterError>>()?;
            best = Some(Best { score, row: rows, first, raw, described });
        }
        rows += 1;
    }
    if rows == 0 {
        return Err(sieve.nothing(&source.name()));
    }
    let best = best.ok_or_else(|| none_fits(source, search, rows))?;
    let mut notes: Vec<String> =
        lacking.iter().map(|name| format!("there is no column '{name}' to describe the row with")).collect();
    if unknown > 0 {
        notes.push(format!(
            "{unknown} cell(s) are not finite; windows that hold or follow one were passed over"
        ));
    }
    let name = |offset: usize| table.names()[columns[best.first + offset]].trim().to_owned();
    Ok(Window {
        row_index: best.row,
        window_index: best.first,
        search_periods: columns.len(),
        start: name(0),
        end: name(search.num_periods - 1),
        figures: figures(&best.raw),
        nonzero_frac: share_above_zero(&best.raw),
        max_to_mean: maximum(&best.raw) / figures(&best.raw).mean.max(SMALLEST_MEAN),
        described: best.described,
        raw: best.raw,
        notes,
    })
}

/// Positions of the columns looked at.
fn value_columns(
    source: &Source,
    table: &Table<'_>,
    search: &WindowSearch<'_>,
) -> Result<Vec<usize>, AdapterError> {
    let mut columns = match search.columns {
        ValueColumns::Named(names) => {
            names.iter().map(|name| table.find(name)).collect::<Result<Vec<_>, _>>()?
        }
        ValueColumns::Prefix(prefix) => {
            let begins = |name: &str| name.trim().starts_with(prefix.as_str());
            (0..table.names().len()).filter(|&position| begins(&table.names()[position])).collect()
        }
    };
    if columns.len() < search.num_periods {
        let which = match search.columns {
            ValueColumns::Named(_) => "value columns are named".to_owned(),
            ValueColumns::Prefix(prefix) => format!("value columns begin with '{prefix}'"),
        };
        let message =
            format!("{} {which}; a window of {} periods needs as many", columns.len(), search.num_periods);
        return Err(AdapterError::data(&source.name(), message));
    }
    // A search shorter than the window looks at one window; 0 looks at all, as no number does.
    let wanted = search.search_periods.filter(|&periods| periods > 0).unwrap_or(columns.len());
    let kept = wanted.max(search.num_periods).min(columns.len());
    columns.drain(..columns.len() - kept);
    Ok(columns)
}

fn none_fits(source: &Source, search: &WindowSearch<'_>, rows: usize) -> AdapterError {
    let Limits { min_mean, min_nonzero_frac, max_to_mean } = search.limits;
    AdapterError::data(
        &source.name(),
        format!(
            "no window of {} periods in {rows} row(s) has a mean >= {min_mean}, sales in a share >= \
             {min_nonzero_frac} of its periods and a maximum <= {max_to_mean} times its mean; lower the limits",
            search.num_periods
        ),
    )
}

/// The best window so far.
struct Best {
    score: f64,
    row: usize,
    first: usize,
    raw: Vec<f64>,
    described: Vec<(String, String)>,
}

/// A row with its running sums: entry i sums the values before i, so that a window's sum is a difference.
struct Row {
    values: Vec<f64>,
    sums: Vec<f64>,
    squares: Vec<f64>,
    above_zero: Vec<u32>,
}

impl Row {
    fn new(columns: usize) -> Self {
        Self {
            values: vec![0.0; columns],
            sums: vec![0.0; columns + 1],
            squares: vec![0.0; columns + 1],
            above_zero: vec![0; columns + 1],
        }
    }

    /// Reads the current row; returns how many cells are not finite.
    fn read(&mut self, table: &Table<'_>, columns: &[usize]) -> Result<usize, AdapterError> {
        let (mut sum, mut square, mut above, mut unknown) = (0.0, 0.0, 0, 0);
        for (place, &position) in columns.iter().enumerate() {
            let value = table.any_number(position)?.ok_or_else(|| table.no_number(position, "a number"))?;
            unknown += usize::from(!value.is_finite());
            sum += value;
            square += value * value;
            above += u32::from(value > 0.0);
            self.values[place] = value;
            self.sums[place + 1] = sum;
            self.squares[place + 1] = square;
            self.above_zero[place + 1] = above;
        }
        Ok(unknown)
    }

    /// The first column and the score of the row's best window, if it beats a score.
    fn better_than(&self, score: f64, search: &WindowSearch<'_>) -> Option<(usize, f64)> {
        let (length, limits) = (search.num_periods, search.limits);
        let periods = length as f64;
        let mut best = None;
        let mut to_beat = score;
        for first in 0..=self.values.len() - length {
            let mean = (self.sums[first + length] - self.sums[first]) / periods;
            // Not a number is no mean, and keeps no limit.
            if mean.is_nan() || mean < limits.min_mean {
                continue;
            }
            let square = (self.squares[first + length] - self.squares[first]) / periods;
            let score = (square - mean * mean).max(0.0).sqrt() / mean.max(SMALLEST_MEAN);
            if score.is_nan() || score <= to_beat {
                continue;
            }
            let share = f64::from(self.above_zero[first + length] - self.above_zero[first]) / periods;
            let highest = maximum(&self.values[first..first + length]);
            if share >= limits.min_nonzero_frac && highest / mean.max(SMALLEST_MEAN) <= limits.max_to_mean {
                best = Some((first, score));
                to_beat = score;
            }
        }
        best
    }
}

fn maximum(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

fn share_above_zero(values: &[f64]) -> f64 {
    values.iter().filter(|value| **value > 0.0).count() as f64 / values.len() as f64
}
