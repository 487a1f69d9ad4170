//! Why a benchmark was not run, or its files were not taken.

use std::path::PathBuf;

use invmgmt_data::{JournalError, WriteError};

/// A benchmark that ended early or did not begin.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Nothing to play.
    #[error("there are no {0} to play; expected at least one")]
    Nothing(&'static str),
    /// Two policies or two seeds of the same name.
    #[error("{what} '{name}' is given twice; its rows could not be told apart")]
    Twice {
        /// Policy or seed.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// A policy that can play none of the problems.
    #[error("policy '{policy}' can play none of the problems: {reason}")]
    Policy {
        /// Its name.
        policy: String,
        /// Why it cannot play the first.
        reason: String,
    },
    /// Policies that do not model what some of the problems hold.
    #[error("nothing was played, for {}; leave out the policies or the problems", told(.0))]
    Refused(Vec<RefusedPairs>),
    /// The folder cannot be made or read.
    #[error("{}: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The journal cannot be read or written.
    #[error("{}: {source}; what was written before is kept, and the same command goes on from there", path.display())]
    Journal {
        /// The journal.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Another process writes into the folder.
    #[error("{}: another process is running this benchmark; wait for it, or choose another folder", path.display())]
    Busy {
        /// The journal.
        path: PathBuf,
    },
    /// The folder holds something else.
    #[error(
        "{}: belongs to another run (another suite or version of it, other policies, seeds or program version); \
         nothing was changed. Choose another folder, or --force to lose what is there", path.display()
    )]
    OtherRun {
        /// The journal or the manifest.
        path: PathBuf,
    },
    /// A journal somebody changed: a line does not match its checksum, or holds what the run could not have played.
    #[error(
        "{}: line {line} is not what this run wrote, so the file was edited or damaged; nothing was changed. \
         Use --force to begin anew", path.display()
    )]
    Edited {
        /// The journal.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// Files that stand in the folder and belong to no run.
    #[error(
        "{}: is there already, without a manifest or a journal that tells what it belongs to; nothing was changed. \
         Choose another folder, or --force to overwrite it", path.display()
    )]
    Foreign {
        /// The first of them.
        path: PathBuf,
    },
    /// Results that cannot be taken.
    #[error(transparent)]
    Results(#[from] ResultsError),
    /// A file that could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// Whoever plays in place of this process failed.
    #[error("the cluster {0}; what was played is kept, and the same command goes on from there")]
    Executor(String),
    /// Whoever asked for it does not want it any more.
    #[error("interrupted; what was played is kept, and the same command goes on from there")]
    Interrupted,
}

impl From<JournalError> for RunError {
    fn from(error: JournalError) -> Self {
        match error {
            JournalError::Unusable { path, source } => Self::Journal { path, source },
            JournalError::Busy { path } => Self::Busy { path },
            JournalError::OtherRun { path } => Self::OtherRun { path },
            JournalError::Edited { path, line } => Self::Edited { path, line },
        }
    }
}

/// A policy with the problems it does not model, for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedPairs {
    /// The policy.
    pub policy: String,
    /// Ids of the problems.
    pub problems: Vec<String>,
    /// What it does not model.
    pub reason: String,
}

fn told(refused: &[RefusedPairs]) -> String {
    let told = refused.iter().map(|RefusedPairs { policy, problems, reason }| {
        format!("policy '{policy}' cannot play {}: {reason}", problems.join(", "))
    });
    told.collect::<Vec<_>>().join("; ")
}

/// Files of a benchmark that are not taken. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ResultsError {
    /// A file that is not there or cannot be read.
    #[error("{}: cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A manifest that is none.
    #[error("{}: is no manifest of a benchmark: {reason}", path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A file that is not the one the manifest was written with.
    #[error(
        "{}: does not match its hash in manifest.json: it has {found} bytes, {expected} were written. It was \
         truncated or edited; restore it, or run the benchmark again with --force", path.display()
    )]
    Changed {
        /// The file.
        path: PathBuf,
        /// Bytes found.
        found: u64,
        /// Bytes written.
        expected: u64,
    },
    /// A table whose content cannot be read.
    #[error("{}: line {line}: {reason}", path.display())]
    Table {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        reason: String,
    },
}
