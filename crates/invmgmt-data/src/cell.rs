//! What the text of a cell stands for.

use crate::value::{Content, Value};

/// The number a text spells, with a decimal point; spaces around it and underscores between digits do not matter.
/// `nan` and `inf` are numbers here; whoever wants finite ones asks.
pub(crate) fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    // Counts of units are nearly all there is in files of sales.
    if !text.is_empty() && text.len() <= 15 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let whole = text.bytes().fold(0_u64, |number, digit| number * 10 + u64::from(digit - b'0'));
        return Some(whole as f64);
    }
    text.parse().ok().or_else(|| without_underscores(text)?.parse().ok())
}

/// The whole number a text spells.
fn whole(text: &str) -> Option<i64> {
    text.parse().ok().or_else(|| without_underscores(text)?.parse().ok())
}

/// The text without underscores, if each stands between two digits.
fn without_underscores(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let is_digit = |position: usize| bytes.get(position).is_some_and(u8::is_ascii_digit);
    let fits = |position: usize| position > 0 && is_digit(position - 1) && is_digit(position + 1);
    let mut marks = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'_').map(|(position, _)| position);
    (text.contains('_') && marks.all(fits)).then(|| text.replace('_', ""))
}

/// The content of a cell: nothing, `true` or `false` in any case, a whole number, a number, or a text without the
/// spaces around it.
pub(crate) fn content(cell: &str) -> Content {
    let text = cell.trim();
    if text.is_empty() {
        Content::Null
    } else if text.eq_ignore_ascii_case("true") {
        Content::Bool(true)
    } else if text.eq_ignore_ascii_case("false") {
        Content::Bool(false)
    } else if let Some(whole) = whole(text) {
        Content::Integer(whole)
    } else if let Some(number) = number(text) {
        Content::Number(number)
    } else {
        Content::Text(text.to_owned())
    }
}

/// A text without a decimal part of zeros: `7.0` is `7`, as a column of whole numbers is written where a cell is blank.
pub(crate) fn plain(text: &str) -> &str {
    match text.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0') => {
            let digits = whole.trim_start_matches('-');
            if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) { whole } else { text }
        }
        _ => text,
    }
}

/// [`content`] with the line it stands on.
pub(crate) fn value(cell: &str, line: u64) -> Value {
    Value { line: u32::try_from(line).ok(), ..Value::new(content(cell)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_taken_for_what_they_spell() {
        for (cell, expected) in [
            ("", Content::Null),
            (" \t", Content::Null),
            ("tRuE", Content::Bool(true)),
            ("FALSE", Content::Bool(false)),
            (" +5 ", Content::Integer(5)),
            ("00", Content::Integer(0)),
            ("1_000", Content::Integer(1000)),
            ("-0.5", Content::Number(-0.5)),
            ("1.", Content::Number(1.0)),
            ("1e400", Content::Number(f64::INFINITY)),
            ("9999999999999999999999", Content::Number(1e22)),
            ("none", Content::Text("none".into())),
            (" 0x10", Content::Text("0x10".into())),
            ("1__0", Content::Text("1__0".into())),
            ("_1", Content::Text("_1".into())),
            ("1e", Content::Text("1e".into())),
        ] {
            assert_eq!(content(cell), expected, "{cell:?}");
        }
        assert!(matches!(content("NaN"), Content::Number(number) if number.is_nan()));
    }

    #[test]
    fn a_whole_number_is_one_with_or_without_zeros_behind_the_point() {
        for (text, expected) in [
            ("7.0", "7"),
            ("-3.00", "-3"),
            ("007.0", "007"),
            ("7.50", "7.50"),
            ("7.", "7."),
            (".0", ".0"),
            ("v1.0", "v1.0"),
        ] {
            assert_eq!(plain(text), expected);
        }
    }

    #[test]
    fn numbers_of_up_to_fifteen_digits_are_exact() {
        assert_eq!(number("999999999999999"), Some(999_999_999_999_999.0));
        assert_eq!(number("0012"), Some(12.0));
        assert_eq!(number("9007199254740993"), "9007199254740993".parse().ok());
        assert_eq!(number(" 2.5e3 "), Some(2500.0));
        assert_eq!(number(""), None);
    }
}
