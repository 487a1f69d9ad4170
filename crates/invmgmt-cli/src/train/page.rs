//! The report of a training.

use std::io::Write;
use std::path::Path;

use invmgmt_data::replace_file;
use invmgmt_report::{Column, Curve, CurveFigure, Entry, SortableTable, TrainingPage, TrainingSection};

use super::measure::{far, gap};
use super::{Lesson, Looks, Measured, Outcome, end};
use crate::args::train::TrainArgs;
use crate::failure::Failure;

/// What the page shows of one policy.
pub(super) fn section(
    lesson: &Lesson,
    best: &Outcome,
    looks: &[Looks],
    measured: &Measured,
) -> TrainingSection {
    let curves = |profit: &dyn Fn(&invmgmt_train::Look) -> f64| {
        let curve = |training: &Looks| Curve {
            name: format!("seed {}", training.seed),
            points: training.looks.iter().map(|look| (look.steps as f64, profit(look))).collect(),
        };
        looks.iter().map(curve).collect()
    };
    let of_problem = |(which, (name, bound)): (usize, (&String, &Option<f64>))| CurveFigure {
        title: format!("{name}, held out"),
        curves: curves(&|look| look.held_out[which]),
        bound: *bound,
    };
    let mut figures: Vec<CurveFigure> =
        lesson.names.iter().zip(&measured.bounds).enumerate().map(of_problem).collect();
    let title = "episodes trained on, all kinds of demand together".to_owned();
    figures.push(CurveFigure { title, curves: curves(&|look| look.training), bound: None });
    let teacher = best.trainer.settings().teacher.as_ref();
    let mut facts = vec![
        ("steps", best.look.steps.to_string()),
        ("seconds", format!("{:.1}", best.look.seconds)),
        ("seed kept", best.seed.to_string()),
        ("ended because", end(best.end).to_owned()),
    ];
    facts.extend(teacher.map(|teacher| ("teacher", teacher.to_string())));
    let first = looks.iter().find(|training| training.seed == best.seed).and_then(|kept| kept.looks.first());
    TrainingSection {
        title: lesson.names.join(", "),
        facts,
        figures,
        table: table(lesson, first.map(|look| look.held_out.as_slice()), measured),
    }
}

fn table(lesson: &Lesson, first: Option<&[f64]>, measured: &Measured) -> SortableTable {
    let column = |name: &str, meaning: &str| Column { name: name.to_owned(), meaning: meaning.to_owned() };
    let money = |value: Option<f64>| {
        Entry::Number(value, value.map(|value| format!("{value:.1}")).unwrap_or_default())
    };
    let row = |(which, name): (usize, &String)| {
        let (estimate, bound) = (&measured.estimates[which], measured.bounds[which]);
        let far = measured.distances[which].as_ref().and_then(far);
        let below = gap(&[estimate.mean], &[bound]).map(|gap| 100.0 * gap);
        vec![
            Entry::Text(name.clone()),
            money(first.map(|profits| profits[which])),
            money(Some(estimate.mean)),
            money(Some(estimate.standard_error)),
            money(bound),
            Entry::Number(below, below.map(|below| format!("{below:.2} %")).unwrap_or_default()),
            Entry::Text(far.unwrap_or_default()),
        ]
    };
    SortableTable {
        title: "What it earns".to_owned(),
        note: "Mean profit on the seeds held out.".to_owned(),
        columns: vec![
            column("problem", "what is played"),
            column("at first", "before the first step of this run, after a teacher if there is one"),
            column("in the end", "as it is written to the file"),
            column("standard error", "of the mean over the seeds held out"),
            column("bound", "the most that can be earned by who knows all demand to come"),
            column("below the bound", "share of the bound that is not earned"),
            column("to the optimum", "over the periods of a suite's problem that count"),
        ],
        rows: lesson.names.iter().enumerate().map(row).collect(),
    }
}

/// Writes the page, whole or not at all.
pub(super) fn write(
    path: &Path,
    given: &TrainArgs,
    command: &str,
    sections: Vec<TrainingSection>,
) -> Result<(), Failure> {
    let names: Vec<&str> = sections.iter().map(|section| section.title.as_str()).collect();
    let title = format!("Policies trained for {}", names.join("; "));
    let page = TrainingPage {
        title: &title,
        command,
        facts: vec![("knows", given.knows.clone()), ("seeds held out", given.held_out.to_string())],
        sections,
        generator: concat!("gym-invmgmt ", env!("CARGO_PKG_VERSION")),
    };
    let html = page.to_html();
    replace_file(path, |file| file.write_all(html.as_bytes())).map_err(Failure::refused)
}
