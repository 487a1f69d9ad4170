//! Planners: linear programmes over the periods to come.

mod certainty;
mod oracle;
mod paths;
mod rehearsal;
mod rolling;
mod sampled;
mod window;

pub(crate) use certainty::{CertaintyEquivalent, PublishedMean};
pub(crate) use oracle::Oracle;
pub(crate) use paths::Paths;
pub(crate) use rolling::RollingPlan;
pub(crate) use sampled::Sampled;
