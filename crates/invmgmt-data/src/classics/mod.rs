//! The famous problems of inventory theory, each one file: a page, parameters, and the scenario they stand in.
//!
//! A scenario file names one in place of a network, `classic: {name: LostSales, lead_time: 4}`, and so does the suite
//! `classics-1`, whose problems say what is optimal.

mod parameter;
mod shapes;

use std::borrow::Cow;
use std::sync::LazyLock;

use crate::nearest::nearest;
use crate::scenario::report::Report;
use crate::suite::SUITES;
use crate::text::shown;
use crate::value::{Content, Value};

pub use parameter::Parameter;

/// The files that come along.
const FILES: [&str; 21] = [
    include_str!("../../classics/newsvendor.yaml"),
    include_str!("../../classics/lost_sales.yaml"),
    include_str!("../../classics/fixed_cost.yaml"),
    include_str!("../../classics/non_stationary.yaml"),
    include_str!("../../classics/serial_chain.yaml"),
    include_str!("../../classics/beer_game.yaml"),
    include_str!("../../classics/dual_sourcing.yaml"),
    include_str!("../../classics/random_lead_time.yaml"),
    include_str!("../../classics/perishable.yaml"),
    include_str!("../../classics/one_warehouse.yaml"),
    include_str!("../../classics/capacity.yaml"),
    include_str!("../../classics/order_sizes.yaml"),
    include_str!("../../classics/unreliable_supply.yaml"),
    include_str!("../../classics/random_yield.yaml"),
    include_str!("../../classics/spare_parts.yaml"),
    include_str!("../../classics/joint_replenishment.yaml"),
    include_str!("../../classics/assembly.yaml"),
    include_str!("../../classics/assemble_to_order.yaml"),
    include_str!("../../classics/distribution.yaml"),
    include_str!("../../classics/three_stages.yaml"),
    include_str!("../../classics/nine_nodes.yaml"),
];

/// The suite whose problems say what is optimal.
const SUITE: &str = "classics-1";

/// A known problem with parameters.
#[derive(Clone, Debug)]
pub struct Classic {
    /// Its name: `LostSales`.
    pub name: String,
    /// What it is, in a few words.
    pub title: String,
    /// What it is, in some sentences.
    pub page: String,
    /// Whether people who study it are content to observe the inventory position of each node.
    pub position: bool,
    /// What may be chosen.
    pub parameters: Vec<Parameter>,
    /// The scenario, with `$name` where a parameter stands.
    scenario: Value,
}

static CLASSICS: LazyLock<Vec<Classic>> = LazyLock::new(|| FILES.iter().map(|text| read(text)).collect());

/// All that come along.
pub fn classics() -> &'static [Classic] {
    &CLASSICS
}

/// The one of this name.
pub fn classic(name: &str) -> Option<&'static Classic> {
    CLASSICS.iter().find(|classic| classic.name == name)
}

/// Reads a file that comes along; a test reads them all.
fn read(text: &str) -> Classic {
    let document = Value::from_yaml(text).expect("a file that comes along is YAML");
    let value = |key: &str| document.entry(key).map(|(_, value)| value);
    let text = |key: &str| value(key).and_then(Value::text).unwrap_or_else(|| panic!("no {key}")).to_owned();
    let parameters = match value("parameters").map(|value| &value.content) {
        Some(Content::Map(entries)) => {
            entries.iter().map(|(name, form)| Parameter::read(name, form)).collect()
        }
        _ => Vec::new(),
    };
    Classic {
        name: text("id"),
        title: text("title"),
        page: text("page").trim_end().to_owned(),
        position: value("position").is_some_and(|value| value.content == Content::Bool(true)),
        parameters,
        scenario: placeless(value("scenario").expect("a scenario")),
    }
}

/// A value of a file that comes along has no line in the file that names it.
fn placeless(value: &Value) -> Value {
    Value::new(match &value.content {
        Content::List(items) => Content::List(items.iter().map(placeless).collect()),
        Content::Map(entries) => {
            Content::Map(entries.iter().map(|(key, value)| (placeless(key), placeless(value))).collect())
        }
        other => other.clone(),
    })
}

/// Parameters by name.
type Given = Vec<(String, Value)>;

impl Classic {
    /// All parameters: those given, and the defaults of the others.
    fn filled(&self, report: &mut Report, given: &[(Value, Value)]) -> Option<Given> {
        let before = report.count();
        let known: Vec<&str> = self.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
        for (key, _) in given.iter().filter(|(key, _)| key.text() != Some("name")) {
            let name = key.text().map_or_else(|| key.to_string(), shown);
            if !known.contains(&name.as_str()) {
                let meant = nearest(&name, known.iter().copied())
                    .map_or_else(String::new, |near| format!(" (did you mean '{near}'?)"));
                let has = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                let message =
                    format!("{} has no parameter '{name}'{meant}; its parameters: {has}", self.name);
                report.add("classic", key, message);
            }
        }
        let mut filled = Given::new();
        for parameter in &self.parameters {
            let mut values = given.iter().filter(|(key, _)| key.text() == Some(&parameter.name));
            let value = values.next().map(|(_, value)| value);
            if let Some((again, _)) = values.next() {
                report.add("classic", again, format!("repeated parameter '{}'", parameter.name));
            }
            if let Some(value) = value
                && let Some(fault) = parameter.fault(value)
            {
                report.add(format!("classic: {}", parameter.name), value, fault);
            }
            let value = value.unwrap_or(&parameter.default);
            filled.push((parameter.name.clone(), Parameter::canonical(value)));
        }
        if report.count() == before
            && let Some(fault) = shapes::fault(&self.name, &filled)
        {
            report.add("classic", given.first().map_or(&Value::null(), |(key, _)| key), fault);
        }
        (report.count() == before).then_some(filled)
    }

    /// `lost sales: lead_time 4, penalty 9`, the parameters being those that are not their defaults.
    fn name_of(&self, filled: &Given) -> String {
        let own = self
            .parameters
            .iter()
            .zip(filled)
            .filter(|(parameter, (_, value))| Parameter::canonical(&parameter.default) != *value);
        let own: Vec<String> = own.map(|(_, (name, value))| format!("{name} {}", written(value))).collect();
        if own.is_empty() { self.title.clone() } else { format!("{}: {}", self.title, own.join(", ")) }
    }
}

/// A value in a line of text.
fn written(value: &Value) -> String {
    match &value.content {
        Content::Text(text) => text.clone(),
        Content::Number(number) => number.to_string(),
        Content::List(items) => {
            format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(", "))
        }
        Content::Map(entries) => {
            let entry = |(key, value): &(Value, Value)| format!("{}: {}", written(key), written(value));
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        _ => value.to_string(),
    }
}

/// A scenario's document with the classic it names written out; what the document says itself wins. None, with the
/// mistakes reported, if that cannot be done.
pub(crate) fn expanded<'a>(report: &mut Report, document: &'a Value) -> Option<Cow<'a, Value>> {
    let Some((key, named)) = document.entry("classic") else { return Some(Cow::Borrowed(document)) };
    if document.entry("network").is_some() {
        let message = "stands beside 'network', and both say which network is played; leave one of them out";
        report.add("classic", key, message);
        return None;
    }
    let (classic, given) = chosen(report, key, named)?;
    let filled = classic.filled(report, given)?;
    let scenario = classic.played(&filled);
    let Content::Map(own) = &document.content else { return None };
    let own: Vec<(Value, Value)> =
        own.iter().filter(|(key, _)| key.text() != Some("classic")).cloned().collect();
    let says = |name: &str| own.iter().any(|(key, _)| key.text() == Some(name));
    let mut entries = vec![(Value::from("name"), Value::from(classic.name_of(&filled)))];
    let Content::Map(said) = scenario.content else { return None };
    entries.extend(said);
    // What is optimal was found for the problem as it is, not for one with other rules or customers.
    if !(says("rules") || says("demand") || says("optimum")) {
        overlay(&mut entries, facts(classic, &filled, says("num_periods")));
    }
    overlay(&mut entries, own);
    Some(Cow::Owned(Value { content: Content::Map(entries), ..document.clone() }))
}

/// The classic that is named, and the parameters given.
fn chosen<'a>(
    report: &mut Report,
    key: &Value,
    named: &'a Value,
) -> Option<(&'static Classic, &'a [(Value, Value)])> {
    let (name, given) = match &named.content {
        Content::Text(name) => (name.as_str(), &[][..]),
        Content::Map(entries) => {
            if let Some(name) = named.entry("name").and_then(|(_, name)| name.text()) {
                (name, entries.as_slice())
            } else {
                report.add(
                    "classic",
                    key,
                    "'name' is missing; expected a mapping such as {name: LostSales, lead_time: 4}",
                );
                return None;
            }
        }
        _ => {
            let expected = "the name of a classic, or a mapping such as {name: LostSales, lead_time: 4}";
            report.add("classic", named, format!("found {named}; expected {expected}"));
            return None;
        }
    };
    let found = classic(name);
    if found.is_none() {
        let known: Vec<&str> = CLASSICS.iter().map(|classic| classic.name.as_str()).collect();
        let meant = nearest(name, known.iter().copied())
            .map_or_else(String::new, |near| format!(" (did you mean '{near}'?)"));
        let message = format!("unknown classic '{}'{meant}; known: {}", shown(name), known.join(", "));
        report.add("classic", named, message);
    }
    found.map(|classic| (classic, given))
}

impl Classic {
    /// The scenario's document with the parameters in their places.
    fn played(&self, filled: &Given) -> Value {
        let mut values = filled.clone();
        values.extend(shapes::derived(&self.name, filled));
        put(&self.scenario, &values)
    }
}

/// A template with values in place of `$name`; an entry whose value is none is left out.
fn put(template: &Value, values: &Given) -> Value {
    let placed = |value: &Value| -> Option<Value> {
        let name = value.text().and_then(|text| text.strip_prefix('$'));
        match name.and_then(|name| values.iter().find(|(known, _)| known == name)) {
            Some((_, value)) => (value.content != Content::Null).then(|| value.clone()),
            None => Some(put(value, values)),
        }
    };
    Value::new(match &template.content {
        Content::List(items) => Content::List(items.iter().filter_map(placed).collect()),
        Content::Map(entries) => Content::Map(
            entries.iter().filter_map(|(key, value)| Some((key.clone(), placed(value)?))).collect(),
        ),
        other => other.clone(),
    })
}

/// Puts entries over others: of `rules` and `demand` single keys, of all others the whole.
fn overlay(entries: &mut Vec<(Value, Value)>, over: Vec<(Value, Value)>) {
    for (key, value) in over {
        let place =
            entries.iter_mut().find(|(known, _)| known.text().is_some() && known.text() == key.text());
        match place {
            None => entries.push((key, value)),
            Some(place) => match (&mut place.1.content, value.content) {
                (Content::Map(under), Content::Map(over))
                    if matches!(key.text(), Some("rules" | "demand")) =>
                {
                    overlay(under, over);
                    *place = (key, Value { content: place.1.content.clone(), ..value });
                }
                (_, content) => *place = (key, Value { content, ..value }),
            },
        }
    }
}

/// What the suite says of this problem; `other_length` if it is played for another number of periods, on which the
/// value of a finite horizon depends.
fn facts(classic: &Classic, filled: &Given, other_length: bool) -> Vec<(Value, Value)> {
    let mut entries = Vec::new();
    for problem in
        PROBLEMS.iter().filter(|problem| problem.name == classic.name && problem.parameters == *filled)
    {
        let criterion = problem.facts.iter().find(|(key, _)| key.text() == Some("optimum"));
        let criterion =
            criterion.and_then(|(_, optimum)| optimum.entry("criterion")?.1.text().map(str::to_owned));
        if !(other_length && criterion.as_deref() == Some("finite")) {
            entries.clone_from(&problem.facts);
        }
    }
    entries
}

/// A problem of the suite.
struct Problem {
    name: String,
    parameters: Given,
    facts: Vec<(Value, Value)>,
}

/// The problems of the suite that are classics as they are, with their facts.
static PROBLEMS: LazyLock<Vec<Problem>> = LazyLock::new(|| {
    let text = SUITES.iter().find(|(name, _)| *name == SUITE).map_or("", |(_, text)| text);
    let document = Value::from_yaml(text).unwrap_or_else(|_| Value::null());
    let Some((_, Value { content: Content::List(items), .. })) = document.entry("scenarios") else {
        return Vec::new();
    };
    items.iter().filter_map(|item| problem(item.entry("scenario")?.1)).collect()
});

fn problem(scenario: &Value) -> Option<Problem> {
    let mut report = Report::default();
    let (key, named) = scenario.entry("classic")?;
    let (classic, given) = chosen(&mut report, key, named)?;
    let parameters = classic.filled(&mut report, given)?;
    let Content::Map(entries) = &scenario.content else { return None };
    if ["rules", "demand"].iter().any(|key| scenario.entry(key).is_some()) {
        return None;
    }
    let is_fact = |key: &Value| matches!(key.text(), Some("source" | "convention" | "optimum" | "known"));
    let facts = entries.iter().filter(|(key, _)| is_fact(key));
    let facts = facts.map(|(key, value)| (placeless(key), placeless(value))).collect();
    Some(Problem { name: classic.name.clone(), parameters, facts })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario_from_yaml;

    #[test]
    fn every_classic_can_be_played_as_it_is() {
        for classic in classics() {
            let text = format!("classic: {}", classic.name);
            let scenario =
                scenario_from_yaml(&text).unwrap_or_else(|error| panic!("{}: {error}", classic.name));
            assert_eq!(scenario_from_yaml(&scenario.to_yaml()).expect("stands alone"), scenario);
            assert_eq!(scenario.notes, [], "{}", classic.name);
        }
    }

    #[test]
    fn every_parameter_stands_somewhere_in_the_scenario() {
        for classic in classics() {
            for parameter in &classic.parameters {
                let sign = format!("${}", parameter.name);
                let stands = written(&classic.scenario).contains(&sign)
                    || shapes::reads(&classic.name, &parameter.name);
                assert!(stands, "{}: {}", classic.name, parameter.name);
            }
        }
    }

    #[test]
    fn what_a_file_says_itself_wins() {
        let scenario = scenario_from_yaml(
            "classic: {name: LostSales, lead_time: 3}\nname: mine\nrules: {discount: 0.9}\nnum_periods: 7\n",
        )
        .expect("a scenario");
        assert_eq!((scenario.name.as_deref(), scenario.num_periods), (Some("mine"), 7));
        assert_eq!((scenario.rules.discount, scenario.rules.backlog), (0.9, false));
        // Under other rules another policy is optimal.
        assert_eq!(scenario.facts.optimum, None);
    }

    #[test]
    fn what_is_optimal_stands_in_the_suite_and_is_found_by_parameters() {
        let optimum = |text: &str| scenario_from_yaml(text).expect("a scenario").facts.optimum;
        let found = optimum("classic: {name: LostSales, lead_time: 2, penalty: 9.0}").expect("in the suite");
        // Zipkin, Operations Research 56(5), 2008: 6.09.
        assert!((found.value.expect("a value") - 6.09).abs() < 0.005);
        assert_eq!(optimum("classic: {name: LostSales, lead_time: 2, penalty: 9.5}"), None);
    }

    #[test]
    fn wrong_parameters_are_told_what_is_allowed_all_at_once() {
        let refused = |text: &str| scenario_from_yaml(text).expect_err("refused").to_string();
        let message = refused("classic: {name: LostSales, leadtime: 4, penalty: -1, demand: normal}");
        for part in [
            "LostSales has no parameter 'leadtime' (did you mean 'lead_time'?); its parameters: lead_time, ",
            "classic: penalty: found -1; expected a number from 0 to 1000000",
            "classic: demand: found text 'normal'; expected one of poisson, geometric",
        ] {
            assert!(message.contains(part), "{message}");
        }
        assert!(
            refused("classic: LostSale").contains("unknown classic 'LostSale' (did you mean 'LostSales'?)")
        );
        assert!(refused("classic: {lead_time: 4}").contains("'name' is missing"));
        assert!(refused("classic: [1]").contains("found a list; expected the name of a classic"));
        assert!(refused("classic: LostSales\nnetwork: serial").contains("leave one of them out"));
        assert!(refused("{}").contains("network: missing"));
    }
}
