//! The command line `gym-invmgmt`: simulate networks, find levels, benchmark policies, find optimal ones, solve
//! textbook problems, fit demand, import data, play a game, check files, list what there is.
//!
//! The same code runs as a cargo binary and, through [`run`], as the entry point of the Python package.
//!
//! # Exit codes
//!
//! | code | meaning |
//! |---|---|
//! | 0 | done; also if the reader of the output went away (`gym-invmgmt list \| head -1`) |
//! | 1 | an input was refused (a file, a network, a policy, a series) or a run failed; stderr says which and why |
//! | 2 | wrong usage: an unknown command or option, a value of the wrong form |
//! | 130 | stopped by Ctrl-C (as shells report it; the signal's default action ends the process) |
//!
//! Results go to stdout, messages and the progress bar to stderr. With `--json`, stdout holds one JSON document and
//! nothing else. Nothing read from a file is executed and nothing is fetched from a network.
#![forbid(unsafe_code)]

mod args;
mod benchmark;
mod check;
mod endings;
mod exact;
mod exact_picture;
mod exercise;
mod failure;
mod fit;
mod import;
mod import_network;
mod leaderboard;
mod list;
mod look;
mod misplaced;
mod mistakes;
mod networks;
mod optimize;
mod plan;
mod play;
mod problem;
mod safety_stock;
mod scenarios;
mod simulate;
mod textbook;
mod train;
mod wording;

use std::ffi::OsString;
use std::io::{BufWriter, Write};
use std::path::Path;

use clap::Parser;
use invmgmt::episode::Trajectory;
use invmgmt::network::Network;
use invmgmt_benchmark::{Keep, Plan, RunError};

use args::{Cli, Command};
use failure::Failure;

/// Writes the record of an episode on a network as a moving picture, or says why it could not.
///
/// The file's ending is `.gif`. What is drawn is the program's choice that calls [`run_with`].
pub type VideoWriter<'a> = &'a dyn Fn(&Path, &Network, &Trajectory) -> Result<(), String>;

/// Has units of a benchmark played on the cluster at an address; a new one on this machine if there is none.
pub type ClusterPlayer<'a> = &'a dyn Fn(Option<&str>, &Plan<'_>, &[usize], Keep<'_>) -> Result<(), RunError>;

/// What the calling program does in place of this one.
#[derive(Clone, Copy, Default)]
pub struct Helpers<'a> {
    /// Draws moving pictures.
    pub video: Option<VideoWriter<'a>>,
    /// Knows how to reach a cluster.
    pub cluster: Option<ClusterPlayer<'a>>,
}

impl std::fmt::Debug for Helpers<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Helpers").finish_non_exhaustive()
    }
}

/// Runs the command line `args`, the first of which is the name of the program; returns the exit code.
///
/// Moving pictures (`simulate --video`) and clusters (`benchmark --executor ray`) are refused: this program has none by
/// itself.
pub fn run(args: impl IntoIterator<Item = OsString>) -> u8 {
    run_with(args, Helpers::default())
}

/// As [`run`], with someone who does what this program refuses.
pub fn run_with(args: impl IntoIterator<Item = OsString>, helpers: Helpers<'_>) -> u8 {
    let args: Vec<OsString> = args.into_iter().collect();
    let cli = match Cli::try_parse_from(&args) {
        Ok(cli) => cli,
        // Help and version, too, come as "errors", to be printed to stdout.
        Err(mut message) => {
            misplaced::advise(&mut message, &args);
            let failed = message.use_stderr();
            return match message.print() {
                Err(error) if !failed => Failure::from(error).report(),
                _ => u8::try_from(message.exit_code()).unwrap_or(2),
            };
        }
    };
    let mut out = BufWriter::new(std::io::stdout().lock());
    if let Err(failure) = cli.command.save_programmes() {
        return failure.report();
    }
    let outcome = match cli.command {
        Command::Optimize(given) => optimize::run(&given, &wording::command_line(&args), &mut out),
        Command::Train(given) => train::run(&given, &wording::command_line(&args), &mut out),
        Command::Exact(given) => exact::run(&given, &mut out),
        Command::Textbook(given) => textbook::run(&given, &mut out),
        Command::Simulate(given) => {
            simulate::run(&given, &wording::command_line(&args), helpers.video, &mut out)
        }
        Command::Benchmark(given) => {
            benchmark::run(&given, &wording::command_line(&args), helpers.cluster, &mut out)
        }
        Command::Leaderboard(given) => leaderboard::run(&given, &mut out),
        Command::Check(given) => check::run(&given, &mut out),
        Command::Fit(given) => fit::run(&given, &wording::command_line(&args), &mut out),
        Command::Plan(given) => plan::run(&given, &wording::command_line(&args), &mut out),
        Command::SafetyStock(given) => safety_stock::run(&given, &mut out),
        Command::Exercise(given) => exercise::run(&given, &mut out),
        Command::Play(given) => play::run(&given, &mut std::io::stdin().lock(), &mut out),
        Command::Import(given) => import::run(&given, &mut out),
        Command::Look(given) => look::run(&given, &mut out),
        Command::List(given) => list::run(&given, &mut out),
        Command::Schema(given) => scenarios::print_schema(&given.kind, &mut out),
        // The Python package's program answers before it comes here.
        Command::Dashboard { .. } => Err(Failure::Refused(
            "dashboard: this program has none; the one that comes with the Python package does (pip install \
             'gym-invmgmt[dashboard]')"
                .to_owned(),
        )),
    };
    match outcome.and_then(|()| out.flush().map_err(Failure::from)) {
        Ok(()) => 0,
        Err(failure) => {
            // What was printed before the failure still belongs to the reader.
            let flushed = out.flush().map_err(Failure::from);
            flushed.err().unwrap_or(failure).report()
        }
    }
}
