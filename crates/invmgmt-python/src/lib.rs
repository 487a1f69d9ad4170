//! The Python extension `gym_invmgmt._native`: thin classes over the engine, and the command line.
//!
//! Python's interpreter lock is held while the single environment's arrays are open; the abi3 extension is not
//! loaded by free-threaded interpreters.
#![allow(clippy::needless_pass_by_value, reason = "Python's arguments arrive as values")]

mod actions;
mod convert;
mod demand;
mod episode;
mod features;
mod matrices;
mod network;
mod randomization;
mod stream;
mod vector;

use std::ffi::OsString;

use pyo3::prelude::*;

/// Runs the command line with these arguments, the program's name first; returns the exit code.
#[pyfunction]
fn run_command_line(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    py.detach(|| invmgmt_cli::run(arguments))
}

/// The engine under `gym_invmgmt`.
#[pymodule]
mod _native {
    #[pymodule_export]
    use super::vector::{Batch, rollout_by_name};

    #[pymodule_export]
    use super::actions::Actions;
    #[pymodule_export]
    use super::demand::Demand;
    #[pymodule_export]
    use super::episode::Episode;
    #[pymodule_export]
    use super::features::Features;
    #[pymodule_export]
    use super::network::Network;
    #[pymodule_export]
    use super::randomization::Randomization;
    #[pymodule_export]
    use super::run_command_line;
}
