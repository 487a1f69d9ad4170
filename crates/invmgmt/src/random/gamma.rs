//! Gamma and negative binomial draws as numpy makes them.
//!
//! Shape above 1: G. Marsaglia and W. Tsang, "A simple method for generating gamma variables", ACM Transactions on
//! Mathematical Software 26(3), 2000. Below 1: a rejection from J. Ahrens and U. Dieter (1974), with an exponential in
//! place of a logarithm. A negative binomial is a Poisson whose mean is a gamma draw.

use super::{PoissonLaw, Stream, standard_exponential, standard_normal};

/// One draw of the gamma law with this shape (>= 0) and scale 1.
pub fn standard_gamma<S: Stream + ?Sized>(shape: f64, stream: &mut S) -> f64 {
    if shape == 1.0 {
        standard_exponential(stream)
    } else if shape <= 0.0 {
        0.0
    } else if shape < 1.0 {
        small_shape(shape, stream)
    } else {
        large_shape(shape, stream)
    }
}

fn small_shape<S: Stream + ?Sized>(shape: f64, stream: &mut S) -> f64 {
    loop {
        let u = stream.next_f64();
        let v = standard_exponential(stream);
        if u <= 1.0 - shape {
            let x = u.powf(1.0 / shape);
            if x <= v {
                return x;
            }
        } else {
            let y = -((1.0 - u) / shape).ln();
            let x = (1.0 - shape + shape * y).powf(1.0 / shape);
            if x <= v + y {
                return x;
            }
        }
    }
}

fn large_shape<S: Stream + ?Sized>(shape: f64, stream: &mut S) -> f64 {
    let b = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * b).sqrt();
    loop {
        let (x, v) = loop {
            let x = standard_normal(stream);
            let v = 1.0 + c * x;
            if v > 0.0 {
                break (x, v * v * v);
            }
        };
        let u = stream.next_f64();
        if u < 1.0 - 0.0331 * (x * x) * (x * x) || u.ln() < 0.5 * x * x + b * (1.0 - v + v.ln()) {
            return b * v;
        }
    }
}

/// One draw of the negative binomial law of this mean (>= 0) and dispersion (>= 0), a whole number: its variance is
/// `mean + dispersion * mean^2`. It is numpy's `negative_binomial(n, n / (n + mean))` with `n = 1 / dispersion`; a
/// dispersion of 0 is a Poisson draw, and a mean of 0 draws nothing.
pub fn negative_binomial<S: Stream + ?Sized>(mean: f64, dispersion: f64, stream: &mut S) -> f64 {
    if mean <= 0.0 {
        return 0.0;
    }
    if dispersion <= 0.0 {
        return PoissonLaw::new(mean).sample(stream);
    }
    let n = 1.0 / dispersion;
    let p = n / (n + mean);
    // numpy's order of operations; where p rounds to 1, nothing is scattered.
    let intensity = (1.0 - p) / p * standard_gamma(n, stream);
    PoissonLaw::new(intensity).sample(stream)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Pcg64;

    /// numpy 2.4.6: `default_rng(11)`, 5000 of `standard_gamma(shape)`: first, last, running sum; then `random()`.
    #[test]
    fn gamma_draws_are_numpys_for_every_size_of_shape() {
        let published = [
            (
                0.3,
                [0.001_072_674_021_424_056_8, 0.107_782_777_324_005_78, 1_481.348_063_336_089_4],
                0.460_816_498_860_059_5,
            ),
            (
                1.0,
                [0.229_592_431_317_440_37, 0.202_494_609_813_242_83, 4_978.315_769_923_761],
                0.509_232_723_187_468_3,
            ),
            (
                2.5,
                [2.217_387_778_272_997_6, 1.457_906_014_114_179_5, 12_697.048_870_304_889],
                0.684_106_119_140_762_7,
            ),
            (
                40.0,
                [39.882_407_721_309_83, 35.519_161_688_658_77, 200_636.351_881_154_8],
                0.833_728_715_527_853_5,
            ),
        ];
        for (shape, [first, last, sum], next) in published {
            let mut stream = Pcg64::seeded(11);
            let drawn: Vec<f64> = (0..5_000).map(|_| standard_gamma(shape, &mut stream)).collect();
            assert_eq!((drawn[0], drawn[4_999]), (first, last), "shape {shape}");
            assert_eq!(drawn.iter().fold(0.0, |total, x| total + x), sum, "shape {shape}");
            assert_eq!(stream.next_f64(), next, "shape {shape}");
        }
    }

    /// numpy 2.4.6: `default_rng(21)`, 5000 of `negative_binomial(n, n / (n + mean))`, `n = 1 / dispersion`: the first
    /// five and the sum; then `random()`.
    #[test]
    fn negative_binomial_draws_are_numpys() {
        let published = [
            (4.0, 0.5, [5.0, 3.0, 7.0, 3.0, 5.0], 20_006.0, 0.161_925_477_988_648_31),
            (12.0, 2.0, [23.0, 9.0, 64.0, 25.0, 67.0], 61_467.0, 0.959_783_734_031_153),
            (0.3, 1.0, [0.0, 0.0, 1.0, 1.0, 0.0], 1_489.0, 0.903_692_909_591_557_6),
            (100.0, 0.05, [113.0, 95.0, 84.0, 75.0, 185.0], 496_903.0, 0.013_134_629_293_668_154),
        ];
        for (mean, dispersion, first, sum, next) in published {
            let mut stream = Pcg64::seeded(21);
            let drawn: Vec<f64> =
                (0..5_000).map(|_| negative_binomial(mean, dispersion, &mut stream)).collect();
            assert_eq!(drawn[..5], first, "mean {mean}");
            assert_eq!(drawn.iter().sum::<f64>(), sum, "mean {mean}");
            assert_eq!(stream.next_f64(), next, "mean {mean}");
        }
    }

    #[test]
    fn without_a_mean_nothing_is_drawn_and_without_dispersion_a_poisson() {
        let (mut stream, mut other) = (Pcg64::seeded(1), Pcg64::seeded(1));
        assert_eq!(negative_binomial(0.0, 2.0, &mut stream), 0.0);
        assert_eq!(stream, other);
        assert_eq!(negative_binomial(7.0, 0.0, &mut stream), PoissonLaw::new(7.0).sample(&mut other));
        assert_eq!(standard_gamma(0.0, &mut stream), 0.0);
        assert_eq!(stream, other);
    }
}
