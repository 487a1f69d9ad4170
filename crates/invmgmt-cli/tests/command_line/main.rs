//! The command as a person or a script meets it: the built binary, its output, its exit codes.

mod benchmark;
mod check_and_list;
mod common;
#[cfg(unix)]
mod signals_and_pipes;
mod simulate;
