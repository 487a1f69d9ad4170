//! Multi-echelon inventory simulation: networks declared, checked and compiled; periods, episodes and batches played.
//!
//! The crate knows no file, no Python and no policy by name. It reproduces the numbers of gym-invmgmt 0.2.1 draw for
//! draw: see [`random`].
//!
//! # A network
//!
//! People declare nodes and links. Roles follow from the graph: who has no successors is a market, who has no
//! predecessors a source of raw material, everybody else holds stock. [`network::DeclaredNetwork::compile`] checks all
//! of it and tells every mistake at once, each with its place.
//!
//! ```
//! use invmgmt::network::{DeclaredDemand, DeclaredLink, DeclaredNetwork, DeclaredNode};
//!
//! let town = DeclaredDemand::new("deterministic", [("mu", 5.0)]);
//! let mut declared = DeclaredNetwork {
//!     nodes: vec![
//!         DeclaredNode::new("town"),
//!         // 20 units at the start, a cost of 1 for each that is left at the end of a period.
//!         DeclaredNode::stocking("shop", 20.0, 1.0),
//!         DeclaredNode::new("farm"),
//!     ],
//!     links: vec![
//!         // Customers pay 4; a unit they have to wait for costs 3 a period.
//!         DeclaredLink::market("shop", "town", 4.0, 3.0, town),
//!         // Goods take a period and cost 2.
//!         DeclaredLink::supply("farm", "shop", 1, 2.0, 0.0),
//!     ],
//!     ..DeclaredNetwork::default()
//! };
//! let network = declared.clone().compile()?;
//! assert_eq!(network.action_labels(), ["order[farm -> shop]"]);
//!
//! declared.nodes[1].holding_cost = Some(-1.0);
//! declared.links[1].price = None;
//! assert_eq!(
//!     declared.compile().unwrap_err().to_string(),
//!     "2 mistakes in the network:
//!   - nodes[1] (shop): h: found -1; expected a finite number >= 0
//!   - edges[1] (farm -> shop): p: missing; a supply link must have it: a finite number >= 0"
//! );
//! # Ok::<(), invmgmt::network::NetworkError>(())
//! ```
//!
//! After that nothing is looked up by name, and only an unusable action can fail. Nodes and links are typed indices
//! into plain tables: [`network::ManagedIx`], [`network::SupplyLinkIx`], [`network::MarketLinkIx`].
//!
//! # A problem, and an episode of it
//!
//! [`Problem`] is what is played: a network, its customers' demand, the rules, the horizon. An [`episode::Episode`]
//! plays it period by period with a full record.
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
//! # Who decides
//!
//! A [`episode::Policy`] sees a [`period::StateView`], which holds what may be observed and what policies are told
//! besides, and writes a quantity per supply link. [`batch::rollout`] plays one episode per seed, several side by side
//! and on several threads; the figures depend on neither.
//!
//! ```
//! use invmgmt::Problem;
//! use invmgmt::batch::rollout;
//! use invmgmt::demand::{DemandConfig, DemandModel};
//! use invmgmt::episode::{DecisionError, Policy};
//! use invmgmt::network::{ManagedIx, TableIndex, preset};
//! use invmgmt::period::{Rules, StateView};
//!
//! /// Every node of a chain orders up to a level of its own.
//! struct UpTo([f64; 3]);
//!
//! impl Policy for UpTo {
//!     fn decide(&mut self, state: &StateView<'_>, orders: &mut [f64]) -> Result<(), DecisionError> {
//!         for (position, level) in self.0.into_iter().enumerate() {
//!             let held = state.inventory_position(ManagedIx::from_position(position));
//!             orders[position] = (level - held).max(0.0);
//!         }
//!         Ok(())
//!     }
//! }
//!
//! let network = preset("serial").expect("a preset").compile()?;
//! let demand = DemandModel::new(DemandConfig::default())?;
//! let problem = Problem::new(network, demand, Rules::default(), 30);
//! let seeds: Vec<u64> = (0..16).collect();
//! let on_two_threads = rollout(&problem, &seeds, 2, || UpTo([113.0, 130.0, 32.0]))?;
//! assert_eq!(on_two_threads, rollout(&problem, &seeds, 1, || UpTo([113.0, 130.0, 32.0]))?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Many at once
//!
//! Learners step thousands of episodes together: [`batch::Batch`] owns their states and writes into buffers that the
//! caller owns. Row i, seeded s, plays what a single episode of that seed does, number for number.
//!
//! ```
//! use invmgmt::Problem;
//! use invmgmt::batch::{Autoreset, Batch, Outcome};
//! use invmgmt::demand::{DemandConfig, DemandModel};
//! use invmgmt::episode::Episode;
//! use invmgmt::network::preset;
//! use invmgmt::period::Rules;
//!
//! let network = preset("serial").expect("a preset").compile()?;
//! let demand = DemandModel::new(DemandConfig::default())?;
//! let problem = Problem::new(network, demand, Rules::default(), 30);
//! // Rows begin with the streams of the seeds 0, 1, 2, ...
//! let mut batch = Batch::new(&problem, 4, 1, Autoreset::NextStep)?;
//! let mut outcome = Outcome::<f64>::new(&problem.network, 4);
//! batch.step(&[20.0; 4 * 3], outcome.buffers())?;
//! let mut alone = Episode::begin(&problem, 3)?;
//! assert_eq!(outcome.rewards[3], alone.step(&[20.0; 3])?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Mechanisms
//!
//! Requests that wait, goods that spoil, supply that fails: keys of the declaration switch them on, and whoever plans
//! states which of them it models, simplifies or refuses ([`mechanism`]). One that is not named is refused at the door,
//! because a plan that looks right and is wrong is the worst of all. A network pays for those it uses alone.
//!
//! ```
//! use invmgmt::mechanism::{Mechanism, Scope};
//! use invmgmt::network::{KeyValue, preset};
//!
//! let mut declared = preset("serial").expect("a preset");
//! declared.settings.put("life", KeyValue::Whole(4));
//! let used = declared.compile()?.mechanisms();
//! let planner = Scope::of(&[Mechanism::Capacity, Mechanism::Yield]);
//! let refusal = planner.admit(&used).unwrap_err();
//! assert_eq!(refusal.to_string(), "does not model shelf life (the network)");
//! # Ok::<(), invmgmt::network::NetworkError>(())
//! ```
//!
//! # How the period is written
//!
//! [`period::play_period`] is the only implementation of a period; everything above calls it. Its rules:
//!
//! - One phase, one function, one file, in the order of the events: order, receive, feel, sell, account.
//! - It plays `W` episodes side by side, each number of a state once per episode, so that the compiler puts several
//!   into one register. What it calls must therefore be inlined into it: `#[inline(always)]`, or the vectors fall apart
//!   at the call. Only what mechanisms add stands behind a call, compiled once for each kind of registers.
//! - It allocates nothing, and no operation is fused, reordered or rounded: its bits are a contract.
//! - Every draw takes its stream as an argument; no hash map is iterated.
//! - Its reverse, the derivative of what is earned in every order, stands phase by phase in [`adjoint`].
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
