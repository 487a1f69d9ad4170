//! How likely chance alone makes an effect seem this strong, all places it was looked for counted.
//!
//! The statistic is a likelihood ratio. Under no effect it is chi-squared at one given place; a season is looked for
//! at many frequencies and a shift at many times, and the greatest of many is larger than one of them.

use std::f64::consts::PI;

use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::curve::Bounds;

/// An effect looked for in one history.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sought<'a> {
    /// With this many periods beyond the parameters.
    Trend(f64),
    Season(&'a Bounds),
    Shift(&'a Bounds),
}

impl Sought<'_> {
    /// The probability that the statistic exceeds this though there is no such effect.
    pub fn false_alarm(self, statistic: f64) -> f64 {
        let statistic = statistic.max(0.0);
        match self {
            Self::Trend(freedom) => trend(statistic, freedom),
            Self::Season(bounds) => season(statistic / 2.0, bounds),
            Self::Shift(bounds) => shift(statistic.sqrt(), bounds),
        }
    }

    /// The statistic whose false-alarm probability is this.
    pub fn threshold(self, probability: f64) -> f64 {
        let (mut low, mut high) = (0.0, 2000.0);
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if self.false_alarm(middle) > probability {
                low = middle;
            } else {
                high = middle;
            }
        }
        high
    }
}

/// Student's test, of which the likelihood ratio with an unknown scatter is a function.
fn trend(statistic: f64, freedom: f64) -> f64 {
    let student = (freedom * (statistic / freedom).exp_m1()).sqrt();
    StudentsT::new(0.0, 1.0, freedom).map_or(1.0, |law| 2.0 * law.sf(student))
}

/// The greatest of the peaks of a periodogram of height `power` = statistic / 2 exceeds this: R. V. Baluev, "Assessing
/// the statistical significance of periodogram peaks", MNRAS 385 (2008), equation 6 with the variance of evenly spaced
/// times.
fn season(power: f64, bounds: &Bounds) -> f64 {
    let band = (bounds.highest_frequency - bounds.lowest_frequency) / (2.0 * PI);
    let width = band * bounds.periods as f64 * (4.0 * PI / 12.0).sqrt();
    let crossings = width * (-power).exp() * power.sqrt();
    // 1 - (1 - exp(-power)) exp(-crossings), without losing small ones.
    -((-(-power).exp()).ln_1p() - crossings).exp_m1()
}

/// The greatest of the standardised differences before and after a time exceeds `height`: the tail of a Brownian bridge
/// over its standard deviation, M. Csörgő and L. Horváth, "Limit Theorems in Change-Point Analysis" (1997), section
/// 1.3.
fn shift(height: f64, bounds: &Bounds) -> f64 {
    if height < 1.0 {
        return 1.0;
    }
    let share = bounds.shortest_segment as f64 / bounds.periods as f64;
    let span = 2.0 * ((1.0 - share) / share).ln();
    let squared = height * height;
    let tail = height * (-squared / 2.0).exp() / (2.0 * PI).sqrt() * (span - span / squared + 4.0 / squared);
    tail.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(periods: usize) -> Bounds {
        Bounds::of(&vec![1.0; periods])
    }

    /// Tables of Student's law: two-sided 5 % with five degrees of freedom is 2.571; with many, 1.96.
    #[test]
    fn a_trend_is_judged_by_students_law() {
        let ratio = |student: f64, freedom: f64| freedom * (student * student / freedom).ln_1p();
        assert!((Sought::Trend(5.0).threshold(0.05) - ratio(2.571, 5.0)).abs() < 2e-3);
        assert!((Sought::Trend(1e6).threshold(0.05) - 1.96_f64.powi(2)).abs() < 2e-3);
    }

    /// D. W. K. Andrews, "Tests for parameter instability and structural change with unknown change point: a
    /// corrigendum", Econometrica 71 (2003), table 1: one parameter, 5 % cut off at both ends: 9.84 and 13.01.
    #[test]
    fn a_shift_is_judged_by_the_published_critical_values() {
        let bounds = bounds(400);
        assert!((Sought::Shift(&bounds).threshold(0.05) - 9.84).abs() < 0.5);
        assert!((Sought::Shift(&bounds).threshold(0.01) - 13.01).abs() < 0.5);
    }

    #[test]
    fn looking_at_more_frequencies_needs_more_evidence() {
        let short = Sought::Season(&bounds(20)).threshold(0.01);
        let long = Sought::Season(&bounds(2000)).threshold(0.01);
        // At one frequency it would be 2 ln(100) = 9.2.
        assert!(9.2 < short && short + 5.0 < long, "{short} {long}");
    }
}
