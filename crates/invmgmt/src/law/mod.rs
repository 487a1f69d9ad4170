//! The laws demand may follow, with numpy's draws.

mod declared;
mod discrete;
mod probabilities;
#[cfg(test)]
mod tests_of_draws;

use std::sync::Arc;

use statrs::function::gamma;

use crate::random::{
    PoissonLaw, Stream, binomial, geometric, negative_binomial, standard_gamma, standard_normal,
};

pub use declared::{DISTRIBUTIONS, DeclaredDemand, LawValue};
pub use discrete::Discrete;
pub use probabilities::Probabilities;

/// The law of a market link's demand; the mean is put in at every draw.
#[derive(Clone, Debug, PartialEq)]
pub enum Law {
    /// Poisson with the mean as its parameter, moved by `shift` [units].
    Poisson {
        /// Added to every draw, scipy's `loc` [units].
        shift: f64,
    },
    /// Normal around the mean.
    Normal {
        /// Standard deviation [units].
        scale: f64,
    },
    /// Normal around the mean, the more spread the higher that is.
    ProportionalNormal {
        /// Standard deviation over the mean, above 0 [1].
        variation: f64,
    },
    /// Uniform from the mean to the mean plus `scale`: its own mean lies half a scale above.
    Uniform {
        /// Width [units].
        scale: f64,
    },
    /// Negative binomial: variance mean + dispersion mean^2.
    NegativeBinomial {
        /// Variance beyond that of a Poisson law, as a share of the mean squared [1].
        dispersion: f64,
    },
    /// A demand occurs with some probability, else there is none. Its size is negative binomial, of mean
    /// mean / probability, so that demand comes to the mean on average.
    Intermittent {
        /// Probability that a period has a demand, in (0, 1] [1].
        probability: f64,
        /// Dispersion of the size; 0 makes it a Poisson draw [1].
        dispersion: f64,
    },
    /// The mean itself: nothing is drawn.
    Deterministic,
    /// Successes in so many trials.
    Binomial {
        /// Trials [1].
        trials: f64,
    },
    /// Failures before the first success: 0, 1, ...
    Geometric,
    /// Gamma; exponential, if it varies as much as its mean.
    Gamma {
        /// Standard deviation over the mean [1].
        variation: f64,
    },
    /// Lognormal.
    Lognormal {
        /// Standard deviation over the mean [1].
        variation: f64,
    },
    /// One of some values.
    Discrete(Arc<Discrete>),
    /// A law of any number, its draws rounded to the nearest whole number, halves to the even one.
    Rounded(Arc<Law>),
}

/// A declared law that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LawError {
    /// The key at fault: `demand_dist` or `dist_param`.
    pub key: &'static str,
    /// What was found and what is allowed.
    pub message: String,
}

impl Law {
    /// One raw draw with this mean put in. `poisson` keeps the sampler's constants between draws of one mean.
    #[inline(always)]
    pub fn sample<S: Stream + ?Sized>(&self, mean: f64, poisson: &mut PoissonLaw, stream: &mut S) -> f64 {
        match *self {
            Self::Poisson { shift } => {
                if poisson.mean() != mean {
                    *poisson = PoissonLaw::new(mean);
                }
                poisson.sample(stream) + shift
            }
            // A width of zero draws nothing, as scipy.
            Self::Normal { scale: 0.0 } | Self::Uniform { scale: 0.0 } => mean,
            Self::Normal { scale } => standard_normal(stream) * scale + mean,
            Self::Uniform { scale } => stream.next_f64() * scale + mean,
            _ => self.sample_others(mean, stream),
        }
    }

    /// Draws that keep no constants; apart, so that the others stay small where they are inlined.
    #[inline(never)]
    fn sample_others<S: Stream + ?Sized>(&self, mean: f64, stream: &mut S) -> f64 {
        match *self {
            Self::NegativeBinomial { dispersion } => negative_binomial(mean, dispersion, stream),
            Self::Intermittent { probability, dispersion } => {
                if stream.next_f64() < probability {
                    negative_binomial(mean / probability, dispersion, stream)
                } else {
                    0.0
                }
            }
            // What is not above 0 draws nothing.
            _ if mean <= 0.0 => 0.0,
            Self::Binomial { trials } => binomial(trials, (mean / trials).min(1.0), stream),
            Self::Geometric => geometric(1.0 / (1.0 + mean), stream) - 1.0,
            Self::ProportionalNormal { variation } => standard_normal(stream) * (variation * mean) + mean,
            Self::Gamma { variation } => {
                let shape = 1.0 / (variation * variation);
                standard_gamma(shape, stream) * (mean / shape)
            }
            Self::Lognormal { variation } => {
                let (location, deviation) = lognormal_parameters(mean, variation);
                (location + deviation * standard_normal(stream)).exp()
            }
            Self::Discrete(ref law) => law.sample(mean, stream),
            Self::Rounded(ref law) => law.sample(mean, &mut PoissonLaw::new(0.0), stream).round_ties_even(),
            Self::Deterministic | Self::Poisson { .. } | Self::Normal { .. } | Self::Uniform { .. } => mean,
        }
    }

    /// What demand that follows it is called.
    pub fn words(&self) -> &'static str {
        match self {
            Self::Poisson { .. } => "poisson demand",
            Self::Normal { .. } | Self::ProportionalNormal { .. } => "normal demand",
            Self::Uniform { .. } => "uniform demand",
            Self::NegativeBinomial { .. } => "negative binomial demand",
            Self::Intermittent { .. } => "intermittent demand",
            Self::Deterministic => "deterministic demand",
            Self::Binomial { .. } => "binomial demand",
            Self::Geometric => "geometric demand",
            Self::Gamma { variation: 1.0 } => "exponential demand",
            Self::Gamma { .. } => "gamma demand",
            Self::Lognormal { .. } => "lognormal demand",
            Self::Discrete(_) => "discrete demand",
            Self::Rounded(_) => "rounded demand",
        }
    }

    /// Whether every draw around this mean is a number of whole units.
    pub fn is_whole(&self, mean: f64) -> bool {
        match self {
            Self::Poisson { shift } => shift.fract() == 0.0,
            Self::Deterministic => mean.fract() == 0.0,
            Self::Discrete(law) => law.is_whole(mean),
            Self::NegativeBinomial { .. }
            | Self::Intermittent { .. }
            | Self::Binomial { .. }
            | Self::Geometric
            | Self::Rounded(_) => true,
            Self::Normal { .. }
            | Self::ProportionalNormal { .. }
            | Self::Uniform { .. }
            | Self::Gamma { .. }
            | Self::Lognormal { .. } => false,
        }
    }

    /// Whether every draw is the mean.
    pub fn is_certain(&self) -> bool {
        matches!(*self, Self::Deterministic | Self::Normal { scale: 0.0 } | Self::Uniform { scale: 0.0 })
    }

    /// Variance of raw draws with this mean put in [units^2].
    pub fn variance(&self, mean: f64) -> f64 {
        match *self {
            Self::Poisson { .. } => mean,
            Self::Normal { scale } => scale * scale,
            Self::Uniform { scale } => scale * scale / 12.0,
            Self::NegativeBinomial { dispersion } => mean + dispersion * mean * mean,
            Self::Intermittent { probability, dispersion } => {
                mean + ((1.0 + dispersion) / probability - 1.0) * mean * mean
            }
            Self::Deterministic => 0.0,
            Self::Binomial { trials } => mean * (1.0 - (mean / trials).min(1.0)),
            Self::Geometric => mean + mean * mean,
            Self::ProportionalNormal { variation }
            | Self::Gamma { variation }
            | Self::Lognormal { variation } => (variation * mean) * (variation * mean),
            Self::Discrete(ref law) => law.probabilities(mean).variance(),
            Self::Rounded(_) => self.summed(mean).variance(),
        }
    }

    /// Every value with its probability, as far as a double can tell; of laws that have them.
    fn summed(&self, mean: f64) -> Probabilities {
        self.probabilities(mean, 1e-15).unwrap_or_else(|| Probabilities::certain(mean))
    }

    /// Expected demand with this mean put in: the law's own bias, the scaling of its deviations and the cut at zero
    /// included [units].
    pub fn expected(&self, mean: f64, noise_scale: f64) -> f64 {
        match *self {
            Self::Poisson { shift } => expected_poisson(mean, shift, noise_scale),
            Self::ProportionalNormal { variation } => {
                Self::Normal { scale: variation * mean }.expected(mean, noise_scale)
            }
            Self::Normal { scale } => {
                let deviation = noise_scale * scale;
                if deviation == 0.0 {
                    return mean.max(0.0);
                }
                // E max(0, X) of a normal X: the newsvendor's loss function.
                let z = mean / deviation;
                let below = 0.5 * libm::erfc(-z / std::f64::consts::SQRT_2);
                let density = (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
                mean * below + deviation * density
            }
            // The mean is never negative, so nothing is cut.
            Self::Uniform { scale } => mean + noise_scale * scale / 2.0,
            Self::NegativeBinomial { dispersion } => expected_counts(mean, 1.0, dispersion, noise_scale),
            Self::Intermittent { probability, dispersion } => {
                expected_counts(mean, probability, dispersion, noise_scale)
            }
            Self::Geometric => expected_counts(mean, 1.0, 1.0, noise_scale),
            Self::Deterministic => mean,
            Self::Gamma { variation } => {
                let shape = 1.0 / (variation * variation);
                expected_positive(mean, noise_scale, |cut| {
                    let at = shape * (cut / mean);
                    let below = |shape: f64| gamma::checked_gamma_lr(shape, at).unwrap_or(1.0);
                    cut * below(shape) - mean * below(shape + 1.0)
                })
            }
            Self::Lognormal { variation } => {
                let (location, deviation) = lognormal_parameters(mean, variation);
                expected_positive(mean, noise_scale, |cut| {
                    let z = (cut.ln() - location) / deviation;
                    cut * normal_below(z) - mean * normal_below(z - deviation)
                })
            }
            Self::Binomial { .. } | Self::Discrete(_) | Self::Rounded(_) => {
                let drawn = self.summed(mean).values;
                drawn.iter().map(|&(raw, weight)| weight * (mean + noise_scale * (raw - mean)).max(0.0)).sum()
            }
        }
    }
}

/// E max(0, mean + k (X - mean)) of an X >= 0 with this mean, where `shortfall(cut)` is E max(0, cut - X).
fn expected_positive(mean: f64, k: f64, shortfall: impl Fn(f64) -> f64) -> f64 {
    if mean <= 0.0 || k <= 1.0 { mean } else { mean + k * shortfall(mean - mean / k) }
}

/// Mean and deviation of the logarithm of a lognormal number.
fn lognormal_parameters(mean: f64, variation: f64) -> (f64, f64) {
    let variance = (variation * variation).ln_1p();
    (mean.ln() - 0.5 * variance, variance.sqrt())
}

/// P(Z <= z) of a standard normal Z.
fn normal_below(z: f64) -> f64 {
    0.5 * libm::erfc(-z / std::f64::consts::SQRT_2)
}

/// E max(0, mean + k (N - mean)) where N is 0 but with this probability, then negative binomial: the mean plus what the
/// cut adds. Nothing is cut up to k = 1.
fn expected_counts(mean: f64, probability: f64, dispersion: f64, k: f64) -> f64 {
    if mean == 0.0 || k <= 1.0 {
        return mean;
    }
    let cut = mean - mean / k;
    let below = shortfall(mean / probability, dispersion, cut);
    mean + k * ((1.0 - probability) * cut + probability * below)
}

/// E max(0, mean + k (N + shift - mean)) for a Poisson N: the plain expectation plus what the cut adds.
fn expected_poisson(mean: f64, shift: f64, k: f64) -> f64 {
    let plain = mean + k * shift;
    if mean == 0.0 || k == 0.0 {
        return plain.max(0.0);
    }
    plain + k * shortfall(mean, 0.0, mean - shift - mean / k)
}

/// Larger means are not summed up count by count; what stands for the sum is then wrong by less than 1e-6 of it.
const LARGEST_SUMMED: f64 = 1e4;
/// Below so many standard deviations under the mean, counts add nothing a double could hold beside the mean.
const DEVIATIONS_BELOW: f64 = 12.0;
/// Counts above these standard deviations over the mean add nothing, also where the mean is small.
const DEVIATIONS_ABOVE: f64 = 40.0;

/// E max(0, cut - N) of a negative binomial N of this mean and dispersion; Poisson, if the dispersion is 0. The work
/// does not grow with the mean.
fn shortfall(mean: f64, dispersion: f64, cut: f64) -> f64 {
    if cut <= 0.0 {
        return 0.0;
    }
    if mean > LARGEST_SUMMED {
        return shortfall_of_many(mean, dispersion, cut);
    }
    let log_probability = |n: f64| {
        if dispersion == 0.0 {
            return n * mean.ln() - mean - libm::lgamma(n + 1.0);
        }
        let shape = 1.0 / dispersion;
        libm::lgamma(n + shape) - libm::lgamma(shape) - libm::lgamma(n + 1.0)
            + shape * (shape / (shape + mean)).ln()
            + n * (mean / (shape + mean)).ln()
    };
    let deviation = (mean + dispersion * mean * mean).sqrt();
    let mut n = (mean - DEVIATIONS_BELOW * deviation).floor().max(0.0);
    let last = mean + DEVIATIONS_ABOVE * (deviation + 1.0);
    let mut sum = 0.0;
    while n < cut.min(last) {
        sum += (cut - n) * log_probability(n).exp();
        n += 1.0;
    }
    // Above, all counts are below the cut.
    if cut > last { cut - mean } else { sum }
}

/// [`shortfall`] of a count so large that its law is as good as continuous: a gamma law moved so that it has the
/// count's mean, variance and skewness, or, where that is nearly normal, a normal one with the first term of
/// Edgeworth's series.
fn shortfall_of_many(mean: f64, dispersion: f64, cut: f64) -> f64 {
    // Variance over mean, less 1.
    let excess = (dispersion * mean).min(1e300);
    let skewness = (1.0 + 2.0 * excess) / mean.sqrt() / (1.0 + excess).sqrt();
    let shape = 4.0 / (skewness * skewness);
    if shape <= LARGEST_SUMMED {
        let moved = mean / (1.0 + 2.0 * excess);
        let (mean, cut) = (mean + moved, cut + moved);
        let at = shape * (cut / mean);
        let below = |shape: f64| gamma::checked_gamma_lr(shape, at).unwrap_or(1.0);
        return cut * below(shape) - mean * below(shape + 1.0);
    }
    let deviation = mean.sqrt() * (1.0 + excess).sqrt();
    let z = (cut - mean) / deviation;
    let distribution = 0.5 * libm::erfc(-z / std::f64::consts::SQRT_2);
    let density = (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
    deviation * (z * distribution + density + skewness / 6.0 * z * density)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demand::DemandConfig;
    use crate::random::Pcg64;

    fn declared(distribution: &str, parameters: &[(&str, f64)]) -> DeclaredDemand {
        DeclaredDemand {
            distribution: distribution.into(),
            parameters: parameters.iter().map(|&(key, value)| (key.into(), value.into())).collect(),
        }
    }

    #[test]
    fn a_declared_law_keeps_its_own_mean_and_spread() {
        let law = |name, parameters| Law::from_declared(&declared(name, parameters));
        assert_eq!(law("poisson", &[("mu", 15.0)]), Ok((Law::Poisson { shift: 0.0 }, Some(15.0))));
        assert_eq!(
            law("normal", &[("loc", 9.0), ("scale", 2.0)]),
            Ok((Law::Normal { scale: 2.0 }, Some(9.0)))
        );
        assert_eq!(
            law("normal", &[("cv", 0.25), ("loc", 9.0)]),
            Ok((Law::ProportionalNormal { variation: 0.25 }, Some(9.0)))
        );
        assert_eq!(law("uniform", &[]), Ok((Law::Uniform { scale: 1.0 }, None)));
    }

    #[test]
    fn an_unusable_law_is_refused_by_name() {
        let message =
            |name, parameters| Law::from_declared(&declared(name, parameters)).expect_err("refused").message;
        assert!(message("cauchy", &[]).starts_with("Unknown demand distribution 'cauchy'"));
        assert!(message("normal", &[("mu", 3.0)]).contains("has no parameter 'mu'"));
        assert!(message("normal", &[("scale", -1.0)]).contains("scale is -1"));
        assert!(message("normal", &[("cv", 0.0)]).contains("cv is 0; expected a number above 0"));
        assert!(message("normal", &[("cv", 0.5), ("scale", 2.0)]).contains("cv is 0.5 beside a scale of 2"));
        assert!(message("uniform", &[("cv", 0.5)]).contains("has no parameter 'cv'"));
        assert!(message("poisson", &[("mu", f64::NAN)]).contains("mu is NaN"));
        let counts = |parameters| message("negative_binomial", parameters);
        assert_eq!(
            counts(&[("mu", 3.0)]),
            "dispersion is missing; the negative_binomial law has mu and dispersion"
        );
        assert_eq!(counts(&[("dispersion", -1.0)]), "dispersion is -1; expected a number >= 0");
        assert!(counts(&[("probability", 0.5)]).contains("has no parameter 'probability'"));
        let rare = |parameters| message("intermittent", parameters);
        assert_eq!(
            rare(&[("probability", 0.0)]),
            "probability is 0; expected a number above 0 and at most 1"
        );
        assert!(
            rare(&[("mu", 2.0)])
                .starts_with("probability is missing; the intermittent law has mu, probability")
        );
    }

    #[test]
    fn laws_of_counts_are_read_with_their_own_mean() {
        let law = |name, parameters| Law::from_declared(&declared(name, parameters));
        assert_eq!(
            law("negative_binomial", &[("mu", 9.0), ("dispersion", 0.4)]),
            Ok((Law::NegativeBinomial { dispersion: 0.4 }, Some(9.0)))
        );
        assert_eq!(
            law("intermittent", &[("probability", 0.2), ("mu", 2.0)]),
            Ok((Law::Intermittent { probability: 0.2, dispersion: 0.0 }, Some(2.0)))
        );
    }

    /// A spread in proportion is the spread of the mean that is put in: the same draws, the same probabilities.
    #[test]
    fn a_normal_law_in_proportion_is_the_normal_law_of_the_period() {
        let (share, plain) = (Law::ProportionalNormal { variation: 0.25 }, Law::Normal { scale: 5.0 });
        let drawn = |law: &Law| law.sample(20.0, &mut PoissonLaw::new(0.0), &mut Pcg64::seeded(3));
        assert_eq!(drawn(&share), drawn(&plain));
        assert_eq!(share.expected(20.0, 1.5), plain.expected(20.0, 1.5));
        let rounded = |law: &Law| Law::Rounded(Arc::new(law.clone())).probabilities(20.0, 1e-12);
        assert_eq!(rounded(&share), rounded(&plain));
        assert_eq!(
            Law::Rounded(Arc::new(share)).probabilities(0.0, 1e-12),
            Some(Probabilities::certain(0.0))
        );
    }

    /// The variance against that of many draws.
    #[test]
    fn the_variance_is_that_of_draws() {
        let laws = [
            Law::Poisson { shift: -3.0 },
            Law::Normal { scale: 6.0 },
            Law::ProportionalNormal { variation: 0.75 },
            Law::Uniform { scale: 5.0 },
            Law::NegativeBinomial { dispersion: 0.5 },
            Law::Intermittent { probability: 0.3, dispersion: 0.0 },
            Law::Intermittent { probability: 0.6, dispersion: 0.4 },
        ];
        for law in laws {
            let (mut stream, mut poisson) = (Pcg64::seeded(8), PoissonLaw::new(0.0));
            let draws: Vec<f64> = (0..100_000).map(|_| law.sample(8.0, &mut poisson, &mut stream)).collect();
            let average = draws.iter().sum::<f64>() / draws.len() as f64;
            let variance = draws.iter().map(|d| (d - average).powi(2)).sum::<f64>() / draws.len() as f64;
            let expected = law.variance(8.0);
            assert!((variance / expected - 1.0).abs() < 0.03, "{law:?}: {variance} against {expected}");
        }
    }

    /// numpy 2.4.6: `r = default_rng(4)`; each period `r.poisson(8 / 0.3) if r.random() < 0.3 else 0`.
    #[test]
    fn an_intermittent_draw_asks_whether_there_is_demand_and_then_how_much() {
        let law = Law::Intermittent { probability: 0.3, dispersion: 0.0 };
        let (mut stream, mut poisson) = (Pcg64::seeded(4), PoissonLaw::new(0.0));
        let drawn: Vec<f64> = (0..12).map(|_| law.sample(8.0, &mut poisson, &mut stream)).collect();
        assert_eq!(drawn, [0.0, 0.0, 0.0, 28.0, 0.0, 33.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    }

    /// The formula against the average of many draws, for laws and scales where the cut and the bias matter.
    #[test]
    fn expected_demand_is_the_average_of_draws() {
        let laws = [
            Law::Poisson { shift: 0.0 },
            Law::Poisson { shift: -3.0 },
            Law::Normal { scale: 6.0 },
            Law::ProportionalNormal { variation: 0.75 },
            Law::Uniform { scale: 5.0 },
            Law::NegativeBinomial { dispersion: 0.5 },
            Law::Intermittent { probability: 0.3, dispersion: 0.0 },
            Law::Intermittent { probability: 0.3, dispersion: 1.5 },
        ];
        for law in laws {
            for (mean, noise_scale) in [(0.5, 2.0), (4.0, 3.0), (12.0, 1.0), (4.0, 0.0)] {
                let config = DemandConfig { noise_scale, ..DemandConfig::default() };
                let (mut stream, mut poisson) = (Pcg64::seeded(3), PoissonLaw::new(mean));
                let draws: Vec<f64> = (0..40_000)
                    .map(|_| config.scatter(mean, law.sample(mean, &mut poisson, &mut stream)))
                    .collect();
                let average = draws.iter().sum::<f64>() / draws.len() as f64;
                let variance = draws.iter().map(|d| (d - average).powi(2)).sum::<f64>() / draws.len() as f64;
                let error = (variance / draws.len() as f64).sqrt();
                let expected = law.expected(mean, noise_scale);
                assert!(
                    (average - expected).abs() <= 4.0 * error + 1e-12,
                    "{law:?} mean {mean} scale {noise_scale}: {average} against {expected}"
                );
            }
        }
    }

    /// Sums term by term: E max(0, mean + k (N - mean)) over all N within 45 standard deviations.
    fn summed(mean: f64, dispersion: f64, k: f64) -> f64 {
        let (mut n, mut probability, mut sum) = (0.0, 0.0_f64, 0.0);
        // The probabilities by their ratio, scaled to 1 at the mode, and in the end by their own sum.
        let ratio = |n: f64| match dispersion {
            0.0 => mean / (n + 1.0),
            _ => (n + 1.0 / dispersion) / (n + 1.0) * (dispersion * mean) / (1.0 + dispersion * mean),
        };
        let mut logs = vec![0.0_f64];
        let last = mean + 45.0 * (mean + dispersion * mean * mean).sqrt();
        while n < last {
            logs.push(logs[logs.len() - 1] + ratio(n).ln());
            n += 1.0;
        }
        let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        for (n, log) in logs.iter().enumerate() {
            let weight = (log - top).exp();
            probability += weight;
            sum += weight * (mean + k * (n as f64 - mean)).max(0.0);
        }
        sum / probability
    }

    #[test]
    fn expected_demand_of_large_means_is_the_sum_over_all_counts() {
        for dispersion in [0.0, 1e-5, 1e-4, 0.01, 0.5, 3.0] {
            for mean in [9_000.0, 11_000.0, 40_000.0] {
                for k in [1.5, 4.0, 60.0] {
                    let (found, sum) =
                        (expected_counts(mean, 1.0, dispersion, k), summed(mean, dispersion, k));
                    assert!((found / sum - 1.0).abs() < 5e-7, "{mean} {dispersion} {k}: {found} for {sum}");
                }
            }
        }
    }

    #[test]
    fn expected_demand_of_the_largest_means_is_found_at_once() {
        let begun = std::time::Instant::now();
        let laws = [
            Law::Poisson { shift: 0.0 },
            Law::Poisson { shift: -3.0 },
            Law::NegativeBinomial { dispersion: 0.5 },
            Law::NegativeBinomial { dispersion: 1e-18 },
            Law::Intermittent { probability: 1e-9, dispersion: 0.0 },
        ];
        for law in laws {
            for mean in [1e6, 1e14, 1e18, 1e100] {
                for k in [0.5, 3.0, 1e3, 1e9] {
                    let found = law.expected(mean, k);
                    assert!(
                        found.is_finite() && found >= 0.999_999 * (mean - 3.0 * k),
                        "{law:?} {mean} {k}: {found}"
                    );
                }
            }
        }
        assert!(begun.elapsed().as_secs_f64() < 1.0);
        // A scatter of thrice a Poisson law's cuts nothing off a mean like this.
        assert_eq!(Law::Poisson { shift: 0.0 }.expected(1e14, 3.0), 1e14);
        // An exponential X of mean m (dispersion 1) with k = 2: E max(0, 2 X - m) = 2 m exp(-1/2).
        let exponential = Law::NegativeBinomial { dispersion: 1.0 }.expected(1e12, 2.0);
        assert!((exponential / (2e12 * (-0.5_f64).exp()) - 1.0).abs() < 1e-9, "{exponential}");
    }
}
