//! What a history says of the demand to come, and how sure it is: paths drawn from the predictive distribution.
//!
//! Every path has parameters of its own, drawn from what the history leaves open (its level, line, season and scatter),
//! and then demand drawn by them. Levels that hold on average over such paths allow for a history that misleads; levels
//! made from the best estimate alone are too low as often as too high, and too low costs more service than too high
//! gains.

use invmgmt::law::Law;
use invmgmt::random::{PoissonLaw, Stream, negative_binomial, standard_exponential};
use invmgmt_fit::{Fit, FitError, Outcome, Settings, fit};

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
    /// The mean and its uncertainty.
    curve: Curve,
    scatter: Scatter,
}

/// How demand scatters around its mean.
#[derive(Clone, Debug, PartialEq)]
enum Scatter {
    /// Counts whose variance is this many times the mean, >= 1; and the relative error of what exceeds 1.
    Counts { ratio: f64, error: f64 },
    /// Counts by a law of the engine.
    Law(Law),
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
            curve: Curve::level(level, shape),
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
        let curve = if moves {
            Curve::moving(&found.config, history, ratio.max(1e-6) * inflation)
        } else {
            let total: f64 = history.iter().sum();
            Curve::level(total / periods, (total / (ratio.max(1e-6) * inflation)).max(0.5))
        };
        Self { history: history.to_vec(), begins: found.begins, whole, fit: Some(found), curve, scatter }
    }

    /// Demand from the period on in which the item began to sell [units].
    pub fn history(&self) -> &[f64] {
        &self.history
    }

    /// Whether the history leaves much open that moves the levels: a scatter beyond the Poisson law's, a line.
    pub fn is_unsure(&self) -> bool {
        let grows = |fit: &Fit| fit.config.effects.trend || fit.config.effects.shock;
        !matches!(self.scatter, Scatter::Counts { .. }) || self.fit.as_ref().is_some_and(grows)
    }

    /// Mean demand expected over the next periods [units / period].
    pub fn mean(&self, horizon: usize) -> f64 {
        let from = self.history.len();
        (from..from + horizon).map(|period| self.curve.mean(period as f64)).sum::<f64>()
            / horizon.max(1) as f64
    }

    /// Standard deviation of demand in a period, the scatter alone [units].
    pub fn deviation(&self, horizon: usize) -> f64 {
        let mean = self.mean(horizon);
        let variance = match &self.scatter {
            Scatter::Counts { ratio, .. } => ratio * mean,
            Scatter::Law(law) => law.variance(mean),
            Scatter::Again { .. } => variance(&self.history),
            Scatter::Residuals(residuals) => variance(residuals) * mean,
        };
        variance.sqrt()
    }

    /// Paths of demand over the next periods, the last `warm` ones before them first [units].
    ///
    /// The levels of the paths are spread evenly over their distribution, so that few paths stand for it.
    pub fn paths(
        &self,
        count: usize,
        warm: usize,
        horizon: usize,
        stream: &mut impl Stream,
    ) -> Vec<Vec<f64>> {
        let first = self.history.len() as f64 - warm as f64;
        let ahead = self.curve.ahead((0..warm + horizon).map(|period| first + period as f64));
        let levels = stratified(count, stream);
        let path = |level| {
            if let Scatter::Again { piece } = self.scatter {
                return self.again(piece, warm + horizon, stream);
            }
            let means = self.curve.drawn(level, &ahead, stream);
            self.scattered(means, stream)
        };
        levels.into_iter().map(path).collect()
    }

    fn scattered(&self, means: Vec<f64>, stream: &mut impl Stream) -> Vec<f64> {
        let mut poisson = PoissonLaw::new(0.0);
        match &self.scatter {
            Scatter::Counts { ratio, error } => {
                let excess = (ratio - 1.0 + error * quantile(stream.next_f64())).max(0.0);
                let draw = |mean: f64| negative_binomial(mean, excess / mean.max(1e-9), stream);
                means.into_iter().map(draw).collect()
            }
            Scatter::Law(law) => {
                means.into_iter().map(|mean| law.sample(mean, &mut poisson, stream)).collect()
            }
            Scatter::Residuals(residuals) => means
                .into_iter()
                .map(|mean| {
                    let residual = residuals[place(residuals.len(), stream)];
                    let value = (mean + residual * mean.sqrt()).max(0.0);
                    if self.whole { value.round() } else { value }
                })
                .collect(),
            Scatter::Again { .. } => means,
        }
    }

    /// The history again, each period with a weight of its own that is drawn once per path: the Bayesian bootstrap of
    /// D. B. Rubin, Annals of Statistics 9 (1981).
    fn again(&self, piece: f64, periods: usize, stream: &mut impl Stream) -> Vec<f64> {
        let mut sums = Vec::with_capacity(self.history.len());
        let mut total = 0.0;
        for _ in &self.history {
            total += standard_exponential(stream);
            sums.push(total);
        }
        let last = self.history.len() - 1;
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

fn place(length: usize, stream: &mut impl Stream) -> usize {
    ((stream.next_f64() * length as f64) as usize).min(length - 1)
}

pub(crate) fn variance(values: &[f64]) -> f64 {
    let count = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / count;
    values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count
}
