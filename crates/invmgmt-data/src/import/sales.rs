//! Tables with a row per store and time.

use super::products::Kept;
use super::stores::{Clock, Ledger, code};
use super::{Choices, Columns, Imported};
use crate::SeriesError;
use crate::adapters::AdapterError;
use crate::table::{Source, Table};

/// How the rows of a long table become sales.
pub(super) struct LongTable<'a> {
    pub columns: &'a Columns,
    /// Only rows with this text in the first of these columns that the table has.
    pub item: Option<(&'a str, &'a [&'a str])>,
    /// The items that are kept apart, and only their rows.
    pub kept: Option<&'a Kept<'a>>,
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
    let Columns { units, time, store: store_column, item: item_named, group, price } = wanted.columns;
    let units = table.find(units)?;
    let (time, store_column, group, price) = (find(time)?, find(store_column)?, find(group)?, find(price)?);
    let item_named = find(item_named)?;
    let item = wanted.item.map(|(item, columns)| Ok::<_, SeriesError>((item, item_column(&table, columns)?)));
    let item = item.transpose()?;
    let levels = wanted.kept.map(|kept| kept.levels(&table)).transpose()?.unwrap_or_default();
    let mut rows = 0;
    while table.advance()? {
        if let Some((item, position)) = item
            && code(table.cell(position)?) != code(item)
        {
            continue;
        }
        let mut product = None;
        if let Some(kept) = wanted.kept {
            product = kept.item(&table, &levels)?;
            if product.is_none() {
                continue;
            }
        }
        let at = time.map_or(Ok(rows as i64 + 1), |position| clock.read(&table, position))?;
        let sold = table.number(units)?;
        let name = store_column.map_or(Ok(store), |position| table.cell(position).map(code))?;
        let place = ledger.store(name, product);
        ledger.sell(place, at, sold);
        if let Some(position) = price {
            ledger.price(place, sold, table.number(position)?);
        }
        if let Some(position) = group {
            ledger.group(name, code(table.cell(position)?));
        }
        if let Some(position) = item_named {
            ledger.item(code(table.cell(position)?));
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
    if choices.item.is_some() && columns.item.is_none() {
        return Err(AdapterError::Argument(
            "an item is chosen by the column of items; say --item-column too".into(),
        ));
    }
    let (mut ledger, mut clock) = (Ledger::default(), Clock::default());
    let item_columns: Vec<&str> = columns.item.as_deref().into_iter().collect();
    let item = choices.item.as_deref().map(|item| (item, item_columns.as_slice()));
    let mut kept_notes = Vec::new();
    let units = |table: &Table<'_>| Ok(table.number(table.find(&columns.units)?)?);
    let kept = Kept::of(tables, &item_columns, columns.store.as_deref(), choices, units, &mut kept_notes)?;
    let wanted = LongTable { columns, item, kept: kept.as_ref() };
    for source in tables {
        let stem =
            source.path().file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        if add(&mut ledger, &mut clock, source, &wanted, &stem)? == 0 {
            return Err(no_rows(source, choices.item.as_deref()));
        }
    }
    let names = tables.iter().map(Source::name).collect::<Vec<_>>().join(", ");
    let added_up = items_added_up(&ledger, tables, columns, choices)?;
    let (stores, times, mut notes) = ledger.close(&names, choices)?;
    notes.extend(clock.days_between(&times));
    notes.extend(columns.time.as_deref().and_then(|time| clock.times_of_day(time)));
    notes.extend(added_up);
    notes.extend(kept_notes);
    let of = choices.item.as_ref().map(|item| format!(" of item {item}")).unwrap_or_default();
    let per = if kept.is_some() { "store, item and time" } else { "store and time" };
    let mut observed = vec![format!("demand: column {}{of} of {names}, summed per {per}", columns.units)];
    observed.extend(kept.as_ref().and(columns.item.as_ref()).map(|item| format!("products: column {item}")));
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

/// Says that several items were added up per store, if they were, and how to choose one.
fn items_added_up(
    ledger: &Ledger,
    tables: &[Source],
    columns: &Columns,
    choices: &Choices,
) -> Result<Option<String>, AdapterError> {
    if choices.item.is_some() || choices.products.is_some() {
        return Ok(None);
    }
    if let Some(column) = &columns.item {
        let items = ledger.items();
        return Ok((items > 1).then(|| {
            format!(
                "{items} items of column {column} were added up per store; choose one with --item, or keep several \
                 apart with --products"
            )
        }));
    }
    let (sums, several, most) = ledger.added_up();
    if several == 0 {
        return Ok(None);
    }
    let used = [Some(&columns.units), columns.time.as_ref(), columns.store.as_ref(), columns.group.as_ref()];
    let used: Vec<&str> =
        used.into_iter().chain([columns.price.as_ref()]).flatten().map(|name| name.trim()).collect();
    let table = Table::open(&tables[0])?;
    let others: Vec<&str> =
        table.names().iter().map(|name| name.trim()).filter(|name| !used.contains(name)).collect();
    let likely = others.iter().find(|name| looks_like_items(name));
    let offer = match (likely, others.as_slice()) {
        (Some(column), _) => {
            format!("; if they are items, choose one with --item-column {column} --item NAME")
        }
        (None, []) => String::new(),
        (None, others) => format!(
            "; if they are items, choose one with --item-column and --item (columns not used: {})",
            others.join(", ")
        ),
    };
    Ok(Some(format!(
        "{several} of {sums} sums of a store and period are of several rows, up to {most}, added up{offer}"
    )))
}

/// Whether a column is called as items are in tables of sales.
fn looks_like_items(name: &str) -> bool {
    let name = name.to_lowercase();
    ["item", "sku", "product", "article", "material", "upc", "ean"].iter().any(|word| name.contains(word))
}
