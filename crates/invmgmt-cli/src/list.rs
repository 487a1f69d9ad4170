//! The command `list`.

use std::io::Write;

use invmgmt::demand::{EFFECTS, TYPES};
use invmgmt::mechanism::{Mechanism, Mechanisms, Refusal, Scope};
use invmgmt::network::Network;
use invmgmt_data::{Facts, SUITES, suite};
use invmgmt_policy::POLICIES;
use serde_json::{Map, Value, json};

use crate::args::files::{ListArgs, Section};
use crate::failure::Failure;
use crate::{networks, scenarios};

/// Something that can be asked for by name.
struct Listing {
    name: String,
    description: String,
    /// What a policy models, simplifies and refuses.
    scope: Option<Scope>,
    /// What is known of a problem.
    facts: Option<Facts>,
}

impl Listing {
    fn new(name: &str, description: &str) -> Self {
        Self { name: name.into(), description: description.into(), scope: None, facts: None }
    }
}

/// Prints a section, or all of them.
pub(crate) fn run(given: &ListArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let network = match &given.network {
        Some(_) if given.what != Some(Section::Policies) => {
            return Err(Failure::Usage("--network belongs to 'list policies'; leave it out".to_owned()));
        }
        Some(network) => Some(networks::load(network)?),
        None => None,
    };
    if let Some(network) = &network {
        return list_players(network, given.json, out);
    }
    let sections = match given.what {
        Some(section) => vec![section],
        None => vec![Section::Presets, Section::Policies, Section::Effects, Section::Types, Section::Suites],
    };
    if given.json {
        let document: Map<String, Value> =
            sections.iter().map(|&section| (heading(section).0.to_owned(), as_json(section))).collect();
        serde_json::to_writer_pretty(&mut *out, &document)?;
        writeln!(out)?;
        return Ok(());
    }
    for (position, &section) in sections.iter().enumerate() {
        if given.what.is_none() {
            let gap = if position > 0 { "\n" } else { "" };
            let (name, usage) = heading(section);
            writeln!(out, "{gap}{name} ({usage})")?;
        }
        let entries = entries(section);
        let width = entries.iter().map(|entry| entry.name.len()).max().unwrap_or(0);
        let indent = if given.what.is_none() { "  " } else { "" };
        for Listing { name, description, scope, facts } in entries {
            writeln!(out, "{indent}{name:width$}  {description}")?;
            if let Some(optimum) = facts.and_then(|facts| facts.optimum) {
                writeln!(out, "{indent}{:width$}  {optimum}", "")?;
            }
            if let Some(scope) = &scope
                && !scope.simplified().is_empty()
            {
                writeln!(out, "{indent}{:width$}  simplifies {}", "", scope.simplified())?;
            }
        }
    }
    Ok(())
}

/// Prints which policies play on a network, what they leave out of account there, and why others do not play.
fn list_players(network: &Network, as_json: bool, out: &mut dyn Write) -> Result<(), Failure> {
    let played = POLICIES.iter().map(|form| (form.usage, form.plays(network)));
    if as_json {
        let entry = |(usage, played): (&str, Result<Vec<&str>, Refusal>)| match played {
            Ok(simplifies) => json!({ "name": usage, "plays": true, "simplifies": simplifies }),
            Err(refusal) => json!({ "name": usage, "plays": false, "why": refusal.to_string() }),
        };
        let document = json!({ "policies": played.map(entry).collect::<Vec<Value>>() });
        serde_json::to_writer_pretty(&mut *out, &document)?;
        writeln!(out)?;
        return Ok(());
    }
    let width = POLICIES.iter().map(|form| form.usage.len()).max().unwrap_or(0);
    for (usage, played) in played {
        match played {
            Ok(simplifies) if simplifies.is_empty() => writeln!(out, "{usage:width$}  plays")?,
            Ok(simplifies) => writeln!(out, "{usage:width$}  plays; {}", simplifies.join("; "))?,
            Err(refusal) => writeln!(out, "{usage:width$}  {refusal}")?,
        }
    }
    Ok(())
}

/// A section's name and where its entries are used.
fn heading(section: Section) -> (&'static str, &'static str) {
    match section {
        Section::Presets => ("presets", "--network; or the path of a .yaml file"),
        Section::Suites => ("suites", "problems: 'list scenarios'"),
        Section::Scenarios => ("scenarios", "--scenario; or the path of a .yaml file"),
        Section::Policies => ("policies", "--policy"),
        Section::Effects => ("effects", "--effects"),
        Section::Types => ("types", "--demand-type"),
    }
}

fn entries(section: Section) -> Vec<Listing> {
    let entry = Listing::new;
    match section {
        Section::Presets => networks::names()
            .into_iter()
            .map(|name| {
                let network = networks::by_name(name).expect("a listed name");
                let alias = if name == "network" { " (also: base)" } else { "" };
                entry(name, &format!("{}{alias}", networks::summary(&network)))
            })
            .collect(),
        Section::Suites => SUITES
            .iter()
            .map(|(name, _)| entry(name, &scenarios::suite_summary(&suite(name).expect("a listed name"))))
            .collect(),
        Section::Scenarios => SUITES
            .iter()
            .flat_map(|(name, _)| {
                suite(name).expect("a listed name").problems().to_vec().into_iter().map(move |problem| {
                    let title = problem.name.as_deref().unwrap_or(&problem.key).to_owned();
                    let facts = (problem.facts != Facts::default()).then(|| problem.facts.clone());
                    Listing { facts, ..entry(&format!("{name}/{}", problem.id), &title) }
                })
            })
            .collect(),
        Section::Policies => POLICIES
            .iter()
            .map(|form| Listing { scope: Some(form.scope), ..entry(form.usage, form.description) })
            .collect(),
        Section::Effects => EFFECTS.iter().map(|name| entry(name, effect(name))).collect(),
        Section::Types => TYPES
            .iter()
            .map(|(name, effects)| match effects {
                [] => entry(name, "no effect: the mean stays"),
                effects => entry(name, &effects.join(", ")),
            })
            .collect(),
    }
}

fn effect(name: &str) -> &'static str {
    match name {
        "trend" => "mean demand grows: times 1 + trend_slope t",
        "seasonal" => "mean demand swings: times 1 + seasonal_amp sin(seasonal_freq t + seasonal_phase)",
        _ => "mean demand jumps for good: times shock_mag from period shock_time on",
    }
}

fn as_json(section: Section) -> Value {
    entries(section)
        .into_iter()
        .map(|Listing { name, description, scope, facts: known }| {
            let mut facts = json!({ "name": name, "description": description });
            if let Some(known) = known
                && let Value::Object(known) = scenarios::facts_as_json(&known)
            {
                facts.as_object_mut().expect("just made").extend(known);
            }
            if let Some(scope) = scope {
                let names = |set: Mechanisms| json!(set.iter().map(Mechanism::name).collect::<Vec<_>>());
                let how = |(mechanism, how): &(Mechanism, &str)| (mechanism.name().to_owned(), json!(how));
                facts["models"] = names(scope.models);
                facts["simplifies"] = scope.simplifies.iter().map(how).collect::<Map<_, _>>().into();
                facts["refuses"] = names(Mechanisms::ALL.without(scope.models).without(scope.simplified()));
            }
            facts
        })
        .collect::<Vec<Value>>()
        .into()
}
