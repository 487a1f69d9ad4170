//! What stands between the cells of a text.

use super::form::Separator;

/// How the text of a table begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Begin {
    pub separator: Separator,
    /// Lines before the header.
    pub skipped: u64,
    /// The last byte of a line.
    pub ends_lines_with: u8,
}

impl Begin {
    /// Text written by this program or by a data frame.
    pub const WRITTEN: Self = Self { separator: Separator(b','), skipped: 0, ends_lines_with: b'\n' };
}

/// Lines looked at.
const LINES: usize = 100;

/// How a text begins that has this beginning.
pub(super) fn begin(sample: &[u8], given: Option<Separator>) -> Result<Begin, String> {
    let sample = sample.strip_prefix(b"\xef\xbb\xbf").unwrap_or(sample);
    let ends_lines_with = if sample.contains(&b'\r') && !sample.contains(&b'\n') { b'\r' } else { b'\n' };
    // Excel's own way of saying it.
    let first = sample.split(|&byte| byte == ends_lines_with).next().unwrap_or_default().trim_ascii();
    let said = first.strip_prefix(b"sep=").filter(|rest| rest.len() <= 1);
    let said_sign = said.map(|rest| Separator(rest.first().copied().unwrap_or(b'\t')));
    let skipped = u64::from(said.is_some());
    let separator = match given.or(said_sign) {
        Some(separator) => separator,
        None => found(sample, ends_lines_with)?,
    };
    Ok(Begin { separator, skipped, ends_lines_with })
}

/// The separator that parts all lines alike.
fn found(sample: &[u8], line_end: u8) -> Result<Separator, String> {
    let counts: Vec<(Separator, Vec<usize>)> =
        Separator::USUAL.iter().map(|&separator| (separator, cells(sample, separator, line_end))).collect();
    let is_even = |counts: &[usize]| counts[0] > 1 && counts.iter().all(|count| *count == counts[0]);
    let even: Vec<(Separator, usize)> = counts
        .iter()
        .filter(|(_, counts)| !counts.is_empty() && is_even(counts))
        .map(|(separator, counts)| (*separator, counts[0]))
        .collect();
    match even.as_slice() {
        [(only, _)] => Ok(*only),
        [] => {
            let parts = |counts: &[usize]| counts.first().is_some_and(|count| *count > 1);
            let in_header: Vec<Separator> =
                counts.iter().filter(|(_, counts)| parts(counts)).map(|(separator, _)| *separator).collect();
            let has_no_separator = in_header.is_empty();
            let only_numbers = has_no_separator && one_column_of_numbers(sample, line_end);
            Ok(match in_header.as_slice() {
                [only] => *only,
                // A column of decimal commas: nothing parts its cells.
                [] if only_numbers => Separator(b';'),
                _ => Separator(b','),
            })
        }
        several => {
            let said: Vec<String> = several
                .iter()
                .map(|(separator, count)| format!("{count} columns parted by {}s", separator.name()))
                .collect();
            let choices: Vec<String> =
                several.iter().map(|(separator, _)| format!("--separator {}", separator.name())).collect();
            Err(format!(
                "the header and the rows below are {}; say {}",
                said.join(" and as well "),
                choices.join(" or ")
            ))
        }
    }
}

/// Whether below a header without separators stand numbers that have decimal commas.
fn one_column_of_numbers(sample: &[u8], line_end: u8) -> bool {
    let text = String::from_utf8_lossy(sample);
    let mut lines = text.split(char::from(line_end)).skip(1).map(str::trim).filter(|line| !line.is_empty());
    let is_number =
        |line: &str| !matches!(super::numbers::spelled(line, None), super::numbers::Spelled::Nothing);
    let mut some = false;
    // The last line may be cut.
    lines.by_ref().take(LINES).all(|line| {
        some |= line.contains(',');
        is_number(line)
    }) && some
}

/// How many cells each line has, blank lines left out; the last line counts only if it is whole.
fn cells(sample: &[u8], separator: Separator, line_end: u8) -> Vec<usize> {
    let (mut counts, mut count, mut quoted, mut blank) = (Vec::new(), 1, false, true);
    for &byte in sample {
        match byte {
            b'"' => (quoted, blank) = (!quoted, false),
            _ if byte == line_end && !quoted => {
                if !blank {
                    counts.push(count);
                }
                (count, blank) = (1, true);
                if counts.len() == LINES {
                    return counts;
                }
            }
            _ if byte == separator.0 && !quoted => (count, blank) = (count + 1, false),
            b'\r' | b' ' => {}
            _ => blank = false,
        }
    }
    if counts.is_empty() && !blank {
        counts.push(count);
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<String, String> {
        begin(text.as_bytes(), None).map(|begin| begin.separator.name())
    }

    #[test]
    fn the_separator_is_the_sign_that_parts_all_lines_alike() {
        assert_eq!(of("a,b\n1,2\n"), Ok("comma".into()));
        assert_eq!(of("a;b\n1,5;2\n3,5;4\n"), Ok("semicolon".into()));
        assert_eq!(of("a\tb\n1\t2\n"), Ok("tab".into()));
        assert_eq!(of("a|b\n1|2\n"), Ok("bar".into()));
        assert_eq!(of("a,b\n\"x;y\",2\n"), Ok("comma".into()));
        assert_eq!(of("units\n1\n2\n"), Ok("comma".into()));
        assert_eq!(of("units\n1,5\n2\n"), Ok("semicolon".into()));
        assert_eq!(of("sep=;\na;b\n1;2\n"), Ok("semicolon".into()));
    }

    #[test]
    fn two_separators_that_fit_are_both_said() {
        let message = of("a,x;b,y\n1,5;2,5\n").unwrap_err();
        assert_eq!(
            message,
            "the header and the rows below are 3 columns parted by commas and as well 2 columns parted by semicolons; \
             say --separator comma or --separator semicolon"
        );
    }
}
