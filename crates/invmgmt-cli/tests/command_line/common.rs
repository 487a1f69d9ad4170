//! Running the command.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Sales of the item the project's example is about: thirty days, 481 units.
pub const SALES: &str = "data/m5_foods_3_382_ca_3.csv:units";

/// The folder the examples in the help are meant to be run in.
pub fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The command with these arguments, in the project's folder.
pub fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gym-invmgmt"));
    command.args(args).current_dir(project()).env("NO_COLOR", "1");
    command
}

/// What one run printed, and its exit code.
pub struct Run {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// Runs the command to its end.
pub fn run(args: &[&str]) -> Run {
    let Output { status, stdout, stderr } = command(args).output().expect("the command starts");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8 output");
    Run { code: status.code(), stdout: text(stdout), stderr: text(stderr) }
}

/// The stdout of a run that must succeed and say nothing on stderr.
pub fn succeed(args: &[&str]) -> String {
    let run = run(args);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{args:?}");
    run.stdout
}

/// The stderr of a run that must fail with this code and print nothing on stdout.
pub fn fail(code: i32, args: &[&str]) -> String {
    let run = run(args);
    assert_eq!((run.code, run.stdout.as_str()), (Some(code), ""), "{args:?}: {}", run.stderr);
    run.stderr
}
