//! The order of nodes within columns: few crossings of links.

/// Sweeps over all columns; the best order seen is kept.
const ORDERING_SWEEPS: usize = 24;

/// Vertices in layers: the nodes of a network, and behind them one bend for each layer that a link passes.
pub(crate) struct Layers {
    /// Vertices of each layer in order, layer 0 holding the markets.
    pub rows: Vec<Vec<usize>>,
    /// Layer of each vertex.
    pub rank_of: Vec<usize>,
    /// Vertices one layer down that each vertex is linked to.
    pub buyers: Vec<Vec<usize>>,
    /// Vertices one layer up that each vertex is linked to.
    pub suppliers: Vec<Vec<usize>>,
    /// The vertices of each link, from supplier to buyer.
    pub paths: Vec<Vec<usize>>,
}

impl Layers {
    /// Layers of nodes with these ranks. Links that pass layers get bends if all together need at most `max_bends`.
    pub fn new(ranks: &[usize], ends: &[(usize, usize)], max_bends: usize) -> Self {
        let bends: usize = ends.iter().map(|&(from, to)| ranks[from] - ranks[to] - 1).sum();
        let mut layers = Self {
            rows: vec![Vec::new(); ranks.iter().max().map_or(0, |&rank| rank + 1)],
            rank_of: ranks.to_vec(),
            buyers: vec![Vec::new(); ranks.len()],
            suppliers: vec![Vec::new(); ranks.len()],
            paths: Vec::with_capacity(ends.len()),
        };
        for &(from, to) in ends {
            let mut path = vec![from];
            if bends <= max_bends {
                for rank in (ranks[to] + 1..ranks[from]).rev() {
                    path.push(layers.rank_of.len());
                    layers.rank_of.push(rank);
                    layers.buyers.push(Vec::new());
                    layers.suppliers.push(Vec::new());
                }
            }
            path.push(to);
            for step in path.windows(2) {
                layers.buyers[step[0]].push(step[1]);
                layers.suppliers[step[1]].push(step[0]);
            }
            layers.paths.push(path);
        }
        layers.fill_rows();
        layers
    }

    /// Most vertices in a layer.
    pub fn tallest(&self) -> usize {
        self.rows.iter().map(Vec::len).max().unwrap_or(1).max(1)
    }

    /// Orders each layer so that few links cross: vertices go to the mean place of their neighbours, layer by layer,
    /// back and forth.
    pub fn reduce_crossings(&mut self) {
        let mut best = (self.crossings(), self.rows.clone());
        for sweep in 0..ORDERING_SWEEPS {
            if best.0 == 0 {
                break;
            }
            let mut places = self.places();
            for step in 1..self.rows.len() {
                let towards_suppliers = sweep % 2 == 0;
                let rank = if towards_suppliers { step } else { self.rows.len() - 1 - step };
                self.sort_by_neighbours(rank, towards_suppliers, &mut places);
            }
            let crossings = self.crossings();
            if crossings < best.0 {
                best = (crossings, self.rows.clone());
            }
        }
        self.rows = best.1;
    }

    /// Puts vertices into their layers in the order of a walk from the markets upstream: a tree comes out untangled.
    fn fill_rows(&mut self) {
        let mut seen = vec![false; self.rank_of.len()];
        for market in 0..self.rank_of.len() {
            let mut open = if self.buyers[market].is_empty() { vec![market] } else { Vec::new() };
            while let Some(vertex) = open.pop() {
                if !std::mem::replace(&mut seen[vertex], true) {
                    self.rows[self.rank_of[vertex]].push(vertex);
                    open.extend(self.suppliers[vertex].iter().rev());
                }
            }
        }
    }

    /// Place of each vertex within its layer.
    fn places(&self) -> Vec<usize> {
        let mut places = vec![0; self.rank_of.len()];
        for row in &self.rows {
            for (place, &vertex) in row.iter().enumerate() {
                places[vertex] = place;
            }
        }
        places
    }

    /// Orders a layer by the mean places of its neighbours in the layer before it in this sweep.
    fn sort_by_neighbours(&mut self, rank: usize, placed_are_buyers: bool, places: &mut [usize]) {
        let neighbours = if placed_are_buyers { &self.buyers } else { &self.suppliers };
        let mut keyed: Vec<(f64, usize)> = self.rows[rank]
            .iter()
            .map(|&vertex| {
                let near = &neighbours[vertex];
                let sum: usize = near.iter().map(|&other| places[other]).sum();
                let mean =
                    if near.is_empty() { places[vertex] as f64 } else { sum as f64 / near.len() as f64 };
                (mean, vertex)
            })
            .collect();
        // Stable: vertices with the same mean keep their order, so the result is always the same.
        keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (place, (_, vertex)) in keyed.into_iter().enumerate() {
            self.rows[rank][place] = vertex;
            places[vertex] = place;
        }
    }

    /// Pairs of links between neighbouring layers that cross.
    fn crossings(&self) -> usize {
        let places = self.places();
        let mut total = 0;
        for row in &self.rows {
            let mut targets = Vec::new();
            for &vertex in row {
                let start = targets.len();
                targets.extend(self.buyers[vertex].iter().map(|&buyer| places[buyer]));
                targets[start..].sort_unstable();
            }
            total += inversions(&mut targets);
        }
        total
    }
}

/// Pairs that stand in falling order; sorts the values on the way.
fn inversions(values: &mut [usize]) -> usize {
    if values.len() < 2 {
        return 0;
    }
    let middle = values.len() / 2;
    let (left, right) = values.split_at_mut(middle);
    let mut count = inversions(left) + inversions(right);
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut l, mut r) = (0, 0);
    while l < left.len() || r < right.len() {
        if r == right.len() || (l < left.len() && left[l] <= right[r]) {
            merged.push(left[l]);
            l += 1;
        } else {
            count += left.len() - l;
            merged.push(right[r]);
            r += 1;
        }
    }
    values.copy_from_slice(&merged);
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inversions_are_counted() {
        assert_eq!(inversions(&mut [3, 1, 2]), 2);
        assert_eq!(inversions(&mut [4, 3, 2, 1]), 6);
        assert_eq!(inversions(&mut [1, 1, 2]), 0);
    }

    /// Two sources, each feeding the shop that stands across: declared crossed, drawn uncrossed.
    #[test]
    fn a_needless_crossing_is_undone() {
        let ranks = [1, 1, 0, 0];
        let mut layers = Layers::new(&ranks, &[(0, 3), (1, 2)], 100);
        layers.rows = vec![vec![2, 3], vec![0, 1]];
        assert_eq!(layers.crossings(), 1);
        layers.reduce_crossings();
        assert_eq!(layers.crossings(), 0);
    }

    #[test]
    fn a_link_that_passes_layers_bends_in_each() {
        let layers = Layers::new(&[3, 0], &[(0, 1)], 100);
        assert_eq!(layers.paths[0].len(), 4);
        assert_eq!(layers.tallest(), 1);
        let straight = Layers::new(&[3, 0], &[(0, 1)], 1);
        assert_eq!(straight.paths[0], [0, 1]);
    }
}
