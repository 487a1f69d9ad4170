//! From tables to scenarios: series of demand and networks out of CSV files, under the rules of gym-invmgmt 0.2.1.
//!
//! Tables are streamed: what is held is one row and what the answer needs. Whatever is changed on the way (sales below
//! zero, rows left out, a scale) is said in `notes`.

mod error;
mod hierarchy;
mod long;
mod series;
mod star;
mod times;
mod topology;
mod wide;

pub use error::AdapterError;
pub use hierarchy::{Hierarchy, hierarchy_network};
pub use long::{Alignment, GroupedSeries, LongQuery, LongSeries, grouped_series, long_series};
pub use series::{Figures, Prepared, figures, prepare_series};
pub use star::{Star, star_network};
pub use topology::{topology_network, write_document};
pub use wide::{Limits, ValueColumns, Window, WindowSearch, best_window};

pub(crate) use star::{market_link, supply_link};

use crate::SeriesError;
use crate::cell::plain;
use crate::nearest::nearest;
use crate::table::Table;
use crate::text::shown;

/// Rows wanted: the text of a column, exactly, for each of some columns.
pub type Filter = [(String, String)];

/// Most values of a column that are remembered for a message.
const MAX_REMEMBERED: usize = 1000;

/// A filter on a table, and what its columns hold.
struct Sieve<'a> {
    wanted: Vec<(usize, &'a str, &'a str)>,
    /// Values seen per column of the filter, for the message when no row fits.
    seen: Vec<Vec<String>>,
}

impl<'a> Sieve<'a> {
    fn new(table: &Table<'_>, filter: &'a Filter) -> Result<Self, SeriesError> {
        let find = |(column, value): &'a (String, String)| {
            Ok((table.find(column)?, column.as_str(), value.as_str()))
        };
        let wanted = filter.iter().map(find).collect::<Result<Vec<_>, SeriesError>>()?;
        Ok(Self { seen: vec![Vec::new(); wanted.len()], wanted })
    }

    /// Whether the current row is wanted.
    fn passes(&mut self, table: &Table<'_>) -> Result<bool, SeriesError> {
        let mut passes = true;
        for (&(position, _, value), seen) in self.wanted.iter().zip(&mut self.seen) {
            let found = table.cell(position)?;
            passes &= plain(found) == plain(value);
            if seen.len() < MAX_REMEMBERED && seen.last().is_none_or(|last| last != found) {
                seen.push(found.to_owned());
            }
        }
        Ok(passes)
    }

    /// The error when no row fitted.
    fn nothing(&self, source: &str) -> AdapterError {
        let asked = self.wanted.iter().map(|(_, column, value)| format!("{column} = '{}'", shown(value)));
        let asked = asked.collect::<Vec<_>>().join(" and ");
        if asked.is_empty() {
            return AdapterError::data(source, "no rows below the header");
        }
        let near = self.wanted.iter().zip(&self.seen).filter_map(|((_, column, value), seen)| {
            let is_known = seen.iter().any(|found| plain(found) == plain(value));
            let near = nearest(value, seen.iter().map(String::as_str)).filter(|_| !is_known)?;
            Some(format!("; nearest in {column}: '{}'", shown(near)))
        });
        let message = format!("no row has {asked}{}", near.collect::<String>());
        AdapterError::data(source, message)
    }
}
