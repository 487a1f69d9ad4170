//! The published newsvendor rule.

use invmgmt::network::{ManagedIx, Network, Table};
use invmgmt::period::StateView;

use crate::PolicyError;
use crate::forecast::Outlook;
use crate::published::{Published, Rule};
use crate::sizing::safety_factors;

/// The published newsvendor: every period each managed node orders up to the mean demand until its next order can
/// arrive, plus safety stock by its critical ratio.
///
/// `S = max(0, m + z d)` with m and d mean and deviation of the demand of L + 1 periods, L the longest lead time of
/// the node's suppliers, and z the normal quantile of b / (b + h); nothing is ordered where m is 0.
pub type Newsvendor = Published<CriticalRatio>;

/// Orders up to a level by the critical ratio.
#[derive(Clone, Debug)]
pub struct CriticalRatio {
    /// Safety factor z per managed node [1] -- constant.
    safety_factors: Table<ManagedIx, f64>,
}

impl Rule for CriticalRatio {
    fn new(network: &Network) -> Result<Self, PolicyError> {
        Ok(Self { safety_factors: safety_factors(network) })
    }

    fn quantity(&self, state: &StateView<'_>, node: ManagedIx, expected: &Outlook) -> f64 {
        (expected.level(self.safety_factors[node]) - state.inventory_position(node)).max(0.0)
    }
}
