//! Policies by name: from a short text to a policy for a network.

use invmgmt::episode::Policy;
use invmgmt::network::Network;

use crate::{BaseStock, Constant, EchelonBaseStock};

/// Names listed in a message before it says how many more there are.
const NAMES_SHOWN: usize = 20;

type Made = Result<Box<dyn Policy + Send>, PolicyError>;

/// A form a spec may take.
#[derive(Clone, Copy, Debug)]
pub struct PolicyForm {
    /// The word before the colon.
    pub name: &'static str,
    /// The whole form, with placeholders for numbers.
    pub usage: &'static str,
    /// What the policy does, in one line.
    pub description: &'static str,
    /// Makes the policy out of its numbers.
    make: fn(&Network, &[f64]) -> Made,
}

/// Every form [`parse`] knows.
pub const POLICIES: [PolicyForm; 3] = [
    PolicyForm {
        name: "constant",
        usage: "constant:Q or constant:Q1,Q2,...",
        description: "order Q units every period: one Q for all supply links, or one per link",
        make: |network, numbers| Ok(Box::new(Constant::new(network, numbers)?)),
    },
    PolicyForm {
        name: "basestock",
        usage: "basestock:S1,S2,...",
        description: "order up to a local level: one S per managed node, in order of id",
        make: |network, numbers| Ok(Box::new(BaseStock::new(network, numbers)?)),
    },
    PolicyForm {
        name: "echelon",
        usage: "echelon:S1,S2,...",
        description: "order up to an echelon level (the node and all it supplies): one S per managed node",
        make: |network, numbers| Ok(Box::new(EchelonBaseStock::new(network, numbers)?)),
    },
];

/// A policy that cannot be made. Nothing was made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PolicyError {
    /// A spec of no known form.
    #[error("unknown policy '{found}'{hint}; known forms: {}", known_forms())]
    Unknown {
        /// The spec, control characters escaped.
        found: String,
        /// ` (did you mean 'constant'?)` or nothing.
        hint: String,
    },
    /// A spec without numbers.
    #[error("policy '{form}' has no numbers; expected {usage}")]
    NoNumbers {
        /// The form.
        form: &'static str,
        /// How it is written.
        usage: &'static str,
    },
    /// An entry that is not a finite number.
    #[error("{form}: entry {} is '{found}'; expected a finite number ({usage})", position + 1)]
    NotANumber {
        /// The form.
        form: &'static str,
        /// How it is written.
        usage: &'static str,
        /// Which entry, from 0.
        position: usize,
        /// The entry, control characters escaped.
        found: String,
    },
    /// A quantity below zero.
    #[error("constant: entry {} is {found}; expected an order quantity >= 0", position + 1)]
    Negative {
        /// Which entry, from 0.
        position: usize,
        /// The quantity.
        found: f64,
    },
    /// Too few or too many numbers.
    #[error("{form} has {found} {}; expected {expected}: {names}", if *found == 1 { "number" } else { "numbers" })]
    Count {
        /// The form.
        form: &'static str,
        /// Numbers given.
        found: usize,
        /// How many are expected, in words.
        expected: String,
        /// The nodes or links they are for.
        names: String,
    },
    /// A network whose echelons together are too large to keep.
    #[error("the echelons of this network have more than {max} entries together; use basestock instead")]
    EchelonsTooLarge {
        /// Most entries allowed.
        max: usize,
    },
}

/// The policy a spec names, for a network.
///
/// # Errors
/// [`PolicyError`] saying what was found and what is allowed.
pub fn parse(spec: &str, network: &Network) -> Result<Box<dyn Policy + Send>, PolicyError> {
    let (name, numbers) = match spec.split_once(':') {
        Some((name, numbers)) => (name.trim(), numbers.trim()),
        None => (spec.trim(), ""),
    };
    let Some(form) = POLICIES.iter().find(|form| form.name == name) else {
        return Err(PolicyError::Unknown { found: spec.escape_debug().to_string(), hint: hint(name) });
    };
    if numbers.is_empty() {
        return Err(PolicyError::NoNumbers { form: form.name, usage: form.usage });
    }
    let numbers = numbers
        .split(',')
        .enumerate()
        .map(|(position, entry)| parse_entry(form, position, entry))
        .collect::<Result<Vec<f64>, PolicyError>>()?;
    (form.make)(network, &numbers)
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

fn known_forms() -> String {
    POLICIES.map(|form| form.usage).join("; ")
}

/// The form whose name is nearest, if any is near.
fn hint(name: &str) -> String {
    let name = name.to_lowercase();
    let near = |form: &PolicyForm| (strsim::jaro_winkler(form.name, &name), form.name);
    let nearest = POLICIES.iter().map(near).max_by(|a, b| a.0.total_cmp(&b.0));
    match nearest {
        Some((similarity, form)) if similarity > 0.75 => format!(" (did you mean '{form}'?)"),
        _ => String::new(),
    }
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
