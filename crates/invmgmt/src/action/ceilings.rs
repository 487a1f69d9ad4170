//! How large a number of an action may sensibly be: what demand, lead times, capacities and lot sizes say.

use crate::Problem;
use crate::network::{ManagedIx, MarketLinkIx, SupplyLink, SupplyLinkIx, Table};

/// Standard deviations of demand that a ceiling leaves room for [1].
const DEVIATIONS: f64 = 4.0;

/// Demand that a node may have to cover in one period.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Load {
    /// Mean in the period in which it is highest [units / period].
    mean: f64,
    /// Variance in that period [units^2 / period].
    variance: f64,
}

impl Load {
    /// What may be wanted over this many periods: the mean, and four standard deviations [units].
    fn over(self, periods: f64) -> f64 {
        periods * self.mean + DEVIATIONS * (periods * self.variance).sqrt()
    }
}

/// The demand every managed node may have to cover, at its highest within the horizon.
#[derive(Clone, Debug)]
pub(super) struct Loads<'a> {
    problem: &'a Problem,
    nodes: Table<ManagedIx, Load>,
}

impl<'a> Loads<'a> {
    /// Every node is given all demand it can reach, in units of its own stock, as if it were the only supplier.
    pub fn new(problem: &'a Problem) -> Self {
        let network = &*problem.network;
        let mut nodes: Table<ManagedIx, Load> = vec![Load::default(); network.managed.len()].into();
        let order = network.buyers_first();
        let mut factors: Table<ManagedIx, f64> = vec![0.0; network.managed.len()].into();
        for (link, market) in network.market.iter() {
            let peak = peak(problem, link);
            factors.rows_mut().fill(0.0);
            factors[market.retailer] = 1.0;
            for &node in &order {
                let factor = factors[node];
                if factor == 0.0 {
                    continue;
                }
                nodes[node].mean += factor * peak.mean;
                nodes[node].variance += factor * factor * peak.variance;
                for &incoming in &network.managed[node].incoming {
                    if let Some(supplier) = network.supply[incoming].supplier {
                        let through = factor * supplier.stock_per_unit;
                        factors[supplier.node] = factors[supplier.node].max(through);
                    }
                }
            }
        }
        Self { problem, nodes }
    }

    /// Per supply link: what its buyer may want over the lead time and the period itself, as far as the supplier's
    /// capacity goes [units].
    pub fn orders(&self) -> Vec<f64> {
        let network = &self.problem.network;
        let order = |(ix, link): (SupplyLinkIx, &SupplyLink)| {
            let periods = link.lead_time + network.order_delay(ix) + 1;
            let wanted = self.nodes[link.buyer].over(periods as f64);
            let order = rounded(link.supplier.map_or(wanted, |supplier| wanted.min(supplier.capacity)));
            // Sizes that orders may have, so that an action can ask for some.
            let mut sizes = network.physics.iter().flat_map(|physics| &physics.sizes);
            match sizes.find(|size| size.link == ix) {
                Some(size) => order.max(size.least).max(size.multiple).min(size.most),
                None => order,
            }
        };
        network.supply.iter().map(order).collect()
    }

    /// Per managed node: what may be wanted of it over the longest lead time of its suppliers and two periods more,
    /// the period itself and the one that goods rest before they can be shipped on [units].
    pub fn levels(&self) -> Vec<f64> {
        self.problem.network.managed.indices().map(|node| self.level(node)).collect()
    }

    fn level(&self, node: ManagedIx) -> f64 {
        let network = &self.problem.network;
        let times = network.managed[node].incoming.iter();
        let times = times.map(|&link| network.supply[link].lead_time + network.order_delay(link));
        rounded(self.nodes[node].over((times.max().unwrap_or(0) + 2) as f64))
    }

    /// Per managed node: its highest level or, where that is more, twice the lot that balances the fixed cost of an
    /// order with holding cost; never more than the whole horizon may want [units].
    pub fn lots(&self) -> Vec<f64> {
        let lot = |node: ManagedIx| {
            let row = &self.problem.network.managed[node];
            let fixed = row.incoming.iter().map(|&link| self.problem.network.supply[link].fixed_order_cost);
            let fixed = fixed.fold(0.0, f64::max);
            let load = self.nodes[node];
            if fixed <= 0.0 || row.holding_cost <= 0.0 {
                return self.level(node);
            }
            let balanced = 2.0 * (2.0 * load.mean * fixed / row.holding_cost).sqrt();
            self.level(node).max(rounded(balanced.min(load.over(self.problem.num_periods as f64))))
        };
        self.problem.network.managed.indices().map(lot).collect()
    }
}

/// Up to the next whole unit, at least 1.
fn rounded(units: f64) -> f64 {
    units.ceil().max(1.0)
}

/// Mean and variance of a link's demand in the period of the horizon whose mean is highest. Sentiment counts as if
/// everything had been met so far.
fn peak(problem: &Problem, link: MarketLinkIx) -> Load {
    let Problem { network, demand, num_periods, .. } = problem;
    let config = demand.config_of(link);
    let replayed = demand.replays.value(0, link).is_some();
    let varies = replayed
        || config.use_goodwill
        || config.external_series.is_some()
        || config.effects != crate::demand::Effects::default();
    let mut highest = Load::default();
    let mut sentiment = 1.0;
    for period in 0..if varies { *num_periods } else { 1 } {
        if period > 0 && config.use_goodwill {
            sentiment = config.goodwill.after(0.0, sentiment);
        }
        let mean = demand.expected(network, period, link, sentiment);
        if mean > highest.mean {
            highest.mean = mean;
            highest.variance = demand.variance(network, period, link, sentiment);
        }
    }
    highest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demand::{DemandConfig, DemandModel, Effects};
    use crate::network::{DeclaredDemand, DeclaredLink, DeclaredNetwork, DeclaredNode, KeyValue, preset};
    use crate::period::Rules;

    fn stationary() -> DemandModel {
        DemandModel::new(DemandConfig { base_mu: Some(20.0), ..DemandConfig::default() }).expect("usable")
    }

    /// By hand: requests that take 3 periods longer count as a lead time that does, 20 * 8 + 4 sqrt(160) = 210.6 and 20
    /// * 9 + 4 sqrt(180) = 233.7; a lot of 500 can be asked for whole; at most 10 can be on the last link.
    #[test]
    fn ceilings_leave_room_for_delays_and_sizes_of_orders() {
        let mut declared = preset("serial").expect("a preset");
        let mut put = |link: usize, key, value| declared.links[link].settings.put(key, value);
        put(1, "order_delay", KeyValue::Whole(3));
        put(2, "multiple", KeyValue::Number(500.0));
        put(3, "max", KeyValue::Number(10.0));
        let network = declared.compile().expect("valid");
        let problem = Problem::new(network, stationary(), Rules::default(), 30);
        let loads = Loads::new(&problem);
        assert_eq!(loads.orders(), [211.0, 500.0, 10.0]);
        assert_eq!(loads.levels(), [234.0, 164.0, 66.0]);
    }

    /// By hand, Poisson demand of 20: over n periods 20 n + 4 sqrt(20 n), rounded up. Links 2 > 1 and 3 > 2 have a
    /// lead time of 4, 4 > 3 of 0; node 3 makes at most 100 a period.
    #[test]
    fn ceilings_of_the_chain_are_those_worked_out_by_hand() {
        let network = preset("serial").expect("a preset").compile().expect("valid");
        let problem = Problem::new(network, stationary(), Rules::default(), 30);
        let loads = Loads::new(&problem);
        assert_eq!(loads.orders(), [140.0, 100.0, 38.0]);
        assert_eq!(loads.levels(), [164.0, 164.0, 66.0]);
        assert_eq!(loads.lots(), [164.0, 164.0, 66.0]);
    }

    /// 20 (1 + 0.1 * 9) = 38 in the last of ten periods, the highest mean.
    #[test]
    fn the_highest_mean_of_the_horizon_counts() {
        let network = preset("serial").expect("a preset").compile().expect("valid");
        let effects = Effects { trend: true, ..Effects::default() };
        let config = DemandConfig {
            base_mu: Some(20.0),
            trend_slope: 0.1,
            noise_scale: 0.0,
            effects,
            ..DemandConfig::default()
        };
        let demand = DemandModel::new(config).expect("usable");
        let problem = Problem::new(network, demand, Rules::default(), 10);
        let loads = Loads::new(&problem);
        assert_eq!(loads.levels(), [228.0, 228.0, 76.0], "38 * 6, 38 * 6, 38 * 2");
    }

    /// Two shops with a mean of 9 and 16 behind one factory of yield 1/2: it uses 2 * 25 units, variance 4 * 25.
    /// The fixed cost of its order, 1000, against a holding cost of 1 makes a lot of sqrt(2 * 50 * 1000) = 316.2,
    /// twice that 632.5; eight periods want at most 8 * 50 + 4 * sqrt(800) = 513.1.
    #[test]
    fn demand_adds_up_over_markets_grows_by_the_yield_and_fixed_costs_make_lots() {
        let declared = DeclaredNetwork {
            nodes: vec![
                DeclaredNode::new(0),
                DeclaredNode::new(10),
                DeclaredNode::stocking(1, 0.0, 1.0),
                DeclaredNode::stocking(2, 0.0, 1.0),
                DeclaredNode::stocking(3, 0.0, 1.0).factory(30.0, 0.0, 0.5),
                DeclaredNode::new(4),
            ],
            links: vec![
                DeclaredLink::market(1, 0, 2.0, 0.0, DeclaredDemand::poisson(9.0)),
                DeclaredLink::market(2, 10, 2.0, 0.0, DeclaredDemand::poisson(16.0)),
                DeclaredLink::supply(3, 1, 0, 1.0, 0.0),
                DeclaredLink::supply(3, 2, 3, 1.0, 0.0),
                DeclaredLink { fixed_order_cost: Some(1000.0), ..DeclaredLink::supply(4, 3, 0, 1.0, 0.0) },
            ],
            ..DeclaredNetwork::default()
        };
        let network = declared.compile().expect("valid");
        let demand = DemandModel::new(DemandConfig::default()).expect("usable");
        let problem = Problem::new(network, demand, Rules::default(), 8);
        let loads = Loads::new(&problem);
        assert_eq!(loads.orders(), [21.0, 30.0, 90.0], "9 + 12; 64 + 32 but 30 can be made; 50 + 40");
        assert_eq!(loads.levels(), [35.0, 116.0, 157.0], "18 + 17.0; 80 + 35.8; 100 + 56.6");
        assert_eq!(loads.lots(), [35.0, 116.0, 514.0]);
    }
}
