//! The options of `import`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::tables::TableArgs;

pub(crate) const EXAMPLES: &str = "\
Examples:
  gym-invmgmt import m5 m5-forecasting-accuracy --item FOODS_3_090 --last 365 --output m5
  gym-invmgmt import csv till.csv --units sold --time date --store shop --output shops
  gym-invmgmt import csv till.csv --units sold --time date --item-column sku --item milk";

#[derive(Args, Debug)]
pub(crate) struct ImportArgs {
    #[command(subcommand)]
    pub dataset: DatasetArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DatasetArgs {
    /// Walmart's sales of the M5 competition: a folder with sales, calendar and prices
    M5(FolderArgs),
    /// Corporacion Favorita's sales: train.csv, stores.csv
    Favorita(FolderArgs),
    /// Rossmann's sales: train.csv, store.csv
    Rossmann(FolderArgs),
    /// Your own tables: a row per store and time
    Csv(CsvArgs),
}

#[derive(Args, Debug)]
pub(crate) struct FolderArgs {
    /// The folder of the data set
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Only this item, or this family, department or category of items [default: all added up]
    #[arg(long, value_name = "NAME")]
    pub item: Option<String>,
    #[command(flatten)]
    pub choices: ChoiceArgs,
}

#[derive(Args, Debug)]
pub(crate) struct CsvArgs {
    /// CSV files with the same columns
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Column of units sold
    #[arg(long, value_name = "COLUMN")]
    pub units: String,
    /// Column of times: dates as 2015-07-31, or whole numbers [default: the rows are the periods]
    #[arg(long, value_name = "COLUMN")]
    pub time: Option<String>,
    /// Column of stores [default: each file is a store]
    #[arg(long, value_name = "COLUMN")]
    pub store: Option<String>,
    /// Column of items, whose sales are added up per store unless --item chooses one
    #[arg(long, value_name = "COLUMN")]
    pub item_column: Option<String>,
    /// Only this item of --item-column
    #[arg(long, value_name = "NAME", requires = "item_column")]
    pub item: Option<String>,
    /// Column that groups stores, as regions: each group gets a warehouse
    #[arg(long, value_name = "COLUMN")]
    pub group: Option<String>,
    /// Column of the selling price of a unit
    #[arg(long, value_name = "COLUMN")]
    pub price: Option<String>,
    #[command(flatten)]
    pub form: TableArgs,
    #[command(flatten)]
    pub choices: ChoiceArgs,
}

#[derive(Args, Debug)]
pub(crate) struct ChoiceArgs {
    /// The folder to write scenario.yaml, network.yaml, demand.csv and metadata.json into
    #[arg(long, short, value_name = "DIR", default_value = "scenario")]
    pub output: PathBuf,
    /// These stores, separated by commas [default: all]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub stores: Vec<String>,
    /// Without --stores, at most so many: those that sell most
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub max_stores: usize,
    /// Only the last N periods [default: all]
    #[arg(long, value_name = "N")]
    pub last: Option<usize>,
}
