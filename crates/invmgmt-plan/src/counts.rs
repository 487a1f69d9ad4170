//! Laws of counts: how well a history tells their parameters, and whether it speaks against them.

use invmgmt::random::{Stream, negative_binomial};
use statrs::distribution::{ChiSquared, ContinuousCDF};
use statrs::function::gamma::ln_gamma;

use crate::curve::gamma_share;
use crate::normal::quantile;

/// Step of the logarithm of the dispersion by which curvature is taken.
const STEP: f64 = 0.1;
/// Fewest counts expected in a cell of the test.
const CELL: f64 = 8.0;
/// How likely such counts make a history that is called unlike them.
const UNLIKE: f64 = 0.01;

/// Negative binomial counts of this mean; variance mean + dispersion * mean^2.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counts {
    pub mean: f64,
    pub dispersion: f64,
}

impl Counts {
    fn log_chance(&self, count: f64) -> f64 {
        let shape = 1.0 / self.dispersion;
        ln_gamma(count + shape) - ln_gamma(shape) - ln_gamma(count + 1.0)
            + shape * (shape / (shape + self.mean)).ln()
            + count * (self.mean / (shape + self.mean)).ln()
    }

    /// Standard error of the logarithm of the dispersion, by the curvature of the likelihood; none if it has no peak.
    pub fn error(&self, history: &[f64]) -> Option<f64> {
        let likelihood = |step: f64| -> f64 {
            let moved = Self { dispersion: self.dispersion * step.exp(), ..*self };
            history.iter().map(|count| moved.log_chance(*count)).sum()
        };
        let curvature = (2.0 * likelihood(0.0) - likelihood(STEP) - likelihood(-STEP)) / (STEP * STEP);
        (curvature > 0.0).then(|| curvature.sqrt().recip())
    }

    /// Whether such counts make a history like this one: K. Pearson's test (1900), in cells that hold as many on
    /// average.
    pub fn fits(&self, history: &[f64]) -> bool {
        let periods = history.len() as f64;
        let mut sorted = history.to_vec();
        sorted.sort_by(f64::total_cmp);
        let least = (periods / 20.0).max(CELL);
        let (mut expected, mut seen, mut left) = (0.0, 0, periods);
        let (mut statistic, mut cells, mut counted) = (0.0, 0, 0);
        let mut count = 0.0;
        while left > least + CELL && counted < sorted.len() {
            expected += periods * self.log_chance(count).exp();
            let until = sorted.partition_point(|value| *value <= count);
            seen += until - counted;
            counted = until;
            if expected >= least {
                statistic += (seen as f64 - expected).powi(2) / expected;
                left -= expected;
                (expected, seen, cells) = (0.0, 0, cells + 1);
            }
            count += 1.0;
        }
        let rest = (sorted.len() - counted) + seen;
        statistic += (rest as f64 - left).powi(2) / left.max(1.0);
        // Two parameters were fitted to the same history.
        let freedom = f64::from((cells - 2).max(1));
        ChiSquared::new(freedom).is_ok_and(|law| law.sf(statistic) >= UNLIKE)
    }
}

/// Fewest demands from which their sizes are taken to follow a law.
const FEWEST_SIZES: usize = 30;

/// Demand that occurs in some periods only, of at least one unit then: what is beyond the first is negative binomial.
/// Each parameter is known as well as the history tells it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rare {
    /// Chance of a demand in a period, and its error [1].
    chance: f64,
    error: f64,
    /// Mean of what is beyond the first unit [units], and as how many events it is known.
    beyond: f64,
    events: f64,
    /// Its variance over its mean, >= 1, and the relative error of that.
    ratio: f64,
    ratio_error: f64,
}

impl Rare {
    /// What a history says; none if it has too few demands, or their sizes follow no such law.
    pub fn of(history: &[f64]) -> Option<Self> {
        let beyond: Vec<f64> =
            history.iter().filter(|units| **units > 0.0).map(|units| units - 1.0).collect();
        if beyond.len() < FEWEST_SIZES || beyond.len() == history.len() {
            return None;
        }
        let (demands, periods) = (beyond.len() as f64, history.len() as f64);
        let mean = beyond.iter().sum::<f64>() / demands;
        let variance = beyond.iter().map(|units| (units - mean).powi(2)).sum::<f64>() / (demands - 1.0);
        let ratio = if mean > 0.0 { (variance / mean).max(1.0) } else { 1.0 };
        let law = Counts { mean: mean.max(1e-9), dispersion: ((ratio - 1.0) / mean.max(1e-9)).max(1e-6) };
        let chance = demands / periods;
        law.fits(&beyond).then(|| Self {
            chance,
            error: (chance * (1.0 - chance) / periods).sqrt(),
            beyond: mean,
            events: (demands * mean / ratio).max(0.5),
            ratio,
            ratio_error: (2.0 / demands).sqrt(),
        })
    }

    /// The same with its parameters drawn; `level` is a standard normal number that moves the chance.
    pub fn drawn(&self, level: f64, stream: &mut impl Stream) -> Self {
        let mut normal = || quantile(stream.next_f64());
        Self {
            chance: (self.chance + level * self.error).clamp(0.1 * self.chance, 1.0),
            beyond: self.beyond * gamma_share(self.events, normal()),
            ratio: (self.ratio * (1.0 + self.ratio_error * normal())).max(1.0),
            ..*self
        }
    }

    /// Demand of so many periods.
    pub fn path(&self, periods: usize, stream: &mut impl Stream) -> Vec<f64> {
        let dispersion = (self.ratio - 1.0) / self.beyond.max(1e-9);
        let mut draw = || {
            let occurs = stream.next_f64() < self.chance;
            if occurs { 1.0 + negative_binomial(self.beyond, dispersion, stream) } else { 0.0 }
        };
        (0..periods).map(|_| draw()).collect()
    }
}

#[cfg(test)]
mod tests {
    use invmgmt::random::Pcg64;

    use super::*;

    /// Shape 1 is the geometric law: with mean 1, P(0) = 1/2 and P(2) = 1/8.
    #[test]
    fn chances_are_those_of_the_law() {
        let law = Counts { mean: 1.0, dispersion: 1.0 };
        assert!((law.log_chance(0.0) - 0.5_f64.ln()).abs() < 1e-12);
        assert!((law.log_chance(2.0) - 0.125_f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn a_history_of_the_law_fits_it_and_another_does_not() {
        let mut stream = Pcg64::seeded(3);
        let law = Counts { mean: 5.0, dispersion: 0.8 };
        let own: Vec<f64> = (0..730).map(|_| negative_binomial(5.0, 0.8, &mut stream)).collect();
        assert!(law.fits(&own));
        // A gamma law of this shape is known within about 2.4 / 730 (its information); counts tell a little less.
        let error = law.error(&own).unwrap();
        assert!((0.04..0.12).contains(&error), "{error}");
        // All or nothing, with the same mean and variance.
        let other: Vec<f64> = (0..730).map(|_| if stream.next_f64() < 0.5 { 10.0 } else { 0.0 }).collect();
        assert!(!law.fits(&other));
    }

    /// Demand in a quarter of the periods, three units each: the mean is 3/4, and so is that of what is drawn.
    #[test]
    fn rare_demand_is_drawn_as_often_and_as_large_as_it_was() {
        let mut stream = Pcg64::seeded(4);
        let history: Vec<f64> =
            (0..400).map(|t| if t % 4 == 0 { f64::from(1 + t / 4 % 5) } else { 0.0 }).collect();
        let rare = Rare::of(&history).expect("a law");
        assert_eq!((rare.chance, rare.beyond), (0.25, 2.0));
        let paths: Vec<f64> =
            (0..200).flat_map(|_| rare.drawn(0.0, &mut stream).path(200, &mut stream)).collect();
        let mean = paths.iter().sum::<f64>() / paths.len() as f64;
        assert!((mean - 0.75).abs() < 0.03, "{mean}");
        assert_eq!(Rare::of(&[1.0; 100]), None);
        assert_eq!(Rare::of(&[0.0, 1.0, 0.0]), None);
    }
}
