//! Where a season or a shift could be: every period and every time tried at once.
//!
//! Each candidate is judged by its score statistic: how much of what the current curve leaves over the new effect
//! explains, once the curve's own parameters have been allowed to answer. That needs no fit per candidate.

use pulp::{Arch, Simd, WithSimd};

use crate::climb::{Factor, Fitted};
use crate::curve::{Bounds, Curve, MOST_MOVED, Season, Shift};

/// Candidates handed on to be climbed from.
const CANDIDATES: usize = 3;
/// Frequencies tried per width of a spectral peak.
const STEPS_PER_PEAK: f64 = 3.0;
/// A candidate's first amplitude and log factor stay within this, so that the climb begins inside the bounds.
const BOLDEST_AMPLITUDE: f64 = 0.9;
const BOLDEST_LOG_FACTOR: f64 = 1.5;

/// Curves with a shift added, at the most promising times.
pub(crate) fn with_shift(history: &[f64], bounds: &Bounds, from: &Fitted) -> Vec<Curve> {
    let (information, score) = from.information(history);
    let factor = information.decomposed();
    let white_score = factor.whiten(&score);
    let size = information.size;
    let (first, last) = (bounds.shortest_segment, history.len() - bounds.shortest_segment);
    // Sums over the periods from `time` on, added up from the end.
    let (mut weight, mut residual, mut shared) = (0.0, 0.0, [0.0; MOST_MOVED]);
    let mut gradient = [0.0; MOST_MOVED];
    let mut statistics = vec![Peak::default(); last + 1];
    for time in (first..history.len()).rev() {
        let mean = from.means[time];
        from.curve.gradient(time, &mut gradient);
        weight += mean;
        residual += history[time] - mean;
        for row in 0..size {
            shared[row] += mean * gradient[row];
        }
        if time <= last {
            let white = factor.whiten(&shared);
            let free = weight - dot(&white, &white);
            if free > 1e-9 * weight {
                let pull = residual - dot(&white, &white_score);
                statistics[time] = Peak { statistic: pull * pull / free, size: [pull / free, 0.0] };
            }
        }
    }
    let peaks = highest(&statistics[first..]);
    let shifted = |(position, [size, _]): (usize, [f64; 2])| {
        let log_factor = size.clamp(-BOLDEST_LOG_FACTOR, BOLDEST_LOG_FACTOR);
        Curve { shift: Some(Shift { time: first + position, log_factor }), ..from.curve }
    };
    peaks.into_iter().map(shifted).collect()
}

/// Curves with a season added, at the most promising frequencies.
pub(crate) fn with_season(history: &[f64], bounds: &Bounds, from: &Fitted) -> Vec<Curve> {
    let rows = Rows::of(history, from);
    let width = 2.0 * std::f64::consts::PI / history.len() as f64 / STEPS_PER_PEAK;
    let count = ((bounds.highest_frequency - bounds.lowest_frequency) / width).floor() as usize;
    let frequency = |position: usize| bounds.lowest_frequency + width * position as f64;
    let several = |first: usize| {
        let frequencies = std::array::from_fn(|lane| frequency(first + lane));
        Arch::new().dispatch(Seasons { rows: &rows, frequencies })
    };
    let mut statistics: Vec<Peak> = (0..=count).step_by(LANES).flat_map(several).collect();
    statistics.truncate(count + 1);
    let seasonal = |(position, [sine, cosine]): (usize, [f64; 2])| {
        let shrink = (BOLDEST_AMPLITUDE / f64::hypot(sine, cosine)).min(1.0);
        let (sine, cosine, frequency) = (sine * shrink, cosine * shrink, frequency(position));
        let season = Season { sine, cosine, frequency, held: false };
        Curve { season: Some(season), ..from.curve }
    };
    highest(&statistics).into_iter().map(seasonal).collect()
}

/// What a candidate explains, and its size as a share of the curve.
#[derive(Clone, Copy, Debug, Default)]
struct Peak {
    statistic: f64,
    size: [f64; 2],
}

/// Positions and sizes of the highest local maxima, the highest first.
fn highest(statistics: &[Peak]) -> Vec<(usize, [f64; 2])> {
    let at = |position: usize| statistics.get(position).map_or(0.0, |peak| peak.statistic);
    let mut maxima: Vec<usize> = (0..statistics.len())
        .filter(|&i| at(i) > 0.0 && at(i) >= at(i + 1) && (i == 0 || at(i) > at(i - 1)))
        .collect();
    maxima.sort_by(|&a, &b| at(b).total_cmp(&at(a)));
    maxima.truncate(CANDIDATES);
    maxima.into_iter().map(|position| (position, statistics[position].size)).collect()
}

/// Per period: weights, residuals and whitened gradients of a curve.
struct Rows {
    /// Mean, residual, and the gradient times the mean, whitened by the curve's information.
    periods: Vec<(f64, f64, [f64; MOST_MOVED])>,
    white_score: [f64; MOST_MOVED],
    size: usize,
}

impl Rows {
    fn of(history: &[f64], from: &Fitted) -> Self {
        let (information, score) = from.information(history);
        let factor: Factor = information.decomposed();
        let mut gradient = [0.0; MOST_MOVED];
        let row = |(t, (&value, &mean)): (usize, (&f64, &f64))| {
            from.curve.gradient(t, &mut gradient);
            let white = factor.whiten(&gradient.map(|entry| mean * entry));
            (mean, value - mean, white)
        };
        let periods = history.iter().zip(&from.means).enumerate().map(row).collect();
        Self { periods, white_score: factor.whiten(&score), size: information.size }
    }

    /// What seasons of these frequencies explain. They are summed up side by side, which takes a fraction of the time
    /// that one after the other takes.
    #[inline(always)]
    fn seasons_at(&self, frequencies: [f64; LANES]) -> [Peak; LANES] {
        let turns = frequencies.map(f64::sin_cos);
        let (turn_sine, turn_cosine) = (turns.map(|turn| turn.0), turns.map(|turn| turn.1));
        let mut sums = Sums::default();
        let (mut sine, mut cosine) = ([0.0_f64; LANES], [1.0_f64; LANES]);
        for (mean, residual, white) in &self.periods {
            for lane in 0..LANES {
                sums.ss[lane] += mean * sine[lane] * sine[lane];
                sums.sc[lane] += mean * sine[lane] * cosine[lane];
                sums.cc[lane] += mean * cosine[lane] * cosine[lane];
                sums.rs[lane] += residual * sine[lane];
                sums.rc[lane] += residual * cosine[lane];
            }
            for (row, entry) in white[..self.size].iter().enumerate() {
                for lane in 0..LANES {
                    sums.shared_sine[row][lane] += entry * sine[lane];
                    sums.shared_cosine[row][lane] += entry * cosine[lane];
                }
            }
            for lane in 0..LANES {
                (sine[lane], cosine[lane]) = (
                    sine[lane] * turn_cosine[lane] + cosine[lane] * turn_sine[lane],
                    cosine[lane] * turn_cosine[lane] - sine[lane] * turn_sine[lane],
                );
            }
        }
        std::array::from_fn(|lane| sums.peak(lane, &self.white_score))
    }
}

/// Seasons about to be looked at, in the widest registers there are.
struct Seasons<'a> {
    rows: &'a Rows,
    frequencies: [f64; LANES],
}

impl WithSimd for Seasons<'_> {
    type Output = [Peak; LANES];

    #[inline(always)]
    fn with_simd<S: Simd>(self, _registers: S) -> Self::Output {
        self.rows.seasons_at(self.frequencies)
    }
}

/// Frequencies looked at side by side.
const LANES: usize = 8;

/// What is summed up over the periods, frequency by frequency.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    ss: [f64; LANES],
    sc: [f64; LANES],
    cc: [f64; LANES],
    rs: [f64; LANES],
    rc: [f64; LANES],
    shared_sine: [[f64; LANES]; MOST_MOVED],
    shared_cosine: [[f64; LANES]; MOST_MOVED],
}

impl Sums {
    /// What a season of one of the frequencies explains.
    fn peak(&self, lane: usize, white_score: &[f64; MOST_MOVED]) -> Peak {
        let (shared_sine, shared_cosine) =
            (self.shared_sine.map(|row| row[lane]), self.shared_cosine.map(|row| row[lane]));
        let ss = self.ss[lane] - dot(&shared_sine, &shared_sine);
        let sc = self.sc[lane] - dot(&shared_sine, &shared_cosine);
        let cc = self.cc[lane] - dot(&shared_cosine, &shared_cosine);
        let rs = self.rs[lane] - dot(&shared_sine, white_score);
        let rc = self.rc[lane] - dot(&shared_cosine, white_score);
        let determinant = ss * cc - sc * sc;
        if determinant <= 1e-9 * (ss + cc) * (ss + cc) {
            return Peak::default();
        }
        let size = [(cc * rs - sc * rc) / determinant, (ss * rc - sc * rs) / determinant];
        Peak { statistic: size[0] * rs + size[1] * rc, size }
    }
}

/// The time at which a shift fits best if all but the level before and after it stays as it is, and its factor there.
pub(crate) fn best_time(history: &[f64], bounds: &Bounds, curve: &Curve) -> Option<Shift> {
    let unshifted = Curve { shift: None, ..*curve }.means(history.len());
    let (all, all_mean) = (history.iter().sum::<f64>(), unshifted.iter().sum::<f64>());
    let (mut before, mut before_mean) = (0.0, 0.0);
    let mut best: Option<(f64, Shift)> = None;
    for time in 1..=history.len() - bounds.shortest_segment {
        before += history[time - 1];
        before_mean += unshifted[time - 1];
        let (after, after_mean) = (all - before, all_mean - before_mean);
        if time < bounds.shortest_segment || after_mean <= 0.0 {
            continue;
        }
        let part = |value: f64, mean: f64| if value > 0.0 { value * (value / mean).ln() } else { 0.0 };
        let likelihood = part(before, before_mean) + part(after, after_mean);
        if best.is_none_or(|(highest, _)| likelihood > highest) {
            // A level of exactly zero has no logarithm; the bounds of the factor hold it.
            let tiny = 1e-9 * all;
            let log_factor = ((after.max(tiny) / after_mean) / (before.max(tiny) / before_mean)).ln();
            best = Some((likelihood, Shift { time, log_factor }));
        }
    }
    best.map(|(_, shift)| shift)
}

fn dot(a: &[f64; MOST_MOVED], b: &[f64; MOST_MOVED]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
