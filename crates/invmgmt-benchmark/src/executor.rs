//! Units of work played by another process, as on a cluster, and handed over as text.

use crate::journal::Finished;
use crate::play::play;
use crate::{Plan, RunError};

/// Takes the text of a finished unit; an error says that no more is wanted.
pub type Keep<'a> = &'a mut dyn FnMut(&str) -> Result<(), RunError>;

/// Has units of a plan played somewhere else: given the plan and the numbers of the units, it hands over each as
/// [`play_unit`] made it, in any order. Called on the calling thread.
pub type UnitExecutor<'a> = &'a dyn Fn(&Plan<'_>, &[usize], Keep<'_>) -> Result<(), RunError>;

/// Plays one unit of work of a plan: what came of it, as text for [`UnitExecutor`] to hand over. Two plans of the same
/// [`identity`](Plan::identity) have the same units under the same numbers.
///
/// # Errors
/// [`RunError::Executor`] if the plan has no unit of this number.
pub fn play_unit(plan: &Plan<'_>, number: usize) -> Result<String, RunError> {
    let units = plan.units();
    let Some(unit) = units.get(number) else {
        return Err(RunError::Executor(format!("there is no unit {number}; the plan has {}", units.len())));
    };
    let problem = &plan.suite.problems()[unit.problem];
    let rows = play(plan.contestant(unit.contestant), problem, &unit.seeds, plan.seeds[0]);
    let finished = Finished { problem: unit.problem, contestant: unit.contestant, rows };
    serde_json::to_string(&finished).map_err(|error| RunError::Executor(error.to_string()))
}

/// The unit a text holds.
pub(crate) fn unit_from(text: &str) -> Result<Finished, RunError> {
    serde_json::from_str(text).map_err(|error| RunError::Executor(format!("sent no episodes: {error}")))
}
