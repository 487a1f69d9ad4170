//! Plays policies on the problems of a suite: mean profit, and seconds of processor time per episode.
//!
//! `cargo run --release -p invmgmt-policy --example suite_matrix -- SUITE POLICY,... [FIRST-LAST]`: a suite, or a part
//! of it as `standard-1/N01,N04`; seeds default to the first five of the suite. The last line is the most memory that
//! the process held, where the system tells.

use std::error::Error;
use std::fs::read_to_string;

use invmgmt::batch::rollout;
use invmgmt_data::find_suite;
use invmgmt_policy::{Knowledge, parse, specs};

/// Clock ticks of a second, as Linux counts them for its processes.
const TICKS: f64 = 100.0;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [suite, policies, ..] = arguments.as_slice() else {
        return Err("SUITE POLICY,... [FIRST-LAST]".into());
    };
    let suite = find_suite(suite)?;
    let seeds = match arguments.get(2).and_then(|seeds| seeds.split_once('-')) {
        Some((first, last)) => (first.parse()?..=last.parse()?).collect(),
        None => suite.seeds[..5.min(suite.seeds.len())].to_vec(),
    };
    for case in suite.problems().iter().filter(|case| case.same_as.is_none()) {
        print!("{}", case.id);
        for policy in &specs(policies) {
            let known = Knowledge::of(&case.problem);
            parse(policy, &known)?;
            let begun = processor_seconds();
            let played = rollout(&case.problem, &seeds, 1, || parse(policy, &known).expect("parsed above"))?;
            let profit: f64 = played.iter().map(|episode| episode.kpis.total_profit).sum();
            let count = seeds.len() as f64;
            print!("  {policy} {:.1} {:.3} s", profit / count, (processor_seconds() - begun) / count);
        }
        println!();
    }
    let memory = read_to_string("/proc/self/status").unwrap_or_default();
    println!("{}", memory.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default());
    Ok(())
}

/// Processor time of this process so far, where the system tells [s].
fn processor_seconds() -> f64 {
    let status = read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = status.rsplit(')').next().unwrap_or_default();
    fields.split_whitespace().nth(11).and_then(|ticks| ticks.parse().ok()).unwrap_or(0.0) / TICKS
}
