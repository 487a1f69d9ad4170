//! The options of `simulate`.

use std::path::PathBuf;

use clap::Args;

use super::problem::{DemandArgs, PlanningArgs, ProblemArgs};
use super::seeds::Seeds;

pub(crate) const EXAMPLES: &str = "\
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
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// Print one JSON document instead of a table
    #[arg(long)]
    pub json: bool,
    /// Show the key figures of every node, too; JSON always holds them
    #[arg(long, conflicts_with = "json")]
    pub by_node: bool,
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
