//! Mean demand over time, and how sure the history is of it.

use invmgmt::demand::{DemandConfig, Effects};
use invmgmt::random::{Stream, standard_normal};

/// Most parameters of a mean: level, slope, amplitude, frequency, phase, shift.
const MOST: usize = 6;
/// A mean that is drawn never falls below this share of the one estimated.
const LEAST_SHARE: f64 = 0.05;

/// The mean of demand over time with its uncertainty.
#[derive(Clone, Debug)]
pub(crate) enum Curve {
    /// A steady mean [units / period] known as well as a count of so many events tells it.
    Level { mean: f64, events: f64 },
    /// A mean with effects.
    Moving(Box<Moving>),
}

/// A mean with effects, its parameters normal around their estimates.
#[derive(Clone, Debug)]
pub(crate) struct Moving {
    config: DemandConfig,
    parameters: Vec<Moved>,
    /// Lower triangle of the Cholesky factor of the parameters' information.
    factor: [[f64; MOST]; MOST],
}

/// A parameter of the mean, with the step by which derivatives are taken.
#[derive(Clone, Copy, Debug)]
struct Moved {
    get: fn(&mut DemandConfig) -> &mut f64,
    step: f64,
}

impl Curve {
    pub fn level(mean: f64, events: f64) -> Self {
        Self::Level { mean, events }
    }

    /// A mean that was fitted to a history; `scale` is the variance of the scatter over the Poisson law's.
    pub fn of(config: &DemandConfig, history: &[f64], scale: f64) -> Self {
        if config.effects != Effects::default() {
            return Self::moving(config, history, scale);
        }
        let total: f64 = history.iter().sum();
        Self::level(total / history.len() as f64, (total / scale).max(0.5))
    }

    fn moving(config: &DemandConfig, history: &[f64], scale: f64) -> Self {
        let length = history.len() as f64;
        let mut parameters = vec![Moved {
            get: |config| config.base_mu.get_or_insert(0.0),
            step: 1e-4 * config.base_mu.unwrap_or(1.0),
        }];
        if config.effects.trend {
            parameters.push(Moved { get: |config| &mut config.trend_slope, step: 1e-4 / length });
        }
        if config.effects.seasonal {
            parameters.push(Moved { get: |config| &mut config.seasonal_amp, step: 1e-4 });
            parameters.push(Moved { get: |config| &mut config.seasonal_phase, step: 1e-4 });
            parameters.push(Moved { get: |config| &mut config.seasonal_freq, step: 1e-4 / length });
        }
        if config.effects.shock {
            parameters.push(Moved { get: |config| &mut config.shock_mag, step: 1e-4 * config.shock_mag });
        }
        let mut moving = Moving { config: config.clone(), parameters, factor: [[0.0; MOST]; MOST] };
        let mut information = [[0.0; MOST]; MOST];
        let count = moving.parameters.len();
        for period in 0..history.len() {
            let slopes = moving.slopes(period as f64);
            let weight = 1.0 / (scale * moving.mean(period as f64));
            for row in 0..count {
                for column in 0..=row {
                    information[row][column] += weight * slopes[row] * slopes[column];
                }
            }
        }
        moving.factor = cholesky(information, count);
        Self::Moving(Box::new(moving))
    }

    /// The mean in a period of the history, or after it.
    pub fn mean(&self, period: f64) -> f64 {
        match self {
            Self::Level { mean, .. } => *mean,
            Self::Moving(moving) => moving.mean(period),
        }
    }

    /// The means of some periods, and how they move with the parameters.
    pub fn ahead(&self, periods: impl Iterator<Item = f64>) -> Vec<(f64, [f64; MOST])> {
        let slopes = |period| match self {
            Self::Level { .. } => [0.0; MOST],
            Self::Moving(moving) => moving.slopes(period),
        };
        periods.map(|period| (self.mean(period), slopes(period))).collect()
    }

    /// The means of periods looked [`ahead`](Self::ahead) to, with parameters drawn; `level` is a standard normal
    /// number that moves the level.
    pub fn drawn(&self, level: f64, ahead: &[(f64, [f64; MOST])], stream: &mut impl Stream) -> Vec<f64> {
        match self {
            Self::Level { mean, events } => vec![mean * gamma_share(*events, level); ahead.len()],
            Self::Moving(moving) => {
                let shift = moving.shift(level, stream);
                let drawn = |(mean, slopes): &(f64, [f64; MOST])| {
                    let moved: f64 = slopes.iter().zip(&shift).map(|(slope, shift)| slope * shift).sum();
                    (mean + moved).max(LEAST_SHARE * mean)
                };
                ahead.iter().map(drawn).collect()
            }
        }
    }
}

/// A gamma variable of this shape over its mean, by a standard normal number: the cube of E. B. Wilson and
/// M. M. Hilferty, Proceedings of the National Academy of Sciences 17 (1931).
pub(crate) fn gamma_share(shape: f64, normal: f64) -> f64 {
    if shape.is_infinite() {
        return 1.0;
    }
    let ninth = 1.0 / (9.0 * shape);
    (1.0 - ninth + normal * ninth.sqrt()).max(0.0).powi(3)
}

impl Moving {
    fn mean(&self, period: f64) -> f64 {
        self.config.mean(period as usize, None, 1.0)
    }

    /// How the mean of a period moves with each parameter.
    fn slopes(&self, period: f64) -> [f64; MOST] {
        let mut slopes = [0.0; MOST];
        let mut config = self.config.clone();
        let mean = self.mean(period);
        for (slope, moved) in slopes.iter_mut().zip(&self.parameters) {
            let value = *(moved.get)(&mut config);
            *(moved.get)(&mut config) = value + moved.step;
            *slope = (config.mean(period as usize, None, 1.0) - mean) / moved.step;
            *(moved.get)(&mut config) = value;
        }
        slopes
    }

    /// How far the parameters lie from their estimates: normal, with the information of the history.
    fn shift(&self, level: f64, stream: &mut impl Stream) -> [f64; MOST] {
        let count = self.parameters.len();
        let mut shift = [0.0; MOST];
        shift[0] = level;
        for number in &mut shift[1..count] {
            *number = standard_normal(stream);
        }
        for row in (0..count).rev() {
            let above: f64 = (row + 1..count).map(|other| self.factor[other][row] * shift[other]).sum();
            shift[row] =
                if self.factor[row][row] > 0.0 { (shift[row] - above) / self.factor[row][row] } else { 0.0 };
        }
        shift
    }
}

/// The Cholesky factor; a direction the history says nothing of has an entry 0 and is left alone.
fn cholesky(mut matrix: [[f64; MOST]; MOST], count: usize) -> [[f64; MOST]; MOST] {
    for column in 0..count {
        let before: f64 = (0..column).map(|other| matrix[column][other].powi(2)).sum();
        let left = matrix[column][column] - before;
        let pivot = if left > 1e-12 * matrix[column][column] { left.sqrt() } else { 0.0 };
        matrix[column][column] = pivot;
        for row in column + 1..count {
            let before: f64 = (0..column).map(|other| matrix[row][other] * matrix[column][other]).sum();
            matrix[row][column] = if pivot > 0.0 { (matrix[row][column] - before) / pivot } else { 0.0 };
        }
    }
    matrix
}
