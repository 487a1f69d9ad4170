//! How large a raw order quantity may sensibly be, as the published environment has it.

use crate::network::Network;

impl Network {
    /// The largest order quantity an action may sensibly hold over a horizon: largest initial stock plus largest
    /// capacity times the number of periods [units].
    pub fn largest_order(&self, num_periods: usize) -> f64 {
        self.largest_initial_inventory() + self.largest_capacity() * num_periods as f64
    }

    /// Largest initial stock of a node [units].
    pub fn largest_initial_inventory(&self) -> f64 {
        self.managed.rows().iter().map(|node| node.initial_inventory).fold(0.0, f64::max)
    }

    /// Largest capacity of a factory, 0 without factories [units / period].
    pub fn largest_capacity(&self) -> f64 {
        self.managed.rows().iter().filter_map(|node| node.factory).map(|f| f.capacity).fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use crate::network::tests::network;
    use crate::network::{PRESETS, preset};

    /// By hand: stocks of 30 and 40, a capacity of 12.
    #[test]
    fn the_largest_order_is_the_largest_stock_and_all_that_can_be_made_in_time() {
        let network = network();
        assert_eq!(network.largest_initial_inventory(), 40.0);
        assert_eq!(network.largest_capacity(), 12.0);
        assert_eq!(network.largest_order(30), 40.0 + 12.0 * 30.0);
        let presets = PRESETS.map(|name| preset(name).expect("a preset").compile().expect("valid"));
        assert_eq!(presets.map(|network| network.largest_order(30)), [3_100.0, 3_200.0]);
    }
}
