//! The runner: plays what is not yet played, on all cores, and keeps it.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use invmgmt::interruption::{Interruption, interruptible};
use invmgmt_data::Journal;

use crate::RunError;
use crate::executor::{UnitExecutor, unit_from};
use crate::journal::Finished;
use crate::plan::{Plan, Unit};
use crate::play::{Played, play};

/// Time between two looks at whether the caller still wants it.
const GLANCE: Duration = Duration::from_millis(50);

/// How a run is carried out. Nothing of it changes a number.
#[derive(Clone, Copy)]
pub struct Execution<'a> {
    /// Most threads.
    pub threads: usize,
    /// Told how many episodes of how many are done, from any thread, one call at a time.
    pub progress: &'a (dyn Fn(usize, usize) + Sync),
    /// Asked on the calling thread from time to time whether to stop.
    pub interrupted: &'a dyn Fn() -> bool,
    /// Who plays in place of this process's threads.
    pub executor: Option<UnitExecutor<'a>>,
}

impl std::fmt::Debug for Execution<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Execution").field("threads", &self.threads).finish_non_exhaustive()
    }
}

/// An episode with its place in the plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Position of its problem in the suite.
    pub problem: usize,
    /// Position of its policy; constants stand behind the policies asked for.
    pub contestant: usize,
    /// What came of it.
    pub played: Played,
}

/// Plays the units of a plan that the journal does not hold; returns all rows by policy, problem and seed.
pub(crate) fn run(
    plan: &Plan<'_>,
    journal: Option<&Journal>,
    finished: Vec<Finished>,
    execution: Execution<'_>,
) -> Result<Vec<Row>, RunError> {
    let mut done: HashMap<Unit, Finished> =
        finished.into_iter().map(|finished| (unit_of(&finished), finished)).collect();
    let units = plan.units();
    let open: Vec<&Unit> = units.iter().filter(|unit| !done.contains_key(*unit)).collect();
    let before = plan.episodes() - open.iter().map(|unit| unit.seeds.len()).sum::<usize>();
    let workers = Workers {
        plan,
        journal,
        progress: execution.progress,
        next: AtomicUsize::new(0),
        working: AtomicUsize::new(0),
        stop: AtomicBool::new(false),
        interruption: Interruption::default(),
        kept: Mutex::new(Kept { finished: Vec::new(), episodes: before, failure: None }),
    };
    (execution.progress)(before, plan.episodes());
    match execution.executor {
        Some(executor) => workers.have_played(executor, &units, &open)?,
        None => workers.play_all(&open, execution),
    }
    let stopped = workers.stop.into_inner();
    let kept = workers.kept.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(failure) = kept.failure {
        return Err(failure);
    }
    if stopped {
        return Err(RunError::Interrupted);
    }
    done.extend(kept.finished.into_iter().map(|finished| (unit_of(&finished), finished)));
    let mut rows: Vec<Row> = units
        .iter()
        .filter_map(|unit| done.remove(unit))
        .flat_map(|Finished { problem, contestant, rows }| {
            rows.into_iter().map(move |played| Row { problem, contestant, played })
        })
        .collect();
    // Stable: problems and seeds keep their order.
    rows.sort_by_key(|row| row.contestant);
    Ok(rows)
}

/// Whether a plan could have made this of one of its units: a checksum says only that nobody edited it carelessly.
pub(crate) fn could_play(plan: &Plan<'_>, finished: &Finished) -> bool {
    let Some(problem) = plan.suite.problems().get(finished.problem) else { return false };
    let sound = |row: &Played| {
        plan.seeds.contains(&row.seed)
            && row.outcome.as_ref().map_or(true, |figures| figures.is_of(&problem.network))
            && row.course.as_ref().is_none_or(|course| {
                row.seed == plan.seeds[0] && course.is_of(&problem.network, problem.num_periods)
            })
    };
    finished.contestant < plan.entrants() && finished.rows.iter().all(sound)
}

fn unit_of(finished: &Finished) -> Unit {
    Unit {
        problem: finished.problem,
        contestant: finished.contestant,
        seeds: finished.rows.iter().map(|row| row.seed).collect(),
    }
}

/// What the threads of a run share.
struct Workers<'a> {
    plan: &'a Plan<'a>,
    journal: Option<&'a Journal>,
    progress: &'a (dyn Fn(usize, usize) + Sync),
    /// The next unit that any thread may take.
    next: AtomicUsize,
    /// Threads that still take units.
    working: AtomicUsize,
    stop: AtomicBool,
    /// Asks units in progress to end.
    interruption: Interruption,
    kept: Mutex<Kept>,
}

struct Kept {
    finished: Vec<Finished>,
    episodes: usize,
    failure: Option<RunError>,
}

impl Workers<'_> {
    /// Plays units on threads of this process, and those that must stay there on the calling one.
    fn play_all(&self, open: &[&Unit], execution: Execution<'_>) {
        let (here, anywhere): (Vec<&Unit>, Vec<&Unit>) =
            open.iter().partition(|unit| self.plan.contestant(unit.contestant).stays_on_calling_thread());
        let workers = execution.threads.max(1).min(anywhere.len());
        self.working.store(workers, Ordering::Relaxed);
        let caller = std::thread::current();
        std::thread::scope(|scope| {
            for _ in 0..workers {
                let (workers, anywhere, caller) = (self, &anywhere, &caller);
                scope.spawn(move || {
                    interruptible(&workers.interruption, || workers.work_off(anywhere));
                    workers.working.fetch_sub(1, Ordering::Release);
                    caller.unpark();
                });
            }
            for unit in &here {
                if (execution.interrupted)() {
                    self.interrupt();
                }
                if self.stop.load(Ordering::Relaxed) {
                    break;
                }
                let rows = self.play(unit);
                // Rows of a policy that was interrupted in the midst of a decision are no results.
                if !(execution.interrupted)() {
                    self.keep(unit, rows);
                }
            }
            while self.working.load(Ordering::Acquire) > 0 {
                if (execution.interrupted)() {
                    self.interrupt();
                }
                std::thread::park_timeout(GLANCE);
            }
        });
    }

    /// Has units played by someone else, and keeps each as it comes.
    fn have_played(
        &self,
        executor: UnitExecutor<'_>,
        units: &[Unit],
        open: &[&Unit],
    ) -> Result<(), RunError> {
        let mut awaited: HashSet<&Unit> = open.iter().copied().collect();
        let numbers: Vec<usize> = units
            .iter()
            .enumerate()
            .filter(|(_, unit)| awaited.contains(unit))
            .map(|(number, _)| number)
            .collect();
        if numbers.is_empty() {
            return Ok(());
        }
        executor(self.plan, &numbers, &mut |text| {
            let finished = unit_from(text)?;
            let unit = unit_of(&finished);
            if !awaited.remove(&unit) || !could_play(self.plan, &finished) {
                return Err(RunError::Executor("sent episodes that nobody asked for".to_owned()));
            }
            self.keep(&unit, finished.rows);
            // What could not be written is told in the end; nothing more is wanted until then.
            if self.stop.load(Ordering::Relaxed) { Err(RunError::Interrupted) } else { Ok(()) }
        })
        .or_else(|failure| if self.stop.load(Ordering::Relaxed) { Ok(()) } else { Err(failure) })?;
        if awaited.is_empty() || self.stop.load(Ordering::Relaxed) {
            return Ok(());
        }
        Err(RunError::Executor(format!("left {} units of work unplayed", awaited.len())))
    }

    /// Has units in progress end, and none begun.
    fn interrupt(&self) {
        self.stop.store(true, Ordering::Relaxed);
        self.interruption.request();
    }

    /// Takes units until there are none left.
    fn work_off(&self, units: &[&Unit]) {
        while !self.stop.load(Ordering::Relaxed) {
            match units.get(self.next.fetch_add(1, Ordering::Relaxed)) {
                Some(unit) => {
                    let rows = self.play(unit);
                    // Rows of a unit that was ended are no results.
                    if !self.interruption.is_requested() {
                        self.keep(unit, rows);
                    }
                }
                None => return,
            }
        }
    }

    fn play(&self, unit: &Unit) -> Vec<Played> {
        let problem = &self.plan.suite.problems()[unit.problem];
        play(self.plan.contestant(unit.contestant), problem, &unit.seeds, self.plan.seeds[0])
    }

    fn keep(&self, unit: &Unit, rows: Vec<Played>) {
        let finished = Finished { problem: unit.problem, contestant: unit.contestant, rows };
        // Written first and counted then: what counts as done is on file.
        let written = self.journal.map_or(Ok(()), |journal| journal.append(&finished));
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        match written {
            Ok(()) => {
                kept.episodes += unit.seeds.len();
                kept.finished.push(finished);
                (self.progress)(kept.episodes, self.plan.episodes());
            }
            Err(failure) => {
                kept.failure = Some(failure.into());
                self.stop.store(true, Ordering::Relaxed);
            }
        }
    }
}
