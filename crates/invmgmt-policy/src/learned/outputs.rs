//! What a learned policy's net decides: how far every node orders up to, and how it shares its order among suppliers.

use invmgmt::Problem;
use invmgmt::action::{LEAST_REQUEST, supplier_shares};
use invmgmt::adjoint::Block;
use invmgmt::network::{ManagedIx, Network, Table, TableIndex};
use invmgmt::period::position_terms;

/// How the numbers a net puts out become orders.
///
/// A node's level is the demand expected over its own cover, plus a multiple of how far demand usually is from that;
/// what its inventory position lacks to the level it orders, shared among its suppliers by weights `exp(output)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Outputs {
    nodes: Vec<Node>,
    links: usize,
    len: usize,
}

/// What a net put out for a state, and what its numbers are multiples of.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// What the net put out.
    pub outputs: &'a [f32],
    /// The demand expected over each node's cover; see [`Outputs::cover`] [units].
    pub cover: &'a [f64],
    /// What a node's output is a multiple of; see [`Scaling::cover`](super::Scaling::cover) [units].
    pub scales: &'a [f64],
}

#[derive(Clone, Debug, PartialEq)]
struct Node {
    /// What the inventory position is the sum of: position in the state row and factor.
    position: Vec<(usize, f64)>,
    /// Supply links it buys on.
    incoming: Vec<usize>,
    /// The first output of its shares; none with one supplier.
    shares: Option<usize>,
    /// Demand per market link that passes through the node [1].
    loads: Vec<f64>,
    /// Logarithms of the shares its suppliers have by price and lead time.
    usual: Vec<f64>,
    /// Periods of demand the level covers before the net says anything [periods].
    cover: usize,
}

impl Outputs {
    /// The outputs for a problem.
    pub fn new(problem: &Problem) -> Self {
        let network = &*problem.network;
        let shares = supplier_shares(network);
        let loads = loads(problem);
        let mut len = network.managed.len();
        let mut nodes = Vec::new();
        for (ix, row) in network.managed.iter() {
            let incoming: Vec<usize> = row.incoming.iter().map(|link| link.position()).collect();
            let wait = row.incoming.iter().map(|&link| shares[link] * network.usual_wait(link));
            let shared = (incoming.len() > 1).then_some(len);
            len += if shared.is_some() { incoming.len() } else { 0 };
            nodes.push(Node {
                position: position_terms(network, problem.rules, ix),
                usual: row.incoming.iter().map(|&link| shares[link].max(1e-6).ln()).collect(),
                loads: loads[ix.position()].clone(),
                // Goods rest a period before they can be shipped on.
                cover: wait.sum::<f64>().ceil() as usize + 2,
                incoming,
                shares: shared,
            });
        }
        Self { nodes, links: network.supply.len(), len }
    }

    /// Demand per market link that passes through a node [1].
    pub(super) fn loads(&self, node: usize) -> &[f64] {
        &self.nodes[node].loads
    }

    /// Periods of demand a node's level covers before the net says anything [periods].
    pub(super) fn cover_periods(&self, node: usize) -> usize {
        self.nodes[node].cover
    }

    /// Logarithm of the share that a node's link has by price and lead time.
    pub(super) fn usual_share(&self, node: usize, link: usize) -> f64 {
        let Node { incoming, usual, .. } = &self.nodes[node];
        incoming.iter().position(|&other| other == link).map_or(0.0, |place| usual[place])
    }

    /// Numbers a net puts out.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none; never true.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// What each node usually has to cover, when demand is so much per market link and period [units].
    pub fn scales(&self, expected: &[f64]) -> Vec<f64> {
        let wanted =
            |node: &Node| node.loads.iter().zip(expected).map(|(load, mean)| load * mean).sum::<f64>();
        self.nodes.iter().map(|node| (wanted(node) * node.cover as f64).max(1.0)).collect()
    }

    /// How far each node's demand over its cover usually is from what is expected of it, when demand per market link
    /// and period is drawn with one variance about an expected value that varies, unknown, with another [units].
    pub fn deviations(&self, drawn: &[f64], unknown: &[f64]) -> Vec<f64> {
        let of = |node: &Node| {
            let of_node = |variances: &[f64]| {
                node.loads.iter().zip(variances).map(|(load, variance)| load * load * variance).sum::<f64>()
            };
            let cover = node.cover as f64;
            (cover * of_node(drawn) + cover * cover * of_node(unknown)).sqrt()
        };
        self.nodes.iter().map(of).collect()
    }

    /// Periods for which an order may matter, along the way to customers on which these are most [periods].
    pub fn reach(&self, network: &Network) -> usize {
        let mut reach: Table<ManagedIx, usize> =
            self.nodes.iter().map(|node| node.cover).collect::<Vec<_>>().into();
        let mut longest = 0;
        for node in network.buyers_first() {
            let buyers = network.managed[node].outgoing.iter().map(|&link| reach[network.supply[link].buyer]);
            let farthest = buyers.max().unwrap_or(0);
            reach[node] += farthest;
            longest = longest.max(reach[node]);
        }
        longest
    }

    /// Writes the demand expected over each node's cover; `expected` tells that of a period ahead on a market link
    /// [units].
    pub fn cover(&self, expected: impl Fn(usize, usize) -> f64, cover: &mut [f64]) {
        let longest = self.nodes.iter().map(|node| node.cover).max().unwrap_or(0);
        cover.fill(0.0);
        let markets = self.nodes.first().map_or(0, |node| node.loads.len());
        for market in 0..markets {
            let mut sum = 0.0;
            for ahead in 0..longest {
                sum += expected(ahead, market);
                for (node, cover) in self.nodes.iter().zip(&mut *cover) {
                    if node.cover == ahead + 1 {
                        *cover += node.loads[market] * sum;
                    }
                }
            }
        }
    }

    /// Writes the orders that outputs stand for, in a state.
    pub fn orders(&self, said: &Said<'_>, row: impl Fn(usize) -> f64, mut order: impl FnMut(usize, f64)) {
        for (position, node) in self.nodes.iter().enumerate() {
            let level = said.level(position);
            let lacking = (level - node.inventory_position(&row)).max(0.0);
            node.shares(said.outputs, |link, share| {
                let quantity = share * lacking;
                order(link, if quantity < LEAST_REQUEST { 0.0 } else { quantity });
            });
        }
    }

    /// Given the worth of each order, writes the worth of each output and adds to that of the state.
    pub fn reverse(
        &self,
        said: &Said<'_>,
        rows: &[Block],
        lane: usize,
        requests: &[Block],
        worth: &mut [f32],
        row_worth: &mut [Block],
    ) {
        for (position, node) in self.nodes.iter().enumerate() {
            let level = said.level(position);
            let lacking = level - node.inventory_position(|at| rows[at][lane]);
            let mut of_lacking = 0.0;
            node.shares(said.outputs, |link, share| of_lacking += share * requests[link][lane]);
            if let Some(first) = node.shares {
                let mut output = first;
                node.shares(said.outputs, |link, share| {
                    let quantity = lacking.max(0.0);
                    worth[output] = (quantity * share * (requests[link][lane] - of_lacking)) as f32;
                    output += 1;
                });
            }
            if lacking <= 0.0 {
                worth[position] = 0.0;
                continue;
            }
            worth[position] = (of_lacking * said.scales[position]) as f32;
            for &(at, factor) in &node.position {
                row_worth[at][lane] -= factor * of_lacking;
            }
        }
    }

    /// Given what a teacher orders in a state, writes the direction in which each output comes nearer to it; returns
    /// how far they are: half the squared distance of each level from one that orders as much, in units of what the
    /// node usually covers, and where suppliers are shared the cross-entropy of the shares, as far as there is an
    /// order.
    ///
    /// Where the teacher orders nothing, every level that does so is as good.
    pub fn imitate(
        &self,
        said: &Said<'_>,
        row: impl Fn(usize) -> f64,
        orders: &[f64],
        nearer: &mut [f32],
    ) -> f64 {
        let mut far = 0.0;
        nearer.fill(0.0);
        for (position, node) in self.nodes.iter().enumerate() {
            let ordered: f64 = node.incoming.iter().map(|&link| orders[link]).sum();
            let above = said.level(position) - node.inventory_position(&row) - ordered;
            let distance =
                if ordered < LEAST_REQUEST { above.max(0.0) } else { above } / said.scales[position];
            far += 0.5 * distance * distance;
            nearer[position] = -distance as f32;
            let Some(mut output) = node.shares.filter(|_| ordered >= LEAST_REQUEST) else { continue };
            let weight = ordered / said.scales[position];
            node.shares(said.outputs, |link, share| {
                let wanted = orders[link] / ordered;
                far -= weight * wanted * share.max(f64::MIN_POSITIVE).ln();
                nearer[output] = (weight * (wanted - share)) as f32;
                output += 1;
            });
        }
        far
    }

    /// Supply links.
    pub fn links(&self) -> usize {
        self.links
    }
}

impl Said<'_> {
    /// A node's level [units].
    fn level(&self, node: usize) -> f64 {
        self.cover[node] + self.scales[node] * f64::from(self.outputs[node])
    }
}

impl Node {
    fn inventory_position(&self, row: impl Fn(usize) -> f64) -> f64 {
        self.position.iter().map(|&(at, factor)| factor * row(at)).sum()
    }

    /// Each link with its share of the node's order.
    fn shares(&self, outputs: &[f32], mut share: impl FnMut(usize, f64)) {
        let Some(first) = self.shares else {
            self.incoming.iter().for_each(|&link| share(link, 1.0));
            return;
        };
        let weight = |position: usize| f64::from(outputs[first + position]) + self.usual[position];
        let most = (0..self.incoming.len()).map(weight).fold(f64::NEG_INFINITY, f64::max);
        let total: f64 = (0..self.incoming.len()).map(|position| (weight(position) - most).exp()).sum();
        for (position, &link) in self.incoming.iter().enumerate() {
            share(link, (weight(position) - most).exp() / total);
        }
    }
}

/// Per managed node and market link: how much of the customers' demand passes through the node, in units of its stock,
/// if everybody buys by the usual shares.
fn loads(problem: &Problem) -> Vec<Vec<f64>> {
    let network = &*problem.network;
    let shares = supplier_shares(network);
    let mut loads = vec![vec![0.0; network.market.len()]; network.managed.len()];
    for (market, link) in network.market.iter() {
        loads[link.retailer.position()][market.position()] += 1.0;
    }
    for buyer in network.buyers_first() {
        for &link in &network.managed[buyer].incoming {
            let Some(supplier) = network.supply[link].supplier else { continue };
            let through = shares[link] * supplier.stock_per_unit;
            let of_buyer = loads[buyer.position()].clone();
            for (load, passed) in loads[supplier.node.position()].iter_mut().zip(of_buyer) {
                *load += through * passed;
            }
        }
    }
    loads
}

#[cfg(test)]
mod tests {
    use super::*;
    use invmgmt::demand::{DemandConfig, DemandModel};
    use invmgmt::network::preset;
    use invmgmt::period::Rules;

    /// Of the distance that is told, in every output, of orders of which some are none.
    #[test]
    fn the_direction_nearer_to_a_teacher_is_the_difference_of_the_distance() {
        let network = preset("network").expect("a preset").compile().expect("valid");
        let demand = DemandModel::new(DemandConfig::default()).expect("usable");
        let problem = Problem::new(network, demand, Rules::default(), 30);
        let outputs = Outputs::new(&problem);
        let row: Vec<f64> = (0..problem.network.layout.row()).map(|at| (7 * at % 11) as f64).collect();
        let (cover, scales) = (vec![60.0; outputs.nodes.len()], outputs.scales(&[20.0; 1]));
        let orders: Vec<f64> = (0..outputs.links()).map(|link| [0.0, 12.5, 30.0][link % 3]).collect();
        let said: Vec<f32> = (0..outputs.len()).map(|at| [0.3, -0.2, 0.5, 0.0][at % 4]).collect();
        let far = |said: &[f32], nearer: &mut [f32]| {
            let said = Said { outputs: said, cover: &cover, scales: &scales };
            outputs.imitate(&said, |position| row[position], &orders, nearer)
        };
        let (mut nearer, mut unused) = (vec![0.0; outputs.len()], vec![0.0; outputs.len()]);
        far(&said, &mut nearer);
        for output in 0..outputs.len() {
            let mut at = |by: f32| {
                let mut moved = said.clone();
                moved[output] += by;
                far(&moved, &mut unused)
            };
            let difference = (at(-1e-2) - at(1e-2)) / 2e-2;
            let found = f64::from(nearer[output]);
            assert!(
                (found - difference).abs() < 1e-3 * (1.0 + difference.abs()),
                "{output}: {found}, {difference}"
            );
        }
        assert!(nearer.iter().any(|direction| *direction > 0.0));
    }
}
