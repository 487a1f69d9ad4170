//! The Python extension `gym_invmgmt._native`: thin classes over the engine, and the command line.
//!
//! Python's interpreter lock is held while the single environment's arrays are open; the abi3 extension is not
//! loaded by free-threaded interpreters.
#![allow(clippy::needless_pass_by_value, reason = "Python's arguments arrive as values")]

mod actions;
mod benchmark;
mod command_line;
mod convert;
mod data;
mod demand;
mod episode;
mod exact;
mod executor;
mod features;
mod files;
mod fit;
mod game;
mod gradient;
mod interruptible;
mod matrices;
mod names;
mod network;
mod optimize;
mod plan;
mod policy;
mod problem;
mod randomization;
mod scenario;
mod stream;
mod textbook;
mod turn;
mod vector;

use pyo3::prelude::*;

/// The engine under `gym_invmgmt`.
#[pymodule]
mod _native {
    #[pymodule_export]
    use super::actions::Actions;
    #[pymodule_export]
    use super::benchmark::benchmark;
    #[pymodule_export]
    use super::command_line::run_command_line;
    #[pymodule_export]
    use super::data::{
        best_window, grouped_series, hierarchy_network, long_series, prepare_series, star_network,
        topology_network,
    };
    #[pymodule_export]
    use super::demand::{Demand, Parameter};
    #[pymodule_export]
    use super::episode::Episode;
    #[pymodule_export]
    use super::exact::solve_exactly;
    #[pymodule_export]
    use super::executor::play_units;
    #[pymodule_export]
    use super::features::Features;
    #[pymodule_export]
    use super::files::{new_file, replace_file};
    #[pymodule_export]
    use super::fit::{demand_from_period, fit_demand, read_demand, simulate_demand};
    #[pymodule_export]
    use super::game::Game;
    #[pymodule_export]
    use super::gradient::{Recorded, level_gradient};
    #[pymodule_export]
    use super::names::nearest;
    #[pymodule_export]
    use super::network::{Network, NetworkKey};
    #[pymodule_export]
    use super::optimize::{estimate, optimize_levels};
    #[pymodule_export]
    use super::plan::plan;
    #[pymodule_export]
    use super::policy::{Policy, save_programmes};
    #[pymodule_export]
    use super::randomization::Randomization;
    #[pymodule_export]
    use super::scenario::{Scenario, classics, suites};
    #[pymodule_export]
    use super::textbook::{
        textbook_clark_scarf, textbook_clark_scarf_of, textbook_eoq, textbook_guaranteed_service,
        textbook_guaranteed_service_of, textbook_newsvendor, textbook_newsvendor_of, textbook_reorder_level,
        textbook_reorder_level_of, textbook_reorder_quantity, textbook_wagner_whitin,
    };
    #[pymodule_export]
    use super::vector::{Batch, rollout_by_name};
}
