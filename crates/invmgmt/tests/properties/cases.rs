//! Random networks and random play on them.

use invmgmt::demand::{DemandConfig, DemandModel, Effects, Goodwill};
use invmgmt::network::{DeclaredDemand, DeclaredLink, DeclaredNetwork, DeclaredNode, Network, NodeId};
use invmgmt::period::Rules;
use proptest::collection::vec;
use proptest::prelude::*;

/// Numbers a case is made from: more than the largest case reads.
const CHOICES: usize = 2_000;

/// Everything an episode takes.
#[derive(Clone, Debug)]
pub struct Case {
    pub declared: DeclaredNetwork,
    pub rules: Rules,
    pub demand: DemandConfig,
    pub num_periods: usize,
    pub seed: u64,
    /// One row of requests per period.
    pub orders: Vec<Vec<f64>>,
}

impl Case {
    pub fn network(&self) -> Network {
        self.declared.clone().compile().unwrap_or_else(|error| panic!("a valid network: {error}"))
    }

    pub fn demand(&self) -> DemandModel {
        DemandModel::new(self.demand.clone()).expect("usable demand")
    }
}

/// Cases of every kind.
pub fn cases() -> impl Strategy<Value = Case> {
    choices().prop_map(|mut choices| draw_case(&mut choices))
}

/// A source of choices that proptest shrinks towards zeros: the simplest choice each time.
pub fn choices() -> impl Strategy<Value = Choices> {
    vec(any::<u32>(), CHOICES).prop_map(|values| Choices { values: values.into_iter() })
}

#[derive(Clone, Debug)]
pub struct Choices {
    values: std::vec::IntoIter<u32>,
}

impl Choices {
    /// A whole number below a bound; 0 when the choices are used up.
    pub fn below(&mut self, bound: usize) -> usize {
        self.values.next().unwrap_or(0) as usize % bound
    }

    /// True once in so many times.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }

    /// A number from 0 up to a bound, often 0 itself, whole or with a fraction.
    pub fn number(&mut self, bound: usize) -> f64 {
        match self.below(4) {
            0 => 0.0,
            1 => self.below(bound + 1) as f64,
            _ => bound as f64 * self.below(1_000_003) as f64 / 1_000_003.0,
        }
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, last - self.below(last + 1));
        }
    }
}

pub fn draw_case(choices: &mut Choices) -> Case {
    let declared = draw_network(choices);
    let rules = Rules { backlog: !choices.once_in(2), discount: if choices.once_in(3) { 0.97 } else { 1.0 } };
    let demand = draw_demand(choices);
    let num_periods = 1 + choices.below(14);
    let seed = choices.below(1_000_000) as u64;
    let links = declared.links.iter().filter(|link| link.lead_time.is_some()).count();
    let orders = (0..num_periods).map(|_| (0..links).map(|_| draw_order(choices)).collect()).collect();
    Case { declared, rules, demand, num_periods, seed, orders }
}

fn draw_order(choices: &mut Choices) -> f64 {
    match choices.below(8) {
        0 => 0.0,
        1 => -choices.number(50),
        2 => choices.number(1_000_000),
        3 | 4 => choices.below(40) as f64,
        _ => choices.number(60),
    }
}

fn draw_demand(choices: &mut Choices) -> DemandConfig {
    DemandConfig {
        base_mu: choices.once_in(3).then(|| choices.number(30)),
        effects: Effects {
            trend: choices.once_in(4),
            seasonal: choices.once_in(4),
            shock: choices.once_in(4),
        },
        noise_scale: [1.0, 0.0, 0.5, 2.5][choices.below(4)],
        shock_time: choices.below(10) as f64,
        use_goodwill: choices.once_in(2),
        goodwill: Goodwill { growth: 1.2, decay: 0.5, cap: 1.5, floor: 0.3 },
        ..DemandConfig::default()
    }
}

/// A network in one piece: each stocking node buys from an earlier one or from the first source, and perhaps from
/// others; whoever sells to no other node sells to a market. Names and orders of declaration are shuffled.
pub fn draw_network(choices: &mut Choices) -> DeclaredNetwork {
    let (sources, stocking, markets) = (1 + choices.below(3), 1 + choices.below(6), 1 + choices.below(3));
    let mut ids: Vec<NodeId> = (0..(sources + stocking + markets) as i64)
        .map(|number| if number % 4 == 3 { NodeId::from(&*format!("node {number}")) } else { number.into() })
        .collect();
    choices.shuffle(&mut ids);
    let (source_ids, rest) = ids.split_at(sources);
    let (stocking_ids, market_ids) = rest.split_at(stocking);

    let mut nodes: Vec<DeclaredNode> =
        source_ids.iter().chain(market_ids).map(|id| DeclaredNode::new(id.clone())).collect();
    nodes.extend(stocking_ids.iter().map(|id| draw_stocking(choices, id)));

    let mut links = Vec::new();
    let mut sells = vec![false; stocking];
    for buyer in 0..stocking {
        let parent = (buyer > 0 && !choices.once_in(3)).then(|| choices.below(buyer.max(1)));
        for supplier in 0..buyer {
            if parent == Some(supplier) || choices.once_in(4) {
                links.push(draw_supply(choices, &stocking_ids[supplier], &stocking_ids[buyer]));
                sells[supplier] = true;
            }
        }
        for (position, source) in source_ids.iter().enumerate() {
            // The first source joins what no parent does; the last node leaves no source without a buyer.
            let needed = if position == 0 { parent.is_none() } else { position % stocking == buyer };
            if needed || choices.once_in(5) {
                links.push(draw_supply(choices, source, &stocking_ids[buyer]));
            }
        }
    }
    for (seller, id) in stocking_ids.iter().enumerate() {
        for (position, market) in market_ids.iter().enumerate() {
            let needed = position % stocking == seller || (!sells[seller] && seller % markets == position);
            if needed || choices.once_in(5) {
                links.push(draw_market(choices, id, market));
            }
        }
    }
    choices.shuffle(&mut nodes);
    choices.shuffle(&mut links);
    DeclaredNetwork { nodes, links, ..DeclaredNetwork::default() }
}

fn draw_stocking(choices: &mut Choices, id: &NodeId) -> DeclaredNode {
    let mut node = DeclaredNode::stocking(id.clone(), choices.number(120), choices.number(1));
    node.salvage_value = choices.once_in(4).then(|| choices.number(3));
    if choices.once_in(2) {
        let production_yield = [1.0, 0.9, 0.5, 1.0 / 3.0][choices.below(4)];
        node.factory(choices.number(60), choices.number(1), production_yield)
    } else {
        node
    }
}

fn draw_supply(choices: &mut Choices, from: &NodeId, to: &NodeId) -> DeclaredLink {
    let lead_time = choices.below(6) as u32;
    let link =
        DeclaredLink::supply(from.clone(), to.clone(), lead_time, choices.number(3), choices.number(1));
    DeclaredLink { fixed_order_cost: choices.once_in(3).then(|| choices.number(10)), ..link }
}

fn draw_market(choices: &mut Choices, from: &NodeId, to: &NodeId) -> DeclaredLink {
    let (mean, spread) = (choices.number(30), choices.number(8));
    let (distribution, keys) =
        [("poisson", ["mu", "loc"]), ("normal", ["loc", "scale"]), ("uniform", ["loc", "scale"])]
            [choices.below(3)];
    let mut parameters = vec![(keys[0], mean), (keys[1], spread)];
    parameters.truncate(choices.below(3));
    let demand = DeclaredDemand::new(distribution, parameters);
    DeclaredLink::market(from.clone(), to.clone(), choices.number(5), choices.number(2), demand)
}
