//! numpy's random streams, draw for draw.
//!
//! A seed means the same as in `numpy.random.Generator(PCG64(SeedSequence(seed)))`, and [`PoissonLaw`], [`binomial`],
//! [`geometric`], [`standard_normal`], [`standard_exponential`], [`standard_gamma`], [`negative_binomial`] and
//! [`Stream::next_f64`] consume the stream exactly as numpy's `Generator` does in its methods of these names (`random`
//! for the last). Laws therefore take any [`Stream`]: the engine's own [`Pcg64`], or numpy's generator through its C
//! interface.

mod binomial;
mod exponential;
mod exponential_tables;
mod gamma;
mod geometric;
mod normal;
mod pcg64;
mod poisson;
mod seed_sequence;
mod ziggurat_tables;

pub use binomial::binomial;
pub use exponential::standard_exponential;
pub use gamma::{negative_binomial, standard_gamma};
pub use geometric::geometric;
pub use normal::standard_normal;
pub use pcg64::Pcg64;
pub use poisson::PoissonLaw;
pub use seed_sequence::{SeedSequence, seed_words};

/// A source of random 64-bit words. Every draw of the engine takes one explicitly.
pub trait Stream {
    /// The next 64 random bits.
    fn next_u64(&mut self) -> u64;

    /// The next 32 random bits, as numpy hands them out: half a word now, the other half with the next call.
    fn next_u32(&mut self) -> u32;

    /// A double uniform on [0, 1), of 53 random bits, as numpy's `Generator.random`.
    #[inline(always)]
    fn next_f64(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }
}
