//! The unit in which the quantities of a problem are counted.

use invmgmt::network::Network;

use crate::lp::quantity_unit;

/// The unit of what planners believe of scatter and of rounding [units]: 1 where stock and demand have the sizes of
/// pieces, else what makes them such. `demand` is what is known of demand.
pub(super) fn counting_unit(network: &Network, demand: impl Iterator<Item = f64>) -> f64 {
    let stock = network.managed.rows().iter().map(|node| node.initial_inventory);
    quantity_unit(stock.chain(demand).fold(0.0, f64::max))
}
