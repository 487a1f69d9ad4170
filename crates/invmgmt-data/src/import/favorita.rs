//! Corporación Favorita: daily sales per store and item, stores in cities of states.

use std::path::Path;

use super::products::Kept;
use super::sales::{LongTable, add, no_rows};
use super::stores::{Clock, Ledger};
use super::{Choices, Columns, Imported, file_of, optional};
use crate::adapters::AdapterError;
use crate::table::Table;

pub(super) fn read(folder: &Path, choices: &Choices) -> Result<Imported, AdapterError> {
    let train = file_of(folder, &["train.csv"])?;
    let names = Table::open(&train)?.names().to_vec();
    // The competition of 2017 has items and unit_sales, the later one families and sales.
    let units = if names.iter().any(|name| name == "sales") { "sales" } else { "unit_sales" };
    let columns = Columns {
        units: units.into(),
        time: Some("date".into()),
        store: Some("store_nbr".into()),
        ..Columns::default()
    };
    let (mut ledger, mut clock) = (Ledger::default(), Clock::default());
    let item = choices.item.as_deref().map(|item| (item, ["item_nbr", "family"].as_slice()));
    let (tables, mut kept_notes) = ([train], Vec::new());
    let sold = |table: &Table<'_>| Ok(table.number(table.find(units)?)?);
    let kept = Kept::of(&tables, &["item_nbr", "family"], Some("store_nbr"), choices, sold, &mut kept_notes)?;
    let [train] = &tables;
    add(&mut ledger, &mut clock, train, &LongTable { columns: &columns, item, kept: kept.as_ref() }, "")?;
    if ledger.is_empty() {
        return Err(no_rows(train, choices.item.as_deref()));
    }
    let per = if kept.is_some() { "store, item" } else { "store" };
    let mut observed = vec![format!("demand: {units} of train.csv, summed per {per} and day")];
    if let Some(stores) = optional(folder, &["stores.csv"]) {
        let mut table = Table::open(&stores)?;
        let (store, state) = (table.find("store_nbr")?, table.find("state")?);
        while table.advance()? {
            ledger.group(table.cell(store)?, table.cell(state)?);
        }
        observed.push("warehouses: one per state of stores.csv".into());
    }
    let (stores, times, mut notes) = ledger.close(&train.name(), choices)?;
    notes.extend(clock.days_between(&times));
    notes.extend(kept_notes);
    let periods = times.iter().map(|&time| clock.spelled(time)).collect();
    Ok(Imported { name: "favorita".into(), stores, periods, observed, inferred: Vec::new(), notes })
}
