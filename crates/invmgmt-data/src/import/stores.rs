//! Sales added up per store and time, and the choice among stores and times.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::civil::{Date, date};

use super::Choices;
use crate::SeriesError;
use crate::adapters::AdapterError;
use crate::nearest::nearest;
use crate::table::Table;
use crate::text::shown;

/// The sales of a store.
#[derive(Clone, Debug, PartialEq)]
pub struct StoreSeries {
    /// Its name in the data.
    pub name: String,
    /// The product, where items are kept apart.
    pub product: Option<String>,
    /// What it is grouped by, as its region; none if the data do not say.
    pub group: Option<String>,
    /// Units per period, not below 0.
    pub units: Vec<f64>,
    /// Average selling price of a unit [money]; none if the data do not say.
    pub price: Option<f64>,
}

/// Stores, times and notes.
type Closed = (Vec<StoreSeries>, Vec<i64>, Vec<String>);

/// Sales while they are read.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    accounts: Vec<Account>,
    /// The accounts of each store: one, or one per product.
    places: HashMap<String, Vec<usize>>,
    items: HashSet<String>,
}

#[derive(Debug, Default)]
struct Account {
    name: String,
    product: Option<String>,
    group: Option<String>,
    by_time: BTreeMap<i64, Sum>,
    priced_units: f64,
    turnover: f64,
}

/// Units of a store at a time, and of how many rows they are.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    units: f64,
    rows: u64,
}

impl Ledger {
    /// Position of the account of a store, and of a product where items are kept apart, which is opened if it is new.
    pub fn store(&mut self, name: &str, product: Option<&str>) -> usize {
        let known = self.places.get(name).map_or(&[][..], Vec::as_slice);
        if let Some(&place) = known.iter().find(|&&place| self.accounts[place].product.as_deref() == product)
        {
            return place;
        }
        let place = self.accounts.len();
        let group = known.first().and_then(|&first| self.accounts[first].group.clone());
        let product = product.map(ToOwned::to_owned);
        self.accounts.push(Account { name: name.to_owned(), product, group, ..Account::default() });
        self.places.entry(name.to_owned()).or_default().push(place);
        place
    }

    pub fn is_empty(&self) -> bool {
        self.accounts.is_empty()
    }

    /// Notes an item.
    pub fn item(&mut self, name: &str) {
        if !self.items.contains(name) {
            self.items.insert(name.to_owned());
        }
    }

    /// How many items were noted.
    pub fn items(&self) -> usize {
        self.items.len()
    }

    /// Adds units sold at a time.
    pub fn sell(&mut self, store: usize, time: i64, units: f64) {
        let sum = self.accounts[store].by_time.entry(time).or_default();
        sum.units += units;
        sum.rows += 1;
    }

    /// How many sums of a store and time there are, how many of them are of several rows, and the most rows of one.
    pub fn added_up(&self) -> (usize, usize, u64) {
        let sums = || self.accounts.iter().flat_map(|account| account.by_time.values());
        let several = sums().filter(|sum| sum.rows > 1).count();
        (sums().count(), several, sums().map(|sum| sum.rows).max().unwrap_or(0))
    }

    /// Notes units sold at a price; the store's price is the average over units.
    pub fn price(&mut self, store: usize, units: f64, price: f64) {
        let account = &mut self.accounts[store];
        account.priced_units += units.max(0.0);
        account.turnover += units.max(0.0) * price;
    }

    /// Says what a store is grouped by, if the store is known.
    pub fn group(&mut self, store: &str, group: &str) {
        for &place in self.places.get(store).into_iter().flatten() {
            self.accounts[place].group = Some(group.to_owned());
        }
    }

    /// The stores and times chosen, and notes on what was left out or changed. A store without sales at a time that
    /// another store has sold 0.
    pub fn close(mut self, source: &str, choices: &Choices) -> Result<Closed, AdapterError> {
        let mut notes = Vec::new();
        self.choose(source, choices, &mut notes)?;
        let times: BTreeSet<i64> =
            self.accounts.iter().flat_map(|account| account.by_time.keys().copied()).collect();
        let left_out = times.len().saturating_sub(choices.last.unwrap_or(times.len()));
        let times: Vec<i64> = times.into_iter().skip(left_out).collect();
        let (mut absent, mut negative) = (0_usize, 0_usize);
        let mut series = Vec::with_capacity(self.accounts.len());
        for account in self.accounts {
            let mut units = Vec::with_capacity(times.len());
            for time in &times {
                let sold = account.by_time.get(time);
                absent += usize::from(sold.is_none());
                negative += usize::from(sold.is_some_and(|sold| sold.units < 0.0));
                units.push(sold.map_or(0.0, |sold| sold.units.max(0.0)));
            }
            let price = (account.priced_units > 0.0).then(|| account.turnover / account.priced_units);
            series.push(StoreSeries {
                name: account.name,
                product: account.product,
                group: account.group,
                units,
                price,
            });
        }
        if negative > 0 {
            notes.push(format!(
                "{negative} sum(s) of a store and period were negative (returns) and became 0"
            ));
        }
        if absent > 0 {
            let all = series.len() * times.len();
            notes.push(format!(
                "{absent} of {all} sums of a store and period have no row in the data and count as 0"
            ));
        }
        Ok((series, times, notes))
    }

    /// Keeps the stores wanted, in order of name.
    fn choose(
        &mut self,
        source: &str,
        choices: &Choices,
        notes: &mut Vec<String>,
    ) -> Result<(), AdapterError> {
        for wanted in &choices.stores {
            if !self.places.contains_key(code(wanted)) {
                let near = nearest(wanted, self.accounts.iter().map(|account| account.name.as_str()));
                let near = near.map(|near| format!("; nearest: '{}'", shown(near))).unwrap_or_default();
                return Err(AdapterError::data(source, format!("no store '{}'{near}", shown(wanted))));
            }
        }
        if !choices.stores.is_empty() {
            let wanted: Vec<&str> = choices.stores.iter().map(|store| code(store)).collect();
            self.accounts.retain(|account| wanted.contains(&account.name.as_str()));
        } else if self.places.len() > choices.max_stores {
            let all = self.places.len();
            let sold =
                |&place: &usize| self.accounts[place].by_time.values().map(|sum| sum.units).sum::<f64>();
            let total = |places: &Vec<usize>| places.iter().map(sold).sum::<f64>();
            let mut stores: Vec<(&String, f64)> =
                self.places.iter().map(|(name, places)| (name, total(places))).collect();
            stores.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
            let kept: HashSet<String> =
                stores.into_iter().take(choices.max_stores).map(|(name, _)| name.clone()).collect();
            self.accounts.retain(|account| kept.contains(&account.name));
            notes.push(format!(
                "kept the {} stores of {all} that sell most; choose others with --stores or more with --max-stores",
                choices.max_stores
            ));
        }
        let product = |account: &Account| account.product.clone().unwrap_or_default();
        self.accounts.sort_by(|a, b| {
            natural(&a.name)
                .cmp(&natural(&b.name))
                .then_with(|| natural(&product(a)).cmp(&natural(&product(b))))
        });
        Ok(())
    }
}

/// A name of a store, group or item as it counts: a table that went through a spreadsheet or a column with gaps says
/// 7.0 where another says 7.
pub(super) fn code(name: &str) -> &str {
    let name = name.trim();
    match name.split_once('.') {
        Some((whole, zeros))
            if !whole.is_empty()
                && whole.bytes().all(|byte| byte.is_ascii_digit())
                && !zeros.is_empty()
                && zeros.bytes().all(|byte| byte == b'0') =>
        {
            whole
        }
        _ => name,
    }
}

/// Numbers by value before other names.
fn natural(name: &str) -> (bool, u64, &str) {
    name.parse().map_or((true, 0, name), |number| (false, number, name))
}

/// Times as numbers: days of the calendar, or the whole numbers a column has.
#[derive(Debug, Default)]
pub(super) struct Clock {
    /// Whether times are dates; known after the first one.
    are_dates: Option<bool>,
    /// The text read last and its number: rows of a time mostly stand together.
    last: Option<(String, i64)>,
    /// Whether a date had a time of day beside it that is not midnight.
    has_times_of_day: bool,
}

const EPOCH: Date = date(1970, 1, 1);

impl Clock {
    /// The time in a cell of the current row.
    pub fn read(&mut self, table: &Table<'_>, position: usize) -> Result<i64, SeriesError> {
        let text = table.cell(position)?;
        if let Some((last, time)) = &self.last
            && last == text
        {
            return Ok(*time);
        }
        let day = |date: Date| i64::from((date - EPOCH).get_days());
        let number = || text.trim().parse::<i64>().ok();
        let found = match self.are_dates {
            Some(true) => table.date(position)?.map(day),
            Some(false) => number(),
            // Eight digits count as a whole number here.
            None => match number() {
                Some(number) => Some(number),
                None => table.date(position)?.map(day),
            },
        };
        let Some(time) = found else {
            let column = shown(table.names()[position].trim());
            let expected = match self.are_dates {
                Some(true) => "a date as 2015-07-31",
                Some(false) => "a whole number, as in the rows before",
                None => "a date as 2015-07-31 or a whole number",
            };
            return Err(table.at_fault(format!("{column}: found '{}'; expected {expected}", shown(text))));
        };
        self.are_dates = Some(self.are_dates.unwrap_or_else(|| number().is_none()));
        self.has_times_of_day |= self.are_dates == Some(true) && is_within_the_day(text);
        self.last = Some((text.to_owned(), time));
        Ok(time)
    }

    /// That times of day were left out, in a sentence.
    pub fn times_of_day(&self, column: &str) -> Option<String> {
        self.has_times_of_day.then(|| {
            format!("{column} has times of day; sales are added up per day: a period is a day, not an hour")
        })
    }

    /// A time as the scenario names it.
    pub fn spelled(&self, time: i64) -> String {
        if self.are_dates == Some(true) { spelled_date(time) } else { time.to_string() }
    }

    /// How many days between the first and the last time are none of the periods, in a sentence.
    pub fn days_between(&self, times: &[i64]) -> Option<String> {
        let (first, last) = (times.first()?, times.last()?);
        let missing = last - first + 1 - times.len() as i64;
        let weekly_or_longer = times.windows(2).all(|pair| pair[1] - pair[0] > 1);
        (self.are_dates == Some(true) && missing > 0 && !weekly_or_longer).then(|| {
            format!(
                "{missing} day(s) between the first and the last have no row of any store and are no periods"
            )
        })
    }
}

/// Whether a date is followed by a time of day other than midnight, whatever its zone.
fn is_within_the_day(text: &str) -> bool {
    let rest = text.trim().get(11..).unwrap_or_default();
    let clock = rest.split(['+', '-', 'Z']).next().unwrap_or_default();
    clock.bytes().any(|byte| (b'1'..=b'9').contains(&byte))
}

pub(super) fn spelled_date(day: i64) -> String {
    let span = jiff::Span::new().try_days(day).ok();
    span.and_then(|span| EPOCH.checked_add(span).ok())
        .map_or_else(|| day.to_string(), |date| date.to_string())
}
