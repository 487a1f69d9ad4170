//! The kinds of number that come from callers and go to them.

use std::array;

/// A kind of number that actions come in and observations go out as.
pub trait Number: Copy + Send + Sync {
    /// As a double, exactly.
    fn widen(self) -> f64;
    /// A double, rounded once.
    fn narrow(value: f64) -> Self;
    /// Eight numbers, each of eight episodes, narrow and turned over: per episode its eight numbers.
    #[inline(always)]
    fn turned(square: &[[f64; 8]; 8]) -> [[Self; 8]; 8] {
        array::from_fn(|lane| array::from_fn(|position| Self::narrow(square[position][lane])))
    }
}

impl Number for f64 {
    #[inline(always)]
    fn widen(self) -> f64 {
        self
    }

    #[inline(always)]
    fn narrow(value: f64) -> Self {
        value
    }
}

impl Number for f32 {
    #[inline(always)]
    fn widen(self) -> f64 {
        f64::from(self)
    }

    #[inline(always)]
    fn narrow(value: f64) -> Self {
        value as f32
    }

    // Copying out long observations is a tenth of a step and more; the compiler moves each number by itself.
    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    fn turned(square: &[[f64; 8]; 8]) -> [[Self; 8]; 8] {
        match pulp::x86::V3::try_new() {
            Some(registers) => turned_in_registers(registers, square),
            None => array::from_fn(|lane| array::from_fn(|position| Self::narrow(square[position][lane]))),
        }
    }
}

/// The same in registers of eight numbers: neighbours change places, then pairs of them, then halves.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn turned_in_registers(registers: pulp::x86::V3, square: &[[f64; 8]; 8]) -> [[f32; 8]; 8] {
    use std::arch::x86_64::{__m256, __m256d};
    let avx = registers.avx;
    let rows: [__m256; 8] = array::from_fn(|position| {
        let [low, high]: [__m256d; 2] = pulp::cast(square[position]);
        let low = avx._mm256_castps128_ps256(avx._mm256_cvtpd_ps(low));
        avx._mm256_insertf128_ps::<1>(low, avx._mm256_cvtpd_ps(high))
    });
    let pairs: [__m256; 8] = array::from_fn(|place| {
        let (one, other) = (rows[place / 2 * 2], rows[place / 2 * 2 + 1]);
        if place % 2 == 0 { avx._mm256_unpacklo_ps(one, other) } else { avx._mm256_unpackhi_ps(one, other) }
    });
    let fours: [__m256; 8] = array::from_fn(|place| {
        let first = place / 4 * 4 + place % 4 / 2;
        let (one, other) = (pairs[first], pairs[first + 2]);
        match place % 2 {
            0 => avx._mm256_shuffle_ps::<0x44>(one, other),
            _ => avx._mm256_shuffle_ps::<0xEE>(one, other),
        }
    });
    array::from_fn(|lane| {
        let (one, other) = (fours[lane % 4], fours[4 + lane % 4]);
        pulp::cast(match lane / 4 {
            0 => avx._mm256_permute2f128_ps::<0x20>(one, other),
            _ => avx._mm256_permute2f128_ps::<0x31>(one, other),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_is_turned_over_and_each_number_rounded_as_it_is_alone() {
        let square: [[f64; 8]; 8] =
            array::from_fn(|position| array::from_fn(|lane| (position * 10 + lane) as f64 + 1.0 / 3.0));
        let (narrow, wide) = (f32::turned(&square), f64::turned(&square));
        for (position, numbers) in square.iter().enumerate() {
            for (lane, &number) in numbers.iter().enumerate() {
                assert_eq!(narrow[lane][position], number as f32);
                assert_eq!(wide[lane][position], number);
            }
        }
    }
}
