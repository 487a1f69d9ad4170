//! Batches refuse what they cannot play, name it, and have changed nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use invmgmt::Problem;
use invmgmt::batch::{Autoreset, Batch, BatchError, MAX_BATCH_NUMBERS, Outcome, RolloutError, rollout};
use invmgmt::demand::{DemandConfig, DemandModel};
use invmgmt::episode::{DecisionError, MAX_PERIODS, Policy};
use invmgmt::network::{Network, preset};
use invmgmt::period::{Rules, StateView};
use invmgmt::random::Pcg64;

const ROWS: usize = 4;

fn network() -> Arc<Network> {
    Arc::new(preset("serial").expect("a preset").compile().expect("a valid network"))
}

fn demand() -> Arc<DemandModel> {
    Arc::new(DemandModel::new(DemandConfig::default()).expect("usable demand"))
}

fn problem(num_periods: usize) -> Problem {
    Problem::new(network(), demand(), Rules::default(), num_periods)
}

fn batch_of(rows: usize, num_periods: usize, mode: Autoreset) -> Result<Batch, BatchError> {
    Batch::new(&problem(num_periods), rows, 1, mode)
}

fn batch(mode: Autoreset) -> Batch {
    batch_of(ROWS, 3, mode).expect("a batch")
}

/// Every row's state and stream.
fn all_of(batch: &Batch) -> Vec<(Vec<f64>, Pcg64)> {
    (0..batch.len()).map(|row| batch.save(row)).map(|saved| (saved.row, saved.stream)).collect()
}

/// A step that must be refused: its message, after a check that nothing was stepped or written.
fn refused(batch: &mut Batch, actions: &[f64]) -> String {
    let before = all_of(batch);
    let untouched = Outcome::<f64>::new(&network(), batch.len());
    let mut outcome = untouched.clone();
    let message = batch.step(actions, outcome.buffers()).expect_err("refused").to_string();
    assert_eq!(all_of(batch), before, "no row has changed");
    assert_eq!(outcome, untouched, "no buffer was written");
    message
}

#[test]
fn a_batch_has_at_least_one_row_and_fits_the_stated_limit() {
    let most = MAX_BATCH_NUMBERS / network().layout.row();
    let words = |rows: usize| batch_of(rows, 3, Autoreset::NextStep).expect_err("refused").to_string();
    assert_eq!(words(0), format!("0 environments of this network; expected 1 to {most}"));
    assert_eq!(words(most + 1), format!("{} environments of this network; expected 1 to {most}", most + 1));
    assert!(words(usize::MAX).starts_with("18446744073709551615 environments"));
}

#[test]
fn a_horizon_out_of_range_is_refused() {
    for horizon in [0, MAX_PERIODS + 1] {
        let message = batch_of(ROWS, horizon, Autoreset::NextStep).expect_err("refused").to_string();
        assert_eq!(
            message,
            format!("num_periods is {horizon}; expected a whole number from 1 to {MAX_PERIODS}")
        );
    }
}

#[test]
fn an_order_that_is_not_finite_is_named_with_its_row_and_link_and_nothing_is_stepped() {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut batch = batch(Autoreset::NextStep);
        let mut actions = vec![10.0; ROWS * 3];
        actions[2 * 3 + 1] = bad;
        assert_eq!(
            refused(&mut batch, &actions),
            format!("row 2: action[1] (3 -> 2) is {bad}; expected a finite order quantity")
        );
    }
}

#[test]
fn the_wrong_number_of_orders_is_refused_and_nothing_is_stepped() {
    let mut batch = batch(Autoreset::SameStep);
    for wrong in [0, ROWS * 3 - 1, ROWS * 3 + 1] {
        let message = refused(&mut batch, &vec![1.0; wrong]);
        assert!(
            message.contains(&format!(
                "{wrong} numbers; expected {ROWS} rows of 3, one quantity per supply link"
            )),
            "{message}"
        );
    }
}

#[test]
fn without_autoreset_stepping_an_ended_row_names_it_and_steps_nothing() {
    let mut batch = batch(Autoreset::Disabled);
    let actions = vec![10.0; ROWS * 3];
    let mut outcome = Outcome::<f64>::new(&network(), ROWS);
    for _ in 0..3 {
        batch.step(&actions, outcome.buffers()).expect("a playable step");
    }
    assert!(outcome.truncations.iter().all(|&ended| ended));
    batch.begin(0);
    batch.begin(1);
    assert_eq!(
        refused(&mut batch, &actions),
        "row 2: its episode is over; reset it with a mask that holds it"
    );
    batch.begin(2);
    batch.begin(3);
    batch.step(&actions, outcome.buffers()).expect("all rows have begun anew");
    assert_eq!(outcome.periods, [0; ROWS]);
}

#[test]
fn a_snapshot_of_another_network_is_refused_and_changes_nothing() {
    let mut batch = batch(Autoreset::NextStep);
    let before = all_of(&batch);
    let nine = Arc::new(preset("network").expect("a preset").compile().expect("a valid network"));
    let nine = Problem { network: nine, ..problem(3) };
    let other = Batch::new(&nine, 1, 1, Autoreset::NextStep).expect("a batch");
    assert!(!batch.restore(1, &other.save(0)));
    assert_eq!(all_of(&batch), before);
}

#[test]
fn rows_are_seeded_by_their_position_until_they_are_given_a_stream() {
    let mut batch = batch(Autoreset::NextStep);
    let streams = |batch: &Batch| -> Vec<Pcg64> { (0..ROWS).map(|row| batch.save(row).stream).collect() };
    assert_eq!(streams(&batch), (0..ROWS as u64).map(Pcg64::seeded).collect::<Vec<_>>());
    batch.seed(1, 77);
    assert_eq!(streams(&batch)[1], Pcg64::seeded(77));
}

#[test]
fn figures_gathered_in_a_batch_are_those_of_a_rollout() {
    let mut batch = batch_of(ROWS, 30, Autoreset::Disabled).expect("a batch");
    batch.gather_figures();
    let mut outcome = Outcome::<f64>::new(&network(), ROWS);
    while !batch.is_over(0) {
        batch.step(&[20.0; ROWS * 3], outcome.buffers()).expect("a playable step");
    }
    let seeds = [0, 1, 2, 3];
    let figures = rollout(&problem(30), &seeds, 1, || Constant(20.0)).expect("played");
    for (gathered, played) in batch.figures().iter().zip(figures) {
        assert_eq!(gathered.finish(&network()), played.kpis);
    }
}

/// Nineteen rows, so that blocks are full and one is not, begun at different times, against sums of what the steps
/// said.
#[test]
fn figures_are_kept_apart_where_neighbouring_rows_begin_at_different_times() {
    const MANY: usize = 19;
    let mut batch = batch_of(MANY, 5, Autoreset::NextStep).expect("a batch");
    batch.gather_figures();
    let mut outcome = Outcome::<f64>::new(&network(), MANY);
    let mut expected = [(0.0, 0.0, 0); MANY];
    for step in 0..17 {
        batch.step(&[20.0; MANY * 3], outcome.buffers()).expect("a playable step");
        for (row, sums) in expected.iter_mut().enumerate() {
            if outcome.played[row] {
                if outcome.periods[row] == 0 {
                    *sums = (0.0, 0.0, 0);
                }
                *sums = (sums.0 + outcome.rewards[row], sums.1 + outcome.backlogs[row], sums.2 + 1);
            }
            let found = batch.figures()[row].finish(&network());
            assert_eq!((found.total_profit, found.unmet_sum, found.periods), *sums, "row {row}, step {step}");
            if step < 4 && row % 4 == step {
                batch.begin(row);
                *sums = (0.0, 0.0, 0);
            }
        }
    }
}

#[test]
fn a_policy_that_panics_on_a_thread_reaches_the_caller_and_the_next_rollout_plays() {
    struct Breaks;
    impl Policy for Breaks {
        fn decide(&mut self, _state: &StateView<'_>, _orders: &mut [f64]) -> Result<(), DecisionError> {
            panic!("the policy broke down");
        }
    }
    let seeds: Vec<u64> = (0..300).collect();
    let broken = std::panic::catch_unwind(|| rollout(&problem(30), &seeds, 3, || Breaks).map(|_| ()));
    assert!(broken.is_err());
    let played = rollout(&problem(30), &seeds, 3, || Constant(20.0));
    assert_eq!(played.expect("a playable rollout").len(), 300);
}

#[test]
fn a_rollout_names_the_seed_and_the_period_of_an_order_that_cannot_be_played() {
    let run = |horizon, order| rollout(&problem(horizon), &[5, 6], 1, || Constant(order));
    let error = run(3, f64::NAN).expect_err("refused");
    assert!(matches!(error, RolloutError::Action { seed: 5, period: 0, .. }));
    assert_eq!(
        error.to_string(),
        "seed 5, period 0: action[0] (2 -> 1) is NaN; expected a finite order quantity"
    );
    assert!(run(0, 1.0).expect_err("refused").to_string().starts_with("num_periods is 0;"));
}

#[test]
fn a_rollout_on_several_threads_names_the_first_seed_that_cannot_be_played() {
    /// Fails from seed 24 on, in its last period; the seeds after it fail at once.
    struct Fails(u64);
    impl Policy for Fails {
        fn reset(&mut self, seed: Option<u64>) {
            self.0 = seed.expect("a rollout's episodes have seeds");
        }
        fn decide(&mut self, state: &StateView<'_>, orders: &mut [f64]) -> Result<(), DecisionError> {
            let fails = self.0 > 24 || (self.0 == 24 && state.period() == 29);
            orders.fill(if fails { f64::NAN } else { 20.0 });
            Ok(())
        }
    }
    let seeds: Vec<u64> = (0..300).collect();
    for threads in [1, 2, 3] {
        let error = rollout(&problem(30), &seeds, threads, || Fails(0)).expect_err("refused");
        assert!(matches!(error, RolloutError::Action { seed: 24, period: 29, .. }), "{threads}: {error}");
    }
}

#[test]
fn a_rollout_of_no_seeds_has_no_figures() {
    let figures = rollout(&problem(3), &[], 2, || Constant(1.0));
    assert_eq!(figures, Ok(vec![]));
}

/// The same order on every link.
struct Constant(f64);

impl Policy for Constant {
    fn decide(&mut self, _state: &StateView<'_>, orders: &mut [f64]) -> Result<(), DecisionError> {
        orders.fill(self.0);
        Ok(())
    }
}

/// Five seeds fill a block of eight, of which three episodes repeat the fifth.
#[test]
fn a_policy_decides_for_the_seeds_asked_for_and_no_others() {
    struct Counts(Arc<AtomicUsize>);

    impl Policy for Counts {
        fn decide(&mut self, state: &StateView<'_>, orders: &mut [f64]) -> Result<(), DecisionError> {
            self.0.fetch_add(1, Ordering::Relaxed);
            orders.fill(10.0 + state.period() as f64);
            Ok(())
        }
    }

    let decided = Arc::new(AtomicUsize::new(0));
    let together =
        rollout(&problem(30), &[1, 2, 3, 4, 5], 1, || Counts(Arc::clone(&decided))).expect("played");
    assert_eq!(decided.load(Ordering::Relaxed), 5 * 30);
    let alone = rollout(&problem(30), &[5], 1, || Counts(Arc::clone(&decided))).expect("played");
    assert_eq!(together[4].kpis, alone[0].kpis);
}
