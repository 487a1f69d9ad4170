//! What the published heuristics share: every period each managed node looks at the demand to come, orders what its
//! rule says, and splits that over its suppliers.

use std::fmt::Debug;

use invmgmt::action::split_order;
use invmgmt::demand::DemandModel;
use invmgmt::episode::{DecisionError, Policy};
use invmgmt::network::{ManagedIx, Network, SupplyLinkIx, Table};
use invmgmt::period::StateView;

use crate::forecast::{Forecast, Means, Outlook, Reach, Windows};
use crate::holt::Holt;
use crate::sizing::order_spans;
use crate::{PolicyError, supplier_shares};

/// What a node orders, given what it expects.
pub trait Rule: Clone + Debug + Send + Sized + 'static {
    /// The rule with what it takes from a network.
    ///
    /// # Errors
    /// [`PolicyError`] for a network too large for it.
    fn new(network: &Network) -> Result<Self, PolicyError>;

    /// Periods of demand a node looks ahead.
    fn spans(network: &Network) -> Table<ManagedIx, usize> {
        order_spans(network)
    }

    /// Whether means are Holt's, and the forecast gives the deviation alone.
    const SMOOTHS: bool = false;

    /// Looks at a state before the first node of a period is asked.
    fn look(&mut self, _state: &StateView<'_>) {}

    /// What a node orders from all its suppliers together [units].
    fn quantity(&self, state: &StateView<'_>, node: ManagedIx, expected: &Outlook) -> f64;
}

/// Where means and deviations of the demand to come are from.
#[derive(Clone, Debug)]
enum Expectation {
    Plain(Forecast),
    Smoothed(Holt),
}

/// A published heuristic, playing by a rule.
#[derive(Clone, Debug)]
pub struct Published<R> {
    rule: R,
    expectation: Expectation,
    reach: Reach,
    /// Share of its buyer's orders per supply link [1] -- constant.
    shares: Table<SupplyLinkIx, f64>,
    /// Largest order played [units] -- constant.
    largest_order: f64,
    outlook: Table<ManagedIx, Outlook>,
}

impl<R: Rule> Published<R> {
    /// Forecasts from the demand it has seen.
    ///
    /// # Errors
    /// [`PolicyError`] for a network too large to keep who reaches which market, or who belongs to which echelon.
    pub fn blind(network: &Network, num_periods: usize) -> Result<Self, PolicyError> {
        Self::with(network, num_periods, Forecast::Blind(Windows::new(network)))
    }

    /// Reads the means of demand to come, unless its rule smooths, and the scale of its noise.
    ///
    /// # Errors
    /// As [`Published::blind`].
    pub fn informed(
        network: &Network,
        num_periods: usize,
        demand: &DemandModel,
    ) -> Result<Self, PolicyError> {
        Self::with(network, num_periods, Forecast::Informed(Means::new(demand)))
    }

    fn with(network: &Network, num_periods: usize, forecast: Forecast) -> Result<Self, PolicyError> {
        Ok(Self {
            reach: Reach::new(network, R::spans(network))?,
            rule: R::new(network)?,
            expectation: if R::SMOOTHS {
                Expectation::Smoothed(Holt::new(network.market.len(), forecast))
            } else {
                Expectation::Plain(forecast)
            },
            shares: supplier_shares(network),
            largest_order: network.largest_order(num_periods),
            outlook: vec![Outlook::default(); network.managed.len()].into(),
        })
    }
}

impl<R: Rule> Policy for Published<R> {
    fn reset(&mut self, _seed: Option<u64>) {
        match &mut self.expectation {
            Expectation::Plain(forecast) => forecast.reset(),
            Expectation::Smoothed(holt) => holt.reset(),
        }
    }

    fn decide(&mut self, state: &StateView<'_>, orders: &mut [f64]) -> Result<(), DecisionError> {
        match &mut self.expectation {
            Expectation::Plain(forecast) => forecast.outlook(state, &self.reach, &mut self.outlook),
            Expectation::Smoothed(holt) => holt.outlook(state, &self.reach, &mut self.outlook),
        }
        self.rule.look(state);
        for (node, expected) in self.outlook.iter() {
            let quantity = self.rule.quantity(state, node, expected);
            split_order(state.network, &self.shares, node, quantity, orders);
        }
        // The box of the published environment.
        for order in orders {
            *order = order.clamp(0.0, self.largest_order);
        }
        Ok(())
    }
}
