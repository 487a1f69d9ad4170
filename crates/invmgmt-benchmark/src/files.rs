//! The files of a run: tables as CSV, and a manifest that ties them together.

use std::io::{self, Write};
use std::path::Path;

use invmgmt_data::{replace_file, spreadsheet_safe};
use invmgmt_policy::estimate::Estimate;
use serde::{Deserialize, Serialize};

use crate::figures::FIGURES;
use crate::plan::{Plan, sha256};
use crate::run::Row;
use crate::statistics::{Analysis, Cell, no_gap, population_deviation, published_cvar, tail};
use crate::{ResultsError, RunError};

/// One row per episode.
pub const EPISODES: &str = "episodes.csv";
/// The same of the constants played beside.
pub const CONSTANTS: &str = "constants.csv";
/// One row per problem and policy.
pub const SUMMARY: &str = "summary.csv";
/// One row per pair of policies and problem.
pub const COMPARISONS: &str = "comparisons.csv";
/// The report.
pub const REPORT: &str = "report.html";
/// What varies from run to run.
pub const TIMINGS: &str = "timings.csv";
/// What made the files, and their hashes.
pub const MANIFEST: &str = "manifest.json";
/// What is played so far; gone when the run is finished.
pub const JOURNAL: &str = "journal.log";

/// Files that depend on nothing but the plan, and whose hashes stand in the manifest.
pub const HASHED: [&str; 5] = [EPISODES, CONSTANTS, SUMMARY, COMPARISONS, REPORT];

/// The problem name of rows over all distinct problems.
pub(crate) const ALL: &str = "ALL";

/// What made the files of a folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// `gym-invmgmt benchmark`.
    pub kind: String,
    /// Version of the program.
    pub version: String,
    /// Commit the program was built from, with `-dirty` if it was edited since; `unknown` outside a checkout.
    pub commit: String,
    /// Operating system and processor.
    pub platform: String,
    /// The command that makes these files.
    pub command: String,
    /// Hash of everything that decides the results.
    pub run: String,
    /// The suite.
    pub suite: SuiteName,
    /// Policies in order.
    pub policies: Vec<String>,
    /// Seeds in order.
    pub seeds: Vec<u64>,
    /// Episodes that failed.
    pub failed: usize,
    /// Files by name.
    pub files: Vec<FileHash>,
    /// What varies from run to run.
    pub times: Times,
}

/// A suite as results name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuiteName {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: u32,
    /// Hash of its problems.
    pub hash: String,
}

/// A file as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileHash {
    /// Its name.
    pub name: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: String,
}

/// When a run took place, in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Times {
    /// When it was begun first.
    pub begun: u64,
    /// When its files were written.
    pub finished: u64,
}

/// Commit this program was built from.
pub const COMMIT: &str = env!("INVMGMT_COMMIT");

/// Writes all tables and the report, and the manifest last.
pub(crate) fn write_all(
    folder: &Path,
    plan: &Plan<'_>,
    rows: &[Row],
    analysis: &Analysis,
    report: &str,
    mut manifest: Manifest,
) -> Result<Manifest, RunError> {
    let asked = rows.iter().filter(|row| row.contestant < plan.contestants.len());
    let constants = rows.iter().filter(|row| row.contestant >= plan.contestants.len());
    let texts = [
        (EPISODES, table(|table| episodes(table, plan, asked.clone()))),
        (CONSTANTS, table(|table| episodes(table, plan, constants))),
        (SUMMARY, table(|table| summary(table, plan, analysis))),
        (COMPARISONS, table(|table| comparisons(table, plan, analysis))),
        (REPORT, report.as_bytes().to_vec()),
    ];
    write(folder, TIMINGS, &table(|table| timings(table, plan, asked)))?;
    for (name, bytes) in &texts {
        write(folder, name, bytes)?;
        manifest.files.push(FileHash {
            name: (*name).to_owned(),
            bytes: bytes.len() as u64,
            sha256: sha256(bytes),
        });
    }
    let mut json = serde_json::to_vec_pretty(&manifest).expect("a manifest is plain data");
    json.push(b'\n');
    write(folder, MANIFEST, &json)?;
    Ok(manifest)
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), RunError> {
    Ok(replace_file(&folder.join(name), |file| file.write_all(bytes))?)
}

/// Reads the manifest of a folder and checks every file against it.
///
/// # Errors
/// [`ResultsError`] if the manifest is missing or not one, or a file was changed since.
pub fn verify(folder: &Path) -> Result<Manifest, ResultsError> {
    let path = folder.join(MANIFEST);
    let text =
        std::fs::read(&path).map_err(|source| ResultsError::Unreadable { path: path.clone(), source })?;
    let manifest: Manifest = serde_json::from_slice(&text)
        .map_err(|error| ResultsError::Manifest { path: path.clone(), reason: error.to_string() })?;
    let listed: Vec<&str> = manifest.files.iter().map(|file| file.name.as_str()).collect();
    if listed != HASHED {
        let reason = format!("it lists the files {listed:?}; expected {HASHED:?}");
        return Err(ResultsError::Manifest { path, reason });
    }
    for file in &manifest.files {
        let path = folder.join(&file.name);
        let bytes =
            std::fs::read(&path).map_err(|source| ResultsError::Unreadable { path: path.clone(), source })?;
        if bytes.len() as u64 != file.bytes || sha256(&bytes) != file.sha256 {
            return Err(ResultsError::Changed { path, found: bytes.len() as u64, expected: file.bytes });
        }
    }
    Ok(manifest)
}

type Table = csv::Writer<Vec<u8>>;

/// A CSV table in memory: nothing that goes wrong while it is made can leave half a file.
fn table(write: impl FnOnce(&mut Table) -> csv::Result<()>) -> Vec<u8> {
    let mut table = csv::Writer::from_writer(Vec::new());
    write(&mut table).and_then(|()| table.flush().map_err(csv::Error::from)).expect("memory takes every row");
    table.into_inner().map_err(|error| io::Error::other(error.to_string())).expect("flushed")
}

fn safe(text: &str) -> String {
    spreadsheet_safe(text).into_owned()
}

fn shown(number: Option<f64>) -> String {
    number.filter(|number| number.is_finite()).map_or_else(String::new, |number| number.to_string())
}

fn episodes<'a>(table: &mut Table, plan: &Plan<'_>, rows: impl Iterator<Item = &'a Row>) -> csv::Result<()> {
    let head = ["problem", "key", "policy", "information", "seed"].into_iter();
    table.write_record(head.chain(FIGURES).chain(["bullwhip_by_echelon", "status", "error"]))?;
    for row in rows {
        let problem = &plan.suite.problems()[row.problem];
        let mut record = vec![
            safe(&problem.id),
            safe(&problem.key),
            safe(plan.contestant(row.contestant).name()),
            safe(&row.played.information),
            row.played.seed.to_string(),
        ];
        match &row.played.outcome {
            Ok(figures) => {
                record.extend(figures.values.iter().map(f64::to_string));
                let echelons: Vec<String> = figures.bullwhip_by_echelon.iter().map(f64::to_string).collect();
                record.extend([echelons.join(" "), "ok".to_owned(), String::new()]);
            }
            Err(reason) => {
                record.extend(FIGURES.map(|_| String::new()));
                record.extend([String::new(), "failed".to_owned(), safe(reason)]);
            }
        }
        table.write_record(record)?;
    }
    Ok(())
}

fn timings<'a>(table: &mut Table, plan: &Plan<'_>, rows: impl Iterator<Item = &'a Row>) -> csv::Result<()> {
    table.write_record([
        "problem",
        "policy",
        "seed",
        "make_seconds",
        "decide_seconds",
        "total_seconds",
        "plan_gap",
    ])?;
    for row in rows {
        let timing = &row.played.timing;
        table.write_record([
            safe(&plan.suite.problems()[row.problem].id),
            safe(plan.contestant(row.contestant).name()),
            row.played.seed.to_string(),
            format!("{:.9}", timing.make),
            format!("{:.9}", timing.decide),
            format!("{:.9}", timing.total),
            timing.plan_gap.map_or_else(String::new, |gap| format!("{gap:.9}")),
        ])?;
    }
    Ok(())
}

/// Columns of `summary.csv` between the names and the means of key figures.
const OF_PROFIT: [&str; 24] = [
    "seeds",
    "failed",
    "profit_mean",
    "profit_low",
    "profit_high",
    "profit_std",
    "profit_cvar5",
    "profit_at_risk_5",
    "expected_shortfall_5",
    "gap",
    "gap_percent",
    "gap_reference",
    "gap_note",
    "best_constant",
    "over_constant",
    "over_constant_low",
    "value",
    "value_low",
    "value_high",
    "optimum",
    "optimum_kind",
    "to_optimum_percent",
    "to_optimum_low",
    "to_optimum_high",
];

fn summary(table: &mut Table, plan: &Plan<'_>, analysis: &Analysis) -> csv::Result<()> {
    let head = ["problem", "key", "policy", "information"].into_iter().chain(OF_PROFIT);
    table.write_record(head.chain(FIGURES.into_iter().skip(1)))?;
    for cell in analysis.cells.iter().chain(&analysis.overall) {
        let (id, key) = match cell.problem {
            Some(problem) => {
                (plan.suite.problems()[problem].id.as_str(), plan.suite.problems()[problem].key.as_str())
            }
            None => (ALL, "mean over distinct problems"),
        };
        let mut record =
            vec![safe(id), safe(key), safe(plan.contestant(cell.contestant).name()), safe(&cell.information)];
        record.extend(of_profit(plan, cell));
        record.extend(cell.means.iter().skip(1).map(|&mean| shown(Some(mean))));
        table.write_record(record)?;
    }
    Ok(())
}

fn of_profit(plan: &Plan<'_>, cell: &Cell) -> [String; OF_PROFIT.len()] {
    let some = |value: fn(&[f64]) -> f64| (!cell.profits.is_empty()).then(|| value(&cell.profits));
    let interval = cell.profit.and_then(|profit| profit.interval());
    let tail = tail(&cell.profits);
    let (gap, over) = (cell.gap, cell.over_constant.as_ref());
    let distance = cell.distance;
    let span = |estimate: Option<Estimate>| {
        let interval = estimate.and_then(|estimate| estimate.interval());
        (shown(interval.map(|(low, _)| low)), shown(interval.map(|(_, high)| high)))
    };
    let (value, percent) = (distance.map(|found| found.value), distance.and_then(|found| found.percent));
    let ((value_low, value_high), (percent_low, percent_high)) = (span(value), span(percent));
    let stated = cell.problem.and_then(|problem| plan.suite.problems()[problem].facts.optimum.as_ref());
    [
        cell.seeds.to_string(),
        cell.failed.to_string(),
        shown(cell.profit.map(|profit| profit.mean)),
        shown(interval.map(|(low, _)| low)),
        shown(interval.map(|(_, high)| high)),
        shown(some(population_deviation)),
        shown(some(published_cvar)),
        shown(tail.map(|(at_risk, _)| at_risk)),
        shown(tail.map(|(_, shortfall)| shortfall)),
        shown(gap.map(|gap| gap.money)),
        shown(gap.and_then(|gap| gap.percent)),
        gap.map_or("", |gap| if gap.is_bound() { "bound" } else { "plan" }).to_owned(),
        gap.map_or(Some(no_gap(plan)), |gap| gap.no_bound).unwrap_or_default().to_owned(),
        over.map_or(String::new(), |over| safe(&over.constant)),
        shown(over.map(|over| over.difference.mean)),
        shown(over.and_then(|over| over.difference.interval()).map(|(low, _)| low)),
        shown(value.map(|value| value.mean)),
        value_low,
        value_high,
        shown(distance.map(|found| found.optimum)),
        stated.map_or("", |optimum| optimum.kind.word()).to_owned(),
        shown(percent.map(|percent| percent.mean)),
        percent_low,
        percent_high,
    ]
}

fn comparisons(table: &mut Table, plan: &Plan<'_>, analysis: &Analysis) -> csv::Result<()> {
    table.write_record([
        "problem",
        "policy_a",
        "policy_b",
        "seeds",
        "difference",
        "low",
        "high",
        "p_value",
        "p_adjusted",
        "real",
        "pairs_share",
    ])?;
    for pair in &analysis.comparisons {
        let interval = pair.difference.interval();
        table.write_record([
            safe(pair.problem.map_or(ALL, |problem| plan.suite.problems()[problem].id.as_str())),
            safe(plan.contestant(pair.a).name()),
            safe(plan.contestant(pair.b).name()),
            pair.difference.count.to_string(),
            shown(Some(pair.difference.mean)),
            shown(interval.map(|(low, _)| low)),
            shown(interval.map(|(_, high)| high)),
            shown(pair.p_value),
            shown(pair.p_adjusted),
            if pair.is_real() { "yes" } else { "no" }.to_owned(),
            if pair.same_demand { "demand" } else { "seed" }.to_owned(),
        ])?;
    }
    Ok(())
}
