//! The options of `check`, `fit`, `look`, `schema` and `list`.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};
use invmgmt_data::SCHEMAS;

use super::tables::TableArgs;

pub(crate) const FIT_EXAMPLES: &str = "\
Examples:
  gym-invmgmt fit data/m5_foods_3_382_ca_3.csv --column units
  gym-invmgmt fit sales.csv --column units --report fit.html --json

Exit codes: 0 done, 1 the file or the history was refused, 2 wrong usage.";

pub(crate) const LOOK_EXAMPLES: &str = "\
Examples:
  gym-invmgmt look sales.csv
  gym-invmgmt look till.xlsx --sheet Sales --range A3:F200 --json

Exit codes: 0 understood, 1 the file was refused or a column can be read in two ways, 2 wrong usage.";

#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    /// Network, scenario and suite files
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct FitArgs {
    /// A table with a header; one row per period, in order: CSV as spreadsheets write it, packed by gzip or zip, or an
    /// xlsx file
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The column with the units sold in each period
    #[arg(long, value_name = "NAME")]
    pub column: String,
    /// Column of units on hand at the end of a period: where it is 0, what was sold is the least that was wanted, and
    /// what was wanted is estimated
    #[arg(long, value_name = "NAME")]
    pub stock: Option<String>,
    /// How likely chance alone may make an effect that is not there count as found, per effect
    #[arg(long, value_name = "P", default_value_t = 0.01, allow_negative_numbers = true)]
    pub false_alarm: f64,
    /// Print one JSON document instead of a table
    #[arg(long)]
    pub json: bool,
    /// Write history, fitted mean and simulated demand drawn, as one HTML file
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    #[command(flatten)]
    pub form: TableArgs,
}

#[derive(Args, Debug)]
pub(crate) struct LookArgs {
    /// A table with a header: CSV, packed by gzip or zip, or an xlsx file
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Print one JSON document instead of a table
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub form: TableArgs,
}

#[derive(Args, Debug)]
pub(crate) struct SchemaArgs {
    /// Kind of file
    #[arg(value_parser = PossibleValuesParser::new(SCHEMAS.map(|(name, _)| name)))]
    pub kind: String,
}

#[derive(Args, Debug)]
pub(crate) struct ListArgs {
    /// What to list [default: everything]
    #[arg(value_enum)]
    pub what: Option<Section>,
    /// Of policies: which of them play on this network, a name or a file
    #[arg(long, value_name = "NETWORK", requires = "what")]
    pub network: Option<String>,
    /// Print one JSON document
    #[arg(long)]
    pub json: bool,
}

/// What can be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Section {
    /// Networks that need no file
    Presets,
    /// Suites of scenarios that come along
    Suites,
    /// Scenarios of those suites
    Scenarios,
    /// Forms of --policy
    Policies,
    /// What may move mean demand
    Effects,
    /// Short names for sets of effects
    Types,
}
