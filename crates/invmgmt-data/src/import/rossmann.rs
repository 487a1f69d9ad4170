//! Rossmann: daily turnover per store.

use std::path::Path;

use super::sales::{LongTable, add, no_rows};
use super::stores::{Clock, Ledger};
use super::{Choices, Columns, Imported, file_of, optional};
use crate::adapters::AdapterError;
use crate::table::Table;

pub(super) fn read(folder: &Path, choices: &Choices) -> Result<Imported, AdapterError> {
    if choices.item.is_some() || choices.products.is_some() {
        return Err(AdapterError::Argument(
            "Rossmann's sales are not told by item; leave the items out".into(),
        ));
    }
    let train = file_of(folder, &["train.csv"])?;
    let columns = Columns {
        units: "Sales".into(),
        time: Some("Date".into()),
        store: Some("Store".into()),
        ..Columns::default()
    };
    let (mut ledger, mut clock) = (Ledger::default(), Clock::default());
    add(&mut ledger, &mut clock, &train, &LongTable { columns: &columns, item: None, kept: None }, "")?;
    if ledger.is_empty() {
        return Err(no_rows(&train, None));
    }
    let mut observed = vec!["demand: Sales of train.csv, summed per store and day".to_owned()];
    let mut inferred =
        vec!["a unit is one euro of turnover, so its price is 1: the data tell money, not units".to_owned()];
    if let Some(stores) = optional(folder, &["store.csv"]) {
        let mut table = Table::open(&stores)?;
        let (store, kind) = (table.find("Store")?, table.find("StoreType")?);
        while table.advance()? {
            ledger.group(table.cell(store)?, table.cell(kind)?);
        }
        observed.push("groups of stores: StoreType of store.csv".into());
        inferred.push("one warehouse per store type: the data do not say where stores are".into());
    }
    let (mut stores, times, mut notes) = ledger.close(&train.name(), choices)?;
    for store in &mut stores {
        store.price = Some(1.0);
    }
    notes.extend(clock.days_between(&times));
    notes.push("days on which a store was closed are periods without demand".into());
    let periods = times.iter().map(|&time| clock.spelled(time)).collect();
    Ok(Imported { name: "rossmann".into(), stores, periods, observed, inferred, notes })
}
