//! Questions about the shape of a graph: is it one piece, has it a cycle?

/// A directed graph over positions of nodes.
pub(super) struct Shape {
    /// For each node the targets of its links.
    pub successors: Vec<Vec<usize>>,
    /// For each node the sources of its links.
    pub predecessors: Vec<Vec<usize>>,
}

impl Shape {
    pub fn new(nodes: usize, links: impl Iterator<Item = (usize, usize)>) -> Self {
        let mut shape = Self { successors: vec![Vec::new(); nodes], predecessors: vec![Vec::new(); nodes] };
        for (from, to) in links {
            shape.successors[from].push(to);
            shape.predecessors[to].push(from);
        }
        shape
    }

    /// The nodes of one cycle in order, if there is any.
    pub fn cycle(&self) -> Option<Vec<usize>> {
        // Take nodes without open predecessors away until none is left (Kahn); what stays lies on or behind a cycle.
        let mut open: Vec<usize> = self.predecessors.iter().map(Vec::len).collect();
        let mut free: Vec<usize> = (0..open.len()).filter(|&node| open[node] == 0).collect();
        let mut left = open.len();
        while let Some(node) = free.pop() {
            left -= 1;
            for &next in &self.successors[node] {
                open[next] -= 1;
                if open[next] == 0 {
                    free.push(next);
                }
            }
        }
        if left == 0 {
            return None;
        }
        // Each node left has a predecessor that is left: walking backwards must come round.
        let mut seen_at = vec![usize::MAX; open.len()];
        let mut walk = Vec::new();
        let mut node = open.iter().position(|&count| count > 0)?;
        while seen_at[node] == usize::MAX {
            seen_at[node] = walk.len();
            walk.push(node);
            node = *self.predecessors[node].iter().find(|&&from| open[from] > 0)?;
        }
        let mut cycle = walk.split_off(seen_at[node]);
        cycle.reverse();
        Some(cycle)
    }

    /// A node that no path of links, in either direction, joins to the first node.
    pub fn apart(&self) -> Option<usize> {
        let mut reached = vec![false; self.successors.len()];
        *reached.first_mut()? = true;
        let mut open = vec![0];
        while let Some(node) = open.pop() {
            for &next in self.successors[node].iter().chain(&self.predecessors[node]) {
                if !std::mem::replace(&mut reached[next], true) {
                    open.push(next);
                }
            }
        }
        reached.iter().position(|&reached| !reached)
    }
}
