//! The optimiser: Adam, uphill, with an average of the latest parameters beside the parameters themselves.

/// Share of the mean gradient, and of its square, that is kept per step [1].
const MOMENTS: (f32, f32) = (0.9, 0.99);
/// Keeps the division by a root of nothing finite.
const LEAST: f32 = 1e-8;
/// The average looks back over about one part in so many of all steps so far.
const RECENCY: f32 = 8.0;

/// Adam (D. P. Kingma and J. Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015) and, as training may end at
/// any step, the average of the iterates by polynomial decay (O. Shamir and T. Zhang, "Stochastic Gradient Descent for
/// Non-smooth Optimization", ICML 2013), which needs no end to be planned for.
#[derive(Clone, Debug, PartialEq)]
pub struct Adam {
    /// Steps made.
    pub steps: u64,
    /// Mean gradient, one number per parameter.
    pub first: Vec<f32>,
    /// Mean square of it.
    pub second: Vec<f32>,
    /// The average of the parameters.
    pub average: Vec<f32>,
}

impl Adam {
    /// Before the first step from these parameters.
    pub fn new(parameters: &[f32]) -> Self {
        let zeros = vec![0.0; parameters.len()];
        Self { steps: 0, first: zeros.clone(), second: zeros, average: parameters.to_vec() }
    }

    /// Moves the parameters uphill.
    pub fn step(&mut self, rate: f32, gradient: &[f32], parameters: &mut [f32]) {
        self.steps += 1;
        let steps = self.steps as f32;
        let (first, second) = MOMENTS;
        let (of_first, of_second) = (1.0 / (1.0 - first.powf(steps)), 1.0 / (1.0 - second.powf(steps)));
        let weight = ((RECENCY + 1.0) / (RECENCY + steps)).min(1.0);
        let numbers = parameters.iter_mut().zip(gradient).zip(&mut self.first).zip(&mut self.second);
        for ((((parameter, gradient), mean), square), average) in numbers.zip(&mut self.average) {
            *mean += (1.0 - first) * (gradient - *mean);
            *square += (1.0 - second) * (gradient * gradient - *square);
            *parameter += rate * (*mean * of_first) / ((*square * of_second).sqrt() + LEAST);
            *average += weight * (*parameter - *average);
        }
    }
}
