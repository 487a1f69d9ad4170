//! Plays a fixed number of steps of a fixed batch, for counting instructions; nothing here reads a clock.
//!
//! `kernel_steps NETWORK STEPS` with NETWORK `serial`, `network`, `everything` (that with every mechanism of one
//! product) or `layered-50`: 64 episodes of 30 periods on one
//! thread, each begun anew in the step after its end, always the same orders. Prints how many environment-steps that
//! were. `tools/instruction_counts.py` runs it under callgrind for two numbers of steps and takes the difference.

mod common;

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;

use invmgmt::Problem;
use invmgmt::batch::{Autoreset, Batch, Outcome};
use invmgmt::demand::{DemandConfig, DemandModel};
use invmgmt::network::{DeclaredNetwork, layered, preset};
use invmgmt::period::Rules;
use invmgmt::random::{Pcg64, Stream};

const ROWS: usize = 64;
const NUM_PERIODS: usize = 30;
const SEED: u64 = 1;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, steps] = arguments.as_slice() else {
        eprintln!("usage: kernel_steps serial|network|everything|layered-50 STEPS");
        return ExitCode::from(2);
    };
    match play(name, steps) {
        Ok(steps) => {
            println!("{steps}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("kernel_steps: {error}");
            ExitCode::FAILURE
        }
    }
}

fn declared(name: &str) -> Result<DeclaredNetwork, String> {
    if name == "everything" {
        let mut network = preset("network").ok_or("no preset")?;
        common::declare_everything(&mut network);
        return Ok(network);
    }
    let fifty = || (name == "layered-50").then(|| layered(50, SEED));
    preset(name).or_else(fifty).ok_or_else(|| format!("unknown network {name:?}"))
}

/// Plays so many steps of the batch; returns the number of environment-steps.
fn play(name: &str, steps: &str) -> Result<usize, Box<dyn Error>> {
    let steps: usize = steps.parse().map_err(|_| format!("STEPS is {steps:?}; expected a whole number"))?;
    let network = Arc::new(declared(name)?.compile()?);
    let demand = Arc::new(DemandModel::new(DemandConfig::default())?);
    let mode = Autoreset::NextStep;
    let mut batch = Batch::new(
        &Problem::new(Arc::clone(&network), demand, Rules::default(), NUM_PERIODS),
        ROWS,
        1,
        mode,
    )?;
    let mut stream = Pcg64::seeded(SEED);
    let actions: Vec<f32> =
        (0..ROWS * network.supply.len()).map(|_| 40.0 * stream.next_f64() as f32).collect();
    let mut outcome = Outcome::<f32>::new(&network, ROWS);
    for _ in 0..steps {
        batch.step(&actions, outcome.buffers())?;
    }
    Ok(ROWS * steps)
}
