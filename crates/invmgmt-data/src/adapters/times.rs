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

/// The order of times: numbers by value, then all other texts by their letters, in which runs of digits count by value.
pub(super) fn order_of_times(a: &str, b: &str) -> Ordering {
    let number = |text: &str| crate::cell::number(text).filter(|number| !number.is_nan());
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => order_of_texts(a, b),
    }
}

/// `W2` before `W10`.
fn order_of_texts(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let (Some(first), Some(second)) = (left.chars().next(), right.chars().next()) else {
            return left.len().cmp(&right.len()).then_with(|| a.cmp(b));
        };
        let order = if first.is_ascii_digit() && second.is_ascii_digit() {
            let (one, other) = (digits(&mut left), digits(&mut right));
            one.len().cmp(&other.len()).then_with(|| one.cmp(other))
        } else {
            left = &left[first.len_utf8()..];
            right = &right[second.len_utf8()..];
            first.cmp(&second)
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// Takes a run of digits off the front of a text; zeros before it do not count.
fn digits<'a>(text: &mut &'a str) -> &'a str {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let (run, rest) = text.split_at(end);
    *text = rest;
    run.trim_start_matches('0')
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

/// Times that are neither dates nor numbers: how they were ordered, since nobody can know whether that is time's order.
pub(super) fn letters(column: &str, times: &[&str]) -> Option<String> {
    let is_odd = |text: &&&str| parse_date(text).is_none() && crate::cell::number(text).is_none();
    let odd = times.iter().filter(is_odd).min().filter(|_| times.iter().any(|time| *time != times[0]))?;
    Some(format!(
        "{column} '{}' is no date of the form 2015-07-31 and no number, so {column} was ordered as text (digits by \
         value); is that the order of time?",
        shown(odd)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(mut times: Vec<&str>) -> Vec<&str> {
        times.sort_by(|a, b| order_of_times(a, b));
        times
    }

    #[test]
    fn numbers_and_digits_count_by_value() {
        assert_eq!(ordered(vec!["10", "9", "100", "1", "8.5"]), ["1", "8.5", "9", "10", "100"]);
        assert_eq!(ordered(vec!["W10", "W2", "W1"]), ["W1", "W2", "W10"]);
        assert_eq!(ordered(vec!["2024-10", "2024-9", "2023-12"]), ["2023-12", "2024-9", "2024-10"]);
        assert_eq!(ordered(vec!["b", "10", "a", "9"]), ["9", "10", "a", "b"]);
    }

    #[test]
    fn months_by_their_letters_are_said_and_dates_and_numbers_are_not() {
        assert!(oddities("t", &["Apr", "Feb", "Jan"])[0].contains("t 'Apr' is no date of the form"));
        assert!(oddities("t", &["2024-02-01", "2024-02-02"]).is_empty());
        assert!(oddities("t", &["1", "2", "10"]).is_empty());
    }
}
