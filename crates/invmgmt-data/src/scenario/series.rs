//! Series of a scenario: numbers in place, or a column of a CSV file.

use std::path::PathBuf;

use super::keys::SERIES;
use super::report::Report;
use crate::mapping::{Entries, plain_number};
use crate::series::read_column;
use crate::table::Source;
use crate::value::{Content, Value};

/// Where the files a scenario names are found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Files {
    /// Relative to this folder.
    Folder(PathBuf),
    /// Among those that come along.
    Shipped,
}

/// The series that come along, by name of file.
const SHIPPED: [(&str, &str); 1] =
    [("m5_foods_3_382_ca_3.csv", include_str!("../../../../data/m5_foods_3_382_ca_3.csv"))];

impl Files {
    /// The path a name in a file stands for.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        match self {
            Self::Folder(folder) => folder.join(name),
            Self::Shipped => PathBuf::from(name),
        }
    }

    fn column(&self, name: &str, column: &str) -> Result<Vec<f64>, String> {
        let shipped = SHIPPED.iter().find(|(known, _)| *self == Self::Shipped && *known == name);
        let read = match shipped {
            Some((_, text)) => {
                read_column(&Source::Text { name: name.to_owned(), text: (*text).to_owned() }, column)
            }
            None => read_column(&Source::Named(self.path(name)), column),
        };
        read.map_err(|error| error.to_string())
    }
}

const EXPECTED: &str =
    "a list of numbers, FILE.csv:COLUMN, or a mapping with 'file' and 'column' or 'values'";

/// The series under a key, as long as the horizon if it cycles; none if there is none or it cannot be read.
pub(super) fn read(
    report: &mut Report,
    entries: &Entries<'_>,
    key: &'static str,
    files: &Files,
    num_periods: usize,
) -> Option<Vec<f64>> {
    let value = entries.get(key)?;
    match &value.content {
        Content::List(items) => numbers(report, &entries.path_of(key), items),
        Content::Text(text) => {
            let named = text.rsplit_once(':').filter(|(file, column)| !file.is_empty() && !column.is_empty());
            let Some((file, column)) = named else {
                report.at_key(entries, key, format!("found {value}; expected {EXPECTED}"));
                return None;
            };
            from_file(report, entries, key, files, file, column)
        }
        Content::Map(_) => {
            let inner = report.entries(value, SERIES, entries.path_of(key), EXPECTED)?;
            from_mapping(report, &inner, files, num_periods)
        }
        _ => {
            report.at_key(entries, key, format!("found {value}; expected {EXPECTED}"));
            None
        }
    }
}

fn numbers(report: &mut Report, path: &str, items: &[Value]) -> Option<Vec<f64>> {
    let before = report.count();
    let mut series = Vec::with_capacity(items.len());
    for (period, item) in items.iter().enumerate() {
        match plain_number(item) {
            Some(number) => series.push(number),
            None => report.add(format!("{path}[{period}]"), item, format!("found {item}; expected a number")),
        }
    }
    (report.count() == before).then_some(series)
}

fn from_file(
    report: &mut Report,
    entries: &Entries<'_>,
    key: &'static str,
    files: &Files,
    file: &str,
    column: &str,
) -> Option<Vec<f64>> {
    files.column(file, column).map_err(|message| report.at_key(entries, key, message)).ok()
}

fn from_mapping(
    report: &mut Report,
    inner: &Entries<'_>,
    files: &Files,
    num_periods: usize,
) -> Option<Vec<f64>> {
    let before = report.count();
    let (file, column) = (report.text(inner, "file"), report.text(inner, "column"));
    let values = report.list(inner, "values", "numbers");
    let cycle = report.flag(inner, "cycle").unwrap_or(false);
    let wanted = report.number(inner, "scale_to_mean");
    if report.count() > before {
        return None;
    }
    let mut series = match (values, file, column) {
        (Some(items), None, None) => numbers(report, &inner.path_of("values"), items)?,
        (None, Some(file), Some(column)) => from_file(report, inner, "file", files, file, column)?,
        _ => {
            report.at_key(inner, "file", format!("expected {EXPECTED}"));
            return None;
        }
    };
    if cycle && !series.is_empty() {
        series = series.iter().copied().cycle().take(num_periods.max(series.len())).collect();
    }
    if let Some(wanted) = wanted {
        scale(&mut series, wanted, num_periods)
            .map_err(|message| report.at_key(inner, "scale_to_mean", message))
            .ok()?;
    }
    Some(series)
}

/// Scales a series so that its mean over the horizon is the one wanted.
fn scale(series: &mut [f64], wanted: f64, num_periods: usize) -> Result<(), String> {
    if !(wanted.is_finite() && wanted >= 0.0) {
        return Err(format!("found {wanted}; expected a finite number >= 0"));
    }
    let played = &series[..series.len().min(num_periods)];
    let mean = played.iter().sum::<f64>() / played.len().max(1) as f64;
    if mean.is_nan() || mean <= 0.0 {
        return Err(format!("the values played have mean {mean} and cannot be scaled to a mean of {wanted}"));
    }
    for value in series.iter_mut() {
        *value *= wanted / mean;
    }
    Ok(())
}
