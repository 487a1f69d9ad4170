//! Sums of waves over a history, at all frequencies at once: the fast Fourier transform of J. W. Cooley and J. W.
//! Tukey, Mathematics of Computation 19 (1965).

use std::f64::consts::TAU;

/// A transform of this many places, a power of two.
pub(crate) struct Transform {
    /// Cosine and sine of each part of a turn that is needed.
    turns: Vec<(f64, f64)>,
    places: usize,
}

/// The sums of the products of two histories with cosine and sine, by the number of turns over all places.
pub(crate) struct Spectrum(Vec<(f64, f64)>);

impl Transform {
    /// One of at least this many places.
    pub fn of(least: usize) -> Self {
        let places = least.next_power_of_two().max(2);
        let turn = |place: usize| {
            let (sine, cosine) = (TAU * place as f64 / places as f64).sin_cos();
            (cosine, sine)
        };
        Self { turns: (0..places / 2).map(turn).collect(), places }
    }

    /// How many frequencies a whole turn per period is divided into.
    pub fn places(&self) -> usize {
        self.places
    }

    /// Transforms two histories no longer than it has places.
    pub fn spectrum(&self, pairs: impl Iterator<Item = (f64, f64)>) -> Spectrum {
        let bits = self.places.trailing_zeros();
        let mut numbers = vec![(0.0, 0.0); self.places];
        for (place, pair) in pairs.enumerate() {
            numbers[place.reverse_bits() >> (usize::BITS - bits)] = pair;
        }
        let mut half = 1;
        while half < self.places {
            let stride = self.places / (2 * half);
            for block in numbers.chunks_exact_mut(2 * half) {
                let (low, high) = block.split_at_mut(half);
                let turns = self.turns.iter().step_by(stride);
                for ((low, high), (cosine, sine)) in low.iter_mut().zip(high).zip(turns) {
                    let turned = (high.0 * cosine + high.1 * sine, high.1 * cosine - high.0 * sine);
                    *high = (low.0 - turned.0, low.1 - turned.1);
                    *low = (low.0 + turned.0, low.1 + turned.1);
                }
            }
            half *= 2;
        }
        Spectrum(numbers)
    }
}

impl Spectrum {
    /// Of the first and of the second history: its sum with the cosine and with the sine of so many turns.
    pub fn at(&self, turns: usize) -> [(f64, f64); 2] {
        let places = self.0.len();
        let (there, back) = (self.0[turns % places], self.0[(places - turns % places) % places]);
        // The transform of real numbers at the frequency turned back is the conjugate.
        [
            (f64::midpoint(there.0, back.0), (back.1 - there.1) / 2.0),
            (f64::midpoint(there.1, back.1), (there.0 - back.0) / 2.0),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each sum as the definition has it.
    #[test]
    fn sums_of_waves_are_those_of_the_definition() {
        let first: Vec<f64> = (0..11).map(|t| f64::from(t * t % 7)).collect();
        let second: Vec<f64> = (0..11).map(|t| f64::from(t * 5 % 11) - 4.0).collect();
        let transform = Transform::of(22);
        assert_eq!(transform.places(), 32);
        let spectrum = transform.spectrum(first.iter().copied().zip(second.iter().copied()));
        for turns in 0..70 {
            let sum = |history: &[f64], wave: fn(f64) -> f64| -> f64 {
                let part = |(t, value): (usize, &f64)| value * wave(TAU * (turns * t) as f64 / 32.0);
                history.iter().enumerate().map(part).sum()
            };
            let found = spectrum.at(turns);
            for (found, history) in found.into_iter().zip([&first, &second]) {
                assert!((found.0 - sum(history, f64::cos)).abs() < 1e-11, "{turns}");
                assert!((found.1 - sum(history, f64::sin)).abs() < 1e-11, "{turns}");
            }
        }
    }
}
