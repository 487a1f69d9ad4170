//! The options of `optimize`.

use std::num::NonZeroUsize;
use std::str::FromStr;

use clap::Args;
use invmgmt_policy::optimize::{Family, Target};

use super::problem::{DemandArgs, PlanningArgs, ProblemArgs};
use super::seeds::Seeds;

pub(crate) const EXAMPLES: &str = "\
Examples:
  Base-stock levels for every node that holds stock:
    gym-invmgmt optimize --network serial
  Levels that fit the first 20 days of sales, measured on the 10 after them:
    gym-invmgmt optimize --network serial --demand data/m5_foods_3_382_ca_3.csv:units --test-from 20
  The cheapest levels that meet 97 % of demand at once, decided once a week:
    gym-invmgmt optimize --network serial --policy basestock@7 --target fill-rate=0.97
  Reorder levels, lost sales, twice as thorough; then levels of your own on other seeds:
    gym-invmgmt optimize --network serial --lost-sales --policy ss --budget 1000
    gym-invmgmt simulate --network serial --lost-sales --seeds 0..100 --policy ss:113/115,250/262,11/23

Exit codes: 0 done, 1 an input was refused or a run failed, 2 wrong usage, 130 stopped by Ctrl-C.";

#[derive(Args, Debug)]
pub(crate) struct OptimizeArgs {
    #[command(flatten)]
    pub problem: ProblemArgs,
    /// What is sought: one level per node that holds stock (basestock, echelon, cascade, ages, balanced), a pair (ss,
    /// rq, capped) or three (joint, dual); behind @ a review period, as in basestock@7
    #[arg(long = "policy", short = 'p', value_name = "NAME[@N]", default_value = "basestock",
          value_parser = Family::reviewed)]
    pub sought: (Family, usize),
    /// A service that levels have to reach, whatever they cost: fill-rate=SHARE (of demand met at once) or
    /// cycle-service=SHARE (of cycles in which nobody goes without); of one retailer as in fill-rate[shop]=0.97, of
    /// each as in fill-rate[*]=0.97; may be repeated
    #[arg(long = "target", value_name = "SERVICE=SHARE", value_parser = Target::from_str)]
    pub targets: Vec<Target>,
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
