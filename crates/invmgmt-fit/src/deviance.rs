//! How much likelihood a mean loses, many periods at once: nearly all the time of a fit goes into it.

use pulp::{Arch, Simd, WithSimd};

/// Periods summed up side by side.
const LANES: usize = 8;

/// Twice the log-likelihood these means lose against a curve through every point, under the Poisson law.
pub(crate) fn deviance(history: &[f64], means: &[f64]) -> f64 {
    Arch::new().dispatch(Deviance { history, means })
}

struct Deviance<'a> {
    history: &'a [f64],
    means: &'a [f64],
}

impl WithSimd for Deviance<'_> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _registers: S) -> f64 {
        let (values, last_values) = self.history.as_chunks::<LANES>();
        let (means, last_means) = self.means.as_chunks::<LANES>();
        let mut sums = [0.0; LANES];
        for (values, means) in values.iter().zip(means) {
            for lane in 0..LANES {
                sums[lane] += term(values[lane], means[lane]);
            }
        }
        let last = last_values.iter().zip(last_means).map(|(value, mean)| term(*value, *mean));
        2.0 * (sums.iter().sum::<f64>() + last.sum::<f64>())
    }
}

/// Half of what one period adds.
#[inline(always)]
fn term(value: f64, mean: f64) -> f64 {
    value * logarithm(value / mean) - (value - mean)
}

/// The bits of the square root of a half, and of 1.
const ROOT_OF_HALF: u64 = 0x3FE6_A09E_667F_3BCD;
const ONE: u64 = 1023 << 52;
/// 2 to the 52nd: the lowest bits of numbers from there on are whole numbers.
const WHOLE: f64 = 4_503_599_627_370_496.0;

/// The natural logarithm of a positive number, without a branch or a table, so that several are taken at once; of 0
/// some finite number, which a demand of 0 takes out again.
///
/// The number is 2^e m with m between the roots of a half and of two, and ln m = 2 artanh((m - 1) / (m + 1)): odd
/// powers of at most 0.172, of which the 21st no longer counts.
#[inline(always)]
fn logarithm(number: f64) -> f64 {
    let bits = number.to_bits();
    let exponent = bits.wrapping_sub(ROOT_OF_HALF).wrapping_add(ONE) >> 52;
    let mantissa = f64::from_bits(bits.wrapping_sub(exponent << 52).wrapping_add(ONE));
    // The exponent as a floating-point number, by a sum: there is no instruction for it in many registers.
    let exponent = f64::from_bits(exponent | WHOLE.to_bits()) - (WHOLE + 1023.0);
    let share = (mantissa - 1.0) / (mantissa + 1.0);
    let squared = share * share;
    let mut series = 0.0;
    let mut power = 21.0;
    while power > 1.0 {
        power -= 2.0;
        series = series * squared + 1.0 / power;
    }
    exponent * std::f64::consts::LN_2 + 2.0 * share * series
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logarithm_is_that_of_the_library() {
        assert_eq!(logarithm(1.0), 0.0);
        let mut number = 1e-12;
        while number < 1e12 {
            let (found, expected) = (logarithm(number), f64::ln(number));
            assert!(
                (found - expected).abs() <= 1e-15 * (1.0 + expected.abs()),
                "{number}: {found} {expected}"
            );
            number *= 1.003_7;
        }
        assert!(logarithm(0.0).is_finite());
    }

    /// By hand: 2 (2 ln 2 - 1), nothing where the mean is met, twice the mean where nothing came; in a block of eight
    /// and in what is left of one.
    #[test]
    fn the_deviance_is_that_of_the_definition() {
        let expected = 2.0 * (2.0 * 2.0_f64.ln() - 1.0) + 2.0 * 3.0;
        for length in [3, 8, 11, 19] {
            let (mut values, mut means) = (vec![5.0; length], vec![5.0; length]);
            (values[0], means[0]) = (2.0, 1.0);
            (values[length - 1], means[length - 1]) = (0.0, 3.0);
            assert!((deviance(&values, &means) - expected).abs() < 1e-12, "{length}");
        }
    }
}
