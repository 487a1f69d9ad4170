//! The published matrix: 26 rows, 22 distinct problems.

use std::sync::Arc;

use invmgmt::demand::{DemandConfig, DemandModel, Effects};
use invmgmt::network::{Network, preset};
use invmgmt::period::Rules;

use crate::{Problem, Suite};

/// The seeds of the published evaluation.
const SEEDS: [u64; 10] = [42, 123, 456, 789, 1011, 2022, 3033, 4044, 5055, 6066];

/// Units sold per day of the published retail series, before scaling to a mean of 20.
const M5: [f64; 30] = [
    2., 3., 4., 0., 0., 1., 0., 2., 1., 1., 5., 3., 1., 0., 0., 2., 7., 2., 2., 13., 8., 11., 50., 60., 54.,
    51., 39., 50., 48., 61.,
];

/// The published matrix with its keys, repeats marked.
pub fn published_26() -> Suite {
    let networks: Vec<(&str, Arc<Network>)> = [("base", "network"), ("serial", "serial")]
        .map(|(label, name)| {
            let network = preset(name).expect("a preset").compile().expect("a sound network");
            (label, Arc::new(network))
        })
        .to_vec();
    let mut rows: Vec<(&str, &str, &str, bool, bool)> = Vec::new();
    for (network, _) in &networks {
        for demand in ["trend+seasonal", "trend+seasonal+shock"] {
            for goodwill in [false, true] {
                rows.extend([true, false].map(|backlog| ("A_Core", *network, demand, goodwill, backlog)));
            }
        }
    }
    for (network, _) in &networks {
        rows.extend([true, false].map(|backlog| ("B_PaperReplication", *network, "stationary", false, backlog)));
    }
    for (network, _) in &networks {
        for demand in ["trend+seasonal", "trend+seasonal+shock"] {
            rows.push(("C_MARL", network, demand, false, true));
        }
    }
    rows.extend(networks.iter().map(|(network, _)| ("D_WalmartM5", *network, "M5_volatile", false, true)));
    let mut problems: Vec<Problem> = Vec::new();
    for (position, (block, label, demand, goodwill, backlog)) in rows.into_iter().enumerate() {
        let flag = |set: bool| if set { "True" } else { "False" };
        let key = format!(
            "{block}|{label}|{demand}|GW:{}|BL:{}|MARL:{}",
            flag(goodwill),
            flag(backlog),
            flag(block == "C_MARL")
        );
        let twin = key.replace("C_MARL", "A_Core").replace("MARL:True", "MARL:False");
        let same_as = problems.iter().find(|problem| problem.key == twin).map(|problem| problem.id.clone());
        let network = networks.iter().find(|(name, _)| *name == label).expect("one of the two");
        problems.push(Problem {
            id: format!("S{:02}", position + 1),
            key,
            network: Arc::clone(&network.1),
            demand: DemandModel::new(demand_of(demand, goodwill)).expect("usable demand"),
            rules: Rules { backlog, ..Rules::default() },
            num_periods: 30,
            warm_up: 0,
            same_as,
        });
    }
    Suite { name: "published-26".to_owned(), version: "1".to_owned(), problems, seeds: SEEDS.to_vec() }
}

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
