//! The command line: its commands, and in files of their own the options of each.

pub(crate) mod benchmark;
pub(crate) mod exact;
pub(crate) mod files;
pub(crate) mod import;
pub(crate) mod optimize;
pub(crate) mod parameters;
pub(crate) mod plan;
pub(crate) mod problem;
pub(crate) mod seeds;
pub(crate) mod simulate;
pub(crate) mod tables;
pub(crate) mod textbook;
pub(crate) mod train;

use clap::{Parser, Subcommand};

use crate::failure::Failure;

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
    #[command(after_help = simulate::EXAMPLES)]
    Simulate(Box<simulate::SimulateArgs>),
    /// Find the levels of a policy that earn most, by simulation
    #[command(after_help = optimize::EXAMPLES)]
    Optimize(Box<optimize::OptimizeArgs>),
    /// Train a policy by the gradient of what it earns; it then plays as 'learned:FILE'
    #[command(after_help = train::EXAMPLES)]
    Train(Box<train::TrainArgs>),
    /// Find the optimal policy of a small problem, and what it earns, by dynamic programming
    #[command(after_help = exact::EXAMPLES)]
    Exact(Box<exact::ExactArgs>),
    /// Solve a textbook problem exactly
    #[command(after_help = textbook::EXAMPLES)]
    Textbook(textbook::TextbookArgs),
    /// Fit demand to a history of sales: what is there, with its evidence, and what is not
    #[command(after_help = files::FIT_EXAMPLES)]
    Fit(files::FitArgs),
    /// Play policies on a suite of problems, compare them and write tables and a report
    #[command(after_help = benchmark::EXAMPLES)]
    Benchmark(benchmark::BenchmarkArgs),
    /// Merge results of 'benchmark' that people send each other: who comes how close to the optimum
    #[command(after_help = benchmark::LEADERBOARD_EXAMPLES)]
    Leaderboard(benchmark::LeaderboardArgs),
    /// Check network, scenario and suite files: every mistake with its line, exit code 1 if there is one
    #[command(after_help = "Example:\n  gym-invmgmt check warehouse.yaml plants/*.yaml")]
    Check(files::CheckArgs),
    /// Make a scenario that runs from a data set, or a network from a file of a supply chain: what is there, what was
    /// inferred, and what is not carried over
    #[command(after_help = import::EXAMPLES)]
    Import(import::ImportArgs),
    /// Plan an assortment: from sales and a table of items to reorder points and orders that reach a service target
    #[command(after_help = plan::EXAMPLES)]
    Plan(Box<plan::PlanArgs>),
    /// Place safety stock in a supply chain under guaranteed service: trees exactly, other networks by branch and bound
    #[command(after_help = crate::safety_stock::EXAMPLES)]
    SafetyStock(crate::safety_stock::SafetyStockArgs),
    /// Ask a question of inventory theory, or check an answer: twelve exercises
    #[command(after_help = crate::exercise::EXAMPLES)]
    Exercise(crate::exercise::ExerciseArgs),
    /// Run a stage of a network yourself, period by period: the beer game, or any network
    #[command(after_help = crate::play::EXAMPLES)]
    Play(crate::play::PlayArgs),
    /// Say what is understood of a table: separator, decimal sign, dates, and what each column holds
    #[command(after_help = files::LOOK_EXAMPLES)]
    Look(files::LookArgs),
    /// List networks, scenarios, suites, policies, demand effects and demand types
    #[command(after_help = "Examples:\n  gym-invmgmt list\n  gym-invmgmt list policies --json")]
    List(files::ListArgs),
    /// Print the JSON Schema of network, scenario or suite files, for editors
    #[command(after_help = "Example:\n  gym-invmgmt schema scenario > scenario.schema.json")]
    Schema(files::SchemaArgs),
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
