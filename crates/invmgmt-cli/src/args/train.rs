//! The options of `train`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;
use invmgmt_policy::learned::Knows;

use super::problem::{DemandArgs, ProblemArgs};
use super::seeds::Seeds;

pub(crate) const EXAMPLES: &str = "\
Examples:
  Twenty seconds on a problem of a suite, then the policy beside a planner:
    gym-invmgmt train --scenario published-26/S19 --seconds 20 --out s19.safetensors
    gym-invmgmt simulate --scenario published-26/S19 --seeds 10000..10010 \\
        --policy learned:s19.safetensors --policy mpc:informed
  One policy for several kinds of demand that knows only what was sold; a file for each network and rule:
    gym-invmgmt train --suite published-26/S01,S05,S17,S09 --knows blind --seconds 120 --out policies
  A planner's decisions as a start, and the curves as a page:
    gym-invmgmt train --scenario published-26/S17 --teacher mpc:informed --report training.html
  The same numbers on any day, and a thousand steps more:
    gym-invmgmt train --network serial --steps 1000
    gym-invmgmt train --network serial --steps 2000 --resume

Exit codes: 0 done, 1 an input was refused or a run failed, 2 wrong usage, 130 stopped by Ctrl-C (--resume goes on).";

#[derive(Args, Debug)]
pub(crate) struct TrainArgs {
    #[command(flatten)]
    pub problem: ProblemArgs,
    /// Train on all problems of a suite, or some, as in 'published-26/S01,S05': one policy for those that share
    /// network, rules and horizon
    #[arg(long, value_name = "SUITE", conflicts_with_all = ["scenario", "network", "periods", "lost_sales", "discount",
          "DemandArgs", "SeriesArgs", "GoodwillArgs", "ParameterArgs"])]
    pub suite: Option<String>,
    /// What the policy may know of demand: the means to come, the parameters but not which effects act, or only what
    /// was sold
    #[arg(long, value_name = "LEVEL", default_value = "informed",
          value_parser = PossibleValuesParser::new(Knows::ALL.map(Knows::name)))]
    pub knows: String,
    /// Time for each policy, shared by its training seeds [default: 60, or no limit with --steps]
    #[arg(long, value_name = "X", value_parser = positive)]
    pub seconds: Option<f64>,
    /// Steps of each training; the result is the same on any day
    #[arg(long, value_name = "N")]
    pub steps: Option<u64>,
    /// Seeds of the training: one training for each, the best on --held-out is kept
    #[arg(long, value_name = "SEEDS", default_value = "0")]
    pub seeds: Seeds,
    /// Seeds of the episodes that show progress; training never sees them
    #[arg(long, value_name = "SEEDS", default_value = "40000..40128")]
    pub held_out: Seeds,
    /// How the net is laid out: layers that read the whole network at once, or a small net that every node shares and
    /// that plays other networks, too
    #[arg(long, value_name = "LAYOUT", default_value = "dense",
          value_parser = PossibleValuesParser::new(["dense", "shared"]))]
    pub net: String,
    /// Episodes per step
    #[arg(long, value_name = "N", default_value_t = 128, value_parser = clap::value_parser!(u32).range(1..=65_536))]
    pub episodes: u32,
    /// Where the policy goes: a file, or for several policies a folder
    #[arg(long, value_name = "FILE", default_value = "policy.safetensors")]
    pub out: PathBuf,
    /// Go on from the state that an earlier run with the same --out and --seeds left beside it
    #[arg(long)]
    pub resume: bool,
    /// Imitate a policy before the first step, from decisions recorded in episodes; it may know no more than --knows
    #[arg(long, value_name = "POLICY")]
    pub teacher: Option<String>,
    /// Episodes in which the teacher's decisions are recorded
    #[arg(long, value_name = "N", default_value_t = 64, requires = "teacher",
          value_parser = clap::value_parser!(u32).range(1..=65_536))]
    pub teacher_episodes: u32,
    /// Write a page with the curves of the training, as one HTML file
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Let the gradient see fixed order costs, smoothed over so many units
    #[arg(long, value_name = "UNITS", value_parser = positive)]
    pub smooth_fixed_costs: Option<f64>,
    /// Let the gradient see goodwill, its switch smoothed over so many units of unmet demand
    #[arg(long, value_name = "UNITS", value_parser = positive)]
    pub smooth_goodwill: Option<f64>,
    /// Print one JSON document instead of a table
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub demand: DemandArgs,
}

fn positive(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(number) if number > 0.0 && f64::is_finite(number) => Ok(number),
        _ => Err("expected a number above 0".to_owned()),
    }
}
