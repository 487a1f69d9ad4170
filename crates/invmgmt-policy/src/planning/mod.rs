//! Planners: linear programmes over the periods to come.

mod best_known;
mod blind;
mod branches;
mod builder;
mod certainty;
mod counting;
mod family;
mod foresight;
mod horizon;
mod informed;
mod lots;
mod mpc;
mod oracle;
mod outage;
mod paths;
mod rehearsal;
mod rolling;
mod safety;
mod sampled;
mod season;
mod structural;
mod supply;
mod surplus;
mod terms;
mod window;

pub(crate) use blind::LocalTrend;
pub(crate) use certainty::{CertaintyEquivalent, PublishedMean};
pub(crate) use family::Family;
pub(crate) use foresight::Forecaster;
pub(crate) use informed::KnownParameters;
pub(crate) use mpc::PlanAhead;
pub(crate) use oracle::{Clairvoyant, profit_bound};
pub(crate) use paths::Paths;
pub(crate) use rehearsal::KnownEpisode;
pub(crate) use rolling::RollingPlan;
pub(crate) use sampled::Sampled;
