//! The simulator against the exact answers: two million periods each, within four standard errors of batch means.

use invmgmt::demand::{DemandConfig, DemandModel, NativeDemand, Sampler};
use invmgmt::network::{
    DeclaredDemand, DeclaredLink, DeclaredNetwork, DeclaredNode, ManagedIx, Network, TableIndex,
};
use invmgmt::period::{Flows, Rules, State, opening_row, play_alone};
use invmgmt::random::Pcg64;
use invmgmt_textbook::clark_scarf::SerialSystem;
use invmgmt_textbook::newsvendor::Newsvendor;

const WARM_UP: usize = 1_000;
const BATCHES: usize = 400;
const BATCH: usize = 5_000;
/// Standard errors an average may lie off.
const ERRORS: f64 = 4.0;

/// A long-run average with its standard error.
#[derive(Clone, Copy, Debug)]
struct Average {
    mean: f64,
    error: f64,
}

impl Average {
    fn of(batches: &[f64]) -> Self {
        let count = batches.len() as f64;
        let mean = batches.iter().sum::<f64>() / count;
        let variance = batches.iter().map(|batch| (batch - mean).powi(2)).sum::<f64>() / (count - 1.0);
        Self { mean, error: (variance / count).sqrt() }
    }

    #[track_caller]
    fn assert_is(self, exact: f64) {
        println!("{:.5} +- {:.5} against {exact:.5}", self.mean, self.error);
        assert!((self.mean - exact).abs() <= ERRORS * self.error, "{self:?} against {exact}");
        // A standard error that says nothing would let everything pass.
        assert!(self.error < 0.01 * exact, "{self:?} against {exact}");
    }
}

/// Nodes 1, 2 ... from the retailer upwards with their holding costs, each with lead time and pipeline rate of the link
/// it buys on; market 0; prices zero; Poisson demand of 5.
fn chain(penalty: f64, stages: &[(f64, u32, f64)]) -> Network {
    let mut nodes = vec![DeclaredNode::new(0)];
    let mut links = vec![DeclaredLink::market(1, 0, 0.0, penalty, DeclaredDemand::poisson(5.0))];
    for (id, &(holding, lead_time, pipeline)) in (1_i64..).zip(stages) {
        nodes.push(DeclaredNode::stocking(id, 0.0, holding));
        links.push(DeclaredLink::supply(id + 1, id, lead_time, 0.0, pipeline));
    }
    nodes.push(DeclaredNode::new(stages.len() as i64 + 1));
    DeclaredNetwork { nodes, links, ..DeclaredNetwork::default() }.compile().expect("a sound chain")
}

/// Every stage orders its echelon up to its level.
fn order_up_to(network: &Network, state: &State<'_>, levels: &[f64], orders: &mut [f64]) {
    let mut echelon: f64 = -state.unmet.values.iter().sum::<f64>();
    for (position, level) in levels.iter().enumerate() {
        let node = ManagedIx::from_position(position);
        let link = network.managed[node].incoming[0];
        echelon += state.on_hand[node] + state.on_order[link];
        orders[link.position()] = (level - echelon).max(0.0);
    }
}

/// Long-run cost and share of periods that end without backlog under echelon base-stock levels.
fn play(network: &Network, levels: &[f64], seed: u64) -> (Average, Average) {
    let model = DemandModel::new(DemandConfig::default()).expect("sound parameters");
    let rules = Rules::default();
    let (mut stream, mut sampler) = (Pcg64::seeded(seed), Sampler::new(network));
    let mut flows = Flows::new(network);
    let mut row = opening_row(network);
    let mut orders = vec![0.0; network.supply.len()];
    let mut period = |cost: &mut f64, ready: &mut f64| {
        order_up_to(network, &State::open(&mut row, &network.layout), levels, &mut orders);
        let mut demand = NativeDemand::of_one(network, &model, &mut stream, &mut sampler);
        *cost -= play_alone(network, &rules, usize::MAX, &mut row, &orders, &mut demand, &mut flows);
        let state = State::open(&mut row, &network.layout);
        *ready += f64::from(u8::from(state.unmet.values[0] == 0.0));
    };
    for _ in 0..WARM_UP {
        period(&mut 0.0, &mut 0.0);
    }
    let (mut costs, mut readies) = (Vec::with_capacity(BATCHES), Vec::with_capacity(BATCHES));
    for _ in 0..BATCHES {
        let (mut cost, mut ready) = (0.0, 0.0);
        for _ in 0..BATCH {
            period(&mut cost, &mut ready);
        }
        costs.push(cost / BATCH as f64);
        readies.push(ready / BATCH as f64);
    }
    (Average::of(&costs), Average::of(&readies))
}

/// Section 4.15 of the known answers: h 1, Poisson 5; lead time, penalty, level, cost, ready rate.
#[test]
fn one_node_costs_and_serves_as_section_4_15_says() {
    let instances = [
        (0, 9.0, 8.0, 4.22109, 0.93191),
        (1, 9.0, 14.0, 5.86937, 0.91654),
        (2, 9.0, 20.0, 7.12300, 0.91703),
        (4, 9.0, 32.0, 9.15105, 0.92854),
        (4, 4.0, 29.0, 7.16984, 0.81790),
    ];
    for (seed, (lead_time, penalty, level, cost, ready_rate)) in (1..).zip(instances) {
        let network = chain(penalty, &[(1.0, lead_time, 0.0)]);
        let solved = Newsvendor::from_problem(&network).expect("one node").solve().expect("sound numbers");
        assert_eq!(solved.level, level);
        let (simulated_cost, simulated_ready_rate) = play(&network, &[level], seed);
        simulated_cost.assert_is(cost);
        simulated_ready_rate.assert_is(ready_rate);
    }
}

/// Snyder & Shen, example 6.1 with Poisson demand, in the order of the simulator's events: 99.740.
#[test]
fn three_serial_nodes_cost_as_example_6_1_says() {
    let network = chain(37.12, &[(7.0, 1, 4.0), (4.0, 0, 2.0), (2.0, 1, 0.0)]);
    let (cost, _) = play(&network, &[15.0, 20.0, 31.0], 6);
    cost.assert_is(99.740);
}

/// Other levels and pipeline rates than the best: the recursion's cost of a policy holds for them too.
#[test]
fn three_serial_nodes_cost_what_the_recursion_says_of_any_levels() {
    let network = chain(9.0, &[(3.0, 2, 0.5), (2.0, 1, 2.5), (0.5, 0, 0.0)]);
    let system = SerialSystem::from_problem(&network).expect("a chain");
    for (seed, levels) in [(7, [19.0, 30.0, 33.0]), (8, [24.0, 28.0, 36.0])] {
        let (cost, _) = play(&network, &levels, seed);
        cost.assert_is(system.cost_of(&levels).expect("whole levels"));
    }
}
