//! The M5 competition: daily sales per item and store of Walmart, a column per day; weekly prices.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::products::Kept;
use super::sales::no_rows;
use super::stores::Ledger;
use super::{Choices, Imported, file_of, optional};
use crate::adapters::AdapterError;
use crate::table::{Source, Table};

/// Per store and item the units sold over the days kept, and where they are booked.
type Sold = HashMap<String, HashMap<String, (f64, usize)>>;

/// What the calendar says of the days kept.
struct Calendar {
    /// Date per day's name.
    dates: HashMap<String, String>,
    /// The weeks of the days kept.
    weeks: HashSet<String>,
}

pub(super) fn read(folder: &Path, choices: &Choices) -> Result<Imported, AdapterError> {
    let sales = file_of(folder, &["sales_train_evaluation.csv", "sales_train_validation.csv"])?;
    let mut ledger = Ledger::default();
    let tables = [sales];
    let mut kept_notes = Vec::new();
    let last = |table: &Table<'_>| -> Result<f64, AdapterError> {
        let mut total = 0.0;
        for position in day_columns(table, choices) {
            total += table.number(position)?;
        }
        Ok(total)
    };
    let kept = Kept::of(&tables, &LEVELS, Some("store_id"), choices, last, &mut kept_notes)?;
    let [sales] = &tables;
    let (days, sold) = add_sales(&mut ledger, sales, choices, kept.as_ref())?;
    let file = sales.path().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut observed = vec![
        match &choices.item {
            _ if kept.is_some() => format!("demand: {file}, sales summed per store, item and day"),
            Some(item) => format!("demand: {file}, sales of {item} summed per store and day"),
            None => format!("demand: {file}, all items summed per store and day"),
        },
        "warehouses: one per state".to_owned(),
    ];
    let calendar = match optional(folder, &["calendar.csv"]) {
        Some(calendar) => {
            observed.push("dates of the days: calendar.csv".into());
            Some(read_calendar(&calendar, &days)?)
        }
        None => None,
    };
    if let Some(prices) = optional(folder, &["sell_prices.csv"]) {
        add_prices(&mut ledger, &prices, &sold, calendar.as_ref())?;
        let weeks = if calendar.is_some() { "over the weeks of the series" } else { "over all weeks" };
        observed.push(format!("selling prices: sell_prices.csv, mean {weeks}, weighted by units"));
    }
    let (stores, times, mut notes) = ledger.close(&sales.name(), choices)?;
    notes.extend(kept_notes);
    let name = |&time: &i64| {
        let day = &days[time as usize];
        let date = calendar.as_ref().and_then(|calendar| calendar.dates.get(day));
        date.unwrap_or(day).clone()
    };
    let periods = times.iter().map(name).collect();
    Ok(Imported { name: "m5".into(), stores, periods, observed, inferred: Vec::new(), notes })
}

/// What `--item` and `--products` may name, from the single item up.
const LEVELS: [&str; 3] = ["item_id", "dept_id", "cat_id"];

/// The columns of the days kept.
fn day_columns(table: &Table<'_>, choices: &Choices) -> Vec<usize> {
    let is_day = |&position: &usize| table.names()[position].starts_with("d_");
    let days: Vec<usize> = (0..table.names().len()).filter(is_day).collect();
    let first = days.len().saturating_sub(choices.last.unwrap_or(days.len()));
    days[first..].to_vec()
}

/// Adds the sales to a ledger; returns the names of the days kept, and what was sold of each item.
fn add_sales(
    ledger: &mut Ledger,
    source: &Source,
    choices: &Choices,
    kept: Option<&Kept<'_>>,
) -> Result<(Vec<String>, Sold), AdapterError> {
    let mut table = Table::open(source)?;
    let (store, state, item) = (table.find("store_id")?, table.find("state_id")?, table.find("item_id")?);
    let levels = [item, table.find("dept_id")?, table.find("cat_id")?];
    let columns = day_columns(&table, choices);
    if columns.is_empty() {
        return Err(AdapterError::data(&source.name(), "no column begins with 'd_'; expected one per day"));
    }
    let names = columns.iter().map(|&position| table.names()[position].clone()).collect();
    let mut sold = Sold::new();
    while table.advance()? {
        let mut is_wanted = choices.item.is_none();
        for level in levels {
            is_wanted |= choices.item.as_deref() == Some(table.cell(level)?);
        }
        if !is_wanted {
            continue;
        }
        let mut product = None;
        if let Some(kept) = kept {
            product = kept.item(&table, &levels)?;
            if product.is_none() {
                continue;
            }
        }
        let name = table.cell(store)?;
        let place = ledger.store(name, product);
        ledger.group(name, table.cell(state)?);
        let mut total = 0.0;
        for (day, &position) in columns.iter().enumerate() {
            let units = table.number(position)?;
            ledger.sell(place, day as i64, units);
            total += units;
        }
        let items = sold.entry(name.to_owned()).or_default();
        items.entry(table.cell(item)?.to_owned()).or_insert((0.0, place)).0 += total;
    }
    if ledger.is_empty() {
        return Err(no_rows(source, choices.item.as_deref()));
    }
    Ok((names, sold))
}

fn read_calendar(source: &Source, days: &[String]) -> Result<Calendar, AdapterError> {
    let mut table = Table::open(source)?;
    let (date, week) = (table.find("date")?, table.find("wm_yr_wk")?);
    // Some editions leave the days' names out: row by row they are d_1, d_2 and so on.
    let day = table.names().iter().any(|name| name.trim() == "d").then(|| table.find("d")).transpose()?;
    let kept: HashSet<&str> = days.iter().map(String::as_str).collect();
    let mut calendar = Calendar { dates: HashMap::new(), weeks: HashSet::new() };
    let mut count = 0_usize;
    while table.advance()? {
        count += 1;
        let numbered = format!("d_{count}");
        let name = day.map_or(Ok(numbered.as_str()), |day| table.cell(day))?;
        if kept.contains(name) {
            calendar.dates.insert(name.to_owned(), table.cell(date)?.to_owned());
            calendar.weeks.insert(table.cell(week)?.to_owned());
        }
    }
    Ok(calendar)
}

/// Gives each store the mean price of its items, weighted by what was sold of them.
fn add_prices(
    ledger: &mut Ledger,
    source: &Source,
    sold: &Sold,
    calendar: Option<&Calendar>,
) -> Result<(), AdapterError> {
    let mut table = Table::open(source)?;
    let (store, item) = (table.find("store_id")?, table.find("item_id")?);
    let (week, price) = (table.find("wm_yr_wk")?, table.find("sell_price")?);
    let mut means: HashMap<(&str, &str), (f64, f64)> = HashMap::new();
    while table.advance()? {
        if let Some(calendar) = calendar
            && !calendar.weeks.contains(table.cell(week)?)
        {
            continue;
        }
        let Some((store, items)) = sold.get_key_value(table.cell(store)?) else { continue };
        let Some((item, _)) = items.get_key_value(table.cell(item)?) else { continue };
        let mean = means.entry((store.as_str(), item.as_str())).or_default();
        mean.0 += table.number(price)?;
        mean.1 += 1.0;
    }
    // In an order of their own: a sum of floating-point numbers depends on it.
    let mut means: Vec<_> = means.into_iter().collect();
    means.sort_by_key(|(names, _)| *names);
    for ((store, item), (sum, weeks)) in means {
        let (units, place) = sold[store][item];
        ledger.price(place, units, sum / weeks);
    }
    Ok(())
}
