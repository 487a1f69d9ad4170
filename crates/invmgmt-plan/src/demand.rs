//! What a history says of the demand to come, and how sure it is: paths drawn from the predictive distribution.
//!
//! Every path has parameters of its own, drawn from what the history leaves open (its level, line, season and scatter),
//! and then demand drawn by them. Levels that hold on average over such paths allow for a history that misleads; levels
//! made from the best estimate alone are too low as often as too high, and too low costs more service than too high
//! gains.

use invmgmt::demand::DemandConfig;
use invmgmt::law::Law;
use invmgmt::random::{PoissonLaw, Stream, negative_binomial, standard_exponential};
use invmgmt_fit::{Candidate, Fit, FitError, Outcome, Settings, fit};

use crate::counts::{Counts, Rare};
use crate::curve::Curve;
use crate::normal::{quantile, stratified};

/// Fewest periods of selling from which scatter is taken from the history itself; below, a law of counts carries what
/// has not been seen yet.
const ENOUGH: usize = 100;
/// Dispersion of an item of which too little is known, as if so many periods had shown it.
const PRIOR_DISPERSION: f64 = 0.5;
/// Mean length of the pieces of history that keep neighbours together, where neighbours are alike [periods].
const PIECE: f64 = 7.0;

/// What a history says of the demand to come.
#[derive(Clone, Debug)]
pub struct Demand {
    /// Demand from the period on in which the item began to sell [units].
    history: Vec<f64>,
    /// Where in the history given that was.
    pub begins: usize,
    /// Whether all quantities are whole.
    pub whole: bool,
    /// What was found, if the history is long enough to be fitted.
    pub fit: Option<Fit>,
    /// The means that may be true, with their uncertainty, and how likely each is; together 1.
    curves: Vec<(Curve, f64)>,
    scatter: Scatter,
}

/// How demand scatters around its mean.
#[derive(Clone, Debug, PartialEq)]
enum Scatter {
    /// Counts whose variance is this many times the mean, >= 1; and the relative error of what exceeds 1.
    Counts { ratio: f64, error: f64 },
    /// Counts by a law of the engine.
    Law(Law),
    /// Negative binomial counts whose dispersion is known up to this error of its logarithm.
    Dispersed { dispersion: f64, error: f64 },
    /// Nothing, or a demand of at least one unit.
    Rare(Rare),
    /// As the history did around a steady mean: its values again, in pieces of this mean length [periods].
    Again { piece: f64 },
    /// As the history did around a moving mean: its residuals again.
    Residuals(Vec<f64>),
}

impl Demand {
    /// Demand after a history of demand per period.
    ///
    /// # Errors
    /// [`FitError`] for a value that is negative or not finite, or a history too long.
    pub fn of(history: &[f64]) -> Result<Self, FitError> {
        let whole = history.iter().all(|value| value.fract() == 0.0);
        match fit(history, Settings::default()) {
            Ok(found) => Ok(Self::fitted(&history[found.begins..], found, whole)),
            Err(FitError::TooShort { .. } | FitError::AllZero { .. }) => Ok(Self::young(history, 0, whole)),
            Err(FitError::TooNew { begins, .. }) => Ok(Self::young(&history[begins..], begins, whole)),
            Err(error) => Err(error),
        }
    }

    /// Demand by a law that is known, with its mean per period [units].
    pub fn given(law: Law, mean: f64) -> Self {
        let whole = law.is_whole(mean);
        Self {
            history: Vec::new(),
            begins: 0,
            whole,
            fit: None,
            curves: vec![(Curve::level(mean, f64::INFINITY), 1.0)],
            scatter: Scatter::Law(law),
        }
    }

    /// Whether its law is known, and nothing is open.
    pub fn is_given(&self) -> bool {
        self.history.is_empty()
    }

    /// An item of which only a few periods are known.
    fn young(history: &[f64], begins: usize, whole: bool) -> Self {
        let total: f64 = history.iter().sum();
        // Half a unit more in the time seen: nothing sold yet is not nothing to come.
        let level =
            if total > 0.0 { total / history.len() as f64 } else { 0.5 / history.len().max(1) as f64 };
        let level = if total == 0.0 && history.len() >= ENOUGH { 0.0 } else { level };
        let shape = (total / (1.0 + PRIOR_DISPERSION * level)).max(0.5);
        Self {
            history: history.to_vec(),
            begins,
            whole,
            fit: None,
            curves: vec![(Curve::level(level, shape), 1.0)],
            scatter: Scatter::Law(Law::NegativeBinomial { dispersion: PRIOR_DISPERSION }),
        }
    }

    fn fitted(history: &[f64], found: Fit, whole: bool) -> Self {
        let means = &found.fitted[found.begins..];
        let moves = found.effects.iter().any(|effect| effect.outcome == Outcome::Found);
        let periods = history.len() as f64;
        let ratio = found.dispersion.ratio;
        let alike = found.autocorrelation.clamp(0.0, 0.9);
        // Neighbours alike carry less news: the variance of a mean grows so.
        let inflation = (1.0 + alike) / (1.0 - alike);
        let counts = whole && (ratio >= 1.0 || !found.dispersion.found);
        let error = (2.0 / periods).sqrt();
        let scatter = if counts && !found.dispersion.found {
            Scatter::Counts { ratio: ratio.max(1.0), error }
        } else if let Some(scatter) = dispersed(&found, history).filter(|_| counts && !moves && alike == 0.0)
        {
            scatter
        } else if let Some(rare) = Rare::of(history).filter(|_| counts && !moves && alike == 0.0) {
            Scatter::Rare(rare)
        } else if !moves && history.len() >= ENOUGH {
            Scatter::Again { piece: if alike > 0.0 { PIECE } else { 1.0 } }
        } else if counts {
            match found.law {
                Law::Poisson { .. } => Scatter::Counts { ratio, error },
                ref law => Scatter::Law(law.clone()),
            }
        } else {
            let residuals = history.iter().zip(means);
            Scatter::Residuals(
                residuals.map(|(value, mean)| (value - mean) / mean.max(1e-9).sqrt()).collect(),
            )
        };
        // These draw the history again and have no mean of their own.
        let steady = matches!(scatter, Scatter::Again { .. } | Scatter::Rare(_));
        let curves = curves(&found, history, ratio.max(1e-6) * inflation, steady);
        Self { history: history.to_vec(), begins: found.begins, whole, fit: Some(found), curves, scatter }
    }

    /// Demand from the period on in which the item began to sell [units].
    pub fn history(&self) -> &[f64] {
        &self.history
    }

    /// Mean demand expected over the next periods [units / period].
    pub fn mean(&self, horizon: usize) -> f64 {
        if let (true, Scatter::Law(law)) = (self.is_given(), &self.scatter) {
            return law.expected(self.curves[0].0.mean(0.0), 1.0);
        }
        let from = self.history.len();
        let total =
            |curve: &Curve| (from..from + horizon).map(|period| curve.mean(period as f64)).sum::<f64>();
        self.curves.iter().map(|(curve, chance)| chance * total(curve)).sum::<f64>() / horizon.max(1) as f64
    }

    /// Standard deviation of demand in a period, the scatter alone [units].
    pub fn deviation(&self, horizon: usize) -> f64 {
        let mean = self.mean(horizon);
        let variance = match &self.scatter {
            Scatter::Counts { ratio, .. } => ratio * mean,
            Scatter::Law(law) => law.variance(mean),
            Scatter::Dispersed { dispersion, .. } => mean + dispersion * mean * mean,
            Scatter::Again { .. } | Scatter::Rare(_) => variance(&self.history),
            Scatter::Residuals(residuals) => variance(residuals) * mean,
        };
        variance.sqrt()
    }

    /// Paths of demand over the next periods, the last `warm` ones before them first [units]; an even number of them.
    ///
    /// Two neighbours share what is drawn of the parameters and nothing else: what such pairs have in common is what
    /// the history leaves open, the rest is chance that evens out. The levels of the pairs are spread evenly over their
    /// distribution, so that few paths stand for it.
    pub fn paths(
        &self,
        count: usize,
        warm: usize,
        horizon: usize,
        stream: &mut impl Stream,
    ) -> Vec<Vec<f64>> {
        let first = self.history.len() as f64 - warm as f64;
        let periods = || (0..warm + horizon).map(|period| first + period as f64);
        let ahead = self.curves.iter().map(|(curve, chance)| ((curve, curve.ahead(periods())), *chance));
        let curves: Vec<_> = ahead.collect();
        let levels = stratified(count.div_ceil(2), stream);
        let pair = |level| -> [Vec<f64>; 2] {
            if let Scatter::Again { piece } = self.scatter {
                let sums = self.weights(stream);
                return std::array::from_fn(|_| self.again(&sums, piece, warm + horizon, stream));
            }
            if let Scatter::Rare(rare) = &self.scatter {
                let drawn = rare.drawn(level, stream);
                return std::array::from_fn(|_| drawn.path(warm + horizon, stream));
            }
            let (curve, ahead) = one_of(&curves, stream);
            let means = curve.drawn(level, ahead, stream);
            let scatter = self.scatter.drawn(stream);
            std::array::from_fn(|_| scatter.around(&means, self.whole, stream))
        };
        levels.into_iter().flat_map(pair).collect()
    }

    /// Sums of the weights of the periods of the history, drawn: the Bayesian bootstrap of D. B. Rubin, Annals of
    /// Statistics 9 (1981).
    fn weights(&self, stream: &mut impl Stream) -> Vec<f64> {
        let mut total = 0.0;
        let mut sum = || {
            total += standard_exponential(stream);
            total
        };
        self.history.iter().map(|_| sum()).collect()
    }

    /// The history again, each period as often as its weight says.
    fn again(&self, sums: &[f64], piece: f64, periods: usize, stream: &mut impl Stream) -> Vec<f64> {
        let last = self.history.len() - 1;
        let total = sums[last];
        let mut at = 0;
        (0..periods)
            .map(|period| {
                let goes_on = piece > 1.0 && period > 0 && stream.next_f64() >= 1.0 / piece;
                at = if goes_on {
                    if at == last { 0 } else { at + 1 }
                } else {
                    let drawn = stream.next_f64() * total;
                    sums.partition_point(|&sum| sum <= drawn).min(last)
                };
                self.history[at]
            })
            .collect()
    }
}

impl Scatter {
    /// The same with its own parameters drawn from what is known of them.
    fn drawn(&self, stream: &mut impl Stream) -> Self {
        let mut normal = || quantile(stream.next_f64());
        match *self {
            Self::Counts { ratio, error } => {
                Self::Counts { ratio: 1.0 + (ratio - 1.0 + error * normal()).max(0.0), error: 0.0 }
            }
            Self::Dispersed { dispersion, error } => {
                Self::Dispersed { dispersion: dispersion * (error * normal()).exp(), error: 0.0 }
            }
            ref other => other.clone(),
        }
    }

    /// Demand around these means.
    fn around(&self, means: &[f64], whole: bool, stream: &mut impl Stream) -> Vec<f64> {
        let mut poisson = PoissonLaw::new(0.0);
        let means = means.iter().copied();
        match self {
            Self::Counts { ratio, .. } => {
                let excess = ratio - 1.0;
                means.map(|mean| negative_binomial(mean, excess / mean.max(1e-9), stream)).collect()
            }
            Self::Dispersed { dispersion, .. } => {
                means.map(|mean| negative_binomial(mean, *dispersion, stream)).collect()
            }
            Self::Law(law) => means.map(|mean| law.sample(mean, &mut poisson, stream).max(0.0)).collect(),
            Self::Residuals(residuals) => means
                .map(|mean| {
                    let residual = residuals[place(residuals.len(), stream)];
                    let value = (mean + residual * mean.sqrt()).max(0.0);
                    if whole { value.round() } else { value }
                })
                .collect(),
            // These need no means: whole paths are drawn.
            Self::Again { .. } | Self::Rare(_) => means.collect(),
        }
    }
}

/// The means that may be true: all candidates of the fit where it has seen enough to weigh them, else what it found.
fn curves(found: &Fit, history: &[f64], scale: f64, steady: bool) -> Vec<(Curve, f64)> {
    let curve = |config: &DemandConfig| Curve::of(config, history, scale);
    if steady || history.len() < ENOUGH {
        return vec![(curve(&found.config), 1.0)];
    }
    found.candidates.iter().map(|Candidate { config, chance }| (curve(config), *chance)).collect()
}

/// One of several, each as often as its chance says.
fn one_of<'a, T>(several: &'a [(T, f64)], stream: &mut impl Stream) -> &'a T {
    // Where there is nothing to choose nothing is drawn.
    let mut left = if several.len() == 1 { 0.0 } else { stream.next_f64() };
    let drawn = several.iter().find(|(_, chance)| {
        left -= chance;
        left < 0.0
    });
    &drawn.unwrap_or(&several[0]).0
}

/// Negative binomial counts, where the fit chose that law and the history does not speak against it.
fn dispersed(found: &Fit, history: &[f64]) -> Option<Scatter> {
    let Law::NegativeBinomial { dispersion } = found.law else { return None };
    let mean = history.iter().sum::<f64>() / history.len() as f64;
    let law = Counts { mean, dispersion };
    let error = law.error(history)?;
    law.fits(history).then_some(Scatter::Dispersed { dispersion, error })
}

fn place(length: usize, stream: &mut impl Stream) -> usize {
    ((stream.next_f64() * length as f64) as usize).min(length - 1)
}

pub(crate) fn variance(values: &[f64]) -> f64 {
    let count = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / count;
    values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count
}

#[cfg(test)]
mod tests {
    use invmgmt::random::Pcg64;

    use super::*;

    fn drawn(periods: usize, mean: impl Fn(usize) -> f64) -> Demand {
        let mut stream = Pcg64::seeded(8);
        let history: Vec<f64> = (0..periods).map(|t| PoissonLaw::new(mean(t)).sample(&mut stream)).collect();
        Demand::of(&history).unwrap()
    }

    /// Growth by three tenths in two years is neither plain nor nothing.
    #[test]
    fn means_that_may_be_true_are_all_in_the_mean_and_in_the_paths() {
        let demand = drawn(730, |t| 2.0 * (1.0 + 0.3 * t as f64 / 730.0));
        assert!(demand.curves.len() > 1);
        let of = |curve: &Curve| (730..760).map(|period| curve.mean(f64::from(period))).sum::<f64>() / 30.0;
        let means: Vec<f64> = demand.curves.iter().map(|(curve, _)| of(curve)).collect();
        let (least, most) =
            (means.iter().copied().fold(f64::MAX, f64::min), means.iter().copied().fold(0.0, f64::max));
        assert!(least < demand.mean(30) && demand.mean(30) < most);
        let paths = demand.paths(20_000, 0, 30, &mut Pcg64::seeded(1));
        let played = paths.iter().flatten().sum::<f64>() / (20_000.0 * 30.0);
        assert!((played / demand.mean(30) - 1.0).abs() < 0.005, "{played} {}", demand.mean(30));
    }

    #[test]
    fn a_short_history_is_planned_for_as_it_was_found() {
        assert_eq!(drawn(ENOUGH - 1, |_| 3.0).curves.len(), 1);
    }
}
