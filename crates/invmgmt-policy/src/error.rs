//! What can be wrong with a spec.

use invmgmt::mechanism::Refusal;

use crate::learned::LearnedError;
use crate::spec::known_forms;

/// A policy that cannot be made. Nothing was made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PolicyError {
    /// Levels by name, in a file, or with a review period that cannot be read.
    #[error("{form}: {message}")]
    Levels {
        /// The form.
        form: &'static str,
        /// What was found and what is allowed.
        message: String,
    },
    /// A spec of no known form.
    #[error("unknown policy '{found}'{hint}; known forms: {}", known_forms())]
    Unknown {
        /// The spec, control characters escaped.
        found: String,
        /// ` (did you mean 'constant'?)` or nothing.
        hint: String,
    },
    /// A trained policy that cannot be read or does not fit the problem.
    #[error("learned:{found} {error}")]
    Learned {
        /// The file, or the level of one that comes along, control characters escaped.
        found: String,
        /// What is wrong with it.
        error: LearnedError,
    },
    /// A spec without numbers.
    #[error("policy '{form}' has no numbers; expected {usage}")]
    NoNumbers {
        /// The form.
        form: &'static str,
        /// How it is written.
        usage: &'static str,
    },
    /// An entry that is not a finite number.
    #[error("{form}: entry {} is '{found}'; expected a finite number ({usage})", position + 1)]
    NotANumber {
        /// The form.
        form: &'static str,
        /// How it is written.
        usage: &'static str,
        /// Which entry, from 0.
        position: usize,
        /// The entry, control characters escaped.
        found: String,
    },
    /// An entry that is not a pair of numbers.
    #[error("{form}: entry {} is '{found}'; expected two numbers s/S ({usage})", position + 1)]
    NotAPair {
        /// The form.
        form: &'static str,
        /// How it is written.
        usage: &'static str,
        /// Which entry, from 0.
        position: usize,
        /// The entry, control characters escaped.
        found: String,
    },
    /// A level to order at that lies above the level to order up to.
    #[error("ss: entry {} is {low}/{high}; expected s <= S", position + 1)]
    LevelsCross {
        /// Which entry, from 0.
        position: usize,
        /// The level s to order at [units].
        low: f64,
        /// The level S to order up to [units].
        high: f64,
    },
    /// A quantity below zero.
    #[error("constant: entry {} is {found}; expected an order quantity >= 0", position + 1)]
    Negative {
        /// Which entry, from 0.
        position: usize,
        /// The quantity.
        found: f64,
    },
    /// Too few or too many numbers.
    #[error("{form} has {found} {}; expected {expected}: {names}", if *found == 1 { "number" } else { "numbers" })]
    Count {
        /// The form.
        form: &'static str,
        /// Numbers given.
        found: usize,
        /// How many are expected, in words.
        expected: String,
        /// The nodes or links they are for.
        names: String,
    },
    /// A rule that comes in information levels, named without one.
    #[error("policy '{form}' has no information level; expected {usage}")]
    NoLevel {
        /// The form.
        form: &'static str,
        /// How it is written.
        usage: &'static str,
    },
    /// An information level a rule does not have.
    #[error("{form} has no information level '{found}'; expected {usage}")]
    Level {
        /// The form.
        form: &'static str,
        /// How it is written.
        usage: &'static str,
        /// The level, control characters escaped.
        found: String,
    },
    /// A policy that reads the parameters of demand where nothing is known of demand.
    #[error("{form}{}{level} reads the parameters of demand, and none are given", if level.is_empty() { "" } else { ":" })]
    NoDemand {
        /// The form.
        form: &'static str,
        /// Its level, or nothing.
        level: &'static str,
    },
    /// A problem with mechanisms that the policy does not model.
    #[error("{form} {refusal}{}", instead(players))]
    Refuses {
        /// The form.
        form: &'static str,
        /// What it does not model.
        refusal: Refusal,
        /// How the policies that do are written.
        players: Vec<&'static str>,
    },
    /// A policy that stands in a file, named without one.
    #[error("policy 'table' has no file; expected {usage}")]
    NoFile {
        /// How it is written.
        usage: &'static str,
    },
    /// A table that cannot be read or played.
    #[error("table: {0}")]
    Table(String),
    /// A linear programme that was not solved.
    #[error(transparent)]
    Plan(#[from] crate::lp::SolveError),
    /// A network whose echelons together are too large to keep.
    #[error(
        "the echelons of this network have more than {max} entries together; use basestock or constant instead"
    )]
    EchelonsTooLarge {
        /// Most entries allowed.
        max: usize,
    },
    /// A network whose nodes together reach too many market links to keep.
    #[error(
        "the nodes of this network reach more than {max} market links together; use basestock or constant instead"
    )]
    ReachTooLarge {
        /// Most pairs of node and market link allowed.
        max: usize,
    },
}

/// Who plays the problem, where anybody does in place of the one that refuses.
fn instead(players: &[&str]) -> String {
    if players.is_empty() {
        return String::new();
    }
    format!(". Policies that play this problem: {}", players.join("; "))
}
