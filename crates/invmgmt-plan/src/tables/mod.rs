//! From the tables a planner has to items with all that is known of them.

mod demand;
mod items;
mod lead_time;
mod receipts;
mod sales;

use std::collections::{HashMap, HashSet};

use invmgmt_data::{SeriesError, Source};
use jiff::civil::Date;

use crate::assortment::Chain;
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
    /// Sales; there need be none where every row of the table of items has a law of demand.
    pub sales: Option<Source>,
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
    /// Who supplies whom.
    pub chains: Vec<Chain>,
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
    let read = |source| sales::read(source, &tables.columns, tables.period);
    let sales = tables.sales.as_ref().map(read).transpose()?.unwrap_or_default();
    let rows = tables.items.as_ref().map(items::read).transpose()?.unwrap_or_default();
    let receipts =
        tables.receipts.as_ref().map(|source| receipts::read(source, tables.period)).transpose()?;
    let mut assumptions = assumptions(tables, &rows, receipts.is_some(), sales.whole);
    let Sales { series, next, dated, periods, whole, mut notes } = sales;
    notes.extend(rows.notes.clone());
    let mut merged = Merged::of(&rows.rows, series);
    let items: Vec<Item> = std::mem::take(&mut merged.series)
        .into_iter()
        .map(|series| {
            let row = merged.row(&series);
            let received = receipts.as_ref().and_then(|receipts| receipts.of(&series.item, &series.place));
            item(tables, &row, received, series, whole)
        })
        .collect();
    if items.is_empty() {
        let message = match &tables.sales {
            Some(sales) => format!("{}: no rows of sales", sales.name()),
            None => "no sales are given, and no row of the table of items has a law of demand".to_owned(),
        };
        return Err(TableError::Unfit(message));
    }
    notes.extend(merged.notes(items.len()));
    if let Some(receipts) = &receipts {
        notes.extend(receipts.notes(&items));
    }
    let chains = chains(&items)?;
    assumptions.extend(rows.assumptions.clone());
    Ok(Loaded { items, chains, next, dated, periods, assumptions, notes })
}

/// Who is planned, and the row of the table of items that says more of each.
struct Merged<'a> {
    known: HashMap<(&'a str, &'a str), &'a ItemRow>,
    series: Vec<sales::Series>,
    /// Rows of the plan without a row in the table of items.
    lacking: Vec<String>,
    /// Rows of the table of items without sales or a law.
    without: Vec<String>,
    has_rows: bool,
}

impl<'a> Merged<'a> {
    fn of(rows: &'a [ItemRow], mut series: Vec<sales::Series>) -> Self {
        let known: HashMap<(&str, &str), &ItemRow> =
            rows.iter().map(|row| ((row.item.as_str(), row.place.as_str()), row)).collect();
        let mut there: HashSet<(String, String)> =
            series.iter().map(|series| (series.item.clone(), series.place.clone())).collect();
        let mut add = |item: &str, place: &str, series: &mut Vec<sales::Series>| {
            if there.insert((item.to_owned(), place.to_owned())) {
                series.push(sales::Series::empty(item, place));
            }
        };
        let sold: HashSet<String> = series.iter().map(|series| series.item.clone()).collect();
        // A row without a place is a row of its own only where nothing was sold anywhere.
        for row in rows.iter().filter(|row| row.demand.is_some()) {
            if !row.place.is_empty() || !sold.contains(&row.item) {
                add(&row.item, &row.place, &mut series);
            }
        }
        let places: HashSet<String> = rows
            .iter()
            .map(|row| row.place.clone())
            .chain(series.iter().map(|series| series.place.clone()))
            .filter(|place| !place.is_empty())
            .collect();
        for supplied in 0..series.len() {
            let (item, place) = (series[supplied].item.clone(), series[supplied].place.clone());
            let row = known.get(&(&*item, &*place)).or_else(|| known.get(&(&*item, "")));
            let supplier = row.and_then(|row| row.supplier.clone());
            if let Some(supplier) = supplier.filter(|name| *name != place && places.contains(name)) {
                add(&item, &supplier, &mut series);
            }
        }
        let without: Vec<String> = rows
            .iter()
            .filter(|row| !row.place.is_empty() && !there.contains(&(row.item.clone(), row.place.clone())))
            .map(|row| shown_name(&row.item, &row.place))
            .collect();
        Self { known, series, lacking: Vec::new(), without, has_rows: !rows.is_empty() }
    }

    /// What is known of an item at a place. A row without a place is for all places.
    fn row(&mut self, series: &sales::Series) -> ItemRow {
        let at = |place| self.known.get(&(series.item.as_str(), place));
        let found = at(&series.place).or_else(|| at("")).map(|row| (*row).clone());
        if found.is_none() && self.has_rows {
            self.lacking.push(shown_name(&series.item, &series.place));
        }
        found.unwrap_or_default()
    }

    fn notes(&self, planned: usize) -> Vec<String> {
        let mut notes = Vec::new();
        if !self.lacking.is_empty() {
            notes.push(format!(
                "{} of {planned} rows of the plan stand in no row of the table of items (as {}): defaults hold for them",
                self.lacking.len(),
                self.lacking[..self.lacking.len().min(3)].join(", ")
            ));
        }
        if !self.without.is_empty() {
            notes.push(format!(
                "{} rows of the table of items have no sales and no law of demand and are left out (as {}): give what is \
                 expected of them in a column demand, as {{poisson: {{mu: 2}}}}",
                self.without.len(),
                self.without[..self.without.len().min(3)].join(", ")
            ));
        }
        notes
    }
}

fn shown_name(item: &str, place: &str) -> String {
    format!("'{}, {}'", item.escape_debug(), place.escape_debug())
}

/// The items by who supplies whom: a place, or a warehouse and the stores it supplies.
fn chains(items: &[Item]) -> Result<Vec<Chain>, TableError> {
    let at: HashMap<(&str, &str), usize> = items
        .iter()
        .enumerate()
        .map(|(place, item)| ((item.item.as_str(), item.place.as_str()), place))
        .collect();
    let warehouse = |item: &Item| {
        let supplier = item.supplier.as_deref().filter(|name| *name != item.place && !name.is_empty())?;
        at.get(&(item.item.as_str(), supplier)).copied()
    };
    let supplied: Vec<Option<usize>> = items.iter().map(warehouse).collect();
    let mut stores: Vec<Vec<usize>> = vec![Vec::new(); items.len()];
    let mut mistakes = Vec::new();
    for (store, from) in supplied.iter().enumerate() {
        let Some(from) = *from else { continue };
        stores[from].push(store);
        let (item, hub) = (&items[store], &items[from]);
        let named = |mistake: String| {
            format!("item '{}', place '{}': {mistake}", item.item.escape_debug(), item.place.escape_debug())
        };
        if let Some(above) = supplied[from] {
            mistakes.push(named(format!(
                "its supplier '{}' is itself supplied by '{}'; expected a warehouse and its stores, not more",
                hub.place.escape_debug(),
                items[above].place.escape_debug()
            )));
        }
        if item.physics.life != hub.physics.life {
            mistakes.push(named(format!(
                "its life differs from that at its supplier '{}'; expected the same",
                hub.place.escape_debug()
            )));
        }
    }
    if !mistakes.is_empty() {
        return Err(TableError::Mistakes(mistakes));
    }
    let whole = stores.into_iter().enumerate().filter(|(place, _)| supplied[*place].is_none());
    Ok(whole.map(|(head, stores)| Chain { head, stores }).collect())
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
        law: row.demand.clone(),
        history: series.history,
        sold_out: series.sold_out,
        physics: Physics {
            lead_time: lead_time.unwrap_or_else(|| LeadTime::fixed(DEFAULT_LEAD_TIME)),
            review: row.review.unwrap_or(1),
            minimum: row.minimum.unwrap_or(0.0),
            multiple: row.multiple.unwrap_or(if whole { 1.0 } else { 0.0 }),
            unmet: tables.unmet,
            crossing: row.crossing.unwrap_or_default(),
            life: row.life,
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
    if tables.sales.is_none() {
        said.push("demand by the laws of the table of items".to_owned());
    }
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
    default("life", "nothing spoils".into());
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
