//! Customers: a mean that moves with time and sentiment, and a law that scatters demand around it.
//!
//! The mean of a market link in period t is
//! `base(t) * (1 + slope t) * (1 + amplitude sin(frequency t)) * shock(t) * sentiment`, each factor only if its
//! effect is on, and is kept above a floor. The demand drawn is `max(0, mean + noise_scale (raw - mean))`, where
//! `raw` comes from the link's law with the mean put in.

mod config;
mod effects;
mod idle;
mod model;
mod parameters;
mod randomization;

pub use crate::law::{DISTRIBUTIONS, Law, LawError};
pub use config::{DEFAULT_BASE_MEAN, DemandConfig, DemandError, Goodwill};
pub use effects::{EFFECTS, Effects, TYPES, effects_of_type};
pub use model::{DemandModel, NativeDemand, Replays, Sampler};
pub use parameters::{Acts, Own, PARAMETERS, Parameter, ParameterForm, ParameterValue, parameter};
pub use randomization::{Drawn, Randomization, RandomizationError};

use crate::network::MarketLinkIx;
use crate::range::Range;

/// What customers' sentiment may be [1].
pub const SENTIMENT: Range = Range::NonNegative;

/// Who decides what the customers of `W` episodes side by side want and feel; the period asks it and knows nothing
/// else of demand.
///
/// Sentiment is asked for episode by episode, as not all have one to answer; demand for all at once, as they mostly
/// share its mean.
pub trait DemandProcess<const W: usize = 1> {
    /// The sentiment of an episode, in force after a period that left `unmet` units of demand unmet [1].
    fn sentiment_after(&mut self, lane: usize, unmet: f64, sentiment: f64) -> f64;

    /// Units wanted on a market link in each episode, in its period and at its sentiment [units], >= 0.
    fn draw(&mut self, periods: &[usize; W], link: MarketLinkIx, sentiments: &[f64; W]) -> [f64; W];
}
