//! How much likelihood a mean loses: nearly all the time of a fit goes into it.

/// Twice the log-likelihood these means lose against a curve through every point, under the Poisson law.
pub(crate) fn deviance(history: &[f64], means: &[f64]) -> f64 {
    2.0 * history.iter().zip(means).map(|(value, mean)| term(*value, *mean)).sum::<f64>()
}

/// Half of what one period adds.
fn term(value: f64, mean: f64) -> f64 {
    if value > 0.0 { value * (value / mean).ln() - (value - mean) } else { mean }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: 2 (2 ln 2 - 1), nothing where the mean is met, twice the mean where nothing came.
    #[test]
    fn the_deviance_is_that_of_the_definition() {
        let expected = 2.0 * (2.0 * 2.0_f64.ln() - 1.0) + 2.0 * 3.0;
        assert!((deviance(&[2.0, 5.0, 0.0], &[1.0, 5.0, 3.0]) - expected).abs() < 1e-12);
    }
}
