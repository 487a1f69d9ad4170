//! A tape: quantities worked out one from another, and how the money in question answers each, worked out backwards.
//!
//! Each quantity is a number per episode. Beside its value the tape keeps the step that made it, of which there are few
//! kinds; what a step's result is worth, its inputs are worth in proportion. Where a step has two sides, the values say
//! which was taken, so that nothing else need be kept.

use crate::period::Lanes;

/// A quantity on a tape.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Quantity(u32);

/// What is always 0: on every tape the first quantity. What is done with it leaves no step.
pub(super) const NOTHING: Quantity = Quantity(0);

impl Quantity {
    #[inline(always)]
    fn position(self) -> usize {
        self.0 as usize
    }
}

/// How a quantity was made.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// It was given.
    Given,
    Sum(Quantity, Quantity),
    Difference(Quantity, Quantity),
    /// A constant of the network times a quantity.
    Scaled(f64, Quantity),
    /// A constant per episode, by its position among them, times a quantity.
    Weighed(u32, Quantity),
    /// The second where it is less than the first.
    Smaller(Quantity, Quantity),
    Positive(Quantity),
    Product(Quantity, Quantity),
    /// 0 where the divisor is.
    Quotient(Quantity, Quantity),
    /// Another value, which answers what this one answers.
    InPlaceOf(Quantity),
}

/// Quantities in the order in which they were worked out.
#[derive(Clone, Debug, Default)]
pub(super) struct Tape<const W: usize> {
    values: Vec<Lanes<W>>,
    steps: Vec<Step>,
    weights: Vec<Lanes<W>>,
    /// Sensitivity to each quantity [money / unit].
    worth: Vec<Lanes<W>>,
}

impl<const W: usize> Tape<W> {
    /// Forgets everything, and begins with [`NOTHING`] and these numbers.
    pub fn begin(&mut self, numbers: &[[f64; W]]) {
        self.values.clear();
        self.steps.clear();
        self.weights.clear();
        self.worth.clear();
        self.values.push(Lanes::ZERO);
        self.values.extend(numbers.iter().map(|&number| Lanes::from(number)));
        self.steps.resize(self.values.len(), Step::Given);
    }

    /// The quantity of the number at a position among those it began with.
    #[inline(always)]
    pub fn number(position: usize) -> Quantity {
        Quantity(position as u32 + 1)
    }

    /// A quantity's value.
    #[inline(always)]
    pub fn value(&self, quantity: Quantity) -> Lanes<W> {
        self.values[quantity.position()]
    }

    /// A number that is given.
    pub fn given(&mut self, value: Lanes<W>) -> Quantity {
        self.push(value, Step::Given)
    }

    /// The first and the second.
    pub fn sum(&mut self, first: Quantity, second: Quantity) -> Quantity {
        if first == NOTHING || second == NOTHING {
            return if first == NOTHING { second } else { first };
        }
        self.push(self.value(first) + self.value(second), Step::Sum(first, second))
    }

    /// All of them.
    pub fn total(&mut self, quantities: impl IntoIterator<Item = Quantity>) -> Quantity {
        quantities.into_iter().fold(NOTHING, |sum, quantity| self.sum(sum, quantity))
    }

    /// The first without the second.
    pub fn difference(&mut self, first: Quantity, second: Quantity) -> Quantity {
        if second == NOTHING {
            return first;
        }
        self.push(self.value(first) - self.value(second), Step::Difference(first, second))
    }

    /// A constant of the network times a quantity.
    pub fn scaled(&mut self, factor: f64, quantity: Quantity) -> Quantity {
        if factor == 1.0 || factor == 0.0 || quantity == NOTHING {
            return if factor == 0.0 { NOTHING } else { quantity };
        }
        self.push(factor * self.value(quantity), Step::Scaled(factor, quantity))
    }

    /// A constant per episode times a quantity.
    pub fn weighed(&mut self, weights: Lanes<W>, quantity: Quantity) -> Quantity {
        if quantity == NOTHING || !weights.any_left() {
            return NOTHING;
        }
        if weights == Lanes::splat(1.0) {
            return quantity;
        }
        let position = self.weights.len() as u32;
        self.weights.push(weights);
        self.push(weights * self.value(quantity), Step::Weighed(position, quantity))
    }

    /// The first where `first_where` is 1, the second where it is 0.
    pub fn either(&mut self, first_where: Lanes<W>, first: Quantity, second: Quantity) -> Quantity {
        let first = self.weighed(first_where, first);
        let second = self.weighed(Lanes::splat(1.0) - first_where, second);
        self.sum(first, second)
    }

    /// The first, or the second where it is less.
    pub fn smaller(&mut self, first: Quantity, second: Quantity) -> Quantity {
        self.push(self.value(first).smaller(self.value(second)), Step::Smaller(first, second))
    }

    /// The quantity, but a limit where it is more.
    pub fn at_most(&mut self, quantity: Quantity, limit: f64) -> Quantity {
        if limit == f64::INFINITY {
            return quantity;
        }
        let limit = self.given(Lanes::splat(limit));
        self.smaller(quantity, limit)
    }

    /// The quantity where it is above 0, else 0.
    pub fn positive(&mut self, quantity: Quantity) -> Quantity {
        if quantity == NOTHING {
            return NOTHING;
        }
        self.push(self.value(quantity).positive(), Step::Positive(quantity))
    }

    /// The first times the second.
    pub fn product(&mut self, first: Quantity, second: Quantity) -> Quantity {
        if first == NOTHING || second == NOTHING {
            return NOTHING;
        }
        self.push(self.value(first) * self.value(second), Step::Product(first, second))
    }

    /// The first divided by the second; 0 where that is 0.
    pub fn quotient(&mut self, first: Quantity, second: Quantity) -> Quantity {
        if first == NOTHING {
            return NOTHING;
        }
        let (value, by) = (self.value(first), self.value(second));
        let quotient = Lanes::of(|lane| if by[lane] == 0.0 { 0.0 } else { value[lane] / by[lane] });
        self.push(quotient, Step::Quotient(first, second))
    }

    /// A value that answers whatever a quantity answers, unit for unit.
    pub fn in_place_of(&mut self, quantity: Quantity, value: Lanes<W>) -> Quantity {
        self.push(value, Step::InPlaceOf(quantity))
    }

    fn push(&mut self, value: Lanes<W>, step: Step) -> Quantity {
        let position = self.values.len() as u32;
        self.values.push(value);
        self.steps.push(step);
        Quantity(position)
    }

    /// Makes every quantity worth nothing.
    pub fn begin_back(&mut self) {
        self.worth.resize(self.values.len(), Lanes::ZERO);
    }

    /// Makes a quantity worth so much more.
    #[inline(always)]
    pub fn add_worth(&mut self, quantity: Quantity, worth: Lanes<W>) {
        self.worth[quantity.position()] += worth;
    }

    /// What a quantity is worth.
    #[inline(always)]
    pub fn worth(&self, quantity: Quantity) -> Lanes<W> {
        self.worth[quantity.position()]
    }

    /// Hands what every quantity is worth on to those it was made of, last to first.
    #[inline(always)]
    pub fn play_back(&mut self) {
        for position in (0..self.steps.len()).rev() {
            let worth = self.worth[position];
            match self.steps[position] {
                Step::Given => {}
                _ if !worth.any_left() => {}
                Step::Sum(first, second) => {
                    self.add_worth(first, worth);
                    self.add_worth(second, worth);
                }
                Step::Difference(first, second) => {
                    self.add_worth(first, worth);
                    self.worth[second.position()] -= worth;
                }
                Step::Scaled(factor, quantity) => self.add_worth(quantity, factor * worth),
                Step::Weighed(weights, quantity) => {
                    self.add_worth(quantity, self.weights[weights as usize] * worth);
                }
                Step::Smaller(first, second) => {
                    let (value, other) = (self.value(first), self.value(second));
                    let to = Lanes::of(|lane| if other[lane] < value[lane] { worth[lane] } else { 0.0 });
                    self.add_worth(second, to);
                    self.add_worth(first, worth - to);
                }
                Step::Positive(quantity) => {
                    let value = self.value(quantity);
                    let to = Lanes::of(|lane| if value[lane] > 0.0 { worth[lane] } else { 0.0 });
                    self.add_worth(quantity, to);
                }
                Step::Product(first, second) => {
                    let (value, other) = (self.value(first), self.value(second));
                    self.add_worth(first, worth * other);
                    self.add_worth(second, worth * value);
                }
                Step::Quotient(first, second) => {
                    let (quotient, by) = (self.values[position], self.value(second));
                    let to = Lanes::of(|lane| if by[lane] == 0.0 { 0.0 } else { worth[lane] / by[lane] });
                    self.add_worth(first, to);
                    self.worth[second.position()] -= quotient * to;
                }
                Step::InPlaceOf(quantity) => self.add_worth(quantity, worth),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand, at x = 3 and x = 0: of min(2 x, 4) the slope is 0 and 2, of x / (x + 1) it is 1 / (x + 1)^2, of x^2 it
    /// is 2 x, of 5 - x it is -1, and a value in place of x has the slope of x.
    #[test]
    fn each_step_has_the_slope_of_its_formula() {
        let mut tape = Tape::<2>::default();
        let slope = |tape: &mut Tape<2>, of: fn(&mut Tape<2>, Quantity) -> Quantity| {
            tape.begin(&[[3.0, 0.0]]);
            let x = Tape::<2>::number(0);
            let y = of(tape, x);
            tape.begin_back();
            tape.add_worth(y, Lanes::splat(1.0));
            tape.play_back();
            (tape.value(y).values(), tape.worth(x).values())
        };
        let least = |tape: &mut Tape<2>, x| {
            let twice = tape.scaled(2.0, x);
            tape.at_most(twice, 4.0)
        };
        assert_eq!(slope(&mut tape, least), ([4.0, 0.0], [0.0, 2.0]));
        let share = |tape: &mut Tape<2>, x| {
            let one = tape.given(Lanes::splat(1.0));
            let more = tape.sum(x, one);
            tape.quotient(x, more)
        };
        assert_eq!(slope(&mut tape, share), ([0.75, 0.0], [1.0 / 16.0, 1.0]));
        assert_eq!(slope(&mut tape, |tape, x| tape.quotient(x, x)), ([1.0, 0.0], [0.0, 0.0]));
        assert_eq!(slope(&mut tape, |tape, x| tape.product(x, x)), ([9.0, 0.0], [6.0, 0.0]));
        let rest = |tape: &mut Tape<2>, x| {
            let five = tape.given(Lanes::splat(5.0));
            let rest = tape.difference(five, x);
            tape.positive(rest)
        };
        assert_eq!(slope(&mut tape, rest), ([2.0, 5.0], [-1.0, -1.0]));
        let either = |tape: &mut Tape<2>, x| {
            let twice = tape.scaled(2.0, x);
            tape.either([1.0, 0.0].into(), twice, x)
        };
        assert_eq!(slope(&mut tape, either), ([6.0, 0.0], [2.0, 1.0]));
        let rounded = |tape: &mut Tape<2>, x| tape.in_place_of(x, [4.0, 1.0].into());
        assert_eq!(slope(&mut tape, rounded), ([4.0, 1.0], [1.0, 1.0]));
        assert_eq!(slope(&mut tape, |tape, x| tape.weighed([0.5, 0.0].into(), x)), ([1.5, 0.0], [0.5, 0.0]));
    }
}
