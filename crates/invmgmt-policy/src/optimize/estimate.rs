//! Means over seeds with their uncertainty.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// Probability that an interval covers the expectation [1].
pub const CONFIDENCE: f64 = 0.95;

/// A mean over independent episodes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Mean [money].
    pub mean: f64,
    /// Standard error of the mean [money].
    pub standard_error: f64,
    /// Lower end of the interval of [`CONFIDENCE`], by Student's t [money].
    pub low: f64,
    /// Upper end of it [money].
    pub high: f64,
}

impl Estimate {
    /// Over at least two values.
    pub(crate) fn over(values: &[f64]) -> Self {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let standard_error = (squares / (count - 1.0) / count).sqrt();
        let student = StudentsT::new(0.0, 1.0, count - 1.0).expect("at least one degree of freedom");
        let reach = student.inverse_cdf(0.5 + 0.5 * CONFIDENCE) * standard_error;
        Self { mean, standard_error, low: mean - reach, high: mean + reach }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: mean 3, variance 4, standard error sqrt(4 / 3); t with 2 degrees of freedom at 0.975 is 4.302653.
    #[test]
    fn the_interval_is_students() {
        let estimate = Estimate::over(&[1.0, 3.0, 5.0]);
        let error = (4.0_f64 / 3.0).sqrt();
        assert_eq!(estimate.mean, 3.0);
        assert!((estimate.standard_error - error).abs() < 1e-15);
        assert!((estimate.high - (3.0 + 4.302_652_73 * error)).abs() < 1e-6);
        assert!((estimate.low - (3.0 - 4.302_652_73 * error)).abs() < 1e-6);
    }

    #[test]
    fn equal_values_leave_no_doubt() {
        let estimate = Estimate::over(&[7.0, 7.0]);
        assert_eq!((estimate.low, estimate.standard_error, estimate.high), (7.0, 0.0, 7.0));
    }
}
