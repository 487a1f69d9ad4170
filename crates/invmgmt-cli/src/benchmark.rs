//! The command `benchmark`.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressStyle};
use invmgmt_benchmark::{
    Contestant, EPISODES, Execution, Keep, Named, Outcome, Plan, REPORT, RunError, SUMMARY, Session,
    UnitExecutor, benchmark, first_seeds,
};
use invmgmt_data::{Suite, find_suite};
use invmgmt_policy::estimate::Estimate;
use invmgmt_policy::specs;

use crate::ClusterPlayer;
use crate::args::benchmark::{BenchmarkArgs, Executor, SeedChoice};
use crate::failure::{Failure, warn_all};
use crate::scenarios::refused as refused_choice;

/// Most lines about distances to optima.
const MOST_DISTANCES: usize = 60;

/// Plays a suite and says who did how well.
pub(crate) fn run(
    given: &BenchmarkArgs,
    command: &str,
    cluster: Option<ClusterPlayer<'_>>,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    check_executor(given, cluster.is_some())?;
    let suite = suite(given)?;
    let policies: Vec<Named> = given
        .policies
        .iter()
        .flat_map(|list| specs(list))
        .map(|spec| Named::new(spec.clone(), spec))
        .collect();
    let contestants = policies.iter().map(|policy| policy as &dyn Contestant).collect();
    let seeds = match &given.seeds {
        None => suite.seeds.clone(),
        Some(SeedChoice::First(count)) => first_seeds(&suite, *count),
        Some(SeedChoice::These(seeds)) => seeds.0.clone(),
    };
    let plan = Plan::new(&suite, contestants, seeds).map_err(refused)?;
    let bar = Bar::default();
    let threads =
        given.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    let progress = |done: usize, total: usize| bar.show(done, total);
    let on_cluster = |plan: &Plan<'_>, units: &[usize], keep: Keep<'_>| {
        let cluster = cluster.expect("checked before");
        cluster(given.address.as_deref(), plan, units, keep)
    };
    let executor = (given.executor == Executor::Ray).then_some(&on_cluster as UnitExecutor<'_>);
    let execution = Execution { threads, progress: &progress, interrupted: &|| false, executor };
    let session = Session { folder: Some(&given.out), force: given.force, command, execution };
    let outcome = benchmark(&plan, session).map_err(refused)?;
    drop(bar);
    print(&plan, &outcome, given, out)?;
    Ok(())
}

/// Refuses a cluster that cannot be reached from here before anything is read.
fn check_executor(given: &BenchmarkArgs, has_cluster: bool) -> Result<(), Failure> {
    match given.executor {
        Executor::Local if given.address.is_some() => {
            Err(Failure::Usage("--address: only '--executor ray' has an address".to_owned()))
        }
        Executor::Ray if !has_cluster => Err(Failure::Refused(
            "--executor ray: this program reaches no cluster; the one that comes with the Python package does \
             (pip install 'gym-invmgmt[ray]'). Nothing was played"
                .to_owned(),
        )),
        _ => Ok(()),
    }
}

fn refused(error: RunError) -> Failure {
    match error {
        RunError::Policy { .. } | RunError::Refused(_) | RunError::Twice { .. } => {
            Failure::Refused(format!("--policies: {error}"))
        }
        RunError::Executor(_) => Failure::Refused(format!("--executor: {error}")),
        other => Failure::refused(other),
    }
}

/// The suite, or the part of it, that is to be played.
fn suite(given: &BenchmarkArgs) -> Result<Suite, Failure> {
    let suite = find_suite(&given.suite).map_err(|error| refused_choice("--suite", error))?;
    let suite = if given.only.is_empty() {
        suite
    } else {
        let ids: Vec<&str> = given.only.iter().map(String::as_str).collect();
        suite.only(&ids).map_err(|error| refused_choice("--only", error))?
    };
    warn_all(suite.notes().map(|note| note.with_line()));
    Ok(suite)
}

/// The ranking, what to be wary of, and where the files are.
fn print(
    plan: &Plan<'_>,
    outcome: &Outcome,
    given: &BenchmarkArgs,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let names = plan.contestants.iter().map(|contestant| contestant.name().chars().count());
    let width = names.max().unwrap_or(0).max("policy".len());
    let levels = outcome.analysis.overall.iter().map(|cell| cell.information.len());
    let level_width = levels.max().unwrap_or(0).max("information".len());
    writeln!(
        out,
        "rank  could be  {:width$}  {:level_width$}  {:>10}  {:>21}  {:>6}",
        "policy", "information", "profit", "95% interval", "gap %"
    )?;
    for ranked in &outcome.analysis.ranking {
        let cell = &outcome.analysis.overall[ranked.contestant];
        let profit = cell.profit.as_ref();
        let interval = profit.and_then(Estimate::interval);
        let interval = interval.map_or(String::new(), |(low, high)| format!("{low:.1} to {high:.1}"));
        let gap = cell.gap.and_then(|gap| gap.percent).map_or(String::new(), |gap| format!("{gap:.1}"));
        let (best, worst) = ranked.between;
        let between = if best == worst { best.to_string() } else { format!("{best} to {worst}") };
        writeln!(
            out,
            "{:>4}  {between:>8}  {:width$}  {:level_width$}  {:>10.1}  {interval:>21}  {gap:>6}",
            ranked.rank,
            plan.contestants[ranked.contestant].name(),
            cell.information,
            profit.map_or(f64::NAN, |profit| profit.mean),
        )?;
    }
    print_distances(plan, outcome, width, out)?;
    for warning in &outcome.analysis.warnings {
        writeln!(out, "\nnote: {warning}")?;
    }
    let state = if outcome.was_complete { "complete before; nothing was played" } else { "written" };
    writeln!(out, "\n{}: {EPISODES}, {SUMMARY}, {REPORT} and more, {state}", given.out.display())?;
    Ok(())
}

/// How far everybody is from the optimum, on the problems that state one.
fn print_distances(
    plan: &Plan<'_>,
    outcome: &Outcome,
    width: usize,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let known: Vec<_> =
        outcome.analysis.cells.iter().filter_map(|cell| Some((cell, cell.distance?))).collect();
    if known.is_empty() {
        return Ok(());
    }
    let id = |problem: Option<usize>| problem.map_or("", |problem| &plan.suite.problems()[problem].id);
    let ids = known.iter().map(|(cell, _)| id(cell.problem).chars().count()).max().unwrap_or(0).max(7);
    writeln!(
        out,
        "\n{:ids$}  {:width$}  {:>12}  {:>12}  {:>8}  {:>16}",
        "problem", "policy", "value", "optimum", "worse by", "95% interval"
    )?;
    for (cell, far) in known.iter().take(MOST_DISTANCES) {
        let percent = far.percent.map_or(String::new(), |percent| format!("{:.2} %", percent.mean));
        let interval = far.percent.and_then(|percent| percent.interval());
        let interval = interval.map_or(String::new(), |(low, high)| format!("{low:.2} to {high:.2}"));
        writeln!(
            out,
            "{:ids$}  {:width$}  {:>12.4}  {:>12.4}  {percent:>8}  {interval:>16}",
            id(cell.problem),
            plan.contestants[cell.contestant].name(),
            far.value.mean,
            far.optimum,
        )?;
    }
    if known.len() > MOST_DISTANCES {
        writeln!(out, "and {} more, in {SUMMARY}", known.len() - MOST_DISTANCES)?;
    }
    Ok(())
}

/// One bar for all of it, on a terminal only.
#[derive(Default)]
struct Bar(Mutex<Option<ProgressBar>>);

impl Bar {
    fn show(&self, done: usize, total: usize) {
        let Ok(mut slot) = self.0.lock() else { return };
        if slot.is_none() && std::io::stderr().is_terminal() {
            let style = ProgressStyle::with_template(
                "{bar:40} {percent:>3} %  {human_pos} of {human_len} episodes, {eta} left",
            )
            .expect("a sound template");
            // Episodes done before count as done, and not as fast.
            *slot = Some(ProgressBar::new(total as u64).with_style(style).with_position(done as u64));
        }
        if let Some(bar) = slot.as_ref() {
            bar.set_position(done as u64);
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Ok(Some(bar)) = self.0.get_mut().map(Option::take) {
            bar.finish_and_clear();
        }
    }
}
