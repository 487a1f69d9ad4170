//! Tables with a row per store and time.

use super::stores::{Clock, Ledger};
use super::{Choices, Columns, Imported};
use crate::SeriesError;
use crate::adapters::AdapterError;
use crate::table::{Source, Table};

/// How the rows of a long table become sales.
pub(super) struct LongTable<'a> {
    pub columns: &'a Columns,
    /// Only rows with this text in the first of these columns that the table has.
    pub item: Option<(&'a str, &'a [&'a str])>,
}

/// Adds the sales of a table to a ledger; `store` names the store where no column does.
pub(super) fn add(
    ledger: &mut Ledger,
    clock: &mut Clock,
    source: &Source,
    wanted: &LongTable<'_>,
    store: &str,
) -> Result<u64, AdapterError> {
    let mut table = Table::open(source)?;
    let find = |column: &Option<String>| column.as_deref().map(|name| table.find(name)).transpose();
    let Columns { units, time, store: store_column, group, price } = wanted.columns;
    let units = table.find(units)?;
    let (time, store_column, group, price) = (find(time)?, find(store_column)?, find(group)?, find(price)?);
    let item = wanted.item.map(|(item, columns)| Ok::<_, SeriesError>((item, item_column(&table, columns)?)));
    let item = item.transpose()?;
    let mut rows = 0;
    while table.advance()? {
        if let Some((item, position)) = item
            && table.cell(position)? != item
        {
            continue;
        }
        let at = time.map_or(Ok(rows as i64 + 1), |position| clock.read(&table, position))?;
        let sold = table.number(units)?;
        let name = store_column.map_or(Ok(store), |position| table.cell(position))?;
        let place = ledger.store(name);
        ledger.sell(place, at, sold);
        if let Some(position) = price {
            ledger.price(place, sold, table.number(position)?);
        }
        if let Some(position) = group {
            ledger.group(name, table.cell(position)?);
        }
        rows += 1;
    }
    Ok(rows)
}

/// The first of the columns that the table has; if it has none, the error for the first.
fn item_column(table: &Table<'_>, columns: &[&str]) -> Result<usize, SeriesError> {
    columns.iter().find_map(|name| table.find(name).ok()).map_or_else(|| table.find(columns[0]), Ok)
}

pub(super) fn no_rows(source: &Source, item: Option<&str>) -> AdapterError {
    let of = item.map(|item| format!(" of item '{}'", crate::text::shown(item))).unwrap_or_default();
    AdapterError::data(&source.name(), format!("no rows{of}"))
}

/// Reads tables of a person's own.
pub(super) fn read(
    tables: &[Source],
    columns: &Columns,
    choices: &Choices,
) -> Result<Imported, AdapterError> {
    if choices.item.is_some() {
        return Err(AdapterError::Argument("an item can be chosen of m5 and favorita only".into()));
    }
    let (mut ledger, mut clock) = (Ledger::default(), Clock::default());
    let wanted = LongTable { columns, item: None };
    for source in tables {
        let stem =
            source.path().file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        if add(&mut ledger, &mut clock, source, &wanted, &stem)? == 0 {
            return Err(no_rows(source, None));
        }
    }
    let names = tables.iter().map(Source::name).collect::<Vec<_>>().join(", ");
    let (stores, times, mut notes) = ledger.close(&names, choices)?;
    notes.extend(clock.days_between(&times));
    let mut observed =
        vec![format!("demand: column {} of {names}, summed per store and time", columns.units)];
    observed.extend(columns.group.as_ref().map(|group| format!("warehouses: one per {group}")));
    observed.extend(
        columns.price.as_ref().map(|price| format!("selling prices: column {price}, weighted by units")),
    );
    if columns.time.is_none() {
        notes.push("no time column: the rows of each file are periods in their order".to_owned());
    }
    let periods = times.iter().map(|&time| clock.spelled(time)).collect();
    Ok(Imported { name: "imported".into(), stores, periods, observed, inferred: Vec::new(), notes })
}
