//! Standard normal draws as numpy makes them: the 256-layer ziggurat of Marsaglia and Tsang (2000).

use super::Stream;
use super::ziggurat_tables::{ACCEPT, DENSITY, WIDTH};

/// Right edge of the base layer; beyond it the tail is drawn by Marsaglia's exponential method.
const EDGE: f64 = 3.654_152_885_361_009;
const INVERSE_EDGE: f64 = 0.273_661_237_329_758_3;
/// The 52 bits of a word that place a point inside its layer.
const FRACTION: u64 = 0x000f_ffff_ffff_ffff;

/// One draw of the normal law with mean 0 and standard deviation 1.
pub fn standard_normal<S: Stream + ?Sized>(stream: &mut S) -> f64 {
    loop {
        let word = stream.next_u64();
        let layer = (word & 0xff) as usize;
        let negative = (word >> 8) & 1 == 1;
        let fraction = (word >> 9) & FRACTION;
        let size = fraction as f64 * WIDTH[layer];
        let x = if negative { -size } else { size };
        if fraction < ACCEPT[layer] {
            return x;
        }
        if layer == 0 {
            return tail(stream, (fraction >> 8) & 1 == 1);
        }
        let height = (DENSITY[layer - 1] - DENSITY[layer]) * stream.next_f64() + DENSITY[layer];
        if height < (-0.5 * x * x).exp() {
            return x;
        }
    }
}

fn tail<S: Stream + ?Sized>(stream: &mut S, negative: bool) -> f64 {
    loop {
        let beyond = -INVERSE_EDGE * (-stream.next_f64()).ln_1p();
        let height = -(-stream.next_f64()).ln_1p();
        if height + height > beyond * beyond {
            let size = EDGE + beyond;
            return if negative { -size } else { size };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Pcg64;

    /// numpy 2.4.6: `default_rng(5).standard_normal(20000)`: first, last, running sum, largest size; then `random()`.
    #[test]
    fn twenty_thousand_draws_are_numpys_edges_and_tail_included() {
        let mut stream = Pcg64::seeded(5);
        let drawn: Vec<f64> = (0..20_000).map(|_| standard_normal(&mut stream)).collect();
        assert_eq!(drawn[0], -0.801_931_425_253_447_4);
        assert_eq!(drawn[19_999], 0.801_526_172_829_079_9);
        assert_eq!(drawn.iter().sum::<f64>(), 281.431_516_778_180_4);
        assert_eq!(drawn.iter().fold(0.0_f64, |largest, x| largest.max(x.abs())), 4.023_889_287_038_275);
        assert_eq!(stream.next_f64(), 0.399_027_297_924_92);
    }

    /// The tables against Marsaglia and Tsang's recurrence (area 0.00492867323397466 per layer), to 12 digits.
    #[test]
    fn the_tables_follow_the_recurrence() {
        const AREA: f64 = 0.004_928_673_233_974_66;
        let density = |x: f64| (-0.5 * x * x).exp();
        let scale = 2f64.powi(52);
        let close = |found: f64, expected: f64| {
            assert!((found - expected).abs() <= 1e-12 * expected.abs(), "{found} against {expected}");
        };
        let mut edge = EDGE;
        close(WIDTH[255] * scale, EDGE);
        close(ACCEPT[0] as f64, EDGE * density(EDGE) / AREA * scale);
        for layer in (1..255).rev() {
            let inner = (-2.0 * (AREA / edge + density(edge)).ln()).sqrt();
            close(WIDTH[layer] * scale, inner);
            close(DENSITY[layer], density(inner));
            close(ACCEPT[layer + 1] as f64, inner / edge * scale);
            edge = inner;
        }
    }
}
