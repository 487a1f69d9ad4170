//! How a table is written, as far as somebody says so.

use std::str::FromStr;

use super::dates::DateOrder;
use super::numbers::DecimalSign;

/// How a table is written. What is not said is found in the file, or refused where it can be read in two ways.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableForm {
    /// What stands between two cells.
    pub separator: Option<Separator>,
    /// What stands before the fraction of a number.
    pub decimal: Option<DecimalSign>,
    /// Order of day, month and year in dates.
    pub dates: Option<DateOrder>,
    /// Which sheet of a spreadsheet: its name, or its number, the first being 1.
    pub sheet: Option<String>,
    /// Which cells of a spreadsheet.
    pub range: Option<CellRange>,
}

/// A sign between two cells: one ASCII character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Separator(pub(super) u8);

impl Separator {
    /// Signs that are looked for, in order.
    pub(super) const USUAL: [Self; 4] = [Self(b','), Self(b';'), Self(b'\t'), Self(b'|')];

    /// Its name in messages.
    pub fn name(self) -> String {
        match self.0 {
            b',' => "comma".to_owned(),
            b';' => "semicolon".to_owned(),
            b'\t' => "tab".to_owned(),
            b'|' => "bar".to_owned(),
            b' ' => "space".to_owned(),
            other => format!("'{}'", char::from(other)),
        }
    }
}

impl FromStr for Separator {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match (text, text.as_bytes()) {
            ("comma", _) => Ok(Self(b',')),
            ("semicolon", _) => Ok(Self(b';')),
            ("tab" | "\\t", _) => Ok(Self(b'\t')),
            ("bar" | "pipe", _) => Ok(Self(b'|')),
            ("space", _) => Ok(Self(b' ')),
            (_, &[sign])
                if sign.is_ascii() && !sign.is_ascii_alphanumeric() && !b"\"\r\n".contains(&sign) =>
            {
                Ok(Self(sign))
            }
            _ => Err(format!(
                "found '{}'; expected one sign such as ',' or ';', or comma, semicolon, tab, bar, space",
                crate::text::shown(text)
            )),
        }
    }
}

impl FromStr for DecimalSign {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "." | "point" => Ok(Self::Point),
            "," | "comma" => Ok(Self::Comma),
            _ => Err(format!("found '{}'; expected '.' or ','", crate::text::shown(text))),
        }
    }
}

impl FromStr for DateOrder {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|order| order.name() == text).ok_or_else(|| {
            let allowed = "day-first, month-first or year-first";
            format!("found '{}'; expected {allowed}", crate::text::shown(text))
        })
    }
}

/// A rectangle of a spreadsheet, first and last row and column counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellRange {
    pub(super) first: (u32, u32),
    pub(super) last: (u32, u32),
}

impl CellRange {
    /// Whether a cell lies in it, by its row and column.
    pub(super) fn holds(&self, (row, column): (u32, u32)) -> bool {
        (self.first.0..=self.last.0).contains(&row) && (self.first.1..=self.last.1).contains(&column)
    }
}

impl FromStr for CellRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let corners = text.split_once(':').and_then(|(first, last)| Some((corner(first)?, corner(last)?)));
        match corners {
            Some((first, last)) if first.0 <= last.0 && first.1 <= last.1 => Ok(Self { first, last }),
            _ => Err(format!(
                "found '{}'; expected the first and the last cell of a table, as in A3:F200",
                crate::text::shown(text)
            )),
        }
    }
}

/// Row and column of a cell such as `B12`.
fn corner(text: &str) -> Option<(u32, u32)> {
    let text = text.trim().replace('$', "").to_ascii_uppercase();
    let letters = text.bytes().take_while(u8::is_ascii_uppercase).count();
    let (letters, digits) = text.split_at(letters);
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let column = letters.bytes().fold(0, |column, letter| column * 26 + u32::from(letter - b'A') + 1);
    let row: u32 = digits.parse().ok().filter(|row| (1..=1_048_576).contains(row))?;
    Some((row - 1, column - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_as_a_spreadsheet_writes_it() {
        let range: CellRange = "b3:AA$10".parse().unwrap();
        assert_eq!((range.first, range.last), ((2, 1), (9, 26)));
        for refused in ["", "A1", "A0:B2", "B2:A1", "1A:2B", "A1:B", "ABCD1:ABCD2"] {
            let message = refused.parse::<CellRange>().unwrap_err();
            assert!(message.contains("as in A3:F200"), "{message}");
        }
    }

    #[test]
    fn separators_are_signs_or_their_names() {
        assert_eq!("tab".parse(), Ok(Separator(b'\t')));
        assert_eq!(";".parse(), Ok(Separator(b';')));
        for refused in ["", "a", "\"", ";;", "ä"] {
            assert!(refused.parse::<Separator>().unwrap_err().contains("expected one sign"), "{refused}");
        }
        assert!("x".parse::<DecimalSign>().unwrap_err().contains("expected '.' or ','"));
        assert!("us".parse::<DateOrder>().unwrap_err().contains("day-first, month-first or year-first"));
    }
}
