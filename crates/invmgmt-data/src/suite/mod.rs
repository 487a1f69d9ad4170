//! Suites: versioned lists of scenarios with their seeds.

mod choice;
pub(crate) mod keys;
mod reader;

use std::ops::Deref;
use std::path::Path;

pub use choice::{ChoiceError, FileKind, find_scenario, find_suite, kind_of, names_scenario};

use crate::error::{Diagnostic, FileError};
use crate::scenario::{Criterion, Files, Objective, Scenario, folder_of};
use crate::text::{read_text, shown};
use crate::to_yaml::{given, write_document};
use crate::value::{Content, Value};

/// Suites that come along: name and text of the file.
pub const SUITES: [(&str, &str); 4] = [
    ("published-26", include_str!("../../suites/published-26.yaml")),
    ("standard-1", include_str!("../../suites/standard-1.yaml")),
    ("classics-1", include_str!("../../suites/classics-1.yaml")),
    ("exercises", include_str!("../../suites/exercises.yaml")),
];

/// The suites that come along: name, version and the ids of their problems, without reading what is played.
pub fn suite_ids() -> Vec<(String, u32, Vec<String>)> {
    let ids = |document: &Value| match document.entry("scenarios").map(|(_, list)| &list.content) {
        Some(Content::List(items)) => {
            items.iter().filter_map(|item| Some(item.entry("id")?.1.text()?.to_owned())).collect()
        }
        _ => Vec::new(),
    };
    let version = |document: &Value| match document.entry("version")?.1.content {
        Content::Integer(version) => u32::try_from(version).ok(),
        _ => None,
    };
    let listed = |(name, text): &(&str, &str)| {
        let document = Value::from_yaml(text).ok()?;
        Some(((*name).to_owned(), version(&document)?, ids(&document)))
    };
    SUITES.iter().filter_map(listed).collect()
}

/// A versioned list of problems. Results of different versions are not comparable.
#[derive(Clone, Debug, PartialEq)]
pub struct Suite {
    /// Its name.
    pub name: String,
    /// Its version, from 1.
    pub version: u32,
    /// What it is for.
    pub description: Option<String>,
    /// Seeds of the episodes that count.
    pub seeds: Vec<u64>,
    /// Seeds for training and tuning, none of them among [`seeds`](Self::seeds); empty if the suite names none.
    pub train_seeds: Vec<u64>,
    problems: Vec<Case>,
}

/// One row of a suite: a scenario with its names and the periods that count.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Its short name, unique in the suite: `S01`.
    pub id: String,
    /// Its key in published results; of a suite without such, the id.
    pub key: String,
    /// The id of the earlier case that this one repeats: the same scenario under another key.
    pub same_as: Option<String>,
    /// What is played. It can be read without naming it: `case.network`.
    pub scenario: Scenario,
    /// First periods, which are played but do not count [periods].
    pub warm_up: usize,
    /// Periods that count after the warm-up [periods]; what follows is played and does not count.
    pub scored: usize,
}

impl Deref for Case {
    type Target = Scenario;

    fn deref(&self) -> &Scenario {
        &self.scenario
    }
}

impl Case {
    /// The periods that count, the first being 0.
    pub fn window(&self) -> std::ops::Range<usize> {
        self.warm_up..self.warm_up + self.scored
    }

    /// What a discounted profit over the scored periods is in terms of the problem's optimum: a cost or a profit, per
    /// period or in all, the discount counted from the first scored period; none if no optimum is stated [money].
    pub fn value_of(&self, profit: f64) -> Option<f64> {
        let optimum = self.facts.optimum.as_ref()?;
        let money = match optimum.objective {
            Objective::Cost => -profit,
            Objective::Profit => profit,
        };
        Some(match optimum.criterion {
            Criterion::Average => money / self.scored as f64,
            Criterion::Discounted => money / self.rules.discount.powi(self.warm_up as i32),
            Criterion::Finite => money,
        })
    }

    fn to_value(&self) -> Value {
        let text = |text: &str| Value::from(text);
        let whole = |number: usize| Value::from(number as i64);
        let ends_early = self.warm_up + self.scored < self.num_periods;
        given([
            Some(("id", text(&self.id))),
            (self.key != self.id).then(|| ("key", text(&self.key))),
            self.same_as.as_deref().map(|id| ("same_as", text(id))),
            (self.warm_up > 0).then(|| ("warm_up", whole(self.warm_up))),
            ends_early.then(|| ("scored", whole(self.scored))),
            Some(("scenario", self.scenario.to_value())),
        ])
    }
}

impl Suite {
    /// The problems in order.
    pub fn problems(&self) -> &[Case] {
        &self.problems
    }

    /// What the problems' files say and what has no effect: harmless, and worth a warning.
    pub fn notes(&self) -> impl Iterator<Item = Diagnostic> + '_ {
        let of = |problem: &'_ Case, note: &Diagnostic| {
            let path = format!("problem {}: {}", shown(&problem.id), note.path);
            Diagnostic { path, ..note.clone() }
        };
        self.problems.iter().flat_map(move |problem| problem.notes.iter().map(move |note| of(problem, note)))
    }

    /// The problem of this id, or none.
    pub fn problem(&self, id: &str) -> Option<&Case> {
        self.problems.iter().find(|problem| problem.id == id)
    }

    /// A suite file that stands alone; reading it gives the same suite back.
    pub fn to_yaml(&self) -> String {
        let seeds = |seeds: &[u64]| -> Value {
            seeds.iter().map(|&seed| seed_value(seed)).collect::<Vec<_>>().into()
        };
        let problems: Vec<Value> = self.problems.iter().map(Case::to_value).collect();
        write_document(&given([
            Some(("name", Value::from(self.name.as_str()))),
            Some(("version", Value::from(i64::from(self.version)))),
            self.description.clone().map(|text| ("description", text.into())),
            Some(("seeds", seeds(&self.seeds))),
            (!self.train_seeds.is_empty()).then(|| ("train_seeds", seeds(&self.train_seeds))),
            Some(("scenarios", problems.into())),
        ]))
    }
}

/// Seeds are at most 2^53, so that every reader of YAML keeps them whole.
fn seed_value(seed: u64) -> Value {
    i64::try_from(seed).map_or_else(|_| Value::null(), Value::from)
}

/// A name that no suite that comes along has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownSuite {
    /// No suite has this name.
    #[error("unknown suite '{}'; known: {}, or the path of a .yaml file", shown(found), known())]
    Name {
        /// The name asked for.
        found: String,
    },
    /// The suite has another version.
    #[error("suite {name} has version {version}; found a request for version '{}'", shown(found))]
    Version {
        /// The suite.
        name: String,
        /// The version that comes along.
        version: u32,
        /// The version asked for.
        found: String,
    },
}

fn known() -> String {
    SUITES.map(|(name, _)| name).join(", ")
}

/// The suite of this name among [`SUITES`]; `NAME@VERSION` asks for a version.
///
/// # Errors
/// [`UnknownSuite`] for a name or a version that does not come along.
///
/// ```
/// let suite = invmgmt_data::suite("published-26")?;
/// assert_eq!((suite.version, suite.problems().len()), (1, 26));
/// assert_eq!(suite.problem("S21").expect("a row").same_as.as_deref(), Some("S01"));
/// # Ok::<(), invmgmt_data::UnknownSuite>(())
/// ```
pub fn suite(name: &str) -> Result<Suite, UnknownSuite> {
    let (name, wanted) = match name.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (name, None),
    };
    let Some((_, text)) = SUITES.iter().find(|(known, _)| *known == name) else {
        return Err(UnknownSuite::Name { found: name.to_owned() });
    };
    let suite = Value::from_yaml(text)
        .map_err(|diagnostic| vec![diagnostic])
        .and_then(|document| parse_suite(&document, &Files::Shipped))
        .expect("a test reads every suite that comes along");
    match wanted {
        Some(wanted) if wanted.parse() != Ok(suite.version) => {
            Err(UnknownSuite::Version { name: suite.name, version: suite.version, found: wanted.to_owned() })
        }
        _ => Ok(suite),
    }
}

/// The suite a document declares; `files` is where the files it names are found.
///
/// # Errors
/// Every mistake of the document, sorted by line.
pub fn parse_suite(document: &Value, files: &Files) -> Result<Suite, Vec<Diagnostic>> {
    reader::read(document, files)
}

/// The suite a YAML text declares; files it names are found relative to the current folder.
///
/// # Errors
/// [`FileError::Mistakes`] with every mistake of the text.
pub fn suite_from_yaml(text: &str) -> Result<Suite, FileError> {
    let mistakes = |diagnostics| FileError::Mistakes { file: None, diagnostics };
    let document = Value::from_yaml(text).map_err(|diagnostic| mistakes(vec![diagnostic]))?;
    parse_suite(&document, &Files::Folder(".".into())).map_err(mistakes)
}

/// Reads a suite file.
///
/// # Errors
/// [`FileError`] if the file cannot be read, or with every mistake in it.
pub fn load_suite(path: &Path) -> Result<Suite, FileError> {
    let text = read_text(path)?;
    let mistakes = |diagnostics| FileError::Mistakes { file: Some(path.to_owned()), diagnostics };
    let document = Value::from_yaml(&text).map_err(|diagnostic| mistakes(vec![diagnostic]))?;
    parse_suite(&document, &folder_of(path)).map_err(mistakes)
}
