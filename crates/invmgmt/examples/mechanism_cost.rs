//! What each mechanism costs on the nine-node network: a Markdown table, one thread, 1,024 environments side by side.
//!
//! `make bench-mechanisms` (about ten seconds). Each row declares one mechanism wherever it can stand; the last
//! declares all of them. Every row is visited in each of several rounds and shows its best.

mod common;

use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

use invmgmt::Problem;
use invmgmt::batch::{Autoreset, Batch, Outcome};
use invmgmt::demand::{DemandConfig, DemandModel};
use invmgmt::network::{DeclaredNetwork, preset};
use invmgmt::period::Rules;
use invmgmt::random::{Pcg64, Stream};

const ROWS: usize = 1_024;
const NUM_PERIODS: usize = 30;
const ROUNDS: usize = 5;
const STEPS: usize = 62;

fn main() -> Result<(), Box<dyn Error>> {
    let nine = || preset("network").ok_or("no preset");
    let mut rows = vec![("none", nine()?)];
    let mut everything = nine()?;
    for (name, declare) in common::MECHANISMS {
        let mut network = nine()?;
        declare(&mut network);
        rows.push((name, network));
    }
    common::declare_everything(&mut everything);
    rows.push(("all but the last", everything));
    let mut played: Vec<Play> =
        rows.iter().map(|(_, network)| Play::new(network)).collect::<Result<_, _>>()?;
    let mut best = vec![f64::INFINITY; played.len()];
    for _ in 0..ROUNDS {
        for (play, best) in played.iter_mut().zip(&mut best) {
            *best = best.min(play.seconds()?);
        }
    }
    println!("| mechanism | million steps per second | times the plain network's time |\n|---|---|---|");
    for ((name, _), seconds) in rows.iter().zip(&best) {
        let rate = (ROWS * STEPS) as f64 / seconds / 1e6;
        println!("| {name} | {rate:.2} | {:.2} |", seconds / best[0]);
    }
    Ok(())
}

/// A batch and what it is stepped with.
struct Play {
    batch: Batch,
    actions: Vec<f32>,
    outcome: Outcome<f32>,
}

impl Play {
    fn new(declared: &DeclaredNetwork) -> Result<Self, Box<dyn Error>> {
        let network = Arc::new(declared.clone().compile()?);
        let demand = DemandModel::new(DemandConfig::default())?;
        let problem = Problem::new(Arc::clone(&network), demand, Rules::default(), NUM_PERIODS);
        let batch = Batch::new(&problem, ROWS, 1, Autoreset::NextStep)?;
        let mut stream = Pcg64::seeded(1);
        let actions = (0..ROWS * network.supply.len()).map(|_| 40.0 * stream.next_f64() as f32).collect();
        Ok(Self { batch, actions, outcome: Outcome::new(&network, ROWS) })
    }

    fn seconds(&mut self) -> Result<f64, Box<dyn Error>> {
        let begun = Instant::now();
        for _ in 0..STEPS {
            self.batch.step(&self.actions, self.outcome.buffers())?;
        }
        Ok(begun.elapsed().as_secs_f64())
    }
}
