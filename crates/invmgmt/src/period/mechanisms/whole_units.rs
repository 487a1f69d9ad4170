//! Whole units: what a share comes to, whose fraction is largest, and how many of them chance takes.

use std::cmp::Reverse;

/// What rounding may have taken from a whole number of lots [1].
pub(crate) const ROUNDING: f64 = 1e-9;

/// Whole units that are in this many; what rounding took from the last one is given back.
#[inline(always)]
pub(crate) fn rounded_down(units: f64) -> f64 {
    (units + ROUNDING).floor()
}

/// Makes shares whole that take up no more than `total` together: fractions are dropped, then each that had one gets a
/// unit, the largest first, ties as the shares stand, as long as one fits.
pub(crate) fn round_within(
    shares: &mut [f64],
    volume: impl Fn(usize) -> f64,
    total: f64,
    order: &mut Vec<usize>,
) {
    let fractions = drop_fractions(shares, order);
    let mut left = total - taken_up(shares, &volume);
    for &at in &order[..fractions] {
        if volume(at) <= left + ROUNDING {
            shares[at] += 1.0;
            left -= volume(at);
        }
    }
}

/// Makes shares whole that take up `total` at least: fractions are dropped, then each gets a unit, the largest fraction
/// first, ties as the shares stand, until they do or all there is has been given.
pub(crate) fn round_beyond(
    shares: &mut [f64],
    volume: impl Fn(usize) -> f64,
    has: impl Fn(usize) -> f64,
    total: f64,
    order: &mut Vec<usize>,
) {
    drop_fractions(shares, order);
    let (mut left, mut before) = (total - taken_up(shares, &volume), f64::INFINITY);
    while left > ROUNDING && left < before {
        before = left;
        for &at in order.iter() {
            if left > ROUNDING && shares[at] + 1.0 <= has(at) + ROUNDING && volume(at) > 0.0 {
                shares[at] += 1.0;
                left -= volume(at);
            }
        }
    }
}

/// Drops the fractions of shares and puts their places in order, the largest fraction first; returns how many there
/// were.
fn drop_fractions(shares: &mut [f64], order: &mut Vec<usize>) -> usize {
    order.clear();
    order.extend(0..shares.len());
    // Counted in steps of rounding, within which fractions are equal: nearly equal is no order to sort by.
    let steps = |share: f64| ((share - rounded_down(share)) / ROUNDING).round() as i64;
    order.sort_by_key(|&at| Reverse(steps(shares[at])));
    let fractions = order.partition_point(|&at| steps(shares[at]) > 0);
    for share in shares.iter_mut() {
        *share = rounded_down(*share);
    }
    fractions
}

/// The volume of shares.
fn taken_up(shares: &[f64], volume: impl Fn(usize) -> f64) -> f64 {
    shares.iter().enumerate().map(|(at, share)| volume(at) * share).sum()
}

/// Units of a binomial law, by inversion: how many of `count` units a uniform number on [0, 1) lets through, each with
/// this chance. What is less than a unit goes only where all go.
pub(crate) fn binomial(count: f64, chance: f64, uniform: f64) -> f64 {
    if chance >= 1.0 {
        return count;
    }
    if count < 1.0 || chance <= 0.0 {
        return 0.0;
    }
    let units = count.floor();
    // From whichever end is nearer to the mean, so that the first term does not vanish.
    if chance > 0.5 {
        return units - inverse(units, 1.0 - chance, 1.0 - uniform);
    }
    inverse(units, chance, uniform)
}

/// The least whole number whose cumulative probability is above `uniform`; `chance` is in (0, 1/2].
fn inverse(units: f64, chance: f64, uniform: f64) -> f64 {
    let (mean, variance) = (units * chance, units * chance * (1.0 - chance));
    if variance > MOST_COUNTED {
        return near_normal(mean, variance, 1.0 - 2.0 * chance, uniform).clamp(0.0, units);
    }
    let odds = chance / (1.0 - chance);
    let up = |at: f64, term: f64| term * odds * (units - at) / (at + 1.0);
    let mut term = (units * (-chance).ln_1p()).exp();
    if term > f64::MIN_POSITIVE {
        let (mut at, mut below) = (0.0, term);
        while below <= uniform && at < units && term > 0.0 {
            term = up(at, term);
            at += 1.0;
            below += term;
        }
        return at;
    }
    // Of so many units none is impossible: weights against the likeliest number, as far as they count on either side.
    let likeliest = ((units + 1.0) * chance).floor();
    let down = |at: f64, weight: f64| weight * at / (odds * (units - at + 1.0));
    let (mut at, mut weight, mut total) = (likeliest, 1.0, 0.0);
    while weight > NEGLIGIBLE_WEIGHT && at < units {
        weight = up(at, weight);
        at += 1.0;
        total += weight;
    }
    (at, weight) = (likeliest, 1.0);
    while weight > NEGLIGIBLE_WEIGHT && at > 0.0 {
        total += weight;
        weight = down(at, weight);
        at -= 1.0;
    }
    total += weight;
    let mut below = weight;
    while below <= uniform * total && at < units {
        weight = up(at, weight);
        at += 1.0;
        below += weight;
    }
    at
}

/// A whole number of a law that is nearly normal, of this skewness times its deviation. The normal law with its first
/// correction is within a unit of laws of so many units, and the only one that ends: one more than 1e16 is not another
/// number.
fn near_normal(mean: f64, variance: f64, skew: f64, uniform: f64) -> f64 {
    let z = normal_quantile(uniform);
    (mean + variance.sqrt() * z + skew * (z * z - 1.0) / 6.0 + 0.5).floor()
}

/// Variance beyond which units are not counted one by one [units squared].
const MOST_COUNTED: f64 = 1e6;

/// The number that a standard normal one is below with this probability, by halving; within 9 deviations.
fn normal_quantile(probability: f64) -> f64 {
    let (mut low, mut high) = (-9.0, 9.0);
    while high - low > 1e-12 {
        let middle = 0.5 * (low + high);
        let below = 0.5 * libm::erfc(-middle / std::f64::consts::SQRT_2);
        (low, high) = if below > probability { (low, middle) } else { (middle, high) };
    }
    0.5 * (low + high)
}

/// Weight against the likeliest number below which a number of units counts for nothing [1].
const NEGLIGIBLE_WEIGHT: f64 = 1e-20;

/// How many of `drawn` units taken at random out of `own` and `others` are own ones, by inversion of a uniform number
/// on [0, 1).
pub(crate) fn hypergeometric(own: f64, others: f64, drawn: f64, uniform: f64) -> f64 {
    let (least, most) = ((drawn - others).max(0.0), own.min(drawn));
    if most <= least {
        return least;
    }
    let (all, share) = (own + others, own / (own + others));
    let variance = drawn * share * (1.0 - share) * ((all - drawn) / (all - 1.0));
    if variance > MOST_COUNTED {
        let skew = (1.0 - 2.0 * share) * ((all - 2.0 * drawn) / (all - 2.0));
        return near_normal(drawn * share, variance, skew, uniform).clamp(least, most);
    }
    // The chance of one more against that of `at`; from the likeliest number outwards nothing overflows.
    let step = |at: f64| (own - at) * (drawn - at) / ((at + 1.0) * (others - drawn + at + 1.0));
    let likeliest = (((own + 1.0) * (drawn + 1.0)) / (all + 2.0)).floor().clamp(least, most);
    let (mut lowest, mut weight, mut total) = (likeliest, 1.0, 1.0);
    while lowest > least && weight > NEGLIGIBLE_WEIGHT {
        lowest -= 1.0;
        weight /= step(lowest);
        total += weight;
    }
    let (mut at, mut below) = (lowest, weight);
    let (mut highest, mut above) = (likeliest, 1.0);
    while highest < most && above > NEGLIGIBLE_WEIGHT {
        above *= step(highest);
        highest += 1.0;
        total += above;
    }
    while below <= uniform * total && at < highest {
        weight *= step(at);
        at += 1.0;
        below += weight;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::{Binomial, DiscreteCDF, Hypergeometric};

    #[test]
    fn units_drawn_by_inversion_follow_the_binomial_law() {
        let laws = [(1.0, 0.5), (7.0, 0.2), (40.0, 0.9), (3000.0, 0.3), (5000.0, 0.98), (9000.0, 0.2)];
        for (count, chance) in laws {
            let law = Binomial::new(chance, count as u64).expect("a law");
            for step in 1..50 {
                let uniform = (f64::from(step) - 0.5) / 50.0;
                let units = binomial(count, chance, uniform);
                let (below, to) = (law.cdf((units as u64).saturating_sub(1)), law.cdf(units as u64));
                // Counted from the far end where that is nearer, a uniform stands for its counterpart there.
                let holds = |u: f64| (units == 0.0 || below <= u + 1e-9) && u <= to + 1e-9;
                assert!(holds(uniform), "{count} {chance} {uniform}: {units} of {below} to {to}");
            }
        }
    }

    /// The normal law is as good as exact for millions: mean n p, deviation sqrt(n p q), quantiles 0 and 2.326348.
    #[test]
    fn millions_of_units_are_drawn_around_their_mean() {
        for (count, chance) in [(1e6, 0.5), (3e6, 0.75), (2e6, 0.001), (1e9, 0.5), (1e15, 0.3)] {
            let (mean, deviation): (f64, f64) = (count * chance, (count * chance * (1.0 - chance)).sqrt());
            for (uniform, quantile) in [(0.5, 0.0), (0.99, 2.326_348), (0.01, -2.326_348)] {
                let found = (binomial(count, chance, uniform) - mean) / deviation;
                assert!((found - quantile).abs() < 0.03, "{count} {chance} {uniform}: {found}");
            }
        }
    }

    #[test]
    fn less_than_a_unit_goes_only_where_all_go() {
        assert_eq!(
            (binomial(0.6, 0.9, 0.5), binomial(0.6, 1.0, 0.5), binomial(7.6, 1.0, 0.5)),
            (0.0, 0.6, 7.6)
        );
        assert_eq!(binomial(7.6, 0.999, 0.5), 7.0);
    }

    #[test]
    fn units_drawn_out_of_two_kinds_follow_the_hypergeometric_law() {
        for (own, others, drawn) in [(3.0, 2.0, 2.0), (5.0, 9.0, 6.0), (40.0, 25.0, 30.0), (1.0, 0.0, 1.0)] {
            let law = Hypergeometric::new((own + others) as u64, own as u64, drawn as u64).expect("a law");
            for step in 0..40 {
                let uniform = (f64::from(step) + 0.5) / 40.0;
                let units = hypergeometric(own, others, drawn, uniform);
                let below = if units >= 1.0 { law.cdf(units as u64 - 1) } else { 0.0 };
                let to = law.cdf(units as u64);
                assert!(
                    below <= uniform + 1e-9 && uniform <= to + 1e-9,
                    "{own} {others} {drawn} {uniform}: {units}"
                );
            }
        }
        assert_eq!(hypergeometric(5.0, 3.0, 8.0, 0.3), 5.0);
        assert_eq!(hypergeometric(0.0, 3.0, 2.0, 0.9), 0.0);
    }

    /// Against the normal law, as above: mean n K / N, variance n K (N - K) (N - n) / (N^2 (N - 1)).
    #[test]
    fn millions_of_two_kinds_are_drawn_around_their_mean() {
        for (own, others, drawn) in [(1e8, 1e8, 9e7), (3e7, 9e7, 5e7), (1e9, 3e9, 2e9), (1e17, 1e17, 1e16)] {
            let all: f64 = own + others;
            let deviation = (drawn / all * own / all * others * ((all - drawn) / (all - 1.0))).sqrt();
            for (uniform, quantile) in [(0.5, 0.0), (0.99, 2.326_348), (0.01, -2.326_348)] {
                let found = (hypergeometric(own, others, drawn, uniform) - drawn * (own / all)) / deviation;
                assert!((found - quantile).abs() < 0.03, "{own} {others} {drawn} {uniform}: {found}");
            }
        }
    }

    /// By hand; at last fractions each of which is equal to the next and not to all.
    #[test]
    fn units_go_to_the_largest_fractions_ties_as_they_stand() {
        let mut order = Vec::new();
        for (total, whole) in [(6.0, [3.0, 2.0, 1.0]), (0.0, [3.0, 2.0, 0.0])] {
            let mut shares = [30.0 / 9.0, 2.0, 6.0 / 9.0];
            round_within(&mut shares, |_| 1.0, total, &mut order);
            assert_eq!(shares, whole);
        }
        let mut shares = [1.0 / 3.0, 5.0 - 14.0 / 3.0, 1.0 / 3.0];
        round_within(&mut shares, |_| 1.0, 1.0, &mut order);
        assert_eq!(shares, [1.0, 0.0, 0.0]);
        let mut shares: Vec<f64> = (0..60).map(|at| 0.5 + 0.4 * ROUNDING * f64::from(at * 37 % 60)).collect();
        round_within(&mut shares, |_| 1.0, 30.0, &mut order);
        assert_eq!(shares.iter().sum::<f64>(), 30.0);
    }

    /// Two and a half units are to go: three do. Where the larger fraction has none to give, the other goes on.
    #[test]
    fn whole_units_take_up_a_volume_at_least() {
        let mut order = Vec::new();
        let mut shares = [1.25, 1.25];
        round_beyond(&mut shares, |_| 1.0, |_| 2.0, 2.5, &mut order);
        assert_eq!(shares, [2.0, 1.0]);
        let mut shares = [0.9, 1.2];
        round_beyond(&mut shares, |at| [2.0, 1.0][at], |at| [0.0, 9.0][at], 3.0, &mut order);
        assert_eq!(shares, [0.0, 3.0]);
    }
}
