//! Matrices side by side as CSV, one row per period.

use std::borrow::Cow;
use std::io::{self, Write};

use invmgmt::episode::{Symbol, Trajectory};
use invmgmt::network::Network;

pub(super) fn write(file: impl Write, network: &Network, trajectory: &Trajectory) -> io::Result<()> {
    let mut table = csv::Writer::from_writer(file);
    let periods_played = trajectory.periods_played;
    table.write_field("period")?;
    for label in Symbol::of(network).flat_map(|symbol| symbol.labels(network)) {
        table.write_field(spreadsheet_safe(&label).as_bytes())?;
    }
    table.write_record(None::<&[u8]>)?;
    for period in 0..=periods_played {
        table.write_field(period.to_string())?;
        for symbol in Symbol::of(network) {
            let matrix = &trajectory[symbol];
            // Nothing flows in the row after the last period; only what stands goes on.
            let is_known = period < periods_played || symbol.facts().stands;
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
