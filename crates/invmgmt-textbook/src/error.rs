//! What a solver refuses: numbers out of range, and networks of the wrong shape.

use invmgmt::network::NodeId;

use super::problem::{Fact, Sentences};

/// A number, or a list of numbers, that a solver cannot use. Nothing was solved.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum InputError {
    /// A number out of its range.
    #[error("{name} is {found}; expected {allowed}")]
    OutOfRange {
        /// The field, with its place in a list.
        name: String,
        /// Its value.
        found: f64,
        /// What it may be.
        allowed: &'static str,
    },
    /// A list without entries.
    #[error("{name} is empty; expected at least one entry")]
    Empty {
        /// The field.
        name: &'static str,
    },
    /// Numbers the problem needs.
    #[error("{names} not given; expected all numbers of the problem, or a network")]
    Missing {
        /// What is missing.
        names: String,
    },
    /// Numbers of two forms of a problem.
    #[error("{name} is given beside {others}; expected one or the other")]
    Together {
        /// One of them.
        name: &'static str,
        /// The others.
        others: &'static str,
    },
    /// Probabilities that are none.
    #[error("the probabilities add up to {total}; expected 1")]
    Probabilities {
        /// What they add up to [1].
        total: f64,
    },
    /// Demand of a kind the solver does not take.
    #[error("demand is {found}; expected {allowed}")]
    DemandKind {
        /// The kind.
        found: &'static str,
        /// What it may be.
        allowed: &'static str,
    },
    /// A problem whose answer lies beyond the reach of the tables.
    #[error("the answer spans more than {limit} levels; measure demand in a larger unit")]
    TooManyLevels {
        /// Most levels.
        limit: usize,
    },
    /// A link of a tree that names a stage there is not.
    #[error("links[{link}] names stage {found}; expected 0 to {last}")]
    NoSuchStage {
        /// Position of the link.
        link: usize,
        /// The stage it names.
        found: usize,
        /// The last stage.
        last: usize,
    },
    /// A link of a circle of suppliers and customers.
    #[error(
        "links[{link}] ({from} -> {to}) closes a circle; expected links that lead from suppliers to customers only"
    )]
    Loop {
        /// Position of the link.
        link: usize,
        /// Supplier.
        from: usize,
        /// Customer.
        to: usize,
    },
    /// A stage at the end of a tree that promises nothing to its customers.
    #[error("stages[{stage}] has no customer among the stages; expected a promised_service_time")]
    NoPromise {
        /// Position of the stage.
        stage: usize,
    },
}

/// Why a network has not the shape a solver needs. Nothing was solved.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ShapeError {
    /// Not exactly one supplier.
    #[error("node {node} has {found} suppliers; {solver} needs a serial chain")]
    Suppliers {
        /// The node.
        node: NodeId,
        /// Number of its suppliers.
        found: usize,
        /// Who asks.
        solver: &'static str,
    },
    /// Not exactly one customer.
    #[error("node {node} has {found} customers; {solver} needs a serial chain")]
    Customers {
        /// The node.
        node: NodeId,
        /// Number of its customers: nodes and markets.
        found: usize,
        /// Who asks.
        solver: &'static str,
    },
    /// More than one node that holds stock.
    #[error("the network has {found} nodes that hold stock; {solver} needs exactly one")]
    Stages {
        /// Their number.
        found: usize,
        /// Who asks.
        solver: &'static str,
    },
    /// A factory.
    #[error("node {node} is a factory with capacity {capacity}; {solver} needs unlimited capacity")]
    Capacity {
        /// The node.
        node: NodeId,
        /// Its capacity [units / period].
        capacity: f64,
        /// Who asks.
        solver: &'static str,
    },
    /// What is played and the solver does not model: all of it.
    #[error("{}", Sentences(.facts, .solver))]
    Unmodelled {
        /// Each with its place.
        facts: Vec<Fact>,
        /// Who asks.
        solver: &'static str,
    },
    /// Suppliers at different distances.
    #[error("node {node} buys with lead times {first} and {other}; {solver} needs one per node")]
    LeadTimes {
        /// The node.
        node: NodeId,
        /// Lead time of its first link [periods].
        first: usize,
        /// Another lead time [periods].
        other: usize,
        /// Who asks.
        solver: &'static str,
    },
}

/// Refuses a number that is not finite and above 0.
pub(crate) fn positive(name: impl Into<String>, found: f64) -> Result<(), InputError> {
    within(name, found, found > 0.0, "a finite number > 0")
}

/// Refuses a number that is not finite and at least 0.
pub(crate) fn non_negative(name: impl Into<String>, found: f64) -> Result<(), InputError> {
    within(name, found, found >= 0.0, "a finite number >= 0")
}

/// Refuses a number that is not finite.
pub(crate) fn finite(name: impl Into<String>, found: f64) -> Result<(), InputError> {
    within(name, found, true, "a finite number")
}

fn within(name: impl Into<String>, found: f64, holds: bool, allowed: &'static str) -> Result<(), InputError> {
    if found.is_finite() && holds {
        Ok(())
    } else {
        Err(InputError::OutOfRange { name: name.into(), found, allowed })
    }
}
