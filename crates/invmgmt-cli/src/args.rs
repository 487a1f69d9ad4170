//! The options of the command line.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use invmgmt::demand::{EFFECTS, TYPES};
use invmgmt_data::SCHEMAS;
use invmgmt_policy::optimize::FAMILIES;

use crate::exact::{EXAMPLES as EXACT_EXAMPLES, ExactArgs};
use crate::failure::Failure;
use crate::parameter_args::{GOODWILL_HEADING, ParameterArgs};
use crate::plan::PlanArgs;
use crate::simulate::Seeds;
use crate::table_args::TableArgs;
use crate::textbook::TextbookArgs;
use crate::train::TrainArgs;

/// Simulate multi-echelon inventory networks.
#[derive(Debug, Parser)]
#[command(name = "gym-invmgmt", bin_name = "gym-invmgmt", version)]
#[command(after_help = "\
Examples:
  gym-invmgmt simulate --network serial --policy constant:20
  gym-invmgmt optimize --network serial --policy echelon
  gym-invmgmt check my_network.yaml
  gym-invmgmt fit sales.csv --column units
  gym-invmgmt plan sales.csv --items items.csv --target fill-rate=0.97 --out plan
  gym-invmgmt list policies

Exit codes: 0 done, 1 an input was refused or a run failed, 2 wrong usage, 130 stopped by Ctrl-C.")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Play policies on a network and compare them
    #[command(after_help = SIMULATE_EXAMPLES)]
    Simulate(Box<SimulateArgs>),
    /// Find the levels of a policy that earn most, by simulation
    #[command(after_help = OPTIMIZE_EXAMPLES)]
    Optimize(Box<OptimizeArgs>),
    /// Train a policy by the gradient of what it earns; it then plays as 'learned:FILE'
    #[command(after_help = crate::train::EXAMPLES)]
    Train(Box<TrainArgs>),
    /// Find the optimal policy of a small problem, and what it earns, by dynamic programming
    #[command(after_help = EXACT_EXAMPLES)]
    Exact(Box<ExactArgs>),
    /// Solve a textbook problem exactly
    #[command(after_help = TEXTBOOK_EXAMPLES)]
    Textbook(TextbookArgs),
    /// Fit demand to a history of sales: what is there, with its evidence, and what is not
    #[command(after_help = FIT_EXAMPLES)]
    Fit(FitArgs),
    /// Play policies on a suite of problems, compare them and write tables and a report
    #[command(after_help = BENCHMARK_EXAMPLES)]
    Benchmark(BenchmarkArgs),
    /// Check network, scenario and suite files: every mistake with its line, exit code 1 if there is one
    #[command(after_help = "Example:\n  gym-invmgmt check warehouse.yaml plants/*.yaml")]
    Check(CheckArgs),
    /// Make a scenario that runs from a data set: network, demand per store, and what was inferred
    #[command(after_help = IMPORT_EXAMPLES)]
    Import(ImportArgs),
    /// Plan an assortment: from sales and a table of items to reorder points and orders that reach a service target
    #[command(after_help = crate::plan::EXAMPLES)]
    Plan(Box<PlanArgs>),
    /// Say what is understood of a table: separator, decimal sign, dates, and what each column holds
    #[command(after_help = LOOK_EXAMPLES)]
    Look(LookArgs),
    /// List networks, scenarios, suites, policies, demand effects and demand types
    #[command(after_help = "Examples:\n  gym-invmgmt list\n  gym-invmgmt list policies --json")]
    List(ListArgs),
    /// Print the JSON Schema of network, scenario or suite files, for editors
    #[command(after_help = "Example:\n  gym-invmgmt schema scenario > scenario.schema.json")]
    Schema(SchemaArgs),
    /// Try networks, demand and policies in a browser: a part of the Python package
    #[command(
        after_help = "In the Python package, with its extra (pip install 'gym-invmgmt[dashboard]'):\n  \
                            gym-invmgmt dashboard --port 8501"
    )]
    Dashboard {
        /// What the Python package's command takes.
        #[arg(hide = true, trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<String>,
    },
}

impl Command {
    /// Has programmes that fail saved where that is asked for.
    pub fn save_programmes(&self) -> Result<(), Failure> {
        let planning = match self {
            Self::Simulate(given) => &given.planning,
            Self::Optimize(given) => &given.planning,
            Self::Benchmark(given) => &given.planning,
            _ => return Ok(()),
        };
        let folder = planning.save_programmes.as_deref();
        invmgmt_policy::lp::save_programmes(folder).map_err(|error| {
            Failure::Refused(format!("--save-programmes: the folder cannot be made: {error}"))
        })
    }
}

const SIMULATE_EXAMPLES: &str = "\
Examples:
  Two policies side by side, mean and standard error over ten seeds:
    gym-invmgmt simulate --network serial --seeds 10000..10010 \\
        --policy constant:20 --policy basestock:107,118,29
  Sales from a file, replayed exactly, with a report to show around:
    gym-invmgmt simulate --network network --demand data/m5_foods_3_382_ca_3.csv:units \\
        --policy constant:20 --policy basestock:240,40,580,0,0,0 --report report.html
  Growing, seasonal demand drawn by the network's laws; numbers for another program:
    gym-invmgmt simulate --effects trend,seasonal --base-mu 20 --json

Exit codes: 0 done, 1 an input was refused or a run failed, 2 wrong usage, 130 stopped by Ctrl-C.";

const OPTIMIZE_EXAMPLES: &str = "\
Examples:
  Base-stock levels for every node that holds stock:
    gym-invmgmt optimize --network serial
  Levels that fit the first 20 days of sales, measured on the 10 after them:
    gym-invmgmt optimize --network serial --demand data/m5_foods_3_382_ca_3.csv:units --test-from 20
  Reorder levels, lost sales, twice as thorough; then levels of your own on other seeds:
    gym-invmgmt optimize --network serial --lost-sales --policy ss --budget 1000
    gym-invmgmt simulate --network serial --lost-sales --seeds 0..100 --policy ss:113/115,250/262,11/23

Exit codes: 0 done, 1 an input was refused or a run failed, 2 wrong usage, 130 stopped by Ctrl-C.";

const TEXTBOOK_EXAMPLES: &str = "\
Examples:
  gym-invmgmt textbook eoq --fixed-cost 8 --holding-cost 0.225 --demand-rate 1300
  gym-invmgmt textbook newsvendor --holding-cost 1 --penalty 4 --demand poisson:6
  gym-invmgmt textbook clark-scarf --network my_chain.yaml --json

Exit codes: 0 done, 1 an input was refused, 2 wrong usage.";

/// What becomes of plans that fail.
#[derive(Args, Debug, Default)]
pub(crate) struct PlanningArgs {
    /// Save linear programmes that no plan solves in this folder, at most 20, for a solver of your own
    #[arg(long, value_name = "DIR")]
    pub save_programmes: Option<PathBuf>,
}

/// What is played.
#[derive(Args, Debug)]
pub(crate) struct ProblemArgs {
    /// Network, demand, rules and horizon from a scenario file, or from a problem of a suite that comes along, as in
    /// 'published-26/S01' (see 'gym-invmgmt list scenarios')
    #[arg(long, short, value_name = "FILE|SUITE/ID",
          conflicts_with_all = ["network", "periods", "lost_sales", "discount", "DemandArgs", "SeriesArgs",
                                "GoodwillArgs", "ParameterArgs"])]
    pub scenario: Option<String>,
    /// A network by name (see 'gym-invmgmt list presets') or the path of a .yaml file
    #[arg(long, short, value_name = "NAME|FILE", default_value = "network")]
    pub network: String,
    /// Length of an episode in periods [default: 30, or the length of the series given with --demand]
    #[arg(long, value_name = "N")]
    pub periods: Option<usize>,
    /// Unmet demand is lost; without this it waits until it can be served
    #[arg(long)]
    pub lost_sales: bool,
    /// Weight of a period's money against the period before, above 0 and at most 1
    #[arg(long, value_name = "A", default_value_t = 1.0, value_parser = discount)]
    pub discount: f64,
}

#[derive(Args, Debug)]
pub(crate) struct SimulateArgs {
    #[command(flatten)]
    pub problem: ProblemArgs,
    /// Who orders; repeat to compare (see 'gym-invmgmt list policies')
    #[arg(long = "policy", short, value_name = "SPEC", default_value = "constant:20")]
    pub policies: Vec<String>,
    /// Seeds of the episodes, separated by commas; 10..20 is ten seeds, the last being 19
    #[arg(long, value_name = "SEEDS", default_value = "42")]
    pub seeds: Seeds,
    #[command(flatten)]
    pub demand: DemandArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub planning: PlanningArgs,
}

#[derive(Args, Debug)]
pub(crate) struct OptimizeArgs {
    #[command(flatten)]
    pub problem: ProblemArgs,
    /// What is sought: one level per node that holds stock, or for ss a pair s/S
    #[arg(long = "policy", short = 'p', value_name = "NAME", default_value = "basestock",
          value_parser = PossibleValuesParser::new(FAMILIES))]
    pub family: String,
    /// Most sets of levels to simulate, each on all seeds
    #[arg(long, value_name = "N", default_value_t = 500)]
    pub budget: usize,
    /// Seeds the search looks at; 10..20 is ten seeds, the last being 19 [default: 20000..20064]
    #[arg(long, value_name = "SEEDS")]
    pub seeds: Option<Seeds>,
    /// Seeds the result is measured on, none of them among --seeds [default: 30000..30256]
    #[arg(long, value_name = "SEEDS")]
    pub held_out: Option<Seeds>,
    /// Climb along the derivative of the profit in the levels first (basestock and echelon): hundreds of levels
    #[arg(long)]
    pub gradient: bool,
    /// Cut series at this period, counted from 0: the search sees those before it, the result is measured on the rest
    #[arg(long, value_name = "T")]
    pub test_from: Option<usize>,
    /// Most threads to use; the result does not depend on it [default: one per core]
    #[arg(long, value_name = "N")]
    pub threads: Option<NonZeroUsize>,
    /// Print one JSON document instead of a table, the history of the search included
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub demand: DemandArgs,
    #[command(flatten)]
    pub planning: PlanningArgs,
}

#[derive(Args, Debug, Default)]
#[command(next_help_heading = "Demand from a file")]
pub(crate) struct SeriesArgs {
    /// Demand is this column of a CSV file, exactly; with several markets say LINK, as in '1->0=FILE:COLUMN', and
    /// repeat
    #[arg(long = "demand", value_name = "[LINK=]FILE:COLUMN")]
    pub sources: Vec<String>,
    /// Scale each series so that its mean over the periods played is X
    #[arg(long, value_name = "X", requires = "sources")]
    pub scale_to_mean: Option<f64>,
    /// Take the series as the mean of the demand drawn, in place of --base-mu, at every market
    #[arg(long, requires = "sources")]
    pub as_mean: bool,
    /// Begin a series again from its first value when it ends before the episode
    #[arg(long, requires = "sources")]
    pub cycle: bool,
    #[command(flatten)]
    pub form: TableArgs,
}

#[derive(Args, Debug, Default)]
#[command(next_help_heading = "Demand drawn at random")]
pub(crate) struct DemandArgs {
    /// What moves the mean, separated by commas
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = PossibleValuesParser::new(EFFECTS))]
    pub effects: Option<Vec<String>>,
    /// A short name for a set of effects, such as 'trend+seasonal' (see 'gym-invmgmt list types')
    #[arg(long, value_name = "NAME", conflicts_with = "effects", hide_possible_values = true,
          value_parser = PossibleValuesParser::new(TYPES.map(|(name, _)| name)))]
    pub demand_type: Option<String>,
    #[command(flatten)]
    pub goodwill: GoodwillArgs,
    #[command(flatten)]
    pub numbers: ParameterArgs,
    #[command(flatten)]
    pub series: SeriesArgs,
}

#[derive(Args, Debug, Default)]
#[command(next_help_heading = GOODWILL_HEADING)]
pub(crate) struct GoodwillArgs {
    /// Shortages lower demand, periods without one raise it
    #[arg(long)]
    pub goodwill: bool,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// Print one JSON document instead of a table
    #[arg(long)]
    pub json: bool,
    /// Write the record of the first policy's first episode: .npz for numpy, .csv for a spreadsheet
    #[arg(long, value_name = "FILE")]
    pub trajectory: Option<PathBuf>,
    /// Write a report with the network and the first episodes drawn, as one HTML file
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Write the first policy's first episode as a moving picture; needs the Python package
    #[arg(long, value_name = "FILE.gif")]
    pub video: Option<PathBuf>,
}

const BENCHMARK_EXAMPLES: &str = "\
Examples:
  The published matrix, two policies, the ten published seeds:
    gym-invmgmt benchmark --policies newsvendor:blind,ss:informed --out results
  A hundred seeds on one core:
    gym-invmgmt benchmark --policies ss:blind --seeds 100 --threads 1 --out results
  On a Ray cluster that you trust (pip install 'gym-invmgmt[ray]'):
    gym-invmgmt benchmark --policies mpc:informed --executor ray --address auto --out results

A run that was interrupted goes on when the same command is given again.

Exit codes: 0 done, 1 an input was refused or a run failed, 2 wrong usage, 130 stopped by Ctrl-C.";

#[derive(Args, Debug)]
pub(crate) struct BenchmarkArgs {
    /// A suite by name (see 'gym-invmgmt list suites'), or the path of a .yaml file; NAME@VERSION insists on a version,
    /// and ids behind a slash play these problems alone, as in 'standard-1/N01,N03'
    #[arg(long, value_name = "NAME|FILE[/IDS]", default_value = "published-26")]
    pub suite: String,
    /// Ids of the problems to play, separated by commas [default: all of the suite's]
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Who orders, separated by commas; may be repeated (see 'gym-invmgmt list policies')
    #[arg(long, short, value_name = "SPECS", required = true)]
    pub policies: Vec<String>,
    /// How many of the suite's seeds to play, or seeds of your own as in '42,123' or '10..20' [default: all of the
    /// suite's]
    #[arg(long, value_name = "N|SEEDS")]
    pub seeds: Option<SeedChoice>,
    /// Folder for the files; made if it is missing
    #[arg(long, short, value_name = "DIR")]
    pub out: PathBuf,
    /// Begin anew, whatever the folder holds
    #[arg(long)]
    pub force: bool,
    /// Most threads to use; results do not depend on it [default: one per core]
    #[arg(long, value_name = "N", value_parser = threads)]
    pub threads: Option<usize>,
    /// Where to play: this machine's cores, or a Ray cluster; results do not depend on it
    #[arg(long, value_enum, value_name = "NAME", default_value_t = Executor::Local)]
    pub executor: Executor,
    /// Address of the Ray cluster, as in 'auto' or 'head:6379' [default: a new one on this machine]
    #[arg(long, value_name = "ADDRESS")]
    pub address: Option<String>,
    #[command(flatten)]
    pub planning: PlanningArgs,
}

/// Where a benchmark is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Executor {
    /// On threads of this process
    Local,
    /// On a Ray cluster
    Ray,
}

/// Seeds to play: so many of the suite's, or these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SeedChoice {
    First(usize),
    These(Seeds),
}

impl FromStr for SeedChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // A count is digits alone; whatever else is written is read, or refused, as seeds.
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return text.parse().map(Self::These);
        }
        match text.parse() {
            Ok(count @ 1..=1_000_000) => Ok(Self::First(count)),
            _ => {
                Err("expected how many seeds, from 1 to 1000000, or seeds as in '42,123' or '10..20'"
                    .to_owned())
            }
        }
    }
}

fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count @ 1..=1024) => Ok(count),
        _ => Err("expected a whole number from 1 to 1024".to_owned()),
    }
}

#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    /// Network, scenario and suite files
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

const FIT_EXAMPLES: &str = "\
Examples:
  gym-invmgmt fit data/m5_foods_3_382_ca_3.csv --column units
  gym-invmgmt fit sales.csv --column units --report fit.html --json

Exit codes: 0 done, 1 the file or the history was refused, 2 wrong usage.";

#[derive(Args, Debug)]
pub(crate) struct FitArgs {
    /// A table with a header; one row per period, in order: CSV as spreadsheets write it, packed by gzip or zip, or an
    /// xlsx file
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The column with the units sold in each period
    #[arg(long, value_name = "NAME")]
    pub column: String,
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

const LOOK_EXAMPLES: &str = "\
Examples:
  gym-invmgmt look sales.csv
  gym-invmgmt look till.xlsx --sheet Sales --range A3:F200 --json

Exit codes: 0 understood, 1 the file was refused or a column can be read in two ways, 2 wrong usage.";

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

const IMPORT_EXAMPLES: &str = "\
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

#[derive(Args, Debug)]
pub(crate) struct ListArgs {
    /// What to list [default: everything]
    #[arg(value_enum)]
    pub what: Option<Section>,
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

fn discount(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(weight) if weight > 0.0 && weight <= 1.0 => Ok(weight),
        _ => Err("expected a number above 0 and at most 1".to_owned()),
    }
}
