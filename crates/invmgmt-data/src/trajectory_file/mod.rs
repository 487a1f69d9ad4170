//! The record of an episode as a file: `.npz` for numpy, `.csv` for a spreadsheet.

mod npz;
mod table;

use std::path::Path;

use invmgmt::episode::Trajectory;
use invmgmt::network::Network;

use crate::replace::{WriteError, replace_file};

pub use table::spreadsheet_safe;

/// Writes the record of an episode; the ending of the path, `.npz` or `.csv`, decides the form.
///
/// `.npz` holds every matrix of the record under its letter, whole, a row per period; `numpy.load` reads it without
/// pickling. `.csv` holds one row per period played and a last one with the stocks at the end, its columns named
/// `X[1]`, `R[4 -> 2]` and so on; stocks are those at the start of the period.
///
/// `trajectory` must be the record of an episode on `network`.
///
/// # Errors
/// [`WriteError`]; nothing was written then and an older file of this name is unchanged.
pub fn write_trajectory(path: &Path, network: &Network, trajectory: &Trajectory) -> Result<(), WriteError> {
    let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
    match ending.as_deref() {
        Some("npz") => replace_file(path, |file| npz::write(file, network, trajectory)),
        Some("csv") => replace_file(path, |file| table::write(file, network, trajectory)),
        _ => Err(WriteError::Extension { path: path.to_owned(), allowed: ".npz or .csv" }),
    }
}
