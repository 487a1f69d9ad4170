//! The form of a linear programme: sparse columns, rows without their right-hand sides.

use super::scale::{quantity_unit, size};

/// Largest violation of a row that counts as feasible, relative to the programme's size, and to its unit at least.
const FEASIBILITY: f64 = 1e-6;

/// A row of a programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row(pub(super) u32);

/// A column of a programme: a value to choose, 0 or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column(pub(super) u32);

impl Row {
    /// Its position among the rows, and among the right-hand sides.
    pub fn position(self) -> usize {
        self.0 as usize
    }
}

impl Column {
    /// Its position among the columns, and among the values of a solution.
    pub fn position(self) -> usize {
        self.0 as usize
    }
}

/// How a row relates to its right-hand side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// The sum equals it.
    Equal,
    /// The sum is at most it.
    AtMost,
}

/// Choose values x >= 0, one per column and within its bound, of least cost, such that every row holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Programme {
    costs: Vec<f64>,
    /// Largest value of each column; infinite where it has no bound.
    uppers: Vec<f64>,
    kinds: Vec<RowKind>,
    /// Where each column's entries begin; entries of a column follow the order of its rows.
    starts: Vec<usize>,
    rows: Vec<u32>,
    coefficients: Vec<f64>,
}

impl Programme {
    /// Adds a row.
    pub fn add_row(&mut self, kind: RowKind) -> Row {
        self.kinds.push(kind);
        Row(self.kinds.len() as u32 - 1)
    }

    /// Adds a column with its cost per unit and its entries; entries of the same row are added up.
    pub fn add_column(&mut self, cost: f64, entries: &[(Row, f64)]) -> Column {
        let start = self.rows.len();
        self.starts.push(start);
        self.costs.push(cost);
        self.uppers.push(f64::INFINITY);
        let mut sorted = entries.to_vec();
        sorted.sort_by_key(|(row, _)| row.0);
        for (row, coefficient) in sorted {
            if self.rows[start..].last() == Some(&row.0) {
                let last = self.coefficients.len() - 1;
                self.coefficients[last] += coefficient;
            } else {
                self.rows.push(row.0);
                self.coefficients.push(coefficient);
            }
        }
        Column(self.costs.len() as u32 - 1)
    }

    /// Cost per unit of each column.
    pub fn costs(&self) -> &[f64] {
        &self.costs
    }

    /// Gives a column another cost per unit.
    pub fn set_cost(&mut self, column: Column, cost: f64) {
        self.costs[column.position()] = cost;
    }

    /// Largest value of each column.
    pub fn uppers(&self) -> &[f64] {
        &self.uppers
    }

    /// Lets a column be no larger than this.
    pub fn set_upper(&mut self, column: Column, upper: f64) {
        self.uppers[column.position()] = upper;
    }

    /// Kind of each row.
    pub fn kinds(&self) -> &[RowKind] {
        &self.kinds
    }

    /// Entries of a column: positions of rows, rising, and coefficients.
    pub fn column(&self, column: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let end = self.starts.get(column + 1).copied().unwrap_or(self.rows.len());
        let range = self.starts[column]..end;
        self.rows[range.clone()].iter().map(|&row| row as usize).zip(self.coefficients[range].iter().copied())
    }

    /// Cost of these values.
    pub fn cost_of(&self, values: &[f64]) -> f64 {
        self.costs.iter().zip(values).map(|(cost, value)| cost * value).sum()
    }

    /// Whether the values satisfy every row, up to a tolerance relative to the programme's size.
    pub fn is_feasible(&self, values: &[f64], right: &[f64]) -> bool {
        let size = size(self, right);
        self.violation(values, right) <= FEASIBILITY * size.max(quantity_unit(size))
    }

    /// By how much the values break the worst row, or leave their bounds.
    pub fn violation(&self, values: &[f64], right: &[f64]) -> f64 {
        let mut sums = vec![0.0; self.kinds.len()];
        let mut worst = 0.0_f64;
        for (column, &value) in values.iter().enumerate() {
            worst = worst.max(-value).max(value - self.uppers[column]);
            self.column(column).for_each(|(row, coefficient)| sums[row] += coefficient * value);
        }
        for ((kind, sum), right) in self.kinds.iter().zip(&sums).zip(right) {
            let over = match kind {
                RowKind::Equal => (sum - right).abs(),
                RowKind::AtMost => sum - right,
            };
            worst = if over.is_nan() { f64::NAN } else { worst.max(over) };
        }
        worst
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_one_row_add_up_and_stand_in_order() {
        let mut programme = Programme::default();
        let (first, second) = (programme.add_row(RowKind::Equal), programme.add_row(RowKind::AtMost));
        programme.add_column(1.0, &[(second, 2.0), (first, 1.0), (second, 0.5)]);
        programme.add_column(-1.0, &[(first, -1.0)]);
        assert_eq!(programme.column(0).collect::<Vec<_>>(), [(0, 1.0), (1, 2.5)]);
        assert_eq!(programme.column(1).collect::<Vec<_>>(), [(0, -1.0)]);
        assert_eq!(programme.cost_of(&[2.0, 3.0]), -1.0);
        assert_eq!(programme.violation(&[2.0, 3.0], &[-1.0, 5.0]), 0.0);
        assert_eq!(programme.violation(&[2.0, 3.0], &[0.0, 4.5]), 1.0);
        assert_eq!(programme.violation(&[-0.25, 0.0], &[-0.25, 0.0]), 0.25);
    }
}
