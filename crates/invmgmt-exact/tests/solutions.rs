//! What holds of every solution, and what is refused.

mod common;

use common::Shop;
use invmgmt::Problem;
use invmgmt::batch::rollout;
use invmgmt::demand::{DemandConfig, DemandModel, Effects};
use invmgmt::episode::{DecisionError, Policy};
use invmgmt::interruption::{Interruption, interruptible};
use invmgmt::law::{DeclaredDemand, Law};
use invmgmt::network::{DeclaredLink, DeclaredNetwork, DeclaredNode};
use invmgmt::period::{Rules, StateView};
use invmgmt_exact::{Criterion, ExactError, Progress, Settings, Solution, solve};
use invmgmt_policy::{Knowledge, parse};

fn solved(problem: &Problem, criterion: Criterion) -> Solution {
    solve(problem, &Settings::new(criterion, 2), &mut |_| {}).expect("solved")
}

/// A chain: farm, depot, shop and town, lead times 1 and 1, customers lost.
fn chain(waits: bool) -> Problem {
    let network = DeclaredNetwork {
        nodes: vec![
            DeclaredNode::new("town"),
            DeclaredNode::stocking("depot", 2.0, 0.3),
            DeclaredNode::stocking("shop", 3.0, 1.0),
            DeclaredNode::new("farm"),
        ],
        links: vec![
            DeclaredLink::market("shop", "town", 6.0, 2.0, DeclaredDemand::poisson(0.5)),
            DeclaredLink::supply("depot", "shop", 1, 3.0, 0.05),
            DeclaredLink::supply("farm", "depot", 1, 1.0, 0.02),
        ],
        ..DeclaredNetwork::default()
    };
    let demand = DemandModel::new(DemandConfig::default()).expect("usable");
    Problem::new(network.compile().expect("sound"), demand, Rules { backlog: waits, discount: 1.0 }, 12)
}

/// Mean and standard error of the profit per period of 100 episodes of 10,000 periods.
fn simulated(problem: &Problem, policy: impl Fn() -> Box<dyn Policy> + Sync) -> (f64, f64) {
    let long = Problem { num_periods: 10_000, ..problem.clone() };
    let seeds: Vec<u64> = (0..100).collect();
    let figures = rollout(&long, &seeds, 2, policy).expect("played");
    let profits: Vec<f64> = figures.iter().map(|episode| episode.kpis.total_profit / 10_000.0).collect();
    let mean = profits.iter().sum::<f64>() / 100.0;
    let variance = profits.iter().map(|profit| (profit - mean).powi(2)).sum::<f64>() / 99.0;
    (mean, (variance / 100.0).sqrt())
}

#[test]
fn a_policy_earns_in_a_million_periods_what_it_was_promised() {
    let fixed = Shop { farms: vec![(2, 0.0, 5.0)], ..Shop::of_lost_sales(2, 14.0) };
    let two_farms = Shop {
        waits: true,
        farms: vec![(0, 1.5, 0.0), (1, 0.5, 2.0)],
        demand: DeclaredDemand::poisson(1.5),
        ..Shop::of_lost_sales(0, 8.0)
    };
    let problems =
        [Shop::of_lost_sales(3, 9.0).problem(), fixed.problem(), two_farms.problem(), chain(false)];
    for problem in problems {
        for criterion in [Criterion::Average, Criterion::Discounted(0.95), Criterion::Finite(1.0)] {
            let found = solved(&problem, criterion).simulate(&problem, 1_000_000, 2).expect("played");
            assert!(found.agrees() && found.standard_error > 0.0, "{criterion:?}: {found:?}");
        }
    }
}

/// Two periods, lead time 1: every order and demand gone through, without the engine.
#[test]
fn a_horizon_earns_what_going_through_everything_finds() {
    let demand = Law::Poisson { shift: 0.0 }.probabilities(1.0, 1e-3).expect("counts").values;
    let (price, buy, holding, penalty, fixed, worth_left) = (5.0, 1.0, 0.5, 0.75, 0.6, 0.4);
    let period = |stock: f64, order: f64, later: &dyn Fn(f64) -> f64| -> f64 {
        let spent = buy * order + if order > 0.0 { fixed } else { 0.0 };
        let of_demand = demand.iter().map(|&(wanted, probability)| {
            let sold = wanted.min(stock);
            let left = stock - sold;
            probability * (price * sold - holding * left - penalty * (wanted - sold) + later(left))
        });
        of_demand.sum::<f64>() - spent
    };
    let best =
        |worth: &dyn Fn(f64) -> f64| (0..=9).map(|order| worth(f64::from(order))).fold(f64::MIN, f64::max);
    let last = |stock: f64| best(&|order| period(stock, order, &|left| worth_left * left));
    let expected = best(&|order| period(1.0, order, &|left| 0.9 * last(left + order)));

    let mut shop = DeclaredNode::stocking("shop", 1.0, holding);
    shop.salvage_value = Some(worth_left);
    let mut farm = DeclaredLink::supply("farm", "shop", 1, buy, 0.0);
    farm.fixed_order_cost = Some(fixed);
    let market = DeclaredLink::market("shop", "town", price, penalty, DeclaredDemand::poisson(1.0));
    let network = DeclaredNetwork {
        nodes: vec![DeclaredNode::new("town"), shop, DeclaredNode::new("farm")],
        links: vec![market, farm],
        ..DeclaredNetwork::default()
    };
    let demand = DemandModel::new(DemandConfig::default()).expect("usable");
    let rules = Rules { backlog: false, discount: 1.0 };
    let problem = Problem::new(network.compile().expect("sound"), demand, rules, 2);
    let settings = Settings { tail: 1e-3, ..Settings::new(Criterion::Finite(0.9), 1) };
    let found = solve(&problem, &settings, &mut |_| {}).expect("solved").profit;
    assert!((found.middle() - expected).abs() < 1e-12, "{found:?} {expected}");
}

#[test]
fn threads_and_side_by_side_play_change_no_number() {
    let problem = chain(true);
    let one = solve(&problem, &Settings::new(Criterion::Average, 1), &mut |_| {}).expect("solved");
    let three = solve(&problem, &Settings::new(Criterion::Average, 3), &mut |_| {}).expect("solved");
    assert_eq!(one.profit, three.profit);
    assert_eq!(one.policy.all_orders(), three.policy.all_orders());
    assert_eq!(one.policy.states().numbers(), three.policy.states().numbers());
}

#[test]
fn no_other_policy_earns_more_than_the_optimum() {
    let problem = chain(false);
    let best = solved(&problem, Criterion::Average);
    for spec in ["basestock:4,3", "basestock:5,4", "echelon:8,4", "constant:1", "ss:2/4,2/3"] {
        let make =
            || -> Box<dyn Policy> { Box::new(parse(spec, &Knowledge::of(&problem)).expect("a policy")) };
        let (mean, error) = simulated(&problem, make);
        assert!(mean < best.profit.high + 4.0 * error + 5e-3, "{spec}: {mean} against {:?}", best.profit);
    }
}

#[test]
fn a_longer_horizon_comes_to_the_average_per_period() {
    let average = solved(&chain(false), Criterion::Average);
    let of = |num_periods| {
        let problem = Problem { num_periods, ..chain(false) };
        solved(&problem, Criterion::Finite(1.0)).profit.middle()
    };
    let (short, long) = (of(40), of(41));
    assert!((long - short - average.profit.middle()).abs() < 1e-6, "{short} {long} {:?}", average.profit);
}

/// In a state the table does not have, the nearest one decides.
#[test]
fn a_policy_plays_from_states_it_does_not_have() {
    struct Odd(invmgmt_policy::PolicyTable);
    impl Policy for Odd {
        fn decide(&mut self, state: &StateView<'_>, orders: &mut [f64]) -> Result<(), DecisionError> {
            self.0.decide(state, orders)?;
            orders[0] += 0.25;
            Ok(())
        }
    }
    let problem = Shop::of_lost_sales(2, 4.0).problem();
    let found = solved(&problem, Criterion::Average);
    let (mean, _) = simulated(&problem, || Box::new(Odd(found.policy.clone())));
    let best = found.profit.middle();
    assert!(mean < best && mean > best - 1.0, "{mean} against {best}");
}

fn refused(problem: &Problem, settings: &Settings) -> String {
    solve(problem, settings, &mut |_| {}).expect_err("refused").to_string()
}

#[test]
fn what_is_not_modelled_is_refused_by_name() {
    let average = Settings::new(Criterion::Average, 1);
    let with = |config: DemandConfig| {
        let demand = DemandModel::new(config).expect("usable");
        Problem { demand: demand.into(), ..Shop::of_lost_sales(1, 4.0).problem() }
    };
    let goodwill = with(DemandConfig { use_goodwill: true, ..DemandConfig::default() });
    assert_eq!(refused(&goodwill, &average), "exact does not model goodwill (demand)");
    let trend = Effects { trend: true, ..Effects::default() };
    let moving = with(DemandConfig { effects: trend, ..DemandConfig::default() });
    assert_eq!(
        refused(&moving, &average),
        "exact solves for all time to come, and the problem changes with time (link shop -> town: trend); the \
         criterion 'finite' solves for the horizon"
    );
    let normal = DeclaredDemand::new("normal", [("loc", 5.0), ("scale", 1.0)]);
    let any_number = Shop { demand: normal, ..Shop::of_lost_sales(1, 4.0) }.problem();
    assert_eq!(
        refused(&any_number, &average),
        "exact needs demand that comes in steps; on link shop -> town it may be any number. Whole demand: one of the \
         laws of counts, or 'rounded: true' in dist_param"
    );
}

#[test]
fn settings_out_of_range_are_refused() {
    let problem = Shop::of_lost_sales(1, 4.0).problem();
    let discount = Settings::new(Criterion::Discounted(1.0), 1);
    assert_eq!(refused(&problem, &discount), "discount is 1; expected a number above 0 and below 1");
    let tail = Settings { tail: 0.5, ..Settings::new(Criterion::Average, 1) };
    assert_eq!(refused(&problem, &tail), "tail is 0.5; expected a number above 0 and at most 0.01");
    let tolerance = Settings { tolerance: 0.0, ..Settings::new(Criterion::Average, 1) };
    assert_eq!(refused(&problem, &tolerance), "tolerance is 0; expected a number above 0 and below 1");
}

#[test]
fn what_is_too_large_is_refused_with_an_estimate() {
    let problem = Shop::of_lost_sales(6, 4.0).problem();
    let small = Settings { memory: 2_000_000, ..Settings::new(Criterion::Average, 1) };
    let Err(ExactError::TooLarge { found, open, estimate, .. }) = solve(&problem, &small, &mut |_| {}) else {
        panic!("it is too large");
    };
    assert!(found > open && estimate > 1e6, "{found} {open} {estimate}");
}

#[test]
fn actions_that_are_given_are_kept() {
    let problem = Shop::of_lost_sales(2, 9.0).problem();
    let at_most = |most| {
        let settings = Settings { actions: Some(0..=most), ..Settings::new(Criterion::Average, 1) };
        solve(&problem, &settings, &mut |_| {}).expect("solved")
    };
    let (five, free) = (at_most(5), solved(&problem, Criterion::Average));
    assert!(five.policy.all_orders().iter().all(|&order| order <= 5.0));
    assert!(five.profit.high < free.profit.low - 0.01, "{:?} {:?}", five.profit, free.profit);
    assert!((at_most(20).profit.middle() - free.profit.middle()).abs() < 1e-6);
}

#[test]
fn it_ends_when_asked_to_and_tells_how_it_goes() {
    let (interruption, mut told) = (Interruption::default(), Vec::new());
    let problem = Shop::of_lost_sales(3, 4.0).problem();
    let outcome = interruptible(&interruption, || {
        solve(&problem, &Settings::new(Criterion::Average, 1), &mut |progress| {
            told.push(progress);
            if matches!(progress, Progress::Improving { .. }) {
                interruption.request();
            }
        })
    });
    assert_eq!(outcome.expect_err("interrupted"), ExactError::Interrupted);
    assert!(matches!(told.first(), Some(Progress::Exploring { .. })));
}

#[test]
fn a_policy_comes_back_from_its_file_and_is_refused_on_another_network() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("policy.npz");
    let problem = chain(false);
    let found = solved(&problem, Criterion::Average);
    found.policy.write(&path).expect("written");
    let spec = format!("table:{}", path.display());
    let plays = |policy: &(dyn Fn() -> Box<dyn Policy> + Sync)| {
        rollout(&problem, &[1, 2, 3, 4, 5], 1, policy).expect("played")
    };
    let named = || -> Box<dyn Policy> { Box::new(parse(&spec, &Knowledge::of(&problem)).expect("a policy")) };
    assert_eq!(plays(&|| Box::new(found.policy.clone())), plays(&named));
    let other = Shop::of_lost_sales(2, 4.0).problem();
    let error = parse(&spec, &Knowledge::of(&other)).expect_err("refused").to_string();
    assert!(error.contains("is for another network: it has 'on_hand[depot]' where this one has"), "{error}");
    let error = parse("table:", &Knowledge::of(&other)).expect_err("refused").to_string();
    assert_eq!(error, "policy 'table' has no file; expected table:FILE.npz");
    let error = parse("table:nowhere.npz", &Knowledge::of(&other)).expect_err("refused").to_string();
    assert!(error.contains("nowhere.npz"), "{error}");
}

/// Stopped in the middle of its sweeps, again and again, a run goes on from its file and finds the same to the last
/// bit.
#[test]
fn a_run_that_is_stopped_goes_on_from_its_checkpoint() {
    let folder = tempfile::tempdir().expect("a folder");
    let kept = folder.path().join("kept.npz");
    let problem = Shop::of_lost_sales(3, 9.0).problem();
    let whole = solved(&problem, Criterion::Average);
    let settings = Settings { checkpoint: Some(kept.clone()), ..Settings::new(Criterion::Average, 2) };
    let mut stops = 0;
    let found = loop {
        let (interruption, mut sweeps) = (Interruption::default(), 0);
        let outcome = interruptible(&interruption, || {
            solve(&problem, &settings, &mut |progress| {
                sweeps += usize::from(matches!(progress, Progress::Improving { .. }));
                if sweeps == 2 {
                    interruption.request();
                }
            })
        });
        match outcome {
            Ok(found) => break found,
            Err(error) => assert_eq!(error, ExactError::Interrupted),
        }
        stops += 1;
        assert!(kept.exists() && stops < 100);
    };
    assert!(stops > 1, "{stops}");
    assert_eq!((found.profit, found.sweeps, found.states), (whole.profit, whole.sweeps, whole.states));
    assert_eq!(found.policy.all_orders(), whole.policy.all_orders());
    assert!(!kept.exists());
    std::fs::write(&kept, b"no archive").expect("written");
    let Err(ExactError::Checkpoint { why, .. }) = solve(&problem, &settings, &mut |_| {}) else {
        panic!("refused")
    };
    assert!(why.contains("not an archive of arrays"), "{why}");
}
