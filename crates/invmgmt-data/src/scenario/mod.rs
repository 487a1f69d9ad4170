//! Scenarios: network, demand, rules and horizon in one file.

mod demand;
mod facts;
pub(crate) mod keys;
mod network;
pub(crate) mod report;
mod series;
mod writer;

use std::ops::Deref;
use std::path::Path;

use invmgmt::Problem;
use invmgmt::episode::check_horizon;

use crate::error::{Diagnostic, FileError};
use crate::mapping::title;
use crate::text::read_document;
use crate::value::Value;
use report::Report;

pub use facts::{Criterion, Facts, KnownPolicy, Objective, Optimum, Proof};
pub use series::Files;

/// All that is played: a network, its customers, the rules and the horizon.
///
/// Laws of demand and keys of nodes that a scenario file gives stand in the network once it is read, so that an episode
/// needs the [`problem`](Self::problem) and nothing else.
///
/// ```
/// let scenario = invmgmt_data::scenario_from_yaml(
///     "network: serial
/// demand: {effects: [trend], noise_scale: 0}
/// rules: {backlog: false, discount: 0.99}
/// num_periods: 90
/// ",
/// )?;
/// let link = scenario.network.market.indices().next().expect("a market link");
/// assert_eq!(scenario.demand.mean(&scenario.network, 10, link, 1.0), 30.0);
/// assert_eq!(invmgmt_data::scenario_from_yaml(&scenario.to_yaml())?, scenario);
/// # Ok::<(), invmgmt_data::FileError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Scenario {
    /// A title for people.
    pub name: Option<String>,
    /// What the scenario stands for, for people.
    pub description: Option<String>,
    /// What is known of it: source, convention, optimum, policies with known values.
    pub facts: Facts,
    /// What is played: the network with what the scenario changes in it, customers' demand with parameters and series
    /// of single market links, rules and horizon. It can be read without naming it: `scenario.network`.
    pub problem: Problem,
    /// What the file says and what has no effect, in the order of its lines: harmless, and worth a warning. They are of
    /// the file and not of what is played, so equal scenarios may differ in them.
    pub notes: Vec<Diagnostic>,
}

impl PartialEq for Scenario {
    fn eq(&self, other: &Self) -> bool {
        let of = |scenario: &Self| (scenario.name.clone(), scenario.description.clone());
        of(self) == of(other) && self.facts == other.facts && self.problem == other.problem
    }
}

impl Deref for Scenario {
    type Target = Problem;

    fn deref(&self) -> &Problem {
        &self.problem
    }
}

impl Scenario {
    /// A scenario file that stands alone: networks and series read from other files are written out in it. Reading
    /// it gives the same scenario back; comments and free keys are not kept.
    pub fn to_yaml(&self) -> String {
        crate::to_yaml::write_document(&writer::value(self))
    }

    /// The document of [`to_yaml`](Self::to_yaml).
    pub(crate) fn to_value(&self) -> Value {
        writer::value(self)
    }
}

/// The scenario a document declares; `files` is where the files it names are found.
///
/// # Errors
/// Every mistake of the document, sorted by line.
pub fn parse_scenario(document: &Value, files: &Files) -> Result<Scenario, Vec<Diagnostic>> {
    let mut report = Report::default();
    let scenario = read(&mut report, document, files);
    match scenario {
        Some(scenario) if report.is_clean() => Ok(scenario),
        _ => Err(report.finish()),
    }
}

/// The scenario a YAML text declares; files it names are found relative to the current folder.
///
/// # Errors
/// [`FileError::Mistakes`] with every mistake of the text.
pub fn scenario_from_yaml(text: &str) -> Result<Scenario, FileError> {
    let mistakes = |diagnostics| FileError::Mistakes { file: None, diagnostics };
    let document = Value::from_yaml(text).map_err(|diagnostic| mistakes(vec![diagnostic]))?;
    parse_scenario(&document, &Files::Folder(".".into())).map_err(mistakes)
}

/// Reads a scenario file, with the document it was read from.
///
/// # Errors
/// [`FileError`] if the file cannot be read, or with every mistake in it.
pub fn read_scenario(path: &Path) -> Result<(Scenario, Value), FileError> {
    let text = read_document(path)?;
    let mistakes = |diagnostics| FileError::Mistakes { file: Some(path.to_owned()), diagnostics };
    let document = Value::from_yaml(&text).map_err(|diagnostic| mistakes(vec![diagnostic]))?;
    let scenario = parse_scenario(&document, &folder_of(path)).map_err(mistakes)?;
    Ok((scenario, document))
}

/// The scenario of a file: [`read_scenario`] for those who need no lines.
///
/// # Errors
/// [`FileError`] if the file cannot be read, or with every mistake in it.
pub fn load_scenario(path: &Path) -> Result<Scenario, FileError> {
    read_scenario(path).map(|(scenario, _)| scenario)
}

/// Files beside a file.
pub(crate) fn folder_of(path: &Path) -> Files {
    Files::Folder(path.parent().unwrap_or(Path::new("")).to_owned())
}

/// Reads a scenario out of a document; none if mistakes left nothing to make one of.
fn read(report: &mut Report, document: &Value, files: &Files) -> Option<Scenario> {
    let expected = "a scenario: a mapping with 'network', 'demand', 'rules' and 'num_periods'";
    let document = &*crate::classics::expanded(report, document)?;
    let file = report.entries(document, keys::FILE, String::new(), expected)?;
    let facts = facts::read(report, &file);
    let num_periods = report.whole(&file, "num_periods", 1, invmgmt::episode::MAX_PERIODS);
    let declared = network::declared(report, &file, files);
    let (rules, node_rules) = network::rules(report, &file);
    facts::check(report, &file, &facts, &rules);
    // Without a sound network there are no links to speak of.
    let mut network = declared?.compile().ok()?;
    network::use_node_rules(report, &mut network, node_rules);
    demand::use_laws(report, &file, &mut network);
    let horizon = num_periods.unwrap_or(1);
    let demand = demand::read(report, &file, &network, files, horizon);
    if !report.is_clean() {
        return None;
    }
    // What the network was given above changes what is compiled.
    let network = network.declared.compile().ok()?;
    if let Err(error) = check_horizon(&network, num_periods?) {
        report.at_key(&file, "num_periods", error.to_string());
    }
    network::note_idle(report, &file, &network);
    let mut notes = std::mem::take(&mut report.notes);
    notes.sort_by_key(|note| note.line);
    Some(Scenario {
        name: file.get("name").and_then(title),
        description: file.get("description").and_then(title),
        facts,
        problem: Problem::new(network, demand?, rules, num_periods?),
        notes,
    })
}
