//! What a law of demand may draw, with its probabilities, for exact solutions.

use statrs::function::gamma;

use super::{Law, lognormal_parameters, normal_below};

/// The draws a law may make, each with its probability, as far as they are likely enough to count.
#[derive(Clone, Debug, PartialEq)]
pub struct Probabilities {
    /// Values, rising, each once [units], and their probabilities, which add up to 1: what is cut off counts as the
    /// largest value.
    pub values: Vec<(f64, f64)>,
    /// Probability of a draw above the largest value [1]; an upper bound.
    pub cut: f64,
    /// By how much draws exceed the largest value on average [units]; an upper bound.
    pub excess: f64,
}

impl Probabilities {
    /// One value, for certain.
    pub fn certain(value: f64) -> Self {
        Self { values: vec![(value, 1.0)], cut: 0.0, excess: 0.0 }
    }

    /// These values with these weights, in any order; equal values are taken together.
    pub fn of_weights(weighted: impl IntoIterator<Item = (f64, f64)>) -> Self {
        let mut sorted: Vec<(f64, f64)> = weighted
            .into_iter()
            .filter(|&(_, weight)| weight > 0.0)
            .map(|(value, w)| (value + 0.0, w))
            .collect();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
        let total: f64 = sorted.iter().map(|&(_, weight)| weight).sum();
        let mut values: Vec<(f64, f64)> = Vec::with_capacity(sorted.len());
        for (value, weight) in sorted {
            match values.last_mut() {
                Some(last) if last.0 == value => last.1 += weight / total,
                _ => values.push((value, weight / total)),
            }
        }
        Self { values, cut: 0.0, excess: 0.0 }
    }

    /// What becomes of the values: each goes through `map`, and values that fall together are taken together.
    #[must_use]
    pub fn map(&self, map: impl Fn(f64) -> f64) -> Self {
        let mapped = Self::of_weights(self.values.iter().map(|&(value, weight)| (map(value), weight)));
        Self { values: mapped.values, ..*self }
    }

    /// The mean [units].
    pub fn mean(&self) -> f64 {
        self.values.iter().map(|&(value, weight)| value * weight).sum()
    }

    /// The variance [units^2].
    pub fn variance(&self) -> f64 {
        let mean = self.mean();
        self.values.iter().map(|&(value, weight)| weight * (value - mean) * (value - mean)).sum()
    }

    /// The least value that is exceeded with less than this probability [units].
    pub fn exceeded_by(&self, probability: f64) -> f64 {
        let mut above = 0.0;
        let rising = self.values.iter().rev().find(|&&(_, weight)| {
            above += weight;
            above > probability
        });
        rising.map_or(0.0, |&(value, _)| value)
    }

    /// A count whose probability at `first` is given and of which each next one is `ratio(n)` times the one before;
    /// ratios never rise above `limit` once they are below 1.
    fn of_counts(first: f64, probability: f64, ratio: impl Fn(f64) -> f64, limit: f64, tail: f64) -> Self {
        let (mut n, mut p, mut sum) = (first, probability, 0.0);
        let mut values = Vec::new();
        loop {
            values.push((n, p));
            sum += p;
            let falling = ratio(n).max(limit);
            if falling < 1.0 {
                // A geometric series above everything that is left.
                let cut = p * falling / (1.0 - falling);
                if cut <= tail {
                    let last = values.last_mut().expect("one was pushed");
                    last.1 += (1.0 - sum).max(0.0);
                    return Self { values, cut, excess: cut / (1.0 - falling) };
                }
            }
            p *= ratio(n);
            n += 1.0;
        }
    }
}

impl Law {
    /// The values it may draw with this mean put in, up to one above which less than `tail` of the probability lies;
    /// none of a law that draws any number.
    pub fn probabilities(&self, mean: f64, tail: f64) -> Option<Probabilities> {
        match *self {
            Self::Poisson { shift } => Some(negative_binomial(mean, 0.0, tail).map(|count| count + shift)),
            Self::Deterministic | Self::Normal { scale: 0.0 } | Self::Uniform { scale: 0.0 } => {
                Some(Probabilities::certain(mean))
            }
            Self::Normal { .. }
            | Self::ProportionalNormal { .. }
            | Self::Uniform { .. }
            | Self::Gamma { .. }
            | Self::Lognormal { .. } => None,
            Self::Discrete(ref law) => Some(law.probabilities(mean)),
            Self::Geometric => Some(negative_binomial(mean, 1.0, tail)),
            Self::Binomial { trials } => Some(binomial(mean, trials, tail)),
            Self::Rounded(ref law) => Some(law.rounded(mean, tail)),
            Self::NegativeBinomial { dispersion } => Some(negative_binomial(mean, dispersion, tail)),
            Self::Intermittent { probability, dispersion } => {
                let size = negative_binomial(mean / probability, dispersion, tail / probability);
                let sizes = size.values.iter().map(|&(value, weight)| (value, weight * probability));
                let all = Probabilities::of_weights(sizes.chain([(0.0, 1.0 - probability)]));
                Some(Probabilities { cut: size.cut * probability, excess: size.excess * probability, ..all })
            }
        }
    }
}

impl Law {
    /// P(X <= x) and P(X > x) of a law of any number with this mean.
    fn around(&self, mean: f64, x: f64) -> (f64, f64) {
        let of_normal = |z: f64| (normal_below(z), normal_below(-z));
        match *self {
            Self::Normal { scale } => of_normal((x - mean) / scale),
            Self::ProportionalNormal { variation } => of_normal((x - mean) / (variation * mean)),
            Self::Uniform { scale } => {
                let below = ((x - mean) / scale).clamp(0.0, 1.0);
                (below, 1.0 - below)
            }
            _ if x <= 0.0 => (0.0, 1.0),
            Self::Gamma { variation } => {
                let shape = 1.0 / (variation * variation);
                let at = shape * (x / mean);
                let or = |found: Result<f64, _>, otherwise| found.unwrap_or(otherwise);
                (or(gamma::checked_gamma_lr(shape, at), 1.0), or(gamma::checked_gamma_ur(shape, at), 0.0))
            }
            Self::Lognormal { variation } => {
                let (location, deviation) = lognormal_parameters(mean, variation);
                of_normal((x.ln() - location) / deviation)
            }
            _ => (1.0, 0.0),
        }
    }

    /// The probabilities of its draws rounded to whole numbers.
    fn rounded(&self, mean: f64, tail: f64) -> Probabilities {
        let has_spread = mean > 0.0 || matches!(self, Self::Normal { .. } | Self::Uniform { .. });
        if self.is_certain() || !has_spread {
            return Probabilities::certain(mean.round_ties_even());
        }
        // Upwards from the median, until nothing counts; and downwards.
        let mut middle = mean.round();
        while self.around(mean, middle + 0.5).0 < 0.25 {
            middle += 1.0;
        }
        while self.around(mean, middle - 0.5).0 > 0.75 {
            middle -= 1.0;
        }
        let mut weights = Vec::new();
        let mut whole = middle;
        loop {
            let (from, to) = (self.around(mean, whole - 0.5), self.around(mean, whole + 0.5));
            // Of the upper half the tails are the exact numbers, of the lower half the sums.
            weights.push((whole, if from.0 > 0.5 { from.1 - to.1 } else { to.0 - from.0 }));
            if to.1 <= tail {
                break;
            }
            whole += 1.0;
        }
        let cut = self.around(mean, whole + 0.5).1;
        let mut excess = 0.0;
        for step in 0..10_000 {
            let above = self.around(mean, whole + 0.5 + f64::from(step)).1;
            excess += above;
            if above <= 1e-6 * cut {
                break;
            }
        }
        weights.last_mut().expect("one was pushed").1 += cut;
        let mut whole = middle - 1.0;
        loop {
            let (from, to) = (self.around(mean, whole - 0.5).0, self.around(mean, whole + 0.5).0);
            if to <= 0.0 || to < 1e-30 {
                break;
            }
            weights.push((whole, to - from));
            whole -= 1.0;
        }
        Probabilities { cut, excess, ..Probabilities::of_weights(weights) }
    }
}

/// Successes in so many trials.
fn binomial(mean: f64, trials: f64, tail: f64) -> Probabilities {
    let chance = mean / trials;
    if chance >= 1.0 || mean <= 0.0 {
        return Probabilities::certain(if mean <= 0.0 { 0.0 } else { trials });
    }
    let deviation = (mean * (1.0 - chance)).sqrt();
    let first = (mean - DEVIATIONS_BELOW * deviation).floor().max(0.0);
    let log = libm::lgamma(trials + 1.0) - libm::lgamma(first + 1.0) - libm::lgamma(trials - first + 1.0)
        + first * chance.ln()
        + (trials - first) * (-chance).ln_1p();
    let odds = chance / (1.0 - chance);
    Probabilities::of_counts(first, log.exp(), |n| ((trials - n) / (n + 1.0)).max(0.0) * odds, 0.0, tail)
}

/// Standard deviations below the mean under which the counts together have a probability of less than 1e-100.
const DEVIATIONS_BELOW: f64 = 26.0;

/// A negative binomial count; a Poisson one, if the dispersion is 0.
fn negative_binomial(mean: f64, dispersion: f64, tail: f64) -> Probabilities {
    if mean == 0.0 {
        return Probabilities::certain(0.0);
    }
    let deviation = (mean + dispersion * mean * mean).sqrt();
    let first = (mean - DEVIATIONS_BELOW * deviation).floor().max(0.0);
    if dispersion == 0.0 {
        let log = first * mean.ln() - mean - libm::lgamma(first + 1.0);
        return Probabilities::of_counts(first, log.exp(), |n| mean / (n + 1.0), 0.0, tail);
    }
    let shape = 1.0 / dispersion;
    let share = mean / (shape + mean);
    let log = libm::lgamma(first + shape)
        - libm::lgamma(shape)
        - libm::lgamma(first + 1.0)
        - shape * (mean / shape).ln_1p()
        + first * share.ln();
    Probabilities::of_counts(first, log.exp(), |n| (n + shape) / (n + 1.0) * share, share, tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn law_of(values: &Probabilities) -> Vec<f64> {
        values.values.iter().map(|&(_, weight)| weight).collect()
    }

    /// scipy 1.17: poisson(5).pmf, nbinom(2, 2 / 7).pmf.
    #[test]
    fn counts_have_the_probabilities_of_scipy() {
        let poisson = Law::Poisson { shift: 0.0 }.probabilities(5.0, 1e-12).expect("counts");
        for (n, expected) in
            [(0, 0.006_737_946_999_085_467), (5, 0.175_467_369_767_850_68), (20, 2.641_210_774_925_640_6e-7)]
        {
            let (value, found) = poisson.values[n];
            assert!(value == n as f64 && (found / expected - 1.0).abs() < 1e-13, "{n}: {found}");
        }
        let binomial = Law::NegativeBinomial { dispersion: 0.5 }.probabilities(5.0, 1e-12).expect("counts");
        for (n, expected) in
            [(0, 4.0 / 49.0), (1, 2.0 * 4.0 / 49.0 * 5.0 / 7.0), (2, 3.0 * 4.0 / 49.0 * 25.0 / 49.0)]
        {
            let (value, found) = binomial.values[n];
            assert!(value == n as f64 && (found / expected - 1.0).abs() < 1e-13, "{n}: {found}");
        }
    }

    #[test]
    fn what_is_cut_is_less_than_asked_for_and_mean_and_variance_stay() {
        let laws = [
            Law::Poisson { shift: 0.0 },
            Law::NegativeBinomial { dispersion: 0.3 },
            Law::NegativeBinomial { dispersion: 4.0 },
            Law::Intermittent { probability: 0.2, dispersion: 0.5 },
        ];
        for law in laws {
            for mean in [0.3, 5.0, 60.0, 2000.0] {
                let found = law.probabilities(mean, 1e-12).expect("counts");
                assert!(found.cut <= 1e-12, "{law:?}");
                assert!((law_of(&found).iter().sum::<f64>() - 1.0).abs() < 1e-11, "{law:?} {mean}");
                let error = (found.mean() / mean - 1.0).abs();
                assert!(error < 1e-8, "{law:?} {mean}: mean off by {error}");
                let error = (found.variance() / law.variance(mean) - 1.0).abs();
                assert!(error < 1e-6, "{law:?} {mean}: variance off by {error}");
                assert!(found.values.is_sorted_by(|a, b| a.0 < b.0));
            }
        }
    }

    #[test]
    fn a_value_is_rarely_exceeded() {
        let found = Probabilities::of_weights([(3.0, 0.5), (1.0, 0.4), (7.0, 0.1)]);
        assert_eq!([0.0, 0.05, 0.2, 0.7].map(|rarely| found.exceeded_by(rarely)), [7.0, 7.0, 3.0, 1.0]);
    }

    #[test]
    fn a_law_without_scatter_is_certain_and_one_of_any_number_has_none() {
        assert_eq!(Law::Normal { scale: 0.0 }.probabilities(7.0, 1e-9), Some(Probabilities::certain(7.0)));
        assert_eq!(Law::Normal { scale: 1.0 }.probabilities(7.0, 1e-9), None);
        assert_eq!(Law::Uniform { scale: 1.0 }.probabilities(7.0, 1e-9), None);
        let moved = Law::Poisson { shift: 2.0 }.probabilities(3.0, 1e-9).expect("counts");
        assert_eq!(moved.values[0].0, 2.0);
    }
}
