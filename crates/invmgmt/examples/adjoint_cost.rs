//! What a period costs forwards and backwards: `adjoint_cost` prints, per network, the least time of several runs for
//! a period of one episode, of 256 recorded side by side, and the ratio. Build it in release mode.

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use invmgmt::Problem;
use invmgmt::adjoint::{Recording, SIDE_BY_SIDE, Surrogates};
use invmgmt::demand::{DemandConfig, DemandModel};
use invmgmt::network::{layered, preset};
use invmgmt::period::Rules;
use invmgmt::random::{Pcg64, Stream};

const EPISODES: usize = 256;
const PERIODS: usize = 30;
const RUNS: usize = 50;

fn main() -> Result<(), Box<dyn Error>> {
    for name in ["serial", "network", "layered-50", "layered-500"] {
        let declared = preset(name).unwrap_or_else(|| layered(name[8..].parse().unwrap_or(50), 1));
        let demand = DemandModel::new(DemandConfig::default())?;
        let problem = Problem::new(declared.compile()?, demand, Rules::default(), PERIODS);
        let (forwards, backwards) = measure(&problem)?;
        let ratio = backwards.as_secs_f64() / forwards.as_secs_f64();
        let each = |time: Duration| time.as_secs_f64() * 1e9 / (EPISODES * PERIODS) as f64;
        println!(
            "{name:12} {:7.1} ns forwards {:7.1} ns backwards, ratio {ratio:.2}",
            each(forwards),
            each(backwards)
        );
    }
    Ok(())
}

/// The least time of a run forwards, and backwards.
fn measure(problem: &Problem) -> Result<(Duration, Duration), Box<dyn Error>> {
    let mut recording = Recording::new(problem, EPISODES, Surrogates::default())?;
    let seeds: Vec<u64> = (0..EPISODES as u64).collect();
    let mut stream = Pcg64::seeded(1);
    let orders: Vec<f64> = problem.network.supply.rows().iter().map(|_| 40.0 * stream.next_f64()).collect();
    let mut least = (Duration::MAX, Duration::MAX);
    for _ in 0..RUNS {
        recording.begin(&seeds);
        for _ in 0..PERIODS {
            for block in 0..recording.blocks() {
                for (request, &order) in recording.requests_mut(block).iter_mut().zip(&orders) {
                    *request = [order; SIDE_BY_SIDE];
                }
            }
            recording.step();
        }
        let begun = Instant::now();
        recording.begin(&seeds);
        for _ in 0..PERIODS {
            recording.step();
        }
        least.0 = least.0.min(begun.elapsed());
        let begun = Instant::now();
        recording.begin_back();
        for _ in 0..PERIODS {
            recording.step_back(|_| [1.0; SIDE_BY_SIDE]);
        }
        black_box(recording.row_worth_mut(0));
        least.1 = least.1.min(begun.elapsed());
    }
    Ok(least)
}
