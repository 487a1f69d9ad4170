//! Times as texts: how the published adapters order them, and what is odd about them.

use std::cmp::Ordering;
use std::collections::HashSet;

use jiff::civil::Date;

use crate::text::shown;

/// The date a text begins with, as `2015-07-31`, alone or followed by a time of day.
pub(crate) fn parse_date(text: &str) -> Option<Date> {
    let text = text.trim();
    let (date, rest) = text.split_at_checked(10)?;
    (rest.is_empty() || rest.starts_with(['T', ' '])).then(|| date.parse().ok())?
}

/// Numbers by value before all other texts by their letters.
pub(super) fn order_of_numbers_and_texts(a: &str, b: &str) -> Ordering {
    let number = |text: &str| crate::cell::number(text).filter(|number| !number.is_nan());
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => a.cmp(b),
    }
}

/// What is odd about times that stand in the order of their periods: repeated ones, an order by letters that is not
/// theirs, days left out.
pub(super) fn oddities(column: &str, times: &[&str]) -> Vec<String> {
    let mut notes = Vec::new();
    let repeated = times.len() - times.iter().collect::<HashSet<_>>().len();
    if repeated > 0 {
        notes.push(format!(
            "{repeated} row(s) share their {column} with a row before; each row is a period of its own"
        ));
    }
    let dates: Option<Vec<Date>> = times.iter().map(|text| parse_date(text)).collect();
    match dates {
        Some(dates) => notes.extend(days_left_out(column, &dates)),
        None => notes.extend(letters(column, times)),
    }
    notes
}

/// Days missing between the first and the last of rows that are mostly a day apart.
fn days_left_out(column: &str, dates: &[Date]) -> Option<String> {
    let steps = dates.windows(2).map(|pair| i64::from((pair[1] - pair[0]).get_days()));
    let (mut single, mut missing, mut first) = (0, 0, None);
    for (step, date) in steps.zip(dates) {
        single += usize::from(step == 1);
        if step > 1 {
            missing += step - 1;
            first = first.or(Some(date));
        }
    }
    let after = first.filter(|_| 2 * single >= dates.len().saturating_sub(1))?;
    Some(format!(
        "{missing} day(s) have no row, the first after {after}; {column}: the rows are consecutive periods all the same"
    ))
}

/// Times that are neither dates nor in the order of their numbers.
fn letters(column: &str, times: &[&str]) -> Option<String> {
    let is_number = |text: &&str| crate::cell::number(text).is_some();
    let ordered = times.windows(2).all(|pair| order_of_numbers_and_texts(pair[0], pair[1]).is_le());
    if times.iter().all(is_number) {
        return (!ordered).then(|| {
            format!(
                "{column} was ordered as text, in which '10' stands before '9'; pad the numbers with zeros"
            )
        });
    }
    let odd =
        times.iter().find(|text| parse_date(text).is_none() && text.bytes().any(|b| b.is_ascii_digit()))?;
    Some(format!(
        "{column} '{}' is no date of the form 2015-07-31, so {column} was ordered as text; \
         is that the order of time?",
        shown(odd)
    ))
}
