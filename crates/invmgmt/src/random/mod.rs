//! numpy's random streams, draw for draw.
//!
//! A seed means the same as in `numpy.random.Generator(PCG64(SeedSequence(seed)))`, and [`poisson`], [`normal`] and
//! [`Stream::next_f64`] consume the stream exactly as `Generator.poisson`, `standard_normal` and `random` do. Laws
//! therefore take any [`Stream`]: the engine's own [`Pcg64`], or numpy's generator through its C interface.

mod normal;
mod poisson;
mod seed_sequence;
mod ziggurat_tables;

pub use normal::standard_normal;
pub use poisson::PoissonLaw;
pub use seed_sequence::SeedSequence;

use rand_pcg::rand_core::Rng;

/// A source of random 64-bit words. Every draw of the engine takes one explicitly.
pub trait Stream {
    /// The next 64 random bits.
    fn next_u64(&mut self) -> u64;

    /// A double uniform on [0, 1), of 53 random bits, as numpy's `Generator.random`.
    fn next_f64(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }
}

/// The PCG64 generator (XSL-RR 128/64), numpy's default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pcg64(rand_pcg::Pcg64);

impl Pcg64 {
    /// The generator numpy makes for this seed.
    pub fn seeded(seed: u64) -> Self {
        Self::from_sequence(&SeedSequence::from_u64(seed))
    }

    /// The generator numpy makes from a seed sequence.
    pub fn from_sequence(sequence: &SeedSequence) -> Self {
        let words = sequence.generate::<4>();
        let wide = |high: u64, low: u64| (u128::from(high) << 64) | u128::from(low);
        Self(rand_pcg::Pcg64::new(wide(words[0], words[1]), wide(words[2], words[3])))
    }
}

impl Stream for Pcg64 {
    fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// numpy 2.4.6: `PCG64(42).random_raw(2)` and `default_rng(42).random()`.
    #[test]
    fn the_stream_of_a_seed_is_numpys() {
        let mut stream = Pcg64::seeded(42);
        assert_eq!(stream.next_u64(), 14_276_969_152_011_380_360);
        assert_eq!(stream.next_u64(), 8_095_878_257_575_067_585);
        assert_eq!(Pcg64::seeded(42).next_f64(), 0.773_956_048_555_963_3);
    }
}
