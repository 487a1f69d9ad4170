//! The options of `exact`.

use std::num::NonZeroUsize;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

pub(crate) const EXAMPLES: &str = "\
Examples:
  gym-invmgmt exact lost_sales.yaml
  gym-invmgmt exact perishable.yaml --criterion discounted --discount 0.99 --actions 0..10 --json
  gym-invmgmt exact shop.yaml --out policy.npz
  gym-invmgmt simulate --scenario shop.yaml --policy table:policy.npz --policy basestock:12

Exit codes: 0 done, 1 an input was refused, 2 wrong usage, 130 stopped by Ctrl-C.";

/// Find the optimal policy of a small problem, and what it earns, by dynamic programming
#[derive(Args, Debug)]
pub(crate) struct ExactArgs {
    /// A scenario file, a problem of a suite as in 'classics-1/lost-sales-poisson-L2-p9', a network file with its own
    /// demand, or a network by name
    #[arg(value_name = "FILE")]
    pub file: String,
    /// What is made as good as possible
    #[arg(long, value_enum, default_value_t = Counted::Average)]
    pub criterion: Counted,
    /// Weight of a period's money against the period before [default: the scenario's; discounted 0.99 where that is 1]
    #[arg(long, value_name = "A", allow_negative_numbers = true)]
    pub discount: Option<f64>,
    /// Units requested on each supply link, from the first to the last, both included [default: whole units up to a
    /// bound that is raised until it is not in the way]
    #[arg(long, value_name = "MIN..MAX", value_parser = units)]
    pub actions: Option<RangeInclusive<u32>>,
    /// Tell what the policy earns in so many periods instead of all it earns: per period on average, or discounted from
    /// the first of them on
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub periods: Option<u32>,
    /// Periods it plays before those that count
    #[arg(long, value_name = "N", requires = "periods", value_parser = clap::value_parser!(u32).range(..=1_000_000))]
    pub warm_up: Option<u32>,
    /// Of a network file: unmet demand is lost; without this it waits
    #[arg(long)]
    pub lost_sales: bool,
    /// Whether profits or costs are told [default: costs where customers pay nothing and stock is worth nothing]
    #[arg(long, value_enum)]
    pub objective: Option<Objective>,
    /// Reckon with demand up to a value above which less than this of the probability lies, per market link
    #[arg(long, value_name = "P", default_value_t = 1e-12, allow_negative_numbers = true)]
    pub tail: f64,
    /// Stop when the bounds of the value are so close, in units of the value where that is above 1
    #[arg(long, value_name = "GAP", default_value_t = 1e-8, allow_negative_numbers = true)]
    pub tolerance: f64,
    /// Most memory for the tables, in GB
    #[arg(long, value_name = "GB", default_value_t = 6.0, value_parser = gigabytes)]
    pub memory: f64,
    /// Play the policy for about so many periods as a second proof; 0 plays none
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    pub simulate: usize,
    /// Keep in this file how far the work has come, and go on from there if it exists; it is removed when all is done
    #[arg(long, value_name = "FILE")]
    pub checkpoint: Option<std::path::PathBuf>,
    /// Write the policy as a table, to play as table:FILE.npz
    #[arg(long, value_name = "FILE.npz")]
    pub out: Option<PathBuf>,
    /// Draw the policy: what is requested in each state, where states have one number or two
    #[arg(long, value_name = "FILE.svg")]
    pub picture: Option<std::path::PathBuf>,
    /// Most threads to use; the result does not depend on it [default: one per core]
    #[arg(long, value_name = "N")]
    pub threads: Option<NonZeroUsize>,
    /// Print one JSON document instead of a table
    #[arg(long)]
    pub json: bool,
}

/// What counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Counted {
    /// The average per period, in the long run
    Average,
    /// All money to come from the file's start on, discounted
    Discounted,
    /// All money up to the horizon of the file
    Finite,
}

/// What is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Objective {
    /// Revenue less costs
    Profit,
    /// Costs less revenue
    Cost,
}

fn units(text: &str) -> Result<RangeInclusive<u32>, String> {
    let parsed = text.split_once("..").and_then(|(least, most)| {
        Some((least.trim().parse::<u32>().ok()?, most.trim().trim_start_matches('=').parse::<u32>().ok()?))
    });
    match parsed {
        Some((least, most)) if least <= most => Ok(least..=most),
        _ => Err("expected two whole numbers of units, the lower first, as in 0..20".to_owned()),
    }
}

fn gigabytes(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(size) if size > 0.0 && size <= 1e6 => Ok(size),
        _ => Err("expected a number of GB above 0".to_owned()),
    }
}
