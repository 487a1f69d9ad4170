//! Laws that are a list of values with their weights.

use crate::random::Stream;

use super::Probabilities;

/// Values with their weights; the mean of the period over the law's own scales the values.
#[derive(Clone, Debug, PartialEq)]
pub struct Discrete {
    values: Vec<f64>,
    weights: Vec<f64>,
    /// Weights added up, the last being 1.
    cumulated: Vec<f64>,
    mean: f64,
}

impl Discrete {
    /// Values with weights that add up to more than 0.
    pub(super) fn new(values: &[f64], weights: &[f64]) -> Self {
        let total: f64 = weights.iter().sum();
        let weights: Vec<f64> = weights.iter().map(|weight| weight / total).collect();
        let mut sum = 0.0;
        let mut cumulated: Vec<f64> = weights
            .iter()
            .map(|weight| {
                sum += weight;
                sum
            })
            .collect();
        // As numpy's choice: the last is 1, whatever rounding made of the sum.
        for below in &mut cumulated {
            *below /= sum;
        }
        let mean = values.iter().zip(&weights).map(|(value, weight)| value * weight).sum();
        Self { values: values.to_vec(), weights, cumulated, mean }
    }

    /// The law's own mean [units].
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// One draw, as numpy's `Generator.choice(values, p=weights)`, scaled to this mean.
    pub(super) fn sample<S: Stream + ?Sized>(&self, mean: f64, stream: &mut S) -> f64 {
        let uniform = stream.next_f64();
        let at = self.cumulated.partition_point(|&below| below <= uniform).min(self.values.len() - 1);
        self.values[at] * self.scale(mean)
    }

    /// Values scaled to this mean, with their probabilities.
    pub(super) fn probabilities(&self, mean: f64) -> Probabilities {
        let scale = self.scale(mean);
        let pairs = self.values.iter().zip(&self.weights);
        Probabilities::of_weights(pairs.map(|(value, &weight)| (value * scale, weight)))
    }

    /// Whether its values, scaled to this mean, are whole.
    pub(super) fn is_whole(&self, mean: f64) -> bool {
        let scale = self.scale(mean);
        self.values.iter().all(|value| (value * scale).fract() == 0.0)
    }

    fn scale(&self, mean: f64) -> f64 {
        if mean == self.mean { 1.0 } else { mean / self.mean }
    }
}
