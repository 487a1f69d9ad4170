//! Laws of many episodes at once: a row is the single environment with its seed, whatever plays it.

use std::sync::Arc;

use invmgmt::Problem;
use invmgmt::batch::{Autoreset, Batch, Outcome, rollout_by_place};
use invmgmt::demand::DemandModel;
use invmgmt::episode::{DecisionError, Episode, Policy, kpis, places};
use invmgmt::network::{Network, TableIndex};
use invmgmt::period::StateView;
use proptest::prelude::*;

use super::cases::{Case, cases};

/// Enough that a step of the smallest network is worth several threads (`batch/pool.rs` says from when), and no
/// multiple of the rows that are played side by side.
const MANY: usize = 1_003;
const MODES: [Autoreset; 3] = [Autoreset::NextStep, Autoreset::SameStep, Autoreset::Disabled];

/// What all rows of a test share.
struct Play {
    network: Arc<Network>,
    demand: Arc<DemandModel>,
    case: Case,
}

impl Play {
    /// The case with an episode so short that several are played.
    fn short(case: Case) -> Self {
        let case = Case { num_periods: 1 + case.num_periods % 4, ..case };
        Self { network: Arc::new(case.network()), demand: Arc::new(case.demand()), case }
    }

    fn problem(&self) -> Problem {
        let Case { rules, num_periods, .. } = self.case;
        Problem::new(Arc::clone(&self.network), Arc::clone(&self.demand), rules, num_periods)
    }

    fn batch(&self, rows: usize, threads: usize, mode: Autoreset) -> Batch {
        let seed = self.case.seed;
        let mut batch = Batch::new(&self.problem(), rows, threads, mode).expect("a batch");
        for row in 0..rows {
            batch.seed(row, seed + row as u64);
        }
        batch
    }

    fn episodes(&self, rows: usize) -> Vec<Episode> {
        let seed = self.case.seed;
        (0..rows as u64)
            .map(|row| Episode::begin(&self.problem(), seed + row))
            .collect::<Result<_, _>>()
            .expect("episodes")
    }

    /// The orders of one row in one step: neighbours ask for different things.
    fn orders(&self, row: usize, step: usize) -> &[f64] {
        &self.case.orders[(row + 3 * step) % self.case.orders.len()]
    }

    fn actions(&self, rows: usize, step: usize) -> Vec<f64> {
        (0..rows).flat_map(|row| self.orders(row, step)).copied().collect()
    }
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

/// Checks what a step wrote for one row against the single environment; moves the latter on.
fn check_row(
    play: &Play,
    episode: &mut Episode,
    outcome: &Outcome<f64>,
    row: usize,
    step: usize,
    mode: Autoreset,
) -> Result<(), TestCaseError> {
    let length = play.network.layout.observation();
    let observation = |all: &[f64]| bits(&all[row * length..(row + 1) * length]);
    let begins = episode.is_over();
    prop_assert_eq!(outcome.played[row], !begins);
    if begins {
        episode.begin_next();
        prop_assert_eq!((outcome.rewards[row], outcome.truncations[row]), (0.0, false));
    } else {
        let reward = episode.step(play.orders(row, step)).expect("a playable action");
        let (view, network) = (episode.view(), &play.network);
        prop_assert_eq!(outcome.rewards[row].to_bits(), reward.to_bits());
        prop_assert_eq!(outcome.truncations[row], episode.is_over());
        prop_assert_eq!(outcome.periods[row], view.period() as i64 - 1);
        let stock: f64 = network.managed.indices().map(|node| view.on_hand(node)).sum();
        let unmet: f64 = network.market.indices().map(|link| view.unmet(link)).sum();
        prop_assert_eq!(outcome.inventories[row].to_bits(), stock.to_bits());
        prop_assert_eq!(outcome.backlogs[row].to_bits(), unmet.to_bits());
        prop_assert_eq!(outcome.sentiments[row].to_bits(), view.sentiment().to_bits());
        if episode.is_over() && mode == Autoreset::SameStep {
            let last = bits(episode.observation());
            prop_assert_eq!(observation(&outcome.final_observations), last);
            episode.begin_next();
        }
    }
    prop_assert_eq!(observation(&outcome.observations), bits(episode.observation()));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_row_is_the_single_environment_of_its_seed_on_any_number_of_threads(case in cases()) {
        let play = Play::short(case);
        for mode in MODES {
            let mut batches: Vec<Batch> = (1..=3).map(|threads| play.batch(MANY, threads, mode)).collect();
            let mut outcomes = vec![Outcome::new(&play.network, MANY); batches.len()];
            let mut episodes = play.episodes(MANY);
            for step in 0..2 * play.case.num_periods + 3 {
                let actions = play.actions(MANY, step);
                for (batch, outcome) in batches.iter_mut().zip(&mut outcomes) {
                    batch.step(&actions, outcome.buffers()).expect("a playable step");
                }
                let [one, two, three] = &outcomes[..] else { unreachable!("three batches") };
                prop_assert!(one == two && two == three, "threads change nothing");
                for (row, episode) in episodes.iter_mut().enumerate() {
                    check_row(&play, episode, one, row, step, mode)
                        .map_err(|error| TestCaseError::fail(format!("{mode:?} row {row}: {error}")))?;
                    // Without autoreset all ended rows are reset; some rows, in all modes, before their end.
                    let ended = mode == Autoreset::Disabled && episode.is_over();
                    if ended || (step == 1 && row % 3 == 0) {
                        episode.begin_next();
                        for batch in &mut batches {
                            batch.begin(row);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn single_precision_is_the_double_result_rounded_once(case in cases()) {
        let play = Play::short(case);
        let (mut wide, mut narrow) =
            (play.batch(5, 1, Autoreset::SameStep), play.batch(5, 1, Autoreset::SameStep));
        let mut outcome = Outcome::<f64>::new(&play.network, 5);
        let mut rounded = Outcome::<f32>::new(&play.network, 5);
        for step in 0..7 {
            let actions = play.actions(5, step);
            wide.step(&actions, outcome.buffers()).expect("a playable step");
            narrow.step(&actions, rounded.buffers()).expect("a playable step");
            let once: Vec<f32> = outcome.observations.iter().map(|&value| value as f32).collect();
            prop_assert_eq!(&rounded.observations, &once);
            prop_assert_eq!(&rounded.rewards, &outcome.rewards);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_restored_row_replays_identically_wherever_it_is_restored(case in cases(), before in 0_usize..6) {
        const ROWS: usize = 4;
        let play = Play::short(case);
        for mode in [Autoreset::NextStep, Autoreset::SameStep] {
            let mut batch = play.batch(ROWS, 1, mode);
            let mut outcome = Outcome::<f64>::new(&play.network, ROWS);
            for step in 0..before {
                batch.step(&play.actions(ROWS, step), outcome.buffers()).expect("a playable step");
            }
            let saved: Vec<_> = (0..ROWS).map(|row| batch.save(row)).collect();
            // The other batch has played something else; the rows change places.
            let mut other = play.batch(ROWS, 1, mode);
            other.step(&play.actions(ROWS, 9), outcome.buffers()).expect("a playable step");
            for (row, snapshot) in saved.iter().enumerate() {
                prop_assert!(other.restore(ROWS - 1 - row, snapshot));
            }
            let mut replayed = Outcome::<f64>::new(&play.network, ROWS);
            for step in before..before + 6 {
                let actions = play.actions(ROWS, step);
                let links = play.network.supply.len();
                let reversed: Vec<f64> = actions.chunks(links).rev().flatten().copied().collect();
                batch.step(&actions, outcome.buffers()).expect("a playable step");
                other.step(&reversed, replayed.buffers()).expect("a playable step");
                replayed.rewards.reverse();
                prop_assert_eq!(bits(&replayed.rewards), bits(&outcome.rewards));
                for row in 0..ROWS {
                    let (here, there) = (batch.save(row), other.save(ROWS - 1 - row));
                    prop_assert_eq!(bits(&here.row), bits(&there.row));
                    prop_assert_eq!(here.stream, there.stream);
                }
            }
        }
    }

    #[test]
    fn rollouts_measure_what_the_recorded_episodes_do_on_any_number_of_threads(case in cases()) {
        let case = Case { num_periods: 6, ..case };
        let play = Play { network: Arc::new(case.network()), demand: Arc::new(case.demand()), case };
        let level = play.case.orders[0][0].abs();
        let seeds: Vec<u64> = (0..203).map(|offset| play.case.seed + 7 * offset).collect();
        let figures = |threads| {
            let policy = || OrderUpTo { level };
            rollout_by_place(&play.problem(), &seeds, threads, policy)
        };
        let found = figures(1).expect("a playable rollout");
        for threads in [2, 3] {
            prop_assert_eq!(&figures(threads).expect("a playable rollout"), &found, "{} threads", threads);
        }
        for (&seed, found) in seeds.iter().zip(&found) {
            let mut episode = Episode::begin(&play.problem(), seed).expect("an episode");
            episode.play(&mut OrderUpTo { level }).expect("playable orders");
            let expected = kpis(&play.network, episode.trajectory());
            let measured = places(&play.network, episode.trajectory());
            let gathered = found.places.as_ref().expect("asked for");
            super::mechanisms::check_places(gathered, &measured)?;
            let numbers = |kpis: invmgmt::episode::Kpis, parts: invmgmt::period::CostParts| {
                let mut numbers = vec![
                    kpis.periods as f64,
                    kpis.total_profit,
                    kpis.avg_step_profit,
                    kpis.total_demand,
                    kpis.total_sold,
                    kpis.fill_rate,
                    kpis.immediate_fill_rate,
                    kpis.service_level,
                    kpis.total_backlog,
                    kpis.unmet_sum,
                    kpis.avg_inventory,
                    kpis.final_sentiment,
                ];
                numbers.extend(parts.values());
                numbers
            };
            let expected_numbers = numbers(expected, episode.cost_parts());
            for (found, expected) in numbers(found.kpis, found.parts).into_iter().zip(expected_numbers) {
                let allowed = 1e-9 * expected.abs().max(1.0);
                prop_assert!((found - expected).abs() <= allowed, "found {found}, expected {expected}");
            }
        }
    }
}

/// Orders every node up to a level, in equal parts from its suppliers.
struct OrderUpTo {
    level: f64,
}

impl Policy for OrderUpTo {
    fn decide(&mut self, state: &StateView<'_>, orders: &mut [f64]) -> Result<(), DecisionError> {
        for (node, row) in state.network.managed.iter() {
            let share = (self.level - state.inventory_position(node)) / row.incoming.len() as f64;
            for link in &row.incoming {
                orders[link.position()] = share;
            }
        }
        Ok(())
    }
}

/// The names of this process's threads hold the pool's.
#[cfg(target_os = "linux")]
#[test]
fn many_rows_are_played_on_the_pool() {
    let network = Arc::new(invmgmt::network::preset("serial").expect("a preset").compile().expect("valid"));
    let demand = Arc::new(DemandModel::new(invmgmt::demand::DemandConfig::default()).expect("usable"));
    let rules = invmgmt::period::Rules::default();
    let mut batch =
        Batch::new(&Problem::new(Arc::clone(&network), demand, rules, 5), MANY, 7, Autoreset::NextStep)
            .expect("a batch");
    let actions = vec![20.0; MANY * network.supply.len()];
    let mut outcome = Outcome::<f64>::new(&network, MANY);
    batch.step(&actions, outcome.buffers()).expect("a playable step");
    let is_seventh = |task: std::io::Result<std::fs::DirEntry>| {
        let name = task.and_then(|task| std::fs::read_to_string(task.path().join("comm")));
        name.is_ok_and(|name| name.trim() == "invmgmt-6")
    };
    // A thread takes its name when it first runs, which on a busy machine is a while after the pool is built.
    let found = (0..500).any(|attempt| {
        std::thread::sleep(std::time::Duration::from_millis(attempt.min(20)));
        std::fs::read_dir("/proc/self/task").expect("a process has threads").any(is_seventh)
    });
    assert!(found, "seven threads were asked for");
}
