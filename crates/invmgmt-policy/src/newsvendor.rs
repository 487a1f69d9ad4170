//! The published newsvendor rule.

use invmgmt::action::split_order;
use invmgmt::demand::DemandModel;
use invmgmt::episode::{DecisionError, Policy};
use invmgmt::network::{ManagedIx, Network, SupplyLinkIx, Table};
use invmgmt::period::StateView;

use crate::forecast::{Forecast, Means, Outlook, Reach, Windows};
use crate::sizing::{clip, order_spans, safety_factors};
use crate::{PolicyError, supplier_shares};

/// The published newsvendor: every period each managed node orders up to the mean demand until its next order can
/// arrive, plus safety stock by its critical ratio.
///
/// `S = max(0, m + z d)` with m and d mean and deviation of the demand of L + 1 periods, L the longest lead time of
/// the node's suppliers, and z the normal quantile of b / (b + h); nothing is ordered where m is 0.
#[derive(Clone, Debug)]
pub struct Newsvendor {
    forecast: Forecast,
    reach: Reach,
    /// Safety factor z per managed node [1] -- constant.
    safety_factors: Table<ManagedIx, f64>,
    /// Share of its buyer's orders per supply link [1] -- constant.
    shares: Table<SupplyLinkIx, f64>,
    /// Largest order played [units] -- constant.
    largest_order: f64,
    outlook: Table<ManagedIx, Outlook>,
}

impl Newsvendor {
    /// Forecasts from the demand it has seen.
    ///
    /// # Errors
    /// [`PolicyError::ReachTooLarge`] for a network too large to keep who reaches which market.
    pub fn blind(network: &Network, num_periods: usize) -> Result<Self, PolicyError> {
        Self::with(network, num_periods, Forecast::Blind(Windows::new(network)))
    }

    /// Reads the means of demand to come and the scale of its noise.
    ///
    /// # Errors
    /// As [`Newsvendor::blind`].
    pub fn informed(
        network: &Network,
        num_periods: usize,
        demand: &DemandModel,
    ) -> Result<Self, PolicyError> {
        Self::with(network, num_periods, Forecast::Informed(Means::new(demand)))
    }

    fn with(network: &Network, num_periods: usize, forecast: Forecast) -> Result<Self, PolicyError> {
        Ok(Self {
            forecast,
            reach: Reach::new(network, order_spans(network))?,
            safety_factors: safety_factors(network),
            shares: supplier_shares(network),
            largest_order: network.largest_order(num_periods),
            outlook: vec![Outlook::default(); network.managed.len()].into(),
        })
    }
}

impl Policy for Newsvendor {
    fn reset(&mut self, _seed: Option<u64>) {
        self.forecast.reset();
    }

    fn decide(&mut self, state: &StateView<'_>, orders: &mut [f64]) -> Result<(), DecisionError> {
        self.forecast.outlook(state, &self.reach, &mut self.outlook);
        for (node, expected) in self.outlook.iter() {
            let level = expected.level(self.safety_factors[node]);
            let lacking = (level - state.inventory_position(node)).max(0.0);
            split_order(state.network, &self.shares, node, lacking, orders);
        }
        clip(orders, self.largest_order);
        Ok(())
    }
}
