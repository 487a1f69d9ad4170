//! The options of `optimize`.

use std::num::NonZeroUsize;

use clap::Args;
use clap::builder::PossibleValuesParser;
use invmgmt_policy::optimize::FAMILIES;

use super::problem::{DemandArgs, PlanningArgs, ProblemArgs};
use super::seeds::Seeds;

pub(crate) const EXAMPLES: &str = "\
Examples:
  Base-stock levels for every node that holds stock:
    gym-invmgmt optimize --network serial
  Levels that fit the first 20 days of sales, measured on the 10 after them:
    gym-invmgmt optimize --network serial --demand data/m5_foods_3_382_ca_3.csv:units --test-from 20
  Reorder levels, lost sales, twice as thorough; then levels of your own on other seeds:
    gym-invmgmt optimize --network serial --lost-sales --policy ss --budget 1000
    gym-invmgmt simulate --network serial --lost-sales --seeds 0..100 --policy ss:113/115,250/262,11/23

Exit codes: 0 done, 1 an input was refused or a run failed, 2 wrong usage, 130 stopped by Ctrl-C.";

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
