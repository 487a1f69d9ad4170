//! The command as a person or a script meets it: the built binary, its output, its exit codes.

mod benchmark;
mod check_and_list;
mod common;
mod exact;
mod exercise;
mod fit;
mod import;
mod large_chain;
mod leaderboard;
mod look;
mod optimize_and_textbook;
mod plan;
mod play;
#[cfg(unix)]
mod signals_and_pipes;
mod simulate;
mod supply_chains;
mod train;
mod words;
