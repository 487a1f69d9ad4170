//! Inventory networks as a game: who sits where, what each may see, and what it all came to.
//!
//! A [`Game`] is an episode whose orders come from players: at every node that holds stock sits a person or a named
//! policy. A person is shown a [`Desk`], which holds what a manager of that node knows and nothing else, and orders.
//! When everybody has ordered, the period is played. In the end [`Accounts`] say what each stage cost and where the
//! swings of the orders came from, and [`rivals`] what others would have paid on the same customers.
//!
//! A game is its scenario, its seed, its players and their orders: whoever keeps these can play it again to where it
//! stood, which is how the dashboard's games survive a reload.
//!
//! ```
//! use invmgmt_game::{Game, Player};
//!
//! let board = invmgmt_data::find_scenario("exercises/beer-game")?;
//! let players = vec![Player::Person; board.network.managed.len()];
//! let mut game = Game::begin(&board.problem, 1, players)?;
//! while !game.is_over() {
//!     for node in game.waiting_for() {
//!         // Four crates are usual; from the first week on everybody orders eight.
//!         game.order(node, &[if game.period() == 0 { 4.0 } else { 8.0 }])?;
//!     }
//!     game.play()?;
//! }
//! assert_eq!(invmgmt_game::Accounts::of(&game).cost(), 528.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

mod accounts;
mod desk;
mod error;
mod game;
mod rivals;
mod sheet;

pub use accounts::{Accounts, StageAccount};
pub use desk::{Buyer, Customers, Desk, OnTheWay, Supplies};
pub use error::{GameError, OrderError};
pub use game::{Game, Player, TUNED, stages, tuned};
pub use rivals::{RIVALS, Rival, rivals};
pub use sheet::results_csv;
