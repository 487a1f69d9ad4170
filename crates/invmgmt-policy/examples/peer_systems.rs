//! The systems of `benches/peers.py`, played by this engine on one thread: JSON, one line per system.
//!
//! `make bench-peers` runs it beside stockpyl and `SupplyNetPy`.

use std::error::Error;
use std::time::Instant;

use invmgmt::Problem;
use invmgmt::batch::rollout;
use invmgmt::demand::{DemandConfig, DemandModel};
use invmgmt::period::Rules;
use invmgmt_data::network_from_yaml;
use invmgmt_policy::{Knowledge, parse};
use serde_json::json;

/// Example 6.1 of Snyder and Shen, demand seen before orders are placed: lead times one shorter than there.
const SERIAL: &str = "\
nodes:
  - {id: 0}
  - {id: 1, I0: 6.49, h: 7}
  - {id: 2, I0: 5.53, h: 4}
  - {id: 3, I0: 10.69, h: 2}
  - {id: 4}
edges:
  - {from: 1, to: 0, p: 0, b: 37.12, demand_dist: normal, dist_param: {loc: 5, scale: 1}}
  - {from: 2, to: 1, L: 0, p: 0, g: 4, unmet: wait}
  - {from: 3, to: 2, L: 0, p: 0, g: 2, unmet: wait}
  - {from: 4, to: 3, L: 1, p: 0, g: 0, unmet: wait}
";
/// A pharmacy: drugs that spoil after 90 days, orders that take 4 to 8.
const PHARMACY: &str = "\
life: 90
nodes:
  - {id: 0}
  - {id: 1, I0: 2000, h: 0.001, waste: 1}
  - {id: 2}
edges:
  - {from: 1, to: 0, p: 0, b: 5, demand_dist: poisson, dist_param: {mu: 25}}
  - {from: 2, to: 1, L: {uniform: [4, 8]}, draw: order, crossing: free, p: 0, g: 0, K: 0.5}
";
const SYSTEMS: [(&str, &str, &str, usize, bool); 2] = [
    ("serial", SERIAL, "cascade:6.49,5.53,10.69", 3, true),
    ("pharmacy", PHARMACY, "ss:1500/2000", 1, false),
];
const NUM_PERIODS: usize = 1_000;
const EPISODES: u64 = 2_000;
const ROUNDS: usize = 3;

fn main() -> Result<(), Box<dyn Error>> {
    for (name, text, policy, stocks, backlog) in SYSTEMS {
        let demand = DemandModel::new(DemandConfig::default())?;
        let rules = Rules { backlog, discount: 1.0 };
        let problem = Problem::new(network_from_yaml(text)?, demand, rules, NUM_PERIODS);
        let make = || parse(policy, &Knowledge::of(&problem)).unwrap_or_else(|error| panic!("{error}"));
        let seeds: Vec<u64> = (0..EPISODES).collect();
        let (mut seconds, mut costs) = (f64::INFINITY, Vec::new());
        for _ in 0..ROUNDS {
            let begun = Instant::now();
            let played = rollout(&problem, &seeds, 1, make)?;
            seconds = seconds.min(begun.elapsed().as_secs_f64());
            costs = played.iter().map(|one| -one.kpis.total_profit / NUM_PERIODS as f64).collect();
        }
        let count = costs.len() as f64;
        let mean = costs.iter().sum::<f64>() / count;
        let variance = costs.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / (count - 1.0);
        let rate = (stocks * NUM_PERIODS) as f64 * count / seconds;
        let line = json!({"system": name, "rate": rate, "cost": mean, "error": (variance / count).sqrt()});
        println!("{line}");
    }
    Ok(())
}
