//! How mechanisms are declared, and what an episode of a case brings.

use invmgmt::Problem;
use invmgmt::episode::Episode;
use invmgmt::network::{DeclaredLink, DeclaredNetwork, DeclaredNode, KeyValue, Setting};

use super::cases::Case;

pub fn number(value: f64) -> KeyValue {
    KeyValue::Number(value)
}

pub fn whole(value: usize) -> KeyValue {
    KeyValue::Whole(value as u32)
}

pub fn word(word: &str) -> KeyValue {
    KeyValue::Word(word.to_owned())
}

pub fn text(word: &str) -> Setting {
    Setting::Text(word.to_owned())
}

pub fn list(numbers: &[f64]) -> Setting {
    Setting::List(numbers.iter().copied().map(Setting::Number).collect())
}

pub fn map(entries: &[(&str, Setting)]) -> Setting {
    Setting::Map(entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
}

pub fn structure(entries: &[(&str, Setting)]) -> KeyValue {
    KeyValue::Structure(map(entries))
}

pub fn is_market(network: &DeclaredNetwork, link: &DeclaredLink) -> bool {
    network.links.iter().all(|other| other.from != link.to)
}

pub fn is_stocking(network: &DeclaredNetwork, node: &DeclaredNode) -> bool {
    let links = || network.links.iter();
    links().any(|link| link.from == node.id) && links().any(|link| link.to == node.id)
}

pub fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

/// What a period brought: reward, observation of a plain network, units filled.
pub fn played(case: &Case) -> Vec<(f64, Vec<f64>)> {
    let problem = Problem::new(case.network(), case.demand(), case.rules, case.num_periods);
    let mut episode = Episode::begin(&problem, case.seed).expect("an episode");
    let step = |orders: &Vec<f64>| {
        let reward = episode.step(orders).expect("a playable action");
        (reward, episode.observation().to_vec())
    };
    case.orders.iter().map(step).collect()
}
