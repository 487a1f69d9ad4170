//! Plays one episode of the nine-node network under a policy by name, period by period. Takes a second to build and
//! a millisecond to run:
//!
//! ```console
//! $ cargo run -p invmgmt-policy --example one_episode
//! ```

use std::error::Error;

use invmgmt::Problem;
use invmgmt::demand::{DemandConfig, DemandModel};
use invmgmt::episode::{Episode, Policy, Symbol, kpis};
use invmgmt::network::preset;
use invmgmt::period::Rules;
use invmgmt_policy::{Knowledge, parse};

fn main() -> Result<(), Box<dyn Error>> {
    let profit = play("newsvendor:blind", 42)?;
    println!("profit {profit:.2}");
    Ok(())
}

/// Plays thirty periods and prints each; returns the profit [money].
fn play(policy: &str, seed: u64) -> Result<f64, Box<dyn Error>> {
    let network = preset("network").ok_or("no such preset")?.compile()?;
    let demand = DemandModel::new(DemandConfig::default())?;
    let (rules, num_periods) = (Rules::default(), 30);
    let problem = Problem::new(network.clone(), demand.clone(), rules, num_periods);
    let known = Knowledge::of(&problem);
    let mut policy = parse(policy, &known)?;
    let mut episode = Episode::begin(&problem, seed)?;
    policy.reset(Some(seed));
    // One quantity per supply link [units]; the policy writes, the episode reads.
    let mut orders = vec![0.0; network.supply.len()];
    println!("period  demand  unmet  reward");
    while !episode.is_over() {
        policy.decide(&episode.view(), &mut orders)?;
        episode.step(&orders)?;
        let record = episode.trajectory();
        let period = record.periods_played - 1;
        let sum = |row: &[f64]| row.iter().sum::<f64>();
        println!(
            "{period:6}  {:6}  {:5.1}  {:6.2}",
            sum(record[Symbol::Demand].row(period)),
            sum(record[Symbol::Unmet].row(period)),
            sum(record[Symbol::Profit].row(period)),
        );
    }
    let figures = kpis(&network, episode.trajectory());
    println!("fill rate {:.1} %", 100.0 * figures.fill_rate);
    Ok(figures.total_profit)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published profit of ordering 20 on every link of the nine-node network, stationary demand, seed 42.
    #[test]
    fn the_example_earns_the_published_profit() {
        let profit = play("constant:20", 42).expect("a sound example");
        assert!((profit - 22.19).abs() < 1e-9, "{profit}");
    }
}
