//! What a learned policy's net decides: how far every node orders up to, and how it shares its order among suppliers.

use invmgmt::Problem;
use invmgmt::action::{LEAST_REQUEST, supplier_shares};
use invmgmt::adjoint::Block;
use invmgmt::network::TableIndex;
use invmgmt::period::position_terms;

/// How the numbers a net puts out become orders.
///
/// A node's level is the demand expected over its own cover, plus a multiple of what it usually has to cover; what its
/// inventory position lacks to the level it orders, shared among its suppliers by weights `exp(output)`.
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
    /// What each node usually has to cover; see [`Outputs::scales`] [units].
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
            let wait = row.incoming.iter().map(|&link| shares[link] * network.supply[link].lead_time as f64);
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
