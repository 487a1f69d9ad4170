//! Standard exponential draws as numpy makes them: the 256-layer ziggurat of Marsaglia and Tsang (2000).

use super::Stream;
use super::exponential_tables::{ACCEPT, DENSITY, WIDTH};

/// Right edge of the base layer; beyond it the tail is an exponential of its own.
const EDGE: f64 = 7.697_117_470_131_05;

/// One draw of the exponential law with mean 1.
pub fn standard_exponential<S: Stream + ?Sized>(stream: &mut S) -> f64 {
    loop {
        let word = stream.next_u64() >> 3;
        let layer = (word & 0xff) as usize;
        let fraction = word >> 8;
        let x = fraction as f64 * WIDTH[layer];
        if fraction < ACCEPT[layer] {
            return x;
        }
        if layer == 0 {
            return EDGE - (-stream.next_f64()).ln_1p();
        }
        let height = (DENSITY[layer - 1] - DENSITY[layer]) * stream.next_f64() + DENSITY[layer];
        if height < (-x).exp() {
            return x;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Pcg64;

    /// numpy 2.4.6: `default_rng(5).standard_exponential(20000)`: first, last, running sum, largest; then `random()`.
    #[test]
    fn twenty_thousand_draws_are_numpys_tail_included() {
        let mut stream = Pcg64::seeded(5);
        let drawn: Vec<f64> = (0..20_000).map(|_| standard_exponential(&mut stream)).collect();
        assert_eq!(drawn[0], 1.986_669_976_012_444_4);
        assert_eq!(drawn[19_999], 0.205_799_339_710_522_36);
        assert_eq!(drawn.iter().sum::<f64>(), 19_861.984_242_506_99);
        assert_eq!(drawn.iter().fold(0.0_f64, |largest, x| largest.max(*x)), 9.474_503_699_438_479);
        assert_eq!(stream.next_f64(), 0.915_840_418_251_160_9);
    }

    /// The tables against the recurrence with layers of area EDGE e^-EDGE + e^-EDGE, to 12 digits.
    #[test]
    fn the_tables_follow_the_recurrence() {
        let area = EDGE * (-EDGE).exp() + (-EDGE).exp();
        let scale = 2f64.powi(53);
        let close = |found: f64, expected: f64| {
            assert!((found - expected).abs() <= 1e-12 * expected.abs(), "{found} against {expected}");
        };
        let mut edge = EDGE;
        close(WIDTH[255] * scale, EDGE);
        close(ACCEPT[0] as f64, EDGE * (-EDGE).exp() / area * scale);
        for layer in (1..255).rev() {
            let inner = -(area / edge + (-edge).exp()).ln();
            close(WIDTH[layer] * scale, inner);
            close(DENSITY[layer], (-inner).exp());
            close(ACCEPT[layer + 1] as f64, inner / edge * scale);
            edge = inner;
        }
    }
}
