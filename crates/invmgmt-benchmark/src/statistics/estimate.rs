//! What a sample says: mean, scatter, confidence interval, tail.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// Confidence of every interval.
pub const CONFIDENCE: f64 = 0.95;
/// Fewest episodes from which a 5% tail is told: five of them lie in it.
pub const FEWEST_FOR_TAIL: usize = 100;
/// Values that differ by less than this share of their size do not vary: they differ by rounding.
const ROUNDING: f64 = 1e-9;

/// A mean with what is known of its precision.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Size of the sample.
    pub count: usize,
    /// Its mean.
    pub mean: f64,
    /// Sample standard deviation (n - 1); none of one value.
    pub deviation: Option<f64>,
    /// Ends of the confidence interval of the mean, by Student's t; none of one value, or where nothing varies.
    pub interval: Option<(f64, f64)>,
}

impl Estimate {
    /// Over these values; none without any.
    pub fn over(values: &[f64]) -> Option<Self> {
        let count = values.len();
        if count == 0 {
            return None;
        }
        let mean = values.iter().sum::<f64>() / count as f64;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let deviation = (count > 1).then(|| (squares / (count - 1) as f64).sqrt());
        let interval = deviation.filter(|_| !is_constant(values)).map(|deviation| {
            let reach = t_quantile(count - 1) * deviation / (count as f64).sqrt();
            (mean - reach, mean + reach)
        });
        Some(Self { count, mean, deviation, interval })
    }

    /// Two-sided p-value of the hypothesis that the true mean is zero, by Student's t. Where nothing varies the mean is
    /// exact: 0 if it is not zero, 1 if it is. None of one value.
    pub fn p_value(&self) -> Option<f64> {
        let deviation = self.deviation?;
        if self.interval.is_none() {
            return Some(if self.mean.abs() > ROUNDING { 0.0 } else { 1.0 });
        }
        let t = self.mean.abs() / (deviation / (self.count as f64).sqrt());
        Some(2.0 * student(self.count - 1).sf(t))
    }
}

/// Whether values differ by rounding at most.
fn is_constant(values: &[f64]) -> bool {
    let size = values.iter().fold(1.0_f64, |size, value| size.max(value.abs()));
    values.iter().all(|value| (value - values[0]).abs() <= ROUNDING * size)
}

fn student(freedom: usize) -> StudentsT {
    StudentsT::new(0.0, 1.0, freedom as f64).expect("freedom is at least 1")
}

/// The two-sided quantile of Student's t at [`CONFIDENCE`].
pub fn t_quantile(freedom: usize) -> f64 {
    student(freedom).inverse_cdf(f64::midpoint(1.0, CONFIDENCE))
}

/// Population standard deviation, as published.
pub fn population_deviation(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt()
}

/// Mean of the worst max(1, floor(0.05 n)) values, as published: with fewer than 40 values it is the minimum.
pub fn published_cvar(values: &[f64]) -> f64 {
    mean_of_worst(values, (values.len() / 20).max(1))
}

/// The 5% quantile of profit (the largest value with at least 5% of the sample at or below it) and the mean of the
/// worst 5%; none of fewer than [`FEWEST_FOR_TAIL`] values.
pub fn tail(values: &[f64]) -> Option<(f64, f64)> {
    let count = values.len();
    if count < FEWEST_FOR_TAIL {
        return None;
    }
    let within = count.div_ceil(20);
    Some((sorted(values)[within - 1], mean_of_worst(values, within)))
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values
}

fn mean_of_worst(values: &[f64], count: usize) -> f64 {
    sorted(values)[..count].iter().sum::<f64>() / count as f64
}

/// Adjusts p-values for being many, by Holm's method: those below a level stay below it with all other hypotheses
/// looked at, whatever their dependence.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut largest = 0.0_f64;
    for (position, &which) in order.iter().enumerate() {
        largest = largest.max(((p_values.len() - position) as f64 * p_values[which]).min(1.0));
        adjusted[which] = largest;
    }
    adjusted
}
