//! One small net for every node, whatever the network: what a node sees, and what its suppliers and buyers make of what
//! they see, says how far it orders up to.
//!
//! A node's features are ratios to its own demand, so that nodes of other sizes look alike: linear in what a policy's
//! [`Inputs`] read of the state, with factors that follow from the network. A layer reads them, a second reads what the
//! first made of the node, on average of its suppliers and on average of its buyers (J. Gilmer et al., "Neural Message
//! Passing for Quantum Chemistry", ICML 2017); a third puts out the level, a fourth a supplier's weight.

use invmgmt::Problem;
use invmgmt::network::{ManagedIx, SupplyLinkIx, TableIndex};

use super::net::{Net, activate};
use super::{Inputs, Outputs};

/// Slots of a pipeline, counted from the one that arrives next, at which a feature of its own begins.
const ARRIVALS: [usize; 5] = [0, 1, 2, 4, 8];
/// Features that do not change: cover, retailer, factory, use of capacity, holding cost, price and penalty.
const FIXED: usize = 7;
/// Features of a link: under way, lead time, price, source without end, usual share.
const OF_LINK: usize = 5;
/// Farthest that what never changes may be from the mean met in training, in deviations [1].
const FARTHEST: f32 = 2.0;
/// Layers of the net.
const LAYERS: usize = 4;

/// How the nodes of a network are seen by a net that all of them share, and who hears whom.
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    nodes: usize,
    /// Features of a node.
    of_node: usize,
    /// Every feature, node by node and then link by link.
    features: Vec<Feature>,
    suppliers: Vec<Vec<usize>>,
    buyers: Vec<Vec<usize>>,
    /// The supplier of each link whose buyer has several, in the order of the outputs; none is a source without end.
    shared: Vec<Option<usize>>,
}

/// A constant and a sum over inputs.
#[derive(Clone, Debug, Default, PartialEq)]
struct Feature {
    constant: f64,
    terms: Vec<(usize, f64)>,
}

impl Graph {
    /// The nodes of a problem where demand usual per market link is so much [units / period].
    pub fn new(problem: &Problem, inputs: &Inputs, outputs: &Outputs, usual: &[f64]) -> Self {
        let network = &*problem.network;
        let nodes = network.managed.len();
        let mut graph = Self {
            nodes,
            of_node: 0,
            features: Vec::new(),
            suppliers: vec![Vec::new(); nodes],
            buyers: vec![Vec::new(); nodes],
            shared: Vec::new(),
        };
        let scales = outputs.scales(usual);
        for node in network.managed.indices() {
            graph.push_node(problem, inputs, outputs, usual, node, scales[node.position()]);
        }
        graph.of_node = graph.features.len() / nodes.max(1);
        for (buyer, row) in network.managed.iter() {
            for &link in &row.incoming {
                let supplier = network.supply[link].supplier.map(|supplier| supplier.node.position());
                if let Some(supplier) = supplier {
                    graph.suppliers[buyer.position()].push(supplier);
                    graph.buyers[supplier].push(buyer.position());
                }
                if row.incoming.len() > 1 {
                    graph.shared.push(supplier);
                    graph.push_link(problem, outputs, link, scales[buyer.position()]);
                }
            }
        }
        graph
    }

    fn push(&mut self, constant: f64, terms: impl IntoIterator<Item = (usize, f64)>) {
        self.features.push(Feature { constant, terms: terms.into_iter().collect() });
    }

    /// The features of a node that usually has so much to cover.
    fn push_node(
        &mut self,
        problem: &Problem,
        inputs: &Inputs,
        outputs: &Outputs,
        usual: &[f64],
        node: ManagedIx,
        scale: f64,
    ) {
        let network = &*problem.network;
        let (row, position) = (&network.managed[node], node.position());
        let loads = outputs.loads(position);
        let rate = loads.iter().zip(usual).map(|(load, usual)| load * usual).sum::<f64>().max(1e-6);
        self.push(0.0, [(2 * position, scale.recip())]);
        self.push(0.0, [(2 * position + 1, scale.recip())]);
        for (which, &from) in ARRIVALS.iter().enumerate() {
            let until = ARRIVALS.get(which + 1).copied().unwrap_or(usize::MAX);
            let slots = row.incoming.iter().flat_map(|&link| Inputs::slots(network, link));
            let due = slots.filter(|(slot, _)| (from..until).contains(slot));
            self.push(0.0, due.map(|(_, input)| (input, scale.recip())));
        }
        let market = |part: usize, market: usize| inputs.markets_from() + part * usual.len() + market;
        self.push(0.0, row.markets.iter().map(|link| (market(0, link.position()), scale.recip())));
        self.push(0.0, (0..usual.len()).map(|link| (market(1, link), loads[link] / rate)));
        self.push(0.0, [(market(2, 0), 1.0)]);
        for terms in inputs.clock_features() {
            self.push(0.0, terms);
        }
        for (periods, first) in inputs.demand_features() {
            let of_market = |(link, load): (usize, &f64)| (first(link), load / (rate * periods));
            self.push(0.0, loads.iter().enumerate().map(of_market));
        }
        for belief in inputs.beliefs() {
            self.push(0.0, [(belief, 1.0)]);
        }
        let mean = |numbers: &mut dyn Iterator<Item = f64>| {
            let (mut count, mut sum) = (0.0, 0.0);
            numbers.for_each(|number| (count, sum) = (count + 1.0, sum + number));
            if count > 0.0 { sum / count } else { 0.0 }
        };
        let paid = mean(&mut row.incoming.iter().map(|&link| network.supply[link].price)).max(1e-6);
        let sold = row.markets.iter().map(|&link| network.market[link].price);
        let sold = mean(&mut sold.chain(row.outgoing.iter().map(|&link| network.supply[link].price)));
        let penalty = mean(&mut row.markets.iter().map(|&link| network.market[link].unmet_penalty));
        let capacity = row.factory.map_or(f64::INFINITY, |factory| factory.capacity);
        let flag = |is: bool| if is { 1.0 } else { 0.0 };
        let fixed: [f64; FIXED] = [
            outputs.cover_periods(position) as f64 / 10.0,
            flag(!row.markets.is_empty()),
            flag(row.factory.is_some()),
            (rate / capacity.max(1e-6)).min(4.0),
            (row.holding_cost * outputs.cover_periods(position) as f64 / paid).min(4.0),
            (sold / paid).min(10.0),
            (penalty / paid).min(4.0),
        ];
        for number in fixed {
            self.push(number, []);
        }
    }

    /// The features of a link whose buyer has several and usually has so much to cover.
    fn push_link(&mut self, problem: &Problem, outputs: &Outputs, link: SupplyLinkIx, scale: f64) {
        let network = &*problem.network;
        let row = &network.supply[link];
        let others = &network.managed[row.buyer].incoming;
        let usual = others.iter().map(|&link| network.supply[link].price).sum::<f64>() / others.len() as f64;
        self.push(0.0, Inputs::slots(network, link).map(|(_, input)| (input, scale.recip())));
        self.push(row.lead_time as f64 / 10.0, []);
        self.push((row.price / usual.max(1e-6)).min(4.0) - 1.0, []);
        self.push(if row.supplier.is_none() { 1.0 } else { 0.0 }, []);
        self.push(outputs.usual_share(row.buyer.position(), link.position()), []);
    }

    /// Nodes.
    pub fn nodes(&self) -> usize {
        self.nodes
    }

    /// Links whose buyer has several.
    pub fn links(&self) -> usize {
        self.shared.len()
    }

    /// Features of a node, and of a link.
    pub fn kinds(&self) -> (usize, usize) {
        (self.of_node, OF_LINK)
    }

    /// All features: node by node, then link by link.
    pub fn len(&self) -> usize {
        self.features.len()
    }

    /// Whether there is none; never true.
    pub fn is_empty(&self) -> bool {
        self.features.is_empty()
    }

    /// The kind of a feature: those of nodes first, then those of links.
    pub fn kind(&self, feature: usize) -> usize {
        let of_nodes = self.nodes * self.of_node;
        if feature < of_nodes {
            feature % self.of_node
        } else {
            self.of_node + (feature - of_nodes) % OF_LINK
        }
    }

    /// Inputs and outputs of each layer of a net whose hidden layers have so many units.
    pub fn shapes(&self, hidden: usize) -> [(usize, usize); LAYERS] {
        [(self.of_node, hidden), (3 * hidden, hidden), (hidden, 1), (hidden + OF_LINK, 1)]
    }

    /// Writes every feature of a state.
    pub fn write(&self, inputs: &[f32], features: &mut [f32]) {
        for (number, feature) in features.iter_mut().zip(&self.features) {
            let terms = feature.terms.iter();
            let sum = terms.map(|&(input, factor)| factor * f64::from(inputs[input])).sum::<f64>();
            *number = (feature.constant + sum) as f32;
        }
    }

    /// Scales every feature by its kind: what is taken off, and what the rest is multiplied by. What never changes on a
    /// network stays near what was met in training.
    pub fn scale(&self, mean: &[f32], factor: &[f32], features: &mut [f32]) {
        for (which, number) in features.iter_mut().enumerate() {
            let kind = self.kind(which);
            *number = (*number - mean[kind]) * factor[kind];
            if self.features[which].terms.is_empty() {
                *number = number.clamp(-FARTHEST, FARTHEST);
            }
        }
    }

    /// Given the worth of every feature, writes that of the inputs.
    pub fn reverse(&self, features: &[f32], inputs: &mut [f32]) {
        inputs.fill(0.0);
        for (worth, feature) in features.iter().zip(&self.features) {
            for &(input, factor) in &feature.terms {
                inputs[input] += worth * factor as f32;
            }
        }
    }

    /// Writes what each node hears: what it is itself, what its suppliers are and what its buyers are on average; each
    /// so many numbers.
    pub fn hear(&self, said: &[f32], width: usize, heard: &mut [f32]) {
        for (node, heard) in heard.chunks_exact_mut(3 * width).enumerate() {
            let (own, others) = heard.split_at_mut(width);
            own.copy_from_slice(&said[node * width..][..width]);
            others.fill(0.0);
            let parts = others.chunks_exact_mut(width).zip([&self.suppliers[node], &self.buyers[node]]);
            for (part, others) in parts {
                for &other in others {
                    let said = &said[other * width..][..width];
                    part.iter_mut().zip(said).for_each(|(sum, said)| *sum += said / others.len() as f32);
                }
            }
        }
    }

    /// Given the worth of what each node hears, writes that of what each says.
    pub fn answer(&self, heard: &[f32], width: usize, said: &mut [f32]) {
        said.fill(0.0);
        for (node, heard) in heard.chunks_exact(3 * width).enumerate() {
            let (own, others) = heard.split_at(width);
            said[node * width..][..width].iter_mut().zip(own).for_each(|(sum, worth)| *sum += worth);
            let parts = others.chunks_exact(width).zip([&self.suppliers[node], &self.buyers[node]]);
            for (part, others) in parts {
                for &other in others {
                    let said = said[other * width..][..width].iter_mut();
                    said.zip(part).for_each(|(sum, worth)| *sum += worth / others.len() as f32);
                }
            }
        }
    }

    /// Writes what the fourth layer reads of a link: what its supplier is, nothing where that is a source without end,
    /// and the link's features.
    pub fn weigh(&self, said: &[f32], features: &[f32], link: usize, width: usize, reads: &mut [f32]) {
        let (own, of_link) = reads.split_at_mut(width);
        match self.shared[link] {
            Some(supplier) => own.copy_from_slice(&said[supplier * width..][..width]),
            None => own.fill(0.0),
        }
        of_link.copy_from_slice(&features[self.nodes * self.of_node + link * OF_LINK..][..OF_LINK]);
    }

    /// Given the worth of what the fourth layer reads of a link, adds to that of what its supplier is, and writes that
    /// of the link's features.
    pub fn weigh_back(
        &self,
        reads: &[f32],
        link: usize,
        width: usize,
        said: &mut [f32],
        features: &mut [f32],
    ) {
        let (own, of_link) = reads.split_at(width);
        if let Some(supplier) = self.shared[link] {
            said[supplier * width..][..width].iter_mut().zip(own).for_each(|(sum, worth)| *sum += worth);
        }
        features[self.nodes * self.of_node + link * OF_LINK..][..OF_LINK].copy_from_slice(of_link);
    }

    /// What a net puts out for scaled features: a number per node, then one per link whose buyer has several.
    pub fn apply<'a>(&self, net: &Net, features: &[f32], scratch: &'a mut Talk) -> &'a [f32] {
        let [first, second, level, weight] = &net.layers[..] else { return &[] };
        let width = first.outputs();
        let Talk { said, heard, made, one, outputs } = scratch;
        said.clear();
        for features in features[..self.nodes * self.of_node].chunks_exact(self.of_node) {
            first.apply(features, one);
            said.extend(one.iter().map(|&number| activate(number)));
        }
        heard.resize(3 * said.len(), 0.0);
        self.hear(said, width, heard);
        made.clear();
        for heard in heard.chunks_exact(3 * width) {
            second.apply(heard, one);
            made.extend(one.iter().map(|&number| activate(number)));
        }
        outputs.clear();
        for made in made.chunks_exact(width) {
            level.apply(made, one);
            outputs.extend_from_slice(one);
        }
        let mut reads = std::mem::take(heard);
        reads.resize(width + OF_LINK, 0.0);
        for link in 0..self.shared.len() {
            self.weigh(made, features, link, width, &mut reads);
            weight.apply(&reads, one);
            outputs.extend_from_slice(one);
        }
        *heard = reads;
        outputs
    }
}

/// The numbers between the layers, kept so that playing allocates nothing.
#[derive(Clone, Debug, Default)]
pub struct Talk {
    said: Vec<f32>,
    heard: Vec<f32>,
    made: Vec<f32>,
    one: Vec<f32>,
    outputs: Vec<f32>,
}
