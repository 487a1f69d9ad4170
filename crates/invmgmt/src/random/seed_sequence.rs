//! numpy's `SeedSequence`: from a seed of any size to well-mixed state words.
//!
//! The hash is O'Neill's `seed_seq_fe` (<https://www.pcg-random.org/posts/developing-a-seed_seq-alternative.html>)
//! with numpy's pool of four 32-bit words.

const POOL: usize = 4;
const INIT_A: u32 = 0x43b0_d7e5;
const MULTIPLIER_A: u32 = 0x931e_8875;
const INIT_B: u32 = 0x8b51_f9dd;
const MULTIPLIER_B: u32 = 0x58f3_8ded;
const MIX_LEFT: u32 = 0xca01_f9dd;
const MIX_RIGHT: u32 = 0x4973_f715;
const SHIFT: u32 = 16;

/// The words of a seed; as numpy has it, a number below 2^32 is one.
pub fn seed_words(seed: u64) -> Vec<u32> {
    let (low, high) = (seed as u32, (seed >> 32) as u32);
    if high == 0 { vec![low] } else { vec![low, high] }
}

/// A pool of entropy that yields generator states; see the module's source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedSequence {
    pool: [u32; POOL],
}

/// One multiplier chain of the hash: each use changes the constant.
struct Hash(u32);

impl Hash {
    fn mix_in(&mut self, word: u32) -> u32 {
        let mut value = word ^ self.0;
        self.0 = self.0.wrapping_mul(MULTIPLIER_A);
        value = value.wrapping_mul(self.0);
        value ^ (value >> SHIFT)
    }
}

fn combine(x: u32, y: u32) -> u32 {
    let mixed = x.wrapping_mul(MIX_LEFT).wrapping_sub(y.wrapping_mul(MIX_RIGHT));
    mixed ^ (mixed >> SHIFT)
}

impl SeedSequence {
    /// From a whole number; as numpy, a number below 2^32 counts as one word.
    pub fn from_u64(seed: u64) -> Self {
        Self::from_words(&seed_words(seed))
    }

    /// From little-endian 32-bit words: a large integer without leading zero words, or an array of them.
    pub fn from_words(entropy: &[u32]) -> Self {
        let mut hash = Hash(INIT_A);
        let mut pool = [0; POOL];
        for (index, slot) in pool.iter_mut().enumerate() {
            *slot = hash.mix_in(entropy.get(index).copied().unwrap_or(0));
        }
        for source in 0..POOL {
            for target in (0..POOL).filter(|&target| target != source) {
                pool[target] = combine(pool[target], hash.mix_in(pool[source]));
            }
        }
        for &word in entropy.iter().skip(POOL) {
            for slot in &mut pool {
                *slot = combine(*slot, hash.mix_in(word));
            }
        }
        Self { pool }
    }

    /// A child of a seed's sequence, as numpy's `SeedSequence(seed, spawn_key=key)`.
    pub fn spawned(seed: &[u32], key: &[u32]) -> Self {
        let mut words = seed.to_vec();
        words.resize(seed.len().max(POOL), 0);
        words.extend(key);
        Self::from_words(&words)
    }

    /// `N` 64-bit words of state, as numpy's `generate_state(N, uint64)`.
    pub fn generate<const N: usize>(&self) -> [u64; N] {
        let mut constant = INIT_B;
        let mut source = self.pool.iter().cycle();
        let mut next = || {
            let mut value = source.next().copied().unwrap_or(0) ^ constant;
            constant = constant.wrapping_mul(MULTIPLIER_B);
            value = value.wrapping_mul(constant);
            u64::from(value ^ (value >> SHIFT))
        };
        std::array::from_fn(|_| {
            let low = next();
            low | (next() << 32)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// numpy 2.4.6: `SeedSequence(entropy).generate_state(2, np.uint64)`.
    #[test]
    fn states_are_numpys_for_small_large_and_list_entropy() {
        let cases: [(&[u32], [u64; 2]); 4] = NUMPY_STATES;
        for (entropy, expected) in cases {
            assert_eq!(SeedSequence::from_words(entropy).generate::<2>(), expected, "{entropy:?}");
        }
        assert_eq!(SeedSequence::from_u64(1 << 40), SeedSequence::from_words(&[0, 256]));
    }
    const NUMPY_STATES: [(&[u32], [u64; 2]); 4] = [
        (&[42], [11_465_652_750_463_011_511, 15_382_171_918_060_459_190]),
        (&[0], [15_793_235_383_387_715_774, 12_390_638_538_380_655_177]),
        (&[7, 9], [12_549_161_159_767_322_473, 3_772_276_544_145_456_860]),
        (&[1, 2, 3, 4, 5, 6], [16_991_237_094_181_161_505, 14_981_931_853_785_751_691]),
    ];
}
