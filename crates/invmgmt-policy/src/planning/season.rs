//! Demand that repeats itself: found by how well what was sold so many periods ago tells what is sold today.
//!
//! Every lag is a model of its own: the mean of the last three periods that lie one, two and three lags back. Models
//! are weighed by how well they predicted so far (A. P. Dawid, "Present position and potential developments: the
//! prequential approach", 1984) beside the one that knows no season, which a lag has to outdo by more than the luck of
//! the best of all lags.

/// Belief, before anything is seen, that demand repeats itself with one particular lag, beside none [1].
const BELIEF: f64 = 1.0 / 400.0;
/// Periods of a lag that are averaged, at most.
const CYCLES: usize = 3;
/// Weight of the belief that a period differs from the mean of those before it as two Poisson draws do [periods].
const SCATTER_BELIEF: f64 = 4.0;
const FIRST_SCATTER: f64 = 2.0;
/// Largest squared standardised error counted.
const LARGEST_ERROR: f64 = 25.0;
/// Bounds of a logarithm of a weight: what is believed for sure today may end tomorrow.
const SUREST: f64 = 12.0;
/// Smallest weight that counts [1].
const COUNTS: f64 = 1e-3;

/// What a link's past says of its future.
#[derive(Clone, Debug, Default)]
pub(super) struct Seasons {
    /// Demand per unit of sentiment, period by period [units].
    history: Vec<f64>,
    /// Of each lag from 1 on: logarithm of its weight beside no season, squared standardised errors, and their number.
    lags: Vec<(f64, f64, f64)>,
}

impl Seasons {
    /// Learns from a period's demand, of which the model without season said how likely it was (logarithm); `unit` is
    /// that of a Poisson law.
    pub fn learn(&mut self, demand: f64, without: f64, unit: f64) {
        let now = self.history.len();
        for lag in 1..=self.lags.len() {
            let mean = self.mean(now, lag);
            let scale = mean.max(unit) * unit;
            let (weight, errors, count) = &mut self.lags[lag - 1];
            let scatter = (SCATTER_BELIEF * FIRST_SCATTER + *errors) / (SCATTER_BELIEF + *count);
            let error = (demand - mean).powi(2) / scale;
            *weight += log_likelihood(error * scale, scatter * scale) - without;
            *weight = weight.clamp(BELIEF.ln() - SUREST, SUREST);
            *errors += error.min(LARGEST_ERROR);
            *count += 1.0;
        }
        self.history.push(demand);
        self.lags.push((BELIEF.ln(), 0.0, 0.0));
    }

    /// The mean of what was sold whole lags before a period, which may be one to come.
    fn mean(&self, period: usize, lag: usize) -> f64 {
        let known = self.history.len();
        let first = if period < known { period - lag } else { period - lag * ((period - known) / lag + 1) };
        let cycles = CYCLES.min(first / lag + 1);
        (0..cycles).map(|back| self.history[first - back * lag]).sum::<f64>() / cycles as f64
    }

    /// The lags that count, with their weights beside that of no season, which comes first; they add up to 1.
    pub fn weights(&self) -> (f64, Vec<(usize, f64)>) {
        let total: f64 = 1.0 + self.lags.iter().map(|lag| lag.0.exp()).sum::<f64>();
        let weights = self.lags.iter().enumerate().map(|(at, lag)| (at + 1, lag.0.exp() / total));
        let counted: Vec<(usize, f64)> = weights.filter(|&(_, weight)| weight > COUNTS).collect();
        let kept = counted.iter().map(|&(_, weight)| weight).sum::<f64>() + 1.0 / total;
        let share = |(lag, weight): (usize, f64)| (lag, weight / kept);
        (1.0 / total / kept, counted.into_iter().map(share).collect())
    }

    /// Mean and variance of demand so many periods from now, by a lag.
    pub fn foresee(&self, ahead: usize, lag: usize, unit: f64) -> (f64, f64) {
        let mean = self.mean(self.history.len() + ahead, lag);
        let (_, errors, count) = self.lags[lag - 1];
        let scatter = (SCATTER_BELIEF * FIRST_SCATTER + errors) / (SCATTER_BELIEF + count);
        (mean, scatter * mean.max(unit) * unit)
    }
}

/// Logarithm of a normal density, up to a constant, where a squared error counts within bounds.
pub(super) fn log_likelihood(squared_error: f64, variance: f64) -> f64 {
    -0.5 * ((squared_error / variance).min(LARGEST_ERROR) + variance.ln())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sales of a week that repeats itself, against a model that expects their mean, with its variance.
    #[test]
    fn a_week_is_found_in_a_month_and_none_where_there_is_none() {
        let week = [2.0, 9.0, 4.0, 4.0, 12.0, 20.0, 5.0];
        let (mean, variance) = (8.0, 34.0);
        let mut seasons = Seasons::default();
        for period in 0..28 {
            let demand: f64 = week[period % 7];
            seasons.learn(demand, log_likelihood((demand - mean).powi(2), variance), 1.0);
        }
        let (none, lags) = seasons.weights();
        assert!(none < 0.05, "{none}");
        assert!(lags.iter().all(|(lag, _)| lag % 7 == 0), "{lags:?}");
        assert_eq!(seasons.foresee(4, 7, 1.0).0, 12.0);
        assert_eq!(seasons.foresee(11, 7, 1.0).0, 12.0, "a week later, too");
        let mut steady = Seasons::default();
        for period in 0..60_usize {
            // Scattered without order: squares modulo a prime.
            let demand = (period * period % 31) as f64 / 4.0 + 4.0;
            steady.learn(demand, log_likelihood((demand - 7.75).powi(2), 5.0), 1.0);
            if period == 25 {
                assert!(steady.weights().0 > 0.9, "{:?}", steady.weights());
            }
        }
    }
}
