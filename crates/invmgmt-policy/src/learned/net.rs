//! A net of dense layers, as far as playing needs it: from inputs to outputs, for one state at a time.

/// One dense layer: `outputs = inputs * weights + bias`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layer {
    /// Weight of each input in each output: input by input, one number per output [1].
    pub weights: Vec<f32>,
    /// What is added to each output [1].
    pub bias: Vec<f32>,
}

impl Layer {
    /// Numbers it reads.
    pub fn inputs(&self) -> usize {
        self.weights.len() / self.bias.len()
    }

    /// Numbers it makes.
    pub fn outputs(&self) -> usize {
        self.bias.len()
    }

    pub(super) fn apply(&self, inputs: &[f32], outputs: &mut Vec<f32>) {
        outputs.clear();
        outputs.extend_from_slice(&self.bias);
        for (&input, weights) in inputs.iter().zip(self.weights.chunks_exact(self.bias.len())) {
            for (output, weight) in outputs.iter_mut().zip(weights) {
                *output += input * weight;
            }
        }
    }
}

/// Share of a negative number that is let through [1].
pub const LEAK: f32 = 0.01;

/// What stands between layers: positive numbers pass, of negative ones a hundredth.
#[inline]
pub fn activate(number: f32) -> f32 {
    if number > 0.0 { number } else { LEAK * number }
}

/// Layers one after the other, [`activate`] between them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Net {
    /// The layers, the one that reads the inputs first.
    pub layers: Vec<Layer>,
}

/// The numbers between the layers, kept so that playing allocates nothing.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    from: Vec<f32>,
    to: Vec<f32>,
}

impl Net {
    /// The outputs for these inputs.
    pub fn apply<'a>(&self, inputs: &[f32], scratch: &'a mut Scratch) -> &'a [f32] {
        let Scratch { from, to } = scratch;
        from.clear();
        from.extend_from_slice(inputs);
        for (position, layer) in self.layers.iter().enumerate() {
            layer.apply(from, to);
            if position + 1 < self.layers.len() {
                for number in to.iter_mut() {
                    *number = activate(*number);
                }
            }
            std::mem::swap(from, to);
        }
        from
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: (1, 2) makes 1*1 + 2*3 + 0.5 = 7.5 and 1*2 - 2*4 = -6, of which 0.06 pass; 7.5 * 2 - 0.06 * 10 = 14.4.
    #[test]
    fn two_layers_make_what_is_worked_out_by_hand() {
        let first = Layer { weights: vec![1.0, 2.0, 3.0, -4.0], bias: vec![0.5, 0.0] };
        let second = Layer { weights: vec![2.0, 10.0], bias: vec![0.0] };
        assert_eq!((first.inputs(), first.outputs()), (2, 2));
        let net = Net { layers: vec![first, second] };
        let mut scratch = Scratch::default();
        let found = net.apply(&[1.0, 2.0], &mut scratch)[0];
        assert!((found - 14.4).abs() < 1e-5, "{found}");
    }
}
