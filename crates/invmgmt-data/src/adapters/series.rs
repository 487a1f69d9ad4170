//! A series of demand: cut at zero, scaled, measured.

use super::AdapterError;

/// Means below this count as this where something is divided by them.
pub(super) const SMALLEST_MEAN: f64 = 1e-9;

/// What a series is like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    /// Mean [units / period].
    pub mean: f64,
    /// Standard deviation over the periods, divided by their number [units / period].
    pub std: f64,
    /// Standard deviation / mean.
    pub cv: f64,
}

/// A series ready to be played.
#[derive(Clone, Debug, PartialEq)]
pub struct Prepared {
    /// The values [units / period], one per period.
    pub values: Vec<f64>,
    /// What the values are like.
    pub figures: Figures,
    /// What was changed, in sentences.
    pub notes: Vec<String>,
}

/// Values below 0 become 0; then all are multiplied so that their mean is the one asked for.
///
/// `what` names the series in messages.
///
/// # Errors
/// [`AdapterError::Argument`]: no values, a value that is not finite, a mean that is negative or not finite, zeros to
/// be scaled.
pub fn prepare_series(
    what: &str,
    mut values: Vec<f64>,
    scale_to_mean: Option<f64>,
) -> Result<Prepared, AdapterError> {
    let refused = |message: String| Err(AdapterError::Argument(format!("{what}: {message}")));
    if values.is_empty() {
        return refused("the series is empty; expected at least one value".into());
    }
    if let Some(position) = values.iter().position(|value| !value.is_finite()) {
        return refused(format!("value {position} is {}; expected finite numbers", values[position]));
    }
    let mut notes = Vec::new();
    let negative = values.iter().filter(|value| **value < 0.0).count();
    if negative > 0 {
        let lost: f64 = values.iter().filter(|value| **value < 0.0).sum();
        for value in &mut values {
            *value = value.max(0.0);
        }
        notes.push(format!("{what}: {negative} negative value(s), together {lost}, became 0"));
    }
    if let Some(wanted) = scale_to_mean {
        if !(wanted.is_finite() && wanted >= 0.0) {
            return refused(format!("scale_to_mean is {wanted}; expected a finite number >= 0"));
        }
        let found = mean(&values);
        if found <= 0.0 {
            return refused(format!("all values are 0 and cannot be scaled to a mean of {wanted}"));
        }
        let factor = wanted / found;
        for value in &mut values {
            *value *= factor;
        }
        if factor != 1.0 {
            notes.push(format!("{what}: scaled by {factor} from a mean of {found} to {wanted}"));
        }
    }
    Ok(Prepared { figures: figures(&values), values, notes })
}

/// Mean, population standard deviation and coefficient of variation.
pub fn figures(values: &[f64]) -> Figures {
    let mean = mean(values);
    let squares: Vec<f64> = values.iter().map(|value| (value - mean) * (value - mean)).collect();
    let std = (sum(&squares) / values.len() as f64).sqrt();
    Figures { mean, std, cv: std / mean.max(SMALLEST_MEAN) }
}

fn mean(values: &[f64]) -> f64 {
    sum(values) / values.len() as f64
}

/// A sum in numpy's order: eight partial sums over blocks of up to 128, larger ones halved. The last bit of a mean
/// depends on the order, and scaled series are to equal those made with numpy.
fn sum(values: &[f64]) -> f64 {
    const BLOCK: usize = 128;
    if values.len() < 8 {
        // numpy begins with a negative zero, which is the one that changes no sum.
        return values.iter().fold(-0.0, |total, value| total + value);
    }
    if values.len() > BLOCK {
        let half = values.len() / 2;
        let (first, second) = values.split_at(half - half % 8);
        return sum(first) + sum(second);
    }
    let mut blocks = values.chunks_exact(8);
    let mut partial = [0.0; 8];
    partial.copy_from_slice(blocks.next().expect("at least eight values"));
    for block in &mut blocks {
        partial.iter_mut().zip(block).for_each(|(total, value)| *total += value);
    }
    let [a, b, c, d, e, f, g, h] = partial;
    blocks.remainder().iter().fold(((a + b) + (c + d)) + ((e + f) + (g + h)), |total, value| total + value)
}
