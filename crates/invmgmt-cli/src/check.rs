//! The command `check`.

use std::io::Write;

use invmgmt_data::{FileKind, kind_of, load_network};

use crate::args::files::CheckArgs;
use crate::failure::{Failure, warn_all};
use crate::mistakes::{report, shown};
use crate::networks;
use crate::scenarios;

/// Checks files: a line on stdout for each sound one, all mistakes of the others on stderr.
pub(crate) fn run(given: &CheckArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let mut refused = false;
    for path in &given.files {
        let checked = match kind_of(path) {
            FileKind::Network => load_network(path).map(|network| {
                warn_all(network.notes.iter().map(ToString::to_string));
                let words = networks::mechanism_words(&network);
                format!(
                    "{}: {}{words}",
                    networks::title(&network).escape_debug(),
                    networks::summary(&network)
                )
            }),
            FileKind::Scenario => scenarios::check_scenario(path),
            FileKind::Suite => scenarios::check_suite(path),
        };
        match checked {
            Ok(words) => writeln!(out, "{}: ok: {words}", shown(path))?,
            Err(error) => {
                out.flush()?;
                report(path, &error);
                refused = true;
            }
        }
    }
    if refused { Err(Failure::Reported) } else { Ok(()) }
}
