//! What can go wrong in a game.

use invmgmt::episode::{ActionError, EpisodeError};
use invmgmt_policy::PolicyError;

/// An order that cannot be taken. The game stands as it was.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum OrderError {
    /// The node is played by a policy.
    #[error("{node} is played by {policy}; nobody else orders there")]
    NotAPerson {
        /// The node.
        node: String,
        /// Who plays it.
        policy: String,
    },
    /// Not one quantity per supplier.
    #[error(
        "found {found} quantities; {node} has {} supplier{}: {}",
        suppliers.len(), if suppliers.len() == 1 { "" } else { "s" }, suppliers.join(", ")
    )]
    Count {
        /// The node.
        node: String,
        /// How many were given.
        found: usize,
        /// Its suppliers.
        suppliers: Vec<String>,
    },
    /// A quantity that nobody can order.
    #[error("the order from {supplier} is {found}; expected {allowed}")]
    Quantity {
        /// Of whom it is asked.
        supplier: String,
        /// What was given.
        found: f64,
        /// What may be given.
        allowed: String,
    },
    /// The last period has been played.
    #[error("the game ended after period {num_periods}")]
    Over {
        /// Length of the game.
        num_periods: usize,
    },
}

/// A game that cannot be set up or played on.
#[derive(Debug, thiserror::Error)]
pub enum GameError {
    /// Not one player per node that holds stock.
    #[error("found {found} players; expected {expected}, one per node that holds stock")]
    Players {
        /// How many were given.
        found: usize,
        /// How many there must be.
        expected: usize,
    },
    /// A policy that cannot play.
    #[error("{node}: {error}")]
    Policy {
        /// The node it was to play.
        node: String,
        /// Why not.
        error: PolicyError,
    },
    /// The episode cannot be recorded.
    #[error(transparent)]
    Episode(#[from] EpisodeError),
    /// Somebody has not ordered yet.
    #[error("{} not ordered yet; the period is played when everybody has", have(nodes))]
    Missing {
        /// Who has not.
        nodes: Vec<String>,
    },
    /// A policy has no order, or what it ordered cannot be played. The game stands before the period.
    #[error("{policy}: {error}")]
    Undecided {
        /// The policy.
        policy: String,
        /// Why.
        error: ActionError,
    },
    /// The period cannot be played. The game stands before it.
    #[error(transparent)]
    Action(#[from] ActionError),
    /// No levels could be found.
    #[error("no base-stock levels could be found: {0}")]
    Untuned(String),
}

fn have(nodes: &[String]) -> String {
    format!("{} {}", nodes.join(", "), if nodes.len() == 1 { "has" } else { "have" })
}
