//! The classics: policies with published values cost what is published, and nothing does better than what is optimal.

use invmgmt_benchmark::statistics::{Distance, distance};
use invmgmt_benchmark::{Contestant, Execution, Named, Outcome, Plan, Session, benchmark};
use invmgmt_data::{Case, Suite, suite};

/// Relative error of figures that are published with four digits or so.
const PRINTED: f64 = 5e-4;

fn classics() -> Suite {
    suite("classics-1").expect("comes along")
}

/// Plays policies on one problem, in memory.
fn played(problem: &Case, policies: &[&str], seeds: u64) -> (Vec<Distance>, Outcome) {
    let part = classics().only(&[problem.id.as_str()]).expect("one of the suite");
    let named: Vec<Named> = policies.iter().map(|policy| Named::new(*policy, *policy)).collect();
    let contestants: Vec<&dyn Contestant> = named.iter().map(|policy| policy as &dyn Contestant).collect();
    let plan = Plan::new(&part, contestants, (50_000..50_000 + seeds).collect())
        .unwrap_or_else(|error| panic!("{}: {error}", problem.id));
    let execution = Execution { threads: 2, progress: &|_, _| (), interrupted: &|| false, executor: None };
    let session = Session { folder: None, force: false, command: "", execution };
    let outcome = benchmark(&plan, session).expect("played");
    let found = outcome.analysis.cells.iter().map(|cell| cell.distance.expect("an optimum is stated"));
    (found.collect(), outcome)
}

/// What a problem's known policies miss of their published values, and who does better than the optimum.
fn faults(problem: &Case, seeds: u64) -> Vec<String> {
    let known = &problem.facts.known;
    let policies: Vec<&str> = known.iter().map(|known| known.policy.as_str()).collect();
    let policies = if policies.is_empty() { vec!["constant:5"] } else { policies };
    let (found, outcome) = played(problem, &policies, seeds);
    let mut faults = Vec::new();
    for (known, found) in known.iter().zip(&found) {
        let allowed = 4.0 * found.value.standard_error + PRINTED * known.value.abs();
        if (found.value.mean - known.value).abs() > allowed {
            faults.push(format!(
                "{}: {} costs {} +- {}, published {}",
                problem.id, known.policy, found.value.mean, found.value.standard_error, known.value
            ));
        }
    }
    // The constants that every benchmark plays beside stand behind the policies asked for.
    let last = outcome.rows.iter().map(|row| row.contestant).max().unwrap_or(0);
    for contestant in 0..=last {
        let own = outcome.rows.iter().filter(|row| row.contestant == contestant);
        let profits: Vec<f64> =
            own.filter_map(|row| Some(row.played.outcome.as_ref().ok()?.profit())).collect();
        if distance(problem, &profits).is_some_and(|far| far.is_broken) {
            faults.push(format!("{}: policy {contestant} does better than the optimum", problem.id));
        }
    }
    faults
}

fn check(problems: &[&Case], seeds: u64) {
    let faults: Vec<String> = problems.iter().flat_map(|problem| faults(problem, seeds)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// One of each kind; `make classics` plays them all.
#[test]
fn policies_with_a_published_value_reach_it_and_none_does_better_than_what_is_optimal() {
    let suite = classics();
    let chosen = [
        "newsvendor-poisson-6",
        "lost-sales-poisson-L1-p9",
        "lost-sales-fixed-cost",
        "s-S-mean-22",
        "serial-poisson-order-first",
        "random-lead-time-U2-fifo",
        "perishable-m2-L1-lifo-w7",
        "one-warehouse-fair-share",
        "capacity-8-L0",
        "lots-of-4-L0",
        "unreliable-0.1-0.3",
        "spare-parts-geometric",
    ];
    let problems: Vec<&Case> = chosen.iter().map(|id| suite.problem(id).expect("in the suite")).collect();
    check(&problems, 12);
}

#[test]
#[ignore = "minutes: make classics"]
fn all_policies_with_a_published_value_reach_it_and_none_does_better_than_what_is_optimal() {
    let suite = classics();
    check(&suite.problems().iter().collect::<Vec<_>>(), 40);
}

/// Each kind of problem whose best policy is not one of plans: sales that are lost, an order of each of two suppliers,
/// orders that share trucks, goods that spoil, lead times that are drawn, stages in series.
#[test]
fn an_informed_planner_costs_little_more_than_the_optimum_in_the_long_run() {
    let suite = classics();
    for (id, most, seeds) in [
        ("lost-sales-poisson-L2-p4", 3.0, 8),
        ("dual-sourcing-U4-L2-b495-c5", 2.0, 4),
        ("trucks-01", 3.0, 8),
        ("perishable-m2-L1-lifo-w7", 2.0, 8),
        ("random-lead-time-U2-free", 4.0, 8),
        ("serial-two-stages", 3.0, 4),
    ] {
        let (found, _) = played(suite.problem(id).expect("in the suite"), &["mpc:informed"], seeds);
        let percent = found[0].percent.expect("not zero").mean;
        assert!((-4.0..most).contains(&percent), "{id}: {percent}");
    }
}

/// Episodes of 1,200 periods. A fixed cost of 64, intervals of four, two and two periods.
#[test]
fn a_planner_gathers_orders_with_a_fixed_cost_nearly_as_the_best_policy_does() {
    let suite = classics();
    for id in ["s-S-mean-10", "s-S-mean-40", "s-S-mean-52"] {
        let (found, _) = played(suite.problem(id).expect("in the suite"), &["mpc:informed"], 4);
        let percent = found[0].percent.expect("not zero").mean;
        assert!((-2.0..3.0).contains(&percent), "{id}: {percent}");
    }
}

/// That of the lots of four periods is below a tenth; a plan without a fixed cost, or a rule, has nothing to prove.
#[test]
fn how_far_a_first_plan_may_be_from_the_best_is_a_figure_of_the_run_where_orders_cost_something() {
    let gaps = |id: &str, policy: &str| -> Vec<Option<f64>> {
        let (_, outcome) = played(classics().problem(id).expect("in the suite"), &[policy], 2);
        let own = outcome.rows.iter().filter(|row| row.contestant == 0);
        own.map(|row| row.played.timing.plan_gap).collect()
    };
    let lots = gaps("non-stationary-four-periods", "mpc:informed");
    assert!(lots.iter().all(|gap| gap.is_some_and(|gap| gap > 0.0 && gap < 0.1)), "{lots:?}");
    assert_eq!(gaps("three-stages-backlog", "mpc:informed"), [None, None]);
    assert_eq!(gaps("non-stationary-four-periods", "basestock:65"), [None, None]);
}

#[test]
fn a_policy_that_seems_better_than_the_optimum_is_said_to_be() {
    let suite = classics();
    let problem = suite.problem("lost-sales-poisson-L2-p9").expect("in the suite");
    // The optimum is a cost of 6.09 a period: over a thousand periods, profits of -6000 are too good.
    let profits =
        |cost: f64| (0..20).map(|seed| -1000.0 * (cost + 0.001 * f64::from(seed % 3))).collect::<Vec<_>>();
    let far = |cost| distance(problem, &profits(cost)).expect("an optimum is stated");
    assert!(far(6.0).is_broken && !far(6.1).is_broken && !far(6.093).is_broken);
    let percent = far(6.7).percent.expect("not zero");
    assert!((percent.mean - 100.0 * (6.701 - 6.093_642_4) / 6.093_642_4).abs() < 0.01);
    assert!((far(6.7).value.mean - 6.701).abs() < 1e-3);
}

/// Discounting is counted from the first period that is measured: 0.99^100 of the episode's money.
#[test]
fn a_discounted_value_is_that_of_the_first_period_measured() {
    let suite = classics();
    let problem = suite.problem("perishable-m2-L1-fifo-w7").expect("in the suite");
    let profit = -1457.28 * 0.99_f64.powi(100);
    assert!((problem.value_of(profit).expect("an optimum is stated") - 1457.28).abs() < 1e-9);
}
