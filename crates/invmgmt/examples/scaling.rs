//! How the cost of a step grows with the number of environments, the horizon and the size of the network.
//!
//! Prints three Markdown tables: `make bench-scaling` (about a minute). One thread, single-precision actions and
//! observations, random orders around mean demand. Every cell is visited once in each of several rounds and shows its
//! best, so that a slow spell of the machine falls on one round and does not count. Batches of more than 1 GB with
//! their buffers are left out. With `--resident LINKS PERIODS` it prints the memory of one batch instead.

use std::error::Error;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use invmgmt::Problem;
use invmgmt::batch::{Autoreset, Batch, Outcome};
use invmgmt::demand::{DemandConfig, DemandModel};
use invmgmt::network::{Network, layered};
use invmgmt::period::Rules;
use invmgmt::random::{Pcg64, Stream};

const LINKS: [usize; 5] = [5, 9, 50, 500, 5_000];
const ENVIRONMENTS: [usize; 9] = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536];
const HORIZONS: [usize; 4] = [30, 120, 730, 3_650];
/// Horizon of the table over environments [periods].
const HORIZON: usize = 30;
/// Environments of the table over horizons.
const ENVIRONMENTS_OF_HORIZONS: usize = 1_024;
/// Environments of the table of memory, as far as memory goes.
const ENVIRONMENTS_OF_MEMORY: usize = 16_384;
/// Most bytes of a batch with its buffers.
const MOST_BYTES: usize = 1_000_000_000;
const ROUNDS: usize = 6;
/// In each round a cell is timed over at least one step and about this long.
const RUN: Duration = Duration::from_millis(25);

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [] => tables(),
        [flag, links, periods] if flag == "--resident" => {
            let growth = resident_growth(&network(links.parse()?)?, periods.parse()?)?;
            println!("{}", growth.map_or("?".to_owned(), |growth| growth.to_string()));
            Ok(())
        }
        _ => Err("usage: scaling [--resident LINKS PERIODS]".into()),
    }
}

fn network(links: usize) -> Result<Arc<Network>, Box<dyn Error>> {
    Ok(Arc::new(layered(links, 1).compile()?))
}

fn tables() -> Result<(), Box<dyn Error>> {
    let networks: Vec<Arc<Network>> = LINKS.into_iter().map(network).collect::<Result<_, _>>()?;
    let by_environments: Vec<(usize, usize)> =
        ENVIRONMENTS.into_iter().map(|environments| (environments, HORIZON)).collect();
    let by_horizon: Vec<(usize, usize)> =
        HORIZONS.into_iter().map(|horizon| (ENVIRONMENTS_OF_HORIZONS, horizon)).collect();

    println!("ns per environment-step (ns per link-step), horizon {HORIZON}, one thread\n");
    heading("environments");
    for ((environments, _), cells) in by_environments.iter().zip(timed(&networks, &by_environments)?) {
        println!("| {environments} |{cells}");
    }
    println!("\nThe same by horizon, {ENVIRONMENTS_OF_HORIZONS} environments\n");
    heading("periods");
    for ((_, horizon), cells) in by_horizon.iter().zip(timed(&networks, &by_horizon)?) {
        println!("| {horizon} |{cells}");
    }
    println!("\nBytes per environment: the batch (growth of resident memory) + the caller's buffers\n");
    heading("periods");
    for horizon in [HORIZONS[0], HORIZONS[HORIZONS.len() - 1]] {
        print!("| {horizon} |");
        for network in &networks {
            print!(" {} + {} |", state_bytes(network, horizon)?, bytes(network).buffers);
        }
        println!();
    }
    Ok(())
}

fn heading(first: &str) {
    print!("| {first} |");
    for links in LINKS {
        print!(" {links} links |");
    }
    println!("\n|{}", "--:|".repeat(LINKS.len() + 1));
}

/// The cells of a table, one line for each pair of environments and horizon.
fn timed(networks: &[Arc<Network>], rows: &[(usize, usize)]) -> Result<Vec<String>, Box<dyn Error>> {
    let mut best = vec![vec![f64::INFINITY; networks.len()]; rows.len()];
    for _ in 0..ROUNDS {
        for (&(environments, horizon), best) in rows.iter().zip(&mut best) {
            for (network, best) in networks.iter().zip(best) {
                if environments * bytes(network).total() <= MOST_BYTES {
                    *best = best.min(nanoseconds(network, environments, horizon)?);
                }
            }
        }
    }
    let cell = |(network, best): (&Arc<Network>, f64)| {
        if best.is_finite() {
            format!(" {best:.0} ({:.1}) |", best / network.links.len() as f64)
        } else {
            " - |".to_owned()
        }
    };
    Ok(best.into_iter().map(|best| networks.iter().zip(best).map(cell).collect()).collect())
}

/// Memory of one environment [bytes].
struct Bytes {
    state: usize,
    buffers: usize,
}

impl Bytes {
    fn total(&self) -> usize {
        self.state + self.buffers
    }
}

/// What an environment takes by the sizes of its parts: its row, its stream, a pointer to its demand; and in the
/// caller's buffers its action, its observation, five numbers and two flags.
fn bytes(network: &Network) -> Bytes {
    let layout = &network.layout;
    Bytes {
        state: 8 * layout.row() + size_of::<Pcg64>() + size_of::<Arc<DemandModel>>(),
        buffers: 4 * (layout.observation() + network.supply.len()) + 5 * 8 + 2,
    }
}

/// A batch with the buffers of its caller.
struct Bench {
    batch: Batch,
    actions: Vec<f32>,
    outcome: Outcome<f32>,
}

impl Bench {
    fn new(network: &Arc<Network>, environments: usize, horizon: usize) -> Result<Self, Box<dyn Error>> {
        let batch = new_batch(network, environments, horizon)?;
        let mut stream = Pcg64::seeded(1);
        let orders = environments * network.supply.len();
        Ok(Self {
            batch,
            actions: (0..orders).map(|_| 40.0 * stream.next_f64() as f32).collect(),
            outcome: Outcome::new(network, environments),
        })
    }

    fn step(&mut self) -> Result<(), Box<dyn Error>> {
        Ok(self.batch.step(&self.actions, self.outcome.buffers())?)
    }

    /// Time of so many steps.
    fn time(&mut self, steps: u32) -> Result<Duration, Box<dyn Error>> {
        let start = Instant::now();
        for _ in 0..steps {
            self.step()?;
        }
        Ok(start.elapsed())
    }
}

fn new_batch(network: &Arc<Network>, environments: usize, horizon: usize) -> Result<Batch, Box<dyn Error>> {
    let demand = Arc::new(DemandModel::new(DemandConfig::default())?);
    let mode = Autoreset::NextStep;
    Ok(Batch::new(
        &Problem::new(Arc::clone(network), demand, Rules::default(), horizon),
        environments,
        1,
        mode,
    )?)
}

/// Time of an environment-step [ns].
fn nanoseconds(network: &Arc<Network>, environments: usize, horizon: usize) -> Result<f64, Box<dyn Error>> {
    let mut bench = Bench::new(network, environments, horizon)?;
    // The first step touches all memory; those after it say how many make a run.
    bench.time(1)?;
    let (mut steps, mut taken) = (1, bench.time(1)?);
    while taken < RUN / 16 {
        steps *= 4;
        taken = bench.time(steps)?;
    }
    let steps = (f64::from(steps) * RUN.as_secs_f64() / taken.as_secs_f64()).max(1.0) as u32;
    let taken = bench.time(steps)?;
    Ok(taken.as_secs_f64() * 1e9 / f64::from(steps) / environments as f64)
}

/// Memory of a batch per environment, measured in a process of its own: this one's heap keeps what it had [bytes].
fn state_bytes(network: &Network, horizon: usize) -> Result<String, Box<dyn Error>> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--resident", &network.links.len().to_string(), &horizon.to_string()]);
    let output = command.output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// By how much the resident memory of this process grows with a batch, per environment; none where the system does
/// not say [bytes].
fn resident_growth(network: &Arc<Network>, horizon: usize) -> Result<Option<usize>, Box<dyn Error>> {
    let environments = ENVIRONMENTS_OF_MEMORY.min(MOST_BYTES / bytes(network).total());
    let before = resident();
    let batch = new_batch(network, environments, horizon)?;
    let growth = before.zip(resident()).map(|(before, after)| after.saturating_sub(before));
    Ok(growth.map(|growth| growth / batch.len()))
}

/// Resident memory of this process [bytes].
fn resident() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(1_024 * line.trim().strip_suffix("kB")?.trim().parse::<usize>().ok()?)
}
