//! What can be wrong with a training.

use invmgmt::adjoint::RecordingError;
use invmgmt::batch::RolloutError;
use invmgmt::mechanism::Mechanism;

/// A training that cannot be begun or go on.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TrainError {
    /// A problem that cannot be learnt by gradient.
    #[error(transparent)]
    Recording(#[from] RecordingError),
    /// An episode held out that cannot be played.
    #[error(transparent)]
    Rollout(#[from] RolloutError),
    /// Somebody asked for the end.
    #[error("interrupted")]
    Interrupted,
    /// A state that training cannot go on from.
    #[error("training cannot go on from it: {0}")]
    State(String),
}

impl TrainError {
    /// Whether what is missing is a stand-in for goodwill.
    pub fn is_goodwill(&self) -> bool {
        matches!(self, Self::Recording(RecordingError::Refused(refusal))
            if refusal.refused.iter().any(|(mechanism, _)| *mechanism == Mechanism::Goodwill))
    }
}
