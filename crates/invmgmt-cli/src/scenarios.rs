//! Scenarios and suites at the command line.

use std::io::Write;
use std::path::{Path, PathBuf};

use invmgmt_data::{
    ChoiceError, Diagnostic, FileError, Scenario, Suite, find_scenario, load_scenario, load_suite, schema,
};

use crate::failure::{Failure, warn_all};
use crate::mistakes;
use crate::networks;
use crate::wording::counted;

/// `30 periods of serial: 5 nodes (...), 4 links`.
pub(crate) fn summary(scenario: &Scenario) -> String {
    let network = &scenario.network;
    let title = networks::title(network).escape_debug().to_string();
    format!("{} of {title}: {}", counted(scenario.num_periods, "period"), networks::summary(network))
}

/// `version 1: 26 problems (4 repeated), 10 seeds`.
pub(crate) fn suite_summary(suite: &Suite) -> String {
    let repeated = suite.problems().iter().filter(|problem| problem.same_as.is_some()).count();
    let repeats = if repeated > 0 { format!(" ({repeated} of them repeats)") } else { String::new() };
    let train = if suite.train_seeds.is_empty() {
        String::new()
    } else {
        format!(", {} to train on", counted(suite.train_seeds.len(), "seed"))
    };
    format!(
        "version {}: {}{repeats}, {}{train}",
        suite.version,
        counted(suite.problems().len(), "problem"),
        counted(suite.seeds.len(), "seed")
    )
}

/// The scenario a person asks for: the path of a file, or SUITE/ID.
pub(crate) fn load(text: &str) -> Result<Scenario, Failure> {
    let scenario = find_scenario(text).map_err(|error| refused("--scenario", error))?;
    warn_all(scenario.notes.iter().map(Diagnostic::with_line));
    Ok(scenario)
}

/// A choice of a scenario or suite that cannot be made, said of an argument; mistakes in a file are said line by line.
pub(crate) fn refused(argument: &str, error: ChoiceError) -> Failure {
    match error {
        ChoiceError::File(error) => {
            let file = if let FileError::Mistakes { file: Some(file), .. } = &error {
                file.clone()
            } else {
                PathBuf::new()
            };
            mistakes::report(&file, &error);
            Failure::Reported
        }
        ChoiceError::Network { .. } => Failure::Refused(format!("{argument}: {error} (option --network)")),
        other => Failure::Refused(format!("{argument}: {other}")),
    }
}

/// Checks a scenario file; its line of praise, or its mistakes said.
pub(crate) fn check_scenario(path: &Path) -> Result<String, invmgmt_data::FileError> {
    let scenario = load_scenario(path)?;
    warn_all(scenario.notes.iter().map(Diagnostic::with_line));
    let title = scenario.name.as_deref().unwrap_or("unnamed scenario").escape_debug().to_string();
    Ok(format!("{title}: {}{}", summary(&scenario), networks::mechanism_words(&scenario.network)))
}

/// Checks a suite file.
pub(crate) fn check_suite(path: &Path) -> Result<String, invmgmt_data::FileError> {
    let suite = load_suite(path)?;
    warn_all(suite.notes().map(|note| note.with_line()));
    Ok(format!("suite {} {}", suite.name.escape_debug(), suite_summary(&suite)))
}

/// Prints a JSON Schema.
pub(crate) fn print_schema(kind: &str, out: &mut dyn Write) -> Result<(), Failure> {
    // The command line accepts known kinds only.
    let text = schema(kind).ok_or_else(|| Failure::Usage(format!("no schema '{kind}'")))?;
    Ok(out.write_all(text.as_bytes())?)
}
