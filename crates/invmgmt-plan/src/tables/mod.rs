//! From the tables a planner has to items with all that is known of them.

mod items;
mod lead_time;
mod receipts;
mod sales;

use std::collections::HashMap;

use invmgmt_data::{SeriesError, Source};
use jiff::civil::Date;

use crate::item::{Item, Money};
use crate::levels::Target;
use crate::physics::{LeadTime, Physics, Unmet};

use items::ItemRow;
use sales::Sales;
pub use sales::SalesColumns;

/// How long a period is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Period {
    /// A day.
    #[default]
    Day,
    /// A week from Monday.
    Week,
    /// A month of the calendar.
    Month,
}

impl Period {
    /// All lengths.
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// So many make a year.
    pub const fn per_year(self) -> f64 {
        match self {
            Self::Day => 365.0,
            Self::Week => 52.0,
            Self::Month => 12.0,
        }
    }

    /// The number of the period in which a date lies.
    pub fn number(self, date: Date) -> i64 {
        match self {
            // The first of January 1 was a Monday.
            Self::Day => day(date),
            Self::Week => day(date).div_euclid(7),
            Self::Month => i64::from(date.year()) * 12 + i64::from(date.month()) - 1,
        }
    }

    /// The first day of a period.
    pub fn first_day(self, number: i64) -> Option<Date> {
        let from_days = |days: i64| ORIGIN.checked_add(jiff::Span::new().try_days(days).ok()?).ok();
        match self {
            Self::Day => from_days(number),
            Self::Week => from_days(number * 7),
            Self::Month => {
                let year = i16::try_from(number.div_euclid(12)).ok()?;
                Date::new(year, number.rem_euclid(12) as i8 + 1, 1).ok()
            }
        }
    }
}

const ORIGIN: Date = Date::constant(1, 1, 1);

fn day(date: Date) -> i64 {
    i64::from((date - ORIGIN).get_days())
}

/// The tables and what they leave open.
#[derive(Clone, Debug)]
pub struct Tables {
    /// Sales.
    pub sales: Source,
    /// Names of its columns.
    pub columns: SalesColumns,
    /// Items, if there is a table of them.
    pub items: Option<Source>,
    /// Orders and their receipts, if there is a table of them.
    pub receipts: Option<Source>,
    /// How long a period is.
    pub period: Period,
    /// What is to be reached where the table of items says nothing.
    pub target: Target,
    /// What becomes of demand that is not met at once.
    pub unmet: Unmet,
}

/// Items made of tables.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The items, by item and place in the order of the table of sales.
    pub items: Vec<Item>,
    /// The number of the period after the last one of the history.
    pub next: i64,
    /// Whether periods are dates.
    pub dated: bool,
    /// How many periods the history has.
    pub periods: usize,
    /// What was taken for granted where the tables say nothing.
    pub assumptions: Vec<String>,
    /// What was left out or changed.
    pub notes: Vec<String>,
}

/// Tables that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// A table cannot be read.
    #[error(transparent)]
    Table(#[from] SeriesError),
    /// Mistakes in rows, each with its file and line.
    #[error("{}", .0.join("\n"))]
    Mistakes(Vec<String>),
    /// Tables that do not go together.
    #[error("{0}")]
    Unfit(String),
}

/// What is taken where the table of items says nothing.
const DEFAULT_LEAD_TIME: u32 = 1;
const DEFAULT_COST: f64 = 1.0;
const DEFAULT_HOLDING_RATE: f64 = 0.25;

/// Reads the tables.
///
/// # Errors
/// [`TableError`] with every mistake of the table at fault.
pub fn load(tables: &Tables) -> Result<Loaded, TableError> {
    let sales = sales::read(&tables.sales, &tables.columns, tables.period)?;
    let rows = tables.items.as_ref().map(items::read).transpose()?.unwrap_or_default();
    let receipts =
        tables.receipts.as_ref().map(|source| receipts::read(source, tables.period)).transpose()?;
    let mut notes = sales.notes.clone();
    notes.extend(rows.notes.clone());
    let mut assumptions = assumptions(tables, &rows, receipts.is_some(), sales.whole);
    let known: HashMap<(&str, &str), &ItemRow> =
        rows.rows.iter().map(|row| ((row.item.as_str(), row.place.as_str()), row)).collect();
    let Sales { series, next, dated, periods, whole, .. } = sales;
    let mut used = 0;
    let mut lacking = Vec::new();
    let nothing = ItemRow::default();
    let items: Vec<Item> = series
        .into_iter()
        .map(|series| {
            let own = known.get(&(series.item.as_str(), series.place.as_str()));
            // A row without a place is for all places.
            let row = own.or_else(|| known.get(&(series.item.as_str(), ""))).copied();
            used += usize::from(own.is_some() && !series.place.is_empty());
            if row.is_none() && !rows.rows.is_empty() {
                lacking.push(format!("{}, {}", series.item, series.place));
            }
            let row = row.unwrap_or(&nothing);
            let received = receipts.as_ref().and_then(|receipts| receipts.of(&series.item, &series.place));
            item(tables, row, received, series, whole)
        })
        .collect();
    if items.is_empty() {
        return Err(TableError::Unfit(format!("{}: no rows of sales", tables.sales.name())));
    }
    if !lacking.is_empty() {
        let some =
            lacking.iter().take(3).map(|name| format!("'{}'", name.escape_debug())).collect::<Vec<_>>();
        notes.push(format!(
            "{} of {} rows of the plan stand in no row of the table of items (as {}): defaults hold for them",
            lacking.len(),
            items.len(),
            some.join(", ")
        ));
    }
    let without = rows.rows.iter().filter(|row| !row.place.is_empty()).count() - used;
    if without > 0 {
        notes.push(format!("{without} rows of the table of items have no sales and are left out"));
    }
    if let Some(receipts) = &receipts {
        notes.extend(receipts.notes(&items));
    }
    assumptions.extend(rows.assumptions.clone());
    Ok(Loaded { items, next, dated, periods, assumptions, notes })
}

fn item(
    tables: &Tables,
    row: &ItemRow,
    received: Option<LeadTime>,
    series: sales::Series,
    whole: bool,
) -> Item {
    let lead_time = received.or_else(|| row.lead_time.clone());
    let target = match (row.target, tables.target) {
        (None, target) => target,
        (Some(share), Target::FillRate(_)) => Target::FillRate(share),
        (Some(share), Target::CycleService(_)) => Target::CycleService(share),
    };
    Item {
        item: series.item,
        place: series.place,
        history: series.history,
        sold_out: series.sold_out,
        physics: Physics {
            lead_time: lead_time.unwrap_or_else(|| LeadTime::fixed(DEFAULT_LEAD_TIME)),
            review: row.review.unwrap_or(1),
            minimum: row.minimum.unwrap_or(0.0),
            multiple: row.multiple.unwrap_or(if whole { 1.0 } else { 0.0 }),
            unmet: tables.unmet,
        },
        money: Money {
            cost: row.cost.unwrap_or(DEFAULT_COST),
            price: row.price,
            holding_rate: row.holding_rate.unwrap_or(DEFAULT_HOLDING_RATE),
            order_cost: row.order_cost.unwrap_or(0.0),
        },
        target,
        stock: row.stock,
        on_order: row.on_order.unwrap_or(0.0),
        supplier: row.supplier.clone(),
    }
}

/// What is taken for granted, in sentences.
fn assumptions(tables: &Tables, rows: &items::Items, has_receipts: bool, whole: bool) -> Vec<String> {
    let period = tables.period.name();
    let lacks = |name: &str| !rows.present.contains(&name);
    let (share, kind) = match tables.target {
        Target::FillRate(share) => (share, "immediate fill rate (share of demand met at once)"),
        Target::CycleService(share) => (share, "cycle service (share of cycles without a shortage)"),
    };
    let unmet = match tables.unmet {
        Unmet::Lost => "lost",
        Unmet::Wait => "waits until stock comes",
    };
    let mut said = vec![
        format!(
            "one period is a {period}; an order placed in period t with lead time L can be sold from period t + L on"
        ),
        format!(
            "target: {kind} of {share}{}",
            if lacks("target") { "" } else { " where the table of items has none" }
        ),
        format!("demand that is not met at once: {unmet}"),
    ];
    let mut default = |name: &str, words: String| {
        if lacks(name) {
            said.push(format!("{words} (no column {name})"));
        }
    };
    if !has_receipts {
        default("lead_time", format!("lead time: {DEFAULT_LEAD_TIME} {period}"));
    }
    default("cost", format!("cost of a unit: {DEFAULT_COST}"));
    default("holding_rate", format!("holding a unit for a year: {DEFAULT_HOLDING_RATE} of its cost"));
    default(
        "order_cost",
        "cost of an order: 0, so one is placed whenever the reorder point is reached".into(),
    );
    default("min", "no least order".into());
    default(
        "multiple",
        if whole { "orders are whole units".into() } else { "orders of any quantity".into() },
    );
    default("review", format!("orders can be placed every {period}"));
    default("stock", "stock now: unknown, so order_now stays empty".into());
    default("on_order", "on order now: nothing".into());
    said
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn weeks_begin_on_monday_and_months_with_the_first() {
        // 5 January 2026 is a Monday.
        let week = Period::Week.number(date(2026, 1, 5));
        assert_eq!(Period::Week.number(date(2026, 1, 4)), week - 1);
        assert_eq!(Period::Week.number(date(2026, 1, 11)), week);
        assert_eq!(Period::Week.first_day(week), Some(date(2026, 1, 5)));
        let month = Period::Month.number(date(2026, 12, 31));
        assert_eq!(Period::Month.first_day(month + 1), Some(date(2027, 1, 1)));
        assert_eq!(Period::Day.first_day(Period::Day.number(date(2024, 2, 29))), Some(date(2024, 2, 29)));
    }
}
