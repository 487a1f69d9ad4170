//! The full record of an episode: the matrices of the published model.

use std::ops::{Index, IndexMut, Range};

use super::{EpisodeError, Symbol};
use crate::Problem;
use crate::network::Network;
use crate::period::Flows;

/// Most periods of an episode.
pub const MAX_PERIODS: usize = 10_000_000;
/// Most numbers a full record may hold (2 GB of doubles).
pub const MAX_RECORDED_NUMBERS: usize = 250_000_000;

/// Checks the length of an episode that is not recorded.
///
/// # Errors
/// [`EpisodeError::Horizon`] naming the limit.
pub(crate) fn check_length(num_periods: usize) -> Result<(), EpisodeError> {
    if num_periods == 0 || num_periods > MAX_PERIODS {
        return Err(EpisodeError::Horizon { found: num_periods, max: MAX_PERIODS });
    }
    Ok(())
}

/// Checks that the full record of an episode stays within the limits.
///
/// # Errors
/// [`EpisodeError`] naming the limit.
pub fn check_horizon(network: &Network, num_periods: usize) -> Result<(), EpisodeError> {
    check_length(num_periods)?;
    let per_period: usize = Symbol::of(network).map(|symbol| symbol.width(network)).sum();
    match per_period.checked_mul(num_periods + 1) {
        Some(numbers) if numbers <= MAX_RECORDED_NUMBERS => Ok(()),
        _ => Err(EpisodeError::TooLarge { num_periods, max: MAX_RECORDED_NUMBERS }),
    }
}

/// Rows of numbers, one per period.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// Numbers per row.
    pub columns: usize,
    /// All rows, one after the other.
    pub values: Vec<f64>,
}

impl Matrix {
    fn zeros(rows: usize, columns: usize) -> Self {
        Self { columns, values: vec![0.0; rows * columns] }
    }

    /// The numbers of one period.
    pub fn row(&self, period: usize) -> &[f64] {
        &self.values[period * self.columns..(period + 1) * self.columns]
    }

    fn row_mut(&mut self, period: usize) -> &mut [f64] {
        &mut self.values[period * self.columns..(period + 1) * self.columns]
    }
}

/// The record of an episode, a matrix per [`Symbol`]; periods not yet played are zero.
#[derive(Clone, Debug, PartialEq)]
pub struct Trajectory {
    /// Length of the episode [periods].
    pub num_periods: usize,
    /// Periods played so far.
    pub periods_played: usize,
    /// Whether demand that was not met waited, where customers have no terms of their own.
    pub backlog: bool,
    matrices: [Matrix; Symbol::COUNT],
}

impl Index<Symbol> for Trajectory {
    type Output = Matrix;

    fn index(&self, symbol: Symbol) -> &Matrix {
        &self.matrices[symbol as usize]
    }
}

impl IndexMut<Symbol> for Trajectory {
    fn index_mut(&mut self, symbol: Symbol) -> &mut Matrix {
        &mut self.matrices[symbol as usize]
    }
}

impl Trajectory {
    /// An empty record.
    ///
    /// # Errors
    /// [`EpisodeError`] if it would exceed the limits.
    pub fn new(network: &Network, num_periods: usize, backlog: bool) -> Result<Self, EpisodeError> {
        check_horizon(network, num_periods)?;
        let matrices =
            Symbol::ALL.map(|symbol| Matrix::zeros(symbol.rows(num_periods), symbol.width(network)));
        Ok(Self { num_periods, periods_played: 0, backlog, matrices })
    }

    /// Forgets every period, as if none had been played.
    pub(super) fn clear(&mut self) {
        self.periods_played = 0;
        for matrix in &mut self.matrices {
            matrix.values.fill(0.0);
        }
    }

    /// Records how an episode begins.
    pub(super) fn record_start(&mut self, network: &Network, row: &[f64], flows: &Flows) {
        for symbol in Symbol::ALL.into_iter().filter(|symbol| symbol.facts().stands) {
            symbol.record(self[symbol].row_mut(0), network, row, &[], flows, 1.0);
        }
    }

    /// Records the period just played.
    pub(super) fn record(&mut self, problem: &Problem, row: &[f64], requests: &[f64], flows: &Flows) {
        let network = &*problem.network;
        let weight = problem.rules.weight(self.periods_played);
        let period = self.periods_played;
        for symbol in Symbol::ALL {
            let to = self[symbol].row_mut(period + usize::from(symbol.facts().stands));
            symbol.record(to, network, row, requests, flows, weight);
        }
        self.periods_played += 1;
    }

    /// The record as borrowed matrices.
    pub fn history(&self) -> History<'_> {
        self.window(&(0..self.periods_played))
    }

    /// Some of the periods played, as borrowed matrices.
    pub fn window(&self, periods: &Range<usize>) -> History<'_> {
        let matrices =
            self.matrices.each_ref().map(|matrix| &matrix.values[periods.start * matrix.columns..]);
        History { periods_played: periods.len(), backlog: self.backlog, matrices }
    }
}

/// The matrices that key figures are read from, wherever they are kept; row by row as in [`Trajectory`].
#[derive(Clone, Copy, Debug)]
pub struct History<'a> {
    /// Periods played.
    pub periods_played: usize,
    /// Whether demand that was not met waited, where customers have no terms of their own.
    pub backlog: bool,
    /// One per [`Symbol`], in the order of [`Symbol::ALL`].
    pub matrices: [&'a [f64]; Symbol::COUNT],
}

impl Index<Symbol> for History<'_> {
    type Output = [f64];

    fn index(&self, symbol: Symbol) -> &[f64] {
        self.matrices[symbol as usize]
    }
}

impl<'a> From<&'a Trajectory> for History<'a> {
    fn from(trajectory: &'a Trajectory) -> Self {
        trajectory.history()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::preset;

    #[test]
    fn a_record_beyond_the_limits_is_refused_with_the_limit() {
        let network = preset("network").expect("a preset").compile().expect("valid");
        let words = |periods| check_horizon(&network, periods).map_err(|error| error.to_string());
        assert_eq!(words(3_650), Ok(()));
        let out_of_range = |found: usize| {
            Err(format!("num_periods is {found}; expected a whole number from 1 to {MAX_PERIODS}"))
        };
        assert_eq!(words(0), out_of_range(0));
        assert_eq!(words(MAX_PERIODS + 1), out_of_range(MAX_PERIODS + 1));
        assert_eq!(words(usize::MAX), out_of_range(usize::MAX));
        // 66 numbers a period: X and P of 9 nodes, Y, R and requests of 11 links, S of 12, D and U of one, sentiment.
        let most = MAX_RECORDED_NUMBERS / 66 - 1;
        assert_eq!(words(most), Ok(()));
        assert_eq!(
            words(most + 1),
            Err(format!(
                "{} periods of this network make a record of more than 250000000 numbers; \
                 shorten num_periods or the network",
                most + 1
            ))
        );
    }
}
