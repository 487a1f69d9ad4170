//! The units a programme is solved in.
//!
//! Solvers compare with absolute tolerances, so the same problem counted in other units, or paid in other money, would
//! be another problem to them. A programme whose numbers are far from those of pieces and everyday prices is solved in
//! units in which they are not. Units are powers of two, which change no digit; sizes that need no other unit keep 1.

use std::ops::RangeInclusive;

use super::{Programme, RowKind};

/// Quantities that solvers take as they are [units], and the size others are brought to, as a power of two.
const PLAIN_QUANTITIES: RangeInclusive<f64> = 0.5..=8192.0;
const USUAL_QUANTITY: f64 = 6.0;
/// The size that exact methods bring larger quantities to, likewise.
const LARGEST_EXACT: f64 = 13.0;
/// Values of a unit that solvers take as they are [money / unit], and the size others are brought to, likewise.
const PLAIN_VALUES: RangeInclusive<f64> = 0.015_625..=4096.0;
const USUAL_VALUE: f64 = 0.0;
/// Largest and smallest power of two used: products of two stay within the range of numbers.
const LARGEST_POWER: f64 = 500.0;

/// Units of a programme: what a solver sees is divided by them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// Of values and right-hand sides [units].
    pub quantity: f64,
    /// Of costs [money / unit].
    pub value: f64,
}

impl Scale {
    /// The units in which a programme with these right-hand sides is solved.
    ///
    /// Its size is what the rows that hold exactly are about: stock and demand. A limit may be as large as it likes.
    /// Its costs are measured by what a unit sold brings, or where nothing is sold by the largest.
    pub fn of(programme: &Programme, right: &[f64]) -> Self {
        let largest = |values: &mut dyn Iterator<Item = f64>| values.fold(0.0, f64::max);
        let revenue = largest(&mut programme.costs().iter().map(|cost| -cost));
        let value = if revenue > 0.0 {
            revenue
        } else {
            largest(&mut programme.costs().iter().map(|cost| cost.abs()))
        };
        Self { quantity: quantity_unit(size(programme, right)), value: value_unit(value) }
    }

    /// Likewise for a method without noise: units as large as can be, so that what is small beside the largest is not
    /// taken for rounding.
    pub fn of_exact(programme: &Programme, right: &[f64]) -> Self {
        let largest = size(programme, right);
        let quantity = if largest > *PLAIN_QUANTITIES.end() {
            unit(largest, &PLAIN_QUANTITIES, LARGEST_EXACT)
        } else {
            quantity_unit(largest)
        };
        Self { quantity, ..Self::of(programme, right) }
    }

    /// Of profits and costs in all [money].
    pub fn money(self) -> f64 {
        self.quantity * self.value
    }

    pub(super) fn right(self, right: &[f64]) -> Vec<f64> {
        right.iter().map(|value| value / self.quantity).collect()
    }

    pub(super) fn costs(self, programme: &Programme) -> Vec<f64> {
        programme.costs().iter().map(|cost| cost / self.value).collect()
    }
}

/// The largest right-hand side of a row that holds exactly, or if those are 0 of any row.
pub(crate) fn size(programme: &Programme, right: &[f64]) -> f64 {
    let largest = |equal_only: bool| {
        let rows = programme.kinds().iter().zip(right);
        let counted = rows.filter(|(kind, _)| !equal_only || **kind == RowKind::Equal);
        counted.map(|(_, value)| value.abs()).fold(0.0, f64::max)
    };
    let exact = largest(true);
    if exact > 0.0 { exact } else { largest(false) }
}

/// The unit for quantities of this size [units].
pub(crate) fn quantity_unit(size: f64) -> f64 {
    unit(size, &PLAIN_QUANTITIES, USUAL_QUANTITY)
}

/// The unit for values of this size [money / unit].
pub(crate) fn value_unit(size: f64) -> f64 {
    unit(size, &PLAIN_VALUES, USUAL_VALUE)
}

fn unit(size: f64, plain: &RangeInclusive<f64>, usual: f64) -> f64 {
    if size == 0.0 || !size.is_finite() || plain.contains(&size) {
        return 1.0;
    }
    (size.log2().floor() - usual).clamp(-LARGEST_POWER, LARGEST_POWER).exp2()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_sizes_keep_their_unit_and_others_come_to_the_usual_one() {
        for plain in [0.0, 0.5, 20.0, 8192.0, f64::INFINITY] {
            assert_eq!(quantity_unit(plain), 1.0);
        }
        // 100 million lie between 2^26 and 2^27.
        assert_eq!(quantity_unit(1e8), 2_f64.powi(20));
        assert_eq!(value_unit(0.001), 2_f64.powi(-10));
        for size in [1e-300, 1e-5, 1e9, 1e300] {
            let unit = quantity_unit(size);
            assert_eq!(unit.log2().fract(), 0.0, "a power of two");
            assert_eq!(
                quantity_unit(8.0 * size),
                if size == 1e-300 || size == 1e300 { unit } else { 8.0 * unit }
            );
        }
    }

    #[test]
    fn a_limit_beyond_all_stock_and_demand_does_not_set_the_unit() {
        let mut programme = Programme::default();
        programme.add_row(RowKind::Equal);
        programme.add_row(RowKind::AtMost);
        programme.add_column(-2.0, &[]);
        programme.add_column(1e9, &[]);
        assert_eq!(Scale::of(&programme, &[30.0, 1e12]), Scale { quantity: 1.0, value: 1.0 });
        assert_eq!(Scale::of(&programme, &[0.0, 1e12]).quantity, 2_f64.powi(39 - 6));
        assert_eq!(Scale::of_exact(&programme, &[2_f64.powi(40), 0.0]).quantity, 2_f64.powi(40 - 13));
        assert_eq!(Scale::of_exact(&programme, &[30.0, 1e12]).quantity, 1.0);
    }
}
