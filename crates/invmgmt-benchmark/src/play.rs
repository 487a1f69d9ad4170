//! One unit of work: a problem, a policy, and the seeds it plays together.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use invmgmt::episode::Episode;
use invmgmt::interruption;
use invmgmt::period::CostParts;
use invmgmt_data::Case;
use serde::{Deserialize, Serialize};

use crate::figures::{Course, Figures};
use crate::{Contestant, Player};

/// What came of one episode.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Played {
    /// Its seed.
    pub seed: u64,
    /// What the policy knows of the problem; empty where it could not be made.
    pub information: String,
    /// Key figures, or why there are none.
    pub outcome: Result<Figures, String>,
    /// How it went, kept for one seed per problem and policy.
    pub course: Option<Course>,
    /// What it took.
    pub timing: Timing,
}

/// What one episode took: wall-clock time, of which each of those played together has its equal share [seconds]; and
/// how good its first plan is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// Making the policy and resetting it.
    pub make: f64,
    /// Its decisions.
    pub decide: f64,
    /// All of it: the policy's share, the simulation and the measuring.
    pub total: f64,
    /// By how much its first plan may cost more than the best one, as a share of its cost [1]; see
    /// [`plan_gap`](invmgmt::episode::Policy::plan_gap).
    pub plan_gap: Option<f64>,
}

/// Plays a policy on a problem with these seeds, side by side, and keeps how one of them went. A failure is an outcome,
/// whatever its kind.
pub fn play(contestant: &dyn Contestant, problem: &Case, seeds: &[u64], keep_course_of: u64) -> Vec<Played> {
    let begun = Instant::now();
    let mut own = Timing::default();
    let mut information = String::new();
    let attempt = catch_unwind(AssertUnwindSafe(|| {
        attempt(contestant, problem, seeds, keep_course_of, &mut own, &mut information)
    }));
    let rows = match attempt {
        Ok(Ok(rows)) => rows,
        Ok(Err(reason)) => seeds.iter().map(|_| (Err(reason.clone()), None)).collect(),
        Err(panic) => {
            let reason = format!("the policy broke down: {}", panic_message(&*panic));
            seeds.iter().map(|_| (Err(reason.clone()), None)).collect()
        }
    };
    own.total = begun.elapsed().as_secs_f64();
    let share = seeds.len() as f64;
    let timing =
        Timing { make: own.make / share, decide: own.decide / share, total: own.total / share, ..own };
    let played = |(&seed, (outcome, course))| Played {
        seed,
        information: information.clone(),
        outcome,
        course,
        timing,
    };
    seeds.iter().zip(rows).map(played).collect()
}

type Row = (Result<Figures, String>, Option<Course>);

fn attempt(
    contestant: &dyn Contestant,
    problem: &Case,
    seeds: &[u64],
    keep_course_of: u64,
    own: &mut Timing,
    information: &mut String,
) -> Result<Vec<Row>, String> {
    let begun = Instant::now();
    let mut entry = contestant.enter(problem).map_err(|reason| reason.to_string())?;
    information.clone_from(&entry.information);
    entry.player.reset(seeds)?;
    own.make = begun.elapsed().as_secs_f64();
    let mut table = Table::new(problem, seeds)?;
    let interruption = interruption::current();
    for period in 0..problem.num_periods {
        if interruption.is_requested() {
            return Err("interrupted".to_owned());
        }
        table.play_period(period, &mut *entry.player, own)?;
    }
    Ok(table
        .episodes
        .iter()
        .zip(seeds)
        .map(|(running, &seed)| running.finish(problem, seed == keep_course_of))
        .collect())
}

/// Episodes side by side.
struct Table {
    episodes: Vec<RunningEpisode>,
    orders: Vec<f64>,
    links: usize,
    window: Range<usize>,
}

/// One episode and what is to be remembered of it.
struct RunningEpisode {
    episode: Episode,
    /// Cost parts when the first scored period began, and when the last had been played.
    parts: [CostParts; 2],
    failure: Option<String>,
}

impl Table {
    fn new(problem: &Case, seeds: &[u64]) -> Result<Self, String> {
        let running = |&seed: &u64| {
            let episode = Episode::begin(&problem.problem, seed).map_err(|error| error.to_string())?;
            Ok(RunningEpisode { episode, parts: [CostParts::default(); 2], failure: None })
        };
        let episodes = seeds.iter().map(running).collect::<Result<Vec<_>, String>>()?;
        let links = problem.network.supply.len();
        Ok(Self { orders: vec![0.0; links * episodes.len()], episodes, links, window: problem.window() })
    }

    fn play_period(
        &mut self,
        period: usize,
        player: &mut dyn Player,
        own: &mut Timing,
    ) -> Result<(), String> {
        let begun = Instant::now();
        // A lone episode, the common case, needs no list.
        let decided = match self.episodes.as_slice() {
            [running] => player.decide(&[running.episode.view()], &mut self.orders),
            all => {
                let states: Vec<_> = all.iter().map(|running| running.episode.view()).collect();
                player.decide(&states, &mut self.orders)
            }
        };
        own.decide += begun.elapsed().as_secs_f64();
        decided.map_err(|reason| format!("period {period}: {reason}"))?;
        if let (0, [running]) = (period, self.episodes.as_slice()) {
            own.plan_gap = player.plan_gap(&running.episode.view());
        }
        for (running, orders) in self.episodes.iter_mut().zip(self.orders.chunks(self.links.max(1))) {
            if running.failure.is_some() {
                continue;
            }
            if let Err(error) = running.episode.step(orders) {
                running.failure = Some(format!("period {period}: {error}"));
            }
            for (parts, end) in running.parts.iter_mut().zip([self.window.start, self.window.end]) {
                if period + 1 == end {
                    *parts = running.episode.cost_parts();
                }
            }
        }
        Ok(())
    }
}

impl RunningEpisode {
    fn finish(&self, problem: &Case, keep_course: bool) -> Row {
        if let Some(reason) = &self.failure {
            return (Err(reason.clone()), None);
        }
        let [before, mut parts] = self.parts;
        parts.add(&before, -1.0);
        let record = self.episode.trajectory();
        let course = keep_course.then(|| Course::of(&problem.network, record));
        (Figures::of(problem, record, &parts), course)
    }
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no reason given").to_owned()
}
