//! Whole episodes: played period by period, recorded, measured.

mod decide;
mod error;
mod key_figure;
mod kpi;
mod node_figure;
mod places;
mod symbol;
mod trajectory;

pub use decide::{DecisionError, Policy};
pub use error::{ActionError, EpisodeError, check_requests};
pub use key_figure::{
    Better, FaceNames, FigureUnit, KEY_FIGURES, KeyFigure, Measured, Recorded, SHORTAGE_TOLERANCE, Shown,
    key_figure, variance,
};
pub use kpi::{Bullwhip, KpiAccumulator, Kpis, PeriodSample, bullwhip, kpis};
pub use node_figure::{NODE_FIGURES, NodeFigure};
pub use places::{NodePeriod, NodeSums, PlaceAccumulator, PlaceSums, places};
pub use symbol::{Columns, Symbol, SymbolFacts};
pub(crate) use trajectory::check_length;
pub use trajectory::{History, MAX_PERIODS, MAX_RECORDED_NUMBERS, Matrix, Trajectory, check_horizon};

use crate::Problem;
use crate::demand::{NativeDemand, Sampler};
use crate::period::{CostParts, Flows, StateView, SupplyStreams, opening_row, play_alone};
use crate::random::Pcg64;

/// One episode in play, with its full record.
#[derive(Debug)]
pub struct Episode {
    problem: Problem,
    row: Vec<f64>,
    flows: Flows,
    sampler: Sampler,
    stream: Pcg64,
    supply: SupplyStreams,
    trajectory: Trajectory,
    parts: CostParts,
}

impl Episode {
    /// Begins an episode with the stream of a seed.
    ///
    /// # Errors
    /// [`EpisodeError`] if the record would not fit the stated limits.
    pub fn begin(problem: &Problem, seed: u64) -> Result<Self, EpisodeError> {
        let network = &*problem.network;
        let mut trajectory = Trajectory::new(network, problem.num_periods, problem.rules.backlog)?;
        let mut row = opening_row(network);
        let mut supply = SupplyStreams::seeded(network, seed);
        supply.open(network, row.as_chunks_mut::<1>().0, 0);
        let flows = Flows::new(network);
        trajectory.record_start(network, &row, &flows);
        Ok(Self {
            row,
            flows,
            sampler: Sampler::new(network),
            stream: Pcg64::seeded(seed),
            supply,
            trajectory,
            parts: CostParts::default(),
            problem: problem.clone(),
        })
    }

    /// Begins the next episode: state and record start anew, the stream goes on as it stands.
    pub fn begin_next(&mut self) {
        self.row = opening_row(&self.problem.network);
        self.supply.open(&self.problem.network, self.row.as_chunks_mut::<1>().0, 0);
        self.trajectory.clear();
        self.trajectory.record_start(&self.problem.network, &self.row, &self.flows);
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
        let Problem { network, demand, rules, num_periods } = &self.problem;
        check_requests(network, requests)?;
        let period = self.trajectory.periods_played;
        let (row, flows) = (&mut self.row, &mut self.flows);
        self.supply.draw(network, flows, 0);
        let process = NativeDemand::of_one(network, demand, &mut self.stream, &mut self.sampler);
        let mut process = process.with_further(&mut self.supply);
        let reward = play_alone(network, rules, *num_periods, row, requests, &mut process, flows);
        self.parts.add(&self.flows.total_parts(0), rules.weight(period));
        self.trajectory.record(&self.problem, &self.row, requests, &self.flows);
        Ok(reward)
    }

    /// Plays on to the end under a policy.
    ///
    /// # Errors
    /// [`ActionError`] if the policy cannot decide or its orders cannot be played; the episode stands before the period
    /// at fault.
    pub fn play(&mut self, policy: &mut impl Policy) -> Result<(), ActionError> {
        let mut orders = vec![0.0; self.problem.network.supply.len()];
        while !self.is_over() {
            policy.decide(&self.view(), &mut orders)?;
            self.step(&orders)?;
        }
        Ok(())
    }

    /// The state to decide on.
    pub fn view(&self) -> StateView<'_> {
        StateView::new(&self.problem, &self.row)
    }

    /// What is played.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    /// What an agent sees.
    pub fn observation(&self) -> &[f64] {
        &self.row[..self.problem.network.layout.observation()]
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
