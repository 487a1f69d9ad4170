//! Parameters of the effects with their standard errors.

use std::f64::consts::PI;

use crate::climb::Fitted;
use crate::curve::MOST_MOVED;
use crate::search::{SEASON, SHIFT, TREND};

/// A parameter of an effect.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Its name: `slope`, `period`, `amplitude`, `time`, `factor`.
    pub name: &'static str,
    /// Its value.
    pub value: f64,
    /// Its standard error; none where it was searched rather than estimated, or rounded.
    pub error: Option<f64>,
}

/// The parameters of an effect of a curve; `scale` is the variance of the scatter over the Poisson law's, as it falls
/// on this effect. Errors follow from the information matrix by the delta method.
pub(crate) fn estimates(history: &[f64], fitted: &Fitted, effect: usize, scale: f64) -> Vec<Estimate> {
    let curve = &fitted.curve;
    let factor = fitted.information(history).0.decomposed();
    let error = |derivatives: &[(usize, f64)]| {
        let mut vector = [0.0; MOST_MOVED];
        for &(place, derivative) in derivatives {
            vector[place] = derivative;
        }
        let white = factor.whiten(&vector);
        Some((scale * white.iter().map(|entry| entry * entry).sum::<f64>()).sqrt())
    };
    let season_place = 1 + usize::from(curve.growth.is_some());
    match (effect, curve.growth, curve.season, curve.shift) {
        (TREND, Some(growth), ..) => {
            let slope = growth / curve.start;
            let error = error(&[(0, -slope / curve.start), (1, 1.0 / curve.start)]);
            vec![Estimate { name: "slope", value: slope, error }]
        }
        (SEASON, _, Some(season), _) => {
            let amplitude = season.sine.hypot(season.cosine);
            let period = 2.0 * PI / season.frequency;
            let of_period =
                if season.held { None } else { error(&[(season_place + 2, period / season.frequency)]) };
            let direction = [
                (season_place, season.sine / amplitude.max(f64::MIN_POSITIVE)),
                (season_place + 1, season.cosine / amplitude.max(f64::MIN_POSITIVE)),
            ];
            vec![
                Estimate { name: "period", value: period, error: of_period },
                Estimate { name: "amplitude", value: amplitude, error: error(&direction) },
            ]
        }
        (SHIFT, .., Some(shift)) => {
            let value = shift.log_factor.exp();
            vec![
                Estimate { name: "time", value: shift.time as f64, error: None },
                Estimate { name: "factor", value, error: error(&[(curve.moved() - 1, value)]) },
            ]
        }
        _ => Vec::new(),
    }
}
