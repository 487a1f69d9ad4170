//! The published exponential smoothing rule.

use invmgmt::action::split_order;
use invmgmt::demand::DemandModel;
use invmgmt::episode::{DecisionError, Policy};
use invmgmt::network::{ManagedIx, Network, SupplyLinkIx, Table};
use invmgmt::period::StateView;

use crate::forecast::{Forecast, Means, Outlook, Reach, Windows};
use crate::holt::Holt;
use crate::sizing::{clip, order_spans, safety_factors};
use crate::{PolicyError, supplier_shares};

/// The published exponential smoothing: the newsvendor's levels on Holt's forecast of level and trend.
///
/// `S = max(0, m (L + 1) + z sqrt(V))` with m Holt's forecast, the same for every period to come, and V the average
/// squared error of past forecasts, at least 1, times L + 1. Informed, V is the true variance; the mean is Holt's.
#[derive(Clone, Debug)]
pub struct ExpSmoothing {
    holt: Holt,
    reach: Reach,
    /// Safety factor z per managed node [1] -- constant.
    safety_factors: Table<ManagedIx, f64>,
    /// Share of its buyer's orders per supply link [1] -- constant.
    shares: Table<SupplyLinkIx, f64>,
    /// Largest order played [units] -- constant.
    largest_order: f64,
    outlook: Table<ManagedIx, Outlook>,
}

impl ExpSmoothing {
    /// Judges its forecast by its errors.
    ///
    /// # Errors
    /// [`PolicyError::ReachTooLarge`] for a network too large to keep who reaches which market.
    pub fn blind(network: &Network, num_periods: usize) -> Result<Self, PolicyError> {
        Self::with(network, num_periods, Forecast::Blind(Windows::new(network)))
    }

    /// Reads the first mean and the variance of demand to come.
    ///
    /// # Errors
    /// As [`ExpSmoothing::blind`].
    pub fn informed(
        network: &Network,
        num_periods: usize,
        demand: &DemandModel,
    ) -> Result<Self, PolicyError> {
        Self::with(network, num_periods, Forecast::Informed(Means::new(demand)))
    }

    fn with(network: &Network, num_periods: usize, other: Forecast) -> Result<Self, PolicyError> {
        Ok(Self {
            holt: Holt::new(network.market.len(), other),
            reach: Reach::new(network, order_spans(network))?,
            safety_factors: safety_factors(network),
            shares: supplier_shares(network),
            largest_order: network.largest_order(num_periods),
            outlook: vec![Outlook::default(); network.managed.len()].into(),
        })
    }
}

impl Policy for ExpSmoothing {
    fn reset(&mut self, _seed: Option<u64>) {
        self.holt.reset();
    }

    fn decide(&mut self, state: &StateView<'_>, orders: &mut [f64]) -> Result<(), DecisionError> {
        self.holt.outlook(state, &self.reach, &mut self.outlook);
        for (node, expected) in self.outlook.iter() {
            let level = (expected.mean + self.safety_factors[node] * expected.deviation).max(0.0);
            let lacking = (level - state.inventory_position(node)).max(0.0);
            split_order(state.network, &self.shares, node, lacking, orders);
        }
        clip(orders, self.largest_order);
        Ok(())
    }
}
