//! Dates as people write them. Where day and month can be told apart in two ways, nothing is guessed.

use jiff::civil::{Date, ISOWeekDate, Weekday};

use crate::text::shown;

/// Order of day, month and year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// 31/12/2026
    DayFirst,
    /// 12/31/2026
    MonthFirst,
    /// 26/12/31
    YearFirst,
}

impl DateOrder {
    /// All orders.
    pub const ALL: [Self; 3] = [Self::DayFirst, Self::MonthFirst, Self::YearFirst];

    /// Its name as an option.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DayFirst => "day-first",
            Self::MonthFirst => "month-first",
            Self::YearFirst => "year-first",
        }
    }

    /// The same in a sentence.
    const fn words(self) -> &'static str {
        match self {
            Self::DayFirst => "day first",
            Self::MonthFirst => "month first",
            Self::YearFirst => "year first",
        }
    }
}

/// What a text is as a date in each order; none where it is no date.
pub(super) type Readings = [Option<Date>; 3];

/// The readings of a text; none at all if it is no date in any order.
pub(super) fn readings(text: &str) -> Option<Readings> {
    let text = without_time(text.trim());
    let found = certain(text).map(|date| [Some(date); 3]).or_else(|| parts(text))?;
    found.iter().any(Option::is_some).then_some(found)
}

/// A span of several days that a text names where others have a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateSpan {
    /// `2026-W05`
    Week,
    /// `2026-01`, `Jan 2026`
    Month,
}

impl DateSpan {
    /// The span that a text names; none for a day, or what is no date.
    pub fn of(text: &str) -> Option<Self> {
        let text = without_time(text.trim());
        // Most dates are days in digits.
        if text.bytes().filter(u8::is_ascii_digit).count() >= 8 || certain(text).is_none() {
            return None;
        }
        let is_week = text
            .split_once(['W', 'w'])
            .is_some_and(|(year, _)| year_of(year.trim_end_matches(['-', ' '])).is_some());
        let parts = text.split(['-', '/', '.', ' ', ',']).filter(|part| !part.trim().is_empty()).count();
        match (is_week, parts) {
            (true, _) => Some(Self::Week),
            (false, 2) => Some(Self::Month),
            _ => None,
        }
    }
}

/// A date without a time of day behind it.
fn without_time(text: &str) -> &str {
    let is_time = |rest: &str| {
        let rest = rest.trim_start();
        rest.as_bytes().first().is_some_and(u8::is_ascii_digit) && rest.contains(':')
    };
    let at = text.char_indices().find(|&(at, sign)| {
        (sign == 'T' || sign == ' ' || sign == ',') && at >= 6 && is_time(&text[at + 1..])
    });
    at.map_or(text, |(at, _)| text[..at].trim_end_matches(','))
}

/// Names of the months and what people shorten them to, in English, German, French, Spanish, Italian, Portuguese and
/// Dutch. None stands for two months.
const MONTHS: [&[&str]; 12] = [
    &[
        "january", "jan", "januar", "jänner", "janvier", "janv", "enero", "ene", "gennaio", "gen", "janeiro",
        "januari",
    ],
    &[
        "february",
        "feb",
        "februar",
        "février",
        "févr",
        "fév",
        "febrero",
        "febbraio",
        "fevereiro",
        "fev",
        "februari",
    ],
    &["march", "mar", "märz", "mär", "mrz", "mars", "marzo", "março", "maart", "mrt"],
    &["april", "apr", "avril", "avr", "abril", "abr", "aprile"],
    &["may", "mai", "mayo", "maggio", "mag", "maio", "mei"],
    &["june", "jun", "juni", "juin", "junio", "giugno", "giu", "junho"],
    &["july", "jul", "juli", "juillet", "juil", "julio", "luglio", "lug", "julho"],
    &["august", "aug", "août", "aout", "agosto", "ago", "augustus"],
    &["september", "sep", "sept", "septembre", "septiembre", "settembre", "set", "setembro"],
    &["october", "oct", "oktober", "okt", "octobre", "octubre", "ottobre", "ott", "outubro", "out"],
    &["november", "nov", "novembre", "noviembre", "novembro"],
    &["december", "dec", "dezember", "dez", "décembre", "déc", "diciembre", "dic", "dicembre", "dezembro"],
];

/// Month of a name.
fn month(text: &str) -> Option<i8> {
    let text = text.trim_end_matches('.').to_lowercase();
    let found = MONTHS.iter().position(|names| names.contains(&text.as_str()));
    found.map(|position| position as i8 + 1)
}

/// Dates that have one reading: `20261231`, `2026-12`, `2026-W05`, with the name of the month.
fn certain(text: &str) -> Option<Date> {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if text.len() == 8 && is_digits(text) {
        let year = text[..4].parse().ok().filter(|year| (1900..2200).contains(year))?;
        return Date::new(year, text[4..6].parse().ok()?, text[6..].parse().ok()?).ok();
    }
    if let Some((year, week)) = text.split_once(['W', 'w'])
        && let (Some(year), true) = (year_of(year.trim_end_matches(['-', ' '])), is_digits(week))
    {
        let week = ISOWeekDate::new(year, week.parse().ok()?, Weekday::Monday).ok()?;
        return Some(week.date());
    }
    let split: Vec<&str> =
        text.split(['-', '/', '.', ' ', ',']).map(str::trim).filter(|part| !part.is_empty()).collect();
    match split.as_slice() {
        [one, other] => {
            let (year, named) =
                year_of(one).map(|year| (year, other)).or_else(|| Some((year_of(other)?, one)))?;
            let month = if is_digits(named) { named.parse().ok()? } else { month(named)? };
            Date::new(year, month, 1).ok()
        }
        [first, second, third] => {
            let (day, month, year) = match (month(first), month(second)) {
                (Some(month), None) => (*second, month, year_of(third)?),
                (None, Some(month)) => match year_of(first) {
                    Some(year) => (*third, month, year),
                    None => (*first, month, year_of(third).or_else(|| short_year(third))?),
                },
                _ => return None,
            };
            let day = day.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
            Date::new(year, month, day.parse().ok()?).ok()
        }
        _ => None,
    }
}

fn year_of(text: &str) -> Option<i16> {
    (text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

fn short_year(text: &str) -> Option<i16> {
    let year: i16 =
        (text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())??;
    Some(if year < 70 { 2000 + year } else { 1900 + year })
}

/// The readings of three numbers with one sign between them.
fn parts(text: &str) -> Option<Readings> {
    let sign = text.chars().find(|sign| !sign.is_ascii_digit()).filter(|sign| "-/. ".contains(*sign))?;
    let split: Vec<&str> = text.trim_end_matches('.').split(sign).map(str::trim).collect();
    let &[first, second, third] = split.as_slice() else { return None };
    let short = |text: &str| -> Option<i8> {
        (matches!(text.len(), 1 | 2) && text.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| text.parse().ok())?
    };
    let date = |year: Option<i16>, month: Option<i8>, day: Option<i8>| Date::new(year?, month?, day?).ok();
    if let Some(year) = year_of(first) {
        return Some([date(Some(year), short(second), short(third)); 3]);
    }
    let long = year_of(third);
    let year = long.or_else(|| short_year(third));
    let year_first = if long.is_some() { None } else { date(short_year(first), short(second), short(third)) };
    Some([date(year, short(second), short(first)), date(year, short(first), short(second)), year_first])
}

/// Pairs of orders.
const PAIRS: [(usize, usize); 3] = [(0, 1), (0, 2), (1, 2)];

/// Which orders the dates of a column leave.
#[derive(Clone, Debug, Default)]
pub(super) struct Orders {
    /// For each order a text, and its line, that is no date in it.
    against: [Option<(String, u64)>; 3],
    /// For each pair of orders a text that they read differently.
    unlike: [Option<(String, Readings)>; 3],
}

impl Orders {
    /// Takes note of a text that is a date in some order.
    pub fn add(&mut self, text: &str, line: u64, readings: &Readings) {
        for (against, reading) in self.against.iter_mut().zip(readings) {
            if reading.is_none() && against.is_none() {
                *against = Some((text.to_owned(), line));
            }
        }
        for (unlike, (one, other)) in self.unlike.iter_mut().zip(PAIRS) {
            let differ =
                readings[one].is_some() && readings[other].is_some() && readings[one] != readings[other];
            if differ && unlike.is_none() {
                *unlike = Some((text.to_owned(), *readings));
            }
        }
    }

    /// The order of the column's dates, or why there is none.
    pub fn decide(&self) -> Result<DateOrder, String> {
        let left: Vec<usize> = (0..3).filter(|&order| self.against[order].is_none()).collect();
        let Some(&first) = left.first() else {
            let said = DateOrder::ALL.iter().zip(&self.against).take(2).filter_map(|(order, against)| {
                let (text, line) = against.as_ref()?;
                Some(format!("'{}' (line {line}) cannot be {}", shown(text), order.words()))
            });
            return Err(format!("its dates are not in one order: {}", said.collect::<Vec<_>>().join(", ")));
        };
        let pairs = PAIRS.iter().zip(&self.unlike);
        let undecided = pairs
            .filter(|((one, other), _)| left.contains(one) && left.contains(other))
            .find_map(|(_, unlike)| unlike.as_ref());
        let Some((text, readings)) = undecided else { return Ok(DateOrder::ALL[first]) };
        let said = left.iter().filter_map(|&order| {
            Some(format!("{} read {}", readings[order]?.strftime("%-d %B %Y"), DateOrder::ALL[order].words()))
        });
        let choices = left.iter().map(|&order| format!("--dates {}", DateOrder::ALL[order].name()));
        Err(format!(
            "'{}' is {}, and no row tells which; say {}",
            shown(text),
            said.collect::<Vec<_>>().join(" and "),
            choices.collect::<Vec<_>>().join(" or ")
        ))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn usual_forms_of_a_date_have_one_reading() {
        let expected = Some([Some(date(2026, 1, 31)); 3]);
        for text in [
            "2026-01-31",
            "2026/1/31",
            "2026.01.31",
            "20260131",
            "31 Jan 2026",
            "Jan 31, 2026",
            "January 31 2026",
            "31-Jan-26",
            "31. January 2026",
            "2026-01-31 00:00:00",
            "2026-01-31T14:30:00Z",
            "2026-Jan-31",
            "31. Januar 2026",
            "31 janv. 2026",
            "31 Gen 2026",
        ] {
            assert_eq!(readings(text), expected, "{text}");
        }
        assert_eq!(readings("2026-02").unwrap()[0], Some(date(2026, 2, 1)));
        assert_eq!(readings("Feb 2026").unwrap()[0], Some(date(2026, 2, 1)));
        assert_eq!(readings("1. März 2026").unwrap()[0], Some(date(2026, 3, 1)));
        assert_eq!(readings("24-Dic-2025").unwrap()[0], Some(date(2025, 12, 24)));
        // Week 1 of 2026 begins on Monday, 29 December 2025.
        assert_eq!(readings("2026-W01").unwrap()[0], Some(date(2025, 12, 29)));
        for none in
            ["", "2026", "31", "total", "2026-13-01", "2026-02-30", "1/2", "Jan-26", "12:30", "1.2.3.4"]
        {
            assert_eq!(readings(none), None, "{none}");
        }
    }

    #[test]
    fn a_column_decides_the_order_of_its_dates_or_says_both_readings() {
        let decide = |texts: &[&str]| {
            let mut orders = Orders::default();
            for (line, text) in texts.iter().enumerate() {
                orders.add(text, line as u64 + 2, &readings(text).unwrap());
            }
            orders.decide()
        };
        assert_eq!(decide(&["03/04/2026", "25/04/2026"]), Ok(DateOrder::DayFirst));
        assert_eq!(decide(&["03/04/2026", "04/25/2026"]), Ok(DateOrder::MonthFirst));
        assert!(decide(&["26/04/03"]).unwrap_err().ends_with("say --dates day-first or --dates year-first"));
        assert_eq!(decide(&["99/04/30"]), Ok(DateOrder::YearFirst));
        assert_eq!(decide(&["01/01/2026", "02/02/2026"]), Ok(DateOrder::DayFirst));
        let message = decide(&["03/04/2026"]).unwrap_err();
        assert_eq!(
            message,
            "'03/04/2026' is 3 April 2026 read day first and 4 March 2026 read month first, and no row tells which; \
             say --dates day-first or --dates month-first"
        );
        let message = decide(&["25/04/2026", "04/25/2026"]).unwrap_err();
        assert!(message.contains("'04/25/2026' (line 3) cannot be day first"), "{message}");
    }
}
