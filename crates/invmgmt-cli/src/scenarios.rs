//! Scenarios and suites at the command line.

use std::io::Write;
use std::path::Path;

use invmgmt_data::{SUITES, Scenario, Suite, Value, load_scenario, load_suite, read_text, schema, suite};

use crate::check;
use crate::failure::Failure;
use crate::networks;
use crate::wording::{counted, did_you_mean};

/// What a file is, by the keys it begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A network, and whatever cannot be told.
    Network,
    /// A scenario.
    Scenario,
    /// A suite.
    Suite,
}

/// The kind of a file; a file that cannot be read counts as a network, whose reader says why.
pub(crate) fn kind_of(path: &Path) -> Kind {
    let document = read_text(path).ok().and_then(|text| Value::from_yaml(&text).ok());
    let has = |key| document.as_ref().is_some_and(|document| document.entry(key).is_some());
    if has("nodes") || has("edges") {
        Kind::Network
    } else if has("scenarios") || has("seeds") {
        Kind::Suite
    } else if has("network") || has("num_periods") || has("rules") || has("demand") {
        Kind::Scenario
    } else {
        Kind::Network
    }
}

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
    if let Some((name, id)) = text.split_once('/')
        && SUITES.iter().any(|(known, _)| name == *known || name.starts_with(&format!("{known}@")))
    {
        let suite = suite(name).map_err(Failure::refused)?;
        return suite.problem(id).map(invmgmt_data::Problem::scenario).ok_or_else(|| {
            let ids: Vec<&str> = suite.problems().iter().map(|problem| problem.id.as_str()).collect();
            Failure::Refused(format!(
                "--scenario: suite {name} has no problem '{}'{}; it has: {}",
                id.escape_debug(),
                did_you_mean(id, ids.iter().copied()),
                ids.join(", ")
            ))
        });
    }
    let path = Path::new(text);
    load_scenario(path).map_err(|error| {
        check::report(path, &error);
        Failure::Reported
    })
}

/// Checks a scenario file; its line of praise, or its mistakes said.
pub(crate) fn check_scenario(path: &Path) -> Result<String, invmgmt_data::FileError> {
    let scenario = load_scenario(path)?;
    let title = scenario.name.as_deref().unwrap_or("unnamed scenario").escape_debug().to_string();
    Ok(format!("{title}: {}", summary(&scenario)))
}

/// Checks a suite file.
pub(crate) fn check_suite(path: &Path) -> Result<String, invmgmt_data::FileError> {
    let suite = load_suite(path)?;
    Ok(format!("suite {} {}", suite.name.escape_debug(), suite_summary(&suite)))
}

/// Prints a JSON Schema.
pub(crate) fn print_schema(kind: &str, out: &mut dyn Write) -> Result<(), Failure> {
    // The command line accepts known kinds only.
    let text = schema(kind).ok_or_else(|| Failure::Usage(format!("no schema '{kind}'")))?;
    Ok(out.write_all(text.as_bytes())?)
}
