//! Whole episodes: played period by period, recorded, measured.

mod decide;
mod error;
mod kpi;
mod trajectory;

pub use decide::{DecisionError, Policy};
pub use error::{ActionError, EpisodeError, check_requests};
pub use kpi::{Bullwhip, KpiAccumulator, Kpis, PeriodSample, bullwhip, kpis};
pub use trajectory::{History, MAX_PERIODS, MAX_RECORDED_NUMBERS, Matrix, Trajectory, check_horizon};

use crate::demand::{DemandModel, NativeDemand, Sampler};
use crate::network::Network;
use crate::period::{CostParts, Flows, Rules, StateView, opening_row, play_alone};
use crate::random::Pcg64;

/// One episode in play, with its full record.
#[derive(Debug)]
pub struct Episode<'a> {
    network: &'a Network,
    demand: &'a DemandModel,
    rules: Rules,
    row: Vec<f64>,
    flows: Flows,
    sampler: Sampler,
    stream: Pcg64,
    trajectory: Trajectory,
    parts: CostParts,
}

impl<'a> Episode<'a> {
    /// Begins an episode with the stream of a seed.
    ///
    /// # Errors
    /// [`EpisodeError`] if the record would not fit the stated limits.
    pub fn begin(
        network: &'a Network,
        demand: &'a DemandModel,
        rules: Rules,
        num_periods: usize,
        seed: u64,
    ) -> Result<Self, EpisodeError> {
        let mut trajectory = Trajectory::new(network, num_periods)?;
        let row = opening_row(network);
        trajectory.record_start(network, &row);
        Ok(Self {
            network,
            demand,
            rules,
            row,
            flows: Flows::new(network),
            sampler: Sampler::new(network),
            stream: Pcg64::seeded(seed),
            trajectory,
            parts: CostParts::default(),
        })
    }

    /// Begins the next episode: state and record start anew, the stream goes on as it stands.
    pub fn begin_next(&mut self) {
        self.row = opening_row(self.network);
        self.trajectory.clear();
        self.trajectory.record_start(self.network, &self.row);
        self.parts = CostParts::default();
    }

    /// Plays one period with these requests, one per supply link [units]; returns the reward [money].
    ///
    /// # Errors
    /// [`ActionError`] for requests of the wrong number or not finite, or after the end; nothing is changed then.
    pub fn step(&mut self, requests: &[f64]) -> Result<f64, ActionError> {
        if self.is_over() {
            return Err(ActionError::Over { num_periods: self.trajectory.num_periods });
        }
        check_requests(self.network, requests)?;
        let period = self.trajectory.periods_played;
        let mut process =
            NativeDemand::of_one(self.network, self.demand, &mut self.stream, &mut self.sampler);
        let (row, flows) = (&mut self.row, &mut self.flows);
        let num_periods = self.trajectory.num_periods;
        let reward = play_alone(self.network, &self.rules, num_periods, row, requests, &mut process, flows);
        self.parts.add(&self.flows.total_parts(0), self.rules.weight(period));
        self.trajectory.record(self.network, &self.row, requests, &self.flows);
        Ok(reward)
    }

    /// Plays on to the end under a policy.
    ///
    /// # Errors
    /// [`ActionError`] if the policy cannot decide or its orders cannot be played; the episode stands before the period at fault.
    pub fn play(&mut self, policy: &mut impl Policy) -> Result<(), ActionError> {
        let mut orders = vec![0.0; self.network.supply.len()];
        while !self.is_over() {
            policy.decide(&self.view(), &mut orders)?;
            self.step(&orders)?;
        }
        Ok(())
    }

    /// The state to decide on.
    pub fn view(&self) -> StateView<'_> {
        StateView::new(self.network, &self.rules, self.trajectory.num_periods, &self.row)
    }

    /// What an agent sees.
    pub fn observation(&self) -> &[f64] {
        &self.row[..self.network.layout.observation()]
    }

    /// Whether the last period has been played.
    pub fn is_over(&self) -> bool {
        self.trajectory.periods_played >= self.trajectory.num_periods
    }

    /// The record so far.
    pub fn trajectory(&self) -> &Trajectory {
        &self.trajectory
    }

    /// Discounted money of all nodes so far, by part [money].
    pub fn cost_parts(&self) -> CostParts {
        self.parts
    }
}
