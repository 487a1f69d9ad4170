//! Optimal policies of small problems, by dynamic programming on the engine's own period.
//!
//! Nothing is formulated: the states are rows of the engine, found from the opening row by playing
//! [`play_period`](invmgmt::period::play_period) under every request and every demand there may be, and the money is
//! the engine's. So the optimum is that of the very problem which is simulated.
//!
//! ```
//! use invmgmt::Problem;
//! use invmgmt::demand::{DemandConfig, DemandModel};
//! use invmgmt::network::{DeclaredDemand, DeclaredLink, DeclaredNetwork, DeclaredNode};
//! use invmgmt::period::Rules;
//! use invmgmt_exact::{Criterion, Settings, solve};
//!
//! // Lost sales, lead time 1, Poisson demand of mean 5, penalty 4: Zipkin (2008), 4.04 per period.
//! let network = DeclaredNetwork {
//!     nodes: vec![DeclaredNode::new("town"), DeclaredNode::stocking("shop", 5.0, 1.0), DeclaredNode::new("farm")],
//!     links: vec![
//!         DeclaredLink::market("shop", "town", 0.0, 4.0, DeclaredDemand::poisson(5.0)),
//!         DeclaredLink::supply("farm", "shop", 1, 0.0, 0.0),
//!     ],
//!     ..DeclaredNetwork::default()
//! };
//! let demand = DemandModel::new(DemandConfig::default())?;
//! let rules = Rules { backlog: false, discount: 1.0 };
//! let problem = Problem::new(network.compile()?, demand, rules, 30);
//! let found = solve(&problem, &Settings::new(Criterion::Average, 1), &mut |_| {})?;
//! assert!((found.profit.middle() + 4.0407).abs() < 5e-5);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

mod bounds;
mod checkpoint;
mod columns;
mod error;
mod explore;
mod finite;
mod iterate;
mod model;
mod outcomes;
mod proof;
mod solve;
mod supply;
mod terms;
mod window;

pub use error::ExactError;
pub use iterate::Bracket;
pub use proof::Simulated;
pub use solve::{Criterion, ENDLESS, FINITE, Progress, Settings, Solution, solve};
pub use window::Window;
