//! The schemas: the committed files are those of the tables, they take what the readers take, and refuse what is wrong.

use std::path::Path;

use invmgmt_data::{Content, SCHEMAS, SUITES, TOPOLOGIES, Value as Document, schema, suite};
use serde_json::{Value, json};

fn schema_of(kind: &str) -> Value {
    serde_json::from_str(&schema(kind).expect("a kind")).expect("JSON")
}

/// A document as JSON, as an editor sees it.
fn as_json(document: &Document) -> Value {
    match &document.content {
        Content::Null => Value::Null,
        Content::Bool(flag) => json!(flag),
        Content::Integer(number) => json!(number),
        Content::Number(number) => json!(number),
        Content::Text(text) => json!(text),
        Content::List(items) => items.iter().map(as_json).collect(),
        Content::Map(entries) => {
            let key = |key: &Document| key.text().map_or_else(|| key.to_string(), str::to_owned);
            Value::Object(entries.iter().map(|(name, value)| (key(name), as_json(value))).collect())
        }
    }
}

/// Whether a value fits a schema, for the words of JSON Schema that ours use.
fn fits(schema: &Value, value: &Value) -> bool {
    let is_of = |kind: &Value| match kind.as_str().expect("a name") {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        other => panic!("unknown type {other}"),
    };
    let Some(schema) = schema.as_object() else { return schema == &json!(true) };
    schema.iter().all(|(word, rule)| match word.as_str() {
        "$schema" | "title" | "description" | "patternProperties" => true,
        "type" => rule.as_array().map_or_else(|| is_of(rule), |kinds| kinds.iter().any(is_of)),
        "enum" => rule.as_array().expect("a list").contains(value),
        "minimum" => value.as_f64().is_none_or(|number| number >= rule.as_f64().expect("a number")),
        "maximum" => value.as_f64().is_none_or(|number| number <= rule.as_f64().expect("a number")),
        "exclusiveMinimum" => value.as_f64().is_none_or(|number| number > rule.as_f64().expect("a number")),
        // Both patterns are of the form A, separator, B.
        "pattern" => value.as_str().is_none_or(|text| {
            let separator = if rule.as_str().expect("a pattern").contains("[0-9]") { ".." } else { ":" };
            text.split_once(separator).is_some_and(|(a, b)| !a.is_empty() && !b.is_empty())
        }),
        "anyOf" => rule.as_array().expect("a list").iter().any(|schema| fits(schema, value)),
        "minItems" => {
            value.as_array().is_none_or(|items| items.len() as u64 >= rule.as_u64().expect("a count"))
        }
        "exclusiveMaximum" => value.as_f64().is_none_or(|number| number < rule.as_f64().expect("a number")),
        "minProperties" => {
            value.as_object().is_none_or(|map| map.len() as u64 >= rule.as_u64().expect("a count"))
        }
        "maxProperties" => {
            value.as_object().is_none_or(|map| map.len() as u64 <= rule.as_u64().expect("a count"))
        }
        "maxItems" => {
            value.as_array().is_none_or(|items| items.len() as u64 <= rule.as_u64().expect("a count"))
        }
        "items" => value.as_array().is_none_or(|items| items.iter().all(|item| fits(rule, item))),
        "required" => value.as_object().is_none_or(|map| {
            rule.as_array().expect("a list").iter().all(|key| map.contains_key(key.as_str().expect("a key")))
        }),
        "properties" => value.as_object().is_none_or(|map| {
            map.iter().all(|(key, value)| rule.get(key).is_none_or(|schema| fits(schema, value)))
        }),
        "additionalProperties" => value.as_object().is_none_or(|map| {
            map.iter().all(|(key, value)| {
                let named = schema.get("properties").and_then(|known| known.get(key)).is_some();
                named || key.starts_with("meta_") || fits(rule, value)
            })
        }),
        other => panic!("unknown word {other}"),
    })
}

#[test]
fn the_committed_schemas_are_those_of_the_tables() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
    for (kind, _) in SCHEMAS {
        let path = folder.join(format!("{kind}.schema.json"));
        let committed = std::fs::read_to_string(&path).expect("a committed schema");
        assert_eq!(
            committed,
            schema(kind).expect("a kind"),
            "run: gym-invmgmt schema {kind} > schemas/{kind}.schema.json"
        );
    }
    assert_eq!(schema("policy"), None);
}

#[test]
fn every_file_that_comes_along_fits_its_schema() {
    let document = |text: &str| as_json(&Document::from_yaml(text).expect("YAML"));
    for (name, text) in TOPOLOGIES {
        assert!(fits(&schema_of("network"), &document(text)), "{name}");
    }
    for (name, text) in SUITES {
        assert!(fits(&schema_of("suite"), &document(text)), "{name}");
        let suite = suite(name).expect("it comes along");
        assert!(fits(&schema_of("suite"), &document(&suite.to_yaml())), "{name} written");
        for problem in suite.problems() {
            assert!(fits(&schema_of("scenario"), &document(&problem.scenario.to_yaml())), "{}", problem.id);
        }
    }
}

#[test]
fn a_changed_file_no_longer_fits() {
    let good = "network: serial\ndemand: {effects: [trend], links: [{from: 1, to: 0, series: [1, 2]}]}\n\
                rules: {backlog: true, discount: 1, salvage_value: 2}\nnum_periods: 2\n";
    let scenario =
        |text: &str| fits(&schema_of("scenario"), &as_json(&Document::from_yaml(text).expect("YAML")));
    assert!(scenario(good));
    for (from, to) in [
        ("network: serial\n", ""),
        ("num_periods: 2", "num_periods: 0"),
        ("num_periods: 2", "num_periods: two"),
        ("rules:", "rule:"),
        ("discount: 1", "discount: 1.5"),
        ("discount: 1", "discount: 0"),
        ("salvage_value: 2", "salvage_value: -2"),
        ("backlog: true", "backlog: waits"),
        ("[trend]", "[tide]"),
        ("[trend]", "trend"),
        ("series: [1, 2]", "series: sales"),
        ("from: 1, ", ""),
        ("series:", "serie:"),
    ] {
        let bad = good.replace(from, to);
        assert_ne!(bad, good, "{from}");
        assert!(!scenario(&bad), "{from} -> {to}");
        assert!(invmgmt_data::scenario_from_yaml(&bad).is_err(), "the reader takes {to}");
    }
}

/// What the suite is for, told in numbers.
#[test]
fn the_standard_suite_holds_what_it_promises() {
    let suite = suite("standard-1").expect("it comes along");
    assert!((12..=16).contains(&suite.problems().len()));
    assert!(suite.train_seeds.len() >= 100 && suite.seeds.len() >= 10);
    for problem in suite.problems() {
        assert!((90..=365).contains(&problem.num_periods), "{}", problem.id);
        assert!(problem.num_periods == 365 || problem.network.has_salvage, "{}", problem.id);
        // Nothing is worth more at the end than the cheapest way to buy it: hoarding does not pay either.
        for link in problem.network.supply.rows() {
            let buyer = &problem.network.managed[link.buyer];
            assert!(
                buyer.salvage_value <= link.price,
                "{} {}",
                problem.id,
                problem.network.link_name(link.link)
            );
        }
    }
    let retailers = |problem: &invmgmt_data::Case| problem.network.market.len();
    assert!(suite.problems().iter().filter(|problem| retailers(problem) > 1).count() >= 6);
}
