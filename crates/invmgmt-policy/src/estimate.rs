//! What a sample of episodes says: mean, scatter, and an interval that holds for skewed profits.
//!
//! Student's interval covers less than it says where a few seeds decide: of exponential values ten cover in 90 of 100
//! cases, of log-normal ones in 84. P. Hall's cubic transformation ("On the removal of skewness by transformation",
//! Journal of the Royal Statistical Society B 54, 1992) takes the skewness out of Student's statistic, but makes
//! intervals of symmetric heavy tails too short. The interval here reaches as far as either. Checked by simulation
//! (`an_interval_covers_what_it_says`): 93 to 96 in 100 from ten values on, 91 for log-normal ones.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// Confidence of every interval [1].
pub const CONFIDENCE: f64 = 0.95;
/// Fewest values from which an interval covers what it says whatever their skewness; of fewer it covers about
/// nine times in ten.
pub const FEWEST_FOR_INTERVAL: usize = 10;
/// Fewest values that must differ from the most frequent one: of fewer, what they have in common is luck.
pub const FEWEST_DIFFERING: usize = 5;
/// Values that differ by less than this share of their size do not vary: they differ by rounding.
const ROUNDING: f64 = 1e-9;
/// Hall's constant [1].
const CUBIC: f64 = 1.0 / 3.0;

/// A mean with what is known of its precision.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Size of the sample.
    pub count: usize,
    /// Its mean.
    pub mean: f64,
    /// Sample standard deviation (n - 1); none of one value.
    pub deviation: Option<f64>,
    /// Standard error of the mean; not a number of one value.
    pub standard_error: f64,
    /// Lower end of the interval of [`CONFIDENCE`] for the expectation; the mean where there is no interval.
    pub low: f64,
    /// Upper end of it, likewise.
    pub high: f64,
    /// How many values differ from the most frequent one.
    pub differing: usize,
    /// Whether there are several values that are not all the same.
    varies: bool,
    /// Skewness of the sample [1].
    skewness: f64,
}

impl Estimate {
    /// Over these values; none without any.
    pub fn over(values: &[f64]) -> Option<Self> {
        let count = values.len();
        if count == 0 {
            return None;
        }
        let size = count as f64;
        let mean = values.iter().sum::<f64>() / size;
        let moment = |power: i32| values.iter().map(|value| (value - mean).powi(power)).sum::<f64>();
        let squares = moment(2);
        let deviation = (count > 1).then(|| (squares / (size - 1.0)).sqrt());
        let varies = count > 1 && !is_constant(values);
        // Two values have none.
        let skewness = if varies && count > 2 { moment(3) / size / (squares / size).powf(1.5) } else { 0.0 };
        let standard_error = deviation.map_or(f64::NAN, |deviation| deviation / size.sqrt());
        let (low, high, differing) = (mean, mean, differing(values));
        let mut estimate =
            Self { count, mean, deviation, standard_error, low, high, differing, varies, skewness };
        if varies {
            (estimate.low, estimate.high) = estimate.reach();
        }
        Some(estimate)
    }

    /// Ends of the interval; none of one value, or where nothing varies.
    pub fn interval(&self) -> Option<(f64, f64)> {
        self.varies.then_some((self.low, self.high))
    }

    /// How far off its expectation the mean is with this chance, on one side, by Student's law; not a number of one
    /// value.
    pub fn error(&self, chance: f64) -> f64 {
        self.standard_error * student(self.count.max(2) - 1).inverse_cdf(1.0 - chance)
    }

    /// Whether the mean is zero but for rounding.
    pub fn is_zero(&self) -> bool {
        self.mean.abs() <= ROUNDING
    }

    /// Ends of the interval: the farther of Student's and Hall's on either side.
    fn reach(&self) -> (f64, f64) {
        let (error, student) = (self.standard_error, t_quantile(self.count - 1));
        let end = |quantile: f64| self.mean - error * quantile.max(self.straightened(quantile));
        let other = |quantile: f64| self.mean - error * quantile.min(self.straightened(quantile));
        (end(student), other(-student))
    }

    /// Hall's transformation of Student's statistic: its skewness taken out.
    fn transformed(&self, statistic: f64) -> f64 {
        let root = ((self.count - 1) as f64).sqrt();
        let bend = CUBIC * self.skewness;
        let w = statistic / root;
        root * (w + bend * w * w + bend * bend * w.powi(3) / 3.0 + self.skewness / (6.0 * self.count as f64))
    }

    /// The statistic that [`Self::transformed`] makes this of.
    fn straightened(&self, transformed: f64) -> f64 {
        let root = ((self.count - 1) as f64).sqrt();
        let bend = CUBIC * self.skewness;
        let y = transformed / root - self.skewness / (6.0 * self.count as f64);
        // As the bend vanishes the cube root comes to y, by the difference of two numbers near 1.
        let w = if bend.abs() < 1e-6 { y } else { ((1.0 + 3.0 * bend * y).cbrt() - 1.0) / bend };
        root * w
    }

    /// Two-sided p-value of the hypothesis that the expectation is zero: it is below 1 - [`CONFIDENCE`] where the
    /// interval leaves zero out.
    ///
    /// Where nothing varies it is that of the sign test, 2^(1 - n), and 1 if all is zero: that a few seeds agree says
    /// little of the others. None of one value.
    pub fn p_value(&self) -> Option<f64> {
        self.deviation?;
        if !self.varies {
            let agreeing = i32::try_from(self.count - 1).unwrap_or(i32::MAX);
            return Some(if self.is_zero() { 1.0 } else { 0.5_f64.powi(agreeing) });
        }
        let statistic = self.mean / self.standard_error;
        let tail = statistic.abs().min(self.transformed(statistic).abs());
        Some(2.0 * student(self.count - 1).sf(tail))
    }
}

/// Whether values differ by rounding at most.
fn is_constant(values: &[f64]) -> bool {
    differing(values) == 0 && values.iter().all(|value| value.is_finite())
}

/// How many values differ from the most frequent one by more than rounding.
fn differing(values: &[f64]) -> usize {
    let rounding = ROUNDING * values.iter().fold(1.0_f64, |size, value| size.max(value.abs()));
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (mut first, mut most) = (0, 0);
    for last in 0..sorted.len() {
        while sorted[last] - sorted[first] > rounding {
            first += 1;
        }
        most = most.max(last + 1 - first);
    }
    values.len() - most
}

fn student(freedom: usize) -> StudentsT {
    StudentsT::new(0.0, 1.0, freedom as f64).expect("freedom is at least 1")
}

/// The two-sided quantile of Student's t at [`CONFIDENCE`].
pub fn t_quantile(freedom: usize) -> f64 {
    student(freedom).inverse_cdf(f64::midpoint(1.0, CONFIDENCE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use invmgmt::random::{Pcg64, Stream, standard_normal};

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{found}, expected {expected}");
    }

    /// Twenty values: five standard errors where the normal law has four (5.097 by integrating the density apart).
    #[test]
    fn an_error_by_chance_alone_is_larger_of_few_values() {
        let of = |count: usize| {
            let values: Vec<f64> = (0..count).map(|at| (at % 2) as f64).collect();
            let estimate = Estimate::over(&values).expect("values");
            (
                estimate.error(0.025) / estimate.standard_error,
                estimate.error(3.2e-5) / estimate.standard_error,
            )
        };
        close(of(20).0, t_quantile(19));
        assert!((of(20).1 - 5.097).abs() < 0.001, "{:?}", of(20));
        assert!((of(100_000).1 - 4.0).abs() < 0.01, "{:?}", of(100_000));
        assert!(Estimate::over(&[1.0]).expect("a value").error(0.025).is_nan());
    }

    /// scipy 1.17.1: `stats.t.ppf(0.975, f)`.
    #[test]
    #[allow(clippy::unreadable_literal, reason = "digits as they were printed")]
    fn quantiles_of_students_t_are_scipys() {
        let scipys = [
            (1, 12.706204736174694),
            (2, 4.302652729749462),
            (9, 2.262157162798205),
            (29, 2.045229642132703),
            (99, 1.9842169515864174),
        ];
        for (freedom, quantile) in scipys {
            close(t_quantile(freedom), quantile);
        }
    }

    /// By hand: mean 3, variance 4, standard error sqrt(4 / 3); t with 2 degrees of freedom at 0.975 is 4.302653.
    #[test]
    fn the_interval_of_a_symmetric_sample_is_students() {
        let estimate = Estimate::over(&[1.0, 3.0, 5.0]).expect("values");
        let error = (4.0_f64 / 3.0).sqrt();
        assert_eq!((estimate.mean, estimate.count, estimate.deviation), (3.0, 3, Some(2.0)));
        close(estimate.standard_error, error);
        let (low, high) = estimate.interval().expect("it varies");
        assert!((high - (3.0 + 4.302_652_73 * error)).abs() < 1e-6);
        assert!((low - (3.0 - 4.302_652_73 * error)).abs() < 1e-6);
    }

    /// Student's ends are scipy's (`ttest_1samp(...).confidence_interval(0.95)`), Hall's those of the formula written
    /// once more, in numpy.
    #[test]
    #[allow(clippy::unreadable_literal, reason = "digits as they were printed")]
    fn the_interval_of_a_skewed_sample_reaches_as_far_as_students_and_halls() {
        let skewed = Estimate::over(&[1.0, 1.0, 2.0, 3.0, 13.0]).expect("values");
        let (low, high) = skewed.interval().expect("it varies");
        close(low, -2.331268956166646);
        close(high, 23.536681944994786);
        assert!((skewed.p_value().expect("several") - 0.1542728710793171).abs() < 1e-7);
        let other = Estimate::over(&[1141.8, 1288.0, 1546.7, 1073.3, 1101.5, 1238.2]).expect("values");
        let (low, high) = other.interval().expect("it varies");
        close(low, 1048.2703451105704);
        close(high, 1977.1762691186757);
    }

    #[test]
    fn what_does_not_vary_is_judged_by_how_many_seeds_agree() {
        let same = Estimate::over(&[3.0, 3.0 + 1e-15, 3.0, 3.0, 3.0]).expect("values");
        assert_eq!((same.interval(), same.p_value()), (None, Some(0.0625)));
        let none = Estimate::over(&[0.0, 1e-14]).expect("values");
        assert_eq!(none.p_value(), Some(1.0), "rounding is no difference");
        let one = Estimate::over(&[5.0]).expect("a value");
        assert_eq!((one.deviation, one.interval(), one.p_value()), (None, None, None));
        assert!(Estimate::over(&[]).is_none());
    }

    #[test]
    fn values_that_agree_are_counted() {
        let differing = |values: &[f64]| Estimate::over(values).expect("values").differing;
        assert_eq!(differing(&[0.0, 5.0, 0.0, 0.0, 7.0]), 2);
        assert_eq!(differing(&[1.0, 2.0, 3.0]), 2);
        assert_eq!(differing(&[4.0, 4.0 + 1e-12]), 0);
    }

    #[test]
    fn a_p_value_is_below_five_percent_where_the_interval_leaves_zero_out() {
        let mut stream = Pcg64::seeded(5);
        for _ in 0..500 {
            let values: Vec<f64> = (0..8).map(|_| (0.6 * standard_normal(&mut stream)).exp() - 0.8).collect();
            let estimate = Estimate::over(&values).expect("values");
            let (low, high) = estimate.interval().expect("it varies");
            let outside = low > 0.0 || high < 0.0;
            assert_eq!(estimate.p_value().expect("several") < 0.05, outside, "{values:?}");
        }
    }

    /// The share of samples whose interval covers the expectation, for laws whose expectation is known: the least that
    /// is promised. Student's alone covers 84 in 100 of the log-normal ones, 90 of the exponential ones.
    #[test]
    fn an_interval_covers_what_it_says() {
        type Draw = fn(&mut Pcg64) -> f64;
        let normal: Draw = |stream| standard_normal(stream);
        let exponential: Draw = |stream| -(1.0 - stream.next_f64()).ln() - 1.0;
        let log_normal: Draw = |stream| standard_normal(stream).exp() - 0.5_f64.exp();
        // Student's t with three degrees of freedom: heavy tails on both sides.
        let heavy: Draw = |stream| {
            let squares: f64 = (0..3).map(|_| standard_normal(stream).powi(2)).sum();
            standard_normal(stream) / (squares / 3.0).sqrt()
        };
        // Few days earn anything.
        let rare: Draw = |stream| {
            if stream.next_f64() < 0.2 { -(1.0 - stream.next_f64()).ln() - 0.2 } else { -0.2 }
        };
        let promised = [
            (normal, 10, 0.94),
            (exponential, 10, 0.93),
            (log_normal, 10, 0.89),
            (heavy, 10, 0.94),
            (normal, 20, 0.94),
            (exponential, 20, 0.94),
            (log_normal, 20, 0.91),
            (heavy, 20, 0.94),
            (rare, 30, 0.94),
        ];
        let samples = 3_000;
        for (position, (draw, count, least)) in promised.into_iter().enumerate() {
            let mut stream = Pcg64::seeded(position as u64);
            let covers = |_: &usize| {
                let values: Vec<f64> = (0..count).map(|_| draw(&mut stream)).collect();
                let (low, high) = Estimate::over(&values).expect("values").interval().unwrap_or((0.0, 0.0));
                low <= 0.0 && 0.0 <= high
            };
            let covered = (0..samples).filter(covers).count();
            let share = covered as f64 / f64::from(samples as u32);
            assert!(share >= least, "law {position}, {count} values: {share}");
        }
    }
}
