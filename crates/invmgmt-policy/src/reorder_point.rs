//! The published (s, S) rule.

use invmgmt::action::split_order;
use invmgmt::demand::DemandModel;
use invmgmt::episode::{DecisionError, Policy};
use invmgmt::network::{ManagedIx, ManagedNode, Network, SupplyLinkIx, Table};
use invmgmt::period::StateView;

use crate::forecast::{Forecast, Means, Outlook, Reach, Windows};
use crate::sizing::{clip, order_spans};
use crate::{PolicyError, supplier_shares};

/// The normal quantile of 0.95 as scipy 1.17 rounds it [1]. On stationary demand of mean 20 the quantity is exactly 20,
/// a demand of 20 puts the position exactly on s, and the last digit decides whether anything is ordered.
const SAFETY_FACTOR: f64 = 1.644_853_626_951_472_2;
/// Cost of an order where the network has none, in units of the holding or operating cost [units].
const VIRTUAL_COST: f64 = 10.0;

/// The published (s, S) rule: a node whose position has fallen below s orders up to S.
///
/// `s = m + z d` with m and d mean and deviation of the demand of L + 1 periods and z the normal quantile of 0.95;
/// `S = s + sqrt(2 mu K / h)`, the economic order quantity of one period's mean mu, or s + m where h or mu is 0. K is
/// the average fixed cost of the node's incoming links or, where that is 0, ten times its holding cost, for factories
/// ten times its operating cost.
#[derive(Clone, Debug)]
pub struct ReorderPoint {
    forecast: Forecast,
    reach: Reach,
    /// Cost of an order K per managed node [money / order] -- constant.
    order_costs: Table<ManagedIx, f64>,
    /// Share of its buyer's orders per supply link [1] -- constant.
    shares: Table<SupplyLinkIx, f64>,
    /// Largest order played [units] -- constant.
    largest_order: f64,
    outlook: Table<ManagedIx, Outlook>,
}

impl ReorderPoint {
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
    /// As [`ReorderPoint::blind`].
    pub fn informed(
        network: &Network,
        num_periods: usize,
        demand: &DemandModel,
    ) -> Result<Self, PolicyError> {
        Self::with(network, num_periods, Forecast::Informed(Means::new(demand)))
    }

    fn with(network: &Network, num_periods: usize, forecast: Forecast) -> Result<Self, PolicyError> {
        let order_costs = network.managed.rows().iter().map(|node| order_cost(network, node));
        Ok(Self {
            forecast,
            reach: Reach::new(network, order_spans(network))?,
            order_costs: order_costs.collect::<Vec<f64>>().into(),
            shares: supplier_shares(network),
            largest_order: network.largest_order(num_periods),
            outlook: vec![Outlook::default(); network.managed.len()].into(),
        })
    }
}

/// What an order costs a node [money / order].
fn order_cost(network: &Network, node: &ManagedNode) -> f64 {
    let fixed: f64 = node.incoming.iter().map(|&link| network.supply[link].fixed_order_cost).sum();
    if fixed > 0.0 {
        return fixed / node.incoming.len() as f64;
    }
    match node.factory {
        Some(factory) => VIRTUAL_COST * (factory.operating_cost * factory.production_yield),
        None => VIRTUAL_COST * node.holding_cost,
    }
}

/// The quantity that balances order and holding costs, or the mean over the span where that balance has no answer.
fn order_quantity(expected: &Outlook, order_cost: f64, holding_cost: f64) -> f64 {
    if holding_cost > 0.0 && expected.period_mean > 0.0 {
        (2.0 * expected.period_mean * order_cost / holding_cost).sqrt()
    } else {
        expected.mean
    }
}

impl Policy for ReorderPoint {
    fn reset(&mut self, _seed: Option<u64>) {
        self.forecast.reset();
    }

    fn decide(&mut self, state: &StateView<'_>, orders: &mut [f64]) -> Result<(), DecisionError> {
        self.forecast.outlook(state, &self.reach, &mut self.outlook);
        for (node, expected) in self.outlook.iter() {
            let reorder_point = expected.mean + SAFETY_FACTOR * expected.deviation;
            let holding_cost = state.network.managed[node].holding_cost;
            let level = reorder_point + order_quantity(expected, self.order_costs[node], holding_cost);
            let position = state.inventory_position(node);
            let quantity = if position < reorder_point { level - position } else { 0.0 };
            split_order(state.network, &self.shares, node, quantity, orders);
        }
        clip(orders, self.largest_order);
        Ok(())
    }
}
