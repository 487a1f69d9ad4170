//! What can be wrong with a history.

use crate::{FEWEST_PERIODS, MOST_PERIODS};

/// A history that cannot be fitted. Nothing was made of it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FitError {
    /// Too short to have a level and a scatter.
    #[error(
        "the history has {found} period{}; expected at least {FEWEST_PERIODS}: fewer give neither a level nor its \
         scatter",
        if *.found == 1 { "" } else { "s" }
    )]
    TooShort {
        /// Its length.
        found: usize,
    },
    /// Too few periods since the item began to sell.
    #[error(
        "the history has {found} period{} from its first demand on, in period {begins}, and nothing before; expected at \
         least {FEWEST_PERIODS}: fewer give neither a level nor its scatter",
        if *.found == 1 { "" } else { "s" }
    )]
    TooNew {
        /// Periods from the first demand on.
        found: usize,
        /// The period of the first demand, the first of the history being 0.
        begins: usize,
    },
    /// Longer than the search allows.
    #[error("the history has {found} periods; expected at most {MOST_PERIODS}: give the latest ones")]
    TooLong {
        /// Its length.
        found: usize,
    },
    /// A value that is no demand.
    #[error("the history has {found} in period {period}; expected a finite number >= 0")]
    Value {
        /// The period, the first being 0.
        period: usize,
        /// The value.
        found: f64,
    },
    /// Nothing was ever sold.
    #[error("all {periods} values of the history are 0: there is no demand to fit")]
    AllZero {
        /// Its length.
        periods: usize,
    },
    /// A probability that is none.
    #[error("false_alarm is {found}; expected a probability from 0.000001 to 0.5")]
    FalseAlarm {
        /// The value.
        found: f64,
    },
}

/// Refuses what cannot be fitted.
pub(crate) fn check(history: &[f64], false_alarm: f64) -> Result<(), FitError> {
    if !(1e-6..=0.5).contains(&false_alarm) {
        return Err(FitError::FalseAlarm { found: false_alarm });
    }
    if let Some(period) = history.iter().position(|value| !(value.is_finite() && *value >= 0.0)) {
        return Err(FitError::Value { period, found: history[period] });
    }
    match history.len() {
        found if found < FEWEST_PERIODS => Err(FitError::TooShort { found }),
        found if found > MOST_PERIODS => Err(FitError::TooLong { found }),
        periods if history.iter().all(|&value| value == 0.0) => Err(FitError::AllZero { periods }),
        _ => Ok(()),
    }
}
