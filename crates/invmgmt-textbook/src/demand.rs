//! Demand per period, or per unit of time, and what it adds up to over a lead time.

use super::error::{InputError, non_negative, positive};
use super::pmf::Pmf;

/// Longest time over which discrete demand is added up [periods].
const MAX_PERIODS: f64 = 1000.0;

/// Demand per unit of time, independent between disjoint times.
#[derive(Clone, Debug, PartialEq)]
pub enum Demand {
    /// Normal, not cut at zero.
    Normal {
        /// Expected demand [units / period].
        mean: f64,
        /// Standard deviation over one period [units].
        deviation: f64,
    },
    /// Poisson.
    Poisson {
        /// Expected demand [units / period].
        mean: f64,
    },
    /// Any law on whole units; adds up over whole periods only.
    Discrete {
        /// Probability of 0, 1, 2 ... units in a period [1].
        probabilities: Vec<f64>,
    },
}

/// Demand over a stretch of time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Total {
    /// Normal; the deviation is 0 over no time.
    Normal {
        /// [units].
        mean: f64,
        /// [units].
        deviation: f64,
    },
    /// In whole units.
    Whole(Pmf),
}

impl Demand {
    /// Checks the parameters; some demand must be expected.
    pub(crate) fn check(&self) -> Result<(), InputError> {
        match self {
            Self::Normal { mean, deviation } => {
                non_negative("mean", *mean)?;
                positive("deviation", *deviation)
            }
            Self::Poisson { mean } => positive("mean", *mean),
            Self::Discrete { probabilities } => {
                positive("the mean of the probabilities", Pmf::new(probabilities)?.mean())
            }
        }
    }

    /// The law of demand over `periods` >= 0.
    pub(crate) fn over(&self, periods: f64) -> Result<Total, InputError> {
        match self {
            Self::Normal { mean, deviation } => {
                Ok(Total::Normal { mean: mean * periods, deviation: deviation * periods.sqrt() })
            }
            Self::Poisson { mean } => Ok(Total::Whole(Pmf::poisson(mean * periods)?)),
            Self::Discrete { probabilities } => {
                if periods.fract() != 0.0 || !(0.0..=MAX_PERIODS).contains(&periods) {
                    return Err(InputError::OutOfRange {
                        name: "the time over which discrete demand adds up".into(),
                        found: periods,
                        allowed: "a whole number of periods, 0 to 1000",
                    });
                }
                Ok(Total::Whole(Pmf::new(probabilities)?.sum_of(periods as usize)))
            }
        }
    }

    /// Expected demand [units / period]; 0 where the probabilities are none.
    pub fn mean(&self) -> f64 {
        match self {
            Self::Normal { mean, .. } | Self::Poisson { mean } => *mean,
            Self::Discrete { probabilities } => Pmf::new(probabilities).map_or(0.0, |law| law.mean()),
        }
    }
}
