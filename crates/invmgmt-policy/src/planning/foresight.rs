//! What a planner foresees: mean demand of every period to come, and how far from it the sum so far may be.

use invmgmt::network::{MarketLinkIx, TableIndex};
use invmgmt::period::StateView;

/// A forecast of the periods to come.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Foresight {
    /// Mean demand, period by period and per market link [units].
    means: Vec<f64>,
    /// Variance of the demand added up from now on, likewise [units^2].
    variances: Vec<f64>,
    markets: usize,
    /// Share of all later demand that one period with unmet demand costs [1].
    pub goodwill_at_stake: f64,
}

impl Foresight {
    /// Nothing expected yet.
    pub fn reset(&mut self, periods: usize, markets: usize) {
        self.markets = markets;
        self.goodwill_at_stake = 0.0;
        for values in [&mut self.means, &mut self.variances] {
            values.clear();
            values.resize(periods * markets, 0.0);
        }
    }

    pub fn set(&mut self, period: usize, link: MarketLinkIx, mean: f64, variance_so_far: f64) {
        self.means[period * self.markets + link.position()] = mean;
        self.variances[period * self.markets + link.position()] = variance_so_far;
    }

    pub fn mean(&self, period: usize, link: MarketLinkIx) -> f64 {
        self.means[period * self.markets + link.position()]
    }

    pub fn variance_so_far(&self, period: usize, link: MarketLinkIx) -> f64 {
        self.variances[period * self.markets + link.position()]
    }
}

/// Who foresees.
pub(crate) trait Forecaster: Send {
    /// Forgets the episode.
    fn reset(&mut self);

    /// Learns from the last period and writes what to expect of the next ones if customers are left unserved in
    /// them with the chances `short` [1].
    fn foresee(&mut self, state: &StateView<'_>, short: &[f64], foresight: &mut Foresight);
}

/// Units of demand left unmet in the last period, on all market links.
pub(super) fn total_unmet(state: &StateView<'_>) -> f64 {
    state.network.market.indices().map(|link| state.unmet(link)).sum()
}
