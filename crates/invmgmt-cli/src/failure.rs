//! Why a command did not finish, and the exit code that says so.

use std::io::{ErrorKind, Write};

/// Says something on stderr that does not end the command. If stderr is closed, nobody is there to hear it.
pub(crate) fn warn(message: &str) {
    let _ = writeln!(std::io::stderr(), "warning: {message}");
}

/// Most warnings of one file that are said; of others only the number is given.
const MOST_WARNINGS: usize = 50;

/// Says on stderr what a file declares without effect.
pub(crate) fn warn_all(notes: impl IntoIterator<Item = String>) {
    let mut notes = notes.into_iter();
    notes.by_ref().take(MOST_WARNINGS).for_each(|note| warn(&note));
    let others = notes.count();
    if others > 0 {
        warn(&format!("and {others} more keys without effect"));
    }
}

/// An early end.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The reader of the output went away: nobody is left to tell, and nothing is wrong.
    ClosedPipe,
    /// An input was refused or a run failed; the message says which and why.
    Refused(String),
    /// As `Refused`, but everything has been said on stderr already.
    Reported,
    /// Options that do not fit together or a value of the wrong form.
    Usage(String),
}

impl Failure {
    /// An input refused by another part of the program.
    pub fn refused(error: impl std::fmt::Display) -> Self {
        Self::Refused(error.to_string())
    }

    /// Says why on stderr; returns the exit code.
    pub fn report(self) -> u8 {
        // If stderr is closed as well, the exit code alone must do.
        let say = |message: &str| {
            let _ = writeln!(std::io::stderr(), "error: {message}");
        };
        match self {
            Self::ClosedPipe => 0,
            Self::Reported => 1,
            Self::Refused(message) => {
                say(&message);
                1
            }
            Self::Usage(message) => {
                say(&format!("{message}\n\nFor more information, try '--help'."));
                2
            }
        }
    }
}

impl From<std::io::Error> for Failure {
    /// For errors of writing to stdout.
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::BrokenPipe => Self::ClosedPipe,
            _ => Self::Refused(format!("cannot write the output: {error}")),
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        std::io::Error::from(error).into()
    }
}
