//! The record of an episode as a file: `.npz` for numpy, `.csv` for a spreadsheet.

mod npz;
mod table;

use std::path::Path;

use invmgmt::episode::{Matrix, Trajectory};
use invmgmt::network::{Network, NodeIx};

use crate::replace::{WriteError, replace_file};

pub use table::spreadsheet_safe;

/// Writes the record of an episode; the ending of the path, `.npz` or `.csv`, decides the form.
///
/// `.npz` holds the matrices of the published model under their names X, Y, R, S, D, U, P, GW and `action_log`, whole,
/// in the shapes [`Trajectory`] states; `numpy.load` reads it without pickling. `.csv` holds one row per period played
/// and a last one with the stocks at the end, its columns named `X[1]`, `R[4 -> 2]` and so on; stocks are those at the
/// start of the period.
///
/// `trajectory` must be the record of an episode on `network`.
///
/// # Errors
/// [`WriteError`]; nothing was written then and an older file of this name is unchanged.
pub fn write_trajectory(path: &Path, network: &Network, trajectory: &Trajectory) -> Result<(), WriteError> {
    let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
    let matrices = named_matrices(network, trajectory);
    match ending.as_deref() {
        Some("npz") => replace_file(path, |file| npz::write(file, &matrices)),
        Some("csv") => replace_file(path, |file| table::write(file, trajectory.periods_played, &matrices)),
        _ => Err(WriteError::Extension { path: path.to_owned(), allowed: ".npz or .csv" }),
    }
}

/// A matrix with its name in the published model and those of its columns.
struct NamedMatrix<'a> {
    symbol: &'static str,
    matrix: &'a Matrix,
    /// What each column belongs to; none for a single number per period.
    columns: Option<Vec<String>>,
}

fn named_matrices<'a>(network: &Network, trajectory: &'a Trajectory) -> Vec<NamedMatrix<'a>> {
    let nodes = || network.nodes.rows().iter().map(|node| node.id.to_string()).collect::<Vec<_>>();
    let ends = |from: NodeIx, to: NodeIx| format!("{} -> {}", network.nodes[from].id, network.nodes[to].id);
    let supply = || network.supply.rows().iter().map(|link| ends(link.from, link.to)).collect::<Vec<_>>();
    let market = || network.market.rows().iter().map(|link| ends(link.from, link.to)).collect::<Vec<_>>();
    let links = || network.links.indices().map(|link| network.link_name(link)).collect::<Vec<_>>();
    let named = |symbol, matrix, columns| NamedMatrix { symbol, matrix, columns };
    vec![
        named("X", &trajectory.on_hand, Some(nodes())),
        named("Y", &trajectory.on_order, Some(supply())),
        named("R", &trajectory.filled, Some(supply())),
        named("S", &trajectory.moved, Some(links())),
        named("D", &trajectory.demand, Some(market())),
        named("U", &trajectory.unmet, Some(market())),
        named("P", &trajectory.profit, Some(nodes())),
        named("GW", &trajectory.sentiment, None),
        named("action_log", &trajectory.requested, Some(supply())),
    ]
}
