//! Tails of a sample, and p-values of many.

/// Fewest episodes from which a 5% tail is told: five of them lie in it.
pub const FEWEST_FOR_TAIL: usize = 100;

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
