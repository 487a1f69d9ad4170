//! Demand behind empty shelves.
//!
//! A period that ended without stock sold what there was: demand was that or more. What it was is drawn from the law of
//! the other periods, given that it was no less, and the law is estimated again with what was drawn, until it settles:
//! the stochastic form of the EM algorithm (G. Celeux and J. Diebolt, Computational Statistics Quarterly 2 (1985)) for
//! a censored negative binomial law. Draws rather than means keep the scatter what it is.

use invmgmt::random::{Stream, negative_binomial};

/// Rounds of estimating and drawing; the share still to come falls at least by half each round.
const ROUNDS: usize = 20;
/// Draws tried for one period before what was sold is taken.
const TRIES: usize = 200;
/// Periods on either side whose level a period shares.
const NEIGHBOURS: usize = 28;

/// The history as it would have been with stock in every period, and in how many periods it was estimated. `sold_out`
/// says of each period whether it ended without stock; where no period did, or all of them did, nothing is estimated.
pub fn wanted(history: &[f64], sold_out: &[bool], stream: &mut impl Stream) -> (Vec<f64>, usize) {
    let censored: Vec<usize> =
        (0..history.len()).filter(|&t| sold_out.get(t).copied().unwrap_or(false)).collect();
    if censored.is_empty() || censored.len() == history.len() {
        return (history.to_vec(), 0);
    }
    let mut wanted = history.to_vec();
    for _ in 0..ROUNDS {
        let levels = levels(&wanted);
        let dispersion = dispersion(&wanted, &levels);
        for &t in &censored {
            wanted[t] = at_least(history[t], levels[t], dispersion, stream);
        }
    }
    (wanted, censored.len())
}

/// The mean around each period.
fn levels(history: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0];
    for value in history {
        sums.push(sums.last().copied().unwrap_or_default() + value);
    }
    (0..history.len())
        .map(|t| {
            let (first, end) = (t.saturating_sub(NEIGHBOURS), (t + NEIGHBOURS + 1).min(history.len()));
            (sums[end] - sums[first]) / (end - first) as f64
        })
        .collect()
}

/// The dispersion of a negative binomial law around these means, by its variance.
fn dispersion(history: &[f64], levels: &[f64]) -> f64 {
    let (mut excess, mut squares) = (0.0, 0.0);
    for (value, level) in history.iter().zip(levels) {
        excess += (value - level).powi(2) - level;
        squares += level * level;
    }
    if squares > 0.0 { (excess / squares).max(0.0) } else { 0.0 }
}

fn at_least(least: f64, mean: f64, dispersion: f64, stream: &mut impl Stream) -> f64 {
    (0..TRIES)
        .map(|_| negative_binomial(mean, dispersion, stream))
        .find(|drawn| *drawn >= least)
        .unwrap_or(least)
}

#[cfg(test)]
mod tests {
    use invmgmt::random::{Pcg64, PoissonLaw};

    use super::*;

    /// Poisson(6) cut at 6 units of stock in every second period; the mean of what was sold is 5.0 there.
    #[test]
    fn what_empty_shelves_hid_is_found_on_average() {
        let mut stream = Pcg64::seeded(1);
        let law = PoissonLaw::new(6.0);
        let truth: Vec<f64> = (0..4000).map(|_| law.sample(&mut stream)).collect();
        let sold: Vec<f64> =
            truth.iter().enumerate().map(|(t, &d)| if t % 2 == 0 { d.min(6.0) } else { d }).collect();
        let out: Vec<bool> = truth.iter().enumerate().map(|(t, &d)| t % 2 == 0 && d >= 6.0).collect();
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        assert!(mean(&sold) < 5.6);
        let (wanted, count) = wanted(&sold, &out, &mut stream);
        assert_eq!(count, out.iter().filter(|out| **out).count());
        assert!((mean(&wanted) - 6.0).abs() < 0.12, "{}", mean(&wanted));
        assert!(wanted.iter().zip(&sold).all(|(wanted, sold)| wanted >= sold));
    }

    #[test]
    fn a_history_without_such_periods_stays_as_it_is() {
        let mut stream = Pcg64::seeded(1);
        assert_eq!(wanted(&[1.0, 2.0], &[], &mut stream), (vec![1.0, 2.0], 0));
        assert_eq!(wanted(&[1.0, 2.0], &[true, true], &mut stream), (vec![1.0, 2.0], 0));
    }
}
