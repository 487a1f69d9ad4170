//! Base-stock levels that cannot carry what is wanted of them.
//!
//! A request between nodes that cannot be filled is forgotten, so a node that sells to other nodes only is never missed
//! anything: its position is stock on hand and units on order, and an order-up-to rule holds it at the level S. A unit
//! shipped in period t is missed in t + 1, ordered then, arrives L periods later, after that period's shipments, and
//! can be shipped in t + 2 + L. So every unit of the level is shipped once in L + 2 periods, and the node passes at most
//! `S / (L + 2)` units a period, L being the average over its suppliers by their shares. A node that sells to customers
//! has no such bound: what it owes them lowers its position, and where demand is lost it is not meant to carry all. A
//! buyer with several suppliers asks the others for what one of them cannot give, so wanted of a node is what those buyers
//! need who have no other supplier.

use invmgmt::action::supplier_shares;
use invmgmt::network::{ManagedIx, Network, Table, TableIndex};

use crate::Knowledge;
use crate::spec::order_up_to_levels;

/// Most periods looked at for the average demand; longer horizons are sampled evenly.
const MOST_PERIODS: usize = 1000;

/// A node whose level cannot carry its flow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Throttle {
    /// The node.
    pub node: ManagedIx,
    /// Its order-up-to level [units].
    pub level: f64,
    /// Periods between two shipments of the same unit, L + 2 [periods].
    pub cycle: f64,
    /// Units it passes at most, in units of its own stock [units / period].
    pub passes: f64,
    /// Units wanted of it on average [units / period].
    pub wanted: f64,
}

/// The nodes that a policy with fixed local order-up-to levels starves: what is wanted of them exceeds what their level
/// passes, and what is there at the start does not make up for it over the horizon. None for other policies, or where
/// demand is not known.
pub fn throttles(spec: &str, known: &Knowledge<'_>) -> Vec<Throttle> {
    let (Some(levels), Some(flows)) = (order_up_to_levels(spec), Flows::of(known)) else {
        return Vec::new();
    };
    let network = known.network();
    let shares = supplier_shares(network);
    let throttle = |node: ManagedIx| {
        let row = &network.managed[node];
        let level = *levels.get(node.position())?;
        let cycles =
            row.incoming.iter().map(|&link| shares[link] * (network.supply[link].lead_time as f64 + 2.0));
        let cycle: f64 = cycles.sum();
        let (passes, wanted) = (level.max(0.0) / cycle, flows.rate[node]);
        let start = (row.initial_inventory - level).max(0.0);
        let over_horizon = start + passes * known.num_periods() as f64;
        // Rounding of shares is no lack.
        let starves = wanted > passes * (1.0 + 1e-9) && flows.total[node] > over_horizon;
        (row.markets.is_empty() && starves).then_some(Throttle { node, level, cycle, passes, wanted })
    };
    network.managed.indices().filter_map(throttle).collect()
}

/// What is wanted of every managed node that nobody else can give, in units of its own stock.
struct Flows {
    /// On average [units / period].
    rate: Table<ManagedIx, f64>,
    /// Over the horizon, less the stock its buyers begin with [units].
    total: Table<ManagedIx, f64>,
}

impl Flows {
    fn of(known: &Knowledge<'_>) -> Option<Self> {
        let (network, num_periods, demand) = (known.network(), known.num_periods(), known.demand()?);
        let none: Table<ManagedIx, f64> = vec![0.0; network.managed.len()].into();
        let (mut rate, mut total) = (none.clone(), none);
        let stride = num_periods.div_ceil(MOST_PERIODS).max(1);
        for (link, market) in network.market.iter() {
            let looked_at = (0..num_periods).step_by(stride);
            let count = looked_at.len().max(1) as f64;
            let mean = looked_at.map(|period| demand.mean(network, period, link, 1.0)).sum::<f64>() / count;
            rate[market.retailer] += mean;
            total[market.retailer] += mean * num_periods as f64;
        }
        pass_on(network, &mut rate, |_, wanted| wanted);
        pass_on(network, &mut total, |node, wanted| {
            (wanted - network.managed[node].initial_inventory).max(0.0)
        });
        Some(Self { rate, total })
    }
}

/// Adds what each node has to buy to what is wanted of its supplier, if it has one only.
fn pass_on(network: &Network, wanted: &mut Table<ManagedIx, f64>, bought: impl Fn(ManagedIx, f64) -> f64) {
    for node in network.buyers_first() {
        let bought = bought(node, wanted[node]);
        let [link] = network.managed[node].incoming[..] else { continue };
        if let Some(supplier) = network.supply[link].supplier {
            wanted[supplier.node] += bought * supplier.stock_per_unit;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use invmgmt::Problem;
    use invmgmt::demand::{DemandConfig, DemandModel, Effects};
    use invmgmt::episode::{Episode, kpis};
    use invmgmt::network::{DeclaredDemand, DeclaredLink, DeclaredNetwork, DeclaredNode};
    use invmgmt::period::Rules;

    /// Customers 0, nodes 1 and 2, source 9; lead times of what 1 and 2 buy; demand of 5.
    fn chain(lead_times: [u32; 2], stock: f64) -> Network {
        let nodes = vec![
            DeclaredNode::new(0),
            DeclaredNode::stocking(1, stock, 2.0),
            DeclaredNode::stocking(2, stock, 1.0),
            DeclaredNode::new(9),
        ];
        let links = vec![
            DeclaredLink::market(1, 0, 0.0, 9.0, DeclaredDemand::poisson(5.0)),
            DeclaredLink::supply(2, 1, lead_times[0], 0.0, 0.0),
            DeclaredLink::supply(9, 2, lead_times[1], 0.0, 0.0),
        ];
        DeclaredNetwork { nodes, links, ..DeclaredNetwork::default() }.compile().expect("sound")
    }

    fn noiseless() -> DemandModel {
        let config = DemandConfig { noise_scale: 0.0, ..DemandConfig::default() };
        DemandModel::new(config).expect("sound parameters")
    }

    /// Played: the level at which the backlog of a long episode stops growing is the one from which nothing is said.
    #[test]
    fn exactly_the_levels_that_starve_a_chain_when_played_are_told() {
        let (demand, rules) = (noiseless(), Rules::default());
        for lead_times in [[1, 0], [1, 1], [0, 2], [2, 3]] {
            let network = chain(lead_times, 20.0);
            let problem = Problem::new(network.clone(), demand.clone(), rules, 400);
            let known = Knowledge::of(&problem);
            let needed = 5.0 * f64::from(lead_times[1] + 2);
            for level in [needed - 5.0, needed - 1.0, needed, needed + 5.0] {
                let spec = format!("basestock:40,{level}");
                let owed = |num_periods: usize| {
                    let mut episode =
                        Episode::begin(&Problem { num_periods, ..problem.clone() }, 0).expect("an episode");
                    episode.play(&mut crate::parse(&spec, &known).expect("a spec")).expect("playable");
                    kpis(&network, episode.trajectory()).total_backlog
                };
                let told = throttles(&spec, &known);
                assert_eq!(!told.is_empty(), owed(400) > owed(200) + 1.0, "{lead_times:?}: {spec}");
                if let [one] = told.as_slice() {
                    assert_eq!((one.level, one.wanted), (level, 5.0));
                    assert!((one.passes - 5.0 * level / needed).abs() < 1e-12);
                }
                assert_eq!(throttles(&format!("ss:39/40,{level}/{level}"), &known).len(), told.len());
                assert!(throttles(&format!("echelon:40,{level}"), &known).is_empty());
            }
        }
    }

    #[test]
    fn stock_that_makes_up_for_it_over_the_horizon_needs_no_level() {
        let (network, demand) = (chain([1, 1], 100.0), noiseless());
        let told = |num_periods| {
            let rules = Rules::default();
            let problem = Problem::new(network.clone(), demand.clone(), rules, num_periods);
            let known = Knowledge::of(&problem);
            throttles("basestock:40,0", &known).len()
        };
        // 100 at each of two nodes are 40 periods of 5.
        assert_eq!((told(40), told(41)), (0, 1));
    }

    /// Levels found for the nine nodes: the retailer's second supplier makes up for what the first, at 40, cannot pass.
    #[test]
    fn a_supplier_beside_another_is_no_throttle() {
        let network = invmgmt::network::preset("network").expect("a preset").compile().expect("sound");
        let demand = noiseless();
        let rules = Rules::default();
        let problem = Problem::new(network.clone(), demand.clone(), rules, 300);
        let known = Knowledge::of(&problem);
        assert_eq!(throttles("basestock:240,40,580,0,0,0", &known), []);
    }

    #[test]
    fn growth_counts_with_its_average() {
        let network = chain([1, 1], 0.0);
        let effects = Effects { trend: true, ..Effects::default() };
        let demand = DemandModel::new(DemandConfig { effects, ..DemandConfig::default() }).expect("sound");
        let rules = Rules::default();
        let problem = Problem::new(network.clone(), demand.clone(), rules, 21);
        let known = Knowledge::of(&problem);
        // 5 to 10 in twenty steps of 5 percent: 7.5 on average.
        let told = throttles("basestock:40,22", &known);
        assert!((told[0].wanted - 7.5).abs() < 1e-12);
        assert!(throttles("basestock:40,22.6", &known).is_empty());
    }
}
