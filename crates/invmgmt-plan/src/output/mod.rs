//! A plan as files: tables for programs, a workbook for people, a page, the orders to place.

mod orders;
mod page;
mod table;
mod workbook;

use std::io::Write;
use std::path::{Path, PathBuf};

use invmgmt_data::{Journal, WriteError, replace_file};

use crate::assortment::Planned;
use crate::item::Effort;
use crate::levels::Target;
use crate::study::{Backtest, Taken};
use crate::tables::{Loaded, Period};

pub use table::COLUMNS;

/// A plan with all that belongs to it.
#[derive(Debug)]
pub struct Plan {
    /// The items and what was said about their tables.
    pub loaded: Loaded,
    /// What is recommended, in the order of the items.
    pub planned: Vec<Planned>,
    /// How long a period is.
    pub period: Period,
    /// What is to be reached.
    pub target: Target,
    /// How much was simulated.
    pub effort: Effort,
    /// What other targets take, and from how many items that was reckoned.
    pub trade_offs: (Vec<Taken>, usize),
    /// How it would have done, if that was asked for.
    pub backtest: Option<Backtest>,
    /// The command that made it.
    pub command: String,
    /// What made it, with its version.
    pub generator: String,
    /// What was kept while it was made; once the files are written it goes.
    pub journal: Option<Journal>,
}

impl Plan {
    /// The plan as one JSON document.
    ///
    /// # Errors
    /// None that a plan can cause.
    pub fn json(&self) -> std::io::Result<Vec<u8>> {
        table::json(self)
    }

    /// Writes `plan.csv`, `plan.xlsx`, `plan.json`, `report.html`, `orders.csv` and `orders.xlsx` into a folder, which
    /// is made if it is missing; each whole or not at all. Returns their paths.
    ///
    /// # Errors
    /// [`WriteError`] for the first file that cannot be written.
    pub fn write(&mut self, folder: &Path) -> Result<Vec<PathBuf>, WriteError> {
        let failed = |error: rust_xlsxwriter::XlsxError| std::io::Error::other(error.to_string());
        std::fs::create_dir_all(folder)
            .map_err(|source| WriteError::Unwritable { path: folder.to_owned(), source })?;
        let plan = table::csv(self);
        let orders = orders::csv(self);
        let contents = [
            ("plan.csv", plan),
            ("plan.xlsx", workbook::plan(self).map_err(failed)),
            ("plan.json", table::json(self)),
            ("report.html", Ok(page::html(self).into_bytes())),
            ("orders.csv", orders),
            ("orders.xlsx", workbook::orders(self).map_err(failed)),
        ];
        let mut written = Vec::new();
        for (name, content) in contents {
            let path = folder.join(name);
            replace_file(&path, |file| file.write_all(&content?))?;
            written.push(path);
        }
        if let Some(journal) = self.journal.take() {
            // What could not be taken away is begun anew by the next plan.
            let _ = journal.remove();
        }
        Ok(written)
    }
}
