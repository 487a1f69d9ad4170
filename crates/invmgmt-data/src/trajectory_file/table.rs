//! Matrices side by side as CSV, one row per period.

use std::borrow::Cow;
use std::io::{self, Write};

use super::NamedMatrix;

pub(super) fn write(file: impl Write, periods_played: usize, matrices: &[NamedMatrix<'_>]) -> io::Result<()> {
    let mut table = csv::Writer::from_writer(file);
    let names = matrices.iter().flat_map(|NamedMatrix { symbol, columns, .. }| match columns {
        Some(columns) => columns.iter().map(|column| format!("{symbol}[{column}]")).collect(),
        None => vec![(*symbol).to_owned()],
    });
    table.write_field("period")?;
    for name in names {
        table.write_field(spreadsheet_safe(&name).as_bytes())?;
    }
    table.write_record(None::<&[u8]>)?;
    for period in 0..=periods_played {
        table.write_field(period.to_string())?;
        for NamedMatrix { symbol, matrix, .. } in matrices {
            // Nothing flows in the row after the last period; only the stocks go on.
            let is_known = period < periods_played || matches!(*symbol, "X" | "Y");
            for column in 0..matrix.columns {
                let number = is_known.then(|| matrix.row(period)[column].to_string());
                table.write_field(number.unwrap_or_default())?;
            }
        }
        table.write_record(None::<&[u8]>)?;
    }
    table.flush()
}

/// A foreign text as a cell that no spreadsheet takes for a formula: with an apostrophe before a sign that begins one.
///
/// The columns of a trajectory begin with their quantity and are safe by themselves; tables with names of nodes or
/// policies in their cells are not.
pub fn spreadsheet_safe(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}
