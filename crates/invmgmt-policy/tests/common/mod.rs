//! The published benchmark: its problems and the profits on file.

#![allow(dead_code, reason = "every test file uses its own share")]

use std::collections::BTreeMap;
use std::sync::Arc;

use invmgmt::Problem;
use invmgmt::demand::{DemandConfig, DemandModel, Effects};
use invmgmt::episode::{Episode, Policy, kpis};
use invmgmt::network::preset;
use invmgmt::period::Rules;
use invmgmt_policy::{Knowledge, parse};
use serde_json::Value;

/// Units sold per day of the retail series of the benchmark (section 1.4), before scaling to a mean of 20.
const M5: [f64; 30] = [
    2., 3., 4., 0., 0., 1., 0., 2., 1., 1., 5., 3., 1., 0., 0., 2., 7., 2., 2., 13., 8., 11., 50., 60., 54.,
    51., 39., 50., 48., 61.,
];

/// The published benchmark's seeds.
pub const SEEDS: [u64; 10] = [42, 123, 456, 789, 1011, 2022, 3033, 4044, 5055, 6066];

/// One of the 22 distinct problems, with the profits one policy earned on it.
pub struct Published {
    /// The published key.
    pub key: String,
    pub network: &'static str,
    pub demand: DemandConfig,
    pub backlog: bool,
    /// Seeds and profits on file.
    pub profits: Vec<(u64, f64)>,
}

/// Whether a mean is within a share of the published one, or within so many units of money.
#[derive(Clone, Copy)]
pub struct Tolerance {
    pub share: f64,
    pub units: f64,
}

impl Published {
    pub fn profit(&self, policy: &str, seed: u64) -> f64 {
        profit_under(self.network, self.demand.clone(), self.backlog, policy, seed)
    }

    /// What a policy misses of its published means: over the seeds on file, and over all ten, printed to a tenth.
    pub fn missed_means(&self, policy: &str, allowed: Tolerance) -> Vec<String> {
        let found: BTreeMap<u64, f64> =
            SEEDS.into_iter().map(|seed| (seed, self.profit(policy, seed))).collect();
        let count = self.profits.len() as f64;
        let published = self.profits.iter().map(|(_, profit)| profit).sum::<f64>() / count;
        let on_file = self.profits.iter().map(|(seed, _)| found[seed]).sum::<f64>() / count;
        let all = found.values().sum::<f64>() / found.len() as f64;
        [
            ("seeds on file", on_file, published, 0.0),
            ("all seeds", all, published_mean(policy, &self.key), 0.05),
        ]
        .into_iter()
        .filter(|(_, found, published, rounding)| {
            let limit = (allowed.share * published.abs()).max(allowed.units);
            let off = (found - published).abs();
            off.is_nan() || off > limit + rounding
        })
        .map(|(seeds, found, published, _)| {
            format!("{policy} {}, {seeds}: {found:.3}, published {published:.3}", self.key)
        })
        .collect()
    }
}

/// Mean profit over the ten seeds (benchmark, section 4.1).
fn published_mean(policy: &str, key: &str) -> f64 {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/published_means.csv");
    let text = std::fs::read_to_string(path).expect("a readable file");
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    let column = rows[0].iter().position(|name| *name == policy).expect("a policy of the table");
    let row = rows.iter().find(|row| row[0] == key).expect("a problem of the table");
    row[column].parse().expect("a number")
}

/// The problems a policy has profits for.
pub fn published_problems(policy: &str) -> Vec<Published> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/published_profits.json");
    let text = std::fs::read_to_string(path).expect("a readable file");
    let golden: Value = serde_json::from_str(&text).expect("a JSON file");
    let problems = golden["profits"][policy].as_object().expect("problems");
    let problem = |(key, seeds): (&String, &Value)| {
        let parts: Vec<&str> = key.split('|').collect();
        let [_, network, label, goodwill, backlog, _] = parts[..] else { panic!("{key}: not six parts") };
        let profits = seeds
            .as_object()
            .expect("seeds")
            .iter()
            .map(|(seed, profit)| (seed.parse().expect("a seed"), profit.as_f64().expect("a number")));
        Published {
            key: key.clone(),
            network: if network == "base" { "base" } else { "serial" },
            demand: demand_of(label, goodwill == "GW:True"),
            backlog: backlog == "BL:True",
            profits: profits.collect(),
        }
    };
    problems.iter().map(problem).collect()
}

/// Profit of one episode of thirty periods.
pub fn profit_under(scenario: &str, config: DemandConfig, backlog: bool, policy: &str, seed: u64) -> f64 {
    let network = preset(scenario).expect("a preset").compile().expect("a sound network");
    let demand = DemandModel::new(config).expect("usable demand");
    let rules = Rules { backlog, ..Rules::default() };
    let problem = Problem::new(network.clone(), demand.clone(), rules, 30);
    let known = Knowledge::of(&problem);
    let mut policy = parse(policy, &known).expect("a policy");
    policy.reset(Some(seed));
    let mut episode = Episode::begin(&problem, seed).expect("an episode");
    episode.play(&mut policy).expect("playable orders");
    kpis(&network, episode.trajectory()).total_profit
}

/// The demand a scenario's label stands for (benchmark, sections 1.2 and 1.4).
fn demand_of(label: &str, goodwill: bool) -> DemandConfig {
    if label == "M5_volatile" {
        let factor = 20.0 / (M5.iter().sum::<f64>() / 30.0);
        let series: Arc<[f64]> = M5.iter().map(|units| units * factor).collect();
        return DemandConfig { external_series: Some(series), noise_scale: 0.0, ..DemandConfig::default() };
    }
    let names = label.split('+').filter(|name| *name != "stationary");
    DemandConfig {
        base_mu: Some(20.0),
        effects: Effects::from_names(names).expect("known effects"),
        use_goodwill: goodwill,
        ..DemandConfig::default()
    }
}
