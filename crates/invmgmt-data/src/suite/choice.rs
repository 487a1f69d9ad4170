//! Suites and problems as people name them: what comes along, files, and single problems of either.

use std::path::{Path, PathBuf};

use super::{SUITES, Suite, UnknownSuite, load_suite, suite};
use crate::error::FileError;
use crate::nearest::did_you_mean;
use crate::network_file::is_document;
use crate::scenario::{Scenario, load_scenario};
use crate::text::{read_document, shown};
use crate::value::Value;

/// What is asked for cannot be read, or is not there.
#[derive(Debug, thiserror::Error)]
pub enum ChoiceError {
    /// No suite of this name comes along.
    #[error(transparent)]
    Suite(#[from] UnknownSuite),
    /// The file cannot be read, or has mistakes.
    #[error(transparent)]
    File(#[from] FileError),
    /// The suite has no such problem.
    #[error(
        "suite {} has no problem '{}'; it has: {}{}",
        shown(suite),
        shown(found),
        known.join(", "),
        meant(found, known)
    )]
    Problem {
        /// The suite.
        suite: String,
        /// The id asked for.
        found: String,
        /// The ids it has.
        known: Vec<String>,
    },
    /// A problem is asked for twice.
    #[error("problem '{}' is asked for twice", shown(found))]
    Twice {
        /// The id.
        found: String,
    },
    /// A network where a scenario is played.
    #[error(
        "{} is a network and no scenario: play it as a network, or name it under 'network' in a scenario file",
        shown(found)
    )]
    Network {
        /// The path asked for.
        found: String,
    },
    /// A network or a scenario where a suite is played.
    #[error("{} is a {kind} and no suite: list it under 'scenarios' in a suite file", shown(found))]
    Alone {
        /// The path asked for.
        found: String,
        /// What it declares.
        kind: &'static str,
    },
    /// A whole suite where one problem is played.
    #[error("{} is a suite; name one of its problems, as in {}/{}", shown(found), shown(found), shown(first))]
    Whole {
        /// The suite as it was named.
        found: String,
        /// The id of its first problem.
        first: String,
    },
}

fn meant(found: &str, known: &[String]) -> String {
    did_you_mean(found, known.iter().map(String::as_str))
}

/// What a YAML file declares, by the keys it begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A network, and whatever cannot be told.
    Network,
    /// A scenario.
    Scenario,
    /// A suite.
    Suite,
}

/// The kind of a file; a file that cannot be read counts as a network, whose reader says why.
pub fn kind_of(path: &Path) -> FileKind {
    let document = document_of(path);
    let has = |key| document.as_ref().is_some_and(|document| document.entry(key).is_some());
    if has("nodes") || has("edges") {
        FileKind::Network
    } else if has("scenarios") || has("seeds") {
        FileKind::Suite
    } else if has("network") || has("classic") || has("num_periods") || has("rules") || has("demand") {
        FileKind::Scenario
    } else {
        FileKind::Network
    }
}

/// What a file declares that is no suite, in a word.
fn alone(path: &Path) -> Option<&'static str> {
    match kind_of(path) {
        FileKind::Scenario => Some("scenario"),
        FileKind::Network => document_of(path)?.entry("nodes").map(|_| "network"),
        FileKind::Suite => None,
    }
}

fn document_of(path: &Path) -> Option<Value> {
    read_document(path).ok().and_then(|text| Value::from_yaml(&text).ok())
}

/// A suite, whole or a part of it: `NAME`, `NAME@VERSION` or the path of a `.yaml` file, and behind a slash the ids of
/// problems, separated by commas: `standard-1/N01,N03`.
///
/// # Errors
/// [`ChoiceError`] for what cannot be read or is not there.
///
/// ```
/// let part = invmgmt_data::find_suite("standard-1/N03,N01")?;
/// assert_eq!(part.name, "standard-1/N03,N01");
/// assert_eq!(part.problems()[0].id, "N03");
/// # Ok::<(), invmgmt_data::ChoiceError>(())
/// ```
pub fn find_suite(text: &str) -> Result<Suite, ChoiceError> {
    let (name, ids) = parted(text).unwrap_or((text, None));
    if is_yaml(name)
        && let Some(kind) = alone(Path::new(name))
    {
        return Err(ChoiceError::Alone { found: name.to_owned(), kind });
    }
    let whole = if is_yaml(name) { load_suite(Path::new(name))? } else { suite(name)? };
    match ids {
        Some(ids) => whole.only(&ids.split(',').map(str::trim).collect::<Vec<_>>()),
        None => Ok(whole),
    }
}

/// One scenario: the path of its `.yaml` file, or a problem of a suite, `SUITE/ID`, where SUITE is the name of one that
/// comes along or the path of a file.
///
/// # Errors
/// [`ChoiceError`] for what cannot be read or is not there.
pub fn find_scenario(text: &str) -> Result<Scenario, ChoiceError> {
    if let Some((name, ids)) = parted(text) {
        let found = find_suite(text)?;
        let Some(first) = found.problems().first() else {
            return Err(UnknownSuite::Name { found: text.to_owned() }.into());
        };
        if ids.is_none() || found.problems().len() > 1 {
            return Err(ChoiceError::Whole { found: name.to_owned(), first: first.id.clone() });
        }
        return Ok(first.scenario.clone());
    }
    let path = PathBuf::from(text);
    if document_of(&path).is_some_and(|document| document.entry("nodes").is_some()) {
        return Err(ChoiceError::Network { found: text.to_owned() });
    }
    if kind_of(&path) == FileKind::Suite {
        let first =
            load_suite(&path)?.problems().first().map_or_else(|| "ID".to_owned(), |first| first.id.clone());
        return Err(ChoiceError::Whole { found: text.to_owned(), first });
    }
    Ok(load_scenario(&path)?)
}

/// Whether a text names a scenario or a suite, not a network: what comes along by name, a problem of either, or the
/// path of a `.yaml` file that declares one.
pub fn names_scenario(text: &str) -> bool {
    parted(text).is_some() || (is_yaml(text) && kind_of(Path::new(text)) != FileKind::Network)
}

/// The suite and the ids behind it, if a text names a suite that comes along, or something in a file.
fn parted(text: &str) -> Option<(&str, Option<&str>)> {
    let (name, ids) = text.split_once('/').map_or((text, None), |(name, ids)| (name, Some(ids)));
    let bare = name.split_once('@').map_or(name, |(name, _)| name);
    if SUITES.iter().any(|(known, _)| *known == bare) {
        return Some((name, ids));
    }
    let lower = text.to_ascii_lowercase();
    let behind = [".yaml/", ".yml/", ".json/"]
        .iter()
        .filter_map(|ending| Some(lower.rfind(ending)? + ending.len()))
        .max()?;
    // A folder may be called so too.
    let (file, ids) = (&text[..behind - 1], &text[behind..]);
    (!Path::new(file).is_dir()).then_some((file, Some(ids)))
}

fn is_yaml(name: &str) -> bool {
    is_document(Path::new(name))
}

impl Suite {
    /// These problems of the suite alone, in this order; the name says so: `standard-1/N01,N03`. One that repeats
    /// another which is not among them is played for itself.
    ///
    /// # Errors
    /// [`ChoiceError`] for an id that the suite does not have, or that is given twice.
    pub fn only(mut self, ids: &[&str]) -> Result<Self, ChoiceError> {
        let mut chosen: Vec<super::Case> = Vec::with_capacity(ids.len());
        for &id in ids {
            let Some(problem) = self.problem(id) else {
                let known = self.problems.iter().map(|problem| problem.id.clone()).collect();
                return Err(ChoiceError::Problem { suite: self.name, found: id.to_owned(), known });
            };
            if chosen.iter().any(|other| other.id == id) {
                return Err(ChoiceError::Twice { found: id.to_owned() });
            }
            let original =
                problem.same_as.clone().filter(|original| chosen.iter().any(|other| other.id == *original));
            chosen.push(super::Case { same_as: original, ..problem.clone() });
        }
        self.name = format!("{}/{}", self.name, ids.join(","));
        self.problems = chosen;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_suite_says_in_its_name_what_it_is() {
        let part = find_suite("published-26@1/S22, S05").expect("two rows");
        let ids: Vec<&str> = part.problems().iter().map(|problem| problem.id.as_str()).collect();
        assert_eq!((part.name.as_str(), ids), ("published-26/S22,S05", vec!["S22", "S05"]));
        assert_eq!(part.seeds, suite("published-26").expect("comes along").seeds);
    }

    /// S22 repeats S05 (reference: the published matrix).
    #[test]
    fn a_repeated_problem_counts_where_its_original_is_left_out() {
        let same_as =
            |text: &str| find_suite(text).expect("rows").problems().last().expect("one").same_as.clone();
        assert_eq!(same_as("published-26/S22"), None);
        assert_eq!(same_as("published-26/S05,S22").as_deref(), Some("S05"));
    }

    #[test]
    fn what_is_not_there_is_named_with_what_is() {
        let refused = |text: &str| find_suite(text).expect_err("refused").to_string();
        assert!(
            refused("standard-1/S01").starts_with("suite standard-1 has no problem 'S01'; it has: N01, N02")
        );
        assert!(refused("standard-1/").starts_with("suite standard-1 has no problem ''; it has: N01"));
        assert_eq!(refused("standard-1/N01,N01"), "problem 'N01' is asked for twice");
        assert!(refused("standard/N01").starts_with("unknown suite 'standard/N01'; known: published-26"));
        assert!(refused("none.yaml/N01").contains("not found: none.yaml"));
        let whole = |text: &str| find_scenario(text).expect_err("refused").to_string();
        assert_eq!(
            whole("standard-1"),
            "standard-1 is a suite; name one of its problems, as in standard-1/N01"
        );
        assert!(whole("standard-1/N01,N02").ends_with("as in standard-1/N01"));
        let folder = tempfile::tempdir().expect("a folder");
        let network = folder.path().join("shop.YAML");
        std::fs::write(&network, "nodes: []").expect("written");
        assert!(
            whole(network.to_str().expect("text"))
                .contains("shop.YAML is a network and no scenario: play it as")
        );
        let said = refused(network.to_str().expect("text"));
        assert!(
            said.ends_with("is a network and no suite: list it under 'scenarios' in a suite file"),
            "{said}"
        );
        std::fs::write(&network, "name: s\nnetwork: serial").expect("written");
        let said = refused(network.to_str().expect("text"));
        assert!(said.contains("shop.YAML is a scenario and no suite"), "{said}");
    }
}
