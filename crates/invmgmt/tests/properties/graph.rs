//! A declared network enumerated by the published rules, independently of the compiled tables.

use std::collections::HashSet;

use invmgmt::network::{DeclaredLink, DeclaredNetwork, DeclaredNode, NodeId};

/// A link with the positions of its ends in the list of nodes.
#[derive(Clone, Copy, Debug)]
pub struct Edge<'a> {
    pub from: usize,
    pub to: usize,
    /// Column among all links.
    pub column: usize,
    pub declared: &'a DeclaredLink,
}

/// Links grouped by supplier in node order and, within one, in order of declaration.
#[derive(Debug)]
pub struct Graph<'a> {
    pub nodes: &'a [DeclaredNode],
    pub supply: Vec<Edge<'a>>,
    pub market: Vec<Edge<'a>>,
}

impl<'a> Graph<'a> {
    pub fn new(declared: &'a DeclaredNetwork) -> Self {
        let position =
            |id: &NodeId| declared.nodes.iter().position(|node| node.id == *id).expect("a declared end");
        let sellers: HashSet<&NodeId> = declared.links.iter().map(|link| &link.from).collect();
        let mut graph = Self { nodes: &declared.nodes, supply: Vec::new(), market: Vec::new() };
        let grouped =
            declared.nodes.iter().flat_map(|node| declared.links.iter().filter(|link| link.from == node.id));
        for (column, link) in grouped.enumerate() {
            let edge = Edge { from: position(&link.from), to: position(&link.to), column, declared: link };
            if sellers.contains(&link.to) { graph.supply.push(edge) } else { graph.market.push(edge) }
        }
        graph
    }

    /// Positions of the nodes that hold stock.
    pub fn stocking(&self) -> impl Iterator<Item = usize> {
        (0..self.nodes.len()).filter(|&node| self.nodes[node].initial_inventory.is_some())
    }

    /// Units out per unit of stock used by a shipment.
    pub fn production_yield(&self, node: usize) -> f64 {
        self.nodes[node].production_yield.unwrap_or(1.0)
    }

    /// The supply links into a node, with their columns.
    pub fn bought(&self, node: usize) -> impl Iterator<Item = (usize, &Edge<'a>)> {
        self.supply.iter().enumerate().filter(move |(_, edge)| edge.to == node)
    }

    /// The supply links out of a node, with their columns, in the order they are served.
    pub fn shipped(&self, node: usize) -> impl Iterator<Item = (usize, &Edge<'a>)> {
        self.supply.iter().enumerate().filter(move |(_, edge)| edge.from == node)
    }

    /// The market links out of a node, with their columns.
    pub fn sold(&self, node: usize) -> impl Iterator<Item = (usize, &Edge<'a>)> {
        self.market.iter().enumerate().filter(move |(_, edge)| edge.from == node)
    }
}

/// Lead time of a supply link [periods].
pub fn lead_time(edge: &Edge<'_>) -> usize {
    edge.declared.lead_time.unwrap_or(0) as usize
}
