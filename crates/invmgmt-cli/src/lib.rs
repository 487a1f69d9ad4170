//! The command line `gym-invmgmt`: simulate networks and scenarios, benchmark policies, check files, list what there is.
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
mod failure;
mod list;
mod networks;
mod scenarios;
mod simulate;
mod wording;

use std::ffi::OsString;
use std::io::{BufWriter, Write};

use clap::Parser;

use args::{Cli, Command};
use failure::Failure;

/// Runs the command line `args`, the first of which is the name of the program; returns the exit code.
pub fn run(args: impl IntoIterator<Item = OsString>) -> u8 {
    let args: Vec<OsString> = args.into_iter().collect();
    let cli = match Cli::try_parse_from(&args) {
        Ok(cli) => cli,
        // Help and version, too, come as "errors", to be printed to stdout.
        Err(message) => {
            let failed = message.use_stderr();
            return match message.print() {
                Err(error) if !failed => Failure::from(error).report(),
                _ => u8::try_from(message.exit_code()).unwrap_or(2),
            };
        }
    };
    let mut out = BufWriter::new(std::io::stdout().lock());
    let outcome = match cli.command {
        Command::Simulate(given) => simulate::run(&given, &wording::command_line(&args), &mut out),
        Command::Benchmark(given) => benchmark::run(&given, &wording::command_line(&args), &mut out),
        Command::Check(given) => check::run(&given, &mut out),
        Command::List(given) => list::run(&given, &mut out),
        Command::Schema(given) => scenarios::print_schema(&given.kind, &mut out),
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
