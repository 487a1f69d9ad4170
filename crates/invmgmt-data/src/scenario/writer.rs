//! A scenario as a document that stands alone.

use invmgmt::demand::{DemandConfig, PARAMETERS, Parameter, ParameterValue};
use invmgmt::network::{DeclaredNetwork, DeclaredNode, KeyValue, NetworkKey, Neutral, PRESETS};

use super::network::{by_name, node_rules};
use super::{Scenario, facts};
use crate::to_yaml::{given, id_value, network_value, parameters_value};
use crate::topologies::TOPOLOGIES;
use crate::value::Value;

/// The document of a scenario.
pub(super) fn value(scenario: &Scenario) -> Value {
    let text = |text: &Option<String>| text.clone().map(Value::from);
    let base = Base::of(&scenario.network.declared);
    let titles = [
        text(&scenario.name).map(|name| ("name", name)),
        text(&scenario.description).map(|description| ("description", description)),
    ];
    let played = [
        Some(("network", base.value())),
        demand(scenario, &base).map(|demand| ("demand", demand)),
        Some(("rules", rules(scenario, &base))),
        Some(("num_periods", Value::from(scenario.num_periods as i64))),
    ];
    given(titles.into_iter().chain(facts::entries(&scenario.facts)).chain(played))
}

/// What a scenario's network starts from.
enum Base {
    /// A network by name; the scenario says what differs.
    Named(&'static str, DeclaredNetwork),
    /// The network itself, written out.
    Inline(DeclaredNetwork),
}

impl Base {
    /// The network by name that differs from this one in what a scenario may give only, else the network itself.
    fn of(declared: &DeclaredNetwork) -> Self {
        let plain = stripped(declared);
        let names = PRESETS.into_iter().chain(TOPOLOGIES.iter().map(|(name, _)| *name));
        let named = names.filter_map(|name| by_name(name).map(|network| (name, network)));
        for (name, network) in named {
            if stripped(&network) == plain {
                return Self::Named(name, network);
            }
        }
        Self::Inline(declared.clone())
    }

    fn value(&self) -> Value {
        match self {
            Self::Named(name, _) => (*name).into(),
            Self::Inline(network) => network_value(network),
        }
    }

    fn network(&self) -> &DeclaredNetwork {
        let (Self::Named(_, network) | Self::Inline(network)) = self;
        network
    }
}

/// A network without what a scenario may give: laws, and keys of nodes.
fn stripped(declared: &DeclaredNetwork) -> DeclaredNetwork {
    let mut plain = declared.clone();
    for row in node_rules() {
        plain.nodes.iter_mut().for_each(|node| row.put(node, KeyValue::Absent));
    }
    plain.links.iter_mut().for_each(|link| link.demand = None);
    plain
}

fn rules(scenario: &Scenario, base: &Base) -> Value {
    let own = [
        Some(("backlog", scenario.rules.backlog.into())),
        Some(("discount", scenario.rules.discount.into())),
    ];
    given(own.into_iter().chain(node_rules().map(|row| node_rule(scenario, base, row))))
}

/// A key of nodes where it differs from the network a scenario starts from.
fn node_rule(
    scenario: &Scenario,
    base: &Base,
    row: &NetworkKey<DeclaredNode>,
) -> Option<(&'static str, Value)> {
    let number = |node| row.get(node).number().or(row.neutral.and_then(Neutral::number)).unwrap_or(0.0);
    let own = scenario.network.declared.nodes.iter();
    let changed: Vec<(Value, f64)> = own
        .zip(&base.network().nodes)
        .filter(|(own, base)| row.get(own) != row.get(base))
        .map(|(own, _)| (id_value(&own.id), number(own)))
        .collect();
    let &(_, first) = changed.first()?;
    let everywhere =
        changed.len() == scenario.network.managed.len() && changed.iter().all(|&(_, number)| number == first);
    Some((row.key, if everywhere { first.into() } else { Value::map(changed) }))
}

fn demand(scenario: &Scenario, base: &Base) -> Option<Value> {
    let common = &scenario.demand.config;
    let mut entries = config_entries(common, &DemandConfig::default());
    let links = links(scenario, base);
    if !links.is_empty() {
        entries.push(("links", links.into()));
    }
    (!entries.is_empty()).then(|| Value::map(entries))
}

fn links(scenario: &Scenario, base: &Base) -> Vec<Value> {
    let mut items = Vec::new();
    for (link, row) in scenario.network.market.iter() {
        let (from, to) = (&scenario.network.nodes[row.from].id, &scenario.network.nodes[row.to].id);
        let mut entries = vec![("from", id_value(from)), ("to", id_value(to))];
        let law = |network: &DeclaredNetwork| {
            let found = network.links.iter().find(|link| link.from == *from && link.to == *to);
            found.and_then(|link| link.demand.clone())
        };
        let (own_law, base_law) = (law(&scenario.network.declared), law(base.network()));
        // A link that does not take part in the common mean can only say so by giving its law.
        let common = &scenario.demand.config;
        let is_apart = scenario.demand.own(link).is_some_and(|own| {
            (own.base_mu.is_none() && common.base_mu.is_some())
                || (own.external_series.is_none()
                    && common.external_series.is_some()
                    && own.base_mu.is_none())
        });
        let has_own_law = own_law != base_law || is_apart;
        let series = scenario.demand.replays.series(link);
        // Where a series is the demand, the law is never drawn from and cannot have been given.
        if let (Some(law), true, None) = (&own_law, has_own_law, series) {
            entries.push(("demand_dist", law.distribution.clone().into()));
            entries.push(("dist_param", parameters_value(law)));
        }
        if let Some(series) = series {
            entries.push(("series", numbers(series)));
        } else {
            let mut inherited = scenario.demand.config.clone();
            if has_own_law {
                (inherited.base_mu, inherited.external_series) = (None, None);
            }
            entries.extend(
                scenario.demand.own(link).map(|own| config_entries(own, &inherited)).into_iter().flatten(),
            );
        }
        if entries.len() > 2 {
            items.push(Value::map(entries));
        }
    }
    items
}

/// The parameters that differ from those inherited.
fn config_entries(own: &DemandConfig, inherited: &DemandConfig) -> Vec<(&'static str, Value)> {
    let differing = PARAMETERS.iter().filter(|row| row.get(own) != row.get(inherited));
    let entry = |row: &Parameter| parameter_value(row.get(own)).map(|value| (row.key, value));
    differing.filter_map(entry).collect()
}

fn parameter_value(value: ParameterValue) -> Option<Value> {
    match value {
        ParameterValue::Absent => None,
        ParameterValue::Number(number) => Some(number.into()),
        ParameterValue::Flag(on) => Some(on.into()),
        ParameterValue::Effects(effects) => Some(effects.names().map(Value::from).collect::<Vec<_>>().into()),
        ParameterValue::Series(series) => Some(numbers(&series)),
    }
}

fn numbers(series: &[f64]) -> Value {
    series.iter().map(|&number| Value::from(number)).collect::<Vec<_>>().into()
}
