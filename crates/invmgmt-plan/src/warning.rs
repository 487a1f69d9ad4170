//! What to know of a row before it is followed.

use invmgmt_fit::Outcome;
use serde::{Deserialize, Serialize};

use crate::demand::Demand;

/// Something about a row to know before it is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Warning {
    /// Fewer than 60 periods since the item began to sell.
    TooLittleHistory,
    /// Nothing was ever sold.
    NoDemand,
    /// Many periods without demand, more than a steady flow of customers makes.
    Intermittent,
    /// Demand grows or falls; the levels hold for the horizon and no longer.
    Trend,
    /// Demand changes with the season; one level serves all of it.
    Seasonal,
    /// Demand has shifted to another level for good.
    Shift,
    /// Single periods far above all others, as promotions make.
    Outliers,
    /// Periods without stock hide demand; it was estimated.
    Censored,
    /// No level tried reaches the target.
    Unreachable,
}

impl Warning {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::TooLittleHistory,
        Self::NoDemand,
        Self::Intermittent,
        Self::Trend,
        Self::Seasonal,
        Self::Shift,
        Self::Outliers,
        Self::Censored,
        Self::Unreachable,
    ];

    /// Its name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TooLittleHistory => "too-little-history",
            Self::NoDemand => "no-demand",
            Self::Intermittent => "intermittent",
            Self::Trend => "trend",
            Self::Seasonal => "seasonal",
            Self::Shift => "shift",
            Self::Outliers => "outliers",
            Self::Censored => "censored-demand",
            Self::Unreachable => "target-unreachable",
        }
    }

    /// What it means, in a sentence.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::TooLittleHistory => {
                "fewer than 60 periods since the item began to sell: the levels allow for much that is not known"
            }
            Self::NoDemand => "nothing was sold in the history: nothing is kept",
            Self::Intermittent => "many periods without demand, more than a steady flow of customers makes",
            Self::Trend => "demand grows or falls: the levels hold for the horizon of the plan and no longer",
            Self::Seasonal => {
                "demand changes with the season: one level serves the whole horizon, plan again before a season"
            }
            Self::Shift => "demand has shifted to another level for good",
            Self::Outliers => {
                "single periods far above all others, as promotions make: they are planned for as if they came again"
            }
            Self::Censored => "some periods ended without stock: what would have been wanted was estimated",
            Self::Unreachable => "no level tried reaches the target",
        }
    }
}

/// Periods from which a history is not called short.
const SHORT_HISTORY: usize = 60;
/// What the history says.
pub(crate) fn warnings(demand: &Demand, history: &[f64]) -> Vec<Warning> {
    let mut warnings = Vec::new();
    if !demand.is_given() && demand.history().len() < SHORT_HISTORY {
        warnings.push(Warning::TooLittleHistory);
    }
    if let Some(fit) = &demand.fit {
        let found = |effect: &str| fit.evidence(effect).outcome == Outcome::Found;
        let intervals = fit.intermittency.average_interval >= 1.32;
        let named = [
            (intervals, Warning::Intermittent),
            (found("trend"), Warning::Trend),
            (found("seasonal"), Warning::Seasonal),
            (found("shock"), Warning::Shift),
            (has_outliers(history, &fit.fitted), Warning::Outliers),
        ];
        warnings.extend(named.into_iter().filter(|(holds, _)| *holds).map(|(_, warning)| warning));
    }
    warnings
}

/// Whether a few periods stand far above what all others make likely.
fn has_outliers(history: &[f64], means: &[f64]) -> bool {
    let mut residuals: Vec<f64> = history
        .iter()
        .zip(means)
        .filter(|(_, mean)| **mean > 0.0)
        .map(|(value, mean)| (value - mean) / mean.sqrt())
        .collect();
    residuals.sort_by(f64::total_cmp);
    // A fiftieth may be promotions; the scatter is that of the others.
    let few = residuals.len() / 50 + 1;
    let Some(others) = residuals.len().checked_sub(few).filter(|count| *count >= 20) else { return false };
    let deviation = crate::demand::variance(&residuals[..others]).sqrt().max(1.0);
    residuals.last().is_some_and(|most| *most > 8.0 * deviation)
}
