//! The command `gym-invmgmt`; all of it is in the library, which the Python package calls as well.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(invmgmt_cli::run(std::env::args_os()))
}
