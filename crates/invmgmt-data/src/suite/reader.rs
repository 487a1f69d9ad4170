//! A document read into a suite.

use super::keys::{ENTRY, FILE};
use super::{Case, Suite};
use crate::error::Diagnostic;
use crate::mapping::{Entries, title};
use crate::scenario::report::Report;
use crate::scenario::{Files, Scenario, parse_scenario, read_scenario};
use crate::text::{check_plain, fault_of_named, shown};
use crate::value::{Content, Value};

/// Largest seed: every reader of YAML keeps whole numbers up to it.
const MAX_SEED: u64 = 1 << 53;
/// Most seeds of a list.
const MAX_SEEDS: usize = 1_000_000;

/// Reads a whole document.
pub(super) fn read(document: &Value, files: &Files) -> Result<Suite, Vec<Diagnostic>> {
    let mut report = Report::default();
    match read_suite(&mut report, document, files) {
        Some(suite) if report.is_clean() => Ok(suite),
        _ => Err(report.finish()),
    }
}

fn read_suite(report: &mut Report, document: &Value, files: &Files) -> Option<Suite> {
    let expected = "a suite: a mapping with 'name', 'version', 'seeds' and 'scenarios'";
    let file = report.entries(document, FILE, String::new(), expected)?;
    let name = report.text(&file, "name");
    let version = report.whole(&file, "version", 1, u32::MAX as usize);
    let test = seeds(report, &file, "seeds");
    let train = seeds(report, &file, "train_seeds").unwrap_or_default();
    if let Some(shared) = test.iter().flatten().find(|seed| train.contains(seed)) {
        let message =
            format!("seed {shared} is among 'seeds' as well; what is trained on must not be scored");
        report.at_key(&file, "train_seeds", message);
    }
    let window = window(report, &file);
    let mut problems: Vec<Case> = Vec::new();
    let items = report.list(&file, "scenarios", "problems");
    if items.is_some_and(<[Value]>::is_empty) {
        report.at_key(&file, "scenarios", "the list is empty; a suite needs at least one problem");
    }
    for (position, item) in items.into_iter().flatten().enumerate() {
        if let Some(problem) = read_problem(report, position, item, window, files, &problems) {
            problems.push(problem);
        }
    }
    Some(Suite {
        name: name?.to_owned(),
        version: version? as u32,
        description: file.get("description").and_then(title),
        seeds: test?,
        train_seeds: train,
        problems,
    })
}

/// Periods before scoring, and periods scored, as far as they are given.
type Window = (Option<usize>, Option<usize>);

fn window(report: &mut Report, entries: &Entries<'_>) -> Window {
    let most = invmgmt::episode::MAX_PERIODS;
    (report.whole(entries, "warm_up", 0, most), report.whole(entries, "scored", 1, most))
}

fn read_problem(
    report: &mut Report,
    position: usize,
    item: &Value,
    common: Window,
    files: &Files,
    earlier: &[Case],
) -> Option<Case> {
    let path = format!("scenarios[{position}]");
    let expected = "a mapping with 'id' and 'scenario'";
    let entries = report.entries(item, ENTRY, path.clone(), expected)?;
    let before = report.count();
    let id = report.text(&entries, "id");
    let key = report.text(&entries, "key");
    let same_as = report.text(&entries, "same_as");
    let own = window(report, &entries);
    let scenario = read_scenario_of(report, &entries, &path, files);
    if report.count() > before {
        return None;
    }
    let (id, scenario) = (id?, scenario?);
    if earlier.iter().any(|problem| problem.id == id) {
        report.at_key(
            &entries,
            "id",
            format!("'{id}' already names another problem; every id may stand once"),
        );
    }
    let warm_up = own.0.or(common.0).unwrap_or(0);
    let scored = own.1.or(common.1).unwrap_or(scenario.num_periods.saturating_sub(warm_up));
    if scored == 0 || warm_up + scored > scenario.num_periods {
        let message = format!(
            "a warm-up of {warm_up} and {scored} scored periods do not fit an episode of {} periods",
            scenario.num_periods
        );
        report.at_key(&entries, "scored", message);
    }
    let problem = Case {
        id: id.to_owned(),
        key: key.unwrap_or(id).to_owned(),
        same_as: same_as.map(str::to_owned),
        scenario,
        warm_up,
        scored,
    };
    if let Some(repeated) = same_as {
        check_repeat(report, &entries, &problem, earlier.iter().find(|earlier| earlier.id == repeated));
    }
    Some(problem)
}

/// Refuses a problem that claims to repeat another and does not.
fn check_repeat(report: &mut Report, entries: &Entries<'_>, problem: &Case, original: Option<&Case>) {
    let message = match original {
        None => "no earlier problem has this id",
        Some(original) if original.problem == problem.problem && original.window() == problem.window() => {
            return;
        }
        Some(_) => "the two problems differ; leave 'same_as' out",
    };
    report.at_key(entries, "same_as", message);
}

fn read_scenario_of(
    report: &mut Report,
    entries: &Entries<'_>,
    path: &str,
    files: &Files,
) -> Option<Scenario> {
    let value = entries.get("scenario")?;
    if let (Content::Text(name), Files::Folder(folder)) = (&value.content, files) {
        let path = folder.join(name);
        return match check_plain(&path).and_then(|()| read_scenario(&path)) {
            Ok((mut scenario, _)) => {
                // Lines are of the file named, not of this one.
                for note in &mut scenario.notes {
                    let line = note.line.take().map(|line| format!(":{line}")).unwrap_or_default();
                    note.path = format!("{}{line}: {}", shown(name), note.path);
                    note.column = None;
                }
                Some(scenario)
            }
            Err(error) => {
                report.at_key(entries, "scenario", fault_of_named(&path, &error, &["network"]));
                None
            }
        };
    }
    match parse_scenario(value, files) {
        Ok(scenario) => Some(scenario),
        Err(diagnostics) => {
            let path = format!("{path}: scenario");
            for diagnostic in diagnostics {
                report.adopt(&path, diagnostic);
            }
            None
        }
    }
}

/// A list of seeds and of ranges of seeds.
fn seeds(report: &mut Report, file: &Entries<'_>, key: &'static str) -> Option<Vec<u64>> {
    let items = report.list(file, key, "seeds")?;
    let expected =
        format!("a whole number from 0 to {MAX_SEED}, or a range such as 10..20 (its last seed is 19)");
    let mut seeds: Vec<u64> = Vec::new();
    for item in items {
        let range = match &item.content {
            Content::Integer(seed) => u64::try_from(*seed).ok().map(|seed| seed..seed + 1),
            Content::Text(text) => text.split_once("..").and_then(|(first, end)| {
                let (first, end) = (first.trim().parse().ok()?, end.trim().parse().ok()?);
                (first < end).then_some(first..end)
            }),
            _ => None,
        };
        let Some(range) = range.filter(|range| range.end <= MAX_SEED + 1) else {
            report.add(key, item, format!("found {item}; expected {expected}"));
            return None;
        };
        if range.end - range.start > (MAX_SEEDS - seeds.len()) as u64 {
            report.add(key, item, format!("more than {MAX_SEEDS} seeds, the most that is read"));
            return None;
        }
        seeds.extend(range);
    }
    let mut sorted = seeds.clone();
    sorted.sort_unstable();
    if let Some(&[seed, _]) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        report.at_key(file, key, format!("seed {seed} stands more than once"));
        return None;
    }
    if seeds.is_empty() {
        report.at_key(file, key, "the list is empty; expected at least one seed");
        return None;
    }
    Some(seeds)
}
