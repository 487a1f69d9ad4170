//! Laws on whole units as tables, with their loss function.

use super::error::{InputError, non_negative};

/// Largest mean of a Poisson law that is tabulated [units].
pub const MAX_MEAN: f64 = 100_000.0;
/// Probabilities below this are left out of a Poisson table: doubles do not feel them.
const NEGLIGIBLE: f64 = 1e-22;
/// By how much given probabilities may miss 1.
const TOLERANCE: f64 = 1e-9;

/// A law on whole units >= 0.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pmf {
    /// Smallest value in the table [units].
    first: usize,
    /// Probability of `first`, `first + 1`, and so on [1].
    probabilities: Vec<f64>,
    /// Expected excess over `first`, `first + 1`, and so on [units].
    losses: Vec<f64>,
    mean: f64,
}

impl Pmf {
    /// The law of these probabilities of 0, 1, 2 ...
    pub fn new(probabilities: &[f64]) -> Result<Self, InputError> {
        if probabilities.is_empty() {
            return Err(InputError::Empty { name: "probabilities" });
        }
        for (value, &probability) in probabilities.iter().enumerate() {
            non_negative(format!("probabilities[{value}]"), probability)?;
        }
        let total: f64 = probabilities.iter().sum();
        if (total - 1.0).abs() > TOLERANCE {
            return Err(InputError::Probabilities { total });
        }
        Ok(Self::table(0, probabilities.to_vec()))
    }

    /// The Poisson law of this mean [units], from its mode outwards by ratios.
    pub fn poisson(mean: f64) -> Result<Self, InputError> {
        if !(0.0..=MAX_MEAN).contains(&mean) {
            return Err(InputError::OutOfRange {
                name: "the Poisson mean over the lead time".into(),
                found: mean,
                allowed: "0 to 100000; measure demand in a larger unit",
            });
        }
        let mode = mean.floor();
        let at_mode =
            if mean == 0.0 { 1.0 } else { (mode * mean.ln() - mean - libm::lgamma(mode + 1.0)).exp() };
        let (mut below, mut value, mut probability) = (Vec::new(), mode, at_mode);
        while value > 0.0 && probability > NEGLIGIBLE {
            probability *= value / mean;
            value -= 1.0;
            below.push(probability);
        }
        let first = value as usize;
        let mut probabilities: Vec<f64> = below.into_iter().rev().collect();
        (value, probability) = (mode, at_mode);
        while probability > NEGLIGIBLE {
            probabilities.push(probability);
            value += 1.0;
            probability *= mean / value;
        }
        Ok(Self::table(first, probabilities))
    }

    /// Tables of a law, scaled to a total of 1.
    fn table(first: usize, mut probabilities: Vec<f64>) -> Self {
        let total: f64 = probabilities.iter().sum();
        for probability in &mut probabilities {
            *probability /= total;
        }
        let mean = probabilities.iter().zip(first..).map(|(p, value)| p * value as f64).sum();
        let mut losses = vec![0.0; probabilities.len()];
        let mut above = 0.0;
        for position in (1..probabilities.len()).rev() {
            above += probabilities[position];
            losses[position - 1] = losses[position] + above;
        }
        Self { first, probabilities, losses, mean }
    }

    /// The law of the sum of `count` independent draws.
    pub fn sum_of(&self, count: usize) -> Self {
        let mut probabilities = vec![1.0];
        for _ in 0..count {
            let mut next = vec![0.0; probabilities.len() + self.probabilities.len() - 1];
            for (position, one) in probabilities.iter().enumerate() {
                for (slot, other) in next[position..].iter_mut().zip(&self.probabilities) {
                    *slot += one * other;
                }
            }
            probabilities = next;
        }
        Self::table(self.first * count, probabilities)
    }

    /// Expected value [units].
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// Values with their probabilities, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (usize, f64)> {
        (self.first..).zip(self.probabilities.iter().copied())
    }

    /// Probability of a value [1].
    pub fn probability(&self, value: usize) -> f64 {
        value.checked_sub(self.first).and_then(|at| self.probabilities.get(at)).copied().unwrap_or(0.0)
    }

    /// Probability of at most `level` [1].
    pub fn at_most(&self, level: i64) -> f64 {
        self.iter().take_while(|&(value, _)| value as i64 <= level).map(|(_, p)| p).sum()
    }

    /// The smallest value not exceeded with at least this probability, in (0, 1) [units].
    pub fn quantile(&self, probability: f64) -> usize {
        // A sum of probabilities that should meet the target exactly may miss it by rounding.
        let target = probability - 1e-13;
        let mut reached = 0.0;
        for (value, p) in self.iter() {
            reached += p;
            if reached >= target {
                return value;
            }
        }
        self.first + self.probabilities.len() - 1
    }

    /// Expected excess over a level, E max(0, D - level) [units].
    pub fn loss(&self, level: i64) -> f64 {
        let offset = level - self.first as i64;
        match usize::try_from(offset) {
            Err(_) => self.mean - level as f64,
            Ok(position) => self.losses.get(position).copied().unwrap_or(0.0),
        }
    }

    /// Expected cost of ending at `level` less the draw: `holding` per unit above 0, `penalty` per unit below [money].
    pub fn cost(&self, level: i64, holding: f64, penalty: f64) -> f64 {
        holding * (level as f64 - self.mean) + (holding + penalty) * self.loss(level)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// scipy 1.17: `poisson.cdf(8, 5)`, `poisson.pmf(5, 5)`.
    #[test]
    fn poisson_tables_are_scipys() {
        let law = Pmf::poisson(5.0).expect("a mean in range");
        assert!((law.at_most(8) - 0.931_906_365_278_151_8).abs() < 1e-14);
        assert!((law.probability(5) - 0.175_467_369_767_850_68).abs() < 1e-15);
        assert!((law.mean() - 5.0).abs() < 1e-13);
        assert_eq!(law.quantile(0.93), 8);
    }

    #[test]
    fn a_large_mean_is_kept_and_a_mean_of_zero_is_certain() {
        let law = Pmf::poisson(90_000.0).expect("a mean in range");
        assert!((law.mean() - 90_000.0).abs() < 1e-6);
        assert!(Pmf::poisson(1e6).is_err());
        assert_eq!(Pmf::poisson(0.0).expect("in range").iter().collect::<Vec<_>>(), [(0, 1.0)]);
    }

    /// The sum of independent Poisson draws is Poisson of the summed mean.
    #[test]
    fn sums_of_draws_have_the_summed_law() {
        let one = Pmf::poisson(1.5).expect("in range");
        let (three, direct) = (one.sum_of(3), Pmf::poisson(4.5).expect("in range"));
        for level in -2..30 {
            assert!((three.loss(level) - direct.loss(level)).abs() < 1e-13, "{level}");
        }
        assert_eq!(one.sum_of(0).iter().collect::<Vec<_>>(), [(0, 1.0)]);
    }
}
