//! The plan of an assortment: from histories of sales to levels that reach a service target.
//!
//! [`Item`] holds what is known of one item at one place; [`Item::recommend`] finds the least levels that reach its
//! target by playing them in the engine, on paths drawn from what its history leaves open; [`plan`] does so for all
//! items on all cores and puts them into classes.
#![forbid(unsafe_code)]

mod assortment;
mod bracket;
mod counts;
mod curve;
mod demand;
mod echelons;
mod item;
mod levels;
mod normal;
pub mod output;
mod physics;
mod places;
mod play;
mod recommend;
mod run;
mod study;
pub mod tables;
mod warning;

pub use assortment::{Chain, Class, PlanError, Planned, on_threads, plan};
pub use demand::Demand;
pub use item::{Effort, Item, Money};
pub use levels::Target;
pub use physics::{Crossing, LONGEST_LEAD_TIME, LeadTime, Levels, Physics, Unmet};
pub use play::{Figures, Path, Player};
pub use recommend::Recommendation;
pub use run::{DEFAULT_PATHS, Estimate, LONGEST_HORIZON, PATHS, Request, RequestError};
pub use study::{Backtest, Taken, backtest, trade_offs};
pub use warning::Warning;
