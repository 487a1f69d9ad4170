//! Quantiles of the normal law.

use invmgmt::random::Stream;
use statrs::distribution::{ContinuousCDF, Normal};

/// The quantile of the standard normal law.
pub(crate) fn quantile(probability: f64) -> f64 {
    Normal::standard().inverse_cdf(probability.clamp(1e-12, 1.0 - 1e-12))
}

/// So many standard normal numbers spread evenly over the law, in random order.
pub(crate) fn stratified(count: usize, stream: &mut impl Stream) -> Vec<f64> {
    let mut numbers: Vec<f64> = (0..count).map(|k| quantile((k as f64 + 0.5) / count as f64)).collect();
    for last in (1..count).rev() {
        let other = ((stream.next_f64() * (last + 1) as f64) as usize).min(last);
        numbers.swap(last, other);
    }
    numbers
}
