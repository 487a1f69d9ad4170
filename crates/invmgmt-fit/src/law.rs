//! The law of demand around the fitted mean: which of the engine's laws scatters as the history does.
//!
//! A Poisson law with its deviations widened has the right variance, but what falls below zero is cut, and that lifts
//! the mean. Where the cut matters the law is one of counts, chosen and fitted by maximum likelihood around the mean as
//! it is: negative binomial, or, if the likelihood asks for one parameter more, intermittent.

use invmgmt::demand::Law;
use statrs::function::gamma::ln_gamma;

use crate::scatter::Dispersion;

/// Expected demand this share above the mean is more than a cut at zero may add.
const NOTABLE_CUT: f64 = 0.02;
/// Logarithms of the dispersions looked at [1].
const DISPERSIONS: (f64, f64) = (-9.0, 5.0);
/// Gain of log-likelihood that one parameter more needs: chi-squared at one in a hundred, halved.
const WORTH_A_PARAMETER: f64 = 3.317;
/// Steps of a search for the best value of one parameter; each leaves 62 % of the range.
const STEPS: usize = 24;

/// The law around these means, and the factor of its deviations: a Poisson law, widened where that is enough.
pub(crate) fn around(history: &[f64], means: &[f64], dispersion: &Dispersion) -> (Law, f64) {
    let (poisson, scale) = (Law::Poisson { shift: 0.0 }, dispersion.noise_scale());
    if scale <= 1.0 || lifted(means, scale) <= NOTABLE_CUT {
        return (poisson, scale);
    }
    let data = Data::of(history, means);
    let (dispersion, plain) = data.best_dispersion(1.0);
    let fewest = share_of_demands(history);
    let (probability, _) = best(fewest, 1.0, |probability| data.best_dispersion(probability).1);
    let (sizes, rare) = data.best_dispersion(probability);
    let law = if probability < 1.0 && rare > plain + WORTH_A_PARAMETER {
        Law::Intermittent { probability, dispersion: sizes }
    } else {
        Law::NegativeBinomial { dispersion }
    };
    (law, 1.0)
}

/// By which share expected demand of a Poisson law with its deviations widened lies above the means.
fn lifted(means: &[f64], noise_scale: f64) -> f64 {
    let law = Law::Poisson { shift: 0.0 };
    let expected: f64 = means.iter().map(|&mean| law.expected(mean, noise_scale)).sum();
    expected / means.iter().sum::<f64>() - 1.0
}

fn share_of_demands(history: &[f64]) -> f64 {
    history.iter().filter(|value| **value > 0.0).count() as f64 / history.len() as f64
}

/// A history around its means.
struct Data {
    /// Demand, its mean [units / period], and how often the two occur: around a steady mean few pairs stand for all.
    pairs: Vec<(f64, f64, f64)>,
}

impl Data {
    fn of(history: &[f64], means: &[f64]) -> Self {
        let mut all: Vec<(f64, f64)> = history.iter().copied().zip(means.iter().copied()).collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let pairs = all.chunk_by(|a, b| a == b).map(|alike| (alike[0].0, alike[0].1, alike.len() as f64));
        Self { pairs: pairs.collect() }
    }

    /// The dispersion of greatest likelihood, with its log-likelihood, where demand occurs with this probability.
    fn best_dispersion(&self, probability: f64) -> (f64, f64) {
        let (low, high) = DISPERSIONS;
        let (log, likelihood) = best(low, high, |log| self.log_likelihood(probability, log.exp()));
        (log.exp(), likelihood)
    }

    fn log_likelihood(&self, probability: f64, dispersion: f64) -> f64 {
        let shape = 1.0 / dispersion;
        let at_shape = ln_gamma(shape);
        let chance = |units: f64, mean: f64| {
            let size = mean / probability;
            let nothing = shape * (shape / (shape + size)).ln();
            if units == 0.0 {
                return (1.0 - probability + probability * nothing.exp()).ln();
            }
            probability.ln() + ln_gamma(units + shape) - at_shape - ln_gamma(units + 1.0)
                + nothing
                + units * (size / (shape + size)).ln()
        };
        self.pairs.iter().map(|&(units, mean, times)| times * chance(units, mean)).sum()
    }
}

/// The greatest value of a function between two places, and where, by the golden section; the ends count too.
fn best(mut low: f64, mut high: f64, value: impl Fn(f64) -> f64) -> (f64, f64) {
    let share = 0.5 * (5_f64.sqrt() - 1.0);
    let mut found = [low, high].map(|place| (place, value(place)));
    let mut inner =
        [high - share * (high - low), low + share * (high - low)].map(|place| (place, value(place)));
    for _ in 0..STEPS {
        if inner[0].1 >= inner[1].1 {
            high = inner[1].0;
            let place = high - share * (high - low);
            inner = [(place, value(place)), inner[0]];
        } else {
            low = inner[0].0;
            let place = low + share * (high - low);
            inner = [inner[1], (place, value(place))];
        }
    }
    found.sort_by(|a, b| a.1.total_cmp(&b.1));
    inner.sort_by(|a, b| a.1.total_cmp(&b.1));
    if inner[1].1 > found[1].1 { inner[1] } else { found[1] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_golden_section_finds_a_maximum_within_and_at_an_end() {
        let (place, value) = best(0.0, 4.0, |x| 5.0 - (x - 1.5) * (x - 1.5));
        assert!((place - 1.5).abs() < 1e-3 && (value - 5.0).abs() < 1e-6);
        assert_eq!(best(0.0, 4.0, |x| x), (4.0, 4.0));
    }

    /// By hand, shape 1 (geometric), mean 1: P(0) = 1/2, P(2) = 1/8; with demand in half of the periods the size's mean
    /// is 2: P(0) = 1/2 + 1/2 * 1/3, P(2) = 1/2 * 1/3 * 4/9.
    #[test]
    fn the_likelihood_is_that_of_the_engines_laws() {
        let data = Data::of(&[0.0, 2.0], &[1.0, 1.0]);
        assert!((data.log_likelihood(1.0, 1.0) - (1.0_f64 / 16.0).ln()).abs() < 1e-12);
        let expected = (2.0_f64 / 3.0).ln() + (2.0_f64 / 27.0).ln();
        assert!((data.log_likelihood(0.5, 1.0) - expected).abs() < 1e-12);
    }
}
