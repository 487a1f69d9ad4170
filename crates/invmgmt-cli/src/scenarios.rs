//! Scenarios and suites at the command line.

use std::io::Write;
use std::path::{Path, PathBuf};

use invmgmt_data::{
    ChoiceError, Diagnostic, Facts, FileError, Scenario, Suite, find_scenario, load_scenario, load_suite,
    schema,
};
use serde_json::{Value, json};

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
    let words = networks::mechanism_words(&scenario.network);
    Ok(format!("{title}: {}{words}{}", summary(&scenario), fact_lines(&scenario.facts)))
}

/// What is known of a problem, a line each, behind a line about it.
fn fact_lines(facts: &Facts) -> String {
    let line = |name: &str, text: &str| format!("\n  {name:10}  {}", text.trim_end().escape_debug());
    let texts = [("source", &facts.source), ("convention", &facts.convention)];
    let mut lines: String =
        texts.into_iter().filter_map(|(name, text)| Some(line(name, text.as_deref()?))).collect();
    lines.extend(facts.optimum.iter().map(|optimum| line("optimum", &optimum.to_string())));
    lines.extend(
        facts
            .known
            .iter()
            .map(|known| line("known", &format!("{} {} ({})", known.policy, known.value, known.by))),
    );
    lines
}

/// What is known of a problem, for other programs.
pub(crate) fn facts_as_json(facts: &Facts) -> Value {
    let optimum = facts.optimum.as_ref().map(|optimum| {
        json!({
            "value": optimum.value, "low": optimum.low, "high": optimum.high,
            "objective": optimum.objective.word(), "criterion": optimum.criterion.word(),
            "kind": optimum.kind.word(), "by": optimum.by, "published": optimum.published,
        })
    });
    let known: Vec<Value> = facts
        .known
        .iter()
        .map(|known| json!({ "policy": known.policy, "value": known.value, "by": known.by }))
        .collect();
    json!({ "source": facts.source, "convention": facts.convention, "optimum": optimum, "known": known })
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
