//! Base-stock levels that cannot carry what is wanted of them.
//!
//! A request between nodes that cannot be filled is forgotten, so a node that sells to other nodes only is never missed
//! anything: its position is stock on hand and units on order, and an order-up-to rule holds it at the level S. A unit
//! shipped in period t is missed in t + 1, ordered then, arrives L periods later, after that period's shipments, and
//! can be shipped in t + 2 + L. So every unit of the level is shipped once in L + 2 periods, and the node passes at
//! most `S / (L + 2)` units a period, L being the average over its suppliers by their shares. A node that sells to
//! customers has no such bound: what it owes them lowers its position, and where demand is lost it is not meant to
//! carry all. A buyer with several suppliers asks the others for what one of them cannot give.
//!
//! So the network passes what a flow through nodes of such widths can carry over the horizon, with the stock that is
//! there at the start. Where that is less than customers want, the narrowest cut between the sources and the customers
//! says which nodes are too small, alone or together. The cut is the dual of the greatest flow: prices `y` on the
//! widths of nodes, `u` on the worth of a unit of stock at a node and `z` on customers' demand, 0 to 1, such that no
//! way from source to customer is free.

use invmgmt::action::supplier_shares;
use invmgmt::network::{ManagedIx, MarketLinkIx, Network, Table, TableIndex};

use crate::Knowledge;
use crate::lp::{Column, Programme, RowKind, Simplex, Solver};
use crate::spec::order_up_to_levels;

/// Most periods looked at for the average demand; longer horizons are sampled evenly.
const MOST_PERIODS: usize = 1000;
/// Most cuts that are told.
const MOST_TOLD: usize = 20;
/// A price of no consequence [1].
const NO_PRICE: f64 = 1e-9;
/// Rounding of shares and of flows is no lack, relative to what is wanted.
const ROUNDING: f64 = 1e-9;

/// Nodes whose levels cannot carry what is wanted of them, alone or together.
#[derive(Clone, Debug, PartialEq)]
pub struct Throttle {
    /// The nodes, each with its order-up-to level [units] and the periods between two shipments of the same unit, L + 2
    /// [periods].
    pub nodes: Vec<(ManagedIx, f64, f64)>,
    /// Units they pass at most: of one node, in units of its own stock; of several, in units that customers get
    /// [units / period].
    pub passes: f64,
    /// Units wanted of them on average, likewise [units / period].
    pub wanted: f64,
}

/// The nodes that a policy with fixed local order-up-to levels starves: what is wanted of them exceeds what their
/// levels pass, and what is there at the start does not make up for it over the horizon. None for other policies, or
/// where demand is not known.
pub fn throttles(spec: &str, known: &Knowledge<'_>) -> Vec<Throttle> {
    let (Some(levels), Some(demand)) = (order_up_to_levels(spec), mean_demand(known)) else {
        return Vec::new();
    };
    let network = known.network();
    let shares = supplier_shares(network);
    let mut widths: Table<ManagedIx, Option<Width>> = vec![None; network.managed.len()].into();
    for (node, row) in network.managed.iter().filter(|(_, row)| row.markets.is_empty()) {
        let cycles =
            row.incoming.iter().map(|&link| shares[link] * (network.supply[link].lead_time as f64 + 2.0));
        widths[node] =
            levels.get(node.position()).map(|&level| Width { level: level.max(0.0), cycle: cycles.sum() });
    }
    let mut told = Vec::new();
    while told.len() < MOST_TOLD
        && let Some(throttle) = narrowest(network, &widths, &demand, known.num_periods() as f64)
    {
        // Others may be too small behind it.
        throttle.nodes.iter().for_each(|&(node, ..)| widths[node] = None);
        told.push(throttle);
    }
    told.sort_by_key(|throttle| throttle.nodes[0].0.position());
    told
}

/// What a node passes.
#[derive(Clone, Copy, Debug)]
struct Width {
    level: f64,
    cycle: f64,
}

impl Width {
    fn passes(self) -> f64 {
        self.level / self.cycle
    }
}

/// Average demand per market link [units / period]; none if nothing is known of it.
fn mean_demand(known: &Knowledge<'_>) -> Option<Table<MarketLinkIx, f64>> {
    let (network, num_periods, demand) = (known.network(), known.num_periods(), known.demand()?);
    let stride = num_periods.div_ceil(MOST_PERIODS).max(1);
    let mean = |link| {
        let looked_at = (0..num_periods).step_by(stride);
        let count = looked_at.len().max(1) as f64;
        looked_at.map(|period| demand.mean(network, period, link, 1.0)).sum::<f64>() / count
    };
    Some(network.market.indices().map(mean).collect::<Vec<f64>>().into())
}

/// The narrowest cut, if less than what is wanted can pass it over the horizon.
fn narrowest(
    network: &Network,
    widths: &Table<ManagedIx, Option<Width>>,
    demand: &Table<MarketLinkIx, f64>,
    num_periods: f64,
) -> Option<Throttle> {
    if widths.rows().iter().all(Option::is_none) {
        return None;
    }
    let cut = Cut::new(network, widths, demand, num_periods);
    let right = cut.right();
    let found = Simplex.solve(&cut.programme, &right).ok()?;
    let wanted: f64 = demand.rows().iter().map(|mean| mean * num_periods).sum();
    if found.objective >= wanted * (1.0 - ROUNDING) {
        return None;
    }
    let price = |column: Column| found.values[column.position()];
    let narrow = |node: &ManagedIx| cut.widths[*node].is_some_and(|column| price(column) > NO_PRICE);
    let nodes: Vec<ManagedIx> = network.managed.indices().filter(narrow).collect();
    let starved = |(link, mean): (MarketLinkIx, &f64)| mean * (1.0 - price(cut.demand[link]));
    let wanted: f64 = demand.iter().map(starved).sum();
    let worth = |node: ManagedIx| cut.widths[node].map_or(0.0, price);
    let passes: f64 = nodes.iter().filter_map(|&node| Some(worth(node) * widths[node]?.passes())).sum();
    // One node is told in units of its own stock.
    let unit = if let [only] = nodes[..] { worth(only) } else { 1.0 };
    let described = |&node: &ManagedIx| widths[node].map(|Width { level, cycle }| (node, level, cycle));
    let nodes: Vec<_> = nodes.iter().filter_map(described).collect();
    (!nodes.is_empty()).then_some(Throttle { nodes, passes: passes / unit, wanted: wanted / unit })
}

/// The programme of the narrowest cut.
struct Cut {
    programme: Programme,
    /// Per managed node with a width, its price.
    widths: Table<ManagedIx, Option<Column>>,
    /// Per market link, the price of its demand.
    demand: Table<MarketLinkIx, Column>,
    /// Rows of market links, which come after those of supply links.
    first_market: usize,
}

impl Cut {
    fn new(
        network: &Network,
        widths: &Table<ManagedIx, Option<Width>>,
        demand: &Table<MarketLinkIx, f64>,
        num_periods: f64,
    ) -> Self {
        let mut programme = Programme::default();
        let supply: Vec<_> =
            network.supply.rows().iter().map(|_| programme.add_row(RowKind::AtMost)).collect();
        let market: Vec<_> =
            network.market.rows().iter().map(|_| programme.add_row(RowKind::AtMost)).collect();
        let mut prices: Table<ManagedIx, Option<Column>> = vec![None; network.managed.len()].into();
        for (node, row) in network.managed.iter() {
            let sold = row.outgoing.iter().map(|link| supply[link.position()]);
            let sold = sold.chain(row.markets.iter().map(|link| market[link.position()]));
            let mut entries: Vec<_> = sold.map(|row_of| (row_of, -row.stock_per_unit)).collect();
            if let Some(width) = widths[node] {
                let start = (row.initial_inventory - width.level).max(0.0);
                prices[node] = Some(programme.add_column(start + width.passes() * num_periods, &entries));
            }
            entries.extend(row.incoming.iter().map(|link| (supply[link.position()], 1.0)));
            programme.add_column(row.initial_inventory, &entries);
        }
        let wanted = demand.iter().map(|(link, mean)| (market[link.position()], mean * num_periods));
        let wanted: Vec<Column> =
            wanted.map(|(row, units)| programme.add_column(units, &[(row, -1.0)])).collect();
        Self { programme, widths: prices, demand: wanted.into(), first_market: supply.len() }
    }

    /// A unit at a buyer is worth no more than its supplier's stock and width; a unit sold is worth one.
    fn right(&self) -> Vec<f64> {
        let rows = self.programme.kinds().len();
        (0..rows).map(|row| if row < self.first_market { 0.0 } else { -1.0 }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use invmgmt::Problem;
    use invmgmt::demand::{DemandConfig, DemandModel, Effects};
    use invmgmt::episode::{Episode, Symbol, kpis};
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
                    assert_eq!(one.nodes, [(ManagedIx::from_position(1), level, needed / 5.0)]);
                    assert!((one.wanted - 5.0).abs() < 1e-9);
                    assert!((one.passes - 5.0 * level / needed).abs() < 1e-9);
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

    /// Customers 0, shop 1, its suppliers 2 and 3, source 9: what the shop buys takes `lead_times`; demand of 5.
    fn two_suppliers(lead_times: [u32; 2]) -> Network {
        let stocking = |id: i64| DeclaredNode::stocking(id, 20.0, 1.0);
        let nodes = vec![DeclaredNode::new(0), stocking(1), stocking(2), stocking(3), DeclaredNode::new(9)];
        let links = vec![
            DeclaredLink::market(1, 0, 0.0, 9.0, DeclaredDemand::poisson(5.0)),
            DeclaredLink::supply(2, 1, lead_times[0], 0.0, 0.0),
            DeclaredLink::supply(3, 1, lead_times[1], 0.0, 0.0),
            DeclaredLink::supply(9, 2, 1, 0.0, 0.0),
            DeclaredLink::supply(9, 3, 0, 0.0, 0.0),
        ];
        DeclaredNetwork { nodes, links, ..DeclaredNetwork::default() }.compile().expect("sound")
    }

    /// Units owed after so many periods.
    fn owed(problem: &Problem, spec: &str, num_periods: usize) -> f64 {
        let known = Knowledge::of(problem);
        let mut episode = Episode::begin(&Problem { num_periods, ..problem.clone() }, 0).expect("an episode");
        episode.play(&mut crate::parse(spec, &known).expect("a spec")).expect("playable");
        let unmet = &episode.trajectory()[Symbol::Unmet];
        unmet.row(num_periods - 1).iter().sum()
    }

    /// Played: one supplier makes up for the other as long as both together pass what is wanted.
    #[test]
    fn suppliers_are_too_small_together_exactly_where_play_starves() {
        for lead_times in [[0, 0], [1, 3]] {
            let problem = Problem::new(two_suppliers(lead_times), noiseless(), Rules::default(), 600);
            let known = Knowledge::of(&problem);
            // Node 2 passes a third of its level, node 3 half of it.
            for (second, third) in
                [(15.0, 0.0), (0.0, 10.0), (9.0, 4.0), (9.0, 3.0), (3.0, 9.0), (6.0, 2.0), (0.0, 0.0)]
            {
                let spec = format!("basestock:80,{second},{third}");
                let passes = second / 3.0 + third / 2.0;
                let starves = owed(&problem, &spec, 600) > owed(&problem, &spec, 300) + 1.0;
                let told = throttles(&spec, &known);
                assert_eq!(starves, passes < 5.0, "{lead_times:?}: {spec}");
                assert_eq!(!told.is_empty(), starves, "{lead_times:?}: {spec}: {told:?}");
                if let [together] = told.as_slice() {
                    assert_eq!(together.nodes.len(), 2);
                    assert!((together.passes - passes).abs() < 1e-9 && (together.wanted - 5.0).abs() < 1e-9);
                }
            }
        }
    }

    /// The nine nodes: the retailer's second supplier makes up for what the first, at 40, cannot pass; factories
    /// without stock of their own pass nothing once what they began with is gone.
    #[test]
    fn a_supplier_beside_another_is_no_throttle_and_a_whole_stage_is() {
        let network = invmgmt::network::preset("network").expect("a preset").compile().expect("sound");
        let problem = Problem::new(network, noiseless(), Rules::default(), 300);
        let known = Knowledge::of(&problem);
        assert_eq!(throttles("basestock:240,40,580,600,600,600", &known), []);
        let told = throttles("basestock:240,40,580,0,0,0", &known);
        let [together] = told.as_slice() else { panic!("{told:?}") };
        let ids: Vec<String> =
            together.nodes.iter().map(|&(node, ..)| problem.network.managed_id(node).to_string()).collect();
        assert_eq!(ids, ["4", "5", "6"]);
        assert!(owed(&problem, "basestock:240,40,580,0,0,0", 300) > 1000.0);
        // Thirty periods need less than there is.
        let short = Problem { num_periods: 30, ..problem.clone() };
        assert_eq!(throttles("basestock:240,40,580,0,0,0", &Knowledge::of(&short)), []);
    }

    /// Two stages of a chain, each too small, are told one by one.
    #[test]
    fn every_stage_that_is_too_small_is_told() {
        let nodes = vec![
            DeclaredNode::new(0),
            DeclaredNode::stocking(1, 0.0, 1.0),
            DeclaredNode::stocking(2, 0.0, 1.0),
            DeclaredNode::stocking(3, 0.0, 1.0).factory(100.0, 0.0, 0.5),
            DeclaredNode::new(9),
        ];
        let links = vec![
            DeclaredLink::market(1, 0, 0.0, 9.0, DeclaredDemand::poisson(5.0)),
            DeclaredLink::supply(2, 1, 0, 0.0, 0.0),
            DeclaredLink::supply(3, 2, 0, 0.0, 0.0),
            DeclaredLink::supply(9, 3, 0, 0.0, 0.0),
        ];
        let network =
            DeclaredNetwork { nodes, links, ..DeclaredNetwork::default() }.compile().expect("sound");
        let problem = Problem::new(network, noiseless(), Rules::default(), 100);
        let told = throttles("basestock:40,8,12", &Knowledge::of(&problem));
        // Half of what the factory uses comes out: 10 of its stock for every 5 wanted.
        let rates: Vec<[f64; 2]> =
            told.iter().map(|one| [one.passes, one.wanted].map(|rate| (rate * 1e6).round() / 1e6)).collect();
        assert_eq!(rates, [[4.0, 5.0], [6.0, 10.0]]);
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
        assert!((told[0].wanted - 7.5).abs() < 1e-9);
        assert!(throttles("basestock:40,22.6", &known).is_empty());
    }
}
