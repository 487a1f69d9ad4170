//! The options of `plan`.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};
use invmgmt_plan::{DEFAULT_PATHS, Target};

use super::tables::TableArgs;

pub(crate) const EXAMPLES: &str = "\
Examples:
  gym-invmgmt plan sales.csv --items items.csv --target fill-rate=0.97 --out plan
  gym-invmgmt plan till.xlsx --sheet Sales --units sold --place shop --unmet wait --period week --out plan
  gym-invmgmt plan sales.csv.gz --items items.csv --receipts received.csv --target cycle-service=0.95 --out plan

Exit codes: 0 done, 1 a table was refused, 2 wrong usage, 130 stopped by Ctrl-C.";

const ITEMS: &str = "Items: item, place and any of demand, lead_time, crossing, cost, price, holding_rate (per year), \
                     order_cost, min, multiple, review, life, stock, on_order, target, supplier";

#[derive(Args, Debug)]
pub(crate) struct PlanArgs {
    /// Sales: a row per item, place and date, or a row per item and place with a column per date; not needed where
    /// every row of the items has a law of demand
    #[arg(value_name = "SALES", required_unless_present = "items")]
    pub sales: Option<PathBuf>,
    /// Items, with item, place and what is known of them
    #[arg(long, value_name = "FILE", help = ITEMS)]
    pub items: Option<PathBuf>,
    /// Lead times by data: item, place, ordered, received
    #[arg(long, value_name = "FILE")]
    pub receipts: Option<PathBuf>,
    /// What is to be reached: fill-rate=SHARE (of demand met at once) or cycle-service=SHARE
    #[arg(long, value_name = "KIND=SHARE", default_value = "fill-rate=0.95")]
    pub target: GivenTarget,
    /// What becomes of demand that is not met at once
    #[arg(long, value_enum, value_name = "WORD", default_value_t = GivenUnmet::Lost)]
    pub unmet: GivenUnmet,
    /// Length of a period
    #[arg(long, value_enum, value_name = "WORD", default_value_t = GivenPeriod::Day)]
    pub period: GivenPeriod,
    /// Periods for which the levels are to hold [default: a year]
    #[arg(long, value_name = "N")]
    pub horizon: Option<usize>,
    /// Last periods held back for a backtest; 0: none [default: a quarter of the history, at most a quarter of a year]
    #[arg(long, value_name = "N")]
    pub hold_back: Option<usize>,
    /// Futures simulated per item
    #[arg(long, value_name = "N", default_value_t = DEFAULT_PATHS)]
    pub paths: usize,
    /// Folder for plan.csv, plan.xlsx, plan.json, report.html, orders.csv, orders.xlsx; made if it is missing
    #[arg(long, short, value_name = "DIR")]
    pub out: PathBuf,
    /// Most threads to use; the plan does not depend on it [default: one per core]
    #[arg(long, value_name = "N")]
    pub threads: Option<NonZeroUsize>,
    #[command(flatten)]
    pub columns: ColumnArgs,
    #[command(flatten)]
    pub form: TableArgs,
}

/// Names of the columns of the table of sales.
#[derive(Args, Debug)]
#[command(next_help_heading = "Columns of the sales")]
pub(crate) struct ColumnArgs {
    /// The date, or the number of a period
    #[arg(long, value_name = "COLUMN", default_value = "date")]
    pub date: String,
    /// The item
    #[arg(long, value_name = "COLUMN", default_value = "item")]
    pub item: String,
    /// The place
    #[arg(long, value_name = "COLUMN", default_value = "place")]
    pub place: String,
    /// Units sold
    #[arg(long, value_name = "COLUMN", default_value = "units")]
    pub units: String,
    /// Units on hand at the end of a period; where it is 0, sales are the least that was wanted
    #[arg(long, value_name = "COLUMN")]
    pub stock: Option<String>,
}

/// A target as it is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GivenTarget(pub Target);

impl FromStr for GivenTarget {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = "expected fill-rate=SHARE or cycle-service=SHARE, as in fill-rate=0.97";
        let (kind, share) = text.split_once('=').ok_or(expected)?;
        let share = share.parse::<f64>().ok().filter(|share| *share > 0.0 && *share < 1.0).ok_or(
            "expected a share above 0 and below 1, as in fill-rate=0.97: no stock is enough for all that may happen",
        )?;
        match kind {
            "fill-rate" | "immediate-fill-rate" => Ok(Self(Target::FillRate(share))),
            "cycle-service" => Ok(Self(Target::CycleService(share))),
            _ => Err(expected.to_owned()),
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum GivenUnmet {
    /// It is gone
    Lost,
    /// It waits until stock comes
    Wait,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum GivenPeriod {
    Day,
    /// From Monday
    Week,
    /// Of the calendar
    Month,
}
