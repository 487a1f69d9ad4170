//! Who decides: ordering policies for [`invmgmt`], and the names they go by.
//!
//! A policy reads a [`StateView`](invmgmt::period::StateView) and writes one quantity per supply link. It is named
//! by a short text, its *spec*: a form and its numbers, `constant:20` or `basestock:128,271`, or a form and what it
//! may know, `newsvendor:blind`. [`POLICIES`] lists the forms, [`parse`] makes a policy out of a spec and of what is
//! known; [`Information`] says what that policy knows. [`optimize`] finds levels by simulation,
//! and [`estimate`] says what a sample of episodes tells.
//!
//! ```
//! use invmgmt::Problem;
//! use invmgmt::demand::{DemandConfig, DemandModel};
//! use invmgmt::episode::{Episode, kpis};
//! use invmgmt::network::preset;
//! use invmgmt::period::Rules;
//! use invmgmt_policy::{Information, Knowledge, parse};
//!
//! let network = preset("serial").expect("a preset").compile()?;
//! let demand = DemandModel::new(DemandConfig::default())?;
//! let problem = Problem::new(network, demand, Rules::default(), 30);
//! let known = Knowledge::of(&problem);
//! let mut policy = parse("newsvendor:informed", &known)?;
//! assert_eq!(policy.information(), Information::PublishedInformed);
//! let mut episode = Episode::begin(&problem, 42)?;
//! episode.play(&mut policy)?;
//! // The profit published for this rule and seed.
//! assert!((kpis(&problem.network, episode.trajectory()).total_profit - 845.785_233).abs() < 1e-6);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

mod balanced;
mod base_stock;
mod bound;
mod can_order;
mod constant;
mod dual_index;
mod echelon_heuristic;
mod error;
pub mod estimate;
mod exp_smoothing;
mod forecast;
mod holt;
mod information;
pub mod learned;
mod level_lists;
pub mod lp;
mod newsvendor;
pub mod optimize;
mod order_up_to;
mod planning;
mod published;
mod reorder_levels;
mod reorder_point;
mod scopes;
mod sizing;
mod spec;
pub mod table;
mod throughput;

pub use balanced::Balanced;
pub use base_stock::{BaseStock, Echelon, EchelonBaseStock, MAX_ECHELON_ENTRIES, echelons};
pub use bound::{BOUND_SCOPE, profit_bound};
pub use can_order::CanOrder;
pub use constant::Constant;
pub use dual_index::DualIndex;
pub use echelon_heuristic::EchelonHeuristic;
pub use error::PolicyError;
pub use exp_smoothing::ExpSmoothing;
pub use information::{Information, Knowledge, is_noise_free};
pub use invmgmt::action::supplier_shares;
pub use newsvendor::Newsvendor;
pub use order_up_to::{OrderUpTo, Reviewed};
pub use published::{Published, Rule};
pub use reorder_levels::ReorderLevels;
pub use reorder_point::ReorderPoint;
pub use spec::{NamedPolicy, POLICIES, PolicyForm, parse, specs};
pub use table::PolicyTable;
pub use throughput::{Throttle, throttles};
