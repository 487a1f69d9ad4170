//! Figures of others, met: every instance under its stated policy, within four standard errors.
//!
//! `make test` plays the quick ones; `make physics` all of them, for longer; `make conformance` writes
//! `docs/conformance.md` from the same tables.

mod board;
mod computed;
mod instances;
mod measured;
mod recursion;
mod shared;
mod solved;
mod traces;

use std::fmt::Write as _;

use invmgmt::Problem;
use invmgmt::batch::rollout;
use invmgmt::demand::{DemandConfig, DemandModel};
use invmgmt::episode::{Episode, Symbol};
use invmgmt::period::Rules;
use invmgmt_data::network_from_yaml;
use invmgmt_policy::{Knowledge, parse};

use instances::{Figure, Instance, Proof, instances};

/// Episodes whose means are taken.
const SEEDS: u64 = 40;
/// Periods of a quick episode and of a long one: the long ones make a million together [periods].
const QUICK: usize = 5_000;
const LONG: usize = 25_000;
/// Periods of the episodes of the page [periods].
const SHOWN: usize = 10_000;
/// Periods that an episode needs to forget how it began, at most [periods].
const FORGOTTEN: f64 = 20.0;

/// A mean with its standard error.
#[derive(Clone, Copy)]
struct Found {
    mean: f64,
    error: f64,
    /// What the beginning of the episodes may have moved the mean.
    beginning: f64,
}

impl Found {
    fn of(figures: &[f64], beginning: f64) -> Self {
        let count = figures.len() as f64;
        let mean = figures.iter().sum::<f64>() / count;
        let variance = figures.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / (count - 1.0);
        Self { mean, error: (variance / count).sqrt(), beginning }
    }

    /// A figure without chance.
    fn certain(mean: f64) -> Self {
        Self { mean, error: 0.0, beginning: 0.0 }
    }

    fn meets(&self, instance: &Instance) -> bool {
        let allowed = 4.0 * self.error + instance.uncertain + self.beginning;
        (self.mean - instance.theirs).abs() <= allowed
    }
}

/// Finds our figure of an instance; where it is played, in episodes of so many periods.
fn find(instance: &Instance, periods: usize) -> Found {
    match &instance.proof {
        Proof::Played(figure) => play(instance, *figure, periods),
        Proof::Reached(case) => {
            let problem = Problem { num_periods: periods, ..case.problem.clone() };
            per_period(&problem, &instance.policy, instance.theirs, periods)
        }
        Proof::Solved(case) => Found::certain(solved::value(case)),
        Proof::Measured(ours) => {
            Found::of(&ours(periods), FORGOTTEN * instance.theirs.abs() / periods as f64)
        }
        Proof::Computed(ours) => Found::certain(ours()),
    }
}

/// Plays an instance for so many periods an episode.
fn play(instance: &Instance, figure: Figure, periods: usize) -> Found {
    let network =
        network_from_yaml(&instance.file).unwrap_or_else(|error| panic!("{}: {error}", instance.name));
    let demand = DemandModel::new(DemandConfig::default()).expect("usable");
    let rules = Rules { backlog: instance.backlog, discount: 1.0 };
    match figure {
        Figure::CostPerPeriod => {
            let problem = Problem::new(network, demand, rules, periods);
            per_period(&problem, &instance.policy, instance.theirs, periods)
        }
        Figure::DiscountedYear => {
            let problem = Problem::new(network, demand, rules, 465);
            let mut years = Vec::new();
            for seed in 0..periods as u64 / 50 {
                let mut policy = parse(&instance.policy, &Knowledge::of(&problem)).expect("a policy");
                let mut episode = Episode::begin(&problem, seed).expect("an episode");
                episode.play(&mut policy).expect("played");
                let nodes = problem.network.nodes.len();
                let profits = &episode.trajectory()[Symbol::Profit].values;
                let periods = profits.chunks(nodes).map(|nodes| -nodes.iter().sum::<f64>());
                let year = periods.skip(100).enumerate().map(|(t, cost)| cost * 0.99_f64.powi(t as i32));
                years.push(year.sum());
            }
            Found::of(&years, 0.0)
        }
    }
}

/// The mean cost of a period under a policy, where it is near to theirs.
fn per_period(problem: &Problem, policy: &str, theirs: f64, periods: usize) -> Found {
    let make = || parse(policy, &Knowledge::of(problem)).unwrap_or_else(|error| panic!("{error}"));
    let seeds: Vec<u64> = (0..SEEDS).collect();
    let played = rollout(problem, &seeds, 2, make).expect("played");
    let costs: Vec<f64> = played.iter().map(|one| -one.kpis.total_profit / periods as f64).collect();
    Found::of(&costs, FORGOTTEN * theirs / periods as f64)
}

/// All that are not met.
fn check(chosen: impl Fn(&Instance) -> bool, periods: usize) {
    let mut wrong = String::new();
    let all: Vec<Instance> = instances().into_iter().filter(chosen).collect();
    assert!(all.len() > 10, "there are instances");
    for instance in &all {
        let found = find(instance, periods);
        if !found.meets(instance) {
            let _ = writeln!(
                wrong,
                "{}, {}, {}: {:.5} +- {:.5}, theirs {}",
                instance.group, instance.name, instance.policy, found.mean, found.error, instance.theirs
            );
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn the_quick_instances_are_met() {
    check(|instance| !instance.is_long, QUICK);
}

#[test]
#[ignore = "minutes: make physics"]
fn every_instance_is_met_over_a_million_periods() {
    check(|_| true, LONG);
}

/// The end of the page: published figures that are not met, and why.
const ABSENT: &str = include_str!("absent.md");
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/conformance.md");

/// The page; the tests hold its figures.
fn page(periods: usize) -> String {
    let mut text = format!(
        "# Conformance\n\nFigures that others give, and what is found here: costs per period unless said otherwise. Written \
         by `make conformance`\nfrom the tables that the tests hold (`crates/invmgmt-cli/tests/conformance`).\n\n\
         - A figure under a policy is *simulated*: the mean of {SEEDS} episodes of {periods} periods with its standard \
         error; the\n  last number of its row is the difference in standard errors, theirs taken as exact.\n\
         - One by `exact` is *proven*: dynamic programming on the engine's own period ([how](exact.md)), on the classic \
         of the\n  [suite](classics.md) by that name.\n\
         - One by `textbook` is *computed* by the solver of that name ([textbook](textbook.md)); runs without chance\n  are computed too, as the engine plays them.\n\n\
         `make test` meets those marked quick, `make physics` all: simulated ones within four standard errors, the others \
         to the\ndigits printed. What stands in no row is told [at the end](#what-stands-in-no-row).\n"
    );
    let mut group = String::new();
    for instance in instances() {
        if instance.group != group {
            group.clone_from(&instance.group);
            let _ = write!(
                text,
                "\n## {group}\n\n| instance | by | theirs | ours | standard error | difference | errors | source | kind \
                 | run |\n|---|---|--:|--:|--:|--:|--:|---|---|---|\n"
            );
        }
        let found = match &instance.proof {
            Proof::Solved(case) => Found::certain(solved::stated(case)),
            _ => find(&instance, periods),
        };
        let difference = found.mean - instance.theirs;
        let _ = write!(text, "| {} | `{}` | {} | ", instance.name, instance.policy, instance.theirs);
        let _ = match instance.proof {
            Proof::Played(_) | Proof::Reached(_) | Proof::Measured(_) => write!(
                text,
                "{:.5} | {:.5} | {difference:+.5} | {:+.1}",
                found.mean,
                found.error,
                difference / found.error.max(1e-12)
            ),
            Proof::Solved(_) => write!(text, "{:.8} | proven | {difference:+.1e} | ", found.mean),
            Proof::Computed(_) => write!(text, "{:.8} | computed | {difference:+.1e} | ", found.mean),
        };
        let run = if instance.is_long { "long" } else { "quick" };
        let _ = writeln!(text, " | {} | {} | {run} |", instance.source, instance.kind);
    }
    text + ABSENT
}

#[test]
#[ignore = "writes docs/conformance.md: make conformance"]
fn write_the_page() {
    std::fs::write(PAGE, page(SHOWN)).expect("written");
}

/// The page has a row for every instance, with their figure and policy, and no other row.
#[test]
fn the_page_shows_every_instance() {
    let page = std::fs::read_to_string(PAGE).expect("make conformance");
    for instance in instances() {
        let row = format!("| {} | `{}` | {} |", instance.name, instance.policy, instance.theirs);
        assert!(page.contains(&row), "docs/conformance.md lacks {row}: make conformance");
    }
    let rows = page.lines().filter(|line| line.starts_with("| ") && line.contains('`')).count();
    assert_eq!(rows, instances().len(), "make conformance");
}
