//! Plays policies on the 22 distinct problems of the published benchmark and compares their profits with it.
//!
//! `cargo run --release -p invmgmt-policy --example published_matrix -- POLICY,... [SEED,...|FIRST-LAST]`: mean profit
//! per problem, its gap to `oracle` on the same seeds, and seconds per episode on one core. Seeds default to the ten
//! published ones.

use std::error::Error;
use std::fmt::Write;
use std::time::Instant;

use invmgmt::Problem;
use invmgmt::batch::rollout;
use invmgmt::demand::{DemandConfig, DemandModel, Effects};
use invmgmt::network::preset;
use invmgmt::period::Rules;
use invmgmt_policy::{Knowledge, parse, specs};

const SEEDS: [u64; 10] = [42, 123, 456, 789, 1011, 2022, 3033, 4044, 5055, 6066];
/// Units sold per day of the benchmark's retail series, before scaling to a mean of 20.
const M5: [f64; 30] = [
    2., 3., 4., 0., 0., 1., 0., 2., 1., 1., 5., 3., 1., 0., 0., 2., 7., 2., 2., 13., 8., 11., 50., 60., 54.,
    51., 39., 50., 48., 61.,
];

struct Cell {
    name: String,
    problem: Problem,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let policies = specs(arguments.first().map_or("dlp:informed", String::as_str));
    let seeds = seeds(arguments.get(1).map_or("", String::as_str))?;
    let only = arguments.get(2).map_or("", String::as_str);
    let problems: Vec<Cell> = problems()?.into_iter().filter(|problem| problem.name.contains(only)).collect();
    println!(
        "{:34}{:>10}{}",
        "problem",
        "oracle",
        policies.iter().fold(String::new(), |line, policy| line + &format!("{policy:>22}"))
    );
    let mut sums = vec![(0.0, 0.0); policies.len()];
    for problem in &problems {
        let (oracle, _) = play(problem, "oracle", &seeds)?;
        let mut line = format!("{:34}{oracle:10.1}", problem.name);
        for (policy, sum) in policies.iter().zip(&mut sums) {
            let (profit, seconds) = play(problem, policy, &seeds)?;
            let gap = 100.0 * (oracle - profit) / oracle;
            write!(line, "{profit:12.1} {gap:8.2}%")?;
            sum.0 += gap;
            sum.1 += seconds;
        }
        println!("{line}");
    }
    let count = problems.len() as f64;
    print!("{:44}", "mean gap, ms per episode");
    for (gap, seconds) in sums {
        print!("{:12.1} {:8.2}%", 1e3 * seconds / count, gap / count);
    }
    println!();
    Ok(())
}

fn seeds(text: &str) -> Result<Vec<u64>, Box<dyn Error>> {
    if text.is_empty() {
        return Ok(SEEDS.to_vec());
    }
    match text.split_once('-') {
        Some((first, last)) => Ok((first.parse()?..=last.parse()?).collect()),
        None => text.split(',').map(|seed| Ok(seed.parse()?)).collect(),
    }
}

/// Mean profit and seconds per episode.
fn play(cell: &Cell, policy: &str, seeds: &[u64]) -> Result<(f64, f64), Box<dyn Error>> {
    let known = Knowledge::of(&cell.problem);
    parse(policy, &known)?;
    let start = Instant::now();
    let make = || parse(policy, &known).expect("parsed above");
    let figures = rollout(&cell.problem, seeds, 1, make)?;
    let seconds = start.elapsed().as_secs_f64() / seeds.len() as f64;
    Ok((figures.iter().map(|episode| episode.kpis.total_profit).sum::<f64>() / seeds.len() as f64, seconds))
}

fn problems() -> Result<Vec<Cell>, Box<dyn Error>> {
    let mut problems = Vec::new();
    for network in ["base", "serial"] {
        for label in ["trend+seasonal", "trend+seasonal+shock", "stationary", "M5"] {
            let moving = label.starts_with("trend");
            for goodwill in if moving { vec![false, true] } else { vec![false] } {
                for backlog in if label == "M5" { vec![true] } else { vec![true, false] } {
                    problems.push(Cell {
                        name: format!(
                            "{network} {label}{}{}",
                            if goodwill { " goodwill" } else { "" },
                            if backlog { " backlog" } else { " lost" }
                        ),
                        problem: Problem::new(
                            preset(network).ok_or("no preset")?.compile()?,
                            DemandModel::new(demand(label, goodwill))?,
                            Rules { backlog, ..Rules::default() },
                            30,
                        ),
                    });
                }
            }
        }
    }
    Ok(problems)
}

fn demand(label: &str, use_goodwill: bool) -> DemandConfig {
    if label == "M5" {
        let scaled = M5.iter().map(|units| units * 600.0 / M5.iter().sum::<f64>()).collect();
        return DemandConfig { external_series: Some(scaled), noise_scale: 0.0, ..DemandConfig::default() };
    }
    let effects = Effects {
        trend: label.contains("trend"),
        seasonal: label.contains("seasonal"),
        shock: label.contains("shock"),
    };
    DemandConfig { base_mu: Some(20.0), effects, use_goodwill, ..DemandConfig::default() }
}
