//! The benchmark: problems x policies x seeds, played on all cores, kept, compared and reported.
//!
//! A [`Suite`](invmgmt_data::Suite) is a versioned list of problems. A [`Plan`] says which [`Contestant`]s play it with
//! which seeds;
//! [`benchmark`] plays it and writes the files that `docs/benchmark.md` describes. Results do not depend on the number
//! of threads, and a run that was killed goes on where it stopped.
//!
//! - `contestant`, `play`: a policy plays the seeds of a problem; a failure is an outcome like any other
//! - `journal`, `run`, `session`: units of work on threads, each kept in the journal as soon as it is done
//! - `executor`: units of work on other machines, handed over as text
//! - `figures`, [`statistics`]: key figures of an episode, and what many of them say
//! - `files`, `read`, `report`: tables, manifest and report
//! - `leaderboard`: results of several people, checked and merged
#![forbid(unsafe_code)]

mod baseline;
mod contestant;
mod error;
mod executor;
mod figures;
mod files;
mod journal;
mod leaderboard;
mod plan;
mod play;
mod read;
mod report;
mod run;
mod session;
pub mod statistics;
mod suite;

pub use contestant::{Contestant, Entrant, Named, NoEntry, Player};
pub use error::{RefusedPairs, ResultsError, RunError};
pub use executor::{Keep, UnitExecutor, play_unit};
pub use figures::{Course, FIGURES, Figures, PROFIT};
pub use files::{
    COMMIT, COMPARISONS, CONSTANTS, EPISODES, FileHash, HASHED, JOURNAL, MANIFEST, Manifest, REPORT, SUMMARY,
    SuiteName, TIMINGS, Times,
};
pub use leaderboard::{BoardError, Leaderboard, Standing, leaderboard};
pub use plan::Plan;
pub use play::{Played, Timing, play};
pub use run::{Execution, Row};
pub use session::{Outcome, Session, benchmark, check_results};
pub use suite::{fingerprint, first_seeds};
