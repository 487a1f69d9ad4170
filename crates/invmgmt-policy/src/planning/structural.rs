//! Level, slope and cycle of a demand that nothing is known of: a structural model, followed by a Kalman filter that
//! reckons with jumps and outliers (R. J. Hyndman, A. B. Koehler, J. K. Ord and R. D. Snyder, "Forecasting with
//! Exponential Smoothing", 2008, has the trend; A. C. Harvey, "Forecasting, structural time series models and the
//! Kalman filter", 1989, the cycle).

use std::f64::consts::TAU;

/// Share of a slope that is left a period later [1].
const DAMPING: f64 = 0.9;
/// Standard deviations of the first guess, of the first slope and of the first cycle, as shares of the level [1].
const FIRST: [f64; 3] = [0.5, 0.05, 0.6];
/// Those of what a period may add to level, slope and cycle, likewise: with a cycle, less is left for the level.
const DRIFT: [f64; 3] = [0.1, 0.01, 0.02];
const DRIFT_OF_CYCLIC_LEVEL: f64 = 0.05;
/// Weight of the belief that demand scatters as a Poisson law does, in the unit that quantities are counted in
/// [periods].
const POISSON_BELIEF: f64 = 4.0;
/// Largest squared standardised error counted: an outlier says little of the scatter.
const LARGEST_ERROR: f64 = 9.0;
/// What a period may be besides a usual one, with its chance [1]: the level jumps, by this share of it as a standard
/// deviation, or the period is an outlier, its variance so many times that of others.
const KINDS: [Kind; 4] = [
    Kind { chance: 0.96, jump: 0.0, noise: 1.0 },
    Kind { chance: 0.01, jump: 1.0, noise: 1.0 },
    Kind { chance: 0.01, jump: 4.0, noise: 1.0 },
    Kind { chance: 0.02, jump: 0.0, noise: 20.0 },
];
/// Periods of the cycles that are looked for; the first model has none.
const CYCLES: [f64; 7] = [f64::INFINITY, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0];
/// Belief in a cycle, before anything is seen [1].
const CYCLIC: f64 = 0.7;
/// Share of what was learnt of the models' worth that is left a period later [1].
const REMEMBERED: f64 = 0.98;

/// What a period may be.
struct Kind {
    chance: f64,
    jump: f64,
    noise: f64,
}

/// State: level, slope, cycle, and the cycle a quarter of it later.
type State = [f64; 4];
type Square = [State; 4];

/// What one model knows of a link's demand.
#[derive(Clone, Debug)]
struct Filter {
    /// Level before the first sale [units / period], and unit that quantities seem counted in then [units] -- constant.
    first_guess: f64,
    first_unit: f64,
    /// Periods of a cycle; without one infinite -- constant.
    cycle: f64,
    /// The unit that quantities seem counted in [units].
    unit: f64,
    state: State,
    /// Variances and covariances of the state's errors.
    errors: Square,
    /// Squared standardised errors seen, and how many.
    scatter: (f64, f64),
}

impl Filter {
    fn new(first_guess: f64, unit: f64, cycle: f64) -> Self {
        let first_guess = first_guess.max(unit);
        let mut errors = [[0.0; 4]; 4];
        let [level, slope, wave] = FIRST.map(|share| (share * first_guess).powi(2));
        (errors[0][0], errors[1][1]) = (level, slope);
        if cycle.is_finite() {
            (errors[2][2], errors[3][3]) = (wave, wave);
        }
        Self {
            first_guess,
            first_unit: unit,
            cycle,
            unit,
            state: [first_guess, 0.0, 0.0, 0.0],
            errors,
            scatter: (0.0, 0.0),
        }
    }

    fn forget(&mut self) {
        *self = Self::new(self.first_guess, self.first_unit, self.cycle);
    }

    fn mean(&self) -> f64 {
        (self.state[0] + self.state[2]).max(0.0)
    }

    /// Variance of that mean's error.
    fn mean_error(&self) -> f64 {
        self.errors[0][0] + 2.0 * self.errors[0][2] + self.errors[2][2]
    }

    /// The mean, or if that is less the unit [units / period].
    fn scale(&self) -> f64 {
        self.mean().max(self.unit)
    }

    fn level(&self) -> f64 {
        self.state[0].max(self.unit)
    }

    /// Variance of a draw around the mean; at least that of a mean of one unit.
    fn noise(&self) -> f64 {
        let dispersion = (POISSON_BELIEF + self.scatter.0) / (POISSON_BELIEF + self.scatter.1);
        dispersion * self.scale() * self.unit
    }

    /// A vector of the state a period later.
    fn stepped(&self, [level, slope, wave, later]: State) -> State {
        let (sine, cosine) = if self.cycle.is_finite() { (TAU / self.cycle).sin_cos() } else { (0.0, 1.0) };
        [level + DAMPING * slope, DAMPING * slope, cosine * wave + sine * later, cosine * later - sine * wave]
    }

    /// On to the next period.
    fn step(&mut self) {
        let level = self.level();
        self.state = self.stepped(self.state);
        for row in 0..4 {
            self.errors[row] = self.stepped(self.errors[row]);
        }
        for column in 0..4 {
            let stepped = self.stepped([0, 1, 2, 3].map(|row| self.errors[row][column]));
            (0..4).for_each(|row| self.errors[row][column] = stepped[row]);
        }
        let [own, slope, wave] = DRIFT.map(|share| (share * level).powi(2));
        self.errors[1][1] += slope;
        if self.cycle.is_finite() {
            self.errors[0][0] += (DRIFT_OF_CYCLIC_LEVEL * level).powi(2);
            self.errors[2][2] += wave;
            self.errors[3][3] += wave;
        } else {
            self.errors[0][0] += own;
        }
    }

    /// Learns from a period's demand; logarithm of how likely it was. The level may have jumped, or the period may be
    /// an outlier: what is known after each is put together to one mean and variance (P. J. Harrison and C. F. Stevens,
    /// "Bayesian forecasting", 1976).
    fn learn(&mut self, demand: f64) -> f64 {
        let (error, noise) = (demand - self.mean(), self.noise());
        let jumps = KINDS.map(|kind| (kind.jump * self.level()).powi(2));
        // Logarithms: of an error that none of them expects, one is still the likeliest.
        let likely = |(kind, jump): (&Kind, f64)| {
            let variance = self.mean_error() + jump + kind.noise * noise;
            kind.chance.ln() - 0.5 * (error * error / variance + variance.ln())
        };
        let logs: Vec<f64> = KINDS.iter().zip(jumps).map(likely).collect();
        let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let chances: Vec<f64> = logs.iter().map(|log| (log - most).exp()).collect();
        let total: f64 = chances.iter().sum();
        let usual = chances[0] / total;
        let square = error * error / (self.mean_error() + self.scale() * self.unit);
        self.scatter.0 += usual * square.min(LARGEST_ERROR);
        self.scatter.1 += usual;
        let after = KINDS.iter().zip(jumps).zip(chances).map(|((kind, jump), chance)| {
            let (state, errors) = self.corrected(error, jump, kind.noise * noise);
            (chance / total, state, errors)
        });
        let after: Vec<(f64, State, Square)> = after.collect();
        self.put_together(&after);
        self.state[0] = self.state[0].max(0.0);
        most + total.ln()
    }

    /// One mean and variance for these, each with its chance.
    fn put_together(&mut self, parts: &[(f64, State, Square)]) {
        self.state = [0, 1, 2, 3].map(|at| parts.iter().map(|(chance, state, _)| chance * state[at]).sum());
        for row in 0..4 {
            for column in 0..4 {
                let of = |(chance, state, errors): &(f64, State, Square)| {
                    let apart = (state[row] - self.state[row]) * (state[column] - self.state[column]);
                    chance * (errors[row][column] + apart)
                };
                self.errors[row][column] = parts.iter().map(of).sum();
            }
        }
    }

    /// The state and its errors after an error of the mean was seen, where the level has jumped by so much [units^2].
    fn corrected(&self, error: f64, jump: f64, noise: f64) -> (State, Square) {
        let mut errors = self.errors;
        errors[0][0] += jump;
        let with_mean = [0, 1, 2, 3].map(|row| errors[row][0] + errors[row][2]);
        let total = with_mean[0] + with_mean[2] + noise;
        let mut state = self.state;
        for row in 0..4 {
            state[row] += with_mean[row] / total * error;
            for column in 0..4 {
                errors[row][column] -= with_mean[row] * with_mean[column] / total;
            }
        }
        (state, errors)
    }

    /// Mean of each period to come, and variance of the demand added up until then: its noise, and the errors of the
    /// state, which all periods share.
    fn foresee(&self, sentiments: &[f64], mut write: impl FnMut(usize, f64, f64)) {
        let mut ahead = self.clone();
        let mut variance = 0.0;
        // Covariance of the sum so far with the state.
        let mut with_sum = [0.0; 4];
        for (period, sentiment) in sentiments.iter().enumerate() {
            if period > 0 {
                with_sum = self.stepped(with_sum);
                ahead.step();
            }
            variance += sentiment * sentiment * (ahead.mean_error() + ahead.noise())
                + 2.0 * sentiment * (with_sum[0] + with_sum[2]);
            for (row, with) in with_sum.iter_mut().enumerate() {
                *with += sentiment * (ahead.errors[row][0] + ahead.errors[row][2]);
            }
            write(period, sentiment * ahead.mean(), variance.max(0.0));
        }
    }
}

/// Models of one link's demand, weighed by how well they predicted it.
#[derive(Clone, Debug)]
pub(super) struct Bank {
    filters: Vec<Filter>,
    /// Logarithms of what was seen under each, up to a constant.
    log_weights: Vec<f64>,
}

impl Bank {
    pub fn new(first_guess: f64, unit: f64) -> Self {
        let filters = CYCLES.map(|cycle| Filter::new(first_guess, unit, cycle));
        Self { log_weights: vec![0.0; filters.len()], filters: filters.to_vec() }
    }

    pub fn forget(&mut self) {
        self.filters.iter_mut().for_each(Filter::forget);
        self.log_weights.fill(0.0);
    }

    /// Begins anew at another level, as far as this episode goes.
    pub fn begin_at(&mut self, level: f64, unit: f64) {
        for filter in &mut self.filters {
            let (first_guess, first_unit) = (filter.first_guess, filter.first_unit);
            *filter = Filter { first_guess, first_unit, ..Filter::new(level, unit, filter.cycle) };
        }
    }

    pub fn unit(&self) -> f64 {
        self.filters[0].unit
    }

    /// Probability of each model, given what was seen.
    fn weights(&self) -> Vec<f64> {
        let cycles = (self.filters.len() - 1) as f64;
        let belief = |place: usize| if place == 0 { 1.0 - CYCLIC } else { CYCLIC / cycles };
        let most = self.log_weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weights = self.log_weights.iter().enumerate();
        let weights: Vec<f64> = weights.map(|(place, log)| belief(place) * (log - most).exp()).collect();
        let total: f64 = weights.iter().sum();
        weights.into_iter().map(|weight| weight / total).collect()
    }

    /// Learns from a period's demand and moves on; logarithm of how likely it was.
    pub fn learn(&mut self, demand: f64) -> f64 {
        let weights = self.weights();
        let mut seen = Vec::with_capacity(weights.len());
        for ((filter, log_weight), weight) in self.filters.iter_mut().zip(&mut self.log_weights).zip(weights)
        {
            let log = filter.learn(demand);
            filter.step();
            *log_weight = REMEMBERED * *log_weight + log;
            seen.push((weight, log));
        }
        let most = seen.iter().map(|&(_, log)| log).fold(f64::NEG_INFINITY, f64::max);
        let chance: f64 = seen.iter().map(|(weight, log)| weight * (log - most).exp()).sum();
        most + chance.max(f64::MIN_POSITIVE).ln()
    }

    /// Mean of each period to come, and variance of the demand added up until then, within the models and between them.
    pub fn foresee(&self, sentiments: &[f64], mut write: impl FnMut(usize, f64, f64)) {
        let mut found = vec![(0.0, 0.0); sentiments.len()];
        let mut sums = vec![0.0; sentiments.len() * self.filters.len()];
        let weights = self.weights();
        for (place, (filter, weight)) in self.filters.iter().zip(&weights).enumerate() {
            let mut sum = 0.0;
            filter.foresee(sentiments, |period, mean, variance| {
                sum += mean;
                sums[place * sentiments.len() + period] = sum;
                found[period].0 += weight * mean;
                found[period].1 += weight * variance;
            });
        }
        let mut total = 0.0;
        for (period, (mean, within)) in found.into_iter().enumerate() {
            total += mean;
            let apart = |place: usize| (sums[place * sentiments.len() + period] - total).powi(2);
            let between: f64 = weights.iter().enumerate().map(|(place, weight)| weight * apart(place)).sum();
            write(period, mean, within + between);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_that_is_sure_of_nothing_follows_the_first_demand_it_sees() {
        let mut filter = Filter::new(20.0, 1.0, f64::INFINITY);
        filter.errors[0][0] = 1e12;
        filter.learn(50.0);
        assert!((filter.state[0] - 50.0).abs() < 1e-3, "{filter:?}");
    }

    #[test]
    fn the_variance_of_a_sum_adds_the_noise_once_per_period_and_the_shared_error_squared() {
        let mut filter = Filter::new(20.0, 1.0, f64::INFINITY);
        filter.errors = [[0.0; 4]; 4];
        filter.errors[0][0] = 4.0;
        let mut found = Vec::new();
        filter.foresee(&[1.0, 1.0], |_, mean, variance| found.push((mean, variance)));
        assert_eq!(found[0], (20.0, 24.0), "the level's error and one draw");
        // The level's error counts in both periods; in the second the drift of one period counts, too.
        let expected = 4.0 * 4.0 + 2.0 * 20.0 + (DRIFT[0] * 20.0).powi(2);
        assert!((found[1].1 - expected).abs() < 1e-9, "{} and {expected}", found[1].1);
    }

    /// By hand, without noise to speak of: a quarter of a cycle later, a wave at its height is at 0.
    #[test]
    fn a_cycle_turns_once_in_its_periods() {
        let filter = Filter::new(20.0, 1.0, 8.0);
        let mut state = [20.0, 0.0, 5.0, 0.0];
        let waves: Vec<f64> = (0..8)
            .map(|_| {
                state = filter.stepped(state);
                state[2]
            })
            .collect();
        for (at, expected) in [(1, 0.0), (3, -5.0), (5, 0.0), (7, 5.0)] {
            assert!((waves[at] - expected).abs() < 1e-12, "{waves:?}");
        }
    }

    #[test]
    fn a_jump_is_believed_at_once_and_an_outlier_forgotten() {
        let mut bank = Bank::new(10.0, 1.0);
        (0..20).for_each(|_| _ = bank.learn(10.0));
        let next = |bank: &Bank| {
            let mut mean = 0.0;
            bank.foresee(&[1.0], |_, found, _| mean = found);
            mean
        };
        assert!((next(&bank) - 10.0).abs() < 1.0, "{}", next(&bank));
        let mut stays = bank.clone();
        (0..2).for_each(|_| _ = stays.learn(50.0));
        assert!(next(&stays) > 42.0, "two periods later {}", next(&stays));
        bank.learn(50.0);
        (0..3).for_each(|_| _ = bank.learn(10.0));
        assert!(next(&bank) < 14.0, "{}", next(&bank));
    }

    #[test]
    fn demand_a_thousand_times_as_large_overnight_is_followed() {
        let mut bank = Bank::new(10.0, 1.0);
        (0..20).for_each(|_| _ = bank.learn(10.0));
        let seen: Vec<f64> = (0..3).map(|_| bank.learn(10_000.0)).collect();
        assert!(seen.iter().all(|log| log.is_finite()), "{seen:?}");
        bank.foresee(&[1.0], |_, mean, _| assert!((5_000.0..20_000.0).contains(&mean), "{mean}"));
    }

    /// Three cycles of 16 periods foretell the fourth better than their mean does.
    #[test]
    fn a_cycle_that_was_seen_is_foreseen() {
        let mut bank = Bank::new(20.0, 1.0);
        let demand = |period: usize| 20.0 + 10.0 * (TAU * period as f64 / 16.0).sin();
        (0..48).for_each(|period| _ = bank.learn(demand(period)));
        let mut worst: f64 = 0.0;
        bank.foresee(&[1.0; 12], |ahead, mean, _| worst = worst.max((mean - demand(48 + ahead)).abs()));
        assert!(worst < 5.0, "{worst}");
    }
}
