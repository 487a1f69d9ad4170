//! Why levels cannot be sought.

use invmgmt::batch::RolloutError;
use invmgmt::demand::DemandError;

use super::FAMILIES;
use crate::PolicyError;

/// A search that cannot be made, or broke off. Nothing was found.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum OptimizeError {
    /// A kind of policy whose levels are not sought.
    #[error("cannot optimize policy '{found}'; expected one of {}", FAMILIES.join(", "))]
    Family {
        /// The name, control characters escaped.
        found: String,
    },
    /// A review period that is none.
    #[error(
        "cannot optimize policy '{found}'; behind @ stands a review period, a whole number of periods from 1"
    )]
    Review {
        /// The name, control characters escaped.
        found: String,
    },
    /// A target that is none.
    #[error(
        "target is '{found}'; expected fill-rate=SHARE (of demand met at once) or cycle-service=SHARE, of all \
         customers or of one retailer's or each one's, as in fill-rate=0.97, cycle-service[shop]=0.95, fill-rate[*]=0.9"
    )]
    Target {
        /// What was found, control characters escaped.
        found: String,
    },
    /// A target that is no share.
    #[error(
        "target is {found}; expected a share above 0 and below 1, as in 0.97: no stock is enough for everything"
    )]
    TargetShare {
        /// What was found.
        found: f64,
    },
    /// A target of a node that has no customers.
    #[error("target is of '{found}', which sells to no customers; expected one of {retailers}")]
    Retailer {
        /// The node, control characters escaped.
        found: String,
        /// Those that do.
        retailers: String,
    },
    /// Two targets for one thing.
    #[error("two targets for the {target}; one of them would be without effect")]
    TwoTargets {
        /// The service, and whose.
        target: String,
    },
    /// Levels at which orders jump, so that profit has no derivative in them.
    #[error(
        "the gradient climbs levels of basestock, echelon and capped reviewed every period; orders of others jump, or look at more than positions"
    )]
    Jumps,
    /// A problem whose profit has no derivative.
    #[error("{0}")]
    Gradient(String),
    /// A budget of nothing.
    #[error("budget is 0; expected at least 1 set of levels to simulate")]
    NoBudget,
    /// Too few seeds for an interval.
    #[error("{name}: {found} given; expected at least 2, because an interval of confidence needs them")]
    FewSeeds {
        /// Which list.
        name: &'static str,
        /// How many there are.
        found: usize,
    },
    /// A seed given twice.
    #[error("{name}: seed {seed} is given twice; the interval would be too narrow")]
    Twice {
        /// Which list.
        name: &'static str,
        /// The seed.
        seed: u64,
    },
    /// A seed in both lists.
    #[error(
        "seed {seed} is among the training seeds and the held-out seeds; the result would flatter itself"
    )]
    Overlap {
        /// The seed.
        seed: u64,
    },
    /// A cut that leaves nothing on one side.
    #[error("test_from is {at}; expected a period from 1 to {} of the {num_periods} played", num_periods - 1)]
    NoPart {
        /// The first period of the second part.
        at: usize,
        /// Periods of an episode.
        num_periods: usize,
    },
    /// Demand whose second part would not be what it is behind the first.
    #[error("test_from cuts series; demand has {found}")]
    NotCut {
        /// What it has.
        found: &'static str,
    },
    /// Demand without a series.
    #[error("test_from cuts series, and demand has none; seeds the search did not see measure the result")]
    NoSeries,
    /// A part of the demand that cannot be played.
    #[error(transparent)]
    Demand(#[from] DemandError),
    /// A profit beyond the range of numbers.
    #[error("{spec}: a profit is {found}; the run left the range of numbers, look for extreme inputs")]
    NotFinite {
        /// The levels played.
        spec: String,
        /// The profit.
        found: f64,
    },
    /// A network too large for the family.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// Episodes that cannot be played.
    #[error(transparent)]
    Rollout(#[from] RolloutError),
}
