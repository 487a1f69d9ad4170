//! Who decides: ordering policies for [`invmgmt`], and the names they go by.
//!
//! A policy reads a [`StateView`](invmgmt::period::StateView) and writes one quantity per supply link. It is named
//! by a short text, its *spec*: a form and its numbers, `constant:20` or `basestock:128,271`. [`POLICIES`] lists
//! the forms, [`parse`] makes a policy for a network out of a spec.
//!
//! ```
//! use invmgmt::demand::{DemandConfig, DemandModel};
//! use invmgmt::episode::{Episode, kpis};
//! use invmgmt::network::preset;
//! use invmgmt::period::Rules;
//!
//! let network = preset("serial").expect("a preset").compile()?;
//! let demand = DemandModel::new(DemandConfig::default())?;
//! let mut policy = invmgmt_policy::parse("basestock:107,118,29", &network)?;
//! let mut episode = Episode::begin(&network, &demand, Rules::default(), 30, 42)?;
//! episode.play(&mut policy)?;
//! assert!(kpis(&network, episode.trajectory()).total_profit > 800.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

mod base_stock;
mod constant;
mod spec;
mod split;

pub use base_stock::{BaseStock, EchelonBaseStock, MAX_ECHELON_ENTRIES};
pub use constant::Constant;
pub use spec::{POLICIES, PolicyError, PolicyForm, parse};
pub use split::supplier_shares;
