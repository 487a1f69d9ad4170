//! What stands in a spec, and the names it is told by: numbers behind the colon, nodes, links and near forms.

use invmgmt::network::Network;
use invmgmt_data::did_you_mean;

use super::{POLICIES, PolicyForm};
use crate::PolicyError;

/// Names listed in a message before it says how many more there are.
const NAMES_SHOWN: usize = 20;

pub(super) fn parse_numbers(form: &PolicyForm, text: &str) -> Result<Vec<f64>, PolicyError> {
    if text.is_empty() {
        return Err(PolicyError::NoNumbers { form: form.name, usage: form.usage });
    }
    text.split(',').enumerate().map(|(position, entry)| parse_entry(form, position, entry)).collect()
}

pub(super) fn parse_pairs(form: &PolicyForm, text: &str) -> Result<Vec<(f64, f64)>, PolicyError> {
    let pair = |(position, entry): (usize, &str)| match entry.split_once('/') {
        Some((low, high)) => Ok((parse_entry(form, position, low)?, parse_entry(form, position, high)?)),
        None => Err(PolicyError::NotAPair {
            form: form.name,
            usage: form.usage,
            position,
            found: entry.trim().escape_debug().to_string(),
        }),
    };
    text.split(',').enumerate().map(pair).collect()
}

pub(super) fn parse_triples(form: &PolicyForm, text: &str) -> Result<Vec<[f64; 3]>, PolicyError> {
    if text.is_empty() {
        return Err(PolicyError::NoNumbers { form: form.name, usage: form.usage });
    }
    let triple = |(position, entry): (usize, &str)| {
        let numbers: Vec<&str> = entry.split('/').collect();
        let [must, can, up_to] = numbers[..] else {
            let (found, usage) = (entry.trim().escape_debug(), form.usage);
            let message =
                format!("entry {} is '{found}'; expected three numbers s/c/S ({usage})", position + 1);
            return Err(PolicyError::Levels { form: form.name, message });
        };
        let number = |text| parse_entry(form, position, text);
        Ok([number(must)?, number(can)?, number(up_to)?])
    };
    text.split(',').enumerate().map(triple).collect()
}

fn parse_entry(form: &PolicyForm, position: usize, entry: &str) -> Result<f64, PolicyError> {
    match entry.trim().parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        _ => Err(PolicyError::NotANumber {
            form: form.name,
            usage: form.usage,
            position,
            found: entry.trim().escape_debug().to_string(),
        }),
    }
}

/// The form whose name is nearest, if any is near; of a name with something else than a colon behind it, the whole.
pub(super) fn hint(name: &str) -> String {
    let name = name.to_lowercase();
    let ends = name.find(|c: char| !(c.is_ascii_lowercase() || c == '-')).unwrap_or(name.len());
    let (word, behind) = (&name[..ends], name[ends..].trim_matches([' ', '=', '(', ')', '[', ']', '\t']));
    if !behind.is_empty() && POLICIES.iter().any(|form| form.name == word) {
        let numbers =
            behind.split([',', ' ', ';']).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(",");
        return format!(" (did you mean '{word}:{}'?)", numbers.escape_debug());
    }
    did_you_mean(&name, POLICIES.iter().map(|form| form.name))
}

/// The managed nodes in order of id.
pub(crate) fn node_names(network: &Network) -> String {
    shorten(network.managed.indices().map(|node| network.managed_id(node).to_string()))
}

/// The supply links in order.
pub(crate) fn link_names(network: &Network) -> String {
    shorten(network.supply.rows().iter().map(|link| network.link_name(link.link)))
}

fn shorten(names: impl ExactSizeIterator<Item = String>) -> String {
    let more = names.len().saturating_sub(NAMES_SHOWN);
    let mut shown: Vec<String> = names.take(NAMES_SHOWN).collect();
    if more > 0 {
        shown.push(format!("and {more} more"));
    }
    shown.join(", ")
}
