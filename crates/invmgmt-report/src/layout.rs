//! Where the nodes of a network stand in a picture.

use invmgmt::network::{LinkIx, ManagedIx, Network, NodeIx, Recipe, SupplyLinkIx, Table, TableIndex};

use crate::ordering::Layers;

/// Most bends all links together may get; links of a network that would need more run straight.
const MAX_BENDS: usize = 20_000;
/// Sweeps in which nodes move towards their neighbours.
const ALIGNING_SWEEPS: usize = 12;

/// A place in the unit square: x from the sources to the markets, y from top to bottom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// 0 is the left edge, 1 the right edge.
    pub x: f64,
    /// 0 is the top edge, 1 the bottom edge.
    pub y: f64,
}

/// Nodes in columns by echelon, the sources of raw material left, the markets right.
///
/// A node's column is its longest path to a market, so every link runs from left to right. Within a column nodes
/// are ordered to cross few links and moved towards the nodes they are linked to. The same network always gets the
/// same layout.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// Where each node stands, in order of declaration.
    pub nodes: Table<NodeIx, Point>,
    /// The way of each link, from its supplier to its buyer; a link that passes columns bends in each.
    pub routes: Table<LinkIx, Vec<Point>>,
    /// The ways of what recipes take beside their first input, whose way is the link's: the link on which goods are
    /// made, the input, and its way to them.
    pub inputs: Vec<(SupplyLinkIx, ManagedIx, Vec<Point>)>,
    /// Number of columns.
    pub columns: usize,
    /// Most nodes and passing links in a column: neighbours in a column are at least `1 / rows` apart.
    pub rows: usize,
}

impl Layout {
    /// The layout of a network.
    pub fn of(network: &Network) -> Self {
        let place = |node: ManagedIx| network.managed[node].node.position();
        let mut ends: Vec<(usize, usize)> = network
            .links
            .indices()
            .map(|link| network.ends(link))
            .map(|(from, to)| (from.position(), to.position()))
            .collect();
        let further = |recipe: &Recipe| {
            recipe.inputs[1..].iter().map(|&(input, _)| (recipe.link, input)).collect::<Vec<_>>()
        };
        let inputs: Vec<(SupplyLinkIx, ManagedIx)> = network.recipes.iter().flat_map(further).collect();
        let made = |link: SupplyLinkIx| place(network.supply[link].buyer);
        ends.extend(inputs.iter().map(|&(link, input)| (place(input), made(link))));
        let ranks = ranks(network.nodes.len(), &ends);
        let mut layers = Layers::new(&ranks, &ends, MAX_BENDS);
        layers.reduce_crossings();
        let heights = heights(&layers);
        let last = layers.rows.len() - 1;
        let point = |vertex: usize| Point {
            x: if last == 0 { 0.5 } else { (last - layers.rank_of[vertex]) as f64 / last as f64 },
            y: heights[vertex],
        };
        let nodes: Vec<Point> = (0..network.nodes.len()).map(point).collect();
        let mut routes: Vec<Vec<Point>> =
            layers.paths.iter().map(|path| path.iter().map(|&vertex| point(vertex)).collect()).collect();
        let of_inputs = routes.split_off(network.links.len());
        let inputs = inputs.into_iter().zip(of_inputs).map(|((link, input), way)| (link, input, way));
        Self {
            nodes: nodes.into(),
            routes: routes.into(),
            inputs: inputs.collect(),
            columns: layers.rows.len(),
            rows: layers.tallest(),
        }
    }
}

/// Each node's longest path to a node without successors, in links.
fn ranks(nodes: usize, ends: &[(usize, usize)]) -> Vec<usize> {
    let mut suppliers = vec![Vec::new(); nodes];
    let mut open_buyers = vec![0_usize; nodes];
    for &(from, to) in ends {
        suppliers[to].push(from);
        open_buyers[from] += 1;
    }
    let mut ranks = vec![0; nodes];
    let mut ready: Vec<usize> = (0..nodes).filter(|&node| open_buyers[node] == 0).collect();
    while let Some(node) = ready.pop() {
        for &supplier in &suppliers[node] {
            ranks[supplier] = ranks[supplier].max(ranks[node] + 1);
            open_buyers[supplier] -= 1;
            if open_buyers[supplier] == 0 {
                ready.push(supplier);
            }
        }
    }
    ranks
}

/// Heights of all vertices: order and distance kept within each column, as near to their neighbours as that allows.
fn heights(layers: &Layers) -> Vec<f64> {
    let gap = 1.0 / layers.tallest() as f64;
    let mut heights = vec![0.5; layers.rank_of.len()];
    for row in &layers.rows {
        let top = 0.5 - 0.5 * gap * (row.len() - 1) as f64;
        for (place, &vertex) in row.iter().enumerate() {
            heights[vertex] = top + gap * place as f64;
        }
    }
    for sweep in 0..ALIGNING_SWEEPS {
        // To the left and back: each column follows the one just placed.
        for step in 1..layers.rows.len() {
            let (rank, neighbours) = if sweep % 2 == 0 {
                (step, &layers.buyers)
            } else {
                (layers.rows.len() - 1 - step, &layers.suppliers)
            };
            align(&layers.rows[rank], neighbours, gap, &mut heights);
        }
    }
    heights
}

/// Moves a column's vertices to the mean height of their neighbours, as nearly as their order and distance allow.
///
/// With `z = y - gap * place` the distances become "z never falls", and the least-squares answer is the isotonic
/// regression of the wishes, found by pooling neighbours that violate it; cutting it at the column's ends keeps it
/// optimal.
fn align(row: &[usize], neighbours: &[Vec<usize>], gap: f64, heights: &mut [f64]) {
    let mut blocks: Vec<(f64, usize)> = Vec::with_capacity(row.len());
    for (place, &vertex) in row.iter().enumerate() {
        let near = &neighbours[vertex];
        let wish = if near.is_empty() {
            heights[vertex]
        } else {
            near.iter().map(|&other| heights[other]).sum::<f64>() / near.len() as f64
        };
        let mut block = (wish - gap * place as f64, 1);
        while let Some(&(mean, size)) = blocks.last().filter(|last| last.0 > block.0) {
            blocks.pop();
            block =
                ((mean * size as f64 + block.0 * block.1 as f64) / (size + block.1) as f64, size + block.1);
        }
        blocks.push(block);
    }
    let (top, bottom) = (0.5 * gap, 1.0 - 0.5 * gap - gap * (row.len() - 1) as f64);
    let placed = blocks.iter().flat_map(|&(mean, size)| std::iter::repeat_n(mean, size));
    for ((place, &vertex), z) in row.iter().enumerate().zip(placed) {
        heights[vertex] = z.min(bottom).max(top) + gap * place as f64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use invmgmt::network::{DeclaredDemand, DeclaredLink, DeclaredNetwork, DeclaredNode, preset};

    /// A chain of layers in which every node buys from one to three nodes of earlier layers, drawn from a small
    /// congruential generator; some links skip layers.
    fn random_network(nodes: usize, seed: u64) -> Network {
        let mut state = seed;
        let mut draw = |bound: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % bound
        };
        let name = |node: usize| i64::try_from(node).expect("a small number");
        let mut declared = DeclaredNetwork::default();
        declared.nodes.push(DeclaredNode::new(0));
        for node in 1..nodes {
            declared.nodes.push(DeclaredNode::stocking(name(node), 10.0, 0.1));
            let mut suppliers = vec![draw(node)];
            suppliers.extend((0..draw(3)).map(|_| draw(node)));
            suppliers.sort_unstable();
            suppliers.dedup();
            for supplier in suppliers {
                declared.links.push(DeclaredLink::supply(name(supplier), name(node), 1, 1.0, 0.0));
            }
        }
        let market = name(nodes);
        declared.nodes.push(DeclaredNode::new(market));
        for node in 1..nodes {
            if !declared.links.iter().any(|link| link.from == name(node).into()) {
                let demand = DeclaredDemand::poisson(5.0);
                declared.links.push(DeclaredLink::market(name(node), market, 2.0, 0.1, demand));
            }
        }
        declared.compile().expect("a sound network")
    }

    fn check(network: &Network) {
        let layout = Layout::of(network);
        for link in network.links.indices() {
            let (from, to) = network.ends(link);
            assert!(layout.nodes[from].x < layout.nodes[to].x, "{} runs backwards", network.link_name(link));
            let route = &layout.routes[link];
            assert_eq!((route[0], route[route.len() - 1]), (layout.nodes[from], layout.nodes[to]));
            assert!(route.windows(2).all(|step| step[0].x < step[1].x));
        }
        let least = 1.0 / layout.rows as f64 - 1e-9;
        let points = layout.nodes.rows();
        for (position, a) in points.iter().enumerate() {
            assert!((0.0..=1.0).contains(&a.x) && (0.0..=1.0).contains(&a.y));
            for b in &points[position + 1..] {
                assert!(a.x != b.x || (a.y - b.y).abs() >= least, "{a:?} and {b:?} overlap");
            }
        }
        assert_eq!(layout, Layout::of(network), "the same network, another layout");
    }

    #[test]
    fn nodes_do_not_overlap_and_links_run_from_left_to_right() {
        for name in ["network", "serial"] {
            check(&preset(name).expect("a preset").compile().expect("a sound network"));
        }
        for (nodes, seed) in [(5, 1), (12, 2), (40, 3), (90, 4), (200, 5)] {
            check(&random_network(nodes, seed));
        }
    }

    /// The nine-node network can be drawn with the factories 4, 5, 6 in one column, between sources and distributors.
    #[test]
    fn echelons_are_columns() {
        let network = preset("network").expect("a preset").compile().expect("a sound network");
        let layout = Layout::of(&network);
        let x: Vec<f64> = layout.nodes.rows().iter().map(|point| point.x).collect();
        assert_eq!(x, [1.0, 0.75, 0.5, 0.5, 0.25, 0.25, 0.25, 0.0, 0.0]);
    }

    #[test]
    fn a_chain_is_a_straight_line() {
        let network = preset("serial").expect("a preset").compile().expect("a sound network");
        assert!(Layout::of(&network).nodes.rows().iter().all(|point| point.y == 0.5));
    }
}
