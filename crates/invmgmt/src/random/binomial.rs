//! Binomial draws as numpy makes them: by inversion for small means, by rejection (BTPE) for large ones.
//!
//! V. Kachitvichyanukul and B. Schmeiser, "Binomial random variate generation", Communications of the ACM 31(2), 1988.

use super::Stream;

/// One draw of the number of successes in `n` trials (a whole number >= 0) of chance `p` in [0, 1].
pub fn binomial<S: Stream + ?Sized>(n: f64, p: f64, stream: &mut S) -> f64 {
    if n <= 0.0 || p <= 0.0 {
        return 0.0;
    }
    let rarer = |p: f64, stream: &mut S| {
        if p * n <= 30.0 { invert(n, p, stream) } else { Rejection::new(n, p).sample(stream) }
    };
    if p <= 0.5 { rarer(p, stream) } else { n - rarer(1.0 - p, stream) }
}

/// The quantile of binomial probabilities added up from 0, for a chance of at most a half.
fn invert<S: Stream + ?Sized>(n: f64, p: f64, stream: &mut S) -> f64 {
    let (q, mean) = (1.0 - p, n * p);
    let none = (n * q.ln()).exp();
    // Beyond it a draw is made anew, as rounding has eaten the tail.
    let bound = n.min(mean + 10.0 * (mean * q + 1.0).sqrt()).floor();
    let (mut count, mut probability, mut u) = (0.0, none, stream.next_f64());
    while u > probability {
        count += 1.0;
        if count > bound {
            (count, probability, u) = (0.0, none, stream.next_f64());
        } else {
            u -= probability;
            probability = ((n - count + 1.0) * p * probability) / (count * q);
        }
    }
    count
}

/// The hat of triangle, parallelogram and two exponential tails over the probabilities, for a chance of at most a half.
struct Rejection {
    n: f64,
    p: f64,
    q: f64,
    /// Most likely count.
    mode: f64,
    /// Half the width of triangle and parallelogram, and their middle and edges.
    half_width: f64,
    middle: f64,
    left: f64,
    right: f64,
    /// Height of the parallelogram.
    height: f64,
    /// Rates of the tails.
    left_rate: f64,
    right_rate: f64,
    /// Areas, added up: up to the triangle's it is `half_width`.
    parallelogram: f64,
    left_tail: f64,
    total: f64,
}

impl Rejection {
    fn new(n: f64, p: f64) -> Self {
        let q = 1.0 - p;
        let peak = n * p + p;
        let mode = peak.floor();
        let half_width = (2.195 * (n * p * q).sqrt() - 4.6 * q).floor() + 0.5;
        let middle = mode + 0.5;
        let (left, right) = (middle - half_width, middle + half_width);
        let height = 0.134 + 20.5 / (15.3 + mode);
        let rate = |a: f64| a * (1.0 + a / 2.0);
        let left_rate = rate((peak - left) / (peak - left * p));
        let right_rate = rate((right - peak) / (right * q));
        let parallelogram = half_width * (1.0 + 2.0 * height);
        let left_tail = parallelogram + height / left_rate;
        let total = left_tail + height / right_rate;
        Self {
            n,
            p,
            q,
            mode,
            half_width,
            middle,
            left,
            right,
            height,
            left_rate,
            right_rate,
            parallelogram,
            left_tail,
            total,
        }
    }

    fn sample<S: Stream + ?Sized>(&self, stream: &mut S) -> f64 {
        loop {
            let u = stream.next_f64() * self.total;
            let v = stream.next_f64();
            if u <= self.half_width {
                return (self.middle - self.half_width * v + u).floor();
            }
            if let Some((count, v)) = self.propose(u, v)
                && self.accepts(count, v)
            {
                return count;
            }
        }
    }

    /// A count outside the triangle, and the height to compare with its probability.
    fn propose(&self, u: f64, v: f64) -> Option<(f64, f64)> {
        if u <= self.parallelogram {
            let x = self.left + (u - self.half_width) / self.height;
            let v = v * self.height + 1.0 - (self.mode - x + 0.5).abs() / self.half_width;
            return (v <= 1.0).then_some((x.floor(), v));
        }
        if u <= self.left_tail {
            let count = (self.left + v.ln() / self.left_rate).floor();
            return (count >= 0.0 && v != 0.0)
                .then_some((count, v * (u - self.parallelogram) * self.left_rate));
        }
        let count = (self.right - v.ln() / self.right_rate).floor();
        (count <= self.n && v != 0.0).then_some((count, v * (u - self.left_tail) * self.right_rate))
    }

    /// Whether a proposed count is taken: its probability over the mode's, exactly near the mode and in the far tails,
    /// by squeezes and Stirling's formula between.
    fn accepts(&self, count: f64, v: f64) -> bool {
        let &Self { n, p, q, mode, .. } = self;
        let spread = n * p * q;
        let distance = (count - mode).abs();
        if distance <= 20.0 || distance >= spread / 2.0 - 1.0 {
            return v <= self.ratio_to_mode(count);
        }
        let slack = (distance / spread)
            * ((distance * (distance / 3.0 + 0.625) + 0.166_666_666_666_666_66) / spread + 0.5);
        let normal = -distance * distance / (2.0 * spread);
        let height = v.ln();
        if height < normal - slack {
            return true;
        }
        if height > normal + slack {
            return false;
        }
        let (x1, f1, z, w) = (count + 1.0, mode + 1.0, n + 1.0 - mode, n - count + 1.0);
        let stirling = |x: f64| {
            let s = x * x;
            (13_680.0 - (462.0 - (132.0 - (99.0 - 140.0 / s) / s) / s) / s) / x / 166_320.0
        };
        height
            <= self.middle * (f1 / x1).ln()
                + (n - mode + 0.5) * (z / w).ln()
                + (count - mode) * (w * p / (x1 * q)).ln()
                + stirling(f1)
                + stirling(z)
                + stirling(x1)
                + stirling(w)
    }

    fn ratio_to_mode(&self, count: f64) -> f64 {
        let odds = self.p / self.q;
        let a = odds * (self.n + 1.0);
        let mut ratio = 1.0;
        let (mut i, last, upwards) =
            if self.mode < count { (self.mode, count, true) } else { (count, self.mode, false) };
        while i < last {
            i += 1.0;
            if upwards {
                ratio *= a / i - odds;
            } else {
                ratio /= a / i - odds;
            }
        }
        ratio
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Pcg64;

    /// numpy 2.4.6: `default_rng(23)`, 5000 of `binomial(n, p)`: the first five and the sum; then `random()`.
    #[test]
    fn draws_are_numpys_in_both_methods_and_on_both_sides_of_a_half() {
        let published = [
            (10.0, 0.3, [4.0, 3.0, 1.0, 1.0, 4.0], 14_921.0, 0.317_948_246_162_750_64),
            (10.0, 0.5, [6.0, 6.0, 3.0, 3.0, 6.0], 24_949.0, 0.317_948_246_162_750_64),
            (12.0, 0.9, [10.0, 11.0, 12.0, 12.0, 11.0], 54_036.0, 0.317_948_246_162_750_64),
            (200.0, 0.1, [22.0, 21.0, 15.0, 15.0, 22.0], 99_826.0, 0.317_948_246_162_750_64),
            (200.0, 0.4, [82.0, 82.0, 86.0, 76.0, 82.0], 400_643.0, 0.555_127_682_415_493_3),
            (1000.0, 0.5, [511.0, 502.0, 503.0, 502.0, 508.0], 2_502_287.0, 0.623_010_890_676_897_5),
            (5000.0, 0.7, [3479.0, 3496.0, 3497.0, 3496.0, 3466.0], 17_495_325.0, 0.946_664_899_419_676_8),
            (
                100_000.0,
                0.02,
                [2028.0, 2006.0, 2003.0, 2005.0, 2046.0],
                10_006_085.0,
                0.566_044_621_054_189_2,
            ),
            (
                1_000_000.0,
                0.999,
                [998_979.0, 998_996.0, 998_997.0, 998_996.0, 998_966.0],
                4_994_996_087.0,
                0.895_513_986_690_517,
            ),
        ];
        for (n, p, first, sum, next) in published {
            let mut stream = Pcg64::seeded(23);
            let drawn: Vec<f64> = (0..5_000).map(|_| binomial(n, p, &mut stream)).collect();
            assert_eq!(drawn[..5], first, "{n} trials of {p}");
            assert_eq!(drawn.iter().sum::<f64>(), sum, "{n} trials of {p}");
            assert_eq!(stream.next_f64(), next, "{n} trials of {p}");
        }
    }

    #[test]
    fn nothing_is_drawn_where_nothing_can_happen() {
        let (mut stream, before) = (Pcg64::seeded(3), Pcg64::seeded(3));
        assert_eq!((binomial(0.0, 0.5, &mut stream), binomial(9.0, 0.0, &mut stream)), (0.0, 0.0));
        assert_eq!(stream, before);
    }
}
