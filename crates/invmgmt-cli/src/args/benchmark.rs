//! The options of `benchmark`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};

use super::problem::PlanningArgs;
use super::seeds::Seeds;

pub(crate) const EXAMPLES: &str = "\
Examples:
  The published matrix, two policies, the ten published seeds:
    gym-invmgmt benchmark --policies newsvendor:blind,ss:informed --out results
  A hundred seeds on one core:
    gym-invmgmt benchmark --policies ss:blind --seeds 100 --threads 1 --out results
  On a Ray cluster that you trust (pip install 'gym-invmgmt[ray]'):
    gym-invmgmt benchmark --policies mpc:informed --executor ray --address auto --out results

A run that was interrupted goes on when the same command is given again.

Exit codes: 0 done, 1 an input was refused or a run failed, 2 wrong usage, 130 stopped by Ctrl-C.";

pub(crate) const LEADERBOARD_EXAMPLES: &str = "\
Example:
  gym-invmgmt benchmark --suite classics-1/lost-sales-poisson-L4-p4 -p basestock:24 --out mine
  gym-invmgmt leaderboard mine theirs --out board.json";

#[derive(Args, Debug)]
pub(crate) struct BenchmarkArgs {
    /// A suite by name (see 'gym-invmgmt list suites'), or the path of a .yaml file; NAME@VERSION insists on a version,
    /// and ids behind a slash play these problems alone, as in 'standard-1/N01,N03'
    #[arg(long, value_name = "NAME|FILE[/IDS]", default_value = "published-26")]
    pub suite: String,
    /// Ids of the problems to play, separated by commas [default: all of the suite's]
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Who orders, separated by commas, of which those inside braces belong to names, as in
    /// 'basestock:{shop, milk}=7,{shop, cheese}=11,constant:5'; may be repeated (see 'gym-invmgmt list policies')
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
pub(crate) struct LeaderboardArgs {
    /// Folders that 'benchmark --out' wrote; one that does not check is refused, and nothing is merged
    #[arg(required = true, value_name = "DIR")]
    pub folders: Vec<PathBuf>,
    /// Write the board to this file, as JSON
    #[arg(long, short, value_name = "FILE.json")]
    pub out: Option<PathBuf>,
    /// Do not play policies by name anew on the first seed
    #[arg(long)]
    pub no_replay: bool,
    /// Print the board as JSON
    #[arg(long)]
    pub json: bool,
}
