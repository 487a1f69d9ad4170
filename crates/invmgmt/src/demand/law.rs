//! The laws demand may follow, with numpy's draws.

use crate::network::DeclaredDemand;
use crate::random::{PoissonLaw, Stream, standard_normal};

/// Names of the laws a network file may use.
pub const DISTRIBUTIONS: [&str; 3] = ["poisson", "normal", "uniform"];

/// The law of a market link's demand; the mean is put in at every draw.
#[derive(Clone, Copy, Debug, PartialEq)]
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
    /// Uniform from the mean to the mean plus `scale`: its own mean lies half a scale above.
    Uniform {
        /// Width [units].
        scale: f64,
    },
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
    /// The law a declaration names, and the mean it declares, if any.
    ///
    /// # Errors
    /// [`LawError`] for an unknown law, a parameter it does not have, or a number out of range.
    pub fn from_declared(declared: &DeclaredDemand) -> Result<(Self, Option<f64>), LawError> {
        let at_parameters = |message: String| LawError { key: "dist_param", message };
        let (mean_key, other_key) = match declared.distribution.as_str() {
            "poisson" => ("mu", "loc"),
            "normal" | "uniform" => ("loc", "scale"),
            unknown => {
                return Err(LawError {
                    key: "demand_dist",
                    message: format!(
                        "Unknown demand distribution '{}'; known: {}",
                        unknown.escape_debug(),
                        DISTRIBUTIONS.join(", ")
                    ),
                });
            }
        };
        let name = &declared.distribution;
        let (mut mean, mut other) = (None, None);
        for (key, value) in &declared.parameters {
            let slot = match key.as_str() {
                key if key == mean_key => &mut mean,
                key if key == other_key => &mut other,
                key => {
                    return Err(at_parameters(format!(
                        "a {name} law has no parameter '{}'; it has {mean_key} and {other_key}",
                        key.escape_debug()
                    )));
                }
            };
            if !value.is_finite() {
                return Err(at_parameters(format!("{key} is {value}; expected a finite number")));
            }
            *slot = Some(*value);
        }
        let negative = |key: &str, value: Option<f64>| match value {
            Some(found) if found < 0.0 => {
                Err(at_parameters(format!("{key} is {found}; expected a number >= 0")))
            }
            _ => Ok(()),
        };
        if name == "poisson" {
            negative(mean_key, mean)?;
            return Ok((Self::Poisson { shift: other.unwrap_or(0.0) }, mean));
        }
        negative("scale", other)?;
        let scale = other.unwrap_or(1.0);
        Ok((if name == "normal" { Self::Normal { scale } } else { Self::Uniform { scale } }, mean))
    }

    /// One raw draw with this mean put in. `poisson` keeps the sampler's constants between draws of one mean.
    #[inline]
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
        }
    }

    /// Variance with this mean put in, deviations scaled, before the cut at zero [units^2].
    pub fn variance(&self, mean: f64, noise_scale: f64) -> f64 {
        let raw = match *self {
            Self::Poisson { .. } => mean,
            Self::Normal { scale } => scale * scale,
            Self::Uniform { scale } => scale * scale / 12.0,
        };
        noise_scale * noise_scale * raw
    }

    /// Expected demand with this mean put in: the law's own bias, the scaling of its deviations and the cut at zero
    /// included [units].
    pub fn expected(&self, mean: f64, noise_scale: f64) -> f64 {
        match *self {
            Self::Poisson { shift } => expected_poisson(mean, shift, noise_scale),
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
        }
    }
}

/// E max(0, mean + k (N + shift - mean)) for a Poisson N: the plain expectation plus what the cut adds.
fn expected_poisson(mean: f64, shift: f64, k: f64) -> f64 {
    let value = |n: f64| mean + k * (n + shift - mean);
    // Below this many standard deviations the probability is beyond the reach of doubles.
    let mut n = (mean - 40.0 * mean.sqrt()).floor().max(0.0);
    let mut added = 0.0;
    while value(n) < 0.0 && n <= mean + 40.0 * mean.sqrt() + 40.0 {
        let log_probability = if mean > 0.0 { n * mean.ln() - mean - libm::lgamma(n + 1.0) } else { 0.0 };
        added -= value(n) * log_probability.exp();
        if k == 0.0 || mean == 0.0 {
            break;
        }
        n += 1.0;
    }
    mean + k * shift + added
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demand::DemandConfig;
    use crate::random::Pcg64;

    fn declared(distribution: &str, parameters: &[(&str, f64)]) -> DeclaredDemand {
        DeclaredDemand {
            distribution: distribution.into(),
            parameters: parameters.iter().map(|&(key, value)| (key.into(), value)).collect(),
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
        assert_eq!(law("uniform", &[]), Ok((Law::Uniform { scale: 1.0 }, None)));
    }

    #[test]
    fn an_unusable_law_is_refused_by_name() {
        let message =
            |name, parameters| Law::from_declared(&declared(name, parameters)).expect_err("refused").message;
        assert!(message("gamma", &[]).starts_with("Unknown demand distribution 'gamma'"));
        assert!(message("normal", &[("mu", 3.0)]).contains("has no parameter 'mu'"));
        assert!(message("normal", &[("scale", -1.0)]).contains("scale is -1"));
        assert!(message("poisson", &[("mu", f64::NAN)]).contains("mu is NaN"));
    }

    /// The formula against the average of many draws, for laws and scales where the cut and the bias matter.
    #[test]
    fn expected_demand_is_the_average_of_draws() {
        let laws = [
            Law::Poisson { shift: 0.0 },
            Law::Poisson { shift: -3.0 },
            Law::Normal { scale: 6.0 },
            Law::Uniform { scale: 5.0 },
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
}
