//! A training from beginning to end: steps, a look at episodes held out now and then, and when to stop.

use std::time::Instant;

use invmgmt::batch::rollout;
use invmgmt::interruption;

use crate::error::TrainError;
use crate::trainer::Trainer;

/// Steps between two looks at the episodes held out.
pub const LOOK_EVERY: u64 = 100;
/// Share by which the profit held out must have grown to count as better [1].
const LEAST_GAIN: f64 = 1e-4;

/// When a training ends; whichever comes first. With none of the first two it ends when nothing gets better any more.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Steps of all [1].
    pub steps: Option<u64>,
    /// Time of this run; the step under way is finished [seconds].
    pub seconds: Option<f64>,
    /// Looks without a better profit held out after which there is no use in going on.
    pub patience: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { steps: None, seconds: None, patience: 15 }
    }
}

/// Why a training ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// All steps were made.
    Steps,
    /// The time was up.
    Seconds,
    /// Nothing got better any more.
    Settled,
}

/// A look at episodes that training does not see.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// Steps made.
    pub steps: u64,
    /// Time of this run so far [seconds].
    pub seconds: f64,
    /// Mean profit of the last step's episodes [money].
    pub training: f64,
    /// Mean profit on the seeds held out, per problem [money].
    pub held_out: Vec<f64>,
}

impl Look {
    /// The mean over all problems [money].
    pub fn mean(&self) -> f64 {
        self.held_out.iter().sum::<f64>() / self.held_out.len() as f64
    }
}

/// Imitates the teacher, if there is one and training has not begun, and trains until a limit is met; `tell` is called
/// with every look, the last one after the last step.
///
/// # Errors
/// [`TrainError::Rollout`] if an episode held out cannot be played, [`TrainError::Interrupted`] if somebody asked for
/// the end; the trainer stands behind its last step then.
pub fn train(
    trainer: &mut Trainer,
    limits: &Limits,
    held_out: &[u64],
    mut tell: impl FnMut(&Trainer, &Look),
) -> Result<(End, Look), TrainError> {
    let begun = Instant::now();
    let interruption = interruption::current();
    let (mut best, mut idle, mut training) = (f64::NEG_INFINITY, 0, f64::NAN);
    trainer.imitate()?;
    loop {
        let end = match (limits.steps, limits.seconds) {
            (Some(steps), _) if trainer.steps() >= steps => Some(End::Steps),
            (_, Some(seconds)) if begun.elapsed().as_secs_f64() >= seconds => Some(End::Seconds),
            _ => None,
        };
        if end.is_some() || trainer.steps().is_multiple_of(LOOK_EVERY) {
            let profits = look(trainer, held_out)?;
            let seconds = begun.elapsed().as_secs_f64();
            let look = Look { steps: trainer.steps(), seconds, training, held_out: profits };
            tell(trainer, &look);
            let mean = look.mean();
            idle = if mean > best + LEAST_GAIN * best.abs() || best.is_infinite() { 0 } else { idle + 1 };
            best = best.max(mean);
            match end {
                Some(end) => return Ok((end, look)),
                None if idle >= limits.patience => return Ok((End::Settled, look)),
                None => {}
            }
        }
        if interruption.is_requested() {
            return Err(TrainError::Interrupted);
        }
        training = trainer.step();
    }
}

/// Mean profit of the policy as it stands on the seeds held out, per problem.
fn look(trainer: &Trainer, held_out: &[u64]) -> Result<Vec<f64>, TrainError> {
    let mean = |problem| {
        let figures = rollout(problem, held_out, 1, || trainer.policy(problem))?;
        Ok(figures.iter().map(|figures| figures.kpis.total_profit).sum::<f64>() / held_out.len() as f64)
    };
    trainer.course().problems.iter().map(mean).collect()
}
