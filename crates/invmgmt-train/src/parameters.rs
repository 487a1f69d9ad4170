//! A net's parameters as one row of numbers, for the optimiser, and as matrices, for the net.

use invmgmt::random::{Pcg64, Stream};
use invmgmt_policy::learned::{Layer, Net};
use ndarray::{ArrayView1, ArrayView2, ArrayViewMut1, ArrayViewMut2};

/// The weights and biases of a net's layers; or one number for each of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters {
    /// Inputs and outputs of each layer.
    shapes: Vec<(usize, usize)>,
    /// Layer by layer: its weights, input by input, then its bias.
    pub numbers: Vec<f32>,
}

impl Parameters {
    /// Random weights, without bias; those of the layers that put out are small, so that the net says little at first.
    pub fn random(shapes: &[(usize, usize)], hidden: usize, stream: &mut Pcg64) -> Self {
        let mut parameters = Self::zeros(shapes);
        for (layer, &(inputs, _)) in shapes.iter().enumerate() {
            // He's scale for rectified units.
            let most = (6.0 / inputs as f64).sqrt() * if layer < hidden { 1.0 } else { 0.05 };
            let mut weights = parameters.layer_mut(layer).0;
            weights.map_inplace(|weight| *weight = (most * (2.0 * stream.next_f64() - 1.0)) as f32);
        }
        parameters
    }

    /// Zeros.
    pub fn zeros(shapes: &[(usize, usize)]) -> Self {
        let length = shapes.iter().map(|(inputs, outputs)| inputs * outputs + outputs).sum();
        Self { shapes: shapes.to_vec(), numbers: vec![0.0; length] }
    }

    /// The parameters of a net.
    pub fn of_net(net: &Net) -> Self {
        let shapes = net.layers.iter().map(|layer| (layer.inputs(), layer.outputs())).collect();
        let numbers = net.layers.iter().flat_map(|layer| layer.weights.iter().chain(&layer.bias).copied());
        Self { numbers: numbers.collect(), shapes }
    }

    /// The net of these parameters.
    pub fn to_net(&self) -> Net {
        let layer = |layer| {
            let (weights, bias) = self.layer(layer);
            Layer { weights: weights.iter().copied().collect(), bias: bias.to_vec() }
        };
        Net { layers: (0..self.layers()).map(layer).collect() }
    }

    /// Inputs and outputs of each layer.
    pub fn shapes(&self) -> &[(usize, usize)] {
        &self.shapes
    }

    /// Number of layers.
    pub fn layers(&self) -> usize {
        self.shapes.len()
    }

    fn start(&self, layer: usize) -> usize {
        self.shapes[..layer].iter().map(|(inputs, outputs)| inputs * outputs + outputs).sum()
    }

    /// A layer's weights, one row per input and one column per output, and its bias.
    pub fn layer(&self, layer: usize) -> (ArrayView2<'_, f32>, ArrayView1<'_, f32>) {
        let (inputs, outputs) = self.shapes[layer];
        let numbers = &self.numbers[self.start(layer)..][..inputs * outputs + outputs];
        let (weights, bias) = numbers.split_at(inputs * outputs);
        (ArrayView2::from_shape((inputs, outputs), weights).expect("as many numbers"), ArrayView1::from(bias))
    }

    /// The same, to write.
    pub fn layer_mut(&mut self, layer: usize) -> (ArrayViewMut2<'_, f32>, ArrayViewMut1<'_, f32>) {
        let (inputs, outputs) = self.shapes[layer];
        let start = self.start(layer);
        let numbers = &mut self.numbers[start..][..inputs * outputs + outputs];
        let (weights, bias) = numbers.split_at_mut(inputs * outputs);
        let weights = ArrayViewMut2::from_shape((inputs, outputs), weights).expect("as many numbers");
        (weights, ArrayViewMut1::from(bias))
    }
}
