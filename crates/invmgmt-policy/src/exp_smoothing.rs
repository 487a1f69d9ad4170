//! The published exponential smoothing rule.

use invmgmt::network::{ManagedIx, Network, Table};
use invmgmt::period::StateView;

use crate::PolicyError;
use crate::forecast::Outlook;
use crate::published::{Published, Rule};
use crate::sizing::safety_factors;

/// The published exponential smoothing: the newsvendor's levels on Holt's forecast of level and trend.
///
/// `S = max(0, m (L + 1) + z sqrt(V))` with m Holt's forecast, the same for every period to come, and V the average
/// squared error of past forecasts, at least 1, times L + 1. Informed, V is the true variance; the mean is Holt's.
pub type ExpSmoothing = Published<Smoothing>;

/// Orders up to a level by the critical ratio on a smoothed mean.
#[derive(Clone, Debug)]
pub struct Smoothing {
    /// Safety factor z per managed node [1] -- constant.
    safety_factors: Table<ManagedIx, f64>,
}

impl Rule for Smoothing {
    const SMOOTHS: bool = true;

    fn new(network: &Network) -> Result<Self, PolicyError> {
        Ok(Self { safety_factors: safety_factors(network) })
    }

    fn quantity(&self, state: &StateView<'_>, node: ManagedIx, expected: &Outlook) -> f64 {
        let level = (expected.mean + self.safety_factors[node] * expected.deviation).max(0.0);
        (level - state.inventory_position(node)).max(0.0)
    }
}
