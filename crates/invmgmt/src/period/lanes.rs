//! One quantity of several episodes, side by side.

use std::array;
use std::ops::{Add, AddAssign, Index, IndexMut, Mul, Sub, SubAssign};

/// One quantity of `W` episodes that are played side by side.
///
/// What is done with it is done for each episode alike, so that the compiler puts several episodes into one vector
/// register. Each number is what the same operations on single numbers give, bit for bit.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lanes<const W: usize>([f64; W]);

impl<const W: usize> Lanes<W> {
    /// Nothing, in every episode.
    pub const ZERO: Self = Self([0.0; W]);

    /// One number for all episodes.
    #[inline(always)]
    pub fn splat(value: f64) -> Self {
        Self([value; W])
    }

    /// A number per episode.
    #[inline(always)]
    pub fn of(value: impl FnMut(usize) -> f64) -> Self {
        Self(array::from_fn(value))
    }

    /// The smaller of two finite numbers; without `f64::min`'s care for NaN it is one instruction.
    #[inline(always)]
    pub fn smaller(self, other: Self) -> Self {
        Self::of(|lane| if other.0[lane] < self.0[lane] { other.0[lane] } else { self.0[lane] })
    }

    /// The number where it is above 0, else 0.
    #[inline(always)]
    pub fn positive(self) -> Self {
        Self::of(|lane| if self.0[lane] > 0.0 { self.0[lane] } else { 0.0 })
    }

    /// The number where another is at most `limit`, else 0.
    #[inline(always)]
    pub fn where_at_most(self, other: Self, limit: f64) -> Self {
        Self::of(|lane| if other.0[lane] <= limit { self.0[lane] } else { 0.0 })
    }

    /// `cost` where the number is above 0, else 0.
    #[inline(always)]
    pub fn if_positive(self, cost: f64) -> Self {
        Self::of(|lane| if self.0[lane] > 0.0 { cost } else { 0.0 })
    }

    /// Whether it is anything but 0 in any episode; also what rounding left below 0 counts, so that an episode does not
    /// play otherwise beside others than alone.
    #[inline(always)]
    pub fn any_left(self) -> bool {
        // The bits of all lanes together: one test in place of one per lane.
        self.0.iter().fold(0, |bits, &value| bits | value.to_bits()) != 0
    }

    /// The numbers, one per episode.
    #[inline(always)]
    pub fn values(self) -> [f64; W] {
        self.0
    }
}

impl<const W: usize> From<[f64; W]> for Lanes<W> {
    #[inline(always)]
    fn from(values: [f64; W]) -> Self {
        Self(values)
    }
}

impl<const W: usize> Default for Lanes<W> {
    #[inline(always)]
    fn default() -> Self {
        Self::ZERO
    }
}

impl<const W: usize> Index<usize> for Lanes<W> {
    type Output = f64;
    #[inline(always)]
    fn index(&self, lane: usize) -> &f64 {
        &self.0[lane]
    }
}

impl<const W: usize> IndexMut<usize> for Lanes<W> {
    #[inline(always)]
    fn index_mut(&mut self, lane: usize) -> &mut f64 {
        &mut self.0[lane]
    }
}

impl<const W: usize> Add for Lanes<W> {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self::of(|lane| self.0[lane] + other.0[lane])
    }
}

impl<const W: usize> Sub for Lanes<W> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self::of(|lane| self.0[lane] - other.0[lane])
    }
}

impl<const W: usize> Mul for Lanes<W> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self::of(|lane| self.0[lane] * other.0[lane])
    }
}

/// A constant of the network times a quantity.
impl<const W: usize> Mul<Lanes<W>> for f64 {
    type Output = Lanes<W>;
    #[inline(always)]
    fn mul(self, other: Lanes<W>) -> Lanes<W> {
        Lanes::splat(self) * other
    }
}

impl<const W: usize> AddAssign for Lanes<W> {
    #[inline(always)]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl<const W: usize> SubAssign for Lanes<W> {
    #[inline(always)]
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every operation against the same one on single numbers, infinities and zeros of both signs included.
    #[test]
    fn lanes_do_what_single_numbers_do_bit_for_bit() {
        let a = Lanes([1.5, -0.0, 0.0, f64::INFINITY, 1e-300, -7.25, 0.1, 3.0]);
        let b = Lanes([0.1, 0.0, -0.0, 2.0, 1e-300, 0.3, 0.2, f64::INFINITY]);
        let pairs = || a.values().into_iter().zip(b.values());
        let same = |lanes: Lanes<8>, single: fn((f64, f64)) -> f64| {
            let bits = |values: &mut dyn Iterator<Item = f64>| values.map(f64::to_bits).collect::<Vec<_>>();
            assert_eq!(bits(&mut lanes.values().into_iter()), bits(&mut pairs().map(single)));
        };
        same(a + b, |(a, b)| a + b);
        same(a - b, |(a, b)| a - b);
        same(a * b, |(a, b)| a * b);
        same(0.3 * b, |(_, b)| 0.3 * b);
        same(a.smaller(b), |(a, b)| if b < a { b } else { a });
        same(a.positive(), |(a, _)| if a > 0.0 { a } else { 0.0 });
        same(a.if_positive(4.0), |(a, _)| if a > 0.0 { 4.0 } else { 0.0 });
        assert!(a.any_left() && !Lanes::<8>::ZERO.any_left());
    }
}
