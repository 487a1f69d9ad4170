//! Where a plan stood, for one that goes on from it.

use super::Window;
use crate::lp::Basis;

/// Where a plan stood.
pub(crate) struct Stand {
    basis: Basis,
    periods: usize,
    others: usize,
    levels: usize,
}

impl Window {
    /// Where the last plan of one scenario stood, for a window that goes on from it.
    pub fn stand(&self) -> Option<Stand> {
        let is_plain = self.weights.len() == 1;
        let basis = self.solver.basis().filter(|_| is_plain)?;
        Some(Stand { basis, periods: self.rows.len(), others: self.others, levels: self.levels })
    }

    /// Begins where a plan stood that was made so many periods ago.
    pub fn go_on_from(&mut self, last: &Stand, passed: usize) {
        if self.weights.len() != 1 || last.levels != self.levels {
            return;
        }
        let periods = self.rows.len();
        let [flows, rest] = self.per_period;
        let rows = self.right.len() / periods;
        let then = |period: usize| period_then(period, periods, last.periods, passed);
        let row = |row: usize| then(row / rows) * rows + row % rows;
        let column = |column: usize| match column.checked_sub(self.others) {
            None => then(column / flows) * flows + column % flows,
            Some(other) => last.others + then(other / rest) * rest + other % rest,
        };
        self.solver.start_from(Some(Basis {
            rows: (0..self.right.len()).map(|at| last.basis.rows[row(at)]).collect(),
            columns: (0..self.programme.costs().len()).map(|at| last.basis.columns[column(at)]).collect(),
        }));
    }
}

/// The period of the last plan, of so many, that a period of a plan of so many begins from. The first half goes on from
/// itself, and as plans end alike, the other half from as far before the end; where there is more between than there
/// was, the middle of the last plan stands for it.
fn period_then(period: usize, periods: usize, last: usize, passed: usize) -> usize {
    let left = last.saturating_sub(passed);
    if left == 0 {
        return last - 1;
    }
    let first_half = left.min(periods) / 2;
    if period < first_half {
        return passed + period;
    }
    passed + left.saturating_sub(periods - period).max(first_half)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn then(periods: usize, last: usize, passed: usize) -> Vec<usize> {
        (0..periods).map(|period| period_then(period, periods, last, passed)).collect()
    }

    #[test]
    fn plans_of_any_length_begin_as_the_last_went_on_and_end_as_it_ended() {
        assert_eq!(then(6, 6, 0), [0, 1, 2, 3, 4, 5], "the same plan again");
        assert_eq!(then(6, 6, 1), [1, 2, 3, 3, 4, 5], "a period later");
        assert_eq!(then(5, 6, 1), [1, 2, 3, 4, 5], "towards the end of the episode");
        assert_eq!(then(10, 4, 0), [0, 1, 2, 2, 2, 2, 2, 2, 2, 3], "a longer plan");
        assert_eq!(then(4, 10, 0), [0, 1, 8, 9], "a shorter one");
        assert_eq!(then(3, 2, 5), [1, 1, 1], "all that was planned is over");
        assert_eq!(then(1, 9, 3), [8]);
    }
}
