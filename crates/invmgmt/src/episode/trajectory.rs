//! The full record of an episode: the matrices X, Y, R, S, D, U, P and GW of the published model.

use super::EpisodeError;
use crate::network::{Network, Part, TableIndex};
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
    let per_period = 2 * network.nodes.len()
        + 3 * network.supply.len()
        + network.links.len()
        + 2 * network.market.len()
        + 1;
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

/// The record of an episode; periods not yet played are zero.
#[derive(Clone, Debug, PartialEq)]
pub struct Trajectory {
    /// Length of the episode [periods].
    pub num_periods: usize,
    /// Periods played so far.
    pub periods_played: usize,
    /// X: stock at the start of each period, per node; shape (T + 1, nodes) [units].
    pub on_hand: Matrix,
    /// Y: units on order at the start of each period; shape (T + 1, supply links) [units].
    pub on_order: Matrix,
    /// R: units filled; shape (T, supply links) [units].
    pub filled: Matrix,
    /// What was asked for; shape (T, supply links) [units].
    pub requested: Matrix,
    /// S: units filled or sold; shape (T, links) [units].
    pub moved: Matrix,
    /// D: demand; shape (T, market links) [units].
    pub demand: Matrix,
    /// U: unmet demand; shape (T, market links) [units].
    pub unmet: Matrix,
    /// P: discounted profit; shape (T, nodes) [money].
    pub profit: Matrix,
    /// GW: sentiment in force; shape (T,) [1].
    pub sentiment: Matrix,
}

impl Trajectory {
    /// An empty record.
    ///
    /// # Errors
    /// [`EpisodeError`] if it would exceed the limits.
    pub fn new(network: &Network, num_periods: usize) -> Result<Self, EpisodeError> {
        check_horizon(network, num_periods)?;
        let (nodes, links) = (network.nodes.len(), network.links.len());
        let (supply, market) = (network.supply.len(), network.market.len());
        Ok(Self {
            num_periods,
            periods_played: 0,
            on_hand: Matrix::zeros(num_periods + 1, nodes),
            on_order: Matrix::zeros(num_periods + 1, supply),
            filled: Matrix::zeros(num_periods, supply),
            requested: Matrix::zeros(num_periods, supply),
            moved: Matrix::zeros(num_periods, links),
            demand: Matrix::zeros(num_periods, market),
            unmet: Matrix::zeros(num_periods, market),
            profit: Matrix::zeros(num_periods, nodes),
            sentiment: Matrix::zeros(num_periods, 1),
        })
    }

    /// Forgets every period, as if none had been played.
    pub(super) fn clear(&mut self) {
        self.periods_played = 0;
        let matrices = [
            &mut self.on_hand,
            &mut self.on_order,
            &mut self.filled,
            &mut self.requested,
            &mut self.moved,
            &mut self.demand,
            &mut self.unmet,
            &mut self.profit,
            &mut self.sentiment,
        ];
        for matrix in matrices {
            matrix.values.fill(0.0);
        }
    }

    pub(super) fn record_start(&mut self, network: &Network, row: &[f64]) {
        self.record_stocks(network, row, 0);
    }

    pub(super) fn record(&mut self, network: &Network, row: &[f64], requests: &[f64], flows: &Flows) {
        let (t, layout) = (self.periods_played, &network.layout);
        self.record_stocks(network, row, t + 1);
        for (to, filled) in self.filled.row_mut(t).iter_mut().zip(flows.filled(0)) {
            *to = filled;
        }
        self.requested.row_mut(t).copy_from_slice(requests);
        for link in network.links.indices() {
            self.moved.row_mut(t)[link.position()] = flows.moved(network, link, 0);
        }
        self.demand.row_mut(t).copy_from_slice(&row[layout.range(Part::Demand)]);
        self.unmet.row_mut(t).copy_from_slice(&row[layout.range(Part::Unmet)]);
        for (node, managed) in network.managed.iter() {
            self.profit.row_mut(t)[managed.node.position()] = flows.profit(node, 0);
        }
        self.sentiment.row_mut(t)[0] = row[layout.start(Part::Sentiment)];
        self.periods_played += 1;
    }

    fn record_stocks(&mut self, network: &Network, row: &[f64], period: usize) {
        let stocks = &row[network.layout.range(Part::OnHand)];
        for (node, managed) in network.managed.iter() {
            self.on_hand.row_mut(period)[managed.node.position()] = stocks[node.position()];
        }
        self.on_order.row_mut(period).copy_from_slice(&row[network.layout.range(Part::OnOrder)]);
    }

    /// The record as borrowed matrices.
    pub fn history(&self) -> History<'_> {
        History {
            periods_played: self.periods_played,
            on_hand: &self.on_hand.values,
            requested: &self.requested.values,
            moved: &self.moved.values,
            demand: &self.demand.values,
            unmet: &self.unmet.values,
            profit: &self.profit.values,
            sentiment: &self.sentiment.values,
        }
    }
}

/// The matrices that key figures are read from, wherever they are kept; row by row as in [`Trajectory`].
#[derive(Clone, Copy, Debug)]
pub struct History<'a> {
    /// Periods played.
    pub periods_played: usize,
    /// X.
    pub on_hand: &'a [f64],
    /// What was asked for.
    pub requested: &'a [f64],
    /// S.
    pub moved: &'a [f64],
    /// D.
    pub demand: &'a [f64],
    /// U.
    pub unmet: &'a [f64],
    /// P.
    pub profit: &'a [f64],
    /// GW.
    pub sentiment: &'a [f64],
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
