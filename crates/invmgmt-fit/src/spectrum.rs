//! Sums of waves over a history, at all frequencies at once: a fast Fourier transform.

use std::sync::Arc;

use rustfft::num_complex::Complex64;
use rustfft::{Fft, FftPlannerScalar};

/// A transform of this many places, a power of two.
pub(crate) struct Transform(Arc<dyn Fft<f64>>);

/// The sums of the products of two histories with cosine and sine, by the number of turns over all places.
pub(crate) struct Spectrum(Vec<Complex64>);

impl Transform {
    /// One of at least this many places.
    pub fn of(least: usize) -> Self {
        Self(FftPlannerScalar::new().plan_fft_forward(least.next_power_of_two().max(2)))
    }

    /// How many frequencies a whole turn per period is divided into.
    pub fn places(&self) -> usize {
        self.0.len()
    }

    /// Transforms two histories no longer than it has places, as the real and the imaginary part of one.
    pub fn spectrum(&self, pairs: impl Iterator<Item = (f64, f64)>) -> Spectrum {
        let mut numbers: Vec<Complex64> =
            pairs.map(|(first, second)| Complex64::new(first, second)).collect();
        numbers.resize(self.places(), Complex64::ZERO);
        self.0.process(&mut numbers);
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
            (f64::midpoint(there.re, back.re), (back.im - there.im) / 2.0),
            (f64::midpoint(there.im, back.im), (there.re - back.re) / 2.0),
        ]
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

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
