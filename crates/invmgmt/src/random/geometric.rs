//! Geometric draws as numpy makes them: by search for large chances, by inversion of an exponential for small ones.

use super::{Stream, standard_exponential};

/// One draw of the number of trials up to and with the first success, whose chance is `p` in (0, 1]: 1, 2, ...
pub fn geometric<S: Stream + ?Sized>(p: f64, stream: &mut S) -> f64 {
    // numpy's own constant for a third.
    if p >= 0.333_333_333_333_333_3 { search(p, stream) } else { invert(p, stream) }
}

fn search<S: Stream + ?Sized>(p: f64, stream: &mut S) -> f64 {
    let u = stream.next_f64();
    let (mut trials, mut probability, mut below) = (1.0, p, p);
    // Where what is added no longer counts, the rest of the tail is beyond the reach of doubles.
    while u > below && probability > 0.0 {
        probability *= 1.0 - p;
        below += probability;
        trials += 1.0;
    }
    trials
}

fn invert<S: Stream + ?Sized>(p: f64, stream: &mut S) -> f64 {
    (-standard_exponential(stream) / (-p).ln_1p()).ceil()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Pcg64;

    /// numpy 2.4.6: `default_rng(17)`, 5000 of `geometric(p)`: the first five and the sum; then `random()`.
    #[test]
    fn draws_are_numpys_in_both_methods() {
        let published = [
            (0.9, [1.0, 1.0, 1.0, 1.0, 1.0], 5549.0, 0.091_139_053_197_562_1),
            (1.0 / 3.0, [5.0, 1.0, 3.0, 2.0, 1.0], 14_813.0, 0.091_139_053_197_562_1),
            (0.3, [5.0, 1.0, 2.0, 2.0, 1.0], 16_106.0, 0.972_886_734_339_191),
            (0.04, [39.0, 2.0, 10.0, 13.0, 9.0], 120_137.0, 0.972_886_734_339_191),
            (1e-5, [156_544.0, 4387.0, 39_007.0, 52_670.0, 35_102.0], 480_195_742.0, 0.972_886_734_339_191),
            (1.0, [1.0, 1.0, 1.0, 1.0, 1.0], 5000.0, 0.091_139_053_197_562_1),
        ];
        for (p, first, sum, next) in published {
            let mut stream = Pcg64::seeded(17);
            let drawn: Vec<f64> = (0..5_000).map(|_| geometric(p, &mut stream)).collect();
            assert_eq!(drawn[..5], first, "p {p}");
            assert_eq!(drawn.iter().sum::<f64>(), sum, "p {p}");
            assert_eq!(stream.next_f64(), next, "p {p}");
        }
    }
}
