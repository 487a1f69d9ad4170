//! The buffers a step of a batch writes, owned.

use invmgmt::Number;
use invmgmt::batch::StepBuffers;
use invmgmt::network::Network;

/// What the last step wrote, one entry or one row per episode.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome<F> {
    pub observations: Vec<F>,
    pub final_observations: Vec<F>,
    pub rewards: Vec<f64>,
    pub truncations: Vec<bool>,
    pub played: Vec<bool>,
    pub periods: Vec<i64>,
    pub inventories: Vec<f64>,
    pub backlogs: Vec<f64>,
    pub sentiments: Vec<f64>,
}

impl<F: Number + Default> Outcome<F> {
    pub fn new(network: &Network, rows: usize) -> Self {
        let numbers = rows * network.layout.observation();
        Self {
            observations: vec![F::default(); numbers],
            final_observations: vec![F::default(); numbers],
            rewards: vec![0.0; rows],
            truncations: vec![false; rows],
            played: vec![false; rows],
            periods: vec![0; rows],
            inventories: vec![0.0; rows],
            backlogs: vec![0.0; rows],
            sentiments: vec![0.0; rows],
        }
    }

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
