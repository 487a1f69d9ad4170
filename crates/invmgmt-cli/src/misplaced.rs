//! Words on the command line that stand without the option they belong to.

use std::ffi::OsString;
use std::path::Path;

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use invmgmt_data::{FileKind, kind_of, names_scenario};
use invmgmt_policy::POLICIES;

use crate::networks;
use crate::wording::quoted;

/// Adds to clap's refusal of a word the option that it may belong to.
pub(crate) fn advise(message: &mut Error, args: &[OsString]) {
    if message.kind() != ErrorKind::UnknownArgument {
        return;
    }
    let Some(ContextValue::String(word)) = message.get(ContextKind::InvalidArg) else { return };
    let command = args.get(1).map(|command| command.to_string_lossy()).unwrap_or_default();
    if let Some(meant) = meant(&command, word) {
        let tip = ContextValue::StyledStrs(vec![format!("you may mean '{meant}'").into()]);
        message.insert(ContextKind::Suggested, tip);
    }
}

/// What a word may stand for under a command, as it is written.
fn meant(command: &str, word: &str) -> Option<String> {
    if word.starts_with('-') {
        return None;
    }
    let shown = quoted(word);
    let is_suite = invmgmt_data::SUITES.iter().any(|(name, _)| word.split(['/', '@']).next() == Some(*name));
    match command {
        "benchmark" if is_suite => return Some(format!("--suite {shown}")),
        "simulate" | "optimize" | "benchmark" => {}
        _ => return None,
    }
    let ending =
        Path::new(word).extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    let policy = word.split(':').next().unwrap_or_default();
    Some(match (command, ending.as_str()) {
        ("benchmark", "yaml" | "yml" | "json") => format!("--suite {shown}"),
        (_, "yaml" | "yml" | "json") if kind_of(Path::new(word)) == FileKind::Suite => {
            format!("gym-invmgmt benchmark --suite {shown}")
        }
        (_, _) if names_scenario(word) => format!("--scenario {shown}"),
        (_, "yaml" | "yml" | "json") => format!("--network {shown}"),
        ("simulate" | "optimize", "csv") => format!("--demand {shown}:COLUMN"),
        ("simulate" | "optimize", _) if networks::by_name(word).is_some() => format!("--network {shown}"),
        ("simulate", _) if POLICIES.iter().any(|form| form.name == policy) => format!("--policy {shown}"),
        ("benchmark", _) if POLICIES.iter().any(|form| form.name == policy) => format!("--policies {shown}"),
        _ => return None,
    })
}
