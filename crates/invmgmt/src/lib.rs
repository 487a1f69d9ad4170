//! Multi-echelon inventory simulation.
//!
//! A [`network::Network`] of raw materials, factories, distributors, retailers and markets is declared, checked
//! once and compiled to plain tables. [`period::play_period`] moves a state row through one period;
//! [`episode`] plays whole episodes and measures them; [`batch`] plays many at once.
//!
//! ```
//! use invmgmt::Problem;
//! use invmgmt::demand::{DemandConfig, DemandModel};
//! use invmgmt::episode::{Episode, kpis};
//! use invmgmt::network::preset;
//! use invmgmt::period::Rules;
//!
//! // The serial preset, and twenty units ordered on every link for thirty periods.
//! let network = preset("serial").expect("a preset").compile()?;
//! let demand = DemandModel::new(DemandConfig::default())?;
//! let problem = Problem::new(network, demand, Rules::default(), 30);
//! let mut episode = Episode::begin(&problem, 42)?;
//! while !episode.is_over() {
//!     episode.step(&[20.0, 20.0, 20.0])?;
//! }
//! // The profit published for this rule and seed.
//! let kpis = kpis(&problem.network, episode.trajectory());
//! assert!((kpis.total_profit - 758.03).abs() < 1e-9);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The crate knows no file, no Python and no policy by name. It reproduces the numbers of gym-invmgmt 0.2.1
//! draw for draw: see [`random`].
#![forbid(unsafe_code)]

pub mod action;
pub mod adjoint;
pub mod batch;
pub mod demand;
pub mod episode;
pub mod features;
pub mod interruption;
pub mod law;
pub mod mechanism;
pub mod network;
mod number;
pub mod period;
mod problem;
pub mod random;
mod range;

pub use number::Number;
pub use problem::Problem;
pub use range::Range;
