//! What can be wrong with a training.

use invmgmt::adjoint::RecordingError;
use invmgmt::batch::RolloutError;
use invmgmt::episode::{ActionError, DecisionError, EpisodeError};
use invmgmt::mechanism::Mechanism;
use invmgmt_policy::{Information, PolicyError};

/// A training that cannot be begun or go on.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TrainError {
    /// A problem that cannot be learnt by gradient.
    #[error(transparent)]
    Recording(#[from] RecordingError),
    /// An episode held out that cannot be played.
    #[error(transparent)]
    Rollout(#[from] RolloutError),
    /// A teacher that cannot be made: it is none, or does not model the network.
    #[error("teacher: {0}")]
    Teacher(PolicyError),
    /// A teacher that sees what the student cannot.
    #[error(
        "teacher '{teacher}' is {teacher_knows} and the policy to be trained is {student}: it could not learn what it \
         cannot see; choose a teacher that knows no more, or let the policy know more"
    )]
    TeacherKnowsMore {
        /// The teacher, control characters escaped.
        teacher: String,
        /// What it knows.
        teacher_knows: Information,
        /// What the student knows.
        student: Information,
    },
    /// A net that all nodes share, on a network of which it would not see all.
    #[error(
        "a net that all nodes share sees stock, pipelines and demand, and nothing of other mechanisms of a network; train \
         it on a plain network, or lay the net out densely"
    )]
    SharedSeesLess,
    /// A lesson that broke off.
    #[error("teacher: {0}")]
    Lesson(String),
    /// Somebody asked for the end.
    #[error("interrupted")]
    Interrupted,
    /// A state that training cannot go on from.
    #[error("training cannot go on from it: {0}")]
    State(String),
}

impl From<EpisodeError> for TrainError {
    fn from(error: EpisodeError) -> Self {
        Self::Lesson(error.to_string())
    }
}

impl From<DecisionError> for TrainError {
    fn from(error: DecisionError) -> Self {
        Self::Lesson(error.to_string())
    }
}

impl From<ActionError> for TrainError {
    fn from(error: ActionError) -> Self {
        Self::Lesson(error.to_string())
    }
}

impl TrainError {
    /// Whether what is missing is a stand-in for goodwill.
    pub fn is_goodwill(&self) -> bool {
        matches!(self, Self::Recording(RecordingError::Refused(refusal))
            if refusal.refused.iter().any(|(mechanism, _)| *mechanism == Mechanism::Goodwill))
    }
}
