//! Why a problem was not solved.

use invmgmt::mechanism::Refusal;
use invmgmt_policy::PolicyError;

use crate::Bracket;

/// A problem that was not solved. Nothing was made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ExactError {
    /// A problem with mechanisms that are not modelled.
    #[error("exact {0}")]
    Refuses(#[from] Refusal),
    /// A network with more echelons than are listed.
    #[error("exact: {0}")]
    Echelons(#[from] PolicyError),
    /// Mechanisms in a form that is not modelled.
    #[error("exact does not model {what}")]
    Unmodelled {
        /// What, and where.
        what: String,
    },
    /// Demand that may be any number.
    #[error(
        "exact needs demand that comes in steps; on link {link} it may be any number. Whole demand: one of the laws of \
         counts, or 'rounded: true' in dist_param"
    )]
    Continuous {
        /// The market link.
        link: String,
    },
    /// A problem that changes with time.
    #[error(
        "exact solves for all time to come, and the problem changes with time ({what}); the criterion 'finite' solves \
         for the horizon"
    )]
    Moving {
        /// What moves it.
        what: String,
    },
    /// A checkpoint that cannot be used, or not be written.
    #[error("checkpoint {path}: {why}")]
    Checkpoint {
        /// The file.
        path: String,
        /// What is wrong.
        why: String,
    },
    /// A window of a horizon.
    #[error(
        "a window ('periods', 'warm_up') belongs to the criteria average and discounted; a horizon has its end"
    )]
    NoWindow,
    /// A number that is out of its range.
    #[error("{name} is {found}; expected {allowed}")]
    OutOfRange {
        /// What it is.
        name: &'static str,
        /// Its value.
        found: f64,
        /// What it may be.
        allowed: &'static str,
    },
    /// Too many outcomes of a period.
    #[error(
        "a period has more than {most} outcomes of {of}; fewer links, smaller demand or a larger tail make it less"
    )]
    TooManyOutcomes {
        /// Of what.
        of: &'static str,
        /// Most allowed.
        most: usize,
    },
    /// Too many combinations of requests.
    #[error(
        "{found:.0} combinations of requests to choose from; at most {most} are tried. Fewer supply links, or --actions with a shorter range, make it less"
    )]
    TooManyActions {
        /// How many.
        found: f64,
        /// Most allowed.
        most: usize,
    },
    /// Tables that do not fit.
    #[error(
        "too large: {found} states were found, {open} of them not looked into yet, when the tables reached {:.1} GB; \
         within the bounds of stocks and orders there may be {estimate:.2e} states. Shorter lead times, smaller demand, \
         fewer nodes or a shorter range of --actions make it less",
        *memory as f64 / 1e9
    )]
    TooLarge {
        /// States found.
        found: usize,
        /// States found whose choices are not known.
        open: usize,
        /// States there may be.
        estimate: f64,
        /// Most bytes allowed.
        memory: usize,
    },
    /// Bounds that do not close.
    #[error(
        "after {sweeps} sweeps the value lies between {} and {}, and they come no closer: some states may never be left \
         for others that earn more",
        bracket.low, bracket.high
    )]
    NotSettled {
        /// The bounds.
        bracket: Bracket,
        /// Sweeps made.
        sweeps: usize,
    },
    /// Bounds of orders that were in the way however wide.
    #[error(
        "after {rounds} rounds the best policy still orders as much as it may: more stock seems always to pay"
    )]
    Unbounded {
        /// How often the bounds were widened.
        rounds: usize,
    },
    /// Somebody asked for its end; see [`invmgmt::interruption`].
    #[error("interrupted")]
    Interrupted,
}
