//! The table of items.

use std::collections::HashMap;

use invmgmt_data::{SeriesError, Source, Table, did_you_mean, shown};

use super::demand::{self, Known};
use super::sales::Mistakes;
use super::{TableError, lead_time};
use crate::physics::{Crossing, LeadTime};

/// Columns that are understood besides `item` and `place`.
const COLUMNS: [&str; 15] = [
    "demand",
    "lead_time",
    "crossing",
    "cost",
    "price",
    "holding_rate",
    "order_cost",
    "min",
    "multiple",
    "review",
    "stock",
    "on_order",
    "target",
    "supplier",
    "life",
];

/// What a row says of an item at a place; what it does not say is taken from the defaults.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct ItemRow {
    pub item: String,
    /// Empty: all places.
    pub place: String,
    pub demand: Option<Known>,
    pub lead_time: Option<LeadTime>,
    pub crossing: Option<Crossing>,
    pub cost: Option<f64>,
    pub price: Option<f64>,
    pub holding_rate: Option<f64>,
    pub order_cost: Option<f64>,
    pub minimum: Option<f64>,
    pub multiple: Option<f64>,
    pub review: Option<usize>,
    pub life: Option<usize>,
    pub stock: Option<f64>,
    pub on_order: Option<f64>,
    pub target: Option<f64>,
    pub supplier: Option<String>,
}

/// The rows of a table of items.
#[derive(Clone, Debug, Default)]
pub(super) struct Items {
    pub rows: Vec<ItemRow>,
    /// Columns it has.
    pub present: Vec<&'static str>,
    pub notes: Vec<String>,
    pub assumptions: Vec<String>,
}

/// Reads a table of items: every mistake with its line.
pub(super) fn read(source: &Source) -> Result<Items, TableError> {
    let mut table = Table::open(source)?;
    let item = table.find("item")?;
    let named: Vec<(usize, &'static str)> = table
        .names()
        .iter()
        .enumerate()
        .filter_map(|(position, name)| {
            Some((position, *COLUMNS.iter().find(|known| **known == name.trim())?))
        })
        .collect();
    for (_, name) in &named {
        // A column that stands twice is refused.
        table.find(name)?;
    }
    let place = table.names().iter().position(|name| name.trim() == "place");
    let others: Vec<String> = table
        .names()
        .iter()
        .enumerate()
        .filter(|(position, _)| {
            *position != item && Some(*position) != place && named.iter().all(|(known, _)| known != position)
        })
        .map(|(_, name)| shown(name.trim()))
        .collect();
    let mut items = Items { present: named.iter().map(|(_, name)| *name).collect(), ..Items::default() };
    let (mut mistakes, mut lines) = (Mistakes::default(), HashMap::new());
    while table.advance()? {
        let at = place.map_or(Ok(""), |position| table.cell(position))?.trim().to_owned();
        let mut row = ItemRow { item: table.cell(item)?.trim().to_owned(), place: at, ..ItemRow::default() };
        if row.item.is_empty() {
            mistakes.add(table.at_fault("item: found an empty cell; expected an item".to_owned()))?;
            continue;
        }
        for &(position, name) in &named {
            if table.cell(position)?.trim().is_empty() {
                continue;
            }
            if let Err(error) = fill(&mut row, &table, position, name) {
                mistakes.add(error)?;
            }
        }
        if let Some(before) = lines.insert((row.item.clone(), row.place.clone()), table.line()) {
            let message = format!(
                "item '{}', place '{}': stands on line {before} already",
                shown(&row.item),
                shown(&row.place)
            );
            mistakes.add(table.at_fault(message))?;
        }
        items.rows.push(row);
    }
    mistakes.none()?;
    if !others.is_empty() {
        let near = "columns of the table of items that are not used";
        items.notes.push(format!(
            "{near}: {} (used are item, place, {})",
            others.iter().map(|name| meant(name)).collect::<Vec<_>>().join(", "),
            COLUMNS.join(", ")
        ));
    }
    Ok(items)
}

fn fill(row: &mut ItemRow, table: &Table<'_>, position: usize, name: &str) -> Result<(), SeriesError> {
    let text = table.cell(position)?.trim();
    let number = |allowed: &str, is_allowed: fn(f64) -> bool| {
        let found = table.any_number(position)?.filter(|number| number.is_finite() && is_allowed(*number));
        found.map(Some).ok_or_else(|| table.no_number(position, allowed))
    };
    let at_least_zero = || number("a number >= 0", |number| number >= 0.0);
    match name {
        "demand" => {
            row.demand = Some(demand::read(text).map_err(|why| table.at_fault(format!("demand: {why}")))?);
        }
        "lead_time" => {
            row.lead_time =
                Some(lead_time::read(text).map_err(|why| table.at_fault(format!("lead_time: {why}")))?);
        }
        "crossing" => {
            row.crossing = match text {
                "free" => Some(Crossing::Free),
                "fifo" => Some(Crossing::Fifo),
                _ => {
                    let message = format!("crossing: found '{}'; expected free or fifo", shown(text));
                    return Err(table.at_fault(message));
                }
            }
        }
        "cost" => row.cost = at_least_zero()?,
        "price" => row.price = at_least_zero()?,
        "holding_rate" => row.holding_rate = at_least_zero()?,
        "order_cost" => row.order_cost = at_least_zero()?,
        "min" => row.minimum = at_least_zero()?,
        "multiple" => row.multiple = at_least_zero()?,
        "review" | "life" => {
            let periods = number("a whole number of periods >= 1", |number| {
                number.fract() == 0.0 && (1.0..=1000.0).contains(&number)
            })?;
            let periods = periods.map(|periods| periods as usize);
            *if name == "review" { &mut row.review } else { &mut row.life } = periods;
        }
        "stock" => row.stock = number("a number", |_| true)?,
        "on_order" => row.on_order = at_least_zero()?,
        "target" => {
            row.target =
                number("a share above 0 and below 1, as 0.97", |number| number > 0.0 && number < 1.0)?;
        }
        _ => row.supplier = Some(text.to_owned()),
    }
    Ok(())
}

/// The name of a column that is not used, and the one it may have been meant for.
fn meant(name: &str) -> String {
    format!("{name}{}", did_you_mean(name, COLUMNS))
}
