//! The options that say what is played, and what becomes of plans that fail.

use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;
use invmgmt::demand::{EFFECTS, TYPES};

use super::parameters::{GOODWILL_HEADING, ParameterArgs};
use super::tables::TableArgs;

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

fn discount(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(weight) if weight > 0.0 && weight <= 1.0 => Ok(weight),
        _ => Err("expected a number above 0 and at most 1".to_owned()),
    }
}
