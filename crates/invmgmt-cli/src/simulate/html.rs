//! The report.

use std::io::Write;
use std::path::Path;

use invmgmt::episode::{FigureUnit, KeyFigure};
use invmgmt_data::replace_file;
use invmgmt_report::{KpiRow, KpiTable, Page, Run};

use super::Setting;
use super::figures::{FIGURES, INFORMATION, shown, shown_error, shown_mean};
use super::play::Outcome;
use super::print::facts;
use crate::failure::Failure;
use crate::networks;

/// Writes the report, whole or not at all.
pub(super) fn write(path: &Path, setting: &Setting<'_>, outcomes: &[Outcome]) -> Result<(), Failure> {
    let seeds = &setting.given.seeds.0;
    let runs = outcomes
        .iter()
        .filter_map(|outcome| {
            outcome.first_record.as_ref().map(|trajectory| Run { policy: &outcome.spec, trajectory })
        })
        .collect();
    let title = format!("Inventory simulation: {}", networks::title(&setting.problem.network));
    let page = Page {
        title: &title,
        command: setting.command,
        facts: facts(setting),
        table: table(outcomes, &shown(&setting.problem.network), seeds.len()),
        network: &setting.problem.network,
        shown: format!("seed {}", seeds[0]),
        runs,
        generator: concat!("gym-invmgmt ", env!("CARGO_PKG_VERSION")),
    };
    let html = page.to_html();
    replace_file(path, |file| file.write_all(html.as_bytes())).map_err(Failure::refused)
}

fn table(outcomes: &[Outcome], shown: &[usize], seeds: usize) -> KpiTable {
    let estimates: Vec<_> = outcomes.iter().map(Outcome::estimates).collect();
    let information = KpiRow {
        name: INFORMATION.to_owned(),
        meaning: "what the policy knows of demand; profits compare within a level".to_owned(),
        cells: outcomes.iter().map(|outcome| outcome.information.to_owned()).collect(),
    };
    let figures =
        shown.iter().map(|&position| (position, FIGURES[position].row)).map(|(position, row)| KpiRow {
            name: row.title.to_owned(),
            meaning: meaning(row),
            cells: estimates
                .iter()
                .map(|of_policy| {
                    let mean = shown_mean(of_policy[position].mean, row.unit);
                    match shown_error(&of_policy[position], row.unit) {
                        Some(error) => format!("{mean} {error}"),
                        None => mean,
                    }
                })
                .collect(),
        });
    let rows = std::iter::once(information).chain(figures).collect();
    let mut note = match seeds {
        1 => "One episode.".to_owned(),
        many => format!("Mean over {many} seeds \u{b1} standard error of the mean."),
    };
    for simplified in outcomes.iter().filter_map(Outcome::simplified) {
        note.extend([" ", &simplified, "."]);
    }
    KpiTable { columns: outcomes.iter().map(|outcome| outcome.spec.clone()).collect(), rows, note }
}

/// What a figure is, with its unit where the table's form does not say it.
fn meaning(row: &KeyFigure) -> String {
    match row.unit {
        FigureUnit::Share | FigureUnit::Ratio => row.meaning.to_owned(),
        unit => format!("{} [{}]", row.meaning, unit.words()),
    }
}
