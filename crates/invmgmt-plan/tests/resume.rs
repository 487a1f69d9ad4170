//! A plan that was killed goes on where it stood, and comes to what an undisturbed one comes to.

use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use invmgmt_data::Source;
use invmgmt_plan::tables::{Period, SalesColumns, Tables};
use invmgmt_plan::{Recommendation, Request, Target, Unmet, on_threads};

const ITEMS: usize = 24;

fn sales() -> String {
    let mut text = "date,item,units\n".to_owned();
    for item in 0..ITEMS {
        for day in 0..120 {
            let _ = writeln!(text, "{day},item {item},{}", (day * (item + 3)) % (item + 5));
        }
    }
    text
}

fn request(folder: Option<&Path>, target: f64) -> Request {
    Request {
        tables: Tables {
            sales: Some(Source::Text { name: "sales".to_owned(), text: sales() }),
            columns: SalesColumns::default(),
            items: None,
            receipts: None,
            period: Period::Day,
            target: Target::FillRate(target),
            unmet: Unmet::Lost,
        },
        horizon: Some(60),
        paths: 16,
        held_back: Some(0),
        folder: folder.map(Path::to_owned),
        command: "test".to_owned(),
        generator: "test".to_owned(),
    }
}

fn lines(folder: &Path) -> usize {
    std::fs::read_to_string(folder.join("unfinished-plan.log")).expect("a journal").lines().count()
}

/// Runs until so many rows are planned, and is killed then.
fn killed(folder: &Path, after: usize) {
    let count = AtomicUsize::new(0);
    let run = || {
        on_threads(2, || {
            request(Some(folder), 0.95).run(
                |_, _| {},
                || {
                    assert!(count.fetch_add(1, Ordering::Relaxed) < after, "killed");
                },
            )
        })
    };
    assert!(catch_unwind(AssertUnwindSafe(run)).is_err());
}

#[test]
fn a_plan_killed_at_any_moment_goes_on_and_repeats_nothing() {
    let rows = |plan: &invmgmt_plan::output::Plan| -> Vec<Recommendation> {
        plan.planned.iter().map(|row| row.recommendation.clone()).collect()
    };
    let undisturbed = request(None, 0.95).run(|_, _| {}, || {}).expect("a plan");
    for after in [0, 1, 9, 23] {
        let folder = tempfile::tempdir().expect("a folder");
        killed(folder.path(), after);
        let kept = lines(folder.path());
        // The first line says what run it is; what was under way on the other thread may be there too.
        assert!((after + 1..=ITEMS + 1).contains(&kept), "{kept} lines after {after} rows");
        let mut plan = request(Some(folder.path()), 0.95).run(|_, _| {}, || {}).expect("a plan");
        assert_eq!(rows(&plan), rows(&undisturbed));
        assert_eq!(lines(folder.path()), ITEMS + 1, "every row once");
        plan.write(folder.path()).expect("written");
        assert!(!folder.path().join("unfinished-plan.log").exists());
        assert!(folder.path().join("plan.csv").exists());
    }
}

#[test]
fn another_target_begins_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    killed(folder.path(), 9);
    let other = request(Some(folder.path()), 0.8).run(|_, _| {}, || {}).expect("a plan");
    let alone = request(None, 0.8).run(|_, _| {}, || {}).expect("a plan");
    assert_eq!(other.planned, alone.planned);
    assert_eq!(lines(folder.path()), ITEMS + 1);
}
