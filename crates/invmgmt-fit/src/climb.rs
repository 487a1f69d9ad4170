//! The curve of greatest likelihood near another one: Fisher scoring.

use crate::curve::{Bounds, Curve, MOST_MOVED};
use crate::deviance::deviance;

const MOST_STEPS: usize = 40;
const MOST_HALVINGS: usize = 12;
/// A step that gains less than this share of the deviance is the last one.
const GAIN_WORTH_A_STEP: f64 = 1e-6;

/// A curve with what the history says of it.
#[derive(Clone, Debug)]
pub(crate) struct Fitted {
    pub curve: Curve,
    /// The engine's mean per period [units / period].
    pub means: Vec<f64>,
    /// Twice the log-likelihood lost against a curve through every point, under the Poisson law.
    pub deviance: f64,
}

impl Fitted {
    pub fn of(history: &[f64], curve: Curve) -> Self {
        let means = curve.means(history.len());
        let deviance = deviance(history, &means);
        Self { curve, means, deviance }
    }

    /// The information matrix of the parameters that move the curve, and the score.
    pub fn information(&self, history: &[f64]) -> (Matrix, [f64; MOST_MOVED]) {
        let (mut information, mut score) = (Matrix::new(self.curve.moved()), [0.0; MOST_MOVED]);
        let mut gradient = [0.0; MOST_MOVED];
        for (t, (&value, &mean)) in history.iter().zip(&self.means).enumerate() {
            self.curve.gradient(t, &mut gradient);
            for row in 0..information.size {
                score[row] += (value - mean) * gradient[row];
                for column in 0..=row {
                    information.rows[row][column] += mean * gradient[row] * gradient[column];
                }
            }
        }
        (information, score)
    }
}

/// Climbs from a curve to the nearest maximum of the likelihood, its set of effects and the time of its shift kept.
pub(crate) fn climb(history: &[f64], bounds: &Bounds, from: Curve) -> Fitted {
    let mut best = Fitted::of(history, from);
    for _ in 0..MOST_STEPS {
        let (information, score) = best.information(history);
        let step = information.decomposed().solve(&score);
        let mut length = 1.0;
        let mut better = None;
        for _ in 0..MOST_HALVINGS {
            let tried = Fitted::of(history, best.curve.step(&step, length, bounds));
            if tried.deviance < best.deviance {
                better = Some(tried);
                break;
            }
            length /= 2.0;
        }
        let Some(better) = better else { break };
        let gain = best.deviance - better.deviance;
        best = better;
        if gain <= GAIN_WORTH_A_STEP * best.deviance {
            break;
        }
    }
    best
}

/// A small symmetric matrix; only the lower triangle is used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Matrix {
    pub rows: [[f64; MOST_MOVED]; MOST_MOVED],
    pub size: usize,
}

impl Matrix {
    pub fn new(size: usize) -> Self {
        Self { rows: [[0.0; MOST_MOVED]; MOST_MOVED], size }
    }

    /// Its Cholesky factor. A direction the data say nothing of is left out: it gets a step of 0.
    pub fn decomposed(mut self) -> Factor {
        for column in 0..self.size {
            let diagonal = self.rows[column][column];
            let known: f64 = self.rows[column][..column].iter().map(|entry| entry * entry).sum();
            let pivot = diagonal - known;
            let usable = pivot > 1e-12 * diagonal && pivot.is_finite();
            let root = if usable { pivot.sqrt() } else { f64::INFINITY };
            self.rows[column][column] = root;
            for row in column + 1..self.size {
                let dot: f64 = self.rows[row][..column]
                    .iter()
                    .zip(&self.rows[column][..column])
                    .map(|(a, b)| a * b)
                    .sum();
                self.rows[row][column] = (self.rows[row][column] - dot) / root;
            }
        }
        Factor(self)
    }
}

/// A Cholesky factor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Factor(Matrix);

impl Factor {
    /// The part of a vector that forward substitution gives: its squared length is v' A⁻¹ v.
    pub fn whiten(&self, vector: &[f64; MOST_MOVED]) -> [f64; MOST_MOVED] {
        let Matrix { rows, size } = &self.0;
        let mut white = [0.0; MOST_MOVED];
        for row in 0..*size {
            let dot: f64 = rows[row][..row].iter().zip(&white[..row]).map(|(a, b)| a * b).sum();
            white[row] = (vector[row] - dot) / rows[row][row];
        }
        white
    }

    /// A⁻¹ v.
    pub fn solve(&self, vector: &[f64; MOST_MOVED]) -> [f64; MOST_MOVED] {
        let Matrix { rows, size } = &self.0;
        let mut solution = self.whiten(vector);
        for row in (0..*size).rev() {
            let dot: f64 = (row + 1..*size).map(|below| rows[below][row] * solution[below]).sum();
            solution[row] = (solution[row] - dot) / rows[row][row];
        }
        solution
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_of_equations_is_solved() {
        let mut matrix = Matrix::new(2);
        matrix.rows[0][0] = 4.0;
        matrix.rows[1][0] = 2.0;
        matrix.rows[1][1] = 3.0;
        // 4x + 2y = 10, 2x + 3y = 9 by hand: x = 1.5, y = 2.
        let solution = matrix.decomposed().solve(&[10.0, 9.0, 0.0, 0.0, 0.0, 0.0]);
        assert!((solution[0] - 1.5).abs() < 1e-12 && (solution[1] - 2.0).abs() < 1e-12);
    }

    /// The maximum of the Poisson likelihood of a level is the mean, whatever the start.
    #[test]
    fn a_level_climbs_to_the_mean() {
        let history = [3.0, 0.0, 6.0, 7.0];
        let fitted = climb(&history, &Bounds::of(&history), Curve::level(40.0));
        assert!((fitted.curve.start - 4.0).abs() < 1e-6);
    }
}
