//! Items that are kept apart as products.

use std::collections::{HashMap, HashSet};
use std::str::FromStr;

use super::Choices;
use super::stores::code;
use crate::SeriesError;
use crate::adapters::AdapterError;
use crate::nearest::nearest;
use crate::table::{Source, Table};
use crate::text::shown;

/// Which items become products of the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Products {
    /// So many: those that sell most.
    Most(usize),
    /// These.
    Named(Vec<String>),
}

impl FromStr for Products {
    type Err = String;

    /// Reads a number of items, or names separated by commas.
    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(count) = text.trim().parse() {
            return match count {
                0 => Err("found 0; expected a number of items from 1, or names of items".to_owned()),
                count => Ok(Self::Most(count)),
            };
        }
        let names: Vec<String> = text.split(',').map(|name| code(name).to_owned()).collect();
        match names.iter().enumerate().find(|(at, name)| name.is_empty() || names[..*at].contains(name)) {
            Some((_, name)) if name.is_empty() => Err(format!("'{text}' has a name without letters")),
            Some((_, name)) => Err(format!("'{name}' stands twice")),
            None => Ok(Self::Named(names)),
        }
    }
}

/// The items kept apart, and the columns that may name them.
#[derive(Debug)]
pub(super) struct Kept<'a> {
    pub names: HashSet<String>,
    pub columns: &'a [&'a str],
}

impl<'a> Kept<'a> {
    /// The items of tables that a choice means; none where no items are kept apart. The tables are looked through once
    /// before they are read: only what is kept is then held in memory. `sold` says what is sold in a row.
    pub fn of(
        tables: &[Source],
        columns: &'a [&'a str],
        store: Option<&str>,
        choices: &Choices,
        sold: impl Fn(&Table<'_>) -> Result<f64, AdapterError>,
        notes: &mut Vec<String>,
    ) -> Result<Option<Self>, AdapterError> {
        let Some(products) = &choices.products else { return Ok(None) };
        if columns.is_empty() {
            let message = "items are kept apart by the column of items; say --item-column too";
            return Err(AdapterError::Argument(message.into()));
        }
        let stores: Vec<&str> = choices.stores.iter().map(|store| code(store)).collect();
        let mut sums: HashMap<String, f64> = HashMap::new();
        for source in tables {
            let mut table = Table::open(source)?;
            // Names may be of items or of what they belong to, as families; the most are of items.
            let named = matches!(products, Products::Named(_));
            let levels = levels(&table, columns)?;
            let levels = if named { &levels[..] } else { &levels[..1] };
            let store = store.map(|store| table.find(store)).transpose()?;
            while table.advance()? {
                if let Some(store) = store
                    && !stores.is_empty()
                    && !stores.contains(&code(table.cell(store)?))
                {
                    continue;
                }
                let units = sold(&table)?;
                for &level in levels {
                    let name = code(table.cell(level)?);
                    if let Some(sum) = sums.get_mut(name) {
                        *sum += units;
                    } else {
                        sums.insert(name.to_owned(), units);
                    }
                }
            }
        }
        let source = tables.first().map(Source::name).unwrap_or_default();
        let names = match products {
            Products::Named(names) => {
                if let Some(missing) = names.iter().find(|name| !sums.contains_key(*name)) {
                    let mut known: Vec<&str> = sums.keys().map(String::as_str).collect();
                    known.sort_unstable();
                    let near = nearest(missing, known);
                    let near = near.map(|near| format!("; nearest: '{}'", shown(near))).unwrap_or_default();
                    return Err(AdapterError::data(&source, format!("no item '{}'{near}", shown(missing))));
                }
                names.iter().cloned().collect()
            }
            Products::Most(most) => {
                let all = sums.len();
                let mut sums: Vec<(String, f64)> = sums.into_iter().collect();
                sums.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
                sums.truncate(*most);
                if sums.len() < all {
                    notes.push(format!(
                        "kept the {} items of {all} that sell most; choose others with --products",
                        sums.len()
                    ));
                }
                sums.into_iter().map(|(name, _)| name).collect()
            }
        };
        Ok(Some(Self { names, columns }))
    }

    /// Positions of the columns in a table that may name an item.
    pub fn levels(&self, table: &Table<'_>) -> Result<Vec<usize>, AdapterError> {
        Ok(levels(table, self.columns)?)
    }

    /// The item that a row is of, if it is one of those kept.
    pub fn item<'n>(&'n self, table: &Table<'_>, levels: &[usize]) -> Result<Option<&'n str>, AdapterError> {
        for &level in levels {
            if let Some(name) = self.names.get(code(table.cell(level)?)) {
                return Ok(Some(name));
            }
        }
        Ok(None)
    }
}

/// Those of the columns that a table has, at least one.
fn levels(table: &Table<'_>, columns: &[&str]) -> Result<Vec<usize>, SeriesError> {
    let found: Vec<usize> = columns.iter().filter_map(|name| table.find(name).ok()).collect();
    if found.is_empty() { Ok(vec![table.find(columns[0])?]) } else { Ok(found) }
}
