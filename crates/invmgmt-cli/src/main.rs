//! The command `gym-invmgmt`; all of it is in the library, which the Python package calls as well.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(unix)]
    outlive_the_limit_of_a_file();
    ExitCode::from(invmgmt_cli::run(std::env::args_os()))
}

/// Beyond the largest size a file may have (`ulimit -f`) the system ends a process on the spot, with half a file left
/// behind. With the signal caught, the write fails instead, is said and is cleaned up. Python does the same by itself.
#[cfg(unix)]
fn outlive_the_limit_of_a_file() {
    // Nobody looks at the flag. Where the signal cannot be caught, all is as it was.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, std::sync::Arc::default());
}
