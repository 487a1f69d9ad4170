//! The same net as a policy's, for many states at once, and its derivative.

use std::ops::Range;

use invmgmt_policy::learned::{LEAK, activate};
use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, Axis};

use crate::moments::Moments;
use crate::parameters::Parameters;
use crate::shared::SharedPass;

/// What a net makes of states, whichever kind of net it is.
#[derive(Debug)]
pub enum Pass {
    /// One net for the network.
    Dense(DensePass),
    /// One net for every node.
    Shared(Box<SharedPass>),
}

impl Pass {
    /// The inputs of a state, to write.
    pub fn inputs_mut(&mut self, state: usize) -> &mut [f32] {
        match self {
            Self::Dense(pass) => pass.inputs_mut(state),
            Self::Shared(pass) => pass.inputs_mut(state),
        }
    }

    /// What the net put out for a state.
    pub fn outputs(&self, state: usize) -> &[f32] {
        match self {
            Self::Dense(pass) => pass.outputs(state),
            Self::Shared(pass) => pass.outputs(state),
        }
    }

    /// The outputs of a state, and how the money answers them, to write.
    pub fn outputs_and_worth(&mut self, state: usize) -> (&[f32], &mut [f32]) {
        match self {
            Self::Dense(pass) => pass.outputs_and_worth(state),
            Self::Shared(pass) => pass.outputs_and_worth(state),
        }
    }

    /// How the money answers the inputs of a state.
    pub fn input_worth(&self, state: usize) -> &[f32] {
        match self {
            Self::Dense(pass) => pass.input_worth(state),
            Self::Shared(pass) => pass.input_worth(state),
        }
    }

    /// Applies the net to some of the states.
    pub fn apply(&mut self, parameters: &Parameters, states: Range<usize>) {
        match self {
            Self::Dense(pass) => pass.apply(parameters, states),
            Self::Shared(pass) => pass.apply(parameters, states),
        }
    }

    /// Takes what some states' outputs are worth back to their inputs.
    pub fn reverse(&mut self, parameters: &Parameters, states: Range<usize>) {
        match self {
            Self::Dense(pass) => pass.reverse(parameters, states),
            Self::Shared(pass) => pass.reverse(parameters, states),
        }
    }

    /// Adds what the net reads of some states, unscaled, to the moments of each kind.
    pub fn observe(&self, states: Range<usize>, moments: &mut [Moments]) {
        match self {
            Self::Dense(pass) => pass.observe(states, moments),
            Self::Shared(pass) => pass.observe(states, moments),
        }
    }

    /// Lets what some states' outputs are worth count for nothing in the gradient.
    pub fn forget(&mut self, states: Range<usize>) {
        match self {
            Self::Dense(pass) => pass.forget(states),
            Self::Shared(pass) => pass.forget(states),
        }
    }

    /// Writes how the money answers each parameter, all states together, times a factor.
    pub fn gradient(&self, factor: f32, gradient: &mut Parameters) {
        match self {
            Self::Dense(pass) => pass.gradient(factor, gradient),
            Self::Shared(pass) => pass.gradient(factor, gradient),
        }
    }
}

/// What a net made of the states of many episodes in many periods, and how the money answers it.
#[derive(Debug)]
pub struct DensePass {
    /// Before the first layer and behind each, one row per state.
    numbers: Vec<Array2<f32>>,
    /// How the money answers the same numbers.
    worth: Vec<Array2<f32>>,
}

impl DensePass {
    /// Room for so many states.
    pub fn new(parameters: &Parameters, states: usize) -> Self {
        let shapes = parameters.shapes();
        let widths = || [shapes[0].0].into_iter().chain(shapes.iter().map(|(_, outputs)| *outputs));
        let rooms = || widths().map(|width| Array2::zeros((states, width))).collect();
        Self { numbers: rooms(), worth: rooms() }
    }

    /// The inputs of a state, to write.
    pub fn inputs_mut(&mut self, state: usize) -> &mut [f32] {
        row_mut(&mut self.numbers[0], state)
    }

    /// What the net put out for a state.
    pub fn outputs(&self, state: usize) -> &[f32] {
        row(&self.numbers[self.numbers.len() - 1], state)
    }

    /// The outputs of a state, and how the money answers them, to write.
    pub fn outputs_and_worth(&mut self, state: usize) -> (&[f32], &mut [f32]) {
        let last = self.numbers.len() - 1;
        (row(&self.numbers[last], state), row_mut(&mut self.worth[last], state))
    }

    /// How the money answers the inputs of a state.
    pub fn input_worth(&self, state: usize) -> &[f32] {
        row(&self.worth[0], state)
    }

    /// Applies the net to some of the states.
    pub fn apply(&mut self, parameters: &Parameters, states: Range<usize>) {
        for layer in 0..parameters.layers() {
            let (weights, bias) = parameters.layer(layer);
            let (before, after) = self.numbers.split_at_mut(layer + 1);
            let from = before[layer].slice_axis(Axis(0), states.clone().into());
            let mut to = after[0].slice_axis_mut(Axis(0), states.clone().into());
            to.assign(&bias);
            general_mat_mul(1.0, &from, &weights, 1.0, &mut to);
            if layer + 1 < parameters.layers() {
                to.mapv_inplace(activate);
            }
        }
    }

    /// Takes what some states' outputs are worth back to their inputs.
    pub fn reverse(&mut self, parameters: &Parameters, states: Range<usize>) {
        for layer in (0..parameters.layers()).rev() {
            let (weights, _) = parameters.layer(layer);
            let (before, after) = self.worth.split_at_mut(layer + 1);
            let from = after[0].slice_axis(Axis(0), states.clone().into());
            let mut to = before[layer].slice_axis_mut(Axis(0), states.clone().into());
            general_mat_mul(1.0, &from, &weights.t(), 0.0, &mut to);
            if layer > 0 {
                let numbers = self.numbers[layer].slice_axis(Axis(0), states.clone().into());
                // What was activated has kept its sign.
                to.zip_mut_with(&numbers, |worth, &number| *worth *= if number > 0.0 { 1.0 } else { LEAK });
            }
        }
    }

    /// Adds the inputs of some states, not yet scaled, to the moments of each.
    pub fn observe(&self, states: Range<usize>, moments: &mut [Moments]) {
        for state in states {
            let numbers = row(&self.numbers[0], state).iter();
            moments.iter_mut().zip(numbers).for_each(|(moments, &number)| moments.add(f64::from(number)));
        }
    }

    /// Lets what some states' outputs are worth count for nothing.
    pub fn forget(&mut self, states: Range<usize>) {
        for worth in &mut self.worth {
            worth.slice_axis_mut(Axis(0), states.clone().into()).fill(0.0);
        }
    }

    /// Writes how the money answers each parameter, all states together, times a factor.
    pub fn gradient(&self, factor: f32, gradient: &mut Parameters) {
        for layer in 0..gradient.layers() {
            let (mut weights, mut bias) = gradient.layer_mut(layer);
            let worth = &self.worth[layer + 1];
            general_mat_mul(factor, &self.numbers[layer].t(), worth, 0.0, &mut weights);
            bias.assign(&(worth.sum_axis(Axis(0)) * factor));
        }
    }
}

pub(crate) fn row(numbers: &Array2<f32>, row: usize) -> &[f32] {
    let width = numbers.ncols();
    &numbers.as_slice().expect("matrices are made contiguous")[row * width..][..width]
}

pub(crate) fn row_mut(numbers: &mut Array2<f32>, row: usize) -> &mut [f32] {
    let width = numbers.ncols();
    &mut numbers.as_slice_mut().expect("matrices are made contiguous")[row * width..][..width]
}
