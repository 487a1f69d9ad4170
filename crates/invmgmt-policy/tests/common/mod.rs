//! The published benchmark: its problems and the profits on file.

#![allow(dead_code, reason = "every test file uses its own share")]

use std::sync::Arc;

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

/// One of the 22 distinct problems, with the profits one policy earned on it.
pub struct Problem {
    /// The published key.
    pub key: String,
    pub network: &'static str,
    pub demand: DemandConfig,
    pub backlog: bool,
    /// Seeds and profits on file.
    pub profits: Vec<(u64, f64)>,
}

impl Problem {
    pub fn profit(&self, policy: &str, seed: u64) -> f64 {
        profit_under(self.network, self.demand.clone(), self.backlog, policy, seed)
    }

    /// Mean profit over the seeds on file: published, and earned here.
    pub fn means(&self, policy: &str) -> (f64, f64) {
        let count = self.profits.len() as f64;
        let published = self.profits.iter().map(|(_, profit)| profit).sum::<f64>() / count;
        let found = self.profits.iter().map(|&(seed, _)| self.profit(policy, seed)).sum::<f64>() / count;
        (published, found)
    }
}

/// The problems a policy has profits for.
pub fn published_problems(policy: &str) -> Vec<Problem> {
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
        Problem {
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
    let known = Knowledge { network: &network, rules, num_periods: 30, demand: Some(&demand) };
    let mut policy = parse(policy, &known).expect("a policy");
    policy.reset(Some(seed));
    let mut episode = Episode::begin(&network, &demand, rules, 30, seed).expect("an episode");
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
