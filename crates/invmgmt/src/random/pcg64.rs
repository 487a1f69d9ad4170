//! numpy's default generator.

use super::{SeedSequence, Stream};

const MULTIPLIER: u128 = 0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645;

/// The PCG64 generator: a 128-bit linear congruential sequence with the XSL-RR output of M. O'Neill, "PCG: A Family
/// of Simple Fast Space-Efficient Statistically Good Algorithms for Random Number Generation" (2014).
///
/// Our own, because an episode's snapshot must hold its state, which published implementations keep to themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pcg64 {
    state: u128,
    increment: u128,
    /// The upper half of a word whose lower half was handed out.
    half: Option<u32>,
}

impl Pcg64 {
    /// The generator numpy makes for this seed.
    pub fn seeded(seed: u64) -> Self {
        Self::from_sequence(&SeedSequence::from_u64(seed))
    }

    /// The generator numpy makes from a seed sequence.
    pub fn from_sequence(sequence: &SeedSequence) -> Self {
        let words = sequence.generate::<4>();
        let wide = |high: u64, low: u64| (u128::from(high) << 64) | u128::from(low);
        let increment = (wide(words[2], words[3]) << 1) | 1;
        let mut generator = Self { state: increment, increment, half: None };
        generator.state = generator.state.wrapping_add(wide(words[0], words[1]));
        generator.advance();
        generator
    }

    /// The generator in a state as numpy reports it: `state` and `inc` of `bit_generator.state["state"]`.
    pub fn from_state(state: u128, increment: u128) -> Self {
        Self { state, increment, half: None }
    }

    /// The half word that waits, as numpy reports it: `uinteger`, if `has_uint32`.
    pub fn half(&self) -> Option<u32> {
        self.half
    }

    /// This generator with a half word waiting, or none.
    #[must_use]
    pub fn with_half(self, half: Option<u32>) -> Self {
        Self { half, ..self }
    }

    /// State and increment, as numpy reports them.
    pub fn state(&self) -> (u128, u128) {
        (self.state, self.increment)
    }

    #[inline(always)]
    fn advance(&mut self) {
        self.state = self.state.wrapping_mul(MULTIPLIER).wrapping_add(self.increment);
    }
}

impl Stream for Pcg64 {
    #[inline(always)]
    fn next_u64(&mut self) -> u64 {
        self.advance();
        let folded = (self.state >> 64) as u64 ^ self.state as u64;
        folded.rotate_right((self.state >> 122) as u32)
    }

    fn next_u32(&mut self) -> u32 {
        self.half.take().unwrap_or_else(|| {
            let word = self.next_u64();
            self.half = Some((word >> 32) as u32);
            word as u32
        })
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

    /// numpy 2.4.6: `default_rng(42).integers(0, 2**32, size=3, dtype=uint32)`.
    #[test]
    fn half_words_are_numpys_and_whole_ones_leave_them_waiting() {
        let mut stream = Pcg64::seeded(42);
        assert_eq!([stream.next_u32(), stream.next_u32()], [383_329_928, 3_324_115_917]);
        assert_eq!(stream.next_u32(), 2_811_363_265);
        let waiting = stream.clone().next_u32();
        stream.next_u64();
        assert_eq!(stream.next_u32(), waiting);
    }

    #[test]
    fn a_restored_state_continues_the_stream() {
        let mut stream = Pcg64::seeded(7);
        stream.next_u64();
        let (state, increment) = stream.state();
        let mut restored = Pcg64::from_state(state, increment);
        assert_eq!(restored.next_u64(), stream.next_u64());
    }
}
