//! Options that say how a table is written.

use std::path::Path;

use clap::Args;
use invmgmt_data::{CellRange, DateOrder, DecimalSign, Separator, Source, TableForm};

/// How tables are written, where the file alone does not tell.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "How tables are written (found where it is not said)")]
pub(crate) struct TableArgs {
    /// What stands between cells: a sign as ';', or comma, semicolon, tab, bar, space
    #[arg(long, value_name = "SIGN")]
    pub separator: Option<Separator>,
    /// What stands before the fraction of a number: . or ,
    #[arg(long, value_name = "SIGN")]
    pub decimal: Option<DecimalSign>,
    /// Order of day and month in dates that can be read in two ways: day-first, month-first, year-first
    #[arg(long, value_name = "ORDER")]
    pub dates: Option<DateOrder>,
    /// Sheet of a spreadsheet, by name or number
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
    /// Cells of a spreadsheet, as A3:F200
    #[arg(long, value_name = "CELLS")]
    pub range: Option<CellRange>,
}

impl TableArgs {
    /// Whether anything is said.
    pub fn says_something(&self) -> bool {
        let Self { separator, decimal, dates, sheet, range } = self;
        separator.is_some() || decimal.is_some() || dates.is_some() || sheet.is_some() || range.is_some()
    }

    /// A file written like this.
    pub fn source(&self, path: &Path) -> Source {
        let Self { separator, decimal, dates, sheet, range } = self.clone();
        Source::File { path: path.to_owned(), form: TableForm { separator, decimal, dates, sheet, range } }
    }
}
