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

/// Standard errors of a paired difference beyond which an earlier look was better, not luckier [1].
const MORE_THAN_LUCK: f64 = 4.0;

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

/// How a training ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Why.
    pub end: End,
    /// The last look; what was held out earned there what it earns by the policy that is kept.
    pub look: Look,
    /// Whether the policy that is kept is that of an earlier look.
    pub went_back: bool,
}

/// Imitates the teacher, if there is one and training has not begun, and trains until a limit is met; `tell` is called
/// with every look, the last one after the last step. The trainer is left with the policy of the end, or with that of
/// an earlier look if what was held out earned more there than luck explains: a training may come to swing.
///
/// # Errors
/// [`TrainError::Rollout`] if an episode held out cannot be played, [`TrainError::Interrupted`] if somebody asked for
/// the end; the trainer stands behind its last step then.
pub fn train(
    trainer: &mut Trainer,
    limits: &Limits,
    held_out: &[u64],
    mut tell: impl FnMut(&Trainer, &Look),
) -> Result<Outcome, TrainError> {
    let begun = Instant::now();
    let interruption = interruption::current();
    let (mut most, mut idle, mut training) = (f64::NEG_INFINITY, 0, f64::NAN);
    trainer.imitate()?;
    let mut best = if trainer.steps() > 0 { Best::of(trainer, held_out)? } else { Best::default() };
    loop {
        let end = match (limits.steps, limits.seconds) {
            (Some(steps), _) if trainer.steps() >= steps => Some(End::Steps),
            (_, Some(seconds)) if begun.elapsed().as_secs_f64() >= seconds => Some(End::Seconds),
            _ => None,
        };
        let is_regular = trainer.steps().is_multiple_of(LOOK_EVERY);
        if end.is_some() || is_regular {
            let profits = profits(trainer, held_out)?;
            let seconds = begun.elapsed().as_secs_f64();
            let look = Look { steps: trainer.steps(), seconds, training, held_out: means(&profits) };
            // Only what a longer training would find, too.
            if is_regular {
                best.meet(trainer, &profits);
            }
            tell(trainer, &look);
            let mean = look.mean();
            idle = if mean > most + LEAST_GAIN * most.abs() || most.is_infinite() { 0 } else { idle + 1 };
            most = most.max(mean);
            if let Some(end) = end.or((idle >= limits.patience).then_some(End::Settled)) {
                return Ok(best.outcome(trainer, end, look, &profits));
            }
        }
        if interruption.is_requested() {
            return Err(TrainError::Interrupted);
        }
        training = trainer.step();
    }
}

/// What the best look so far earned on the seeds held out, problem by problem; nothing before the first [money].
#[derive(Default)]
struct Best {
    profits: Vec<Vec<f64>>,
}

impl Best {
    /// The best that the trainer knows of, from an earlier run.
    fn of(trainer: &mut Trainer, held_out: &[u64]) -> Result<Self, TrainError> {
        trainer.stand_at_best(true);
        let profits = profits(trainer, held_out);
        trainer.stand_at_best(false);
        Ok(Self { profits: profits? })
    }

    /// Takes the policy as it stands if it earned more.
    fn meet(&mut self, trainer: &mut Trainer, profits: &[Vec<f64>]) {
        let sum = |profits: &[Vec<f64>]| profits.iter().flatten().sum::<f64>();
        if self.profits.is_empty() || sum(profits) > sum(&self.profits) {
            trainer.remember_best();
            self.profits = profits.to_vec();
        }
    }

    /// The outcome; goes back to the best look where the end earned less on the same episodes than luck explains.
    fn outcome(self, trainer: &mut Trainer, end: End, look: Look, profits: &[Vec<f64>]) -> Outcome {
        let pairs = self.profits.iter().flatten().zip(profits.iter().flatten());
        let lost: Vec<f64> = pairs.map(|(best, last)| best - last).collect();
        let count = lost.len() as f64;
        let mean = lost.iter().sum::<f64>() / count;
        let variance = lost.iter().map(|lost| (lost - mean).powi(2)).sum::<f64>() / (count - 1.0);
        // With one episode there is no telling; no number is above what is none.
        if mean > MORE_THAN_LUCK * (variance / count).sqrt() {
            trainer.stand_at_best(true);
            let look = Look { held_out: means(&self.profits), ..look };
            return Outcome { end, look, went_back: true };
        }
        Outcome { end, look, went_back: false }
    }
}

/// Means per problem.
fn means(profits: &[Vec<f64>]) -> Vec<f64> {
    profits.iter().map(|profits| profits.iter().sum::<f64>() / profits.len() as f64).collect()
}

/// Profits of the policy as it stands on the seeds held out, problem by problem.
fn profits(trainer: &Trainer, held_out: &[u64]) -> Result<Vec<Vec<f64>>, TrainError> {
    let of = |problem| {
        let figures = rollout(problem, held_out, 1, || trainer.policy(problem))?;
        Ok(figures.iter().map(|figures| figures.kpis.total_profit).collect())
    };
    trainer.course().problems.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::Course;
    use crate::trainer::Settings;
    use invmgmt::Problem;
    use invmgmt::demand::DemandModel;
    use invmgmt::network::preset;
    use invmgmt::period::Rules;
    use invmgmt::random::Pcg64;
    use invmgmt_policy::learned::Knows;

    const HELD_OUT: [u64; 8] = [1, 2, 3, 4, 5, 6, 7, 8];

    fn trainer(rate: f32) -> Trainer {
        let network = preset("serial").expect("a preset").compile().expect("valid");
        let problem = Problem::new(network, DemandModel::default(), Rules::default(), 12);
        let course = Course::new(vec![problem], Knows::Informed, &mut Pcg64::seeded(3));
        let settings = Settings { episodes: 16, hidden: vec![8], rate, ..Settings::default() };
        Trainer::new(course, settings).expect("has a derivative")
    }

    /// What each look saw, and the outcome.
    fn trained(trainer: &mut Trainer, steps: u64) -> (Vec<f64>, Outcome) {
        let limits = Limits { steps: Some(steps), ..Limits::default() };
        let mut seen = Vec::new();
        let outcome = train(trainer, &limits, &HELD_OUT, |_, look| seen.push(look.mean())).expect("plays");
        (seen, outcome)
    }

    #[test]
    fn a_training_that_swings_keeps_the_policy_of_its_best_look_also_once_it_goes_on() {
        let mut wild = trainer(100.0);
        let (seen, outcome) = trained(&mut wild, 200);
        let best = seen.iter().copied().fold(f64::MIN, f64::max);
        assert!(outcome.went_back && seen[seen.len() - 1] < best, "{seen:?}");
        assert_eq!(outcome.look.mean(), best);
        assert_eq!(means(&profits(&wild, &HELD_OUT).expect("plays")), [best]);
        let mut later = trainer(100.0);
        later.resume(&wild.state()).expect("its own state");
        let (seen, outcome) = trained(&mut later, 300);
        assert!(outcome.went_back && seen.iter().all(|&mean| mean < best), "{seen:?}");
        assert_eq!(outcome.look.mean(), best);
    }

    #[test]
    fn a_training_that_gets_better_keeps_its_end() {
        let mut calm = trainer(3e-3);
        let (seen, outcome) = trained(&mut calm, 150);
        assert!(!outcome.went_back && seen[seen.len() - 1] > seen[0], "{seen:?}");
        assert_eq!(outcome.look.mean(), seen[seen.len() - 1]);
    }
}
