//! Demand of the simulator fitted to a history of sales.
//!
//! [`fit`] finds which of the engine's effects (trend, season, level shift) a history shows, and with which
//! parameters, by the likelihood of the engine's own mean under a Poisson law with free dispersion. Every effect
//! comes with its evidence: the likelihood ratio and the probability that chance alone makes one as large somewhere
//! among all the periods and times looked at. Scatter that a Poisson law cannot have without lifting the mean is given
//! to another law of the engine, and zeros before an item existed are left out.
//!
//! ```
//! use invmgmt_fit::{Outcome, Settings, fit};
//!
//! // Ten units a period, and thirty from period 20 on.
//! let history: Vec<f64> = (0..40).map(|t| if t < 20 { 10.0 } else { 30.0 }).collect();
//! let found = fit(&history, Settings::default())?;
//! assert_eq!(found.evidence("shock").outcome, Outcome::Found);
//! assert_eq!(found.config.shock_time, 20.0);
//! assert!((found.config.shock_mag - 3.0).abs() < 1e-6);
//! assert_eq!(found.evidence("trend").outcome, Outcome::NoneFound);
//! # Ok::<(), invmgmt_fit::FitError>(())
//! ```
#![forbid(unsafe_code)]

mod begin;
mod censored;
mod chance;
mod climb;
mod config;
mod curve;
mod deviance;
mod error;
mod estimates;
mod fit;
mod law;
mod scan;
mod scatter;
mod search;
mod spectrum;
mod summary;

pub use censored::wanted;
pub use config::{declared, entries, from_period, simulate, simulate_law};
pub use error::FitError;
pub use estimates::Estimate;
pub use fit::{Candidate, Evidence, Fit, Outcome, Settings, fit};
pub use scatter::{Dispersion, Intermittency};

/// Fewest periods of a history.
pub const FEWEST_PERIODS: usize = 4;
/// Most periods of a history; the search for seasons takes time with its square.
pub const MOST_PERIODS: usize = 10_000;
