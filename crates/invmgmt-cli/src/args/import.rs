//! The options of `import`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use invmgmt_data::import::Products;

use super::tables::TableArgs;

pub(crate) const EXAMPLES: &str = "\
Examples:
  gym-invmgmt import m5 m5-forecasting-accuracy --item FOODS_3_090 --last 365 --output m5
  gym-invmgmt import csv till.csv --units sold --time date --store shop --output shops
  gym-invmgmt import csv till.csv --units sold --time date --item-column sku --item milk
  gym-invmgmt import csv till.csv --units sold --time date --store shop --item-column sku --products 20
  gym-invmgmt import willems MSOM-06-038-R2.xlsx --chain 06 --output chain06.yaml
  gym-invmgmt import snc bulldozer.txt --rate 0.3 --output bulldozer.json
  gym-invmgmt import stockpyl stockpyl_instances.json example_6_5
  gym-invmgmt import network bulldozer.json --output bulldozer_tables";

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
    /// A chain of Willems' workbook of 38 real supply chains (2008): your own copy of it
    Willems(WillemsArgs),
    /// A supply chain as lines of stages with what feeds them
    Snc(SncArgs),
    /// A network of stockpyl's file of instances
    Stockpyl(StockpylArgs),
    /// A network in one form to another: YAML, JSON, a folder of tables (nodes.csv, links.csv, ...)
    Network(NetworkArgs),
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
    /// Column of items, whose sales are added up per store unless --item chooses one or --products keeps them apart
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
    /// Keep items apart as products of the network: so many, those that sell most, or these, separated by commas
    #[arg(long, value_name = "N|NAMES", conflicts_with = "item")]
    pub products: Option<Products>,
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

#[derive(Args, Debug)]
pub(crate) struct WillemsArgs {
    /// The workbook
    #[arg(value_name = "FILE.xlsx")]
    pub file: PathBuf,
    /// The chain, as in '06' [default: the only one in it]
    #[arg(long, value_name = "NN")]
    pub chain: Option<String>,
    #[command(flatten)]
    pub rules: ChainArgs,
}

#[derive(Args, Debug)]
pub(crate) struct SncArgs {
    /// Lines of stages: `stage_id`, `lead_time`, `max_s_time`, `cost_rate`, `risk_pool`, `ext_demand_mean`,
    /// `ext_demand_std`, `ext_demand_thres`, and pairs of a supplier and its quantity
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[command(flatten)]
    pub rules: ChainArgs,
}

#[derive(Args, Debug)]
pub(crate) struct StockpylArgs {
    /// The file of instances
    #[arg(value_name = "FILE.json")]
    pub file: PathBuf,
    /// Name of the instance
    #[arg(value_name = "NAME")]
    pub name: String,
    #[command(flatten)]
    pub rules: ChainArgs,
}

#[derive(Args, Debug)]
pub(crate) struct NetworkArgs {
    /// A network by name, a file, or a folder of tables
    #[arg(value_name = "NAME|FILE|DIR")]
    pub network: String,
    #[command(flatten)]
    pub output: NetworkOutput,
}

#[derive(Args, Debug)]
pub(crate) struct ChainArgs {
    /// Length of a period in the file's unit of time (days); fractions of a period are rounded up
    #[arg(long, value_name = "TIME", default_value_t = 1.0)]
    pub period: f64,
    /// Cost of holding a unit for a year, as a share of what it cost
    #[arg(long, value_name = "SHARE", default_value_t = 0.3)]
    pub rate: f64,
    #[command(flatten)]
    pub output: NetworkOutput,
}

#[derive(Args, Debug)]
pub(crate) struct NetworkOutput {
    /// Where the network goes: a .yaml or .json file, or a folder for tables
    #[arg(long, short, value_name = "FILE|DIR", default_value = "network.yaml")]
    pub output: PathBuf,
}
