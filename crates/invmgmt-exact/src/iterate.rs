//! Value iteration: sweeps over all states until the best there is is known between two bounds.

use invmgmt::interruption::Interruption;

use crate::ExactError;
use crate::model::Model;

/// Share of a sweep's change that is made to values where money is not discounted: less than all of it, so that states
/// that follow each other in turns settle too.
const DAMPING: f64 = 0.9;
/// Most sweeps along the choices made between two sweeps over all choices, and down to which share of the change before
/// them.
const FOLLOWED: usize = 30;
const FOLLOWED_TO: f64 = 0.1;
/// Most sweeps over all choices.
const MOST_SWEEPS: usize = 100_000;

/// What is known of the best average per period, or of the best discounted worth of the opening.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bracket {
    /// It is at least this [money].
    pub low: f64,
    /// It is at most this [money].
    pub high: f64,
}

impl Bracket {
    /// The middle.
    pub fn middle(&self) -> f64 {
        0.5 * (self.low + self.high)
    }

    /// How far apart the bounds are.
    pub fn gap(&self) -> f64 {
        self.high - self.low
    }
}

/// Values of states, and the choices made in them, while they are improved.
#[derive(Clone, Debug)]
pub(crate) struct Iteration {
    /// Weight of a period's money against the period before; none: the average per period counts.
    pub discount: Option<f64>,
    /// How likely each of the first states is to be the one in which it begins.
    pub opening: Vec<f64>,
    pub values: Vec<f64>,
    /// Per state the place of its choice.
    pub chosen: Vec<u32>,
    pub bracket: Bracket,
    pub sweeps: usize,
    expected: Vec<f64>,
    worth: Vec<f64>,
}

impl Iteration {
    pub fn new(discount: Option<f64>, opening: Vec<f64>, values: Vec<f64>) -> Self {
        let states = values.len();
        Self {
            discount,
            opening,
            values,
            chosen: vec![0; states],
            bracket: Bracket { low: f64::NEG_INFINITY, high: f64::INFINITY },
            sweeps: 0,
            expected: Vec::new(),
            worth: vec![0.0; states],
        }
    }

    /// Improves until the bounds are so close, in units of the value where that is above 1. `keep` is called where the
    /// values are all there is to go on from, and told whether it ends there.
    pub fn run(
        &mut self,
        model: &Model,
        tolerance: f64,
        interruption: &Interruption,
        mut watch: impl FnMut(&Self),
        mut keep: impl FnMut(&Self, bool) -> Result<(), ExactError>,
    ) -> Result<(), ExactError> {
        for _ in 0..MOST_SWEEPS {
            keep(self, interruption.is_requested())?;
            if interruption.is_requested() {
                return Err(ExactError::Interrupted);
            }
            self.sweep(model);
            watch(self);
            if self.bracket.gap() <= tolerance * self.bracket.middle().abs().max(1.0) {
                self.settle(model);
                return Ok(());
            }
            self.follow(model);
        }
        Err(ExactError::NotSettled { bracket: self.bracket, sweeps: self.sweeps })
    }

    /// Span of values from the lowest to the highest [money].
    pub fn span(&self) -> f64 {
        let (low, high) = ends(self.values.iter().copied());
        high - low
    }

    /// A sweep over all choices.
    fn sweep(&mut self, model: &Model) {
        let discount = self.discount.unwrap_or(1.0);
        model.expect_all(&self.values, &mut self.expected);
        model.best(discount, &self.expected, &mut self.worth, &mut self.chosen);
        self.sweeps += 1;
        let change = ends(self.worth.iter().zip(&self.values).map(|(worth, value)| worth - value));
        self.bracket = match self.discount {
            None => Bracket { low: change.0, high: change.1 },
            Some(discount) => {
                let later = discount / (1.0 - discount);
                let now = at_opening(&self.opening, &self.worth);
                Bracket { low: now + later * change.0, high: now + later * change.1 }
            }
        };
        self.take(change);
    }

    /// Sweeps along the choices made.
    fn follow(&mut self, model: &Model) {
        let begun = self.bracket.gap();
        for _ in 0..FOLLOWED {
            model.follow(self.discount.unwrap_or(1.0), &self.chosen, &self.values, &mut self.worth);
            let change = ends(self.worth.iter().zip(&self.values).map(|(worth, value)| worth - value));
            self.take(change);
            let gap =
                (change.1 - change.0) * self.discount.map_or(1.0, |discount| discount / (1.0 - discount));
            if gap <= FOLLOWED_TO * begun {
                return;
            }
        }
    }

    /// Takes over what a sweep found; `change` are the ends of its changes.
    fn take(&mut self, change: (f64, f64)) {
        let middle = 0.5 * (change.0 + change.1);
        match self.discount {
            None => {
                for (value, worth) in self.values.iter_mut().zip(&self.worth) {
                    *value += DAMPING * (worth - *value - middle);
                }
            }
            Some(discount) => {
                let later = discount / (1.0 - discount) * middle;
                for (value, worth) in self.values.iter_mut().zip(&self.worth) {
                    *value = worth + later;
                }
            }
        }
    }

    /// Lets choices that are as good as the best fall the same way everywhere.
    fn settle(&mut self, model: &Model) {
        let discount = self.discount.unwrap_or(1.0);
        model.expect_all(&self.values, &mut self.expected);
        model.best(discount, &self.expected, &mut self.worth, &mut self.chosen);
        let slack = 0.5 * self.bracket.gap() + 1e-11 * (1.0 + self.span());
        model.settle_ties(discount, &self.expected, &self.worth, slack, &mut self.chosen);
    }

    /// What the opening earns in all above the average, where that is what counts.
    pub fn head_start(&self, model: &Model) -> f64 {
        if self.discount.is_some() {
            return 0.0;
        }
        let usual: f64 =
            self.occupancy(model).iter().zip(&self.values).map(|(often, value)| often * value).sum();
        at_opening(&self.opening, &self.values) - usual
    }

    /// How likely each state is, in the long run or, discounted, over all periods, when the choices are followed from
    /// the opening on.
    pub fn occupancy(&self, model: &Model) -> Vec<f64> {
        const SETTLED: f64 = 1e-12;
        const MOST_PERIODS: usize = 20_000;
        let states = self.values.len();
        let (mut now, mut next) = (vec![0.0; states], vec![0.0; states]);
        now[..self.opening.len()].copy_from_slice(&self.opening);
        let mut all = vec![0.0; states];
        let mut weight = 1.0;
        for _ in 0..MOST_PERIODS {
            model.move_on(&self.chosen, &now, &mut next);
            let moved: f64 = now.iter().zip(&next).map(|(now, next)| (next - now).abs()).sum();
            match self.discount {
                None => {
                    for (now, next) in now.iter_mut().zip(&next) {
                        *now += DAMPING * (next - *now);
                    }
                }
                Some(discount) => {
                    for (all, now) in all.iter_mut().zip(&now) {
                        *all += (1.0 - discount) * weight * now;
                    }
                    weight *= discount;
                    now.copy_from_slice(&next);
                }
            }
            if moved < SETTLED || weight < SETTLED {
                break;
            }
        }
        if self.discount.is_none() {
            return now;
        }
        for (all, now) in all.iter_mut().zip(&now) {
            *all += weight * now;
        }
        all
    }
}

/// The mean over the states in which it may begin, which are the first.
pub(crate) fn at_opening(opening: &[f64], values: &[f64]) -> f64 {
    opening.iter().zip(values).map(|(likely, value)| likely * value).sum()
}

/// The lowest and the highest.
fn ends(numbers: impl Iterator<Item = f64>) -> (f64, f64) {
    numbers
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), number| (low.min(number), high.max(number)))
}
