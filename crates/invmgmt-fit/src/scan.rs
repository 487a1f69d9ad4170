//! Where a season or a shift could be: every period and every time tried at once.
//!
//! Each candidate is judged by its score statistic: how much of what the current curve leaves over the new effect
//! explains, once the curve's own parameters have been allowed to answer. That needs no fit per candidate.

use std::f64::consts::TAU;

use crate::climb::{Factor, Fitted};
use crate::curve::{Bounds, Curve, MOST_MOVED, Season, Shift};
use crate::spectrum::{Spectrum, Transform};

/// Candidates handed on to be climbed from.
const CANDIDATES: usize = 3;
/// Frequencies tried per width of a spectral peak, at least.
const STEPS_PER_PEAK: usize = 3;
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
    let waves = Waves::of(history, from);
    let width = TAU / waves.transform.places() as f64;
    let first = (bounds.lowest_frequency / width - 1e-9).ceil() as usize;
    let last = (bounds.highest_frequency / width).floor() as usize;
    let frequency = |position: usize| width * (first + position) as f64;
    let statistics: Vec<Peak> = (first..=last).map(|turns| waves.peak(turns)).collect();
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

/// Sums of waves with what a curve leaves over, at all frequencies.
struct Waves {
    transform: Transform,
    /// Of the means and the residuals.
    plain: Spectrum,
    /// Of the gradients times the mean, whitened by the curve's information, two by two.
    white: Vec<Spectrum>,
    white_score: [f64; MOST_MOVED],
    size: usize,
}

impl Waves {
    fn of(history: &[f64], from: &Fitted) -> Self {
        let transform = Transform::of(STEPS_PER_PEAK * history.len());
        let (information, score) = from.information(history);
        let size = information.size;
        let factor: Factor = information.decomposed();
        let mut gradient = [0.0; MOST_MOVED];
        let row = |(t, &mean): (usize, &f64)| {
            from.curve.gradient(t, &mut gradient);
            factor.whiten(&gradient.map(|entry| mean * entry))
        };
        let rows: Vec<[f64; MOST_MOVED]> = from.means.iter().enumerate().map(row).collect();
        let plain = from.means.iter().zip(history).map(|(mean, value)| (*mean, value - mean));
        // An odd one is beside a row of zeros.
        let pair = |first: usize| transform.spectrum(rows.iter().map(|row| (row[first], row[first + 1])));
        Self {
            plain: transform.spectrum(plain),
            white: (0..size).step_by(2).map(pair).collect(),
            white_score: factor.whiten(&score),
            size,
            transform,
        }
    }

    /// What a season of so many turns over all places explains.
    fn peak(&self, turns: usize) -> Peak {
        let [_, (rc, rs)] = self.plain.at(turns);
        let ([(all, _), _], [(twice_cosine, twice_sine), _]) = (self.plain.at(0), self.plain.at(2 * turns));
        let (mut shared_sine, mut shared_cosine) = ([0.0; MOST_MOVED], [0.0; MOST_MOVED]);
        for (pair, spectrum) in self.white.iter().enumerate() {
            for (row, (cosine, sine)) in (2 * pair..self.size).zip(spectrum.at(turns)) {
                (shared_cosine[row], shared_sine[row]) = (cosine, sine);
            }
        }
        // The square of a sine is half of what is left of 1 by the cosine of twice the angle.
        let ss = (all - twice_cosine) / 2.0 - dot(&shared_sine, &shared_sine);
        let sc = twice_sine / 2.0 - dot(&shared_sine, &shared_cosine);
        let cc = f64::midpoint(all, twice_cosine) - dot(&shared_cosine, &shared_cosine);
        let rs = rs - dot(&shared_sine, &self.white_score);
        let rc = rc - dot(&shared_cosine, &self.white_score);
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
