//! Where a vertex is.

/// Where a column or a slack is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Between its bounds, or at one of them by chance.
    Basic,
    /// At 0.
    Lower,
    /// At its largest value.
    Upper,
}

/// Where a vertex is: of each column, and of the slack of each row, whether it is at a bound or between its bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basis {
    /// Of the columns.
    pub columns: Vec<Place>,
    /// Of the rows' slacks.
    pub rows: Vec<Place>,
}

impl Basis {
    /// All columns at 0, each row's slack for itself.
    pub(super) fn of_slacks(columns: usize, rows: usize) -> Self {
        Self { columns: vec![Place::Lower; columns], rows: vec![Place::Basic; rows] }
    }
}

/// The entries of a column, or the one of a slack.
pub(super) struct ColumnEntries<'a> {
    pub entries: &'a [(u32, f64)],
    pub unit: Option<usize>,
}

impl Iterator for ColumnEntries<'_> {
    type Item = (usize, f64);

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(row) = self.unit.take() {
            return Some((row, 1.0));
        }
        let (&(row, value), rest) = self.entries.split_first()?;
        self.entries = rest;
        Some((row as usize, value))
    }
}
