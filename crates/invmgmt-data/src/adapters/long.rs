//! Long tables: a row per period, or per group and period.

use std::collections::{HashMap, HashSet};

use super::times::{letters, oddities, order_of_times};
use super::{AdapterError, Filter, Sieve};
use crate::SeriesError;
use crate::cell::plain;
use crate::nearest::nearest;
use crate::series::MAX_SERIES_ROWS;
use crate::table::{Source, Table};
use crate::text::shown;

/// What to read from a long table.
#[derive(Clone, Copy, Debug)]
pub struct LongQuery<'a> {
    /// Column of units.
    pub demand: &'a str,
    /// Column of times; without one, rows are taken in the order of the file.
    pub time: Option<&'a str>,
    /// Rows wanted.
    pub filter: &'a Filter,
}

/// A series out of a long table.
#[derive(Clone, Debug, PartialEq)]
pub struct LongSeries {
    /// One value per row wanted [units], as the file has them.
    pub values: Vec<f64>,
    /// What is odd, in sentences.
    pub notes: Vec<String>,
}

/// Series out of a long table, one per group.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupedSeries {
    /// Values per group [units], as many for each.
    pub series: Vec<Vec<f64>>,
    /// How they were brought together, if by time.
    pub alignment: Option<Alignment>,
    /// What is odd, in sentences.
    pub notes: Vec<String>,
}

/// How groups were brought to the same times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alignment {
    /// Times that all groups have.
    pub times: usize,
    /// Sums of groups at other times, which were left out; rows of a group at one time count as one.
    pub dropped: usize,
}

/// The rows wanted as one series, sorted by their time: numbers by value, other texts by their letters; rows of the
/// same time stay in the file's order.
///
/// # Errors
/// [`AdapterError`]: the table or a column is not there, no row is wanted, a cell is no number.
pub fn long_series(source: &Source, query: &LongQuery<'_>) -> Result<LongSeries, AdapterError> {
    let mut table = Table::open(source)?;
    let demand = table.find(query.demand)?;
    let time = query.time.map(|column| table.find(column)).transpose()?;
    let mut sieve = Sieve::new(&table, query.filter)?;
    let mut rows: Vec<(String, f64)> = Vec::new();
    while table.advance()? {
        if !sieve.passes(&table)? {
            continue;
        }
        if rows.len() == MAX_SERIES_ROWS {
            return Err(SeriesError::TooLong(source.path().to_owned()).into());
        }
        let at = time.map_or(Ok(""), |position| table.cell(position))?;
        rows.push((at.to_owned(), table.number(demand)?));
    }
    if rows.is_empty() {
        return Err(sieve.nothing(&source.name()));
    }
    let mut notes = Vec::new();
    if let Some(column) = query.time {
        rows.sort_by(|a, b| order_of_times(&a.0, &b.0));
        let times: Vec<&str> = rows.iter().map(|(time, _)| time.as_str()).collect();
        notes = oddities(column, &times);
    }
    Ok(LongSeries { values: rows.into_iter().map(|(_, value)| value).collect(), notes })
}

/// The rows of each group as a series.
///
/// A group is known by its texts in `columns`. With a time column, rows of a group at one time are added up, and the
/// series hold the times that all groups share: numbers by value, then other texts by their letters. Without one, rows
/// keep the order of the file and all groups must have as many.
///
/// # Errors
/// [`AdapterError`]: the table or a column is not there, a cell is no number, a group has no rows, the groups share no
/// time or, without times, differ in length.
pub fn grouped_series(
    source: &Source,
    query: &LongQuery<'_>,
    columns: &[String],
    groups: &[Vec<String>],
) -> Result<GroupedSeries, AdapterError> {
    let mut table = Table::open(source)?;
    let demand = table.find(query.demand)?;
    let time = query.time.map(|column| table.find(column)).transpose()?;
    let keys = columns.iter().map(|column| table.find(column)).collect::<Result<Vec<_>, _>>()?;
    let mut sieve = Sieve::new(&table, query.filter)?;
    let known: HashMap<Vec<&str>, usize> = groups
        .iter()
        .enumerate()
        .map(|(position, group)| (group.iter().map(|part| plain(part)).collect(), position))
        .collect();
    let mut rows = vec![Group::default(); groups.len()];
    let (mut others, mut wanted, mut key) = (HashSet::new(), 0_usize, vec![String::new(); keys.len()]);
    while table.advance()? {
        if !sieve.passes(&table)? {
            continue;
        }
        wanted += 1;
        for (part, &position) in key.iter_mut().zip(&keys) {
            part.clear();
            part.push_str(plain(table.cell(position)?));
        }
        match known.get(&key.iter().map(String::as_str).collect::<Vec<_>>()) {
            Some(&group) => {
                let at = time.map(|position| table.cell(position)).transpose()?;
                rows[group].add(at, table.number(demand)?);
            }
            None if others.len() < super::MAX_REMEMBERED => {
                others.insert(key.join(", "));
            }
            None => {}
        }
    }
    if wanted == 0 {
        return Err(sieve.nothing(&source.name()));
    }
    check_presence(&source.name(), groups, &rows, &others)?;
    match query.time {
        Some(column) => aligned(source, column, groups, &rows),
        None => side_by_side(source, groups, rows),
    }
}

/// The rows of one group.
#[derive(Clone, Debug, Default)]
struct Group {
    rows: usize,
    values: Vec<f64>,
    /// With times: the time of each value, how many rows it sums, and where a time's value stands.
    times: Vec<(String, usize)>,
    places: HashMap<String, usize>,
}

impl Group {
    fn add(&mut self, time: Option<&str>, value: f64) {
        self.rows += 1;
        let Some(time) = time else { return self.values.push(value) };
        if let Some(&place) = self.places.get(time) {
            self.values[place] += value;
            self.times[place].1 += 1;
            return;
        }
        self.places.insert(time.to_owned(), self.values.len());
        self.times.push((time.to_owned(), 1));
        self.values.push(value);
    }
}

fn check_presence(
    source: &str,
    groups: &[Vec<String>],
    rows: &[Group],
    others: &HashSet<String>,
) -> Result<(), AdapterError> {
    let absent = groups.iter().zip(rows).filter(|(_, group)| group.rows == 0);
    let absent: Vec<String> = absent.map(|(name, _)| name.join(", ")).collect();
    let Some(first) = absent.first() else { return Ok(()) };
    let quoted: Vec<String> = absent.iter().take(20).map(|name| format!("'{}'", shown(name))).collect();
    let mut message = format!("no rows for group(s) {}", quoted.join(", "));
    let mut others: Vec<&str> = others.iter().map(String::as_str).collect();
    others.sort_unstable();
    if let Some(near) = nearest(first, others) {
        message.push_str("; nearest group without an edge: '");
        message.push_str(&(shown(near) + "'"));
    }
    Err(AdapterError::data(source, message))
}

fn aligned(
    source: &Source,
    column: &str,
    groups: &[Vec<String>],
    rows: &[Group],
) -> Result<GroupedSeries, AdapterError> {
    let Some((first, rest)) = rows.split_first() else {
        return Ok(GroupedSeries { series: Vec::new(), alignment: None, notes: Vec::new() });
    };
    let is_shared = |time: &str| rest.iter().all(|group| group.places.contains_key(time));
    let mut times: Vec<&str> =
        first.times.iter().map(|(time, _)| time.as_str()).filter(|time| is_shared(time)).collect();
    if times.is_empty() {
        return Err(AdapterError::data(&source.name(), "the mapped groups share no time"));
    }
    times.sort_by(|a, b| order_of_times(a, b));
    let mut notes = Vec::new();
    let (mut dropped, mut summed) = (0, 0);
    let shared: HashSet<&str> = times.iter().copied().collect();
    for (name, group) in groups.iter().zip(rows) {
        let alone = group.times.iter().filter(|(time, _)| !shared.contains(time.as_str()));
        let (sums, rows) = alone.fold((0, 0), |(sums, rows), (_, own)| (sums + 1, rows + own));
        if rows > 0 {
            let name = shown(&name.join(", "));
            notes.push(format!("{rows} row(s) of group '{name}' left out: not all groups have their time"));
        }
        dropped += sums;
        summed += group.rows - group.times.len();
    }
    if summed > 0 {
        notes.push(format!("{summed} row(s) were added to another row of the same group and time"));
    }
    notes.extend(letters(column, &times));
    let series_of = |group: &Group| times.iter().map(|time| group.values[group.places[*time]]).collect();
    let series = rows.iter().map(series_of).collect();
    Ok(GroupedSeries { series, alignment: Some(Alignment { times: times.len(), dropped }), notes })
}

fn side_by_side(
    source: &Source,
    groups: &[Vec<String>],
    rows: Vec<Group>,
) -> Result<GroupedSeries, AdapterError> {
    let lengths = groups.iter().zip(&rows);
    let lengths: Vec<String> =
        lengths.map(|(name, group)| format!("'{}' {}", shown(&name.join(", ")), group.rows)).collect();
    if rows.windows(2).any(|pair| pair[0].rows != pair[1].rows) {
        return Err(AdapterError::data(
            &source.name(),
            format!("groups differ in their number of rows ({}); name a time column", lengths.join(", ")),
        ));
    }
    let notes = vec!["no time column: rows of each group are periods in the order of the file".to_owned()];
    let series = rows.into_iter().map(|group| group.values).collect();
    Ok(GroupedSeries { series, alignment: None, notes })
}
