//! Poisson draws as numpy makes them.
//!
//! Mean 10 and above: transformed rejection, W. Hörmann, "The transformed rejection method for generating Poisson
//! random variables", Insurance: Mathematics and Economics 12 (1993). Below 10: products of uniforms.

use std::array;
use std::sync::LazyLock;

use super::Stream;

/// Mean from which numpy changes its method.
const REJECTION_FROM: f64 = 10.0;

/// A Poisson law with the constants of its sampler, worked out once per mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PoissonLaw {
    mean: f64,
    method: Method,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Method {
    /// Mean 0: always 0, and nothing is drawn.
    Zero,
    /// Multiply uniforms until the product falls to `exp(-mean)`.
    Product { floor: f64 },
    /// Hörmann's constants.
    Rejection { log_mean: f64, b: f64, a: f64, log_inverse_alpha: f64, v_r: f64 },
}

impl PoissonLaw {
    /// The law of this mean (>= 0). A negative or NaN mean counts as 0; the demand model never passes one.
    pub fn new(mean: f64) -> Self {
        let method = if mean >= REJECTION_FROM {
            let b = 0.931 + 2.53 * mean.sqrt();
            Method::Rejection {
                log_mean: mean.ln(),
                b,
                a: -0.059 + 0.02483 * b,
                log_inverse_alpha: (1.1239 + 1.1328 / (b - 3.4)).ln(),
                v_r: 0.9277 - 3.6224 / (b - 2.0),
            }
        } else if mean > 0.0 {
            Method::Product { floor: (-mean).exp() }
        } else {
            Method::Zero
        };
        Self { mean, method }
    }

    /// The mean this law was made for.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// One draw, a whole number.
    #[inline(always)]
    pub fn sample<S: Stream + ?Sized>(&self, stream: &mut S) -> f64 {
        match self.method {
            Method::Zero => 0.0,
            Method::Product { floor } => {
                let (mut count, mut product) = (0.0, 1.0);
                loop {
                    product *= stream.next_f64();
                    if product <= floor {
                        return count;
                    }
                    count += 1.0;
                }
            }
            Method::Rejection { log_mean, b, a, log_inverse_alpha, v_r } => loop {
                let u = stream.next_f64() - 0.5;
                let v = stream.next_f64();
                let us = 0.5 - u.abs();
                let k = ((2.0 * a / us + b) * u + self.mean + 0.43).floor();
                if us >= 0.07 && v <= v_r {
                    return k;
                }
                if k < 0.0 || (us < 0.013 && v > us) {
                    continue;
                }
                if self.accepts(k, v, log_inverse_alpha, a / (us * us) + b, log_mean) {
                    return k;
                }
            },
        }
    }

    /// The test of rejection in full, which few draws come to; apart, so that the others stay small where they
    /// are inlined.
    #[inline(never)]
    fn accepts(&self, k: f64, v: f64, log_inverse_alpha: f64, hat: f64, log_mean: f64) -> bool {
        v.ln() + log_inverse_alpha - hat.ln() <= -self.mean + k * log_mean - ln_factorial(k)
    }
}

/// ln k! for a whole number k >= 0; those that are wanted most are worked out once.
fn ln_factorial(k: f64) -> f64 {
    static SMALL: LazyLock<[f64; 512]> = LazyLock::new(|| array::from_fn(|k| ln_gamma(k as f64 + 1.0)));
    SMALL.get(k as usize).copied().unwrap_or_else(|| ln_gamma(k + 1.0))
}

/// ln Γ(x) for x >= 1, by Stirling's series shifted to x >= 7, with numpy's coefficients and order of operations
/// (S. Zhang and J. Jin, "Computation of Special Functions", 1996).
fn ln_gamma(x: f64) -> f64 {
    const SERIES: [f64; 10] = [
        8.333_333_333_333_333e-2,
        -2.777_777_777_777_778e-3,
        7.936_507_936_507_937e-4,
        -5.952_380_952_380_952e-4,
        8.417_508_417_508_418e-4,
        -1.917_526_917_526_918e-3,
        6.410_256_410_256_41e-3,
        -2.955_065_359_477_124e-2,
        1.796_443_723_688_307e-1,
        -1.392_432_216_905_9,
    ];
    const LN_TWO_PI: f64 = 1.837_877_066_409_345_3;
    if x == 1.0 || x == 2.0 {
        return 0.0;
    }
    let steps = if x < 7.0 { (7.0 - x) as u32 } else { 0 };
    let mut shifted = x + f64::from(steps);
    let inverse_square = (1.0 / shifted) * (1.0 / shifted);
    let tail = SERIES.iter().rev().copied().reduce(|sum, term| sum * inverse_square + term).unwrap_or(0.0);
    let mut value = tail / shifted + 0.5 * LN_TWO_PI + (shifted - 0.5) * shifted.ln() - shifted;
    for _ in 0..steps {
        value -= (shifted - 1.0).ln();
        shifted -= 1.0;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Pcg64;

    /// numpy 2.4.6: `default_rng(7)`, then `poisson` of these means in turn, then `random()`.
    #[test]
    fn draws_are_numpys_in_both_methods() {
        let mut stream = Pcg64::seeded(7);
        let means = [3.5, 20.0, 0.1, 10.0, 9.99, 250.5, 1e4, 12.0];
        let drawn = means.map(|mean| PoissonLaw::new(mean).sample(&mut stream));
        assert_eq!(drawn, [4.0, 26.0, 0.0, 13.0, 11.0, 256.0, 9990.0, 13.0]);
        assert_eq!(stream.next_f64(), 0.496_873_435_393_504_25);
    }

    /// numpy 2.4.6: `default_rng(5)`, `poisson(0.5 + 0.05 i)` for i < 4000 sums to 402393, then `random()`.
    #[test]
    fn four_thousand_draws_leave_the_stream_where_numpy_leaves_it() {
        let mut stream = Pcg64::seeded(5);
        let total: f64 =
            (0..4000).map(|i| PoissonLaw::new(0.5 + 0.05 * f64::from(i)).sample(&mut stream)).sum();
        assert_eq!(total, 402_393.0);
        assert_eq!(stream.next_f64(), 0.325_241_479_820_618_46);
    }

    #[test]
    fn a_mean_of_zero_draws_nothing() {
        let mut stream = Pcg64::seeded(1);
        let before = stream.clone();
        assert_eq!(PoissonLaw::new(0.0).sample(&mut stream), 0.0);
        assert_eq!(stream, before);
    }
}
