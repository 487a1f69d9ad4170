//! What a decision of `mpc:informed` takes on networks of any size: a row of a Markdown table.
//!
//! `planner_scale LINKS DECISIONS`: a year of stationary demand on a layered network, so many decisions played in a row
//! from its start. The first builds its programmes and looks how far to plan; the others go on from the last plan.
//! `make bench-planners` prints the table of `docs/planners.md`; one process per row, so that memory is each row's own.

use std::error::Error;
use std::time::Instant;

use invmgmt::Problem;
use invmgmt::demand::{DemandConfig, DemandModel};
use invmgmt::episode::{Episode, Policy};
use invmgmt::network::layered;
use invmgmt::period::Rules;
use invmgmt_policy::{Knowledge, parse};

const NUM_PERIODS: usize = 365;
const SEED: u64 = 1;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [links, decisions] = arguments.as_slice() else {
        return Err("usage: planner_scale LINKS DECISIONS".into());
    };
    let (links, decisions): (usize, usize) = (links.parse()?, decisions.parse()?);
    let (first, mut later) = seconds(links, decisions)?;
    later.sort_by(f64::total_cmp);
    let megabytes = peak_megabytes().map_or_else(|| "unknown".to_owned(), |most| format!("{most:.0}"));
    let (middle, most) = (later[later.len() / 2], later[later.len() - 1]);
    println!("| {links} | {first:.3} | {middle:.3} | {most:.3} | {megabytes} |");
    Ok(())
}

/// Seconds of the first decision, and of each of those after it.
fn seconds(links: usize, decisions: usize) -> Result<(f64, Vec<f64>), Box<dyn Error>> {
    let network = layered(links, SEED).compile()?;
    let orders = network.supply.len();
    let demand = DemandModel::new(DemandConfig::default())?;
    let problem = Problem::new(network, demand, Rules::default(), NUM_PERIODS);
    let mut policy = parse("mpc:informed", &Knowledge::of(&problem))?;
    let mut episode = Episode::begin(&problem, SEED)?;
    policy.reset(Some(SEED));
    let mut orders = vec![0.0; orders];
    let mut taken = Vec::new();
    for _ in 0..decisions.max(2) {
        let begun = Instant::now();
        policy.decide(&episode.view(), &mut orders)?;
        taken.push(begun.elapsed().as_secs_f64());
        episode.step(&orders)?;
    }
    let later = taken.split_off(1);
    Ok((taken[0], later))
}

/// The most memory this process had, where the system tells.
fn peak_megabytes() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decisions_of_a_small_network_take_some_time_each() {
        let (first, later) = seconds(20, 3).expect("planned");
        assert!(first > 0.0 && later.len() == 2 && later.iter().all(|&seconds| seconds > 0.0));
        assert!(peak_megabytes().is_none_or(|most| most > 1.0));
    }
}
