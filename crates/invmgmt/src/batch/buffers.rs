//! The caller's buffers: what a step writes, one entry or one row per episode.

use crate::network::Network;
use crate::number::Number;

/// What a step of a batch writes.
#[derive(Debug)]
pub struct StepBuffers<'a, F> {
    /// Observations, (rows, observation).
    pub observations: &'a mut [F],
    /// Last observations of episodes that ended, (rows, observation); used by `SameStep` only, else empty.
    pub final_observations: &'a mut [F],
    /// Rewards [money].
    pub rewards: &'a mut [f64],
    /// Whether the horizon was reached.
    pub truncations: &'a mut [bool],
    /// Whether a period was played (false where the step began an episode).
    pub played: &'a mut [bool],
    /// The period played, 0-based.
    pub periods: &'a mut [i64],
    /// Units on hand in all nodes after the period [units].
    pub inventories: &'a mut [f64],
    /// Unmet demand of all markets [units].
    pub backlogs: &'a mut [f64],
    /// Sentiment in force [1].
    pub sentiments: &'a mut [f64],
}

/// What the last step of a batch wrote, for a caller without arrays of its own to lend.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome<F> {
    /// Observations, (rows, observation).
    pub observations: Vec<F>,
    /// Last observations of episodes that ended, (rows, observation); written by `SameStep` only.
    pub final_observations: Vec<F>,
    /// Rewards [money].
    pub rewards: Vec<f64>,
    /// Whether the horizon was reached.
    pub truncations: Vec<bool>,
    /// Whether a period was played.
    pub played: Vec<bool>,
    /// The period played, 0-based.
    pub periods: Vec<i64>,
    /// Units on hand in all nodes after the period [units].
    pub inventories: Vec<f64>,
    /// Unmet demand of all markets [units].
    pub backlogs: Vec<f64>,
    /// Sentiment in force [1].
    pub sentiments: Vec<f64>,
}

impl<F: Number> Outcome<F> {
    /// Of so many rows that observe the plain state; all zero.
    pub fn new(network: &Network, rows: usize) -> Self {
        let numbers = vec![F::narrow(0.0); rows * network.layout.observation()];
        Self {
            final_observations: numbers.clone(),
            observations: numbers,
            rewards: vec![0.0; rows],
            truncations: vec![false; rows],
            played: vec![false; rows],
            periods: vec![0; rows],
            inventories: vec![0.0; rows],
            backlogs: vec![0.0; rows],
            sentiments: vec![0.0; rows],
        }
    }

    /// What a step writes into.
    pub fn buffers(&mut self) -> StepBuffers<'_, F> {
        StepBuffers {
            observations: &mut self.observations,
            final_observations: &mut self.final_observations,
            rewards: &mut self.rewards,
            truncations: &mut self.truncations,
            played: &mut self.played,
            periods: &mut self.periods,
            inventories: &mut self.inventories,
            backlogs: &mut self.backlogs,
            sentiments: &mut self.sentiments,
        }
    }
}

impl<F> StepBuffers<'_, F> {
    /// What a row reports that began an episode in place of playing a period.
    pub(super) fn set_unplayed(&mut self, row: usize) {
        self.played[row] = false;
        self.rewards[row] = 0.0;
        self.truncations[row] = false;
        self.periods[row] = 0;
        self.inventories[row] = 0.0;
        self.backlogs[row] = 0.0;
        self.sentiments[row] = 0.0;
    }

    /// The buffers of the first `rows` rows, and those of the rest.
    pub(super) fn split_at(self, rows: usize, observation: usize) -> (Self, Self) {
        let numbers = rows * observation;
        let finals = numbers.min(self.final_observations.len());
        let (observations, observations_rest) = self.observations.split_at_mut(numbers);
        let (final_observations, final_rest) = self.final_observations.split_at_mut(finals);
        let (rewards, rewards_rest) = self.rewards.split_at_mut(rows);
        let (truncations, truncations_rest) = self.truncations.split_at_mut(rows);
        let (played, played_rest) = self.played.split_at_mut(rows);
        let (periods, periods_rest) = self.periods.split_at_mut(rows);
        let (inventories, inventories_rest) = self.inventories.split_at_mut(rows);
        let (backlogs, backlogs_rest) = self.backlogs.split_at_mut(rows);
        let (sentiments, sentiments_rest) = self.sentiments.split_at_mut(rows);
        let first = Self {
            observations,
            final_observations,
            rewards,
            truncations,
            played,
            periods,
            inventories,
            backlogs,
            sentiments,
        };
        let rest = Self {
            observations: observations_rest,
            final_observations: final_rest,
            rewards: rewards_rest,
            truncations: truncations_rest,
            played: played_rest,
            periods: periods_rest,
            inventories: inventories_rest,
            backlogs: backlogs_rest,
            sentiments: sentiments_rest,
        };
        (first, rest)
    }
}
