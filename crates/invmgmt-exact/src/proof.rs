//! The second proof: a policy played by the engine earns what was promised.

use invmgmt::Problem;
use invmgmt::batch::{RolloutError, rollout};
use invmgmt::period::Rules;

use crate::{Criterion, Solution};

/// Periods of an episode that stands for all time to come.
const LONG: usize = 10_000;
/// Weight at which what is still to come is left out.
const NEGLIGIBLE: f64 = 1e-7;
/// The first seed played.
const FIRST_SEED: u64 = 30_000;
/// Standard errors within which the simulation has to agree.
const STANDARD_ERRORS: f64 = 4.0;

/// What a policy earned when it was played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Simulated {
    /// Mean profit, in the units of the criterion [money].
    pub mean: f64,
    /// Its standard error [money].
    pub standard_error: f64,
    /// What was to be expected of episodes of this length [money].
    pub promised: f64,
    /// Periods played.
    pub periods: usize,
}

impl Simulated {
    /// Whether it earned what was promised, as far as chance lets one say.
    pub fn agrees(&self) -> bool {
        let slack = 1e-6 * self.promised.abs().max(1.0);
        (self.mean - self.promised).abs() <= STANDARD_ERRORS * self.standard_error + slack
    }
}

impl Solution {
    /// Plays the policy for about so many periods.
    ///
    /// # Errors
    /// [`RolloutError`] where somebody asked for its end.
    pub fn simulate(
        &self,
        problem: &Problem,
        periods: usize,
        threads: usize,
    ) -> Result<Simulated, RolloutError> {
        let discount = match self.criterion {
            Criterion::Average => 1.0,
            Criterion::Discounted(weight) | Criterion::Finite(weight) => weight,
        };
        let num_periods = match (self.window, self.criterion) {
            (Some((window, _)), _) => window.end(),
            (None, Criterion::Average) => LONG,
            (None, Criterion::Discounted(weight)) => (NEGLIGIBLE.ln() / weight.ln()).ceil() as usize,
            (None, Criterion::Finite(_)) => problem.num_periods,
        };
        let played = Problem { num_periods, rules: Rules { discount, ..problem.rules }, ..problem.clone() };
        let episodes = periods.div_ceil(num_periods).max(2) as u64;
        let seeds: Vec<u64> = (FIRST_SEED..FIRST_SEED + episodes).collect();
        let per_period = self.criterion == Criterion::Average && self.window.is_none();
        let unit = if per_period { num_periods as f64 } else { 1.0 };
        let figures = rollout(&played, &seeds, threads, || self.policy.clone())?;
        let profits: Vec<f64> = figures.iter().map(|episode| episode.kpis.total_profit / unit).collect();
        let mean = profits.iter().sum::<f64>() / profits.len() as f64;
        let deviations = profits.iter().map(|profit| (profit - mean) * (profit - mean)).sum::<f64>();
        let standard_error = (deviations / (profits.len() - 1) as f64 / profits.len() as f64).sqrt();
        let promised = match self.window {
            Some((_, in_all)) => in_all,
            None => self.profit.middle() + self.head_start / unit,
        };
        Ok(Simulated { mean, standard_error, promised, periods: num_periods * seeds.len() })
    }
}
