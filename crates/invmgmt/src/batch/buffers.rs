//! The caller's buffers: what a step writes, one entry or one row per episode.

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
