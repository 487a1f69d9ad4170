//! Exact solvers from the textbooks of inventory theory, each with its source, units and conventions.
//!
//! | module | problem | source |
//! |---|---|---|
//! | [`eoq`] | economic order quantity, with and without backorders, with a supplier that fails | Harris (1913); Snyder & Shen, equations (3.4), (3.27), section 9.2 |
//! | [`newsvendor`] | one stage, base-stock level, any lead time | Arrow, Harris & Marschak (1951); Snyder & Shen, chapter 4 |
//! | [`reorder_quantity`] | (r, Q), Poisson or normal demand, continuous review | Federgruen & Zheng (1992) |
//! | [`reorder_level`] | (s, S), whole-unit demand, periodic review | Zheng & Federgruen (1991) |
//! | [`clark_scarf`] | serial systems, echelon base-stock levels | Clark & Scarf (1960); Chen & Zheng (1994) |
//! | [`guaranteed_service`] | safety stock placement on trees | Graves & Willems (2000) |
//! | [`wagner_whitin`] | dynamic lot sizing | Wagner & Whitin (1958) |
//!
//! Every problem is a settings struct with public fields and a `solve`; where what is played can have the right shape,
//! `from_problem` reads the settings off a [`Problem`] (or off a network alone) and refuses by name what the solver
//! does not model. `docs/textbook.md` says how the conventions map to the simulator's timeline.
//!
//! ```
//! use invmgmt_textbook::Demand;
//! use invmgmt_textbook::clark_scarf::{SerialStage, SerialSystem};
//!
//! // Snyder & Shen, Example 6.1, stages from the customer upwards.
//! let stage = |echelon_holding_cost, lead_time| SerialStage { echelon_holding_cost, lead_time };
//! let system = SerialSystem {
//!     stages: vec![stage(3.0, 1.0), stage(2.0, 1.0), stage(2.0, 2.0)],
//!     penalty: 37.12,
//!     demand: Demand::Poisson { mean: 5.0 },
//!     constant_cost: 0.0,
//! };
//! let policy = system.solve()?;
//! assert_eq!(policy.echelon_levels, [9.0, 15.0, 26.0]);
//! # Ok::<(), invmgmt_textbook::InputError>(())
//! ```
#![forbid(unsafe_code)]

mod chain;
pub mod clark_scarf;
mod demand;
pub mod eoq;
mod error;
pub mod guaranteed_service;
pub mod newsvendor;
mod normal;
mod pmf;
mod problem;
pub mod reorder_level;
pub mod reorder_quantity;
pub mod wagner_whitin;

pub use demand::Demand;
pub use error::{InputError, ShapeError};
pub use pmf::MAX_MEAN;
pub use problem::{Fact, ProblemView};
