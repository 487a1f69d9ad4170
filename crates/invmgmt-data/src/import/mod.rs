//! From a data set to a scenario that runs: a network, a series of demand per store, and what was inferred.
//!
//! The sales of a data set are added up per store and period; stores hang below warehouses, those below one supplier,
//! and each store serves a market of its own. What the data do not say (costs, lead times, stocks) is set by rules that
//! [`Imported::inferred`] states.

mod favorita;
mod m5;
mod network;
mod products;
mod rossmann;
mod sales;
mod stores;
mod write;

use std::path::{Path, PathBuf};

use crate::adapters::AdapterError;
use crate::table::Source;

pub use products::Products;
pub use stores::StoreSeries;
pub use write::{Written, write_scenario};

/// A data set.
#[derive(Clone, Debug)]
pub enum Dataset {
    /// The M5 competition's folder: `sales_train_evaluation.csv` or `sales_train_validation.csv`, and if they are
    /// there `calendar.csv` and `sell_prices.csv`.
    M5(PathBuf),
    /// The folder of Corporación Favorita's sales: `train.csv`, and if it is there `stores.csv`.
    Favorita(PathBuf),
    /// The folder of Rossmann's sales: `train.csv`, and if it is there `store.csv`.
    Rossmann(PathBuf),
    /// Tables with a row per store and time.
    Csv(Vec<Source>, Columns),
}

/// Which column of a table is what.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    /// Units sold.
    pub units: String,
    /// Times: dates as 2015-07-31, or whole numbers; none: the rows are the periods.
    pub time: Option<String>,
    /// Stores; none: each table is a store, named after its file.
    pub store: Option<String>,
    /// Items; their sales are added up unless one is chosen, or they are kept apart.
    pub item: Option<String>,
    /// What stores are grouped by, as regions; each group gets a warehouse.
    pub group: Option<String>,
    /// Selling price of a unit [money].
    pub price: Option<String>,
}

/// What is wanted of a data set.
#[derive(Clone, Debug)]
pub struct Choices {
    /// Only sales of this item, or of this family, department or category of items.
    pub item: Option<String>,
    /// Items that are kept apart as products of the network; none: the sales of all that is wanted are added up.
    pub products: Option<Products>,
    /// These stores; empty: all.
    pub stores: Vec<String>,
    /// At most so many stores, those that sell most.
    pub max_stores: usize,
    /// Only the last so many periods.
    pub last: Option<usize>,
}

impl Default for Choices {
    fn default() -> Self {
        Self { item: None, products: None, stores: Vec::new(), max_stores: 10, last: None }
    }
}

/// Sales per store, and where every number of the scenario is from.
#[derive(Clone, Debug)]
pub struct Imported {
    /// Name of the network.
    pub name: String,
    /// The stores, each once, or once for every product that is kept apart.
    pub stores: Vec<StoreSeries>,
    /// Names of the periods: dates, numbers, or days as the file calls them.
    pub periods: Vec<String>,
    /// What the data say, in sentences.
    pub observed: Vec<String>,
    /// What was set by a rule because the data do not say it, in sentences.
    pub inferred: Vec<String>,
    /// What was left out or changed, in sentences.
    pub notes: Vec<String>,
}

impl Imported {
    /// The names of the stores in the data, each once.
    pub fn store_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.stores.iter().map(|store| store.name.as_str()).collect();
        names.dedup();
        names
    }

    /// The names in the data of the items kept apart, each once; none where none are.
    pub fn products(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.stores.iter().filter_map(|store| store.product.as_deref()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// Reads a data set.
///
/// # Errors
/// [`AdapterError`]: a file or a column is not there, a cell cannot be read, or nothing is left of what was wanted.
pub fn read_dataset(dataset: &Dataset, choices: &Choices) -> Result<Imported, AdapterError> {
    if choices.max_stores == 0 || choices.last == Some(0) {
        return Err(AdapterError::Argument("at least one store and one period must be kept; found 0".into()));
    }
    if choices.item.is_some() && choices.products.is_some() {
        let message = "found one item and items to be kept apart; give one of the two";
        return Err(AdapterError::Argument(message.into()));
    }
    match dataset {
        Dataset::M5(folder) => m5::read(folder, choices),
        Dataset::Favorita(folder) => favorita::read(folder, choices),
        Dataset::Rossmann(folder) => rossmann::read(folder, choices),
        Dataset::Csv(tables, columns) => sales::read(tables, columns, choices),
    }
}

/// A file of a data set's folder: the first of these names that is there.
fn file_of(folder: &Path, names: &[&str]) -> Result<Source, AdapterError> {
    optional(folder, names).ok_or_else(|| {
        let is_folder = folder.is_dir();
        let found = if is_folder { "has no" } else { "is no folder; expected one with" };
        AdapterError::data(&folder.to_string_lossy(), format!("{found} {}", names.join(" or ")))
    })
}

fn optional(folder: &Path, names: &[&str]) -> Option<Source> {
    names.iter().map(|name| folder.join(name)).find(|path| path.is_file()).map(Source::from)
}
