//! How demand scatters around its mean: dispersion, and zeros.

use statrs::distribution::{ChiSquared, ContinuousCDF, DiscreteCDF, Poisson};

/// Intervals between demands from which it counts as intermittent, and squared variation of sizes from which it counts
/// as erratic: A. A. Syntetos, J. E. Boylan and J. D. Croston, "On the categorization of demand patterns", Journal of
/// the Operational Research Society 56 (2005).
const LONG_INTERVAL: f64 = 1.32;
const VARIED_SIZES: f64 = 0.49;

/// Scatter around the fitted mean against the Poisson law's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dispersion {
    /// Variance over mean around the fitted mean [1]; the Poisson law has 1.
    pub ratio: f64,
    /// How likely a Poisson law makes a ratio as far from 1, on either side.
    pub false_alarm: f64,
    /// Whether that is beyond chance.
    pub found: bool,
}

impl Dispersion {
    /// Of a history around its means; `parameters` were fitted to it.
    pub(crate) fn of(history: &[f64], means: &[f64], squares: f64, parameters: usize, level: f64) -> Self {
        let periods = history.len() as f64;
        let freedom = (periods - parameters as f64).max(1.0);
        // The square of a Poisson residual has variance 2 + 1 / mean; a chi-squared law of this mean and variance.
        let variance: f64 = means.iter().map(|mean| 2.0 + 1.0 / mean).sum::<f64>() * freedom / periods;
        let scale = variance / (2.0 * freedom);
        let below = ChiSquared::new(freedom / scale).map_or(0.5, |law| law.cdf(squares / scale));
        let false_alarm = 2.0 * below.min(1.0 - below);
        Self { ratio: (squares / freedom).max(0.0), false_alarm, found: false_alarm < level }
    }

    /// The engine's factor of a Poisson draw's deviation that makes this scatter: its variance is `noise_scale`² times
    /// the mean. 1 where the scatter is a Poisson law's.
    pub fn noise_scale(&self) -> f64 {
        match self.found {
            // A ratio this small is what rounding leaves of no scatter at all.
            true if self.ratio < 1e-9 => 0.0,
            true => self.ratio.sqrt(),
            false => 1.0,
        }
    }
}

/// Periods without demand, and the sizes of demand in the others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Intermittency {
    /// Periods without demand.
    pub zeros: usize,
    /// As many a Poisson law of the fitted mean makes on average.
    pub expected_zeros: f64,
    /// How likely it makes as many or more.
    pub false_alarm: f64,
    /// Whether that is beyond chance.
    pub found: bool,
    /// Periods per period with demand [periods].
    pub average_interval: f64,
    /// Squared coefficient of variation of demand in periods that have any [1].
    pub size_variation: f64,
}

impl Intermittency {
    pub(crate) fn of(history: &[f64], means: &[f64], level: f64) -> Self {
        let sizes: Vec<f64> = history.iter().copied().filter(|&value| value > 0.0).collect();
        let zeros = history.len() - sizes.len();
        let expected_zeros: f64 = means.iter().map(|mean| (-mean).exp()).sum();
        // Zeros of unequal periods scatter less than a Poisson count of the same mean: the probability is on the safe
        // side.
        let false_alarm = match (zeros, Poisson::new(expected_zeros.max(1e-300))) {
            (0, _) | (_, Err(_)) => 1.0,
            (zeros, Ok(law)) => law.sf(zeros as u64 - 1),
        };
        let count = sizes.len().max(1) as f64;
        let mean = sizes.iter().sum::<f64>() / count;
        let variance = sizes.iter().map(|size| (size - mean).powi(2)).sum::<f64>() / count;
        Self {
            zeros,
            expected_zeros,
            false_alarm,
            found: false_alarm < level,
            average_interval: history.len() as f64 / count,
            size_variation: if mean > 0.0 { variance / (mean * mean) } else { 0.0 },
        }
    }

    /// The pattern's name in the field: smooth, erratic, intermittent or lumpy.
    pub fn pattern(&self) -> &'static str {
        match (self.average_interval >= LONG_INTERVAL, self.size_variation >= VARIED_SIZES) {
            (false, false) => "smooth",
            (false, true) => "erratic",
            (true, false) => "intermittent",
            (true, true) => "lumpy",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sizes 2 and 4 in two of four periods: interval 2, mean 3, variance 1.
    #[test]
    fn a_pattern_is_named_by_its_interval_and_its_sizes() {
        let found = Intermittency::of(&[0.0, 2.0, 0.0, 4.0], &[1.5; 4], 0.01);
        assert_eq!((found.zeros, found.average_interval), (2, 2.0));
        assert!((found.size_variation - 1.0 / 9.0).abs() < 1e-12);
        assert_eq!(found.pattern(), "intermittent");
        // Four times exp(-1.5) by hand; two or more zeros are nothing special.
        assert!((found.expected_zeros - 0.8925).abs() < 1e-4);
        assert!(!found.found);
    }

    /// P(N >= 1) for a mean of 4 exp(-20).
    #[test]
    fn one_zero_among_large_demands_is_beyond_chance() {
        let found = Intermittency::of(&[20.0, 0.0, 22.0, 18.0], &[20.0; 4], 0.01);
        assert!((found.false_alarm / (4.0 * (-20.0_f64).exp()) - 1.0).abs() < 1e-6 && found.found);
    }

    #[test]
    fn no_scatter_gives_no_noise() {
        let none = Dispersion::of(&[5.0; 20], &[5.0; 20], 0.0, 1, 0.01);
        assert_eq!((none.found, none.noise_scale()), (true, 0.0));
    }
}
