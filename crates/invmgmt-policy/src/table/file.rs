//! Tables of policies as files of arrays.

use std::path::Path;

use invmgmt::network::Network;
use invmgmt_data::{Array, ArrayError, WriteError, read_arrays, write_arrays};

use super::{PolicyTable, States, told};

/// A table that cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The file cannot be used.
    #[error(transparent)]
    File(#[from] ArrayError),
    /// It is no table of a policy, or not a sound one.
    #[error("{path}: {why}")]
    Unsound {
        /// The file.
        path: String,
        /// What is wrong.
        why: String,
    },
}

impl PolicyTable {
    /// Writes the table to an `.npz` file. For people it holds `states`, a row per state, with `columns`, and `orders`
    /// with `links`; for programs also of which numbers each column is the sum (`sums`, by `told`).
    ///
    /// # Errors
    /// [`WriteError`]; nothing was written then and an older file of this name is unchanged.
    pub fn write(&self, path: &Path) -> Result<(), WriteError> {
        let table = &self.table;
        let mut sums = vec![0.0; table.sums.len() * table.told.len()];
        for (sum, row) in table.sums.iter().zip(sums.chunks_exact_mut(table.told.len())) {
            for &position in sum {
                row[position] = 1.0;
            }
        }
        let arrays = [
            ("columns", Array::Texts(self.labels())),
            ("states", Array::table(table.states.width(), table.states.numbers().to_vec())),
            ("links", Array::Texts(table.requested.clone())),
            ("orders", Array::table(table.requested.len(), table.orders.clone())),
            ("told", Array::Texts(table.told.clone())),
            ("sums", Array::table(table.told.len(), sums)),
        ];
        write_arrays(path, &arrays)
    }

    /// Reads a table from a file, to play it on a network.
    ///
    /// # Errors
    /// [`TableError`] for a file that is no such table, and for one made for a network of other nodes and links.
    pub fn read(path: &Path, network: &Network) -> Result<Self, TableError> {
        let arrays = read_arrays(path)?;
        of_arrays(&arrays, network).map_err(|why| {
            let path = path.to_string_lossy().escape_debug().to_string();
            TableError::Unsound { path, why }
        })
    }
}

fn of_arrays(arrays: &[(String, Array)], network: &Network) -> Result<PolicyTable, String> {
    let find = |name: &str| {
        let found = arrays.iter().find(|(known, _)| known == name).map(|(_, array)| array);
        found.ok_or_else(|| {
            format!("has no array '{name}'; expected a table of a policy, as exact --out writes")
        })
    };
    let texts = |name: &str| match find(name)? {
        Array::Texts(texts) => Ok(texts),
        Array::Numbers { .. } => Err(format!("{name} holds numbers; expected texts")),
    };
    let table = |name: &str, columns: usize| match find(name)? {
        Array::Numbers { shape, values } if matches!(shape.as_slice(), &[_, width] if width == columns) => {
            Ok(values)
        }
        _ => Err(format!("{name} is of another shape; expected rows of {columns} numbers")),
    };
    same(texts("told")?, &told(network))?;
    same(texts("links")?, &network.action_labels())?;
    let is_sum = |row: &[f64]| row.iter().all(|&number| number == 0.0 || number == 1.0);
    let rows = table("sums", network.layout.told())?.chunks_exact(network.layout.told());
    if !rows.clone().all(|row| is_sum(row) && row.contains(&1.0)) || rows.len() == 0 {
        return Err(
            "sums holds a row that is no choice of numbers; expected 0 and 1, and a 1 in each".to_owned()
        );
    }
    let chosen = |row: &[f64]| {
        row.iter().enumerate().filter(|(_, number)| **number == 1.0).map(|(at, _)| at).collect()
    };
    let sums: Vec<Vec<usize>> = rows.map(chosen).collect();
    let mut states = States::new(sums.len());
    let rows = table("states", sums.len())?.chunks_exact(sums.len());
    let count = rows.len();
    for row in rows {
        states.intern(row);
    }
    let orders = table("orders", network.supply.len())?;
    if states.len() != count || count == 0 || orders.len() != count * network.supply.len() {
        return Err(format!(
            "states has {count} rows, {} of them different, and orders {}; expected a row of orders for each state",
            states.len(),
            orders.len() / network.supply.len()
        ));
    }
    if !states.numbers().iter().chain(orders).all(|number| number.is_finite()) {
        return Err("states or orders hold what is no finite number".to_owned());
    }
    Ok(PolicyTable::new(network, sums, states, orders.clone()))
}

/// Whether a table is for this network; if not, in what it differs first.
fn same(found: &[String], expected: &[String]) -> Result<(), String> {
    if found == expected {
        return Ok(());
    }
    let differs = found.iter().zip(expected).find(|(found, expected)| found != expected);
    Err(match differs {
        Some((found, expected)) => format!(
            "is for another network: it has '{}' where this one has '{}'",
            found.escape_debug(),
            expected.escape_debug()
        ),
        None => format!(
            "is for another network: it has {} numbers where this one has {}",
            found.len(),
            expected.len()
        ),
    })
}
