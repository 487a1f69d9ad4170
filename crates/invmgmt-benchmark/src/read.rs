//! Rows read back from the tables of a finished run.

use std::collections::HashMap;
use std::path::Path;

use crate::ResultsError;
use crate::figures::{FIGURES, Figures};
use crate::files::{CONSTANTS, EPISODES};
use crate::plan::Plan;
use crate::play::{Played, Timing};
use crate::run::Row;

/// Columns before the figures.
const NAMES: usize = 5;

/// All rows of a plan from the folder its files were written to. Courses and timings are not read.
pub(crate) fn rows(folder: &Path, plan: &Plan<'_>) -> Result<Vec<Row>, ResultsError> {
    let mut rows = table(&folder.join(EPISODES), plan)?;
    rows.extend(table(&folder.join(CONSTANTS), plan)?);
    Ok(rows)
}

fn table(path: &Path, plan: &Plan<'_>) -> Result<Vec<Row>, ResultsError> {
    let problems: HashMap<&str, usize> =
        plan.suite.problems().iter().enumerate().map(|(at, problem)| (problem.id.as_str(), at)).collect();
    let contestants: HashMap<&str, usize> =
        (0..plan.entrants()).map(|position| (plan.contestant(position).name(), position)).collect();
    let refused = |line: u64, reason: String| ResultsError::Table { path: path.to_owned(), line, reason };
    let mut table = csv::Reader::from_path(path).map_err(|error| refused(0, error.to_string()))?;
    let mut rows = Vec::new();
    for record in table.records() {
        let record = record
            .map_err(|error| refused(error.position().map_or(0, csv::Position::line), error.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |column: usize| unsafe_text(record.get(column).unwrap_or_default());
        let known = |what: &str, column: usize, names: &HashMap<&str, usize>| {
            names
                .get(cell(column))
                .copied()
                .ok_or_else(|| refused(line, format!("no {what} '{}'", cell(column))))
        };
        let number = |column: usize, text: &str| {
            let name = FIGURES.get(column - NAMES).copied().unwrap_or("seed");
            text.parse::<f64>().map_err(|_| refused(line, format!("{name} is '{}'", text.escape_debug())))
        };
        let after = NAMES + FIGURES.len();
        let outcome = if cell(after + 1) == "ok" {
            let mut figures = Figures::default();
            for (position, value) in figures.values.iter_mut().enumerate() {
                *value = number(NAMES + position, cell(NAMES + position))?;
            }
            figures.bullwhip_by_echelon = cell(after)
                .split_whitespace()
                .map(|text| number(after, text))
                .collect::<Result<Vec<_>, _>>()?;
            Ok(figures)
        } else {
            Err(cell(after + 2).to_owned())
        };
        let seed: u64 =
            cell(4).parse().map_err(|_| refused(line, format!("seed is '{}'", cell(4).escape_debug())))?;
        if !plan.seeds.contains(&seed) {
            return Err(refused(line, format!("seed {seed} was not asked for")));
        }
        rows.push(Row {
            problem: known("problem", 0, &problems)?,
            contestant: known("policy", 2, &contestants)?,
            played: Played {
                seed,
                information: cell(3).to_owned(),
                outcome,
                course: None,
                timing: Timing::default(),
            },
        });
    }
    Ok(rows)
}

/// A text as it was before it was made safe for spreadsheets.
pub(crate) fn unsafe_text(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r']) => rest,
        _ => cell,
    }
}
