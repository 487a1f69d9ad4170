//! A benchmark from beginning to end: the folder, the run, the files.

use std::path::Path;
use std::time::SystemTime;

use invmgmt_data::{Journal, UNFINISHED};

use crate::files::{self, HASHED, JOURNAL, MANIFEST, Manifest, SuiteName, TIMINGS, Times};
use crate::journal::Finished;
use crate::plan::Plan;
use crate::run::{self, Execution, Row};
use crate::statistics::Analysis;
use crate::{ResultsError, RunError, fingerprint, read, report};

/// Where results go, and how the run is carried out.
#[derive(Clone, Copy, Debug)]
pub struct Session<'a> {
    /// The folder for the files; without one, results are only returned.
    pub folder: Option<&'a Path>,
    /// Whether to begin anew whatever the folder holds.
    pub force: bool,
    /// The command that makes the files, as the report shows it.
    pub command: &'a str,
    /// How the run is carried out.
    pub execution: Execution<'a>,
}

/// What came of a benchmark.
#[derive(Debug)]
pub struct Outcome {
    /// All episodes, by policy, problem and seed; those of the constants last.
    pub rows: Vec<Row>,
    /// What they say.
    pub analysis: Analysis,
    /// Whether everything had been played before.
    pub was_complete: bool,
}

/// What a folder holds.
enum Found {
    /// Nothing of a benchmark, or a run to go on with.
    Open,
    /// All of this run.
    Complete,
}

/// Plays a plan, or what is missing of it, and writes its files.
///
/// # Errors
/// [`RunError`]. What was played is kept in the journal, and calling again goes on from there.
pub fn benchmark(plan: &Plan<'_>, session: Session<'_>) -> Result<Outcome, RunError> {
    let Some(folder) = session.folder else {
        let rows = run::run(plan, None, Vec::new(), session.execution)?;
        let analysis = Analysis::of(plan, &rows);
        return Ok(Outcome { rows, analysis, was_complete: false });
    };
    std::fs::create_dir_all(folder).map_err(|source| RunError::Folder { path: folder.to_owned(), source })?;
    let identity = plan.identity();
    if !session.force
        && let Found::Complete = look(folder, &identity)?
    {
        let rows = read::rows(folder, plan)?;
        let analysis = Analysis::of(plan, &rows);
        return Ok(Outcome { rows, analysis, was_complete: true });
    }
    let (journal, finished) =
        Journal::open::<Finished>(&folder.join(JOURNAL), &identity, now(), session.force)?;
    if let Some(unit) = finished.iter().position(|finished| !run::could_play(plan, finished)) {
        // The head is line 1.
        return Err(RunError::Edited { path: folder.join(JOURNAL), line: unit + 2 });
    }
    remove_torn_files(folder);
    let begun = journal.begun;
    let rows = run::run(plan, Some(&journal), finished, session.execution)?;
    let analysis = Analysis::of(plan, &rows);
    let report = report::html(plan, &rows, &analysis, session.command);
    let manifest = Manifest {
        kind: "gym-invmgmt benchmark".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        commit: files::COMMIT.to_owned(),
        platform: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        command: session.command.to_owned(),
        run: identity,
        suite: SuiteName {
            name: plan.suite.name.clone(),
            version: plan.suite.version,
            hash: fingerprint(plan.suite),
        },
        policies: plan.contestants.iter().map(|contestant| contestant.name().to_owned()).collect(),
        seeds: plan.seeds.clone(),
        failed: analysis.overall.iter().map(|cell| cell.failed).sum(),
        files: Vec::new(),
        times: Times { begun, finished: now() },
    };
    files::write_all(folder, plan, &rows, &analysis, &report, manifest)?;
    journal.remove()?;
    Ok(Outcome { rows, analysis, was_complete: false })
}

/// Removes what a kill in the midst of writing a file left. The journal is locked: nobody else writes here.
fn remove_torn_files(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            // One that stays does no harm.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// Seconds since 1970.
fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// Looks at a folder without changing it.
fn look(folder: &Path, identity: &str) -> Result<Found, RunError> {
    if folder.join(JOURNAL).exists() {
        return Ok(Found::Open);
    }
    if folder.join(MANIFEST).exists() {
        let manifest = files::verify(folder)?;
        if manifest.run != identity {
            return Err(RunError::OtherRun { path: folder.join(MANIFEST) });
        }
        return Ok(Found::Complete);
    }
    let ours = HASHED.iter().chain([&TIMINGS]).map(|name| folder.join(name));
    match ours.into_iter().find(|path| path.exists()) {
        Some(path) => Err(RunError::Foreign { path }),
        None => Ok(Found::Open),
    }
}

/// Reads and checks the manifest of a folder that a benchmark wrote.
///
/// # Errors
/// [`ResultsError`] if it is not one, or a file was changed since.
pub fn check_results(folder: &Path) -> Result<Manifest, ResultsError> {
    files::verify(folder)
}
