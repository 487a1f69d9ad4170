//! What a policy earns in some periods, after it has played others.

use crate::iterate::Iteration;
use crate::model::Model;

/// Periods of which is told what is earned in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Periods played before, from the opening on.
    pub warm_up: usize,
    /// Periods that count, at least 1; the first of them with weight 1.
    pub periods: usize,
}

impl Window {
    /// Periods from the opening to its end.
    pub fn end(&self) -> usize {
        self.warm_up + self.periods
    }

    /// What the choices made earn within it, per period on average or discounted, and in all from the opening to its
    /// end.
    pub(crate) fn of(&self, iteration: &Iteration, model: &Model) -> (f64, f64) {
        let states = iteration.values.len();
        let (mut now, mut next) = (vec![0.0; states], vec![0.0; states]);
        now[..iteration.opening.len()].copy_from_slice(&iteration.opening);
        let earns = |state: usize| model.choices_of(state)[iteration.chosen[state] as usize].reward;
        let discount = iteration.discount.unwrap_or(1.0);
        let (mut within, mut in_all, mut weight) = (0.0, 0.0, 1.0);
        let mut weight_within = 1.0;
        for period in 0..self.end() {
            let earned: f64 = now.iter().enumerate().map(|(state, likely)| likely * earns(state)).sum();
            in_all += weight * earned;
            weight *= discount;
            if period >= self.warm_up {
                within += weight_within * earned;
                weight_within *= discount;
            }
            model.move_on(&iteration.chosen, &now, &mut next);
            std::mem::swap(&mut now, &mut next);
        }
        let unit = if iteration.discount.is_none() { self.periods as f64 } else { 1.0 };
        (within / unit, in_all)
    }
}
