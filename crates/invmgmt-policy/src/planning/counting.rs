//! The unit in which the quantities of a problem are counted.

use invmgmt::network::Network;

use crate::lp::quantity_unit;

/// Stock counts up to so many times a period's demand; what lies beside it for years says nothing of its size.
const MOST_STOCK: f64 = 100.0;

/// The unit of what planners believe of scatter and of rounding [units]: 1 where stock and demand have the sizes of
/// pieces, else what makes them such. `demand` is what is known of demand.
pub(super) fn counting_unit(network: &Network, demand: impl Iterator<Item = f64>) -> f64 {
    let demand = demand.fold(0.0, f64::max);
    let stock = network.managed.rows().iter().map(|node| node.initial_inventory).fold(0.0, f64::max);
    quantity_unit(if demand > 0.0 { demand.max(stock.min(MOST_STOCK * demand)) } else { stock })
}
