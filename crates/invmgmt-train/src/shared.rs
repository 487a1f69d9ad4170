//! The net that all nodes share, for many states at once, and its derivative.

use std::ops::Range;

use invmgmt_policy::learned::{Graph, LEAK, activate};
use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis};

use crate::batch::{row, row_mut};
use crate::moments::Moments;
use crate::parameters::Parameters;

/// What the net made of the states of many episodes in many periods, and how the money answers it. Rows are those of
/// states, of their nodes, or of their links whose buyer has several.
#[derive(Debug)]
pub struct SharedPass {
    graph: Graph,
    width: usize,
    /// How features are scaled, per kind: what is taken off, and what the rest is multiplied by.
    pub mean: Vec<f32>,
    /// See `mean`.
    pub factor: Vec<f32>,
    numbers: Numbers,
    worth: Numbers,
}

#[derive(Debug)]
struct Numbers {
    /// Per state: what was read of it.
    inputs: Array2<f32>,
    /// Per state: every feature, scaled.
    features: Array2<f32>,
    /// Per node: what the first layer made of it.
    said: Array2<f32>,
    /// Per node: what the second layer read.
    heard: Array2<f32>,
    /// Per node: what the second layer made of it.
    made: Array2<f32>,
    /// Per link: what the fourth layer read.
    reads: Array2<f32>,
    /// Per state: a number per node and per link.
    outputs: Array2<f32>,
}

impl SharedPass {
    /// Room for so many states.
    pub fn new(graph: Graph, inputs: usize, parameters: &Parameters, states: usize) -> Self {
        let width = parameters.shapes()[0].1;
        let reads = parameters.shapes()[3].0;
        let (nodes, links) = (graph.nodes(), graph.links());
        let rooms = || Numbers {
            inputs: Array2::zeros((states, inputs)),
            features: Array2::zeros((states, graph.len())),
            said: Array2::zeros((states * nodes, width)),
            heard: Array2::zeros((states * nodes, 3 * width)),
            made: Array2::zeros((states * nodes, width)),
            reads: Array2::zeros((states * links, reads)),
            outputs: Array2::zeros((states, nodes + links)),
        };
        let (of_node, of_link) = graph.kinds();
        let (numbers, worth) = (rooms(), rooms());
        let kinds = of_node + of_link;
        Self { width, mean: vec![0.0; kinds], factor: vec![1.0; kinds], numbers, worth, graph }
    }

    /// The inputs of a state, to write.
    pub fn inputs_mut(&mut self, state: usize) -> &mut [f32] {
        row_mut(&mut self.numbers.inputs, state)
    }

    /// What the net put out for a state.
    pub fn outputs(&self, state: usize) -> &[f32] {
        row(&self.numbers.outputs, state)
    }

    /// The outputs of a state, and how the money answers them, to write.
    pub fn outputs_and_worth(&mut self, state: usize) -> (&[f32], &mut [f32]) {
        (row(&self.numbers.outputs, state), row_mut(&mut self.worth.outputs, state))
    }

    /// How the money answers the inputs of a state.
    pub fn input_worth(&self, state: usize) -> &[f32] {
        row(&self.worth.inputs, state)
    }

    /// The features of every node in some states, or how the money answers them: a node per row.
    fn of_nodes(features: &Array2<f32>, states: Range<usize>, nodes: usize, of_node: usize) -> Array2<f32> {
        let of_state = features.slice_axis(Axis(0), states.into());
        let mut rows = Array2::zeros((of_state.nrows() * nodes, of_node));
        for (state, features) in of_state.outer_iter().enumerate() {
            for node in 0..nodes {
                let own = features.iter().skip(node * of_node).take(of_node);
                rows.row_mut(state * nodes + node).iter_mut().zip(own).for_each(|(to, from)| *to = *from);
            }
        }
        rows
    }

    /// Adds every kind of feature as it is in some states, over all nodes or links, to the moments of its kind.
    pub fn observe(&self, states: Range<usize>, moments: &mut [Moments]) {
        let mut features = vec![0.0; self.graph.len()];
        for state in states {
            self.graph.write(row(&self.numbers.inputs, state), &mut features);
            for (feature, &number) in features.iter().enumerate() {
                moments[self.graph.kind(feature)].add(f64::from(number));
            }
        }
    }

    /// Applies the net to some of the states.
    pub fn apply(&mut self, parameters: &Parameters, states: Range<usize>) {
        let (nodes, links, width) = (self.graph.nodes(), self.graph.links(), self.width);
        let (of_node, _) = self.graph.kinds();
        let Numbers { inputs, features, said, heard, made, reads, outputs } = &mut self.numbers;
        for state in states.clone() {
            let features = row_mut(features, state);
            self.graph.write(row(inputs, state), features);
            self.graph.scale(&self.mean, &self.factor, features);
        }
        let rows = states.start * nodes..states.end * nodes;
        let own = Self::of_nodes(features, states.clone(), nodes, of_node);
        layer(parameters, 0, own.view(), part(said, &rows));
        part(said, &rows).mapv_inplace(activate);
        for state in states.clone() {
            let said = rows_of(said, state, nodes);
            self.graph.hear(said, width, rows_of_mut(heard, state, nodes));
        }
        layer(parameters, 1, heard.slice_axis(Axis(0), rows.clone().into()), part(made, &rows));
        part(made, &rows).mapv_inplace(activate);
        let mut levels = Array2::zeros((rows.len(), 1));
        layer(parameters, 2, made.slice_axis(Axis(0), rows.into()), levels.view_mut());
        for state in states.clone() {
            let first = (state - states.start) * nodes;
            let levels = levels.iter().skip(first).take(nodes);
            row_mut(outputs, state).iter_mut().zip(levels).for_each(|(to, level)| *to = *level);
            for link in 0..links {
                let made = rows_of(made, state, nodes);
                let reads = row_mut(reads, state * links + link);
                self.graph.weigh(made, row(features, state), link, width, reads);
            }
        }
        let rows = states.start * links..states.end * links;
        let mut weights = Array2::zeros((rows.len(), 1));
        layer(parameters, 3, reads.slice_axis(Axis(0), rows.into()), weights.view_mut());
        for state in states.clone() {
            let first = (state - states.start) * links;
            let weights = weights.iter().skip(first).take(links);
            row_mut(outputs, state)[nodes..].iter_mut().zip(weights).for_each(|(to, weight)| *to = *weight);
        }
    }

    /// Takes what some states' outputs are worth back to their inputs.
    pub fn reverse(&mut self, parameters: &Parameters, states: Range<usize>) {
        let (nodes, links, width) = (self.graph.nodes(), self.graph.links(), self.width);
        let (of_node, _) = self.graph.kinds();
        let Numbers { inputs, features, said, heard, made, reads, outputs } = &mut self.worth;
        let rows = states.start * nodes..states.end * nodes;
        let outputs = outputs.slice_axis(Axis(0), states.clone().into());
        let levels = outputs.slice_axis(Axis(1), (..nodes).into());
        let levels = levels.to_shape((rows.len(), 1)).expect("as many numbers").to_owned();
        back(parameters, 2, levels.view(), part(made, &rows));
        let weights = outputs.slice_axis(Axis(1), (nodes..).into());
        let weights = weights.to_shape((states.len() * links, 1)).expect("as many numbers").to_owned();
        back(parameters, 3, weights.view(), part(reads, &(states.start * links..states.end * links)));
        for state in states.clone() {
            for link in 0..links {
                let reads = row(reads, state * links + link);
                let (made, features) = (rows_of_mut(made, state, nodes), row_mut(features, state));
                self.graph.weigh_back(reads, link, width, made, features);
            }
        }
        through(part(made, &rows), self.numbers.made.slice_axis(Axis(0), rows.clone().into()));
        back(parameters, 1, made.slice_axis(Axis(0), rows.clone().into()), part(heard, &rows));
        for state in states.clone() {
            let heard = rows_of(heard, state, nodes);
            self.graph.answer(heard, width, rows_of_mut(said, state, nodes));
        }
        through(part(said, &rows), self.numbers.said.slice_axis(Axis(0), rows.clone().into()));
        let mut own = Array2::zeros((rows.len(), of_node));
        back(parameters, 0, said.slice_axis(Axis(0), rows.into()), own.view_mut());
        for state in states.clone() {
            let features = row_mut(features, state);
            let first = (state - states.start) * nodes;
            let own = own.slice_axis(Axis(0), (first..first + nodes).into());
            features.iter_mut().zip(own.iter()).for_each(|(to, from)| *to = *from);
            for (feature, worth) in features.iter_mut().enumerate() {
                *worth *= self.factor[self.graph.kind(feature)];
            }
            self.graph.reverse(features, row_mut(inputs, state));
        }
    }

    /// Lets what some states' outputs are worth count for nothing.
    pub fn forget(&mut self, states: Range<usize>) {
        let nodes = self.graph.nodes();
        let rows = states.start * nodes..states.end * nodes;
        let Numbers { said, made, outputs, .. } = &mut self.worth;
        part(said, &rows).fill(0.0);
        part(made, &rows).fill(0.0);
        part(outputs, &states).fill(0.0);
    }

    /// Writes how the money answers each parameter, all states together, times a factor.
    pub fn gradient(&self, factor: f32, gradient: &mut Parameters) {
        let (nodes, (of_node, _)) = (self.graph.nodes(), self.graph.kinds());
        let (numbers, worth) = (&self.numbers, &self.worth);
        let states = numbers.inputs.nrows();
        let own = Self::of_nodes(&numbers.features, 0..states, nodes, of_node);
        let levels = worth.outputs.slice_axis(Axis(1), (..nodes).into());
        let levels = levels.to_shape((states * nodes, 1)).expect("as many numbers").to_owned();
        let weights = worth.outputs.slice_axis(Axis(1), (nodes..).into());
        let weights = weights.to_shape((states * self.graph.links(), 1)).expect("as many numbers").to_owned();
        let layers = [
            (&own, &worth.said),
            (&numbers.heard, &worth.made),
            (&numbers.made, &levels),
            (&numbers.reads, &weights),
        ];
        for (layer, (read, worth)) in layers.into_iter().enumerate() {
            let (mut of_weights, mut of_bias) = gradient.layer_mut(layer);
            general_mat_mul(factor, &read.t(), worth, 0.0, &mut of_weights);
            of_bias.assign(&(worth.sum_axis(Axis(0)) * factor));
        }
    }
}

fn part<'a>(numbers: &'a mut Array2<f32>, rows: &Range<usize>) -> ArrayViewMut2<'a, f32> {
    numbers.slice_axis_mut(Axis(0), rows.clone().into())
}

/// The rows of a state's nodes, one behind the other.
fn rows_of(numbers: &Array2<f32>, state: usize, nodes: usize) -> &[f32] {
    let len = nodes * numbers.ncols();
    &numbers.as_slice().expect("matrices are made contiguous")[state * len..][..len]
}

fn rows_of_mut(numbers: &mut Array2<f32>, state: usize, nodes: usize) -> &mut [f32] {
    let len = nodes * numbers.ncols();
    &mut numbers.as_slice_mut().expect("matrices are made contiguous")[state * len..][..len]
}

#[allow(clippy::needless_pass_by_value, reason = "a view is a reference already")]
fn layer(parameters: &Parameters, layer: usize, from: ArrayView2<'_, f32>, mut to: ArrayViewMut2<'_, f32>) {
    let (weights, bias) = parameters.layer(layer);
    to.assign(&bias);
    general_mat_mul(1.0, &from, &weights, 1.0, &mut to);
}

#[allow(clippy::needless_pass_by_value, reason = "a view is a reference already")]
fn back(parameters: &Parameters, layer: usize, from: ArrayView2<'_, f32>, mut to: ArrayViewMut2<'_, f32>) {
    let (weights, _) = parameters.layer(layer);
    general_mat_mul(1.0, &from, &weights.t(), 0.0, &mut to);
}

/// Takes worth back through what stands between layers: what was let through has kept its sign.
#[allow(clippy::needless_pass_by_value, reason = "a view is a reference already")]
fn through(mut worth: ArrayViewMut2<'_, f32>, numbers: ArrayView2<'_, f32>) {
    worth.zip_mut_with(&numbers, |worth, &number| *worth *= if number > 0.0 { 1.0 } else { LEAK });
}
