//! Networks of any size, for tests and for measuring how cost grows with the number of links.

use std::collections::HashSet;

use super::{DeclaredDemand, DeclaredLink, DeclaredNetwork, DeclaredNode};
use crate::random::{Pcg64, Stream};

/// Links of the smallest layered network: a chain from raw material to market.
pub const FEWEST_LAYERED_LINKS: usize = 4;

/// Layers from the customers upwards, each with its size relative to the others.
const LAYERS: [usize; 5] = [3, 3, 2, 2, 1];
const MARKETS: usize = 0;
const RETAILERS: usize = 1;
const FACTORIES: usize = 3;
const RAW_MATERIALS: usize = 4;
/// Links per unit of relative size: about 18 for the backbone, the rest for further suppliers.
const LINKS_PER_SHARE: usize = 22;
/// Longest lead time drawn [periods].
const LONGEST_LEAD_TIME: usize = 12;

/// A valid network of markets, retailers, distributors, factories and raw materials with exactly `links` links
/// ([`FEWEST_LAYERED_LINKS`] if fewer are asked for); the same arguments always make the same network.
///
/// Neighbouring layers are joined by a backbone that leaves no node out, so most nodes have one supplier or two; about
/// a fifth of the links are further suppliers, which may skip a layer (a factory that sells to a market is a retailer,
/// too). Lead times are 0 to 12 periods, demand is Poisson, half of the factories have a yield below 1, nothing has a
/// fixed cost: the kind of network the presets are.
///
/// ```
/// let network = invmgmt::network::layered(50, 7).compile()?;
/// assert_eq!(network.links.len(), 50);
/// # Ok::<(), invmgmt::network::NetworkError>(())
/// ```
pub fn layered(links: usize, seed: u64) -> DeclaredNetwork {
    let links = links.max(FEWEST_LAYERED_LINKS);
    let mut builder = Builder::new(links, seed);
    builder.add_backbone();
    while builder.ends.len() < links {
        builder.add_supplier();
    }
    let (nodes, links) = (builder.nodes(), builder.links());
    DeclaredNetwork {
        name: Some(format!("layered {}", links.len())),
        description: Some(format!("{} nodes in five layers, {} links", nodes.len(), links.len())),
        nodes,
        links,
        ..DeclaredNetwork::default()
    }
}

struct Builder {
    stream: Pcg64,
    /// Where each layer's nodes begin; after the last, the number of nodes.
    starts: [usize; 6],
    /// Supplier and buyer of each link.
    ends: Vec<(usize, usize)>,
    known: HashSet<(usize, usize)>,
}

impl Builder {
    fn new(links: usize, seed: u64) -> Self {
        let mut starts = [0; 6];
        for (layer, share) in LAYERS.into_iter().enumerate() {
            // The shares of a small network are rounded, and no layer is empty.
            let size = (share * (links + 4) + LINKS_PER_SHARE / 2) / LINKS_PER_SHARE;
            starts[layer + 1] = starts[layer] + size.max(1);
        }
        Self { stream: Pcg64::seeded(seed), starts, ends: Vec::with_capacity(links), known: HashSet::new() }
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.stream.next_f64() * bound as f64) as usize
    }

    /// A number between two others, in whole steps of a hundredth of their distance.
    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.below(101) as f64 / 100.0
    }

    fn layer_of(&self, node: usize) -> usize {
        (0..LAYERS.len()).rfind(|&layer| self.starts[layer] <= node).unwrap_or(MARKETS)
    }

    fn add_link(&mut self, from: usize, to: usize) {
        if self.known.insert((from, to)) {
            self.ends.push((from, to));
        }
    }

    /// Joins each layer to the one above by a staircase: every node is in it and it is in one piece.
    fn add_backbone(&mut self) {
        for layer in MARKETS..RAW_MATERIALS {
            let [low, middle, high] = [self.starts[layer], self.starts[layer + 1], self.starts[layer + 2]];
            let (mut buyer, mut supplier) = (low, middle);
            self.add_link(supplier, buyer);
            while (buyer + 1, supplier + 1) != (middle, high) {
                // The side that lags behind in its share of the way takes the step.
                let behind = (buyer + 1 - low) * (high - middle) <= (supplier + 1 - middle) * (middle - low);
                if supplier + 1 == high || (behind && buyer + 1 < middle) {
                    buyer += 1;
                } else {
                    supplier += 1;
                }
                self.add_link(supplier, buyer);
            }
        }
    }

    /// Draws a pair of nodes and joins them, unless they are joined or the buyer is a market and the supplier raw.
    fn add_supplier(&mut self) {
        let from = self.starts[RETAILERS] + self.below(self.starts[5] - self.starts[RETAILERS]);
        let layer = self.layer_of(from);
        // Three in four come from the layer next above the buyer, the others from any above.
        let to_layer = if self.below(4) > 0 { layer - 1 } else { self.below(layer) };
        if (layer, to_layer) != (RAW_MATERIALS, MARKETS) {
            let to = self.starts[to_layer] + self.below(self.starts[to_layer + 1] - self.starts[to_layer]);
            self.add_link(from, to);
        }
    }

    fn nodes(&mut self) -> Vec<DeclaredNode> {
        (0..self.starts[5])
            .map(|node| {
                let id = node as i64;
                let layer = self.layer_of(node);
                if layer == MARKETS || layer == RAW_MATERIALS {
                    return DeclaredNode::new(id);
                }
                let stock = self.between(50.0, 400.0).round();
                let holding = self.between(0.01, 0.03);
                let stocking = DeclaredNode::stocking(id, stock, holding);
                if layer < FACTORIES {
                    return stocking;
                }
                let capacity = self.between(60.0, 160.0).round();
                let cost = self.between(0.01, 0.02);
                let production_yield = if self.below(2) == 0 { 1.0 } else { self.between(0.8, 0.99) };
                stocking.factory(capacity, cost, production_yield)
            })
            .collect()
    }

    fn links(&mut self) -> Vec<DeclaredLink> {
        (0..self.ends.len())
            .map(|position| {
                let (from, to) = self.ends[position];
                let (from_id, to_id) = (from as i64, to as i64);
                if self.layer_of(to) == MARKETS {
                    let demand = DeclaredDemand::poisson(self.between(5.0, 25.0));
                    return DeclaredLink::market(from_id, to_id, self.between(2.0, 3.0), 0.1, demand);
                }
                let lead_time = self.below(LONGEST_LEAD_TIME + 1) as u32;
                // A unit is dearer the nearer it is to the customers.
                let price = self.between(0.8, 1.2) * 0.4 * (RAW_MATERIALS - self.layer_of(to)) as f64;
                let holding = self.between(0.0, 0.02);
                DeclaredLink::supply(from_id, to_id, lead_time, price, holding)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Network, Roles};

    fn compiled(links: usize, seed: u64) -> Network {
        layered(links, seed).compile().unwrap_or_else(|error| panic!("{links} links, seed {seed}: {error}"))
    }

    #[test]
    fn any_number_of_links_makes_a_valid_network_of_that_many() {
        for links in (FEWEST_LAYERED_LINKS..80).chain([500, 5_000]) {
            for seed in 0..4 {
                assert_eq!(compiled(links, seed).links.len(), links, "seed {seed}");
            }
        }
        assert_eq!(compiled(0, 0).links.len(), FEWEST_LAYERED_LINKS);
    }

    #[test]
    fn the_same_arguments_make_the_same_network_and_another_seed_another() {
        assert_eq!(layered(50, 1), layered(50, 1));
        assert_ne!(layered(50, 1), layered(50, 2));
    }

    #[test]
    fn a_large_network_has_every_role_every_lead_time_lossy_factories_and_several_suppliers() {
        let network = compiled(500, 1);
        let count =
            |has: fn(Roles) -> bool| network.nodes.rows().iter().filter(|node| has(node.roles)).count();
        assert!(count(|roles| roles.market) > 50 && count(|roles| roles.retailer) > 50);
        assert!(count(|roles| roles.raw_material) > 10 && count(|roles| roles.distributor) > 50);
        let factories = network.managed.rows().iter().filter_map(|node| node.factory);
        let (lossy, whole): (Vec<_>, Vec<_>) = factories.partition(|factory| factory.production_yield < 1.0);
        assert!(lossy.len() > 10 && whole.len() > 10);
        assert!(network.managed.rows().iter().any(|node| node.incoming.len() > 2));
        for lead_time in 0..=LONGEST_LEAD_TIME {
            assert!(network.supply.rows().iter().any(|link| link.lead_time == lead_time), "{lead_time}");
        }
        assert_eq!(network.longest_lead_time(), LONGEST_LEAD_TIME);
    }
}
