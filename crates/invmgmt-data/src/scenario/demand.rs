//! The demand of a scenario: what all market links share, and what single ones have of their own.

use invmgmt::demand::{
    DemandConfig, DemandModel, EFFECTS, Effects, Law, Own, PARAMETERS, ParameterForm, ParameterValue, TYPES,
    effects_of_type, parameter,
};
use invmgmt::law::LawValue;
use invmgmt::network::{DeclaredDemand, LinkIx, MarketLinkIx, Network};

use super::keys::{DEMAND, LINK};
use super::report::Report;
use super::series::{self, Files};
use crate::mapping::{Entries, law_value, node_id};
use crate::text::shown;
use crate::value::{Content, Value};

/// Whether a key of a link says how its demand is drawn; none of them goes with a series that is the demand.
fn is_drawn(key: &str) -> bool {
    ["demand_dist", "dist_param", "type"].contains(&key) || parameter(key).is_some()
}

/// The entries of the links' own demand, without a report: whoever looks first reports.
fn link_items<'a>(file: &Entries<'a>) -> &'a [Value] {
    match file.get("demand").and_then(|demand| demand.entry("links")).map(|(_, links)| &links.content) {
        Some(Content::List(items)) => items,
        _ => &[],
    }
}

/// The market link an item names, if it names one.
fn named_link(network: &Network, item: &Value) -> Option<LinkIx> {
    let end = |key| item.entry(key).and_then(|(_, value)| node_id(value));
    let (from, to) = (end("from")?, end("to")?);
    let link = network.market_link(&from, &to, product(item).as_deref())?;
    Some(network.market[link].link)
}

/// The position in the declaration of the market link an item names, if it names one. A link declared for several
/// products is written apart first: each may have a law of its own.
fn declared_link(network: &mut Network, item: &Value) -> Option<usize> {
    let link = named_link(network, item)?;
    if let Some(apart) = network.written_apart(link) {
        *network = apart.compile().ok()?;
    }
    network.declared_position(named_link(network, item)?)
}

/// The product an item names, if it names one.
fn product(item: &Value) -> Option<String> {
    let (_, value) = item.entry("product")?;
    node_id(value).map(|name| name.to_string())
}

/// Writes the laws that single links are given into the declaration of a network.
pub(super) fn use_laws(report: &mut Report, file: &Entries<'_>, network: &mut Network) {
    for (position, item) in link_items(file).iter().enumerate() {
        let (name, parameters) = (item.entry("demand_dist"), item.entry("dist_param"));
        if name.is_none() && parameters.is_none() {
            continue;
        }
        let Some(link) = declared_link(network, item) else { continue };
        let path = format!("demand: links[{position}]");
        let own = network.declared.links[link].demand.clone();
        let distribution = match name {
            None => own.map(|own| own.distribution).unwrap_or_default(),
            Some((_, Value { content: Content::Text(name), .. })) => name.clone(),
            Some((key, value)) => {
                report.add(
                    format!("{path}: demand_dist"),
                    key,
                    format!("found {value}; expected the name of a law"),
                );
                continue;
            }
        };
        let Some(parameters) = read_parameters(report, &path, parameters) else { continue };
        let demand = DeclaredDemand { distribution, parameters };
        match Law::from_declared(&demand) {
            Ok(_) => network.declared.links[link].demand = Some(demand),
            Err(error) => {
                let at = item.entry(error.key).map_or(item, |(key, _)| key);
                report.add(format!("{path}: {}", error.key), at, error.message);
            }
        }
    }
}

fn read_parameters(
    report: &mut Report,
    path: &str,
    entry: Option<(&Value, &Value)>,
) -> Option<Vec<(String, LawValue)>> {
    let Some((key, value)) = entry else { return Some(Vec::new()) };
    let path = format!("{path}: dist_param");
    let Content::Map(map) = &value.content else {
        report.add(
            path,
            key,
            format!("found {value}; expected a mapping of the law's parameters to numbers"),
        );
        return None;
    };
    let mut parameters: Vec<(String, LawValue)> = Vec::new();
    for (key, value) in map {
        match (key.text(), law_value(value)) {
            (Some(name), Some(number)) if parameters.iter().all(|(seen, _)| seen != name) => {
                parameters.push((name.to_owned(), number));
            }
            (Some(name), Some(_)) => {
                report.add(
                    path,
                    key,
                    format!("repeated key '{}'; every parameter may stand once", shown(name)),
                );
                return None;
            }
            _ => {
                report.add(path, key, format!("{key} is {value}; expected a finite number"));
                return None;
            }
        }
    }
    Some(parameters)
}

/// The demand of a scenario; none, with the mistakes reported, if it cannot be used.
pub(super) fn read(
    report: &mut Report,
    file: &Entries<'_>,
    network: &Network,
    files: &Files,
    num_periods: usize,
) -> Option<DemandModel> {
    let mut model = DemandModel::default();
    let Some(value) = file.get("demand") else { return Some(model) };
    let entries =
        report.entries(value, DEMAND, "demand".into(), "a mapping, for example {effects: [trend]}")?;
    let common = config(report, &entries, DemandConfig::default(), files, num_periods);
    if let Some(common) = common {
        model.put_config(common);
    }
    report.list(&entries, "links", "market links with demand of their own");
    let mut seen: Vec<(MarketLinkIx, usize)> = Vec::new();
    for (position, item) in link_items(file).iter().enumerate() {
        let path = format!("demand: links[{position}]");
        let expected = "a mapping with 'from' and 'to', for example {from: 1, to: 0, base_mu: 12}";
        let Some(own) = report.entries(item, LINK, path, expected) else { continue };
        let Some(link) = market_link(report, &own, item, network) else { continue };
        if let Some((_, first)) = seen.iter().find(|(known, _)| *known == link) {
            let name = network.link_name(network.market[link].link);
            let message = format!("market link {name} already has demand in links[{first}]; give it one");
            report.add(own.path.clone(), item, message);
            continue;
        }
        seen.push((link, position));
        read_link(report, &own, link, &mut model, files, num_periods);
        note_idle(report, &own, &model, network, Some(link));
    }
    note_idle(report, &entries, &model, network, None);
    Some(model)
}

/// Notes parameters given to all market links, or to one, that make no difference there.
fn note_idle(
    report: &mut Report,
    given: &Entries<'_>,
    model: &DemandModel,
    network: &Network,
    of: Option<MarketLinkIx>,
) {
    for row in PARAMETERS.iter().filter(|row| given.get(row.key).is_some()) {
        if let Some(why) = model.why_idle(network, row, of) {
            report.note(given, row.key, format!("has no effect {why}"));
        }
    }
}

fn market_link(
    report: &mut Report,
    own: &Entries<'_>,
    item: &Value,
    network: &Network,
) -> Option<MarketLinkIx> {
    let mut end = |key| {
        let value = own.get(key)?;
        let id = node_id(value);
        if id.is_none() {
            report.at_key(own, key, format!("found {value}; a node's name is a whole number or a text"));
        }
        id
    };
    let (from, to) = (end("from"), end("to"));
    let (from, to) = (from?, to?);
    let link = network.market_link(&from, &to, product(item).as_deref());
    if link.is_none() {
        let known: Vec<String> =
            network.market.rows().iter().map(|link| network.link_name(link.link)).collect();
        let message = format!("no market link {from} -> {to}; market links: {}", shown(&known.join(", ")));
        report.add(own.path.clone(), item, message);
    }
    link
}

/// Gives a link what it has of its own.
fn read_link(
    report: &mut Report,
    own: &Entries<'_>,
    link: MarketLinkIx,
    model: &mut DemandModel,
    files: &Files,
    num_periods: usize,
) {
    let drawn: Vec<&str> = own.keys().filter(|key| is_drawn(key)).collect();
    if own.get("series").is_some() {
        if !drawn.is_empty() {
            let message = format!(
                "two demands for one link: 'series' is its demand, so {} would do nothing; leave out one of them",
                drawn.join(", ")
            );
            report.at_key(own, "series", message);
        } else if let Some(values) = series::read(report, own, "series", files, num_periods) {
            let set = model.replays.set("series", link, values.into(), num_periods);
            set.unwrap_or_else(|error| report.at_key(own, "series", error.to_string()));
        }
        return;
    }
    let mut inherited = model.config.clone();
    if own.get("demand_dist").is_some() || own.get("dist_param").is_some() {
        // A law of its own brings a mean of its own.
        (inherited.base_mu, inherited.external_series) = (None, None);
    } else if drawn.is_empty() {
        report.add(
            own.path.clone(),
            own.owner(),
            "says nothing of the link's demand; give a law, effects, a mean or a series",
        );
        return;
    }
    if own.get("base_mu").is_some() {
        inherited.external_series = None;
    }
    if let Some(config) = config(report, own, inherited, files, num_periods) {
        // What does not differ from the common parameters is not the link's own. It has been checked.
        if config != model.config {
            let own = Own::differing(&config, &model.config);
            let _ = model.set_own(link, &config, own);
        }
    }
}

/// Parameters: those given, the others as inherited.
fn config(
    report: &mut Report,
    entries: &Entries<'_>,
    inherited: DemandConfig,
    files: &Files,
    num_periods: usize,
) -> Option<DemandConfig> {
    let before = report.count();
    let mut config = inherited;
    for row in PARAMETERS {
        let value = match row.form {
            ParameterForm::Number(_) => report.number(entries, row.key).map(ParameterValue::Number),
            ParameterForm::Flag => report.flag(entries, row.key).map(ParameterValue::Flag),
            ParameterForm::Effects => effects(report, entries).map(ParameterValue::Effects),
            ParameterForm::Series => series::read(report, entries, row.key, files, num_periods)
                .map(|values| ParameterValue::Series(values.into())),
        };
        if let Some(value) = value
            && let Err(error) = row.set(&mut config, value)
        {
            report.at_key(entries, row.key, error.to_string());
        }
    }
    if report.count() > before {
        return None;
    }
    if let Err(error) = config.check() {
        report.at_key(entries, error.parameter().unwrap_or("links"), error.to_string());
        return None;
    }
    Some(config)
}

/// The effects that a list or a short name stands for; the list wins.
fn effects(report: &mut Report, entries: &Entries<'_>) -> Option<Effects> {
    let named = match report.text(entries, "type") {
        None => None,
        Some(name) => {
            if let Some(effects) = effects_of_type(name) {
                Some(effects.to_vec())
            } else {
                let known: Vec<&str> = TYPES.iter().map(|(name, _)| *name).collect();
                let message = format!("unknown type '{}'; known: {}", shown(name), known.join(", "));
                report.at_key(entries, "type", message);
                return None;
            }
        }
    };
    let Some(items) = report.list(entries, "effects", "names of effects") else {
        return named.and_then(|names| Effects::from_names(names).ok());
    };
    let known = EFFECTS.join(", ");
    let mut names = Vec::new();
    for item in items {
        if let Some(name) = item.text() {
            names.push(name);
        } else {
            report.at_key(entries, "effects", format!("found {item}; expected names from {known}"));
            return None;
        }
    }
    Effects::from_names(names)
        .map_err(|unknown| {
            let unknown: Vec<String> = unknown.iter().map(|name| format!("'{}'", shown(name))).collect();
            let message = format!("unknown effect {}; known: {known}", unknown.join(", "));
            report.at_key(entries, "effects", message);
        })
        .ok()
}
