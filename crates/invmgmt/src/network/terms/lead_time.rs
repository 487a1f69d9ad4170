//! Laws of random lead times: by values, uniform, geometric or Poisson with the tail put on the longest value.

use super::{Fields, MOST_VALUES};
use crate::network::Setting;

/// Chance below which the tail of a law of lead times may be put on its longest value without a word [1].
const NEGLIGIBLE: f64 = 1e-9;

/// The law of a random lead time.
#[derive(Clone, Debug, PartialEq)]
pub struct LeadTimeLaw {
    /// Chance of each lead time, from 0 on; with `never` they add up to 1 [1].
    pub chances: Vec<f64>,
    /// Chance that an order never arrives [1].
    pub never: f64,
    /// Chance of the law beyond its longest value, which was put on that [1].
    pub cut: f64,
    /// The shortest lead time [periods].
    least: usize,
}

impl LeadTimeLaw {
    /// The longest lead time [periods].
    pub fn longest(&self) -> usize {
        self.chances.len() - 1
    }

    /// The shortest lead time [periods].
    pub fn shortest(&self) -> usize {
        self.least
    }

    /// The only lead time there is, if there is only one [periods].
    pub fn fixed(&self) -> Option<usize> {
        let certain = self.never == 0.0 && self.chances.iter().filter(|&&chance| chance > 0.0).count() == 1;
        certain.then(|| self.longest())
    }

    /// The mean of what arrives [periods].
    pub fn mean(&self) -> f64 {
        let total: f64 = self.chances.iter().sum();
        self.chances.iter().enumerate().map(|(k, chance)| k as f64 * chance).sum::<f64>() / total
    }

    /// Chance that a lead time is at least `k`, `never` included [1].
    pub fn at_least(&self, k: usize) -> f64 {
        self.chances.iter().skip(k).sum::<f64>() + self.never
    }

    /// The lead time of a uniform draw from [0, 1); none for an order that never arrives.
    #[inline]
    pub fn drawn(&self, uniform: f64) -> Option<usize> {
        let mut left = uniform;
        for (periods, &chance) in self.chances.iter().enumerate().skip(self.least) {
            left -= chance;
            if left < 0.0 {
                return Some(periods);
            }
        }
        // What rounding left over belongs to the last value, if nothing else can be meant.
        if self.never > 0.0 { None } else { Some(self.longest()) }
    }

    pub(in crate::network) fn read(setting: &Setting) -> Result<Self, String> {
        let law = Fields::of(
            setting,
            "a whole number of periods, or a law: {values: [1, 2, 6], weights: [7, 2, 1]}, {uniform: [1, 3]}, \
             {geometric: 0.4, most: 12} or {poisson: 2, most: 10}",
            &["values", "weights", "uniform", "geometric", "poisson", "least", "most", "never"],
        )?;
        let kinds = ["values", "uniform", "geometric", "poisson"];
        let given: Vec<&str> = kinds.into_iter().filter(|kind| law.get(kind).is_some()).collect();
        let [kind] = given.as_slice() else {
            return Err(match given.as_slice() {
                [] => format!("found {setting}; expected one of {}", kinds.join(", ")),
                given => format!("found {}; a law is one of them", given.join(" and ")),
            });
        };
        let never = law.get("never").map_or(Some(0.0), Setting::number);
        let Some(never) = never.filter(|never| (0.0..1.0).contains(never)) else {
            let found = law.get("never").map(ToString::to_string).unwrap_or_default();
            return Err(format!("never: found {found}; expected a number from 0 to below 1"));
        };
        let bounds = ["least", "most"].into_iter().find(|key| law.get(key).is_some());
        if let (Some(bound), "values" | "uniform") = (bounds, *kind) {
            return Err(format!("{bound} has no effect on a law by {kind}; leave it out"));
        }
        if law.get("weights").is_some() && *kind != "values" {
            return Err("weights belong to values; leave them out".to_owned());
        }
        let (chances, cut) = match *kind {
            "values" => (law.weighted()?, 0.0),
            "uniform" => (law.uniform()?, 0.0),
            kind => law.tailed(kind)?,
        };
        let chances: Vec<f64> = chances.into_iter().map(|chance| chance * (1.0 - never)).collect();
        let least = chances.iter().position(|&chance| chance > 0.0).unwrap_or(0);
        Ok(Self { chances, never, cut, least })
    }
}

/// Mean from which on a Poisson law's chance of 0 is hardly a number any more [periods].
const LARGE_MEAN: f64 = 700.0;

fn is_period(number: f64) -> bool {
    number >= 0.0 && number.fract() == 0.0 && number <= MOST_VALUES as f64
}

impl Fields<'_> {
    fn weighted(&self) -> Result<Vec<f64>, String> {
        let expected = format!("whole numbers of periods from 0 to {MOST_VALUES}");
        let values = self.numbers("values", is_period, &expected)?.unwrap_or_default();
        let weights = self.numbers("weights", |weight| weight >= 0.0, "finite numbers >= 0")?;
        let weights = weights.unwrap_or_else(|| vec![1.0; values.len()]);
        if values.is_empty() {
            return Err("values: found an empty list; expected at least one lead time".to_owned());
        }
        if weights.len() != values.len() {
            return Err(format!("{} weights for {} values; expected one each", weights.len(), values.len()));
        }
        let total: f64 = weights.iter().sum();
        if !(total > 0.0 && total.is_finite()) {
            return Err("weights: found nothing but zeros; expected at least one above 0".to_owned());
        }
        let possible = |(_, weight): &(&f64, &f64)| **weight > 0.0;
        let longest =
            values.iter().zip(&weights).filter(possible).map(|(value, _)| *value).fold(0.0, f64::max);
        let mut chances = vec![0.0; longest as usize + 1];
        for (value, weight) in values.iter().zip(&weights).filter(possible) {
            chances[*value as usize] += weight / total;
        }
        Ok(chances)
    }

    fn uniform(&self) -> Result<Vec<f64>, String> {
        let expected = format!("[shortest, longest], whole numbers of periods from 0 to {MOST_VALUES}");
        let ends = self.numbers("uniform", is_period, &expected)?;
        match ends.as_deref() {
            Some(&[shortest, longest]) if shortest <= longest => {
                let (shortest, longest) = (shortest as usize, longest as usize);
                let chance = 1.0 / (longest - shortest + 1) as f64;
                Ok((0..=longest).map(|k| if k < shortest { 0.0 } else { chance }).collect())
            }
            _ => {
                let found = self.get("uniform").map(ToString::to_string).unwrap_or_default();
                Err(format!("uniform: found {found}; expected {expected}"))
            }
        }
    }

    /// A law without a longest value of its own, its tail put on `most`; and the chance of that tail.
    fn tailed(&self, kind: &str) -> Result<(Vec<f64>, f64), String> {
        let least = self.whole("least")?.unwrap_or(0);
        let most = self.whole("most")?;
        let most =
            most.ok_or_else(|| format!("most is missing; expected the longest lead time of a {kind} law"))?;
        if most < least {
            return Err(format!("most: found {most}; expected at least what least is, {least}"));
        }
        let mut chances = vec![0.0; most + 1];
        if kind == "geometric" {
            let stop = self.number("geometric", 0.0, 1.0)?.unwrap_or(1.0);
            if stop == 0.0 {
                return Err("geometric: found 0; expected a number above 0 and at most 1".to_owned());
            }
            let mut left = 1.0;
            for chance in &mut chances[least..] {
                *chance = left * stop;
                left -= *chance;
            }
        } else {
            let mean = self.number("poisson", 0.0, 1e4)?.unwrap_or(0.0);
            let (mut chance, mut log) = ((-mean).exp(), -mean);
            for k in 0..=most {
                // What lies below the least value is put on it.
                chances[k.max(least)] += chance;
                let ratio = mean / (k + 1) as f64;
                log += ratio.ln();
                // The first chance of a long lead time is too small to be a number.
                chance = if mean > LARGE_MEAN { log.exp() } else { chance * ratio };
            }
        }
        let cut = (1.0 - chances.iter().sum::<f64>()).max(0.0);
        chances[most] += cut;
        while chances.len() > 1 && chances.last() == Some(&0.0) {
            chances.pop();
        }
        Ok((chances, if cut > NEGLIGIBLE { cut } else { 0.0 }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn law(text: &[(&str, Setting)]) -> Result<LeadTimeLaw, String> {
        let entries = text.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        LeadTimeLaw::read(&Setting::Map(entries))
    }

    fn list(numbers: &[f64]) -> Setting {
        Setting::List(numbers.iter().copied().map(Setting::Number).collect())
    }

    #[test]
    fn a_law_of_values_has_the_chances_of_its_weights() {
        let law =
            law(&[("values", list(&[1.0, 2.0, 6.0])), ("weights", list(&[7.0, 2.0, 1.0]))]).expect("a law");
        for (k, expected) in [0.0, 0.7, 0.2, 0.0, 0.0, 0.0, 0.1].into_iter().enumerate() {
            assert!((law.chances[k] - expected).abs() < 1e-15);
        }
        assert_eq!((law.shortest(), law.longest(), law.fixed()), (1, 6, None));
        assert!((law.mean() - 1.7).abs() < 1e-12 && (law.at_least(2) - 0.3).abs() < 1e-12);
        assert_eq!([0.0, 0.699, 0.71, 0.95, 0.9999].map(|u| law.drawn(u)), [1, 1, 2, 6, 6].map(Some));
    }

    #[test]
    fn the_tail_of_a_law_is_put_on_its_longest_value_and_said() {
        let geometric = law(&[
            ("geometric", Setting::Number(0.5)),
            ("least", Setting::Number(1.0)),
            ("most", Setting::Number(3.0)),
        ]);
        let geometric = geometric.expect("a law");
        assert_eq!(geometric.chances, [0.0, 0.5, 0.25, 0.25]);
        assert_eq!(geometric.cut, 0.125);
        let poisson =
            law(&[("poisson", Setting::Number(2.0)), ("most", Setting::Number(2.0))]).expect("a law");
        assert!((poisson.chances[0] - (-2.0_f64).exp()).abs() < 1e-15);
        assert!((poisson.chances.iter().sum::<f64>() - 1.0).abs() < 1e-15);
        let never = law(&[("uniform", list(&[0.0, 1.0])), ("never", Setting::Number(0.5))]).expect("a law");
        assert_eq!(
            (never.chances.as_slice(), never.drawn(0.49), never.drawn(0.51)),
            ([0.25; 2].as_slice(), Some(1), None)
        );
    }

    /// The normal law is near: half of it lies on either side, 0.158655 below one deviation less.
    #[test]
    fn a_long_poisson_law_has_its_chances_though_the_first_is_no_number() {
        let law =
            law(&[("poisson", Setting::Number(2_500.0)), ("most", Setting::Number(5_000.0))]).expect("a law");
        assert!((law.mean() - 2_500.0).abs() < 1e-6 && law.cut == 0.0);
        let below: f64 = law.chances[..=2_450].iter().sum();
        assert!((below - 0.158_655).abs() < 0.005, "{below}");
    }

    #[test]
    fn what_is_no_law_is_told_what_is() {
        let refusals = [
            law(&[]),
            law(&[("values", list(&[1.5]))]),
            law(&[("values", list(&[1.0])), ("weights", list(&[1.0, 2.0]))]),
            law(&[("geometric", Setting::Number(0.4))]),
            law(&[("uniform", list(&[3.0, 1.0]))]),
            law(&[("uniform", list(&[1.0, 3.0])), ("most", Setting::Number(2.0))]),
            law(&[("uniform", list(&[1.0, 3.0])), ("never", Setting::Number(1.0))]),
            law(&[("normal", Setting::Number(2.0))]),
        ];
        let words = [
            "one of",
            "whole",
            "one each",
            "most is missing",
            "shortest",
            "no effect",
            "below 1",
            "known keys",
        ];
        for (refusal, word) in refusals.into_iter().zip(words) {
            let message = refusal.expect_err("refused");
            assert!(message.contains(word), "{message}");
        }
    }
}
