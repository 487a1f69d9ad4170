//! The published (s, S) rule.

use invmgmt::network::{ManagedIx, ManagedNode, Network, Table};
use invmgmt::period::StateView;

use crate::PolicyError;
use crate::forecast::Outlook;
use crate::published::{Published, Rule};

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
pub type ReorderPoint = Published<EconomicOrders>;

/// Below a reorder point, orders an economic quantity above it.
#[derive(Clone, Debug)]
pub struct EconomicOrders {
    /// Cost of an order K per managed node [money / order] -- constant.
    order_costs: Table<ManagedIx, f64>,
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

impl Rule for EconomicOrders {
    fn new(network: &Network) -> Result<Self, PolicyError> {
        let order_costs = network.managed.rows().iter().map(|node| order_cost(network, node));
        Ok(Self { order_costs: order_costs.collect::<Vec<f64>>().into() })
    }

    fn quantity(&self, state: &StateView<'_>, node: ManagedIx, expected: &Outlook) -> f64 {
        let reorder_point = expected.mean + SAFETY_FACTOR * expected.deviation;
        let holding_cost = state.network.managed[node].holding_cost;
        let level = reorder_point + order_quantity(expected, self.order_costs[node], holding_cost);
        let position = state.inventory_position(node);
        if position < reorder_point { level - position } else { 0.0 }
    }
}
