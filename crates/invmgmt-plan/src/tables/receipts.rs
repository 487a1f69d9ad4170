//! Lead times by data: orders and when they were received.

use std::collections::HashMap;

use invmgmt_data::{Source, Table};

use super::sales::{Clock, Mistakes};
use super::{Period, TableError};
use crate::item::Item;
use crate::physics::{LONGEST_LEAD_TIME, LeadTime};

/// Lead times seen, by item and place.
#[derive(Clone, Debug, Default)]
pub(super) struct Receipts {
    seen: HashMap<(String, String), Vec<u32>>,
    /// Orders that were not received yet.
    open: usize,
}

/// Reads a table with the columns item, place, ordered, received.
pub(super) fn read(source: &Source, period: Period) -> Result<Receipts, TableError> {
    let mut table = Table::open(source)?;
    let [item, ordered, received] = ["item", "ordered", "received"].map(|name| table.find(name));
    let (item, ordered, received) = (item?, ordered?, received?);
    let place = table.names().iter().position(|name| name.trim() == "place");
    let (mut receipts, mut mistakes) = (Receipts::default(), Mistakes::default());
    let mut clocks = [Clock::default(), Clock::default()];
    while table.advance()? {
        // What is still on its way does not say yet how long it takes.
        if table.cell(received)?.trim().is_empty() {
            receipts.open += 1;
            continue;
        }
        let [from, to] =
            [(0, ordered), (1, received)].map(|(which, at)| clocks[which].read(&table, at, period));
        let (from, to) = match (from, to) {
            (Ok(from), Ok(to)) => (from, to),
            (Err(error), _) | (_, Err(error)) => {
                mistakes.add(error)?;
                continue;
            }
        };
        let Some(periods) = u32::try_from(to - from).ok().filter(|periods| *periods <= LONGEST_LEAD_TIME)
        else {
            let message = format!(
                "received: {} periods after it was ordered; expected 0 to {LONGEST_LEAD_TIME}",
                to - from
            );
            mistakes.add(table.at_fault(message))?;
            continue;
        };
        let at = place.map_or(Ok(""), |position| table.cell(position))?.trim().to_owned();
        receipts.seen.entry((table.cell(item)?.trim().to_owned(), at)).or_default().push(periods);
    }
    mistakes.none()?;
    Ok(receipts)
}

impl Receipts {
    /// The lead time of an item at a place, as often as it was seen; none if it was never received.
    pub fn of(&self, item: &str, place: &str) -> Option<LeadTime> {
        let key = |place: &str| (item.to_owned(), place.to_owned());
        let seen = self.seen.get(&key(place)).or_else(|| self.seen.get(&key("")))?;
        LeadTime::weighted(seen.iter().map(|&periods| (periods, 1.0)))
    }

    /// What the receipts leave open.
    pub fn notes(&self, items: &[Item]) -> Vec<String> {
        let without = items.iter().filter(|item| self.of(&item.item, &item.place).is_none()).count();
        let never = format!(
            "{without} rows of the plan were never received: the table of items gives their lead time, or the default"
        );
        let open = format!(
            "{} orders without a date of receipt are still on their way and say nothing yet",
            self.open
        );
        let notes = [(without > 0).then_some(never), (self.open > 0).then_some(open)];
        notes.into_iter().flatten().collect()
    }
}
