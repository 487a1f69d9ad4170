//! What a line of a benchmark's journal says.

use serde::{Deserialize, Serialize};

use crate::play::Played;

/// A finished unit of work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Finished {
    /// Position of its problem in the suite.
    pub problem: usize,
    /// Position of its policy, constants behind the policies asked for.
    pub contestant: usize,
    /// Its episodes.
    pub rows: Vec<Played>,
}
